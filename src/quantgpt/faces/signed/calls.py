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
from quantgpt.templates._params import Number

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

    def json(self) -> Any:
        """The body read strictly; None for an empty one.

        Raises: Refusal 415 for another type, 400 for what is no JSON.
        """
        return read_json(self.body) if self.has_body() else None

    def object(self) -> dict[str, Any]:
        """The body, which has to be an object.  Raises: Refusal."""
        read = self.json()
        if not isinstance(read, dict):
            raise bad("", "the body has to be a JSON object")
        return read

    def has_body(self) -> bool:
        """Whether anything was sent.  Raises: Refusal 415 when it does not say that it is JSON."""
        if not self.body:
            return False
        kind, _, rest = self.headers.get("content-type", "application/json").partition(";")
        charset = rest.lower().replace(" ", "").replace('"', "")
        coding = self.headers.get("content-encoding", "identity").strip().lower()
        if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8") or coding != "identity":
            raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "the body has to be application/json in UTF-8, not encoded")
        return True


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(body: object) -> bytes:
    """JSON text; NaN is a bug and raises."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def read_json(body: bytes) -> Any:
    """Strict JSON: numbers as they are written, no name twice, no NaN, no characters that cannot be stored.

    Raises: Refusal 400.
    """
    try:
        read = json.loads(
            body.decode(), parse_int=Number, parse_float=Number, parse_constant=_no_constant, object_pairs_hook=_once
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise bad("", "the body is not valid JSON in UTF-8") from None
    _refuse_odd_text(read)
    return read


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


def _no_constant(name: str) -> Any:
    raise bad("", f"the body holds {name}, which is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise bad(name[:64], "is given twice")
        found[name] = value
    return found


def _refuse_odd_text(read: Any) -> None:
    """Refuse NUL and lone surrogates wherever they are."""
    waiting = [read]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) and any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in part):
            raise bad("", "the body holds characters that are not allowed")
        if isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part
