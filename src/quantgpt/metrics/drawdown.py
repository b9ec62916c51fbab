"""How far below its highest value so far a portfolio stands."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from quantgpt.metrics.returns import Returns, clean


def nav(returns: Returns) -> NDArray[np.float64]:
    """Net asset value after each day, from 1.0 before the first; a missing return counts as 0.

    Shape: (n,) -> (n,).
    """
    growth: NDArray[np.float64] = 1.0 + np.nan_to_num(np.asarray(returns, dtype=np.float64), nan=0.0)
    value: NDArray[np.float64] = np.cumprod(growth, dtype=np.float64)
    return value


def drawdown(returns: Returns) -> NDArray[np.float64]:
    """Value over its running peak, minus 1; the starting 1.0 is a peak too.

    Shape: (n,) -> (n,), never above 0.

    >>> drawdown(np.array([-0.1, 0.2])).round(6).tolist()
    [-0.1, 0.0]
    """
    value = nav(returns)
    return value / np.maximum.accumulate(np.maximum(value, 1.0)) - 1.0


def max_drawdown(returns: Returns) -> float:
    """The deepest drawdown, 0 or below; NaN of no returns."""
    r = clean(returns)
    return float(drawdown(r).min()) if r.size else math.nan
