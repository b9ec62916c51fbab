"""A home with the demo market and one agent on standard input and output."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests._rig import lend_demo, make_app
from tests.mcp._agents import Agent, stdio_agent

from quantgpt.faces.rest.app import create_api


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo market."""
    folder = tmp_path_factory.mktemp("agent")
    lend_demo(make_app(folder))
    return folder


@pytest.fixture(scope="session")
def agent(home: Path) -> Iterator[Agent]:
    """An agent; its server has started a worker once a job was asked for."""
    with stdio_agent(home) as made:
        yield made


@pytest.fixture(scope="session")
def rest(home: Path) -> Iterator[TestClient]:
    """The interface over the same home."""
    with TestClient(create_api(make_app(home)), base_url="http://127.0.0.1:8003") as client:
        yield client
