"""The engine of ladders, by hand: buys by the clock, safety buys, take-profit, stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from tests.bars.test_signals import FLAT, bar, fills, made, terms
from tests.parity.bar_cases import HOUR, START, Row, fixed

from quantgpt.bars.faults import TooLarge
from quantgpt.bars.instrument import SCALE
from quantgpt.bars.ladder import SafetyBuys, run_ladder
from quantgpt.bars.ledger import trades_of
from quantgpt.bars.outcome import BookRun
from quantgpt.bars.terms import FundingRates
from quantgpt.templates import LadderPlan

UNIT = 1_000
"""money of one tick of 0.01 times one step of 0.001"""


def plan(hours: int = 1, amount: str = "100", **changes: Any) -> LadderPlan:
    decimals = {name: value if name == "max_orders" else Decimal(value) for name, value in changes.items()}
    return LadderPlan(interval_ms=hours * HOUR, amount=Decimal(amount), **decimals)


def run(rows: Sequence[Row], given: LadderPlan, capital: int = 1000, **changes: Any) -> BookRun:
    funding = changes.pop("funding", None)
    book = made(rows, capital, funding=funding)
    found = run_ladder(book, given, terms(book, **changes), lambda share: None)
    trades_of(book, found, terms(book, **changes))
    return found


def test_one_buy_at_every_moment_and_one_after_a_gap() -> None:
    rows = [bar(price, price, price, price) for price in (100, 80, 50, 40, 125)]
    found = run(rows, plan(2))
    assert fills(found)[:3] == [
        (0, 0, 1, 10_000, 1_000, "MARKET"),
        (2, 0, 1, 5_000, 2_000, "MARKET"),
        (4, 0, 1, 12_500, 800, "MARKET"),
    ]
    book = made(rows)
    late = np.array([START, START + HOUR, START + 5 * HOUR, START + 6 * HOUR, START + 7 * HOUR])
    gapped = replace(book, walked=replace(book.walked, open_time=late))
    found = run_ladder(gapped, plan(2), replace(terms(book), end_ms=START + 9 * HOUR), lambda share: None)
    # moments at 0, 2, 4, 6 h: those of 2 and 4 h fall into the gap and make one buy at 5 h
    assert [row[0] for row in fills(found) if row[5] == "MARKET"] == [0, 2, 3]


def test_no_more_than_the_most_orders_and_the_capital() -> None:
    assert len([row for row in fills(run([FLAT] * 9, plan(max_orders=3))) if row[5] == "MARKET"]) == 3
    found = run([FLAT] * 13, plan(), fees=fixed(10))
    assert len([row for row in fills(found) if row[5] == "MARKET"]) == 9
    assert found.skipped_margin == 4
    levered = run([FLAT] * 13, plan(), fees=fixed(10), leverage=2)
    assert levered.skipped_margin == 0


def test_too_small_a_buy_is_counted() -> None:
    found = run([FLAT] * 3, plan(amount="4.9"))
    assert (found.skipped_notional, len(fills(found))) == (3, 0)


def test_take_profit_and_stop_of_all_lots() -> None:
    rows = [FLAT, bar(80, 80, 80, 80), bar(80, 99, 80, 99), FLAT]
    found = run(rows, plan(take_profit="0.1"))
    # 1.000 at 100, 1.250 at 80 twice: 300 / 3.5 · 1.1 = 94.2857…, up to 94.29
    assert [row[3:] for row in fills(found)[3:6]] == [
        (9_429, 1_000, "TAKE_PROFIT"),
        (9_429, 1_250, "TAKE_PROFIT"),
        (9_429, 1_250, "TAKE_PROFIT"),
    ]
    assert fills(found)[6] == (3, 0, 1, 10_000, 1_000, "MARKET")
    found = run([FLAT, bar(99, 99, 80, 85), FLAT], plan(9, stop_loss="0.123456"))
    assert fills(found)[1] == (1, 2, -1, 8_766, 1_000, "STOP")


def test_a_gap_fills_at_the_open() -> None:
    assert fills(run([FLAT, bar(120, 121, 119, 120)], plan(9, take_profit="0.1")))[1][:4] == (1, 0, -1, 12_000)
    assert fills(run([FLAT, bar(70, 71, 69, 70)], plan(9, stop_loss="0.1")))[1][:4] == (1, 0, -1, 7_000)


def test_profit_pays_maker_and_stop_taker() -> None:
    fees = fixed(1, 10)
    profit = run([FLAT, bar(100, 111, 100, 110)], plan(9, take_profit="0.1"), fees=fees)
    assert profit.fills.fee.tolist() == [10_000_000, 1_100_000]
    stop = run([FLAT, bar(100, 100, 89, 90)], plan(9, stop_loss="0.1"), fees=fees)
    assert stop.fills.fee.tolist() == [10_000_000, 9_000_000]


def test_safety_buys_below_the_first_fill() -> None:
    given = plan(
        9, max_orders=4, safety_step="0.02", safety_step_scale="1.5", safety_volume_scale="2", take_profit="0.01"
    )
    rows = [bar(100, 100, 94, 95), bar(96, 97, 95.5, 96), bar(96, 99, 96, 99)]
    found = run(rows, given, capital=2000)
    # 98 (200), 95 (400); the third, 90.50, is not reached. 700 / (1.000 + 2.040 + 4.210) · 1.01, of what was bought
    assert fills(found)[:3] == [
        (0, 0, 1, 10_000, 1_000, "MARKET"),
        (0, 2, 1, 9_800, 2_040, "LIMIT"),
        (0, 2, 1, 9_500, 4_210, "LIMIT"),
    ]
    spent = Fraction(10_000 * 1_000 + 9_800 * 2_040 + 9_500 * 4_210)
    target = -(-spent * 101 // (100 * 7_250))
    assert fills(found)[3] == (2, 2, -1, int(target), 1_000, "TAKE_PROFIT")
    assert len(fills(found)) == 6


def test_a_new_round_begins_at_the_next_moment_only() -> None:
    given = plan(2, max_orders=2, safety_step="0.02", take_profit="0.01")
    rows = [bar(100, 102, 100, 101), FLAT, FLAT, bar(100, 100, 97, 97)]
    found = fills(run(rows, given))
    assert [(row[0], row[5]) for row in found[:4]] == [(0, "MARKET"), (0, "TAKE_PROFIT"), (2, "MARKET"), (3, "LIMIT")]


def test_a_gap_fills_safety_buys_at_the_open_with_their_own_quantity() -> None:
    given = plan(9, max_orders=4, safety_step="0.02")
    found = fills(run([FLAT, bar(95, 95, 95, 95)], given))
    assert found[1:3] == [(1, 0, 1, 9_500, 1_020, "LIMIT"), (1, 0, 1, 9_500, 1_041, "LIMIT")]
    strict = fills(run([FLAT, bar(96, 96, 96, 96)], given, strict_touch=True))
    assert [row[5] for row in strict] == ["MARKET", "LIMIT", "END", "END"]


def test_a_safety_buy_that_cannot_be_paid_is_dropped() -> None:
    given = plan(9, max_orders=3, safety_step="0.02", safety_volume_scale="3")
    found = run([FLAT, bar(100, 100, 90, 90)], given, capital=450)
    assert [row[5] for row in fills(found)] == ["MARKET", "LIMIT", "END", "END"]
    assert found.skipped_margin == 1


def test_old_profit_until_the_next_leg_and_pessimistic_until_the_next_bar() -> None:
    given = plan(9, max_orders=2, safety_step="0.1", take_profit="0.05")
    rows = [FLAT, bar(100, 101, 90, 101)]
    # after the buy at 90 the target is 200 / 2.111 · 1.05, up to 99.48
    assert [row[:4] for row in fills(run(rows, given))[2:]] == [(1, 2, -1, 9_948)] * 2
    waiting = run([*rows, bar(101, 101, 101, 101)], given, intrabar="pessimistic")
    assert [row[:4] for row in fills(waiting)[2:]] == [(2, 0, -1, 10_100)] * 2
    old = run([FLAT, bar(100, 106, 90, 101)], given, intrabar="pessimistic")
    assert [row[:4] for row in fills(old)[2:]] == [(1, 2, -1, 10_500)] * 2


def test_a_target_behind_the_market_is_filled_at_the_start_of_the_leg() -> None:
    # slipped to the high, the first buy has its safety buy at the open; it fills on the way up, and the target falls below the high
    given = plan(9, max_orders=3, safety_step="0.02", safety_volume_scale="2", take_profit="0.01")
    found = fills(run([bar(98, 100, 95, 96)], given, slippage=5_000_000))
    assert found[:2] == [(0, 0, 1, 10_000, 1_000, "MARKET"), (0, 1, 1, 9_800, 2_040, "LIMIT")]
    assert [(row[1], row[5]) for row in found[2:]] == [(2, "TAKE_PROFIT")] * 2


def test_stop_and_liquidation_before_the_safety_buys_below_them() -> None:
    rows = [FLAT, bar(100, 100, 50, 60), FLAT]
    stopped = fills(run(rows, plan(1, max_orders=9, safety_step="0.02", stop_loss="0.05")))
    # at 98, 96 and 94 there are buys; the stop of the first lot is at 95 and stays in force on this leg
    assert [(row[3], row[5]) for row in stopped[:6]] == [
        (10_000, "MARKET"), (9_800, "LIMIT"), (9_600, "LIMIT"), (9_500, "STOP"), (9_500, "STOP"), (9_500, "STOP"),
    ]  # fmt: skip
    found = run(rows, plan(1, amount="900", max_orders=9, safety_step="0.3"), capital=100, leverage=10)
    assert fills(found)[1][5] == "LIQUIDATION"
    assert fills(found)[1][3] == -(-(90_000 - 9_000) * 100_000 // (900 * 996))
    assert found.liquidated
    assert len(fills(found)) == 2


def test_funding_of_every_lot_and_a_table_that_grows() -> None:
    hours = 120
    rates = FundingRates(
        at=START + np.arange(1, hours, dtype=np.int64) * HOUR, rate=np.full(hours - 1, 10_000, np.int64)
    )
    found = run([FLAT] * hours, plan(amount="10"), capital=10_000, funding=rates)
    assert len(found.payments.at) == hours * (hours - 1) // 2
    assert set(found.payments.amount.tolist()) == {100_000}
    assert found.payments.lot.tolist()[:6] == [0, 0, 1, 0, 1, 2]


@pytest.mark.parametrize(
    ("step", "scale", "volume", "orders"),
    [("0.0013", "1.37", "1.05", 60), ("0.02", "1", "1", 80), ("0.3", "0.1", "0.77", 40)],
)
def test_safety_prices_are_exact(step: str, scale: str, volume: str, orders: int) -> None:
    given = plan(max_orders=orders, safety_step=step, safety_step_scale=scale, safety_volume_scale=volume)
    for price in (7, 999_999, 6_000_000, 123_456_789_012):
        ladder = SafetyBuys(given, UNIT)
        count = ladder.lay(price)
        expected = []
        for j in range(1, orders):
            deep = Fraction(step) * sum(Fraction(scale) ** k for k in range(j))
            at = int(price * (1 - deep) // 1)
            if at <= 0:
                break
            amount = int(100 * SCALE * Fraction(volume) ** j)
            expected.append((at, amount // (at * UNIT)))
        assert list(zip(ladder.prices[:count].tolist(), ladder.quantities[:count].tolist(), strict=True)) == expected


def test_amounts_beyond_what_is_booked_end_the_run() -> None:
    with pytest.raises(TooLarge):
        run([FLAT, bar(100, 5_000, 100, 5_000), FLAT], plan(9, amount="1000000000"), capital=1_000_000_000)


def test_too_many_payments_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quantgpt.bars.joint.MOST_PAYMENTS", 4_096)
    rates = FundingRates(at=START + np.arange(1, 120, dtype=np.int64) * HOUR, rate=np.full(119, 10_000, np.int64))
    with pytest.raises(TooLarge) as caught:
        run([FLAT] * 120, plan(amount="10"), capital=10_000, funding=rates)
    assert "4,096" in caught.value.en


def test_progress() -> None:
    told: list[float] = []
    book = made([FLAT] * 500)
    run_ladder(book, plan(50, amount="10"), terms(book), told.append)
    assert len(told) >= 100
    assert told == sorted(told)
    assert told[-1] == 1.0
