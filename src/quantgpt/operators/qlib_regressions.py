"""Qlib's straight lines through the last rows: the value on its position, the newest row the last.

A missing row keeps its position. An infinite value counts as missing, as it does in all of Qlib's other windows; the
running sums of Qlib's own lines never recover from one, so that it has no value from there to the end of what it loaded.

Source: Qlib 0.9.7, `qlib/data/ops.py` and `qlib/data/_libs/rolling.pyx`.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator
from quantgpt.operators._folds import (
    C1,
    COUNT,
    Q1,
    Q2,
    S1,
    S2,
    fold_trend,
    is_flat,
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
    zh="Qlib 的 Slope：窗口内有效值对位置的回归斜率",
    say=("{0}的{1}日斜率（Qlib）", "Qlib's {1}-day slope of {0}"),
    example="qlib_slope(close, 20)",
    unit=UnitRule.ANY,
    vocabulary="qlib",
)
def qlib_slope(out: Array, at: int, x: Array, window: int) -> None:
    """Least-squares slope of the valid values of the last `window` rows on their position, `Slope` in Qlib.

    NaN:    missing with fewer than two valid values; not missing because today is.

    >>> qlib_slope(np.array([[1.0], [NAN], [4.0]]), 3).ravel().tolist()
    [nan, nan, 1.5]
    """
    rows, assets = out.shape
    order = merges_of(window)
    state = np.empty((7, window))
    end = window - 1
    for j in range(assets):
        for i in range(rows):
            load_spread(x, at + i, j, window, state)
            fold_trend(state, order)
            out[i, j] = slope_of(state[COUNT, end], state[S1, end], state[C1, end], state[Q1, end], state[Q2, end])


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Rsquare：窗口内有效值对位置回归的 R²",
    say=("{0}的{1}日 R²（Qlib）", "Qlib's {1}-day R² of {0}"),
    example="qlib_rsquare(close, 20)",
    unit=UnitRule.RATIO,
    vocabulary="qlib",
)
def qlib_rsquare(out: Array, at: int, x: Array, window: int) -> None:
    """Squared correlation of the valid values of the last `window` rows with their position, `Rsquare` in Qlib.

    NaN:    missing with fewer than two valid values, or where their standard deviation is at most 2e-5.

    >>> qlib_rsquare(np.array([[1.0], [3.0], [2.0]]), 3).ravel().tolist()
    [nan, 1.0, 0.25]
    """
    rows, assets = out.shape
    order = merges_of(window)
    state = np.empty((7, window))
    end = window - 1
    for j in range(assets):
        for i in range(rows):
            load_spread(x, at + i, j, window, state)
            fold_trend(state, order)
            n = state[COUNT, end]
            s1 = state[S1, end]
            s2 = state[S2, end]
            out[i, j] = (
                NAN if is_flat(n, s1, s2) else rsquare_of(n, s1, s2, state[C1, end], state[Q1, end], state[Q2, end])
            )


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Resi：今天的值对窗口内位置回归的残差",
    say=("{0}的{1}日残差（Qlib）", "Qlib's {1}-day residual of {0}"),
    example="qlib_resi(close, 20)",
    vocabulary="qlib",
)
def qlib_resi(out: Array, at: int, x: Array, window: int) -> None:
    """Today's value less its place on the regression line of the last `window` rows, `Resi` in Qlib.

    NaN:    missing when today is, or with fewer than two valid values.

    >>> (qlib_resi(np.array([[1.0], [3.0], [2.0]]), 3) + 0.0).ravel().tolist()
    [nan, 0.0, -0.5]
    """
    rows, assets = out.shape
    order = merges_of(window)
    state = np.empty((7, window))
    end = window - 1
    for j in range(assets):
        for i in range(rows):
            out[i, j] = NAN
            today = x[at + i, j]
            if today - today == 0.0:
                load_spread(x, at + i, j, window, state)
                fold_trend(state, order)
                out[i, j] = resi_of(state[COUNT, end], state[S1, end], state[C1, end], state[Q1, end], state[Q2, end])
