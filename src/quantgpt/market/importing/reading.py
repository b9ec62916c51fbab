"""From a recognised file to rows in our units and spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadImport, BadRequest
from quantgpt.foundations.symbols import normalise_stock
from quantgpt.market.boards import board_code
from quantgpt.market.facts import Text
from quantgpt.market.importing.recognise import VALUATION_FIELDS, Content, Layout
from quantgpt.market.importing.rows import DAY, MICROSECOND, Column, Rows, flags, floats, symbols_of

if TYPE_CHECKING:
    import pyarrow as pa

NO_TIME = np.iinfo(np.int64).min
"""Stands for a date or time that could not be read."""

_VENUES = {
    "spot": "BINANCE.SPOT",
    "usdm_perp": "BINANCE.PERP",
    "perp": "BINANCE.PERP",
    "bybit_perp": "BYBIT.PERP",
    "bybit_spot": "BYBIT.SPOT",
}
_FREQ_OF_MINUTES = {1: "1m", 5: "5m", 15: "15m", 30: "30m", 60: "1h", 240: "4h"}
_STOCK_VALUES = ("open", "high", "low", "close", "pre_close", "volume", "amount", "factor", "turn")
_BAR_VALUES = ("open", "high", "low", "close", "volume", "amount")
_DATE_SPELLINGS = (
    (r"^(\d{4})/(\d{1,2})/(\d{1,2})", r"\1-\2-\3"),
    (r"^(\d{4})-(\d)-", r"\1-0\2-"),
    (r"^(\d{4}-\d{2})-(\d)(\D|$)", r"\1-0\2\3"),
)
_COMPACT = re.compile(r"^[A-Z0-9]{5,20}$")


@dataclass(frozen=True, kw_only=True)
class Spell:
    """One line of a membership list; `last` None = still a member."""

    index: str
    code: str
    first: str
    last: str | None


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """What is known about one name beside its bars."""

    code: str
    name: str = ""
    list_date: str | None = None
    delist_date: str | None = None
    industry: str | None = None


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What one file brings. Only the part that belongs to its kind is filled."""

    content: Content
    rows: dict[str, Rows] = field(default_factory=dict)
    """by table: `stock`, `index`, `valuation`, `adjusted_only`, or `bars/<freq>` with full symbols"""
    spells: tuple[Spell, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    industry_source: str | None = None
    days: NDArray[np.datetime64] = field(default_factory=lambda: np.empty(0, dtype="datetime64[D]"))
    index_names: Mapping[str, str] = field(default_factory=dict)


def read(path: Path, layout: Layout, table: pa.Table | None) -> Brought:
    """Read what the layout names; all other columns stay unread.

    Raises: BadImport when the file breaks off or a column is not of the kind its name says.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if table is None:
            table = pq.read_table(path)
        named = {ours: table[theirs] for ours, theirs in layout.columns.items() if theirs in table.column_names}
        return _READERS[layout.content](named, layout)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        reason = " ".join(str(error).split())[:160]
        raise BadImport(f"{path.name} 读取失败", hint=f"it may be truncated: {reason}", field="path") from error


def days_of(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Days since 1970 of a date, timestamp, `20240102`, `2024-01-02` or `2024/1/2` column; NO_TIME where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        column = column.cast("int64").cast("string")
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = column.cast("string")
        compact = pc.match_substring_regex(text, r"^\d{8}$")
        dashed = pc.replace_substring_regex(text, r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3")
        text = pc.if_else(compact, dashed, text)
        for pattern, spelled in _DATE_SPELLINGS:
            text = pc.replace_substring_regex(text, pattern, spelled)
        good = pc.match_substring_regex(text, r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
        short = pc.utf8_slice_codeunits(pc.if_else(good, text, pa.scalar(None, pa.string())), 0, 10)
        stamps = pc.strptime(short, format="%Y-%m-%d", unit="s", error_is_null=True)
        column = stamps.cast("date32")
    elif pa.types.is_timestamp(kind):
        column = column.cast("timestamp[us]").cast("date32", safe=False)
    values = column.cast("date32").cast("int32").fill_null(np.iinfo(np.int32).min).to_numpy().astype(np.int64)
    return np.where(values == np.iinfo(np.int32).min, NO_TIME, values)


def moments_of(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Microseconds since 1970 of a timestamp or text column; a zone, if any, is dropped after conversion to UTC."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = column.cast("string").cast("timestamp[us]")
    elif pa.types.is_integer(kind):
        values = column.cast("int64").fill_null(NO_TIME).to_numpy()
        scale = 1_000 if values.max(initial=0) < 10**14 else 1
        return np.where(values == NO_TIME, NO_TIME, values * scale)
    out: NDArray[np.int64] = column.cast("timestamp[us]", safe=False).cast("int64").fill_null(NO_TIME).to_numpy()
    return out


def _stock_symbols(column: pa.ChunkedArray) -> tuple[Text, NDArray[np.int32]]:
    """Our spelling of each row's code; a code that is none becomes -1."""
    words, at = symbols_of(column)
    spelled = np.array([_spelling(word) for word in words.tolist()] or [""], dtype=np.str_)
    distinct, place = np.unique(spelled, return_inverse=True)
    known = np.where(at >= 0, place[at], -1)
    if distinct.size and distinct[0] == "":
        return distinct[1:], (np.where(known > 0, known - 1, -1)).astype(np.int32)
    return distinct, known.astype(np.int32)


def _spelling(word: str) -> str:
    try:
        return normalise_stock(word)
    except BadRequest:
        return ""


def _numbers(named: Mapping[str, Any], wanted: tuple[str, ...]) -> dict[str, Column]:
    return {name: floats(named[name]) for name in wanted if name in named}


def _daily_rows(named: Mapping[str, Any], layout: Layout, wanted: tuple[str, ...]) -> Rows:
    symbols, symbol = _stock_symbols(named["code"])
    values = _numbers(named, wanted)
    if layout.in_vendor_units:
        values["volume"] = values["volume"] * 100.0
        if "amount" in values:
            values["amount"] = values["amount"] * 1000.0
    if "is_st" in named:
        values["is_st"] = flags(named["is_st"])
    return Rows(symbols=symbols, symbol=symbol, time=days_of(named["date"]), values=values, unit=DAY)


def _read_stock(named: Mapping[str, Any], layout: Layout) -> Brought:
    rows = _daily_rows(named, layout, _STOCK_VALUES)
    values = dict(rows.values)
    nothing = np.full(rows.size, np.nan)
    for name in ("amount", "factor", "turn"):
        values.setdefault(name, nothing)
    values.setdefault("is_st", np.full(rows.size, -1, dtype=np.int8))
    if "tradestatus" in named:
        closed = floats(named["tradestatus"]) == 0
        values["volume"] = np.where(closed, 0.0, values["volume"])
        values["amount"] = np.where(closed, 0.0, values["amount"])
    return Brought(content=Content.STOCK, rows={"stock": replace(rows, values=values)})


def _read_daily(named: Mapping[str, Any], layout: Layout) -> Brought:
    """Bars without a reference price are indices, or stocks whose prices somebody may have adjusted already."""
    rows = _daily_rows(named, layout, _BAR_VALUES)
    values = {name: column for name, column in rows.values.items() if name != "is_st"}
    values.setdefault("amount", np.full(rows.size, np.nan))
    rows = replace(rows, values=values)
    stock = np.array([board_code(code) is not None for code in rows.symbols.tolist()], dtype=bool)
    if stock.size and stock.mean() >= 0.5:
        return Brought(content=Content.ADJUSTED_ONLY, rows={"adjusted_only": rows})
    names: dict[str, str] = {}
    if "name" in named:
        first = np.unique(rows.symbol, return_index=True)
        texts = named["name"].take(first[1].tolist()).to_pylist()
        names = {str(rows.symbols[s]): str(t or "") for s, t in zip(first[0].tolist(), texts, strict=True) if s >= 0}
    return Brought(content=Content.INDEX, rows={"index": rows}, index_names=names)


def _read_valuation(named: Mapping[str, Any], layout: Layout) -> Brought:
    rows = _daily_rows(named, layout, VALUATION_FIELDS)
    values = {name: rows.values.get(name, np.full(rows.size, np.nan)) for name in VALUATION_FIELDS}
    return Brought(content=Content.VALUATION, rows={"valuation": replace(rows, values=values)})


def _read_stock_bars(named: Mapping[str, Any], layout: Layout) -> Brought:
    symbols, symbol = _stock_symbols(named["code"])
    values = _numbers(named, _BAR_VALUES)
    values.setdefault("amount", np.full(symbol.size, np.nan))
    rows = Rows(symbols=symbols, symbol=symbol, time=moments_of(named["bar_end"]), values=values, unit=MICROSECOND)
    label = None
    if "freq" in named:
        words, at = symbols_of(named["freq"])
        minutes = np.array([int(re.sub(r"\D", "", word) or 0) for word in words.tolist()] or [0])
        label = np.where(at >= 0, minutes[at], 0)
    return Brought(content=Content.STOCK_BARS, rows=_split_by_freq(rows, label))


def _read_crypto_bars(named: Mapping[str, Any], layout: Layout) -> Brought:
    symbols, symbol = _crypto_symbols(named)
    values = _numbers(named, ("open", "high", "low", "close", "volume"))
    rows = Rows(symbols=symbols, symbol=symbol, time=moments_of(named["open_time"]), values=values, unit=MICROSECOND)
    return Brought(content=Content.CRYPTO_BARS, rows=_split_by_freq(rows, None))


def _read_funding(named: Mapping[str, Any], layout: Layout) -> Brought:
    symbols, symbol = _crypto_symbols(named, default="perp")
    values = _numbers(named, ("funding_rate", "mark_price"))
    rows = Rows(symbols=symbols, symbol=symbol, time=moments_of(named["time"]), values=values, unit=MICROSECOND)
    return Brought(content=Content.FUNDING, rows={"bars/funding": rows})


def _crypto_symbols(named: Mapping[str, Any], default: str = "spot") -> tuple[Text, NDArray[np.int32]]:
    """`BTCUSDT` and its market as `BTCUSDT.BINANCE.PERP`; -1 for a market or symbol that we do not know."""
    words, at = symbols_of(named["symbol"])
    if "market" in named:
        venues, venue = symbols_of(named["market"])
    else:
        venues, venue = np.array([default]), np.zeros(at.size, dtype=np.int32)
    known = [_VENUES.get(word.lower()) for word in venues.tolist()]
    pair = np.where((at >= 0) & (venue >= 0), at.astype(np.int64) * len(known) + venue, -1)
    distinct, place = np.unique(pair, return_inverse=True)
    texts = []
    for code in distinct.tolist():
        word = str(words[code // len(known)]).upper().replace("/", "") if code >= 0 else ""
        name = known[code % len(known)] if code >= 0 else None
        texts.append(f"{word}.{name}" if name and _COMPACT.match(word) else "")
    spelled, again = np.unique(np.array(texts or [""]), return_inverse=True)
    out = again[place] if place.size else np.empty(0, dtype=np.int64)
    if spelled.size and spelled[0] == "":
        return spelled[1:], (out - 1).astype(np.int32)
    return spelled, out.astype(np.int32)


def _split_by_freq(rows: Rows, label: NDArray[np.int64] | None) -> dict[str, Rows]:
    """Rows of each frequency: as the file labels it, else the commonest step between bars of the same symbol.

    Raises: ValueError when the step is none that we keep.
    """
    if label is None:
        order = np.lexsort((rows.time, rows.symbol))
        gap = np.diff(rows.time[order])[np.diff(rows.symbol[order]) == 0]
        gap = gap[gap > 0]
        if not gap.size:
            raise ValueError("a single bar has no frequency")
        steps, counts = np.unique(gap, return_counts=True)
        label = np.full(rows.size, int(steps[counts.argmax()] // 60_000_000))
    out = {}
    for minutes in np.unique(label).tolist():
        freq = _FREQ_OF_MINUTES.get(minutes)
        if freq is None:
            raise ValueError(f"bars of {minutes} minutes are not kept; known: {', '.join(_FREQ_OF_MINUTES.values())}")
        out[f"bars/{freq}"] = rows.take(label == minutes)
    return out


def _read_constituents(named: Mapping[str, Any], layout: Layout) -> Brought:
    indices = [_spelling(str(word)) for word in named["index"].to_pylist()]
    codes = [_spelling(str(word)) for word in named["code"].to_pylist()]
    first = days_of(named["in_date"])
    last = days_of(named["out_date"])
    spells = []
    for index, code, begin, end in zip(indices, codes, first.tolist(), last.tolist(), strict=True):
        if not index or not code or begin == NO_TIME or (end != NO_TIME and end < begin):
            raise ValueError(f"a membership line is not valid: index {index or '?'}, code {code or '?'}")
        spells.append(Spell(index=index, code=code, first=_text(begin) or "", last=_text(end)))
    return Brought(content=Content.CONSTITUENTS, spells=tuple(spells))


def _read_instruments(named: Mapping[str, Any], layout: Layout) -> Brought:
    source = _industry_column(list(named))
    nothing = [None] * len(named["code"])
    industry = named[source].to_pylist() if source else nothing
    listed = days_of(named["list_date"]).tolist()
    gone = days_of(named["delist_date"]).tolist() if "delist_date" in named else [NO_TIME] * len(nothing)
    out = []
    columns = zip(named["code"].to_pylist(), named["name"].to_pylist(), listed, gone, industry, strict=True)
    for word, name, begin, end, label in columns:
        code = _spelling(str(word))
        if not code:
            raise ValueError(f"not a symbol: {word!r}")
        out.append(
            Instrument(
                code=code,
                name=str(name or ""),
                list_date=_text(begin),
                delist_date=_text(end),
                industry=str(label) if label else None,
            )
        )
    return Brought(content=Content.INSTRUMENTS, instruments=tuple(out), industry_source=source)


def _industry_column(names: list[str]) -> str | None:
    """The classification that is used: 申万 level 1 if the file has it, else 证监会, else any."""
    found = sorted(name for name in names if name.startswith("industry"))
    for wanted in ("sw", "csrc", ""):
        for name in found:
            if wanted in name:
                return name
    return None


def _read_calendar(named: Mapping[str, Any], layout: Layout) -> Brought:
    days = days_of(named["date"])
    if (days == NO_TIME).any():
        raise ValueError("a date of the calendar cannot be read")
    return Brought(content=Content.CALENDAR, days=np.unique(days).astype("datetime64[D]"))


def _text(day: int) -> str | None:
    return None if day == NO_TIME else str(np.datetime64(day, "D"))


_READERS = {
    Content.CALENDAR: _read_calendar,
    Content.INSTRUMENTS: _read_instruments,
    Content.STOCK: _read_stock,
    Content.DAILY: _read_daily,
    Content.CONSTITUENTS: _read_constituents,
    Content.VALUATION: _read_valuation,
    Content.STOCK_BARS: _read_stock_bars,
    Content.CRYPTO_BARS: _read_crypto_bars,
    Content.FUNDING: _read_funding,
}
