"""Every test of the records runs on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests._postgres import PostgresServer, binaries

from quantgpt.records import Records, open_records


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL."""
    if binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("the PostgreSQL binaries of the dev group are not installed")
        pytest.skip("the PostgreSQL binaries of the dev group are not installed")
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str | None:
    """Address of an empty database."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres").database()


@pytest.fixture
def records(url: str | None, tmp_path: Path) -> Iterator[Records]:
    """A migrated database."""
    opened = open_records(url, tmp_path)
    opened.migrate()
    yield opened
    opened.close()
