"""Small markets of made-up candles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np

from quantgpt.foundations.clock import FixedClock
from quantgpt.market import MarketStore
from quantgpt.services._base import App

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Bar = tuple[int, float, float, float, float, float]
"""open time in milliseconds, open, high, low, close, volume"""


def made_bars(first_ms: int, count: int, minutes: int, digits: int = 1, seed: int = 0) -> list[Bar]:
    """Bars on a tick of 10^-digits."""
    g = np.random.default_rng(seed)
    close = 80_000 + np.cumsum(g.integers(-300, 301, count))
    out = []
    before = 80_000
    for i, at in enumerate(close.tolist()):
        high, low = max(before, at) + int(g.integers(0, 90)), min(before, at) - int(g.integers(0, 90))
        out.append(
            (first_ms + i * minutes * MINUTE, *(p / 10**digits for p in (before, high, low, at)), float(i % 7) / 8)
        )
        before = at
    return out


def store_of(folder: Path, files: dict[str, Sequence[Bar]], rates: Sequence[tuple[int, str]] = ()) -> MarketStore:
    """A main market with bars by `SYMBOL market` and funding of BTCUSDT."""
    taken = folder / "in"
    taken.mkdir(parents=True)
    for place, (name, bars) in enumerate(files.items()):
        symbol, venue = name.split()[:2]
        lines = ["open_time,symbol,market,open,high,low,close,volume"]
        lines += [f"{bar[0]},{symbol},{venue}," + ",".join(repr(value) for value in bar[1:]) for bar in bars]
        (taken / f"{place}.csv").write_text("\n".join(lines) + "\n")
    if rates:
        lines = ["time,symbol,funding_rate", *(f"{at},BTCUSDT,{rate}" for at, rate in rates)]
        (taken / "rates.csv").write_text("\n".join(lines) + "\n")
    store = MarketStore(folder / "market", FixedClock(NOW))
    store.import_path(taken)
    return store


def app_of(store: MarketStore) -> App:
    return cast(App, SimpleNamespace(markets=store, clock=FixedClock(NOW)))
