"""Made-up candles and funding of crypto pairs for the demo market: hours of five years, minutes of the last sixty days.

The minutes add up to the hours. Everything is on the tick and step of the venue that the pair is named after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quantgpt.market.importing.rows import MICROSECOND, Rows
from quantgpt.market.snapshots import Stage

PAIRS_VERSION = 1
PAIRS_SEED = 20_210_315
FIRST = np.datetime64("2021-01-01T00", "h")
LAST = np.datetime64("2026-01-01T00", "h")
"""End of the last candle."""
MINUTE_DAYS = 60
HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
FUNDING_HOURS = 8

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One made-up pair: its price at the turn of each year, yearly volatility, share of the common movement."""

    symbol: str
    digits: int
    """of a price: the tick is 10^-digits"""
    step_digits: int
    levels: tuple[float, ...]
    volatility: float
    common: float
    turnover: float
    """quote currency in an ordinary hour"""
    follows: int | None = None
    """place of the pair whose price it keeps close to"""


PAIRS = (
    Pair(
        symbol="BTCUSDT.BINANCE.PERP",
        digits=1,
        step_digits=3,
        levels=(29_000.0, 46_000.0, 17_000.0, 42_000.0, 66_000.0, 68_000.0),
        volatility=0.55,
        common=0.95,
        turnover=6e8,
    ),
    Pair(
        symbol="ETHUSDT.BINANCE.PERP",
        digits=2,
        step_digits=3,
        levels=(740.0, 3_700.0, 1_200.0, 2_400.0, 3_200.0, 3_000.0),
        volatility=0.70,
        common=0.85,
        turnover=4e8,
    ),
    Pair(
        symbol="SOLUSDT.BINANCE.PERP",
        digits=2,
        step_digits=2,
        levels=(12.0, 170.0, 20.0, 100.0, 180.0, 150.0),
        volatility=0.95,
        common=0.75,
        turnover=1e8,
    ),
    Pair(
        symbol="BTCUSDT.BINANCE.SPOT",
        digits=2,
        step_digits=5,
        levels=(),
        volatility=0.55,
        common=0.0,
        turnover=1e8,
        follows=0,
    ),
)


@dataclass(frozen=True)
class _Candles:
    """Candles in whole ticks, with volumes in base currency. All arrays have the shape (T,)."""

    open: Whole
    high: Whole
    low: Whole
    close: Whole
    volume: Floats


