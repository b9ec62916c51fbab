"""The service as a whole under kill -9, SIGTERM, doubled submissions and cancellations: nothing lost, nothing twice."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests._postgres import shared_server
from tests._rig import finished, free_port, lend_demo, make_app, read, submit, wait_until
from tests.faults.serving import Errand, Serving, answers
from tests.wire._events import Event, parse

from quantgpt.services._base import App

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400), pytest.mark.xdist_group("faults")]
PATIENCE = 90.0
"""seconds to wait for what takes a few on a quiet machine"""
BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@contextmanager
def installation(home: Path, backend: str = "sqlite") -> Iterator[tuple[App, dict[str, Any]]]:
    """An App of this process, and the settings with which others join it."""
    settings: dict[str, Any] = {"port": free_port()}
    if backend == "postgresql":
        settings["database_url"] = shared_server().database()
    app = make_app(home, **settings)
    try:
        yield app, settings
    finally:
        app.records.close()


def client(settings: dict[str, Any]) -> httpx2.Client:
    """A client of the server on this machine."""
    return httpx2.Client(base_url=f"http://127.0.0.1:{settings['port']}/api/v1", timeout=60)


@contextmanager
def serving(app: App, settings: dict[str, Any], *what: str) -> Iterator[list[Serving]]:
    """Processes of an installation, ready; whoever is left in the end is stopped."""
    made = [Serving(name, app.settings.home, **settings) for name in what]
    try:
        if "server" in what:
            wait_until(lambda: answers(settings["port"]), PATIENCE)
        yield made
    finally:
        for process in made:
            if process.process.poll() is None:
                process.kill()


# -- kill -9 of everything -------------------------------------------------------------------------------------------


def killed_and_restarted(home: Path, backend: str, count: int, kills: int) -> None:
    diary = home / "diary"
    with installation(home, backend) as (app, settings):
        jobs = [submit(app, Errand(number=k, diary=str(diary))).id for k in range(count)]
        for part in range(1, kills + 1):
            with serving(app, settings, "server", "worker") as processes:
                enough = part * count // (kills + 2)
                wait_until(lambda enough=enough: sum(read(app, job).is_finished for job in jobs) >= enough, PATIENCE)  # type: ignore[misc]
                for process in processes:
                    process.kill()
        with serving(app, settings, "server", "worker") as (server, worker):
            ends = [finished(app, job, PATIENCE) for job in jobs]
            with client(settings) as http:
                shown = http.get("/tasks", params={"page_size": 100}).json()
            assert (server.stop(), worker.stop()) == (0, 0)
        assert shown["total"] == count
        results = {task["task_id"]: task["result"] for task in shown["tasks"]}
        expected = {job: {"number": k, "square": k * k} for k, job in enumerate(jobs)}
        lost_twice = {job.id for job in ends if job.losses > 1}
        assert {k: v for k, v in results.items() if k not in lost_twice} == {
            k: v for k, v in expected.items() if k not in lost_twice
        }
        runs = diary.read_text().split()
        for k, job in enumerate(ends):
            assert job.state == ("failed" if job.id in lost_twice else "succeeded")
            assert job.error == ("工作进程中断，已重试一次" if job.id in lost_twice else None)
            assert job.losses == job.attempt - 1 or job.id in lost_twice
            assert runs.count(str(k)) <= job.attempt
            events = app.records.jobs.events(job.id)
            assert [event.seq for event in events] == list(range(1, job.last_seq + 1))
            assert sum(event.state in ("succeeded", "failed") for event in events) == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_queued_tasks_outlive_kill_9_of_server_and_worker(tmp_path: Path, backend: str) -> None:
    killed_and_restarted(tmp_path, backend, count=10, kills=1)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("backend", BACKENDS)
def test_fifty_queued_tasks_outlive_many_kills(tmp_path: Path, backend: str) -> None:
    killed_and_restarted(tmp_path, backend, count=50, kills=5)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("backend", BACKENDS)
def test_fifty_submitted_backtests_outlive_kill_9_of_server_and_worker(tmp_path: Path, backend: str) -> None:
    """Submitted over REST while the server is killed; each acknowledged one exists once and has the undisturbed result."""
    span = {"start_date": "2024-01-02", "end_date": "2024-06-28"}
    with installation(tmp_path, backend) as (app, settings):
        lend_demo(app)
        acknowledged: dict[str, str] = {}
        with serving(app, settings, "server", "worker") as processes:
            for number in range(50):
                if number == 25:
                    processes[0].kill()
                    processes.append(Serving("server", app.settings.home, **settings))
                    wait_until(lambda: answers(settings["port"]), PATIENCE)
                body = {"prompt": f"rank(ts_mean(close, {number % 10 + 2}))", **span}
                with client(settings) as http:
                    answer = http.post("/auto_backtest", json=body, headers={"Idempotency-Key": f"k{number}"})
                assert answer.status_code == 202
                acknowledged[answer.json()["task_id"]] = body["prompt"]
            for process in processes:
                if process.process.poll() is None:
                    process.kill()
        with serving(app, settings, "server", "worker"):
            ends = {task_id: finished(app, task_id, 400) for task_id in acknowledged}
        assert {job.state for job in ends.values()} == {"succeeded"}
        of_prompt: dict[str, set[str]] = {}
        for task_id, job in ends.items():  # the daily numbers: grades also depend on how many factors were tried before
            daily = json.loads(job.outcome or "")["manifest"]["daily_hash"]
            of_prompt.setdefault(acknowledged[task_id], set()).add(daily)
        assert len(ends) == 50
        assert len(of_prompt) == 10
        assert all(len(hashes) == 1 for hashes in of_prompt.values())


# -- the same request many times -------------------------------------------------------------------------------------


def doubled_submissions(home: Path, backend: str, at_once: int, rounds: int) -> None:
    from sqlalchemy import update

    from quantgpt.records.schema import jobs as table

    with installation(home, backend) as (app, settings):
        lend_demo(app)
        with serving(app, settings, "server"):
            for number in range(rounds):
                body = {"prompt": f"rank(ts_mean(close, {number + 2}))"}
                key = {"Idempotency-Key": f"key-{number}"}
                gate = threading.Barrier(at_once)

                def ask(_: int, body: Any = body, key: Any = key, gate: Any = gate) -> tuple[int, Any]:
                    with client(settings) as http:
                        gate.wait(PATIENCE)
                        answer = http.post("/auto_backtest", json=body, headers=key)
                        return answer.status_code, answer.json()

                with ThreadPoolExecutor(at_once) as pool:
                    told = list(pool.map(ask, range(at_once)))
                assert all(answer == told[0] for answer in told)
                assert told[0][0] == 202
                first = told[0][1]["task_id"]
                with client(settings) as http:
                    other = http.post("/auto_backtest", json={"prompt": "rank(open)"}, headers=key)
                    assert (other.status_code, first in other.text) == (409, True)
                    assert http.get("/tasks").json()["total"] == 2 * number + 1
                    with app.records.jobs._writer.begin() as connection:
                        old = table.c.created_at - 25 * 3600
                        connection.execute(update(table).where(table.c.id == first).values(created_at=old))
                    again = http.post("/auto_backtest", json=body, headers=key)
                    assert again.status_code == 202
                    assert again.json()["task_id"] != first


def test_five_equal_submissions_at_once_are_one_task(tmp_path: Path) -> None:
    doubled_submissions(tmp_path, "sqlite", at_once=5, rounds=1)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("backend", BACKENDS)
def test_fifty_equal_submissions_at_once_are_one_task_twenty_times(tmp_path: Path, backend: str) -> None:
    doubled_submissions(tmp_path, backend, at_once=50, rounds=20)


# -- cancellation ----------------------------------------------------------------------------------------------------


def cancelled_at_random(home: Path, count: int) -> None:
    draw = random.Random(20260101)
    diary = home / "diary"
    with installation(home) as (app, settings), serving(app, settings, "server", "worker"), client(settings) as http:
        finished(app, submit(app, Errand()).id, PATIENCE)
        for number in range(count):
            job_id = submit(app, Errand(number=number, steps=8, pause=0.05, diary=str(diary))).id
            time.sleep(draw.uniform(0.0, 0.7))
            answers_ = [http.post(f"/tasks/{job_id}/cancel") for _ in range(2)]
            job = finished(app, job_id, PATIENCE)
            assert answers_[0].status_code == answers_[1].status_code
            if job.error == "任务已取消":
                assert answers_[0].status_code == 200
                assert answers_[0].json() == answers_[1].json()
                assert (job.state, job.outcome, job.outcome_hash) == ("failed", None, None)
            else:
                assert (job.state, answers_[0].status_code) == ("succeeded", 409)
        idle = submit(app, Errand(number=-1)).id
        assert finished(app, idle, PATIENCE).state == "succeeded"


def test_a_task_cancelled_at_any_moment_is_cancelled_or_done_never_both(tmp_path: Path) -> None:
    cancelled_at_random(tmp_path, 6)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_hundred_tasks_cancelled_at_random(tmp_path: Path) -> None:
    cancelled_at_random(tmp_path, 100)


# -- SIGTERM ---------------------------------------------------------------------------------------------------------


def followed(
    settings: dict[str, Any], job_id: str, last: str | None = None, begun: threading.Semaphore | None = None
) -> list[Event]:
    """The events of one stream, to its end; `begun` is released at its first words."""
    headers = {"Last-Event-ID": last} if last else {}
    with client(settings) as http, http.stream("GET", f"/tasks/{job_id}/stream", headers=headers) as stream:
        assert stream.status_code == 200
        said: list[str] = []
        for text in stream.iter_text():
            if not said and begun is not None:
                begun.release()
            said.append(text)
        return parse("".join(said))


def server_told_to_stop(home: Path, readers: int, steps: int) -> None:
    with installation(home) as (app, more), ThreadPoolExecutor(readers) as pool:
        settings = {**more, "max_sse": readers + 5}
        with serving(app, settings, "worker"):
            with serving(app, settings, "server") as (server,):
                jobs = [submit(app, Errand(number=k, steps=steps, pause=0.25)).id for k in range(2)]
                wait_until(lambda: all(read(app, job).stage == "backtesting" for job in jobs), PATIENCE)
                begun = threading.Semaphore(0)
                # from event 0 on: who comes without a number is told the past in brief
                streams = [pool.submit(followed, settings, jobs[k % 2], "0", begun) for k in range(readers)]
                for _ in range(readers):
                    assert begun.acquire(timeout=PATIENCE)
                assert server.stop(PATIENCE) == 0
                before = [stream.result(PATIENCE) for stream in streams]
            assert all(events[-1].name == "closing" for events in before)
            assert all(events[-2].id is not None for events in before)
            assert not any(read(app, job).is_finished for job in jobs)
            with serving(app, settings, "server"):
                lasts = [events[-2].id for events in before]
                again = [pool.submit(followed, settings, jobs[k % 2], lasts[k]) for k in range(readers)]
                after = [stream.result(PATIENCE) for stream in again]
                assert [finished(app, job, PATIENCE).attempt for job in jobs] == [1, 1]
            for k in range(readers):
                last = app.records.jobs.events(jobs[k % 2])[-1].seq
                numbers = [int(e.id or 0) for e in [*before[k][:-1], *after[k][:-1]] if e.name == "update"]
                assert numbers == list(range(1, last + 1))
                assert (after[k][-1].name, after[k][-1].data) == ("done", {"status": "completed"})


def test_a_server_told_to_stop_ends_its_streams_and_they_resume_without_a_gap(tmp_path: Path) -> None:
    server_told_to_stop(tmp_path, readers=6, steps=24)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_fifty_streams_ten_times(tmp_path: Path) -> None:
    for number in range(10):
        home = tmp_path / str(number)
        home.mkdir()
        server_told_to_stop(home, readers=50, steps=60)
