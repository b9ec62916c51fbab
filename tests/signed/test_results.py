"""What is printed of a simulation: the worked sample to the letter, the order of trades, the extras."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from quantgpt.bars.instrument import Instrument
from quantgpt.bars.outcome import BookRun, Cause, Fills, LaidGrid, Payments, Simulation, Trade
from quantgpt.bars.terms import Bars, BookInput
from quantgpt.services.signed import results

START, END = "2025-03-01T00:00:00", "2025-03-02T23:59:59"
SAMPLE = {
    "metrics": {
        "sharpe": "2.8829",
        "sortino": None,
        "calmar": "178.8470",
        "max_drawdown": "-0.005555",
        "win_rate": "0.500000",
        "profit_factor": "1.6754",
        "cagr": "0.993550",
        "expected_value": "1.89375",
        "total_trades": 2,
        "avg_trade_duration_seconds": 32400,
    },
    "equity_curve": [
        ["2025-03-01T00:00:00Z", "1000.00"],
        ["2025-03-02T00:00:00Z", "1009.395"],
        ["2025-03-02T23:59:59Z", "1003.7875"],
    ],
    "trades": [
        {
            "id": 1,
            "side": "buy",
            "symbol": "BTCUSDT",
            "entry_time": "2025-03-01T08:00:00Z",
            "entry_price": "60000.00",
            "exit_time": "2025-03-01T18:00:00Z",
            "exit_price": "61000.00",
            "qty": "0.010000",
            "pnl": "9.395",
            "fee": "0.605",
        },
        {
            "id": 2,
            "side": "buy",
            "symbol": "BTCUSDT",
            "entry_time": "2025-03-02T02:00:00Z",
            "entry_price": "61000.00",
            "exit_time": "2025-03-02T10:00:00Z",
            "exit_price": "60500.00",
            "qty": "0.010000",
            "pnl": "-5.6075",
            "fee": "0.6075",
        },
    ],
}


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def instrument(symbol: str = "BTCUSDT") -> Instrument:
    return Instrument(
        symbol=symbol,
        base=symbol.removesuffix("USDT"),
        quote="USDT",
        venue="perp",
        tick=Decimal("0.01"),
        step=Decimal("0.000001"),
        min_notional=Decimal(5),
        min_price=Decimal("0.01"),
        max_price=Decimal(1_000_000),
        min_qty=Decimal("0.000001"),
        max_qty=Decimal(9000),
    )


def book(symbol: str = "BTCUSDT") -> BookInput:
    hours = ms(START) + 3_600_000 * np.arange(48, dtype=np.int64)
    level = np.full(48, 6_000_000, dtype=np.int64)
    bars = Bars(length_ms=3_600_000, open_time=hours, open=level, high=level, low=level, close=level)
    return BookInput(
        instrument=instrument(symbol), capital=10**11, main=bars, walked=bars, ends_main=np.arange(48, dtype=np.int64)
    )


def empty_run(**more: Any) -> BookRun:
    none = np.empty(0, dtype=np.int64)
    fills = Fills(bar=none, leg=none, lot=none, opens=none.astype(bool), side=none, price=none, quantity=none,
                  fee=none, forgiven=none, cause=none)  # fmt: skip
    return BookRun(fills=fills, payments=Payments(at=none, bar=none, lot=none, amount=none), wallet=0, **more)


def trade(entry: str, exit_: str, bought: str, sold: str, pnl: str, fee: str, symbol: str = "BTCUSDT") -> Trade:
    return Trade(symbol=symbol, side="buy", entry_ms=ms(entry), exit_ms=ms(exit_), entry_price=Decimal(bought),
                 exit_price=Decimal(sold), quantity=Decimal("0.01"), pnl=Decimal(pnl), fee=Decimal(fee),
                 funding=Decimal("0.25"), cause=Cause.MARKET)  # fmt: skip


WINNER = trade("2025-03-01T08:00:00", "2025-03-01T18:00:00", "6E+4", "61000", "9.39500000", "0.60500000")
LOSER = trade("2025-03-02T02:00:00", "2025-03-02T10:00:00", "61000.0", "60500", "-5.60750000", "0.60750000")


def simulation(*trades: Trade, books: tuple[BookRun, ...] = ()) -> Simulation:
    curve = (
        (ms(START), Decimal(1000)),
        (ms("2025-03-02T00:00:00"), Decimal("1009.39500000")),
        (ms(END), Decimal("1003.78750000")),
    )
    return Simulation(trades=trades, curve=curve, books=books or (empty_run(),), bars_walked=48)


def test_the_worked_sample_to_the_letter() -> None:
    found = results.outcome(simulation(LOSER, WINNER), [book()], ms(START), ms(END))
    assert found == SAMPLE
    assert list(found) == list(SAMPLE)
    for ours, theirs in zip(found["trades"], SAMPLE["trades"], strict=True):
        assert list(ours) == list(theirs)


def test_trades_are_ordered_by_exit_entry_symbol_and_as_they_happened() -> None:
    at = ("2025-03-01T08:00:00", "2025-03-01T18:00:00", "60000", "61000", "1", "0")
    early = ("2025-03-01T07:00:00", "2025-03-01T18:00:00", "60000", "61000", "2", "0")
    made = [trade(*at), trade(*at, symbol="ADAUSDT"), trade(*early), trade(*at[:4], "7", "0")]
    found = results.outcome(simulation(*made), [book(), book("ADAUSDT")], ms(START), ms(END))["trades"]
    assert [(t["id"], t["symbol"], t["pnl"]) for t in found] == [
        (1, "BTCUSDT", "2.00"),
        (2, "ADAUSDT", "1.00"),
        (3, "BTCUSDT", "1.00"),
        (4, "BTCUSDT", "7.00"),
    ]


def test_extras_tell_what_the_result_has_no_place_for() -> None:
    grid = LaidGrid(bar=2, buys=(900_000, 950_000), sells=(950_000, 1_000_001), quantity=1_050_000)
    run = empty_run(grids=(grid,), liquidated=True, skipped_margin=2, skipped_notional=1)
    found = results.extras(simulation(LOSER, WINNER, books=(run,)), [book()])
    assert found["liquidated"] == ["BTCUSDT"]
    assert found["skipped"] == {"margin": 2, "notional": 1}
    assert found["totals"] == {
        "pnl": "3.7875",
        "fees": "1.2125",
        "funding": "0.50",
        "gross": "5.50",
        "forgiven": "0.00",
    }
    assert found["counts"] == {"bars": 48, "fills": 0}
    assert found["causes"] == ["market", "market"]
    assert found["funding"] == ["0.25", "0.25"]
    assert found["grids"] == [
        {
            "symbol": "BTCUSDT",
            "from": "2025-03-01T02:00:00Z",
            "buys": ["9000.00", "9500.00"],
            "sells": ["9500.00", "10000.01"],
            "quantity": "1.050000",
        }
    ]
    assert found["sharpe_365"] == "3.4696"


def test_no_trade_at_all() -> None:
    flat = Simulation(trades=(), curve=((0, Decimal(100)), (1500, Decimal(100))), books=(empty_run(),), bars_walked=1)
    found = results.outcome(flat, [book()], 0, 1500)
    assert found["trades"] == []
    assert found["equity_curve"] == [["1970-01-01T00:00:00Z", "100.00"], ["1970-01-01T00:00:01.500Z", "100.00"]]
    assert found["metrics"]["sharpe"] is None


def test_a_long_print_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "TOLD_EVERY", 1)
    told: list[float] = []
    results.outcome(simulation(LOSER, WINNER), [book()], ms(START), ms(END), told.append)
    assert told == [0.5, 1.0]
