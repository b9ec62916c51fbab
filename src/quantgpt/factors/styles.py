"""A factor beside the usual styles: what of it they explain, and what of its long side's return.

Two questions, both session by session over the eligible names: how well does the part of a factor that industries and styles
do not explain still order the names, and which part of what the long side earned over all names came from its styles. The
second is an identity: in a regression with a constant, the long side's return less that of all names is the sum over styles
of (exposure of the long side × return of the style) and of what the regression leaves over. Source: Fama and MacBeth (1973);
Menchero (2010), The Characteristics of Factor Portfolios.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.ic import ICSummary, rank_ic, rank_rows, summarise
from quantgpt.factors.marginal import centred_ranks
from quantgpt.foundations.panel import BoolPanel, FloatPanel
from quantgpt.foundations.series import number
from quantgpt.metrics.hac import HacMean, hac_mean
from quantgpt.metrics.returns import PERIODS

F64 = NDArray[np.float64]

LEAST_NAMES_PER_COLUMN = 3
"""names that a regression needs for each of its columns"""


@dataclass(frozen=True)
class Style:
    """One style: how it is computed and what it is called."""

    name: str
    expression: str
    zh: str
    en: str


STYLES = (
    Style("size", "log(cap)", "市值", "size"),
    Style("momentum", "ts_shift(close, 20) / ts_shift(close, 120) - 1", "动量", "momentum"),
    Style("reversal", "close / ts_shift(close, 20) - 1", "近一月涨幅", "last month"),
    Style("volatility", "ts_std(returns, 60)", "波动率", "volatility"),
    Style("liquidity", "log(ts_mean(amount, 20))", "流动性", "liquidity"),
)


@dataclass(frozen=True)
class Purged:
    """A factor without what some columns explain."""

    rank_ic: ICSummary
    explained: float
    """mean share of the variance of the factor's ranks that the columns explain"""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        hac = self.rank_ic.hac
        return {
            "rank_ic": number(hac.mean),
            "t_hac": number(hac.t),
            "p_hac": number(hac.p),
            "ci95": [number(hac.ci_low), number(hac.ci_high)],
            "days": self.rank_ic.n,
            "explained": number(self.explained),
        }


def purge(
    factor: FloatPanel,
    columns: FloatPanel,
    industry: NDArray[np.int16] | None,
    eligible: BoolPanel,
    label: FloatPanel,
    rows: NDArray[np.int64],
    holding: int,
) -> Purged:
    """Rank IC of the residuals of one regression per session of the factor's ranks on the columns.

    Shape: factor, eligible, label (T, N); columns (K, T, N), K may be 0; industry (N,), -1 = unknown, or None; rows (D,).
    NaN:   a missing column value counts as the middle; a session with too few names for the columns has no residuals.
    """
    ranks = centred_ranks(np.where(eligible, factor, np.nan), eligible)
    residual = np.full_like(ranks, np.nan)
    explained = []
    dummies = _dummies(industry, ranks.shape[1])
    for t in rows:
        names = np.flatnonzero(np.isfinite(ranks[t]))
        table = _table(columns[:, t][:, names], dummies[names])
        if names.size < LEAST_NAMES_PER_COLUMN * table.shape[1]:
            continue
        y = ranks[t, names]
        left = y - table @ np.linalg.lstsq(table, y, rcond=None)[0]
        residual[t, names] = left
        total = float(((y - y.mean()) ** 2).sum())
        explained.append(1.0 - float(left @ left) / total if total > 0 else 1.0)
    usable = np.abs(residual) > 1e-9  # what the columns explain whole has no order left
    kept = np.where(usable.any(axis=1, keepdims=True), residual, np.nan)
    at = rank_ic(rank_rows(kept, eligible), rank_rows(label, eligible), rows)
    return Purged(summarise(at.values, 2 * holding), float(np.mean(explained)) if explained else np.nan)


