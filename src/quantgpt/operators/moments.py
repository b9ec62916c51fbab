"""Sums, means and spreads of the last sessions.

Every window is added up afresh, oldest session first, so that a value depends on its window alone: an extreme tick is
forgotten with the window that holds it, and neither blocks nor threads nor later sessions change a bit.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, operator
from quantgpt.operators._lazy import routine

NAN = math.nan


@routine
def window_sums(x: Array, today: int, window: int, total: Array, count: Array) -> None:
    """Sum and number of the valid values of every column over the window that ends at row `today`.

    Four rows a turn, in the order of the rows: the running sums are read and written a quarter as often.
    """
    total[:] = 0.0
    count[:] = 0.0
    first = max(0, today - window + 1)
    fours = first + (today + 1 - first) // 4 * 4
    for k in range(first, fours, 4):
        for j in range(total.size):
            a = x[k, j]
            b = x[k + 1, j]
            c = x[k + 2, j]
            d = x[k + 3, j]
            sum_so_far = total[j] + (a if a == a else 0.0)
            sum_so_far += b if b == b else 0.0
            sum_so_far += c if c == c else 0.0
            total[j] = sum_so_far + (d if d == d else 0.0)
            valid = (1.0 if a == a else 0.0) + (1.0 if b == b else 0.0)
            count[j] += valid + (1.0 if c == c else 0.0) + (1.0 if d == d else 0.0)
    for k in range(fours, today + 1):
        for j in range(total.size):
            v = x[k, j]
            total[j] += v if v == v else 0.0
            count[j] += 1.0 if v == v else 0.0


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的均值",
    say=("{0}的{1}日均值", "the {1}-day mean of {0}"),
    example="ts_mean(close, 20)",
    aliases=("sma",),
)
def ts_mean(out: Array, at: int, x: Array, window: int) -> None:
    """Mean of the last `window` sessions.

    NaN:    suspended sessions are left out; missing with fewer than 90 % valid ones.

    >>> ts_mean(np.array([[1.0], [2.0], [4.0]]), 2).ravel().tolist()
    [nan, 1.5, 3.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    total = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        window_sums(x, at + i, window, total, count)
        for j in range(assets):
            mean = total[j] / count[j]
            out[i, j] = mean if count[j] >= need and mean - mean == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日之和（只加有效值，不放大到 N）",
    say=("{0}的{1}日之和", "the {1}-day sum of {0}"),
    example="ts_sum(volume, 20)",
)
def ts_sum(out: Array, at: int, x: Array, window: int) -> None:
    """Sum of the valid values of the last `window` sessions, not scaled up to `window`.

    NaN:    missing with fewer than 90 % valid sessions.

    >>> ts_sum(np.array([[1.0], [2.0], [4.0]]), 2).ravel().tolist()
    [nan, 3.0, 6.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    total = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        window_sums(x, at + i, window, total, count)
        for j in range(assets):
            v = total[j]
            out[i, j] = v if count[j] >= need and v - v == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的乘积（只乘有效值）",
    say=("{0}的{1}日乘积", "the {1}-day product of {0}"),
    example="product(1 + returns, 5)",
)
def product(out: Array, at: int, x: Array, window: int) -> None:
    """Product of the valid values of the last `window` sessions.

    NaN:    missing with fewer than 90 % valid sessions, or where the product is not finite.

    >>> product(np.array([[1.0], [2.0], [4.0]]), 2).ravel().tolist()
    [nan, 2.0, 8.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    total = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        total[:] = 1.0
        count[:] = 0.0
        for k in range(max(0, at + i - window + 1), at + i + 1):
            for j in range(assets):
                v = x[k, j]
                total[j] *= v if v == v else 1.0
                count[j] += 1.0 if v == v else 0.0
        for j in range(assets):
            v = total[j]
            out[i, j] = v if count[j] >= need and v - v == 0.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="过去 N 个交易日的样本标准差（自由度 N-1）",
    say=("{0}的{1}日标准差", "the {1}-day standard deviation of {0}"),
    example="ts_std(returns, 20)",
)
def ts_std(out: Array, at: int, x: Array, window: int) -> None:
    """Sample standard deviation (ddof 1) of the last `window` sessions.

    Deviations are taken from the newest valid value of the window before they are squared: a constant window is
    exactly 0 and a large offset costs no digits.

    NaN:    missing with fewer than 90 % valid sessions, or fewer than two.

    >>> ts_std(np.array([[1.0], [3.0], [3.0]]), 2).round(6).ravel().tolist()
    [nan, 1.414214, 0.0]
    """
    rows, assets = out.shape
    need = max(2, (window * 90 + 99) // 100)
    newest = np.full(assets, NAN)
    total = np.empty(assets)
    square = np.empty(assets)
    count = np.empty(assets)
    for k in range(max(0, at - window + 1), at):
        for j in range(assets):
            newest[j] = x[k, j] if x[k, j] == x[k, j] else newest[j]
    for i in range(rows):
        today = at + i
        for j in range(assets):
            newest[j] = x[today, j] if x[today, j] == x[today, j] else newest[j]
        total[:] = 0.0
        square[:] = 0.0
        count[:] = 0.0
        for k in range(max(0, today - window + 1), today + 1):
            for j in range(assets):
                v = x[k, j]
                d = v - newest[j]
                total[j] += d if v == v else 0.0
                square[j] += d * d if v == v else 0.0
            for j in range(assets):
                count[j] += 1.0 if x[k, j] == x[k, j] else 0.0
        for j in range(assets):
            n = count[j]
            variance = (square[j] - total[j] * total[j] / n) / (n - 1.0)
            deviation = math.sqrt(variance if variance > 0.0 else 0.0)
            fine = n >= need and variance - variance == 0.0
            out[i, j] = deviation if fine else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="线性衰减加权均值，越近权重越大（N … 1）",
    say=("{0}的{1}日线性加权均值", "the {1}-day linearly weighted mean of {0}"),
    example="decay_linear(returns, 10)",
    aliases=("wma",),
)
def decay_linear(out: Array, at: int, x: Array, window: int) -> None:
    """Mean with weights 1 … `window` by session position, the newest heaviest, renormalised over the valid sessions.

    NaN:    missing with fewer than 90 % valid sessions.
    Source: Kakushadze (2016), 101 Formulaic Alphas, appendix A.1, `decay_linear`.

    >>> decay_linear(np.array([[1.0], [4.0]]), 2).ravel().tolist()
    [nan, 3.0]
    """
    rows, assets = out.shape
    need = (window * 90 + 99) // 100
    total = np.empty(assets)
    weight = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        today = at + i
        total[:] = 0.0
        weight[:] = 0.0
        count[:] = 0.0
        for k in range(max(0, today - window + 1), today + 1):
            w = float(k - today + window)
            for j in range(assets):
                v = x[k, j]
                total[j] += w * v if v == v else 0.0
                weight[j] += w if v == v else 0.0
            for j in range(assets):
                count[j] += 1.0 if x[k, j] == x[k, j] else 0.0
        for j in range(assets):
            v = total[j] / weight[j]
            out[i, j] = v if count[j] >= need and v - v == 0.0 else NAN


