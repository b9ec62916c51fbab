"""One server for people and for agents: the interface with its page, and the tools at /mcp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request

from quantgpt.faces.mcp.http import StreamableHttp
from quantgpt.faces.rest import server
from quantgpt.services._base import App


def serve(app: App) -> None:
    """Serve until SIGTERM or SIGINT. Raises Unavailable when the port is taken."""

    def tools(authenticate: Callable[[Request], str], admit: Callable[[str, Any], None]) -> StreamableHttp:
        return StreamableHttp(app, authenticate, admit)

    server.serve(app, [tools])
