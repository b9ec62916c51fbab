"""Looks at the database on behalf of all open streams, and keeps the counts that /health shows."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.concurrency import run_in_threadpool

from quantgpt.foundations.errors import QuantError
from quantgpt.services import tasks
from quantgpt.services._base import App

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
COUNT_SECONDS = 2.0


class Watcher:
    """One query per look for all streams together, not one per stream."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._watched: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._seen: dict[str, int] = {}
        self.counts = (0, 0)
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Look until the server stops."""
        count_at = 0.0
        loop = asyncio.get_running_loop()
        while not self.stopping.is_set():
            try:
                if self._watched:
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

    @contextmanager
    def watching(self, task_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happened to the task, or the server stops."""
        news = asyncio.Event()
        self._watched[task_id].add(news)
        try:
            yield news
        finally:
            self._watched[task_id].discard(news)
            if not self._watched[task_id]:
                del self._watched[task_id]
                self._seen.pop(task_id, None)

    def stop(self) -> None:
        """End all streams."""
        self.stopping.set()
        for news in [event for events in self._watched.values() for event in events]:
            news.set()

    async def _look(self) -> None:
        asked = list(self._watched)
        found = await run_in_threadpool(self._app.records.jobs.last_seqs, asked)
        for task_id in asked:
            if found.get(task_id) != self._seen.get(task_id):
                self._seen[task_id] = found.get(task_id, 0)
                for news in self._watched.get(task_id, ()):
                    news.set()
