"""Looks at the database on behalf of all open streams, and keeps the counts that /health shows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from quantgpt.faces.rest.channels import Channel, Reading
from quantgpt.foundations.errors import QuantError
from quantgpt.records import Job
from quantgpt.services import tasks
from quantgpt.services._base import App

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
COUNT_SECONDS = 2.0


class Watcher:
    """One look at the database for all streams together; one reading and one rendering for all streams of a task."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._channels: dict[str, Channel] = {}
        self.counts = (0, 0)
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Look until the server stops."""
        count_at = 0.0
        loop = asyncio.get_running_loop()
        while not self.stopping.is_set():
            try:
                if self._channels:
                    await self._look()
                if loop.time() >= count_at:
                    self.counts = await run_in_threadpool(tasks.counts, self._app)
                    count_at = loop.time() + COUNT_SECONDS
            except QuantError as error:
                log.warning("waiting for the database: %s", error)
                count_at = loop.time() + COUNT_SECONDS
            except Exception:
                log.exception("the watcher stumbled")
            await asyncio.sleep(LOOK_SECONDS)

    @asynccontextmanager
    async def following(self, job: Job) -> AsyncIterator[Channel]:
        """The channel of a task, shared by all its streams and dropped with the last of them."""
        channel = self._channels.setdefault(job.id, Channel(job))
        channel.streams += 1
        try:
            try:
                await channel.open(self._app)
            except QuantError as error:
                log.warning("waiting for the database: %s", error)
            yield channel
        finally:
            channel.streams -= 1
            if not channel.streams:
                self._channels.pop(job.id, None)

    def stop(self) -> None:
        """End all streams."""
        self.stopping.set()
        for channel in self._channels.values():
            channel.wake()

    async def _look(self) -> None:
        """Read and render what is new in the tasks that are followed."""
        asked = [(channel, channel.seq) for channel in self._channels.values() if not channel.is_over]
        if not asked:
            return
        for channel, reading in await run_in_threadpool(self._news, asked):
            channel.take(reading)

    def _news(self, asked: list[tuple[Channel, int]]) -> list[tuple[Channel, Reading]]:
        """What the database has of tasks whose newest event is not the one known; for a thread of its own."""
        found = self._app.records.jobs.last_seqs([channel.job.id for channel, _ in asked])
        changed = [(channel, seq) for channel, seq in asked if found.get(channel.job.id) != seq and not channel.gone]
        return [(channel, channel.read(self._app, seq, render=seq > 0)) for channel, seq in changed]
