"""Apps and workers for fault tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests._rig import make_app, working

from quantgpt.services._base import App


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A fresh App without a worker."""
    made = make_app(tmp_path / "home")
    yield made
    made.records.close()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An App with a worker of two slots, shared by the tests of a module."""
    made = make_app(tmp_path_factory.mktemp("busy") / "home")
    with working(made):
        yield made
    made.records.close()
