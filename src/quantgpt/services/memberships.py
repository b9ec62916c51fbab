"""Who belongs to a universe on any day, and every day on which that changed."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import numpy as np

from quantgpt.foundations.errors import BadRequest, NoData, UnknownUniverse
from quantgpt.services._base import App

if TYPE_CHECKING:
    from quantgpt.market.facts import Facts
    from quantgpt.market.market import Market
    from quantgpt.market.members import Membership, Stay


def read_members(app: App, name: str, universe: str, day: str | None) -> dict[str, Any]:
    """The members on the last session that is not after `day` (default: the last session of all).

    Raises: UnknownMarket, UnknownUniverse, BadRequest for a day before the first session.
    """
    from quantgpt.market.members import members_on

    market, found = _opened(app, name, universe)
    row = _row(market, day)
    facts = market.facts
    place = {code: i for i, code in enumerate(facts.assets.tolist())}
    there = [_member(facts, stay, place.get(stay.code), row, found) for stay in members_on(found, row)]
    return {
        **_head(market, universe, found),
        "date": str(facts.days[row]),
        "asked": day or str(facts.days[-1]),
        "source": found.source,
        "count": len(there),
        "with_prices": sum(member["has_prices"] for member in there),
        "members": there,
    }


def read_history(app: App, name: str, universe: str) -> dict[str, Any]:
    """Every session on which somebody came or went.  Raises: UnknownMarket, UnknownUniverse."""
    from quantgpt.market.members import steps

    market, found = _opened(app, name, universe)
    facts = market.facts
    titles = dict(zip(facts.assets.tolist(), facts.names.tolist(), strict=True))

    def named(codes: tuple[str, ...]) -> list[dict[str, Any]]:
        return [{"code": code, "name": titles.get(code)} for code in codes]

    return {
        **_head(market, universe, found),
        "first_day": str(facts.days[0]),
        "last_day": str(facts.days[-1]),
        "steps": [
            {
                "day": str(facts.days[step.row]),
                "count": step.count,
                "with_prices": step.with_prices,
                "added": named(step.added),
                "removed": named(step.removed),
            }
            for step in steps(facts, found)
        ],
    }


def _opened(app: App, name: str, universe: str) -> tuple[Market, Membership]:
    from quantgpt.market.members import membership

    market = app.markets.open(name)
    known = [info.name for info in market.universes()]
    if not known:
        raise NoData(f"行情库 {market.name} 里没有股票日线", hint="import daily bars first", field="market")
    if universe not in known and universe not in market.facts.spells:
        near = difflib.get_close_matches(universe, known, n=1)
        raise UnknownUniverse(
            f"行情库 {market.name} 没有股票池 {universe[:40]!r}",
            hint=f"可用：{', '.join(known)}",
            field="universe",
            nearest=near[0] if near else known[0],
        )
    return market, membership(market.facts, universe)


def _row(market: Market, day: str | None) -> int:
    from quantgpt.market.market import day_of

    days = market.days
    asked = day_of(day, "date") if day else days[-1]
    if asked < days[0]:
        raise BadRequest(f"日期早于第一个交易日 {days[0]}", field="date", nearest=str(days[0]))
    return int(np.searchsorted(days, asked, "right")) - 1


def _head(market: Market, universe: str, found: Membership) -> dict[str, Any]:
    from quantgpt.market.universes import UNIVERSE_WORDS

    zh, en = UNIVERSE_WORDS.get(universe, (universe, universe))
    return {
        "market": market.name,
        "snapshot": market.snapshot,
        "universe": universe,
        "zh": zh,
        "en": en,
        "is_pit": found.is_pit,
        "as_of": found.as_of,
        "known_until": found.known_until,
        "notices": [dict(entry) for entry in found.notices],
    }


def _member(facts: Facts, stay: Stay, column: int | None, row: int, found: Membership) -> dict[str, Any]:
    industry = -1 if column is None else int(facts.industry[column])
    listed_before = found.source == "bars" and stay.begin == 0
    return {
        "code": stay.code,
        "name": None if column is None else str(facts.names[column]),
        "industry": str(facts.industry_names[industry]) if industry >= 0 else None,
        "since": None if listed_before or np.isnat(stay.first) else str(stay.first),
        "until": None if np.isnat(stay.last) else str(stay.last),
        "has_prices": column is not None and bool(facts.first_row[column] <= row <= facts.last_row[column]),
    }
