"""The ledger inside a job: what a test is corrected for, what it adds, how both ends fit together."""

from __future__ import annotations

import doctest
import json
import math

import numpy as np
import pytest

from quantgpt.backtest.factor_test import FactorTestSpec, compute, run_factor_test
from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.factors.search import active_returns
from quantgpt.market.demo import demo_view
from quantgpt.services import trials
from quantgpt.services.trials import (
    Identity,
    TrialBook,
    active_of,
    failed_row,
    finish,
    laid_side_by_side,
    ledger_key,
    measured_row,
    prepare,
    unpack_returns,
)


def identity(name: str, holding: int = 5) -> Identity:
    return Identity(
        market="demo",
        universe="hs300",
        start_date="2023-01-01",
        end_date="2025-12-31",
        holding_period=holding,
        expression=name,
        expression_hash=name,
    )


def briefing(*rows: dict, older: int = 0) -> dict:
    told = [{**row, "label": f"{row['expression_hash']}/{row['holding_period']}"} for row in rows]
    return json.loads(json.dumps({"ledger": {"key": "k", "older": older, "rows": told}}))


def measured(name: str, returns: np.ndarray) -> dict:
    return measured_row(identity(name), returns, "2023-01-04", {}, "candidate")


def test_docstring_examples_hold() -> None:
    assert doctest.testmod(trials).failed == 0


def test_a_ledger_is_named_by_market_universe_and_span() -> None:
    keys = {
        ledger_key("demo", "hs300", "2023-01-01", "2025-12-31"),
        ledger_key("main", "hs300", "2023-01-01", "2025-12-31"),
        ledger_key("demo", "csi500", "2023-01-01", "2025-12-31"),
        ledger_key("demo", "hs300", "2023-01-02", "2025-12-31"),
    }
    assert len(keys) == 4
    assert all(len(key) <= 64 for key in keys)


def test_the_first_trial_is_corrected_for_nothing() -> None:
    assert prepare(identity("a"), {}).trials == 1.0
    assert prepare(identity("a"), briefing()).permutations == 999


def test_the_same_again_is_no_new_trial() -> None:
    g = np.random.default_rng(1)
    told = briefing(measured("a", g.normal(size=500)), measured("b", g.normal(size=500)))
    assert prepare(identity("a"), told).trials == pytest.approx(2.0, abs=0.01)
    assert prepare(identity("c"), told).trials == pytest.approx(3.0, abs=0.01)
    assert prepare(identity("a", holding=10), told).trials == pytest.approx(3.0, abs=0.01)


def test_copies_count_once_and_failures_each() -> None:
    x = np.random.default_rng(2).normal(size=500)
    rows = [measured(f"copy{k}", x) for k in range(30)] + [failed_row(identity(f"failed{k}")) for k in range(50)]
    assert prepare(identity("new"), briefing(*rows)).trials == pytest.approx(52.0, abs=0.01)
    assert prepare(identity("new"), briefing(*rows)).permutations == math.ceil(
        40 * prepare(identity("new"), briefing(*rows)).trials
    )


def test_candidates_tried_together_count_together() -> None:
    book = TrialBook.read(briefing())
    assert book.trials_for(*(identity(f"c{k}") for k in range(5))) == 5.0


def test_a_job_counts_what_it_has_tried_itself() -> None:
    g = np.random.default_rng(3)
    book = TrialBook.read(briefing(measured("a", g.normal(size=400))))
    book.add(measured("b", g.normal(size=400)))
    book.add(measured("b", g.normal(size=400)))
    assert book.ledger().trials == 2
    assert book.trials_for(identity("c")) == pytest.approx(3.0, abs=0.02)


def test_older_trials_count_as_different_as_the_newer_ones() -> None:
    x = np.random.default_rng(4).normal(size=500)
    same = [measured(f"c{k}", x) for k in range(10)]
    assert TrialBook.read(briefing(*same, older=90)).ledger().counted == pytest.approx(10.0, abs=0.01)
    assert TrialBook.read(briefing(older=90)).ledger().counted == 90.0


