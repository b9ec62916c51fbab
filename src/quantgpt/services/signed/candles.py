"""Bars and funding of a signed job: read from the market store, put together, checked for holes, in ticks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.instrument import SCALE, Instrument
from quantgpt.bars.terms import Bars, FundingRates
from quantgpt.foundations.errors import NoData
from quantgpt.services._base import App
from quantgpt.services.signed import instruments as _instruments
from quantgpt.services.signed.instruments import Key, crypto_symbols, fitted, source_symbol
from quantgpt.services.signed.series import (
    DAY,
    MINUTE,
    STORED,
    TIMEFRAMES,
    Series,
    aggregated,
    missing_spans,
    read,
    sources_of,
    span_of,
    stored_lengths,
)

if TYPE_CHECKING:
    from quantgpt.market import Market

MARKETS = ("main", "demo")
"""The first of them that has bars of pairs is used."""
TOLERANCE = 0.005
"""Share of bars that may be missing."""
PRICES = ("open", "high", "low", "close")
_ARRAYS = ("open_time", *PRICES)
FUNDING_MS = 8 * 60 * MINUTE
"""Longest time between two funding instants."""


class DataUnavailable(NoData):
    """The market store lacks bars or funding that a job needs."""

    code = "DATA_UNAVAILABLE"


class NoPairs(NoData):
    """No market has bars of pairs: no symbol is known until somebody puts some in. Asking again does not help."""

    code = "UNKNOWN_SYMBOL"


class Candles(NamedTuple):
    """What a book walks. `instrument` has the tick in which the bars are counted; the rest as `BookInput` says."""

    instrument: Instrument
    main: Bars
    walked: Bars
    ends_main: NDArray[np.int64]


def crypto_market(app: App, name: str | None = None, snapshot: str | None = None) -> Market:
    """The market with bars of pairs: `main` where it has any, else the demo market; or a named one at a snapshot.

    Raises: NoPairs where none has any; UnknownMarket, NotFound for one that is named.
    """
    if name is not None:
        return app.markets.open(name, snapshot)
    known = app.markets.names()
    for candidate in MARKETS:
        if candidate in known and crypto_symbols(market := app.markets.open(candidate)):
            return market
    raise NoPairs(
        "行情库里没有加密货币 K 线，也就没有任何交易对；先在服务器上运行 quantgpt data demo（合成行情）、"
        "quantgpt data crypto BTCUSDT --start 2025-01-01（从交易所取）或 quantgpt data import PATH（导入文件）",
        en="no symbol is known, for the market store holds no bars of crypto pairs; on the server run quantgpt data demo "
        "(made-up bars), quantgpt data crypto BTCUSDT --start 2025-01-01 (from the exchange) or quantgpt data import PATH "
        "(your files)",
    )


def instruments(market: Market) -> Mapping[Key, Instrument]:
    """Every pair of a market by (symbol, venue)."""
    return _instruments.instruments(market)


def book_input(
    market: Market,
    instrument: Instrument,
    timeframe: str,
    detail: str | None,
    start_ms: int,
    end_ms: int,
    now_ms: int,
    warmup: int,
) -> Candles:
    """The bars of a job: those with start ≤ open time ≤ end that have ended by now, up to `warmup` main bars before them.

    With `detail` the finer bars are walked and the main ones put together from them; a main bar that does not end within
    the walked ones is left out, and one that began before `start` is a bar of the warm-up.
    Raises: DataUnavailable naming what there is.
    """
    length = TIMEFRAMES[timeframe] * MINUTE
    walked_name = detail or timeframe
    # a little more than the warm-up is read, so that a hole in it does not shorten it
    back_ms = (warmup + warmup // 50 + 3) * length if warmup else length
    source = covering(market, instrument, walked_name, start_ms, end_ms, now_ms, back_ms)
    fine = aggregated(source, TIMEFRAMES[walked_name] * MINUTE)
    stop_ms = _last_open(fine.length_ms, end_ms, now_ms) + fine.length_ms
    fine = fine.between(0, stop_ms - fine.length_ms)
    main = aggregated(fine, length)
    main = main.take(main.time + length <= stop_ms)
    first = int(np.searchsorted(main.time, start_ms))
    main = main.take(slice(max(0, first - warmup), None))
    if detail is not None:
        walked = fine.between(start_ms, end_ms)
        own = fitted(instrument, [getattr(part, name) for part in (main, walked) for name in PRICES])
        return Candles(own, _in_ticks(main, own), _in_ticks(walked, own), _ends_main(walked, main, start_ms))
    own = fitted(instrument, [getattr(main, name) for name in PRICES])
    bars, run = _in_ticks(main, own), slice(min(first, warmup), None)
    ends = np.arange(main.time.size, dtype=np.int64)[run]
    return Candles(own, bars, Bars(length_ms=length, **{name: getattr(bars, name)[run] for name in _ARRAYS}), ends)


def _ends_main(walked: Series, main: Series, start_ms: int) -> NDArray[np.int64]:
    """For each walked bar the main bar that ends with it, -1 where none does."""
    group = walked.time // main.length_ms * main.length_ms
    last = np.append(group[1:] != group[:-1], True)[: group.size]
    at = np.searchsorted(main.time, group)
    there = at < main.time.size
    there[there] &= main.time[at[there]] == group[there]
    return np.where(last & there & (group >= start_ms), at, -1).astype(np.int64)


def _in_ticks(series: Series, instrument: Instrument) -> Bars:
    tick = float(instrument.tick)
    prices = {name: np.rint(getattr(series, name) / tick).astype(np.int64) for name in PRICES}
    return Bars(length_ms=series.length_ms, open_time=series.time.astype(np.int64), **prices)


def covering(
    market: Market, instrument: Instrument, timeframe: str, start_ms: int, end_ms: int, now_ms: int, back_ms: int = 0
) -> Series:
    """The stored series out of which the bars of a span, and what there is of `back_ms` before it, can be made: the coarsest
    one that has them.

    Raises: DataUnavailable for a length that cannot be made, a span that begins before the first bar or ends after the last
    one, more than 0.5 % missing bars.
    """
    symbol = source_symbol(market, instrument.symbol, instrument.venue)
    names = sources_of(market, symbol, TIMEFRAMES[timeframe]) if symbol else []
    if symbol is None or not names:
        raise _no_such_length(market, instrument, symbol, timeframe)
    length = TIMEFRAMES[timeframe] * MINUTE
    first, last = -(-start_ms // length) * length, _last_open(length, end_ms, now_ms)
    if last < first:
        raise DataUnavailable(
            f"{iso(start_ms)} 至 {iso(end_ms)} 之间没有已收盘的 {timeframe} K 线",
            en=f"no bar of {timeframe} between {iso(start_ms)} and {iso(end_ms)} has closed",
            field="start",
        )
    faults = []
    for name in names:
        fault = _outside(span_of(market, symbol, name), instrument, name, first, last + length, length)
        if fault is None:
            series = read(market, symbol, name, (start_ms - back_ms) // DAY * DAY, last + length - 1)
            fault = _holed(series, instrument, name, first, last + length)
            if fault is None:
                return series
        faults.append(fault)
    raise faults[0]


def _last_open(length_ms: int, end_ms: int, now_ms: int) -> int:
    """Open time of the last bar that belongs to a span and has ended."""
    return min(end_ms // length_ms, now_ms // length_ms - 1) * length_ms


def _no_such_length(market: Market, instrument: Instrument, symbol: str | None, timeframe: str) -> DataUnavailable:
    there = "、".join(reversed(stored_lengths(market, symbol))) if symbol else "—"
    return DataUnavailable(
        f"行情库 {market.name} 没有 {instrument.symbol} 的 {timeframe} K 线，也没有能合成它的更细 K 线；现有：{there}",
        en=f"the market {market.name} has no {timeframe} bars of {instrument.symbol} and no finer ones to make them of; "
        f"there are: {there.replace('、', ', ')}",
        field="timeframe",
    )


def _outside(
    known: tuple[int, int], instrument: Instrument, name: str, first_ms: int, stop_ms: int, length_ms: int
) -> DataUnavailable | None:
    """Why bars of [first, stop), to be made to `length_ms`, are not all within the first and the last stored one."""
    known_first, known_last = known
    stored_ms = STORED[name] * MINUTE
    who = f"{instrument.symbol} {name}"
    if known_first > first_ms:
        return DataUnavailable(
            f"{who} 最早的 K 线是 {iso(known_first)}，早于它的区间没有数据",
            en=f"the first available bar of {who} is {iso(known_first)}; the range begins before it",
            field="start",
            nearest=iso(-(-known_first // length_ms) * length_ms),
        )
    if known_last + stored_ms < stop_ms:
        return DataUnavailable(
            f"{who} 最后的 K 线是 {iso(known_last)}，晚于它的区间没有数据",
            en=f"the last available bar of {who} is {iso(known_last)}; the range ends after it",
            field="end",
            nearest=iso((known_last + stored_ms) // length_ms * length_ms - 1000),
        )
    return None


def _holed(series: Series, instrument: Instrument, name: str, first_ms: int, stop_ms: int) -> DataUnavailable | None:
    """Why a series has too few bars of [first, stop); None where it has enough."""
    who = f"{instrument.symbol} {name}"
    own = series.between(first_ms, stop_ms - 1).time
    expected = (stop_ms - first_ms) // series.length_ms
    missing = expected - own.size
    if missing <= TOLERANCE * expected:
        return None
    edges = np.concatenate([[first_ms - series.length_ms], own, [stop_ms]])
    hole = max(missing_spans(edges, series.length_ms), key=lambda span: span[1] - span[0])
    return DataUnavailable(
        f"{who} 在区间内缺 {missing} 根 K 线（{missing / expected:.2%}，最多允许 {TOLERANCE:.1%}）；"
        f"最长的缺口是 {iso(hole[0])} 至 {iso(hole[1])}",
        en=f"{missing} bars of {who} are missing in the range ({missing / expected:.2%}, at most {TOLERANCE:.1%} may be); "
        f"the longest gap is {iso(hole[0])} to {iso(hole[1])}",
        field="start",
    )


def funding(market: Market, instrument: Instrument, start_ms: int, end_ms: int) -> FundingRates:
    """Funding with start ≤ instant ≤ end. The instants of [start, end) must be there.

    Raises: DataUnavailable for spot, for a pair without stored funding, and where more than 0.5 % of a span lacks it.
    """
    symbol = source_symbol(market, instrument.symbol, instrument.venue)
    if instrument.venue != "perp" or symbol is None or f"bars/funding/{symbol}" not in market.manifest.tables:
        raise DataUnavailable(
            f"行情库 {market.name} 没有 {instrument.symbol}（{instrument.venue}）的资金费率",
            en=f"the market {market.name} has no funding rates of {instrument.symbol} ({instrument.venue})",
            field="funding",
        )
    found = market.bars(symbol, "funding", ("time", "funding_rate"))
    # venues stamp an instant some milliseconds late: the whole second is meant
    at = found["time"].astype("datetime64[s]").astype(np.int64) * 1000
    known = np.isfinite(found["funding_rate"])
    at, rate = at[known], np.rint(found["funding_rate"][known] * SCALE).astype(np.int64)
    _refuse_holes(instrument, at, start_ms, end_ms)
    own = slice(*np.searchsorted(at, [start_ms, end_ms + 1]).tolist())
    return FundingRates(at=at[own], rate=rate[own])


def _refuse_holes(instrument: Instrument, at: NDArray[np.int64], start_ms: int, end_ms: int) -> None:
    first, last = iso(int(at[0])), iso(int(at[-1]))
    if at[0] - FUNDING_MS >= start_ms or at[-1] + FUNDING_MS < end_ms:
        raise DataUnavailable(
            f"{instrument.symbol} 的资金费率只有 {first} 至 {last}",
            en=f"funding rates of {instrument.symbol} are there from {first} to {last}",
            field="start" if at[0] - FUNDING_MS >= start_ms else "end",
        )
    inside = at[max(0, int(np.searchsorted(at, start_ms)) - 1) : int(np.searchsorted(at, end_ms)) + 1]
    lost = int((-(-np.diff(inside) // FUNDING_MS) - 1).sum())
    if lost > TOLERANCE * max(1, (end_ms - start_ms) // FUNDING_MS):
        raise DataUnavailable(
            f"{instrument.symbol} 的资金费率在区间内缺 {lost} 次",
            en=f"{lost} funding rates of {instrument.symbol} are missing in the range",
            field="funding",
        )


def iso(ms: int) -> str:
    """An instant as people write it: 2025-01-01T00:00:00Z."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = [
    "STORED",
    "Candles",
    "DataUnavailable",
    "NoPairs",
    "book_input",
    "crypto_market",
    "funding",
    "instruments",
    "iso",
]
