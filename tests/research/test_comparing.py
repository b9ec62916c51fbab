"""A comparison against the figures of the results themselves and against days drawn one by one."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from quantgpt.backtest.factor_test import FactorTestSpec, run_factor_test
from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.foundations.series import Series
from quantgpt.market.demo import demo_view
from quantgpt.metrics.drawdown import max_drawdown
from quantgpt.metrics.paired import Blocks
from quantgpt.metrics.returns import cagr, sharpe, volatility
from quantgpt.research.comparing import Compared, aligned, compared
from quantgpt.research.comparing_words import verdict

TEXTS = ("rank(close/ts_mean(close, 20))", "-rank(ts_std(close, 20)/close)", "rank(volume/ts_mean(volume, 20))")


@pytest.fixture(scope="module")
def runs() -> list[Compared]:
    view = demo_view(assets=90, sessions=420, seed=5)
    found = []
    for letter, text in zip("ABC", TEXTS, strict=True):
        expression = compile_expression(text)
        made = run_factor_test(
            view, evaluate([expression], EvalInputs.of(view))[0], FactorTestSpec(permutations=99, n_groups=3)
        )
        params = {**made.body["params"], "expression_hash": expression.hash}
        found.append(Compared(letter, {**made.body, "params": params}, made.series["daily_returns"], made.series["ic"]))
    return found


def row(made: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in made["metrics"] if one["name"] == name)
    return found


def cut(run: Compared, letter: str, first: int, last: int) -> Compared:
    """The run as if it had seen fewer days."""

    def shorter(table: Series) -> Series:
        columns = {name: values[first:last] for name, values in table.columns.items()}
        return replace(table, index=table.index[first:last], columns=columns)

    return Compared(letter, run.result, shorter(run.returns), shorter(run.ic))


def test_on_one_span_the_figures_are_those_of_the_results(runs: list[Compared]) -> None:
    made = compared(runs)
    assert made["alignment"]["state"] == "same"
    for one in made["metrics"]:
        if one["aligned"]:
            np.testing.assert_allclose(
                np.array(one["values"], dtype=float), np.array(one["own"], dtype=float), rtol=1e-9, atol=1e-12
            )
    assert row(made, "score")["values"] == [run.result["score"] for run in runs]
    json.dumps({**made, "metrics": []}, allow_nan=False)


def test_a_shorter_run_trims_the_others(runs: list[Compared]) -> None:
    short = cut(runs[1], "B", 40, 300)
    made = compared([runs[0], short])
    days = short.returns.index
    assert made["alignment"] | {"zh": "", "en": ""} == {
        "state": "trimmed", "first_day": days[0], "last_day": days[-1], "sessions": 260,
        "ic_days": made["alignment"]["ic_days"], "zh": "", "en": "",
    }  # fmt: skip
    own = dict(zip(runs[0].returns.index, runs[0].returns.columns["strategy"], strict=True))
    kept = np.array([own[day] for day in days], dtype=float)
    assert row(made, "cagr")["values"][0] == pytest.approx(cagr(kept))
    assert row(made, "max_drawdown")["values"][0] == pytest.approx(max_drawdown(kept))
    assert row(made, "score")["values"][0] == runs[0].result["score"]
    nav = made["series"]["nav"]
    assert nav["index"][0] == runs[0].returns.index[39]
    assert nav["columns"]["A"][0] == 1.0
    assert nav["columns"]["A"][-1] == pytest.approx(float(np.prod(1.0 + kept)), abs=1e-7)


@pytest.mark.parametrize("name", ["cagr", "sharpe", "volatility", "max_drawdown", "rank_ic_mean", "excess_return"])
def test_a_difference_is_that_of_the_days_drawn(runs: list[Compared], name: str) -> None:
    """Oracle: every resample written out and measured by the plain formulas."""
    made, at = compared(runs), aligned(runs)
    plain: dict[str, Any] = {
        "cagr": cagr, "sharpe": sharpe, "volatility": volatility, "max_drawdown": max_drawdown,
        "rank_ic_mean": lambda x: float(np.mean(x)),
    }  # fmt: skip
    over = at.rank_ic if name == "rank_ic_mean" else at.strategy
    rows = Blocks.of(over.shape[1], at.holding).rows()
    if name == "excess_return":
        drawn = [np.array([cagr(at.strategy[k][r]) - cagr(at.benchmark[k][r]) for r in rows]) for k in range(len(runs))]
    else:
        drawn = [np.array([plain[name](over[k][r]) for r in rows]) for k in range(len(runs))]
    one = row(made, name)
    for k in (1, 2):
        value = one["values"][k] - one["values"][0]
        distance = np.abs(drawn[k] - drawn[0] - value)
        half = float(np.quantile(distance, 0.95))
        told = one["to_first"][k]
        assert told["value"] == pytest.approx(value)
        assert told["ci95"] == pytest.approx([value - half, value + half], rel=1e-6, abs=1e-9)
        p = (1 + int((distance >= abs(value)).sum())) / (1 + len(rows))
        assert told["p"] == pytest.approx(p, abs=0.0011)


def test_the_best_leads_only_beyond_the_interval(runs: list[Compared]) -> None:
    for one in compared(runs)["metrics"]:
        if one["lead"] is None or one["lead"]["ci95"] is None:
            assert not one["clear"]
            continue
        low, high = one["lead"]["ci95"]
        assert one["clear"] == (low > 0 if one["better"] == "high" else high < 0)
        better = max if one["better"] == "high" else min
        assert one["values"][one["best"]] == better(one["values"])


def test_a_run_beside_itself_is_the_same(runs: list[Compared]) -> None:
    twin = Compared("B", runs[0].result, runs[0].returns, runs[0].ic)
    made = compared([runs[0], twin])
    assert [one["code"] for one in made["warnings"]] == ["same_expression"]
    assert made["pairs"] == [{"a": "A", "b": "B", "same_expression": True, "ic_correlation": pytest.approx(1.0)}]
    for one in made["metrics"]:
        assert (one["best"], one["clear"]) == (None, False)
    said = verdict(made["metrics"], made["alignment"], made["pairs"], {})
    assert (said["code"], said["args"]["a"], said["args"]["b"]) == ("same_idea", "A", "B")
    assert said["more"] == []


def test_an_opposite_direction_turns_the_ic(runs: list[Compared]) -> None:
    params = {**runs[0].result["params"], "direction": -runs[0].sign, "expression_hash": "other"}
    turned = Compared("B", {**runs[0].result, "params": params}, runs[0].returns, runs[0].ic)
    made = compared([runs[0], turned])
    a, b = row(made, "rank_ic_mean")["values"]
    assert a == pytest.approx(-b)
    assert made["pairs"][0]["ic_correlation"] == pytest.approx(-1.0)


def test_runs_without_common_days_keep_their_own_figures(runs: list[Compared]) -> None:
    made = compared([cut(runs[0], "A", 0, 100), cut(runs[1], "B", 120, 300)])
    assert made["alignment"]["state"] == "none"
    assert made["series"] == {"nav": None, "rank_ic_cumulative": None}
    one = row(made, "sharpe")
    assert (one["values"], one["best"], one["lead"]) == ([None, None], None, None)
    assert None not in one["own"]
    said = verdict(made["metrics"], made["alignment"], made["pairs"], {})
    assert said["code"] == "not_comparable"


def test_few_common_days_have_no_intervals(runs: list[Compared]) -> None:
    made = compared([cut(runs[0], "A", 0, 110), cut(runs[1], "B", 100, 300)])
    assert made["alignment"]["sessions"] == 10
    assert all(one["to_first"][1] is None or one["to_first"][1]["ci95"] is None for one in made["metrics"])
    assert made["method"]["block"] is None


def test_settings_that_differ_are_warned_of(runs: list[Compared]) -> None:
    params = {**runs[1].result["params"], "universe": "zz500", "benchmark": "zz500"}
    other = Compared("B", {**runs[1].result, "params": params}, runs[1].returns, runs[1].ic)
    made = compared([runs[0], other, runs[2]])
    assert [(one["code"], one["ids"]) for one in made["warnings"]] == [
        ("different_universe", ["B"]), ("different_benchmark", ["B"])
    ]  # fmt: skip
    assert "benchmark" not in made["series"]["nav"]["columns"]


def told(
    sharpe_p: float, value: float, ic_p: float = 1.0, ic: float = 0.0, scores: tuple[Any, ...] = (50.0, 70.0)
) -> str:
    """The code of the verdict for two runs whose Sharpe and rank IC differ so."""

    def gap(v: float, p: float) -> dict[str, Any]:
        return {"value": v, "ci95": [v - 1, v + 1], "p": p}

    rows = [
        {"name": "score", "values": list(scores), "between": {}},
        {"name": "sharpe", "between": {(1, 0): gap(value, sharpe_p), (0, 1): gap(-value, sharpe_p)}},
        {"name": "rank_ic_mean", "between": {(1, 0): gap(ic, ic_p), (0, 1): gap(-ic, ic_p)}},
    ]
    return str(verdict(rows, {"state": "same"}, [], {})["code"])


def test_the_verdict_asks_for_both_figures_together() -> None:
    assert told(0.02, 1.0) == "clear"
    assert told(0.03, 1.0) == "within_error"
    assert told(0.02, -1.0) == "within_error"
    assert told(0.5, 1.0, 0.01, 0.02) == "clear"
    assert told(0.01, 1.0, 0.01, -0.02) == "within_error"
    assert told(0.02, 1.0, scores=(50.0, None)) == "no_score"


def test_one_idea_is_said_before_who_leads(runs: list[Compared]) -> None:
    made = compared(runs)
    said = verdict(
        made["metrics"], made["alignment"], made["pairs"], {("A", "B"): 0.97, ("A", "C"): 0.93, ("B", "C"): 0.95}
    )
    assert said["code"] == "same_idea"
    assert len(said["more"]) == 2
    assert "0.9" in said["zh"]


def test_it_is_the_same_every_time(runs: list[Compared]) -> None:
    one, again = compared(runs), compared(runs)
    assert repr(one) == repr(again)
    assert not math.isnan(row(one, "sharpe")["values"][0])
