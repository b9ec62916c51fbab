"""The server over HTTP: who is let in, and to which sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient
from tests._rig import make_app
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
