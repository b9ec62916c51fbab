"""Holding a value until a condition ends it, over a finite span."""

from __future__ import annotations

import math

from quantgpt.operators._base import Array, Axis, Either, UnitRule, operator

NAN = math.nan


@operator(
    Axis.TIME,
    category="condition",
    zh="触发持有：enter 成立时取 x 并保持，exit 成立即清空，最多回看 N 个交易日",
    say=("{0}成立时取{1}并保持，{2}成立时清空，最多{3}日", "{1} held since {0} until {2}, for at most {3} days"),
    example="trade_when(volume > adv20, -returns, close < open, 20)",
    unit=UnitRule.BRANCH,
)
def trade_when(out: Array, at: int, enter: Array, x: Either, leave: Either, window: int) -> None:
    """The value of `x` on the latest of the last `window` sessions on which `enter` held.

    The usual form looks back without end; this one forgets after `window` sessions, today included. `leave` on a
    session clears what is held and wins over `enter` on the same session.

    NaN:    missing when nothing was entered, or it was left since; an unknown condition counts as not met.

    >>> on = np.array([[1.0], [0.0], [0.0]])
    >>> trade_when(on, np.array([[5.0], [6.0], [7.0]]), np.zeros((3, 1)), 2).ravel().tolist()
    [5.0, 5.0, nan]
    """
    rows, assets = out.shape
    for i in range(rows):
        today = at + i
        for j in range(assets):
            held = NAN
            for k in range(today, max(0, today - window + 1) - 1, -1):
                gone = leave[k, j]
                if gone == gone and gone != 0.0:
                    break
                on = enter[k, j]
                if on == on and on != 0.0:
                    held = x[k, j]
                    break
            out[i, j] = held
