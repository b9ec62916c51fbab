"""GET /tasks/{task_id}/sealed: before and after the one opening of a lineage."""

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
    return _rig.lend_demo(_rig.make_app(tmp_path_factory.mktemp("sealed")))


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    with TestClient(create_api(app), base_url="http://127.0.0.1") as made, _rig.working(app):
        yield made


def run(app: App, client: TestClient, **more: Any) -> str:
    body = {"prompt": "rank(close/ts_mean(close, 20))", **SPAN, "options": {"seal": True}, **more}
    made = client.post(f"{API}/auto_backtest", json=body).json()["task_id"]
    assert _rig.finished(app, made, 90).state == "succeeded"
    return str(made)


def sealed(client: TestClient, task: str, **params: Any) -> Any:
    answer = client.get(f"{API}/tasks/{task}/sealed", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def opened(app: App, client: TestClient) -> tuple[str, str, int, Any]:
    """(test, iteration, chosen candidate, the slice before)."""
    task = run(app, client)
    before = sealed(client, task)
    search = client.post(f"{API}/tasks/{task}/iterate", json={"n_candidates": 2}).json()["task_id"]
    assert _rig.finished(app, search, 120).state == "succeeded"
    rows = client.get(f"{API}/tasks/{search}").json()["candidates"]
    at = next(k for k, row in enumerate(rows) if row["status"] == "success")
    assert {"score_ci95", "reasons", "decay", "regimes", "manifest"} <= set(rows[at])
    assert sealed(client, search, candidate=at)["state"] == "sealed"
    choice = client.post(f"{API}/tasks/{search}/select_candidate", json={"candidate_index": at}).json()["opening"]
    assert _rig.finished(app, choice["job_id"], 90).state == "succeeded"
    return task, search, at, before


def test_a_slice_that_nobody_saw_is_sealed(opened: Any) -> None:
    before = opened[3]
    assert (before["state"], before["opened"], before["figures"], before["series"]) == ("sealed", None, [], None)
    assert before["slice"]["open_last_day"] < before["slice"]["first_day"]


def test_the_figures_of_both_parts_stand_side_by_side(client: TestClient, opened: Any) -> None:
    task, search, at, _ = opened
    made = sealed(client, search, candidate=at)
    row = client.get(f"{API}/tasks/{search}").json()["candidates"][at]
    look = client.get(f"{API}/tasks/{task}/openings").json()["openings"][0]["result"]
    assert "series" not in look
    assert (made["state"], made["opened"]["is_this"], made["opened"]["number"]) == ("opened", True, 1)
    sign = row["direction"]["sign"]
    figures = {one["name"]: one for one in made["figures"]}
    one = figures["rank_ic_mean"]
    assert one["before"] == sign * row["backtest_summary"]["rank_ic_mean"]
    assert one["after"] == sign * look["backtest_summary"]["rank_ic_mean"]
    assert one["before_ci95"] == sorted(sign * edge for edge in row["backtest_summary"]["rank_ic_ci95"])
    assert one["before_ci95"][0] < one["before"] < one["before_ci95"][1]
    for name in ("sharpe", "cagr", "max_drawdown"):
        assert (figures[name]["before"], figures[name]["after"]) == (row["report_metrics"][name], look["metrics"][name])
    assert (figures["score"]["before"], figures["score"]["after"]) == (row["score"], look["score"])
    assert figures["score"]["before_ci95"] == row["score_ci95"]
    t = figures["rank_ic_t_hac"]["after"]
    code = "contradicts" if one["after"] <= 0 else "agrees" if t >= 1.645 else "weaker"
    assert made["verdict"]["code"] == code


def test_the_curve_goes_on_over_the_slice_alone(client: TestClient, opened: Any) -> None:
    made = sealed(client, opened[1], candidate=opened[2])
    nav = made["series"]["nav"]
    assert nav["columns"]["strategy"][0] == 1.0
    assert nav["index"][0] >= made["slice"]["first_day"]
    assert nav["index"][-1] <= made["slice"]["last_day"]
    figures = {one["name"]: one for one in made["figures"]}
    years = (len(nav["index"]) - 1) / 252
    assert nav["columns"]["strategy"][-1] ** (1 / years) - 1 == pytest.approx(figures["cagr"]["after"])


def test_the_parent_shows_that_it_was_opened_for_another(client: TestClient, opened: Any) -> None:
    made = sealed(client, opened[0])
    assert (made["state"], made["opened"]["is_this"]) == ("opened", False)
    assert [look["refused"] for look in made["looks"]] == [False]
    assert sealed(client, opened[1])["state"] == "opened"


def test_a_run_over_everything_keeps_nothing_sealed(app: App, client: TestClient) -> None:
    made = sealed(client, run(app, client, options={"seal": False}, prompt="rank(volume)"))
    assert made["state"] == "seen"
    assert made["reason"]["zh"]


def test_a_short_span_has_no_slice(app: App, client: TestClient) -> None:
    made = sealed(client, run(app, client, start_date="2024-01-02", universe="small_scale"))
    assert (made["state"], made["slice"]) == ("none", None)
    assert made["reason"]["en"]


def test_what_is_not_there_is_not_found(client: TestClient, opened: Any) -> None:
    assert client.get(f"{API}/tasks/0123456789ab/sealed").status_code == 404
    assert client.get(f"{API}/tasks/{opened[1]}/sealed", params={"candidate": 99}).status_code == 404
    assert client.get(f"{API}/tasks/{opened[0]}/sealed", params={"candidate": 0}).status_code == 404