def test_failed_trials_lower_the_deflated_ratio_of_a_run() -> None:
    g = np.random.default_rng(5)
    own = g.normal(0.0008, 0.006, 500)
    others = [measured(f"o{k}", g.normal(0.0, 0.006, 500)) for k in range(4)]
    failures = [failed_row(identity(f"f{k}")) for k in range(50)]
    before = TrialBook.read(briefing(*others)).judge(identity("mine"), own)
    after = TrialBook.read(briefing(*others, *failures)).judge(identity("mine"), own)
    assert (before.trials, after.trials) == (5, 55)
    assert after.dsr < before.dsr - 0.02


def test_runs_of_one_ledger_match_from_the_left() -> None:
    table = laid_side_by_side([np.array([1.0, 2.0, 3.0]), np.array([4.0])])
    np.testing.assert_array_equal(table, [[1.0, 2.0, 3.0], [4.0, np.nan, np.nan]])


def test_a_family_of_noise_in_the_book() -> None:
    g = np.random.default_rng(6)
    book = TrialBook()
    for k in range(12):
        book.add(measured(f"n{k}", g.normal(size=400)), lineage_id="one" if k < 11 else "two")
    found = book.overfitting("one")
    assert (found["trials"], found["splits"], found["reason"]) == (11, 12_870, None)
    assert 0 <= found["pbo"] <= 1
    assert book.overfitting("two")["pbo"] is None
    assert "10" in book.overfitting("two")["reason"]["zh"]
    json.dumps(found, allow_nan=False)


@pytest.fixture(scope="module")
def tested():  # type: ignore[no-untyped-def]
    view = demo_view(assets=80, sessions=500, seed=11, warmup=40)
    factor = evaluate([compile_expression("rank(close / ts_mean(close, 20))")], EvalInputs.of(view))[0]
    spec = FactorTestSpec(permutations=99)
    return view, compute(view, factor, spec), run_factor_test(view, factor, spec)


def test_the_series_judged_is_the_strategy_less_the_universe(tested) -> None:  # type: ignore[no-untyped-def]
    """From the tables of a result as from the arrays behind them: the same mean, and day by day up to the costs of the
    groups, which the tables have in all only."""
    _, computed, made = tested
    exact = active_returns(computed.strategy, computed.run.returns_gross)
    got = active_of(made.body, made.series)
    assert got.mean() == pytest.approx(exact.mean(), abs=2e-6)
    assert np.abs(got - exact).max() < 0.003
    assert np.corrcoef(got, exact)[0, 1] > 0.99


def test_both_ends_of_a_test(tested) -> None:  # type: ignore[no-untyped-def]
    view, _, made = tested
    from quantgpt.factors.sealing import sealed_slice

    seal = sealed_slice(view.days[view.first :])
    assert seal is not None
    block, rows = finish(identity("x"), made.body, made.series, {}, seal=seal)
    json.dumps([block, rows], allow_nan=False)
    assert [row["kind"] for row in rows] == ["test", "opening"]
    own, look = rows
    active = active_of(made.body, made.series)
    np.testing.assert_allclose(unpack_returns(own["returns"]), active, atol=1e-8)
    np.testing.assert_allclose(unpack_returns(look["returns"]), active[-seal.sessions :], atol=1e-8)
    assert (look["start_date"], look["end_date"]) == (seal.first, seal.last)
    assert look["ledger_key"] == ledger_key("demo", "hs300", seal.first, seal.last) != own["ledger_key"]
    assert (own["grade"], own["score"]) == (made.body["grade"], made.body["score"])
    assert own["p_value"] == made.body["backtest_summary"]["rank_ic_p_permutation"]
    assert block["sealed"]["state"] == "open"
    assert (block["trials"], block["effective_trials"], block["sharpe_hurdle_daily"]) == (1, 1.0, 0.0)


def test_a_run_that_keeps_out_of_the_slice_is_no_look(tested) -> None:  # type: ignore[no-untyped-def]
    view, _, made = tested
    from quantgpt.factors.sealing import sealed_slice

    seal = sealed_slice(view.days[view.first :])
    block, rows = finish(identity("x"), made.body, made.series, {}, seal=seal, sealed=True)
    assert (len(rows), block["sealed"]["state"]) == (1, "sealed")
    block, rows = finish(identity("x"), made.body, made.series, {})
    assert (len(rows), block["sealed"]["state"]) == (1, "none")
    assert "120" in block["sealed"]["reason"]["zh"]
