"""Spans of sessions as a person names them: two dates, both inclusive, either open."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.panel import Days

Moment: TypeAlias = "str | datetime.date | np.datetime64 | None"
Selector: TypeAlias = "Moment | slice | tuple[Moment, Moment] | list[Moment] | Span"


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end`, both days inclusive; None is open on that side."""

    start: np.datetime64 | None
    end: np.datetime64 | None

    def rows(self, days: Days) -> tuple[int, int]:
        """The rows first..stop−1 of ascending `days` that lie in the span; stop ≤ first when none does."""
        first = 0 if self.start is None else int(np.searchsorted(days, self.start, side="left"))
        stop = len(days) if self.end is None else int(np.searchsorted(days, self.end, side="right"))
        return first, max(first, stop)

    def __str__(self) -> str:
        return f"{'…' if self.start is None else self.start} – {'…' if self.end is None else self.end}"


def read_day(value: object, field: str) -> np.datetime64 | None:
    """A day from text (`2020-01-31`, `20200131`), a date, a timestamp or a datetime64; None stays None.

    >>> read_day("20200131", "start")
    np.datetime64('2020-01-31')

    Raises: BadRequest naming the field.
    """
    if value is None:
        return None
    made: Any = value
    try:
        if isinstance(value, str):
            made = datetime.date.fromisoformat(value.strip()[:10])
        day = np.datetime64(made, "D")
    except (TypeError, ValueError):
        day = np.datetime64("NaT")
    if np.isnat(day):
        raise BadRequest(f"{field} must be a date like 2020-01-31, got {value!r}", field=field)
    return day


def read_span(value: object, field: str) -> Span:
    """A span from a pair, a slice, one day (that day alone) or None (everything).

    Raises: BadRequest for anything else, and for an end before the start.
    """
    if isinstance(value, Span):
        return value
    if isinstance(value, slice):
        if value.step is not None:
            raise BadRequest(f"{field} takes no step, got {value!r}", field=field)
        pair: tuple[object, ...] = (value.start, value.stop)
    elif isinstance(value, tuple | list):
        pair = tuple(value)
    else:
        pair = (value, value)
    if len(pair) != 2:
        raise BadRequest(f"{field} must be a start and an end, got {value!r}", field=field)
    start, end = (read_day(moment, field) for moment in pair)
    if start is not None and end is not None and end < start:
        raise BadRequest(
            f"{field} ends on {end}, before it starts on {start}", field=field, nearest=[str(start), str(start)]
        )
    return Span(start, end)
