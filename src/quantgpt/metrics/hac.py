"""Mean of an autocorrelated series with an honest standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_NORMAL = NormalDist()


@dataclass(frozen=True)
class HacMean:
    """Mean, its HAC standard error and what follows from them; NaN where the series is too short or constant."""

    mean: float
    se: float
    t: float
    p: float
    """two-sided, normal"""
    ci_low: float
    ci_high: float
    n: int
    lag: int


def long_run_variance(x: NDArray[np.float64], lag: int) -> float:
    """Newey-West long-run variance: γ₀ + 2 Σ (1 − j/(L+1)) γⱼ, autocovariances divided by n, about the mean.

    Shape:  (n,) without missing values. Lags of n and more contribute nothing.
    Source: Newey and West (1987), Bartlett weights; no small-sample correction.
    """
    n = x.size
    centred = x - x.mean()
    total = float(centred @ centred)
    for j in range(1, min(lag, n - 1) + 1):
        total += 2.0 * (1.0 - j / (lag + 1.0)) * float(centred[j:] @ centred[:-j])
    return total / n


def hac_mean(x: NDArray[np.float64], lag: int, level: float = 0.95) -> HacMean:
    """Mean of `x` with a Newey-West standard error; missing values are dropped and the rest closed up.

    For an information coefficient over a holding period of h sessions the lag is 2·h.

    >>> hac_mean(np.array([1.0, 2.0, 3.0, 4.0]), lag=0).se == (1.25 / 4) ** 0.5
    True
    """
    values = np.asarray(x, dtype=np.float64)
    values = values[np.isfinite(values)]
    n = values.size
    if n < 2 or values.max() == values.min():
        mean = float(values.mean()) if n else math.nan
        return HacMean(mean, math.nan, math.nan, math.nan, math.nan, math.nan, n, lag)
    mean = float(values.mean())
    se = math.sqrt(max(long_run_variance(values, lag), 0.0) / n)
    if se == 0.0:
        return HacMean(mean, 0.0, math.nan, math.nan, mean, mean, n, lag)
    t = mean / se
    half = _NORMAL.inv_cdf(0.5 + level / 2.0) * se
    return HacMean(mean, se, t, math.erfc(abs(t) / math.sqrt(2.0)), mean - half, mean + half, n, lag)
