"""Universes of a Qlib folder: `instruments/<name>.txt`, lines of code, first day and last day, both included."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quantgpt.foundations.errors import BadImport, UnknownUniverse
from quantgpt.foundations.panel import BoolPanel, Days
from quantgpt.market.qlib_folder.calendar import dates_of, lines_of, shown
from quantgpt.market.qlib_folder.codes import qlib_code

ALIASES = {"hs300": "csi300", "zz500": "csi500", "zz1000": "csi1000"}
"""Names of universes that are usual here, and Qlib's for them."""

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


def universe_names(root: Path) -> tuple[str, ...]:
    """Universes that the folder holds."""
    return tuple(sorted(path.stem for path in (root / "instruments").glob("*.txt")))


def read_membership(root: Path, universe: str, freq: str, days: Days) -> Membership:
    """The spells of one universe as rows of the calendar `days`.

    Spells that reach beyond the calendar are cut to it, those that lie wholly outside leave no rows: lists are often
    older than the bars or end in a far future. `all` is the list of the folder's own bars, so there a span outside the
    calendar is an error.
    Raises: UnknownUniverse; BadImport naming the line.
    """
    known = universe_names(root)
    name = universe if universe in known else ALIASES.get(universe, universe)
    if name not in known:
        near = difflib.get_close_matches(universe, known, n=1)
        raise UnknownUniverse(
            f"{root.name} 没有股票池 {universe[:40]!r}（instruments/ 下没有这个文件）",
            hint=f"known: {', '.join(known)}",
            field="instruments",
            nearest=near[0] if near else None,
        )
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
    outside = np.flatnonzero((last < days[0]) | (first > days[-1])) if name == "all" else np.empty(0, np.int64)
    if outside.size:
        at = int(outside[0])
        raise BadImport(
            f"{place(at)} 的日期 {first[at]} 至 {last[at]} 在日历 {days[0]} 至 {days[-1]} 之外",
            hint="bars of that instrument cannot be dated: the calendar lacks lines or the line is wrong",
            field="source",
        )
    begin = np.searchsorted(days, first).tolist()
    stop = np.searchsorted(days, last, "right").tolist()
    spans: dict[str, list[tuple[int, int]]] = {}
    for parts, a, b in zip(cells, begin, stop, strict=True):
        if a < b:
            spans.setdefault(qlib_code(parts[0]), []).append((a, b - 1))
    return Membership({code: tuple(own) for code, own in spans.items()})
