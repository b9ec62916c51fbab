"""Compression of answers, for those who take it."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MINIMUM_BYTES = 2_048
LEVEL = 4
ACCEPT = "accept-encoding"


def takes_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header lets an answer be gzipped: a weight of 0 refuses it.

    >>> takes_gzip("gzip, br"), takes_gzip("gzip;q=0"), takes_gzip("*"), takes_gzip("*, gzip; q=0.0"), takes_gzip("")
    (True, False, True, False, False)
    """
    weights = dict(_weighed(part) for part in accept_encoding.lower().split(","))
    named = [weights[name] for name in ("gzip", "x-gzip") if name in weights]
    return max(named) > 0 if named else weights.get("*", 0.0) > 0


def _weighed(part: str) -> tuple[str, float]:
    """One coding of the header and its weight; one that cannot be read is 0."""
    coding, *parameters = (piece.strip() for piece in part.split(";"))
    weight = next((text.partition("=")[2].strip() for text in parameters if text.startswith("q")), "1")
    try:
        return coding, float(weight)
    except ValueError:
        return coding, 0.0


class Gzip:
    """Compresses answers for those who take it.

    What is behind it sees an Accept-Encoding that says `gzip` or `identity` and nothing else, so that a tag which names
    the coding agrees with what is sent. Answers without a body to those who have it already say what they vary with.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = GZipMiddleware(app, minimum_size=MINIMUM_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = ",".join(Headers(scope=scope).getlist(ACCEPT))
        coding = b"gzip" if takes_gzip(asked) else b"identity"
        others = [(name, value) for name, value in scope["headers"] if name != ACCEPT.encode()]

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 304:
                MutableHeaders(scope=message).add_vary_header("Accept-Encoding")
            await send(message)

        await self._app({**scope, "headers": [*others, (ACCEPT.encode(), coding)]}, receive, told)
