"""How long the warm-up before the span is changes no figure of the span."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quantgpt.backtest.factor_test import FactorTestSpec, run_factor_test
from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.factors.grouping import usable_groups
from quantgpt.factors.regimes import HISTORY, regimes_of
from quantgpt.foundations.fields import FIELDS
from quantgpt.foundations.panel import MarketView
from quantgpt.market.demo import demo_view

LONG, SHORT = 300, HISTORY + 5
SPEC = FactorTestSpec(permutations=99)


def later(view: MarketView, rows: int) -> MarketView:
    """The same view without its first `rows` rows."""
    fields = {name: np.ascontiguousarray(view.fields[name][rows:]) for name in view.fields}
    return replace(
        view,
        days=view.days[rows:],
        first=view.first - rows,
        fields=fields,
        member=view.member[rows:],
        traded=view.traded[rows:],
        st=view.st[rows:],
        age=view.age[rows:],
        benchmark=None if view.benchmark is None else view.benchmark[rows:],
    )


@pytest.fixture(scope="module")
def view() -> MarketView:
    return demo_view(assets=150, sessions=400, seed=5, warmup=LONG)


USUAL = "rank(-1 * ts_std(returns, 20))"


def factor(view: MarketView, text: str = USUAL) -> np.ndarray:
    return evaluate([compile_expression(text)], EvalInputs.of(view))[0]


def test_regimes_of_a_span_do_not_depend_on_the_warm_up(view: MarketView) -> None:
    cut = later(view, LONG - SHORT)
    for whole, part in ((regimes_of(view), regimes_of(cut)),
                        (regimes_of(replace(view, benchmark=None)), regimes_of(replace(cut, benchmark=None)))):  # fmt: skip
        np.testing.assert_array_equal(whole.trend[view.first :], part.trend[cut.first :])
        np.testing.assert_array_equal(whole.volatility[view.first :], part.volatility[cut.first :])


@pytest.mark.parametrize("text", [USUAL, "close / ts_shift(close, 240) - 1"])
def test_no_figure_of_the_span_depends_on_the_warm_up(view: MarketView, text: str) -> None:
    """With as little of it as the factor needs there is no value before the span, with more there are some."""
    cut = later(view, LONG - max(SHORT, compile_expression(text).warmup))
    whole, part = (run_factor_test(v, factor(v, text), SPEC) for v in (view, cut))
    for key in ("metrics", "backtest_summary", "anti_overfit", "stock_factor_data", "regimes", "score", "phases"):
        assert whole.body[key] == part.body[key]
    assert {k: s.to_json() for k, s in whole.series.items()} == {k: s.to_json() for k, s in part.series.items()}


def test_a_name_without_a_close_before_the_span_has_no_period_return(view: MarketView) -> None:
    close = view.fields["close"].copy()
    name = int(np.flatnonzero((view.age[0] > 100) & np.isfinite(close[-30:]).all(axis=0))[0])
    close[: view.first + 50, name] = np.nan
    fields = {key: view.fields[key] for key in FIELDS if key in ("open", "high", "low", "close", "raw_open", "raw_close",
                                                                 "pre_close", "returns", "cap")}  # fmt: skip
    traded = view.traded.copy()
    traded[: view.first + 50, name] = False
    halted = replace(view, fields={**fields, "close": close}, traded=traded)
    body = run_factor_test(halted, factor(view), SPEC).body
    code = view.assets[name].split(".")[0]
    rows = [stock for stock in body["stock_factor_data"]["stocks"] if stock["stock_code"].endswith(code)]
    assert [row["period_return"] for row in rows] == [None]


def test_breadth_that_comes_later_does_not_change_the_groups_before() -> None:
    values = np.arange(60.0).reshape(6, 10)
    eligible = np.ones_like(values, dtype=bool)
    eligible[:2, 3:] = False
    assert (
        usable_groups(values, eligible, np.arange(6), 5)
        == usable_groups(values[:2], eligible[:2], np.arange(2), 5)
        == 3
    )


def test_a_factor_of_two_values_is_said_to_be_split_by_code(view: MarketView) -> None:
    halves = (factor(view) > 0.5).astype(float)
    warned = run_factor_test(view, np.where(np.isfinite(factor(view)), halves, np.nan), SPEC).body["warnings"]
    assert "ties" in {entry["code"] for entry in warned}
    plain = run_factor_test(view, factor(view), SPEC).body["warnings"]
    assert "ties" not in {entry["code"] for entry in plain}


def test_the_effective_start_is_the_first_session_that_could_be_grouped(view: MarketView) -> None:
    late = factor(view).copy()
    late[: view.first + 12] = np.nan
    starts = [run_factor_test(view, values, SPEC).body["params"]["effective_start"] for values in (factor(view), late)]
    assert starts == [str(view.days[view.first]), str(view.days[view.first + 15])]
