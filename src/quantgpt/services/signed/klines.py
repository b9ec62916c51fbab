"""Klines of the signed interface: closed candles of fifteen lengths out of the stored ones."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from quantgpt.bars.instrument import Instrument
from quantgpt.foundations.errors import BadRequest
from quantgpt.services._base import App
from quantgpt.services.signed.candles import DataUnavailable, crypto_market
from quantgpt.services.signed.faults import unknown_symbol
from quantgpt.services.signed.instruments import Venue, fitted, instruments, source_symbol
from quantgpt.services.signed.series import (
    DAY,
    MINUTE,
    Instants,
    Series,
    aggregated,
    put_together,
    read,
    sources_of,
    stored_lengths,
)

if TYPE_CHECKING:
    from quantgpt.market import Market

INTERVALS = {
    "1m": 1,
    "3m": 3,
    "5m": 5,
    "15m": 15,
    "30m": 30,
    "1h": 60,
    "2h": 120,
    "4h": 240,
    "6h": 360,
    "8h": 480,
    "12h": 720,
    "1d": 1_440,
    "3d": 4_320,
    "1w": 10_080,
    "1M": 1_440,
}
"""Lengths in minutes; weeks begin on Monday, and a month is put together from days."""
MONDAY_MS = 4 * DAY
"""The first Monday after 1970-01-01."""
CACHED_ROWS = 100_000
"""Longer series are read again each time."""
PRICES = ("open", "high", "low", "close")


def klines(
    app: App,
    symbol: str,
    interval: str,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int = 500,
    venue: Venue = "perp",
) -> list[list[Any]]:
    """Closed candles ascending: the first `limit` ones from `start_ms` on, without it the last ones up to `end_ms`; both
    inclusive, by open time.

    A row is [open time, open, high, low, close, volume, close time, quote volume, trades, taker volume, taker quote volume];
    what the store does not know is None.
    Raises: UnknownSymbol, BadRequest for the interval, DataUnavailable where no stored bars can be put together to it.
    """
    market = crypto_market(app)
    instrument = instrument_of(market, symbol, venue)
    if interval not in INTERVALS:
        raise BadRequest(
            f"interval 应为 {'、'.join(INTERVALS)} 之一",
            en=f"interval takes one of {', '.join(INTERVALS)}",
            field="interval",
            nearest="1h",
        )
    now_ms = int(app.clock.now().timestamp() * 1000)
    low, high = 0 if start_ms is None else start_ms, now_ms if end_ms is None else end_ms
    series = list(_candidates(market, instrument, interval))
    own = [_closed(one, interval, now_ms).between(low, high) for one in series]
    filled = [one for one in own if one.time.size]
    if not filled:
        return []
    best = filled[0] if start_ms is not None else max(filled, key=lambda one: int(one.time[-1]))
    return _printed(best.take(slice(0, limit) if start_ms is not None else slice(-limit, None)), instrument, interval)


def instrument_of(market: Market, symbol: str, venue: str) -> Instrument:
    """The pair of that name.  Raises: UnknownSymbol."""
    known = instruments(market)
    found = next((one for (name, at), one in known.items() if (name, at) == (symbol, venue)), None)
    if found is None:
        raise unknown_symbol(symbol, sorted(name for name, at in known if at == venue))
    return found


def _candidates(market: Market, instrument: Instrument, interval: str) -> list[Series]:
    """Stored series that candles of an interval can be made of, the coarsest first.  Raises: DataUnavailable."""
    inside = source_symbol(market, instrument.symbol, instrument.venue) or ""
    names = sources_of(market, inside, INTERVALS[interval])
    if not names:
        there = list(reversed(stored_lengths(market, inside)))
        raise DataUnavailable(
            f"没有 {instrument.symbol} 的 {interval} K 线；现有：{'、'.join(there)}",
            en=f"no {interval} bars of {instrument.symbol}; there are: {', '.join(there)}",
            field="interval",
        )
    return [series_of(market, inside, name) for name in names]


def series_of(market: Market, inside: str, freq: str) -> Series:
    """A stored series; a short one is kept in memory."""
    if int(market.manifest.tables[f"bars/{freq}/{inside}"]["rows"]) > CACHED_ROWS:
        return read(market, inside, freq)
    return _kept(market.root, market.name, market.snapshot, inside, freq)


@lru_cache(maxsize=16)
def _kept(root: Path, name: str, snapshot: str, inside: str, freq: str) -> Series:
    from quantgpt.market import MarketStore

    return read(MarketStore(root).open(name, snapshot), inside, freq)


def _closed(series: Series, interval: str, now_ms: int) -> Series:
    """Candles of an interval that have closed, and that the series reaches the end of."""
    candles = _grouped(series, interval)
    if not candles.time.size:
        return candles
    stop_ms = min(now_ms, int(series.time[-1]) + series.length_ms)
    return candles.take(_next(candles.time, interval) <= stop_ms)


def _grouped(series: Series, interval: str) -> Series:
    """Candles of an interval; a leading one that the series begins in the middle of is left out."""
    length = INTERVALS[interval] * MINUTE
    if interval not in ("1w", "1M"):
        return aggregated(series, length)
    days = aggregated(series, DAY)
    group = _month(days.time) if interval == "1M" else (days.time - MONDAY_MS) // length * length + MONDAY_MS
    made = put_together(days, group, length)
    return made.take(slice(1 if made.time.size and days.time[0] > made.time[0] else 0, None))


def _month(time: Instants) -> Instants:
    months = time.astype("datetime64[ms]").astype("datetime64[M]")
    return np.asarray(months.astype("datetime64[ms]").astype(np.int64))


def _next(time: Instants, interval: str) -> Instants:
    """Open time of the candle after each."""
    if interval != "1M":
        return time + INTERVALS[interval] * MINUTE
    months = time.astype("datetime64[ms]").astype("datetime64[M]") + 1
    return np.asarray(months.astype("datetime64[ms]").astype(np.int64))


def _printed(candles: Series, instrument: Instrument, interval: str) -> list[list[Any]]:
    own = fitted(instrument, [getattr(candles, name) for name in PRICES])
    digits = digits_of(own.tick)
    prices = [[f"{value:.{digits}f}" for value in getattr(candles, name).tolist()] for name in PRICES]
    sums = [
        [_plain(value) for value in getattr(candles, name).tolist()]
        for name in ("volume", "amount", "taker_volume", "taker_amount")
    ]
    trades = [None if value != value else int(value) for value in candles.trades.tolist()]
    close = (_next(candles.time, interval) - 1).tolist()
    return [
        list(row)
        for row in zip(candles.time.tolist(), *prices, sums[0], close, sums[1], trades, sums[2], sums[3], strict=True)
    ]


def digits_of(step: Decimal) -> int:
    """How many decimals a step has."""
    return max(0, -int(step.as_tuple().exponent))


def _plain(value: float) -> str | None:
    """A sum of quantities without the dust of adding them; None where it is not known."""
    if value != value:
        return None
    text = f"{value:.8f}".rstrip("0")
    return text + "0" if text.endswith(".") else text
