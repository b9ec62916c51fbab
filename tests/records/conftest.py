"""Every test of the records runs on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests._postgres import shared_server

from quantgpt.records import Records, open_records


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str | None:
    """Address of an empty database."""
    return None if request.param == "sqlite" else shared_server().database()


@pytest.fixture
def records(url: str | None, tmp_path: Path) -> Iterator[Records]:
    """A migrated database."""
    opened = open_records(url, tmp_path)
    opened.migrate()
    yield opened
    opened.close()
