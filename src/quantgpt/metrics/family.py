"""Many tests at once: what a p-value is worth when it is one of a family.

Sources: Benjamini and Hochberg (1995); Benjamini and Yekutieli (2001); Holm (1979); Harvey, Liu and Zhu (2016), … and the
Cross-Section of Expected Returns, for the bar of t > 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest

F64 = NDArray[np.float64]

NEW_FACTOR_T = 3.0
"""absolute t that a new factor has to exceed, given how many have been tried by everybody"""


def benjamini_hochberg(p: F64) -> F64:
    """q-values: the smallest false discovery rate at which each test is still a discovery.

    Holds for independent and for positively dependent tests. NaN: a test without a p-value has no q-value and does not
    count as a member of the family.

    >>> benjamini_hochberg(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    return _over_present(p, lambda sorted_p: _step_up(sorted_p, 1.0))


def benjamini_yekutieli(p: F64) -> F64:
    """q-values that hold whatever the dependence between the tests: those of Benjamini-Hochberg times 1 + 1/2 + … + 1/m.

    NaN: as in `benjamini_hochberg`.

    >>> benjamini_yekutieli(np.array([0.01, 0.04, 0.03])).round(4).tolist()
    [0.055, 0.0733, 0.0733]
    """
    return _over_present(p, lambda sorted_p: _step_up(sorted_p, float((1.0 / np.arange(1, sorted_p.size + 1)).sum())))


def holm(p: F64) -> F64:
    """Adjusted p-values: rejecting those at or below 5 % makes a single false rejection at most 5 % likely.

    NaN: as in `benjamini_hochberg`.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    return _over_present(p, lambda sorted_p: np.maximum.accumulate(sorted_p * np.arange(sorted_p.size, 0, -1)))


def clears_new_factor_bar(t: float | None) -> bool:
    """|t| > 3, the bar for a factor that nobody has shown before.

    >>> clears_new_factor_bar(-3.2), clears_new_factor_bar(2.5), clears_new_factor_bar(None)
    (True, False, False)
    """
    return t is not None and math.isfinite(t) and abs(t) > NEW_FACTOR_T


def _step_up(sorted_p: F64, penalty: float) -> F64:
    m = sorted_p.size
    scaled = sorted_p * m * penalty / np.arange(1, m + 1)
    return np.asarray(np.minimum.accumulate(scaled[::-1])[::-1], dtype=np.float64)


def _over_present(p: F64, adjust: Callable[[F64], F64]) -> F64:
    values = np.asarray(p, dtype=np.float64)
    present = np.isfinite(values)
    if ((values[present] < 0) | (values[present] > 1)).any():
        raise BadRequest("p-values lie between 0 and 1", field="p")
    out = np.full(values.shape, np.nan)
    members = np.flatnonzero(present)
    if members.size:
        order = members[np.argsort(values[members], kind="stable")]
        out[order] = np.minimum(adjust(values[order]), 1.0)
    return out
