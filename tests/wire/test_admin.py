"""The administration: who gets in, and what is counted."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update
from starlette.testclient import TestClient
from tests._postgres import shared_server
from tests._rig import lend_demo, make_app
from tests.wire._people import API, Person
from tests.workspace import _pictures as pictures

from quantgpt.faces.rest.app import create_api
from quantgpt.faces.rest.shapes import AdminFeedbacks, AdminTasks, AdminUsers, Overview
from quantgpt.records import LOCAL_ADMIN, Failure
from quantgpt.records.schema import jobs, users
from quantgpt.services._base import App
from quantgpt.services.tasks import statuses

pytestmark = pytest.mark.xdist_group("wire")

BASE = "http://127.0.0.1:8003"
PASSWORD = "correct horse battery staple"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    """An App where every request needs a token, on each database."""
    url = shared_server().database() if request.param == "postgresql" else None
    home = tmp_path / "home"
    made = lend_demo(make_app(home, database_url=url, auth="required", admin_password=PASSWORD, max_active_tasks=100))
    yield made
    made.records.close()


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    """A client of its server."""
    with TestClient(create_api(app), base_url=BASE) as opened:
        yield opened


def log_in(client: TestClient, password: str = PASSWORD) -> Any:
    return client.post(f"{API}/admin/login", json={"password": password})


def admin(client: TestClient) -> dict[str, str]:
    return {"Authorization": f"Bearer {log_in(client).json()['token']}"}


def tasks(person: Person, number: int) -> list[str]:
    answers = [person.ask("POST", "/auto_backtest", json={"prompt": "rank(close)"}) for _ in range(number)]
    return [answer.json()["task_id"] for answer in answers]


def ended(app: App, how: list[str]) -> None:
    """End the oldest tasks one by one: `completed`, or with an error."""
    for word in how:
        job = app.records.attempts.claim("w", 60)
        assert job is not None
        if word == "completed":
            app.records.attempts.succeed(job.id, 1, stage=word, outcome="{}", outcome_hash="x", facts=job.facts)
        else:
            app.records.attempts.fail(job.id, 1, Failure(error=word))


def test_the_password_opens_and_guesses_are_counted(client: TestClient) -> None:
    assert log_in(client).status_code == 200
    assert [log_in(client, guess).status_code for guess in ("", "x", PASSWORD + " ", PASSWORD[:-1])] == [401] * 4
    assert log_in(client).status_code == 200
    wrong = log_in(client, "😀")
    assert (wrong.status_code, wrong.json()["detail"]) == (401, "密码错误")
    locked = log_in(client)
    assert (locked.status_code, 1 <= int(locked.headers["retry-after"]) <= 60) == (429, True)


def test_parallel_guesses_gain_nothing(client: TestClient) -> None:
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(log_in(client, "x").status_code)) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(seen) == {401: 5, 429: 19}


def test_without_a_password_nobody_gets_in(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home", admin_password=None)
    with TestClient(create_api(app), base_url=BASE) as client:
        for guess in ("", "x", "None"):
            answer = log_in(client, guess)
            assert (answer.status_code, answer.json()["detail"]) == (503, "未设置管理员密码")
    app.records.close()


def test_every_page_of_the_administration_is_for_administrators(app: App, client: TestClient) -> None:
    ann = Person(client, app, "ann@example.com")
    feedback_id = ann.ask("POST", "/feedback", json={"description": "x"}).json()["id"]
    pages = [("GET", f"/admin/{name}") for name in ("overview", "users", "tasks", "feedbacks")]
    for method, path in [*pages, ("PATCH", f"/admin/feedbacks/{feedback_id}/resolve")]:
        assert client.request(method, f"{API}{path}").status_code == 401
        as_user = ann.ask(method, path)
        assert (as_user.status_code, as_user.json()["detail"]) == (403, "需要管理员权限")
        assert client.request(method, f"{API}{path}", headers=admin(client)).status_code == 200
    assert client.get(f"{API}/tasks", headers=admin(client)).status_code == 401


def test_the_overview_counts_everybody(app: App, client: TestClient) -> None:
    ann, bob = (Person(client, app, f"{name}@example.com") for name in ("ann", "bob"))
    tasks(ann, 7)
    tasks(bob, 2)
    ended(app, ["completed"] * 4 + ["因子表达式无效", "未获取到行情数据，请检查日期范围"])
    for description in "abc":
        feedback_id = ann.ask("POST", "/feedback", json={"description": description}).json()["id"]
    headers = admin(client)
    client.patch(f"{API}/admin/feedbacks/{feedback_id}/resolve", headers=headers)
    body = client.get(f"{API}/admin/overview", headers=headers).json()
    Overview.model_validate(body, extra="forbid", strict=True)
    days = {name: body.pop(name) for name in ("daily_tasks_7d", "user_trend_30d")}
    assert body == {
        "total_users": 3,
        "total_tasks": 9,
        "success_rate": 0.67,
        "total_feedbacks": 3,
        "unresolved_feedbacks": 2,
        "status_distribution": {"completed": 4, "failed": 2, "pending": 3},
    }
    assert {name: (len(rows), sum(row["count"] for row in rows)) for name, rows in days.items()} == {
        "daily_tasks_7d": (7, 9),
        "user_trend_30d": (30, 2),
    }


def test_before_the_first_result_there_is_no_rate(app: App, client: TestClient) -> None:
    body = client.get(f"{API}/admin/overview", headers=admin(client)).json()
    assert (body["success_rate"], body["status_distribution"], body["total_tasks"]) == (None, {}, 0)


def test_days_begin_at_midnight_in_shanghai(app: App, client: TestClient) -> None:
    now = datetime.now(SHANGHAI)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = [-24 * 30, -24 * 29 - 0.01, -24 * 29, -24 * 7 + 0.01, -24 * 6 - 0.01, -24 * 6, -24.01, -24, -8, -0.01, 0]
    moments = [(midnight + timedelta(hours=hour)).timestamp() for hour in hours]
    expected = Counter(str(datetime.fromtimestamp(moment, SHANGHAI).date()) for moment in moments)
    ann = Person(client, app, "ann@example.com")
    ids = tasks(ann, len(moments))
    with app.records.writer.begin() as connection:
        connection.execute(update(users).values(created_at=0.0))
        for number, (moment, task_id) in enumerate(zip(moments, ids, strict=True)):
            connection.execute(update(jobs).where(jobs.c.id == task_id).values(created_at=moment))
            row = {"id": f"u{number}", "email": f"{number}@x.cn", "is_active": True, "is_admin": False}
            connection.execute(insert(users).values(**row, created_at=moment))
    body = client.get(f"{API}/admin/overview", headers=admin(client)).json()
    for name, days in (("daily_tasks_7d", 7), ("user_trend_30d", 30)):
        dates = [str((midnight - timedelta(days=back)).date()) for back in reversed(range(days))]
        assert body[name] == [{"date": date, "count": expected[date]} for date in dates]
    assert body["total_tasks"] == len(moments)


def test_users_are_listed_with_their_tasks(app: App, client: TestClient) -> None:
    people = [Person(client, app, f"{name}@example.com") for name in ("ann", "bob", "cat")]
    tasks(people[0], 2)
    headers = admin(client)
    body = client.get(f"{API}/admin/users", headers=headers).json()
    AdminUsers.model_validate(body, extra="forbid", strict=True)
    assert (body["total"], body["page"], body["page_size"]) == (4, 1, 20)
    counted = {row["id"]: row["task_count"] for row in body["users"]}
    assert counted == {people[0].id: 2, people[1].id: 0, people[2].id: 0, LOCAL_ADMIN: 0}
    paged = [
        client.get(f"{API}/admin/users?page={n}&page_size=1", headers=headers).json()["users"] for n in range(1, 6)
    ]
    assert [row for page in paged for row in page] == body["users"]


def test_tasks_are_filtered_by_status_and_user(app: App, client: TestClient) -> None:
    ann, bob = (Person(client, app, f"{name}@example.com") for name in ("ann", "bob"))
    hers, his = tasks(ann, 3), tasks(bob, 1)
    ended(app, ["completed", "没有数据"])
    headers = admin(client)

    def listed(query: str = "") -> list[dict[str, Any]]:
        answer = client.get(f"{API}/admin/tasks{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        AdminTasks.model_validate(answer.json(), extra="forbid", strict=True)
        rows: list[dict[str, Any]] = answer.json()["tasks"]
        assert answer.json()["total"] >= len(rows)
        return rows

    assert [row["id"] for row in listed()] == [*his, *reversed(hers)]
    assert [row["id"] for row in listed("?status=completed")] == [hers[0]]
    (failed,) = listed("?status=failed")
    assert (failed["error"], failed["user_email"], failed["expression"]) == ("没有数据", ann.email, "rank(close)")
    assert [row["id"] for row in listed(f"?user_id={bob.id}&status=pending")] == his
    for nobody in ("nobody", "%00", "'; --", "%ff", "x" * 400):
        assert listed(f"?user_id={nobody}") == []
    assert [row["id"] for row in listed("?page=2&page_size=3")] == [hers[0]]
    for status in statuses():
        listed(f"?status={status}")
    wrong = client.get(f"{API}/admin/tasks?status=complete", headers=headers)
    assert (wrong.status_code, wrong.json()["field"], wrong.json()["nearest"]) == (400, "status", "completed")
    for query in ("page=0", "page_size=101", "page=x"):
        assert client.get(f"{API}/admin/tasks?{query}", headers=headers).status_code == 400


def test_feedback_is_matched_by_the_id_that_its_writer_got(app: App, client: TestClient) -> None:
    ann = Person(client, app, "ann@example.com")
    body = {"description": "第一\r\n第二", "page_url": "/runs/1", "screenshot": pictures.uri(pictures.png())}
    first = ann.ask("POST", "/feedback", json=body).json()["id"]
    second = ann.ask("POST", "/feedback", json={"description": "b"}).json()["id"]
    headers = admin(client)
    found = client.get(f"{API}/admin/feedbacks", headers=headers).json()
    AdminFeedbacks.model_validate(found, extra="forbid", strict=True)
    assert [row["id"] for row in found["feedbacks"]] == [second, first]
    row = found["feedbacks"][1]
    assert (row["description"], row["user_email"], row["resolved"]) == ("第一\r\n第二", ann.email, False)
    assert client.get(row["screenshot_url"]).headers["content-type"] == "image/png"
    assert (found["feedbacks"][0]["screenshot_url"], found["feedbacks"][0]["screenshot_path"]) == (None, None)
    answers = [client.patch(f"{API}/admin/feedbacks/{first}/resolve", headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (answers[0].json()["id"], answers[0].json()["resolved"]) == (first, True)
    again = client.get(f"{API}/admin/feedbacks?page=2&page_size=1", headers=headers).json()["feedbacks"][0]
    assert (again["resolved"], again["resolved_at"]) == (True, answers[0].json()["resolved_at"])
    for asked, ids in (("true", [first]), ("false", [second])):
        kind = client.get(f"{API}/admin/feedbacks?resolved={asked}", headers=headers).json()
        assert ([one["id"] for one in kind["feedbacks"]], kind["total"]) == (ids, 1)
    assert client.get(f"{API}/admin/feedbacks?resolved=maybe", headers=headers).status_code == 400


def test_the_first_time_of_a_resolution_stays(app: App, client: TestClient) -> None:
    ann = Person(client, app, "ann@example.com")
    feedback_id = ann.ask("POST", "/feedback", json={"description": "x"}).json()["id"]
    first = app.records.feedbacks.resolve(feedback_id)
    assert first is not None
    assert app.records.feedbacks.resolve(feedback_id) == first
    assert abs(datetime.now(UTC).timestamp() - first) < 60
    for name in ("0" * 32, "x", "..", "'; --", "%00", feedback_id.upper() + "x"):
        answer = client.patch(f"{API}/admin/feedbacks/{name}/resolve", headers=admin(client))
        assert answer.status_code == 404
