"""All books of a job together: orders that are too small for the venue, in every one of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.bars.test_signals import FLAT, LONG, bar, made, plan, terms
from tests.parity.bar_cases import HOUR

from quantgpt.bars.faults import InsufficientCapital
from quantgpt.bars.simulate import simulate
from quantgpt.bars.terms import BookInput
from quantgpt.templates import LadderPlan, Plan, SignalPlan

STILL = [FLAT] * 4
FALLING = [FLAT, bar(100, 100, 60, 60), bar(60, 60, 60, 60), bar(60, 60, 60, 60)]
SMALL = LadderPlan(interval_ms=HOUR, amount=Decimal("4.99"))
DEAR = LadderPlan(interval_ms=HOUR, amount=Decimal("2000"))
"""more than the capital carries"""


def signals(wishes: dict[int, int]) -> SignalPlan:
    return plan(wishes, len(STILL), position_share=Decimal("0.004"))


def skipped(books: list[BookInput], given: Plan) -> tuple[int, int]:
    """How many orders were dropped for their notional, and how many were filled."""
    done = simulate(books, given, terms(books[0]), lambda share: None)
    return sum(run.skipped_notional for run in done.books), sum(len(run.fills.price) for run in done.books)


@pytest.mark.parametrize("given", [SMALL, signals({0: LONG})], ids=["ladder", "signals"])
def test_orders_that_are_all_too_small_end_the_run(given: Plan) -> None:
    with pytest.raises(InsufficientCapital, match="BTCUSDT") as caught:
        simulate([made(STILL)], given, terms(made(STILL)), lambda share: None)
    assert caught.value.code == "INSUFFICIENT_CAPITAL"
    assert "5 USDT" in str(caught.value.en)


@pytest.mark.parametrize("quantity", ["1", "1.0005"])
def test_the_minimum_quantity_counts_as_the_minimum_notional_does(quantity: str) -> None:
    """100 quote at 100.00 is 1, of at least 1 or 1.001 (the minimum, in steps of 0.001)."""
    of = made(STILL)
    coarse = replace(of, instrument=replace(of.instrument, min_qty=Decimal(quantity)))
    hundred = LadderPlan(interval_ms=HOUR, amount=Decimal(100))
    if quantity == "1":
        assert skipped([coarse], hundred) == (0, 8)
    else:
        with pytest.raises(InsufficientCapital, match=r"1\.001 BTC"):
            simulate([coarse], hundred, terms(coarse), lambda share: None)


def test_one_fill_in_any_book_lets_the_run_be() -> None:
    # 5.05 at 100.00 and steps of 0.001 is 0.05, worth 5
    enough = LadderPlan(interval_ms=HOUR, amount=Decimal("5.05"))
    poor = made(STILL)
    coarse = replace(poor, instrument=replace(poor.instrument, symbol="ETHUSDT", min_notional=Decimal(50)))
    assert skipped([coarse, poor], enough) == (4, 8)
    with pytest.raises(InsufficientCapital, match="ETHUSDT"):
        simulate([coarse], enough, terms(coarse), lambda share: None)


def test_no_order_at_all_and_orders_that_the_balance_does_not_carry_are_no_failure() -> None:
    assert skipped([made(STILL)], signals({})) == (0, 0)
    assert skipped([made(FALLING)], DEAR) == (0, 0)
