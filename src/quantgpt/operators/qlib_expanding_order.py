"""Qlib's N = 0: order statistics of every row since the first one that is loaded.

`bar` is a panel that is 1 on the loaded rows of an instrument and NaN elsewhere. An infinite value counts as missing.

Source: Qlib 0.9.7, `qlib/data/ops.py`, and the expanding functions of pandas 3.1 that it calls.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator, unbounded
from quantgpt.operators._lazy import routine
from quantgpt.operators._sorted import middle_of, quantile_of, take_in

NAN = math.nan


@routine
def running_best(out: Array, at: int, x: Array, bar: Array, turn: float) -> None:
    """Fill `out` with the largest `turn · x` since the first bar, turned back."""
    rows, assets = out.shape
    for j in range(assets):
        best = NAN
        for k in range(at + rows):
            v = turn * x[k, j]
            if bar[k, j] == 1.0 and v - v == 0.0 and not v <= best:
                best = v
            if k >= at:
                out[k - at, j] = turn * best if bar[k, j] == 1.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Max(x, 0)：自载入区间首日的最大值",
    say=("{0}自载入首日的最高值（Qlib）", "Qlib's maximum of {0} since the first row loaded"),
    example="qlib_max_all(high, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_max_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Largest valid value since the first row that is loaded, `Max(x, 0)` in Qlib.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_max_all(np.array([[1.0], [3.0], [2.0]]), np.ones((3, 1))).ravel().tolist()
    [1.0, 3.0, 3.0]
    """
    running_best(out, at, x, bar, 1.0)


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Min(x, 0)：自载入区间首日的最小值",
    say=("{0}自载入首日的最低值（Qlib）", "Qlib's minimum of {0} since the first row loaded"),
    example="qlib_min_all(low, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_min_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Smallest valid value since the first row that is loaded, `Min(x, 0)` in Qlib.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_min_all(np.array([[2.0], [3.0], [1.0]]), np.ones((3, 1))).ravel().tolist()
    [2.0, 2.0, 1.0]
    """
    running_best(out, at, x, bar, -1.0)


@routine
def running_place(out: Array, at: int, x: Array, bar: Array, turn: float) -> None:
    """Fill `out` with the 1-based place of the first largest `turn · x` since the first bar, or of the first gap."""
    rows, assets = out.shape
    for j in range(assets):
        best = -math.inf
        place = NAN
        gap = NAN
        bars = 0.0
        for k in range(at + rows):
            v = turn * x[k, j]
            if bar[k, j] == 1.0:
                bars += 1.0
                if v - v != 0.0:
                    gap = bars if gap != gap else gap
                elif v > best:
                    best = v
                    place = bars
            if k >= at:
                known = bar[k, j] == 1.0 and place == place
                out[k - at, j] = (gap if gap == gap else place) if known else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 IdxMax(x, 0)：自载入区间首日的最大值位置",
    say=("{0}自载入首日的最高值位置（Qlib）", "Qlib's place of the maximum of {0} since the first row loaded"),
    example="qlib_idxmax_all(high, bar)",
    unit=UnitRule.RATIO,
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_idxmax_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Place of the largest value, 1 for the first row that is loaded; `IdxMax(x, 0)` in Qlib.

    As soon as a NaN has been seen, the place of the first NaN.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_idxmax_all(np.array([[1.0], [3.0], [2.0]]), np.ones((3, 1))).ravel().tolist()
    [1.0, 2.0, 2.0]
    """
    running_place(out, at, x, bar, 1.0)


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 IdxMin(x, 0)：自载入区间首日的最小值位置",
    say=("{0}自载入首日的最低值位置（Qlib）", "Qlib's place of the minimum of {0} since the first row loaded"),
    example="qlib_idxmin_all(low, bar)",
    unit=UnitRule.RATIO,
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_idxmin_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Place of the smallest value, 1 for the first row that is loaded; `IdxMin(x, 0)` in Qlib.

    As soon as a NaN has been seen, the place of the first NaN.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_idxmin_all(np.array([[2.0], [3.0], [1.0]]), np.ones((3, 1))).ravel().tolist()
    [1.0, 1.0, 3.0]
    """
    running_place(out, at, x, bar, -1.0)


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Med(x, 0)：自载入区间首日的中位数",
    say=("{0}自载入首日的中位数（Qlib）", "Qlib's median of {0} since the first row loaded"),
    example="qlib_med_all(close, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_med_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Median since the first row that is loaded, `Med(x, 0)` in Qlib.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_med_all(np.array([[3.0], [1.0], [2.0]]), np.ones((3, 1))).ravel().tolist()
    [3.0, 2.0, 2.0]
    """
    rows, assets = out.shape
    values = np.empty(at + rows)
    for j in range(assets):
        n = 0
        for k in range(at + rows):
            if bar[k, j] == 1.0:
                n = take_in(values, n, x[k, j])
            if k >= at:
                out[k - at, j] = middle_of(values, n) if n > 0 and bar[k, j] == 1.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Quantile(x, 0, q)：自载入区间首日的分位数",
    say=("{0}自载入首日的 {2} 分位数（Qlib）", "Qlib's {2} quantile of {0} since the first row loaded"),
    example="qlib_quantile_all(close, bar, 0.8)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_quantile_all(out: Array, at: int, x: Array, bar: Array, q: float) -> None:
    """The `q`-quantile since the first row that is loaded, `Quantile(x, 0, q)` in Qlib.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_quantile_all(np.array([[1.0], [2.0], [4.0]]), np.ones((3, 1)), 0.75).ravel().tolist()
    [1.0, 1.75, 3.0]
    """
    rows, assets = out.shape
    values = np.empty(at + rows)
    for j in range(assets):
        n = 0
        for k in range(at + rows):
            if bar[k, j] == 1.0:
                n = take_in(values, n, x[k, j])
            if k >= at:
                out[k - at, j] = quantile_of(values, n, q) if n > 0 and bar[k, j] == 1.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Rank(x, 0)：今天的值在自载入区间首日有效值中的百分位",
    say=("{0}在自载入首日中的百分位（Qlib）", "Qlib's rank of today's {0} since the first row loaded"),
    example="qlib_rank_all(volume, bar)",
    unit=UnitRule.RATIO,
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_rank_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Rank of today's value among the valid ones since the first row loaded over their number, `Rank(x, 0)` in Qlib.

    NaN:    missing when today is, and where there is no bar.

    >>> qlib_rank_all(np.array([[3.0], [1.0], [3.0]]), np.ones((3, 1))).round(6).ravel().tolist()
    [1.0, 0.5, 0.833333]
    """
    rows, assets = out.shape
    values = np.empty(at + rows)
    for j in range(assets):
        n = 0
        for k in range(at + rows):
            v = x[k, j]
            fine = bar[k, j] == 1.0 and v - v == 0.0
            if fine:
                values[n] = v
                n += 1
            if k >= at:
                out[k - at, j] = NAN
                if fine:
                    less = 0
                    equal = 0
                    for p in range(n):
                        less += 1 if values[p] < v else 0
                        equal += 1 if values[p] == v else 0
                    out[k - at, j] = (less + (equal + 1) / 2.0) / n
