"""Qlib's sums, means and spreads of the last rows: one valid row is enough, or two for a spread.

An infinite value counts as missing. The order in which a window is added up is that of `_folds`.

Source: Qlib 0.9.7, `qlib/data/ops.py`, and the rolling functions of pandas 3.1 that it calls.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator
from quantgpt.operators._folds import (
    COUNT,
    S1,
    S2,
    fold_spread,
    fold_sum,
    load_spread,
    load_values,
    merges_of,
    variance_of,
)
from quantgpt.operators._numpy_sums import mean_distance
from quantgpt.operators._powers import central_powers, kurt_of, skew_of

NAN = math.nan


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Mean：窗口内有效值的均值，有一个即可",
    say=("{0}的{1}日均值（Qlib）", "Qlib's {1}-day mean of {0}"),
    example="qlib_mean(close, 20)",
    vocabulary="qlib",
)
def qlib_mean(out: Array, at: int, x: Array, window: int) -> None:
    """Mean of the valid values of the last `window` rows, `Mean` in Qlib.

    NaN:    missing only where no value is valid.

    >>> qlib_mean(np.array([[1.0], [2.0], [4.0]]), 2).ravel().tolist()
    [1.0, 1.5, 3.0]
    """
    rows, assets = out.shape
    order = merges_of(window)
    values = np.empty(window)
    for j in range(assets):
        for i in range(rows):
            n = load_values(x, at + i, j, window, values)
            out[i, j] = fold_sum(values, order) / n if n > 0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Sum：窗口内有效值之和，有一个即可",
    say=("{0}的{1}日之和（Qlib）", "Qlib's {1}-day sum of {0}"),
    example="qlib_sum(volume, 20)",
    vocabulary="qlib",
)
def qlib_sum(out: Array, at: int, x: Array, window: int) -> None:
    """Sum of the valid values of the last `window` rows, `Sum` in Qlib.

    NaN:    missing only where no value is valid.

    >>> qlib_sum(np.array([[1.0], [2.0], [4.0]]), 2).ravel().tolist()
    [1.0, 3.0, 6.0]
    """
    rows, assets = out.shape
    order = merges_of(window)
    values = np.empty(window)
    for j in range(assets):
        for i in range(rows):
            n = load_values(x, at + i, j, window, values)
            out[i, j] = fold_sum(values, order) if n > 0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Count：窗口内非缺失值的个数",
    say=("{0}的{1}日有效个数（Qlib）", "Qlib's {1}-day count of {0}"),
    example="qlib_count(close, 20)",
    unit=UnitRule.RATIO,
    vocabulary="qlib",
)
def qlib_count(out: Array, at: int, x: Array, window: int) -> None:
    """How many of the last `window` rows are not NaN, `Count` in Qlib.

    NaN:    never missing; 0 where no row has a value. An infinite value is counted, as pandas counts it.

    >>> qlib_count(np.array([[1.0], [NAN], [4.0]]), 2).ravel().tolist()
    [1.0, 1.0, 1.0]
    """
    rows, assets = out.shape
    for i in range(rows):
        for j in range(assets):
            out[i, j] = 0.0
        for k in range(max(0, at + i - window + 1), at + i + 1):
            for j in range(assets):
                out[i, j] += 1.0 if x[k, j] == x[k, j] else 0.0


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Var：窗口内有效值的样本方差（自由度 N-1）",
    say=("{0}的{1}日方差（Qlib）", "Qlib's {1}-day variance of {0}"),
    example="qlib_var(returns, 20)",
    unit=UnitRule.ANY,
    vocabulary="qlib",
)
def qlib_var(out: Array, at: int, x: Array, window: int) -> None:
    """Sample variance (ddof 1) of the valid values of the last `window` rows, `Var` in Qlib.

    NaN:    missing with fewer than two valid values; a constant window is exactly 0.

    >>> qlib_var(np.array([[1.0], [3.0], [3.0]]), 2).ravel().tolist()
    [nan, 2.0, 0.0]
    """
    rows, assets = out.shape
    order = merges_of(window)
    state = np.empty((4, window))
    for j in range(assets):
        for i in range(rows):
            load_spread(x, at + i, j, window, state)
            fold_spread(state, order)
            out[i, j] = variance_of(state[COUNT, window - 1], state[S1, window - 1], state[S2, window - 1])


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Std：窗口内有效值的样本标准差（自由度 N-1）",
    say=("{0}的{1}日标准差（Qlib）", "Qlib's {1}-day standard deviation of {0}"),
    example="qlib_std(returns, 20)",
    vocabulary="qlib",
)
def qlib_std(out: Array, at: int, x: Array, window: int) -> None:
    """Sample standard deviation (ddof 1) of the valid values of the last `window` rows, `Std` in Qlib.

    NaN:    missing with fewer than two valid values; a constant window is exactly 0.

    >>> qlib_std(np.array([[1.0], [3.0], [3.0]]), 2).round(6).ravel().tolist()
    [nan, 1.414214, 0.0]
    """
    rows, assets = out.shape
    order = merges_of(window)
    state = np.empty((4, window))
    for j in range(assets):
        for i in range(rows):
            load_spread(x, at + i, j, window, state)
            fold_spread(state, order)
            out[i, j] = math.sqrt(variance_of(state[COUNT, window - 1], state[S1, window - 1], state[S2, window - 1]))


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Skew：窗口内有效值的偏度（修正偏差）",
    say=("{0}的{1}日偏度（Qlib）", "Qlib's {1}-day skewness of {0}"),
    example="qlib_skew(returns, 20)",
    unit=UnitRule.RATIO,
    vocabulary="qlib",
)
def qlib_skew(out: Array, at: int, x: Array, window: int) -> None:
    """Bias-corrected skewness of the valid values of the last `window` rows, `Skew` in Qlib.

    NaN:    missing with fewer than three valid values, or where all are equal.

    >>> qlib_skew(np.array([[1.0], [2.0], [6.0]]), 3).round(6).ravel().tolist()
    [nan, nan, 1.457863]
    """
    rows, assets = out.shape
    order = merges_of(window)
    values = np.empty(window)
    powers = np.empty(5)
    for j in range(assets):
        for i in range(rows):
            n = load_values(x, at + i, j, window, values)
            out[i, j] = NAN
            if n >= 3:
                central_powers(x, at + i, j, window, fold_sum(values, order) / n, powers)
                if powers[3] < powers[4]:
                    out[i, j] = skew_of(float(n), powers[0], powers[1])


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Kurt：窗口内有效值的超额峰度（修正偏差）",
    say=("{0}的{1}日峰度（Qlib）", "Qlib's {1}-day kurtosis of {0}"),
    example="qlib_kurt(returns, 20)",
    unit=UnitRule.RATIO,
    vocabulary="qlib",
)
def qlib_kurt(out: Array, at: int, x: Array, window: int) -> None:
    """Bias-corrected excess kurtosis of the valid values of the last `window` rows, `Kurt` in Qlib.

    NaN:    missing with fewer than four valid values, or where all are equal.

    >>> qlib_kurt(np.array([[1.0], [2.0], [3.0], [6.0]]), 4).round(6).ravel().tolist()
    [nan, nan, nan, 1.5]
    """
    rows, assets = out.shape
    order = merges_of(window)
    values = np.empty(window)
    powers = np.empty(5)
    for j in range(assets):
        for i in range(rows):
            n = load_values(x, at + i, j, window, values)
            out[i, j] = NAN
            if n >= 4:
                central_powers(x, at + i, j, window, fold_sum(values, order) / n, powers)
                if powers[3] < powers[4]:
                    out[i, j] = kurt_of(float(n), powers[0], powers[2])


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Mad：窗口内有效值对均值的平均绝对偏差",
    say=("{0}的{1}日平均绝对偏差（Qlib）", "Qlib's {1}-day mean absolute deviation of {0}"),
    example="qlib_mad(returns, 20)",
    vocabulary="qlib",
)
def qlib_mad(out: Array, at: int, x: Array, window: int) -> None:
    """Mean distance from the mean of the valid values of the last `window` rows, `Mad` in Qlib.

    The values are added up as numpy does, so that windows that tie in Qlib tie here.

    NaN:    missing only where no value is valid.

    >>> qlib_mad(np.array([[1.0], [2.0], [6.0]]), 3).ravel().tolist()
    [0.0, 0.5, 2.0]
    """
    rows, assets = out.shape
    values = np.empty(window)
    for j in range(assets):
        for i in range(rows):
            today = at + i
            n = 0
            for k in range(max(0, today - window + 1), today + 1):
                if x[k, j] - x[k, j] == 0.0:
                    values[n] = x[k, j]
                    n += 1
            out[i, j] = mean_distance(values, n)
