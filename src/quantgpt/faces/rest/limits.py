"""Limits: how often, and how large."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quantgpt.records.calls import Limit
from quantgpt.services._base import App

if TYPE_CHECKING:
    from sqlalchemy import Connection

TOO_LARGE = "请求体过大"
LOOKED_AT = "quantgpt.head"
"""In the scope of a request that asked with HEAD: nothing that works once is used up for it."""


class Submissions:
    """Accepted submissions of one user in any minute: tasks, iterations and feedback together, over all servers."""

    def __init__(self, app: App, seconds: float = 60.0) -> None:
        self._app = app
        self._seconds = seconds

    def admit(self, caller_id: str, connection: Connection | None = None) -> None:
        """Count one submission; with a connection, only if its transaction is committed.

        Raises: RateLimited, and then nothing is counted.
        """
        limit = Limit(f"submissions:{caller_id}", self._app.settings.rate_limit, self._seconds)
        self._app.records.calls.admit(limit, connection=connection)


class BodyLimit:
    """Refuses bodies above a size, whether announced or not; `of_path` names addresses with a size of their own.

    What lies below the addresses `apart` sees to its own bodies.
    """

    def __init__(
        self, app: ASGIApp, largest: int, of_path: Mapping[str, int] | None = None, apart: Sequence[str] = ()
    ) -> None:
        self._app = app
        self._largest = largest
        self._of_path = dict(of_path or {})
        self._apart = tuple(f"{address}/" for address in apart)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or f"{scope['path']}/".startswith(self._apart):
            await self._app(scope, receive, send)
            return
        largest = max(self._largest, self._of_path.get(scope["path"], 0))
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > largest:
            await _too_large(send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > largest:
                raise HTTPException(413, TOO_LARGE)
            return message

        await self._app(scope, counted, send)


class HeadAsGet:
    """Answers HEAD on the interface as GET, without a body; a stream ends at once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        ended = asyncio.Event()

        async def bare(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                ended.set()

        async def until_ended() -> Message:
            if ended.is_set():
                return {"type": "http.disconnect"}
            return await receive()

        await self._app({**scope, "method": "GET", LOOKED_AT: True}, until_ended, bare)


async def _too_large(send: Send) -> None:
    body = json.dumps({"detail": TOO_LARGE, "code": "http_413"}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
