"""Engines: SQLite and PostgreSQL set up so that a committed write is kept and no update is lost."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from quantgpt.foundations.errors import BadRequest, DiskFull, Unavailable

BUSY_SECONDS = 5
_CORRUPT, _NO_DATABASE = 11, 26
"""SQLite's result codes for a file that is damaged, and for one that is something else."""


def database_address(text: str | None, home: Path) -> URL:
    """The address of the database: what `DATABASE_URL` says, by our drivers, or a SQLite file in `home`.

    >>> database_address("postgresql+asyncpg://u@h/db", Path("/h")).drivername
    'postgresql+psycopg'

    Raises: BadRequest for an address that is neither PostgreSQL nor SQLite.
    """
    if not text:
        return URL.create("sqlite", database=str(home / "quantgpt.db"))
    try:
        address = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise BadRequest(
            "DATABASE_URL 无法识别", field="DATABASE_URL", hint="postgresql://user:password@host/name"
        ) from error
    backend = address.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and address.database not in (None, "", ":memory:"):
        return address.set(drivername="sqlite")
    raise BadRequest(
        f"DATABASE_URL 不支持 {backend!r}", field="DATABASE_URL", hint="use postgresql://… or sqlite:///file"
    )


def make_engines(address: URL) -> tuple[Engine, Engine]:
    """(writer, reader) of one database. On SQLite the reader cannot write and never waits for a writer."""
    if address.get_backend_name() == "sqlite":
        Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
        writer, reader = (_sqlite_engine(address, read_only=read_only) for read_only in (False, True))
        _watch_file((writer, reader), Path(str(address.database)))
        return writer, reader
    writer = create_engine(
        address, pool_size=8, max_overflow=8, pool_timeout=5, pool_pre_ping=True, connect_args={"connect_timeout": 3}
    )
    return writer, writer.execution_options(postgresql_readonly=True)


def _sqlite_engine(address: URL, *, read_only: bool) -> Engine:
    """SQLite in WAL mode. The driver's own transactions are switched off: it sends no BEGIN before a SELECT, and
    read-then-write then loses updates."""
    engine = create_engine(
        address, pool_size=8, max_overflow=32, pool_timeout=10, connect_args={"timeout": BUSY_SECONDS}
    )

    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA foreign_keys=ON")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        else:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine


def _watch_file(engines: tuple[Engine, ...], path: Path) -> None:
    """Raise Unavailable for a damaged file, and for one that was deleted or replaced since the first connection."""
    path = path.absolute()
    opened: list[tuple[int, int]] = []

    def identity() -> tuple[int, int] | None:
        try:
            found = path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def same_file(*_: Any) -> None:
        if opened and identity() != opened[0]:
            raise Unavailable(
                f"数据库文件 {path} 已被删除或替换", hint="put the file back, or start again: quantgpt up"
            )
        if (
            not opened and not path.exists()
        ):  # nobody else reads addresses and prompts; SQLite gives its side files the same mode
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))

    def remember(*_: Any) -> None:
        if not opened and (found := identity()) is not None:
            opened.append(found)

    def explain(context: Any) -> None:
        fault = context.original_exception
        if isinstance(fault, sqlite3.DatabaseError) and _is_damage(fault):
            raise Unavailable(
                f"数据库文件已损坏：{path}", hint="move the file away or restore a backup, then: quantgpt up"
            ) from fault

    for engine in engines:
        event.listen(engine, "do_connect", same_file)
        event.listen(engine, "connect", remember)
        event.listen(engine, "begin", same_file, insert=True)
        event.listen(engine, "handle_error", explain)


def _is_damage(fault: sqlite3.DatabaseError) -> bool:
    return (getattr(fault, "sqlite_errorcode", 0) & 0xFF) in (_CORRUPT, _NO_DATABASE)


@contextmanager
def database_faults() -> Iterator[None]:
    """Turn "the database is away, locked or full" into our errors."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("数据库繁忙，请稍后再试", retry_after_seconds=2) from error
    except OperationalError as error:
        text = str(error.orig)
        if "is full" in text or "No space left" in text or "disk I/O error" in text:
            raise DiskFull("磁盘空间不足，未写入任何内容", hint="free some space, then try again") from error
        raise Unavailable(
            "数据库暂不可用，请稍后再试", retry_after_seconds=2, hint=text.splitlines()[0][:200]
        ) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("数据库连接中断，请稍后再试", retry_after_seconds=2) from error
        raise
