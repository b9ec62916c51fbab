"""The server over HTTP: who is let in, whose jobs are whose, the real client against a real process."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS
from starlette.requests import Request
from starlette.testclient import TestClient
from tests._rig import free_port, make_app, wait_until
from tests.mcp._agents import Agent, environment, http_agent
from tests.mcp._hostile import HELLO, frames

from quantgpt.faces.mcp.alone import alone
from quantgpt.faces.rest.access import caller_of
from quantgpt.faces.rest.limits import Submissions
from quantgpt.services._base import App
from quantgpt.services.accounts import token_for

ACCEPT = {"Accept": "application/json, text/event-stream"}
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
SESSION = "mcp-session-id"


def _client(app: App, host: str = "127.0.0.1:8003", transport: str = "streamable-http") -> TestClient:
    def authenticate(request: Request) -> str:
        return caller_of(request, request.app.state.rest).id

    made = alone(app, transport, authenticate, Submissions(app).admit)
    return TestClient(made, base_url=f"http://{host}", headers=ACCEPT)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[TestClient]:
    """A server in local mode."""
    with _client(make_app(tmp_path)) as client:
        yield client


def _says(answer: httpx2.Response, status: int, word: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert word in answer.text


def test_the_address_has_two_spellings_and_no_redirect(local: TestClient) -> None:
    for path in ("/mcp", "/mcp/"):
        _says(local.post(path, json=HELLO, follow_redirects=False), 200, '"serverInfo":{"name":"quantgpt"')
    _says(local.post("/mcp/else", json=HELLO), 404)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8003", "evil.example:8003", ""])
def test_another_name_is_misdirected(local: TestClient, host: str) -> None:
    _says(local.post("/mcp", json=HELLO, headers={"Host": host}), 421)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://[::1"])
def test_the_page_of_another_site_is_refused(local: TestClient, origin: str) -> None:
    _says(local.post("/mcp", json=HELLO, headers={"Origin": origin}), 403)


def test_our_own_page_is_not(local: TestClient) -> None:
    _says(local.post("/mcp", json=HELLO, headers={"Origin": "http://127.0.0.1:8003"}), 200)


@pytest.mark.parametrize("token", ["Bearer nonsense", "Basic eA==", "Bearer "])
def test_a_token_that_is_present_is_checked(local: TestClient, token: str) -> None:
    answer = local.post("/mcp", json=HELLO, headers={"Authorization": token})
    _says(answer, 401, "Token")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_body_has_a_limit(local: TestClient) -> None:
    body = {**LIST, "params": {"cursor": "x" * 1_100_000}}
    _says(local.post("/mcp", json=body), 413)
    _says(local.post("/mcp", content=b"\x00\xff\xfe", headers={"Content-Type": "application/json"}), 400)


def test_with_accounts_nobody_comes_in_without_a_token(tmp_path: Path) -> None:
    with _client(make_app(tmp_path, auth="required"), "any.name") as client:
        _says(client.post("/mcp", json=HELLO), 401, "未提供认证信息")
        _says(client.get("/mcp"), 401)
        _says(client.delete("/mcp", headers={SESSION: "0" * 32}), 401)
        _says(client.post("/mcp?token=x", json=HELLO), 401)


@pytest.mark.parametrize("count", [pytest.param(100), pytest.param(1000, marks=pytest.mark.soak)])
def test_whatever_comes_in_the_session_goes_on(local: TestClient, count: int) -> None:
    head = {SESSION: str(local.post("/mcp", json=HELLO).headers[SESSION]), "Content-Type": "application/json"}
    answers = [local.post("/mcp", content=frame, headers=head) for frame in frames(count, count)]
    assert max(answer.status_code for answer in answers) < 500
    assert any(answer.status_code == 400 for answer in answers)
    _says(local.post("/mcp", json=LIST, headers=head), 200, "run_backtest")


@pytest.mark.parametrize(("method", "path"), [("GET", "/sse"), ("POST", "/messages/?session_id=0"), ("GET", "/else")])
def test_the_legacy_transport_has_the_same_door(tmp_path: Path, method: str, path: str) -> None:
    with _client(make_app(tmp_path), transport="sse") as client:
        for headers, status in (
            ({"Host": "evil.example"}, 421),
            ({"Origin": "http://evil.example"}, 403),
            ({"Authorization": "Bearer nonsense"}, 401),
        ):
            _says(client.request(method, path, headers=headers), status)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _opened(client: TestClient, token: str) -> str:
    answer = client.post("/mcp", json=HELLO, headers=_bearer(token))
    _says(answer, 200)
    return str(answer.headers[SESSION])


def test_a_session_belongs_to_the_user_who_opened_it(tmp_path: Path) -> None:
    app = make_app(tmp_path, auth="required")
    hers, his = (token_for(app, f"{name}@example.com") for name in ("ann", "bob"))
    with _client(app) as client:
        session = _opened(client, hers)
        _says(client.post("/mcp", json=LIST, headers={**_bearer(hers), SESSION: session}), 200, "run_backtest")
        _says(client.post("/mcp", json=LIST, headers={**_bearer(his), SESSION: session}), 404)
        _says(client.delete("/mcp", headers={**_bearer(his), SESSION: session}), 404)
        _says(client.post("/mcp", json=LIST, headers={**_bearer(hers), SESSION: "0" * 32}), 404)
        _says(client.post("/mcp", json=LIST, headers={**_bearer(hers), SESSION: session}), 200)


def _call(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def test_a_user_submits_as_often_as_over_the_interface(tmp_path: Path, home: Path) -> None:
    app = make_app(tmp_path, auth="required", rate_limit=2)
    app.settings.market_folder.symlink_to(home / "market")
    token = token_for(app, "ann@example.com")
    with _client(app) as client:
        head = {**_bearer(token), SESSION: _opened(client, token)}
        for tool in ("run_backtest", "score_factor"):
            answer = client.post("/mcp", json=_call(tool, expression="close", wait_seconds=0), headers=head)
            _says(answer, 200, "pending")
        refused = client.post("/mcp", json=_call("score_factor", expression="close", wait_seconds=0), headers=head)
        _says(refused, 200, "请求过于频繁")
        assert "retry_after_seconds" in refused.text
        _says(client.post("/mcp", json=_call("validate_expression", expression="close"), headers=head), 200, "OK: ")


@pytest.fixture(scope="module")
def server(home: Path, agent: Agent) -> Iterator[str]:
    """The address of a server process that asks for tokens. The agent's worker does its jobs."""
    assert agent.result("generate_factor", description="close", expression_only=True)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "quantgpt", "--transport", "streamable-http", "--port", str(port)],
        env=environment(home, QUANTGPT_AUTH="required"),
    )
    address = f"http://127.0.0.1:{port}/mcp"
    wait_until(lambda: _answers(address), 60)
    yield address
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address).status_code == 401
    except httpx2.TransportError:
        return False


