"""Working on jobs: claims, leases and ends. Every write is under (id, attempt); a stale attempt changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, and_, case, select, update

from quantgpt.foundations.hashing import canonical_json
from quantgpt.records.changes import change, failed
from quantgpt.records.engine import database_faults
from quantgpt.records.fairness import Fair, choose, first_start, may_run, took_turn
from quantgpt.records.job import Failure, Job
from quantgpt.records.model_calls import add_model_calls
from quantgpt.records.schema import database_now, jobs
from quantgpt.records.trials import add_trials

LOSSES_ALLOWED = 1


class AttemptRecords:
    """The jobs table as workers see it."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def has_queued(self, fair: Fair | None = None) -> bool:
        """Somebody waits who may run. Read without a lock, so that an idle worker costs nothing."""
        with database_faults(), self._reader.begin() as connection:
            found = connection.execute(select(jobs.c.id).where(may_run(fair)).limit(1)).first()
        return found is not None

    def claim(self, worker_id: str, lease_seconds: float, fair: Fair | None = None) -> Job | None:
        """Take the next job: highest priority, then oldest, accounts in turn where `fair` says so. No two workers get the
        same."""
        now = database_now()
        with database_faults(), self._writer.begin() as connection:
            chosen = _oldest() if fair is None else choose(connection, fair)
            statement = (
                update(jobs)
                .where(jobs.c.id == chosen, jobs.c.state == "queued")
                .values(
                    state="running",
                    attempt=jobs.c.attempt + 1,
                    worker_id=worker_id,
                    lease_until=now + lease_seconds,
                    started_at=now if fair is None else first_start(fair),
                    updated_at=now,
                )
                .returning(jobs)
            )
            row = connection.execute(statement).mappings().first()
            if row is not None and fair is not None and row["operation"] in fair.operations:
                took_turn(connection, row["owner_id"])
        return None if row is None else Job(**row)

    def renew(self, worker_id: str, lease_seconds: float) -> None:
        """Push the leases of a worker's running jobs forward."""
        with database_faults(), self._writer.begin() as connection:
            connection.execute(
                update(jobs)
                .where(jobs.c.state == "running", jobs.c.worker_id == worker_id)
                .values(lease_until=database_now() + lease_seconds)
            )

    def held(self, worker_id: str) -> set[tuple[str, int]]:
        """The (id, attempt) pairs that a worker may still write under."""
        with database_faults(), self._reader.begin() as connection:
            rows = connection.execute(
                select(jobs.c.id, jobs.c.attempt).where(jobs.c.state == "running", jobs.c.worker_id == worker_id)
            )
            return {(row.id, row.attempt) for row in rows}

    def step(self, job_id: str, attempt: int, *, stage: str, fraction: float, message: str) -> bool:
        """Append a progress event; False (and nothing written) when the attempt is stale."""
        values = {"stage": stage, "fraction": fraction, "message": message}
        return change(self._writer, _fence(job_id, attempt), values)

    def note(
        self,
        job_id: str,
        attempt: int,
        *,
        facts: Mapping[str, Any],
        part: str | None = None,
        trials: Sequence[Mapping[str, Any]] = (),
        model_calls: Sequence[Mapping[str, Any]] = (),
    ) -> bool:
        """Keep what a running job told: all of it with one event, or nothing when the attempt is stale."""

        def also(connection: Connection, row: RowMapping) -> None:
            if facts:
                merged = canonical_json({**json.loads(row["facts"]), **facts})
                connection.execute(update(jobs).where(jobs.c.id == job_id).values(facts=merged))
            if trials:
                add_trials(connection, row["owner_id"], job_id, row["lineage_id"], trials)
            if model_calls:
                add_model_calls(connection, row["owner_id"], job_id, model_calls)

        return change(self._writer, _fence(job_id, attempt), {"attempt": attempt}, part=part, also=also)

    def succeed(
        self,
        job_id: str,
        attempt: int,
        *,
        stage: str,
        outcome: str,
        outcome_hash: str,
        facts: str | None,
        reports: Sequence[str] = (),
    ) -> bool:
        """Book the result and the report files that belong to it, if the attempt still holds the job. Without facts
        those of the job stay as they are."""
        values: dict[str, Any] = {
            "state": "succeeded",
            "stage": stage,
            "fraction": 1.0,
            "message": "",
            "outcome": outcome,
            "outcome_hash": outcome_hash,
            "finished_at": database_now(),
        }
        if facts is not None:
            values["facts"] = facts
        return change(self._writer, _fence(job_id, attempt), values, reports_of_it=reports)

    def fail(self, job_id: str, attempt: int, failure: Failure) -> bool:
        """End a running job badly, if the attempt still holds it."""
        return change(self._writer, _fence(job_id, attempt), failed(failure))

    def give_back(self, job_id: str, attempt: int, message: str) -> bool:
        """Queue a running job again without counting a loss: its worker stops in an orderly way."""
        return change(self._writer, _fence(job_id, attempt), {**_queued_again(), "message": message})

    def lose(self, job_id: str, attempt: int, reason: str) -> bool:
        """Note that an attempt was lost: queue the job again from zero the first time, end it as failed the second."""
        return self._lose(_fence(job_id, attempt), reason)

    def lose_expired(self, reason: str) -> int:
        """Lose every running job whose worker has been silent for longer than its lease."""
        overdue = and_(jobs.c.state == "running", jobs.c.lease_until < database_now())
        return sum(self.lose(job_id, attempt, reason) for job_id, attempt in self._running(overdue))

    def lose_of_workers(self, worker_ids: Sequence[str], reason: str) -> int:
        """Lose every running job of workers that are known to be dead."""
        theirs = and_(jobs.c.state == "running", jobs.c.worker_id.in_(worker_ids))
        return sum(self.lose(job_id, attempt, reason) for job_id, attempt in self._running(theirs))

    def workers_of_running(self) -> set[str]:
        """Ids of the workers that hold running jobs."""
        with database_faults(), self._reader.begin() as connection:
            rows = connection.execute(select(jobs.c.worker_id).where(jobs.c.state == "running").distinct())
            return {row.worker_id for row in rows if row.worker_id}

    def _running(self, condition: Any) -> list[tuple[str, int]]:
        with database_faults(), self._reader.begin() as connection:
            return [
                (row.id, row.attempt) for row in connection.execute(select(jobs.c.id, jobs.c.attempt).where(condition))
            ]

    def _lose(self, fence: Any, reason: str) -> bool:
        again = jobs.c.losses < LOSSES_ALLOWED
        values = {
            "losses": jobs.c.losses + 1,
            "state": case((again, "queued"), else_="failed"),
            "stage": case((again, "pending"), else_="failed"),
            "fraction": case((again, 0.0), else_=jobs.c.fraction),
            "message": case((again, f"{reason}，正在重试"), else_=""),
            "error": case((again, None), else_=f"{reason}，已重试一次"),
            "error_facts": case((again, None), else_='{"kind":"internal","code":"lost"}'),
            "finished_at": case((again, None), else_=database_now()),
            "worker_id": None,
            "lease_until": None,
        }
        return change(self._writer, fence, values)


def _oldest() -> Any:
    return (
        select(jobs.c.id)
        .where(jobs.c.state == "queued")
        .order_by(jobs.c.priority.desc(), jobs.c.created_at, jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


def _fence(job_id: str, attempt: int) -> Any:
    return and_(jobs.c.id == job_id, jobs.c.attempt == attempt, jobs.c.state == "running")


def _queued_again() -> dict[str, Any]:
    return {"state": "queued", "stage": "pending", "fraction": 0.0, "worker_id": None, "lease_until": None}
