"""How often something was done lately, exact under parallel calls."""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, insert, select

from quantgpt.foundations.errors import RateLimited
from quantgpt.records.engine import database_faults
from quantgpt.records.schema import calls, database_now

TOO_OFTEN = "请求过于频繁，请稍后再试"
KEPT_SECONDS = 2 * 86_400.0
"""Calls older than this are forgotten whatever their bucket; no limit looks further back."""
_LOCK = 7_346_212


@dataclass(frozen=True)
class Limit:
    """At most `most` calls of a bucket in any `seconds`. `message` says so, and may hold `{seconds}`, the wait."""

    bucket: str
    most: int
    seconds: float
    message: str = TOO_OFTEN


class CallRecords:
    """The calls table. A bucket names what is limited and for whom; moments are those of the database."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def admit(self, *limits: Limit, connection: Connection | None = None) -> None:
        """Count one call against every limit.

        With a connection the call counts if, and only if, its transaction is committed.
        Raises: RateLimited when it is too much for one of them, and then nothing is counted.
        """
        with database_faults(), nullcontext(connection) if connection else self._writer.begin() as opened:
            for limit in limits:
                wait = self._wait(opened, limit)
                if wait is not None:
                    sentence = limit.message.format(seconds=max(1, math.ceil(wait)))
                    raise RateLimited(sentence, retry_after_seconds=wait)
            for limit in limits:
                outdated = (calls.c.bucket == limit.bucket, calls.c.at < database_now() - KEPT_SECONDS)
                opened.execute(delete(calls).where(*outdated))
                opened.execute(insert(calls).values(bucket=limit.bucket, at=database_now()))

    def count(self, bucket: str, seconds: float) -> int:
        """Calls of a bucket within the last `seconds`."""
        lately = calls.c.at > database_now() - seconds
        with database_faults(), self._reader.begin() as connection:
            found = connection.execute(select(func.count()).where(calls.c.bucket == bucket, lately))
            return int(found.scalar_one())

    def give_back(self, *buckets: str) -> None:
        """Take the newest call of each bucket back: what was asked for did not happen."""
        with database_faults(), self._writer.begin() as connection:
            for bucket in buckets:
                self._one_at_a_time(connection, bucket)
                newest = select(calls.c.id).where(calls.c.bucket == bucket).order_by(calls.c.id.desc()).limit(1)
                connection.execute(delete(calls).where(calls.c.id == newest.scalar_subquery()))

    def forget_old(self) -> None:
        """Remove the calls that no limit looks at any more."""
        with database_faults(), self._writer.begin() as connection:
            connection.execute(delete(calls).where(calls.c.at < database_now() - KEPT_SECONDS))

    def _wait(self, connection: Connection, limit: Limit) -> float | None:
        """Seconds until one more call is within the limit; None when it is now."""
        self._one_at_a_time(connection, limit.bucket)
        age = (database_now() - calls.c.at).label("age")
        lately = (calls.c.bucket == limit.bucket, calls.c.at > database_now() - limit.seconds)
        query = select(age).where(*lately).order_by(calls.c.at.desc()).offset(limit.most - 1).limit(1)
        in_the_way = connection.execute(query).scalar()
        return None if in_the_way is None else max(0.0, limit.seconds - float(in_the_way))

    def _one_at_a_time(self, connection: Connection, bucket: str) -> None:
        """Let the calls of one bucket wait for each other. SQLite has one writer anyway."""
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK, func.hashtext(bucket))))
