"""Comparisons of the eligible names of one session."""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, Mask, UnitRule, operator
from quantgpt.operators._lazy import routine

NAN = math.nan


@routine
def tied(x: float) -> float:
    """`x` rounded to 40 bits behind the leading one, so that values equal on paper are equal (Veltkamp's splitting)."""
    if not -1e300 < x < 1e300:
        return x
    scaled = 4097.0 * x
    return scaled - (scaled - x)


@operator(
    Axis.DAY,
    category="cross_section",
    zh="当日截面百分位排名，并列取平均，(0, 1]",
    say=("{0}的截面排名", "the cross-sectional rank of {0}"),
    example="rank(close / ts_mean(close, 20))",
    unit=UnitRule.RATIO,
)
def rank(out: Array, x: Array, eligible: Mask) -> None:
    """Rank among the eligible names of the session, divided by their number; equal values share their average rank.

    Values are compared after rounding to 40 mantissa bits.

    NaN:    missing for names that are not eligible or have no value.

    >>> rank(np.array([[10.0, 30.0, 10.0, np.nan]])).tolist()
    [[0.5, 1.0, 0.5, nan]]
    """
    rows, assets = out.shape
    keys = np.empty(assets)
    for i in range(rows):
        n = 0
        for j in range(assets):
            v = x[i, j]
            out[i, j] = NAN
            if eligible[i, j] and v - v == 0.0:
                keys[n] = tied(v)
                n += 1
        ordered = np.sort(keys[:n])
        for j in range(assets):
            v = x[i, j]
            if eligible[i, j] and v - v == 0.0:
                low = np.searchsorted(ordered, tied(v), side="left")
                high = np.searchsorted(ordered, tied(v), side="right")
                out[i, j] = (low + 1 + high) * 0.5 / n


@operator(
    Axis.DAY,
    category="cross_section",
    zh="当日截面标准分（样本标准差，全相等为 0）",
    say=("{0}的截面标准分", "the cross-sectional standard score of {0}"),
    example="zscore(returns)",
    unit=UnitRule.RATIO,
)
def zscore(out: Array, x: Array, eligible: Mask) -> None:
    """Distance from the mean of the eligible names of the session, in sample standard deviations (ddof 1).

    NaN:    missing for names that are not eligible or have no value; 0 where all are equal.

    >>> zscore(np.array([[1.0, 2.0, 3.0, np.nan]])).tolist()
    [[-1.0, 0.0, 1.0, nan]]
    """
    rows, assets = out.shape
    for i in range(rows):
        n = 0
        total = 0.0
        low = math.inf
        high = -math.inf
        for j in range(assets):
            v = x[i, j]
            if eligible[i, j] and v - v == 0.0:
                n += 1
                total += v
                low = min(low, v)
                high = max(high, v)
        flat = n > 0 and tied(low) == tied(high)
        mean = total / n if n > 0 else NAN
        square = 0.0
        for j in range(assets):
            v = x[i, j]
            if eligible[i, j] and v - v == 0.0:
                square += (v - mean) * (v - mean)
        deviation = math.sqrt(square / (n - 1)) if n > 1 else NAN
        for j in range(assets):
            v = x[i, j]
            out[i, j] = NAN
            if eligible[i, j] and v - v == 0.0:
                score = 0.0 if flat else (v - mean) / deviation
                out[i, j] = score if score - score == 0.0 else NAN


@operator(
    Axis.DAY,
    category="cross_section",
    zh="当日截面最小-最大缩放到 [0, 1]（全相等为 0）",
    say=("{0}的截面缩放值", "{0} scaled to 0 … 1 across names"),
    example="scale(volume)",
    unit=UnitRule.RATIO,
)
def scale(out: Array, x: Array, eligible: Mask) -> None:
    """Position between the smallest (0) and the largest (1) value of the eligible names of the session.

    NaN:    missing for names that are not eligible or have no value; 0 where all are equal.

    >>> scale(np.array([[1.0, 2.0, 3.0, np.nan]])).tolist()
    [[0.0, 0.5, 1.0, nan]]
    """
    rows, assets = out.shape
    for i in range(rows):
        low = math.inf
        high = -math.inf
        for j in range(assets):
            v = x[i, j]
            if eligible[i, j] and v - v == 0.0:
                low = min(low, v)
                high = max(high, v)
        flat = tied(low) == tied(high)
        for j in range(assets):
            v = x[i, j]
            out[i, j] = NAN
            if eligible[i, j] and v - v == 0.0:
                place = 0.0 if flat else (v - low) / (high - low)
                out[i, j] = place if place - place == 0.0 else NAN
