"""Universes of a Qlib folder: `instruments/<name>.txt`, lines of code, first day and last day, both included."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quantgpt.foundations.errors import BadImport, UnknownUniverse
from quantgpt.foundations.panel import BoolPanel, Days
from quantgpt.market.qlib_folder.calendar import dates_of, lines_of, shown, texts_in, unit_of
from quantgpt.market.qlib_folder.codes import qlib_code

ALIASES = {"hs300": "csi300", "zz500": "csi500", "zz1000": "csi1000"}
"""Names of universes that are usual here, and Qlib's for them."""

MARKER = "quantgpt_export.json"
"""A file that says: this folder was written by an export and may be replaced by one."""

Spans = Mapping[str, tuple[tuple[int, int], ...]]
"""Rows of membership by code: first and last row of each spell, both included."""


@dataclass(frozen=True)
class Membership:
    """Who belongs to a universe on which rows."""

    spans: Spans

    def mask(self, codes: tuple[str, ...], rows: slice) -> BoolPanel:
        """Whether each code is a member on each of `rows`. Shape: (T, n)."""
        out = np.zeros((rows.stop - rows.start, len(codes)), dtype=bool)
        for j, code in enumerate(codes):
            for first, last in self.spans.get(code, ()):
                low, high = max(first, rows.start), min(last + 1, rows.stop)
                if low < high:
                    out[low - rows.start : high - rows.start, j] = True
        return out

    def touching(self, first: int, stop: int) -> tuple[str, ...]:
        """Codes that are members on any row of `first … stop − 1`, in Qlib's order."""
        return tuple(sorted(c for c, own in self.spans.items() if any(a < stop and b >= first for a, b in own)))


@dataclass(frozen=True)
class Extent:
    """Where an instrument's bars begin and end according to a list. Rows of the calendar, dates and place as written."""

    first: int
    last: int | None
    """None where the list ends after the calendar and so says nothing"""
    begins: np.datetime64
    ends: np.datetime64
    place: str


def universe_names(root: Path) -> tuple[str, ...]:
    """Universes that the folder holds.  Raises: BadImport."""
    return texts_in(root, "instruments")


def known_name(universe: str, known: Collection[str]) -> str | None:
    """The name in `known` that a universe has there, written in any case or as is usual here; None where there is none."""
    lower = {name.lower(): name for name in known}
    plain = universe.strip().lower()
    return universe if universe in known else lower.get(plain, lower.get(ALIASES.get(plain, "")))


def read_membership(root: Path, universe: str, freq: str, days: Days) -> Membership:
    """The spells of one universe as rows of the calendar `days`.

    Spells that reach beyond the calendar are cut to it, those that lie wholly outside leave no rows: lists are often
    older than the bars or end in a far future. `all` is the list of the folder's own bars, so there a span outside the
    calendar is an error.
    Raises: UnknownUniverse; BadImport naming the line.
    """
    known = universe_names(root)
    name = known_name(universe, known)
    if name is None:
        near = difflib.get_close_matches(universe.strip().lower(), known, n=1)
        raise UnknownUniverse(
            f"{root.name} 没有股票池 {universe[:40]!r}（instruments/ 下没有这个文件）",
            hint=f"known: {', '.join(known)}",
            field="instruments",
            nearest=near[0] if near else None,
        )
    codes, first, last, place = _read_spells(root, name, freq)
    if name == "all":
        _refuse_outside(first, last, days, place)
    begin = np.searchsorted(days, first).tolist()
    stop = np.searchsorted(days, last, "right").tolist()
    spans: dict[str, list[tuple[int, int]]] = {}
    for code, a, b in zip(codes, begin, stop, strict=True):
        if a < b:
            spans.setdefault(code, []).append((a, b - 1))
    return Membership({code: tuple(own) for code, own in spans.items()})


def read_extents(root: Path, freq: str, days: Days) -> dict[str, Extent]:
    """From where to where each instrument has bars according to `all.txt`, in exports of ours `index.txt` too.

    Several spells of one instrument count from the first day of the first to the last day of the last. A list of days
    says nothing about bars within a day. An instrument that no list has is left out.
    Raises: BadImport naming the line.
    """
    known = universe_names(root)
    wanted = ("all", "index") if (root / MARKER).is_file() else ("all",)
    out: dict[str, Extent] = {}
    for name in (name for name in wanted if name in known):
        codes, first, last, place = _read_spells(root, name, freq)
        if unit_of(freq) != "D" and bool((first == first.astype("datetime64[D]")).all()):
            continue
        _refuse_outside(first, last, days, place)
        begin = np.searchsorted(days, first).tolist()
        stop = np.searchsorted(days, last, "right").tolist()
        open_end = (last > days[-1]).tolist()
        for at, code in enumerate(codes):
            own = Extent(begin[at], None if open_end[at] else stop[at] - 1, first[at], last[at], place(at))
            out[code] = _joined(out[code], own) if code in out else own
    return out


def _joined(one: Extent, other: Extent) -> Extent:
    early, late = (one, other) if one.begins <= other.begins else (other, one)
    place = early.place if early.place == late.place else f"{early.place} … {late.place.rpartition('/')[2]}"
    end = max(one, other, key=lambda extent: extent.ends)
    return Extent(early.first, end.last, early.begins, end.ends, place)


def _read_spells(root: Path, name: str, freq: str) -> tuple[list[str], Days, Days, Callable[[int], str]]:
    """Codes, first and last days of the lines of a list, and where the i-th stands.  Raises: BadImport."""
    path = root / "instruments" / f"{name}.txt"
    lines = lines_of(path, root)
    if not lines:
        raise BadImport(
            f"{shown(path, root)} 是空的", hint="lines of code, first day, last day are needed", field="source"
        )
    cells = []
    for number, line in lines:
        parts = line.split("\t")
        if len(parts) < 3 or not parts[0].strip():
            raise BadImport(
                f"{shown(path, root)} 第 {number} 行不是「代码、开始日期、结束日期」：{line[:60]!r}",
                hint="three columns separated by tabs are needed",
                field="source",
            )
        cells.append(parts)

    def place(at: int) -> str:
        return f"{shown(path, root)} 第 {lines[at][0]} 行"

    first = dates_of([parts[1] for parts in cells], freq, place)
    last = dates_of([parts[2] for parts in cells], freq, place)
    backward = np.flatnonzero(first > last)
    if backward.size:
        at = int(backward[0])
        raise BadImport(
            f"{place(at)} 的开始日期 {first[at]} 晚于结束日期 {last[at]}", hint=lines[at][1][:60], field="source"
        )
    return [qlib_code(parts[0]) for parts in cells], first, last, place


def _refuse_outside(first: Days, last: Days, days: Days, place: Callable[[int], str]) -> None:
    """Raises: BadImport naming the line of bars that lie wholly outside the calendar."""
    outside = np.flatnonzero((last < days[0]) | (first > days[-1]))
    if outside.size:
        at = int(outside[0])
        raise BadImport(
            f"{place(at)} 的日期 {first[at]} 至 {last[at]} 在日历 {days[0]} 至 {days[-1]} 之外",
            hint="bars of that instrument cannot be dated: the calendar lacks lines or the line is wrong",
            field="source",
        )
