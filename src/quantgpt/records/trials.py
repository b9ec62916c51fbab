"""The ledger of trials: every factor that somebody tested, once per market, universe, span and holding period."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite

from quantgpt.records.schema import database_now, trials

_IDENTITY = ("owner_id", "ledger_key", "holding_period", "expression_hash")


def add_trials(
    connection: Connection,
    owner_id: str,
    job_id: str | None,
    lineage_id: str | None,
    rows: Sequence[Mapping[str, Any]],
) -> int:
    """Book trials in a transaction of the caller; one that is in the ledger already stays as it is. Returns the new ones.

    `returns` of a row is base64 text of compressed daily returns, or None.
    """
    known = {column.name for column in trials.c}
    added = 0
    for row in rows:
        values = {name: value for name, value in row.items() if name in known}
        if isinstance(values.get("returns"), str):
            values["returns"] = base64.b64decode(values["returns"])
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        statement = (
            dialect.insert(trials)
            .values(**{"lineage_id": lineage_id, **values}, owner_id=owner_id, job_id=job_id, created_at=database_now())
            .on_conflict_do_nothing(index_elements=list(_IDENTITY))
        )
        added += connection.execute(statement).rowcount
    return added


class TrialRecords:
    """The trials table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
