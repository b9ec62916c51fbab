"""Counts and lists over everybody, for the administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

from sqlalchemy import Column, Connection, Engine, and_, case, func, select

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, feedbacks, jobs, users
from quantgpt.records.users import User

SHANGHAI = timezone(timedelta(hours=8))
"""The clock of the exchanges, which knows no summer time."""


@dataclass(frozen=True, kw_only=True)
class DayCount:
    """How many on one day."""

    day: date
    count: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Everybody together, as of one moment."""

    users: int
    stages: dict[str, int]
    ended: dict[str, int]
    feedbacks: int
    unresolved: int
    tasks_by_day: list[DayCount]
    users_by_day: list[DayCount]


@dataclass(frozen=True, kw_only=True)
class UserRow(User):
    """One account, and how many tasks it has."""

    task_count: int


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One task of anybody. `facts` is JSON text."""

    id: str
    email: str
    owner_id: str
    operation: str
    stage: str
    facts: str
    error: str | None
    created_at: float


class OverviewRecords:
    """Reads users, jobs and feedbacks."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def counts(self, operations: Sequence[str], tests: Sequence[str], *, task_days: int, user_days: int) -> Counts:
        """Counts over the jobs of `operations`; how those of `tests` ended; the last days, today included."""
        mine = jobs.c.operation.in_(operations)
        with database_faults(), self._reader.begin() as connection:
            today = datetime.fromtimestamp(connection.execute(select(database_now())).scalar_one(), UTC)
            day = today.astimezone(SHANGHAI).date()
            return Counts(
                users=_number(connection, select(func.count()).select_from(users)),
                stages=_numbers(connection, jobs.c.stage, mine),
                ended=_numbers(connection, jobs.c.state, jobs.c.operation.in_(tests)),
                feedbacks=_number(connection, select(func.count()).select_from(feedbacks)),
                unresolved=_number(connection, select(func.count()).where(feedbacks.c.resolved.is_(False))),
                tasks_by_day=_by_day(connection, jobs.c.created_at, mine, day, task_days),
                users_by_day=_by_day(connection, users.c.created_at, users.c.id.is_not(None), day, user_days),
            )

    def users(self, operations: Sequence[str], *, page: int, page_size: int) -> tuple[list[UserRow], int]:
        """One page of the accounts, newest first, and how many there are."""
        theirs = and_(jobs.c.owner_id == users.c.id, jobs.c.operation.in_(operations))
        number = select(func.count()).select_from(jobs).where(theirs).scalar_subquery()
        columns = [users.c[name] for name in User.__dataclass_fields__]
        query = select(*columns, number.label("task_count")).order_by(users.c.created_at.desc(), users.c.id)
        with database_faults(), self._reader.begin() as connection:
            total = _number(connection, select(func.count()).select_from(users))
            rows = connection.execute(query.limit(page_size).offset((page - 1) * page_size)).mappings()
            return [UserRow(**row) for row in rows], total

    def tasks(
        self,
        operations: Sequence[str],
        *,
        page: int,
        page_size: int,
        stage: str | None = None,
        owner_id: str | None = None,
    ) -> tuple[list[TaskRow], int]:
        """One page of everybody's jobs of those operations, newest first, and how many there are."""
        wanted: Any = jobs.c.operation.in_(operations)
        if stage is not None:
            wanted = and_(wanted, jobs.c.stage == stage)
        if owner_id is not None:
            wanted = and_(wanted, jobs.c.owner_id == owner_id)
        names = [name for name in TaskRow.__dataclass_fields__ if name != "email"]
        query = select(*(jobs.c[name] for name in names), users.c.email).join(users, users.c.id == jobs.c.owner_id)
        ordered = query.where(wanted).order_by(jobs.c.created_at.desc(), jobs.c.id)
        with database_faults(), self._reader.begin() as connection:
            total = _number(connection, select(func.count()).select_from(jobs).where(wanted))
            rows = connection.execute(ordered.limit(page_size).offset((page - 1) * page_size)).mappings()
            return [TaskRow(**row) for row in rows], total


def _number(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())


def _numbers(connection: Connection, column: Column[Any], condition: Any) -> dict[str, int]:
    """How many rows for each value of a column."""
    query = select(column.label("name"), func.count().label("number")).where(condition).group_by(column)
    return {row.name: int(row.number) for row in connection.execute(query.order_by(column))}


def _by_day(connection: Connection, at: Column[Any], condition: Any, last: date, days: int) -> list[DayCount]:
    """How many rows of each of the last days, oldest first, with zeros."""
    span = [last - timedelta(days=back) for back in reversed(range(days))]
    begins = [datetime(d.year, d.month, d.day, tzinfo=SHANGHAI).timestamp() for d in [*span, last + timedelta(days=1)]]
    inside = [and_(at >= begin, at < end) for begin, end in pairwise(begins)]
    sums = [func.coalesce(func.sum(case((within, 1), else_=0)), 0) for within in inside]
    row = connection.execute(select(*sums).where(condition, at >= begins[0])).one()
    return [DayCount(day=day, count=int(number)) for day, number in zip(span, row, strict=True)]