@dataclass(frozen=True)
class Attribution:
    """Where the long side's return over all names came from; each a mean per session with its error."""

    active: HacMean
    by_style: Mapping[str, HacMean]
    specific: HacMean
    exposure: Mapping[str, float]
    """mean rank of the long side in each style, −0.5 … 0.5, 0 = that of all names"""

    def to_json(self) -> dict[str, Any]:
        """Plain values, returns per year."""
        return {
            "active": _annual(self.active),
            "specific": _annual(self.specific),
            "styles": {
                name: {**_annual(part), "exposure": number(self.exposure[name])} for name, part in self.by_style.items()
            },
        }


def _annual(mean: HacMean) -> dict[str, Any]:
    return {"annual": number(mean.mean * PERIODS), "t_hac": number(mean.t), "days": mean.n}


def attribute(
    factor: FloatPanel,
    sign: int,
    styles: Mapping[str, FloatPanel],
    eligible: BoolPanel,
    next_return: FloatPanel,
    rows: NDArray[np.int64],
    groups: int = 5,
) -> Attribution:
    """What the styles of the long side explain of its one-session return over all names, before costs.

    Shape: panels (T, N), next_return from the open after the session; rows (D,). The long side is the highest of `groups`
           groups in the direction `sign`.
    NaN:   a missing style value counts as the middle; sessions with too few names are left out.
    """
    names_of = list(styles)
    exposures = np.stack([_filled(styles[name], eligible) for name in names_of])
    active, parts, specific, held = [], [], [], []
    for t in rows:
        names = np.flatnonzero(eligible[t] & np.isfinite(factor[t]) & np.isfinite(next_return[t]))
        if names.size < LEAST_NAMES_PER_COLUMN * (len(names_of) + 1):
            continue
        x = exposures[:, t, :][:, names]
        x = x - x.mean(axis=1, keepdims=True)
        y = next_return[t, names]
        table = np.column_stack([np.ones(names.size), x.T])
        paid = np.linalg.lstsq(table, y, rcond=None)[0]
        left = y - table @ paid
        top = np.argsort(-sign * factor[t, names], kind="stable")[: max(names.size // groups, 1)]
        tilt = x[:, top].mean(axis=1)
        active.append(y[top].mean() - y.mean())
        parts.append(tilt * paid[1:])
        specific.append(left[top].mean())
        held.append(tilt)
    table_of_parts = np.array(parts).reshape(-1, len(names_of))
    mean_tilt = np.array(held).reshape(-1, len(names_of)).mean(axis=0) if held else np.full(len(names_of), np.nan)
    return Attribution(
        active=hac_mean(np.array(active), 1),
        by_style={name: hac_mean(table_of_parts[:, k], 1) for k, name in enumerate(names_of)},
        specific=hac_mean(np.array(specific), 1),
        exposure={name: float(mean_tilt[k]) for k, name in enumerate(names_of)},
    )


def stacked(styles: Mapping[str, FloatPanel], eligible: BoolPanel) -> FloatPanel:
    """Styles as columns of `purge`: (K, T, N) of centred ranks, the middle where there is no value."""
    shape = eligible.shape
    return np.stack([_filled(panel, eligible) for panel in styles.values()]) if styles else np.empty((0, *shape))


def _filled(panel: FloatPanel, eligible: BoolPanel) -> FloatPanel:
    ranks = centred_ranks(np.where(eligible, panel, np.nan), eligible)
    return np.where(np.isfinite(ranks), ranks, 0.0)


def _dummies(industry: NDArray[np.int16] | None, assets: int) -> F64:
    """(N, number of industries) of 0 and 1; the constant alone without industries."""
    if industry is None:
        return np.ones((assets, 1))
    return np.asarray(industry[:, None] == np.unique(industry)[None, :], dtype=np.float64)


def _table(columns: F64, dummies: F64) -> F64:
    """Columns and the dummies of the industries that occur."""
    present = dummies[:, dummies.any(axis=0)]
    return np.column_stack([columns.T, present])
