"""What signed requests spent lately, exact under parallel calls and between processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now
from quantgpt.records.schema_signed import polls, weights

WINDOW = 60
"""Seconds in which a budget is spent. What was spent in a second counts until no part of it lies in the window."""
BURST = 3
REFILL_SECONDS = 5.0
KEPT_SECONDS = 3600
_LOCK = 7_346_214


@dataclass(frozen=True)
class Spent:
    """What a bucket has spent in the window; `wait` is None when the weight was booked, else seconds until it fits."""

    used: int
    wait: float | None


class WeightRecords:
    """The weights and polls tables. Moments are those of the database."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def spend(
        self, bucket: str, weight: int, limit: int, *, also: Callable[[Connection], None] = lambda connection: None
    ) -> Spent:
        """Book a weight if the bucket then has spent at most `limit` in any 60 seconds; else nothing is booked. `also` is
        written with it."""
        with database_faults(), self._writer.begin() as connection:
            self._one_at_a_time(connection, bucket)
            now = float(connection.execute(select(database_now())).scalar_one())
            oldest = int(now) - WINDOW
            w = weights.c
            lately = select(w.second, w.weight).where(w.bucket == bucket, w.second >= oldest).order_by(w.second)
            rows = [(int(row.second), int(row.weight)) for row in connection.execute(lately)]
            used = sum(booked for _, booked in rows)
            if used + weight > limit:
                return Spent(used, _wait(rows, used + weight - limit, now))
            connection.execute(delete(weights).where(w.bucket == bucket, w.second < oldest))
            self._add(connection, bucket, int(now), weight)
            also(connection)
            return Spent(used + weight, None)

    def poll(self, key_id: str, job_id: str) -> float | None:
        """Take one of the three tokens that a key has for a job, one of which comes back every five seconds: None, or the
        seconds until there is one."""
        with database_faults(), self._writer.begin() as connection:
            self._one_at_a_time(connection, f"{key_id} {job_id}")
            now = float(connection.execute(select(database_now())).scalar_one())
            p = polls.c
            row = connection.execute(select(polls).where(p.key_id == key_id, p.job_id == job_id)).first()
            left = BURST if row is None else min(BURST, row.tokens + max(0.0, now - row.at) / REFILL_SECONDS)
            if left < 1:
                return float((1 - left) * REFILL_SECONDS)
            values = {"tokens": left - 1, "at": now}
            new = _insert(connection, polls).values(key_id=key_id, job_id=job_id, **values)
            connection.execute(new.on_conflict_do_update(index_elements=["key_id", "job_id"], set_=values))
            return None

    def forget_old(self) -> None:
        """Remove what no limit looks at any more."""
        now = database_now()
        with database_faults(), self._writer.begin() as connection:
            connection.execute(delete(weights).where(weights.c.second < now - KEPT_SECONDS))
            connection.execute(delete(polls).where(polls.c.at < now - KEPT_SECONDS))

    def _add(self, connection: Connection, bucket: str, second: int, weight: int) -> None:
        new = _insert(connection, weights).values(bucket=bucket, second=second, weight=weight)
        more = {"weight": weights.c.weight + weight}
        connection.execute(new.on_conflict_do_update(index_elements=["bucket", "second"], set_=more))

    def _one_at_a_time(self, connection: Connection, bucket: str) -> None:
        """Let the calls of one bucket wait for each other. SQLite has one writer anyway."""
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK, func.hashtext(bucket))))


def _wait(rows: list[tuple[int, int]], excess: int, now: float) -> float:
    """Seconds until `excess` of what was booked (second, weight; oldest first) has left the window."""
    for second, booked in rows:
        excess -= booked
        if excess <= 0:
            return max(0.001, second + WINDOW + 1 - now)
    return float(WINDOW)


def _insert(connection: Connection, table: Any) -> Any:
    """An insert that can be told what to do where the row is there already."""
    from sqlalchemy.dialects import postgresql, sqlite

    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
