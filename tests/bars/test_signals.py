"""The engine of signals, by hand: when it fills, at which price, how much, and what it pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from tests.parity.bar_cases import HOUR, START, Row, bars_of, fixed, instrument

from quantgpt.bars.faults import TooLarge
from quantgpt.bars.instrument import SCALE
from quantgpt.bars.ledger import trades_of
from quantgpt.bars.outcome import BookRun, Cause
from quantgpt.bars.signals import run_signals
from quantgpt.bars.terms import BookInput, FundingRates, Terms
from quantgpt.templates import MainBars, SignalPlan, Signals

LONG, LEAVE_LONG, SHORT, LEAVE_SHORT = 1, 2, 4, 8
FLAT = (10_000, 10_000, 10_000, 10_000)
"""100.00 in ticks of 0.01"""


def made(rows: Sequence[Row], capital: int = 1000, warmup: int = 0, **changes: Any) -> BookInput:
    """A book over hourly bars; the first `warmup` of them lie before the start."""
    times = [START + (k - warmup) * HOUR for k in range(len(rows))]
    main = bars_of(rows, times, HOUR)
    walked = bars_of(rows[warmup:], times[warmup:], HOUR)
    book = BookInput(
        instrument=instrument(min_notional="5"),
        capital=capital * SCALE,
        main=main,
        walked=walked,
        ends_main=np.arange(warmup, len(rows), dtype=np.int64),
    )
    return replace(book, **changes)


def terms(book: BookInput, **changes: Any) -> Terms:
    end = int(book.walked.open_time[-1]) + HOUR - 1000
    return replace(Terms(start_ms=START, end_ms=end, leverage=1, fees=fixed(0)), **changes)


def plan(wishes: dict[int, int], bars: int, distance: int = 0, **changes: Any) -> SignalPlan:
    """Wishes by main bar, as bits."""

    def signals(_: MainBars) -> Signals:
        bits = np.array([wishes.get(t, 0) for t in range(bars)], np.int64)
        flags = [(bits & bit) != 0 for bit in (LONG, LEAVE_LONG, SHORT, LEAVE_SHORT)]
        return Signals(
            enter_long=flags[0],
            exit_long=flags[1],
            enter_short=flags[2],
            exit_short=flags[3],
            stop_distance=np.full(bars, distance, np.int64) if distance else None,
        )

    return SignalPlan(signals=signals, warmup=0, **changes)


def run(rows: Sequence[Row], wishes: dict[int, int], distance: int = 0, capital: int = 1000, **changes: Any) -> BookRun:
    given = {name: changes.pop(name) for name in ("position_share", "stop_loss") if name in changes}
    book = made(rows, capital, funding=changes.pop("funding", None))
    found = run_signals(book, plan(wishes, len(rows), distance, **given), terms(book, **changes), lambda share: None)
    trades_of(book, found, terms(book, **changes))
    return found


def fills(found: BookRun) -> list[tuple[int, int, int, int, int, str]]:
    """Bar, leg, side, price, quantity, cause."""
    columns = (found.fills.bar, found.fills.leg, found.fills.side, found.fills.price, found.fills.quantity)
    rows = zip(*(column.tolist() for column in columns), found.fills.cause.tolist(), strict=True)
    return [(*row[:5], Cause(row[5]).name) for row in rows]


def bar(opened: float, high: float, low: float, closed: float) -> Row:
    """Prices into ticks of 0.01."""
    return tuple(round(price * 100) for price in (opened, high, low, closed))  # type: ignore[return-value]


def test_a_decision_at_a_close_is_carried_out_at_the_next_open() -> None:
    rows = [FLAT, bar(101, 103, 100, 102), bar(104, 105, 103, 104), bar(106, 107, 105, 105)]
    found = run(rows, {0: LONG, 2: LEAVE_LONG})
    # 1000 buys 9.900 at 101.00; it is sold at 106.00
    assert fills(found) == [(1, 0, 1, 10_100, 9_900, "MARKET"), (3, 0, -1, 10_600, 9_900, "MARKET")]
    assert found.wallet == (1000 + Decimal("9.9") * 5) * SCALE


def test_fees_of_both_fills_and_what_the_wallet_carries() -> None:
    found = run([FLAT] * 4, {0: LONG, 1: LEAVE_LONG}, fees=fixed(10))
    # 9.990 at 100 is 999, its fee 0.999: together 999.999; one step more would be 1000.0999
    assert fills(found)[0][4] == 9_990
    assert found.fills.fee.tolist() == [99_900_000, 99_900_000]
    assert found.wallet == 100_000_000_000 - 2 * 99_900_000


def test_what_is_open_at_the_end_is_closed_at_the_last_close() -> None:
    found = run([FLAT, FLAT, bar(100, 111, 99, 110)], {0: LONG})
    assert fills(found) == [(1, 0, 1, 10_000, 10_000, "MARKET"), (2, 4, -1, 11_000, 10_000, "END")]
    assert found.wallet == 1100 * SCALE


def test_a_decision_at_the_last_close_and_one_before_the_start_do_nothing() -> None:
    assert not fills(run([FLAT] * 3, {2: LONG}))
    book = made([FLAT] * 4, warmup=2)
    assert not fills(run_signals(book, plan({0: LONG, 1: LONG}, 4), terms(book), lambda share: None))
    assert len(fills(run_signals(book, plan({2: LONG}, 4), terms(book), lambda share: None))) == 2


def test_a_turn_closes_and_opens_at_one_open() -> None:
    rows = [FLAT, FLAT, bar(110, 110, 110, 110), bar(99, 99, 99, 99), FLAT]
    found = run(rows, {0: LONG, 2: SHORT})
    # the short one is sized by the equity at the close of bar 2, 1100, but carried by what is left at the open: 990
    assert fills(found) == [
        (1, 0, 1, 10_000, 10_000, "MARKET"),
        (3, 0, -1, 9_900, 10_000, "MARKET"),
        (3, 0, -1, 9_900, 10_000, "MARKET"),
        (4, 4, 1, 10_000, 10_000, "END"),
    ]
    assert found.wallet == 980 * SCALE


def test_what_does_nothing() -> None:
    assert len(fills(run([FLAT] * 5, {0: LONG, 1: LONG, 2: LEAVE_SHORT}))) == 2
    assert not fills(run([FLAT] * 5, {0: LONG | SHORT, 1: LEAVE_LONG}))
    both = run([FLAT] * 5, {0: LONG, 2: LONG | SHORT | LEAVE_LONG})
    assert [row[0] for row in fills(both)] == [1, 3]


def test_budget_is_share_of_equity_times_leverage() -> None:
    found = run([FLAT] * 3, {0: LONG}, leverage=5, position_share=Decimal("0.333"))
    assert fills(found)[0][4] == 16_650
    full = run([FLAT] * 3, {0: SHORT}, leverage=5, fees=fixed(5))
    # margin 20 % and fee 0.05 % of 49.875 · 100: 997.5 + 2.49375 = 999.99375; one step more costs 1000.0138
    assert fills(full)[0][4] == 49_875


def test_too_small_an_entry_is_counted() -> None:
    found = run([FLAT] * 3, {0: LONG}, position_share=Decimal("0.004"))
    assert not fills(found)
    assert (found.skipped_notional, found.skipped_margin) == (1, 0)
    dear = run([(10**9,) * 4] * 3, {0: LONG, 1: LONG})
    assert not fills(dear)
    assert dear.skipped_notional == 2


@pytest.mark.parametrize(
    ("side", "row", "expected"),
    [
        (LONG, bar(99, 101, 94, 100), (2, 1, -1, 9_500, 10_000, "STOP")),
        (LONG, bar(99, 101, 94, 95), (2, 2, -1, 9_500, 10_000, "STOP")),
        (LONG, bar(94, 101, 90, 100), (2, 0, -1, 9_400, 10_000, "STOP")),
        (LONG, bar(95, 101, 95, 100), (2, 0, -1, 9_500, 10_000, "STOP")),
        (LONG, bar(99, 101, 95.01, 99), (2, 4, -1, 9_900, 10_000, "END")),
        (SHORT, bar(99, 106, 94, 100), (2, 2, 1, 10_500, 10_000, "STOP")),
        (SHORT, bar(99, 106, 94, 95), (2, 1, 1, 10_500, 10_000, "STOP")),
        (SHORT, bar(107, 108, 90, 91), (2, 0, 1, 10_700, 10_000, "STOP")),
        (SHORT, bar(99, 104.99, 99, 99), (2, 4, 1, 9_900, 10_000, "END")),
    ],
)
def test_stops(side: int, row: Row, expected: tuple[Any, ...]) -> None:
    assert fills(run([FLAT, FLAT, row], {0: side}, stop_loss=Decimal("0.05")))[1] == expected


def test_a_stop_works_in_the_bar_of_its_entry() -> None:
    found = run([FLAT, bar(100, 101, 94, 100)], {0: LONG}, stop_loss=Decimal("0.05"))
    assert fills(found)[1] == (1, 1, -1, 9_500, 10_000, "STOP")


def test_the_nearer_of_two_stops_and_how_they_are_rounded() -> None:
    row = bar(99, 101, 80, 100)
    assert fills(run([FLAT, FLAT, row], {0: LONG}, 300, stop_loss=Decimal("0.05")))[1][3] == 9_700
    assert fills(run([FLAT, FLAT, row], {0: LONG}, 700, stop_loss=Decimal("0.05")))[1][3] == 9_500
    assert fills(run([FLAT, FLAT, bar(99, 120, 99, 100)], {0: SHORT}, 300, stop_loss=Decimal("0.05")))[1][3] == 10_300
    assert fills(run([FLAT, FLAT, row], {0: LONG}, stop_loss=Decimal("0.01234567")))[1][3] == 9_877
    assert fills(run([FLAT, FLAT, bar(99, 120, 99, 100)], {0: SHORT}, stop_loss=Decimal("0.01234567")))[1][3] == 10_123


def test_slippage_goes_against_the_trader_and_stays_inside_the_bar() -> None:
    rows = [FLAT, bar(100, 100.05, 99, 100), bar(100, 101, 99, 100), bar(100, 101, 99.98, 100)]
    found = run(rows, {0: LONG, 1: LEAVE_LONG, 2: LONG}, slippage=100_000)
    # 0.1 %: 100.10 is above the first bar's high; then 99.90; then 100.10; at the end 99.90 is below the last low
    assert [row[3] for row in fills(found)] == [10_005, 9_990, 10_010, 9_998]


@pytest.mark.parametrize(("side", "price"), [(LONG, 5_421_687), (SHORT, 6_573_705)])
def test_liquidation_at_the_closed_form(side: int, price: int) -> None:
    flat = (6_000_000,) * 4
    rows = [flat, flat, bar(60_000, 70_000, 50_000, 60_000), flat, flat]
    found = run(rows, {0: side, 3: LONG}, capital=6000, leverage=10)
    sign = 1 if side == LONG else -1
    assert fills(found) == [
        (1, 0, sign, 6_000_000, 1_000, "MARKET"),
        (2, 1 if side == LONG else 2, -sign, price, 1_000, "LIQUIDATION"),
    ]
    assert found.liquidated
    gross = sign * (Decimal(price) / 100 - 60_000)
    assert found.wallet == (6000 + gross) * SCALE - found.fills.fee[1]
    # 0.5 % of the notional at the liquidation price, cut to what is left of the margin
    assert found.fills.fee[1] == min(int((6000 + gross) * SCALE), price * 1_000 * 1_000 // 200)


def test_liquidation_beyond_the_margin_is_forgiven() -> None:
    flat = (6_000_000,) * 4
    found = run([flat, flat, bar(50_000, 50_000, 50_000, 50_000)], {0: LONG}, capital=6000, leverage=10)
    assert fills(found)[1] == (2, 0, -1, 5_000_000, 1_000, "LIQUIDATION")
    assert (found.wallet, found.fills.forgiven.tolist()) == (0, [0, 4000 * SCALE])


def test_leverage_one_is_never_liquidated_long() -> None:
    found = run([FLAT, FLAT, bar(100, 100, 0.01, 0.01)], {0: LONG})
    assert fills(found)[1][5] == "END"
    assert found.wallet == 10 * 10 * SCALE // 1000
    assert not found.liquidated


def test_what_comes_first_on_a_leg() -> None:
    flat = (6_000_000,) * 4
    rows = [flat, flat, bar(60_000, 60_000, 50_000, 60_000)]
    near = run(rows, {0: LONG}, capital=6000, leverage=10, stop_loss=Decimal("0.09"))
    far = run(rows, {0: LONG}, capital=6000, leverage=10, stop_loss=Decimal("0.1"))
    assert fills(near)[1][3:] == (5_460_000, 1_000, "STOP")
    assert fills(far)[1][3:] == (5_421_687, 1_000, "LIQUIDATION")


def test_a_stop_that_the_open_reaches_leaves_room_for_the_pending_entry() -> None:
    rows = [FLAT, FLAT, bar(90, 90, 90, 90), bar(90, 90, 90, 90)]
    found = run(rows, {0: LONG, 1: LONG}, stop_loss=Decimal("0.05"))
    assert [row[5] for row in fills(found)] == [
        "STOP" if k == 1 else c for k, c in enumerate(["MARKET", "", "MARKET", "END"])
    ]
    assert [row[0] for row in fills(found)] == [1, 2, 2, 3]


def test_funding_is_paid_by_the_long_and_received_by_the_short() -> None:
    rates = FundingRates(
        at=np.array([START, START + HOUR, START + 2 * HOUR, START + 2 * HOUR + 1, START + 4 * HOUR], np.int64),
        rate=np.array([SCALE, 10_000, 10_000, -20_000, SCALE], np.int64),
    )
    rows = [FLAT, FLAT, bar(110, 120, 110, 120), FLAT]
    for side, sign in ((LONG, 1), (SHORT, -1)):
        found = run(rows, {0: side}, funding=rates, position_share=Decimal("0.5"))
        # 5 units: at START + 2 h at the open 110, just after it at that bar's close 120; START + 1 h is the entry's own instant
        assert found.payments.at.tolist() == [START + 2 * HOUR, START + 2 * HOUR + 1]
        assert found.payments.bar.tolist() == [2, 3]
        assert found.payments.amount.tolist() == [sign * 5_500_000, -sign * 12_000_000]
        assert found.wallet == 1000 * SCALE + sign * 6_500_000


def test_detail_bars_are_walked_and_decisions_wait_for_the_main_bar() -> None:
    fine = [bar(100 + k, 100.5 + k, 99.5 + k, 100 + k) for k in range(8)]
    main = [bar(100, 103.5, 99.5, 103), bar(104, 107.5, 103.5, 107)]
    book = replace(
        made(main),
        main=bars_of(main, [START, START + HOUR], HOUR),
        walked=bars_of(fine, [START + k * HOUR // 4 for k in range(8)], HOUR // 4),
        ends_main=np.array([-1, -1, -1, 0, -1, -1, -1, 1], np.int64),
    )
    found = run_signals(
        book, plan({0: LONG}, 2), replace(terms(book), end_ms=START + 2 * HOUR - 1000), lambda share: None
    )
    assert [row[:4] for row in fills(found)] == [(4, 0, 1, 10_400), (7, 4, -1, 10_700)]


def test_progress_and_tables_that_grow() -> None:
    count = 10_001
    told: list[float] = []
    book = made([FLAT] * count)
    wishes = {t: LONG if t % 2 == 0 else LEAVE_LONG for t in range(count)}
    found = run_signals(book, plan(wishes, count), terms(book, fees=fixed("0.1")), told.append)
    assert len(told) >= 100
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert found.fills.lot.tolist() == [k // 2 for k in range(10_000)]
    assert len(trades_of(book, found, terms(book))) == 5_000


def test_amounts_beyond_what_is_booked_end_the_run() -> None:
    rows = [FLAT, FLAT, bar(100, 10_000, 100, 10_000), bar(10_000, 10_000, 10_000, 10_000)]
    with pytest.raises(TooLarge) as caught:
        run(rows, {0: LONG, 2: LEAVE_LONG}, capital=1_000_000_000)
    assert caught.value.code == "TEMPLATE_ERROR"


def test_no_bars() -> None:
    book = made([FLAT] * 2, warmup=2)
    given = Terms(start_ms=START, end_ms=START + HOUR, leverage=1, fees=fixed(0))
    assert run_signals(book, plan({}, 2), given, lambda share: None).wallet == 1000 * SCALE
