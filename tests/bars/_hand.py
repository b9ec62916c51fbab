"""Small markets for cases that are worked by hand: prices are whole ticks of 1, quantities steps of 0.01, bars of one hour from 1970 on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from quantgpt.bars.fees import schedule
from quantgpt.bars.instrument import Instrument
from quantgpt.bars.outcome import BookRun, Cause
from quantgpt.bars.simulate import simulate
from quantgpt.bars.terms import Bars, BookInput, FundingRates, Terms
from quantgpt.templates import GridPlan

HOUR = 3_600_000
Row = tuple[int, int, int, int]


def instrument(
    *, tick: str = "1", step: str = "0.01", min_notional: str = "0", symbol: str = "BTCUSDT"
) -> Instrument:  # fmt: skip
    return Instrument(
        symbol=symbol, base="BTC", quote="USDT", venue="perp", tick=Decimal(tick), step=Decimal(step),
        min_notional=Decimal(min_notional), min_price=Decimal(tick), max_price=Decimal(10**9),
        min_qty=Decimal(step), max_qty=Decimal(10**9),
    )  # fmt: skip


def book(
    rows: Sequence[Row],
    capital: str,
    *,
    of: Instrument | None = None,
    funding: Sequence[tuple[int, int]] = (),
    ends_main: Sequence[int] | None = None,
    opened: Sequence[int] | None = None,
) -> BookInput:
    """rows: (open, high, low, close) in ticks, one an hour (or at `opened`, ms). funding: (instant in ms, rate in 1e-8)."""
    table = np.array(rows, np.int64).reshape(-1, 4)
    times = np.arange(len(table), dtype=np.int64) * HOUR if opened is None else np.array(opened, np.int64)
    bars = Bars(length_ms=HOUR, open_time=times, open=table[:, 0], high=table[:, 1], low=table[:, 2], close=table[:, 3])
    ends = np.arange(len(table)) if ends_main is None else np.array(ends_main)
    rates = np.array(list(funding), np.int64).reshape(-1, 2)
    return BookInput(
        instrument=of or instrument(), capital=int(Decimal(capital) * 10**8), main=bars, walked=bars,
        ends_main=ends.astype(np.int64), funding=FundingRates(at=rates[:, 0], rate=rates[:, 1]),
    )  # fmt: skip


def terms(bars: int, *, fee_model: str = "none", fee_bps: str | None = None, **others: Any) -> Terms:
    """The window ends with the last bar unless `end_ms` says otherwise."""
    fees = schedule(fee_model, None if fee_bps is None else Decimal(fee_bps), "perp")
    others = {"leverage": 1, "end_ms": bars * HOUR - 1_000, **others}
    return Terms(start_ms=0, fees=fees, **others)


def plan(lower: str, upper: str, levels: int, **others: Any) -> GridPlan:
    prices = ("rebalance_threshold", "stop_loss_price", "take_profit_price")
    others = {name: Decimal(value) if name in prices else value for name, value in others.items()}
    return GridPlan(levels=levels, lower=Decimal(lower), upper=Decimal(upper), **others)


def run(of: BookInput, grid: GridPlan, with_terms: Terms) -> BookRun:
    """The compiled path, booked in Decimal on the way: the books raise where they differ."""
    return simulate([of], grid, with_terms, lambda share: None).books[0]


def told(result: BookRun) -> list[tuple[int, int, int, str, int, str]]:
    """Every fill as (bar, leg, lot, side, price, cause)."""
    f = result.fills
    return [
        (int(f.bar[i]), int(f.leg[i]), int(f.lot[i]), "buy" if f.side[i] > 0 else "sell", int(f.price[i]), Cause(f.cause[i]).name)
        for i in range(len(f.bar))
    ]  # fmt: skip


def money(units: int) -> str:
    """An amount of 1e-8 as plain text without trailing zeros."""
    return format((Decimal(units) / 10**8).normalize(), "f")
