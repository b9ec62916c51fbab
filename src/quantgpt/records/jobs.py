"""Jobs and their events. Whoever works on a job writes under (id, attempt); a stale attempt changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    and_,
    case,
    func,
    insert,
    null,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from quantgpt.foundations.errors import Conflict, Unavailable
from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, job_events, jobs, reports

IDEMPOTENCY_SECONDS = 24 * 3600
LOSSES_ALLOWED = 1
OPEN_STATES = ("queued", "running")


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """What is known of a job when it is asked for. `ask` and `facts` are JSON texts."""

    id: str
    operation: str
    owner_id: str
    ask: str
    facts: str = "{}"
    priority: int = 0
    idempotency_key: str | None = None
    idempotency_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job as it stands. `ask`, `facts`, `error_facts` and `outcome` are JSON texts."""

    id: str
    operation: str
    owner_id: str
    state: str
    stage: str
    fraction: float
    message: str
    ask: str
    facts: str
    priority: int
    attempt: int
    losses: int
    worker_id: str | None
    lease_until: float | None
    idempotency_key: str | None
    idempotency_hash: str | None
    last_seq: int
    error: str | None
    error_facts: str | None
    outcome: str | None
    outcome_hash: str | None
    created_at: float
    updated_at: float
    started_at: float | None
    finished_at: float | None

    @property
    def is_finished(self) -> bool:
        """It will not change any more."""
        return self.state not in OPEN_STATES


