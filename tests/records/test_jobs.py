"""Jobs: kept when acknowledged, claimed once, fenced by attempt, listed in one order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from quantgpt.foundations.errors import Conflict, RateLimited, Unavailable
from quantgpt.records import LOCAL_ADMIN, Failure, NewJob, Records, open_records
from quantgpt.records.jobs import _mine, _page_query
from quantgpt.records.schema import jobs

pytestmark = pytest.mark.xdist_group("records")

LEASE = 15.0


def new(name: str, **more: Any) -> NewJob:
    return NewJob(**{"id": name, "operation": "test", "owner_id": LOCAL_ADMIN, "ask": "{}", **more})


def add(records: Records, *names: str) -> None:
    for name in names:
        records.jobs.submit(new(name))


def backdate(records: Records, name: str, **values: Any) -> None:
    with records.writer.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == name).values(**values))


def test_a_submitted_job_is_there_with_its_first_event(records: Records) -> None:
    job, created = records.jobs.submit(new("a"))
    assert created
    assert records.jobs.get("a") == job
    assert [(e.seq, e.stage, e.state) for e in records.jobs.events("a")] == [(1, "pending", "queued")]


def test_a_job_of_somebody_else_is_not_there(records: Records) -> None:
    add(records, "a")
    assert records.jobs.get("a", owner_id="somebody else") is None


def test_the_same_idempotency_key_gives_the_same_job(records: Records) -> None:
    first, created = records.jobs.submit(new("a", idempotency_key="k", idempotency_hash="h"))
    again, repeated = records.jobs.submit(new("b", idempotency_key="k", idempotency_hash="h"))
    assert (created, repeated, again.id) == (True, False, first.id)


def test_the_same_key_with_another_body_is_a_conflict_that_names_the_first(records: Records) -> None:
    records.jobs.submit(new("a", idempotency_key="k", idempotency_hash="h"))
    with pytest.raises(Conflict) as caught:
        records.jobs.submit(new("b", idempotency_key="k", idempotency_hash="other"))
    assert caught.value.nearest == "a"


def test_a_key_is_free_again_after_a_day(records: Records) -> None:
    first, _ = records.jobs.submit(new("a", idempotency_key="k", idempotency_hash="h"))
    backdate(records, "a", created_at=first.created_at - 24 * 3600 - 1)
    _, created = records.jobs.submit(new("b", idempotency_key="k", idempotency_hash="h"))
    assert created


def test_fifty_submissions_with_one_key_at_once_make_one_job(records: Records) -> None:
    def ask(number: int) -> tuple[str, bool]:
        job, created = records.jobs.submit(new(f"j{number}", idempotency_key="k", idempotency_hash="h"))
        return job.id, created

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(50)))
    assert len({job_id for job_id, _ in answers}) == 1
    assert sum(created for _, created in answers) == 1


def test_the_limit_of_unfinished_jobs_is_exact_under_concurrency(records: Records) -> None:
    def ask(number: int) -> str:
        try:
            records.jobs.submit(new(f"j{number}"), max_open=5)
        except Unavailable as error:
            return error.message
        return "accepted"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(20)))
    assert answers.count("accepted") == 5
    assert answers.count("当前回测任务已满，请稍后再试") == 15


def test_what_admit_raises_refuses_the_job(records: Records) -> None:
    def refuse(_: object) -> None:
        raise RateLimited("too often")

    with pytest.raises(RateLimited):
        records.jobs.submit(new("a"), admit=refuse)
    assert records.jobs.get("a") is None


def test_jobs_are_claimed_by_priority_then_age(records: Records) -> None:
    add(records, "old", "young")
    records.jobs.submit(new("urgent", priority=5))
    claimed = [records.attempts.claim("w", LEASE) for _ in range(4)]
    assert [job.id if job else None for job in claimed] == ["urgent", "old", "young", None]


def test_no_job_is_claimed_twice_by_workers_at_once(records: Records) -> None:
    add(records, *(f"j{n}" for n in range(40)))
    got: list[str] = []
    lock = threading.Lock()

    def work(worker: int) -> None:
        while job := records.attempts.claim(f"w{worker}", LEASE):
            with lock:
                got.append(job.id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert sorted(got) == sorted(f"j{n}" for n in range(40))


def test_a_stale_attempt_changes_nothing(records: Records) -> None:
    add(records, "a")
    assert records.attempts.claim("w", LEASE)
    records.attempts.lose("a", 1, "gone")
    assert records.attempts.claim("w", LEASE)
    before = records.jobs.get("a")
    assert not records.attempts.step("a", 1, stage="backtesting", fraction=0.5, message="")
    assert not records.attempts.succeed("a", 1, stage="completed", outcome="{}", outcome_hash="x", facts="{}")
    assert not records.attempts.fail("a", 1, Failure(error="x"))
    assert not records.attempts.lose("a", 1, "gone")
    assert records.jobs.get("a") == before


def test_a_lost_job_is_queued_again_once_and_failed_the_second_time(records: Records) -> None:
    add(records, "a")
    records.attempts.claim("w", LEASE)
    records.attempts.lose("a", 1, "进程被信号 9 终止（可能内存不足）")
    again = records.jobs.get("a")
    assert again is not None
    assert (again.state, again.stage, again.error) == ("queued", "pending", None)
    records.attempts.claim("w", LEASE)
    records.attempts.lose("a", 2, "进程被信号 9 终止（可能内存不足）")
    ended = records.jobs.get("a")
    assert ended is not None
    assert (ended.state, ended.attempt) == ("failed", 2)
    assert ended.error == "进程被信号 9 终止（可能内存不足），已重试一次"
    assert [e.seq for e in records.jobs.events("a")] == [1, 2, 3]


def test_giving_a_job_back_is_no_loss(records: Records) -> None:
    add(records, "a")
    for attempt in range(1, 5):
        records.attempts.claim("w", LEASE)
        assert records.attempts.give_back("a", attempt, "restart")
    job = records.jobs.get("a")
    assert job is not None
    assert (job.state, job.losses) == ("queued", 0)


def test_a_cancelled_job_takes_no_result_and_a_finished_one_no_cancel(records: Records) -> None:
    add(records, "a", "b")
    records.attempts.claim("w", LEASE)
    records.attempts.claim("w", LEASE)
    cancelled = Failure(error="任务已取消")
    assert records.jobs.cancel("a", LOCAL_ADMIN, cancelled)
    assert not records.attempts.succeed("a", 1, stage="completed", outcome="{}", outcome_hash="x", facts="{}")
    assert records.attempts.succeed("b", 1, stage="completed", outcome="{}", outcome_hash="x", facts="{}")
    assert not records.jobs.cancel("b", LOCAL_ADMIN, cancelled)
    a, b = records.jobs.get("a"), records.jobs.get("b")
    assert a is not None
    assert b is not None
    assert (a.error, a.outcome) == ("任务已取消", None)
    assert (b.error, b.outcome) == (None, "{}")


def test_only_its_owner_cancels_a_job(records: Records) -> None:
    add(records, "a")
    assert not records.jobs.cancel("a", "somebody else", Failure(error="x"))


def test_jobs_of_silent_workers_are_lost_and_others_are_not(records: Records) -> None:
    add(records, "silent", "alive")
    records.attempts.claim("w1", -1.0)
    records.attempts.claim("w2", LEASE)
    assert records.attempts.lose_expired("工作进程中断") == 1
    assert records.attempts.held("w2") == {("alive", 1)}
    assert records.attempts.held("w1") == set()


def test_jobs_of_dead_workers_are_lost(records: Records) -> None:
    add(records, "a", "b")
    records.attempts.claim("w1", LEASE)
    records.attempts.claim("w2", LEASE)
    assert records.attempts.workers_of_running() == {"w1", "w2"}
    assert records.attempts.lose_of_workers(["w1"], "工作进程中断") == 1
    assert records.attempts.workers_of_running() == {"w2"}


def test_a_renewed_lease_does_not_expire(records: Records) -> None:
    add(records, "a")
    records.attempts.claim("w", -1.0)
    records.attempts.renew("w", LEASE)
    assert records.attempts.lose_expired("x") == 0


def test_pages_are_newest_first_with_one_stable_order(records: Records) -> None:
    add(records, "b", "a", "c")
    for name in ("a", "b", "c"):
        backdate(records, name, created_at=100.0)
    add(records, "new")
    first, total = records.jobs.page(LOCAL_ADMIN, ["test"], page=1, page_size=2)
    second, _ = records.jobs.page(LOCAL_ADMIN, ["test"], page=2, page_size=2)
    beyond, _ = records.jobs.page(LOCAL_ADMIN, ["test"], page=9, page_size=2)
    assert [job.id for job in [*first, *second]] == ["new", "a", "b", "c"]
    assert (total, beyond) == (4, [])


def test_a_page_without_outcomes_is_the_same_otherwise(records: Records) -> None:
    add(records, "a")
    records.attempts.claim("w", LEASE)
    records.attempts.succeed(
        "a", 1, stage="completed", outcome='{"x":1}', outcome_hash="x", facts="{}", reports=("r.html",)
    )
    (whole,), _ = records.jobs.page(LOCAL_ADMIN, ["test"], page=1, page_size=2)
    (brief,), _ = records.jobs.page(LOCAL_ADMIN, ["test"], page=1, page_size=2, with_outcome=False)
    assert (whole.outcome, brief.outcome, brief.id) == ('{"x":1}', None, whole.id)


@pytest.mark.parametrize(
    ("operations", "session", "index"),
    [
        (["test"], None, "ix_jobs_owner"),
        (["test", "other"], None, "ix_jobs_list"),
        (["test", "other"], "s", "ix_jobs_session"),
    ],
)
def test_the_list_query_is_answered_by_an_index(
    tmp_path: Path, operations: list[str], session: str | None, index: str
) -> None:
    records = open_records(None, tmp_path)
    records.migrate()
    query = _page_query(_mine(LOCAL_ADMIN, operations, session, None), 1, 20)
    compiled = query.compile(records.reader, compile_kwargs={"literal_binds": True})
    with records.reader.begin() as connection:
        plan = " ".join(str(row) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
    records.close()
    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_four_processes_lose_no_update(records: Records) -> None:
    add(records, "a")
    records.attempts.claim("w", LEASE)

    def steps(_: int) -> None:
        for _ in range(20):
            assert records.attempts.step("a", 1, stage="backtesting", fraction=0.5, message="")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(steps, range(4)))
    assert [e.seq for e in records.jobs.events("a")] == list(range(1, 82))


def test_counts_tell_unfinished_from_all(records: Records) -> None:
    add(records, "a", "b")
    records.jobs.cancel("a", LOCAL_ADMIN, Failure(error="x"))
    assert records.jobs.count(["test"]) == (1, 2)
    assert records.jobs.count(["other"]) == (0, 0)
