"""Order statistics of the last sessions: rank of today, median, median absolute deviation."""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator
from quantgpt.operators._lazy import routine
from quantgpt.operators._ties import tied

NAN = math.nan


@routine
def middle(values: Array, n: int) -> float:
    """Median of the first `n` values, which are in ascending order."""
    half = n // 2
    upper: float = values[half]
    lower: float = values[half - 1 + n % 2]
    centre = 0.5 * lower + 0.5 * upper
    return centre if centre - centre == 0.0 else NAN


@routine
def median_away(values: Array, n: int, away: Array) -> float:
    """Median distance from the median of the first `n` values, which are in ascending order: the distances fall towards
    the middle, so the two ends are merged from the largest on."""
    centre = middle(values, n)
    low = 0
    high = n - 1
    for p in range(n - 1, -1, -1):
        left = centre - values[low]
        right = values[high] - centre
        if left > right:
            away[p] = left
            low += 1
        else:
            away[p] = right
            high -= 1
    return middle(away, n)


@routine
def put(values: Array, n: int, v: float) -> int:
    """Insert `v` into the first `n` values, which are in ascending order; the new number. NaN is left out."""
    if v != v:
        return n
    p = n
    while p > 0 and values[p - 1] > v:
        values[p] = values[p - 1]
        p -= 1
    values[p] = v
    return n + 1


@routine
def drop(values: Array, n: int, v: float) -> int:
    """Take one `v` out of the first `n` values, which are in ascending order; the new number. NaN was never in."""
    if v != v:
        return n
    low = 0
    high = n - 1
    while low < high:
        half = (low + high) // 2
        if values[half] < v:
            low = half + 1
        else:
            high = half
    for p in range(low, n - 1):
        values[p] = values[p + 1]
    return n - 1


@operator(
    Axis.TIME,
    category="time_series",
    zh="今天的值在过去 N 个交易日中的百分位，并列取平均，(0, 1]",
    say=("{0}在过去{1}日中的百分位", "the rank of today's {0} within {1} days"),
    example="ts_rank(volume, 20)",
    unit=UnitRule.RATIO,
)
def ts_rank(out: Array, at: int, x: Array, window: int) -> None:
    """Rank of today's value among the valid values of the last `window` sessions, divided by their number.

    Equal values share their average rank; values are compared after rounding to 40 mantissa bits.

    NaN:    missing when today is, or with fewer than 90 % valid sessions.

    >>> ts_rank(np.array([[3.0], [1.0], [2.0]]), 2).ravel().tolist()
    [nan, 0.5, 1.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    start = max(0, at - window + 1)
    rounded = np.empty((at + rows - start, assets))
    for k in range(start, at + rows):
        for j in range(assets):
            rounded[k - start, j] = tied(x[k, j])
    below = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        below[:] = 0.0
        count[:] = 0.0
        today = at + i - start
        for k in range(max(0, today - window + 1), today + 1):
            for j in range(assets):
                v = rounded[k, j]
                w = rounded[today, j]
                below[j] += (1.0 if v < w else 0.0) + (0.5 if v == w else 0.0)
            for j in range(assets):
                count[j] += 1.0 if rounded[k, j] == rounded[k, j] else 0.0
        for j in range(assets):
            w = rounded[today, j]
            out[i, j] = (below[j] + 0.5) / count[j] if count[j] >= need and w == w else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的中位数",
    say=("{0}的{1}日中位数", "the {1}-day median of {0}"),
    example="ts_median(close, 20)",
)
def ts_median(out: Array, at: int, x: Array, window: int) -> None:
    """Median of the last `window` sessions.

    NaN:    missing with fewer than 90 % valid sessions.

    >>> ts_median(np.array([[3.0], [1.0], [2.0]]), 3).ravel().tolist()
    [nan, nan, 2.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    values = np.empty(window + 1)
    oldest = max(0, at - window + 1)
    for j in range(assets):
        n = 0
        for k in range(oldest, at):
            n = put(values, n, x[k, j] + 0.0)
        for i in range(rows):
            today = at + i
            if today - window >= oldest:
                n = drop(values, n, x[today - window, j] + 0.0)
            n = put(values, n, x[today, j] + 0.0)
            out[i, j] = middle(values, n) if n >= need else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的绝对中位差（对中位数偏离的绝对值的中位数，不乘 1.4826）",
    say=("{0}的{1}日绝对中位差", "the {1}-day median absolute deviation of {0}"),
    example="ts_mad(returns, 20)",
)
def ts_mad(out: Array, at: int, x: Array, window: int) -> None:
    """Median absolute deviation from the median over the last `window` sessions, not scaled.

    NaN:    missing with fewer than 90 % valid sessions.

    >>> ts_mad(np.array([[1.0], [2.0], [9.0]]), 3).ravel().tolist()
    [nan, nan, 1.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    values = np.empty(window + 1)
    away = np.empty(window + 1)
    oldest = max(0, at - window + 1)
    for j in range(assets):
        n = 0
        for k in range(oldest, at):
            n = put(values, n, x[k, j] + 0.0)
        for i in range(rows):
            today = at + i
            if today - window >= oldest:
                n = drop(values, n, x[today - window, j] + 0.0)
            n = put(values, n, x[today, j] + 0.0)
            out[i, j] = median_away(values, n, away) if n >= need else NAN
