"""kill -9 of the worker, the fork server and the server: nothing acknowledged is lost, nobody is orphaned."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx2
import psutil
import pytest
from tests._rig import (
    Process,
    finished,
    free_port,
    is_alive,
    lend_demo,
    make_app,
    make_worker,
    read,
    submit,
    wait_until,
    working,
)
from tests.faults.operations import Probe
from tests.faults.test_children import child_of
from tests.wire._events import parse

from quantgpt.foundations.hashing import hash_value
from quantgpt.services._base import App
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.jobs.lifeline import is_dead, worker_name

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


def test_a_killed_worker_takes_its_children_along_and_the_job_completes_after_restart(app: App, tmp_path: Path) -> None:
    home, marker = app.settings.home, tmp_path / "pid"
    worker = Process("worker_process", home)
    undisturbed = finished(app, submit(app, Probe(value=5)).id)
    job_id = submit(app, Probe(value=5, steps=8, pause=0.1, marker=str(marker))).id
    child = child_of(marker)
    family = [process.pid for process in psutil.Process(worker.pid).children(recursive=True)]
    worker.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in [*family, child]), 2)
    assert read(app, job_id).state == "running"
    again = Process("worker_process", home)
    job = finished(app, job_id)
    assert (job.state, job.attempt, job.losses) == ("succeeded", 2, 1)
    assert job.outcome_hash == undisturbed.outcome_hash
    assert again.stop() == 0


def test_a_worker_lost_twice_ends_the_job_failed_with_the_reason(app: App, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    job_id = submit(app, Probe(steps=100, pause=0.1, marker=str(marker))).id
    for _ in range(2):
        worker = Process("worker_process", app.settings.home)
        child_of(marker)
        worker.kill()
        marker.unlink()
    with working(app):
        job = finished(app, job_id)
    assert (job.state, job.error, job.attempt) == ("failed", "工作进程中断，已重试一次", 2)


def test_a_killed_fork_server_costs_one_attempt_and_is_replaced(app: App, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    with working(app) as worker:
        job_id = submit(app, Probe(steps=8, pause=0.1, marker=str(marker))).id
        child = child_of(marker)
        assert worker.nursery.pid is not None
        os.kill(worker.nursery.pid, signal.SIGKILL)
        wait_until(lambda: not is_alive(child), 2)
        job = finished(app, job_id)
    assert (job.state, job.attempt) == ("succeeded", 2)


def test_a_worker_that_is_told_to_stop_puts_its_jobs_back_in_time(app: App, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    worker = Process("worker_process", app.settings.home)
    job_id = submit(app, Probe(steps=100, pause=0.1, marker=str(marker))).id
    child = child_of(marker)
    began = time.monotonic()
    assert worker.stop() == 0
    assert time.monotonic() - began < 5
    job = read(app, job_id)
    assert (job.state, job.losses, is_alive(child)) == ("queued", 0, False)
    assert app.records.workers.all() == []


def freeze(pid: int, database: Path) -> None:
    """Stop a process between two of its writes: one stopped within a write would hold the lock of the file for ever."""
    for _ in range(200):
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.05)
        with closing(sqlite3.connect(database, timeout=0.0, isolation_level=None)) as probe:
            try:
                probe.execute("BEGIN IMMEDIATE")
                probe.execute("ROLLBACK")
            except sqlite3.OperationalError:
                os.kill(pid, signal.SIGCONT)
                time.sleep(0.01)
            else:
                return
    pytest.fail("the process was never found between two writes")


def test_a_frozen_worker_is_taken_over_and_its_writes_are_refused(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home", lease_seconds=1.0)
    marker = tmp_path / "pid"
    frozen = Process("worker_process", app.settings.home, lease_seconds=1.0)
    job_id = submit(app, Probe(steps=8, pause=0.2, marker=str(marker))).id
    child_of(marker)
    freeze(frozen.pid, app.settings.home / "quantgpt.db")
    with working(app):
        job = finished(app, job_id)
        os.kill(frozen.pid, signal.SIGCONT)
        time.sleep(0.5)
    assert (job.state, job.attempt) == ("succeeded", 2)
    assert read(app, job_id) == job
    frozen.stop()
    app.records.close()


def test_a_name_tells_a_dead_worker_from_a_living_one_and_from_a_reused_pid() -> None:
    mine = worker_name(os.getpid())
    host, pid, _ = mine.rsplit(":", 2)
    assert not is_dead(mine)
    assert is_dead(f"{host}:{pid}:1")
    assert is_dead(f"{host}:999999999:1")
    assert not is_dead(f"elsewhere:{pid}:1")


def test_what_killed_writers_left_is_swept_at_start(app: App) -> None:
    reports = app.settings.artifacts_folder / "reports"
    reports.mkdir(parents=True)
    left = reports / ".backtest_report_x.html.abc.part"
    left.write_bytes(b"half")
    worker = make_worker(app)
    worker.open()
    worker.close()
    assert not left.exists()


def test_a_factor_test_whose_worker_is_killed_ends_with_the_result_of_an_undisturbed_run(app: App) -> None:
    lend_demo(app)
    ask = TestFactor(prompt="rank(ts_corr(close, volume, 10))", start_date="2024-01-01")
    undisturbed = hash_value(app.run(ask).result)
    worker = Process("worker_process", app.settings.home)
    job_id = submit(app, ask).id
    wait_until(lambda: read(app, job_id).stage in ("fetching_data", "backtesting", "analyzing"), 60, 0.005)
    worker.kill()
    assert read(app, job_id).state == "running"
    with working(app):
        job = finished(app, job_id, 60)
    assert (job.state, job.attempt, job.outcome_hash) == ("succeeded", 2, undisturbed)
    name = json.loads(job.outcome or "")["report_url"].rpartition("/")[2]
    assert app.artifacts.report_path(name).stat().st_size > 100_000
    assert not list(app.settings.artifacts_folder.rglob(".*.part"))


def test_a_factor_test_survives_its_child_and_the_server(app: App) -> None:
    lend_demo(app)
    ask = TestFactor(prompt="rank(close)", start_date="2025-01-01")
    undisturbed = hash_value(app.run(ask).result)
    port = free_port()
    server = Process("server_process", app.settings.home, port=port)
    address = f"http://127.0.0.1:{port}/api/v1"
    with working(app) as worker, httpx2.Client(timeout=10) as client:
        wait_until(lambda: answers(client, f"{address}/health"))
        body = {"prompt": "rank(close)", "start_date": "2025-01-01"}
        job_id = client.post(f"{address}/auto_backtest", json=body).json()["task_id"]
        server.kill()
        wait_until(lambda: any(child.pid for child in worker.children.values()))
        os.kill(next(iter(worker.children.values())).pid or 0, signal.SIGKILL)
        job = finished(app, job_id, 60)
        server = Process("server_process", app.settings.home, port=port)
        wait_until(lambda: answers(client, f"{address}/health"))
        task = client.get(f"{address}/tasks/{job_id}").json()
        events = parse(client.get(f"{address}/tasks/{job_id}/stream", headers={"Last-Event-ID": "1"}).text)
        assert client.get(f"http://127.0.0.1:{port}{task['result']['report_url']}").status_code == 200
    assert (task["status"], task["attempt"], task["result_hash"]) == ("completed", 2, undisturbed)
    assert job.outcome_hash == undisturbed
    assert [int(event.id or 0) for event in events[:-1]] == list(range(2, job.last_seq + 1))
    assert events[-1].name == "done"
    assert server.stop() == 0


def test_a_killed_server_loses_no_acknowledged_task(tmp_path: Path) -> None:
    app = lend_demo(make_app(tmp_path / "home"))
    port = free_port()
    address = f"http://127.0.0.1:{port}/api/v1"
    server = Process("server_process", app.settings.home, port=port)
    body = {"prompt": "rank(close)"}
    acknowledged = []
    with httpx2.Client(timeout=10) as client:
        wait_until(lambda: answers(client, f"{address}/health"))
        for number in range(12):
            if number == 8:
                server.kill()
            key = {"Idempotency-Key": f"key-{number}"}
            try:
                acknowledged.append(client.post(f"{address}/auto_backtest", json=body, headers=key).json()["task_id"])
            except httpx2.HTTPError:
                break
        server = Process("server_process", app.settings.home, port=port)
        wait_until(lambda: answers(client, f"{address}/health"))
        for number in range(12):
            key = {"Idempotency-Key": f"key-{number}"}
            acknowledged.append(client.post(f"{address}/auto_backtest", json=body, headers=key).json()["task_id"])
        listed = client.get(f"{address}/tasks?page_size=100").json()
    assert listed["total"] == 12
    assert {task["task_id"] for task in listed["tasks"]} == set(acknowledged)
    assert server.stop() == 0
    app.records.close()


def test_the_server_stops_in_time_although_a_stream_is_open(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home")
    port = free_port()
    server = Process("server_process", app.settings.home, port=port)
    address = f"http://127.0.0.1:{port}/api/v1"
    from quantgpt.records import LOCAL_ADMIN, NewJob

    job = NewJob(id="abc", operation="factor.test", owner_id=LOCAL_ADMIN, ask="{}")
    app.records.jobs.submit(job)
    with httpx2.Client(timeout=10) as client:
        wait_until(lambda: answers(client, f"{address}/health"))
        assert (app.settings.run_folder / "server.port").read_text().strip() == str(port)
        with client.stream("GET", f"{address}/tasks/abc/stream") as stream:
            lines = stream.iter_lines()
            assert next(lines) == "id: 1"
            began = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - began < 5
            rest = list(lines)
    assert json.loads(rest[1].removeprefix("data: "))["status"] == "pending"
    assert not (app.settings.run_folder / "server.pid").exists()
    app.records.close()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    from quantgpt.faces.rest.server import serve
    from quantgpt.foundations.errors import Unavailable

    app = make_app(tmp_path / "home", port=free_port())
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", app.settings.port))
        other.listen()
        with pytest.raises(Unavailable, match=str(app.settings.port)):
            serve(app)
    app.records.close()


def answers(client: httpx2.Client, address: str) -> bool:
    """Somebody answers there."""
    try:
        return client.get(address).status_code == 200
    except httpx2.HTTPError:
        return False


def test_children_are_never_forked_from_a_process_with_threads(app: App) -> None:
    from quantgpt.bootstrap import build_worker

    worker = build_worker(app, plugins=["tests.faults.operations", "tests.faults.threaded"], warm=True)
    worker.open()
    assert worker.nursery.pid is not None
    assert psutil.Process(worker.nursery.pid).num_threads() == 1
    job_id = submit(app, Probe()).id
    while not read(app, job_id).is_finished:
        worker.tick()
    worker.close()
    assert read(app, job_id).state == "succeeded"


def test_a_worker_that_is_told_to_stop_while_it_warms_up_stops_at_once(app: App) -> None:
    worker = Process("worker_process", app.settings.home)
    wait_until(lambda: len(psutil.Process(worker.pid).children()) == 1, 20, 0.005)
    began = time.monotonic()
    assert worker.stop() == 0
    assert time.monotonic() - began < 5
