"""One server for people, agents and programs: the interface with its page, the tools at /mcp, the signed interface at /v1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request

from quantgpt.faces.mcp.http import StreamableHttp
from quantgpt.faces.rest import server
from quantgpt.faces.signed.app import SignedFace
from quantgpt.services._base import App


def serve(app: App) -> None:
    """Serve until SIGTERM or SIGINT. Raises Unavailable when the port is taken."""

    def tools(authenticate: Callable[[Request], str], admit: Callable[[str, Any], None]) -> StreamableHttp:
        return StreamableHttp(app, authenticate, admit)

    def signed(_authenticate: Callable[[Request], str], _admit: Callable[[str, Any], None]) -> SignedFace:
        return SignedFace(app)

    server.serve(app, [tools, signed])
