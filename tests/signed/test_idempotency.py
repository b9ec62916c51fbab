"""Asking twice: the same key or the very same request makes one job, whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update
from tests.signed._asking import account, asked, with_settings

from quantgpt.records import LOCAL_ADMIN
from quantgpt.records.answers import KEPT_SECONDS
from quantgpt.records.schema import jobs as rows
from quantgpt.records.schema_signed import answers as kept
from quantgpt.services._base import App
from quantgpt.services.signed import answers, jobs
from quantgpt.services.signed.faults import IdempotencyConflict, InvalidParameter

pytestmark = pytest.mark.xdist_group("records")


def count(app: App) -> int:
    with app.records.reader.begin() as connection:
        return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())


@pytest.mark.parametrize("by", ["idempotency_key", "once"])
def test_fifty_at_once_make_one_job_and_get_it_all(anywhere: App, by: str) -> None:
    def ask(_: int) -> tuple[str, bool]:
        job, replayed = jobs.create(anywhere, LOCAL_ADMIN, asked(), body_hash="h", **{by: "k" * 64})
        return job.id, replayed

    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(ask, range(50)))
    assert len({job_id for job_id, _ in found}) == 1
    assert sum(not replayed for _, replayed in found) == 1
    assert count(anywhere) == 1


def test_without_a_key_two_requests_make_two_jobs(installed: App) -> None:
    first, second = (jobs.create(installed, LOCAL_ADMIN, asked()) for _ in range(2))
    assert first[0].id != second[0].id
    assert (first[1], second[1]) == (False, False)


def test_the_same_key_with_another_body_is_a_conflict_that_names_the_first_job(anywhere: App) -> None:
    job, _ = jobs.create(anywhere, LOCAL_ADMIN, asked(), body_hash="a", idempotency_key="k")
    with pytest.raises(IdempotencyConflict, match=job.id) as caught:
        jobs.create(anywhere, LOCAL_ADMIN, asked(), body_hash="b", idempotency_key="k")
    assert (caught.value.code, caught.value.nearest) == ("IDEMPOTENCY_CONFLICT", job.id)
    assert count(anywhere) == 1


def test_bodies_are_told_apart_by_what_they_say_where_no_hash_is_given(installed: App) -> None:
    job, _ = jobs.create(installed, LOCAL_ADMIN, asked(), idempotency_key="k")
    assert jobs.create(installed, LOCAL_ADMIN, asked(), idempotency_key="k") == (job, True)
    with pytest.raises(IdempotencyConflict):
        jobs.create(installed, LOCAL_ADMIN, asked(leverage=2), idempotency_key="k")


def test_a_key_counts_for_a_day(anywhere: App) -> None:
    job, _ = jobs.create(anywhere, LOCAL_ADMIN, asked(), body_hash="a", idempotency_key="k")
    with anywhere.records.writer.begin() as connection:
        connection.execute(update(rows).values(created_at=rows.c.created_at - 24 * 3600 + 60))
    assert jobs.create(anywhere, LOCAL_ADMIN, asked(), body_hash="a", idempotency_key="k")[0].id == job.id
    with anywhere.records.writer.begin() as connection:
        connection.execute(update(rows).values(created_at=rows.c.created_at - 61))
    again, replayed = jobs.create(anywhere, LOCAL_ADMIN, asked(), body_hash="other", idempotency_key="k")
    assert (replayed, again.id != job.id) == (False, True)


def test_keys_of_two_accounts_have_nothing_to_do_with_each_other(installed: App) -> None:
    job, _ = jobs.create(installed, LOCAL_ADMIN, asked(), idempotency_key="k")
    other, replayed = jobs.create(installed, account(installed, "other"), asked(), idempotency_key="k")
    assert (other.id != job.id, replayed) == (True, False)


def test_an_earlier_job_is_given_whatever_became_of_it_and_of_the_queue(installed: App) -> None:
    job, _ = jobs.create(installed, LOCAL_ADMIN, asked(), idempotency_key="k")
    jobs.cancel(installed, LOCAL_ADMIN, job.id)
    full = with_settings(installed, signed_queued=1)
    jobs.create(full, LOCAL_ADMIN, asked())
    again, replayed = jobs.create(full, LOCAL_ADMIN, asked(), idempotency_key="k")
    assert (again.id, replayed, jobs.status_of(again)) == (job.id, True, "cancelled")


def test_a_request_that_was_refused_does_not_use_its_key_up(installed: App) -> None:
    with pytest.raises(InvalidParameter):
        jobs.create(installed, LOCAL_ADMIN, asked(leverage=99), idempotency_key="k")
    assert not jobs.create(installed, LOCAL_ADMIN, asked(), idempotency_key="k")[1]


@pytest.mark.parametrize("key", ["", "x" * 129, "\ud800"])
def test_a_key_that_cannot_be_is_refused(installed: App, key: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        jobs.create(installed, LOCAL_ADMIN, asked(), idempotency_key=key)
    assert caught.value.field == "Idempotency-Key"
    assert count(installed) == 0


def test_an_answer_is_kept_for_ten_minutes_and_the_first_one_stays(anywhere: App) -> None:
    first = answers.Answer(status=200, headers={"Location": "/x"}, body="图".encode())
    assert answers.recall(anywhere, "t") is None
    answers.keep(anywhere, "t", first)
    answers.keep(anywhere, "t", answers.Answer(status=500, headers={}, body=b""))
    assert answers.recall(anywhere, "t") == first
    with anywhere.records.writer.begin() as connection:
        connection.execute(update(kept).values(at=kept.c.at - KEPT_SECONDS - 1))
    assert answers.recall(anywhere, "t") is None
    answers.keep(anywhere, "other", first)
    with anywhere.records.reader.begin() as connection:
        assert connection.execute(select(kept.c.token)).scalars().all() == ["other"]
