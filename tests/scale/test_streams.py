"""Many streams of few tasks: no gap, one reading and one rendering for all, an orderly end for each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests._rig import make_app
from tests.wire._events import Event, parse

from quantgpt.faces.rest import channels, stream
from quantgpt.faces.rest.limits import Submissions
from quantgpt.faces.rest.state import Rest
from quantgpt.faces.rest.stream import EventStream, Place, follow
from quantgpt.faces.rest.watcher import Watcher
from quantgpt.foundations.hashing import canonical_json
from quantgpt.records import LOCAL_ADMIN, Failure, Job, NewJob
from quantgpt.services._base import App
from quantgpt.services.factor_tests import TestFactor

LEASE = 60.0
PATIENCE = 60.0
"""seconds to wait for what takes a moment on a quiet machine"""
STAGES = ("validating", "fetching_data", "backtesting")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = make_app(tmp_path / "home")
    yield made
    made.records.close()


def running(app: App, name: str) -> Job:
    """A task that a worker (which is not there) has begun."""
    ask = canonical_json(asdict(TestFactor(prompt="close")))
    app.records.jobs.submit(NewJob(id=name, operation="factor.test", owner_id=LOCAL_ADMIN, ask=ask))
    job = app.records.attempts.claim("worker", LEASE)
    assert job is not None
    return job


def step(app: App, job: Job, number: int) -> None:
    stage = STAGES[number % len(STAGES)]
    assert app.records.attempts.step(job.id, job.attempt, stage=stage, fraction=number / 100, message=f"{number}")


def finish(app: App, job: Job) -> None:
    done = app.records.attempts.succeed(
        job.id, job.attempt, stage="completed", outcome='{"score":1}', outcome_hash="0" * 64, facts=None
    )
    assert done


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[Rest]:
    """The state of a server whose watcher looks."""
    rest = Rest(app=app, watcher=Watcher(app), submissions=Submissions(app))
    watching = asyncio.create_task(rest.watcher.run())
    try:
        yield rest
    finally:
        rest.watcher.stop()
        await watching


class Ear:
    """Listens to one stream from now on."""

    def __init__(self, rest: Rest, job: Job, place: Place | None = None, **more: Any) -> None:
        self._parts: list[bytes] = []
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._listen(follow(rest, job, place, **more)))

    async def _listen(self, said: AsyncIterator[bytes]) -> None:
        async for part in said:
            async with self._news:
                self._parts.append(part)
                self._news.notify_all()

    def _events(self) -> list[Event]:
        return parse(b"".join(self._parts).decode())

    async def heard(self, number: int = 1) -> None:
        """Until the event of that number was said."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: any(int(event.id or 0) >= number for event in self._events()))

    @property
    def is_done(self) -> bool:
        """The stream has ended."""
        return self._task.done()

    async def told(self) -> list[Event]:
        """Everything that was said, once the stream has ended."""
        async with asyncio.timeout(PATIENCE):
            await self._task
        return self._events()


