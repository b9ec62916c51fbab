"""The use of language models: one row per call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, model_calls

DAY_SECONDS = 86_400


def add_model_calls(
    connection: Connection, owner_id: str, job_id: str | None, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Book calls in a transaction of the caller. Whose they are and when they were is not for the rows to say."""
    known = {column.name for column in model_calls.c} - {"id", "owner_id", "job_id", "created_at"}
    for row in rows:
        values = {name: value for name, value in row.items() if name in known}
        connection.execute(
            insert(model_calls).values(**values, owner_id=owner_id, job_id=job_id, created_at=database_now())
        )


class ModelCallRecords:
    """The model_calls table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def lately(self, owner_id: str, seconds: float = DAY_SECONDS) -> int:
        """How many calls were made on behalf of a user in the last seconds."""
        mine = (model_calls.c.owner_id == owner_id) & (model_calls.c.created_at > database_now() - seconds)
        with database_faults(), self._reader.begin() as connection:
            return int(connection.execute(select(func.count()).select_from(model_calls).where(mine)).scalar_one())
