"""The server on standard input and output; the caller is the local admin."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, cast

import anyio
from anyio.to_thread import run_sync
from mcp.server.stdio import stdio_server

from quantgpt.faces.mcp.desk import Desk
from quantgpt.faces.mcp.own_worker import OwnWorker
from quantgpt.faces.mcp.server import build_server
from quantgpt.faces.mcp.wire import LONGEST_LINE, Wire

if TYPE_CHECKING:
    from quantgpt.services._base import App

LOG_FORMAT = "%(asctime)s %(levelname).1s %(process)d %(name)s: %(message)s"
TOO_LONG = "\x00"
"""no JSON: the session answers it with a parse error"""


def serve_stdio(open_app: Callable[[], App], wire: Wire) -> None:
    """Serve until the client closes the stream."""
    worker = OwnWorker()

    def leave(*_: object) -> None:
        worker.stop()
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format=LOG_FORMAT)
    desk = Desk(open_app, standby=worker)
    try:
        anyio.run(_serve, desk, wire)
    finally:
        worker.stop()


async def _serve(desk: Desk, wire: Wire) -> None:
    server = build_server(desk)
    gc.freeze()
    gc.enable()
    answers = anyio.wrap_file(TextIOWrapper(wire.outgoing, encoding="utf-8", newline="\n"))
    lines = cast(Any, Lines(wire))
    async with stdio_server(stdin=lines, stdout=answers) as (incoming, outgoing):
        low = server._lowlevel_server
        await low.run(incoming, outgoing, low.create_initialization_options())


class Lines:
    """The lines that come in; of one that is too long only this is kept, that it was."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def __aiter__(self) -> AsyncIterator[str]:
        while line := await run_sync(self._read, abandon_on_cancel=True):
            yield line

    def _read(self) -> str:
        """One line; an empty text at the end of the stream."""
        line = self._wire.incoming.readline(LONGEST_LINE)
        if len(line) < LONGEST_LINE or line.endswith(b"\n"):
            return line.decode("utf-8", "replace")
        while line and not line.endswith(b"\n"):
            line = self._wire.incoming.readline(LONGEST_LINE)
        return TOO_LONG
