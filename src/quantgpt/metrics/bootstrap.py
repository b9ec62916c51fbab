"""Confidence intervals of figures of an autocorrelated series by resampling blocks of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest


class Interval(NamedTuple):
    """A confidence interval; NaN when the figure is not defined for enough resamples."""

    low: float
    high: float


def mean_block(n: int, horizon: int) -> int:
    """Mean length of a block for `n` days of overlapping returns over `horizon` sessions: max(horizon, n^⅓).

    >>> mean_block(727, 5), mean_block(100, 20)
    (9, 20)
    """
    return max(1, horizon, math.ceil(round(math.pow(n, 1.0 / 3.0), 9)))


def stationary_indices(n: int, block: float, resamples: int, seed: int) -> NDArray[np.int64]:
    """Rows drawn by the stationary bootstrap: blocks of geometric length with mean `block`, wrapped at the end.

    Shape:  -> (resamples, n). The same seed gives the same rows.
    Source: Politis and Romano (1994).
    Raises: BadRequest when `n`, `block` or `resamples` is below 1.
    """
    if n < 1 or not block >= 1 or resamples < 1:
        raise BadRequest(f"cannot resample {n} rows in blocks of {block}, {resamples} times", field="block")
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, n, size=(resamples, n))
    fresh = rng.random((resamples, n)) < 1.0 / block
    fresh[:, 0] = True
    position = np.arange(n)
    begun = np.maximum.accumulate(np.where(fresh, position, 0), axis=1)
    return (np.take_along_axis(starts, begun, axis=1) + position - begun) % n


def bootstrap_interval(
    series: NDArray[np.float64],
    figure: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    block: float,
    resamples: int = 1000,
    seed: int,
    level: float = 0.95,
) -> Interval:
    """Percentile interval of `figure` over resampled series.

    Shape: series (n,) or (n, k) with rows in order of time; `figure` gets (resamples, n) or (resamples, n, k) and answers
           (resamples,). For a mean it is `lambda x: x.mean(axis=1)`.
    NaN:   rows with a missing value are dropped first; fewer than two rows, or fewer than half of the figures defined.
    """
    values = np.asarray(series, dtype=np.float64)
    values = values[np.isfinite(values).reshape(values.shape[0], -1).all(axis=1)]
    if values.shape[0] < 2:
        return Interval(math.nan, math.nan)
    figures = np.asarray(figure(values[stationary_indices(values.shape[0], block, resamples, seed)]))
    figures = figures[np.isfinite(figures)]
    if figures.size < resamples / 2:
        return Interval(math.nan, math.nan)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(figures, [tail, 1.0 - tail])
    return Interval(float(low), float(high))
