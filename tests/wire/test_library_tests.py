"""Tests of many factors of a library, over the wire and through a worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from tests import _rig

from quantgpt.faces.rest.app import create_api
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App

API = "/api/v1"
SPAN = {"universe": "hs300", "start_date": "2023-01-03", "end_date": "2025-06-30", "benchmark": "hs300"}
NAMES = ["MA20", "ROC20", "STD20", "KMID", "CORR20"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    """The demo market, and a small one without amounts beside it."""
    app, folder = _rig.make_app(tmp_path_factory.mktemp("batches")), tmp_path_factory.mktemp("files")
    app.settings.market_folder.mkdir(parents=True)
    (app.settings.market_folder / "demo").symlink_to(_rig.demo_market() / "demo")
    days = [str(day.date()) for day in pd.bdate_range("2024-03-04", periods=20)]
    rows = [
        (day, code, 10.0, 10.2, 9.9, 10.1, 10.1 if at else 10.0, 1000, 1.0)
        for code in ("600000.SH", "000001.SZ") for at, day in enumerate(days)
    ]  # fmt: skip
    names = ["date", "code", "open", "high", "low", "close", "pre_close", "volume", "factor"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "bars.csv", index=False)
    app.markets.import_path(folder, "small")
    return app


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    with TestClient(create_api(app), base_url="http://127.0.0.1") as made, _rig.working(app):
        yield made


def ask(client: TestClient, library: str = "alpha158", **more: Any) -> Any:
    answer = client.post(f"{API}/libraries/{library}/tests", json={**SPAN, **more})
    assert answer.status_code == 202, answer.text
    return answer.json()


def done(app: App, client: TestClient, made: Any) -> Any:
    _rig.finished(app, made["test_id"], 120)
    found = client.get(f"{API}/library-tests/{made['test_id']}").json()
    assert found["status"] == "completed", found
    return found


@pytest.fixture(scope="module")
def quick(app: App, client: TestClient) -> Any:
    return done(app, client, ask(client, names=NAMES))


def test_rows_are_those_of_a_test_alone(app: App, client: TestClient, quick: Any) -> None:
    """Oracle: the whole factor test of one of them."""
    row = next(one for one in quick["rows"] if one["name"] == "MA20")
    body = {"prompt": row["expression"], **SPAN, "options": {"seal": True}}
    task = client.post(f"{API}/auto_backtest", json=body).json()["task_id"]
    assert _rig.finished(app, task, 90).state == "succeeded"
    result = client.get(f"{API}/tasks/{task}").json()["result"]
    summary = result["backtest_summary"]
    for name in ("rank_ic_mean", "rank_ic_t_hac", "rank_ic_p_hac", "icir_annual", "ic_mean", "monotonicity_score"):
        assert row[name] == pytest.approx(summary[name], rel=1e-9), name
    assert row["direction"] == result["params"]["direction"]
    for name in ("sharpe", "cagr", "max_drawdown"):
        assert row[name] == pytest.approx(result["metrics"][name], rel=1e-9), name
    assert result["search"]["trials"] == len(NAMES)
    assert quick["summary"]["sealed"]["open_last_day"] == result["params"]["effective_end"]


def test_q_values_are_those_of_benjamini_and_hochberg(quick: Any) -> None:
    """Oracle: by hand, the smallest m·p/rank from here on up."""
    p = {row["name"]: row["rank_ic_p_hac"] for row in quick["rows"]}
    order = sorted(p, key=lambda name: p[name])
    for row in quick["rows"]:
        at = order.index(row["name"])
        by_hand = min(min(1.0, len(order) * p[name] / (k + 1)) for k, name in enumerate(order) if k >= at)
        assert row["q_value"] == pytest.approx(by_hand)
    assert [row["q_value"] for row in quick["rows"]] == sorted(row["q_value"] for row in quick["rows"])
    summary = quick["summary"]
    assert summary["significant"] == sum(row["q_value"] <= 0.05 for row in quick["rows"])
    assert str(summary["significant"] or "None") in summary["sentence"]["en"]


def test_a_full_test_has_grades(app: App, client: TestClient) -> None:
    found = done(app, client, ask(client, names=["MA20", "KMID"], mode="full"))
    assert all(row["grade"] in "ABCD" and row["score"] is not None for row in found["rows"])


def test_the_same_computation_is_counted_once(app: App, client: TestClient) -> None:
    ids = [
        client.post(f"{API}/factors", json={"expression": text, "name": name}).json()["id"]
        for name, text in (("one", "rank(close*volume)"), ("other", "rank(open)"))
    ]
    found = done(app, client, ask(client, "kept", names=ids))
    assert [row["id"] for row in sorted(found["rows"], key=lambda row: ids.index(row["id"]))] == ids
    assert found["summary"]["distinct"] == 2
    every = done(app, client, ask(client, "kept"))
    assert every["total"] == len(client.get(f"{API}/factors").json()["factors"])


def test_rows_and_trials_are_there_as_they_are_done(app: App, client: TestClient, quick: Any) -> None:
    from quantgpt.records.parts import PartRecords

    parts = PartRecords(app.records.reader).of_jobs([quick["test_id"]])
    assert sum(len(row["rows"]) for row in map(loaded, parts)) == len(NAMES)
    listed = client.get(f"{API}/library-tests", params={"library": "alpha158"}).json()
    assert quick["test_id"] in [one["test_id"] for one in listed["tests"]]
    assert all(one["rows"] is None and one["library"] == "alpha158" for one in listed["tests"])
    trials = client.get(f"{API}/trials", params={"page_size": 100}).json()["trials"]
    mine = [one for one in trials if one["task_id"] == quick["test_id"]]
    assert {one["expression"] for one in mine} == {row["expression"] for row in quick["rows"]}
    assert {one["kind"] for one in mine} == {"sweep"}


def loaded(part: Any) -> Any:
    import json

    return json.loads(part.part)


def test_a_key_asks_once(app: App, client: TestClient) -> None:
    headers = {"Idempotency-Key": "batch-1"}
    body = {**SPAN, "names": ["KLEN"]}
    first, again = (client.post(f"{API}/libraries/alpha158/tests", json=body, headers=headers).json() for _ in range(2))
    assert first["test_id"] == again["test_id"]
    done(app, client, first)


@pytest.mark.parametrize(
    ("library", "body", "status", "field", "nearest"),
    [
        ("alpha158", {"names": ["MA2O"]}, 400, "names[0]", "MA20"),
        ("alpha158", {"names": ["MA20", "MA20"]}, 400, "names[1]", None),
        ("alpha158", {"names": []}, 400, "names", None),
        ("gtja191", {"names": ["GTJA030"]}, 400, "names[0]", None),
        ("alpha360", {"mode": "full"}, 400, "names", 40),
        ("alpha158", {"mode": "fast"}, 400, "mode", "quick"),
        ("alpha158", {"names": ["MA20"], "universe": "hs30"}, 400, "universe", "hs300"),
        ("alpha158", {"names": ["MA20"], "costs": "free"}, 400, "costs", "flat"),
        ("alpha158", {"names": ["MA20"], "n_groups": 99}, 400, "n_groups", 20),
        ("alpha158", {"names": ["MA20"], "start_date": "gestern"}, 400, "start_date", None),
        ("alpha158", {"nmaes": ["MA20"]}, 400, "nmaes", None),
        ("alpha15", {}, 404, None, "alpha158"),
    ],
)
def test_what_is_wrong_is_refused_by_name(
    client: TestClient, library: str, body: dict[str, Any], status: int, field: str | None, nearest: Any
) -> None:
    answer = client.post(f"{API}/libraries/{library}/tests", json={**SPAN, **body})
    assert answer.status_code == status, answer.text
    found = answer.json()
    assert field is None or found["field"] == field, found
    assert nearest is None or found["nearest"] == nearest, found


def test_an_unfinished_test_can_be_ended(app: App, client: TestClient) -> None:
    made = ask(client)
    ended = client.post(f"{API}/library-tests/{made['test_id']}/cancel").json()
    assert ended["status"] in ("failed", "completed")
    assert client.post(f"{API}/library-tests/{made['test_id']}/cancel").status_code == 200
    other = app.records.accounts.ensure("stranger@example.com").id
    assert app.records.jobs.get(made["test_id"], owner_id=other) is None
    assert app.records.jobs.get(made["test_id"], owner_id=LOCAL_ADMIN) is not None
    assert client.get(f"{API}/library-tests/nothing").status_code == 404


def test_the_list_counts_all_tests_and_says_how_much_is_done(app: App, client: TestClient, quick: Any) -> None:
    found = client.get(f"{API}/library-tests", params={"library": "ALPHA158", "page_size": 1}).json()
    jobs = app.records.jobs.page(LOCAL_ADMIN, ["library.test"], page=1, page_size=100)[0]
    mine = [job for job in jobs if json.loads(job.ask)["library"] == "alpha158"]
    assert (found["total"], len(found["tests"])) == (len(mine), 1)
    whole = client.get(f"{API}/library-tests", params={"page_size": 100}).json()
    assert whole["total"] == len(jobs)
    row = next(one for one in whole["tests"] if one["test_id"] == quick["test_id"])
    assert (row["rows"], row["done"], row["total"]) == (None, len(NAMES), len(NAMES))
    assert client.get(f"{API}/library-tests", params={"library": '"%_'}).json()["total"] == 0


def test_a_request_for_everything_above_the_limit_is_explained(client: TestClient) -> None:
    answer = client.post(f"{API}/libraries/alpha158/tests", json={**SPAN, "mode": "full"})
    body = answer.json()
    assert (answer.status_code, body["field"], body["nearest"]) == (400, "names", 40)
    runnable = [row for row in client.get(f"{API}/libraries/alpha158").json()["factors"] if row["runnable"]]
    assert str(len(runnable)) in body["detail"]


def test_what_can_be_tested_is_said_of_the_market_that_is_named(app: App, client: TestClient) -> None:
    """The demo market has an amount of every bar, the other one has not."""
    other = next(name for name in app.markets.names() if name != "demo")
    lacks = app.markets.open("demo").expression_fields() - app.markets.open(other).expression_fields()
    assert lacks
    field = sorted(lacks)[0]
    kept = client.post(f"{API}/factors", json={"name": "of the other", "expression": f"rank({field})"}).json()["id"]
    for market, runs in ((None, True), ("demo", True), (other, False)):
        query = {} if market is None else {"market": market}
        shelf = client.get(f"{API}/libraries/kept", params=query).json()
        row = next(one for one in shelf["factors"] if one["id"] == kept)
        assert (row["runnable"], shelf["market"]) == (runs, market or "demo")
        assert runs or field in row["reason_en"]
        described = client.post(f"{API}/expressions/describe", json={"expression": f"rank({field})", **query}).json()
        valid = client.post(f"{API}/expressions/validate", json={"expression": f"rank({field})", **query}).json()
        assert described["valid"] is valid["valid"] is runs
    answer = client.post(f"{API}/libraries/kept/tests", json={**SPAN, "names": [kept], "market": other})
    assert (answer.status_code, answer.json()["field"]) == (400, "names[0]")
    for path in ("libraries/kept", "libraries/alpha158"):
        assert client.get(f"{API}/{path}", params={"market": "nowhere"}).status_code == 404
    gone = client.post(f"{API}/expressions/describe", json={"expression": "close", "market": "nowhere"})
    assert (gone.status_code, gone.json()["field"]) == (404, "market")
