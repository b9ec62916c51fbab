"""Universes and benchmarks: what they are called, who belongs to them on which day, what is known about that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import BoolPanel
from quantgpt.market.calendar import review_monday
from quantgpt.market.facts import Facts, Spells

SMALL_SCALE = ("600036.SH", "600519.SH", "601318.SH", "000333.SZ", "000858.SZ")
"""Five large names, picked in hindsight; not point-in-time."""


@dataclass(frozen=True)
class UniverseInfo:
    """One universe as a menu shows it; `members` is the number on the last session."""

    name: str
    zh: str
    en: str
    is_pit: bool
    members: int


@dataclass(frozen=True)
class BenchmarkInfo:
    """One benchmark: a price index, dividends excluded."""

    name: str
    zh: str
    en: str
    code: str


BENCHMARKS = {
    "hs300": BenchmarkInfo("hs300", "沪深300", "CSI 300", "000300.SH"),
    "zz500": BenchmarkInfo("zz500", "中证500", "CSI 500", "000905.SH"),
    "sz50": BenchmarkInfo("sz50", "上证50", "SSE 50", "000016.SH"),
}
UNIVERSE_WORDS = {
    "small_scale": ("小规模（5 只蓝筹）", "five blue chips"),
    "hs300": ("沪深300", "CSI 300"),
    "csi500": ("中证500", "CSI 500"),
    "csi1000": ("中证1000", "CSI 1000"),
    "all": ("全市场", "all stocks"),
}
INDEX_OF_UNIVERSE = {"000300.SH": "hs300", "000905.SH": "csi500", "000852.SH": "csi1000"}


def notice(code: str, zh: str, en: str, **args: Any) -> dict[str, Any]:
    """A warning that result, report and page can show in either language."""
    return {"code": code, "zh": zh, "en": en, "args": args}


@dataclass(frozen=True, kw_only=True)
class Members:
    """Who belongs to a universe over a span of rows.

    Shape: `columns` (n,) into the store's names; `member` (T, n), no further than each name's first and last bar.
    """

    columns: NDArray[np.int64]
    member: BoolPanel
    members_ever: int
    missing: tuple[str, ...]
    """members without a bar on the sessions asked for"""
    size: int
    """members on the last session asked for, those without prices included"""
    coverage: float
    is_pit: bool
    source: str
    as_of: str | None
    notices: tuple[dict[str, Any], ...] = ()


def all_members(facts: Facts, rows: slice, asked: slice) -> Members:
    """Every name with unadjusted bars, from its first stored bar to its last."""
    columns = np.flatnonzero((facts.first_row < asked.stop) & (facts.last_row >= rows.start))
    at = np.arange(rows.start, rows.stop)[:, None]
    member = (at >= facts.first_row[columns]) & (at <= facts.last_row[columns])
    return Members(
        columns=columns,
        member=member,
        members_ever=int((facts.last_row[columns] >= asked.start).sum()),
        missing=(),
        size=int(member[-1].sum()),
        coverage=1.0,
        is_pit=True,
        source="bars",
        as_of=str(facts.days[-1]),
        notices=survivorship_notices(facts),
    )


def survivorship_notices(facts: Facts) -> tuple[dict[str, Any], ...]:
    """What has to be said where delisted names have no traded prices."""
    count = int(facts.adjusted_only.size)
    if not count:
        return ()
    return (
        notice(
            "adjusted_only",
            f"另有 {count} 只退市股票只有前复权价格，不进入任何股票池，结果偏向存活的股票",
            f"{count} delisted names have forward-adjusted prices only and are in no universe: survivorship bias",
            count=count,
        ),
    )


def fixed_members(facts: Facts, codes: tuple[str, ...], rows: slice, asked: slice) -> Members:
    """A fixed list of names, members while they have bars."""
    position = {code: i for i, code in enumerate(facts.assets.tolist())}
    found = sorted(position[code] for code in codes if code in position)
    columns = np.array(found, dtype=np.int64)
    at = np.arange(rows.start, rows.stop)[:, None]
    missing = tuple(code for code in codes if not _has_bar(facts, position.get(code), asked))
    return Members(
        columns=columns,
        member=(at >= facts.first_row[columns]) & (at <= facts.last_row[columns]),
        members_ever=len(codes),
        missing=missing,
        size=len(codes),
        coverage=1.0 - len(missing) / len(codes),
        is_pit=False,
        source="fixed list",
        as_of=None,
        notices=(
            notice(
                "fixed_list",
                "该股票池是事后选定的固定名单，不是时点成分股，结果有选择偏差",
                "this universe is a fixed list picked in hindsight, not point-in-time",
            ),
        ),
    )


def _has_bar(facts: Facts, column: int | None, asked: slice) -> bool:
    """Whether a name's stored bars reach into the sessions asked for."""
    return column is not None and bool(facts.first_row[column] < asked.stop and facts.last_row[column] >= asked.start)


