"""The library of a user and a factor held against it, over the wire and through a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests import _rig

from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.errors import RateLimited
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App
from quantgpt.services.insights import ask_insight

API = "/api/v1"
SPAN = {"universe": "small_scale", "start_date": "2022-01-04", "end_date": "2023-06-30", "benchmark": "hs300"}
FACTOR = "rank(close / ts_mean(close, 20))"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    return _rig.lend_demo(_rig.make_app(tmp_path_factory.mktemp("library")))


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    with TestClient(create_api(app), base_url="http://127.0.0.1") as made, _rig.working(app):
        yield made


@pytest.fixture(scope="module")
def task_id(app: App, client: TestClient) -> str:
    body = {"prompt": FACTOR, **SPAN, "universe": "hs300"}
    made = client.post(f"{API}/auto_backtest", json=body).json()["task_id"]
    assert _rig.finished(app, made, 90).state == "succeeded"
    return str(made)


def test_a_finished_task_can_be_kept_once(client: TestClient, task_id: str) -> None:
    made = client.post(f"{API}/factors", json={"task_id": task_id, "name": "动量一号"})
    assert made.status_code == 201
    body = made.json()
    assert (body["expression"], body["task_id"], body["universe"]) == (FACTOR, task_id, "hs300")
    assert body["facts"]["grade"] in "ABCD"
    again = client.post(f"{API}/factors", json={"expression": "rank( close/ts_mean(close,20) )"})
    assert (again.status_code, again.json()["nearest"]) == (409, body["id"])
    assert client.get(f"{API}/factors").json()["factors"][0]["id"] == body["id"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"expression": "rank(clos)"}, 400),
        ({"expression": FACTOR, "task_id": "abc"}, 400),
        ({"task_id": "nothing"}, 404),
        ({"expression": "rank(open)", "name": "x" * 201}, 400),
    ],
)
def test_what_cannot_be_kept_is_refused(client: TestClient, body: dict[str, Any], status: int) -> None:
    answer = client.post(f"{API}/factors", json=body)
    assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)


def test_a_factor_can_be_dropped(client: TestClient) -> None:
    made = client.post(f"{API}/factors", json={"expression": "rank(-volume)", "name": "缩量"}).json()["id"]
    assert client.delete(f"{API}/factors/{made}").status_code == 204
    assert client.delete(f"{API}/factors/{made}").status_code == 404


def test_a_factor_is_held_against_what_there_is(app: App, client: TestClient, task_id: str) -> None:
    assert client.get(f"{API}/tasks/{task_id}/insights").status_code == 404
    client.post(f"{API}/factors", json={"expression": "rank(-1 * ts_std(returns, 20))", "name": "低波动"})
    asked = client.post(f"{API}/tasks/{task_id}/insights")
    assert asked.status_code == 202
    assert _rig.finished(app, asked.json()["job_id"], 90).error is None
    body = client.get(f"{API}/tasks/{task_id}/insights").json()
    assert (body["status"], body["error"]) == ("completed", None)
    result = body["result"]
    alike = {row["name"]: row["rank_correlation"] for row in result["correlation"]}
    assert alike["alpha158/MA20"] == pytest.approx(-1.0, abs=0.05)  # MA20 is mean over close
    assert "library/低波动" in alike
    assert result["residual"]["rank_ic"]["raw"]["days"] > 200
    assert set(result["residual"]["rank_ic"]) == {"raw", "styles", "industry", "industry_styles"}
    assert abs(result["residual"]["rank_ic"]["raw"]["explained"]) < 1e-9
    parts = result["residual"]["long_side"]
    total = sum(part["annual"] for part in parts["styles"].values()) + parts["specific"]["annual"]
    assert total == pytest.approx(parts["active"]["annual"], abs=1e-9)
    gain = result["marginal"]
    assert gain["state"] == "measured"
    assert abs(gain["gain"]["rank_ic"]) < 0.01  # the public set holds its mirror image


def test_what_is_not_queued_does_not_count_as_a_submission(tmp_path: Path) -> None:
    app = _rig.make_app(tmp_path, rate_limit=1)
    with TestClient(create_api(app), base_url="http://127.0.0.1") as made:
        codes = [made.post(f"{API}/tasks/nothing/insights").status_code for _ in range(3)]
    assert codes == [404] * 3


def test_a_comparison_that_is_queued_counts(app: App, task_id: str) -> None:
    def refuse(connection: object) -> None:
        raise RateLimited("请求过于频繁", retry_after_seconds=1)

    total = app.records.jobs.count(["factor.insight"])
    with pytest.raises(RateLimited):
        ask_insight(app, task_id, LOCAL_ADMIN, admit=refuse)
    assert app.records.jobs.count(["factor.insight"]) == total


def test_a_task_that_is_not_there_cannot_be_compared(client: TestClient) -> None:
    assert client.post(f"{API}/tasks/nothing/insights").status_code == 404


def test_raw_agrees_with_the_factor_test(app: App, client: TestClient, task_id: str) -> None:
    """The comparison leaves the sealed slice alone; a task on the open part alone has the same rank IC."""
    span = client.get(f"{API}/tasks/{task_id}/insights").json()["result"]["span"]
    body = {"prompt": FACTOR, **SPAN, "universe": "hs300", "end_date": span["end_date"]}
    made = client.post(f"{API}/auto_backtest", json=body).json()["task_id"]
    _rig.finished(app, made, 90)
    result = client.get(f"{API}/tasks/{made}").json()["result"]
    raw = client.get(f"{API}/tasks/{task_id}/insights").json()["result"]["residual"]["rank_ic"]["raw"]
    assert raw["rank_ic"] == pytest.approx(result["backtest_summary"]["rank_ic_mean"], abs=1e-12)