def counting(target: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The arguments of each call of a function from now on."""
    calls: list[Any] = []
    inner: Callable[..., Any] = getattr(target, name)

    def counted(*arguments: Any, **more: Any) -> Any:
        calls.append(arguments)
        return inner(*arguments, **more)

    monkeypatch.setattr(target, name, counted)
    return calls


async def test_sixty_streams_of_four_tasks_hear_everything_and_cost_four(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = counting(app.records.jobs, "events", monkeypatch)
    renderings = counting(channels, "task_json", monkeypatch)
    jobs = [running(app, f"job{number}") for number in range(4)]
    async with serving(app) as rest:
        ears = [Ear(rest, jobs[number % 4]) for number in range(60)]
        for ear in ears:
            await ear.heard()
        for number in range(8):
            for job in jobs:
                await asyncio.to_thread(step, app, job, number)
            if number % 3 == 0:
                await ears[number].heard(number + 2)
        for job in jobs:
            await asyncio.to_thread(finish, app, job)
        told = [await ear.told() for ear in ears]
    for events in told:
        assert [event.id for event in events] == [*(str(seq) for seq in range(1, 11)), "10-done"]
        assert [event.name for event in events] == ["update"] * 10 + ["done"]
        assert events[-2].data["result"] == {"score": 1}
        assert [event.data["progress"]["message"] for event in events[1:9]] == [str(number) for number in range(8)]
    assert all(told[number] == told[number % 4] for number in range(60))
    assert len(reads) <= 4 * 10
    assert len(renderings) == 4 * 10


async def test_a_stream_resumes_where_it_was_and_misses_nothing(app: App) -> None:
    job = running(app, "job")
    for number in range(5):
        step(app, job, number)
    async with serving(app) as rest:
        first, second = Ear(rest, job), Ear(rest, job, Place(3))
        await first.heard(6)
        await second.heard(6)
        finish(app, job)
        told, resumed = await first.told(), await second.told()
    assert [event.id for event in resumed] == ["4", "5", "6", "7", "7-done"]
    assert [event.id for event in told] == ["1", "2", "3", "4", "5", "6", "7", "7-done"]
    assert told[-5:] == resumed


async def test_the_past_is_told_in_brief_and_old_messages_are_rendered_again(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "KEPT_MESSAGES", 2)
    job = running(app, "job")
    async with serving(app) as rest:
        watching = Ear(rest, job)
        await watching.heard()
        for number in range(6):
            step(app, job, 2 if number else 1)
            await watching.heard(number + 2)
        late, whole = Ear(rest, job), Ear(rest, job, Place(1))
        await late.heard(7)
        await whole.heard(7)
        finish(app, job)
        assert [event.id for event in await watching.told()][:-1] == [str(seq) for seq in range(1, 9)]
        assert [event.id for event in await late.told()] == ["1", "2", "3", "7", "8", "8-done"]
        assert [event.id for event in await whole.told()] == [*(str(seq) for seq in range(2, 9)), "8-done"]


async def test_streams_end_with_a_closing_event_when_the_server_stops(app: App) -> None:
    job = running(app, "job")
    async with serving(app) as rest:
        ears = [Ear(rest, job) for _ in range(5)]
        for ear in ears:
            await ear.heard()
        rest.watcher.stop()
        told = [await ear.told() for ear in ears]
    assert [events[-1].name for events in told] == ["closing"] * 5
    assert [events[-2].id for events in told] == ["1"] * 5


async def test_a_stream_ends_at_the_next_heartbeat_when_its_caller_may_not_read_on(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.1)
    job = running(app, "job")
    asked: list[int] = []

    def still_allowed() -> bool:
        asked.append(1)
        return len(asked) < 3

    async with serving(app) as rest:
        ear = Ear(rest, job, still_allowed=still_allowed)
        while not ear.is_done:
            await asyncio.to_thread(step, app, job, 1)
            await asyncio.sleep(0.02)
        assert (await ear.told())[-1] == Event(None, "error", {"error": "Token no longer valid"})
    assert len(asked) == 3


async def test_a_quiet_stream_beats_and_ends_when_its_time_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.02)
    app = make_app(tmp_path / "home", sse_timeout=0.8)
    job = running(app, "job")
    async with serving(app) as rest:
        parts = [part async for part in follow(rest, job, None)]
    assert 2 <= parts.count(b": alive\n\n") <= 40
    assert json.loads(parts[-1].decode().split("data: ")[1]) == {"error": "Stream timeout"}
    app.records.close()


async def test_a_client_that_does_not_read_is_let_go_and_others_are_not_held_up(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SLOW_SECONDS", 0.2)
    job = running(app, "job")

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def never(part: Any) -> None:
        await asyncio.sleep(60)

    async with serving(app) as rest:
        scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}}
        stuck = asyncio.create_task(EventStream(rest, job, LOCAL_ADMIN, None)(scope, receive, never))
        reading = Ear(rest, job)
        async with asyncio.timeout(PATIENCE):
            while rest.streams != 1:
                await asyncio.sleep(0.005)
        await reading.heard()
        finish(app, job)
        assert [event.id for event in await reading.told()] == ["1", "2", "2-done"]
        await asyncio.wait_for(stuck, PATIENCE)
        assert rest.streams == 0


async def test_a_task_that_disappears_ends_its_streams(app: App) -> None:
    from sqlalchemy import delete

    from quantgpt.records.schema import jobs

    job = running(app, "job")
    async with serving(app) as rest:
        ear = Ear(rest, job)
        await ear.heard()
        with app.records.jobs._writer.begin() as connection:
            connection.execute(delete(jobs).where(jobs.c.id == "job"))
        assert (await ear.told())[-1].data == {"error": "Task not found"}


async def test_a_failed_task_is_told_to_everybody(app: App) -> None:
    job = running(app, "job")
    async with serving(app) as rest:
        ears = [Ear(rest, job) for _ in range(3)]
        for ear in ears:
            await ear.heard()
        app.records.attempts.fail(job.id, job.attempt, Failure(error="不行"))
        for ear in ears:
            events = await ear.told()
            assert (events[-2].data["status"], events[-2].data["error"]) == ("failed", "不行")
            assert events[-1].data == {"status": "failed"}
