"""The ledger over HTTP and in tests of factors: pages, summaries, q-values of sessions and tasks, growing corrections."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from statsmodels.stats.multitest import multipletests
from tests._rig import lend_demo, make_app

from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.errors import NoData
from quantgpt.metrics.sharpe_inference import expected_best_sharpe
from quantgpt.records import LOCAL_ADMIN, NewJob
from quantgpt.services._base import App
from quantgpt.services.factor_tests import TestFactor
from quantgpt.services.sessions import open_session
from quantgpt.services.trials import Identity, failed_row, measured_row

SPAN = {"universe": "hs300", "start_date": "2023-01-01", "end_date": "2025-12-31", "holding_period": 5}
API = "/api/v1"


@pytest.fixture
def app(tmp_path: Any) -> Iterator[App]:
    """An App on the demo market without a worker."""
    made = lend_demo(make_app(tmp_path / "home"))
    yield made
    made.records.close()


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    """A client on this machine."""
    with TestClient(create_api(app), base_url="http://127.0.0.1:8003") as opened:
        yield opened


def identity(name: str) -> Identity:
    return Identity(market="demo", expression=name, expression_hash=name, **SPAN)  # type: ignore[arg-type]


def tried(
    app: App, name: str, p: float | None, job_id: str | None = None, lineage: str | None = None, **how: Any
) -> None:
    g = np.random.default_rng(zlib.crc32(name.encode()))
    row = measured_row(identity(name), g.normal(size=300) / 100, "2023-01-04", {"p_value": p, "grade": "C"}, "test")
    app.records.trials.add(LOCAL_ADMIN, [row | how], job_id=job_id, lineage_id=lineage)


def done(app: App, job_id: str, name: str, p: float, t: float, session: str | None = None) -> None:
    """A finished test as lists show it."""
    facts = {"expression": name, "brief": {"backtest_summary": {"rank_ic_p_permutation": p, "rank_ic_t_hac": t}}}
    ask = json.dumps({"prompt": name, "market": "demo", **SPAN})
    new = NewJob(
        id=job_id, operation="factor.test", owner_id=LOCAL_ADMIN, ask=ask, session_id=session, lineage_id=job_id
    )
    app.records.jobs.submit(new)
    app.records.attempts.claim("w", 60)
    booked = app.records.attempts.succeed(
        job_id, 1, stage="completed", outcome="{}", outcome_hash="x", facts=json.dumps(facts)
    )
    assert booked


def test_q_values_of_a_session_count_everything_tried_in_it(app: App, client: TestClient) -> None:
    session = open_session(app, LOCAL_ADMIN, "one").id
    done(app, "aaa", "rank(close)", 0.004, 3.4, session)
    done(app, "bbb", "rank(open)", 0.030, -2.2, session)
    tried(app, "rank(close)", 0.004, "aaa", "aaa")
    tried(app, "rank( open )", 0.030, "bbb", "bbb")
    tried(app, "candidate", 0.020, "iter_x", "aaa")  # of a search that began in the session
    tried(app, "no p", None, "iter_x", "aaa")
    tried(app, "looked", 0.5, "aaa", "aaa", kind="opening")
    tried(app, "elsewhere", 0.9, "zzz", "zzz")
    family = [0.004, 0.030, 0.020]
    answer = client.get(f"{API}/sessions/{session}/q-values")
    assert answer.status_code == 200
    got = answer.json()["q_values"]
    assert set(got) == {"aaa", "bbb"}
    for place, task in enumerate(("aaa", "bbb")):
        assert got[task]["family"] == 3
        assert got[task]["p"] == family[place]
        for name, method in (("q_bh", "fdr_bh"), ("q_by", "fdr_by"), ("p_holm", "holm")):
            assert got[task][name] == pytest.approx(multipletests(family, method=method)[1][place])
    assert (got["aaa"]["t3"], got["bbb"]["t3"]) == (True, False)
    missing = "00000000-0000-0000-0000-000000000000"
    assert client.get(f"{API}/sessions/{missing}/q-values").status_code == 404


def test_q_values_of_tasks_count_the_ledger_of_their_span(app: App, client: TestClient) -> None:
    done(app, "aaa", "rank(close)", 0.004, 3.4)
    for k in range(9):
        tried(app, f"other{k}", 0.1 * (k + 1))
    got = client.get(f"{API}/q-values", params={"ids": "aaa"}).json()["q_values"]
    assert got["aaa"]["family"] == 10
    assert got["aaa"]["q_bh"] == pytest.approx(0.04)
    assert client.get(f"{API}/q-values", params={"ids": "aaa,nothere"}).status_code == 404
    assert client.get(f"{API}/q-values", params={"ids": ","}).status_code == 400
    assert client.get(f"{API}/q-values").status_code == 400
    assert client.get(f"{API}/q-values", params={"ids": "\x00"}).status_code == 404


def test_q_values_of_tasks_count_what_was_tried_on_shifted_dates(app: App, client: TestClient) -> None:
    done(app, "aaa", "rank(close)", 0.004, 3.4)
    g = np.random.default_rng(4)
    for name, p in (("other", 0.02), ("another", 0.5), ("rank(close)", 0.006)):
        shifted = replace(identity(name), start_date="2023-01-05")
        row = measured_row(shifted, g.normal(size=700) / 100, "2023-01-06", {"p_value": p}, "test")
        app.records.trials.add(LOCAL_ADMIN, [row])
    got = client.get(f"{API}/q-values", params={"ids": "aaa"}).json()["q_values"]["aaa"]
    assert (got["p"], got["family"]) == (0.004, 3)
    assert got["q_bh"] == pytest.approx(multipletests([0.004, 0.02, 0.5], method="fdr_bh")[1][0])


def test_pages_of_trials(app: App, client: TestClient) -> None:
    for k in range(5):
        tried(app, f"t{k}", 0.1, f"job{k}")
    body = client.get(f"{API}/trials", params={"page": 2, "page_size": 2}).json()
    assert (body["page"], body["page_size"], body["total"]) == (2, 2, 5)
    assert [(trial["expression"], trial["task_id"]) for trial in body["trials"]] == [("t2", "job2"), ("t1", "job1")]
    assert client.get(f"{API}/trials", params={"universe": "csi500"}).json()["total"] == 0
    assert client.get(f"{API}/trials", params={"ledger_key": identity("x").key}).json()["total"] == 5
    assert client.get(f"{API}/trials", params={"page_size": 101}).status_code == 400
    assert client.get(f"{API}/trials", params={"universe": "\x00"}).status_code == 400


def test_failures_and_repeats_are_counted_over_all_pages(app: App, client: TestClient) -> None:
    """A repeat is the same factor with another holding period; against a count by hand over rows in plain order."""
    g = np.random.default_rng(8)
    held = [("a", 5), ("b", 5), ("a", 10), ("c", 5), ("a", 20), ("b", 1), ("d", 5)]
    asked = [replace(identity(name), holding_period=days) for name, days in held]
    rows = [measured_row(one, g.normal(0.001, 0.01, size=300), "2024-01-05", {}, "test") for one in asked]
    app.records.trials.add(
        LOCAL_ADMIN, [*rows, failed_row(identity("e")), failed_row(replace(asked[3], holding_period=7))]
    )
    app.records.trials.add(LOCAL_ADMIN, [failed_row(replace(identity("a"), start_date="2023-01-05"))])
    mine = {"ledger_key": identity("a").key}
    pages = [client.get(f"{API}/trials", params={**mine, "page": n, "page_size": 2}).json() for n in range(1, 6)]
    assert {(page["total"], page["failed"], page["repeats"]) for page in pages} == {(9, 2, 4)}
    shown = [trial for page in pages for trial in page["trials"]][::-1]
    seen: set[str] = set()
    for trial in shown:
        assert trial["is_repeat"] == (trial["expression_hash"] in seen), trial["expression"]
        seen.add(trial["expression_hash"])
        daily = trial["sharpe_daily"]
        assert trial["sharpe_annual"] == (None if daily is None else pytest.approx(daily * 252**0.5, rel=1e-6))
    other = client.get(f"{API}/trials").json()
    assert (other["total"], other["failed"], other["repeats"]) == (10, 3, 4), "each ledger begins anew"
    empty = client.get(f"{API}/trials", params={"universe": "csi500"}).json()
    assert (empty["total"], empty["failed"], empty["repeats"]) == (0, 0, 0)


def test_a_summary_says_how_lucky_the_best_may_be(app: App, client: TestClient) -> None:
    for k in range(8):
        tried(app, f"t{k}", 0.1)
    app.records.trials.add(LOCAL_ADMIN, [failed_row(identity("broken"))])
    body = client.get(f"{API}/trials/summary").json()
    assert (body["page"], body["page_size"], body["total"]) == (1, 10, 1)
    assert client.get(f"{API}/trials/summary", params={"page": 2}).json()["ledgers"] == []
    (found,) = body["ledgers"]
    assert (found["trials"], found["failed"], found["universe"]) == (9, 1, "hs300")
    assert found["effective_trials"] == pytest.approx(9.0, abs=0.1)
    variance = max(found["sharpe_variance"], 1 / 299)
    assert found["sharpe_hurdle_daily"] == pytest.approx(
        expected_best_sharpe(found["effective_trials"], variance), rel=1e-3
    )


def test_a_summary_counts_what_was_tried_on_most_of_the_span(app: App, client: TestClient) -> None:
    """All figures of a row speak of the same trials."""
    g = np.random.default_rng(3)
    rows = [measured_row(identity(f"t{k}"), g.normal(size=700) / 100, "2023-01-04", {}, "test") for k in range(6)]
    app.records.trials.add(LOCAL_ADMIN, rows)
    shifted = replace(identity("alone"), start_date="2023-01-05")
    app.records.trials.add(LOCAL_ADMIN, [failed_row(shifted)])
    by_key = {row["ledger_key"]: row for row in client.get(f"{API}/trials/summary").json()["ledgers"]}
    assert set(by_key) == {shifted.key, identity("t0").key}
    for row in by_key.values():
        assert (row["trials"], row["failed"]) == (7, 1)
        assert row["effective_trials"] == pytest.approx(7.0, abs=0.2)
    assert client.get(f"{API}/trials", params={"ledger_key": shifted.key}).json()["total"] == 1


def test_every_test_of_a_user_corrects_the_next(app: App) -> None:
    """Three factors, one of them twice, one that has no values: what a result says of the search it is part of."""

    def run(prompt: str, **more: Any) -> dict[str, Any]:
        ask = TestFactor(prompt=prompt, start_date="2024-01-01", end_date="2025-12-31", **more)
        return dict(app.run(ask, owner_id=LOCAL_ADMIN).result)

    first = run("rank(close / ts_mean(close, 20))")
    assert (first["search"]["trials"], first["params"]["trials"]) == (1, 1.0)
    assert first["search"]["dsr"] == first["search"]["psr"]
    again = run("rank(close/ts_mean(close,20))")
    assert (again["search"]["trials"], again["params"]["trials"]) == (1, 1.0)
    second = run("-rank(ts_delta(close, 5) / close)")
    assert (second["search"]["trials"], second["params"]["trials"]) == (2, 2.0)
    assert second["search"]["dsr"] < second["search"]["psr"]
    with pytest.raises(NoData):
        run("rank(close - close)")
    third = run("ts_corr(rank(close), rank(volume), 10)")
    assert third["search"]["trials"] == 4
    assert third["params"]["trials"] == pytest.approx(4.0, abs=0.2)
    alone = app.run(TestFactor(prompt="rank(volume)", start_date="2024-01-01", end_date="2025-12-31"))
    assert alone.result["search"]["trials"] == 1  # on nobody's behalf
    rows = app.records.trials.page(LOCAL_ADMIN, page=1, page_size=50).rows
    assert sorted(row.kind for row in rows) == ["opening"] * 3 + ["test"] * 4  # each saw the last quarter, too
    kept_out = run("rank(volume)", seal=True)
    assert kept_out["search"]["sealed"]["state"] == "sealed"
    assert kept_out["params"]["effective_end"] == kept_out["search"]["sealed"]["open_last_day"]
    assert app.records.trials.page(LOCAL_ADMIN, page=1, page_size=1).rows[0].kind == "test"
    assert app.records.trials.page(LOCAL_ADMIN, page=1, page_size=1).total == 8
