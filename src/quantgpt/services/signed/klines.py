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
    STORED,
    Instants,
    Series,
    aggregated,
    put_together,
    read,
    sources_of,
    span_of,
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
SLACK_MS = 32 * DAY
"""How much more is read at each end, so that the outermost candles are whole."""
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
    low, high = 0 if start_ms is None else max(0, start_ms), now_ms if end_ms is None else min(end_ms, now_ms)
    inside, names = _stored(market, instrument, interval)
    forward = start_ms is not None
    own = [_found(market, inside, name, interval, low, high, now_ms, limit, forward) for name in names]
    filled = [one for one in own if one.time.size]
    if not filled:
        return []
    best = filled[0] if forward else max(filled, key=lambda one: int(one.time[-1]))
    return _printed(best.take(slice(0, limit) if forward else slice(-limit, None)), instrument, interval)


def instrument_of(market: Market, symbol: str, venue: str) -> Instrument:
    """The pair of that name.  Raises: UnknownSymbol."""
    known = instruments(market)
    found = next((one for (name, at), one in known.items() if (name, at) == (symbol, venue)), None)
    if found is None:
        raise unknown_symbol(symbol, sorted(name for name, at in known if at == venue))
    return found


def _stored(market: Market, instrument: Instrument, interval: str) -> tuple[str, list[str]]:
    """The inside symbol, and the stored lengths that an interval can be made of, the coarsest first.

    Raises: DataUnavailable.
    """
    inside = source_symbol(market, instrument.symbol, instrument.venue) or ""
    names = sources_of(market, inside, INTERVALS[interval])
    if not names:
        there = list(reversed(stored_lengths(market, inside)))
        raise DataUnavailable(
            f"没有 {instrument.symbol} 的 {interval} K 线；现有：{'、'.join(there)}",
            en=f"no {interval} bars of {instrument.symbol}; there are: {', '.join(there)}",
            field="interval",
        )
    return inside, names


def _found(
    market: Market, inside: str, name: str, interval: str, low: int, high: int, now_ms: int, limit: int, forward: bool
) -> Series:
    """Closed candles with low ≤ open time ≤ high: at least `limit` from the low end on, or up to the high one, if there
    are that many. No more is read than that takes: twice as long a span each time that it does not do."""
    first, last = span_of(market, inside, name)
    stop_ms = min(now_ms, last + STORED[name] * MINUTE)
    low, high = max(low, first - SLACK_MS), min(high, last)
    reach = max(limit, 100) * INTERVALS[interval] * MINUTE * (31 if interval == "1M" else 1)
    while True:
        begin, end = (low, min(high, low + reach)) if forward else (max(low, high - reach), high)
        series = _read(market, inside, name, begin - SLACK_MS, end + SLACK_MS)
        candles = _grouped(series, interval)
        candles = candles.take(_next(candles.time, interval) <= stop_ms).between(begin, end)
        if candles.time.size >= limit or (end >= high and begin <= low):
            return candles
        reach *= 2


def _read(market: Market, inside: str, freq: str, first_ms: int, last_ms: int) -> Series:
    """A part of a stored series, from a midnight on; a short series is kept in memory."""
    if int(market.manifest.tables[f"bars/{freq}/{inside}"]["rows"]) > CACHED_ROWS:
        return read(market, inside, freq, first_ms // DAY * DAY, last_ms)
    return _kept(market.root, market.name, market.snapshot, inside, freq)


@lru_cache(maxsize=16)
def _kept(root: Path, name: str, snapshot: str, inside: str, freq: str) -> Series:
    from quantgpt.market import MarketStore

    return read(MarketStore(root).open(name, snapshot), inside, freq)


def _grouped(series: Series, interval: str) -> Series:
    """Candles of an interval; one that the store lacks the beginning of is left out."""
    length = INTERVALS[interval] * MINUTE
    if interval not in ("1w", "1M"):
        return aggregated(series, length)
    group = _month(series.time) if interval == "1M" else (series.time - MONDAY_MS) // length * length + MONDAY_MS
    made = put_together(series, group, length)
    return made.take(made.time >= series.begins_ms)


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
