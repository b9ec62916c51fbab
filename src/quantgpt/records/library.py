"""Factors that users keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select

from quantgpt.foundations.errors import Conflict
from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, library_factors

_LOCK = 7_346_219


@dataclass(frozen=True, kw_only=True)
class KeptFactor:
    """One factor of a library. `facts` is JSON text: what its task said of it."""

    id: str
    owner_id: str
    name: str
    expression: str
    expression_hash: str
    direction: int | None
    universe: str | None
    task_id: str | None
    note: str
    facts: str
    created_at: float


class LibraryRecords:
    """The library_factors table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def add(self, owner_id: str, row: Mapping[str, Any], most: int) -> KeptFactor:
        """Keep a factor. Raises Conflict when the owner has it, or the name, or `most` of them."""
        f = library_factors.c
        with database_faults(), self._writer.begin() as connection:
            _one_at_a_time(connection, owner_id)
            same = or_(f.expression_hash == row["expression_hash"], f.name == row["name"])
            known = connection.execute(select(library_factors).where(f.owner_id == owner_id, same)).mappings().first()
            if known is not None:
                what = "这个因子" if known["expression_hash"] == row["expression_hash"] else "这个名称"
                raise Conflict(f"因子库里已有{what}：{known['name']}", field="name", nearest=known["id"])
            held = select(func.count()).select_from(library_factors).where(f.owner_id == owner_id)
            if connection.execute(held).scalar_one() >= most:
                raise Conflict(f"因子库最多保存 {most} 个因子", hint="delete one first")
            made = insert(library_factors).values(**row, owner_id=owner_id, created_at=database_now())
            return KeptFactor(**connection.execute(made.returning(library_factors)).mappings().one())

    def all(self, owner_id: str) -> list[KeptFactor]:
        """The factors of a user, newest first."""
        mine = select(library_factors).where(library_factors.c.owner_id == owner_id)
        order = mine.order_by(library_factors.c.created_at.desc(), library_factors.c.id)
        with database_faults(), self._reader.begin() as connection:
            return [KeptFactor(**row) for row in connection.execute(order).mappings()]

    def drop(self, owner_id: str, factor_id: str) -> bool:
        """Forget a factor; False when there is none of that user."""
        mine = and_(library_factors.c.owner_id == owner_id, library_factors.c.id == factor_id)
        with database_faults(), self._writer.begin() as connection:
            return connection.execute(delete(library_factors).where(mine)).rowcount == 1


def _one_at_a_time(connection: Connection, owner_id: str) -> None:
    """Let the additions of one owner wait for each other. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK, func.hashtext(owner_id))))
