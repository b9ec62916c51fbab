"""Compiled indicators of the templates; imported inside the functions that call them. Prices in whole ticks, shape (T,)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.jit import kernel

Ticks = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@kernel
def sma_crosses(close: Ticks, fast: int, slow: int) -> tuple[Flags, Flags]:
    """Where the simple average of `fast` closes crosses the one of `slow` closes upwards and downwards; exact, no rounding.

    Closes are counted from the first one, which changes no difference of averages and keeps the products small.
    """
    bars = close.shape[0]
    up = np.zeros(bars, np.bool_)
    down = np.zeros(bars, np.bool_)
    fast_sum, slow_sum, before = 0, 0, 0
    for t in range(bars):
        fast_sum += close[t] - close[0]
        slow_sum += close[t] - close[0]
        if t >= fast:
            fast_sum -= close[t - fast] - close[0]
        if t >= slow:
            slow_sum -= close[t - slow] - close[0]
        now = fast_sum * slow - slow_sum * fast
        if t >= slow:
            up[t] = before <= 0 and now > 0
            down[t] = before >= 0 and now < 0
        before = now
    return up, down


@kernel
def ema_crosses(close: Ticks, fast: int, slow: int) -> tuple[Flags, Flags]:
    """The same for exponential averages, begun with the first close and used from the n-th on."""
    bars = close.shape[0]
    up = np.zeros(bars, np.bool_)
    down = np.zeros(bars, np.bool_)
    if bars == 0:
        return up, down
    fast_share, slow_share = 2.0 / (fast + 1), 2.0 / (slow + 1)
    quick = float(close[0])
    calm = quick
    was_below, was_above = True, True
    for t in range(1, bars):
        c = float(close[t])
        quick = quick + fast_share * (c - quick)
        calm = calm + slow_share * (c - calm)
        if t >= slow:
            up[t] = was_below and quick > calm
            down[t] = was_above and quick < calm
        was_below, was_above = quick <= calm, quick >= calm
    return up, down


@kernel
def beyond(high: Ticks, low: Ticks, close: Ticks, length: int) -> tuple[Flags, Flags]:
    """Where the close is above the highest high, and below the lowest low, of the `length` bars before; false without so many."""
    bars = close.shape[0]
    above = np.zeros(bars, np.bool_)
    below = np.zeros(bars, np.bool_)
    tops = np.empty(bars, np.int64)
    bottoms = np.empty(bars, np.int64)
    first_top, last_top, first_bottom, last_bottom = 0, 0, 0, 0
    for t in range(bars):
        if t >= length:
            while tops[first_top] < t - length:
                first_top += 1
            while bottoms[first_bottom] < t - length:
                first_bottom += 1
            above[t] = close[t] > high[tops[first_top]]
            below[t] = close[t] < low[bottoms[first_bottom]]
        while last_top > first_top and high[tops[last_top - 1]] <= high[t]:
            last_top -= 1
        tops[last_top] = t
        last_top += 1
        while last_bottom > first_bottom and low[bottoms[last_bottom - 1]] >= low[t]:
            last_bottom -= 1
        bottoms[last_bottom] = t
        last_bottom += 1
    return above, below


@kernel
def average_range(high: Ticks, low: Ticks, close: Ticks, length: int) -> Floats:
    """Average true range by Wilder, in ticks; NaN before the `length`-th bar."""
    bars = close.shape[0]
    found = np.full(bars, np.nan)
    total, average = 0, 0.0
    for t in range(bars):
        span = high[t] - low[t]
        if t > 0:
            span = max(span, abs(high[t] - close[t - 1]), abs(low[t] - close[t - 1]))
        if t < length:
            total += span
            average = float(total) / length
        else:
            average = (average * (length - 1) + float(span)) / length
        if t >= length - 1:
            found[t] = average
    return found


@kernel
def distances(ranges: Floats, multiple: float) -> Ticks:
    """Whole ticks of `multiple` times each range, at least 1; 0 where the range is NaN."""
    found = np.zeros(ranges.shape[0], np.int64)
    for t in range(ranges.shape[0]):
        if not np.isnan(ranges[t]):
            found[t] = max(1, int(multiple * ranges[t]))
    return found


@kernel
def relative_strength(close: Ticks, length: int) -> Floats:
    """RSI by Wilder, 0 … 100; NaN before bar index `length`."""
    bars = close.shape[0]
    found = np.full(bars, np.nan)
    gain, loss = 0.0, 0.0
    for t in range(1, bars):
        change = float(close[t] - close[t - 1])
        rise, fall = max(change, 0.0), max(-change, 0.0)
        if t <= length:
            gain += rise
            loss += fall
            if t < length:
                continue
            gain /= length
            loss /= length
        else:
            gain = (gain * (length - 1) + rise) / length
            loss = (loss * (length - 1) + fall) / length
        if loss > 0.0:
            found[t] = 100.0 - 100.0 / (1.0 + gain / loss)
        else:
            found[t] = 100.0 if gain > 0.0 else 50.0
    return found