def test_users_see_their_own_jobs_only(server: str, home: Path, agent: Agent) -> None:
    app = make_app(home)
    hers, his = (token_for(app, f"{name}@example.com") for name in ("ann", "bob"))
    ask: dict[str, Any] = {"expression": "rank(-returns)", "start_date": "2024-01-01", "end_date": "2024-12-31"}
    with http_agent(server, hers) as ann, http_agent(server, his, mode="legacy") as bob:
        found = ann.result("run_backtest", **ask)
        assert ann.progress[-1] == (100, 100)
        assert found["report_path"] == found["report_url"], "no path of the server's disk"
        assert str(home) not in str(found)
        for tool in ("get_job", "cancel_job"):
            error = bob.error(tool, job_id=found["job_id"])
            assert (error["kind"], error["error"]) == ("not_found", "没有这个任务")
        for agent_of, there in ((ann, True), (bob, False), (agent, False)):
            assert _is_readable(agent_of, found["result_resource"]) is there
            assert _is_readable(agent_of, found["report_resource"]) is there
        same = bob.result("run_backtest", **ask)
        local = agent.result("run_backtest", **ask)
        for name in ("metrics", "backtest_summary", "anti_overfit", "params"):
            assert found[name] == same[name] == local[name]


def _is_readable(agent: Agent, uri: str) -> bool:
    try:
        return bool(agent.ask("read_resource", uri).contents[0].text)
    except MCPError as error:
        if error.error.code != INVALID_PARAMS:
            raise
        return False


def test_a_job_outlives_the_client_that_asked_for_it(server: str, home: Path) -> None:
    token = token_for(make_app(home), "ann@example.com")
    with http_agent(server, token) as first:
        asked = first.result("run_backtest", expression="rank(high - low)", wait_seconds=0)
    with http_agent(server, token) as second:
        assert second.result("get_job", job_id=asked["job_id"])["status"] == "completed"
