"""A complete, invented result with all its series, the same for the same seed: test data, no market behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from quantgpt.foundations.series import Cell, Series, numbers

GROUPS = 5
HOLDING = 5


def sample(
    seed: int = 1, sessions: int = 727, groups: int = GROUPS, names: int = 60
) -> tuple[dict[str, Any], dict[str, Series]]:
    """(result, series) of an invented factor test."""
    rng = np.random.default_rng(seed)
    days = np.busday_offset("2021-01-04", np.arange(sessions), roll="forward").astype(str).tolist()
    market = rng.normal(0.0002, 0.011, sessions)
    tilt = np.linspace(-1.0, 1.0, groups)[:, None]
    returns = market + 0.0004 * tilt + rng.normal(0, 0.003, (groups, sessions))
    ic = rng.normal(0.03, 0.11, sessions)
    series = (
        _performance_series(days, returns[-1], market)
        | _group_series(days, returns, names)
        | _ic_series(days, ic, rng)
        | _slice_series(rng, sessions)
        | _null_series(rng)
        | _position_series(days, rng, names)
    )
    result = _result(days, returns[-1], market, ic, groups)
    result["series"] = sorted(series)
    return result, series


def table(
    name: str, index_name: str, index: Sequence[Cell], meta: dict[str, Any] | None = None, /, **columns: Any
) -> Series:
    """A series whose numeric columns have None for missing numbers."""
    plain = {
        key: numbers(values) if isinstance(values, np.ndarray) else list(values) for key, values in columns.items()
    }
    return Series(name=name, index_name=index_name, index=list(index), columns=plain, meta=meta or {})


def _nav(returns: Any) -> Any:
    return np.concatenate([[1.0], np.cumprod(1 + returns)])


def _below(returns: Any) -> Any:
    nav = _nav(returns)
    return nav / np.maximum.accumulate(nav) - 1


def _by(days: list[str], length: int) -> tuple[list[str], list[Any]]:
    keys = sorted({day[:length] for day in days})
    at = np.array([day[:length] for day in days])
    return keys, [at == key for key in keys]


def _performance_series(days: list[str], strategy: Any, market: Any) -> dict[str, Series]:
    with_start = ["2020-12-31", *days]
    months, in_month = _by(days, 7)
    years, in_year = _by(days, 4)
    rolling = np.full((2, len(days)), np.nan)
    for i in range(125, len(days)):
        for row, r in enumerate((strategy, market)):
            part = r[i - 125 : i + 1]
            rolling[row, i] = part.mean() / part.std(ddof=1) * 252**0.5

    def grown(r: Any, masks: list[Any]) -> Any:
        return np.array([np.prod(1 + r[mask]) - 1 for mask in masks])

    edges = np.arange(-0.05, 0.05, 0.0025)
    return {
        "nav": table(
            "nav", "date", with_start, strategy=_nav(strategy), strategy_gross=_nav(strategy + 0.0002),
            benchmark=_nav(market), excess=_nav(strategy) / _nav(market),
        ),
        "drawdown": table("drawdown", "date", with_start, strategy=_below(strategy), benchmark=_below(market)),
        "daily_returns": table("daily_returns", "date", days, strategy=strategy, benchmark=market),
        "monthly_returns": table(
            "monthly_returns", "month", months, strategy=grown(strategy, in_month), benchmark=grown(market, in_month),
            days=np.array([mask.sum() for mask in in_month], dtype=float),
        ),
        "yearly": table(
            "yearly", "year", years, rank_ic=np.linspace(0.04, 0.01, len(years)), icir=np.linspace(0.4, 0.1, len(years)),
            positive_share=np.linspace(0.62, 0.55, len(years)), strategy=grown(strategy, in_year),
            benchmark=grown(market, in_year), sharpe=np.linspace(1.2, -0.3, len(years)),
            max_drawdown=np.linspace(-0.1, -0.2, len(years)), turnover=np.full(len(years), 0.31),
            days=np.array([mask.sum() for mask in in_year], dtype=float),
        ),
        "rolling_sharpe": table(
            "rolling_sharpe", "date", days, {"window": 126}, strategy=rolling[0], benchmark=rolling[1]
        ),
        "return_histogram": table(
            "return_histogram", "bin", edges[:-1].round(4).tolist(), {"bin_width": 0.0025, "var_95": -0.017},
            count=np.histogram(strategy, edges)[0].astype(float),
        ),
    }  # fmt: skip


def _group_series(days: list[str], returns: Any, names: int) -> dict[str, Series]:
    labels = [f"G{i + 1}" for i in range(len(returns))]
    annual = (1 + returns.mean(axis=1)) ** 252 - 1
    rebalances = days[::HOLDING]
    wave = 0.3 + 0.05 * np.sin(np.arange(len(rebalances)))
    size = len(labels)
    return {
        "group_nav": table(
            "group_nav", "date", ["2020-12-31", *days], **{k: _nav(r) for k, r in zip(labels, returns, strict=True)}
        ),
        "group_table": table(
            "group_table", "group", labels, {"strategy_group": labels[-1]}, mean_return=returns.mean(axis=1),
            annual_return=annual, sharpe=returns.mean(axis=1) / returns.std(axis=1) * 252**0.5,
            max_drawdown=np.array([_below(r).min() for r in returns]), ci_low=annual - 0.1, ci_high=annual + 0.1,
            turnover=np.full(size, 0.3), cost_drag=np.full(size, 0.09), names=np.full(size, float(names)),
        ),
        "long_short": table(
            "long_short", "date", ["2020-12-31", *days], gross=_nav(returns[-1] - returns[0]),
            net=_nav(returns[-1] - returns[0] - 0.0003),
        ),
        "quantile_returns": table(
            "quantile_returns", "group", labels, **{f"h{h}": np.linspace(-0.0005, 0.0007, size) * h for h in (1, 5, 10, 20)}
        ),
        "turnover": table(
            "turnover", "date", rebalances, {"group": labels[-1]}, target=wave, traded=wave * 0.97, cost=wave * 0.003,
            names_in=np.round(wave * names), names_out=np.round(wave * names),
        ),
        "autocorrelation": table(
            "autocorrelation", "date", days, {"lag": HOLDING}, lag_1=np.concatenate([[np.nan], np.full(len(days) - 1, 0.96)]),
            lag_hp=np.concatenate([np.full(HOLDING, np.nan), 0.8 + 0.03 * np.sin(np.arange(len(days) - HOLDING) / 20)]),
        ),
    }  # fmt: skip


def _ic_series(days: list[str], ic: Any, rng: Any) -> dict[str, Series]:
    months, in_month = _by(days, 7)
    counts, edges = np.histogram(ic, 40)
    lags = np.arange(1, 21)
    decay = 0.02 * np.exp(-lags / 9) + rng.normal(0, 0.001, 20)
    return {
        "ic": table("ic", "date", days, {"horizon": HOLDING}, ic=ic - 0.002, rank_ic=ic, names=np.full(len(days), 292.0)),
        "ic_cumulative": table("ic_cumulative", "date", days, ic=np.cumsum(ic - 0.002), rank_ic=np.cumsum(ic)),
        "ic_monthly": table(
            "ic_monthly", "month", months, rank_ic=np.array([ic[mask].mean() for mask in in_month]),
            days=np.array([mask.sum() for mask in in_month], dtype=float), t=np.array([1.0] * len(months)),
        ),
        "ic_histogram": table(
            "ic_histogram", "bin", edges[:-1].tolist(),
            {"bin_width": float(edges[1] - edges[0]), "mean": float(ic.mean()), "std": float(ic.std(ddof=1))},
            count=counts.astype(float),
        ),
        "ic_decay": table(
            "ic_decay", "lag", lags.tolist(),
            {"half_life": 6.2, "half_life_ci": [4.4, 9.0], "fit": {"a": 0.02, "b": 0.111}, "holding_period": HOLDING},
            ic=decay, ci_low=decay - 0.005, ci_high=decay + 0.005, p=np.linspace(0.001, 0.4, 20), names=np.full(20, 291.0),
        ),
    }  # fmt: skip


def _slice_series(rng: Any, sessions: int) -> dict[str, Series]:
    industries = ["电子", "银行", "医药生物", "食品饮料", "非银金融", "电力设备"]
    value = rng.normal(0.03, 0.02, len(industries))
    sizes = np.linspace(0.045, 0.015, 5)
    regimes = ["bull", "bear", "sideways", "high_vol", "low_vol"]
    regime = np.array([0.04, 0.02, 0.031, 0.027, 0.035])
    days = np.full(5, sessions / 5)
    return {
        "by_industry": table(
            "by_industry", "name", industries, {"is_pit": False}, rank_ic=value, ci_low=value - 0.02, ci_high=value + 0.02,
            days=np.full(len(industries), float(sessions)), names=np.full(len(industries), 31.0),
        ),
        "by_size": table(
            "by_size", "bucket", [f"S{i}" for i in range(1, 6)], {"field": "cap"}, rank_ic=sizes, ci_low=sizes - 0.01,
            ci_high=sizes + 0.01, days=np.full(5, float(sessions)), names=np.full(5, 58.0),
        ),
        "regimes": table(
            "regimes", "name", regimes, {"zh": {"bull": "牛市", "bear": "熊市"}}, rank_ic=regime, ci_low=regime - 0.015,
            ci_high=regime + 0.015, null_low=np.full(5, -0.012), null_high=np.full(5, 0.012), days=days,
        ),
        "phases": table(
            "phases", "phase", [1, 2, 3, 4, 5], annual_return=np.array([0.081, 0.075, 0.092, 0.069, 0.086]),
            sharpe=np.full(5, 0.4), max_drawdown=np.full(5, -0.19),
        ),
        "rolling": table(
            "rolling", "window", [1, 2, 3], train_ic=np.array([0.03, 0.031, 0.028]),
            valid_ic=np.array([0.02, 0.026, 0.033]), test_ic=np.array([0.024, -0.004, 0.03]),
            test_start=["2022-07-18", "2022-11-18", "2023-03-20"], test_end=["2022-11-17", "2023-03-17", "2023-07-20"],
        ),
    }  # fmt: skip


def _null_series(rng: Any) -> dict[str, Series]:
    made = {}
    for name, draws, observed, threshold, tail in (
        ("null_ic_stability", rng.normal(0.4, 1, 999), 3.2, 2.0, "right"),
        ("null_subsample", rng.choice([0, 0.2, 0.4, 0.6, 0.8, 1.0], 999), 0.6, 1.0, "right"),
        ("null_placebo", rng.normal(0, 0.008, 999), 0.031, 0.016, "both"),
        ("null_half_life", np.exp(rng.normal(1.8, 0.3, 500)), 6.2, 5.0, "right"),
    ):
        counts, edges = np.histogram(draws, 50)
        meta = {
            "observed": observed, "threshold": threshold, "p": 0.002, "n": len(draws), "tail": tail,
            "bin_width": float(edges[1] - edges[0]), "passed": name != "null_subsample",
            "bootstrap": name == "null_half_life",
        }  # fmt: skip
        made[name] = table(name, "bin", edges[:-1].tolist(), meta, count=counts.astype(float))
    return made


def _position_series(days: list[str], rng: Any, names: int) -> dict[str, Series]:
    codes = [f"sh.{600000 + 3 * i}" for i in range(names)]
    titles = [f"测试股{i:02d}" for i in range(names)]
    value = np.linspace(2.4, 0.6, names)
    orders = 60
    return {
        "holdings": table(
            "holdings", "code", codes, {"date": days[-10], "group": "G5"}, name=titles, factor_value=value,
            percentile=np.linspace(1.0, 0.8, names), group=["G5"] * names, weight=np.full(names, 1 / names),
            holding_return=rng.normal(0, 0.02, names), tradable=[i % 9 != 0 for i in range(names)],
            industry=["电子", "银行", None] * (names // 3) + ["电子"] * (names % 3),
        ),
        "blocked": table(
            "blocked", "date", [days[(7 * i) % len(days)] for i in range(orders)],
            {"total": 212, "by_reason": {"suspended": 90, "limit_up": 102, "limit_down": 20}},
            code=[codes[i % names] for i in range(orders)], name=[titles[i % names] for i in range(orders)],
            side=["buy" if i % 2 else "sell" for i in range(orders)], reason=["limit_up", "suspended"] * (orders // 2),
            rule=["价格 11.00 触及涨停价 11.00（主板 ±10%，参考价 10.00）"] * orders,
        ),
        "coverage": table(
            "coverage", "date", days, members=np.full(len(days), 300.0), with_value=np.full(len(days), 292.0),
            tradable=np.full(len(days), 287.0),
        ),
    }  # fmt: skip


def _tests() -> dict[str, Any]:
    def one(name: str, code: str, passed: bool, observed: float, threshold: float, words: str) -> dict[str, Any]:
        held = {"code": "p", "passed": True, "value": 0.002, "limit": 0.05, "zh": "双侧 p ≤ 0.05", "en": "two-sided p"}
        other = {"code": "t", "passed": passed, "value": 3.2, "limit": 2.0, "zh": words, "en": "the deciding one"}
        return {
            "name": name, "code": code, "passed": passed, "p": 0.002, "observed": observed, "threshold": threshold,
            "series": f"null_{code}", "details": {}, "conditions": [held, other],
        }  # fmt: skip

    return {
        "score": 75.0,
        "recommendation": "谨慎",
        "passed_count": 3,
        "total_count": 4,
        "tests": [
            one("IC稳定性", "ic_stability", True, 3.2, 2.0, "HAC t ≥ 2"),
            one("子样本压力", "subsample", False, 0.6, 1.0, "同号环境 ≥ 60%"),
            one("安慰剂检验", "placebo", True, 0.031, 0.016, "滞后后 IC 不升"),
            one("半衰期估计", "half_life", True, 6.2, 5.0, "半衰期 ≥ 5 日"),
        ],
    }


def _result(days: list[str], strategy: Any, market: Any, ic: Any, groups: int) -> dict[str, Any]:
    years = len(days) / 252
    total, base = float(_nav(strategy)[-1] - 1), float(_nav(market)[-1] - 1)
    return {
        "report_url": None,
        "metrics": {
            "total_return": total, "cagr": (1 + total) ** (1 / years) - 1, "sharpe": 0.86, "sortino": 1.26,
            "max_drawdown": float(_below(strategy).min()), "volatility": 0.175, "win_rate": 0.53, "profit_factor": 1.18,
            "benchmark_total_return": base, "benchmark_cagr": (1 + base) ** (1 / years) - 1, "benchmark_sharpe": 0.36,
            "benchmark_max_drawdown": float(_below(market).min()), "benchmark_volatility": 0.168, "excess_return": 0.101,
            "information_ratio": 1.49, "tracking_error": 0.06, "beta": 0.98, "alpha": 0.09, "var_95": -0.017,
            "cvar_95": -0.025, "days": len(days),
        },
        "backtest_summary": {
            "long_short_annual": 0.21, "long_short_annual_net": 0.17, "long_short_sharpe_net": 2.2,
            "monotonicity_score": 0.9, "rank_ic_mean": float(ic.mean()), "rank_ic_ir": 0.27, "icir_annual": 4.3,
            "rank_ic_t_hac": 3.2, "rank_ic_p_hac": 0.0004, "rank_ic_ci95": [0.011, 0.049], "rank_ic_win_rate": 0.61,
            "ic_mean": 0.028, "ic_t_hac": 3.0, "n_ic_dates": len(days), "turnover": 0.31, "annual_cost_drag": 0.047,
            "total_cost_drag": 0.14, "rebalances": len(days) // HOLDING, "rank_autocorrelation": 0.96,
            "rank_autocorrelation_hp": 0.81, "strategy_group": f"G{groups}",
        },
        "anti_overfit": _tests(),
        "stock_factor_data": {"rebalance_date": days[-10], "flipped": False, "total_stock_count": 300, "stocks": []},
        "params": {
            "expression": "rank(-ts_delta(close, 20) / ts_shift(close, 20)) * rank(-ts_mean(volume, 5))",
            "universe": "hs300", "start_date": "2021-01-01", "end_date": "2023-12-31", "n_groups": groups,
            "holding_period": HOLDING, "benchmark": "hs300", "stock_count": 300, "market": "demo",
            "data_snapshot": "3f9c21aa0b1d", "synthetic": True, "effective_start": days[0], "effective_end": days[-1],
            "universe_meta": {
                "is_pit": True, "source": "demo", "as_of": None, "members_ever": 341, "loaded": 334,
                "missing": [f"sh.60{i:04d}" for i in range(7)], "share_unknown_st": 0.012, "industry_pit": False,
            },
            "execution": "next_open", "cost_model": "flat", "direction": 1, "direction_source": "calibration",
            "rubric_version": "2026.1", "risk_free": 0.03, "periods_per_year": 252, "neutralize_industry": False,
            "permutations": 999, "trials": 1, "n_groups_used": groups,
        },
        "llm": {"prompt": None, "engine": "expression", "used_llm": False},
        "score": 59.9, "score_uncapped": 66.4, "score_ci95": [52.8, 72.4], "grade": "C",
        "component_scores": {
            "sharpe": 46.5, "monotonicity": 90.0, "spread": 58.0, "cagr": 59.0, "max_drawdown": 60.4, "win_rate": 57.5,
            "anti_overfit": 75.0,
        },
        "caps": [{"code": "x", "zh": "方向段之外不显著，最高只能是 C", "en": "capped at C", "max_grade": "C"}],
        "rubric_version": "2026.1",
        "verdict": {"code": "x", "zh": "方向段之外不显著，最高只能是 C", "en": "Not significant outside the direction slice"},
        "reasons": [
            {"code": "placebo", "mark": "pass", "zh": "打乱 999 次股票标签，只有 1 次能做到这么高的 IC", "en": "1 of 999"},
            {"code": "subsample", "mark": "fail", "zh": "五种环境里三种同号", "en": "three of five regimes agree"},
            {"code": "phase", "mark": "doubt", "zh": "换一天起算调仓，年化在 6.9% 到 9.2% 之间", "en": "6.9% to 9.2%"},
        ],
        "diagnosis": {"strategy": "x", "reason": "窗口可以再长一些", "details": {}},
        "rolling_validation": {
            "score": 55.0,
            "summary": {"n_windows": 3, "mean_test_ic": 0.0167, "test_ic_ci95": [-0.004, 0.037], "same_sign_share": 0.667},
            "decay_analysis": {"mean_decay": 0.4, "status": "stable", "decay_diff": 0.013, "decay_diff_t": 1.1},
            "windows": [],
        },
        "warnings": [{"code": "missing", "zh": "成分股里有 7 只缺行情（覆盖 97.7%）", "en": "7 members have no prices"}],
        "direction": {
            "sign": 1, "source": "calibration", "p": 0.01, "calibration_start": days[0], "calibration_end": days[len(days) // 3],
            "calibration_dates": len(days) // 3, "calibration_rank_ic": 0.031, "out_of_slice_rank_ic": 0.029, "out_of_slice_p": 0.12,
            "out_of_slice_dates": len(days) - len(days) // 3,
        },
        "regimes": [], "phases": {"annual_return": {"mean": 0.0806}}, "decay": {"half_life_days": 6.2, "ci95": [4.4, 9.0]},
        "manifest": {"engine": "quantgpt 0.1.0", "result_hash": "0" * 64, "seed": 7, "permutations": 999},
    }  # fmt: skip
