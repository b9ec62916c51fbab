"""From sorted raw rows to dense panels and facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import FloatPanel
from quantgpt.foundations.symbols import tie_order
from quantgpt.market.boards import board_codes
from quantgpt.market.build import Dense, spans
from quantgpt.market.calendar import TradeDays
from quantgpt.market.derive import carried_forward, returns_from_close, shares_from_turn
from quantgpt.market.facts import Facts, Spells, Text, text_array
from quantgpt.market.importing.reading import Instrument, Spell
from quantgpt.market.importing.rows import Rows
from quantgpt.market.universes import INDEX_OF_UNIVERSE

NOT_A_DAY = np.datetime64("NaT", "D")
LONG_AGO = np.datetime64("1990-12-19", "D")
"""The exchange's first session: stands for the listing day of a name that is known only to have been there before."""


@dataclass(frozen=True, kw_only=True)
class Truth:
    """All raw rows and facts of a market, merged."""

    stock: Rows | None
    index: Rows | None
    valuation: Rows | None
    adjusted_only: Rows | None
    spells: tuple[Spell, ...]
    instruments: Mapping[str, Instrument]
    index_names: Mapping[str, str]
    calendar: TradeDays


@dataclass(frozen=True)
class _Grid:
    """Where each raw row lies in a (T, N) panel."""

    shape: tuple[int, int]
    at: NDArray[np.int64]

    def spread(self, values: NDArray[np.float64]) -> FloatPanel:
        out = np.full(self.shape, np.nan)
        out.reshape(-1)[self.at] = values
        return out


def dense_of(truth: Truth) -> Dense:
    """Panels and facts of a market, computed one panel at a time."""
    days = _sessions(truth)
    stock = truth.stock
    symbols = sorted(stock.symbols.tolist(), key=tie_order) if stock is not None else []
    facts_of_names = _Names.of(symbols, truth)
    if stock is None or not stock.size:
        shape = (days.size, 0)
        empty = np.empty(shape)
        facts = _facts(truth, days, facts_of_names, empty.astype(bool), empty)
        return Dense(
            facts=facts,
            panels=[],
            st=np.empty(shape, dtype=np.int8),
            traded=np.empty(shape, dtype=bool),
            index_close=_index_close(truth, days),
        )
    column = {code: i for i, code in enumerate(symbols)}
    place = np.array([column[code] for code in stock.symbols.tolist()], dtype=np.int64)
    row = np.searchsorted(days, stock.days)
    grid = _Grid((days.size, len(symbols)), row * len(symbols) + place[stock.symbol])
    bars = np.zeros(grid.shape, dtype=bool)
    bars.reshape(-1)[grid.at] = True
    factor = grid.spread(filled_factors(stock))
    traded = np.zeros(grid.shape, dtype=bool)
    traded.reshape(-1)[grid.at] = stock.values["volume"] > 0
    facts = _facts(truth, days, facts_of_names, bars, factor)
    after = np.arange(days.size)[:, None] > facts.last_row[None, :]
    factor = carried_forward(factor)
    factor[after] = np.nan
    st = np.full(grid.shape, -1, dtype=np.int8)
    st.reshape(-1)[grid.at] = stock.values["is_st"]
    return Dense(
        facts=facts,
        panels=_panels(stock, grid, factor, after, truth.valuation, column, days),
        st=st,
        traded=traded,
        index_close=_index_close(truth, days),
    )


def _panels(
    stock: Rows,
    grid: _Grid,
    factor: FloatPanel,
    after: NDArray[np.bool_],
    valuation: Rows | None,
    column: Mapping[str, int],
    days: NDArray[np.datetime64],
) -> Iterator[tuple[str, FloatPanel]]:
    """All stored panels in turn. What a suspended session repeats from the day before is missing here."""
    closed = ~(stock.values["volume"] > 0)
    yield "factor", factor
    yield "pre_close", grid.spread(stock.values["pre_close"])

    def traded_only(name: str) -> FloatPanel:
        return grid.spread(np.where(closed, np.nan, stock.values[name]))

    for name in ("open", "high", "low", "amount"):
        yield name, traded_only(name)
    close = traded_only("close")
    yield "close", close
    yield "returns", returns_from_close(close, factor)
    del close
    volume, turn = traded_only("volume"), traded_only("turn")
    yield "volume", volume
    yield "turn", turn
    shares = shares_from_turn(volume, turn)
    shares[after] = np.nan
    yield "shares", shares
    del volume, turn, shares
    if valuation is None:
        return
    place = np.array([column.get(code, -1) for code in valuation.symbols.tolist()], dtype=np.int64)
    day = valuation.days
    row = np.minimum(np.searchsorted(days, day), days.size - 1)
    own = (place[valuation.symbol] >= 0) & (days[row] == day)
    inner = _Grid(grid.shape, row[own] * grid.shape[1] + place[valuation.symbol][own])
    for name, values in valuation.values.items():
        yield name, inner.spread(values[own])


