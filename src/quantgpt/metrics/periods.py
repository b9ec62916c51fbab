"""Daily series gathered by month and by year."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import Days
from quantgpt.metrics.returns import Returns


class Span(NamedTuple):
    """One calendar month or year of a daily series."""

    label: str
    """YYYY-MM or YYYY"""
    rows: slice


def months(days: Days) -> tuple[Span, ...]:
    """Rows of each calendar month, in order.

    >>> days = np.array(["2024-01-30", "2024-01-31", "2024-02-01"], dtype="datetime64[D]")
    >>> [(span.label, span.rows.start, span.rows.stop) for span in months(days)]
    [('2024-01', 0, 2), ('2024-02', 2, 3)]
    """
    return _spans(days.astype("datetime64[M]"))


def years(days: Days) -> tuple[Span, ...]:
    """Rows of each calendar year, in order."""
    return _spans(days.astype("datetime64[Y]"))


def _spans(keys: Days) -> tuple[Span, ...]:
    if keys.size == 0:
        return ()
    edges = [0, *(np.flatnonzero(keys[1:] != keys[:-1]) + 1).tolist(), keys.size]
    return tuple(Span(str(keys[a]), slice(a, b)) for a, b in pairwise(edges))


def compounded(returns: Returns, spans: tuple[Span, ...]) -> NDArray[np.float64]:
    """∏(1 + r) − 1 within each span; missing days are left out, NaN where a span has no return at all.

    Shape: (n,) -> (spans,).
    """
    out = np.full(len(spans), np.nan)
    for k, span in enumerate(spans):
        r = returns[span.rows]
        known = r[np.isfinite(r)]
        if known.size:
            out[k] = np.prod(1.0 + known) - 1.0
    return out
