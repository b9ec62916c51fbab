"""Membership spells from lists that hold on single days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from quantgpt.market.importing.reading import Spell


def with_list(spells: Iterable[Spell], index: str, day: date, codes: Iterable[str]) -> tuple[Spell, ...]:
    """Spells of one index after a list that holds from `day` on: who is not on it left the day before.

    Spells that end before `day` stay as they are; lists have to be given in the order of their days.
    """
    now = set(codes)
    today, eve = day.isoformat(), (day - timedelta(days=1)).isoformat()
    out = []
    for spell in spells:
        if spell.index != index or spell.last is not None:
            out.append(spell)
        elif spell.code in now:
            out.append(spell)
            now.discard(spell.code)
        elif spell.first <= eve:
            out.append(replace(spell, last=eve))
    out.extend(Spell(index=index, code=code, first=today, last=None) for code in now)
    return tuple(sorted(out, key=lambda s: (s.index, s.code, s.first)))


def list_days(days: Sequence[date], after: date | None) -> list[date]:
    """Sessions on which lists are worth asking for: those on which reviews take effect, the last one, and without an
    earlier list (of the day `after`) the first one."""
    from quantgpt.market.calendar import review_days

    if not days:
        return []
    wanted = {days[-1], *review_days(days)} | ({days[0]} if after is None else set())
    return sorted(day for day in wanted if after is None or day > after)
