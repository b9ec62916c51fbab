"""One event stream: replays the task's event log, then follows it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from quantgpt.faces.rest.state import Rest
from quantgpt.faces.rest.wire import task_json
from quantgpt.foundations.errors import NotFound, QuantError
from quantgpt.records import Job, JobEvent
from quantgpt.services import tasks

HEARTBEAT_SECONDS = 15.0
DONE = "-done"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


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


def message(event: str, data: str, number: str | None = None) -> bytes:
    """One event on the wire."""
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {event}\ndata: {data}\n\n".encode()


class EventStream(StreamingResponse):
    """The events of one task, counted among the open streams as long as it is sent."""

    media_type = "text/event-stream"

    def __init__(self, rest: Rest, job: Job, owner_id: str, place: Place | None) -> None:
        super().__init__(follow(rest, job, owner_id, place), headers=HEADERS)
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        self._rest.streams += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._rest.streams -= 1


async def follow(rest: Rest, job: Job, owner_id: str, place: Place | None) -> AsyncIterator[bytes]:
    """Events from `place` on until the task ends, the time is up or the server stops."""
    with rest.watcher.watching(job.id) as news:
        async for part in _follow(rest, job, owner_id, place, news):
            yield part


async def _follow(
    rest: Rest, job: Job, owner_id: str, place: Place | None, news: asyncio.Event
) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + rest.app.settings.sse_timeout
    if place is None and job.is_finished:
        yield message("update", task_json(job), str(job.last_seq))
        yield _farewell(job)
        return
    seq = place.seq if place else 0
    fresh = place is None
    while not rest.watcher.stopping.is_set():
        news.clear()
        try:
            events = await run_in_threadpool(tasks.events_of, rest.app, job, seq)
            job = await run_in_threadpool(tasks.read_task, rest.app, job.id, owner_id)
        except NotFound:
            yield message("error", json.dumps({"error": "Task not found"}))
            return
        except QuantError:
            events = []
        for event in _steps(events) if fresh else events:
            yield message("update", task_json(job, event), str(event.seq))
        fresh = False
        seq = events[-1].seq if events else seq
        if job.is_finished and seq >= job.last_seq:
            yield _farewell(job)
            return
        if loop.time() >= deadline:
            yield message("error", json.dumps({"error": "Stream timeout"}))
            return
        if not await _heard(news, min(HEARTBEAT_SECONDS, deadline - loop.time())) and loop.time() < deadline:
            yield b": alive\n\n"


async def _heard(news: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _steps(events: list[JobEvent]) -> list[JobEvent]:
    """The past in brief: the first event of each stage, and the newest of all."""
    first = [e for before, e in zip([None, *events], events, strict=False) if before is None or before.stage != e.stage]
    return first if not events or first[-1].seq == events[-1].seq else [*first, events[-1]]


def _farewell(job: Job) -> bytes:
    return message("done", json.dumps({"status": job.stage}), f"{job.last_seq}{DONE}")
