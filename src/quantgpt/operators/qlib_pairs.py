"""Qlib's co-movement of two series over the last rows, over the rows on which both are valid.

An infinite value counts as missing.

Source: Qlib 0.9.7, `qlib/data/ops.py`, and the rolling functions of pandas 3.1 that it calls.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator
from quantgpt.operators._folds import (
    COUNT,
    PAIRS,
    S1,
    S2,
    SX,
    SXX,
    SXY,
    SY,
    SYY,
    fold_pairs,
    fold_spread,
    is_flat,
    load_pairs,
    load_spread,
    merges_of,
)

NAN = math.nan


@operator(
    Axis.TIME,
    category="pair",
    zh="Qlib 的 Corr：皮尔逊相关系数，两个共同有效值即可；任一列几乎不变则缺失",
    say=("{0}与{1}的{2}日相关系数（Qlib）", "Qlib's {2}-day correlation of {0} and {1}"),
    example="qlib_corr(close, volume, 10)",
    commutative=True,
    unit=UnitRule.RATIO,
    vocabulary="qlib",
)
def qlib_corr(out: Array, at: int, x: Array, y: Array, window: int) -> None:
    """Pearson correlation of two series over the common valid rows of the last `window`, `Corr` in Qlib.

    NaN:    missing with fewer than two common rows, or where the standard deviation of either series, over its own
            valid rows, is at most 2e-5.

    >>> qlib_corr(np.array([[1.0], [2.0], [3.0]]), np.array([[2.0], [4.0], [6.0]]), 3).ravel().tolist()
    [nan, 1.0, 1.0]
    """
    rows, assets = out.shape
    order = merges_of(window)
    pairs = np.empty((8, window))
    alone = np.empty((4, window))
    end = window - 1
    for j in range(assets):
        for i in range(rows):
            load_pairs(x, y, at + i, j, window, pairs)
            fold_pairs(pairs, order)
            n = pairs[PAIRS, end]
            out[i, j] = NAN
            if n < 2.0:
                continue
            load_spread(x, at + i, j, window, alone)
            fold_spread(alone, order)
            flat = is_flat(alone[COUNT, end], alone[S1, end], alone[S2, end])
            load_spread(y, at + i, j, window, alone)
            fold_spread(alone, order)
            flat = flat or is_flat(alone[COUNT, end], alone[S1, end], alone[S2, end])
            if not flat:
                sx = pairs[SX, end]
                sy = pairs[SY, end]
                xx = n * pairs[SXX, end] - sx * sx
                yy = n * pairs[SYY, end] - sy * sy
                out[i, j] = (n * pairs[SXY, end] - sx * sy) / math.sqrt(xx * yy)


@operator(
    Axis.TIME,
    category="pair",
    zh="Qlib 的 Cov：样本协方差（自由度 N-1），两个共同有效值即可",
    say=("{0}与{1}的{2}日协方差（Qlib）", "Qlib's {2}-day covariance of {0} and {1}"),
    example="qlib_cov(returns, pct_change, 20)",
    commutative=True,
    unit=UnitRule.COVARIANCE,
    vocabulary="qlib",
)
def qlib_cov(out: Array, at: int, x: Array, y: Array, window: int) -> None:
    """Sample covariance (ddof 1) of two series over the common valid rows of the last `window`, `Cov` in Qlib.

    NaN:    missing with fewer than two common rows.

    >>> qlib_cov(np.array([[1.0], [2.0], [3.0]]), np.array([[2.0], [4.0], [6.0]]), 3).ravel().tolist()
    [nan, 1.0, 2.0]
    """
    rows, assets = out.shape
    order = merges_of(window)
    pairs = np.empty((8, window))
    end = window - 1
    for j in range(assets):
        for i in range(rows):
            load_pairs(x, y, at + i, j, window, pairs)
            fold_pairs(pairs, order)
            n = pairs[PAIRS, end]
            out[i, j] = NAN
            if n >= 2.0:
                sx = pairs[SX, end]
                sy = pairs[SY, end]
                out[i, j] = (n * pairs[SXY, end] - sx * sy) / (n * (n - 1.0))
