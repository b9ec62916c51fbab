"""Changing one job and telling of it, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, insert, update

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
)


def change(writer: Engine, condition: Any, values: Mapping[str, Any], report: str | None = None) -> bool:
    """Change the job that fits `condition`, append the event that tells of it, book a report file with it.

    False, and nothing written, when no job fits.
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
        write_event(connection, row)
        if report is not None:
            connection.execute(
                insert(reports).values(
                    name=report, job_id=row["id"], owner_id=row["owner_id"], created_at=row["updated_at"], kept=True
                )
            )
    return True


def write_event(connection: Connection, job: Mapping[Any, Any]) -> None:
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
