"""Jobs of signed requests as their owners list them, and how long their results are kept."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, null, or_, select, update

from quantgpt.foundations.hashing import canonical_json
from quantgpt.records.engine import database_faults
from quantgpt.records.job import Job
from quantgpt.records.schema import database_now, jobs

_CANCELLED = jobs.c.error_facts.contains('"code":"cancelled"', autoescape=True)
STATUSES: dict[str, Any] = {
    "queued": jobs.c.state == "queued",
    "running": jobs.c.state == "running",
    "done": jobs.c.state == "succeeded",
    "failed": and_(jobs.c.state == "failed", ~_CANCELLED),
    "cancelled": and_(jobs.c.state == "failed", _CANCELLED),
}
"""What each status of a signed job is in the jobs table."""


class SignedJobRecords:
    """The jobs table, one operation of it."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def page(
        self,
        owner_id: str,
        operation: str,
        *,
        limit: int,
        after: tuple[float, str] | None = None,
        status: str | None = None,
        asking: str | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> list[Job]:
        """At most `limit` jobs of a user without their outcomes, newest first, those behind `after` (created_at, id).

        `asking` keeps to those whose request holds that text, `since` (included) and `until` (excluded) to those made then.
        """
        j = jobs.c
        wanted = [j.owner_id == owner_id, j.operation == operation]
        if status is not None:
            wanted.append(STATUSES[status])
        if asking is not None:
            wanted.append(j.ask.contains(asking, autoescape=True))
        if since is not None:
            wanted.append(j.created_at >= since)
        if until is not None:
            wanted.append(j.created_at < until)
        if after is not None:
            wanted.append(or_(j.created_at < after[0], and_(j.created_at == after[0], j.id < after[1])))
        columns = [null().label("outcome") if column is j.outcome else column for column in j]
        query = select(*columns).where(*wanted).order_by(j.created_at.desc(), j.id.desc()).limit(limit)
        with database_faults(), self._reader.begin() as connection:
            return [Job(**row) for row in connection.execute(query).mappings()]

    def expire(self, operation: str, seconds: float, most: int = 100) -> int:
        """Drop at most `most` results that are older than `seconds`, noting in the job's facts when (`expired_at`); how many
        it were."""
        j = jobs.c
        old = and_(
            j.operation == operation,
            j.state == "succeeded",
            j.finished_at < database_now() - seconds,
            j.outcome.is_not(None),
        )
        with database_faults(), self._writer.begin() as connection:
            now = float(connection.execute(select(database_now())).scalar_one())
            rows = connection.execute(select(j.id, j.facts).where(old).order_by(j.finished_at).limit(most)).all()
            for row in rows:
                facts = canonical_json({**json.loads(row.facts), "expired_at": now})
                connection.execute(update(jobs).where(j.id == row.id).values(outcome=None, facts=facts))
        return len(rows)


def queued(connection: Connection, operation: str, owner_id: str | None = None) -> int:
    """How many jobs wait, of one user or of all, as the transaction sees them."""
    waiting = [jobs.c.state == "queued", jobs.c.operation == operation]
    if owner_id is not None:
        waiting.append(jobs.c.owner_id == owner_id)
    return int(connection.execute(select(func.count()).select_from(jobs).where(*waiting)).scalar_one())


def is_taken(connection: Connection, job_id: str) -> bool:
    """There is a job with that id."""
    return connection.execute(select(jobs.c.id).where(jobs.c.id == job_id)).first() is not None
