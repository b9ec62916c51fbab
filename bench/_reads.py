"""Requests at a fixed rate over kept connections, timed from the moment at which each was due."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

CONNECTIONS = 16


@dataclass
class Timed:
    """Seconds of each request, by path, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def all(self) -> list[float]:
        """Seconds of every request."""
        return [value for values in self.seconds.values() for value in values]


async def read_at(port: int, token: str, paths: Sequence[str], rate: float, seconds: float) -> Timed:
    """Ask for the paths in turn, `rate` a second. A late start counts as waiting."""
    timed, due = Timed(), asyncio.Queue[tuple[float, str]]()
    askers = [asyncio.create_task(_asker(port, token, due, timed)) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    for number, path in enumerate(itertools.islice(itertools.cycle(paths), int(rate * seconds))):
        at = start + number / rate
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        due.put_nowait((at, path))
    await due.join()
    for asker in askers:
        asker.cancel()
    await asyncio.gather(*askers, return_exceptions=True)
    return timed


async def _asker(port: int, token: str, due: asyncio.Queue[tuple[float, str]], timed: Timed) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        while True:
            at, path = await due.get()
            try:
                status = await _ask(reader, writer, port, token, path)
                if status != 200:
                    timed.errors.append(f"{path}: {status}")
                timed.seconds.setdefault(path, []).append(time.perf_counter() - at)
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                timed.errors.append(f"{path}: {error!r}")
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
            finally:
                due.task_done()
    finally:
        writer.close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, token: str, path: str) -> int:
    head = f"GET /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    await writer.drain()
    answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = next(line for line in answer.splitlines() if line.startswith("content-length:"))
    await reader.readexactly(int(length.partition(":")[2]))
    return int(answer.split(" ", 2)[1])
