"""The figures of one factor test under the names that the contract fixes, and ours beside them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.backtest.computed import Computed
from quantgpt.factors.grouping import rounded
from quantgpt.factors.ic import ICSummary
from quantgpt.factors.regimes import HISTORY
from quantgpt.foundations.symbols import baostock_spelling
from quantgpt.metrics.correlation import average_ranks, monotonicity
from quantgpt.metrics.drawdown import max_drawdown
from quantgpt.metrics.hac import hac_mean
from quantgpt.metrics.performance import Performance, performance
from quantgpt.metrics.returns import PERIODS, annualised_mean, daily_rate, sharpe, volatility

F64 = NDArray[np.float64]

LEAST_BENCHMARK_DAYS = 2


def metrics(c: Computed) -> dict[str, Any]:
    """Performance of the strategy (directed top group, net of costs) and, when it loaded, of the benchmark."""
    own = performance(c.strategy, c.spec.risk_free)
    out: dict[str, Any] = {name: getattr(own, name) for name in _CONTRACT}
    out |= {"calmar": own.cagr / -own.max_drawdown if own.max_drawdown < 0 else math.nan, "days": own.n}
    out |= _tails(c.strategy)
    if int(np.isfinite(c.benchmark).sum()) >= LEAST_BENCHMARK_DAYS:
        out |= _against_benchmark(c, own)
    return out


_CONTRACT = (
    "total_return",
    "cagr",
    "sharpe",
    "sortino",
    "max_drawdown",
    "volatility",
    "win_rate",
    "profit_factor",
)


def _tails(r: F64) -> dict[str, float]:
    cut = float(np.quantile(r, 0.05))
    centred = r - r.mean()
    variance = float((centred**2).mean())
    return {
        "var_95": cut,
        "cvar_95": float(r[r <= cut].mean()),
        "best_day": float(r.max()),
        "worst_day": float(r.min()),
        "skew": float((centred**3).mean()) / variance**1.5 if variance > 0 else math.nan,
        "kurtosis": float((centred**4).mean()) / variance**2 if variance > 0 else math.nan,
    }


def _against_benchmark(c: Computed, own: Performance) -> dict[str, Any]:
    index = performance(c.benchmark, c.spec.risk_free)
    both = np.isfinite(c.benchmark)
    active = c.strategy[both] - c.benchmark[both]
    error = volatility(active)
    spread = c.benchmark[both] - c.benchmark[both].mean()
    variance = float(spread @ spread)
    beta = float((c.strategy[both] - c.strategy[both].mean()) @ spread) / variance if variance > 0 else math.nan
    rate = daily_rate(c.spec.risk_free)
    alpha = float(c.strategy[both].mean()) - rate - beta * (float(c.benchmark[both].mean()) - rate)
    return {
        "benchmark_total_return": index.total_return,
        "benchmark_cagr": index.cagr,
        "benchmark_sharpe": index.sharpe,
        "benchmark_sortino": index.sortino,
        "benchmark_volatility": index.volatility,
        "benchmark_max_drawdown": index.max_drawdown,
        "excess_return": own.cagr - index.cagr,
        "tracking_error": error,
        "information_ratio": float(active.mean()) * PERIODS / error if error > 0 else math.nan,
        "beta": beta,
        "alpha": annualised_mean(alpha),
    }


def backtest_summary(c: Computed) -> dict[str, Any]:
    """Groups, long-short, IC, turnover and costs."""
    pair = c.run.long_short(c.top, c.bottom)
    spread = hac_mean(pair.gross, 2 * c.spec.holding_period)
    means = c.run.returns_net.mean(axis=1)
    rank, pearson = c.evidence.summary, c.pearson_summary
    traded = c.run.turnover_traded[c.top]
    drag = c.run.cost.sum(axis=1)
    years = c.run.days.size / PERIODS
    lag_1, lag_hp = c.autocorrelation
    return {
        "group_returns": group_returns(c),
        "top_group_sharpe": sharpe(c.strategy, 0.0),
        "long_short_sharpe": sharpe(pair.gross, 0.0),
        "long_short_annual": annualised_mean(float(pair.gross.mean())),
        "long_short_sharpe_net": sharpe(pair.net, 0.0),
        "long_short_annual_net": annualised_mean(float(pair.net.mean())),
        "monotonicity_score": monotonicity(means, c.sign),
        "spread": spread.mean,
        "spread_ci95": [spread.ci_low, spread.ci_high],
        "spread_t_hac": spread.t,
        "spread_net": float(pair.net.mean()),
        "ic_mean": pearson.mean,
        "rank_ic_mean": rank.mean,
        "ic_ir": pearson.ir,
        "rank_ic_ir": rank.ir,
        "icir_annual": rank.ir_annual,
        "ic_win_rate": pearson.positive_share,
        "rank_ic_win_rate": rank.positive_share,
        "ic_win_rate_oriented": _oriented_share(c.pearson, c.sign),
        "rank_ic_win_rate_oriented": _oriented_share(c.evidence.rank_ic, c.sign),
        **_inference("ic", pearson),
        **_inference("rank_ic", rank),
        "rank_ic_p_permutation": c.evidence.p_two_sided(),
        "n_ic_dates": rank.n,
        "mean_names": c.evidence.mean_names,
        "residual_rank_ic": {name: _residual(s) for name, s in c.residuals.items()},
        "turnover": _mean(c.run.turnover_target[c.top]),
        "turnover_traded": _mean(traded),
        "rebalances": int(c.run.rows.size),
        "cost_adjusted": True,
        "cost_rate": c.spec.cost_model.flat_rate if c.spec.costs == "flat" else None,
        "cost_model": c.spec.costs,
        "total_cost_drag": float(drag[c.top]),
        "cost_drag_by_group": {label: float(x) for label, x in zip(c.labels, drag, strict=True)},
        "annual_cost_drag": float(drag[c.top]) / years if years > 0 else math.nan,
        "rank_autocorrelation": _mean(lag_1),
        "rank_autocorrelation_hp": _mean(lag_hp),
        "mean_cash": float(c.run.cash[c.top].mean()),
        "delayed_exit_share": c.delayed_share,
        "flipped": c.evidence.direction.flipped,
        "strategy_group": c.labels[c.top],
    }


def group_returns(c: Computed) -> dict[str, Any]:
    """Figures of each group, keyed "0" … by rising factor value."""
    out = {}
    for k, label in enumerate(c.labels):
        net = c.run.returns_net[k]
        out[str(k)] = {
            "group": label,
            "mean_return": float(net.mean()),
            "annual_return": annualised_mean(float(net.mean())),
            "sharpe": sharpe(net, 0.0),
            "max_drawdown": max_drawdown(net),
            "mean_return_gross": float(c.run.returns_gross[k].mean()),
            "turnover": _mean(c.run.turnover_target[k]),
            "cost_drag": float(c.run.cost[k].sum()),
            "names": float(c.run.names[k].mean()),
        }
    return out


def stock_factor_data(c: Computed) -> dict[str, Any]:
    """Every name with a value on the last rebalance that formed groups, best first in the factor's direction."""
    row, groups = int(c.run.rows[c.last]), c.run.groups[c.last]
    names = np.flatnonzero(c.ranked.valid[row])
    values = c.factor[row, names]
    share = average_ranks(c.sign * rounded(values)) / names.size
    growth = _period_returns(c)
    since = c.run.holding_return()
    buyable = c.buyable[int(c.run.trade_rows[c.last])]
    order = sorted(range(names.size), key=lambda j: (-share[j], names[j]))
    stocks = []
    for j in order:
        i, group = int(names[j]), int(groups[names[j]])
        kind = int(c.view.industry[i])
        stocks.append(
            {
                "stock_code": baostock_spelling(c.view.assets[i]),
                "name": c.view.names[i],
                "factor_value": round(float(values[j]), 6),
                "factor_rank": round(float(share[j]), 4),
                "group": group if group >= 0 else None,
                "group_label": c.labels[group] if group >= 0 else None,
                "period_return": float(growth[i]),
                "holding_return": float(since[i]),
                "tradable": bool(buyable[i]),
                "industry": c.view.industry_names[kind] if kind >= 0 else None,
            }
        )
    return {
        "rebalance_date": str(c.view.days[row].astype("datetime64[D]")),
        "flipped": c.evidence.direction.flipped,
        "total_stock_count": int(names.size),
        "stocks": stocks,
    }


