"""The server over HTTP on an address of its own, without the interface and the page."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette

from quantgpt.faces.mcp.http import Admit, Authenticate, StreamableHttp, sse_routes
from quantgpt.foundations.errors import Unavailable

if TYPE_CHECKING:
    from quantgpt.faces.mcp.desk import Standby
    from quantgpt.services._base import App

STOP_SECONDS = 4


class Server(uvicorn.Server):
    """Ends the open streams as soon as it is told to stop; otherwise it would wait for their clients."""

    def handle_exit(self, sig: int, frame: object) -> None:
        """Begin to stop. The signal is not raised again afterwards: a stop that was asked for is a success."""
        self.config.app.state.stop()  # type: ignore[union-attr]
        self.force_exit = self.should_exit
        self.should_exit = True


def alone(
    app: App, transport: str, authenticate: Authenticate, admit: Admit | None = None, standby: Standby | None = None
) -> Starlette:
    """An application that is nothing but the server: `streamable-http` at /mcp, or `sse` at /sse."""
    if transport == "sse":
        made = Starlette(routes=sse_routes(app, authenticate, admit, standby))
        made.state.stop = lambda: None
    else:
        part = StreamableHttp(app, authenticate, admit, standby)

        @asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            async with part.running():
                yield

        made = Starlette(routes=part.routes(), lifespan=life)
        made.state.stop = part.stop
    made.state.rest = SimpleNamespace(app=app)
    return made


def serve_alone(made: Starlette, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. Raises Unavailable when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host, port), family=family)
    except OSError as error:
        raise Unavailable(f"无法监听 {host}:{port}：{error.strerror}", hint="choose another --port") from error
    config = uvicorn.Config(
        made,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
        proxy_headers=False,
    )
    with door:
        Server(config).run(sockets=[door])
