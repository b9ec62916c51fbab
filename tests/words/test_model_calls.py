"""The table of model calls, on both databases: written with the note that tells of them, counted for a day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from tests._postgres import shared_server

from quantgpt.records import LOCAL_ADMIN, NewJob, Records, open_records
from quantgpt.records.schema import model_calls

pytestmark = pytest.mark.xdist_group("records")

ROW: dict[str, Any] = {
    "model": "m", "purpose": "wording", "ok": True, "fault": None, "prompt_tokens": 3, "completion_tokens": 4,
    "seconds": 0.5, "prompt_hash": "a" * 64, "answer_hash": "b" * 64,
}  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    opened = open_records(None if request.param == "sqlite" else shared_server().database(), tmp_path)
    opened.migrate()
    yield opened
    opened.close()


def running(records: Records) -> int:
    """The attempt of a job that runs."""
    records.jobs.submit(NewJob(id="a", operation="test", owner_id=LOCAL_ADMIN, ask="{}"))
    job = records.attempts.claim("w", 15.0)
    assert job is not None
    return job.attempt


def rows(records: Records) -> list[dict[str, Any]]:
    with records.reader.begin() as connection:
        found = connection.execute(select(model_calls).order_by(model_calls.c.id)).mappings()
        return [{name: row[name] for name in ROW} for row in found]


def test_calls_come_with_the_note_of_the_job(records: Records) -> None:
    attempt = running(records)
    assert records.attempts.note("a", attempt, facts={}, model_calls=[ROW, {**ROW, "ok": False, "fault": "timeout"}])
    assert rows(records) == [ROW, {**ROW, "ok": False, "fault": "timeout"}]
    assert records.model_calls.lately(LOCAL_ADMIN) == 2


def test_a_stale_attempt_books_no_call(records: Records) -> None:
    attempt = running(records)
    assert not records.attempts.note("a", attempt + 1, facts={}, model_calls=[ROW])
    assert rows(records) == []


def test_calls_of_yesterday_do_not_count(records: Records) -> None:
    records.keep(LOCAL_ADMIN, model_calls=[ROW] * 3)
    with records.writer.begin() as connection:
        oldest = connection.execute(select(model_calls.c.id).order_by(model_calls.c.id)).scalars().first()
        past = model_calls.c.created_at - 86_401
        connection.execute(update(model_calls).where(model_calls.c.id == oldest).values(created_at=past))
    assert records.model_calls.lately(LOCAL_ADMIN) == 2


def test_a_row_cannot_name_another_owner(records: Records) -> None:
    records.keep(LOCAL_ADMIN, model_calls=[{**ROW, "unknown": 1, "owner_id": "somebody else", "created_at": 0.0}])
    assert records.model_calls.lately(LOCAL_ADMIN) == 1
