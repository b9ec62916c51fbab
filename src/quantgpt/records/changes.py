"""Changing one job and telling of it, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, update

from quantgpt.records.engine import database_faults
from quantgpt.records.job import Failure
from quantgpt.records.schema import database_now, job_events, jobs, reports

_EVENT_COLUMNS = (
    jobs.c.id,
    jobs.c.owner_id,
    jobs.c.last_seq,
    jobs.c.attempt,
    jobs.c.updated_at,
    jobs.c.state,
    jobs.c.stage,
    jobs.c.fraction,
    jobs.c.message,
    jobs.c.facts,
    jobs.c.lineage_id,
)


def change(
    writer: Engine,
    condition: Any,
    values: Mapping[str, Any],
    *,
    reports_of_it: Sequence[str] = (),
    part: str | None = None,
    also: Callable[[Connection, RowMapping], None] | None = None,
) -> bool:
    """Change the job that fits `condition`, append the event that tells of it, book report files with it.

    `also` writes what belongs to the change, in its transaction. False, and nothing written, when no job fits.
    """
    statement = (
        update(jobs)
        .where(condition)
        .values(**values, last_seq=jobs.c.last_seq + 1, updated_at=database_now())
        .returning(*_EVENT_COLUMNS)
    )
    with database_faults(), writer.begin() as connection:
        row = connection.execute(statement).mappings().first()
        if row is None:
            return False
        write_event(connection, row, part)
        if reports_of_it:
            told = {"job_id": row["id"], "owner_id": row["owner_id"], "created_at": row["updated_at"], "kept": True}
            connection.execute(insert(reports), [{"name": name, **told} for name in reports_of_it])
        if also is not None:
            also(connection, row)
    return True


def write_event(connection: Connection, job: Mapping[Any, Any], part: str | None = None) -> None:
    """Append the event that a job row tells of."""
    connection.execute(
        insert(job_events).values(
            job_id=job["id"],
            seq=job["last_seq"],
            attempt=job["attempt"],
            at=job["updated_at"],
            state=job["state"],
            stage=job["stage"],
            fraction=job["fraction"],
            message=job["message"],
            part=part,
        )
    )


def failed(failure: Failure) -> dict[str, Any]:
    """The values of a job that ended badly."""
    return {
        "state": "failed",
        "stage": "failed",
        "message": "",
        "error": failure.error,
        "error_facts": failure.error_facts,
        "finished_at": database_now(),
        "worker_id": None,
        "lease_until": None,
    }