def index_members(facts: Facts, universe: str, spells: Spells, rows: slice, asked: slice) -> Members:
    """Members of an index by spell, both ends included, from a name's first stored bar to its last.

    Columns are the names ever a member on these rows: those of the warm-up too, so that a cross-section inside a window
    is the same whatever the start. `members_ever`, `missing` and `coverage` speak of the sessions asked for alone.
    """
    days = facts.days
    first_day, last_day = days[asked.start], days[asked.stop - 1]
    end = np.where(np.isnat(spells.last), np.datetime64("2262-01-01", "D"), spells.last)
    touch = np.flatnonzero((spells.first <= last_day) & (end >= days[rows.start]))
    position = {code: i for i, code in enumerate(facts.assets.tolist())}
    codes = spells.codes[touch].tolist()
    ever = sorted(set(spells.codes[touch][end[touch] >= first_day].tolist()))
    columns = np.array(sorted({position[code] for code in codes if code in position}), dtype=np.int64)
    place = {int(column): i for i, column in enumerate(columns)}
    begin_row = np.searchsorted(days, spells.first[touch])
    end_row = np.searchsorted(days, end[touch], "right")
    member = np.zeros((columns.size, rows.stop - rows.start), dtype=bool)
    cells = covered = 0
    for code, begin, stop in zip(codes, begin_row.tolist(), end_row.tolist(), strict=True):
        low, high = max(begin, asked.start), min(stop, asked.stop)
        cells += max(0, high - low)
        column = position.get(code)
        if column is None:
            continue
        lives, ends = int(facts.first_row[column]), int(facts.last_row[column]) + 1
        since, until = max(begin, lives, rows.start), min(stop, ends, rows.stop)
        member[place[column], since - rows.start : max(since, until) - rows.start] = True
        covered += max(0, min(high, ends) - max(low, lives))
    notices, is_pit = index_notices(facts, universe, spells, first_day, last_day)
    missing = tuple(code for code in ever if not _has_bar(facts, position.get(code), asked))
    now = (spells.first[touch] <= last_day) & (end[touch] >= last_day)
    coverage = covered / cells if cells else 0.0
    if cells and coverage < 0.995:
        notices.append(
            notice(
                "members_without_prices",
                f"{len(ever)} 只历史成分股中有 {len(missing)} 只没有行情，按成分日计覆盖 {coverage:.1%}",
                f"{len(missing)} of {len(ever)} members ever have no prices; {coverage:.1%} of member days are covered",
                members_ever=len(ever),
                missing=len(missing),
                coverage=round(coverage, 4),
            )
        )
    return Members(
        columns=columns,
        member=np.ascontiguousarray(member.T),
        members_ever=len(ever),
        missing=missing,
        size=len(set(spells.codes[touch][now].tolist())),
        coverage=coverage,
        is_pit=is_pit,
        source="membership spells",
        as_of=str(spells.as_of),
        notices=tuple(notices),
    )


def index_notices(
    facts: Facts, universe: str, spells: Spells, first_day: np.datetime64, last_day: np.datetime64
) -> tuple[list[dict[str, Any]], bool]:
    """What has to be said about lists that do not reach as far as the span; whether every day's list is that day's.

    Before lists begin nobody is a member, which is no hindsight; a list carried on beyond its end is none of its day.
    """
    zh = UNIVERSE_WORDS.get(universe, (universe, universe))[0]
    out = []
    begin, until = spells.first.min(), known_until(spells.as_of)
    if first_day < begin:
        out.append(
            notice(
                "members_start_late",
                f"{zh} 的成分股名单从 {begin} 开始，之前没有成分股",
                f"the member lists of {universe} begin on {begin}; there are no members before",
                first=str(begin),
            )
        )
    if last_day > until:
        out.append(
            notice(
                "members_end_early",
                f"{zh} 的成分股名单只到 {spells.as_of}，{until} 之后沿用最后一份名单，不是时点成分股",
                f"the member lists of {universe} end on {spells.as_of}; after {until} the last list is carried on",
                as_of=str(spells.as_of),
                known_until=str(until),
            )
        )
    return out, not last_day > until


def known_until(as_of: np.datetime64) -> np.datetime64:
    """Last day for which lists that changed last on `as_of` are complete: the day before the next half-yearly review.

    Source: CSI index methodology; reviews take effect on the Monday after the second Friday of June and December.
    """
    day: date = as_of.astype(object)
    mondays = [review_monday(year, month) for year in (day.year, day.year + 1) for month in (6, 12)]
    return np.datetime64(next(monday for monday in mondays if monday > day) - timedelta(days=1), "D")


def infos(facts: Facts) -> list[UniverseInfo]:
    """All universes that this store can form, with their size on the last session."""
    if not facts.days.size or not facts.assets.size:
        return []
    last = slice(facts.days.size - 1, facts.days.size)
    out = []
    for name, (zh, en) in UNIVERSE_WORDS.items():
        if name == "all":
            found = all_members(facts, last, last)
        elif name == "small_scale":
            found = fixed_members(facts, SMALL_SCALE, last, last)
        elif name in facts.spells:
            found = index_members(facts, name, facts.spells[name], last, last)
        else:
            continue
        if found.columns.size:
            out.append(UniverseInfo(name, zh, en, found.is_pit, int(found.member.sum())))
    return out
