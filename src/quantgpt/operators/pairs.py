"""Co-movement of two series over the last sessions, over the sessions on which both are valid."""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator
from quantgpt.operators._lazy import routine

NAN = math.nan
COUNT, X, Y, XX, YY, XY = 0, 1, 2, 3, 4, 5


@routine
def renew(x: Array, y: Array, today: int, last_x: Array, last_y: Array) -> None:
    """Note the newest session on which both are valid."""
    for j in range(last_x.size):
        a = x[today, j]
        b = y[today, j]
        if a == a and b == b:
            last_x[j] = a
            last_y[j] = b


@routine
def window_products(x: Array, y: Array, today: int, window: int, last_x: Array, last_y: Array, sums: Array) -> None:
    """Number, sums and products of the deviations of every pair from its newest valid one, over one window."""
    sums[:] = 0.0
    for k in range(max(0, today - window + 1), today + 1):
        for j in range(last_x.size):
            a = x[k, j] - last_x[j]
            b = y[k, j] - last_y[j]
            if a == a and b == b:
                sums[COUNT, j] += 1.0
                sums[X, j] += a
                sums[Y, j] += b
                sums[XX, j] += a * a
                sums[YY, j] += b * b
                sums[XY, j] += a * b


@operator(
    Axis.TIME,
    category="pair",
    zh="过去 N 个交易日的皮尔逊相关系数；任一不变则缺失",
    say=("{0}与{1}的{2}日相关系数", "the {2}-day correlation of {0} and {1}"),
    example="ts_corr(close, volume, 10)",
    aliases=("correlation",),
    commutative=True,
    unit=UnitRule.RATIO,
)
def ts_corr(out: Array, at: int, x: Array, y: Array, window: int) -> None:
    """Pearson correlation of two series over the last `window` sessions, pairwise.

    NaN:    missing with fewer than 90 % valid pairs, fewer than two, or when either series is constant in the window.

    >>> ts_corr(np.array([[1.0], [2.0], [3.0]]), np.array([[2.0], [4.0], [6.0]]), 3).round(12).ravel().tolist()
    [nan, nan, 1.0]
    """
    rows, assets = out.shape
    need = max(2, (window * 90 + 99) // 100)
    last_x = np.full(assets, NAN)
    last_y = np.full(assets, NAN)
    sums = np.empty((6, assets))
    for k in range(max(0, at - window + 1), at):
        renew(x, y, k, last_x, last_y)
    for i in range(rows):
        renew(x, y, at + i, last_x, last_y)
        window_products(x, y, at + i, window, last_x, last_y, sums)
        for j in range(assets):
            n = sums[COUNT, j]
            xx = sums[XX, j] - sums[X, j] * sums[X, j] / n
            yy = sums[YY, j] - sums[Y, j] * sums[Y, j] / n
            xy = sums[XY, j] - sums[X, j] * sums[Y, j] / n
            r = xy / (math.sqrt(xx) * math.sqrt(yy)) if xx > 0.0 and yy > 0.0 else NAN
            r = min(max(r, -1.0), 1.0) if r == r else NAN
            out[i, j] = r if n >= need else NAN


@operator(
    Axis.TIME,
    category="pair",
    zh="过去 N 个交易日的样本协方差（自由度 N-1）",
    say=("{0}与{1}的{2}日协方差", "the {2}-day covariance of {0} and {1}"),
    example="ts_cov(returns, pct_change, 20)",
    aliases=("covariance",),
    commutative=True,
    unit=UnitRule.COVARIANCE,
)
def ts_cov(out: Array, at: int, x: Array, y: Array, window: int) -> None:
    """Sample covariance (ddof 1) of two series over the last `window` sessions, pairwise.

    NaN:    missing with fewer than 90 % valid pairs, or fewer than two; 0 when either series is constant.

    >>> ts_cov(np.array([[1.0], [2.0], [3.0]]), np.array([[2.0], [4.0], [6.0]]), 3).ravel().tolist()
    [nan, nan, 2.0]
    """
    rows, assets = out.shape
    need = max(2, (window * 90 + 99) // 100)
    last_x = np.full(assets, NAN)
    last_y = np.full(assets, NAN)
    sums = np.empty((6, assets))
    for k in range(max(0, at - window + 1), at):
        renew(x, y, k, last_x, last_y)
    for i in range(rows):
        renew(x, y, at + i, last_x, last_y)
        window_products(x, y, at + i, window, last_x, last_y, sums)
        for j in range(assets):
            n = sums[COUNT, j]
            v = (sums[XY, j] - sums[X, j] * sums[Y, j] / n) / (n - 1.0)
            out[i, j] = v if n >= need and v - v == 0.0 else NAN
