"""How the values of the last sessions are spread: variance, skewness, kurtosis, mean deviation, quantiles, extremes."""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, define, operator
from quantgpt.operators._folds import fold_sum, load_values, merges_of
from quantgpt.operators._powers import central_powers, kurt_of, skew_of
from quantgpt.operators._sorted import quantile_of, take_in

NAN = math.nan


def fewest(least: int, what: str) -> tuple[str, str, object]:
    """Why a window is too short: message, Chinese hint and the nearest valid one."""
    return f"{what} needs a window of at least {least} sessions", f"窗口至少取 {least}", least


def refused_skew(window: float) -> tuple[str, str, object] | None:
    """Why `window` is none of `ts_skew`; None if it is."""
    return fewest(3, "skewness") if window < 3 else None


def refused_kurt(window: float) -> tuple[str, str, object] | None:
    """Why `window` is none of `ts_kurt`; None if it is."""
    return fewest(4, "kurtosis") if window < 4 else None


def refused_quantile(window: float, q: float) -> tuple[str, str, object] | None:
    """Why `q` is no share of `ts_quantile`; None if it is."""
    if 0.0 <= q <= 1.0:
        return None
    return "q must be between 0 and 1", "分位 q 取 0 到 1 之间的数，例如 0.8", min(max(q, 0.0), 1.0)


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的偏度（修正偏差）；不变则缺失",
    say=("{0}的{1}日偏度", "the {1}-day skewness of {0}"),
    example="ts_skew(returns, 20)",
    unit=UnitRule.RATIO,
    check=refused_skew,
)
def ts_skew(out: Array, at: int, x: Array, window: int) -> None:
    """Bias-corrected skewness of the last `window` sessions: √(n(n−1)) / (n−2) · m₃ / m₂^1.5.

    NaN:    missing with fewer than 90 % valid sessions, fewer than three, or where all values are equal.

    >>> ts_skew(np.array([[1.0], [2.0], [6.0]]), 3).round(6).ravel().tolist()
    [nan, nan, 1.457863]
    """
    rows, assets = out.shape
    need = max(3, (window * 90 + 99) // 100)
    order = merges_of(window)
    values = np.empty(window)
    powers = np.empty(5)
    for j in range(assets):
        for i in range(rows):
            n = load_values(x, at + i, j, window, values)
            out[i, j] = NAN
            if n >= need:
                central_powers(x, at + i, j, window, fold_sum(values, order) / n, powers)
                v = skew_of(float(n), powers[0], powers[1])
                out[i, j] = v if powers[3] < powers[4] and v - v == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的超额峰度（修正偏差）；不变则缺失",
    say=("{0}的{1}日峰度", "the {1}-day kurtosis of {0}"),
    example="ts_kurt(returns, 20)",
    unit=UnitRule.RATIO,
    check=refused_kurt,
)
def ts_kurt(out: Array, at: int, x: Array, window: int) -> None:
    """Bias-corrected excess kurtosis of the last `window` sessions.

    (n−1) / ((n−2)(n−3)) · ((n+1) · m₄ / m₂² − 3(n−1)).

    NaN:    missing with fewer than 90 % valid sessions, fewer than four, or where all values are equal.

    >>> ts_kurt(np.array([[1.0], [2.0], [3.0], [6.0]]), 4).round(6).ravel().tolist()
    [nan, nan, nan, 1.5]
    """
    rows, assets = out.shape
    need = max(4, (window * 90 + 99) // 100)
    order = merges_of(window)
    values = np.empty(window)
    powers = np.empty(5)
    for j in range(assets):
        for i in range(rows):
            n = load_values(x, at + i, j, window, values)
            out[i, j] = NAN
            if n >= need:
                central_powers(x, at + i, j, window, fold_sum(values, order) / n, powers)
                v = kurt_of(float(n), powers[0], powers[2])
                out[i, j] = v if powers[3] < powers[4] and v - v == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日对均值的平均绝对偏差",
    say=("{0}的{1}日平均绝对偏差", "the {1}-day mean absolute deviation of {0}"),
    example="ts_mean_deviation(returns, 20)",
)
def ts_mean_deviation(out: Array, at: int, x: Array, window: int) -> None:
    """Mean distance from the mean of the last `window` sessions; `ts_mad` is the median one.

    NaN:    missing with fewer than 90 % valid sessions.

    >>> ts_mean_deviation(np.array([[1.0], [2.0], [6.0]]), 3).ravel().tolist()
    [nan, nan, 2.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    order = merges_of(window)
    values = np.empty(window)
    for j in range(assets):
        for i in range(rows):
            n = load_values(x, at + i, j, window, values)
            out[i, j] = NAN
            if n >= need:
                mean = fold_sum(values, order) / n
                total = 0.0
                for k in range(max(0, at + i - window + 1), at + i + 1):
                    v = x[k, j]
                    total += abs(v - mean) if v - v == 0.0 else 0.0
                out[i, j] = total / n if total - total == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的 q 分位数（线性插值）",
    say=("{0}的{1}日 {2} 分位数", "the {1}-day {2} quantile of {0}"),
    example="ts_quantile(close, 20, 0.8)",
    check=refused_quantile,
)
def ts_quantile(out: Array, at: int, x: Array, window: int, q: float) -> None:
    """The `q`-quantile of the last `window` sessions by linear interpolation, 0 ≤ q ≤ 1.

    NaN:    missing with fewer than 90 % valid sessions.

    >>> ts_quantile(np.array([[1.0], [2.0], [4.0]]), 3, 0.75).ravel().tolist()
    [nan, nan, 3.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    values = np.empty(window + 1)
    for j in range(assets):
        for i in range(rows):
            n = 0
            for k in range(max(0, at + i - window + 1), at + i + 1):
                n = take_in(values, n, x[k, j])
            out[i, j] = NAN
            if n >= need and 0.0 <= q <= 1.0:
                v = quantile_of(values, n, q)
                out[i, j] = v if v - v == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日中有效值的个数",
    say=("{0}在{1}日内的有效个数", "how many of the last {1} days have {0}"),
    example="ts_count(close, 20)",
    unit=UnitRule.RATIO,
)
def ts_count(out: Array, at: int, x: Array, window: int) -> None:
    """How many of the last `window` sessions are valid.

    NaN:    missing with fewer than 90 % valid sessions, like every window: then too little is known.

    >>> ts_count(np.array([[1.0], [2.0], [4.0]]), 2).ravel().tolist()
    [nan, 2.0, 2.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    for i in range(rows):
        for j in range(assets):
            out[i, j] = 0.0
        for k in range(max(0, at + i - window + 1), at + i + 1):
            for j in range(assets):
                out[i, j] += 1.0 if x[k, j] - x[k, j] == 0.0 else 0.0
        for j in range(assets):
            out[i, j] = out[i, j] if out[i, j] >= need else NAN


define(
    "ts_var(x, n)",
    "ts_std(x, n) * ts_std(x, n)",
    category="time_series",
    zh="过去 N 个交易日的样本方差（自由度 N-1）",
    en="Sample variance (ddof 1) of the last `n` sessions.",
    say=("{0}的{1}日方差", "the {1}-day variance of {0}"),
    example="ts_var(returns, 20)",
    unit=UnitRule.ANY,
)
define(
    "ts_max_position(x, n)",
    "ts_argmax(x, n) + 1",
    category="time_series",
    zh="最大值在窗口内的位置：1 为最早一日，N 为今天，并列取最早",
    en="Where in the last `n` sessions the largest value stands: 1 is the oldest session, `n` today.",
    say=("{0}的{1}日最高值位置", "the place of the {1}-day maximum of {0}"),
    example="ts_max_position(high, 20)",
    unit=UnitRule.RATIO,
)
define(
    "ts_min_position(x, n)",
    "ts_argmin(x, n) + 1",
    category="time_series",
    zh="最小值在窗口内的位置：1 为最早一日，N 为今天，并列取最早",
    en="Where in the last `n` sessions the smallest value stands: 1 is the oldest session, `n` today.",
    say=("{0}的{1}日最低值位置", "the place of the {1}-day minimum of {0}"),
    example="ts_min_position(low, 20)",
    unit=UnitRule.RATIO,
)