def filled_factors(stock: Rows) -> NDArray[np.float64]:
    """Factor of each row; where the source gave none it is carried on with the step that the reference price implies.

    The step of an ex-day is yesterday's close over today's reference price. A name without any known factor starts at 1.
    """
    factor: NDArray[np.float64] = stock.values["factor"]
    gaps = np.isnan(factor)
    if not gaps.any():
        return factor
    out = factor.copy()
    edges = np.flatnonzero(np.diff(stock.symbol, prepend=-1, append=-1))
    close, pre_close = stock.values["close"], stock.values["pre_close"]
    for symbol in np.unique(stock.symbol[gaps]).tolist():
        begin, stop = int(edges[symbol]), int(edges[symbol + 1])
        step = np.ones(stop - begin)
        step[1:] = close[begin : stop - 1] / pre_close[begin + 1 : stop]
        step[~np.isfinite(step)] = 1.0
        level = 1.0
        for i in range(begin, stop):
            level = out[i] if not gaps[i] else level * float(step[i - begin])
            out[i] = level
    return out


def _sessions(truth: Truth) -> NDArray[np.datetime64]:
    """Sessions from the first stored bar to the last: of stocks, or of indices while there are no stocks."""
    rows = truth.stock if truth.stock is not None and truth.stock.size else truth.index
    if rows is None or not rows.size:
        return np.empty(0, dtype="datetime64[D]")
    days = rows.days
    return np.union1d(truth.calendar.between(days.min(), days.max()), np.unique(days)).astype("datetime64[D]")


def _index_close(truth: Truth, days: NDArray[np.datetime64]) -> FloatPanel:
    rows = truth.index
    if rows is None or not days.size:
        return np.empty((days.size, 0))
    out = np.full((days.size, rows.symbols.size), np.nan)
    day = rows.days
    row = np.minimum(np.searchsorted(days, day), days.size - 1)
    own = days[row] == day
    out[row[own], rows.symbol[own]] = rows.values["close"][own]
    return out


@dataclass(frozen=True)
class _Names:
    """Instrument facts in the order of the columns."""

    assets: Text
    names: Text
    industry: NDArray[np.int16]
    industry_names: Text
    list_day: NDArray[np.datetime64]
    delist_day: NDArray[np.datetime64]

    @classmethod
    def of(cls, symbols: list[str], truth: Truth) -> _Names:
        known = [truth.instruments.get(code, Instrument(code=code)) for code in symbols]
        labels = sorted({entry.industry for entry in known if entry.industry})
        number = {label: i for i, label in enumerate(labels)}
        return cls(
            assets=text_array(symbols),
            names=text_array([entry.name for entry in known]),
            industry=np.array([number.get(entry.industry or "", -1) for entry in known], dtype=np.int16),
            industry_names=text_array(labels),
            list_day=np.array([entry.list_date or "NaT" for entry in known], dtype="datetime64[D]"),
            delist_day=np.array([entry.delist_date or "NaT" for entry in known], dtype="datetime64[D]"),
        )


def _facts(
    truth: Truth, days: NDArray[np.datetime64], known: _Names, bars: NDArray[np.bool_], factor: FloatPanel
) -> Facts:
    if known.assets.size:
        first, last, base = spans(bars, factor)
    else:
        first = last = np.empty(0, dtype=np.int32)
        base = np.empty(0)
    list_day = known.list_day.copy()
    unknown = np.isnat(list_day)
    if unknown.any():
        list_day[unknown] = np.where(first[unknown] == 0, LONG_AGO, days[first[unknown]])
    delist_day = np.full(list_day.size, NOT_A_DAY)
    ended = last < days.size - 1
    delist_day[ended] = days[last[ended]]
    adjusted = truth.adjusted_only.symbols.tolist() if truth.adjusted_only is not None else []
    index_codes = truth.index.symbols if truth.index is not None else text_array(())
    return Facts(
        days=days,
        calendar=np.union1d(truth.calendar.days, days),
        assets=known.assets,
        names=known.names,
        board=board_codes(known.assets.tolist()),
        industry=known.industry,
        industry_names=known.industry_names,
        list_day=list_day,
        delist_day=delist_day,
        first_row=first,
        last_row=last,
        base=base,
        index_codes=index_codes,
        index_names=text_array([truth.index_names.get(code, "") for code in index_codes.tolist()]),
        adjusted_only=text_array(sorted(set(adjusted) - set(known.assets.tolist()))),
        spells=_spells(truth.spells),
    )


def _spells(spells: tuple[Spell, ...]) -> dict[str, Spells]:
    out = {}
    for index, universe in INDEX_OF_UNIVERSE.items():
        own = sorted((s.code, s.first, s.last or "NaT") for s in spells if s.index == index)
        if own:
            out[universe] = Spells(
                codes=text_array([code for code, _, _ in own]),
                first=np.array([first for _, first, _ in own], dtype="datetime64[D]"),
                last=np.array([last for _, _, last in own], dtype="datetime64[D]"),
            )
    return out
