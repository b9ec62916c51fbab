"""What can be traded in the simulation: the pairs of a market store with the filters of their venues."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from quantgpt.bars.instrument import SCALE, Instrument
from quantgpt.foundations.errors import BadRequest, Broken
from quantgpt.foundations.symbols import base_and_quote, crypto_parts, crypto_symbol
from quantgpt.market.importing.file import FILTERS
from quantgpt.services.signed.series import Numbers, read, stored_lengths

if TYPE_CHECKING:
    from quantgpt.market import Market

log = logging.getLogger(__name__)
Venue = Literal["perp", "spot"]
Key = tuple[str, Venue]
EXCHANGES = ("BINANCE", "BYBIT")
"""Whose bars stand for a pair, the first that has any."""
MOST_DIGITS = 8
SLACK = 1e-4
"""How far a price may lie from a multiple of a step, in such steps, to count as one."""
MOST_TICKS = 40_000_000_000
"""Ticks in the highest price: finer ones than that are not chosen. A price of that many times 1.1e8 (a slippage of a tenth)
is still a 64-bit number."""

# minPrice, maxPrice, tickSize; minQty, maxQty, stepSize; maxQty of market orders; minNotional; maxNumOrders.
# Whose they are:
# - BTCUSDT perp: the interface's own, as it documents them. The venue's were others on 2026-09-15: tick 0.10, step 0.001,
#   least notional 50.
# - BTCUSDT and ETHUSDT spot, and of the other perpetuals minPrice, maxPrice, tickSize, maxQty and maxNumOrders: the venue's
#   exchangeInfo (api/v3, fapi/v1; 2025, 2026).
# - of the other perpetuals minNotional 5 (the venue's is 20 for ETH and LINK), and the steps of BNB, AVAX and NEAR (the
#   venue's are 0.01, 1 and 1): ours, so fine that the least capital of a template, 100, can be spread over a grid.
# What `quantgpt data crypto` stored together with the bars is the venue's own of that day, and takes the place of a row.
_FILTERS: dict[Key, tuple[str, ...]] = {
    ("BTCUSDT", "perp"): ("0.01", "1000000.00", "0.01", "0.000001", "1000", "0.000001", "120", "5.00", "200"),
    ("ETHUSDT", "perp"): ("39.86", "306177", "0.01", "0.001", "10000", "0.001", "2000", "5", "200"),
    ("BNBUSDT", "perp"): ("6.60", "100000", "0.01", "0.001", "100000", "0.001", "2000", "5", "200"),
    ("SOLUSDT", "perp"): ("0.42", "6857", "0.01", "0.01", "1000000", "0.01", "5000", "5", "200"),
    ("XRPUSDT", "perp"): ("0.0143", "100000", "0.0001", "0.1", "10000000", "0.1", "2000000", "5", "200"),
    ("DOGEUSDT", "perp"): ("0.00244", "30", "0.00001", "1", "50000000", "1", "30000000", "5", "200"),
    ("LINKUSDT", "perp"): ("0.291", "1007.9", "0.001", "0.01", "1000000", "0.01", "20000", "5", "200"),
    ("AVAXUSDT", "perp"): ("0.257", "10000", "0.001", "0.01", "1000000", "0.01", "15000", "5", "200"),
    ("MATICUSDT", "perp"): ("0.0099", "1000", "0.0001", "1", "10000000", "1", "1000000", "5", "200"),
    ("NEARUSDT", "perp"): ("0.052", "10000", "0.001", "0.01", "10000000", "0.01", "200000", "5", "200"),
    ("BTCUSDT", "spot"): ("0.01", "1000000", "0.01", "0.00001", "9000", "0.00001", "120", "5", "200"),
    ("ETHUSDT", "spot"): ("0.01", "1000000", "0.01", "0.0001", "9000", "0.0001", "2000", "5", "200"),
}
_GONE = frozenset({("MATICUSDT", "perp")})
"""No longer traded: settled by the venue when the currency became POL (2024-09)."""
FILTER_NAMES = (
    "min_price",
    "max_price",
    "tick",
    "min_qty",
    "max_qty",
    "step",
    "market_max_qty",
    "min_notional",
    "max_orders",
)


def crypto_symbols(market: Market) -> list[str]:
    """Inside symbols of all pairs with bars."""
    tables = (name.split("/", 2) for name in market.manifest.tables if name.startswith("bars/"))
    return sorted({parts[2] for parts in tables if parts[1] != "funding" and crypto_parts(parts[2])})


def source_symbol(market: Market, symbol: str, venue: str) -> str | None:
    """The inside symbol whose bars stand for a pair of a venue; None where there are none."""
    known = set(crypto_symbols(market))
    names = (crypto_symbol(symbol, exchange, venue) for exchange in EXCHANGES)
    return next((name for name in names if name in known), None)


def instruments(market: Market) -> Mapping[Key, Instrument]:
    """Every pair of a market by (symbol, venue), with its filters."""
    return _instruments(market.root, market.name, market.snapshot)


def status_of(symbol: str, venue: str) -> str:
    """`trading`, or `break` for a pair that its venue has taken off."""
    return "break" if (symbol, venue) in _GONE else "trading"


def filters_of(market: Market, symbol: str, venue: Venue) -> dict[str, str]:
    """The filters of a pair by FILTER_NAMES, as decimal strings: those fetched with its bars, else those known here, else
    what its bars show."""
    name = source_symbol(market, symbol, venue)
    stored = market.manifest.sources.get(f"{FILTERS}{name}")
    if stored is not None:
        return {key: str(stored["filters"][key]) for key in FILTER_NAMES}
    known = _FILTERS.get((symbol, venue))
    if known is not None:
        return dict(zip(FILTER_NAMES, known, strict=True))
    return _shown_by_bars(market, name)


def _shown_by_bars(market: Market, name: str | None) -> dict[str, str]:
    """Steps as fine as prices and volumes of the bars are written; nothing else is limited but the least notional."""
    tick, step = Decimal("0.01"), Decimal("0.001")
    if name is not None:
        bars = read(market, name, stored_lengths(market, name)[0])
        prices = np.concatenate([bars.open, bars.high, bars.low, bars.close])
        tick = max(finest_step(prices), _least_tick([prices]))
        step = max(finest_step(bars.volume[np.isfinite(bars.volume)]), 1 / (SCALE * tick))
    most = Decimal(100_000_000)
    values = (tick, most, tick, step, most, step, most, Decimal(5), Decimal(200))
    return {key: format(value, "f") for key, value in zip(FILTER_NAMES, values, strict=True)}


def finest_step(values: Numbers) -> Decimal:
    """The power of ten from 1 to 1e-8 that all values are multiples of."""
    for digits in range(MOST_DIGITS):
        if are_multiples(values, Decimal(1).scaleb(-digits)):
            return Decimal(1).scaleb(-digits)
    return Decimal(1).scaleb(-MOST_DIGITS)


def are_multiples(values: Numbers, step: Decimal) -> bool:
    """Whether all values are whole multiples of a step."""
    counts = values / float(step)
    return bool(np.all(np.abs(counts - np.rint(counts)) <= SLACK))


def fitted(instrument: Instrument, prices: Sequence[Numbers]) -> Instrument:
    """The instrument with a tick that all those prices are multiples of: a venue's tick of today may be coarser than it
    was. Never one that money could not be booked in, nor one that prices hold too many of; they are then rounded to it."""
    ticks = list(_finer(instrument, _least_tick(prices)))
    return replace(
        instrument, tick=next((t for t in ticks if all(are_multiples(values, t) for values in prices)), ticks[-1])
    )


def _least_tick(prices: Sequence[Numbers]) -> Decimal:
    """The finest power of ten of which the highest price has no more than MOST_TICKS."""
    highest = Decimal(max((float(values.max()) for values in prices if values.size), default=1.0))
    return next(
        (tick for digits in range(MOST_DIGITS, 0, -1) if highest / (tick := Decimal(1).scaleb(-digits)) <= MOST_TICKS),
        Decimal(1),
    )


def _finer(instrument: Instrument, least: Decimal) -> Iterator[Decimal]:
    """The tick, then finer powers of ten down to `least` of which one tick times one step is still a whole number of the
    least money."""
    yield instrument.tick
    for digits in range(MOST_DIGITS + 1):
        tick = Decimal(1).scaleb(-digits)
        money = tick * instrument.step * SCALE
        if least <= tick < instrument.tick and money >= 1 and money == money.to_integral_value():
            yield tick


@lru_cache(maxsize=4)
def _instruments(root: Path, name: str, snapshot: str) -> Mapping[Key, Instrument]:
    from quantgpt.market import MarketStore

    market = MarketStore(root).open(name, snapshot)
    out: dict[Key, Instrument] = {}
    for inside in crypto_symbols(market):
        symbol, _, venue = cast(tuple[str, str, Venue], crypto_parts(inside))
        if source_symbol(market, symbol, venue) == inside:
            try:
                made = _instrument(symbol, venue, filters_of(market, symbol, venue))
            except (BadRequest, Broken) as error:
                log.warning("%s of the market %s cannot be simulated: %s", inside, name, error)
            else:
                out[symbol, venue] = made
    return out


def _instrument(symbol: str, venue: Venue, filters: Mapping[str, Any]) -> Instrument:
    """Raises: BadRequest for a name without a known quote currency, Broken for steps in which money cannot be booked."""
    base, quote = base_and_quote(symbol)
    value = {key: Decimal(filters[key]) for key in FILTER_NAMES}
    made = Instrument(
        symbol=symbol,
        base=base,
        quote=quote,
        venue=venue,
        tick=value["tick"],
        step=value["step"],
        min_notional=value["min_notional"],
        min_price=value["min_price"],
        max_price=value["max_price"],
        min_qty=value["min_qty"],
        max_qty=value["max_qty"],
        max_orders=int(value["max_orders"]),
    )
    assert made.unit
    return made
