"""The events of one task, read from the database and rendered once for all the streams that follow it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from quantgpt.faces.rest.wire import task_json
from quantgpt.records import Job, JobEvent
from quantgpt.services import tasks
from quantgpt.services._base import App

KEPT_MESSAGES = 64
"""rendered events that a channel holds; older ones are rendered again when somebody resumes there"""


def message(event: str, data: str, number: str | None = None) -> bytes:
    """One event on the wire."""
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {event}\ndata: {data}\n\n".encode()


@dataclass(frozen=True)
class Reading:
    """What the database says of one task: None when it is gone, the events behind those known, and their messages."""

    job: Job | None
    events: list[JobEvent]
    messages: dict[int, bytes] = field(default_factory=dict)


class Channel:
    """One task and its events so far. `read` and `render` are for other threads, the rest for that of the event loop."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.gone = False
        self.events: list[JobEvent] = []
        self.streams = 0
        self.turn = asyncio.Event()
        """set when something happened; a fresh one then takes its place"""
        self._messages: dict[int, bytes] = {}
        self._one_at_a_time = asyncio.Lock()

    @property
    def seq(self) -> int:
        """Number of the newest event known."""
        return self.events[-1].seq if self.events else 0

    @property
    def is_over(self) -> bool:
        """The task is finished and all its events are here."""
        return self.job.is_finished and self.seq >= self.job.last_seq

    def read(self, app: App, after: int, *, render: bool) -> Reading:
        """Look at the database, and render what is new there."""
        events = app.records.jobs.events(self.job.id, after=after)
        job = app.records.jobs.get(self.job.id)
        if job is None or not render:
            return Reading(job, events)
        every = [*self.events, *events]
        return Reading(job, events, {event.seq: _update(job, event, every) for event in events})

    async def open(self, app: App) -> None:
        """Read the past, unless another stream has."""
        async with self._one_at_a_time:
            if not self.events:
                self.take(await run_in_threadpool(self.read, app, 0, render=False))

    def take(self, reading: Reading) -> None:
        """Add what was read and wake the streams."""
        self.events.extend(event for event in reading.events if event.seq > self.seq)
        self.gone = reading.job is None
        if reading.job is not None and reading.job.last_seq >= self.job.last_seq:
            self.job = reading.job
        self._messages |= reading.messages
        for old in sorted(self._messages)[:-KEPT_MESSAGES]:
            del self._messages[old]
        self.wake()

    def wake(self) -> None:
        """Let every stream look."""
        self.turn.set()
        self.turn = asyncio.Event()

    def after(self, seq: int) -> list[JobEvent]:
        """Events with a number above `seq`."""
        return [] if seq >= self.seq else [event for event in self.events if event.seq > seq]

    async def update(self, event: JobEvent) -> bytes:
        """The `update` message of one event: made once, however many streams send it."""
        if (found := self._messages.get(event.seq)) is not None:
            return found
        async with self._one_at_a_time:
            if event.seq not in self._messages:
                made = await run_in_threadpool(_update, self.job, event, list(self.events))
                self._messages[event.seq] = made
            return self._messages[event.seq]


def _update(job: Job, event: JobEvent, events: list[JobEvent]) -> bytes:
    parts = [part for part in events if part.part is not None] if tasks.is_iteration(job) else ()
    return message("update", task_json(job, event, parts=parts), str(event.seq))
