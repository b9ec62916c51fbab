"""Sessions: folders of tasks, each of one user."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from tests._postgres import shared_server
from tests._rig import finished, lend_demo, make_app, wait_until, working
from tests.wire._people import ODD_TEXTS, Person

from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.series import Series
from quantgpt.records import Failure
from quantgpt.records.schema import jobs
from quantgpt.services._base import App
from quantgpt.services.reports import find_report

pytestmark = pytest.mark.xdist_group("wire")

BASE = "http://127.0.0.1:8003"
ASK = {"prompt": "rank(close)", "start_date": "2025-01-01", "end_date": "2025-06-30"}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An App without a worker, on each database."""
    url = shared_server().database() if request.param == "postgresql" else None
    made = lend_demo(make_app(tmp_path_factory.mktemp("sessions") / "home", database_url=url))
    yield made
    made.records.close()


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    """A client of its server."""
    with TestClient(create_api(app), base_url=BASE) as opened:
        yield opened


def somebody(app: App, client: TestClient) -> Iterator[Person]:
    """A new person, whose unfinished tasks are cancelled when they leave."""
    person = Person(client, app, f"{secrets.token_hex(6)}@example.com")
    yield person
    for task in person.ask("GET", "/tasks?page_size=100&brief=true").json()["tasks"]:
        person.ask("POST", f"/tasks/{task['task_id']}/cancel")


@pytest.fixture
def ann(app: App, client: TestClient) -> Iterator[Person]:
    """Somebody with an account."""
    yield from somebody(app, client)


@pytest.fixture
def bob(app: App, client: TestClient) -> Iterator[Person]:
    """Somebody else on the same server."""
    yield from somebody(app, client)


def made(person: Person, name: str | None = "x") -> dict[str, Any]:
    answer = person.ask("POST", "/sessions", json={"name": name})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def submitted(person: Person, session: dict[str, Any] | None = None, **more: Any) -> str:
    body = {**ASK, "session_id": session["id"] if session else None, **more}
    answer = person.ask("POST", "/auto_backtest", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["task_id"])


def done(app: App, task_id: str, error: str | None = None) -> None:
    """End a task without working on it."""
    job = app.records.attempts.claim("w", 60)
    assert job is not None
    assert job.id == task_id
    if error is None:
        app.records.attempts.succeed(task_id, 1, stage="completed", outcome="{}", outcome_hash="x", facts=job.facts)
    else:
        app.records.attempts.fail(task_id, 1, Failure(error=error))


