"""Weights: the eligible names of one session brought to a given sum of absolute values."""

from __future__ import annotations

import math

from quantgpt.operators._base import Array, Axis, Mask, UnitRule, operator

NAN = math.nan


@operator(
    Axis.DAY,
    category="cross_section",
    zh="当日截面缩放，使绝对值之和为 1（全为 0 则缺失）",
    say=("{0}除以其截面绝对值之和", "{0} over the sum of its absolute values across names"),
    example="scale_abs(returns)",
    unit=UnitRule.RATIO,
)
def scale_abs(out: Array, x: Array, eligible: Mask) -> None:
    """The value over the sum of the absolute values of the eligible names of the session.

    Another thing than `scale`, which places values between the smallest and the largest.

    NaN:    missing for names that are not eligible or have no value, and where the sum is 0 or not finite.
    Source: Kakushadze (2016), 101 Formulaic Alphas, appendix A.1, `scale(x, 1)`.

    >>> scale_abs(np.array([[1.0, -2.0, 1.0, np.nan]])).tolist()
    [[0.25, -0.5, 0.25, nan]]
    """
    rows, assets = out.shape
    for i in range(rows):
        total = 0.0
        for j in range(assets):
            v = x[i, j]
            if eligible[i, j] and v - v == 0.0:
                total += abs(v)
        fine = total > 0.0 and total - total == 0.0
        for j in range(assets):
            v = x[i, j]
            out[i, j] = v / total if fine and eligible[i, j] and v - v == 0.0 else NAN
