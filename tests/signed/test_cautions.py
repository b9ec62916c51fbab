"""Warnings that only the bars can give."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from tests.bars._hand import HOUR, Row, book, plan, terms
from tests.bars.test_signals import LONG
from tests.bars.test_signals import plan as signals
from tests.signed._asking import asked

from quantgpt.bars.simulate import simulate
from quantgpt.foundations.progress import silent
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App
from quantgpt.services.signed import config
from quantgpt.services.signed.backtests import SignedBacktest, run_signed_backtest
from quantgpt.services.signed.cautions import cautions
from quantgpt.templates import LadderPlan, Plan

CALM: list[Row] = [(100, 101, 99, 100)] * 3
WHOLE = len(CALM) * HOUR - 1_000


LEFT = "Closed by the end of the run, at the last close: "


def told(rows: Sequence[Row], given: Plan, **changes: Any) -> list[str]:
    """The English sentences; every one has a Chinese one."""
    of, how = book(rows, "100"), terms(len(rows), **changes)
    found = cautions(simulate([of], given, how, lambda share: None), [of], given, how)
    assert all(any("一" <= letter <= "鿿" for letter in zh) for zh, _ in found)
    return [en for _, en in found]


def beside(found: Sequence[str]) -> list[str]:
    """Without what was left at the end."""
    return [en for en in found if not en.startswith(LEFT)]


def test_a_plain_run_says_what_was_left_at_its_end_and_nothing_else() -> None:
    assert told(CALM, plan("90", "110", 3)) == [f"{LEFT}1 lot of BTCUSDT"]
    assert told([*CALM, (100, 110, 100, 110)], plan("90", "110", 3)) == []
    assert told(CALM, plan("110", "130", 3))[0] == f"{LEFT}2 lots of BTCUSDT"


def test_a_liquidation() -> None:
    crash = [*CALM, (100, 100, 50, 60), (60, 60, 60, 60)]
    assert told(crash, plan("90", "110", 3), leverage=10) == [
        "BTCUSDT was liquidated in the bar of 1970-01-01T03:00:00Z and traded no more"
    ]


@pytest.mark.parametrize(("end_ms", "count"), [(WHOLE, 0), (WHOLE + HOUR, 0), (WHOLE - 1_000, 1), (2 * HOUR, 1)])
def test_a_last_bar_that_closes_after_the_end(end_ms: int, count: int) -> None:
    found = beside(told(CALM, plan("90", "110", 3), end_ms=end_ms))
    assert len(found) == count
    assert all("1970-01-01T03:00:00Z" in en for en in found)
    nothing_open = told(CALM, plan("50", "60", 3), end_ms=end_ms)
    assert not any("closes after" in en for en in nothing_open)


def test_a_grid_that_is_laid_beside_the_price() -> None:
    assert beside(told(CALM, plan("110", "130", 3))) == [
        "The first open 100 lies outside of the grid 110 – 130; 2 intervals were filled at once at the market"
    ]
    falling = [*CALM, (100, 100, 80, 80)]
    assert beside(told(falling, plan("70", "90", 3))) == ["The first open 100 lies outside of the grid 70 – 90"]


def test_a_grid_that_was_never_met() -> None:
    assert told(CALM, plan("70", "90", 3)) == [
        "The first open 100 lies outside of the grid 70 – 90",
        "No order of the grid 70 – 90 was ever filled: prices went from 99 to 101",
    ]
    assert told(CALM, plan("70", "90", 3, take_profit_price="100")) == [
        "The first open 100 lies at or beyond a stop of the grid: no grid was laid"
    ]


def test_orders_that_were_dropped() -> None:
    assert beside(told(CALM, signals({0: LONG}, 3))) == []
    dear = LadderPlan(interval_ms=HOUR, amount=Decimal(300))
    assert told(CALM, dear) == ["There is no trade: 3 orders were more than the free balance carried and were dropped"]
    some = LadderPlan(interval_ms=HOUR, amount=Decimal(60))
    assert beside(told(CALM, some)) == ["2 orders were more than the free balance carried and were dropped"]


def test_they_stand_beside_those_of_the_request(installed: App) -> None:
    ask = asked(start="2025-01-01T00:00:00Z", end="2025-01-03T00:00:00Z", capital="104.00",
        params={"grid_levels": 20, "upper_price": "1400000", "lower_price": "1000000"})  # fmt: skip
    made = config.resolve(installed, LOCAL_ADMIN, ask)
    early = [{"zh": zh, "en": en} for zh, en in made.warnings]
    job = SignedBacktest(
        config=made.echo, asked_ms=1_767_000_000_000, market=made.market, snapshot=made.snapshot, warnings=early
    )
    warnings = run_signed_backtest(installed, job, silent).facts["warnings"]
    assert warnings[: len(early)] == early
    assert any("outside of the grid 1000000 – 1400000" in each["en"] for each in warnings)
    assert json.loads(json.dumps(warnings)) == warnings
