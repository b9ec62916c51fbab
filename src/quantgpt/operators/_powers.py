"""Third and fourth moments of a window about its mean: skewness and kurtosis, corrected for bias."""

from __future__ import annotations

import math

from quantgpt.operators._base import Array
from quantgpt.operators._lazy import routine


@routine
def central_powers(x: Array, today: int, j: int, window: int, mean: float, powers: Array) -> None:
    """Sums of the second, third and fourth powers of the distances from `mean`, and the smallest and largest value."""
    powers[:] = 0.0
    powers[3] = math.inf
    powers[4] = -math.inf
    for k in range(max(0, today - window + 1), today + 1):
        v = x[k, j]
        if v - v == 0.0:
            d = v - mean
            powers[0] += d * d
            powers[1] += d * d * d
            powers[2] += (d * d) * (d * d)
            powers[3] = min(powers[3], v)
            powers[4] = max(powers[4], v)


@routine
def skew_of(n: float, m2: float, m3: float) -> float:
    """Bias-corrected skewness of `n` values from their sums of squared and cubed distances from the mean."""
    spread = m2 / n
    return math.sqrt(n * (n - 1.0)) / (n - 2.0) * ((m3 / n) / (spread * math.sqrt(spread)))


@routine
def kurt_of(n: float, m2: float, m4: float) -> float:
    """Bias-corrected excess kurtosis of `n` values from their sums of powers of distances from the mean."""
    spread = m2 / n
    ratio = (m4 / n) / (spread * spread)
    return (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * ratio - 3.0 * (n - 1.0))
