"""Figures over a moving window of days."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from quantgpt.metrics.returns import PERIODS, RISK_FREE, Returns, daily_rate


def rolling_sharpe(
    returns: Returns, window: int = 126, risk_free: float = RISK_FREE, periods: int = PERIODS
) -> NDArray[np.float64]:
    """Sharpe ratio of the last `window` days, each window computed afresh.

    Shape: (n,) -> (n,).
    NaN:   the first window − 1 days, a window with a missing return, or one of equal returns.
    """
    r = np.asarray(returns, dtype=np.float64)
    out = np.full(r.size, np.nan)
    if window < 2 or r.size < window:
        return out
    windows = sliding_window_view(r, window)
    spread = windows.std(axis=1, ddof=1)
    moved = windows.max(axis=1) > windows.min(axis=1)
    excess = windows.mean(axis=1) - daily_rate(risk_free, periods)
    np.divide(excess * math.sqrt(periods), spread, out=out[window - 1 :], where=moved)
    return out
