"""Qlib's looks at another row: earlier, later, or the first one that is loaded. Infinities pass, as pandas lets them.

`bar` is a panel that is 1 on the loaded rows of an instrument and NaN elsewhere.

Source: Qlib 0.9.7, `qlib/data/ops.py`.
"""

from __future__ import annotations

import math

from quantgpt.operators._base import Array, Axis, lag, no_history, operator, unbounded
from quantgpt.operators._lazy import routine

NAN = math.nan


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Ref：N 根之前的值",
    say=("{1}日前的{0}", "{0} of {1} rows ago"),
    example="qlib_ref(close, 5)",
    history=lag,
    vocabulary="qlib",
)
def qlib_ref(out: Array, at: int, x: Array, window: int) -> None:
    """The value of `window` rows ago, `Ref` in Qlib.

    Shape:  the first `window` rows are missing.
    NaN:    missing when that row is.

    >>> qlib_ref(np.array([[1.0], [4.0], [9.0]]), 1).ravel().tolist()
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
    zh="Qlib 的 Ref(x, -N)：N 根之后的值（未来数据）",
    say=("{1}日后的{0}", "{0} of {1} rows later"),
    example="qlib_lead(close, 5)",
    history=no_history,
    vocabulary="qlib",
    rewritten=True,
)
def qlib_lead(out: Array, at: int, x: Array, window: int) -> None:
    """The value of `window` rows later, `Ref` with a negative number in Qlib.

    It looks ahead and has no kernel: an expression that holds it is evaluated late enough that nothing lies ahead.

    Raises: Broken when asked for its compiled form.
    """


@routine
def first_row(bar: Array, j: int, rows: int) -> int:
    """The first of `rows` rows on which column `j` has a bar; `rows` where it has none."""
    for k in range(rows):
        if bar[k, j] == 1.0:
            return k
    return rows


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Ref(x, 0)：载入区间的首个值",
    say=("载入区间首日的{0}", "{0} of the first row loaded"),
    example="qlib_first(close, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_first(out: Array, at: int, x: Array, bar: Array) -> None:
    """The value of the first row that is loaded, on every row; `Ref(x, 0)` in Qlib.

    NaN:    missing where that row is, and where there is no bar.

    >>> qlib_first(np.array([[1.0], [4.0], [9.0]]), np.array([[NAN], [1.0], [1.0]])).ravel().tolist()
    [nan, 4.0, 4.0]
    """
    rows, assets = out.shape
    for j in range(assets):
        origin = first_row(bar, j, at + rows)
        for i in range(rows):
            out[i, j] = x[origin, j] if bar[at + i, j] == 1.0 else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Delta：与 N 根之前之差",
    say=("{0}在{2}日内的变化（Qlib）", "Qlib's change of {0} over {2} rows"),
    example="qlib_delta(close, bar, 5)",
    history=lag,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_delta(out: Array, at: int, x: Array, bar: Array, window: int) -> None:
    """Change over `window` rows that are loaded, `Delta` in Qlib.

    Qlib loads one row too few for it: the first row asked for is missing when it lies inside the history.

    NaN:    missing when either end is or lies before the first row loaded.

    >>> qlib_delta(np.array([[1.0], [4.0], [9.0]]), np.array([[NAN], [1.0], [1.0]]), 1).ravel().tolist()
    [nan, nan, 5.0]
    """
    rows, assets = out.shape
    for i in range(rows):
        past = at + i - window
        for j in range(assets):
            loaded = past >= 0 and bar[past, j] == 1.0 and bar[at + i, j] == 1.0
            out[i, j] = x[at + i, j] - x[past, j] if loaded else NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="Qlib 的 Delta(x, 0)：与载入区间首个值之差",
    say=("{0}自载入区间首日的变化", "the change of {0} since the first row loaded"),
    example="qlib_delta_all(close, bar)",
    history=unbounded,
    vocabulary="qlib",
    from_origin=True,
)
def qlib_delta_all(out: Array, at: int, x: Array, bar: Array) -> None:
    """Change since the first row that is loaded, `Delta(x, 0)` in Qlib.

    NaN:    missing where that row or today is, and where there is no bar.

    >>> qlib_delta_all(np.array([[1.0], [4.0], [9.0]]), np.ones((3, 1))).ravel().tolist()
    [0.0, 3.0, 8.0]
    """
    rows, assets = out.shape
    for j in range(assets):
        origin = first_row(bar, j, at + rows)
        for i in range(rows):
            out[i, j] = x[at + i, j] - x[origin, j] if bar[at + i, j] == 1.0 else NAN
