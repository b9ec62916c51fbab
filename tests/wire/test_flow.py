"""The API document, walked from its first line to its last, on both databases."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests._postgres import shared_server
from tests._rig import finished, lend_demo, make_app, working
from tests.wire import _document as document
from tests.wire._events import parse
from tests.wire._people import API
from tests.workspace import _pictures as pictures

from quantgpt.connectors.notifiers.mail import mailbox
from quantgpt.faces.rest.app import create_api
from quantgpt.services._base import App, Plugs

pytestmark = pytest.mark.xdist_group("wire")

BASE = "http://127.0.0.1:8003"
PASSWORD = "a password for tests"
SPAN = {"start_date": "2024-07-01", "end_date": "2025-06-30"}


class Walk:
    """One reader of the document on one server, and what they have got so far."""

    def __init__(self, app: App, client: TestClient) -> None:
        self.app = app
        self.client = client
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, status: int, example: object = None, **more: Any) -> Any:
        """Send a request; the status and the shape of the answer are those of the document."""
        answer = self.client.request(
            method, f"{API}{path}", headers={**self.headers, **more.pop("headers", {})}, **more
        )
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        if example is not None:
            assert document.unlike(example, answer.json()) == []
        return answer

    def refused(self, method: str, path: str, status: int, **more: Any) -> Any:
        """Send a request that the document answers with an error."""
        return self.ask(method, path, status, document.ERROR, **more)

    def code(self) -> str:
        """The newest code in the mailbox."""
        letter = mailbox(self.app.settings).letters(self.email)[-1]
        found = re.search(r"\d{6}", letter.text)
        assert found is not None
        return found[0]

    def log_in(self) -> dict[str, Any]:
        """Steps 1 and 2."""
        self.ask("POST", "/auth/send-code", 200, document.SEND_CODE, json={"email": self.email})
        body = {"email": self.email, "code": self.code()}
        answer = self.ask("POST", "/auth/verify-code", 200, document.VERIFIED, json=body).json()
        self.headers = {"Authorization": f"Bearer {answer['access_token']}"}
        return dict(answer)

    def events(self, task_id: str, token: str) -> list[Any]:
        """Step 5: the stream as a browser opens it."""
        answer = self.client.get(f"{API}/tasks/{task_id}/stream?token={token}")
        assert answer.headers["content-type"].startswith("text/event-stream")
        return parse(answer.text)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An App with a worker, on each database."""
    url = shared_server().database() if request.param == "postgresql" else None
    home = tmp_path_factory.mktemp("flow") / "home"
    plain = lend_demo(make_app(home, database_url=url, admin_password=PASSWORD, workers=1))
    plugs = Plugs(mailer=plain.plugs.mailer, notifier=lambda _: _Listener())
    made = replace(plain, plugs=plugs)
    with working(plain, warm=True):
        yield made
    made.records.close()
    plain.records.close()


class _Listener:
    def send(self, text: str) -> bool:
        """Take every message."""
        return bool(text)


@pytest.fixture
def walk(app: App) -> Iterator[Walk]:
    """A reader who is logged in."""
    with TestClient(create_api(app), base_url=BASE) as client:
        reader = Walk(app, client)
        reader.log_in()
        yield reader


def at(app: App, **settings: Any) -> App:
    """The same installation with other limits."""
    return replace(app, settings=app.settings.model_copy(update=settings))


def test_the_flow_of_the_document(app: App) -> None:
    with TestClient(create_api(app), base_url=BASE) as client:
        walk = Walk(app, client)
        tokens = walk.log_in()
        walk.ask("GET", "/auth/me", 200, document.USER)
        walk.ask("POST", "/auth/refresh", 200, document.REFRESHED, json={"refresh_token": tokens["refresh_token"]})
        session = walk.ask("POST", "/sessions", 201, document.SESSION, json={"name": "动量因子研究"}).json()
        task = _backtest(walk, session["id"], tokens["access_token"])
        _sessions(walk, session["id"], task)
        _report(walk, task["result"]["report_url"])
        iteration = _iteration(walk, task, tokens["access_token"])
        _choice(walk, iteration)
        _feedback_and_administration(walk, task["task_id"])
        walk.ask("DELETE", f"/sessions/{session['id']}", 204)
        for task_id in (task["task_id"], iteration["task_id"]):
            walk.refused("GET", f"/tasks/{task_id}", 404)
            assert not [path for path in app.settings.artifacts_folder.rglob("*") if task_id in path.name]
        walk.refused("GET", task["result"]["report_url"].removeprefix(API), 404)
        health = client.get(f"{API}/health").json()
        assert document.unlike(document.HEALTH, health) == []


