"""Sessions: folders of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, and_, case, delete, insert, null, select, update

from quantgpt.records.engine import database_faults
from quantgpt.records.job import OPEN_STATES
from quantgpt.records.schema import database_now, jobs, reports, sessions


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One session. `first_ask` is the request (JSON text) of the first finished task of one without a name."""

    id: str
    owner_id: str
    name: str | None
    created_at: float
    updated_at: float
    first_ask: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkRow:
    """What one job of a session came to. `facts` is JSON text, of a job that succeeded only."""

    session_id: str
    state: str
    facts: str | None


@dataclass(frozen=True, kw_only=True)
class Removed:
    """What went with a session: jobs, and report files that belonged to them."""

    jobs: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)


class SessionRecords:
    """The sessions table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def add(self, session_id: str, owner_id: str, name: str | None) -> SessionRow:
        """Insert a session."""
        values: dict[str, Any] = {"id": session_id, "owner_id": owner_id, "name": name}
        with database_faults(), self._writer.begin() as connection:
            now = connection.execute(select(database_now())).scalar_one()
            row = {**values, "created_at": now, "updated_at": now}
            connection.execute(insert(sessions).values(**row))
        return SessionRow(**row)

    def get(self, session_id: str, owner_id: str, naming: Sequence[str]) -> SessionRow | None:
        """The session of that id and owner; see `all_of` for `naming`."""
        found = self._found(_theirs(session_id, owner_id), naming)
        return found[0] if found else None

    def all_of(self, owner_id: str, naming: Sequence[str]) -> list[SessionRow]:
        """The sessions of one user, the one changed last first; jobs of the operations `naming` may give a name."""
        return self._found(sessions.c.owner_id == owner_id, naming)

    def work_of(self, owner_id: str, operations: Sequence[str]) -> list[WorkRow]:
        """The jobs of those operations in the sessions of one user, by session and age."""
        facts = case((jobs.c.state == "succeeded", jobs.c.facts), else_=null()).label("facts")
        query = (
            select(jobs.c.session_id, jobs.c.state, facts)
            .where(jobs.c.owner_id == owner_id, jobs.c.session_id.is_not(None), jobs.c.operation.in_(operations))
            .order_by(jobs.c.session_id, jobs.c.created_at, jobs.c.id)
        )
        with database_faults(), self._reader.begin() as connection:
            return [WorkRow(**row) for row in connection.execute(query).mappings()]

    def rename(self, session_id: str, owner_id: str, name: str) -> SessionRow | None:
        """Give a session of that owner another name; None when there is none."""
        statement = (
            update(sessions)
            .where(_theirs(session_id, owner_id))
            .values(name=name, updated_at=database_now())
            .returning(sessions)
        )
        with database_faults(), self._writer.begin() as connection:
            row = connection.execute(statement).mappings().first()
        return None if row is None else SessionRow(**row)

    def unfinished(self, session_id: str, owner_id: str) -> list[str]:
        """Ids of the jobs of a session that are queued or running."""
        mine = and_(jobs.c.session_id == session_id, jobs.c.owner_id == owner_id, jobs.c.state.in_(OPEN_STATES))
        with database_faults(), self._reader.begin() as connection:
            return [row.id for row in connection.execute(select(jobs.c.id).where(mine).order_by(jobs.c.id))]

    def remove(self, session_id: str, owner_id: str) -> Removed | None:
        """Delete a session of that owner with its jobs, their events and their report rows, all at once; None when
        there is none."""
        with database_faults(), self._writer.begin() as connection:
            locked = select(sessions.c.id).where(_theirs(session_id, owner_id)).with_for_update()
            if connection.execute(locked).first() is None:
                return None
            inside = select(jobs.c.id).where(jobs.c.session_id == session_id)
            ids = [row.id for row in connection.execute(inside.order_by(jobs.c.id))]
            names = select(reports.c.name).where(reports.c.job_id.in_(inside)).order_by(reports.c.name)
            files = [row.name for row in connection.execute(names)]
            connection.execute(delete(jobs).where(jobs.c.session_id == session_id))
            connection.execute(delete(sessions).where(sessions.c.id == session_id))
        return Removed(jobs=ids, reports=files)

    def _found(self, condition: Any, naming: Sequence[str]) -> list[SessionRow]:
        first = (
            select(jobs.c.ask)
            .where(
                jobs.c.session_id == sessions.c.id,
                jobs.c.operation.in_(naming),
                jobs.c.state.not_in(OPEN_STATES),
            )
            .order_by(jobs.c.finished_at, jobs.c.id)
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(sessions, case((sessions.c.name.is_(None), first), else_=null()).label("first_ask"))
            .where(condition)
            .order_by(sessions.c.updated_at.desc(), sessions.c.id)
        )
        with database_faults(), self._reader.begin() as connection:
            return [SessionRow(**row) for row in connection.execute(query).mappings()]


def _theirs(session_id: str, owner_id: str) -> Any:
    return and_(sessions.c.id == session_id, sessions.c.owner_id == owner_id)
