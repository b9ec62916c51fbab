"""Whose is it: generated from the schema, so that a route without a rule fails here before anybody finds it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from tests._postgres import shared_server
from tests._rig import lend_demo, make_app
from tests.wire._people import Person

from quantgpt.faces.rest.app import create_api
from quantgpt.records.schema import feedbacks, jobs, sessions, users
from quantgpt.services._base import App
from quantgpt.services.reports import RenderReport
from quantgpt.services.tokens import tokens_of

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"
CANARY = "canary-7f3a"
OPEN = {
    ("post", "/auth/send-code"), ("post", "/auth/verify-code"), ("post", "/auth/refresh"), ("post", "/admin/login"),
    ("get", "/health"), ("get", "/health/ready"), ("get", "/feedback-screenshots/{feedback_id}"),
}  # fmt: skip
"""Routes that answer without a token; a screenshot's id cannot be guessed and is all that is needed."""
RANDOM = {
    "task_id": "0123456789ab",
    "session_id": "00000000-0000-4000-8000-0000000000aa",
    "filename": "backtest_report_0123456789ab_00000000.html",
    "lineage_id": "0123456789ab",
    "factor_id": "0123456789abcdef",
    "test_id": "0123456789ab",
    "job_id": "0123456789ab",
    "key_id": "pk_0123456789abcdef0123",
    "crypto_job_id": "bt_01234567",
}
"""Ids of the right form that belong to nobody; an id that a route takes in its path needs an entry here."""
WORDS = {
    "market": "demo", "code": "600000.SH", "universe": "hs300", "source": "files",
    "import_id": "imp_0123456789abcdef", "update_id": "0123456789ab", "name": "nav", "date": "2025-03-03",
}  # fmt: skip
"""Parameters of paths that name no property of anybody; imports and updates are the administration's."""
GRID = {
    "template_id": "tpl_grid",
    "params": {"grid_levels": 8, "upper_price": "72000", "lower_price": "60000"},
    "symbols": ["BTCUSDT"],
    "timeframe": "1h",
    "start": "2025-01-01T00:00:00Z",
    "end": "2025-01-31T23:59:59Z",
    "capital": "10000",
}
OF_THE_ADMINISTRATION = {
    ("post", "/markets/{market}/rollback"), ("post", "/markets/{market}/health"),
    ("post", "/markets/{market}/updates"), ("get", "/markets/{market}/updates"),
    ("get", "/updates/{update_id}"), ("delete", "/updates/{update_id}"), ("post", "/sources/{source}/test"),
    ("get", "/imports"), ("post", "/imports"), ("get", "/imports/{import_id}"), ("delete", "/imports/{import_id}"),
    ("post", "/imports/{import_id}/preview"), ("post", "/imports/{import_id}/commit"),
}  # fmt: skip
"""Routes outside of /admin/ that change what everybody sees: they take the administrator's token, as those below it do."""


def is_administrative(method: str, path: str) -> bool:
    """The route needs the administrator."""
    return path.startswith("/admin/") or (method, path) in OF_THE_ADMINISTRATION


@dataclass(frozen=True)
class Scene:
    """A server that requires tokens, two users, and what the first one owns."""

    app: App
    client: TestClient
    owner: Person
    other: Person
    owned: dict[str, str]


def make_things(app: App, owner: Person) -> dict[str, str]:
    """A session, a finished task in it, its report, a kept factor and a test of it, a key, a crypto backtest, all of one user."""
    session = owner.ask("POST", "/sessions", json={"name": CANARY}).json()["id"]
    ask = {"prompt": "rank(close)", "start_date": "2025-01-01", "end_date": "2025-06-30", "session_id": session}
    answer = owner.ask("POST", "/auto_backtest", json=ask)
    assert answer.status_code == 202, answer.text
    task = answer.json()["task_id"]
    claims = iter(lambda: app.records.attempts.claim("w", 60.0), None)
    job = next(job for job in claims if job.id == task)
    report = f"backtest_report_{task}_0a0b0c0d.html"
    app.artifacts.write_report(report, CANARY.encode())
    facts = json.dumps({"expression": f"rank(close) # {CANARY}"})
    done = {"stage": "completed", "outcome": "{}", "outcome_hash": "", "facts": facts, "reports": (report,)}
    assert app.records.attempts.succeed(task, job.attempt, **done)  # type: ignore[arg-type]
    factor = owner.ask("POST", "/factors", json={"expression": "rank(open)", "name": CANARY}).json()["id"]
    span = {"start_date": "2025-01-01", "end_date": "2025-06-30"}
    test = owner.ask("POST", "/libraries/kept/tests", json={"names": [factor], **span}).json()["test_id"]
    owned = {"task_id": task, "session_id": session, "filename": report, "lineage_id": task, "factor_id": factor}
    key = owner.ask("POST", "/api-keys", json={"name": CANARY}).json()["key"]["id"]
    crypto = owner.ask("POST", "/crypto/jobs", json=GRID).json()["id"]
    return {**owned, "test_id": test, "job_id": test, "key_id": key, "crypto_job_id": crypto}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two users on one server, on each database."""
    url = shared_server().database() if request.param == "postgresql" else None
    bare = lend_demo(make_app(tmp_path_factory.mktemp("owners") / "home", database_url=url, admin_password="horse"))
    bare.records.close()
    app = replace(bare, settings=bare.settings.model_copy(update={"auth": "required"}))
    with TestClient(create_api(app), base_url="http://quant.example") as client:
        owner, other = Person(client, app, f"{CANARY}@example.com"), Person(client, app, "other@example.com")
        yield Scene(app, client, owner, other, make_things(app, owner))
    app.records.close()


def operations(client: TestClient) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, description) of every operation of the interface."""
    schema = client.app.openapi()  # type: ignore[attr-defined]
    return [
        (method, path.removeprefix(API), how) for path, item in schema["paths"].items() for method, how in item.items()
    ]


