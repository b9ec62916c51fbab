"""The tables behind the charts of one factor test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.backtest.computed import Computed
from quantgpt.backtest.daybook import positions, replay, trades
from quantgpt.backtest.holdings import blocked, holdings
from quantgpt.backtest.tables import table
from quantgpt.factors.anti_overfit import OverfitTest, histogram
from quantgpt.factors.breakdown import Slice, by_month, by_year
from quantgpt.factors.regimes import REGIMES
from quantgpt.factors.rolling import WindowResult
from quantgpt.foundations.series import Series
from quantgpt.metrics.drawdown import drawdown, max_drawdown
from quantgpt.metrics.hac import hac_mean
from quantgpt.metrics.periods import compounded, months, years
from quantgpt.metrics.returns import annualised_mean, cagr, sharpe
from quantgpt.metrics.rolling import rolling_sharpe

F64 = NDArray[np.float64]

SHARPE_WINDOW = 126
RETURN_BIN = 0.0025
WIDEST_RETURN = 0.12


def all_series(c: Computed, windows: list[WindowResult]) -> dict[str, Series]:
    """Every table of one test, by name."""
    made = [build(c) for build in _BUILDERS]
    made += [null_series(test) for test in c.tests.tests]
    made.append(rolling(c, windows))
    book = replay(c)
    made += [positions(c, book), trades(c, book)]
    return {series.name: series for series in made}


def _level(returns: F64) -> F64:
    """Net asset value from 1.0 on the day before the first return; NaN stays a gap."""
    growth = np.cumprod(1.0 + np.nan_to_num(returns, nan=0.0))
    growth[~np.isfinite(returns)] = np.nan
    return np.concatenate([[1.0], growth])


def _nav_days(c: Computed) -> list[str]:
    before = max(int(c.run.days[0]) - 1, 0)
    return [str(c.view.days[before].astype("datetime64[D]")), *c.run_days]


def nav(c: Computed) -> Series:
    """Net asset value of strategy and benchmark; `excess` is their ratio."""
    own, index = _level(c.strategy), _level(c.benchmark)
    columns = {
        "strategy": own,
        "strategy_gross": _level(c.run.returns_gross[c.top]),
        "benchmark": index,
        "excess": own / index,
    }
    return table("nav", "date", _nav_days(c), columns, "level", direction=c.sign, strategy_group=c.labels[c.top])


def drawdowns(c: Computed) -> Series:
    """Distance below the highest value so far."""

    def depth(r: F64) -> F64:
        below = drawdown(r)
        below[~np.isfinite(r)] = np.nan
        return np.concatenate([[0.0], below])

    columns = {"strategy": depth(c.strategy), "benchmark": depth(c.benchmark)}
    return table("drawdown", "date", _nav_days(c), columns)


def daily_returns(c: Computed) -> Series:
    """Daily returns, net of costs."""
    return table("daily_returns", "date", c.run_days, {"strategy": c.strategy, "benchmark": c.benchmark})


def group_nav(c: Computed) -> Series:
    """Net asset value of each group."""
    columns = {label: _level(c.run.returns_net[k]) for k, label in enumerate(c.labels)}
    return table("group_nav", "date", _nav_days(c), columns, "level")


def long_short(c: Computed) -> Series:
    """Directed top less bottom group."""
    pair = c.run.long_short(c.top, c.bottom)
    columns = {"gross": _level(pair.gross), "net": _level(pair.net)}
    return table("long_short", "date", _nav_days(c), columns, "level", informational=True)


def group_table(c: Computed) -> Series:
    """One row a group; the interval is that of the annual return, from the HAC interval of the mean."""
    net = c.run.returns_net
    hac = [hac_mean(r, 2 * c.spec.holding_period) for r in net]
    columns = {
        "mean_return": net.mean(axis=1),
        "annual_return": [annualised_mean(float(r.mean())) for r in net],
        "sharpe": np.array([sharpe(r, 0.0) for r in net]),
        "max_drawdown": [max_drawdown(r) for r in net],
        "ci_low": np.array([annualised_mean(h.ci_low) if h.ci_low > -1 else -1.0 for h in hac]),
        "ci_high": np.array([annualised_mean(h.ci_high) if h.ci_high > -1 else -1.0 for h in hac]),
        "turnover": _means(c.run.turnover_target),
        "cost_drag": c.run.cost.sum(axis=1),
        "names": c.run.names.mean(axis=1),
    }
    return table("group_table", "group", list(c.labels), columns, strategy_group=c.labels[c.top])


def _means(values: F64) -> F64:
    known = np.isfinite(values)
    number = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def ic(c: Computed) -> Series:
    """IC by session."""
    columns = {"ic": c.pearson, "rank_ic": c.evidence.rank_ic, "names": c.evidence.names}
    edge = np.flatnonzero(c.evidence.direction.calibration)
    end = c.days[int(edge[-1])] if edge.size else None
    return table("ic", "date", list(c.days), columns, horizon=c.spec.holding_period, calibration_end=end)


def ic_cumulative(c: Computed) -> Series:
    """Running sums of the IC; a missing session adds nothing."""
    columns = {"ic": np.cumsum(np.nan_to_num(c.pearson)), "rank_ic": np.cumsum(np.nan_to_num(c.evidence.rank_ic))}
    return table("ic_cumulative", "date", list(c.days), columns)


def ic_monthly(c: Computed) -> Series:
    """Mean rank IC of each month."""
    made = by_month(c.evidence.rank_ic, c.view.days[c.rows], 2 * c.spec.holding_period)
    columns = {
        "rank_ic": np.array([h.mean for h in made.values()]),
        "days": [h.n for h in made.values()],
        "t": np.array([h.t for h in made.values()]),
    }
    return table("ic_monthly", "month", list(made), columns)


def ic_histogram(c: Computed) -> Series:
    """How the daily rank IC is spread."""
    values = c.evidence.rank_ic
    made = histogram(values)
    left, count, width = (made.left, made.count, made.width) if made else ([], [], None)
    s = c.evidence.summary
    return table("ic_histogram", "bin", list(left), {"count": count}, "count", bin_width=width, mean=s.mean, std=s.std)


def ic_decay(c: Computed) -> Series:
    """Oriented rank IC of each later session alone."""
    d = c.evidence.decay
    columns = {"ic": d.ic, "ci_low": d.ci_low, "ci_high": d.ci_high, "p": d.p, "names": d.names}
    meta: dict[str, Any] = {
        "half_life": d.half_life,
        "half_life_ci": list(d.ci95) if d.ci95 else None,
        "fit": {"a": d.fit.a, "b": d.fit.b} if d.fit else None,
        "reason": d.reason,
        "holding_period": c.spec.holding_period,
        "oriented": True,
        "direction": c.sign,
    }
    return table("ic_decay", "lag", list(d.lags.tolist()), columns, **meta)


def turnover(c: Computed) -> Series:
    """Turnover and cost of the strategy at each rebalance."""
    run, k = c.run, c.top
    days = [str(day) for day in c.view.days[run.rows].astype("datetime64[D]")]
    columns = {
        "target": run.turnover_target[k],
        "traded": run.turnover_traded[k],
        "cost": run.cost[k],
        "names_in": run.names_in[k],
        "names_out": run.names_out[k],
    }
    return table("turnover", "date", list(days), columns, group=c.labels[k])


def autocorrelation(c: Computed) -> Series:
    """Rank correlation of the factor with itself, one session and one holding period earlier."""
    lag_1, lag_hp = c.autocorrelation
    columns = {"lag_1": lag_1, "lag_hp": lag_hp}
    return table("autocorrelation", "date", list(c.days), columns, lag=c.spec.holding_period)


def monthly_returns(c: Computed) -> Series:
    """Compounded returns of each month."""
    spans = months(c.view.days[c.run.days])
    columns = {
        "strategy": compounded(c.strategy, spans),
        "benchmark": compounded(c.benchmark, spans),
        "days": [span.rows.stop - span.rows.start for span in spans],
    }
    return table("monthly_returns", "month", [span.label for span in spans], columns)


def yearly(c: Computed) -> Series:
    """One row a calendar year."""
    spans = years(c.view.days[c.run.days])
    ics = by_year(c.evidence.rank_ic, c.view.days[c.rows], 2 * c.spec.holding_period)
    of_rebalance = c.view.days[c.run.rows].astype("datetime64[Y]").astype(str)

    def of_ic(pick: Callable[[Any], float]) -> F64:
        return np.array([pick(ics[span.label]) if span.label in ics else np.nan for span in spans])

    columns = {
        "rank_ic": of_ic(lambda s: s.mean),
        "icir": of_ic(lambda s: s.ir),
        "positive_share": of_ic(lambda s: s.positive_share),
        "t": of_ic(lambda s: s.hac.t),
        "strategy": compounded(c.strategy, spans),
        "benchmark": compounded(c.benchmark, spans),
        "sharpe": np.array([sharpe(c.strategy[span.rows], c.spec.risk_free) for span in spans]),
        "max_drawdown": np.array([max_drawdown(c.strategy[span.rows]) for span in spans]),
        "turnover": _means(
            np.stack([np.where(of_rebalance == span.label, c.run.turnover_target[c.top], np.nan) for span in spans])
        ),
        "days": [span.rows.stop - span.rows.start for span in spans],
    }
    return table("yearly", "year", [span.label for span in spans], columns)


def _slices(title: str, index_name: str, slices: tuple[Slice, ...], **meta: Any) -> Series:
    columns = {
        "rank_ic": np.array([s.hac.mean for s in slices]),
        "ci_low": np.array([s.hac.ci_low for s in slices]),
        "ci_high": np.array([s.hac.ci_high for s in slices]),
        "days": [s.days for s in slices],
        "names": np.array([s.names for s in slices]),
    }
    return table(title, index_name, [s.name for s in slices], columns, **meta)


def by_industry(c: Computed) -> Series:
    """Rank IC inside each industry."""
    reason = None if c.by_industry else "没有行业数据，或没有哪个行业在同一天有 5 只股票"
    pit = bool(c.view.universe_meta.get("industry_pit", False))
    return _slices("by_industry", "name", c.by_industry, is_pit=pit, reason=reason)


def by_size(c: Computed) -> Series:
    """Rank IC inside each of five size buckets."""
    reason = None if c.by_size else "没有流通市值数据"
    return _slices("by_size", "bucket", c.by_size, field=c.size_field, order="small_to_large", reason=reason)


def quantile_returns(c: Computed) -> Series:
    """Mean forward return of each group at several horizons, groups formed on every session."""
    columns = {f"h{h}": means for h, means in c.quantiles.items()}
    return table("quantile_returns", "group", list(c.labels), columns, horizons=list(c.quantiles))


def coverage(c: Computed) -> Series:
    """Members, names with a value and those of them that could be bought when the trade is due."""
    with_value = c.ranked.valid[c.rows]
    columns = {
        "members": c.view.member[c.rows].sum(axis=1),
        "with_value": with_value.sum(axis=1),
        "tradable": (with_value & c.buyable[c.rows + int(c.run.trade_rows[0] - c.run.rows[0])]).sum(axis=1),
    }
    return table("coverage", "date", list(c.days), columns, "count")


def phases(c: Computed) -> Series:
    """The strategy when the rebalancing starts on another session; phase 1 is the headline."""
    returns = [run.returns_net[c.top] for _, run in c.phases]
    columns = {
        "annual_return": [cagr(r) for r in returns],
        "sharpe": np.array([sharpe(r, c.spec.risk_free) for r in returns]),
        "max_drawdown": [max_drawdown(r) for r in returns],
    }
    return table("phases", "phase", [phase + 1 for phase, _ in c.phases], columns)


def regimes(c: Computed) -> Series:
    """Rank IC of each market regime against its band under shuffled labels; raw, not oriented."""
    found = c.evidence.regimes
    columns = {
        "rank_ic": np.array([r.summary.mean for r in found]),
        "ci_low": np.array([r.summary.hac.ci_low for r in found]),
        "ci_high": np.array([r.summary.hac.ci_high for r in found]),
        "null_low": np.array([r.null_low for r in found]),
        "null_high": np.array([r.null_high for r in found]),
        "days": [r.days for r in found],
    }
    words = {name.code: {"zh": name.zh, "en": name.en} for name in REGIMES}
    return table("regimes", "name", [r.code for r in found], columns, direction=c.sign, words=words)


def rolling_sharpes(c: Computed) -> Series:
    """Sharpe ratio of the last 126 sessions."""
    columns = {
        "strategy": rolling_sharpe(c.strategy, SHARPE_WINDOW, c.spec.risk_free),
        "benchmark": rolling_sharpe(c.benchmark, SHARPE_WINDOW, c.spec.risk_free),
    }
    return table("rolling_sharpe", "date", c.run_days, columns, window=SHARPE_WINDOW)


def return_histogram(c: Computed) -> Series:
    """Daily returns of the strategy in bins of 0.25 %; what lies beyond ±12 % is in the outermost bins."""
    inside = np.clip(c.strategy, -WIDEST_RETURN + RETURN_BIN / 2, WIDEST_RETURN - RETURN_BIN / 2)
    bins = np.floor(inside / RETURN_BIN).astype(np.int64)
    first, last = int(min(bins.min(), -1)), int(max(bins.max(), 0))
    count = np.bincount(bins - first, minlength=last - first + 1)
    left = [round(k * RETURN_BIN, 6) for k in range(first, last + 1)]
    cut, mean = float(np.quantile(c.strategy, 0.05)), float(c.strategy.mean())
    return table("return_histogram", "bin", list(left), {"count": count}, "count", bin_width=RETURN_BIN, var_95=cut, mean=mean)  # fmt: skip


def null_series(test: OverfitTest) -> Series:
    """The distribution that a test holds its observed value against; empty, with the reason, when it could not run."""
    made = test.histogram
    meta: dict[str, Any] = {
        "observed": test.observed,
        "threshold": test.threshold,
        "p": test.p,
        "n": made.n if made else 0,
        "bin_width": made.width if made else None,
        "passed": test.passed,
        "error": test.details.get("error"),
    }
    meta |= made.meta if made else {}
    left, count = (made.left, made.count) if made else ([], [])
    return table(f"null_{test.code}", "bin", list(left), {"count": count}, "count", **meta)


def rolling(c: Computed, windows: list[WindowResult]) -> Series:
    """One row a window of the walk forward; ICs are raw."""
    last = len(c.days) - 1
    columns = {
        "train_ic": np.array([w.train[0] for w in windows]),
        "valid_ic": np.array([w.valid[0] for w in windows]),
        "test_ic": np.array([w.test[0] for w in windows]),
        "test_start": [c.days[w.window.test[0]] for w in windows],
        "test_end": [c.days[min(w.window.test[1] - 1, last)] for w in windows],
        "direction": [w.direction for w in windows],
    }
    return table("rolling", "window", list(range(1, len(windows) + 1)), columns)


_BUILDERS: tuple[Callable[[Computed], Series], ...] = (
    nav,
    drawdowns,
    daily_returns,
    group_nav,
    long_short,
    group_table,
    ic,
    ic_cumulative,
    ic_monthly,
    ic_histogram,
    ic_decay,
    turnover,
    autocorrelation,
    monthly_returns,
    yearly,
    by_industry,
    by_size,
    quantile_returns,
    coverage,
    phases,
    regimes,
    rolling_sharpes,
    return_histogram,
    holdings,
    blocked,
)
