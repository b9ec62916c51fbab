"""Migrations, engines, users, reports, workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from quantgpt.foundations.errors import BadRequest, Unavailable
from quantgpt.records import LOCAL_ADMIN, NewJob, Records, open_records
from quantgpt.records.engine import database_address, database_faults
from quantgpt.records.migrate import MIGRATIONS
from quantgpt.records.schema import HEAD, metadata

pytestmark = pytest.mark.xdist_group("records")


def test_the_migrations_make_exactly_the_tables_we_describe(records: Records) -> None:
    with records.writer.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_is_the_one_we_check_for() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [HEAD]


def test_migrating_twice_changes_nothing(records: Records) -> None:
    assert records.revision() == HEAD
    assert records.migrate() == HEAD


def test_an_empty_database_has_no_revision(url: str | None, tmp_path: Path) -> None:
    empty = open_records(url, tmp_path / "empty")
    try:
        assert empty.revision() is None
    finally:
        empty.close()


def test_the_local_admin_comes_with_the_first_migration(records: Records) -> None:
    user = records.users.get(LOCAL_ADMIN)
    assert user is not None
    assert (user.is_admin, user.is_active) == (True, True)
    assert records.users.get("nobody") is None


def test_a_report_belongs_to_the_result_that_brought_it(records: Records) -> None:
    for name in ("a", "b", "c"):
        records.jobs.submit(NewJob(id=name, operation="test", owner_id=LOCAL_ADMIN, ask="{}"))
        records.attempts.claim("w", 15)
        records.attempts.succeed(
            name, 1, stage="completed", outcome="{}", outcome_hash="x", facts="{}", reports=(f"{name}.html",)
        )
    assert records.reports.surplus(LOCAL_ADMIN, 2) == ["a.html"]
    records.reports.drop(["a.html"])
    row = records.reports.get("a.html")
    assert row is not None
    assert (row.kept, row.job_id) == (False, "a")
    records.reports.kept_again("a.html")
    assert records.reports.surplus(LOCAL_ADMIN, 2) == ["b.html"]
    assert records.reports.get("x.html") is None


def test_a_stale_attempt_brings_no_report(records: Records) -> None:
    records.jobs.submit(NewJob(id="a", operation="test", owner_id=LOCAL_ADMIN, ask="{}"))
    assert not records.attempts.succeed(
        "a", 1, stage="c", outcome="{}", outcome_hash="x", facts="{}", reports=("a.html",)
    )
    assert records.reports.get("a.html") is None


def test_workers_come_live_and_go(records: Records) -> None:
    records.workers.enter("w", host="h", pid=1, slots=2)
    assert records.workers.seen("w")
    assert len(records.workers.alive(10)) == 1
    assert [row.id for row in records.workers.all()] == ["w"]
    records.workers.leave("w")
    assert not records.workers.seen("w")
    assert records.workers.alive(10) == []


def test_nobody_else_reads_the_file(tmp_path: Path) -> None:
    opened = open_records(None, tmp_path)
    opened.migrate()
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("quantgpt.db*")}
    opened.close()
    assert modes.pop("quantgpt.db") == 0o600
    assert set(modes.values()) <= {0o600}


def test_the_reader_cannot_write(records: Records) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"), records.reader.begin() as connection:
        connection.execute(text("DELETE FROM users"))


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+psycopg"),
        ("postgres://u:p@h/d", "postgresql+psycopg"),
        ("sqlite+aiosqlite:////x/y.db", "sqlite"),
        (None, "sqlite"),
    ],
)
def test_addresses_are_rewritten_to_our_drivers(given: str | None, driver: str) -> None:
    assert database_address(given, Path("/home")).drivername == driver


@pytest.mark.parametrize("given", ["mysql://u@h/d", "not an address", "sqlite://", "://"])
def test_other_databases_are_refused(given: str) -> None:
    with pytest.raises(BadRequest, match="DATABASE_URL"):
        database_address(given, Path("/home"))


def test_a_database_that_is_away_is_unavailable(tmp_path: Path) -> None:
    away = open_records("postgresql://u:p@127.0.0.1:1/d", tmp_path)
    with pytest.raises(Unavailable):
        away.check()
    away.close()


def test_a_full_disk_is_told_as_such() -> None:
    from quantgpt.foundations.errors import DiskFull

    with pytest.raises(DiskFull), database_faults():
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "quantgpt.db").write_bytes(b"no database at all, " * 500)
    opened = open_records(None, tmp_path)
    for ask in (opened.check, opened.revision, opened.migrate):
        with pytest.raises(Unavailable, match="数据库文件已损坏") as caught:
            ask()
        assert "quantgpt.db" in caught.value.message
    opened.close()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_deleted_under_a_server_is_noticed(tmp_path: Path, replaced: bool) -> None:
    opened = open_records(None, tmp_path)
    opened.migrate()
    opened.close()
    opened = open_records(None, tmp_path)
    opened.check()
    path = tmp_path / "quantgpt.db"
    path.rename(tmp_path / "old.db")
    if replaced:
        path.touch()
    with pytest.raises(Unavailable, match="已被删除或替换"):
        opened.check()
    with pytest.raises(Unavailable, match="已被删除或替换"):
        opened.jobs.submit(NewJob(id="a", operation="test", owner_id=LOCAL_ADMIN, ask="{}"))
    assert path.exists() is replaced
    (tmp_path / "old.db").rename(path)
    opened.check()
    opened.close()
