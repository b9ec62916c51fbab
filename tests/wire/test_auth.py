"""Logging in over the wire: shapes, codes and words of the contract."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests._postgres import shared_server
from tests._rig import make_app
from tests.accounts.conftest import Post, age_calls
from tests.accounts.test_tokens import FORGERIES

from quantgpt.faces.rest.access import REMEMBERED_SECONDS, Door, door_of
from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.errors import Unauthenticated, Unavailable
from quantgpt.services import accounts
from quantgpt.services._base import App, Plugs
from quantgpt.services.tokens import tokens_of

pytestmark = pytest.mark.xdist_group("wire")

AUTH = "/api/v1/auth"
YOU = "you@example.com"


@pytest.fixture(scope="module")
def letters() -> Post:
    """The letters of this module."""
    return Post()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, letters: Post) -> Iterator[App]:
    """A server that requires tokens, on each database."""
    url = shared_server().database() if request.param == "postgresql" else None
    bare = make_app(tmp_path_factory.mktemp("auth") / "home", database_url=url, admin_password="horse")
    bare.records.close()
    required = bare.settings.model_copy(update={"auth": "required"})
    made = replace(bare, settings=required, plugs=Plugs(mailer=lambda _: letters))
    yield made
    made.records.close()


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    """A client of it."""
    with TestClient(create_api(app), base_url="http://quant.example") as opened:
        yield opened


def bearer(token: str) -> dict[str, str]:
    """The header for a token."""
    return {"Authorization": f"Bearer {token}"}


def log_in(client: TestClient, app: App, letters: Post, email: str = YOU) -> dict[str, Any]:
    """The answer to a right code."""
    age_calls(app, 86_401)
    assert client.post(f"{AUTH}/send-code", json={"email": email}).status_code == 200
    answer = client.post(f"{AUTH}/verify-code", json={"email": email, "code": letters.code(email)})
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def test_a_code_is_sent_and_answers_as_the_contract_says(client: TestClient, app: App, letters: Post) -> None:
    age_calls(app, 86_401)
    answer = client.post(f"{AUTH}/send-code", json={"email": f" {YOU.upper()} "})
    assert (answer.status_code, answer.json()) == (200, {"message": "验证码已发送", "expires_in": 300})
    assert letters.letters[-1][0] == YOU
    again = client.post(f"{AUTH}/send-code", json={"email": YOU})
    assert again.status_code == 429
    seconds = re.fullmatch(r"发送过于频繁，请 (\d+) 秒后重试", again.json()["detail"])
    assert seconds
    assert again.headers["retry-after"] == seconds[1]


def test_a_right_code_gives_tokens_and_the_user(client: TestClient, app: App, letters: Post) -> None:
    body = log_in(client, app, letters)
    assert set(body) == {"access_token", "refresh_token", "token_type", "user"}
    assert body["token_type"] == "bearer"
    assert {"id", "email", "created_at"} <= set(body["user"])
    assert body["user"]["email"] == YOU
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", body["user"]["created_at"])
    me = client.get(f"{AUTH}/me", headers=bearer(body["access_token"]))
    assert me.status_code == 200
    assert {name: me.json()[name] for name in body["user"]} == body["user"]
    assert (me.json()["is_admin"], me.json()["is_local"]) == (False, False)


def test_a_refresh_token_gives_an_access_token_and_no_more(client: TestClient, app: App, letters: Post) -> None:
    body = log_in(client, app, letters)
    fresh = client.post(f"{AUTH}/refresh", json={"refresh_token": body["refresh_token"]})
    assert (fresh.status_code, set(fresh.json())) == (200, {"access_token", "token_type"})
    assert client.get(f"{AUTH}/me", headers=bearer(fresh.json()["access_token"])).json()["email"] == YOU
    for token in (body["access_token"], "x", ""):
        answer = client.post(f"{AUTH}/refresh", json={"refresh_token": token})
        assert (answer.status_code, answer.json()["detail"]) == (401, "无效的 refresh token")


def test_wrong_codes_are_counted_down_and_then_stopped(client: TestClient, app: App, letters: Post) -> None:
    age_calls(app, 86_401)
    client.post(f"{AUTH}/send-code", json={"email": YOU})
    wrong = str(100_000 + (int(letters.code(YOU)) + 1) % 900_000)
    said = [client.post(f"{AUTH}/verify-code", json={"email": YOU, "code": wrong}) for _ in range(6)]
    assert [answer.status_code for answer in said] == [400] * 5 + [429]
    assert [answer.json()["detail"] for answer in said[:5]] == [f"验证码错误，还可尝试 {n} 次" for n in (4, 3, 2, 1, 0)]
    assert {answer.json()["code"] for answer in said[:5]} == {"WrongCode"}
    assert int(said[5].headers["retry-after"]) >= 1
    gone = client.post(f"{AUTH}/verify-code", json={"email": "nobody@example.com", "code": "123456"})
    assert (gone.status_code, gone.json()["code"], gone.json()["field"]) == (400, "CodeGone", "code")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("send-code", {"email": "you"}, 400),
        ("send-code", {}, 400),
        ("send-code", {"email": 1}, 400),
        ("send-code", {"email": None}, 400),
        ("send-code", {"email": ["you@example.com"]}, 400),
        ("send-code", [], 400),
        ("verify-code", {"email": "nobody@example.com", "code": "123456"}, 400),
        ("verify-code", {"email": "nobody@example.com", "code": 123456}, 400),
        ("verify-code", {"email": "nobody@example.com"}, 400),
        ("refresh", {}, 400),
        ("refresh", {"refresh_token": "a" * 20_000}, 401),
    ],
)
def test_bad_bodies_are_told_in_one_line(client: TestClient, path: str, body: Any, status: int) -> None:
    answer = client.post(f"{AUTH}/{path}", json=body)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)
    assert "\n" not in answer.json()["detail"]


def test_logging_out_ends_every_token_on_all_devices(client: TestClient, app: App, letters: Post) -> None:
    first, second = log_in(client, app, letters), log_in(client, app, letters)
    assert client.post(f"{AUTH}/logout", headers=bearer(first["access_token"])).json() == {"message": "已退出登录"}
    for token in (first["access_token"], second["access_token"]):
        answer = client.get(f"{AUTH}/me", headers=bearer(token))
        assert (answer.status_code, answer.json()["detail"]) == (401, "无效的 Token")
    assert client.post(f"{AUTH}/refresh", json={"refresh_token": second["refresh_token"]}).status_code == 401
    again = log_in(client, app, letters)
    assert client.get(f"{AUTH}/me", headers=bearer(again["access_token"])).status_code == 200
    admin = client.post(f"{AUTH}/logout", headers=bearer(tokens_of(app).admin()))
    assert (admin.status_code, admin.json()["detail"]) == (401, "无效的 Token 类型")


def test_who_is_shut_out_is_out_within_seconds(app: App) -> None:
    now = [100.0]
    door = Door(app, lambda: now[0])
    user = app.records.accounts.ensure("shut@example.com")
    token = accounts.token_for(app, user.email)
    caller = door.user(token)
    app.records.accounts.set_active(user.id, False)
    assert door.user(token) == caller
    assert REMEMBERED_SECONDS <= 5
    now[0] += REMEMBERED_SECONDS
    with pytest.raises(Unauthenticated, match="用户不存在或已禁用"):
        door.user(token)
    assert not door.still_admits(caller)
    app.records.accounts.set_active(user.id, True)
    door.forget(user.id)
    assert door.still_admits(caller)


def test_a_refused_mail_is_503_and_can_be_asked_for_again(client: TestClient, app: App, letters: Post) -> None:
    age_calls(app, 86_401)
    letters.broken = True
    for _ in range(2):
        answer = client.post(f"{AUTH}/send-code", json={"email": YOU})
        assert (answer.status_code, answer.json()["detail"]) == (503, "验证码邮件发送失败，请稍后再试")
        assert "retry-after" in answer.headers
    letters.broken = False
    assert client.post(f"{AUTH}/send-code", json={"email": YOU}).status_code == 200


def test_a_mail_server_that_hangs_keeps_nobody_else_waiting(app: App) -> None:
    go_on, waiting = threading.Event(), threading.Semaphore(0)

    class Slow:
        def send(self, to: str, subject: str, text: str) -> None:
            waiting.release()
            assert go_on.wait(60)

    age_calls(app, 86_401)
    slow = replace(app, plugs=Plugs(mailer=lambda _: Slow()))
    with TestClient(create_api(slow), base_url="http://quant.example") as client, ThreadPoolExecutor(50) as pool:
        letters = [
            pool.submit(client.post, f"{AUTH}/send-code", json={"email": f"slow{number}@example.com"})
            for number in range(45)
        ]
        for _ in range(8):
            assert waiting.acquire(timeout=30)
        answer = client.get(f"{AUTH}/me", headers=bearer(accounts.token_for(app, YOU)))
        assert answer.status_code == 200
        assert not any(letter.done() for letter in letters)
        go_on.set()
        assert {letter.result(60).status_code for letter in letters} == {200}
    slow.records.close()


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic eW91OnB3", "Token abc", "bearer abc", "abc", "Bearer a b"]
)
def test_a_header_without_a_good_token_is_refused(client: TestClient, header: str) -> None:
    answer = client.get("/api/v1/tasks", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["detail"]) == (401, "无效的 Token")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_every_forgery_gets_the_same_answer(client: TestClient) -> None:
    tokens = [made() for made in FORGERIES.values()]
    sent = [client.get("/api/v1/tasks", headers=bearer(token)) for token in tokens if token.isascii()]
    assert len(sent) >= 40
    assert {(answer.status_code, answer.content) for answer in sent} == {(401, sent[0].content)}
    assert {answer.json()["detail"] for answer in sent} == {"无效的 Token"}


def test_the_address_takes_a_token_on_streams_and_reports_only(client: TestClient, app: App) -> None:
    token = accounts.token_for(app, YOU)
    for path in ("/tasks/0123456789ab/stream", "/reports/backtest_report_0123456789ab_0a0b0c0d.html"):
        assert client.get(f"/api/v1{path}?token={token}").status_code == 404
        assert client.get(f"/api/v1{path}?token={token}x").status_code == 401
        assert client.get(f"/api/v1{path}?token=").status_code == 401
        other = accounts.token_for(app, "other@example.com")
        assert client.get(f"/api/v1{path}?token={token}", headers=bearer(other)).status_code == 401
    for method, path in (
        ("GET", "/tasks"),
        ("GET", "/auth/me"),
        ("POST", "/auto_backtest"),
        ("GET", "/tasks/0123456789ab"),
    ):
        answer = client.request(method, f"/api/v1{path}?token={token}", json={"prompt": "close"})
        assert (answer.status_code, answer.json()["detail"]) == (401, "无效的 Token")


# -- on this machine -------------------------------------------------------------------------------------------


@pytest.fixture
def local(app: App) -> Iterator[TestClient]:
    """A client of the same server in local mode."""
    made = replace(app, settings=app.settings.model_copy(update={"auth": "local"}))
    with TestClient(create_api(made), base_url="http://127.0.0.1:8003") as opened:
        yield opened
    made.records.close()


def test_on_this_machine_nobody_needs_to_log_in_and_everybody_may(local: TestClient, app: App) -> None:
    me = local.get(f"{AUTH}/me").json()
    assert (me["is_local"], me["is_admin"]) == (True, True)
    named = local.get(f"{AUTH}/me", headers=bearer(accounts.token_for(app, YOU))).json()
    assert (named["email"], named["is_local"], named["is_admin"]) == (YOU, False, False)
    assert local.get(f"{AUTH}/me", headers=bearer("x.y.z")).status_code == 401
    assert local.post(f"{AUTH}/logout").status_code == 200
    assert local.get(f"{AUTH}/me").status_code == 200


def test_the_local_user_is_administrator_and_a_user_is_none(local: TestClient, app: App) -> None:
    assert local.get("/api/v1/admin/overview").status_code == 200
    answer = local.get("/api/v1/admin/overview", headers=bearer(accounts.token_for(app, YOU)))
    assert (answer.status_code, answer.json()["detail"]) == (403, "需要管理员权限")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host"])
def test_what_a_proxy_hands_on_does_not_come_from_this_machine(local: TestClient, header: str) -> None:
    answer = local.get("/api/v1/tasks", headers={header: "203.0.113.9"})
    assert (answer.status_code, answer.json()["detail"]) == (403, "经由代理的请求需要登录")


def test_the_door_is_one_for_a_server(local: TestClient) -> None:
    local.get(f"{AUTH}/me")
    request: Any = type("R", (), {"app": local.app})
    assert door_of(request) is door_of(request)


def test_no_way_to_send_letters_is_said(app: App) -> None:
    deaf = replace(app, plugs=Plugs())
    with TestClient(create_api(deaf), base_url="http://quant.example") as opened:
        answer = opened.post(f"{AUTH}/send-code", json={"email": YOU})
    assert (answer.status_code, answer.json()["detail"]) == (503, "邮件服务未配置，无法发送验证码")
    with pytest.raises(Unavailable):
        accounts.send_code(deaf, YOU, "192.0.2.1")
    deaf.records.close()
