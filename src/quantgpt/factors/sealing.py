"""The sealed slice: the last sessions of a span, which a search never sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from quantgpt.foundations.panel import Days

SHARE = 4
"""the slice is one in so many of the sessions"""
LEAST_SEALED = 120
"""sessions below which nothing is sealed: too few to judge anything by"""


@dataclass(frozen=True)
class Seal:
    """Where a span is cut: sessions up to `open_last` are open, those from `first` to `last` are sealed."""

    open_first: str
    open_last: str
    open_sessions: int
    first: str
    last: str
    sessions: int

    def to_json(self) -> dict[str, Any]:
        """Plain values for a result."""
        return {
            "first_day": self.first,
            "last_day": self.last,
            "sessions": self.sessions,
            "open_first_day": self.open_first,
            "open_last_day": self.open_last,
            "open_sessions": self.open_sessions,
        }


def sealed_slice(days: Days) -> Seal | None:
    """The last quarter of the sessions if that is 120 or more, else None.

    Shape: days (T,), rising: the sessions of the span. A quarter that is no whole number is rounded down.

    >>> days = np.arange("2020-01-01", "2021-06-01", dtype="datetime64[D]")[:481]
    >>> seal = sealed_slice(days)
    >>> seal.sessions, seal.first == str(days[361]), seal.open_sessions, sealed_slice(days[:479])
    (120, True, 361, None)
    """
    sessions = np.asarray(days).astype("datetime64[D]")
    size = sessions.size // SHARE
    if size < LEAST_SEALED:
        return None
    first = sessions.size - size
    return Seal(
        open_first=str(sessions[0]),
        open_last=str(sessions[first - 1]),
        open_sessions=first,
        first=str(sessions[first]),
        last=str(sessions[-1]),
        sessions=size,
    )


def overlaps(seal: Seal, first_day: str, last_day: str) -> bool:
    """Whether a run from `first_day` to `last_day` sees any of the sealed sessions.

    Days are ISO text, which sorts like the days themselves.
    """
    return first_day <= seal.last and last_day >= seal.first
