"""The slow simulator against cases worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from tests.parity.bar_cases import HOUR, START, bars_of, fixed, instrument, plan_of
from tests.parity.decimal_twin.book import MAKER, TAKER, Book
from tests.parity.decimal_twin.grid import lines
from tests.parity.decimal_twin.run import Slow, run_all
from tests.parity.decimal_twin.walk import NoCapital

from quantgpt.bars.instrument import SCALE
from quantgpt.bars.outcome import Cause
from quantgpt.bars.terms import Bars, BookInput, FundingRates, Terms

D = Decimal


def job(
    template: str, rows: Sequence[tuple[float, ...]], params: dict[str, Any], *, capital: str = "1000", bps: str = "0",
    funding: list[tuple[int, str]] | None = None, step: str = "0.01", least: str = "1", **more: Any
) -> Slow:  # fmt: skip
    """Hourly bars (open, high, low, close) in money, tick 0.01."""
    ticks = [tuple(round(x * 100) for x in row) for row in rows]
    times = [START + i * HOUR for i in range(len(rows))]
    bars: Bars = bars_of(ticks, times, HOUR)  # type: ignore[arg-type]
    rates = None
    if funding is not None:
        at, rate = zip(*funding, strict=True)
        rates = FundingRates(at=np.array(at), rate=np.array([int(D(r) * SCALE) for r in rate]))
    book = BookInput(
        instrument=instrument(step=step, min_notional=least), capital=int(D(capital) * SCALE), main=bars, walked=bars,
        ends_main=np.arange(len(rows)), funding=rates,
    )  # fmt: skip
    terms = Terms(start_ms=START, end_ms=times[-1] + HOUR - 1000, leverage=1, fees=fixed(bps))
    plan, values = plan_of(template, params)
    return run_all([book], plan, replace(terms, **more), template, values)


def shown(done: Slow) -> list[tuple[int, int, int, str, str, Cause]]:
    """Bar, leg, side, price, quantity and cause of each fill."""
    return [
        (f.bar, f.leg, f.side, f"{f.price.normalize():f}", f"{f.quantity.normalize():f}", f.cause)
        for f in done.runs[0].book.fills
    ]


GRID = {"grid_levels": 3, "lower_price": "90", "upper_price": "110"}
WORKED = [(95, 101, 94, 99), (99, 99, 89, 92), (92, 112, 92, 112)]


def test_the_worked_table_of_a_long_grid() -> None:
    done = job("tpl_grid", WORKED, GRID, capital="200")
    assert done.runs[0].grids[0][3] == D("1.05")
    assert [(c.lot.entry, c.exit_price, c.pnl) for c in done.runs[0].book.closed] == [
        (D(95), D(100), D("5.25")),
        (D(90), D(100), D("10.50")),
        (D(95), D(110), D("15.75")),
    ]
    assert [t.cause for t in done.trades] == [Cause.LIMIT] * 3
    assert [t.pnl for t in done.trades] == [D("5.25"), D("15.75"), D("10.50")], "by exit, then by entry"
    assert done.curve[-1][1] == D("231.5")


@pytest.mark.parametrize(("side", "price"), [(1, "54216.87"), (-1, "65737.05")])
def test_liquidation_prices_of_the_closed_form(side: int, price: str) -> None:
    terms = Terms(start_ms=0, end_ms=1, leverage=10, fees=fixed(0))
    book = Book(instrument(), terms, D(6000))
    assert book.open(side, D(1), D(60000), TAKER, Cause.MARKET) is not None
    assert book.margin == 6000
    assert book.liquidation_price() == D(price)


def test_a_long_book_at_leverage_one_is_never_liquidated() -> None:
    book = Book(instrument(), Terms(start_ms=0, end_ms=1, leverage=1, fees=fixed(0)), D(60000))
    assert book.open(1, D(1), D(60000), TAKER, Cause.MARKET) is not None
    assert book.liquidation_price() is None


def test_a_counter_order_waits_for_the_next_leg() -> None:
    """95 → 90 buys; 105 sells; 90 buys again only in the next bar, and 100 sells on its second leg."""
    done = job("tpl_grid", [(95, 105, 90, 91), (91, 104, 89, 95)], GRID | {"grid_levels": 2, "upper_price": "100"})
    assert shown(done) == [
        (0, 0, 1, "95", "10.52", Cause.MARKET),
        (0, 1, -1, "100", "10.52", Cause.LIMIT),
        (0, 2, 1, "90", "10.52", Cause.LIMIT),
        (1, 2, -1, "100", "10.52", Cause.LIMIT),
    ]


def test_what_the_open_crosses_fills_at_the_open() -> None:
    done = job("tpl_grid", [(95, 96, 94, 95), (103, 104, 102, 103), (85, 86, 84, 85)], GRID, capital="200")
    assert shown(done)[2:4] == [(1, 0, -1, "103", "1.05", Cause.LIMIT), (2, 0, 1, "85", "1.05", Cause.LIMIT)]


def test_strict_touch_wants_one_tick_more() -> None:
    rows = [(95, 100, 94, 99), (100, 100, 99, 100), (100, 100.01, 99, 100)]
    done = job("tpl_grid", rows, GRID, capital="200", strict_touch=True)
    assert [f[:4] for f in shown(done)[2:3]] == [(2, 2, -1, "100")]


def test_a_short_grid_mirrors() -> None:
    """Both intervals sell at 105 (bk 90 and 100 lie below it); 99 fills the buy at 100, 89 that at 90."""
    done = job("tpl_grid", [(105, 106, 99, 99.5), (99.5, 99.5, 89, 95)], GRID | {"mode": "short"}, capital="210")
    assert [(f[0], f[2], f[3]) for f in shown(done)] == [(0, -1, "105"), (0, -1, "105"), (0, 1, "100"), (1, 1, "90")]
    assert [t.pnl for t in done.trades] == [D(5), D(15)]


def test_a_neutral_grid_starts_flat() -> None:
    done = job("tpl_grid", [(95, 96, 94, 95), (95, 111, 89, 100)], GRID | {"mode": "neutral"}, capital="200")
    assert [(f[0], f[1], f[2], f[3]) for f in shown(done)] == [
        (1, 1, 1, "90"), (1, 2, -1, "100"), (1, 2, -1, "110"), (1, 3, 1, "100"),
    ]  # fmt: skip
    assert [t.side for t in done.trades] == ["buy", "sell"]


def test_stops_of_the_grid_end_it() -> None:
    params = GRID | {"stop_loss_price": "85", "take_profit_price": "120"}
    done = job("tpl_grid", [(95, 96, 84, 95), (95, 111, 80, 100)], params, capital="200", slippage=1_000_000)
    fills = shown(done)
    assert [f[5] for f in fills] == [Cause.MARKET, Cause.MARKET, Cause.STOP, Cause.STOP]
    assert fills[2][3] == "84.15"
    below = job("tpl_grid", [(84, 96, 84, 95)], params, capital="200")
    assert shown(below) == []
    assert below.curve[-1][1] == 200


def test_a_grid_is_laid_anew_around_the_next_open() -> None:
    params = GRID | {"rebalance_threshold": "0.02"}
    done = job("tpl_grid", [(95, 113, 94, 113), (114, 115, 113, 114)], params, capital="200")
    first, second = done.runs[0].grids
    assert first[1] == (D(90), D(100))
    assert (second[0], second[1], second[2]) == (1, (D(104), D(114)), (D(114), D(124)))


def test_geometric_lines_have_exact_bounds_and_powers() -> None:
    assert lines(D(100), D(400), 3, "geometric") == [100, 200, 400]
    assert [float(x) for x in lines(D(100), D(800), 4, "geometric")] == [100, 200, 400, 800]


def test_too_little_capital_for_a_grid() -> None:
    with pytest.raises(NoCapital):
        job("tpl_grid", WORKED, GRID, capital="1", least="5")


BREAK = {"lookback": 2, "exit_lookback": 2}


def test_a_breakout_enters_at_the_next_open_and_leaves_by_its_stop() -> None:
    rows = [(10, 11, 9, 10), (10, 11, 9, 10), (10, 12, 10, 12), (12.5, 13, 12, 13), (13, 13, 11, 11.5)]
    done = job("tpl_breakout", rows, BREAK | {"stop_loss_pct": "0.1"}, bps="10")
    # budget 1000, price 12.5, fee 0.1 %: 79.92 steps of 0.01 cost 999 and 0.999
    assert shown(done) == [
        (3, 0, 1, "12.5", "79.92", Cause.MARKET), (4, 2, -1, "11.25", "79.92", Cause.STOP),
    ]  # fmt: skip
    fees = D("0.999"), D("0.8991")
    assert done.trades[0].fee == sum(fees)
    assert done.trades[0].pnl == D("79.92") * D("-1.25") - sum(fees)
    assert done.curve[-1][1] == 1000 + done.trades[0].pnl


def test_a_leveraged_long_is_liquidated_on_the_way_down() -> None:
    rows = [(10, 11, 9, 10), (10, 11, 9, 10), (10, 12, 10, 12), (12, 12, 12, 12), (12, 12, 5, 6), (6, 6, 6, 6)]
    done = job("tpl_breakout", rows, BREAK, leverage=10)
    # N 9999.96… margin N/10: (12 - 1.2) / 0.996 = 10.843… → 10.85
    assert shown(done)[-1][:4] == (4, 2, -1, "10.85")
    assert shown(done)[-1][5] == Cause.LIQUIDATION
    assert done.curve[-1][1] >= 0
    deep = job("tpl_breakout", [*rows[:4], (9, 9, 8, 8)], BREAK, leverage=10)
    assert shown(deep)[-1][:4] == (4, 0, -1, "9")
    last = deep.runs[0].book.fills[-1]
    assert last.forgiven > 0
    assert last.fee == 0
    assert deep.curve[-1][1] == 1000 - deep.runs[0].book.fills[0].quantity * D("1.2")


def test_funding_is_paid_at_the_open_or_at_the_close_before() -> None:
    rows = [(10, 11, 9, 10), (10, 11, 9, 10), (10, 12, 10, 12), (12, 14, 12, 13), (14, 14, 14, 14), (14, 14, 14, 14)]
    at = START + 4 * HOUR
    done = job("tpl_breakout", rows, BREAK, funding=[(at - 1, "0.001"), (at, "0.01"), (START + 6 * HOUR, "0.5")])
    payments = done.runs[0].book.payments
    quantity = D("83.33")
    assert [(p.bar, p.amount) for p in payments] == [(4, quantity * 13 / 1000), (4, quantity * 14 / 100)]
    assert done.trades[0].funding == sum(p.amount for p in payments)
    assert done.trades[0].fee == 0


def test_a_ladder_buys_by_the_clock_and_takes_its_profit() -> None:
    rows = [(10, 10, 10, 10), (9, 9, 9, 9), (9, 11, 9, 11), (11, 11, 11, 11)]
    done = job("tpl_dca", rows, {"interval": "1h", "buy_amount": "90", "take_profit_pct": "0.05"})
    # 9 @ 10, 10 @ 9, 10 @ 9: average 270/29 = 9.3103… · 1.05 = 9.7758… → 9.78; then flat, and 90 at 11 → 8.18
    assert shown(done) == [
        (0, 0, 1, "10", "9", Cause.MARKET), (1, 0, 1, "9", "10", Cause.MARKET), (2, 0, 1, "9", "10", Cause.MARKET),
        (2, 2, -1, "9.78", "9", Cause.TAKE_PROFIT), (2, 2, -1, "9.78", "10", Cause.TAKE_PROFIT),
        (2, 2, -1, "9.78", "10", Cause.TAKE_PROFIT), (3, 0, 1, "11", "8.18", Cause.MARKET),
        (3, 4, -1, "11", "8.18", Cause.END),
    ]  # fmt: skip


def test_safety_buys_rest_below_the_base() -> None:
    params = {
        "interval": "1d", "buy_amount": "100", "max_orders": 3, "take_profit_pct": "0.1", "safety_step_pct": "0.1",
        "safety_step_scale": "2", "safety_volume_scale": "2",
    }  # fmt: skip
    done = job("tpl_dca", [(10, 10, 10, 10), (10, 10, 8.5, 9), (9, 9, 6.5, 7)], params)
    # 0.1 · 1 below: 9, 200 → 22.22; 0.1 · (1 + 2) below: 7, 400 → 57.14
    assert shown(done)[:3] == [
        (0, 0, 1, "10", "10", Cause.MARKET), (1, 2, 1, "9", "22.22", Cause.LIMIT), (2, 2, 1, "7", "57.14", Cause.LIMIT),
    ]  # fmt: skip


def test_fees_climb_down_the_tiers() -> None:
    terms = Terms(start_ms=0, end_ms=1, leverage=1, fees=replace(fixed(10), from_notional=(0, 1000 * SCALE),
                  maker=(100_000, 50_000), taker=(100_000, 50_000)))  # fmt: skip
    book = Book(instrument(), terms, D(10_000))
    lot = book.open(1, D(1), D(1000), MAKER, Cause.LIMIT)
    assert lot is not None
    assert lot.fee == 1
    assert book.rate(MAKER) == D("0.0005")
    book.now += 30 * 24 * HOUR
    assert book.rate(MAKER) == D("0.001")
