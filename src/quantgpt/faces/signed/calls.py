"""One request as the routes see it: who asks, the path's values, the query, the body as it was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers

from quantgpt.faces.signed.refusals import Refusal, bad
from quantgpt.services._base import App
from quantgpt.services.signed.literals import parse

MOST_BODY = 65_536
"""bytes of a body"""
_MOST_NAMES = 100


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose key signed the request; for what is public, the network address it came from."""

    bucket: str
    """what weights are counted under"""
    owner_id: str = ""
    key_id: str = ""
    scopes: frozenset[str] = frozenset()
    token: str = ""
    """names this very signature: the same for the same request sent again"""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that was let in."""

    app: App
    caller: Caller
    method: str
    headers: Headers
    values: Mapping[str, str]
    """of the path"""
    query: Mapping[str, str]
    """the names that the address knows; others are ignored"""
    body: bytes = b""

    def object(self) -> dict[str, Any]:
        """The body, which has to be an object, with its numbers as they are written.

        Raises: Refusal 415 for another type, InvalidParameter for what is no JSON object.
        """
        self._require_json()
        return parse(self.body)

    def object_or_nothing(self) -> dict[str, Any]:
        """The same, where no body, and null, stand for an empty object."""
        if not self.body:
            return {}
        self._require_json()
        return {} if self.body.strip() == b"null" else parse(self.body)

    def _require_json(self) -> None:
        kind, _, rest = self.headers.get("content-type", "application/json").partition(";")
        charset = rest.lower().replace(" ", "").replace('"', "")
        coding = self.headers.get("content-encoding", "identity").strip().lower()
        if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8") or coding != "identity":
            raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "the body has to be application/json in UTF-8, not encoded")


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(body: object) -> bytes:
    """JSON text; NaN is a bug and raises."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def read_query(raw: bytes, known: Sequence[str]) -> dict[str, str]:
    """The names of a query string that an address knows.  Raises: Refusal 400 for one of them given twice."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_NAMES)
    except ValueError:
        raise bad("", "the query string cannot be read") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            continue
        if name in found:
            raise bad(name, "is given twice")
        if "\0" in value:
            raise bad(name, "holds characters that are not allowed")
        found[name] = value
    return found


def whole(query: Mapping[str, str], name: str, default: int | None, least: int, most: int) -> int | None:
    """A whole number of the query.  Raises: Refusal 400 naming its range."""
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and least <= int(text) <= most):
        raise bad(name, f"has to be a whole number from {least} to {most}")
    return int(text)
