"""Who signed a request: its three headers, the clock, the key, the signature, in that order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from starlette.datastructures import Headers

from quantgpt.faces.signed.calls import Caller
from quantgpt.faces.signed.refusals import Refusal
from quantgpt.foundations.signing import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, WINDOW_MS, in_window, verify
from quantgpt.services._base import App
from quantgpt.services.signed import keys

Given = Mapping[str, str]
LOOKING = ("GET", "HEAD")
_CODES = {KEY_HEADER: "INVALID_API_KEY", TIMESTAMP_HEADER: "INVALID_TIMESTAMP", SIGNATURE_HEADER: "INVALID_SIGNATURE"}
_LONGEST_KEY = 64


def is_signed(headers: Headers) -> bool:
    """Whether any of the three headers was sent: what is presented is always checked."""
    return any(name in headers for name in _CODES)


def credentials(headers: Headers) -> Given:
    """The three headers.  Raises: Refusal 401 where one is missing or sent twice."""
    missing = [name for name in _CODES if not headers.get(name)]
    if missing:
        raise Refusal(401, "MISSING_CREDENTIALS", f"missing header: {', '.join(missing)}")
    for name, code in _CODES.items():
        if len(headers.getlist(name)) > 1:
            raise Refusal(401, code, f"header sent twice: {name}")
    return {name: headers[name] for name in _CODES}


def signer(app: App, given: Given, method: str, path: str, query: str, body: bytes) -> Caller:
    """The caller whose key signed the request; path and query as they were received.

    Raises: Refusal 401, with one code for the clock, one for the key and one for the signature.
    """
    timestamp, key_id = given[TIMESTAMP_HEADER], given[KEY_HEADER]
    now_ms = int(app.clock.now().timestamp() * 1000)
    if not in_window(timestamp, now_ms):
        raise Refusal(
            401,
            "INVALID_TIMESTAMP",
            f"{TIMESTAMP_HEADER} has to be Unix milliseconds within {WINDOW_MS // 1000} s of the server's clock ({now_ms})",
        )
    key = keys.find(app, key_id) if len(key_id) <= _LONGEST_KEY and key_id.isascii() else None
    paths = _readings(app, method, path, query)
    fits = verify(key.secrets if key else (), given[SIGNATURE_HEADER], timestamp, method, paths, body)
    if key is None:
        raise Refusal(401, "INVALID_API_KEY", "the API key is not valid")
    if not fits:
        raise Refusal(401, "INVALID_SIGNATURE", "the signature does not fit the request")
    signature = given[SIGNATURE_HEADER].lower()
    token = hashlib.sha256(f"{key_id}|{timestamp}|{signature}".encode()).hexdigest()
    return Caller(bucket=key.id, owner_id=key.owner_id, key_id=key.id, scopes=frozenset(key.scopes), token=token)


def require(caller: Caller, scope: str) -> None:
    """Refuse a key that was given scopes, but not this one.  Raises: Refusal 403."""
    explicit = {name for name in caller.scopes if ":" in name}
    if scope and explicit and scope not in explicit:
        raise Refusal(403, "INSUFFICIENT_PERMISSION", f"the API key does not have the scope {scope}")


def _readings(app: App, method: str, path: str, query: str) -> tuple[str, ...]:
    """What may have been signed as the path. A query that only looks may be left out, unless the settings say otherwise."""
    if not query:
        return (path,)
    with_query = f"{path}?{query}"
    lenient = method in LOOKING and not app.settings.signed_strict_query
    return (path, with_query) if lenient else (with_query,)
