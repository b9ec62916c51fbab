"""GET /compare and the correlation of factor values, over the wire and through a worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests import _rig
from tests.wire._people import ODD_TEXTS

from quantgpt.faces.rest.app import create_api
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.tasks import CANCELLED

API = "/api/v1"
SPAN = {"universe": "small_scale", "start_date": "2023-01-03", "end_date": "2024-06-30", "benchmark": "hs300"}
FACTOR = "rank(close/ts_mean(close, 20))"
TWIN = "rank(close/ts_mean(close, 21))"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    return _rig.lend_demo(_rig.make_app(tmp_path_factory.mktemp("compare")))


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    with TestClient(create_api(app), base_url="http://127.0.0.1") as made, _rig.working(app):
        yield made


def run(app: App, client: TestClient, prompt: str, **more: Any) -> str:
    made = client.post(f"{API}/auto_backtest", json={"prompt": prompt, **SPAN, **more}).json()["task_id"]
    assert _rig.finished(app, made, 90).state == "succeeded"
    return str(made)


@pytest.fixture(scope="module")
def runs(app: App, client: TestClient) -> dict[str, str]:
    asked = {
        "first": (FACTOR, {}),
        "twin": (TWIN, {}),
        "low": ("-rank(ts_std(close, 20)/close)", {}),
        "late": (FACTOR, {"start_date": "2023-09-01"}),
        "wide": (FACTOR, {"universe": "hs300"}),
        "before": (FACTOR, {"start_date": "2021-01-04", "end_date": "2022-06-30"}),
    }
    return {name: run(app, client, prompt, **more) for name, (prompt, more) in asked.items()}


def compare(client: TestClient, *ids: str) -> Any:
    answer = client.get(f"{API}/compare", params={"ids": ",".join(ids)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def correlated(app: App, client: TestClient, *ids: str) -> Any:
    asked = client.post(f"{API}/compare/correlation", json={"ids": list(ids)})
    assert asked.status_code in (200, 202), asked.text
    if asked.json()["job_id"]:
        _rig.finished(app, asked.json()["job_id"], 60)
    return client.get(f"{API}/compare/correlation", params={"ids": ",".join(ids)}).json()


def test_runs_of_one_span_show_the_figures_of_their_results(client: TestClient, runs: dict[str, str]) -> None:
    made = compare(client, runs["first"], runs["low"])
    assert [one["letter"] for one in made["runs"]] == ["A", "B"]
    assert made["alignment"]["state"] == "same"
    for at, name in enumerate(("first", "low")):
        result = client.get(f"{API}/tasks/{runs[name]}").json()["result"]
        rows = {one["name"]: one for one in made["metrics"]}
        for metric in ("cagr", "sharpe", "max_drawdown", "volatility"):
            assert rows[metric]["values"][at] == pytest.approx(result["metrics"][metric])
        sign = result["params"]["direction"]
        assert rows["rank_ic_mean"]["own"][at] == sign * result["backtest_summary"]["rank_ic_mean"]
        assert rows["score"]["values"][at] == result["score"]
        nav = client.get(f"{API}/tasks/{runs[name]}/series/nav").json()
        shown = made["series"]["nav"]
        assert shown["index"] == nav["index"]
        assert shown["columns"]["AB"[at]] == pytest.approx(nav["columns"]["strategy"], abs=1e-7)
    assert made["correlation"]["state"] == "absent"
    assert not any(one["differs"] for one in made["settings"] if one["name"] not in ("direction",))


def test_spans_that_differ_are_aligned_and_said(client: TestClient, runs: dict[str, str]) -> None:
    made = compare(client, runs["first"], runs["late"], runs["wide"])
    assert made["alignment"]["state"] == "trimmed"
    assert made["alignment"]["first_day"] > "2023-09-01"
    codes = [one["code"] for one in made["warnings"]]
    assert "different_universe" in codes
    assert "same_expression" in codes
    differs = {one["name"] for one in made["settings"] if one["differs"]}
    assert {"start_date", "universe"} <= differs
    assert made["verdict"]["code"] == "same_idea"


def test_spans_without_common_days_are_told(client: TestClient, runs: dict[str, str]) -> None:
    made = compare(client, runs["first"], runs["before"])
    assert made["alignment"]["state"] == "none"
    assert made["verdict"]["code"] == "not_comparable"
    assert made["correlation"]["state"] == "unavailable"
    answer = client.post(f"{API}/compare/correlation", json={"ids": [runs["first"], runs["before"]]})
    assert (answer.status_code, answer.json()["state"]) == (200, "unavailable")


def test_values_that_agree_are_one_idea(app: App, client: TestClient, runs: dict[str, str]) -> None:
    made = correlated(app, client, runs["low"], runs["first"], runs["twin"], runs["wide"])
    assert made["state"] == "completed", made
    matrix = made["matrix"]
    assert [matrix[k][k] for k in range(4)] == pytest.approx([1.0] * 4)
    assert matrix[1][2] > 0.9
    assert ["B", "C"] in made["same_idea"]
    assert matrix == [list(row) for row in zip(*matrix, strict=True)]
    assert made["days"][0][1] > 200
    # the same runs in another order are the same job, and are shown in that order
    again = client.post(
        f"{API}/compare/correlation", json={"ids": [runs["wide"], runs["twin"], runs["first"], runs["low"]]}
    )
    assert (again.status_code, again.json()["job_id"]) == (200, made["job_id"])
    assert again.json()["matrix"][1][2] == matrix[2][1]
    shown = compare(client, runs["low"], runs["first"], runs["twin"], runs["wide"])
    assert shown["correlation"]["matrix"] == matrix
    assert all(one["code"] == "same_idea" for one in shown["verdict"]["more"])


def test_the_correlation_is_that_of_values_written_out(app: App, client: TestClient, runs: dict[str, str]) -> None:
    """Oracle: both factors evaluated on the market, ranked name by name and session by session."""
    import numpy as np

    from quantgpt.expr import EvalInputs, compile_expression, evaluate

    made = correlated(app, client, runs["first"], runs["low"])
    market = app.markets.open()
    results = [client.get(f"{API}/tasks/{runs[name]}").json()["result"]["params"] for name in ("first", "low")]
    start, end = results[0]["effective_start"], results[0]["effective_end"]
    expressions = [compile_expression(one["expression"]) for one in results]
    view = market.view("small_scale", start, end, warmup=30, benchmark=None)
    one, other = evaluate(expressions, EvalInputs.of(view))
    found = []
    for row in range(view.first, view.days.size):
        held = [
            k for k in range(len(view.assets)) if view.eligible[row, k] and np.isfinite(one[row, k] + other[row, k])
        ]
        if len(held) < 5:
            continue
        x, y = ([sum(p[row, m] < p[row, k] for m in held) for k in held] for p in (one, other))
        found.append(float(np.corrcoef(x, y)[0, 1]))
    expected = results[0]["direction"] * results[1]["direction"] * float(np.mean(found))
    assert made["matrix"][0][1] == pytest.approx(expected, abs=2e-6)
    assert made["days"][0][1] == len(found)


def test_a_correlation_that_failed_can_be_asked_for_again(app: App, client: TestClient, runs: dict[str, str]) -> None:
    ids = [runs["late"], runs["twin"]]
    first = client.post(f"{API}/compare/correlation", json={"ids": ids}).json()["job_id"]
    app.records.jobs.cancel(first, LOCAL_ADMIN, CANCELLED)
    if _rig.finished(app, first).state == "failed":
        again = client.post(f"{API}/compare/correlation", json={"ids": ids})
        assert (again.status_code, again.json()["job_id"] == first) == (202, False)


def test_what_cannot_be_compared_is_refused(app: App, client: TestClient, runs: dict[str, str]) -> None:
    def refused(*ids: str) -> tuple[int, Any, Any]:
        answer = client.get(f"{API}/compare", params={"ids": ",".join(ids)})
        posted = client.post(f"{API}/compare/correlation", json={"ids": list(ids)})
        assert posted.status_code == answer.status_code
        body = answer.json()
        return answer.status_code, body.get("field"), body.get("nearest")

    a, b = runs["first"], runs["low"]
    assert refused(a) == (400, "ids", None)
    assert refused(a, b, a) == (400, "ids", f"{a},{b}")
    assert refused(a, f"{b}-0") == (400, "ids", b)
    assert refused(a, "0123456789ab")[0] == 404
    assert refused(*[f"{k:012x}" for k in range(7)])[:2] == (400, "ids")
    for text in ODD_TEXTS:
        assert refused(a, text.replace(",", ""))[0] in (400, 404)
    job = app.submit(TestFactor(prompt=FACTOR, **SPAN), owner_id=LOCAL_ADMIN)  # type: ignore[arg-type]
    status, field, _ = refused(a, job.id)
    assert (status, field) == (400, "ids")
    answer = client.get(f"{API}/compare")
    assert (answer.status_code, answer.json()["field"]) == (400, "ids")


def test_what_belongs_to_somebody_else_is_not_there(app: App, client: TestClient, runs: dict[str, str]) -> None:
    from quantgpt.foundations.errors import NotFound
    from quantgpt.services.comparisons import compare_runs

    other = app.records.accounts.ensure("stranger@example.com").id
    with pytest.raises(NotFound):
        compare_runs(app, other, [runs["first"], runs["low"]])


def test_candidates_of_an_iteration_can_be_compared(app: App, client: TestClient, runs: dict[str, str]) -> None:
    answer = client.post(f"{API}/tasks/{runs['first']}/iterate", json={"n_candidates": 3})
    assert answer.status_code == 202, answer.text
    task = answer.json()["task_id"]
    assert _rig.finished(app, task, 120).state == "succeeded"
    rows = client.get(f"{API}/tasks/{task}").json()["candidates"]
    good = [at for at, row in enumerate(rows) if row["status"] == "success"]
    assert good
    made = compare(client, runs["first"], f"{task}-{good[0]}")
    assert (made["runs"][1]["candidate"], made["runs"][1]["score"]) == (good[0], rows[good[0]]["score"])
    assert made["runs"][1]["parent"] == runs["first"]
    bare = client.get(f"{API}/compare", params={"ids": f"{runs['first']},{task}"})
    assert (bare.status_code, bare.json()["nearest"]) == (400, f"{task}-0")
    beyond = client.get(f"{API}/compare", params={"ids": f"{runs['first']},{task}-77"})
    assert (beyond.status_code, beyond.json()["nearest"]) == (400, f"{task}-{good[-1]}")