def _backtest(walk: Walk, session_id: str, token: str) -> dict[str, Any]:
    """Steps 4 to 6, with the words of the document."""
    body = {**document.SUBMISSION, **SPAN, "session_id": session_id}
    submitted = walk.ask("POST", "/auto_backtest", 202, document.SUBMITTED, json=body).json()
    assert re.fullmatch(r"[0-9a-f]{12}", submitted["task_id"])
    assert submitted["status"] == "pending"
    events = walk.events(submitted["task_id"], token)
    states = list(dict.fromkeys(event.data["status"] for event in events if event.name == "update"))
    assert states == document.BACKTEST_STATES
    assert (events[-1].name, events[-1].data) == ("done", {"status": "completed"})
    task: dict[str, Any] = walk.ask("GET", f"/tasks/{submitted['task_id']}", 200, document.COMPLETED).json()
    assert events[-2].data == task
    asked = {**document.DEFAULTS, **document.SUBMISSION, **SPAN, "options": task["params"]["options"]}
    assert (task["params"], task["session_id"]) == (asked, session_id)
    assert task["result"]["llm"]["prompt"] == document.SUBMISSION["prompt"]
    assert task["result"]["llm"]["generated_expression"] == task["expression"] == task["result"]["params"]["expression"]
    assert list(task["result"]["backtest_summary"]["group_returns"]) == list("01234")
    assert "user_id" not in task
    return task


def _sessions(walk: Walk, session_id: str, task: dict[str, Any]) -> None:
    walk.ask("GET", "/sessions", 200, document.SESSIONS)
    walk.ask("PATCH", f"/sessions/{session_id}", 200, document.RENAMED, json={"name": "新名称"})
    listed = walk.ask("GET", f"/tasks?session_id={session_id}", 200, document.TASKS).json()
    assert listed["tasks"] == [task]
    assert walk.ask("GET", "/tasks?page=1&page_size=20", 200, document.TASKS).json()["tasks"] == [task]
    worth = walk.ask("GET", "/tasks?q_values=true&brief=true", 200).json()["tasks"][0]["q_values"]
    assert 0 <= worth["q_bh"] <= 1


def _report(walk: Walk, address: str) -> None:
    """Step 7."""
    assert re.fullmatch(r"/api/v1/reports/backtest_report_\w+\.html", address)
    answer = walk.ask("GET", address.removeprefix(API), 200)
    assert answer.headers["content-type"].startswith("text/html")
    assert not re.search(rb"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", answer.content)


def _iteration(walk: Walk, parent: dict[str, Any], token: str) -> dict[str, Any]:
    """Step 8."""
    path = f"/tasks/{parent['task_id']}/iterate"
    body = {"n_candidates": 2, "run_rolling_validation": True}
    submitted = walk.ask("POST", path, 202, document.ITERATION_SUBMITTED, json=body).json()
    assert re.fullmatch(r"iter_[0-9a-f]{10}", submitted["task_id"])
    events = walk.events(submitted["task_id"], token)
    updates = [event.data for event in events if event.name == "update"]
    assert list(dict.fromkeys(update["status"] for update in updates)) == document.ITERATION_STATES
    done = [update["candidates_done"] for update in updates]
    assert done == sorted(done)
    assert set(done) >= {0, 2}
    assert (events[-1].name, events[-1].data) == ("done", {"status": "iteration_completed"})
    for update in updates:
        assert len(update["candidates"]) == update["candidates_done"] <= update["candidates_total"] == 2
    task: dict[str, Any] = walk.ask("GET", f"/tasks/{submitted['task_id']}", 200, document.ITERATED).json()
    assert updates[-1] == task
    assert (task["parent_task_id"], task["session_id"]) == (parent["task_id"], parent["session_id"])
    assert (task["result"]["candidates"], task["result"]["parent_expression"]) == (
        task["candidates"],
        parent["expression"],
    )
    expected = {"parent_task_id": parent["task_id"], "n_candidates": 2, "universe": "hs300", **SPAN}
    assert {name: task["params"][name] for name in expected} == expected
    scores = []
    for candidate in task["candidates"]:
        example = document.SUCCESS if candidate["status"] == "success" else document.FAILURE
        assert document.unlike(example, candidate) == []
        scores.append(candidate["score"] if candidate["status"] == "success" else float("-inf"))
        if candidate["status"] == "success":
            assert "windows" in candidate["rolling_validation"]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] >= 0
    _report(walk, task["candidates"][0]["report_url"])
    series = walk.ask("GET", f"/tasks/{task['task_id']}/series/nav?candidate=0", 200).json()
    assert series["name"] == "nav"
    walk.refused("GET", f"/tasks/{task['task_id']}/series/nav?candidate=9", 404)
    name = task["candidates"][0]["report_url"].rpartition("/")[2]
    before = walk.ask("GET", f"/reports/{name}", 200).content
    walk.app.artifacts.drop_report(name)
    walk.app.records.reports.drop([name])
    assert walk.ask("GET", f"/reports/{name}", 200).content == before
    listed = walk.ask("GET", "/tasks", 200).json()["tasks"]
    assert listed[0] == task
    return task


