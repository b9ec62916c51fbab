"""How alike the values of two factors are: the rank correlation over the names of each session, averaged over sessions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.ic import Ranked, rank_ic, rank_rows
from quantgpt.foundations.panel import FloatPanel

LEAST_SESSIONS = 20
"""sessions with a correlation below which the mean says nothing"""


@dataclass(frozen=True)
class Likeness:
    """Mean Spearman correlation of two factors, the sessions and the mean number of names it is of."""

    correlation: float
    """NaN of fewer than 20 sessions"""
    sessions: int
    names: float


@dataclass(frozen=True)
class Valued:
    """The values of one factor. Shape: values (D, N), one row a session; NaN where a name is not eligible."""

    values: FloatPanel
    assets: tuple[str, ...]
    sign: int
    """+1, or −1 where low values are the good ones"""


def likeness(one: Valued, other: Valued) -> Likeness:
    """How alike two factors are on the same sessions, over the names that both have on a session, ties averaged, each turned
    so that high values are the good ones.

    Shape: both with the same rows; the columns may differ.
    """
    assets = tuple(one.assets) == tuple(other.assets)
    a, b = (one.values, other.values) if assets else _shared(one, other)
    if a.shape[1] == 0:
        return Likeness(math.nan, 0, 0.0)
    both = np.isfinite(a) & np.isfinite(b)
    x, y = _ranked(a, both), _ranked(b, both)
    found = rank_ic(x, y, np.arange(a.shape[0], dtype=np.int64))
    known = np.isfinite(found.values)
    sessions = int(known.sum())
    if sessions < LEAST_SESSIONS:
        return Likeness(math.nan, sessions, 0.0)
    mean = float(found.values[known].mean()) * one.sign * other.sign
    return Likeness(mean, sessions, float(found.names[known].mean()))


def _shared(one: Valued, other: Valued) -> tuple[FloatPanel, FloatPanel]:
    """The columns of the names that both have, in one order."""
    place = {name: at for at, name in enumerate(other.assets)}
    pairs = [(at, place[name]) for at, name in enumerate(one.assets) if name in place]
    first = np.array([k for k, _ in pairs], dtype=np.int64)
    second = np.array([m for _, m in pairs], dtype=np.int64)
    return one.values[:, first], other.values[:, second]


def _ranked(values: FloatPanel, both: NDArray[np.bool_]) -> Ranked:
    return rank_rows(values, both)
