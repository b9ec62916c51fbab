"""The queue of signed jobs: two at a time per account, accounts in turn, other work as before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.signed._asking import account, make, with_settings

from quantgpt.foundations.errors import Unavailable
from quantgpt.records import LOCAL_ADMIN, Job, NewJob
from quantgpt.records.fairness import Fair
from quantgpt.services._base import App, fairness
from quantgpt.services.jobs.worker import TIMED_OUT
from quantgpt.services.signed import jobs
from quantgpt.services.signed.faults import QueueFull, QueueLimit

pytestmark = pytest.mark.xdist_group("records")

LEASE = 15.0
OPERATION = "signed.backtest"


def add(app: App, owner_id: str, *names: str, operation: str = OPERATION, priority: int = 0) -> None:
    for name in names:
        new = NewJob(id=name, operation=operation, owner_id=owner_id, ask='{"config":{}}', priority=priority)
        app.records.jobs.submit(new)


def take(app: App, rule: Fair | None = None) -> Job | None:
    return app.records.attempts.claim("w", LEASE, rule or fairness(app.settings))


def taken(app: App, count: int) -> list[str | None]:
    return [None if (job := take(app)) is None else job.id for _ in range(count)]


def end(app: App, job_id: str) -> None:
    job = app.records.jobs.get(job_id)
    assert job is not None
    assert app.records.attempts.fail(job_id, job.attempt, TIMED_OUT)


def test_the_rule_is_that_of_the_settings(installed: App) -> None:
    assert fairness(installed.settings) == Fair(operations=(OPERATION,), running=2)


def test_an_account_runs_two_jobs_at_a_time_first_come_first_served(anywhere: App) -> None:
    rule = fairness(anywhere.settings)
    add(anywhere, LOCAL_ADMIN, "a1", "a2", "a3", "a4")
    assert taken(anywhere, 3) == ["a1", "a2", None]
    assert not anywhere.records.attempts.has_queued(rule)
    assert anywhere.records.attempts.has_queued()
    end(anywhere, "a1")
    assert anywhere.records.attempts.has_queued(rule)
    assert taken(anywhere, 2) == ["a3", None]


def test_accounts_take_turns(anywhere: App) -> None:
    ben, cid = account(anywhere, "ben"), account(anywhere, "cid")
    add(anywhere, LOCAL_ADMIN, "a1", "a2", "a3", "a4")
    add(anywhere, ben, "b1", "b2", "b3")
    add(anywhere, cid, "c1")
    assert taken(anywhere, 6) == ["a1", "b1", "c1", "a2", "b2", None]
    end(anywhere, "b2")
    end(anywhere, "a1")
    assert taken(anywhere, 3) == ["a3", "b3", None]
    end(anywhere, "a2")
    assert taken(anywhere, 2) == ["a4", None]


def test_an_account_that_comes_late_waits_for_one_turn_only(anywhere: App) -> None:
    add(anywhere, LOCAL_ADMIN, *[f"a{n:02}" for n in range(20)])
    one = Fair(operations=(OPERATION,), running=20)
    first = take(anywhere, one)
    add(anywhere, account(anywhere, "late"), "late")
    second = take(anywhere, one)
    assert first is not None
    assert second is not None
    assert (first.id, second.id) == ("a00", "late")


def test_other_jobs_keep_their_place_and_have_no_limit(anywhere: App) -> None:
    add(anywhere, LOCAL_ADMIN, "s1", "s2", "s3")
    add(anywhere, LOCAL_ADMIN, "t1", "t2", "t3", operation="test")
    add(anywhere, LOCAL_ADMIN, "urgent", operation="test", priority=5)
    assert taken(anywhere, 7) == ["urgent", "s1", "s2", "t1", "t2", "t3", None]


def test_a_job_of_somebody_else_goes_before_others_by_the_oldest_that_may_run(anywhere: App) -> None:
    ben = account(anywhere, "ben")
    add(anywhere, LOCAL_ADMIN, "a1", "a2")
    add(anywhere, LOCAL_ADMIN, "t1", operation="test")
    add(anywhere, ben, "b1")
    assert taken(anywhere, 4) == ["a1", "b1", "a2", "t1"]


def test_many_workers_at_once_take_each_job_once_and_no_account_more_than_its_share(anywhere: App) -> None:
    owners = [account(anywhere, f"owner{number}") for number in range(4)]
    for number, owner in enumerate(owners):
        add(anywhere, owner, *[f"j{number}{n}" for n in range(5)])

    def work(worker: int) -> list[str]:
        found = []
        for _ in range(6):
            job = anywhere.records.attempts.claim(f"w{worker}", LEASE, fairness(anywhere.settings))
            if job is not None:
                found.append(job.id)
        return found

    with ThreadPoolExecutor(4) as pool:
        got = [name for names in pool.map(work, range(4)) for name in names]
    assert sorted(got) == sorted(f"j{number}{n}" for number in range(4) for n in range(2))


def test_a_requeued_job_is_the_first_of_its_account_again(anywhere: App) -> None:
    add(anywhere, LOCAL_ADMIN, "a1", "a2", "a3")
    assert taken(anywhere, 2) == ["a1", "a2"]
    anywhere.records.attempts.lose("a1", 1, "gone")
    assert taken(anywhere, 2) == ["a1", None]


def test_an_account_waits_with_so_many_jobs_and_not_one_more(anywhere: App) -> None:
    app = with_settings(anywhere, signed_queued=3)
    made = [make(app).id for _ in range(3)]
    with pytest.raises(QueueLimit) as caught:
        make(app)
    assert caught.value.code == "QUEUE_LIMIT"
    make(app, account(app, "other"))
    assert take(app) is not None
    make(app)
    with pytest.raises(QueueLimit):
        make(app)
    jobs.cancel(app, LOCAL_ADMIN, made[1])
    make(app)


def test_the_whole_queue_has_an_end_and_says_when_to_come_again(anywhere: App) -> None:
    app = with_settings(anywhere, signed_queue=2)
    make(app)
    make(app, account(app, "other"))
    with pytest.raises(QueueFull) as caught:
        make(app, account(app, "third"))
    assert isinstance(caught.value, Unavailable)
    assert caught.value.code == "SERVICE_UNAVAILABLE"
    assert (caught.value.retry_after_seconds or 0) >= 1


def test_the_limit_is_exact_when_many_ask_at_once(anywhere: App) -> None:
    app = with_settings(anywhere, signed_queued=5)

    def ask(_: int) -> bool:
        try:
            make(app)
        except QueueLimit:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ask, range(12))) == 5
