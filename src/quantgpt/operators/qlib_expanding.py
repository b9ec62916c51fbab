"""Qlib's N = 0: sums, spreads, lines and weighted means of every row since the first one that is loaded.

`bar` is a panel that is 1 on the loaded rows of an instrument and NaN elsewhere. An infinite value counts as missing.
Each value follows from the one before; there is no window for a tick to leave.

Source: Qlib 0.9.7, `qlib/data/ops.py`, and the expanding functions of pandas 3.1 that it calls. Running moments: Pébay
(2008), Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments, 3.1.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator, unbounded
from quantgpt.operators._folds import C1, COUNT, NEWEST, Q1, Q2, S1, S2, merge_trend, resi_of, rsquare_of, slope_of
from quantgpt.operators._lazy import routine
from quantgpt.operators._numpy_sums import mean_distance
from quantgpt.operators._powers import kurt_of, skew_of

NAN = math.nan


@routine
def count_in(state: Array, v: float) -> None:
    """Take `v` into the running number, mean, sums of the second to fourth central powers, smallest and largest."""
    n0 = state[0]
    n = n0 + 1.0
    d = v - state[1]
    step = d / n
    term = d * step * n0
    state[4] += term * step * step * (n * n - 3.0 * n + 3.0) + 6.0 * step * step * state[2] - 4.0 * step * state[3]
    state[3] += term * step * (n - 2.0) - 3.0 * step * state[2]
    state[2] += term
    state[1] += step
    state[0] = n
    state[5] = min(state[5], v)
    state[6] = max(state[6], v)


@routine
def clear(state: Array) -> None:
    """Forget everything `count_in` has taken in."""
    state[:] = 0.0
    state[5] = math.inf
    state[6] = -math.inf


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Mean(x, 0)：自载入区间首日的均值",
    say=("{0}自载入首日的均值（Qlib）", "Qlib's mean of {0} since the first row loaded"),
    example="qlib_mean_all(close, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_mean_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Mean of the valid values since the first row that is loaded, `Mean(x, 0)` in Qlib.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_mean_all(np.array([[1.0], [2.0], [6.0]]), np.ones((3, 1))).ravel().tolist()
    [1.0, 1.5, 3.0]
    """
    rows, assets = out.shape
    for j in range(assets):
        total = 0.0
        n = 0
        for k in range(at + rows):
            v = x[k, j]
            if bar[k, j] == 1.0 and v - v == 0.0:
                total += v
                n += 1
            if k >= at:
                out[k - at, j] = total / n if n > 0 and bar[k, j] == 1.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Sum(x, 0)：自载入区间首日之和",
    say=("{0}自载入首日之和（Qlib）", "Qlib's sum of {0} since the first row loaded"),
    example="qlib_sum_all(volume, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_sum_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Sum of the valid values since the first row that is loaded, `Sum(x, 0)` in Qlib.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_sum_all(np.array([[1.0], [2.0], [6.0]]), np.ones((3, 1))).ravel().tolist()
    [1.0, 3.0, 9.0]
    """
    rows, assets = out.shape
    for j in range(assets):
        total = 0.0
        n = 0
        for k in range(at + rows):
            v = x[k, j]
            if bar[k, j] == 1.0 and v - v == 0.0:
                total += v
                n += 1
            if k >= at:
                out[k - at, j] = total if n > 0 and bar[k, j] == 1.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Count(x, 0)：自载入区间首日的非缺失个数",
    say=("{0}自载入首日的有效个数（Qlib）", "Qlib's count of {0} since the first row loaded"),
    example="qlib_count_all(close, bar)",
    unit=UnitRule.RATIO,
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_count_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """How many values since the first row that is loaded are not NaN, `Count(x, 0)` in Qlib.

    NaN:    missing where there is no bar. An infinite value is counted, as pandas counts it.

    >>> qlib_count_all(np.array([[1.0], [NAN], [6.0]]), np.ones((3, 1))).ravel().tolist()
    [1.0, 1.0, 2.0]
    """
    rows, assets = out.shape
    for j in range(assets):
        n = 0
        for k in range(at + rows):
            n += 1 if bar[k, j] == 1.0 and x[k, j] == x[k, j] else 0
            if k >= at:
                out[k - at, j] = float(n) if bar[k, j] == 1.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Var(x, 0)：自载入区间首日的样本方差",
    say=("{0}自载入首日的方差（Qlib）", "Qlib's variance of {0} since the first row loaded"),
    example="qlib_var_all(returns, bar)",
    unit=UnitRule.ANY,
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_var_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Sample variance (ddof 1) since the first row that is loaded, `Var(x, 0)` in Qlib.

    NaN:    missing with fewer than two valid values, or where there is no bar.

    >>> qlib_var_all(np.array([[1.0], [3.0], [NAN]]), np.ones((3, 1))).ravel().tolist()
    [nan, 2.0, 2.0]
    """
    rows, assets = out.shape
    state = np.empty(7)
    for j in range(assets):
        clear(state)
        for k in range(at + rows):
            v = x[k, j]
            if bar[k, j] == 1.0 and v - v == 0.0:
                count_in(state, v)
            if k >= at:
                known = state[0] > 1.0 and bar[k, j] == 1.0
                out[k - at, j] = state[2] / (state[0] - 1.0) if known else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Std(x, 0)：自载入区间首日的样本标准差",
    say=("{0}自载入首日的标准差（Qlib）", "Qlib's standard deviation of {0} since the first row loaded"),
    example="qlib_std_all(returns, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_std_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Sample standard deviation (ddof 1) since the first row that is loaded, `Std(x, 0)` in Qlib.

    NaN:    missing with fewer than two valid values, or where there is no bar.

    >>> qlib_std_all(np.array([[1.0], [9.0], [5.0]]), np.ones((3, 1))).round(6).ravel().tolist()
    [nan, 5.656854, 4.0]
    """
    rows, assets = out.shape
    state = np.empty(7)
    for j in range(assets):
        clear(state)
        for k in range(at + rows):
            v = x[k, j]
            if bar[k, j] == 1.0 and v - v == 0.0:
                count_in(state, v)
            if k >= at:
                known = state[0] > 1.0 and bar[k, j] == 1.0
                out[k - at, j] = math.sqrt(state[2] / (state[0] - 1.0)) if known else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Skew(x, 0)：自载入区间首日的偏度",
    say=("{0}自载入首日的偏度（Qlib）", "Qlib's skewness of {0} since the first row loaded"),
    example="qlib_skew_all(returns, bar)",
    unit=UnitRule.RATIO,
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_skew_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Bias-corrected skewness since the first row that is loaded, `Skew(x, 0)` in Qlib.

    NaN:    missing with fewer than three valid values, where all are equal, or where there is no bar.

    >>> qlib_skew_all(np.array([[1.0], [2.0], [6.0]]), np.ones((3, 1))).round(6).ravel().tolist()
    [nan, nan, 1.457863]
    """
    rows, assets = out.shape
    state = np.empty(7)
    for j in range(assets):
        clear(state)
        for k in range(at + rows):
            v = x[k, j]
            if bar[k, j] == 1.0 and v - v == 0.0:
                count_in(state, v)
            if k >= at:
                known = state[0] >= 3.0 and state[5] < state[6] and bar[k, j] == 1.0
                out[k - at, j] = skew_of(state[0], state[2], state[3]) if known else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Kurt(x, 0)：自载入区间首日的超额峰度",
    say=("{0}自载入首日的峰度（Qlib）", "Qlib's kurtosis of {0} since the first row loaded"),
    example="qlib_kurt_all(returns, bar)",
    unit=UnitRule.RATIO,
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_kurt_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Bias-corrected excess kurtosis since the first row that is loaded, `Kurt(x, 0)` in Qlib.

    NaN:    missing with fewer than four valid values, where all are equal, or where there is no bar.

    >>> qlib_kurt_all(np.array([[1.0], [2.0], [3.0], [6.0]]), np.ones((4, 1))).round(6).ravel().tolist()
    [nan, nan, nan, 1.5]
    """
    rows, assets = out.shape
    state = np.empty(7)
    for j in range(assets):
        clear(state)
        for k in range(at + rows):
            v = x[k, j]
            if bar[k, j] == 1.0 and v - v == 0.0:
                count_in(state, v)
            if k >= at:
                known = state[0] >= 4.0 and state[5] < state[6] and bar[k, j] == 1.0
                out[k - at, j] = kurt_of(state[0], state[2], state[4]) if known else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Mad(x, 0)：自载入区间首日的平均绝对偏差",
    say=("{0}自载入首日的平均绝对偏差（Qlib）", "Qlib's mean absolute deviation of {0} since the first row loaded"),
    example="qlib_mad_all(returns, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_mad_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Mean distance from the mean since the first row that is loaded, `Mad(x, 0)` in Qlib.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_mad_all(np.array([[1.0], [2.0], [6.0]]), np.ones((3, 1))).ravel().tolist()
    [0.0, 0.5, 2.0]
    """
    rows, assets = out.shape
    values = np.empty(at + rows)
    kept = np.empty(at + rows)
    for j in range(assets):
        n = 0
        for k in range(at + rows):
            v = x[k, j]
            if bar[k, j] == 1.0 and v - v == 0.0:
                kept[n] = v
                n += 1
            if k >= at:
                values[:n] = kept[:n]
                out[k - at, j] = mean_distance(values, n) if bar[k, j] == 1.0 else NAN


