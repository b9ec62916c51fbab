"""Qlib's order statistics of the last rows: extremes and their places, rank of today, median and quantiles.

An infinite value counts as missing.

Source: Qlib 0.9.7, `qlib/data/ops.py`, and the rolling functions of pandas 3.1 that it calls.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator
from quantgpt.operators._lazy import routine
from quantgpt.operators._sorted import middle_of, quantile_of, take_in, take_out

NAN = math.nan


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Max：窗口内有效值的最大值，有一个即可",
    say=("{0}的{1}日最高值（Qlib）", "Qlib's {1}-day maximum of {0}"),
    example="qlib_max(high, 20)",
    vocabulary="qlib",
)
def qlib_max(out: Array, at: int, x: Array, window: int) -> None:
    """Largest valid value of the last `window` rows, `Max` in Qlib.

    NaN:    missing only where no value is valid.

    >>> qlib_max(np.array([[3.0], [1.0], [2.0]]), 2).ravel().tolist()
    [3.0, 3.0, 2.0]
    """
    rows, assets = out.shape
    for i in range(rows):
        for j in range(assets):
            out[i, j] = NAN
        for k in range(max(0, at + i - window + 1), at + i + 1):
            for j in range(assets):
                v = x[k, j]
                best = out[i, j]
                out[i, j] = v if v - v == 0.0 and not v <= best else best


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Min：窗口内有效值的最小值，有一个即可",
    say=("{0}的{1}日最低值（Qlib）", "Qlib's {1}-day minimum of {0}"),
    example="qlib_min(low, 20)",
    vocabulary="qlib",
)
def qlib_min(out: Array, at: int, x: Array, window: int) -> None:
    """Smallest valid value of the last `window` rows, `Min` in Qlib.

    NaN:    missing only where no value is valid.

    >>> qlib_min(np.array([[3.0], [1.0], [2.0]]), 2).ravel().tolist()
    [3.0, 1.0, 1.0]
    """
    rows, assets = out.shape
    for i in range(rows):
        for j in range(assets):
            out[i, j] = NAN
        for k in range(max(0, at + i - window + 1), at + i + 1):
            for j in range(assets):
                v = x[k, j]
                best = out[i, j]
                out[i, j] = v if v - v == 0.0 and not v >= best else best


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Rank：今天的值在窗口有效值中的百分位，并列取平均",
    say=("{0}在过去{1}日中的百分位（Qlib）", "Qlib's rank of today's {0} within {1} days"),
    example="qlib_rank(volume, 20)",
    unit=UnitRule.RATIO,
    vocabulary="qlib",
)
def qlib_rank(out: Array, at: int, x: Array, window: int) -> None:
    """Rank of today's value among the valid values of the last `window` rows over their number, `Rank` in Qlib.

    Equal values share their average rank.

    NaN:    missing when today is.

    >>> qlib_rank(np.array([[3.0], [1.0], [3.0]]), 3).round(6).ravel().tolist()
    [1.0, 0.5, 0.833333]
    """
    rows, assets = out.shape
    for j in range(assets):
        for i in range(rows):
            today = x[at + i, j]
            out[i, j] = NAN
            if today - today == 0.0:
                less = 0
                equal = 0
                n = 0
                for k in range(max(0, at + i - window + 1), at + i + 1):
                    v = x[k, j]
                    n += 1 if v - v == 0.0 else 0
                    less += 1 if v < today and v - v == 0.0 else 0
                    equal += 1 if v == today else 0
                out[i, j] = (less + (equal + 1) / 2.0) / n


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Med：窗口内有效值的中位数，有一个即可",
    say=("{0}的{1}日中位数（Qlib）", "Qlib's {1}-day median of {0}"),
    example="qlib_med(close, 20)",
    vocabulary="qlib",
)
def qlib_med(out: Array, at: int, x: Array, window: int) -> None:
    """Median of the valid values of the last `window` rows, `Med` in Qlib.

    NaN:    missing only where no value is valid.

    >>> qlib_med(np.array([[3.0], [1.0], [2.0]]), 3).ravel().tolist()
    [3.0, 2.0, 2.0]
    """
    rows, assets = out.shape
    values = np.empty(window + 1)
    oldest = max(0, at - window + 1)
    for j in range(assets):
        n = 0
        for k in range(oldest, at + rows):
            if k - window >= oldest:
                n = take_out(values, n, x[k - window, j])
            n = take_in(values, n, x[k, j])
            if k >= at:
                out[k - at, j] = middle_of(values, n) if n > 0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Quantile：窗口内有效值的分位数（线性插值）",
    say=("{0}的{1}日 {2} 分位数（Qlib）", "Qlib's {1}-day {2} quantile of {0}"),
    example="qlib_quantile(close, 20, 0.8)",
    vocabulary="qlib",
)
def qlib_quantile(out: Array, at: int, x: Array, window: int, q: float) -> None:
    """The `q`-quantile of the valid values of the last `window` rows by linear interpolation, `Quantile` in Qlib.

    NaN:    missing only where no value is valid.

    >>> qlib_quantile(np.array([[1.0], [2.0], [4.0]]), 3, 0.75).ravel().tolist()
    [1.0, 1.75, 3.0]
    """
    rows, assets = out.shape
    values = np.empty(window + 1)
    oldest = max(0, at - window + 1)
    for j in range(assets):
        n = 0
        for k in range(oldest, at + rows):
            if k - window >= oldest:
                n = take_out(values, n, x[k - window, j])
            n = take_in(values, n, x[k, j])
            if k >= at:
                out[k - at, j] = quantile_of(values, n, q) if n > 0 else NAN


@routine
def place_of_best(x: Array, bar: Array, today: int, j: int, window: int, turn: float) -> float:
    """1-based place, from the oldest bar of the window, of the first largest `turn · x`, or of the first NaN if any.

    NaN where no value of the window is valid or today has no bar.
    """
    first = today - window + 1
    if first < 0:
        first = 0
    while first <= today and bar[first, j] != 1.0:
        first += 1
    best = -math.inf
    place = NAN
    gap = NAN
    for k in range(first, today + 1):
        v = turn * x[k, j]
        if v - v != 0.0:
            gap = float(k - first + 1) if gap != gap else gap
        elif v > best:
            best = v
            place = float(k - first + 1)
    if bar[today, j] != 1.0 or place != place:
        return NAN
    return gap if gap == gap else place


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 IdxMax：最大值的位置（1 为窗口最早一根；窗口有缺失时为首个缺失的位置）",
    say=("{0}的{2}日最高值位置（Qlib）", "Qlib's place of the {2}-day maximum of {0}"),
    example="qlib_idxmax(high, bar, 20)",
    unit=UnitRule.RATIO,
    vocabulary="qlib",
)
def qlib_idxmax(out: Array, at: int, x: Array, bar: Array, window: int) -> None:
    """Place of the largest value, 1 for the oldest bar of the window, the earliest of equals; `IdxMax` in Qlib.

    A window that holds a NaN gives the place of its first NaN, as in Qlib.

    NaN:    missing only where no value is valid, or where there is no bar.

    >>> qlib_idxmax(np.array([[3.0], [1.0], [2.0]]), np.ones((3, 1)), 2).ravel().tolist()
    [1.0, 1.0, 2.0]
    """
    rows, assets = out.shape
    for j in range(assets):
        for i in range(rows):
            out[i, j] = place_of_best(x, bar, at + i, j, window, 1.0)


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 IdxMin：最小值的位置（1 为窗口最早一根；窗口有缺失时为首个缺失的位置）",
    say=("{0}的{2}日最低值位置（Qlib）", "Qlib's place of the {2}-day minimum of {0}"),
    example="qlib_idxmin(low, bar, 20)",
    unit=UnitRule.RATIO,
    vocabulary="qlib",
)
def qlib_idxmin(out: Array, at: int, x: Array, bar: Array, window: int) -> None:
    """Place of the smallest value, 1 for the oldest bar of the window, the earliest of equals; `IdxMin` in Qlib.

    A window that holds a NaN gives the place of its first NaN, as in Qlib.

    NaN:    missing only where no value is valid, or where there is no bar.

    >>> qlib_idxmin(np.array([[3.0], [1.0], [2.0]]), np.ones((3, 1)), 2).ravel().tolist()
    [1.0, 2.0, 1.0]
    """
    rows, assets = out.shape
    for j in range(assets):
        for i in range(rows):
            out[i, j] = place_of_best(x, bar, at + i, j, window, -1.0)
