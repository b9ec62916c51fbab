"""Pages of other sites: none may act as whoever sits at this machine, and those with a token may ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient
from tests._rig import make_app
from tests.wire.test_security_owners import RANDOM, WORDS, body_for, operations

from quantgpt.faces.rest.addresses import network_address
from quantgpt.faces.rest.app import create_api
from quantgpt.services import accounts
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"
EVIL = "https://evil.example"
HERE = "http://127.0.0.1:8003"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An App in local mode."""
    made = make_app(tmp_path_factory.mktemp("origins") / "home", auth="local", cors_origins="*")
    yield made
    made.records.close()


def client_of(app: App, **settings: Any) -> TestClient:
    """A client of a server with these settings."""
    made = replace(app, settings=app.settings.model_copy(update=settings))
    made.__dict__["records"] = app.records
    return TestClient(create_api(made), base_url=HERE)


@pytest.fixture(scope="module")
def local(app: App) -> Iterator[TestClient]:
    """A client in local mode."""
    with client_of(app) as opened:
        yield opened


@pytest.fixture(scope="module")
def token(app: App) -> dict[str, str]:
    """A user's header."""
    return {"Authorization": f"Bearer {accounts.token_for(app, 'you@example.com')}"}


def cors_headers(answer: Any) -> dict[str, str]:
    """What the answer allows other sites."""
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control")}


@pytest.mark.parametrize(
    "origin", [EVIL, "null", "http://localhost:5173", "http://127.0.0.1", f"{HERE}.evil.example", "x"]
)
def test_no_other_site_writes_or_reads_without_a_token(local: TestClient, origin: str) -> None:
    tried = 0
    for method, path, how in operations(local):
        address = API + path.format(**{"feedback_id": "0" * 32, **RANDOM, **WORDS})
        answer = local.request(method, address, json=body_for(local, how), headers={"Origin": origin})
        assert not cors_headers(answer), f"{method} {path}"
        if method != "get":
            assert (answer.status_code, answer.json()["detail"]) == (403, "不接受来自其他网站的请求"), (
                f"{method} {path}"
            )
            tried += 1
    assert tried >= 12


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_is_no_request_of_ours(local: TestClient, kind: str) -> None:
    for path in ("/auto_backtest", "/sessions", "/auth/send-code"):
        answer = local.post(API + path, content=b'{"prompt":"close","email":"a@b.cd"}', headers={"Content-Type": kind})
        assert answer.status_code == 400, path


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_preflight_without_a_token_to_come_is_refused(local: TestClient, method: str) -> None:
    for asked in ({}, {"Access-Control-Request-Headers": "content-type"}):
        headers = {"Origin": EVIL, "Access-Control-Request-Method": method, **asked}
        answer = local.options(f"{API}/tasks", headers=headers)
        assert answer.status_code == 403
        assert not cors_headers(answer)


def preflight(client: TestClient, path: str = "/tasks", **changes: str) -> Any:
    """What a browser asks before it sends a request with a token."""
    asked = {
        "Origin": EVIL,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, idempotency-key, last-event-id",
    }
    return client.options(
        API + path, headers=asked | {name.replace("_", "-"): value for name, value in changes.items()}
    )


def test_a_page_with_a_token_may_ask_from_anywhere(local: TestClient, token: dict[str, str]) -> None:
    asked = preflight(local)
    assert asked.status_code == 204
    assert cors_headers(asked) == {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, POST, PATCH, DELETE",
        "access-control-allow-headers": "Content-Type, Authorization, Idempotency-Key, Last-Event-ID",
        "access-control-max-age": "600",
    }
    answer = local.get(f"{API}/tasks", headers={"Origin": EVIL, **token})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "Origin" in answer.headers["vary"]
    written = local.post(f"{API}/sessions", json={"name": "n"}, headers={"Origin": EVIL, **token})
    assert (written.status_code, written.headers["access-control-allow-origin"]) == (201, "*")


def test_a_bad_token_is_told_so_and_does_nothing(local: TestClient) -> None:
    headers = {"Origin": EVIL, "Authorization": "Bearer x.y.z"}
    answer = local.post(f"{API}/sessions", json={"name": "n"}, headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"Access_Control_Request_Method": "PUT"},
        {"Access_Control_Request_Method": "TRACE"},
        {"Access_Control_Request_Headers": "authorization, x-forwarded-for"},
        {"Origin": "null"},
    ],
)
def test_a_preflight_for_more_than_we_take_is_refused(local: TestClient, changes: dict[str, str]) -> None:
    answer = preflight(local, **changes)
    assert answer.status_code == 403
    assert not cors_headers(answer)


def test_a_list_of_origins_is_a_list(app: App, token: dict[str, str]) -> None:
    with client_of(app, cors_origins="https://a.example, https://b.example/") as client:
        for origin, named in (
            ("https://a.example", True),
            ("https://b.example", True),
            (EVIL, False),
            ("https://a.example.evil", False),
        ):
            answer = client.get(f"{API}/tasks", headers={"Origin": origin, **token})
            assert answer.headers.get("access-control-allow-origin") == (origin if named else None)
            assert preflight(client, Origin=origin).status_code == (204 if named else 403)
            assert ("Origin" in answer.headers.get("vary", "")) or not named


def test_where_logins_are_required_a_page_elsewhere_may_log_in(app: App) -> None:
    with client_of(app, auth="required") as client:
        asked = preflight(client, "/auth/send-code", Access_Control_Request_Headers="content-type")
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
        answer = client.post(f"{API}/auth/refresh", json={"refresh_token": "x"}, headers={"Origin": EVIL})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, "*")
        assert client.post(f"{API}/sessions", json={}, headers={"Origin": EVIL}).status_code == 403
        assert preflight(client, "/tasks", Access_Control_Request_Headers="content-type").status_code == 403


def test_our_own_page_is_no_other_site(local: TestClient) -> None:
    answer = local.post(f"{API}/sessions", json={"name": "n"}, headers={"Origin": HERE})
    assert answer.status_code == 201
    assert not cors_headers(answer)


# -- the network address that limits count by ------------------------------------------------------------------


def address(peer: str, forwarded: str | None, trusted: str = "") -> str:
    """The address of a request that came from a peer."""
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return network_address(Request({"type": "http", "client": (peer, 1), "headers": headers}), trusted)


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "counted"),
    [
        ("203.0.113.9", None, "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1, 198.51.100.1", "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1, 198.51.100.1, 10.0.0.3", "10.0.0.0/8", "198.51.100.1"),
        ("10.0.0.2", "10.0.0.4, 10.0.0.3", "10.0.0.0/8", "10.0.0.4"),
        ("10.0.0.2", "", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.9", "198.51.100.1", "10.0.0.2, ::1", "10.0.0.9"),
        ("::1", "2001:db8:1:2:3:4:5:6", "::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::77", None, "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", None, "", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "nonsense,10.0.0.2", "198.51.100.1"),
        ("10.0.0.2", "x" * 500, "10.0.0.2", "x" * 64),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str, forwarded: str | None, trusted: str, counted: str) -> None:
    assert address(peer, forwarded, trusted) == counted
