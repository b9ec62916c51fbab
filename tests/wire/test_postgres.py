"""The same wire on PostgreSQL: submit, follow, read, list, cancel, hostile ids."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests._postgres import shared_server
from tests._rig import lend_demo, make_app, working
from tests.wire._events import stream

from quantgpt.faces.rest.app import create_api
from quantgpt.services._base import App

API = "/api/v1"
ASK = {"prompt": "rank(close)", "start_date": "2025-01-01", "end_date": "2025-06-30"}

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("wire")]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An App on PostgreSQL."""
    made = lend_demo(make_app(tmp_path_factory.mktemp("pg") / "home", database_url=shared_server().database()))
    yield made
    made.records.close()


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    """A client of its server."""
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as opened:
        yield opened


@pytest.mark.slow
def test_a_task_goes_the_whole_way(app: App, client: TestClient) -> None:
    with working(app):
        task_id = client.post(f"{API}/auto_backtest", json=ASK).json()["task_id"]
        events = stream(client, task_id)
    assert (events[-1].name, events[-1].data) == ("done", {"status": "completed"})
    task = client.get(f"{API}/tasks/{task_id}").json()
    assert client.get(f"{API}/tasks").json()["tasks"] == [task]
    assert client.get(task["result"]["report_url"]).status_code == 200


def test_a_queued_task_is_cancelled(client: TestClient) -> None:
    task_id = client.post(f"{API}/auto_backtest", json=ASK).json()["task_id"]
    assert client.post(f"{API}/tasks/{task_id}/cancel").json()["error"] == "任务已取消"


@pytest.mark.parametrize("name", ["%00", "a%00b", "%ff", "x" * 2000, "'; drop table jobs; --"])
def test_hostile_ids_are_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"{API}/tasks/{name}").status_code == 404
    assert client.get(f"{API}/tasks/{name}/series/nav").status_code == 404
    assert client.get(f"{API}/reports/{name}").status_code in (400, 404)


def test_a_key_with_odd_characters_is_a_key_like_any_other(client: TestClient) -> None:
    headers = [(b"idempotency-key", b"'; -- \xe9")]
    answers = [client.post(f"{API}/auto_backtest", json=ASK, headers=headers).json() for _ in range(2)]
    assert answers[0] == answers[1]
