"""What a child does to itself: the job ends with a reason, the worker lives on."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest
from tests._postgres import PostgresServer, shared_server
from tests._rig import finished, is_alive, make_app, read, submit, wait_until, working
from tests.faults.operations import STAGES, Probe

from quantgpt.records import LOCAL_ADMIN
from quantgpt.services import tasks
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("faults")


def child_of(marker: Path) -> int:
    """Process id of the child that wrote the marker."""
    wait_until(lambda: marker.exists() and marker.read_text().isdigit())
    return int(marker.read_text())


def cancel(app: App, job_id: str) -> bool:
    return app.records.jobs.cancel(job_id, LOCAL_ADMIN, tasks.CANCELLED)


def test_a_job_runs_through_its_stages_in_order(busy: App) -> None:
    job = finished(busy, submit(busy, Probe(value=4)).id)
    assert json.loads(job.outcome or "") == {"value": 4, "sum": 6, "text": "好"}
    assert [e.stage for e in busy.records.jobs.events(job.id)] == ["pending", *STAGES, "completed"]
    assert [e.seq for e in busy.records.jobs.events(job.id)] == [1, 2, 3, 4, 5]


def test_the_same_work_has_the_same_hash(busy: App) -> None:
    first, second = (finished(busy, submit(busy, Probe(value=9)).id) for _ in range(2))
    other = finished(busy, submit(busy, Probe(value=8)).id)
    assert first.outcome_hash == second.outcome_hash != other.outcome_hash


def test_a_long_result_arrives_whole(busy: App) -> None:
    job = finished(busy, submit(busy, Probe(end="big", value=400_000)).id)
    assert len(json.loads(job.outcome or "")["text"]) == 400_000


def test_a_refusal_of_ours_is_shown_with_its_facts_and_not_tried_again(busy: App) -> None:
    job = finished(busy, submit(busy, Probe(end="refuse")).id)
    assert (job.state, job.error, job.attempt) == ("failed", "不行", 1)
    facts = json.loads(job.error_facts or "")
    assert (facts["kind"], facts["field"], facts["hint"]) == ("invalid", "value", "try another")


def test_a_bug_is_shown_without_its_details(busy: App) -> None:
    job = finished(busy, submit(busy, Probe(end="break")).id)
    assert (job.error, job.attempt) == ("回测过程中发生内部错误，请稍后重试", 1)
    assert "broken on purpose" not in (job.error_facts or "")


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("kill", "进程被信号 9 终止（可能内存不足），已重试一次"),
        ("exit", "进程意外退出（代码 3），已重试一次"),
    ],
)
def test_a_child_that_dies_twice_ends_failed_with_the_reason(busy: App, end: str, reason: str) -> None:
    job = finished(busy, submit(busy, Probe(end=end)).id)
    assert (job.state, job.error, job.attempt) == ("failed", reason, 2)


def test_a_child_killed_once_is_started_again_and_completes(busy: App, tmp_path: Path) -> None:
    undisturbed = finished(busy, submit(busy, Probe(value=7)).id)
    marker = tmp_path / "pid"
    job_id = submit(busy, Probe(value=7, steps=3, pause=0.15, marker=str(marker))).id
    os.kill(child_of(marker), signal.SIGKILL)
    job = finished(busy, job_id)
    assert (job.state, job.attempt, job.losses) == ("succeeded", 2, 1)
    assert job.outcome_hash == undisturbed.outcome_hash
    stages = [e.stage for e in busy.records.jobs.events(job_id)]
    assert stages.count("pending") == 2
    assert stages[-1] == "completed"


def test_a_grandchild_does_not_outlive_its_child(busy: App, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    finished(busy, submit(busy, Probe(end="spawn", marker=str(marker))).id)
    grandchild = int(Path(f"{marker}.grandchild").read_text())
    wait_until(lambda: not is_alive(grandchild), 2)


def test_cancelling_ends_the_process_at_once(busy: App, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    job_id = submit(busy, Probe(steps=200, pause=0.1, marker=str(marker))).id
    pid = child_of(marker)
    began = time.monotonic()
    assert cancel(busy, job_id)
    wait_until(lambda: not is_alive(pid), 3)
    assert time.monotonic() - began < 3
    assert (read(busy, job_id).state, read(busy, job_id).error) == ("failed", "任务已取消")


def test_a_queued_job_that_is_cancelled_never_starts(app: App, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    job_id = submit(app, Probe(marker=str(marker))).id
    assert cancel(app, job_id)
    with working(app):
        finished(app, submit(app, Probe()).id)
    assert not marker.exists()


def test_cancel_at_random_times_never_leaves_a_result_or_a_process(busy: App, tmp_path: Path) -> None:
    draw = random.Random(20240101)
    for number in range(12):
        marker = tmp_path / f"pid{number}"
        job_id = submit(busy, Probe(steps=4, pause=0.03, marker=str(marker))).id
        time.sleep(draw.uniform(0, 0.25))
        won = cancel(busy, job_id)
        job = finished(busy, job_id, 6)
        assert (job.error == "任务已取消") == won
        assert (job.outcome is None) == won
        assert not cancel(busy, job_id)
        if marker.exists():
            pid = child_of(marker)
            wait_until(lambda pid=pid: not is_alive(pid), 3)  # type: ignore[misc]


@pytest.mark.slow
def test_a_child_that_ignores_sigterm_is_killed_after_the_grace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quantgpt.services.jobs.worker.GRACE_SECONDS", 0.5)
    app = make_app(tmp_path / "home")
    marker = tmp_path / "pid"
    with working(app):
        job_id = submit(app, Probe(end="stubborn", marker=str(marker))).id
        pid = child_of(marker)
        time.sleep(0.3)
        cancel(app, job_id)
        wait_until(lambda: not is_alive(pid), 4)
    app.records.close()


def test_a_job_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home", task_timeout=0.4)
    marker = tmp_path / "pid"
    with working(app):
        job = finished(app, submit(app, Probe(steps=100, pause=0.1, marker=str(marker))).id, 6)
        pid = child_of(marker)
        assert (job.state, job.error, job.attempt) == ("failed", "任务超时", 1)
        wait_until(lambda: not is_alive(pid), 3)
    app.records.close()


def test_a_job_that_eats_memory_is_stopped_with_the_limit_named(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home", job_memory_mb=300)
    with working(app):
        job = finished(app, submit(app, Probe(end="eat")).id, 15)
        assert (job.state, job.error) == ("failed", "任务内存超过上限 300 MB，已终止")
    app.records.close()


def test_children_run_nicely_and_in_a_group_of_their_own(busy: App, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    job_id = submit(busy, Probe(steps=20, pause=0.1, marker=str(marker))).id
    pid = child_of(marker)
    assert os.getpgid(pid) == pid
    assert os.getpriority(os.PRIO_PROCESS, pid) >= 10
    cancel(busy, job_id)


def test_a_child_has_no_secret_in_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-very-secret")
    app = make_app(tmp_path / "home")
    marker = tmp_path / "pid"
    with working(app):
        job_id = submit(app, Probe(steps=20, pause=0.1, marker=str(marker))).id
        seen = Path(f"/proc/{child_of(marker)}/environ").read_bytes()
        cancel(app, job_id)
    assert b"sk-very-secret" not in seen
    app.records.close()


def test_a_cancelled_or_lost_task_leaves_no_file(busy: App, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    job_id = submit(busy, Probe(steps=100, pause=0.1, marker=str(marker))).id
    child_of(marker)
    busy.artifacts.write_task(job_id, {}, {})
    busy.artifacts.write_report(f"backtest_report_20260101_{job_id}_00000000.html", b"x")
    cancel(busy, job_id)
    wait_until(lambda: not [path for path in busy.settings.artifacts_folder.rglob(f"*{job_id}*") if path.is_file()])


@pytest.mark.postgres
def test_the_runner_is_the_same_on_postgresql(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home", database_url=shared_server().database())
    marker = tmp_path / "pid"
    with working(app):
        ends = [finished(app, submit(app, Probe(end=end)).id) for end in ("ok", "refuse", "kill")]
        job_id = submit(app, Probe(steps=100, pause=0.1, marker=str(marker))).id
        pid = child_of(marker)
        assert cancel(app, job_id)
        wait_until(lambda: not is_alive(pid), 3)
    assert [(job.state, job.attempt) for job in ends] == [("succeeded", 1), ("failed", 1), ("failed", 2)]
    assert read(app, job_id).error == "任务已取消"
    app.records.close()


def test_an_outcome_that_cannot_be_stored_ends_the_job_and_not_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(tmp_path / "home")

    def refuse(*_: object, **__: object) -> bool:
        raise ValueError("cannot store that")

    with working(app):
        monkeypatch.setattr(app.records.attempts, "succeed", refuse)
        job = finished(app, submit(app, Probe()).id)
        monkeypatch.undo()
        after = finished(app, submit(app, Probe()).id)
    assert (job.state, job.error) == ("failed", "回测过程中发生内部错误，请稍后重试")
    assert after.state == "succeeded"
    app.records.close()


def test_a_worker_waits_for_a_database_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from quantgpt.foundations.errors import Unavailable

    app = make_app(tmp_path / "home")
    succeed, calls = app.records.attempts.succeed, []

    def away_at_first(*arguments: object, **more: object) -> bool:
        calls.append(1)
        if len(calls) < 3:
            raise Unavailable("away")
        return succeed(*arguments, **more)  # type: ignore[arg-type]

    with working(app):
        monkeypatch.setattr(app.records.attempts, "succeed", away_at_first)
        job = finished(app, submit(app, Probe(value=3)).id)
    assert (job.state, job.attempt, len(calls)) == ("succeeded", 1, 3)
    app.records.close()


@pytest.mark.postgres
@pytest.mark.slow
def test_jobs_end_although_the_database_goes_away_in_between(tmp_path: Path) -> None:
    server = PostgresServer()
    app = make_app(tmp_path / "home", database_url=server.database())
    marker = tmp_path / "pid"
    with working(app):
        running = submit(app, Probe(value=3, steps=8, pause=0.1, marker=str(marker))).id
        child_of(marker)
        server.away(1.0)
        again = submit_again(app, Probe(value=4))
        jobs = [finished(app, job_id) for job_id in (running, again)]
    assert [(job.state, job.attempt) for job in jobs] == [("succeeded", 1), ("succeeded", 1)]
    app.records.close()
    server.stop()


def submit_again(app: App, ask: Probe) -> str:
    """Submit until the database takes it."""
    from quantgpt.foundations.errors import Unavailable

    for _ in range(100):
        try:
            return submit(app, ask).id
        except Unavailable:
            time.sleep(0.1)
    raise AssertionError("the database did not come back")
