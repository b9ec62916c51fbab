"""Whose job is next, where accounts take turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select

from quantgpt.records.schema import database_now, jobs
from quantgpt.records.schema_signed import turns

_LOCK = 7_346_215


@dataclass(frozen=True, kw_only=True)
class Fair:
    """Jobs of `operations` run at most `running` per account at a time, first come first served within an account, and
    accounts take turns. They have their place among other jobs by the oldest of them that may run."""

    operations: tuple[str, ...]
    running: int


def may_run(fair: Fair | None) -> Any:
    """The condition of a queued job that may be started now."""
    queued = jobs.c.state == "queued"
    if fair is None or not fair.operations:
        return queued
    other = jobs.alias("other")
    theirs = and_(
        other.c.state == "running", other.c.operation.in_(fair.operations), other.c.owner_id == jobs.c.owner_id
    )
    running = select(func.count()).select_from(other).where(theirs).correlate(jobs).scalar_subquery()
    return and_(queued, or_(jobs.c.operation.not_in(fair.operations), running < fair.running))


def choose(connection: Connection, fair: Fair) -> str | None:
    """The job to start next; who asks holds the right to choose until the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    j = jobs.c
    head = (
        select(j.id, j.operation, j.priority)
        .where(may_run(fair))
        .order_by(j.priority.desc(), j.created_at, j.id)
        .limit(1)
    )
    first = connection.execute(head).first()
    if first is None or first.operation not in fair.operations:
        return None if first is None else str(first.id)
    in_turn = (
        select(j.id)
        .select_from(jobs.outerjoin(turns, turns.c.owner_id == j.owner_id))
        .where(may_run(fair), j.operation.in_(fair.operations), j.priority == first.priority)
        .order_by(func.coalesce(turns.c.at, 0.0), j.created_at, j.id)
        .limit(1)
    )
    chosen = connection.execute(in_turn).scalar()  # none where the only one was cancelled in between
    return None if chosen is None else str(chosen)


def took_turn(connection: Connection, owner_id: str) -> None:
    """Note that an account's job was started just now."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(turns).values(owner_id=owner_id, at=database_now())
    connection.execute(new.on_conflict_do_update(index_elements=["owner_id"], set_={"at": database_now()}))


def first_start(fair: Fair) -> Any:
    """When a job was started: jobs of those operations keep the first moment, however often they are begun again."""
    again = and_(jobs.c.operation.in_(fair.operations), jobs.c.started_at.is_not(None))
    return case((again, jobs.c.started_at), else_=database_now())