def _choice(walk: Walk, iteration: dict[str, Any]) -> None:
    """Step 9."""
    path = f"/tasks/{iteration['task_id']}/select_candidate"
    chosen = walk.ask("POST", path, 200, document.SELECTED, json={"candidate_index": 0}).json()
    best = iteration["candidates"][0]
    for name in ("expression", "score", "grade", "report_url", "report_metrics", "backtest_summary"):
        assert chosen[name] == best[name]
    assert walk.ask("GET", f"/tasks/{iteration['task_id']}", 200).json()["selected_candidate_index"] == 0
    walk.refused("POST", path, 400, json={"candidate_index": 2})
    walk.refused("POST", path, 400, json={"candidate_index": -1})


def _feedback_and_administration(walk: Walk, task_id: str) -> None:
    body = {
        "description": "图表没有显示",
        "screenshot": pictures.uri(pictures.png()),
        "task_id": task_id,
        "page_url": "/runs/1",
        "user_agent": "Mozilla/5.0",
    }
    found = walk.ask("POST", "/feedback", 201, document.FEEDBACK, json=body).json()
    assert found["webhook_sent"] is True
    shown = walk.client.get(f"{API}/feedback-screenshots/{found['id']}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    given_up = walk.ask("POST", "/auto_backtest", 202, json={**document.SUBMISSION, **SPAN}).json()["task_id"]
    walk.ask("POST", f"/tasks/{given_up}/cancel", 200)
    token = walk.ask("POST", "/admin/login", 200, document.ADMIN_TOKEN, json={"password": PASSWORD}).json()["token"]
    admin = {"headers": {"Authorization": f"Bearer {token}"}}
    overview = walk.ask("GET", "/admin/overview", 200, document.OVERVIEW, **admin).json()
    assert {"completed", "iteration_completed"} <= set(overview["status_distribution"])
    users = walk.ask("GET", "/admin/users?page=1&page_size=100", 200, **admin).json()
    assert walk.email in {user["email"] for user in users["users"]}
    tasks = walk.ask("GET", "/admin/tasks?page=1&page_size=5&status=iteration_completed", 200, **admin).json()
    assert {task["user_email"] for task in tasks["tasks"]} == {walk.email}
    feedbacks = walk.ask("GET", "/admin/feedbacks", 200, **admin).json()["feedbacks"]
    assert feedbacks[0]["id"] == found["id"]
    walk.ask("PATCH", f"/admin/feedbacks/{found['id']}/resolve", 200, document.RESOLVED, **admin)


def test_the_error_codes_of_the_document(walk: Walk) -> None:
    for email in ("", "no", "a@b", "a b@c.de", "a@b.c\r\nBcc: d@e.fg"):
        walk.refused("POST", "/auth/send-code", 400, json={"email": email})
    walk.refused("POST", "/auth/send-code", 429, json={"email": walk.email})
    walk.refused("POST", "/auth/verify-code", 400, json={"email": walk.email, "code": "000000"})
    walk.refused("POST", "/auth/refresh", 401, json={"refresh_token": "eyJ"})
    for change in ({"start_date": "2023/01/01"}, {"prompt": "rank(clos)"}, {"universe": "x"}, {"n_groups": 21},
                   {"holding_period": 0}, {"benchmark": "x"}, {"prompt": ""}, {"prompt": "动" * 501}):  # fmt: skip
        walk.refused("POST", "/auto_backtest", 400, json={**document.SUBMISSION, **change})
    for path in ("/tasks/a1b2c3d4e5f6", "/tasks/a1b2c3d4e5f6/stream", "/reports/backtest_report_20260321.html",
                 f"/feedback-screenshots/{'0' * 32}"):  # fmt: skip
        walk.refused("GET", path, 404)
    walk.refused("POST", "/tasks/a1b2c3d4e5f6/iterate", 404, json={})
    walk.refused("POST", "/tasks/iter_b2c3d4e5f6/select_candidate", 404, json={"candidate_index": 0})
    walk.refused("GET", "/reports/report.html", 400)
    walk.refused("GET", "/feedback-screenshots/x", 400)
    walk.refused("POST", "/feedback", 400, json={"description": ""})
    walk.refused("GET", "/admin/overview", 403)
    walk.refused("POST", "/admin/login", 401, json={"password": "wrong"})
    walk.refused("GET", "/tasks?page_size=101", 400)
    for path in ("/auth/me", "/sessions", "/tasks", "/tasks/a1b2c3d4e5f6/stream", "/admin/overview"):
        walk.refused("GET", path, 401, headers={"Authorization": "Bearer eyJ"})


def test_words_that_mean_no_factor_fail_as_the_document_has_it(walk: Walk) -> None:
    body = {**document.SUBMISSION, **SPAN, "prompt": "今天天气怎么样"}
    task_id = walk.ask("POST", "/auto_backtest", 202, document.SUBMITTED, json=body).json()["task_id"]
    finished(walk.app, task_id, 60)
    task = walk.ask("GET", f"/tasks/{task_id}", 200, document.FAILED).json()
    assert (task["result"], task["expression"]) == (None, None)
    assert "未配置 DEEPSEEK_API_KEY" in json.dumps(task, ensure_ascii=False)
    walk.refused("POST", f"/tasks/{task_id}/iterate", 400, json={"n_candidates": 5})


@pytest.mark.parametrize(
    ("settings", "status", "detail"),
    [
        ({"rate_limit": 1}, 429, "请求过于频繁，请稍后再试"),
        ({"max_active_tasks": 1}, 503, "当前回测任务已满，请稍后再试"),
        ({"auth": "required"}, 401, "未提供认证信息"),
    ],
)
def test_the_limits_of_the_document(app: App, walk: Walk, settings: dict[str, Any], status: int, detail: str) -> None:
    few = at(app, **settings)
    with TestClient(create_api(few), base_url=BASE) as client:
        headers = {} if status == 401 else walk.headers
        body = {**document.SUBMISSION, **SPAN, "prompt": "rank(close)", "universe": "csi500"}
        answers = [client.post(f"{API}/auto_backtest", json=body, headers=headers) for _ in range(3)]
    refused = [answer for answer in answers if answer.status_code != 202]
    assert (refused[-1].status_code, refused[-1].json()["detail"]) == (status, detail)
    if status != 401:
        assert int(refused[-1].headers["retry-after"]) >= 1
    for answer in answers:
        if answer.status_code == 202:
            walk.ask("POST", f"/tasks/{answer.json()['task_id']}/cancel", 200)
    few.records.close()


def test_the_vocabulary_of_the_document_is_known(walk: Walk) -> None:
    named = {row["name"] for row in walk.ask("GET", "/operators", 200).json()["operators"]}
    assert named >= document.OPERATORS
    for expression in document.EXPRESSIONS:
        found = walk.ask("POST", "/expressions/validate", 200, json={"expression": expression}).json()
        assert found["valid"], found["error"]
    universes = walk.ask("GET", "/universes", 200).json()
    assert {"small_scale", "hs300", "csi500"} <= {row["name"] for row in universes["universes"]}
    assert {"hs300", "zz500", "sz50"} <= {row["name"] for row in universes["benchmarks"]}
