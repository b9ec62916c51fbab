"""The grid engine on bars that are worked by hand."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from tests.bars._hand import HOUR, book, instrument, money, plan, run, terms, told

from quantgpt.bars import grid as grid_module
from quantgpt.bars.faults import InsufficientCapital, TooLarge
from quantgpt.bars.lattice.lines import bounds_around, lattice, prices

THREE = plan("90", "110", 3)


def test_short_mirrors_long() -> None:
    """Two lots of 1.00 sold at 105 (capital 210); one bought back at 100, one at 90; both open again, and are closed at 110."""
    bars = [(105, 106, 99, 101), (101, 111, 89, 110)]
    result = run(book(bars, "210"), plan("90", "110", 3, mode="short"), terms(2))
    assert told(result) == [
        (0, 0, 0, "sell", 105, "MARKET"),
        (0, 0, 1, "sell", 105, "MARKET"),
        (0, 2, 1, "buy", 100, "LIMIT"),
        (1, 1, 0, "buy", 90, "LIMIT"),
        (1, 2, 2, "sell", 100, "LIMIT"),
        (1, 2, 3, "sell", 110, "LIMIT"),
        (1, 4, 2, "buy", 110, "END"),
        (1, 4, 3, "buy", 110, "END"),
    ]
    assert money(result.wallet) == "220"
    assert set(result.fills.quantity.tolist()) == {100}


def test_neutral_starts_flat_and_works_both_sides() -> None:
    """Lines 90 … 120, open 105: intervals at 90 and 100 are long ones, the one of 110-120 is short; q = 310 / (90 + 100 + 120)."""
    bars = [(105, 121, 99, 104), (104, 110, 104, 110)]
    result = run(book(bars, "310"), plan("90", "120", 4, mode="neutral"), terms(2))
    assert told(result) == [
        (0, 1, 0, "sell", 120, "LIMIT"),
        (0, 2, 0, "buy", 110, "LIMIT"),
        (0, 2, 1, "buy", 100, "LIMIT"),
        (1, 2, 1, "sell", 110, "LIMIT"),
    ]
    assert money(result.wallet) == "330"


@pytest.mark.parametrize(("opening", "quantity"), [(95, 157), (105, 153)])
def test_lots_leave_room_for_entry_fees(opening: int, quantity: int) -> None:
    """Capital 100, 3x, 2/5 bps: 300 / (2 · 95 · 1.0015) = 1.576; 300 / (105 · 1.0015 + 90 · 1.0006) = 1.536."""
    flat = [(opening, opening, opening, opening)]
    result = run(book(flat, "100"), THREE, terms(1, fee_model="match_exchange", leverage=3))
    assert result.grids[0].quantity == quantity
    assert result.skipped_margin == 0


def test_fees_and_margin_of_the_first_lots() -> None:
    """149.15 · 5 bps = 0.074575 a lot at 95, and the same again at the close."""
    result = run(book([(95, 95, 95, 95)], "100"), THREE, terms(1, fee_model="match_exchange", leverage=3))
    assert result.fills.fee.tolist() == [7_457_500] * 4
    assert money(result.wallet) == "99.7017"


def test_orders_that_an_open_reaches_fill_at_the_open() -> None:
    bars = [(105, 105, 105, 105), (85, 88, 84, 88), (112, 112, 112, 112)]
    result = run(book(bars, "200"), THREE, terms(3))
    assert told(result) == [
        (0, 0, 0, "buy", 105, "MARKET"),
        (1, 0, 1, "buy", 85, "LIMIT"),
        (2, 0, 1, "sell", 112, "LIMIT"),
        (2, 0, 0, "sell", 112, "LIMIT"),
    ]
    assert result.fills.quantity[0] == 102


def test_strict_touch_wants_one_tick_more() -> None:
    bars = [(105, 105, 90, 100), (90, 95, 90, 95), (95, 95, 89, 94), (94, 100, 94, 100), (101, 101, 101, 101)]
    touched = told(run(book(bars, "200"), THREE, terms(5)))
    strict = told(run(book(bars, "200"), THREE, terms(5, strict_touch=True)))
    assert touched[1] == (0, 2, 1, "buy", 90, "LIMIT")
    assert strict[1] == (2, 2, 1, "buy", 90, "LIMIT")
    assert strict[2] == (4, 0, 1, "sell", 101, "LIMIT")


def test_a_counter_order_waits_for_the_next_leg() -> None:
    """105 → 89 → 111 → 106: bought at 90 on leg 1, sold at 100 and 110 on leg 2, bought again at neither on leg 3; then 106 → 107 → 85 → 86."""
    bars = [(105, 111, 89, 106), (106, 107, 85, 86)]
    assert told(run(book(bars, "200"), THREE, terms(2))) == [
        (0, 0, 0, "buy", 105, "MARKET"),
        (0, 1, 1, "buy", 90, "LIMIT"),
        (0, 2, 1, "sell", 100, "LIMIT"),
        (0, 2, 0, "sell", 110, "LIMIT"),
        (1, 2, 2, "buy", 100, "LIMIT"),
        (1, 2, 3, "buy", 90, "LIMIT"),
        (1, 4, 2, "sell", 86, "END"),
        (1, 4, 3, "sell", 86, "END"),
    ]


def test_pessimistic_makes_what_a_leg_created_wait_for_the_next_bar() -> None:
    bars = [(95, 101, 94, 95), (95, 102, 89, 101), (101, 101, 101, 101)]
    two = plan("90", "100", 2)
    first = [(0, 0, 0, "buy", 95, "MARKET"), (0, 2, 0, "sell", 100, "LIMIT"), (1, 1, 1, "buy", 90, "LIMIT")]
    assert told(run(book(bars, "95"), two, terms(3))) == [*first, (1, 2, 1, "sell", 100, "LIMIT")]
    assert told(run(book(bars, "95"), two, terms(3, intrabar="pessimistic"))) == [
        *first,
        (2, 0, 1, "sell", 101, "LIMIT"),
    ]


def test_pessimistic_takes_the_adverse_extreme_first() -> None:
    """Long from 95 with a stop at 80; the bar falls overall, so the path would see the high first."""
    bars = [(95, 95, 95, 95), (95, 101, 79, 90)]
    two = plan("90", "100", 2, stop_loss_price="80")
    kind = [(fill[4], fill[5]) for fill in told(run(book(bars, "300"), two, terms(2)))]
    worse = [(fill[4], fill[5]) for fill in told(run(book(bars, "300"), two, terms(2, intrabar="pessimistic")))]
    assert kind == [(95, "MARKET"), (100, "LIMIT"), (90, "LIMIT"), (80, "STOP")]
    assert worse == [(95, "MARKET"), (80, "STOP")]


def test_a_stop_closes_everything_in_the_order_of_opening_and_ends_the_grid() -> None:
    bars = [(105, 105, 105, 105), (100, 100, 80, 82), (95, 120, 85, 95)]
    result = run(book(bars, "200"), plan("90", "110", 3, stop_loss_price="85"), terms(3))
    assert told(result) == [
        (0, 0, 0, "buy", 105, "MARKET"),
        (1, 2, 1, "buy", 90, "LIMIT"),
        (1, 2, 0, "sell", 85, "STOP"),
        (1, 2, 1, "sell", 85, "STOP"),
    ]
    assert money(result.wallet) == "174.5"


@pytest.mark.parametrize(("low", "price"), [(80, 84), (85, 85)])
def test_slippage_is_against_the_trader_and_within_the_bar(low: int, price: int) -> None:
    """1 %: 105 → 106.05, up to 107; 85 → 84.15, down to 84, but not below the low."""
    bars = [(105, 107, 105, 105), (100, 100, low, 90)]
    result = run(book(bars, "200"), plan("90", "110", 3, stop_loss_price="85"), terms(2, slippage=1_000_000))
    assert told(result)[0] == (0, 0, 0, "buy", 107, "MARKET")
    assert [fill[4] for fill in told(result) if fill[5] == "STOP"] == [price, price]


def test_a_gap_beyond_the_stop_fills_at_the_open() -> None:
    bars = [(105, 105, 105, 105), (80, 95, 79, 95)]
    result = run(book(bars, "200"), plan("90", "110", 3, stop_loss_price="85.5"), terms(2))
    assert told(result)[1:] == [(1, 0, 0, "sell", 80, "STOP")]


def test_a_take_profit_ends_the_grid_without_open_lots_too() -> None:
    bars = [(105, 116, 105, 115), (115, 115, 85, 100)]
    result = run(book(bars, "200"), plan("90", "110", 3, take_profit_price="115"), terms(2))
    assert told(result) == [(0, 0, 0, "buy", 105, "MARKET"), (0, 2, 0, "sell", 110, "LIMIT")]


def test_the_upper_stop_of_a_neutral_grid_buys_its_shorts_back() -> None:
    bars = [(105, 130, 105, 105)]
    neutral = plan("90", "120", 4, mode="neutral", take_profit_price="125")
    assert told(run(book(bars, "310"), neutral, terms(1))) == [
        (0, 2, 0, "sell", 120, "LIMIT"),
        (0, 2, 0, "buy", 125, "TAKE_PROFIT"),
    ]


def test_a_grid_that_would_be_laid_beyond_its_stop_is_over() -> None:
    result = run(book([(85, 120, 85, 100)], "200"), plan("90", "110", 3, stop_loss_price="85"), terms(1))
    assert told(result) == []
    assert result.grids == ()


def test_a_rebalance_lays_the_same_width_around_the_next_open() -> None:
    """Left above 115.5 (close 116), laid around 117 as 107-117-127; left below 101.65 (close 100), laid around 95 as 85-95-105."""
    bars = [(105, 105, 105, 105), (105, 118, 105, 116), (117, 117, 99, 100), (95, 96, 95, 96)]
    result = run(book(bars, "200"), plan("90", "110", 3, rebalance_threshold="0.05"), terms(4))
    assert told(result) == [
        (0, 0, 0, "buy", 105, "MARKET"),
        (1, 2, 0, "sell", 110, "LIMIT"),
        (2, 0, 1, "buy", 117, "MARKET"),
        (2, 2, 2, "buy", 107, "LIMIT"),
        (3, 0, 2, "sell", 95, "REBALANCE"),
        (3, 0, 1, "sell", 95, "REBALANCE"),
        (3, 0, 3, "buy", 95, "MARKET"),
        (3, 4, 3, "sell", 96, "END"),
    ]
    assert [(laid.bar, laid.buys, laid.sells, laid.quantity) for laid in result.grids] == [
        (0, (90, 100), (100, 110), 102),
        (2, (107, 117), (117, 127), 91),
        (3, (85, 95), (95, 105), 96),
    ]
    assert money(result.wallet) == "175.12"


def test_only_main_bars_decide_on_a_rebalance() -> None:
    bars = [(105, 105, 105, 105), (105, 118, 105, 116), (117, 117, 99, 100), (95, 96, 95, 96)]
    result = run(
        book(bars, "200", ends_main=[-1, -1, -1, 0]), plan("90", "110", 3, rebalance_threshold="0.05"), terms(4)
    )
    assert len(result.grids) == 1


def test_funding_is_paid_at_the_open_or_at_the_close_before() -> None:
    """One lot of 1.00 at 100. At 08:00 by the open 101, at 09:30 by the close 102 of that bar, at 10:45 (after the last bar's open) by its close 103."""
    bars = [(100, 100, 100, 100)] * 8 + [(101, 101, 101, 101), (101, 102, 101, 102), (102, 103, 102, 103)]
    due = [(0, 10_000), (8 * HOUR, 10_000), (9 * HOUR + HOUR // 2, -20_000), (10 * HOUR + 45 * 60_000, 10_000), (11 * HOUR, 10_000)]  # fmt: skip
    result = run(book(bars, "100", funding=due), plan("90", "110", 2), terms(11))
    paid = result.payments
    assert list(zip(paid.at.tolist(), paid.bar.tolist(), paid.lot.tolist(), paid.amount.tolist(), strict=True)) == [
        (8 * HOUR, 8, 0, 1_010_000),
        (9 * HOUR + HOUR // 2, 10, 0, -2_040_000),
        (10 * HOUR + 45 * 60_000, 11, 0, 1_030_000),
    ]
    assert money(result.wallet) == "103"


def test_funding_takes_no_more_than_there_is_and_then_the_book_is_liquidated() -> None:
    bars = [(100, 100, 100, 100)] * 4
    result = run(book(bars, "100", funding=[(HOUR, 10**8), (HOUR + 1, 10**8)]), plan("90", "110", 2), terms(4))
    assert result.payments.amount.tolist() == [100 * 10**8]
    assert told(result)[1] == (1, 0, 0, "sell", 100, "LIQUIDATION")
    assert result.liquidated
    assert result.wallet == 0


def test_a_gap_beyond_the_liquidation_price_is_the_venues_loss() -> None:
    """10x, margin 10 of notional 100; the open at 80 loses 20: 10 of it are forgiven, no fee is left to take."""
    result = run(book([(100, 100, 100, 100), (80, 80, 80, 80)], "10"), plan("50", "150", 2), terms(2, leverage=10))
    assert told(result)[1] == (1, 0, 0, "sell", 80, "LIQUIDATION")
    assert result.fills.forgiven.tolist() == [0, 10 * 10**8]
    assert result.wallet == 0


def test_every_buy_on_the_way_down_moves_the_liquidation_price() -> None:
    """5x, lots of 1.11 at 100, 90, 80: the line goes 80.3, 76.3, then (299.70 − 59.94) / (3.33 · 0.996) = 72.3, up to 73: before the buy at 70.

    The lots lose 56.61 of 59.94; the fee is 0.5 % of 81.03, three times.
    """
    result = run(book([(100, 100, 60, 100)], "76"), plan("70", "110", 5), terms(1, leverage=5))
    assert told(result) == [
        (0, 0, 0, "buy", 100, "MARKET"),
        (0, 1, 1, "buy", 90, "LIMIT"),
        (0, 1, 2, "buy", 80, "LIMIT"),
        (0, 1, 0, "sell", 73, "LIQUIDATION"),
        (0, 1, 1, "sell", 73, "LIQUIDATION"),
        (0, 1, 2, "sell", 73, "LIQUIDATION"),
    ]
    assert [money(fee) for fee in result.fills.fee.tolist()[3:]] == ["0.40515"] * 3
    assert money(result.wallet) == "18.17455"


def test_orders_below_the_minimum_notional_are_not_placed() -> None:
    bars = [(105, 105, 105, 105), (105, 105, 85, 104), (104, 111, 99, 100)]
    result = run(book(bars, "195", of=instrument(min_notional="100")), THREE, terms(3))
    assert result.skipped_notional == 1
    assert [fill[4] for fill in told(result)] == [105, 110, 100, 100]


def test_too_little_capital_for_any_interval() -> None:
    with pytest.raises(InsufficientCapital) as caught:
        run(book([(105, 105, 105, 105)], "100", of=instrument(min_notional="100")), THREE, terms(1))
    assert caught.value.code == "INSUFFICIENT_CAPITAL"
    with pytest.raises(InsufficientCapital):
        run(book([(105, 105, 105, 105)], "1"), THREE, terms(1))


def test_an_order_that_the_free_balance_cannot_carry_is_dropped_for_good() -> None:
    """Half of 107.1 is paid for funding: free is 39.35, the buy at 90 needs 91.8."""
    bars = [(105, 105, 105, 105), (105, 105, 105, 105), (105, 105, 85, 105), (105, 105, 85, 105)]
    result = run(book(bars, "200", funding=[(HOUR, 5 * 10**7)]), THREE, terms(4))
    assert result.skipped_margin == 1
    assert [fill[5] for fill in told(result)] == ["MARKET", "END"]


def test_the_rate_follows_the_volume_of_the_book() -> None:
    """999,999.45 taker 5 bps; then 1,052,631 maker 2.0; then, beyond 1 M, 947,367.90 maker 1.8; and the close 947,367.90 taker 4.5."""
    bars = [(95, 100, 89, 90)]
    result = run(book(bars, "1000500"), plan("90", "100", 2), terms(1, fee_model="tiered_maker_taker"))
    assert [money(fee) for fee in result.fills.fee.tolist()] == ["499.999725", "210.5262", "170.526222", "426.315555"]


def test_equal_prices_fill_by_interval() -> None:
    """Five lines within one tick: four buys at 90, four sells at 91."""
    fills = told(run(book([(95, 95, 90, 91)], "400"), plan("90", "91", 5), terms(1)))
    assert [fill[:5] for fill in fills[:4]] == [(0, 2, lot, "buy", 90) for lot in range(4)]
    assert [fill[:5] for fill in fills[4:]] == [(0, 3, lot, "sell", 91) for lot in range(4)]


def test_lines() -> None:
    eight = lattice(plan("60000", "72000", 8), Decimal(60000), Decimal(72000), Decimal("0.01"))
    assert eight.buys[:2] == (6_000_000, 6_171_428)
    assert eight.sells[0] == 6_171_429
    assert eight.sells[-1] == 7_200_000
    assert [int(price) for price in prices(Decimal(100), Decimal(800), 4, "geometric")] == [100, 200, 400, 800]
    assert prices(Decimal(100), Decimal(800), 4, "geometric")[1] == 200


def test_bounds_around_an_open() -> None:
    geometric = plan("100", "400", 3, spacing="geometric")
    assert bounds_around(geometric, Decimal(300), Decimal("0.1")) == (Decimal("150.0"), Decimal("600.0"))
    assert bounds_around(plan("90", "111", 3), Decimal(100), Decimal(1)) == (89, 111)


def _wander(bars: int, seed: int = 5) -> list[tuple[int, int, int, int]]:
    draw = np.random.default_rng(seed)
    close = 10_000 + np.cumsum(draw.integers(-40, 41, bars))
    opening = np.concatenate(([10_000], close[:-1]))
    high = np.maximum(opening, close) + draw.integers(0, 30, bars)
    low = np.minimum(opening, close) - draw.integers(0, 30, bars)
    return [tuple(row) for row in np.column_stack([opening, high, low, close]).tolist()]


def test_a_run_does_not_depend_on_how_it_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    of = book(_wander(3_000), "500000", funding=[(8 * HOUR * k, 10_000) for k in range(375)])
    grid = plan("9000", "11000", 60, rebalance_threshold="0.01")
    told_of = []
    for chunks in (1, 7, 128, 3_000):
        monkeypatch.setattr(grid_module, "CHUNKS", chunks)
        result = run(of, grid, terms(3_000, fee_model="tiered_maker_taker", leverage=3))
        told_of.append((told(result), result.fills.fee.tolist(), result.payments.amount.tolist(), result.wallet))
    assert len(told_of[0][0]) > 500
    assert all(each == told_of[0] for each in told_of)


def test_progress_ascends_in_many_steps() -> None:
    heard: list[float] = []
    grid_module.run_grid(book(_wander(1_000), "500000"), plan("9000", "11000", 10), terms(1_000), heard.append)
    assert len(heard) >= 100
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_amounts_that_cannot_be_booked_are_refused() -> None:
    """20 times 1e9 quote, and then the price trebles."""
    bars = [(100, 100, 100, 100), (300, 300, 300, 300)]
    with pytest.raises(TooLarge) as caught:
        run(book(bars, "1000000000"), plan("90", "1000", 2), terms(2, leverage=20))
    assert caught.value.code == "TEMPLATE_ERROR"


def test_more_fills_than_are_kept_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_module, "MOST_FILLS", 40)
    with pytest.raises(TooLarge, match="40"):
        run(book(_wander(1_000), "500000"), plan("9000", "11000", 60), terms(1_000))