def body_for(client: TestClient, how: dict[str, Any]) -> Any:
    """A body that is right as far as the schema says; None where none is taken."""
    content = how.get("requestBody", {}).get("content", {}).get("application/json")
    return None if content is None else made_up(client.app.openapi(), content["schema"])  # type: ignore[attr-defined]


def made_up(schema: dict[str, Any], part: dict[str, Any]) -> Any:
    """A value that fits a part of the schema: its example, or the required fields."""
    part = part.get("anyOf", [part])[0]
    if "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    if "example" in part:
        return part["example"]
    if part.get("type") == "object":
        return {name: made_up(schema, part["properties"][name]) for name in part.get("required", [])}
    if part.get("type") in ("integer", "number"):
        return part.get("minimum", 1)
    return {"boolean": True, "array": []}.get(str(part.get("type")), "rank(close)")


def names_in(path: str) -> list[str]:
    """The parameters of a path."""
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def facts(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """What an answer tells."""
    return answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k.lower() != "date"}


def test_every_parameter_of_a_path_has_a_rule(scene: Scene) -> None:
    for method, path, _ in operations(scene.client):
        if (method, path) not in OPEN and not path.startswith("/admin/"):
            without = set(names_in(path)) - set(RANDOM) - set(WORDS)
            assert not without, f"{method} {path}: say in this file what belongs to whom: {without}"


def test_what_belongs_to_somebody_is_not_there_for_others(scene: Scene) -> None:
    tried = 0
    for method, path, how in operations(scene.client):
        if not set(names_in(path)) & set(RANDOM) or path.startswith("/admin/"):
            continue
        body = body_for(scene.client, how)
        theirs = scene.other.ask(method, path.format(**{**WORDS, **scene.owned}), json=body)
        nobodys = scene.other.ask(method, path.format(**{**WORDS, **RANDOM}), json=body)
        assert facts(theirs) == facts(nobodys), f"{method} {path}"
        assert theirs.status_code == 404, f"{method} {path}: {theirs.text}"
        tried += 1
    assert tried >= 14


def test_the_owner_finds_it(scene: Scene) -> None:
    """Otherwise the test above would say nothing."""
    for path in ("/tasks/{task_id}", "/tasks/{task_id}/stream", "/reports/{filename}", "/tasks/{task_id}/lineage"):
        assert scene.owner.ask("GET", path.format(**scene.owned)).status_code == 200, path
    for path in ("/tasks/{task_id}/sse-ticket", "/reports/{filename}/ticket"):
        assert scene.owner.ask("POST", path.format(**scene.owned)).status_code == 200, path
    named = scene.owner.ask("PATCH", f"/sessions/{scene.owned['session_id']}", json={"name": CANARY})
    assert named.status_code == 200


def test_ids_in_bodies_and_queries_open_nothing(scene: Scene) -> None:
    tried = set()
    for method, path, how in operations(scene.client):
        if path.startswith("/admin/") or names_in(path):
            continue
        for found in how.get("parameters", []):
            if (name := found["name"]) in RANDOM:
                pair = [scene.other.ask(method, f"{path}?{name}={ids[name]}") for ids in (scene.owned, RANDOM)]
                assert facts(pair[0]) == facts(pair[1]), f"{method} {path}?{name}"
                tried.add((path, name))
    ask = {"prompt": "rank(close)", "start_date": "2025-01-01", "end_date": "2025-06-30"}
    pair = [
        scene.other.ask("POST", "/auto_backtest", json={**ask, "session_id": ids["session_id"]})
        for ids in (scene.owned, RANDOM)
    ]
    assert facts(pair[0]) == facts(pair[1])
    assert pair[0].status_code == 404
    said = {"description": "x"}
    pair = [
        scene.other.ask("POST", "/feedback", json={**said, "task_id": ids["task_id"]}) for ids in (scene.owned, RANDOM)
    ]
    assert pair[0].status_code == pair[1].status_code
    assert ("/tasks", "session_id") in tried


