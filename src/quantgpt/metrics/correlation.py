"""Correlation of two short series: Pearson, Spearman, and how steadily groups rise."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def average_ranks(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, equal values share the mean of theirs. Missing values are not allowed.

    >>> average_ranks(np.array([10.0, 30.0, 10.0])).tolist()
    [1.5, 3.0, 1.5]
    """
    _, place, counts = np.unique(np.asarray(x, dtype=np.float64), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: NDArray[np.float64] = (ends - (counts - 1) / 2.0)[place]
    return ranks


def pearson(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Linear correlation over the pairs that are both known; NaN of fewer than two, or when one side is constant."""
    a, b = _pairs(x, y)
    if a.size < 2 or a.max() == a.min() or b.max() == b.min():
        return math.nan
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / math.sqrt(float(a @ a) * float(b @ b)))


def spearman(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Pearson correlation of average ranks over the pairs that are both known.

    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0]))
    0.5
    """
    a, b = _pairs(x, y)
    return pearson(average_ranks(a), average_ranks(b)) if a.size else math.nan


def monotonicity(means: NDArray[np.float64], sign: int = 1) -> float:
    """How steadily group means rise in the direction of `sign`: Spearman with the group number, floored at 0.

    0 with fewer than three groups or constant means.
    """
    known = means[np.isfinite(means)]
    if known.size < 3:
        return 0.0
    value = spearman(np.arange(known.size, dtype=np.float64), known) * sign
    return max(0.0, value) if math.isfinite(value) else 0.0


def _pairs(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    both = np.isfinite(a) & np.isfinite(b)
    return a[both], b[both]
