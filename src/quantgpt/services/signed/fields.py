"""Fields of a request for a job, each by itself, and its window."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from quantgpt.services.signed import literals
from quantgpt.services.signed.faults import Fault, InvalidParameter, UnknownSymbol, fault
from quantgpt.services.signed.literals import (
    Wrong,
    read_choice,
    read_decimal,
    read_moment,
    read_whole,
    whole_seconds,
)
from quantgpt.templates._params import Number

TIMEFRAME_MINUTES = {"1m": 1, "5m": 5, "15m": 15, "1h": 60, "4h": 240, "1d": 1440}
DETAILS = ("1m", "5m", "15m", "1h")
FEE_MODELS = ("none", "fixed_bps", "tiered_maker_taker", "match_exchange")
MOST_LEVERAGE = 20
MOST_SYMBOLS = 10
MOST_YEARS = 5
SLACK = timedelta(seconds=5)
"""How far `end` may lie ahead of our clock."""
MOST_CAPITAL = Decimal(1_000_000_000)
MOST_BPS = Decimal(1_000)
MOST_FAULTS = 20
"""unknown names that are told of"""
_WINDOW = ("start", "end", "from", "to")

_SYMBOL = re.compile(r"[A-Za-z0-9]{1,32}", re.ASCII)


@dataclass
class Fields:
    """What was read so far, and what is wrong. Values: text, Decimal, int, bool, and moments in UTC for the window."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unknown_symbols: list[Fault] = field(default_factory=list)

    def unknown(self, body: Mapping[str, Any], known: Sequence[str]) -> None:
        """Note the names that are none of the known ones, the first twenty."""
        for name in [name for name in body if name not in known][:MOST_FAULTS]:
            near = next(iter(difflib.get_close_matches(str(name)[:64], known, n=1)), None)
            also = (f"; did you mean {near}?", f"，是否想写 {near}？") if near else ("", "")
            self.faults.append(fault(str(name)[:64], f"is unknown{also[0]}", f"没有这个字段{also[1]}", near))

    def read(self, given: Mapping[str, Any], name: str, reader: Callable[[object], Any]) -> None:
        """Read one field where it is given."""
        if name in given:
            try:
                self.values[name] = reader(given[name])
            except Wrong as wrong:
                self.faults.append(wrong.at(name))

    def missing(self, given: Mapping[str, Any], required: Iterable[str]) -> None:
        """Note every required field that is not given."""
        self.faults += [fault(name, "is required", "必填") for name in required if name not in given]

    def refuse(self) -> None:
        """Raise InvalidParameter, or UnknownSymbol where nothing else is wrong."""
        if self.faults:
            raise InvalidParameter([*self.faults, *self.unknown_symbols])
        if self.unknown_symbols:
            raise UnknownSymbol(self.unknown_symbols)


def _text(value: object) -> str:
    if not isinstance(value, str) or isinstance(value, Number):
        raise Wrong("must be a string", "必须是字符串")
    if not 0 < len(value) <= 64:
        raise Wrong("must have 1 to 64 characters", "应为 1 到 64 个字符")
    return value


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Wrong("must be an object", "必须是一个对象")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong("must be true or false", "必须是 true 或 false")
    return value


def read_symbols(value: object) -> tuple[str, ...]:
    """One to ten different symbols in capitals.  Raises: Wrong."""
    if not isinstance(value, (list, tuple)):
        raise Wrong('must be a list such as ["BTCUSDT"]', '必须是列表，例如 ["BTCUSDT"]')
    if not 1 <= len(value) <= MOST_SYMBOLS:
        raise Wrong(f"must have 1 to {MOST_SYMBOLS} symbols", f"应有 1 到 {MOST_SYMBOLS} 个交易品种")
    for symbol in value:
        if not isinstance(symbol, str) or isinstance(symbol, Number) or not _SYMBOL.fullmatch(symbol):
            raise Wrong("must be symbols such as BTCUSDT", "应为 BTCUSDT 这样的交易品种")
        if symbol != symbol.upper():
            raise Wrong(f"must be in capitals: {symbol.upper()}", f"应为大写：{symbol.upper()}", symbol.upper())
    if len(set(value)) != len(value):
        raise Wrong("must not repeat a symbol", "不能重复")
    return tuple(value)


