"""Finished parts of results: the events that brought them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select

from quantgpt.records.engine import database_faults
from quantgpt.records.job import JobEvent
from quantgpt.records.schema import job_events


class PartRecords:
    """The rows of the job_events table that carry a part."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader

    def of_jobs(self, job_ids: Sequence[str]) -> list[JobEvent]:
        """The events of some jobs that brought a part, those of each job in order; one query for all."""
        if not job_ids:
            return []
        e = job_events.c
        query = select(job_events).where(e.job_id.in_(list(job_ids)), e.part.is_not(None)).order_by(e.job_id, e.seq)
        with database_faults(), self._reader.begin() as connection:
            return [JobEvent(**row) for row in connection.execute(query).mappings()]
