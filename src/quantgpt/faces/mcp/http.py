"""The server over HTTP: guarded, as a part of another application or alone. The SDK is loaded by the first request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from quantgpt.foundations.errors import Kind, QuantError

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.types import ASGIApp, Receive, Scope, Send

    from quantgpt.faces.mcp.desk import Standby
    from quantgpt.services._base import App

PATHS = ("/mcp", "/mcp/")
SSE_PATH, MESSAGES_PATH = "/sse", "/messages/"
STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.RATE_LIMITED: 429,
    Kind.INTERNAL: 500,
    Kind.UNAVAILABLE: 503,
    Kind.FULL_DISK: 507,
}
POLICY_VIOLATION = 1008
_OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")

Authenticate = Callable[[Request], str]
"""Id of the user behind a request. Raises Unauthenticated, Forbidden."""
Admit = Callable[[str, "Connection"], None]
"""Counts a submission of that user in the transaction that queues it. Raises RateLimited."""


class Guard:
    """Lets in whom `authenticate` knows: the right Host and Origin first, then the user; names the user in the scope."""

    def __init__(self, inner: ASGIApp, app: App, authenticate: Authenticate) -> None:
        self._inner = inner
        self._app = app
        self._authenticate = authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        request = Request(scope, receive)
        refusal = self._wrong_address(request)
        if refusal is None:
            try:
                owner = await run_in_threadpool(self._authenticate, request)
            except QuantError as error:
                refusal = _refused(error)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._inner(_as_user(scope, owner), receive, send)

    def _wrong_address(self, request: Request) -> Response | None:
        """421 for a Host that cannot be ours, 403 for the page of another site."""
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        settings = self._app.settings
        if settings.auth_in_force == "local" and _name(host) not in _OWN_HOSTS:
            return JSONResponse({"detail": "Host 不是本机", "code": "http_421"}, status_code=421)
        allowed = {part.strip() for part in settings.cors_origins.split(",")}
        if origin is not None and origin not in allowed and _site(origin) != host:
            return JSONResponse({"detail": "不接受来自其他网站的请求", "code": "forbidden"}, status_code=403)
        return None


def _name(host: str) -> str:
    """A Host without its port."""
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() else host


def _site(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _refused(error: QuantError) -> Response:
    body = {"detail": error.message, "code": str(error.kind), "hint": error.hint}
    status = STATUS[error.kind]
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(body, status_code=status, headers=headers)


def _as_user(scope: Scope, owner: str) -> Scope:
    """The scope with the user: for the tools by our key, for the SDK, which ties a session to its user, by its own."""
    from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
    from mcp.server.auth.provider import AccessToken

    from quantgpt.faces.mcp.desk import OWNER

    token = AccessToken(token="-", client_id=owner, subject=owner, scopes=[])
    return {**scope, OWNER: owner, "user": AuthenticatedUser(token)}


class StreamableHttp:
    """Streamable HTTP at /mcp, for an application that includes `routes()` and is alive within `running()`."""

    def __init__(
        self, app: App, authenticate: Authenticate, admit: Admit | None = None, standby: Standby | None = None
    ) -> None:
        self._app = app
        self._admit = admit
        self._standby = standby
        self._guard = Guard(self._serve, app, authenticate)
        self._manager: Any = None
        self._opening = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    def routes(self) -> Sequence[BaseRoute]:
        """Both spellings of the address, so that none is redirected."""
        return [Route(path, endpoint=self._guard, include_in_schema=False) for path in PATHS]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """As long as the application lives."""
        try:
            yield
        finally:
            self.stop()
            if self._life is not None:
                await self._life

    def stop(self) -> None:
        """End all open streams; jobs go on."""
        self._stopping.set()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._stopping.is_set():
            await JSONResponse({"detail": "服务正在停止"}, status_code=503)(scope, receive, send)
            return
        await self._open()
        served = asyncio.ensure_future(self._manager.handle_request(scope, receive, send))
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((served, stopped), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            served.cancel()
            await asyncio.wait((served,))
        if not served.cancelled():
            served.result()

    async def _open(self) -> None:
        """Load the SDK and start its session manager, once; it lives in a task of its own until we stop."""
        async with self._opening:
            if self._manager is not None:
                return
            manager = await run_in_threadpool(self._build)
            ready = asyncio.Event()
            self._life = asyncio.create_task(self._live(manager, ready))
            await ready.wait()
            self._manager = manager

    async def _live(self, manager: Any, ready: asyncio.Event) -> None:
        async with manager.run():
            ready.set()
            await self._stopping.wait()

    def _build(self) -> Any:
        server = build_over(self._app, self._admit, self._standby)
        server.streamable_http_app(
            streamable_http_path="/", max_request_body_size=self._app.settings.max_body_bytes, host=""
        )
        return server.session_manager


def sse_routes(
    app: App, authenticate: Authenticate, admit: Admit | None = None, standby: Standby | None = None
) -> Sequence[BaseRoute]:
    """The legacy transport: a stream at /sse, messages to the address that it names."""
    from starlette.routing import Mount

    server = build_over(app, admit, standby)
    inner = server.sse_app(
        sse_path=SSE_PATH,
        message_path=MESSAGES_PATH,
        max_request_body_size=app.settings.max_body_bytes,
        host="",
    )
    return [Mount("/", app=Guard(inner, app, authenticate))]


def build_over(app: App, admit: Admit | None, standby: Standby | None) -> Any:
    """The server over one App, for users that bring a token."""
    from quantgpt.faces.mcp.desk import Desk
    from quantgpt.faces.mcp.server import build_server

    logging.getLogger("mcp").setLevel(logging.WARNING)  # its notes of every session name the session
    return build_server(Desk(lambda: app, standby=standby, admit=admit))