def read_capital(value: object) -> Decimal:
    """Starting equity.  Raises: Wrong."""
    return read_decimal(value, above=Decimal(0), most=MOST_CAPITAL)


def read_leverage(value: object) -> int:
    """The most that a position may be of its margin.  Raises: Wrong."""
    return read_whole(value, 1, MOST_LEVERAGE)


def read_timeframe(value: object) -> str:
    """The length of a bar.  Raises: Wrong."""
    return read_choice(value, tuple(TIMEFRAME_MINUTES))


def _bps(value: object) -> Decimal:
    return read_decimal(value, least=Decimal(0), most=MOST_BPS, decimals=4)


READERS: dict[str, Callable[[object], Any]] = {
    "template_id": _text,
    "params": _object,
    "symbols": read_symbols,
    "timeframe": read_timeframe,
    "capital": read_capital,
    "leverage": read_leverage,
    "fee_model": lambda value: read_choice(value, FEE_MODELS),
    "fee_bps": _bps,
    "strategy_id": _text,
    "slippage_bps": _bps,
    "funding": lambda value: read_choice(value, ("none", "historical")),
    "intrabar": lambda value: read_choice(value, ("path", "pessimistic")),
    "detail_timeframe": lambda value: read_choice(value, DETAILS),
    "strict_touch": _flag,
    "market": lambda value: read_choice(value, ("perp", "spot")),
}
EXTENSIONS = ("slippage_bps", "funding", "intrabar", "detail_timeframe", "strict_touch", "market")
"""Fields of ours, echoed only when they are sent."""


def read_fields(body: Mapping[str, Any], given: Mapping[str, Any], now: datetime) -> Fields:
    """Every field of `given` by itself, and the window; `body` is `given` with what is null."""
    found = Fields()
    found.unknown(body, [*READERS, *_WINDOW])
    for name, reader in READERS.items():
        if name != "fee_bps" or given.get("fee_model", "fixed_bps") == "fixed_bps":
            found.read(given, name, reader)
    _window(given, now, found)
    return found


def _window(given: Mapping[str, Any], now: datetime, found: Fields) -> None:
    """`start` and `end`, or their other names `from` and `to`; a fraction of a second makes the window narrower."""
    read: dict[str, datetime] = {}
    for name in _WINDOW:
        if name in given:
            try:
                read[name] = whole_seconds(read_moment(given[name]), up=name in ("start", "from"))
            except Wrong as wrong:
                found.faults.append(wrong.at(name))
    for name, other in (("start", "from"), ("end", "to")):
        if name in read and other in read and read[name] != read[other]:
            found.faults.append(fault(other, f"differs from {name}", f"与 {name} 不同"))
        if name in given or other in given:
            moment = read.get(name) if name in given else read.get(other)
            if moment is not None:
                found.values[name] = moment
    start, end = found.values.get("start"), found.values.get("end")
    if end is not None and end > now + SLACK:
        found.faults.append(fault("end", "must not lie in the future", "不能晚于现在", literals.printed(now)))
    elif start is not None and end is not None:
        _span(start, end, found)


def _span(start: datetime, end: datetime, found: Fields) -> None:
    if end <= start:
        found.faults.append(fault("end", "must be after start", "必须晚于 start"))
    elif end > (latest := _years_later(start)):
        latest_text = literals.printed(latest)
        found.faults.append(
            fault(
                "end",
                f"must be at most {MOST_YEARS} years after start",
                f"最多比 start 晚 {MOST_YEARS} 年",
                latest_text,
            )
        )


def _years_later(start: datetime) -> datetime:
    try:
        return start.replace(year=start.year + MOST_YEARS)
    except ValueError:
        return start.replace(year=start.year + MOST_YEARS, day=28)
