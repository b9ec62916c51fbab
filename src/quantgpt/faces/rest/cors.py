"""Pages of other sites: which may ask with a token, and that none may ask without one in local mode."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quantgpt.faces.rest.addresses import is_foreign
from quantgpt.foundations.settings import Settings

METHODS = ("GET", "POST", "PATCH", "DELETE")
ASKED_WITH = ("Content-Type", "Authorization", "Idempotency-Key", "Last-Event-ID")
READABLE = ("Content-Disposition", "Retry-After")
LOGIN = ("/auth/send-code", "/auth/verify-code", "/auth/refresh", "/admin/login")
"""Where a token comes from; asked without one, and giving nothing to whoever does not know a secret."""
REMEMBERED_SECONDS = 600


class Cors:
    """Answers preflights, refuses writes of other sites that bring no token, and adds the headers where they belong.

    No cookies are in use and none are allowed: an answer is readable elsewhere only by who sent the token along.
    """

    def __init__(self, app: ASGIApp, settings: Settings, prefix: str = "/api/") -> None:
        self._app = app
        self._prefix = prefix
        self._local = settings.auth_in_force == "local"
        self._origins = {part.strip().rstrip("/") for part in settings.cors_origins.split(",") if part.strip()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if (
            origin is None
            or not scope["path"].startswith(self._prefix)
            or not is_foreign(origin, headers.get("host", ""))
        ):
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await self._preflight(scope, headers, origin, send)
        elif self._is_bare_write(scope, headers):
            await _refuse(send)
        else:
            await self._serve(scope, headers, origin, receive, send)

    def _allows(self, origin: str) -> bool:
        return origin != "null" and ("*" in self._origins or origin in self._origins)

    def _is_bare_write(self, scope: Scope, headers: Headers) -> bool:
        """A write without a token; where a token is always required, logging in is none."""
        if scope["method"] in ("GET", "HEAD", "OPTIONS") or _brings_a_token(scope, headers):
            return False
        return self._local or not scope["path"].endswith(LOGIN)

    async def _preflight(self, scope: Scope, headers: Headers, origin: str, send: Send) -> None:
        asked = {part.strip().lower() for part in headers.get("access-control-request-headers", "").split(",")} - {""}
        method = headers["access-control-request-method"]
        fits = method in METHODS and asked <= {name.lower() for name in ASKED_WITH}
        without_token = "authorization" not in asked and (self._local or not scope["path"].endswith(LOGIN))
        if not (self._allows(origin) and fits) or without_token:
            await _refuse(send)
            return
        answer = [
            (b"access-control-allow-origin", self._shown(origin).encode("latin-1")),
            (b"vary", b"Origin"),
            (b"access-control-allow-methods", ", ".join(METHODS).encode()),
            (b"access-control-allow-headers", ", ".join(ASKED_WITH).encode()),
            (b"access-control-max-age", str(REMEMBERED_SECONDS).encode()),
        ]
        await send({"type": "http.response.start", "status": 204, "headers": answer})
        await send({"type": "http.response.body", "body": b""})

    async def _serve(self, scope: Scope, headers: Headers, origin: str, receive: Receive, send: Send) -> None:
        readable = self._allows(origin) and (not self._local or _brings_a_token(scope, headers))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start" and readable:
                answer = MutableHeaders(scope=message)
                answer["Access-Control-Allow-Origin"] = self._shown(origin)
                answer.add_vary_header("Origin")
                answer["Access-Control-Expose-Headers"] = ", ".join(READABLE)
            await send(message)

        await self._app(scope, receive, with_headers)

    def _shown(self, origin: str) -> str:
        return "*" if "*" in self._origins else origin


def _brings_a_token(scope: Scope, headers: Headers) -> bool:
    if "authorization" in headers:
        return True
    given = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return "token" in given or "ticket" in given


async def _refuse(send: Send) -> None:
    body = json.dumps({"detail": "不接受来自其他网站的请求", "code": "Forbidden"}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"vary", b"Origin")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