def pair_tables() -> Iterator[tuple[str, Rows]]:
    """(name of the table, rows) of every pair: hours, minutes, funding. The same bits each time."""
    g = np.random.Generator(np.random.PCG64(PAIRS_SEED))
    hours = int((LAST - FIRST).astype(np.int64))
    minutes = MINUTE_DAYS * 1440
    coarse, fine = _Swings(g, hours, 24), _Swings(g, minutes, 1440)
    starts = FIRST + np.arange(hours)
    paths: list[tuple[Floats, Floats]] = []
    for pair in PAIRS:
        paths.append(_paths(g, pair, coarse, fine, paths))
        long, short = paths[-1]
        late = _candles(g, pair, short, pair.volatility / np.sqrt(525_600.0), pair.turnover / 60.0)
        early = _candles(g, pair, long[: hours + 1 - minutes // 60], pair.volatility / np.sqrt(8_760.0), pair.turnover)
        both = _joined(early, _hours_of(late))
        begin = starts[0].astype("datetime64[us]").astype(np.int64)
        yield f"bars/1h/{pair.symbol}", _rows(pair, both, begin + HOUR_US * np.arange(hours))
        begin = starts[-minutes // 60].astype("datetime64[us]").astype(np.int64)
        yield f"bars/1m/{pair.symbol}", _rows(pair, late, begin + MINUTE_US * np.arange(minutes))
        if pair.follows is None:
            yield f"bars/funding/{pair.symbol}", _funding(g, pair, starts)


class _Swings:
    """What all pairs share over one span: the common shocks and how lively each candle is."""

    def __init__(self, g: np.random.Generator, count: int, a_day: int) -> None:
        self.common = _shocks(g, count)
        days = -(-count // a_day)
        mood = np.empty(days)
        level = 0.0
        for day, shock in enumerate(g.standard_normal(days).tolist()):
            level = 0.95 * level + 0.11 * shock
            mood[day] = level
        hour = np.arange(count) % a_day * (24.0 / a_day)
        season = 1.0 + 0.25 * np.sin((hour - 9.0) * np.pi / 12.0)
        self.scale: Floats = np.exp(np.repeat(mood, a_day)[:count]) * season


def _shocks(g: np.random.Generator, count: int) -> Floats:
    """Heavy-tailed shocks with standard deviation 1."""
    return np.asarray(g.standard_t(5, count) * np.sqrt(3.0 / 5.0))


def _paths(
    g: np.random.Generator, pair: Pair, coarse: _Swings, fine: _Swings, before: list[tuple[Floats, Floats]]
) -> tuple[Floats, Floats]:
    """Logarithms of the price at the edges of all hours, and of the minutes of the last days."""
    if pair.follows is not None:
        long, short = (path - 0.0002 + 0.0001 * g.standard_normal(path.size) for path in before[pair.follows])
        short[0] = long[-1 - MINUTE_DAYS * 24]
        return long, short
    moves = [_mix(g, pair, swings) for swings in (coarse, fine)]
    moves[0] *= pair.volatility / np.sqrt(8_760.0)
    moves[1] *= pair.volatility / np.sqrt(525_600.0)
    hours = np.arange(FIRST, LAST + 1)
    edges = np.searchsorted(hours, np.arange("2021", "2027", dtype="datetime64[Y]").astype("datetime64[h]"))
    long = np.empty(hours.size)
    for at, (begin, stop) in enumerate(pairwise(edges.tolist())):
        long[begin : stop + 1] = _bridge(moves[0][begin:stop], *np.log(pair.levels[at : at + 2]))
    return long, _bridge(moves[1], long[-1 - MINUTE_DAYS * 24], long[-1])


def _mix(g: np.random.Generator, pair: Pair, swings: _Swings) -> Floats:
    own = np.sqrt(1.0 - pair.common**2) * _shocks(g, swings.common.size)
    return np.asarray((pair.common * swings.common + own) * swings.scale)


def _bridge(moves: Floats, first: float, last: float) -> Floats:
    """A path with those moves that begins and ends where it shall. Shape: (n,) -> (n + 1,)."""
    path = np.concatenate([[0.0], np.cumsum(moves)])
    ramp = np.linspace(0.0, 1.0, path.size)
    return np.asarray(first + path - ramp * path[-1] + ramp * (last - first))


def _candles(g: np.random.Generator, pair: Pair, path: Floats, spread: float, turnover: float) -> _Candles:
    """Candles along a path of logarithms: each opens at the last close, its extremes are those of a walk between the two."""
    edge = np.rint(np.exp(path) * 10.0**pair.digits).astype(np.int64)
    opened, close = edge[:-1], edge[1:]
    move = np.diff(path)
    reach = [0.5 * (np.sqrt(move**2 - 2.0 * spread**2 * np.log(1.0 - g.random(move.size))) + s * move) for s in (1, -1)]
    high = np.floor(opened * np.exp(reach[0])).astype(np.int64)
    low = np.ceil(opened * np.exp(-reach[1])).astype(np.int64)
    busy = np.exp(0.4 * g.standard_normal(move.size)) * (0.4 + np.abs(move) / spread)
    volume = np.round(turnover * busy / np.exp(path[:-1]), pair.step_digits)
    return _Candles(
        opened, np.maximum(high, np.maximum(opened, close)), np.minimum(low, np.minimum(opened, close)), close, volume
    )


def _hours_of(minutes: _Candles) -> _Candles:
    parts = [values.reshape(-1, 60) for values in (minutes.open, minutes.high, minutes.low, minutes.close)]
    return _Candles(
        parts[0][:, 0],
        parts[1].max(axis=1),
        parts[2].min(axis=1),
        parts[3][:, -1],
        minutes.volume.reshape(-1, 60).sum(axis=1),
    )


def _joined(early: _Candles, late: _Candles) -> _Candles:
    return _Candles(*(np.concatenate([a, b]) for a, b in zip(vars(early).values(), vars(late).values(), strict=True)))


def _rows(pair: Pair, candles: _Candles, time: Whole) -> Rows:
    prices = {name: getattr(candles, name) / 10.0**pair.digits for name in ("open", "high", "low", "close")}
    return _one(pair, time, {**prices, "volume": np.round(candles.volume, pair.step_digits)})


def _funding(g: np.random.Generator, pair: Pair, hours: NDArray[np.datetime64]) -> Rows:
    """A rate every eight hours, mostly the base rate of 0.01 %, sometimes away from it."""
    at = hours[::FUNDING_HOURS].astype("datetime64[us]").astype(np.int64)
    away = np.where(g.random(at.size) < 0.6, 0.0, g.normal(0.0, 1.5e-4, at.size))
    rate = np.round(np.clip(1e-4 + away, -3e-3, 3e-3), 8)
    values: dict[str, Floats] = {"funding_rate": np.asarray(rate), "mark_price": np.full(at.size, np.nan)}
    return _one(pair, at, values)


def _one(pair: Pair, time: Whole, values: dict[str, Floats]) -> Rows:
    symbol = np.zeros(time.size, dtype=np.int32)
    return Rows(symbols=np.array([pair.symbol]), symbol=symbol, time=time, values=values, unit=MICROSECOND)


def stage_pairs(stage: Stage) -> dict[str, dict[str, object]]:
    """Write all tables of the pairs; returns their entries for the manifest."""
    from quantgpt.market.importing.ledger import staged

    return {name: staged(stage, rows) for name, rows in pair_tables()}