@dataclass(frozen=True, kw_only=True)
class JobEvent:
    """One step of a job's history."""

    job_id: str
    seq: int
    attempt: int
    at: float
    state: str
    stage: str
    fraction: float
    message: str


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How a job ends badly: the sentence for the person, and facts (JSON text) for programs."""

    error: str
    error_facts: str = "{}"


class JobRecords:
    """The jobs and job_events tables."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    # -- asking ------------------------------------------------------------------------------------------------

    def submit(
        self, new: NewJob, *, max_open: int | None = None, admit: Callable[[], None] | None = None
    ) -> tuple[Job, bool]:
        """Insert a job and its first event, committed on return; (job, True).

        With an idempotency key seen in the last 24 hours: the earlier job and False. `admit` is called when all else
        allows the job; what it raises refuses it.

        Raises: Conflict when that key came with another body, Unavailable when `max_open` unfinished jobs of the
        operation exist.
        """
        with database_faults():
            try:
                with self._writer.begin() as connection:
                    self._one_at_a_time(connection)
                    if known := self._known(connection, new):
                        return known, False
                    if max_open is not None and self._count_open(connection, new.operation) >= max_open:
                        raise Unavailable("当前回测任务已满，请稍后再试", retry_after_seconds=5)
                    if admit is not None:
                        admit()
                    return self._insert(connection, new), True
            except IntegrityError:
                with self._writer.begin() as connection:
                    if known := self._known(connection, new):
                        return known, False
                raise

    def _known(self, connection: Connection, new: NewJob) -> Job | None:
        if new.idempotency_key is None:
            return None
        mine = and_(jobs.c.owner_id == new.owner_id, jobs.c.idempotency_key == new.idempotency_key)
        connection.execute(
            update(jobs)
            .where(mine, jobs.c.created_at < database_now() - IDEMPOTENCY_SECONDS)
            .values(idempotency_key=None, idempotency_hash=None)
        )
        row = connection.execute(select(jobs).where(mine)).mappings().first()
        if row is None:
            return None
        known = Job(**row)
        if known.idempotency_hash != new.idempotency_hash:
            raise Conflict(
                f"Idempotency-Key 已用于另一个请求（任务 {known.id}）", hint="use a new key", nearest=known.id
            )
        return known

    def _one_at_a_time(self, connection: Connection) -> None:
        """Let submissions wait for each other, so that limits are exact. SQLite has one writer anyway."""
        if self._writer.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(7_346_211)))

    def _insert(self, connection: Connection, new: NewJob) -> Job:
        now = connection.execute(select(database_now())).scalar_one()
        row: dict[str, Any] = {
            "id": new.id,
            "operation": new.operation,
            "owner_id": new.owner_id,
            "state": "queued",
            "stage": "pending",
            "fraction": 0.0,
            "message": "",
            "ask": new.ask,
            "facts": new.facts,
            "priority": new.priority,
            "attempt": 0,
            "losses": 0,
            "idempotency_key": new.idempotency_key,
            "idempotency_hash": new.idempotency_hash,
            "last_seq": 1,
            "created_at": now,
            "updated_at": now,
        }
        inserted = connection.execute(insert(jobs).values(**row).returning(jobs)).mappings().one()
        _write_event(connection, inserted)
        return Job(**inserted)

    # -- reading -----------------------------------------------------------------------------------------------

    def get(self, job_id: str, *, owner_id: str | None = None) -> Job | None:
        """The job with that id, of that owner if one is given."""
        wanted = select(jobs).where(jobs.c.id == job_id)
        if owner_id is not None:
            wanted = wanted.where(jobs.c.owner_id == owner_id)
        with database_faults(), self._reader.begin() as connection:
            row = connection.execute(wanted).mappings().first()
        return None if row is None else Job(**row)

    def page(
        self, owner_id: str, operations: Sequence[str], *, page: int, page_size: int, with_outcome: bool = True
    ) -> tuple[list[Job], int]:
        """One page of a user's jobs, newest first, and how many there are; without the outcomes where they are long."""
        mine = and_(jobs.c.owner_id == owner_id, jobs.c.operation.in_(operations))
        with database_faults(), self._reader.begin() as connection:
            total = connection.execute(select(func.count()).select_from(jobs).where(mine)).scalar_one()
            query = _page_query(owner_id, operations, page, page_size, with_outcome)
            rows = connection.execute(query).mappings().all()
        return [Job(**row) for row in rows], int(total)

    def events(self, job_id: str, *, after: int = 0) -> list[JobEvent]:
        """The events of a job with a number above `after`, in order."""
        with database_faults(), self._reader.begin() as connection:
            rows = connection.execute(
                select(job_events)
                .where(job_events.c.job_id == job_id, job_events.c.seq > after)
                .order_by(job_events.c.seq)
            ).mappings()
            return [JobEvent(**row) for row in rows]

    def last_seqs(self, job_ids: Iterable[str]) -> dict[str, int]:
        """Number of the newest event of each job."""
        with database_faults(), self._reader.begin() as connection:
            rows = connection.execute(select(jobs.c.id, jobs.c.last_seq).where(jobs.c.id.in_(list(job_ids))))
            return {row.id: row.last_seq for row in rows}

    def count(self, operations: Sequence[str]) -> tuple[int, int]:
        """(unfinished, all) jobs of those operations."""
        with database_faults(), self._reader.begin() as connection:
            opened = sum(self._count_open(connection, operation) for operation in operations)
            total = connection.execute(
                select(func.count()).select_from(jobs).where(jobs.c.operation.in_(operations))
            ).scalar_one()
        return opened, int(total)

    @staticmethod
    def _count_open(connection: Connection, operation: str) -> int:
        found = connection.execute(
            select(func.count()).select_from(jobs).where(jobs.c.state.in_(OPEN_STATES), jobs.c.operation == operation)
        )
        return int(found.scalar_one())

    # -- working -----------------------------------------------------------------------------------------------

    def has_queued(self) -> bool:
        """Somebody waits. Read without a lock, so that an idle worker costs nothing."""
        with database_faults(), self._reader.begin() as connection:
            found = connection.execute(select(jobs.c.id).where(jobs.c.state == "queued").limit(1)).first()
        return found is not None

    def claim(self, worker_id: str, lease_seconds: float) -> Job | None:
        """Take the next job: highest priority, then oldest. One statement, so that no two workers get the same."""
        chosen = (
            select(jobs.c.id)
            .where(jobs.c.state == "queued")
            .order_by(jobs.c.priority.desc(), jobs.c.created_at, jobs.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        now = database_now()
        statement = (
            update(jobs)
            .where(jobs.c.id == chosen, jobs.c.state == "queued")
            .values(
                state="running",
                attempt=jobs.c.attempt + 1,
                worker_id=worker_id,
                lease_until=now + lease_seconds,
                started_at=now,
                updated_at=now,
            )
            .returning(jobs)
        )
        with database_faults(), self._writer.begin() as connection:
            row = connection.execute(statement).mappings().first()
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
        return self._write(_fence(job_id, attempt), values)

    def succeed(
        self,
        job_id: str,
        attempt: int,
        *,
        stage: str,
        outcome: str,
        outcome_hash: str,
        facts: str,
        report: str | None = None,
    ) -> bool:
        """Book the result and the report file that belongs to it, if the attempt still holds the job."""
        values = {
            "state": "succeeded",
            "stage": stage,
            "fraction": 1.0,
            "message": "",
            "outcome": outcome,
            "outcome_hash": outcome_hash,
            "facts": facts,
            "finished_at": database_now(),
        }
        return self._write(_fence(job_id, attempt), values, report)

    def fail(self, job_id: str, attempt: int, failure: Failure) -> bool:
        """End a running job badly, if the attempt still holds it."""
        return self._write(_fence(job_id, attempt), _failed(failure))

    def cancel(self, job_id: str, owner_id: str, failure: Failure) -> bool:
        """End a queued or running job on request; False when it had ended before (or is not there)."""
        mine = and_(jobs.c.id == job_id, jobs.c.owner_id == owner_id, jobs.c.state.in_(OPEN_STATES))
        return self._write(mine, _failed(failure))

    def give_back(self, job_id: str, attempt: int, message: str) -> bool:
        """Queue a running job again without counting a loss: its worker stops in an orderly way."""
        return self._write(_fence(job_id, attempt), {**_queued_again(), "message": message})

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
        return self._write(fence, values)

    def _write(self, condition: Any, values: Mapping[str, Any], report: str | None = None) -> bool:
        """Change one job and append the event that tells of it, in one transaction."""
        statement = (
            update(jobs)
            .where(condition)
            .values(**values, last_seq=jobs.c.last_seq + 1, updated_at=database_now())
            .returning(*_EVENT_COLUMNS)
        )
        with database_faults(), self._writer.begin() as connection:
            row = connection.execute(statement).mappings().first()
            if row is None:
                return False
            _write_event(connection, row)
            if report is not None:
                connection.execute(
                    insert(reports).values(
                        name=report, job_id=row["id"], owner_id=row["owner_id"], created_at=row["updated_at"], kept=True
                    )
                )
        return True


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


def _write_event(connection: Connection, job: Mapping[Any, Any]) -> None:
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


def _fence(job_id: str, attempt: int) -> Any:
    return and_(jobs.c.id == job_id, jobs.c.attempt == attempt, jobs.c.state == "running")


def _failed(failure: Failure) -> dict[str, Any]:
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


def _queued_again() -> dict[str, Any]:
    return {"state": "queued", "stage": "pending", "fraction": 0.0, "worker_id": None, "lease_until": None}


def _page_query(
    owner_id: str, operations: Sequence[str], page: int, page_size: int, with_outcome: bool = True
) -> Select[Any]:
    """The list query; the index ix_jobs_owner gives its order for a single operation."""
    of_these = jobs.c.operation == operations[0] if len(operations) == 1 else jobs.c.operation.in_(operations)
    columns = [c if with_outcome or c is not jobs.c.outcome else null().label("outcome") for c in jobs.c]
    return (
        select(*columns)
        .where(jobs.c.owner_id == owner_id, of_these)
        .order_by(jobs.c.created_at.desc(), jobs.c.id)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
