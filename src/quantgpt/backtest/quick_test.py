"""The short form of a factor test: IC and groups of the headline phase, without shuffled labels, tables or score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.backtest.computed import FactorTestSpec
from quantgpt.backtest.factor_test import no_sessions, phase_run, ranked_factor
from quantgpt.backtest.groups import GroupRun
from quantgpt.backtest.shared import Shared
from quantgpt.backtest.tables import plain
from quantgpt.factors.direction import Direction, choose_direction
from quantgpt.factors.grouping import rebalance_rows, usable_groups
from quantgpt.factors.ic import ICSummary, pearson_ic, rank_ic, summarise
from quantgpt.factors.score import annual_spread_tenth
from quantgpt.foundations.panel import Days, FloatPanel
from quantgpt.metrics.correlation import monotonicity
from quantgpt.metrics.hac import hac_mean
from quantgpt.metrics.performance import performance
from quantgpt.metrics.returns import annualised_mean, sharpe

F64 = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class QuickTest:
    """What a quick test found."""

    figures: dict[str, Any]
    """plain values; the names and numbers are those of the full test"""
    strategy: F64
    """daily net returns of the directed top group"""
    active: F64
    """the same less the mean of all groups before costs: what it earns over the universe"""
    days: Days
    """their sessions"""


def run_quick_test(factor: FloatPanel, spec: FactorTestSpec, shared: Shared) -> QuickTest:
    """Test one factor panel, as `run_factor_test` does, as far as IC and groups go.

    Shape:  factor (T, N) on the rows and columns of the view.
    Raises: NoData with the reason when there is nothing to test; BadRequest for a panel of another shape.
    """
    view, rows = shared.view, shared.rows
    values, ranked = ranked_factor(shared, factor, spec)
    starts = rebalance_rows(view.first, view.days.size, spec.holding_period)
    n_groups = usable_groups(values, shared.eligible, starts, spec.n_groups)
    run = phase_run(view, ranked, n_groups, spec, shared.tape)
    at = rank_ic(ranked, shared.label, rows)
    lag = 2 * spec.holding_period
    rank = summarise(at.values, lag)
    if run is None or rank.n == 0:
        raise no_sessions()
    pearson = summarise(pearson_ic(values, ranked.valid, shared.labels.values, shared.label.valid, rows), lag)
    direction = choose_direction(at.values, spec.direction)
    outside = summarise(np.where(direction.calibration, np.nan, at.values), lag)
    present = np.isfinite(at.values)
    figures = {
        **_ic("ic", pearson),
        **_ic("rank_ic", rank),
        "icir_annual": rank.ir_annual,
        "n_ic_dates": rank.n,
        "mean_names": float(at.names[present].mean()),
        "direction": direction.sign,
        "direction_source": direction.source,
        "out_of_slice_rank_ic": outside.mean,
        "out_of_slice_t_hac": outside.hac.t,
        **_groups(run, direction, spec, n_groups),
    }
    top = n_groups - 1 if direction.sign > 0 else 0
    strategy = np.ascontiguousarray(run.returns_net[top])
    return QuickTest(figures=plain(figures), strategy=strategy, active=_active(run, strategy), days=view.days[run.days])


def _active(run: GroupRun, strategy: F64) -> F64:
    """The costs of the groups are spread evenly over the sessions, as the ledger of trials takes them."""
    drag = float(run.cost.sum(axis=1).mean()) / strategy.size
    return np.asarray(strategy - run.returns_net.mean(axis=0) - drag, dtype=np.float64)


def _ic(prefix: str, s: ICSummary) -> dict[str, Any]:
    win = "ic_win_rate" if prefix == "ic" else "rank_ic_win_rate"
    return {
        f"{prefix}_mean": s.mean,
        f"{prefix}_std": s.std,
        f"{prefix}_ir": s.ir,
        f"{prefix}_t_hac": s.hac.t,
        f"{prefix}_p_hac": s.hac.p,
        f"{prefix}_ci95": [s.hac.ci_low, s.hac.ci_high],
        win: s.positive_share,
    }


def _groups(run: GroupRun, direction: Direction, spec: FactorTestSpec, n_groups: int) -> dict[str, Any]:
    top, bottom = (n_groups - 1, 0) if direction.sign > 0 else (0, n_groups - 1)
    pair = run.long_short(top, bottom)
    spread = hac_mean(pair.gross, 2 * spec.holding_period)
    means = run.returns_net.mean(axis=1)
    own = performance(np.asarray(run.returns_net[top], dtype=np.float64), spec.risk_free)
    mono = monotonicity(means, direction.sign)
    return {
        "n_groups_used": n_groups,
        "strategy_group": f"G{top + 1}",
        "group_annual_returns": [annualised_mean(float(mean)) for mean in means],
        "monotonicity_score": mono,
        "spread": spread.mean,
        "spread_t_hac": spread.t,
        "spread_net": float(pair.net.mean()),
        "long_short_annual": annualised_mean(float(pair.gross.mean())),
        "long_short_annual_net": annualised_mean(float(pair.net.mean())),
        "long_short_sharpe": sharpe(pair.gross, 0.0),
        "top_group_sharpe": sharpe(run.returns_net[top], 0.0),
        "turnover": _mean(run.turnover_target[top]),
        "turnover_traded": _mean(run.turnover_traded[top]),
        "total_cost_drag": float(run.cost[top].sum()),
        "metrics": {
            "total_return": own.total_return,
            "cagr": own.cagr,
            "sharpe": own.sharpe,
            "sortino": own.sortino,
            "max_drawdown": own.max_drawdown,
            "volatility": own.volatility,
            "win_rate": own.win_rate,
            "profit_factor": own.profit_factor,
        },
        "score_inputs": {
            "sharpe": own.sharpe,
            "monotonicity": mono,
            "spread": annual_spread_tenth(spread.mean),
            "cagr": own.cagr,
            "max_drawdown": own.max_drawdown,
            "win_rate": own.win_rate,
        },
    }


def _mean(values: F64) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
