"""Names sorted by factor value into groups of equal count, and the sessions on which that happens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.panel import BoolPanel, FloatPanel

MAX_GROUPS = 100
_DROPPED_BITS = 12
"""float64 has 52 mantissa bits; 40 are compared"""


def rounded(x: FloatPanel) -> FloatPanel:
    """Values rounded to 40 mantissa bits (halves away from zero), so that values equal on paper compare equal.

    NaN: stays NaN. Negative zero becomes zero.

    >>> float(rounded(np.array([0.1 + 0.2]))[0]) == float(rounded(np.array([0.3]))[0])
    True
    """
    bits = (np.asarray(x, dtype=np.float64) + 0.0).view(np.int64)
    half, mask = np.int64(1 << (_DROPPED_BITS - 1)), np.int64(-(1 << _DROPPED_BITS))
    near = ((bits + half) & mask).view(np.float64)
    return np.where(np.isfinite(x), near, np.nan)


def rebalance_rows(first: int, rows: int, holding: int, phase: int = 0) -> NDArray[np.int64]:
    """Rows at whose close a portfolio is formed: every `holding` sessions from `first + phase`.

    The last one leaves at least one later session to trade in: targets formed on the last row could never be filled.

    >>> rebalance_rows(2, 10, 3).tolist(), rebalance_rows(2, 10, 3, phase=1).tolist()
    ([2, 5, 8], [3, 6])

    Raises: BadRequest when the holding period is below 1 or the phase is not within it.
    """
    if holding < 1:
        raise BadRequest(f"持有期必须是不小于 1 的整数，收到 {holding}", field="holding_period", nearest=1)
    if not 0 <= phase < holding:
        raise BadRequest(f"调仓相位必须在 0 与 {holding - 1} 之间，收到 {phase}", field="phase", nearest=0)
    return np.arange(first + phase, rows - 1, holding, dtype=np.int64)


def usable_groups(factor: FloatPanel, eligible: BoolPanel, rows: NDArray[np.int64], n_groups: int) -> int:
    """Number of groups that the breadth allows: `n_groups`, or the median count of names with a value, never below 2.

    Rows with fewer than two names do not count, and only the first third of the others does: how broad the universe
    becomes later must not change how it was split before. The caller reports a reduction.
    """
    counts = (eligible[rows] & np.isfinite(factor[rows])).sum(axis=1)
    counts = counts[counts >= 2]
    counts = counts[: -(-counts.size // 3)]
    breadth = int(np.median(counts)) if counts.size else 2
    return max(2, min(n_groups, breadth))


def form_groups(factor: FloatPanel, eligible: BoolPanel, rows: NDArray[np.int64], n_groups: int) -> NDArray[np.int8]:
    """Group of each name on each of those rows: the i-th of m names in rising order goes to group ⌊n·i/m⌋.

    Names are sorted by value rounded to 40 mantissa bits, ties by column (exchange, then code). A name takes part when
    it is eligible and its value is finite. On a row with fewer names than groups none are formed (the book is left as it
    is); `usable_groups` says beforehand how many groups the universe carries.

    Shape:  factor, eligible (T, N), rows (R,) -> (R, N) int8: 0 = lowest values, -1 = in no group.
    Raises: BadRequest when `n_groups` is not within 2 … 100.
    """
    if not 2 <= n_groups <= MAX_GROUPS:
        nearest = min(max(n_groups, 2), MAX_GROUPS)
        raise BadRequest(f"分组数必须在 2 与 {MAX_GROUPS} 之间，收到 {n_groups}", field="n_groups", nearest=nearest)
    out = np.full((len(rows), factor.shape[1]), -1, dtype=np.int8)
    for k, row in enumerate(rows):
        names = np.flatnonzero(eligible[row] & np.isfinite(factor[row]))
        if names.size < n_groups:
            continue
        order = names[_stable_order(rounded(factor[row, names]))]
        out[k, order] = np.arange(names.size) * n_groups // names.size
    return out


def _stable_order(keys: NDArray[np.float64]) -> NDArray[np.int64]:
    """Stable argsort. The unstable one is several times faster and the same where no keys are equal."""
    order = np.argsort(keys)
    ranked = keys[order]
    return np.argsort(keys, kind="stable") if (ranked[1:] == ranked[:-1]).any() else order
