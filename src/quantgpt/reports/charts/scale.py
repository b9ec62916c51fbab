"""From numbers to places: round ticks, linear axes, axes of sessions, thinning that keeps extremes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from quantgpt.reports.words import finite

_SLACK = 0.04


@dataclass(frozen=True)
class Axis:
    """A linear axis with round ends and round ticks.

    >>> axis = axis_for([0.03, 0.97])
    >>> axis.low, axis.high, axis.at(0.5)
    (0.0, 1.0, 0.5)
    """

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Place of `value`, 0 at the low end and 1 at the high end."""
        return (value - self.low) / (self.high - self.low)


def round_step(rough: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `rough`.

    >>> round_step(0.13), round_step(2.2), round_step(7)
    (0.2, 2.5, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 2.5, 5.0):
        if rough <= factor * power * (1 + 1e-9):
            return factor * power
    return 10.0 * power


def axis_for(values: Sequence[object], *, include: Sequence[float] = (), parts: int = 4) -> Axis:
    """An axis around the finite ones of `values` and `include`, with about `parts` steps between round ticks.

    A value may stand out by a few hundredths of a step: a whole empty step would say less.
    """
    numbers = finite([*values, *include]) or [0.0, 1.0]
    low, high = min(numbers), max(numbers)
    if high - low < 1e-12 * max(1.0, abs(high)):
        room = abs(high) * 0.1 or 1.0
        low, high = low - room, high + room
    step = round_step((high - low) / parts)
    first, last = math.floor(low / step + _SLACK), math.ceil(high / step - _SLACK)
    last = max(last, first + 1)
    digits = max(0, 2 - math.floor(math.log10(step)))
    ticks = tuple(round(i * step, digits) for i in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def decimals(axis: Axis, *, scale: float = 1.0) -> int:
    """How many decimals the ticks need to be told apart."""
    step = (axis.ticks[1] - axis.ticks[0]) * scale
    for digits in range(7):
        if abs(step * 10**digits - round(step * 10**digits)) < 1e-6:
            return digits
    return 6


def date_ticks(index: Sequence[object], at_most: int = 6) -> list[tuple[int, str]]:
    """(position, label) of the first sessions of years, or of months where there are fewer than two years.

    >>> date_ticks(["2021-12-30", "2021-12-31", "2022-01-04"] + ["2022-06-01"] * 400 + ["2023-01-03"] * 99)
    [(2, '2022'), (403, '2023')]
    """
    dates = [str(day) for day in index]
    room = len(dates) * 0.5 / at_most
    years = _starts(dates, 4)
    starts = years if len(years) > 2 else _starts(dates, 7)
    if len(starts) > 1 and starts[1][0] < room:
        starts = starts[1:]
    ticks = starts[:: max(1, -(-len(starts) // at_most))]
    if len(ticks) > 1 and len(dates) - ticks[-1][0] < room:
        ticks = ticks[:-1]
    return ticks


def _starts(dates: list[str], length: int) -> list[tuple[int, str]]:
    seen = ""
    starts = []
    for position, day in enumerate(dates):
        if day[:length] != seen:
            seen = day[:length]
            starts.append((position, seen))
    return starts


def thin(values: Sequence[float | None], at_most: int) -> list[int]:
    """Positions to draw so that no high, low or gap is lost: first, lowest, highest and last of each bucket.

    >>> thin([0, 5, 1, 1, 1, 1, 1, -7, 1, 1], 8)
    [0, 1, 4, 5, 7, 9]
    """
    size = len(values)
    if size <= at_most:
        return list(range(size))
    buckets = max(1, at_most // 4)
    kept: set[int] = set()
    for i in range(buckets):
        span = range(i * size // buckets, (i + 1) * size // buckets)
        known = [j for j in span if values[j] is not None]
        kept.update((span[0], span[-1]))
        kept.update([j for j in span if values[j] is None][:1])
        if known:
            kept.add(min(known, key=lambda j: values[j] or 0.0))
            kept.add(max(known, key=lambda j: values[j] or 0.0))
    return sorted(kept)


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart along one line: at least `gap` between neighbours, order kept, inside [low, high].

    Where there is no room for all, the gap shrinks.

    >>> spread([10.0, 12.0, 50.0], 10.0, 0.0, 60.0)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    if len(order) > 1:
        gap = min(gap, (high - low) / (len(order) - 1))
    settled: list[float] = []
    for centre, size in _clusters([places[i] for i in order], gap):
        settled += [centre + gap * (k - (size - 1) / 2) for k in range(size)]
    floor = low
    for k, place in enumerate(settled):
        settled[k] = max(place, floor)
        floor = settled[k] + gap
    ceiling = high
    for k in reversed(range(len(settled))):
        settled[k] = min(settled[k], ceiling)
        ceiling = settled[k] - gap
    out = [0.0] * len(places)
    for i, place in zip(order, settled, strict=True):
        out[i] = round(place, 2)
    return out


def _clusters(places: Sequence[float], gap: float) -> list[tuple[float, int]]:
    """(centre, size) of runs of sorted places that stand closer than `gap` once they are spread."""
    clusters: list[tuple[float, int]] = []
    for place in places:
        centre, size = place, 1
        while clusters and clusters[-1][0] + gap * (clusters[-1][1] + size) / 2 > centre:
            before, n = clusters.pop()
            centre, size = (before * n + centre * size) / (n + size), n + size
        clusters.append((centre, size))
    return clusters
