"""Looks at an earlier session."""

from __future__ import annotations

import math

from quantgpt.operators._base import Array, Axis, lag, operator

NAN = math.nan


@operator(
    Axis.TIME,
    category="time_series",
    zh="N 个交易日前的值",
    say=("{1}个交易日前的{0}", "{0} of {1} sessions ago"),
    example="ts_shift(close, 5)",
    aliases=("delay",),
    history=lag,
)
def ts_shift(out: Array, at: int, x: Array, window: int) -> None:
    """The value of `window` sessions ago.

    Shape:  the first `window` rows are missing.
    NaN:    missing when that session is.

    >>> ts_shift(np.array([[1.0], [4.0], [9.0]]), 1).ravel().tolist()
    [nan, 1.0, 4.0]
    """
    rows, assets = out.shape
    for i in range(rows):
        past = at + i - window
        for j in range(assets):
            out[i, j] = x[past, j] if past >= 0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="与 N 个交易日前之差",
    say=("{0}在{1}个交易日内的变化", "the change of {0} over {1} sessions"),
    example="ts_delta(close, 5)",
    aliases=("delta",),
    history=lag,
)
def ts_delta(out: Array, at: int, x: Array, window: int) -> None:
    """Change over `window` sessions.

    Shape:  the first `window` rows are missing.
    NaN:    missing when either end is.
    Source: Kakushadze (2016), 101 Formulaic Alphas, appendix A.1, `delta`.

    >>> ts_delta(np.array([[1.0], [4.0], [9.0]]), 1).ravel().tolist()
    [nan, 3.0, 5.0]
    """
    rows, assets = out.shape
    for i in range(rows):
        past = at + i - window
        if past < 0:
            out[i, :] = NAN
            continue
        for j in range(assets):
            change = x[at + i, j] - x[past, j]
            out[i, j] = change if change - change == 0.0 else NAN
