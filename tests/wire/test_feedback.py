"""Feedback: stored whatever happens, pictures cleaned, passed on to whoever listens."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient
from tests._rig import lend_demo, make_app
from tests.wire._people import API, ODD_TEXTS, Person
from tests.workspace import _pictures as pictures

from quantgpt.faces.rest.app import create_api
from quantgpt.faces.rest.routes import feedback as route
from quantgpt.foundations.errors import Unavailable
from quantgpt.records.feedbacks import FeedbackRow
from quantgpt.services._base import App, Plugs
from quantgpt.services.feedback import message_of

pytestmark = pytest.mark.xdist_group("wire")

BASE = "http://127.0.0.1:8003"


@dataclass
class Bot:
    """A group that listens, or does not."""

    takes: bool = True
    heard: list[str] = field(default_factory=list)
    release: threading.Event | None = None

    def send(self, text: str) -> bool:
        """Take a message."""
        self.heard.append(text)
        if self.release is not None:
            self.release.wait(20)
        return self.takes


@pytest.fixture
def bot() -> Bot:
    """The group behind the webhook."""
    return Bot()


@pytest.fixture
def app(tmp_path: Path, bot: Bot) -> Iterator[App]:
    """An App whose notifier is the group."""
    plain = lend_demo(make_app(tmp_path / "home", public_url="https://quant.example/"))
    made = replace(plain, plugs=Plugs(notifier=lambda _: bot))
    yield made
    made.records.close()
    plain.records.close()


@pytest.fixture
def ann(app: App) -> Iterator[Person]:
    """Somebody with an account."""
    with TestClient(create_api(app), base_url=BASE) as client:
        yield Person(client, app, "ann@example.com")


def row_of(app: App, feedback_id: str) -> FeedbackRow:
    row = app.records.feedbacks.get(feedback_id)
    assert row is not None
    return row


def files(app: App) -> list[str]:
    return sorted(path.name for path in (app.settings.artifacts_folder / "feedback").glob("*"))


def test_feedback_is_stored_and_passed_on(app: App, ann: Person, bot: Bot) -> None:
    task_id = ann.ask("POST", "/auto_backtest", json={"prompt": "rank(close)"}).json()["task_id"]
    body = {"description": " 图表没有显示 ", "task_id": task_id, "page_url": "/runs/1", "user_agent": "Firefox/150"}
    answer = ann.ask("POST", "/feedback", json={**body, "screenshot": pictures.uri(pictures.png())})
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert found == {"id": found["id"], "status": "received", "webhook_sent": True}
    assert len(found["id"]) == 32
    assert set(found["id"]) <= set("0123456789abcdef")
    row = row_of(app, found["id"])
    assert (row.email, row.description, row.task_id) == (ann.email, "图表没有显示", task_id)
    assert (row.screenshot, row.webhook_sent, row.resolved) == (True, True, False)
    copy = json.loads((app.settings.artifacts_folder / "feedback" / f"{row.id}.json").read_text())
    assert {name: copy[name] for name in ("id", "description", "page_url", "user_agent")} == {
        "id": row.id, "description": "图表没有显示", "page_url": "/runs/1", "user_agent": "Firefox/150"
    }  # fmt: skip
    (text,) = bot.heard
    lines = text.splitlines()
    assert lines[0] == "用户反馈 from ann@example.com"
    assert lines[2:] == [
        "描述: 图表没有显示",
        f"任务ID: {task_id}",
        "页面: /runs/1",
        f"截图: https://quant.example/api/v1/feedback-screenshots/{row.id}.png",
    ]


def test_the_picture_is_shown_without_a_login(app: App, ann: Person) -> None:
    found = ann.ask("POST", "/feedback", json={"description": "x", "screenshot": pictures.text(pictures.png(31, 17))})
    feedback_id = found.json()["id"]
    assert files(app) == [f"{feedback_id}.json", f"{feedback_id}.png"]
    for name in (feedback_id, f"{feedback_id}.png"):
        shown = ann._client.get(f"{API}/feedback-screenshots/{name}", headers={"Host": "elsewhere.example"})
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["content-disposition"].startswith("inline")
        assert "sandbox" in shown.headers["content-security-policy"]
        assert Image.open(io.BytesIO(shown.content)).size == (31, 17)
    assert ann._client.get(f"{API}/feedback-screenshots/{'0' * 32}").json()["detail"] == "Screenshot not found"
    assert ann._client.get(f"{API}/feedback-screenshots/{'0' * 32}").status_code == 404
    for name in ("x", "0" * 31, "0" * 33, "A" * 32, f"{feedback_id}.svg", f"{feedback_id}.png.png", "%00", "..%5cx"):
        bad = ann._client.get(f"{API}/feedback-screenshots/{name}")
        assert (bad.status_code, bad.json()["detail"]) == (400, "Invalid feedback id")
    for name in ("..%2f..%2fquantgpt.db", "%2e%2e%2fx", f"..%2f{feedback_id}"):
        assert ann._client.get(f"{API}/feedback-screenshots/{name}").status_code in (400, 404)


def test_bad_screenshots_are_refused_and_leave_nothing(app: App, ann: Person, bot: Bot) -> None:
    for what, screenshot in pictures.garbage().items():
        answer = ann.ask("POST", "/feedback", json={"description": "x", "screenshot": screenshot})
        assert answer.status_code == 400, what
        assert (answer.json()["field"], "截图" in answer.json()["detail"]) == ("screenshot", True), what
    large = ann.ask("POST", "/feedback", json={"description": "x", "screenshot": "A" * (5 * 1024 * 1024 + 1)})
    assert (large.status_code, large.json()["detail"]) == (400, "截图文件过大（最大5MB）")
    assert (files(app), bot.heard) == ([], [])
    assert app.records.feedbacks.page(page=1, page_size=10) == ([], 0)


def test_pictures_behind_a_picture_are_not_kept(app: App, ann: Person) -> None:
    secret = b"<script>alert(document.domain)</script>"
    polyglot = pictures.with_part(pictures.png(), b"tEXt", b"Comment\0" + secret) + secret + b"PK\x03\x04"
    answer = ann.ask("POST", "/feedback", json={"description": "x", "screenshot": pictures.uri(polyglot)})
    shown = ann._client.get(f"{API}/feedback-screenshots/{answer.json()['id']}")
    assert shown.status_code == 200
    assert secret not in shown.content


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"description": ""}, "description"),
        ({"description": " \r\n "}, "description"),
        ({"description": "字" * 2001}, "description"),
        ({"description": None}, "description"),
        ({"description": "a\0b"}, "description"),
        ({"page_url": "u" * 501}, "page_url"),
        ({"user_agent": "u" * 501}, "user_agent"),
        ({"screenshot": 5}, "screenshot"),
    ],
)
def test_limits_of_the_body(app: App, ann: Person, change: dict[str, Any], field: str) -> None:
    answer = ann.ask("POST", "/feedback", json={"description": "x", **change})
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert app.records.feedbacks.page(page=1, page_size=10)[1] == 0


def test_the_longest_texts_are_taken(app: App, ann: Person) -> None:
    body = {"description": f" {'字' * 2000} ", "page_url": "u" * 500, "user_agent": "😀" * 500, "task_id": ""}
    row = row_of(app, ann.ask("POST", "/feedback", json=body).json()["id"])
    assert (row.description, row.page_url, row.user_agent) == ("字" * 2000, "u" * 500, "😀" * 500)
    assert row.task_id is None


def test_somebody_elses_task_cannot_be_named(app: App, ann: Person) -> None:
    bob = Person(ann._client, app, "bob@example.com")
    task_id = bob.ask("POST", "/auto_backtest", json={"prompt": "rank(close)"}).json()["task_id"]
    for name in (task_id, "000000000000", "../x", "x" * 400):
        answer = ann.ask("POST", "/feedback", json={"description": "x", "task_id": name})
        assert (answer.status_code, answer.json()["detail"]) == (404, "Task not found")


def test_bodies_cannot_say_more_than_they_may(app: App, ann: Person) -> None:
    more = {"id": "0" * 32, "resolved": True, "webhook_sent": True, "owner_id": "x", "created_at": 0}
    row = row_of(app, ann.ask("POST", "/feedback", json={"description": "x", **more}).json()["id"])
    assert (row.id == "0" * 32, row.resolved, row.owner_id) == (False, False, ann.id)


def test_odd_texts_come_back_as_they_are(app: App, ann: Person, bot: Bot) -> None:
    for text in ODD_TEXTS:
        answer = ann.ask("POST", "/feedback", json={"description": text, "page_url": text, "user_agent": text})
        row = row_of(app, answer.json()["id"])
        assert (row.description, row.page_url, row.user_agent) == (text.strip(),) * 3
    assert len(bot.heard) == len(ODD_TEXTS)


def test_nobody_is_called_by_a_message(app: App, ann: Person, bot: Bot) -> None:
    ann.ask("POST", "/feedback", json={"description": '<at user_id="all">x</at> < AT x', "page_url": "/a\r\n任务ID: x"})
    (text,) = bot.heard
    assert "<at" not in text.lower().replace(" ", "")
    assert "页面: /a 任务ID: x" in text.splitlines()


def test_a_group_that_refuses_costs_nothing_but_the_message(app: App, ann: Person, bot: Bot) -> None:
    bot.takes = False
    answer = ann.ask("POST", "/feedback", json={"description": "x"})
    assert (answer.status_code, answer.json()["webhook_sent"]) == (201, False)
    assert row_of(app, answer.json()["id"]).webhook_sent is False


def test_without_a_group_nothing_is_sent(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home")
    with TestClient(create_api(app), base_url=BASE) as client:
        answer = client.post(f"{API}/feedback", json={"description": "x"})
        assert (answer.status_code, answer.json()["webhook_sent"]) == (201, False)
    assert message_of(app, row_of(app, answer.json()["id"])).startswith("用户反馈 from local@localhost\n时间: ")
    app.records.close()


def test_a_group_that_hangs_keeps_nobody(app: App, ann: Person, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "DELIVERY_SECONDS", 0.2)
    bot.release = threading.Event()
    try:
        answers = [ann.ask("POST", "/feedback", json={"description": "x"}) for _ in range(6)]
        assert ann.ask("GET", "/tasks").status_code == 200
    finally:
        bot.release.set()
    assert [(answer.status_code, answer.json()["webhook_sent"]) for answer in answers] == [(201, False)] * 6
    assert app.records.feedbacks.page(page=1, page_size=10)[1] == 6


def test_feedback_counts_as_a_submission_and_refusals_do_not(app: App, bot: Bot) -> None:
    few = replace(app, settings=app.settings.model_copy(update={"rate_limit": 3}))
    with TestClient(create_api(few), base_url=BASE) as client:
        ann, bob = (Person(client, few, f"{name}@example.com") for name in ("ann", "bob"))
        for bad in ({"description": ""}, {"description": "x", "screenshot": "@"}, {"description": "x", "task_id": "y"}):
            assert ann.ask("POST", "/feedback", json=bad).status_code in (400, 404)
        good = {"description": "x", "screenshot": pictures.uri(pictures.png())}
        assert ann.ask("POST", "/auto_backtest", json={"prompt": "rank(close)"}).status_code == 202
        answers = [ann.ask("POST", "/feedback", json=good) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert answers[-1].json()["detail"] == "请求过于频繁，请稍后再试"
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert ann.ask("POST", "/auto_backtest", json={"prompt": "rank(close)"}).status_code == 429
        assert bob.ask("POST", "/feedback", json=good).status_code == 201
    assert len(files(few)) == 2 * 3
    assert len(bot.heard) == 3
    few.records.close()


def test_a_copy_that_cannot_be_written_loses_no_feedback(
    app: App, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("quantgpt.services.artifacts.Artifacts.write_feedback", full)
    answer = ann.ask("POST", "/feedback", json={"description": "x"})
    assert (answer.status_code, row_of(app, answer.json()["id"]).description) == (201, "x")


def test_a_database_that_is_away_leaves_no_picture(app: App, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise Unavailable("数据库繁忙，请稍后再试", retry_after_seconds=2)

    monkeypatch.setattr("quantgpt.records.feedbacks.FeedbackRecords.add", away)
    answer = ann.ask("POST", "/feedback", json={"description": "x", "screenshot": pictures.uri(pictures.png())})
    assert (answer.status_code, files(app)) == (503, [])
