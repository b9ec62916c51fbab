"""Names of a market and their bars, as a page looks them up and draws them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest, NoData, NotFound
from quantgpt.foundations.symbols import normalise_stock
from quantgpt.services._base import App

if TYPE_CHECKING:
    from quantgpt.market.bars import Adjust, Freq, NameBars
    from quantgpt.market.market import Market

Column = NDArray[np.float64]
HALF_CENT = 0.005
_BARE = re.compile(r"[0-9]{6}")
BOARDS = ("main", "chinext", "star", "bse")
DEFAULT_SESSIONS = 250
"""Sessions that are shown where no range is asked for."""
LONGEST_QUERY = 64
WORST = 3
"""Rank of a name that has the words somewhere."""


def find_instruments(app: App, name: str, query: str, limit: int) -> dict[str, Any]:
    """Stocks and indices by code or name, the best match first.  Raises: UnknownMarket, BadRequest."""
    market = app.markets.open(name)
    wanted = query.strip().casefold()
    if len(wanted) > LONGEST_QUERY:
        raise BadRequest(f"query 不能超过 {LONGEST_QUERY} 个字符", field="query", nearest=LONGEST_QUERY)
    facts = market.facts
    indices = zip(facts.index_codes.tolist(), facts.index_names.tolist(), strict=True)
    stocks = zip(market.assets, facts.names.tolist(), strict=True)
    known = [(code, title, i, "stock") for i, (code, title) in enumerate(stocks)]
    known += [(code, title, i, "index") for i, (code, title) in enumerate(indices)]
    fits = ((_rank(wanted, code, title), kind == "index", code, place, kind) for code, title, place, kind in known)
    ranked = sorted(fit for fit in fits if fit[0] <= WORST)
    rows = [_stock(market, place) if kind == "stock" else _index(market, place) for *_, place, kind in ranked[:limit]]
    return {"market": market.name, "total": len(ranked), "instruments": rows}


def _rank(query: str, code: str, title: str) -> int:
    """How well a name fits: 0 is best, above WORST not at all."""
    low, plain = code.casefold(), title.casefold()
    spelled = f"{low[-2:]}{low[:-3]}", f"{low[-2:]}.{low[:-3]}"
    if not query:
        return 0
    if query in (low, low[:-3], plain, *spelled):
        return 0
    if low.startswith(query) or any(word.startswith(query) for word in spelled):
        return 1
    if plain.startswith(query):
        return 2
    return WORST if query in plain or query in low else WORST + 1


def _stock(market: Market, column: int) -> dict[str, Any]:
    facts = market.facts
    last = int(facts.last_row[column])
    st = int(market.column("st", column, slice(last, last + 1))[0])
    industry = int(facts.industry[column])
    return {
        "code": market.assets[column],
        "name": str(facts.names[column]),
        "kind": "stock",
        "board": BOARDS[int(facts.board[column])],
        "industry": str(facts.industry_names[industry]) if industry >= 0 else None,
        "list_date": _day(facts.list_day[column]),
        "delist_date": _day(facts.delist_day[column]),
        "first_day": str(facts.days[facts.first_row[column]]),
        "last_day": str(facts.days[last]),
        "delisted": not np.isnat(facts.delist_day[column]),
        "st": None if st < 0 else bool(st),
    }


def _index(market: Market, place: int) -> dict[str, Any]:
    facts = market.facts
    nothing = dict.fromkeys(("board", "industry", "list_date", "delist_date", "st"))
    days = facts.days
    return {
        **nothing,
        "code": str(facts.index_codes[place]),
        "name": str(facts.index_names[place]),
        "kind": "index",
        "first_day": str(days[0]) if days.size else None,
        "last_day": str(days[-1]) if days.size else None,
        "delisted": False,
    }


def read_bars(
    app: App, name: str, code: str, start: str | None, end: str | None, freq: Freq, adjust: Adjust
) -> dict[str, Any]:
    """Bars of one name. Without a range the last year of sessions; periods that the range touches come whole.

    Raises: UnknownMarket, NotFound for a code, BadRequest for a field.
    """
    from quantgpt.market import bars as domain

    _known("freq", freq, domain.FREQS)
    _known("adjust", adjust, domain.ADJUSTS)
    market = app.markets.open(name)
    kind, symbol = _symbol(market, code)
    notices: list[dict[str, Any]] = []
    anchor = None
    if kind == "stock":
        column = market.assets.index(symbol)
        rows = slice(int(market.facts.first_row[column]), int(market.facts.last_row[column]) + 1)
        found, title = domain.daily_bars(market, column, rows), str(market.facts.names[column])
        limits = _limits(market, column, found)
        if adjust == "forward":
            anchor, scale = str(found.day[-1]), float(found.factor[-1])
            limits = limits.scaled(found.factor / scale)
            found = domain.forward_adjusted(found, scale)
    else:
        found = domain.index_bars(market, symbol)
        limits = _Limits.none(found.day.size)
        title = str(market.facts.index_names[market.facts.index_codes.tolist().index(symbol)])
        if not np.isfinite(found.open).any():
            notices.append(_close_only())
    first, last = _range(found.day, start, end)
    shown = _in_range(found, limits, first, last, freq)
    return {
        "market": market.name,
        "snapshot": market.snapshot,
        "synthetic": market.synthetic,
        "code": symbol,
        "name": title,
        "kind": kind,
        "freq": freq,
        "adjust": adjust,
        "first_day": str(found.day[0]),
        "last_day": str(found.day[-1]),
        "start": first,
        "end": last,
        "anchor": anchor,
        "count": len(shown["day"]),
        "columns": shown,
        "notices": notices,
    }


def _close_only() -> dict[str, Any]:
    from quantgpt.market.universes import notice

    return notice("close_only", "这个指数只有收盘点位", "only closing levels of this index are known")


def _known(field: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        near = difflib.get_close_matches(value, known, n=1, cutoff=0.1)
        raise BadRequest(
            f"{field} 不能是 {value[:20]!r}", hint=f"可用：{'、'.join(known)}", field=field, nearest=(near or known)[0]
        )


def _symbol(market: Market, code: str) -> tuple[str, str]:
    """(kind, our spelling) of a code.  Raises: NotFound with the nearest."""
    indices = market.facts.index_codes.tolist()
    spellings = [code.strip().upper()]
    with suppress(BadRequest):
        spellings.append(normalise_stock(code))
    if _BARE.fullmatch(spellings[0]):
        spellings += [f"{spellings[0]}.{exchange}" for exchange in ("SH", "SZ", "BJ")]
    for kind, held in (("stock", set(market.assets)), ("index", set(indices))):
        for spelled in spellings:
            if spelled in held:
                return kind, spelled
    known = [*market.assets, *indices]
    near = next(iter(difflib.get_close_matches(spellings[-1], known, n=1, cutoff=0.3)), None)
    raise NotFound(
        f"行情库 {market.name} 没有证券 {code[:20]!r} 的日线",
        hint="codes look like 600000.SH, 000001.SZ, 000300.SH",
        field="code",
        nearest=near,
    )


@dataclass(frozen=True)
class _Limits:
    """Upper and lower price limit of each session, NaN where there is none or it is not known; `at` is 1 where the close
    is the upper one, -1 where it is the lower one, else 0."""

    up: Column
    down: Column
    at: NDArray[np.int64]

    @classmethod
    def none(cls, size: int) -> _Limits:
        nothing = np.full(size, np.nan)
        return cls(nothing, nothing, np.zeros(size, dtype=np.int64))

    def scaled(self, by: Column) -> _Limits:
        """The same in another price scale."""
        return _Limits(self.up * by, self.down * by, self.at)

    def take(self, at: slice) -> _Limits:
        return _Limits(self.up[at], self.down[at], self.at[at])


def _limits(market: Market, column: int, bars: NameBars) -> _Limits:
    """Price limits of a stock in yuan, unadjusted. Unknown special treatment counts as none."""
    from quantgpt.market.calendar import sessions_since
    from quantgpt.trading.boards import Board
    from quantgpt.trading.limits import limit_price

    facts = market.facts
    age = sessions_since(bars.day, facts.list_day[column : column + 1], facts.calendar)[:, 0]
    listed: date = facts.list_day[column].astype(object)
    board = Board(int(facts.board[column]))
    found = _Limits.none(bars.day.size)
    up, down, at = found.up.copy(), found.down.copy(), found.at
    for i, day in enumerate(bars.day.astype("datetime64[D]").tolist()):
        before, close = float(bars.pre_close[i]), float(bars.close[i])
        if np.isfinite(before):
            special = bool(bars.st[i] == 1)
            high, low = limit_price(Decimal(repr(before)), board, st=special, age=int(age[i]), day=day, listed=listed)
            up[i], down[i] = (np.nan if side is None else float(side) for side in (high, low))
            at[i] = int(abs(close - up[i]) < HALF_CENT) - int(abs(close - down[i]) < HALF_CENT)
    return _Limits(up, down, at)


def _range(days: NDArray[np.datetime64], start: str | None, end: str | None) -> tuple[str, str]:
    """The first and last day that are meant.  Raises: BadRequest naming the field."""
    from quantgpt.market.market import day_of

    last = day_of(end, "end") if end else days[-1]
    if end and last < days[0]:
        raise BadRequest(f"结束日期早于第一根日线 {days[0]}", field="end", nearest=str(days[0]))
    if start:
        first = day_of(start, "start")
    else:
        stop = int(np.searchsorted(days, last, "right"))
        first = days[max(0, stop - DEFAULT_SESSIONS)]
    if first > last:
        raise BadRequest("开始日期不能晚于结束日期", field="start", nearest=str(last))
    if first > days[-1]:
        raise BadRequest(f"开始日期晚于最后一根日线 {days[-1]}", field="start", nearest=str(days[-1]))
    return str(max(first, days[0])), str(min(last, days[-1]))


def _in_range(found: NameBars, limits: _Limits, first: str, last: str, freq: Freq) -> Mapping[str, list[Any]]:
    """The columns of the answer: whole periods that the range touches.  Raises: NoData."""
    from quantgpt.market.bars import by_period, period_of

    ends = period_of(np.array([first, last], dtype="datetime64[D]"), freq)
    whole = by_period(found, freq)
    period = period_of(whole.day, freq)
    at = slice(int(np.searchsorted(period, ends[0])), int(np.searchsorted(period, ends[1], "right")))
    shown = whole.take(at)
    size = shown.day.size
    if not size:
        raise NoData(f"{first} 至 {last} 之间没有这只证券的交易日", field="start")
    side = limits.take(at) if freq == "1d" else _Limits.none(size)
    return {
        "day": [str(day) for day in shown.day],
        **{name: _numbers(getattr(shown, name), 6) for name in ("open", "high", "low", "close")},
        "volume": _numbers(shown.volume, 0),
        "amount": _numbers(shown.amount, 2),
        "turn": _numbers(shown.turn, 6),
        "pre_close": _numbers(shown.pre_close, 6),
        "change": _numbers(shown.change, 8),
        "suspended": shown.suspended.tolist(),
        "missing": shown.missing.tolist(),
        "limit_up": _numbers(side.up, 6),
        "limit_down": _numbers(side.down, 6),
        "at_limit": side.at.tolist(),
        "st": [None if flag < 0 else bool(flag) for flag in shown.st.tolist()],
        "sessions": shown.sessions.tolist(),
    }


def _numbers(values: NDArray[np.float64], digits: int) -> list[float | None]:
    """Rounded numbers; None for what is not known."""
    return [None if not np.isfinite(value) else round(value, digits) for value in values.tolist()]


def _day(value: np.datetime64) -> str | None:
    return None if np.isnat(value) else str(value)