def test_nothing_of_somebody_stands_in_the_lists_of_others(scene: Scene) -> None:
    words = [CANARY, scene.owner.id, *scene.owned.values()]
    for method, path, _ in operations(scene.client):
        if method == "get" and not names_in(path) and not path.startswith("/admin/"):
            text = scene.other.ask("GET", path).text
            assert not [word for word in words if word in text], path
    for path in ("/tasks", "/sessions"):
        assert scene.owned["task_id" if path == "/tasks" else "session_id"] in scene.owner.ask("GET", path).text


def test_without_a_token_there_is_nothing(scene: Scene) -> None:
    for method, path, how in operations(scene.client):
        if (method, path) in OPEN:
            continue
        body = body_for(scene.client, how)
        answers = [
            scene.client.request(method, API + path.format(**{"feedback_id": "0" * 32, **WORDS, **ids}), json=body)
            for ids in (scene.owned, RANDOM)
        ]
        assert facts(answers[0]) == facts(answers[1]), f"{method} {path}"
        assert (answers[0].status_code, answers[0].json()["detail"]) == (401, "未提供认证信息"), f"{method} {path}"


def test_users_are_no_administrators_and_administrators_no_users(scene: Scene) -> None:
    admin = {"Authorization": f"Bearer {tokens_of(scene.app).admin()}"}
    for method, path, how in operations(scene.client):
        if (method, path) in OPEN or path == "/auth/logout":
            continue
        body = body_for(scene.client, how)
        address = path.format(**{"feedback_id": "0" * 32, **WORDS, **scene.owned})
        by_user = scene.other.ask(method, address, json=body)
        by_admin = scene.client.request(method, API + address, json=body, headers=admin)
        if is_administrative(method, path):
            assert (by_user.status_code, by_user.json()["detail"]) == (403, "需要管理员权限"), path
            assert by_admin.status_code in (200, 404) or (method, path) in OF_THE_ADMINISTRATION, path
            assert by_admin.status_code not in (401, 403, 500), f"{path}: {by_admin.text}"
        else:
            assert (by_admin.status_code, by_admin.json()["detail"]) == (401, "无效的 Token 类型"), f"{method} {path}"
            assert by_user.status_code not in (401, 403), f"{method} {path}"


def test_a_refresh_token_is_no_access_token(scene: Scene) -> None:
    refresh = {"Authorization": f"Bearer {tokens_of(scene.app).refresh(scene.owner.id)}"}
    for path in ("/tasks", "/auth/me", "/admin/overview"):
        answer = scene.client.get(API + path, headers=refresh)
        assert (answer.status_code, answer.json()["detail"]) == (401, "无效的 Token 类型")


INTRUDING = {
    "id": "ffffffffffff", "task_id": "ffffffffffff", "owner_id": "x", "user_id": "x", "is_admin": True, "role": "admin",
    "is_active": False, "status": "completed", "state": "succeeded", "score": 100, "grade": "A", "resolved": True,
    "created_at": "2001-01-01T00:00:00", "updated_at": "2001-01-01T00:00:00", "attempt": 7, "priority": 99,
}  # fmt: skip


def test_a_body_sets_nothing_but_what_it_may(scene: Scene) -> None:
    me = scene.other
    ask = {"prompt": "rank(close)", "start_date": "2025-01-01", "end_date": "2025-06-30"}
    task = me.ask("POST", "/auto_backtest", json={**INTRUDING, **ask}).json()["task_id"]
    session = me.ask("POST", "/sessions", json={**INTRUDING, "name": "n"}).json()["id"]
    me.ask("PATCH", f"/sessions/{session}", json={**INTRUDING, "name": "m"})
    left = me.ask("POST", "/feedback", json={**INTRUDING, "description": "d", "task_id": None}).json()["id"]
    with scene.app.records.reader.begin() as connection:
        job = connection.execute(select(jobs).where(jobs.c.id == task)).mappings().one()
        folder = connection.execute(select(sessions).where(sessions.c.id == session)).mappings().one()
        feedback = connection.execute(select(feedbacks).where(feedbacks.c.id == left)).mappings().one()
        user = connection.execute(select(users).where(users.c.id == me.id)).mappings().one()
    assert (job["owner_id"], job["state"], job["attempt"], job["priority"]) == (me.id, "queued", 0, 0)
    assert (folder["owner_id"], folder["name"], uuid.UUID(folder["id"]).version) == (me.id, "m", 4)
    assert (feedback["owner_id"], feedback["resolved"], feedback["id"] == INTRUDING["id"]) == (me.id, False, False)
    assert (user["is_admin"], user["is_active"]) == (False, True)
    assert min(row["created_at"] for row in (job, folder, feedback)) > 1e9


def test_jobs_of_other_kinds_are_no_tasks(scene: Scene) -> None:
    """The report of a user is made again by a job of theirs; as a task it does not exist."""
    ask = RenderReport(name=scene.owned["filename"], task_id=scene.owned["task_id"])
    job = scene.app.submit(ask, owner_id=scene.owner.id)
    for path in (f"/tasks/{job.id}", f"/tasks/{job.id}/stream"):
        assert scene.owner.ask("GET", path).status_code == 404
    assert scene.owner.ask("POST", f"/tasks/{job.id}/sse-ticket").status_code == 404
