"""One server with a warm worker on the demo market, shared by all tests of the wire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests._rig import lend_demo, make_app, working

from quantgpt.faces.rest.app import create_api
from quantgpt.services._base import App

BASE = "http://127.0.0.1:8003"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The App behind the server."""
    app = lend_demo(make_app(tmp_path_factory.mktemp("wire") / "home"))
    with working(app, warm=True):
        yield app
    app.records.close()


@pytest.fixture(scope="session")
def client(served: App) -> Iterator[TestClient]:
    """A client on this machine."""
    with TestClient(create_api(served), base_url=BASE) as opened:
        yield opened


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[App]:
    """An App on the demo market without a worker."""
    app = lend_demo(make_app(tmp_path / "home"))
    yield app
    app.records.close()
