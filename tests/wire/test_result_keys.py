"""Every key of the API document's completed task, at its place and of its type."""

from __future__ import annotations

from typing import Any

import pytest

from quantgpt.backtest.factor_test import FactorTestSpec, run_factor_test
from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.market.demo import demo_view

KEYS: dict[str, set[str]] = {
    "metrics": {
        "total_return", "cagr", "sharpe", "sortino", "max_drawdown", "volatility", "win_rate", "profit_factor",
        "benchmark_total_return", "benchmark_cagr",
    },
    "backtest_summary": {
        "long_short_sharpe", "long_short_annual", "top_group_sharpe", "monotonicity_score", "spread", "ic_mean",
        "rank_ic_mean", "ic_ir", "ic_win_rate", "turnover", "cost_adjusted", "cost_rate", "total_cost_drag",
        "group_returns",
    },
    "anti_overfit": {"score", "recommendation", "passed_count", "total_count", "tests"},
    "stock_factor_data": {"rebalance_date", "flipped", "total_stock_count", "stocks"},
    "params": {"universe", "n_groups", "holding_period", "benchmark", "stock_count", "data_snapshot", "execution"},
    "rolling_validation": {"score", "summary", "decay_analysis", "windows"},
}  # fmt: skip
GROUP = {"group", "mean_return", "annual_return", "sharpe", "max_drawdown"}
STOCK = {"stock_code", "factor_value", "factor_rank", "group", "group_label", "period_return"}
DETAILS = {
    "IC稳定性": {"ic_mean", "positive_rate", "yearly_ic", "has_reversal"},
    "子样本压力": {"overall_ic_sign", "sub_sample_ics", "consistency"},
    "安慰剂检验": {"real_ic", "perm_95th", "perm_pass", "shift_ics", "decay_ok"},
    "半衰期估计": {"half_life_days", "period_ics"},
}


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    view = demo_view(assets=120, sessions=400, seed=3)
    factor = evaluate([compile_expression("rank(close/ts_mean(close, 20))")], EvalInputs.of(view))[0]
    return dict(run_factor_test(view, factor, FactorTestSpec(permutations=99)).body)


@pytest.mark.parametrize("part", sorted(KEYS))
def test_a_part_of_the_result_has_the_keys_of_the_document(body: dict[str, Any], part: str) -> None:
    assert KEYS[part] <= set(body[part])


def test_groups_are_keyed_by_their_number(body: dict[str, Any]) -> None:
    groups = body["backtest_summary"]["group_returns"]
    assert sorted(groups) == ["0", "1", "2", "3", "4"]
    assert all(set(group) >= GROUP for group in groups.values())


def test_stocks_are_rows_of_the_document(body: dict[str, Any]) -> None:
    stocks = body["stock_factor_data"]["stocks"]
    assert stocks
    assert all(set(stock) >= STOCK for stock in stocks)
    assert all(stock["stock_code"][:3] in ("sh.", "sz.") for stock in stocks)
    ranks = [stock["factor_rank"] for stock in stocks]
    assert ranks == sorted(ranks, reverse=True)


def test_the_four_tests_have_their_names_and_details(body: dict[str, Any]) -> None:
    tests = {test["name"]: test["details"] for test in body["anti_overfit"]["tests"]}
    assert list(tests) == list(DETAILS)
    assert all(DETAILS[name] <= set(details) for name, details in tests.items())
