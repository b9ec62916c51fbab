"""Which instruments and which rows a request for features means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from quantgpt.foundations.errors import BadRequest, NotFound, QuantError
from quantgpt.foundations.panel import Days
from quantgpt.market.qlib_folder import Membership, PanelSource, qlib_code

_ALL = "all"


def rows_between(days: Days, start: Any, end: Any) -> slice:
    """Rows of the calendar from `start` to `end`, both included; what lies beyond the calendar is cut off."""
    first = days[0] if start is None else _moment(start, "start")
    last = days[-1] if end is None else _moment(end, "end")
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


def _moment(value: Any, name: str) -> np.datetime64:
    """A day or a time of day.  Raises: BadRequest."""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value).strip()
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
    """Codes in Qlib's order, and the spells that trim their rows."""
    if isinstance(wanted, Mapping) and "market" in wanted:
        if wanted.get("filter_pipe"):
            raise BadRequest("filter_pipe 不支持", hint="filter the frame, or give spans by code", field="instruments")
        wanted = str(wanted["market"])
    if isinstance(wanted, str):
        if _is_universe(source, wanted):
            members = source.membership(wanted, freq)
            return members.touching(rows.start, rows.stop), members
        wanted = [wanted]
    if isinstance(wanted, Mapping):
        members = _spans(wanted, days)
        return members.touching(rows.start, rows.stop), members
    codes = tuple(sorted({qlib_code(code) for code in wanted})) if isinstance(wanted, Iterable) else ()
    if not codes:
        raise BadRequest(
            "instruments 必须是代码的列表、股票池的名称，或代码到时间段的映射",
            hint='["SH600000"], "csi300" or {"SH600000": [("2020-01-01", "2020-12-31")]}',
            field="instruments",
        )
    return codes, None


def _is_universe(source: PanelSource, name: str) -> bool:
    """Whether a text names a universe and not one instrument.  Raises: UnknownUniverse for neither."""
    if name == _ALL:
        return True
    try:
        source.membership(name, "day")
    except NotFound:
        try:
            source.known_fields((qlib_code(name),), "day")
        except QuantError:
            pass
        else:
            return False
        raise
    return True


def _spans(wanted: Mapping[Any, Any], days: Days) -> Membership:
    """Spans by code as rows of the calendar; an end may be None.  Raises: BadRequest."""
    out: dict[str, tuple[tuple[int, int], ...]] = {}
    for code, spans in wanted.items():
        own = []
        for span in spans if isinstance(spans, Iterable) else (spans,):
            if isinstance(span, str) or not isinstance(span, Sequence) or len(span) != 2:
                raise BadRequest(
                    f"{code} 的时间段必须是 (开始, 结束)，收到 {str(span)[:60]}",
                    hint='{"SH600000": [("2020-01-01", "2020-12-31")]}',
                    field="instruments",
                )
            first = days[0] if span[0] is None else _moment(span[0], "instruments")
            last = days[-1] if span[1] is None else _moment(span[1], "instruments")
            low, high = int(np.searchsorted(days, first)), int(np.searchsorted(days, last, "right")) - 1
            if low <= high:
                own.append((low, high))
        if own:
            out[qlib_code(code)] = tuple(own)
    return Membership(out)
