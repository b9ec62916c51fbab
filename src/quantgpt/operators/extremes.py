"""Largest and smallest value of the last sessions, and where they stand."""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator
from quantgpt.operators._lazy import routine

NAN = math.nan
INF = math.inf


@routine
def window_best(x: Array, today: int, window: int, turn: float, best: Array, count: Array) -> None:
    """The largest `turn · x` of every column over the window that ends at row `today`, and how many are valid."""
    best[:] = -INF
    count[:] = 0.0
    for k in range(max(0, today - window + 1), today + 1):
        for j in range(best.size):
            v = turn * x[k, j]
            best[j] = v if v > best[j] else best[j]
            count[j] += 1.0 if v == v else 0.0


@routine
def window_place(x: Array, today: int, window: int, turn: float, best: Array, place: Array, count: Array) -> None:
    """Position, from the oldest session of the window, of the first largest `turn · x` of every column."""
    best[:] = -INF
    place[:] = NAN
    count[:] = 0.0
    oldest = today - window + 1
    for k in range(max(0, oldest), today + 1):
        position = float(k - oldest)
        for j in range(best.size):
            v = turn * x[k, j]
            place[j] = position if v > best[j] else place[j]
            best[j] = v if v > best[j] else best[j]
        for j in range(best.size):
            count[j] += 1.0 if x[k, j] == x[k, j] else 0.0


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的最大值",
    say=("{0}的{1}日最高值", "the {1}-day maximum of {0}"),
    example="ts_max(high, 20)",
)
def ts_max(out: Array, at: int, x: Array, window: int) -> None:
    """Largest value of the last `window` sessions.

    NaN:    missing with fewer than 90 % valid sessions.

    >>> ts_max(np.array([[3.0], [1.0], [2.0]]), 2).ravel().tolist()
    [nan, 3.0, 2.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    best = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        window_best(x, at + i, window, 1.0, best, count)
        for j in range(assets):
            out[i, j] = best[j] if count[j] >= need and best[j] - best[j] == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的最小值",
    say=("{0}的{1}日最低值", "the {1}-day minimum of {0}"),
    example="ts_min(low, 20)",
)
def ts_min(out: Array, at: int, x: Array, window: int) -> None:
    """Smallest value of the last `window` sessions.

    NaN:    missing with fewer than 90 % valid sessions.

    >>> ts_min(np.array([[3.0], [1.0], [2.0]]), 2).ravel().tolist()
    [nan, 1.0, 1.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    best = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        window_best(x, at + i, window, -1.0, best, count)
        for j in range(assets):
            out[i, j] = -best[j] if count[j] >= need and best[j] - best[j] == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="最大值在窗口内的位置：0 为最早一日，N-1 为今天，并列取最早",
    say=("{0}的{1}日最高值出现的位置", "the position of the {1}-day maximum of {0}"),
    example="ts_argmax(close, 20)",
    unit=UnitRule.RATIO,
)
def ts_argmax(out: Array, at: int, x: Array, window: int) -> None:
    """Where in the last `window` sessions the largest value stands: 0 is the oldest session, `window` - 1 today.

    Missing sessions keep their place; the earliest of equals counts.

    NaN:    missing with fewer than 90 % valid sessions.

    >>> ts_argmax(np.array([[3.0], [1.0], [2.0]]), 2).ravel().tolist()
    [nan, 0.0, 1.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    best = np.empty(assets)
    place = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        window_place(x, at + i, window, 1.0, best, place, count)
        for j in range(assets):
            out[i, j] = place[j] if count[j] >= need else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="最小值在窗口内的位置：0 为最早一日，N-1 为今天，并列取最早",
    say=("{0}的{1}日最低值出现的位置", "the position of the {1}-day minimum of {0}"),
    example="ts_argmin(close, 20)",
    unit=UnitRule.RATIO,
)
def ts_argmin(out: Array, at: int, x: Array, window: int) -> None:
    """Where in the last `window` sessions the smallest value stands: 0 is the oldest session, `window` - 1 today.

    Missing sessions keep their place; the earliest of equals counts.

    NaN:    missing with fewer than 90 % valid sessions.

    >>> ts_argmin(np.array([[3.0], [1.0], [2.0]]), 2).ravel().tolist()
    [nan, 1.0, 0.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    best = np.empty(assets)
    place = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        window_place(x, at + i, window, -1.0, best, place, count)
        for j in range(assets):
            out[i, j] = place[j] if count[j] >= need else NAN
