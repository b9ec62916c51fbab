"""Qlib's weighted means: linear weights over a window, exponential ones since the first row that is loaded.

`bar` is a panel that is 1 on the loaded rows of an instrument and NaN elsewhere. An infinite value counts as missing.

Source: Qlib 0.9.7, `qlib/data/ops.py`, and the exponentially weighted mean of pandas 3.1 that it calls.
"""

from __future__ import annotations

import math

from quantgpt.operators._base import Array, Axis, operator, unbounded
from quantgpt.operators._lazy import routine

NAN = math.nan


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 WMA：线性加权和再除以有效值个数（常数 c 得 c/n）",
    say=("{0}的{2}日线性加权均值（Qlib）", "Qlib's {2}-day linearly weighted mean of {0}"),
    example="qlib_wma(close, bar, 10)",
    vocabulary="qlib",
)
def qlib_wma(out: Array, at: int, x: Array, bar: Array, window: int) -> None:
    """Mean over the valid rows of value times weight, the weights 1 … n of the bars of the window adding up to 1.

    Because the weights add up to 1 and the mean is taken once more, a constant c gives c / n: that is `WMA` in Qlib.

    NaN:    missing only where no value is valid, or where there is no bar.

    >>> qlib_wma(np.array([[1.0], [1.0], [4.0]]), np.ones((3, 1)), 2).ravel().tolist()
    [1.0, 0.5, 1.5]
    """
    rows, assets = out.shape
    for j in range(assets):
        for i in range(rows):
            today = at + i
            bars = 0
            n = 0
            total = 0.0
            for k in range(max(0, today - window + 1), today + 1):
                if bar[k, j] == 1.0:
                    bars += 1
                    v = x[k, j]
                    if v - v == 0.0:
                        n += 1
                        total += bars * v
            loaded = n > 0 and bar[today, j] == 1.0
            out[i, j] = total / (bars * (bars + 1) / 2.0) / n if loaded else NAN


@routine
def smooth(out: Array, at: int, x: Array, bar: Array, alpha: float) -> None:
    """Fill `out` with the exponentially weighted means since the first bar: pandas' recursion, adjusted weights, a
    missing row ages the weights and repeats the last mean."""
    rows, assets = out.shape
    keep = 1.0 - alpha
    for j in range(assets):
        mean = NAN
        weight = 1.0
        for k in range(at + rows):
            if bar[k, j] == 1.0:
                v = x[k, j]
                fine = v - v == 0.0
                if mean == mean:
                    weight *= keep
                    if fine:
                        if v != mean:
                            mean = (weight * mean + v) / (weight + 1.0)
                        weight += 1.0
                elif fine:
                    mean = v
            if k >= at:
                out[k - at, j] = mean if bar[k, j] == 1.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 EMA(x, N)：α = 2/(N+1) 的指数加权均值，从载入区间首日算起",
    say=("{0}的{2}日指数加权均值（Qlib）", "Qlib's {2}-day exponentially weighted mean of {0}"),
    example="qlib_ema(close, bar, 12)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_ema(out: Array, at: int, x: Array, bar: Array, window: int) -> None:
    """Exponentially weighted mean with α = 2 / (window + 1) since the first row that is loaded, `EMA` in Qlib.

    The weights are normalised; a missing row ages them.

    NaN:    missing before the first valid value and where there is no bar; a missing row repeats the last mean.

    >>> qlib_ema(np.array([[1.0], [NAN], [4.0]]), np.ones((3, 1)), 3).ravel().tolist()
    [1.0, 1.0, 3.4]
    """
    smooth(out, at, x, bar, 1.0 / (1.0 + (window - 1.0) / 2.0))


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 EMA(x, α) 与 0<N<1 的 Mean、Sum、Std 等：指数加权均值，从载入区间首日算起",
    say=("{0}以 α={2} 的指数加权均值（Qlib）", "Qlib's exponentially weighted mean of {0} with α={2}"),
    example="qlib_ewm(close, bar, 0.3)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_ewm(out: Array, at: int, x: Array, bar: Array, a: float) -> None:
    """Exponentially weighted mean with 0 < α < 1 since the first row that is loaded.

    `EMA(x, α)` in Qlib, and equally `Mean`, `Sum`, `Std`, `Var`, `Max`, `Min`, `Med` and `Count` with such a number.

    NaN:    as for `qlib_ema`.

    >>> qlib_ewm(np.array([[1.0], [NAN], [4.0]]), np.ones((3, 1)), 0.5).ravel().tolist()
    [1.0, 1.0, 3.4]
    """
    smooth(out, at, x, bar, 1.0 / (1.0 + (1.0 - a) / a))