def _period_returns(c: Computed) -> F64:
    """(N,): return of each name over the days of the run, from its last close before them.

    A name that was listed on one of those days starts at its first open. NaN: listed before, but without a close in the
    last `HISTORY` sessions before the span, so that the start is not known.
    """
    close, first = c.view.fields["close"], int(c.run.days[0])
    before = close[max(0, c.view.first - HISTORY) : first]
    start = np.full(close.shape[1], np.nan)
    for row in before:
        np.copyto(start, row, where=np.isfinite(row))
    opens = c.view.fields["open"][first:]
    listed_later = np.isnan(start) & (c.view.age[first - 1] < 0)
    opened = np.isfinite(opens)
    fresh = opens[opened.argmax(axis=0), np.arange(opens.shape[1])]
    start = np.where(listed_later & opened.any(axis=0), fresh, start)
    end = start.copy()
    for row in close[first:]:
        np.copyto(end, row, where=np.isfinite(row))
    return np.asarray(end / start - 1.0, dtype=np.float64)


def _inference(prefix: str, s: ICSummary) -> dict[str, Any]:
    return {
        f"{prefix}_std": s.std,
        f"{prefix}_t_hac": s.hac.t,
        f"{prefix}_p_hac": s.hac.p,
        f"{prefix}_ci95": [s.hac.ci_low, s.hac.ci_high],
    }


def _residual(s: ICSummary) -> dict[str, Any]:
    return {"rank_ic": s.mean, "t_hac": s.hac.t, "p_hac": s.hac.p, "ci95": [s.hac.ci_low, s.hac.ci_high], "days": s.n}


def _oriented_share(values: F64, sign: int) -> float:
    known = values[np.isfinite(values)]
    return float((sign * known > 0).mean()) if known.size else math.nan


def _mean(values: F64) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan
