"""Strategies that users stored: a template with its parameters under a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, and_, delete, insert, or_, select, update

from quantgpt.foundations.errors import Conflict
from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now
from quantgpt.records.schema_signed import strategies


class NameTaken(Conflict):
    """Another strategy of the same user has that name."""

    code = "DUPLICATE_NAME"


@dataclass(frozen=True, kw_only=True)
class StrategyRow:
    """One strategy; `body` is JSON text, moments are seconds since 1970."""

    id: str
    owner_id: str
    name: str
    body: str
    status: str
    created_at: float
    updated_at: float


class StrategyRecords:
    """The strategies table. Names are unique per user."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def add(self, strategy_id: str, owner_id: str, *, name: str, body: str) -> StrategyRow:
        """Store a new one as a draft.  Raises: NameTaken."""
        row = {"id": strategy_id, "owner_id": owner_id, "name": name, "body": body, "status": "draft"}
        with database_faults(), self._writer.begin() as connection:
            self._refuse_taken(connection, owner_id, name, strategy_id)
            now = connection.execute(select(database_now())).scalar_one()
            new = insert(strategies).values(**row, created_at=now, updated_at=now)
            return StrategyRow(**connection.execute(new.returning(strategies)).mappings().one())

    def get(self, strategy_id: str, owner_id: str) -> StrategyRow | None:
        """The strategy of that user."""
        mine = and_(strategies.c.id == strategy_id, strategies.c.owner_id == owner_id)
        with database_faults(), self._reader.begin() as connection:
            row = connection.execute(select(strategies).where(mine)).mappings().first()
        return None if row is None else StrategyRow(**row)

    def page(
        self, owner_id: str, *, limit: int, after: tuple[float, str] | None = None, status: str | None = None
    ) -> list[StrategyRow]:
        """At most `limit` strategies of a user, newest first, those behind `after` (created_at, id)."""
        s = strategies.c
        wanted = [s.owner_id == owner_id]
        if status is not None:
            wanted.append(s.status == status)
        if after is not None:
            wanted.append(or_(s.created_at < after[0], and_(s.created_at == after[0], s.id < after[1])))
        query = select(strategies).where(*wanted).order_by(s.created_at.desc(), s.id.desc()).limit(limit)
        with database_faults(), self._reader.begin() as connection:
            return [StrategyRow(**row) for row in connection.execute(query).mappings()]

    def change(
        self, strategy_id: str, owner_id: str, make: Callable[[StrategyRow], tuple[str, str]]
    ) -> StrategyRow | None:
        """Give a strategy the name and body that `make` makes of it as it is; None when there is none.

        Raises: NameTaken, and what `make` raises.
        """
        mine = and_(strategies.c.id == strategy_id, strategies.c.owner_id == owner_id)
        with database_faults(), self._writer.begin() as connection:
            found = connection.execute(select(strategies).where(mine).with_for_update()).mappings().first()
            if found is None:
                return None
            name, body = make(StrategyRow(**found))
            self._refuse_taken(connection, owner_id, name, strategy_id)
            values = {"name": name, "body": body, "updated_at": database_now()}
            changed = update(strategies).where(mine).values(**values).returning(strategies)
            return StrategyRow(**connection.execute(changed).mappings().one())

    def remove(self, strategy_id: str, owner_id: str) -> bool:
        """Remove a strategy; False when there is none."""
        mine = and_(strategies.c.id == strategy_id, strategies.c.owner_id == owner_id)
        with database_faults(), self._writer.begin() as connection:
            return connection.execute(delete(strategies).where(mine)).rowcount == 1

    @staticmethod
    def _refuse_taken(connection: Connection, owner_id: str, name: str, but: str) -> None:
        """Raise NameTaken when another strategy has the name. On PostgreSQL writers of strategies wait for each other."""
        if connection.dialect.name == "postgresql":
            from sqlalchemy import func

            connection.execute(select(func.pg_advisory_xact_lock(7_346_216, func.hashtext(owner_id))))
        s = strategies.c
        taken = select(s.id).where(s.owner_id == owner_id, s.name == name, s.id != but)
        other = connection.execute(taken).scalar()
        if other is not None:
            raise NameTaken(
                f"已有名为 {name!r} 的策略", en=f"another strategy is named {name!r}", field="name", nearest=other
            )
