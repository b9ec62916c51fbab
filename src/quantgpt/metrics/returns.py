"""Performance of one series of daily returns: the formulas and their conventions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

PERIODS = 252
RISK_FREE = 0.03

Returns = NDArray[np.float64]


def clean(returns: Returns) -> Returns:
    """The returns without missing values.

    >>> clean(np.array([0.1, np.nan])).tolist()
    [0.1]
    """
    values = np.asarray(returns, dtype=np.float64)
    return values[np.isfinite(values)]


def daily_rate(annual: float, periods: int = PERIODS) -> float:
    """The daily rate that compounds to `annual`: (1 + annual)^(1/periods) − 1.

    >>> round(daily_rate(0.03), 7)
    0.0001173
    """
    return math.pow(1.0 + annual, 1.0 / periods) - 1.0


def annualised_mean(mean: float, periods: int = PERIODS) -> float:
    """A mean daily return compounded over a year: (1 + mean)^periods − 1.

    >>> round(annualised_mean(0.00021), 4), round(annualised_mean(0.00102), 4)
    (0.0543, 0.2929)
    """
    return math.pow(1.0 + mean, periods) - 1.0 if mean > -1.0 else -1.0


def total_return(returns: Returns) -> float:
    """∏(1 + r) − 1; NaN of no returns."""
    r = clean(returns)
    return float(np.prod(1.0 + r) - 1.0) if r.size else math.nan


def cagr(returns: Returns, periods: int = PERIODS) -> float:
    """(1 + total)^(periods/n) − 1, years counted in trading days; NaN of no returns or a value below zero."""
    r = clean(returns)
    growth = 1.0 + total_return(r)
    return math.pow(growth, periods / r.size) - 1.0 if r.size and growth >= 0 else math.nan


def volatility(returns: Returns, periods: int = PERIODS) -> float:
    """Standard deviation (ddof 1) × √periods; NaN of fewer than two returns."""
    r = clean(returns)
    return float(r.std(ddof=1)) * math.sqrt(periods) if r.size > 1 else math.nan


def sharpe(returns: Returns, risk_free: float = RISK_FREE, periods: int = PERIODS) -> float:
    """Mean over standard deviation (ddof 1) of the excess over the daily-equivalent rate, × √periods.

    NaN: fewer than two returns, or all equal.
    """
    r = clean(returns)
    if r.size < 2 or r.max() == r.min():
        return math.nan
    return (float(r.mean()) - daily_rate(risk_free, periods)) / float(r.std(ddof=1)) * math.sqrt(periods)


def sortino(returns: Returns, risk_free: float = RISK_FREE, periods: int = PERIODS) -> float:
    """Mean excess over the root mean square of its negative part (over all days), × √periods.

    NaN: no returns, or no day below the daily-equivalent rate.
    Source: Sortino and Price (1994), target = the risk-free rate.
    """
    excess = clean(returns) - daily_rate(risk_free, periods)
    down = math.sqrt(float(np.mean(np.minimum(excess, 0.0) ** 2))) if excess.size else 0.0
    return float(excess.mean()) / down * math.sqrt(periods) if down > 0 else math.nan


def win_rate(returns: Returns) -> float:
    """Share of positive days among the non-zero days; NaN when there are none."""
    r = clean(returns)
    moved = int(np.count_nonzero(r))
    return int(np.count_nonzero(r > 0)) / moved if moved else math.nan


def profit_factor(returns: Returns) -> float:
    """Sum of gains over the absolute sum of losses; NaN without losses."""
    r = clean(returns)
    losses = float(-r[r < 0].sum())
    return float(r[r > 0].sum()) / losses if losses > 0 else math.nan