def three_windows(*windows: float) -> int:
    """Rows before today of a window three times as long as the number given."""
    return 3 * int(max(windows)) - 1


@operator(
    Axis.TIME,
    category="technical",
    zh="指数加权均值：α = 2/(N+1)，截断在最近 3N 个交易日内并重新归一",
    say=("{0}的{1}日指数加权均值", "the {1}-day exponentially weighted mean of {0}"),
    example="ema(close, 12)",
    history=three_windows,
)
def ema(out: Array, at: int, x: Array, window: int) -> None:
    """Exponentially weighted mean with α = 2 / (window + 1), cut off after 3 · `window` sessions.

    The endless recursion has no exact warm-up; the sessions left out would have carried less than 0.3 % of the weight.
    Weights go by session position and are renormalised over the valid sessions.

    NaN:    missing with fewer than 90 % valid sessions of the 3 · `window`.

    >>> ema(np.array([[1.0], [1.0], [4.0]]), 1).ravel().tolist()
    [nan, nan, 4.0]
    """
    rows, assets = out.shape
    span = 3 * window
    need = (span * 90 + 99) // 100
    keep = 1.0 - 2.0 / (window + 1.0)
    total = np.empty(assets)
    weight = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        today = at + i
        total[:] = 0.0
        weight[:] = 0.0
        count[:] = 0.0
        for k in range(max(0, today - span + 1), today + 1):
            w = keep ** float(today - k)
            for j in range(assets):
                v = x[k, j]
                total[j] += w * v if v == v else 0.0
                weight[j] += w if v == v else 0.0
            for j in range(assets):
                count[j] += 1.0 if x[k, j] == x[k, j] else 0.0
        for j in range(assets):
            v = total[j] / weight[j]
            out[i, j] = v if count[j] >= need and v - v == 0.0 else NAN
