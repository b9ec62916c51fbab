"""Jobs as their owners see them: asked for, read, listed, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Select, and_, func, insert, null, select, update
from sqlalchemy.exc import IntegrityError

from quantgpt.foundations.errors import Conflict, Full, NotFound
from quantgpt.records.changes import change, failed, write_event
from quantgpt.records.engine import database_faults
from quantgpt.records.job import OPEN_STATES, Failure, Job, JobEvent, NewJob
from quantgpt.records.schema import database_now, job_events, jobs, sessions

IDEMPOTENCY_SECONDS = 24 * 3600


class JobRecords:
    """The jobs and job_events tables."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    # -- asking ------------------------------------------------------------------------------------------------

    def submit(
        self,
        new: NewJob,
        *,
        max_open: int | None = None,
        limited: Sequence[str] | None = None,
        admit: Callable[[Connection], None] | None = None,
    ) -> tuple[Job, bool]:
        """Insert a job and its first event, committed on return; (job, True).

        With an idempotency key seen in the last 24 hours: the earlier job and False. `admit` is called in the
        transaction when all else allows the job; what it raises refuses it. The session of the job counts as changed.

        Raises: Conflict when that key came with another body, Full when `max_open` unfinished jobs of the
        operations `limited` (default: of this one) exist, NotFound when the session is not the owner's.
        """
        with database_faults():
            try:
                with self._writer.begin() as connection:
                    self._one_at_a_time(connection)
                    if known := self._known(connection, new):
                        return known, False
                    if new.session_id is not None:
                        _touch_session(connection, new.session_id, new.owner_id)
                    if max_open is not None:
                        opened = self._count_open(connection, limited or (new.operation,))
                        if opened >= max_open:
                            raise Full(
                                "当前回测任务已满，请稍后再试",
                                retry_after_seconds=5,
                                en=f"All {max_open} places for tasks are taken; try again in a moment",
                            )
                    if admit is not None:
                        admit(connection)
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
            "session_id": new.session_id,
            "parent_id": new.parent_id,
            "lineage_id": new.lineage_id,
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
        write_event(connection, inserted)
        return Job(**inserted)

    # -- reading -----------------------------------------------------------------------------------------------

    def get(self, job_id: str, *, owner_id: str | None = None, with_outcome: bool = True) -> Job | None:
        """The job with that id, of that owner if one is given; without its outcome where that is not wanted."""
        wanted = select(*_columns(with_outcome)).where(jobs.c.id == job_id)
        if owner_id is not None:
            wanted = wanted.where(jobs.c.owner_id == owner_id)
        with database_faults(), self._reader.begin() as connection:
            row = connection.execute(wanted).mappings().first()
        return None if row is None else Job(**row)

    def of_key(self, owner_id: str, key: str) -> Job | None:
        """The job that a user asked for under an idempotency key."""
        wanted = select(jobs).where(jobs.c.owner_id == owner_id, jobs.c.idempotency_key == key)
        with database_faults(), self._reader.begin() as connection:
            row = connection.execute(wanted).mappings().first()
        return None if row is None else Job(**row)

    def page(
        self,
        owner_id: str,
        operations: Sequence[str],
        *,
        page: int,
        page_size: int,
        with_outcome: bool = True,
        session_id: str | None = None,
        stages: Sequence[str] | None = None,
        facts_with: str | None = None,
    ) -> tuple[list[Job], int]:
        """One page of a user's jobs, newest first, and how many there are; without the outcomes where they are long.
        `facts_with` keeps to those whose facts hold that text."""
        mine = _mine(owner_id, operations, session_id, stages)
        if facts_with is not None:
            mine = and_(mine, jobs.c.facts.contains(facts_with, autoescape=True))
        with database_faults(), self._reader.begin() as connection:
            total = connection.execute(select(func.count()).select_from(jobs).where(mine)).scalar_one()
            query = _page_query(mine, page, page_size, with_outcome)
            rows = connection.execute(query).mappings().all()
        return [Job(**row) for row in rows], int(total)

    def unfinished(self, owner_id: str, operations: Sequence[str], most: int) -> tuple[list[Job], int]:
        """The newest unfinished jobs of a user, and how many there are."""
        mine = and_(_mine(owner_id, operations, None, None), jobs.c.state.in_(OPEN_STATES))
        with database_faults(), self._reader.begin() as connection:
            total = connection.execute(select(func.count()).select_from(jobs).where(mine)).scalar_one()
            rows = connection.execute(_page_query(mine, 1, most, with_outcome=False)).mappings().all()
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
            opened = self._count_open(connection, operations)
            total = connection.execute(
                select(func.count()).select_from(jobs).where(jobs.c.operation.in_(operations))
            ).scalar_one()
        return opened, int(total)

    def running_of(self, owner_id: str, operations: Sequence[str]) -> int:
        """How many jobs of a user run now."""
        running = and_(jobs.c.state == "running", jobs.c.owner_id == owner_id, jobs.c.operation.in_(operations))
        with database_faults(), self._reader.begin() as connection:
            return int(connection.execute(select(func.count()).select_from(jobs).where(running)).scalar_one())

    @staticmethod
    def _count_open(connection: Connection, operations: Sequence[str]) -> int:
        unfinished = and_(jobs.c.state.in_(OPEN_STATES), jobs.c.operation.in_(operations))
        return int(connection.execute(select(func.count()).select_from(jobs).where(unfinished)).scalar_one())

    def select_part(self, job_id: str, owner_id: str, index: int) -> bool:
        """Note which part of a finished job its owner chose; False when the job is not theirs or not finished."""
        mine = and_(jobs.c.id == job_id, jobs.c.owner_id == owner_id, jobs.c.state == "succeeded")
        with database_faults(), self._writer.begin() as connection:
            done = connection.execute(update(jobs).where(mine).values(selected=index))
        return done.rowcount == 1

    def of_lineage(self, lineage_id: str, owner_id: str) -> list[Job]:
        """The jobs of one lineage, oldest first."""
        query = select(jobs).where(jobs.c.lineage_id == lineage_id, jobs.c.owner_id == owner_id)
        with database_faults(), self._reader.begin() as connection:
            return [Job(**row) for row in connection.execute(query.order_by(jobs.c.created_at, jobs.c.id)).mappings()]

    def cancel(self, job_id: str, owner_id: str, failure: Failure) -> bool:
        """End a queued or running job on request; False when it had ended before (or is not there)."""
        mine = and_(jobs.c.id == job_id, jobs.c.owner_id == owner_id, jobs.c.state.in_(OPEN_STATES))
        return change(self._writer, mine, failed(failure))


