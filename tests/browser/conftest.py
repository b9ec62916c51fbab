"""One installation for the browser tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.browser._rig import installation


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running installation with a demo market of its own."""
    with installation(tmp_path_factory.mktemp("home")) as base:
        yield base