def test_a_session_is_made_listed_renamed_and_deleted(app: App, ann: Person) -> None:
    first, second = made(ann, "动量因子研究"), made(ann, "b")
    assert set(first) == {"id", "name", "created_at", "updated_at"}
    assert [row["id"] for row in ann.ask("GET", "/sessions").json()["sessions"]] == [second["id"], first["id"]]
    renamed = ann.ask("PATCH", f"/sessions/{first['id']}", json={"name": " 新名称 "})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "新名称")
    assert [row["name"] for row in ann.ask("GET", "/sessions").json()["sessions"]] == ["新名称", "b"]
    gone = ann.ask("DELETE", f"/sessions/{first['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert [row["id"] for row in ann.ask("GET", "/sessions").json()["sessions"]] == [second["id"]]


def test_a_task_touches_its_session_and_is_listed_in_it(app: App, ann: Person) -> None:
    old, new = made(ann, "old"), made(ann, "new")
    before = app.records.sessions.get(old["id"], ann.id, ())
    task_id = submitted(ann, old)
    submitted(ann)
    after = app.records.sessions.get(old["id"], ann.id, ())
    assert before is not None
    assert after is not None
    assert (after.updated_at > before.updated_at, after.created_at) == (True, before.created_at)
    assert [row["id"] for row in ann.ask("GET", "/sessions").json()["sessions"]] == [old["id"], new["id"]]
    listed = ann.ask("GET", f"/tasks?session_id={old['id']}").json()
    assert [(task["task_id"], task["session_id"]) for task in listed["tasks"]] == [(task_id, old["id"])]
    assert (listed["total"], ann.ask("GET", "/tasks").json()["total"]) == (1, 2)
    assert ann.ask("GET", f"/tasks?session_id={new['id']}").json()["tasks"] == []


def test_tasks_are_filtered_by_status_and_type(app: App, ann: Person) -> None:
    first, second, third = (submitted(ann) for _ in range(3))
    done(app, first)
    done(app, second, error="没有数据")

    def listed(query: str) -> list[str]:
        answer = ann.ask("GET", f"/tasks?{query}")
        assert (answer.status_code, answer.json()["total"]) == (200, len(answer.json()["tasks"]))
        return [task["task_id"] for task in answer.json()["tasks"]]

    assert [listed(f"status={word}") for word in ("completed", "failed", "pending", "iteration_completed")] == [
        [first], [second], [third], []
    ]  # fmt: skip
    assert (listed("task_type=backtest"), listed("task_type=iteration")) == ([third, second, first], [])
    wrong = ann.ask("GET", "/tasks?status=complete")
    assert (wrong.status_code, wrong.json()["field"], wrong.json()["nearest"]) == (400, "status", "completed")
    assert ann.ask("GET", "/tasks?task_type=x").status_code == 400


def test_a_refused_task_does_not_touch_its_session(app: App, ann: Person) -> None:
    session = made(ann)
    before = app.records.sessions.get(session["id"], ann.id, ())
    assert (
        ann.ask("POST", "/auto_backtest", json={**ASK, "n_groups": 1, "session_id": session["id"]}).status_code == 400
    )
    assert app.records.sessions.get(session["id"], ann.id, ()) == before


def test_what_belongs_to_somebody_else_is_not_there(ann: Person, bob: Person) -> None:
    session = made(ann, "secret")
    task_id = submitted(ann, session)
    random = "00000000-0000-4000-8000-00000000000a"
    odd = [random, "x", "1" * 400, session["id"].upper(), session["id"].replace("-", ""), "%00", "'; --", "..%2f"]
    for number, name in enumerate([session["id"], *odd]):
        answers = [
            bob.ask("PATCH", f"/sessions/{name}", json={"name": "mine"}),
            bob.ask("DELETE", f"/sessions/{name}"),
        ]
        if number < 2:
            answers.append(bob.ask("POST", "/auto_backtest", json={**ASK, "session_id": name}))
        for answer in answers:
            assert answer.status_code == 404, name
            if not name.startswith(".."):
                assert answer.json()["detail"] == "Session not found"
    assert bob.ask("GET", "/sessions").json() == {"sessions": []}
    for name in (session["id"], *odd):
        assert bob.ask("GET", f"/tasks?session_id={name}").json()["total"] == 0
    assert bob.ask("GET", f"/tasks/{task_id}").json()["detail"] == "Task not found"
    assert [row["name"] for row in ann.ask("GET", "/sessions").json()["sessions"]] == ["secret"]


def test_bodies_cannot_say_whose_a_session_is(ann: Person, bob: Person) -> None:
    more = {"id": "x", "owner_id": bob.id, "user_id": bob.id, "created_at": "1970-01-01T00:00:00"}
    session = ann.ask("POST", "/sessions", json={"name": "mine", **more}).json()
    ann.ask("PATCH", f"/sessions/{session['id']}", json={"name": "still mine", **more})
    (row,) = ann.ask("GET", "/sessions").json()["sessions"]
    assert (row["id"], row["name"], row["created_at"]) == (session["id"], "still mine", session["created_at"])
    assert row["id"] != "x"
    assert bob.ask("GET", "/sessions").json() == {"sessions": []}


def test_names_have_limits(ann: Person) -> None:
    session = made(ann, "before")
    for name in ("", "  ", "n" * 201, None, 5, ["a"], "a\0"):
        assert ann.ask("PATCH", f"/sessions/{session['id']}", json={"name": name}).status_code == 400
    for name in ("n" * 201, 5, "a\0"):
        assert ann.ask("POST", "/sessions", json={"name": name}).status_code == 400
    (row,) = ann.ask("GET", "/sessions").json()["sessions"]
    assert row["name"] == "before"
    assert ann.ask("PATCH", f"/sessions/{session['id']}", json={"name": "n" * 200}).json()["name"] == "n" * 200
    assert made(ann, "字" * 200)["name"] == "字" * 200


def test_odd_names_come_back_as_they_are(ann: Person) -> None:
    for text in ODD_TEXTS:
        session = made(ann, text)
        assert session["name"] == text.strip()
        answer = ann.ask("PATCH", f"/sessions/{session['id']}", json={"name": text})
        assert answer.json()["name"] == text.strip()
        assert "set-cookie" not in answer.headers
    names = [row["name"] for row in ann.ask("GET", "/sessions").json()["sessions"]]
    assert names == [text.strip() for text in reversed(ODD_TEXTS)]


def test_odd_prompts_come_back_as_they_are(app: App, ann: Person) -> None:
    session = made(ann, None)
    taken: dict[str, str] = {}
    for text in ODD_TEXTS:
        words = f" 动量 {text} "
        answer = ann.ask("POST", "/auto_backtest", json={**ASK, "prompt": words, "session_id": session["id"]})
        assert answer.status_code == 202, answer.text
        taken[answer.json()["task_id"]] = words.strip()
    listed = ann.ask("GET", f"/tasks?session_id={session['id']}&page_size=100").json()["tasks"]
    assert {task["task_id"]: task["params"]["prompt"] for task in listed} == taken
    for task_id, words in taken.items():
        read = ann.ask("GET", f"/tasks/{task_id}")
        assert (read.json()["params"]["prompt"], read.headers["content-type"]) == (words, "application/json")
        assert ann.ask("POST", f"/tasks/{task_id}/cancel").json()["params"]["prompt"] == words


def test_a_session_without_a_name_takes_that_of_its_first_finished_task(app: App, ann: Person) -> None:
    assert [made(ann, name)["name"] for name in (None, "", "  ")] == [None] * 3
    session = ann.ask("POST", "/sessions", json={}).json()
    long = "rank(close / ts_mean(close, 20))  +  rank(volume)"
    first, second = submitted(ann, session, prompt=long), submitted(ann, session, prompt="rank(open)")
    assert ann.ask("GET", "/sessions").json()["sessions"][0]["name"] is None
    done(app, first, error="因子表达式无效")
    assert ann.ask("GET", "/sessions").json()["sessions"][0]["name"] == long[:30]
    done(app, second)
    assert ann.ask("GET", "/sessions").json()["sessions"][0]["name"] == long[:30]
    ann.ask("PATCH", f"/sessions/{session['id']}", json={"name": "given"})
    assert ann.ask("GET", "/sessions").json()["sessions"][0]["name"] == "given"


def test_deleting_takes_everything_of_its_tasks_and_nothing_else(app: App, ann: Person) -> None:
    session, other = made(ann), made(ann, "other")
    kept, gone = submitted(ann, other), submitted(ann, session)
    waiting = submitted(ann, session)
    series = {"nav": Series(name="nav", index_name="day", index=["2025-01-02"], columns={"nav": [1.0]})}
    names = {
        task_id: [f"backtest_report_20260101_{task_id}_{mark * 8}.html" for mark in "ab"] for task_id in (kept, gone)
    }
    for task_id in (kept, gone):
        job = app.records.attempts.claim("w", 60)
        assert job is not None
        assert job.id == task_id
        for archive in (task_id, f"{task_id}_{'b' * 8}"):
            app.artifacts.write_task(archive, {"a": 1}, series)
        for name in names[task_id]:
            app.artifacts.write_report(name, b"<!doctype html>")
        app.records.attempts.succeed(
            task_id, 1, stage="completed", outcome="{}", outcome_hash="x", facts="{}", reports=names[task_id]
        )
    assert ann.ask("DELETE", f"/sessions/{session['id']}").status_code == 204
    for task_id in (gone, waiting):
        assert ann.ask("GET", f"/tasks/{task_id}").status_code == 404
        assert app.records.jobs.events(task_id) == []
    files = [path.name for path in app.settings.artifacts_folder.rglob("*") if path.is_file()]
    left = sorted(name for name in files if kept in name or gone in name)
    assert left == sorted([*names[kept], f"{kept}.zip", f"{kept}_{'b' * 8}.zip"])
    assert ann.ask("GET", f"/reports/{names[gone][0]}").status_code == 404
    assert find_report(app, names[kept][0], ann.id)[1] is None
    assert ann.ask("GET", f"/tasks/{kept}/series/nav").status_code == 200
    assert app.records.attempts.claim("w", 60) is None


def test_tasks_that_come_while_a_session_goes_are_refused_or_go_with_it(app: App, ann: Person) -> None:
    for _ in range(3):
        session = made(ann)
        body = {**ASK, "session_id": session["id"]}
        seen: list[tuple[str, int]] = []

        def submit(body: dict[str, Any] = body, seen: list[tuple[str, int]] = seen) -> None:
            seen.extend(("submit", ann.ask("POST", "/auto_backtest", json=body).status_code) for _ in range(3))

        def delete(path: str = f"/sessions/{session['id']}", seen: list[tuple[str, int]] = seen) -> None:
            seen.append(("delete", ann.ask("DELETE", path).status_code))

        threads = [threading.Thread(target=work) for work in (submit, submit, delete, submit, delete)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(status for what, status in seen if what == "delete") == [204, 404]
        assert {status for what, status in seen if what == "submit"} <= {202, 404}
        with app.records.writer.begin() as connection:
            left = connection.execute(select(jobs.c.id).where(jobs.c.session_id == session["id"])).all()
        assert left == []


def test_deleting_stops_what_runs(tmp_path: Path) -> None:
    app = lend_demo(make_app(tmp_path / "home", workers=1))
    with TestClient(create_api(app), base_url=BASE) as client, working(app) as worker:
        ann = Person(client, app, "ann@example.com")
        session = made(ann)
        task_id = submitted(ann, session, start_date="2021-01-04", end_date="2025-12-31", universe="csi500")
        wait_until(lambda: any(event.stage != "pending" for event in app.records.jobs.events(task_id)))
        assert ann.ask("DELETE", f"/sessions/{session['id']}").status_code == 204
        wait_until(lambda: not worker.children)
        again = submitted(ann, start_date="2025-05-01")
        assert finished(app, again, 90).state == "succeeded"
        assert ann.ask("GET", "/tasks").json()["total"] == 1
    assert not [path for path in app.settings.artifacts_folder.rglob("*") if task_id in path.name]
    app.records.close()
