"""Installations for tests of signed jobs: `installed` on SQLite, `anywhere` on both databases; both lend the demo market."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests._postgres import shared_server
from tests._rig import lend_demo, make_app

from quantgpt.services._base import App


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[App]:
    """An App with the demo market on SQLite."""
    app = lend_demo(make_app(tmp_path / "home"))
    yield app
    app.records.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    """The same on each database."""
    url = None if request.param == "sqlite" else shared_server().database()
    app = lend_demo(make_app(tmp_path / "home", database_url=url))
    yield app
    app.records.close()
