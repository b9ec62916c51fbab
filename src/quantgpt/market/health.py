"""Does a market still hold what it was given, and do its numbers agree with each other?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from quantgpt.foundations.hashing import hash_file
from quantgpt.foundations.panel import FloatPanel
from quantgpt.market.derive import STORED
from quantgpt.market.market import Market
from quantgpt.market.snapshots import SnapshotFolder
from quantgpt.market.universes import BENCHMARKS

RETURN_TOLERANCE = 0.001
LOW_COVERAGE = 0.9
MANY = 1e-5
"""Share of bars whose adjusted and official return differ above which the factors cannot be trusted."""


class Level(StrEnum):
    """How bad a finding is."""

    FAULT = "fault"
    """numbers that cannot be trusted"""
    GAP = "gap"
    """data that is missing; results say so"""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    code: str
    level: Level
    zh: str
    en: str
    args: Mapping[str, Any]


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
def check(market: Market, folder: SnapshotFolder) -> HealthReport:
    """Check files against their hashes, then the numbers against each other."""
    names = sorted(market.manifest.objects())
    broken = tuple(_file_findings(folder, names))
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


def _file_findings(folder: SnapshotFolder, names: list[str]) -> Iterator[Finding]:
    for name in names:
        path = folder.path(name)
        if not path.is_file():
            yield Finding(
                code="file_missing",
                level=Level.FAULT,
                zh=f"文件缺失：{name[:12]}…",
                en=f"a file is missing: {name[:12]}…",
                args={"file": name},
            )
        elif hash_file(path) != name.partition(".")[0]:
            yield Finding(
                code="file_changed",
                level=Level.FAULT,
                zh=f"文件内容与清单不符：{name[:12]}…，请重新导入或回滚",
                en=f"a file is not what the manifest says: {name[:12]}…; import again or roll back",
                args={"file": name},
            )


def _number_findings(market: Market) -> Iterator[Finding]:
    for name in STORED:
        if market.has_field(name):
            count = int(np.isinf(market.raw(name)).sum())
            if count:
                yield _fault(
                    "not_finite", f"字段 {name} 有 {count} 个无穷值", f"{count} infinite values in {name}", field=name
                )
    close, pre_close = np.asarray(market.raw("close")), np.asarray(market.raw("pre_close"))
    yield from _bar_findings(market, close)
    yield from _return_findings(market, close, pre_close)
    yield from _gap_findings(market, close)
    for info in BENCHMARKS.values():
        if info.code in market.facts.index_codes.tolist():
            gaps = int(np.isnan(market.index_close(info.code)).sum())
            if gaps:
                yield _gap(
                    "benchmark_gaps",
                    f"基准 {info.zh} 缺 {gaps} 个交易日",
                    f"{info.en} lacks {gaps} sessions",
                    count=gaps,
                )
        else:
            yield _gap(
                "no_benchmark", f"没有基准 {info.zh} 的行情", f"no bars of the benchmark {info.en}", benchmark=info.name
            )


def _bar_findings(market: Market, close: FloatPanel) -> Iterator[Finding]:
    high, low, opened = (np.asarray(market.raw(name)) for name in ("high", "low", "open"))
    slack = 1e-9 * close
    wrong = (
        (high < low) | (close > high + slack) | (close < low - slack) | (opened > high + slack) | (opened < low - slack)
    )
    count = int(wrong.sum()) + int((close <= 0).sum())
    if count:
        yield _fault("bad_bars", f"{count} 根日线的价格自相矛盾", f"{count} bars contradict themselves", count=count)


def _return_findings(market: Market, close: FloatPanel, pre_close: FloatPanel) -> Iterator[Finding]:
    official = close / pre_close - 1.0
    apart = np.abs(market.raw("returns") - official) > RETURN_TOLERANCE
    count = int(apart.sum())
    if count:
        row, column = np.argwhere(apart)[0].tolist()
        where = f"{market.assets[column]} {market.days[row]}"
        finding = _fault if count > MANY * np.isfinite(official).sum() else _gap
        yield finding(
            "returns_disagree",
            f"{count} 个交易日的复权收益与交易所参考价不一致，例：{where}",
            f"adjusted and official return differ on {count} bars, first {where}",
            count=count,
        )


def _gap_findings(market: Market, close: FloatPanel) -> Iterator[Finding]:
    empty = np.isnan(close).all(axis=1)
    if empty.any():
        count, first = int(empty.sum()), market.days[empty.argmax()]
        yield _fault(
            "empty_sessions",
            f"{count} 个交易日没有任何成交，例：{first}",
            f"no trade at all on {count} sessions, first {first}",
            count=count,
        )
    facts = market.facts
    at = np.arange(close.shape[0])[:, None]
    inside = (at > facts.first_row) & (at <= facts.last_row)
    holes = int((inside & np.isnan(market.raw("pre_close")) & np.isnan(close)).sum())
    if holes:
        yield _gap("missing_rows", f"上市期间缺 {holes} 行日线", f"{holes} bars are missing while listed", count=holes)
    share = float(market.st_known().mean())
    if share < LOW_COVERAGE:
        yield _gap(
            "st_unknown",
            f"ST 标记只覆盖 {share:.1%}",
            f"ST flags are known for {share:.1%} of bars",
            share=round(share, 4),
        )
    if facts.adjusted_only.size:
        count = int(facts.adjusted_only.size)
        yield _gap(
            "adjusted_only", f"{count} 只股票只有前复权价格", f"{count} names have adjusted prices only", count=count
        )
    unknown = int((facts.industry < 0).sum())
    if unknown:
        yield _gap(
            "industry_unknown", f"{unknown} 只股票没有行业分类", f"{unknown} names have no industry", count=unknown
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
