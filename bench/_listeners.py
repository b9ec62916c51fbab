"""Many readers of few event streams: how late each event is, whether one is missing."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field


@dataclass
class Heard:
    """Seconds from the moment an event was spoken until a reader had it; gaps in their numbers; readers cut off.

    What was spoken before a reader was there is replayed to it, and is no delay.
    """

    delays: list[float] = field(default_factory=list)
    gaps: int = 0
    events: int = 0
    unfinished: int = 0


async def listen(port: int, token: str, task_ids: list[str], readers: int, seconds: float) -> Heard:
    """So many readers, spread over the tasks, each until its stream ends."""
    heard = Heard()
    each = [asyncio.create_task(_reader(port, token, task_ids[k % len(task_ids)], heard)) for k in range(readers)]
    finished, late = await asyncio.wait(each, timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    heard.unfinished += len(late) + sum(task.exception() is not None for task in finished)
    return heard


async def _reader(port: int, token: str, task_id: str, heard: Heard) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        writer.write(
            f"GET /api/v1/tasks/{task_id}/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        assert head.split(" ", 2)[1] == "200", head
        number, last, ended, since = 0, 0, False, time.time()
        while line := await reader.readline():
            now = time.time()
            if line.startswith(b"id: ") and b"-" not in line:
                number = int(line[4:])
            elif line.startswith(b"event: done"):
                ended = True
            elif line.startswith(b'data: {"task_id"'):
                heard.events += 1
                heard.gaps += bool(last) and number != last + 1
                last = number
                spoken = json.loads(line[6:])["progress"]["message"]
                if spoken and float(spoken) >= since:
                    heard.delays.append(now - float(spoken))
        assert ended, "the stream broke off"
    finally:
        writer.close()
