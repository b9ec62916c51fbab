"""One event stream: replays the task's event log, then follows it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from quantgpt.faces.rest.channels import Channel, message
from quantgpt.faces.rest.state import Rest
from quantgpt.faces.rest.wire import task_json
from quantgpt.foundations.errors import QuantError
from quantgpt.records import Job, JobEvent
from quantgpt.services import tasks

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
SLOW_SECONDS = 30.0
"""how long a client may take to accept one message; it resumes behind the last one that it got"""
DONE = "-done"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
StillAllowed = Callable[[], bool]


@dataclass(frozen=True)
class Place:
    """How far a client has read: the number of the last event, and whether the farewell came too."""

    seq: int = 0
    done: bool = False

    @classmethod
    def read(cls, last_event_id: str | None) -> Place | None:
        """The place that a `Last-Event-ID` names; None for none or an unreadable one."""
        number = (last_event_id or "").removesuffix(DONE)
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        return cls(int(number), (last_event_id or "").endswith(DONE))


class EventStream(StreamingResponse):
    """The events of one task, counted among the open streams as long as it is sent.

    `still_allowed` is asked every 15 seconds, in a thread, whether the caller may go on reading.
    """

    media_type = "text/event-stream"

    def __init__(
        self, rest: Rest, job: Job, owner_id: str, place: Place | None, still_allowed: StillAllowed | None = None
    ) -> None:
        super().__init__(follow(rest, job, place, still_allowed), headers=HEADERS)
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events; a client that does not read is let go."""

        async def send_soon(part: object) -> None:
            async with asyncio.timeout(SLOW_SECONDS):
                await send(part)  # type: ignore[arg-type]

        self._rest.streams += 1
        try:
            await super().__call__(scope, receive, send_soon)
        except (TimeoutError, ClientDisconnect):
            log.info("a client does not read its events any more; its stream is closed")
        finally:
            self._rest.streams -= 1


async def follow(
    rest: Rest, job: Job, place: Place | None, still_allowed: StillAllowed | None = None
) -> AsyncIterator[bytes]:
    """Events from `place` on until the task ends, the time is up, the caller may not read on or the server stops."""
    if place is None and job.is_finished:
        parts = await run_in_threadpool(tasks.parts_of, rest.app, job)
        yield message("update", task_json(job, parts=parts), str(job.last_seq))
        yield _farewell(job)
        return
    async with rest.watcher.following(job) as channel:
        async for part in _follow(rest, channel, place, still_allowed):
            yield part


async def _follow(
    rest: Rest, channel: Channel, place: Place | None, still_allowed: StillAllowed | None
) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + rest.app.settings.sse_timeout
    check_at = loop.time() + HEARTBEAT_SECONDS
    seq, fresh = (place.seq, False) if place else (0, True)
    while not rest.watcher.stopping.is_set():
        turn, over = channel.turn, channel.is_over
        events = channel.after(seq)
        for event in _steps(events) if fresh else events:
            yield await channel.update(event)
            seq = event.seq
        fresh = fresh and not events
        if end := _end(channel, over, loop.time() >= deadline):
            yield end
            return
        if loop.time() >= check_at:
            check_at = loop.time() + HEARTBEAT_SECONDS
            if not await _allowed(still_allowed):
                yield message("error", json.dumps({"error": "Token no longer valid"}))
                return
        if not await _heard(turn, min(check_at, deadline) - loop.time()) and loop.time() < deadline:
            yield b": alive\n\n"
    yield message("closing", json.dumps({"reason": "server stopping"}))


def _end(channel: Channel, over: bool, late: bool) -> bytes | None:
    """The last message of a stream, where it is time for it."""
    if channel.gone:
        return message("error", json.dumps({"error": "Task not found"}))
    if over:
        return _farewell(channel.job)
    return message("error", json.dumps({"error": "Stream timeout"})) if late else None


async def _allowed(still_allowed: StillAllowed | None) -> bool:
    """The caller may read on; an answer that cannot be had now counts as yes until the next time."""
    if still_allowed is None:
        return True
    try:
        return await run_in_threadpool(still_allowed)
    except QuantError as error:
        log.warning("waiting for the database: %s", error)
        return True


async def _heard(news: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(news.wait(), max(seconds, 0.0))
    except TimeoutError:
        return False
    return True


def _steps(events: list[JobEvent]) -> list[JobEvent]:
    """The past in brief: the first event of each stage, those that brought a candidate, and the newest of all."""
    pairs = zip([None, *events], events, strict=False)
    first = [e for before, e in pairs if before is None or before.stage != e.stage or e.part is not None]
    return first if not events or first[-1].seq == events[-1].seq else [*first, events[-1]]


def _farewell(job: Job) -> bytes:
    return message("done", json.dumps({"status": job.stage}), f"{job.last_seq}{DONE}")