@routine
def line_in(state: Array, v: float) -> None:
    """Take one more row into the running line: place 0 of `state` holds it, place 1 is for the new row."""
    fine = v - v == 0.0
    state[:, 1] = 0.0
    state[COUNT, 1] = 1.0 if fine else 0.0
    state[NEWEST, 1] = v if fine else state[NEWEST, 0]
    merge_trend(state, 0, 1, 1.0)
    state[:, 0] = state[:, 1]


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Slope(x, 0)：自载入区间首日对位置的回归斜率",
    say=("{0}自载入首日的斜率（Qlib）", "Qlib's slope of {0} since the first row loaded"),
    example="qlib_slope_all(close, bar)",
    unit=UnitRule.ANY,
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_slope_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Least-squares slope on the position since the first row that is loaded, `Slope(x, 0)` in Qlib.

    NaN:    missing with fewer than two valid values, or where there is no bar.

    >>> qlib_slope_all(np.array([[1.0], [NAN], [4.0]]), np.ones((3, 1))).ravel().tolist()
    [nan, nan, 1.5]
    """
    rows, assets = out.shape
    state = np.empty((7, 2))
    for j in range(assets):
        state[:] = 0.0
        for k in range(at + rows):
            loaded = bar[k, j] == 1.0
            if loaded:
                line_in(state, x[k, j])
            if k >= at:
                value = slope_of(state[COUNT, 0], state[S1, 0], state[C1, 0], state[Q1, 0], state[Q2, 0])
                out[k - at, j] = value if loaded else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Rsquare(x, 0)：自载入区间首日对位置回归的 R²",
    say=("{0}自载入首日的 R²（Qlib）", "Qlib's R² of {0} since the first row loaded"),
    example="qlib_rsquare_all(close, bar)",
    unit=UnitRule.RATIO,
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_rsquare_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Squared correlation with the position since the first row that is loaded, `Rsquare(x, 0)` in Qlib.

    NaN:    missing with fewer than two valid values, where all are equal, or where there is no bar.

    >>> qlib_rsquare_all(np.array([[1.0], [3.0], [2.0]]), np.ones((3, 1))).ravel().tolist()
    [nan, 1.0, 0.25]
    """
    rows, assets = out.shape
    state = np.empty((7, 2))
    for j in range(assets):
        state[:] = 0.0
        for k in range(at + rows):
            loaded = bar[k, j] == 1.0
            if loaded:
                line_in(state, x[k, j])
            if k >= at:
                value = rsquare_of(
                    state[COUNT, 0], state[S1, 0], state[S2, 0], state[C1, 0], state[Q1, 0], state[Q2, 0]
                )
                out[k - at, j] = value if loaded else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Resi(x, 0)：自载入区间首日对位置回归的残差",
    say=("{0}自载入首日的残差（Qlib）", "Qlib's residual of {0} since the first row loaded"),
    example="qlib_resi_all(close, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_resi_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Today's value less its place on the line since the first row that is loaded, `Resi(x, 0)` in Qlib.

    NaN:    missing when today is, with fewer than two valid values, or where there is no bar.

    >>> (qlib_resi_all(np.array([[1.0], [3.0], [2.0]]), np.ones((3, 1))) + 0.0).ravel().tolist()
    [nan, 0.0, -0.5]
    """
    rows, assets = out.shape
    state = np.empty((7, 2))
    for j in range(assets):
        state[:] = 0.0
        for k in range(at + rows):
            loaded = bar[k, j] == 1.0
            v = x[k, j]
            if loaded:
                line_in(state, v)
            if k >= at:
                value = resi_of(state[COUNT, 0], state[S1, 0], state[C1, 0], state[Q1, 0], state[Q2, 0])
                out[k - at, j] = value if loaded and v - v == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 WMA(x, 0)：自载入区间首日的线性加权和再除以有效值个数",
    say=("{0}自载入首日的线性加权均值（Qlib）", "Qlib's linearly weighted mean of {0} since the first row loaded"),
    example="qlib_wma_all(close, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_wma_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """As `qlib_wma` over all bars since the first row that is loaded, `WMA(x, 0)` in Qlib.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_wma_all(np.array([[1.0], [1.0], [1.0]]), np.ones((3, 1))).round(6).ravel().tolist()
    [1.0, 0.5, 0.333333]
    """
    rows, assets = out.shape
    for j in range(assets):
        total = 0.0
        bars = 0
        n = 0
        for k in range(at + rows):
            v = x[k, j]
            if bar[k, j] == 1.0:
                bars += 1
                if v - v == 0.0:
                    n += 1
                    total += bars * v
            if k >= at:
                known = n > 0 and bar[k, j] == 1.0
                out[k - at, j] = total / (bars * (bars + 1) / 2.0) / n if known else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 EMA(x, 0)：权重随已载入长度变化的指数加权均值，缺失按 0 计",
    say=("{0}自载入首日的指数加权均值（Qlib）", "Qlib's exponentially weighted mean of {0} since the first row loaded"),
    example="qlib_ema_all(close, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_ema_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Mean since the first row loaded with weights (1 - 2 / (1 + n)) ** age of n bars, `EMA(x, 0)` in Qlib.

    A missing value counts as 0 and keeps its weight, so that it pulls the mean down.

    NaN:    missing only where no value is valid yet, or where there is no bar.

    >>> qlib_ema_all(np.array([[1.0], [2.0], [NAN]]), np.ones((3, 1))).ravel().round(6).tolist()
    [1.0, 1.75, 0.714286]
    """
    rows, assets = out.shape
    values = np.empty(at + rows)
    for j in range(assets):
        bars = 0
        n = 0
        for k in range(at + rows):
            v = x[k, j]
            if bar[k, j] == 1.0:
                values[bars] = v if v - v == 0.0 else 0.0
                n += 1 if v - v == 0.0 else 0
                bars += 1
            if k >= at:
                out[k - at, j] = NAN
                if n > 0 and bar[k, j] == 1.0:
                    keep = 1.0 - 2.0 / (1.0 + bars)
                    total = 0.0
                    weight = 0.0
                    for p in range(bars):
                        total = total * keep + values[p]
                        weight = weight * keep + 1.0
                    out[k - at, j] = total / weight
