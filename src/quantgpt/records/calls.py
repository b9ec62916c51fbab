"""How often something was done lately, exact under parallel calls."""

from __future__ import annotations

from contextlib import nullcontext

from sqlalchemy import Connection, Engine, delete, func, insert, select

from quantgpt.foundations.errors import RateLimited
from quantgpt.records.engine import database_faults
from quantgpt.records.schema import calls, database_now

TOO_OFTEN = "请求过于频繁，请稍后再试"
KEPT_SECONDS = 2 * 86_400.0
"""Calls older than this are forgotten whatever their bucket; no limit looks further back."""
_LOCK = 7_346_212


class CallRecords:
    """The calls table. A bucket names what is limited and for whom; moments are those of the database."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def admit(
        self,
        bucket: str,
        limit: int,
        seconds: float,
        *,
        connection: Connection | None = None,
        message: str = TOO_OFTEN,
    ) -> None:
        """Count one call, unless `limit` were made within `seconds`; `message` may hold `{seconds}`.

        With a connection the call counts if, and only if, its transaction is committed.
        Raises: RateLimited, and then nothing is counted.
        """
        with database_faults(), nullcontext(connection) if connection else self._writer.begin() as opened:
            wait = self._wait(opened, bucket, limit, seconds)
            if wait is not None:
                raise RateLimited(message.format(seconds=max(1, -int(-wait // 1))), retry_after_seconds=wait)
            opened.execute(insert(calls).values(bucket=bucket, at=database_now()))

    def count(self, bucket: str, seconds: float) -> int:
        """Calls of a bucket within the last `seconds`."""
        lately = calls.c.at > database_now() - seconds
        with database_faults(), self._reader.begin() as connection:
            found = connection.execute(select(func.count()).where(calls.c.bucket == bucket, lately))
            return int(found.scalar_one())

    def give_back(self, bucket: str) -> None:
        """Take the newest call of a bucket back: what it asked for did not happen."""
        newest = select(calls.c.id).where(calls.c.bucket == bucket).order_by(calls.c.id.desc()).limit(1)
        with database_faults(), self._writer.begin() as connection:
            self._one_at_a_time(connection, bucket)
            connection.execute(delete(calls).where(calls.c.id == newest.scalar_subquery()))

    def forget_old(self) -> None:
        """Remove the calls that no limit looks at any more."""
        with database_faults(), self._writer.begin() as connection:
            connection.execute(delete(calls).where(calls.c.at < database_now() - KEPT_SECONDS))

    def _wait(self, connection: Connection, bucket: str, limit: int, seconds: float) -> float | None:
        """Seconds until one more call is within the limit; None when it is now."""
        self._one_at_a_time(connection, bucket)
        mine = calls.c.bucket == bucket
        age = (database_now() - calls.c.at).label("age")
        query = select(age).where(mine, calls.c.at > database_now() - seconds).order_by(calls.c.at.desc())
        in_the_way = connection.execute(query.offset(limit - 1).limit(1)).scalar()
        return None if in_the_way is None else max(0.0, seconds - float(in_the_way))

    def _one_at_a_time(self, connection: Connection, bucket: str) -> None:
        """Let the calls of one bucket wait for each other. SQLite has one writer anyway."""
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK, func.hashtext(bucket))))
