"""Market data as the signed interface and the page show it: exchange info, what there is, bars for a chart; and klines."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantgpt.bars.instrument import Instrument
from quantgpt.services._base import App
from quantgpt.services.signed.candles import DataUnavailable, NoPairs, crypto_market
from quantgpt.services.signed.faults import unknown_symbol
from quantgpt.services.signed.instruments import Venue, filters_of, instruments, source_symbol, status_of
from quantgpt.services.signed.klines import digits_of, instrument_of, klines
from quantgpt.services.signed.series import (
    DAY,
    MINUTE,
    STORED,
    TIMEFRAMES,
    missing_spans,
    put_together,
    read,
    sources_of,
    span_of,
)

if TYPE_CHECKING:
    from quantgpt.market import Market

__all__ = ["chart_bars", "exchange_info", "klines", "symbols_known"]
CHART_BARS = 3_000
_CHART_MINUTES = (1, 5, 15, 30, 60, 120, 240, 360, 480, 720, 1_440)


def exchange_info(app: App, symbol: str | None = None, venue: Venue = "perp") -> dict[str, Any]:
    """The pairs of a venue with their filters, or one of them; none where no market has any.

    Raises: UnknownSymbol, NoPairs for a symbol.
    """
    now_ms = int(app.clock.now().timestamp() * 1000)
    try:
        market = crypto_market(app)
    except NoPairs:
        if symbol is not None:
            raise
        return {"serverTime": now_ms, "symbols": []}
    known = {name: instrument for (name, at), instrument in instruments(market).items() if at == venue}
    if symbol is not None and symbol not in known:
        raise unknown_symbol(symbol, sorted(known))
    shown = sorted(known) if symbol is None else [symbol]
    return {"serverTime": now_ms, "symbols": [_listed(market, known[name]) for name in shown]}


def _listed(market: Market, instrument: Instrument) -> dict[str, Any]:
    limits = filters_of(market, instrument.symbol, instrument.venue)
    price = {"minPrice": limits["min_price"], "maxPrice": limits["max_price"], "tickSize": limits["tick"]}
    lot = {"minQty": limits["min_qty"], "maxQty": limits["max_qty"], "stepSize": limits["step"]}
    return {
        "symbol": instrument.symbol,
        "status": status_of(instrument.symbol, instrument.venue),
        "baseAsset": instrument.base,
        "quoteAsset": instrument.quote,
        "pricePrecision": digits_of(instrument.tick),
        "quantityPrecision": digits_of(instrument.step),
        "filters": [
            {"filterType": "PRICE_FILTER", **price},
            {"filterType": "LOT_SIZE", **lot},
            {"filterType": "MARKET_LOT_SIZE", **lot, "maxQty": limits["market_max_qty"]},
            {"filterType": "MIN_NOTIONAL", "minNotional": limits["min_notional"]},
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": int(limits["max_orders"])},
        ],
    }


def symbols_known(market: Market) -> list[dict[str, Any]]:
    """Every pair: its filters, the span of its bars, and at which timeframes a job can be run from when to when.

    `first_ms` is the open time of the first bar, `last_ms` the last millisecond of the last one; decimals are strings.
    """
    return [dict(row) for row in _known(market.root, market.name, market.snapshot)]


@lru_cache(maxsize=4)
def _known(root: Path, name: str, snapshot: str) -> tuple[dict[str, Any], ...]:
    from quantgpt.market import MarketStore

    market = MarketStore(root).open(name, snapshot)
    rows = (_row(market, instrument) for instrument in instruments(market).values())
    return tuple(row for row in rows if row["timeframes"])


def _row(market: Market, instrument: Instrument) -> dict[str, Any]:
    inside = source_symbol(market, instrument.symbol, instrument.venue) or ""
    spans: list[dict[str, Any]] = []
    for timeframe, minutes in TIMEFRAMES.items():
        own = [_whole(market, inside, freq, minutes * MINUTE) for freq in sources_of(market, inside, minutes)]
        if found := [span for span in own if span is not None]:
            first, last = max(found, key=lambda span: span[1] - span[0])
            spans.append({"timeframe": timeframe, "first_ms": first, "last_ms": last})
    rates = market.bars_span(inside, "funding") if f"bars/funding/{inside}" in market.manifest.tables else None
    return {
        "symbol": instrument.symbol,
        "venue": instrument.venue,
        "status": status_of(instrument.symbol, instrument.venue),
        "base": instrument.base,
        "quote": instrument.quote,
        "tick": format(instrument.tick, "f"),
        "step": format(instrument.step, "f"),
        "min_notional": format(instrument.min_notional, "f"),
        "first_ms": min((span["first_ms"] for span in spans), default=0),
        "last_ms": max((span["last_ms"] for span in spans), default=0),
        "timeframes": spans,
        "funding": None if rates is None else {"first_ms": rates[0] // 1000, "last_ms": rates[1] // 1000},
    }


def _whole(market: Market, inside: str, freq: str, length_ms: int) -> tuple[int, int] | None:
    """Open time of the first whole bar of a length and the last millisecond of the last one."""
    known_first, known_last = span_of(market, inside, freq)
    first = -(-known_first // length_ms) * length_ms
    stop = (known_last + STORED[freq] * MINUTE) // length_ms * length_ms
    return (first, stop - 1) if stop > first else None


def chart_bars(
    market: Market, symbol: str, venue: str, timeframe: str, start_ms: int, end_ms: int, most: int = CHART_BARS
) -> dict[str, Any]:
    """Bars with start ≤ open time ≤ end for a chart: those of `timeframe`, or as much longer ones as it takes to show at
    most `most`; lists of numbers, and `missing` the holes as [from, to) in milliseconds.

    Raises: UnknownSymbol, DataUnavailable.
    """
    instrument = instrument_of(market, symbol, venue)
    minutes = TIMEFRAMES[timeframe]
    inside = source_symbol(market, symbol, instrument.venue) or ""
    own = [read(market, inside, freq, start_ms, end_ms) for freq in sources_of(market, inside, minutes)]
    best = max(own, key=lambda series: series.time.size * series.length_ms, default=None)
    if best is None:
        raise DataUnavailable(
            f"没有 {symbol} 的 {timeframe} K 线", en=f"no {timeframe} bars of {symbol}", field="timeframe"
        )
    length = _chart_length(minutes, end_ms - start_ms, most)
    shown = put_together(best, best.time // length * length, length)
    columns = ("time", "open", "high", "low", "close", "volume")
    lists = {("open_time" if name == "time" else name): getattr(shown, name).tolist() for name in columns}
    return {"length_ms": length, **lists, "missing": [list(span) for span in missing_spans(best.time, best.length_ms)]}


def _chart_length(minutes: int, span_ms: int, most: int) -> int:
    """The shortest whole multiple of a timeframe, lined up with UTC midnight, of which no more than `most` fill a span."""
    lengths = [one for one in _CHART_MINUTES if one % minutes == 0] or [minutes]
    days = max(1, -(-span_ms // (DAY * most)))
    fine = (one * MINUTE for one in lengths if span_ms // (one * MINUTE) + 1 <= most)
    return next(fine, days * DAY)
