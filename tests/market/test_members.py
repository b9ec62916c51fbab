"""Members on a day and their history, against the lists read day by day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests._rig import demo_market

from quantgpt.market import Market, MarketStore
from quantgpt.market.facts import Facts, Spells
from quantgpt.market.members import members_on, membership, steps


@pytest.fixture(scope="module")
def market() -> Market:
    """The demo market."""
    return MarketStore(demo_market()).open()


def on_the_list(facts: Facts, universe: str, day: np.datetime64) -> set[str]:
    """Names whose spell covers a day, read off the list."""
    spells = facts.spells[universe]
    inside = (spells.first <= day) & (np.isnat(spells.last) | (spells.last >= day))
    return set(spells.codes[inside].tolist())


@pytest.mark.parametrize("universe", ["hs300", "csi500", "csi1000"])
def test_history_is_that_of_the_lists(market: Market, universe: str) -> None:
    facts, found = market.facts, membership(market.facts, universe)
    by_row = {step.row: step for step in steps(facts, found)}
    before: set[str] = set()
    view = market.view(universe, "2024-01-02", "2026-06-30")
    for row, day in enumerate(facts.days):
        now = on_the_list(facts, universe, day)
        if row % 97 == 0 or row in by_row:
            assert {stay.code for stay in members_on(found, row)} == now
        if now != before:
            step = by_row.pop(row)
            assert step.count == len(now)
            if before:
                assert (set(step.added), set(step.removed)) == (now - before, before - now)
            at = np.searchsorted(view.days, day)
            if at < view.days.size and view.days[at] == day:
                assert step.with_prices == int(view.member[at].sum())
        before = now
    assert not by_row


def test_everybody_is_a_member_while_there_are_bars(market: Market) -> None:
    facts, found = market.facts, membership(market.facts, "all")
    changes = steps(facts, found)
    for row in (0, 500, facts.days.size - 1):
        there = ((facts.first_row <= row) & (facts.last_row >= row)).sum()
        assert len(members_on(found, row)) == there
        assert [step for step in changes if step.row <= row][-1].count == there
    assert sum(len(step.added) for step in changes) == int((facts.first_row > 0).sum())
    assert sum(len(step.removed) for step in changes) == int((facts.last_row < facts.days.size - 1).sum())


def test_random_lists_agree_with_a_day_by_day_count(market: Market) -> None:
    """Overlapping and touching spells, names without bars, spells outside of the market's days."""
    rng = np.random.default_rng(11)
    days = market.days
    for _ in range(15):
        codes = rng.choice([*market.assets[:25], "999999.SH", "888888.SH"], size=60)
        first = days[0] + rng.integers(-300, days.size * 7 // 5, 60).astype("timedelta64[D]")
        last = first + rng.integers(0, 900, 60).astype("timedelta64[D]")
        last[rng.random(60) < 0.2] = np.datetime64("NaT")
        facts = replace(market.facts, spells={"hs300": Spells(codes=codes, first=first, last=last)})
        found = membership(facts, "hs300")
        by_row = {step.row: step for step in steps(facts, found)}
        before: set[str] = set()
        for row, day in enumerate(days):
            now = on_the_list(facts, "hs300", day)
            if now != before:
                step = by_row.pop(row)
                assert step.count == len(now)
                assert set(step.removed) == before - now
                if before or row:
                    assert set(step.added) <= now - before
            before = now
        assert not by_row
