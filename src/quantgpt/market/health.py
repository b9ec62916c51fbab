"""Does a market still hold what it was given, and do its numbers agree with each other?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.hashing import hash_file
from quantgpt.market.derive import STORED
from quantgpt.market.market import Market
from quantgpt.market.snapshots import SnapshotFolder
from quantgpt.market.universes import BENCHMARKS

RETURN_TOLERANCE = 0.001
LOW_COVERAGE = 0.9
LARGE_STEP = 0.35
"""No price band is that wide: a bar beyond it is a suspension of months, a first session without a band, or a mistake."""
YOUNG = 5
"""Sessions after the first bar of a new name that may have no band."""
EXAMPLES = 20
BLOCK_ROWS = 256
"""Sessions that are looked at at a time, to bound memory."""
MANY = 1e-5
"""Share of bars whose adjusted and official return differ above which the factors cannot be trusted."""


class Level(StrEnum):
    """How bad a finding is."""

    FAULT = "fault"
    """numbers that cannot be trusted"""
    GAP = "gap"
    """data that is missing; results say so"""


@dataclass(frozen=True, kw_only=True)
class Example:
    """One place where a finding shows; `code` or `day` is empty where it concerns all names or all days."""

    code: str
    day: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    code: str
    level: Level
    zh: str
    en: str
    args: Mapping[str, Any]
    count: int = 1
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HealthReport:
    """All findings on one snapshot; `ok` when none of them is a fault."""

    market: str
    snapshot: str
    findings: tuple[Finding, ...]
    coverage: Mapping[str, Mapping[str, float]]
    """share of traded sessions on which a field is known, by field and year"""
    objects: int
    bytes: int

    @property
    def ok(self) -> bool:
        """Whether nothing is faulty."""
        return not any(finding.level is Level.FAULT for finding in self.findings)


@np.errstate(all="ignore")
def check(market: Market, folder: SnapshotFolder, *, files: bool = True) -> HealthReport:
    """Check the numbers against each other, and with `files` every file against its hash first."""
    names = sorted(market.manifest.objects())
    broken = tuple(_file_findings(folder, names)) if files else tuple(_lost_files(folder, names))
    coverage = {name: dict(entry["coverage"]) for name, entry in market.manifest.panels.items() if "coverage" in entry}
    findings = list(broken)
    if not broken and market.assets:
        findings.extend(_number_findings(market))
    findings.extend(_coverage_findings(coverage))
    present = [folder.path(name) for name in names if folder.path(name).is_file()]
    return HealthReport(
        market=market.name,
        snapshot=market.snapshot,
        findings=tuple(findings),
        coverage=coverage,
        objects=len(names),
        bytes=sum(path.stat().st_size for path in present),
    )


def _lost_files(folder: SnapshotFolder, names: list[str]) -> Iterator[Finding]:
    for name in names:
        if not folder.path(name).is_file():
            yield _missing_file(name)


def _missing_file(name: str) -> Finding:
    return _fault("file_missing", f"文件缺失：{name[:12]}…", f"a file is missing: {name[:12]}…", file=name)


def _file_findings(folder: SnapshotFolder, names: list[str]) -> Iterator[Finding]:
    for name in names:
        path = folder.path(name)
        if not path.is_file():
            yield _missing_file(name)
        elif hash_file(path) != name.partition(".")[0]:
            yield _fault(
                "file_changed",
                f"文件内容与清单不符：{name[:12]}…，请重新导入或回滚",
                f"a file is not what the manifest says: {name[:12]}…; import again or roll back",
                file=name,
            )


@dataclass
class _Tally:
    """How often something was found, and where first."""

    count: int = 0
    at: list[tuple[int, int, str]] = field(default_factory=list)
    """(row, column, words) of the first few"""

    def add(self, mask: NDArray[np.bool_], first_row: int, words: Callable[[int, int], str]) -> None:
        """Take in what a block of rows shows; `words` describes a place of the block."""
        found = int(mask.sum())
        self.count += found
        if found and len(self.at) < EXAMPLES:
            for row, column in np.argwhere(mask)[: EXAMPLES - len(self.at)].tolist():
                self.at.append((first_row + row, column, words(row, column)))

    def examples(self, market: Market) -> tuple[Example, ...]:
        """The places by name and day."""
        return tuple(
            Example(code=market.assets[column], day=str(market.days[row]), text=text) for row, column, text in self.at
        )


@dataclass
class _Numbers:
    """Everything that is counted over the panels."""

    infinite: dict[str, _Tally] = field(default_factory=dict)
    bad_bars: _Tally = field(default_factory=_Tally)
    disagree: _Tally = field(default_factory=_Tally)
    large: _Tally = field(default_factory=_Tally)
    holes: _Tally = field(default_factory=_Tally)
    no_factor: _Tally = field(default_factory=_Tally)
    no_amount: _Tally = field(default_factory=_Tally)
    official: int = 0
    """bars with a close and a reference price"""
    empty_days: list[int] = field(default_factory=list)

    def take(self, market: Market, rows: slice) -> None:
        """Look at some sessions."""
        panel = {name: market.panel_rows(name, rows) for name in (*STORED, "traded") if name in market.manifest.panels}
        for name in STORED:
            if name in panel:
                self.infinite.setdefault(name, _Tally()).add(np.isinf(panel[name]), rows.start, lambda i, j: "")
        self._bars(panel, rows.start)
        self._changes(market, panel, rows)
        self._gaps(market, panel, rows)

    def _bars(self, panel: Mapping[str, NDArray[Any]], start: int) -> None:
        opened, high, low, close = (panel[name] for name in ("open", "high", "low", "close"))
        slack = 1e-9 * close
        wrong = (high < low) | (close > high + slack) | (close < low - slack)
        wrong |= (opened > high + slack) | (opened < low - slack) | (close <= 0)

        def words(i: int, j: int) -> str:
            return f"open={opened[i, j]:g} high={high[i, j]:g} low={low[i, j]:g} close={close[i, j]:g}"

        self.bad_bars.add(wrong, start, words)

    def _changes(self, market: Market, panel: Mapping[str, NDArray[Any]], rows: slice) -> None:
        close, before, returns = panel["close"], panel["pre_close"], panel["returns"]
        official = close / before - 1.0
        self.official += int(np.isfinite(official).sum())

        def words(i: int, j: int) -> str:
            return f"close={close[i, j]:g} pre_close={before[i, j]:g} change={official[i, j]:.2%}"

        def both(i: int, j: int) -> str:
            return f"{words(i, j)} adjusted={returns[i, j]:.2%}"

        self.disagree.add(np.abs(returns - official) > RETURN_TOLERANCE, rows.start, both)
        first = market.facts.first_row
        age = np.arange(rows.start, rows.stop)[:, None] - first[None, :]
        grown = (age >= YOUNG) | (first == 0)[None, :]
        self.large.add((np.abs(official) > LARGE_STEP) & grown, rows.start, words)

    def _gaps(self, market: Market, panel: Mapping[str, NDArray[Any]], rows: slice) -> None:
        facts, close = market.facts, panel["close"]
        traded = panel["traded"].astype(bool)
        at = np.arange(rows.start, rows.stop)[:, None]
        inside = (at > facts.first_row) & (at <= facts.last_row)
        self.holes.add(inside & np.isnan(panel["pre_close"]) & np.isnan(close), rows.start, lambda i, j: "")

        def words(i: int, j: int) -> str:
            return f"close={close[i, j]:g}"

        self.no_factor.add(traded & np.isnan(panel["factor"]), rows.start, words)
        if "amount" in panel:
            self.no_amount.add(traded & np.isnan(panel["amount"]), rows.start, words)
        self.empty_days.extend((np.flatnonzero(np.isnan(close).all(axis=1)) + rows.start).tolist())


def _number_findings(market: Market) -> Iterator[Finding]:
    seen = _Numbers()
    for start in range(0, market.days.size, BLOCK_ROWS):
        seen.take(market, slice(start, min(start + BLOCK_ROWS, market.days.size)))
    for name, tally in seen.infinite.items():
        if tally.count:
            zh, en = f"字段 {name} 有 {tally.count} 个无穷值", f"{tally.count} infinite values in {name}"
            yield _of(_fault, "not_finite", tally, market, zh, en, field=name)
    yield from _bar_findings(market, seen)
    yield from _gap_findings(market, seen)
    yield from _index_findings(market)


def _bar_findings(market: Market, seen: _Numbers) -> Iterator[Finding]:
    if count := seen.bad_bars.count:
        zh, en = f"{count} 根日线的价格自相矛盾", f"{count} bars contradict themselves"
        yield _of(_fault, "bad_bars", seen.bad_bars, market, zh, en)
    if count := seen.disagree.count:
        row, column, _ = seen.disagree.at[0]
        where = f"{market.assets[column]} {market.days[row]}"
        zh = f"{count} 个交易日的复权收益与交易所参考价不一致，例：{where}"
        en = f"adjusted and official return differ on {count} bars, first {where}"
        how = _fault if count > MANY * seen.official else _gap
        yield _of(how, "returns_disagree", seen.disagree, market, zh, en)
    if count := seen.large.count:
        zh = f"{count} 根日线的涨跌超过 {LARGE_STEP:.0%}，超出任何涨跌幅限制"
        en = f"{count} bars moved by more than {LARGE_STEP:.0%}, beyond any price band"
        yield _of(_gap, "large_steps", seen.large, market, zh, en)


def _gap_findings(market: Market, seen: _Numbers) -> Iterator[Finding]:
    if seen.empty_days:
        count, first = len(seen.empty_days), market.days[seen.empty_days[0]]
        yield Finding(
            code="empty_sessions",
            level=Level.FAULT,
            zh=f"{count} 个交易日没有任何成交，例：{first}",
            en=f"no trade at all on {count} sessions, first {first}",
            args={"count": count},
            count=count,
            examples=tuple(Example(code="", day=str(market.days[row])) for row in seen.empty_days[:EXAMPLES]),
        )
    if count := seen.holes.count:
        zh, en = f"上市期间缺 {count} 行日线", f"{count} bars are missing while listed"
        yield _of(_gap, "missing_rows", seen.holes, market, zh, en)
    if count := seen.no_factor.count:
        zh, en = f"{count} 根日线没有复权因子", f"{count} bars have no adjustment factor"
        yield _of(_fault, "missing_factor", seen.no_factor, market, zh, en)
    if count := seen.no_amount.count:
        zh, en = f"{count} 根日线没有成交额", f"{count} bars have no amount"
        yield _of(_gap, "missing_amount", seen.no_amount, market, zh, en)
    yield from _name_findings(market)


def _name_findings(market: Market) -> Iterator[Finding]:
    facts = market.facts
    share = float(market.st_known().mean())
    if share < LOW_COVERAGE:
        yield _gap(
            "st_unknown",
            f"ST 标记只覆盖 {share:.1%}",
            f"ST flags are known for {share:.1%} of bars",
            share=round(share, 4),
        )
    if facts.adjusted_only.size:
        count, names = int(facts.adjusted_only.size), facts.adjusted_only.tolist()
        zh, en = f"{count} 只股票只有前复权价格", f"{count} names have adjusted prices only"
        yield _names_finding("adjusted_only", names, zh, en)
    unknown = np.flatnonzero(facts.industry < 0)
    if unknown.size:
        names = facts.assets[unknown].tolist()
        zh, en = f"{len(names)} 只股票没有行业分类", f"{len(names)} names have no industry"
        yield _names_finding("industry_unknown", names, zh, en)


def _index_findings(market: Market) -> Iterator[Finding]:
    for info in BENCHMARKS.values():
        if info.code in market.facts.index_codes.tolist():
            gaps = np.flatnonzero(np.isnan(market.index_close(info.code)))
            if gaps.size:
                yield Finding(
                    code="benchmark_gaps",
                    level=Level.GAP,
                    zh=f"基准 {info.zh} 缺 {gaps.size} 个交易日",
                    en=f"{info.en} lacks {gaps.size} sessions",
                    args={"count": int(gaps.size)},
                    count=int(gaps.size),
                    examples=tuple(Example(code=info.code, day=str(market.days[row])) for row in gaps[:EXAMPLES]),
                )
        else:
            yield _gap(
                "no_benchmark", f"没有基准 {info.zh} 的行情", f"no bars of the benchmark {info.en}", benchmark=info.name
            )


def _coverage_findings(coverage: Mapping[str, Mapping[str, float]]) -> Iterator[Finding]:
    for name in sorted(coverage):
        low = {year: share for year, share in coverage[name].items() if share < LOW_COVERAGE}
        if low:
            worst = min(low, key=lambda year: low[year])
            yield _gap(
                "low_coverage",
                f"字段 {name} 在 {len(low)} 个年份覆盖不足九成，最低 {worst} 年 {low[worst]:.1%}",
                f"{name} is known for less than 90 % of traded sessions in {len(low)} years, least in {worst}: {low[worst]:.1%}",
                field=name,
                years=low,
            )


def _fault(code: str, zh: str, en: str, **args: Any) -> Finding:
    return Finding(code=code, level=Level.FAULT, zh=zh, en=en, args=args)


def _gap(code: str, zh: str, en: str, **args: Any) -> Finding:
    return Finding(code=code, level=Level.GAP, zh=zh, en=en, args=args)


def _of(
    how: Callable[..., Finding], code: str, tally: _Tally, market: Market, zh: str, en: str, **args: Any
) -> Finding:
    """A finding with its count and its first places."""
    made = how(code, zh, en, count=tally.count, **args)
    return replace(made, count=tally.count, examples=tally.examples(market))


def _names_finding(code: str, names: list[str], zh: str, en: str) -> Finding:
    examples = tuple(Example(code=name, day="") for name in names[:EXAMPLES])
    return replace(_gap(code, zh, en, count=len(names)), count=len(names), examples=examples)
