"""Straight lines: a value on its session over the last sessions, and a day's values on an exposure across names.

Sums over a window are those of `_folds`: they are taken from a reference that moves along, so that a large offset costs
no digits, a constant window is exactly flat, and a value depends on its window alone.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, Mask, UnitRule, operator
from quantgpt.operators._folds import (
    C1,
    COUNT,
    Q1,
    Q2,
    S1,
    S2,
    fold_trend,
    load_spread,
    merges_of,
    resi_of,
    rsquare_of,
    slope_of,
)

NAN = math.nan


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日对时间的回归斜率（每日变化）",
    say=("{0}的{1}日回归斜率", "the {1}-day slope of {0}"),
    example="ts_slope(close, 20) / close",
    unit=UnitRule.ANY,
)
def ts_slope(out: Array, at: int, x: Array, window: int) -> None:
    """Least-squares slope on the session over the last `window` sessions: the change a day.

    Missing sessions keep their place.

    NaN:    missing with fewer than 90 % valid sessions, or fewer than two.

    >>> ts_slope(np.array([[1.0], [3.0], [4.0]]), 3).ravel().tolist()
    [nan, nan, 1.5]
    """
    rows, assets = out.shape
    need = max(2, (window * 90 + 99) // 100)
    order = merges_of(window)
    state = np.empty((7, window))
    end = window - 1
    for j in range(assets):
        for i in range(rows):
            load_spread(x, at + i, j, window, state)
            fold_trend(state, order)
            v = slope_of(state[COUNT, end], state[S1, end], state[C1, end], state[Q1, end], state[Q2, end])
            out[i, j] = v if state[COUNT, end] >= need and v - v == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日对时间回归的 R²；不变则缺失",
    say=("{0}的{1}日回归 R²", "the {1}-day R² of {0}"),
    example="ts_rsquare(close, 20)",
    unit=UnitRule.RATIO,
)
def ts_rsquare(out: Array, at: int, x: Array, window: int) -> None:
    """Squared correlation with the session over the last `window` sessions: how straight the line is, 0 … 1.

    NaN:    missing with fewer than 90 % valid sessions, fewer than two, or where all values are equal.

    >>> ts_rsquare(np.array([[1.0], [3.0], [2.0]]), 3).ravel().tolist()
    [nan, nan, 0.25]
    """
    rows, assets = out.shape
    need = max(2, (window * 90 + 99) // 100)
    order = merges_of(window)
    state = np.empty((7, window))
    end = window - 1
    for j in range(assets):
        for i in range(rows):
            load_spread(x, at + i, j, window, state)
            fold_trend(state, order)
            v = rsquare_of(
                state[COUNT, end], state[S1, end], state[S2, end], state[C1, end], state[Q1, end], state[Q2, end]
            )
            fine = state[COUNT, end] >= need and v - v == 0.0
            out[i, j] = min(v, 1.0) if fine else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="今天的值对过去 N 个交易日时间回归的残差",
    say=("{0}的{1}日回归残差", "the {1}-day residual of {0}"),
    example="ts_resi(close, 20) / close",
)
def ts_resi(out: Array, at: int, x: Array, window: int) -> None:
    """Today's value less its place on the regression line of the last `window` sessions.

    NaN:    missing when today is, with fewer than 90 % valid sessions, or fewer than two.

    >>> ts_resi(np.array([[1.0], [3.0], [2.0]]), 3).ravel().tolist()
    [nan, nan, -0.5]
    """
    rows, assets = out.shape
    need = max(2, (window * 90 + 99) // 100)
    order = merges_of(window)
    state = np.empty((7, window))
    end = window - 1
    for j in range(assets):
        for i in range(rows):
            load_spread(x, at + i, j, window, state)
            fold_trend(state, order)
            today = x[at + i, j]
            v = resi_of(state[COUNT, end], state[S1, end], state[C1, end], state[Q1, end], state[Q2, end])
            fine = state[COUNT, end] >= need and today - today == 0.0 and v - v == 0.0
            out[i, j] = v if fine else NAN


@operator(
    Axis.DAY,
    category="cross_section",
    zh="当日截面回归残差：x 对暴露 g（含截距）回归后剩下的部分",
    say=("{0}剔除{1}后的截面残差", "the part of {0} that {1} does not explain across names"),
    example="cs_residual(rank(returns), log(volume))",
)
def cs_residual(out: Array, x: Array, g: Array, eligible: Mask) -> None:
    """What is left of `x` after a least-squares line on the exposure `g`, with an intercept, across eligible names.

    Where the exposure is the same for all, the mean is taken away.

    NaN:    missing for names that are not eligible or lack either value, and with fewer than three such names.

    >>> cs_residual(np.array([[1.0, 2.0, 6.0]]), np.array([[1.0, 2.0, 3.0]])).round(6).tolist()
    [[0.5, -1.0, 0.5]]
    """
    rows, assets = out.shape
    for i in range(rows):
        n = 0
        mean_x = 0.0
        mean_g = 0.0
        low = math.inf
        high = -math.inf
        for j in range(assets):
            a = x[i, j]
            b = g[i, j]
            if eligible[i, j] and a - a == 0.0 and b - b == 0.0:
                n += 1
                mean_x += a
                mean_g += b
                low = min(low, b)
                high = max(high, b)
        mean_x = mean_x / n if n > 0 else NAN
        mean_g = mean_g / n if n > 0 else NAN
        xg = 0.0
        gg = 0.0
        for j in range(assets):
            a = x[i, j]
            b = g[i, j]
            if eligible[i, j] and a - a == 0.0 and b - b == 0.0:
                xg += (a - mean_x) * (b - mean_g)
                gg += (b - mean_g) * (b - mean_g)
        slope = xg / gg if low < high else 0.0
        for j in range(assets):
            a = x[i, j]
            b = g[i, j]
            out[i, j] = NAN
            if n >= 3 and eligible[i, j] and a - a == 0.0 and b - b == 0.0:
                rest = (a - mean_x) - slope * (b - mean_g)
                out[i, j] = rest if rest - rest == 0.0 else NAN
