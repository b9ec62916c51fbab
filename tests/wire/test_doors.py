"""Who gets in, what else the server serves, and with which headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from quantgpt.bootstrap import ensure_access
from quantgpt.faces.rest import site
from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.errors import Unavailable
from quantgpt.foundations.settings import load_settings
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"


@pytest.mark.parametrize("host", ["127.0.0.1:8003", "localhost:9000", "[::1]:8003", "localhost"])
def test_this_machine_needs_no_token(client: TestClient, host: str) -> None:
    assert client.get(f"{API}/tasks", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8003", "localhost.evil.example", ""]
)
def test_another_host_name_is_refused(client: TestClient, host: str) -> None:
    assert client.get(f"{API}/tasks", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1234", "http://127.0.0.1:8003.evil"]
)
def test_a_page_of_another_site_is_refused_and_gets_no_cors_header(client: TestClient, origin: str) -> None:
    answer = client.post(f"{API}/auto_backtest", json={"prompt": "close"}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]
    preflight = client.options(f"{API}/auto_backtest", headers={"Origin": origin})
    assert preflight.status_code == 405
    assert not [name for name in preflight.headers if name.startswith("access-control")]


def test_our_own_page_is_served(client: TestClient) -> None:
    answer = client.get(f"{API}/tasks", headers={"Origin": "http://127.0.0.1:8003"})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_an_image_on_another_site_cannot_read(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert client.get(f"{API}/tasks", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path", ["/tasks", "/tasks/x/stream", "/reports/backtest_report_x.html", "/operators", "/market"]
)
def test_a_token_that_is_present_is_checked(client: TestClient, path: str) -> None:
    by_header = client.get(API + path, headers={"Authorization": "Bearer abc"})
    by_query = client.get(f"{API}{path}?token=abc")
    for answer in (by_header, by_query):
        assert (answer.status_code, answer.json()["detail"]) == (401, "无效的 Token")
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("settings", [{"auth": "required"}, {"host": "0.0.0.0"}, {"host": "192.168.1.5"}])
def test_a_server_for_others_refuses_a_key_that_nobody_should_trust(tmp_path: Path, settings: dict[str, Any]) -> None:
    for key in ("short", "change-me-change-me-change-me-change-me"):
        with pytest.raises(Unavailable, match="拒绝启动"):
            ensure_access(load_settings(home=tmp_path, jwt_secret=key, **settings))
    ensure_access(load_settings(home=tmp_path, **settings))
    assert (tmp_path / "secrets" / "jwt").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.5"])
def test_loopback_starts(tmp_path: Path, host: str) -> None:
    ensure_access(load_settings(home=tmp_path, host=host, jwt_secret="short"))


def test_a_required_token_is_required(idle: App) -> None:
    app = App(settings=idle.settings.model_copy(update={"auth": "required"}), clock=idle.clock)
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as client:
        answer = client.get(f"{API}/tasks")
        assert (answer.status_code, answer.json()["detail"]) == (401, "未提供认证信息")
        assert client.get(f"{API}/health").status_code == 200
    app.records.close()


def test_health_counts_tasks_and_waits_for_nothing(client: TestClient) -> None:
    body = client.get(f"{API}/health", headers={"Host": "anything"}).json()
    assert (body["status"], set(body)) == ("ok", {"status", "active_tasks", "total_tasks"})


def test_ready_names_every_part(client: TestClient) -> None:
    answer = client.get(f"{API}/health/ready")
    assert answer.status_code == 200
    assert {name: check["ok"] for name, check in answer.json()["checks"].items()} == {
        "database": True,
        "market": True,
        "workers": True,
    }


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/api/v1/health", "/api/v1/nothing", "/api/v1/tasks/x"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "server" not in headers


def test_the_schema_speaks_of_400_and_never_of_422(client: TestClient) -> None:
    schema = client.get(f"{API}/openapi.json").json()
    operations = [how for path in schema["paths"].values() for how in path.values()]
    assert operations
    for how in operations:
        assert "422" not in how["responses"]
        assert "400" in how["responses"]
    for path in ("auto_backtest", "tasks", "tasks/{task_id}", "tasks/{task_id}/stream", "reports/{filename}", "health"):
        assert f"{API}/{path}" in schema["paths"]


def test_unknown_addresses_below_api_are_json(client: TestClient) -> None:
    for path in ("/api", "/api/", "/api/v1/nothing", "/api/v2/tasks"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["detail"]) == (404, "接口不存在")


def test_wrong_methods_are_refused_in_our_shape(client: TestClient) -> None:
    answer = client.delete(f"{API}/tasks")
    assert (answer.status_code, answer.json()["detail"]) == (405, "不支持的请求方法")


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page, and a file outside of it."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>page")
    (folder / "assets" / "a.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(site, "STATIC", folder)
    return folder


def test_the_page_answers_every_address_of_its_own(client: TestClient, built: Path) -> None:
    assert built.is_dir()
    for path in ("/", "/runs/abc", "/settings?x=1", "/a.b.c"):
        assert client.get(path).text == "<!doctype html>page"
    asset = client.get("/assets/a.js")
    assert (asset.text, "immutable" in asset.headers["cache-control"]) == ("1", True)
    assert client.get("/assets/missing.js").status_code == 404


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/link", "/%2fetc/passwd", "/%00"]
)
def test_no_file_outside_the_build_is_served(client: TestClient, built: Path, path: str) -> None:
    assert built.is_dir()
    assert "secret" not in client.get(path).text


def test_a_missing_build_is_said(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "STATIC", tmp_path)
    assert "网页尚未构建" in client.get("/").text


def test_operators_fields_and_universes_are_listed(client: TestClient) -> None:
    body = client.get(f"{API}/operators").json()
    names = {row["name"] for row in body["operators"]}
    assert {"rank", "ts_mean", "ts_corr", "decay_linear", "where"} <= names
    assert {"close", "vwap", "cap"} <= {row["name"] for row in body["fields"]}
    universes = client.get(f"{API}/universes").json()
    assert "hs300" in {row["name"] for row in universes["universes"]}
    assert "zz500" in {row["name"] for row in universes["benchmarks"]}


def test_the_market_chip_has_its_facts(client: TestClient) -> None:
    body = client.get(f"{API}/market").json()
    assert (body["market"], body["synthetic"]) == ("demo", True)
    assert body["first_day"] < body["defaults"]["start_date"] < body["defaults"]["end_date"] <= body["last_day"]
    assert client.get(f"{API}/market?market=nothing").status_code == 404


def test_validation_answers_200_either_way(client: TestClient) -> None:
    good = client.post(f"{API}/expressions/validate", json={"expression": "rank(close/ts_mean(close, 20))"})
    bad = client.post(f"{API}/expressions/validate", json={"expression": "rank(clos)"})
    assert (good.status_code, bad.status_code) == (200, 200)
    assert (good.json()["valid"], good.json()["lookahead"], good.json()["error"]) == (True, 0, None)
    error = bad.json()["error"]
    assert (bad.json()["valid"], error["nearest"], error["line"], error["column"]) == (False, "close", 1, 6)
    assert set(good.json()) == set(bad.json())


def test_validation_does_not_count_as_a_submission(idle: App) -> None:
    app = App(settings=idle.settings.model_copy(update={"rate_limit": 1}), clock=idle.clock)
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as client:
        for _ in range(5):
            assert client.post(f"{API}/expressions/validate", json={"expression": "close"}).status_code == 200
    app.records.close()


@pytest.mark.parametrize("path", ["/health", "/tasks", "/operators", "/openapi.json", "/tasks/none", "/nothing"])
def test_head_answers_like_get_without_a_body(client: TestClient, path: str) -> None:
    asked, head = client.get(f"{API}{path}"), client.head(f"{API}{path}")
    assert (head.status_code, head.content) == (asked.status_code, b"")
    assert head.headers["content-type"] == asked.headers["content-type"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/auto_backtest", "POST"),
        ("HEAD", "/auto_backtest", "POST"),
        ("POST", "/tasks", "GET, HEAD"),
        ("DELETE", "/tasks/abc", "GET, HEAD"),
        ("GET", "/tasks/abc/cancel", "POST"),
        ("POST", "/nothing", None),
    ],
)
def test_a_known_address_says_which_methods_it_takes(
    client: TestClient, method: str, path: str, allow: str | None
) -> None:
    answer = client.request(method, f"{API}{path}")
    assert (answer.status_code, answer.headers.get("allow")) == (405 if allow else 404, allow)


def test_a_worker_that_was_killed_does_not_count(idle: App) -> None:
    from quantgpt.services import readiness
    from quantgpt.services.jobs.lifeline import host_id

    idle.records.workers.enter(f"{host_id()}:999999999:1", host=host_id(), pid=999999999, slots=1)
    assert len(idle.records.workers.alive(15)) == 1
    assert readiness.check(idle)["workers"]["ok"] is False
