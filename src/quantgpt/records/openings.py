"""Who looked at which sealed slice: the one look that a lineage has, the ones refused, the ones in passing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, insert, select, update

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, openings

SELECTION, PLAIN_RUN = "selection", "plain_run"
_LOCK = 7_346_237


@dataclass(frozen=True, kw_only=True)
class OpeningRow:
    """One look at a sealed slice, or a refused one. `asked_by` is the job that led to it, `job_id` the one that looked."""

    id: int
    owner_id: str
    lineage_id: str
    ledger_key: str
    expression: str
    expression_hash: str
    reason: str
    """"selection" or "plain_run" """
    refused: bool
    sealed_start: str
    sealed_end: str
    asked_by: str | None
    job_id: str | None
    created_at: float


def has_been_opened(connection: Connection, owner_id: str, lineage_id: str) -> bool:
    """Whether a selection of that lineage has opened its slice; no other can until the caller's transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK, func.hashtext(lineage_id))))
    found = select(openings.c.id).where(
        openings.c.owner_id == owner_id,
        openings.c.lineage_id == lineage_id,
        openings.c.reason == SELECTION,
        openings.c.refused.is_(False),
    )
    return connection.execute(found.limit(1)).first() is not None


def add_opening(connection: Connection, owner_id: str, row: Mapping[str, Any]) -> int:
    """Book a look in a transaction of the caller; its id."""
    values = {**row, "owner_id": owner_id, "created_at": database_now()}
    return int(connection.execute(insert(openings).values(**values).returning(openings.c.id)).scalar_one())


def add_plain_run(connection: Connection, owner_id: str, row: Mapping[str, Any]) -> bool:
    """Book that a plain run of a lineage's expression saw its slice; False when that run is booked already."""
    same = and_(
        openings.c.owner_id == owner_id,
        openings.c.lineage_id == row["lineage_id"],
        openings.c.expression_hash == row["expression_hash"],
        openings.c.job_id == row["job_id"],
    )
    if connection.execute(select(openings.c.id).where(same).limit(1)).first() is not None:
        return False
    add_opening(connection, owner_id, {**row, "reason": PLAIN_RUN, "refused": False})
    return True


class OpeningRecords:
    """The openings table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def add(self, owner_id: str, row: Mapping[str, Any]) -> int:
        """Book a look; its id."""
        with database_faults(), self._writer.begin() as connection:
            return add_opening(connection, owner_id, row)

    def name_job(self, opening_id: int, job_id: str) -> None:
        """Note which job carries an opening out."""
        with database_faults(), self._writer.begin() as connection:
            connection.execute(update(openings).where(openings.c.id == opening_id).values(job_id=job_id))

    def of_lineage(self, owner_id: str, lineage_id: str) -> list[OpeningRow]:
        """The looks of one lineage, oldest first."""
        mine = and_(openings.c.owner_id == owner_id, openings.c.lineage_id == lineage_id)
        query = select(openings).where(mine).order_by(openings.c.created_at, openings.c.id)
        with database_faults(), self._reader.begin() as connection:
            return [OpeningRow(**row) for row in connection.execute(query).mappings()]