def unfinished_asks(connection: Connection, operations: Sequence[str]) -> list[tuple[str, str]]:
    """(id, request as JSON text) of every unfinished job of some operations, as the transaction sees them."""
    wanted = and_(jobs.c.state.in_(OPEN_STATES), jobs.c.operation.in_(operations))
    rows = connection.execute(select(jobs.c.id, jobs.c.ask).where(wanted).order_by(jobs.c.created_at, jobs.c.id))
    return [(row.id, row.ask) for row in rows]


def _mine(owner_id: str, operations: Sequence[str], session_id: str | None, stages: Sequence[str] | None) -> Any:
    """The jobs of a list; the indexes ix_jobs_owner and ix_jobs_session give their order."""
    of_these = jobs.c.operation == operations[0] if len(operations) == 1 else jobs.c.operation.in_(operations)
    wanted = [jobs.c.owner_id == owner_id, of_these]
    if session_id is not None:
        wanted.append(jobs.c.session_id == session_id)
    if stages is not None:
        wanted.append(jobs.c.stage.in_(stages))
    return and_(*wanted)


def _columns(with_outcome: bool) -> list[Any]:
    """Those of a job; nothing in place of an outcome that is not wanted."""
    return [c if with_outcome or c is not jobs.c.outcome else null().label("outcome") for c in jobs.c]


def _page_query(mine: Any, page: int, page_size: int, with_outcome: bool = True) -> Select[Any]:
    columns = _columns(with_outcome)
    return (
        select(*columns)
        .where(mine)
        .order_by(jobs.c.created_at.desc(), jobs.c.id)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )


def _touch_session(connection: Connection, session_id: str, owner_id: str) -> None:
    """Note that a session changed. Raises NotFound when there is none of that user."""
    mine = and_(sessions.c.id == session_id, sessions.c.owner_id == owner_id)
    if connection.execute(update(sessions).where(mine).values(updated_at=database_now())).rowcount != 1:
        raise NotFound("Session not found", field="session_id")
