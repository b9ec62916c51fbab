"""Which instruments and which rows a request for features means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from quantgpt.foundations.errors import BadRequest, NotFound, QuantError
from quantgpt.foundations.panel import Days
from quantgpt.market.qlib_folder import Membership, PanelSource, qlib_code

_ALL = "all"
_DIGITS = re.compile(r"\d{6}")
_EXCHANGES = ("SZ", "SH", "BJ")
_ZONE = re.compile(r"(?P<clock>(?P<day>\d{4}-\d\d-\d\d)[T ]\d\d:\d\d[\d:.]*) ?(Z|UTC|[+-]\d\d(:?\d\d(:\d\d)?)?)")


def rows_between(days: Days, start: Any, end: Any) -> slice:
    """Rows of the calendar from `start` to `end`, both included; what lies beyond the calendar is cut off."""
    first = days[0] if start is None else _moment(start, "start", days)
    last = days[-1] if end is None else _moment(end, "end", days)
    if first > last:
        raise BadRequest("开始时间晚于结束时间", hint=f"start {first}, end {last}", field="start", nearest=str(last))
    rows = slice(int(np.searchsorted(days, first)), int(np.searchsorted(days, last, "right")))
    if rows.start >= rows.stop:
        nearest = days[min(rows.start, days.size - 1)]
        raise BadRequest(
            f"{first} 至 {last} 之间没有交易日",
            hint=f"the source holds {days[0]} to {days[-1]}",
            field="start",
            nearest=str(nearest),
        )
    return rows


def _moment(value: Any, name: str, days: Days) -> np.datetime64:
    """A day or a time of day. One with a time zone counts by the clock of that zone: its date where `days` are days.

    Raises: BadRequest.
    """
    text = value.isoformat() if hasattr(value, "isoformat") else str(value).strip()
    zone = _ZONE.fullmatch(text)
    if zone:
        text = zone["day"] if days.dtype == "datetime64[D]" else zone["clock"]
    try:
        if len(text) < 10 or text[4] != "-":
            raise ValueError(text)
        moment = np.datetime64(text.replace(" ", "T"))
    except ValueError:
        moment = np.datetime64("NaT")
    if np.isnat(moment):
        raise BadRequest(f"{name} 必须写成 YYYY-MM-DD 或 YYYY-MM-DD HH:MM:SS，收到 {text[:40]!r}", field=name)
    return moment


def selection(
    source: PanelSource, wanted: Any, freq: str, days: Days, rows: slice
) -> tuple[tuple[str, ...], Membership | None]:
    """Codes in Qlib's order, and the spells that trim their rows.

    A list or a mapping without anybody, and a universe or spans that nobody has in these rows, are nobody: no error.
    Raises: BadRequest, NotFound, UnknownUniverse.
    """
    if isinstance(wanted, Mapping) and "market" in wanted:
        if wanted.get("filter_pipe"):
            raise BadRequest("filter_pipe 不支持", hint="filter the frame, or give spans by code", field="instruments")
        wanted = str(wanted["market"])
    if isinstance(wanted, str):
        if _is_universe(source, wanted, freq):
            members = source.membership(wanted, freq)
            return members.touching(rows.start, rows.stop), members
        wanted = [wanted]
    if isinstance(wanted, Mapping):
        members = _spans(wanted, days)
        _refuse_universes(source, wanted, freq)
        return members.touching(rows.start, rows.stop), members
    if not isinstance(wanted, Iterable) or isinstance(wanted, bytes | bytearray | memoryview):
        raise _other_form(wanted)
    names = list(wanted)
    codes = tuple(sorted({_code(name) for name in names}))
    _refuse_universes(source, names, freq)
    return codes, None


def _code(name: Any) -> str:
    """A code as Qlib writes it.  Raises: BadRequest for what is no text or can be no code."""
    if not isinstance(name, str):
        raise _other_form(name)
    return qlib_code(name)


def _other_form(found: Any) -> BadRequest:
    return BadRequest(
        f"instruments 必须是代码的列表、股票池的名称，或代码到时间段的映射，收到 {repr(found)[:60]}",
        hint='["SH600000"], "csi300" or {"SH600000": [("2020-01-01", "2020-12-31")]}; codes are texts',
        field="instruments",
    )


def _refuse_universes(source: PanelSource, names: Iterable[str], freq: str) -> None:
    """Raises: BadRequest for the name of a universe among codes, unless an instrument has that name."""
    for name in names:
        if not source.holds_universe(name):
            continue
        try:
            source.known_fields((qlib_code(name),), freq)
        except NotFound as error:
            raise BadRequest(
                f"{name[:40]!r} 是股票池，不是证券代码",
                hint=f'a universe is written without brackets: instruments="{name}"',
                field="instruments",
                nearest=name,
            ) from error
        except QuantError:
            continue


def _is_universe(source: PanelSource, name: str, freq: str) -> bool:
    """Whether a text names a universe and not one instrument.

    Raises: NotFound for a code that is not there, UnknownUniverse for a name that is nothing.
    """
    plain = name.strip()
    if plain.lower() == _ALL or source.holds_universe(plain):
        return True
    try:
        source.known_fields((qlib_code(plain),), freq)
    except NotFound as error:
        if not _DIGITS.search(plain):
            source.membership(plain, freq)
        near = _nearest_code(source, plain, freq) or error.nearest
        raise NotFound(
            f"{source.label} 没有名为 {plain[:40]!r} 的股票池或证券",
            hint=f'put codes in a list: instruments=["{near or "SH600000"}"]',
            field="instruments",
            nearest=near,
        ) from error
    except BadRequest:
        source.membership(plain, freq)
    return False


def _nearest_code(source: PanelSource, text: str, freq: str) -> str | None:
    """The code that six digits without an exchange mean; None where there is none."""
    for exchange in _EXCHANGES if _DIGITS.fullmatch(text) else ():
        try:
            source.known_fields((exchange + text,), freq)
        except QuantError:
            continue
        return exchange + text
    return None


def _spans(wanted: Mapping[Any, Any], days: Days) -> Membership:
    """Spans by code as rows of the calendar, those of one code in several spellings together; an end may be None.

    Raises: BadRequest.
    """
    out: dict[str, list[tuple[int, int]]] = {}
    for code, spans in wanted.items():
        own = out.setdefault(_code(code), [])
        for span in spans if isinstance(spans, Iterable) else (spans,):
            if isinstance(span, str) or not isinstance(span, Sequence) or len(span) != 2:
                raise BadRequest(
                    f"{code} 的时间段必须是 (开始, 结束)，收到 {str(span)[:60]}",
                    hint='{"SH600000": [("2020-01-01", "2020-12-31")]}',
                    field="instruments",
                )
            first = days[0] if span[0] is None else _moment(span[0], "instruments", days)
            last = days[-1] if span[1] is None else _moment(span[1], "instruments", days)
            low, high = int(np.searchsorted(days, first)), int(np.searchsorted(days, last, "right")) - 1
            if low <= high:
                own.append((low, high))
    return Membership({code: tuple(own) for code, own in out.items() if own})
