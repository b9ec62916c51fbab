"""The whole factor test: shapes, determinism, refusals, small universes."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from quantgpt.backtest.factor_test import FactorTestResult, FactorTestSpec, compute, run_factor_test
from quantgpt.foundations.errors import BadRequest, NoData
from quantgpt.market.demo import demo_view

SERIES = {
    "nav", "drawdown", "daily_returns", "group_nav", "long_short", "group_table", "ic", "ic_cumulative", "ic_monthly",
    "ic_histogram", "ic_decay", "turnover", "autocorrelation", "monthly_returns", "yearly", "by_industry", "by_size",
    "quantile_returns", "coverage", "phases", "regimes", "rolling_sharpe", "return_histogram", "holdings", "blocked",
    "null_ic_stability", "null_subsample", "null_placebo", "null_half_life", "rolling", "positions", "trades",
}  # fmt: skip
SUMMARY = {
    "group_returns", "top_group_sharpe", "long_short_sharpe", "long_short_annual", "monotonicity_score", "spread",
    "ic_mean", "rank_ic_mean", "ic_ir", "ic_win_rate", "turnover", "cost_adjusted", "cost_rate", "total_cost_drag",
}  # fmt: skip
METRICS = {
    "total_return", "cagr", "sharpe", "sortino", "max_drawdown", "volatility", "win_rate", "profit_factor",
    "benchmark_total_return", "benchmark_cagr",
}  # fmt: skip


def momentum(view, window: int = 20) -> np.ndarray:
    close = view.fields["close"]
    out = np.full(close.shape, np.nan)
    out[window:] = -(close[window:] / close[:-window] - 1.0)
    return out


@pytest.fixture(scope="module")
def view():
    return demo_view(assets=120, sessions=400, seed=5, warmup=150)


@pytest.fixture(scope="module")
def result(view) -> FactorTestResult:
    return run_factor_test(view, momentum(view), FactorTestSpec(permutations=199))


def test_the_result_has_every_key_of_the_contract(result: FactorTestResult) -> None:
    body = result.body
    assert {"metrics", "backtest_summary", "anti_overfit", "stock_factor_data", "params", "score", "score_uncapped",
            "score_ci95", "grade", "component_scores", "caps", "rubric_version", "verdict", "reasons", "diagnosis",
            "rolling_validation", "warnings", "direction", "regimes", "phases", "decay", "manifest", "series"} == set(body)  # fmt: skip
    assert set(body["backtest_summary"]) >= SUMMARY
    assert set(body["metrics"]) >= METRICS
    assert set(result.series) == SERIES == set(body["series"])


def test_everything_is_plain_json_without_nan(result: FactorTestResult) -> None:
    json.dumps(result.body, allow_nan=False)
    for series in result.series.values():
        json.dumps(series.to_json(), allow_nan=False)
        assert {len(column) for column in series.columns.values()} <= {len(series.index)}


def test_the_same_input_gives_the_same_bytes(view, result: FactorTestResult) -> None:
    again = run_factor_test(view, momentum(view), FactorTestSpec(permutations=199))
    assert again.result_hash == result.result_hash == result.body["manifest"]["result_hash"]
    assert json.dumps(again.body, sort_keys=True) == json.dumps(result.body, sort_keys=True)
    assert {k: s.to_json() for k, s in again.series.items()} == {k: s.to_json() for k, s in result.series.items()}


def test_another_seed_changes_the_hash_and_not_the_figures(view, result: FactorTestResult) -> None:
    other = run_factor_test(view, momentum(view), FactorTestSpec(permutations=199, seed=9))
    assert other.result_hash != result.result_hash
    assert other.body["metrics"] == result.body["metrics"]
    assert other.body["backtest_summary"]["rank_ic_mean"] == result.body["backtest_summary"]["rank_ic_mean"]


def test_nothing_in_the_inputs_is_changed(view) -> None:
    factor = momentum(view)
    factor.flags.writeable = False
    before = factor.tobytes()
    run_factor_test(view, factor, FactorTestSpec(permutations=19))
    assert factor.tobytes() == before


def test_the_headline_series_agree_with_the_metrics(result: FactorTestResult) -> None:
    nav = result.series["nav"].columns["strategy"]
    assert nav[0] == 1.0
    assert nav[-1] == pytest.approx(1.0 + result.body["metrics"]["total_return"], abs=1e-12)
    assert min(result.series["drawdown"].columns["strategy"]) == pytest.approx(result.body["metrics"]["max_drawdown"])
    groups = result.body["backtest_summary"]["group_returns"]
    table = result.series["group_table"].columns["annual_return"]
    assert [g["annual_return"] for g in groups.values()] == pytest.approx(table)
    first = result.body["phases"]["n"], result.series["phases"].columns["annual_return"][0]
    assert first == (5, pytest.approx(result.body["metrics"]["cagr"]))
    assert np.nanmean(np.array(result.series["ic"].columns["rank_ic"], float)) == pytest.approx(
        result.body["backtest_summary"]["rank_ic_mean"]
    )


def test_groups_are_numbered_by_rising_factor_and_never_turned(view) -> None:
    up = run_factor_test(view, momentum(view), FactorTestSpec(permutations=19, direction=1)).body
    down = run_factor_test(view, momentum(view), FactorTestSpec(permutations=19, direction=-1)).body
    assert up["backtest_summary"]["group_returns"] == down["backtest_summary"]["group_returns"]
    assert (up["backtest_summary"]["strategy_group"], down["backtest_summary"]["strategy_group"]) == ("G5", "G1")
    assert up["backtest_summary"]["spread"] == pytest.approx(-down["backtest_summary"]["spread"])
    assert down["stock_factor_data"]["flipped"] is True
    assert down["direction"]["source"] == down["params"]["direction_source"] == "given"
    assert up["stock_factor_data"]["stocks"][0]["group"] == 4
    assert down["stock_factor_data"]["stocks"][0]["group"] == 0


def test_the_stock_table_is_sorted_and_spelled_for_the_contract(result: FactorTestResult) -> None:
    data = result.body["stock_factor_data"]
    ranks = [s["factor_rank"] for s in data["stocks"]]
    assert ranks == sorted(ranks, reverse=True)
    assert 0 < min(ranks) <= max(ranks) == 1.0
    assert data["total_stock_count"] == len(data["stocks"])
    assert all(s["stock_code"][:3] in ("sh.", "sz.", "bj.") for s in data["stocks"])
    assert {"stock_code", "factor_value", "factor_rank", "group", "group_label", "period_return"} <= set(
        data["stocks"][0]
    )


def test_storing_the_names_in_another_order_changes_no_figure(view, result: FactorTestResult) -> None:
    order = np.random.default_rng(2).permutation(len(view.assets))
    fields = {
        name: np.ascontiguousarray(view.fields[name][:, order])
        for name in ("open", "close", "raw_open", "raw_close", "pre_close", "factor", "returns", "cap")
    }
    moved = replace(
        view,
        assets=tuple(view.assets[i] for i in order),
        names=tuple(view.names[i] for i in order),
        fields=fields,
        **{k: np.ascontiguousarray(getattr(view, k)[:, order]) for k in ("member", "traded", "st", "age")},
        **{k: getattr(view, k)[order] for k in ("board", "industry", "delist_day")},
    )
    other = run_factor_test(moved, np.ascontiguousarray(momentum(view)[:, order]), FactorTestSpec(permutations=199))
    for key in ("rank_ic_mean", "ic_mean", "turnover", "spread", "top_group_sharpe", "rank_ic_t_hac"):
        assert other.body["backtest_summary"][key] == pytest.approx(result.body["backtest_summary"][key], abs=1e-10)
    assert other.series["ic"].columns["rank_ic"] == result.series["ic"].columns["rank_ic"]


def test_appending_the_future_changes_no_daily_figure_of_before() -> None:
    long = demo_view(assets=60, sessions=300, seed=5, warmup=100)
    cut = 340
    short = replace(
        long,
        days=long.days[:cut],
        fields={k: long.fields[k][:cut] for k in ("open", "close", "raw_open", "raw_close", "pre_close", "factor", "returns", "cap")},
        benchmark=long.benchmark[:cut],
        delist_day=np.where(long.delist_day >= long.days[cut - 1], np.datetime64("NaT"), long.delist_day),
        **{k: getattr(long, k)[:cut] for k in ("member", "traded", "st", "age")},
    )  # fmt: skip
    spec = FactorTestSpec(permutations=0, direction=1, n_groups=3)
    whole, part = compute(long, momentum(long), spec), compute(short, momentum(long)[:cut], spec)
    known = np.isfinite(part.evidence.rank_ic)
    settled = known & (part.label.count[part.rows] == whole.label.count[part.rows])
    assert settled.mean() > 0.8
    assert part.evidence.rank_ic[settled].tolist() == whole.evidence.rank_ic[: part.rows.size][settled].tolist()
    days = part.run.days.size
    np.testing.assert_allclose(part.run.returns_gross, whole.run.returns_gross[:, :days], atol=1e-12)


def test_stages_are_reported_in_order(view) -> None:
    seen: list[tuple[str, float]] = []
    run_factor_test(view, momentum(view), FactorTestSpec(permutations=19), lambda s, f, m="": seen.append((s, f)))
    assert list(dict.fromkeys(s for s, _ in seen)) == ["backtesting", "analyzing"]
    assert [f for _, f in seen] == sorted(f for _, f in seen)


def test_a_cancelled_test_stops(view) -> None:
    from quantgpt.foundations.errors import Cancelled

    def stop(stage: str, fraction: float, message: str = "") -> None:
        raise Cancelled("任务已取消")

    with pytest.raises(Cancelled):
        run_factor_test(view, momentum(view), FactorTestSpec(), stop)


def test_five_names_succeed_with_a_warning_and_no_tests() -> None:
    five = demo_view(assets=60, sessions=400, seed=2, universe="small_scale", warmup=80)
    body = run_factor_test(five, momentum(five), FactorTestSpec()).body
    assert "breadth" in {w["code"] for w in body["warnings"]}
    assert all(test["details"]["error"] for test in body["anti_overfit"]["tests"])
    assert body["verdict"]["code"] == "few_data"
    assert body["grade"] in ("C", "D")


def test_more_groups_than_names_are_reduced_with_a_warning() -> None:
    few = demo_view(assets=12, sessions=300, seed=2, warmup=80)
    body = run_factor_test(few, momentum(few), FactorTestSpec(n_groups=20, permutations=19)).body
    warning = next(w for w in body["warnings"] if w["code"] == "reduced_groups")
    assert warning["args"]["used"] == body["params"]["n_groups_used"] == len(body["backtest_summary"]["group_returns"])


def test_neutralising_the_industry_changes_the_factor_and_is_echoed(view, result: FactorTestResult) -> None:
    body = run_factor_test(view, momentum(view), FactorTestSpec(permutations=19, neutralize_industry=True)).body
    assert body["params"]["neutralize_industry"] is True
    assert body["backtest_summary"]["rank_ic_mean"] == pytest.approx(
        result.body["backtest_summary"]["residual_rank_ic"]["industry"]["rank_ic"], abs=1e-12
    )


def test_without_a_benchmark_its_keys_are_absent(view) -> None:
    body = run_factor_test(replace(view, benchmark=None), momentum(view), FactorTestSpec(permutations=19)).body
    assert "benchmark_cagr" not in body["metrics"]
    assert "no_benchmark" in {w["code"] for w in body["warnings"]}


def test_gaps_of_the_benchmark_stay_gaps(view) -> None:
    level = view.benchmark.copy()
    level[300:303] = np.nan
    made = run_factor_test(replace(view, benchmark=level), momentum(view), FactorTestSpec(permutations=19))
    column = made.series["daily_returns"].columns["benchmark"]
    assert sum(x is None for x in column) == 3
    assert "benchmark_gaps" in {w["code"] for w in made.body["warnings"]}
    whole = run_factor_test(view, momentum(view), FactorTestSpec(permutations=19))
    assert made.series["nav"].columns["benchmark"][-1] == pytest.approx(whole.series["nav"].columns["benchmark"][-1])


@pytest.mark.parametrize("execution", ["next_open", "next_close", "same_close"])
@pytest.mark.parametrize("costs", ["flat", "itemised"])
def test_every_execution_and_cost_model_runs(view, execution: str, costs: str) -> None:
    spec = FactorTestSpec(execution=execution, costs=costs, permutations=19)
    body = run_factor_test(view, momentum(view), spec).body
    assert (body["params"]["execution"], body["params"]["cost_model"]) == (execution, costs)
    assert ("same_close" in {w["code"] for w in body["warnings"]}) == (execution == "same_close")


@pytest.mark.parametrize("holding", [1, 2, 20, 60])
def test_every_holding_period_runs(view, holding: int) -> None:
    result = run_factor_test(view, momentum(view), FactorTestSpec(holding_period=holding, permutations=19))
    body, columns = result.body, result.series["phases"].columns
    assert body["phases"]["n"] == holding
    for name in ("annual_return", "sharpe", "max_drawdown"):
        column = sorted(columns[name])
        wanted = {"mean": sum(column) / holding, "min": column[0], "max": column[-1], "range": column[-1] - column[0]}
        assert body["phases"][name] == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    assert len(body["decay"]) > 0


REFUSED = {
    "nothing known": lambda x: np.full_like(x, np.nan),
    "one value a day": lambda x: np.ones_like(x),
    "only infinite": lambda x: np.full_like(x, np.inf),
    "one name": lambda x: np.where(np.arange(x.shape[1]) == 0, x, np.nan),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_tested_is_refused_with_a_reason(view, name: str) -> None:
    with pytest.raises(NoData) as caught:
        run_factor_test(view, REFUSED[name](momentum(view)), FactorTestSpec(permutations=19))
    assert caught.value.message
    assert caught.value.hint


def test_too_short_a_span_is_refused() -> None:
    short = demo_view(assets=30, sessions=12, seed=1, warmup=60)
    with pytest.raises(NoData, match="区间太短"):
        run_factor_test(short, momentum(short), FactorTestSpec())


def test_a_universe_without_members_is_refused(view) -> None:
    empty = replace(view, member=np.zeros_like(view.member))
    with pytest.raises(NoData):
        run_factor_test(empty, momentum(view), FactorTestSpec())


def test_a_panel_of_another_shape_is_refused(view) -> None:
    with pytest.raises(BadRequest):
        run_factor_test(view, momentum(view)[:, :-1], FactorTestSpec())


@pytest.mark.parametrize(
    ("field", "value"),
    [("n_groups", 1), ("holding_period", 0), ("holding_period", 61), ("permutations", -1), ("execution", "close"),
     ("costs", "free"), ("direction", 0), ("seed", -1)],
)  # fmt: skip
def test_a_setting_outside_its_range_names_the_field(field: str, value: object) -> None:
    with pytest.raises(BadRequest) as caught:
        FactorTestSpec(**{field: value})
    assert caught.value.field == field


def test_huge_and_tiny_values_do_not_break_anything(view) -> None:
    wild = momentum(view) * 1e300
    wild[:, 0] = 1e-300
    json.dumps(run_factor_test(view, wild, FactorTestSpec(permutations=19)).body, allow_nan=False)


def test_a_planted_alpha_is_found_and_graded(view) -> None:
    g = np.random.default_rng(0)
    open_ = view.fields["open"]
    future = np.full(open_.shape, np.nan)
    future[:-6] = open_[6:] / open_[1:-5] - 1.0
    planted = np.nan_to_num(future) + g.normal(0, 0.1, open_.shape)
    body = run_factor_test(view, planted, FactorTestSpec(permutations=199)).body
    assert body["backtest_summary"]["rank_ic_mean"] > 0.1
    assert body["anti_overfit"]["passed_count"] >= 2
    assert body["direction"]["sign"] == 1
