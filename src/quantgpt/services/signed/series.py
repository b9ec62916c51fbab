"""Candles of one pair out of the market store, at any length that the stored ones can be put together to."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from quantgpt.market import Market

MINUTE = 60_000
DAY = 1_440 * MINUTE
FAR_MS = 1 << 53
"""Later than any candle."""
STORED = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240}
"""Lengths that the market store keeps, in minutes."""
TIMEFRAMES = {"1m": 1, "5m": 5, "15m": 15, "1h": 60, "4h": 240, "1d": 1_440}
"""Lengths that a job can be run on, in minutes."""

Instants = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Series:
    """Candles ascending by time. All arrays have the shape (T,): open times in milliseconds since 1970, UTC; prices in quote
    currency, volumes in base currency, amounts in quote currency. NaN: not known (never a price)."""

    length_ms: int
    begins_ms: int
    """open time of the first candle that the store has, read or not"""
    time: Instants
    open: Numbers
    high: Numbers
    low: Numbers
    close: Numbers
    volume: Numbers
    amount: Numbers
    trades: Numbers
    taker_volume: Numbers
    taker_amount: Numbers

    def take(self, at: slice | NDArray[np.bool_]) -> Series:
        """Some of the candles."""
        columns = {name: getattr(self, name)[at] for name in _COLUMNS}
        return Series(length_ms=self.length_ms, begins_ms=self.begins_ms, **columns)

    def between(self, first_ms: int, last_ms: int) -> Series:
        """Candles with first ≤ open time ≤ last."""
        edges = np.array([min(max(edge, 0), FAR_MS) for edge in (first_ms, last_ms + 1)], dtype=np.int64)
        return self.take(slice(*np.searchsorted(self.time, edges).tolist()))


_COLUMNS = tuple(field.name for field in fields(Series) if not field.name.endswith("_ms"))
_SUMS = ("volume", "amount", "trades", "taker_volume", "taker_amount")


def read(market: Market, symbol: str, freq: str, first_ms: int = 0, last_ms: int = FAR_MS) -> Series:
    """Stored candles of an inside symbol at a stored length with first ≤ open time ≤ last.  Raises: NotFound."""
    first_ms, last_ms = max(0, first_ms), min(last_ms, FAR_MS)
    found = market.bars(symbol, freq, _COLUMNS, (first_ms * 1000, last_ms * 1000 + 999))
    nothing = np.full(found["time"].size, np.nan)
    time = found["time"].astype("datetime64[ms]").astype(np.int64)
    values = {name: np.asarray(found.get(name, nothing), dtype=np.float64) for name in _COLUMNS if name != "time"}
    begins_ms, _ = span_of(market, symbol, freq)
    whole = Series(length_ms=STORED[freq] * MINUTE, begins_ms=begins_ms, time=time, **values)
    return whole.between(first_ms, last_ms)


def span_of(market: Market, symbol: str, freq: str) -> tuple[int, int]:
    """Open times of the first and the last stored candle, in milliseconds.  Raises: NotFound."""
    first, last = market.bars_span(symbol, freq)
    return first // 1000, last // 1000


def stored_lengths(market: Market, symbol: str) -> list[str]:
    """Lengths at which a symbol is stored, coarsest first."""
    return [freq for freq in reversed(STORED) if f"bars/{freq}/{symbol}" in market.manifest.tables]


def sources_of(market: Market, symbol: str, minutes: int) -> list[str]:
    """Stored lengths out of which candles of `minutes` can be made, the coarsest first."""
    return [freq for freq in stored_lengths(market, symbol) if minutes % STORED[freq] == 0]


def put_together(series: Series, group: Instants, length_ms: int) -> Series:
    """Longer candles: first open, highest high, lowest low, last close and sums of each group of equal `group`, which is the
    longer candle's open time. Shape: (T,) of the series' candles. A sum is NaN where a part of it is."""
    if not group.size:
        return replace(series, length_ms=length_ms)
    first = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    last = np.append(first[1:], group.size) - 1
    sums = {name: np.add.reduceat(getattr(series, name), first) for name in _SUMS}
    return Series(
        length_ms=length_ms,
        begins_ms=series.begins_ms,
        time=group[first],
        open=series.open[first],
        high=np.maximum.reduceat(series.high, first),
        low=np.minimum.reduceat(series.low, first),
        close=series.close[last],
        **sums,
    )


def aggregated(series: Series, length_ms: int) -> Series:
    """Candles of `length_ms` that begin at whole multiples of it since 1970; the series itself where it has that length.

    One that the store lacks the beginning of is left out.
    """
    if length_ms == series.length_ms:
        return series
    made = put_together(series, series.time // length_ms * length_ms, length_ms)
    return made.take(made.time >= series.begins_ms)


def missing_spans(time: Instants, length_ms: int) -> list[tuple[int, int]]:
    """(from, to) of each hole between candles, in milliseconds, `to` exclusive."""
    at = np.flatnonzero(np.diff(time) > length_ms)
    return [(int(time[i]) + length_ms, int(time[i + 1])) for i in at.tolist()]
