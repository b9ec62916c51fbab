"""The tools at /mcp of the same server as the interface and the page."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient
from tests._rig import free_port, make_app, wait_until
from tests.mcp._agents import environment, http_agent
from tests.mcp._hostile import HELLO
from tests.mcp.test_http import ACCEPT

from quantgpt.faces.mcp.http import StreamableHttp
from quantgpt.faces.rest.app import create_api
from quantgpt.services.accounts import token_for


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The whole server in local mode."""
    app = make_app(tmp_path)

    def tools(authenticate: Callable[[Request], str], admit: Callable[[str, Any], None]) -> StreamableHttp:
        return StreamableHttp(app, authenticate, admit)

    with TestClient(create_api(app, [tools]), base_url="http://127.0.0.1:8003") as made:
        yield made


def test_the_address_goes_to_the_tools_and_not_to_the_page(client: TestClient) -> None:
    for path in ("/mcp", "/mcp/"):
        answer = client.post(path, json=HELLO, headers=ACCEPT, follow_redirects=False)
        assert (answer.status_code, "serverInfo" in answer.text) == (200, True)
        read = client.get(path, follow_redirects=False)
        assert (read.status_code, read.headers["content-type"]) == (400, "application/json")
    assert client.get("/api/v1/health").json()["status"] == "ok"
    assert "/mcp" not in client.get("/api/v1/openapi.json").json()["paths"]


def test_the_door_is_that_of_the_interface(client: TestClient, tmp_path: Path) -> None:
    for headers, status in (
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Authorization": "Bearer x"}, 401),
        ({"X-Forwarded-For": "8.8.8.8"}, 403),
        ({"Authorization": f"Bearer {token_for(make_app(tmp_path), 'ann@example.com')}"}, 200),
    ):
        assert client.post("/mcp", json=HELLO, headers={**ACCEPT, **headers}).status_code == status
    assert client.post("/mcp", content=b" " * 1_100_000, headers=ACCEPT).status_code == 413


def test_one_process_serves_people_and_agents(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    app.records.workers.enter("elsewhere:1:1", host="elsewhere", pid=1, slots=1)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "quantgpt", "--transport", "http", "--port", str(port)], env=environment(tmp_path)
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _is_healthy(address), 60)
        with http_agent(f"{address}/mcp") as agent:
            assert len(agent.ask("list_tools").tools) >= 13
            assert agent.error("list_universes")["kind"] == "unavailable"
            assert agent.error("get_job", job_id="nobodys")["kind"] == "not_found"
            assert [row.id for row in app.records.workers.all()] == ["elsewhere:1:1"], "another's is not doubled"
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0, "an open stream does not hold the server up"
    finally:
        process.kill()


def _is_healthy(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/api/v1/health").status_code == 200
    except httpx2.TransportError:
        return False
