"""GET /tasks/{task_id}/days/{date}."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests import _rig

from quantgpt.faces.rest.app import create_api
from quantgpt.services._base import App

API = "/api/v1"
SPAN = {"universe": "hs300", "start_date": "2022-01-04", "end_date": "2024-06-30", "benchmark": "hs300"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    return _rig.lend_demo(_rig.make_app(tmp_path_factory.mktemp("days")))


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    with TestClient(create_api(app), base_url="http://127.0.0.1") as made, _rig.working(app):
        yield made


@pytest.fixture(scope="module")
def task(app: App, client: TestClient) -> str:
    body = {"prompt": "rank(close/ts_mean(close, 20))", **SPAN, "options": {"seal": True}}
    made = client.post(f"{API}/auto_backtest", json=body).json()["task_id"]
    assert _rig.finished(app, made, 90).state == "succeeded"
    return str(made)


def day(client: TestClient, task: str, date: str) -> Any:
    answer = client.get(f"{API}/tasks/{task}/days/{date}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def series(client: TestClient, task: str, name: str) -> Any:
    return client.get(f"{API}/tasks/{task}/series/{name}").json()


def test_every_day_says_what_the_series_say(client: TestClient, task: str) -> None:
    nav, returns, ic = (series(client, task, name) for name in ("nav", "daily_returns", "ic"))
    trades, blocked = series(client, task, "trades"), series(client, task, "blocked")
    rank = dict(zip(ic["index"], ic["columns"]["rank_ic"], strict=True))
    own = dict(zip(returns["index"], returns["columns"]["strategy"], strict=True))
    for at, date in list(enumerate(nav["index"]))[::23]:
        made = day(client, task, date)
        assert made["nav"]["strategy"] == nav["columns"]["strategy"][at]
        assert made["return"]["strategy"] == own.get(date)
        assert made["rank_ic"] == rank.get(date)
        assert len(made["trades"]["rows"]) == trades["index"].count(date)
        assert len(made["blocked"]["rows"]) == blocked["index"].count(date)
        assert made["previous"] == (nav["index"][at - 1] if at else None)


def test_holdings_are_those_of_the_rebalance_before(client: TestClient, task: str) -> None:
    nav = series(client, task, "nav")["index"]
    first = day(client, task, nav[0])
    assert (first["holdings"]["state"], first["rebalance"]) == ("none", None)
    assert first["holdings"]["reason"]["en"]
    traded = day(client, task, nav[1])
    assert traded["is_rebalance"]
    assert traded["rebalance"]["index"] == 1
    assert traded["trades"]["rows"]
    assert all(row["side"] == "buy" for row in traded["trades"]["rows"])
    later = day(client, task, nav[3])
    assert not later["is_rebalance"]
    assert later["holdings"] == traded["holdings"]
    weights = [row["weight"] for row in later["holdings"]["rows"]]
    assert sum(weights) == pytest.approx(1.0, abs=0.05)
    assert {row["name"] for row in later["holdings"]["rows"]} - {None}
    last = day(client, task, nav[-1])
    holdings = series(client, task, "holdings")
    shown = {row["code"] for row in last["holdings"]["rows"]}
    held = {code for code, w in zip(holdings["index"], holdings["columns"]["weight"], strict=True) if w > 1e-9}
    assert shown == held
    assert last["next"] is None


@pytest.mark.parametrize(
    ("date", "nearest"),
    [("2023-07-01", "2023-06-30"), ("2023-07-02", "2023-07-03"), ("1999-01-01", "first"), ("2024-06-28", "last"),
     ("2023-02-30", "last"), ("gestern", "last"), ("2023-7-3", "last"), ("９９９９-01-01", "last"), ("2023-07-03T00:00", "last")],
)  # fmt: skip
def test_what_is_no_session_is_refused_with_the_nearest(client: TestClient, task: str, date: str, nearest: str) -> None:
    nav = series(client, task, "nav")["index"]
    answer = client.get(f"{API}/tasks/{task}/days/{date}")
    known = {"first": nav[0], "last": nav[-1]}
    assert (answer.status_code, answer.json()["field"]) == (400, "date"), answer.text
    assert answer.json()["nearest"] == known.get(nearest, nearest)


def test_the_sealed_slice_is_said(client: TestClient, task: str) -> None:
    answer = client.get(f"{API}/tasks/{task}/days/2024-06-03").json()
    assert "封存段" in answer["detail"]


def test_an_older_result_says_why_there_are_no_holdings(app: App, client: TestClient, task: str) -> None:
    result, tables = app.artifacts.load(task)
    lacking = {name: table for name, table in tables.items() if name not in ("positions", "trades")}
    app.artifacts.write_task(task, result, lacking)
    try:
        made = day(client, task, series(client, task, "nav")["index"][40])
        assert made["holdings"]["state"] == made["trades"]["state"] == "none"
        assert made["holdings"]["reason"]["zh"]
        assert made["blocked"]["state"] == "known"
    finally:
        app.artifacts.write_task(task, result, tables)


def test_nobody_elses_and_no_other_candidates(client: TestClient, task: str) -> None:
    assert client.get(f"{API}/tasks/0123456789ab/days/2023-07-03").status_code == 404
    assert client.get(f"{API}/tasks/{task}/days/2023-07-03", params={"candidate": 0}).status_code == 404
