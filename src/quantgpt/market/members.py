"""Who belongs to a universe on one day, and how that changed over time, as a person looks it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from quantgpt.market.facts import Facts
from quantgpt.market.universes import SMALL_SCALE, index_notices, known_until, survivorship_notices

FOREVER = 1 << 30


@dataclass(frozen=True, kw_only=True)
class Stay:
    """One uninterrupted membership, in rows of the market's sessions: from `begin` to before `end` (FOREVER: still)."""

    code: str
    begin: int
    end: int
    first: np.datetime64
    """the day that the list names; NaT where only the first bar is known"""
    last: np.datetime64


@dataclass(frozen=True, kw_only=True)
class Step:
    """A session on which the set of members changed."""

    row: int
    count: int
    with_prices: int
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Membership:
    """Everything known about the members of one universe of a market."""

    stays: tuple[Stay, ...]
    is_pit: bool
    source: str
    as_of: str | None
    known_until: str | None
    notices: tuple[Mapping[str, Any], ...]


def membership(facts: Facts, universe: str) -> Membership:
    """The stays of a universe that the market can form (`all`, `small_scale` or an index with lists)."""
    if universe in facts.spells:
        return _of_index(facts, universe)
    fixed = universe == "small_scale"
    names = facts.assets.tolist()
    wanted = [i for i, code in enumerate(names) if not fixed or code in SMALL_SCALE]
    ended = facts.days.size - 1
    stays = tuple(
        Stay(
            code=names[i],
            begin=int(facts.first_row[i]),
            end=FOREVER if facts.last_row[i] >= ended else int(facts.last_row[i]) + 1,
            first=facts.days[facts.first_row[i]],
            last=np.datetime64("NaT", "D") if facts.last_row[i] >= ended else facts.days[facts.last_row[i]],
        )
        for i in wanted
    )
    return Membership(
        stays=stays,
        is_pit=not fixed,
        source="fixed list" if fixed else "bars",
        as_of=None if fixed else str(facts.days[-1]),
        known_until=None,
        notices=() if fixed else survivorship_notices(facts),
    )


def _of_index(facts: Facts, universe: str) -> Membership:
    spells, days = facts.spells[universe], facts.days
    notices, is_pit = index_notices(facts, universe, spells, days[0], days[-1])
    return Membership(
        stays=tuple(_stays(facts, universe)),
        is_pit=is_pit,
        source="membership spells",
        as_of=str(spells.as_of),
        known_until=str(known_until(spells.as_of)),
        notices=tuple(notices),
    )


def _stays(facts: Facts, universe: str) -> Iterator[Stay]:
    """Spells of an index in rows; those of one name that leave no session between them are one stay."""
    spells, days = facts.spells[universe], facts.days
    begin = np.searchsorted(days, spells.first)
    open_end = np.isnat(spells.last)
    end = np.where(open_end, FOREVER, np.searchsorted(days, spells.last, "right"))
    order = np.lexsort((begin, spells.codes))
    held: Stay | None = None
    for i in order.tolist():
        code, low, high = str(spells.codes[i]), int(begin[i]), int(end[i])
        if held is not None and held.code == code and low <= held.end:
            longer = high > held.end
            held = Stay(
                code=code,
                begin=held.begin,
                end=max(high, held.end),
                first=held.first,
                last=spells.last[i] if longer else held.last,
            )
            continue
        if held is not None:
            yield held
        held = Stay(code=code, begin=low, end=high, first=spells.first[i], last=spells.last[i])
    if held is not None:
        yield held


def members_on(found: Membership, row: int) -> list[Stay]:
    """The stays that a session lies in, by code."""
    return sorted((stay for stay in found.stays if stay.begin <= row < stay.end), key=lambda stay: stay.code)


def steps(facts: Facts, found: Membership) -> list[Step]:
    """Every session on which somebody came or went; the first is the one on which the first members are there."""
    size = facts.days.size
    place = {code: i for i, code in enumerate(facts.assets.tolist())}
    joined: dict[int, list[str]] = {}
    left: dict[int, list[str]] = {}
    members, priced = np.zeros(size + 1, dtype=np.int64), np.zeros(size + 1, dtype=np.int64)
    for stay in found.stays:
        begin, end = stay.begin, min(stay.end, size)
        if begin >= end:
            continue
        joined.setdefault(begin, []).append(stay.code)
        members[begin] += 1
        members[end] -= 1
        if end < size:
            left.setdefault(end, []).append(stay.code)
        column = place.get(stay.code)
        if column is not None:
            low, high = max(begin, int(facts.first_row[column])), min(end, int(facts.last_row[column]) + 1)
            if low < high:
                priced[low] += 1
                priced[high] -= 1
    members, priced = members.cumsum(), priced.cumsum()
    rows = sorted({*joined, *left})
    return [
        Step(
            row=row,
            count=int(members[row]),
            with_prices=int(priced[row]),
            added=tuple(sorted(joined.get(row, ()))) if position else (),
            removed=tuple(sorted(left.get(row, ()))),
        )
        for position, row in enumerate(rows)
    ]
