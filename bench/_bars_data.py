"""Deterministic synthetic bars of one coin: whole quarters of a dollar, so that every side computes averages exactly."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.instrument import Instrument
from quantgpt.bars.terms import Bars, BookInput

TICK = Decimal("0.25")
MINUTE = 60_000
START = 1_735_689_600_000
"""2025-01-01T00:00:00Z in milliseconds"""
FIELDS = ("open", "high", "low", "close")

COIN = Instrument(
    symbol="BTCUSDT",
    base="BTC",
    quote="USDT",
    venue="perp",
    tick=TICK,
    step=Decimal("0.000001"),
    min_notional=Decimal(5),
    min_price=TICK,
    max_price=Decimal(10_000_000),
    min_qty=Decimal("0.000001"),
    max_qty=Decimal(9000),
)


def bars(count: int, length_ms: int = MINUTE, seed: int = 20250101) -> Bars:
    """A walk around 60,000 that turns back at the edges of 48,000 and 75,000, its steps as wide as those of the market."""
    g = np.random.Generator(np.random.PCG64(seed + count))
    spread = 0.0006 * np.sqrt(length_ms / MINUTE)
    log = np.cumsum(g.standard_t(5, count) * spread)
    low, high = np.log(48_000 / 60_000), np.log(75_000 / 60_000)
    folded = low + np.abs((log - low) % (2 * (high - low)) - (high - low))
    close = np.round(60_000 * np.exp(folded) / float(TICK)).astype(np.int64)
    gap = g.integers(-2, 3, count)
    begin = np.concatenate(([240_000], close[:-1])) + gap
    reach = np.abs(g.standard_normal((2, count))) * close * spread * 0.6
    top = np.maximum(begin, close) + reach[0].astype(np.int64)
    bottom = np.minimum(begin, close) - reach[1].astype(np.int64)
    at = START + length_ms * np.arange(count, dtype=np.int64)
    return Bars(length_ms=length_ms, open_time=at, open=begin, high=top, low=bottom, close=close)


def book(made: Bars, capital: Decimal) -> BookInput:
    """A book over those bars, none of them before its start."""
    ends = np.arange(len(made.open_time), dtype=np.int64)
    return BookInput(instrument=COIN, capital=int(capital * 10**8), main=made, walked=made, ends_main=ends)


def saved(made: Bars, folder: Path) -> dict[str, str]:
    """The prices in dollars as .npy files, and the open times; the paths by name."""
    paths = {}
    columns: dict[str, NDArray[np.int64] | NDArray[np.float64]] = {"time": made.open_time}
    columns |= {name: getattr(made, name) * float(TICK) for name in FIELDS}
    for name, column in columns.items():
        paths[name] = str(folder / f"{name}.npy")
        np.save(paths[name], column)
    return paths
