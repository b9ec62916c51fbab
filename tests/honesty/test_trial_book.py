"""The ledger inside a job: what a test is corrected for, what it adds, how both ends fit together."""

from __future__ import annotations

import doctest
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from quantgpt.backtest.factor_test import FactorTestSpec, compute, run_factor_test
from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.factors.search import active_returns
from quantgpt.market.demo import demo_view
from quantgpt.services import daily_returns, trials
from quantgpt.services.daily_returns import laid_by_day, unpack_returns
from quantgpt.services.trials import (
    Identity,
    TrialBook,
    active_of,
    failed_row,
    finish,
    ledger_key,
    measured_row,
    prepare,
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


SESSIONS = np.arange("2022-01-01", "2025-12-31", dtype="datetime64[D]")


def briefing(*rows: dict, older: int = 0) -> dict:
    told = [{**row, "label": f"{row['expression_hash']}/{row['holding_period']}"} for row in rows]
    return json.loads(json.dumps({"ledger": {"key": "k", "older": older, "rows": told}}))


def measured(name: str, returns: np.ndarray) -> dict:
    return measured_row(identity(name), returns, "2023-01-04", {}, "candidate")


def test_docstring_examples_hold() -> None:
    assert doctest.testmod(trials).failed == 0
    assert doctest.testmod(daily_returns).failed == 0


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
    assert prepare(identity("a"), TrialBook()).trials == 1.0
    assert prepare(identity("a"), TrialBook.read(briefing())).permutations == 999


def test_the_same_again_is_no_new_trial() -> None:
    g = np.random.default_rng(1)
    told = TrialBook.read(briefing(measured("a", g.normal(size=500)), measured("b", g.normal(size=500))))
    assert prepare(identity("a"), told).trials == pytest.approx(2.0, abs=0.01)
    assert prepare(identity("c"), told).trials == pytest.approx(3.0, abs=0.01)
    assert prepare(identity("a", holding=10), told).trials == pytest.approx(3.0, abs=0.01)


def test_copies_count_once_and_failures_each() -> None:
    x = np.random.default_rng(2).normal(size=500)
    rows = [measured(f"copy{k}", x) for k in range(30)] + [failed_row(identity(f"failed{k}")) for k in range(50)]
    correction = prepare(identity("new"), TrialBook.read(briefing(*rows)))
    assert correction.trials == pytest.approx(52.0, abs=0.01)
    assert correction.permutations == math.ceil(40 * correction.trials)


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


def test_a_factor_among_the_older_ones_is_no_new_trial() -> None:
    """Only the newest come with returns; of the older ones it is known which they are."""
    g = np.random.default_rng(10)
    told = briefing(*(measured(f"new{k}", g.normal(size=300)) for k in range(5)), older=60)
    told["ledger"]["older_sharpes"] = {f"old{k}/5": 0.01 * k for k in range(50)}
    book = TrialBook.read(told)
    own = g.normal(size=300)
    assert book.judge(identity("old7"), own, "2023-01-04").trials == 65
    assert book.judge(identity("another"), own, "2023-01-04").trials == 66
    assert book.judge(identity("old7", holding=10), own, "2023-01-04").trials == 66
    assert prepare(identity("old7"), book).trials == pytest.approx(prepare(identity("new3"), book).trials, rel=0.02)
    without = book.ledger(("old49/5",)).variance
    assert without < book.ledger().variance
    book.add(measured("old7", own))
    assert (book.ledger().trials, len(book.older_sharpes)) == (65, 49)


def test_failed_trials_lower_the_deflated_ratio_of_a_run() -> None:
    g = np.random.default_rng(5)
    own = g.normal(0.0008, 0.006, 500)
    others = [measured(f"o{k}", g.normal(0.0, 0.006, 500)) for k in range(4)]
    failures = [failed_row(identity(f"f{k}")) for k in range(50)]
    before = TrialBook.read(briefing(*others)).judge(identity("mine"), own, "2023-01-04")
    after = TrialBook.read(briefing(*others, *failures)).judge(identity("mine"), own, "2023-01-04")
    assert (before.trials, after.trials) == (5, 55)
    assert after.dsr < before.dsr - 0.02


def test_returns_lie_on_their_days() -> None:
    days = np.array(["2024-01-02", "2024-01-03", "2024-01-08", "2024-01-09", "2024-02-19"], dtype="datetime64[D]")
    table = laid_by_day([("2024-01-03", np.array([1.0, 2.0, 3.0])), ("2024-01-09", np.array([4.0, 5.0]))], days)
    np.testing.assert_array_equal(table, [[1.0, 2.0, 3.0, np.nan], [np.nan, np.nan, 4.0, 5.0]])
    table = laid_by_day([("", np.array([1.0, 2.0, 3.0])), ("", np.array([4.0]))], None)
    np.testing.assert_array_equal(table, [[1.0, 2.0, 3.0], [4.0, np.nan, np.nan]])
    assert laid_by_day([], days).shape == (0, 0)


def test_a_copy_on_a_shifted_span_is_no_other_trial() -> None:
    """The same returns cut at other ends are one independent trial, where they are compared on the same days."""
    x = np.random.default_rng(8).normal(size=520)
    rows = [{**measured(f"copy{k}", x[k * 7 : 500 + k]), "first_day": str(SESSIONS[100 + k * 7])} for k in range(10)]
    book = TrialBook.read(briefing(*rows), SESSIONS)
    assert book.ledger().counted == pytest.approx(1.0, abs=0.02)
    assert book.judge(identity("mine"), x[30:], str(SESSIONS[130])).effective_trials == pytest.approx(1.0, abs=0.02)
    assert TrialBook.read(briefing(*rows)).ledger().counted > 9  # from the left they look like ten


def test_overfitting_is_told_on_the_sessions_that_a_family_shares() -> None:
    """A root tested on the whole range and candidates on its first three quarters."""
    g = np.random.default_rng(9)
    own = [g.normal(size=400) for _ in range(11)]
    whole, cut = TrialBook(days=SESSIONS), TrialBook(days=SESSIONS)
    root = np.concatenate([own[0], g.normal(size=130)])
    for k, returns in enumerate([root, *own[1:]]):
        whole.add({**measured(f"n{k}", returns), "first_day": str(SESSIONS[50])}, lineage_id="one")
        cut.add({**measured(f"n{k}", returns[:400]), "first_day": str(SESSIONS[50])}, lineage_id="one")
    assert whole.overfitting("one") == cut.overfitting("one")
    assert (whole.overfitting("one")["sessions"], whole.overfitting("one")["left_out"]) == (400, 0)
    assert whole.overfitting(None, ())["trials"] == 0
    assert whole.overfitting()["trials"] == 11


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


def on_the_span_of(view) -> tuple[Identity, TrialBook]:  # type: ignore[no-untyped-def]
    """A factor asked for on the sessions of a view, and a book of its market."""
    span = {"start_date": str(view.days[view.first]), "end_date": str(view.days[-1])}
    return replace(identity("x"), **span), TrialBook(days=view.days)


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
    who, book = on_the_span_of(view)
    block, rows = finish(who, made.body, made.series, book, seal=seal)
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
    block, rows = finish(identity("x"), made.body, made.series, TrialBook(), seal=seal, sealed=True)
    assert (len(rows), block["sealed"]["state"]) == (1, "sealed")
    block, rows = finish(identity("x"), made.body, made.series, TrialBook())
    assert (len(rows), block["sealed"]["state"]) == (1, "none")
    assert "120" in block["sealed"]["reason"]["zh"]
