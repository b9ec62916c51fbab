"""`--prefetch hs300 csi500`: have the market data of the named universes, and of all benchmarks, on this machine."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantgpt.foundations.errors import BadRequest, Unavailable
from quantgpt.foundations.progress import Progress, silent
from quantgpt.services._base import App
from quantgpt.services.data import INDEX_OF, DataUpdate, update_data

if TYPE_CHECKING:
    from quantgpt.market.source import Source

FIRST_DAY = "2020-01-01"
"""where an empty market begins"""
MARKET = "main"


@dataclass(frozen=True, kw_only=True)
class Prefetched:
    """What is there now. `fetched` counts the rows that this call took from the source: none when all was there."""

    market: str
    snapshot: str
    universes: tuple[str, ...]
    benchmarks: tuple[str, ...]
    first_day: str
    last_day: str
    sessions: int
    fetched: int

    def sentence(self) -> str:
        """The same for a person."""
        news = f"新取 {self.fetched:,} 行" if self.fetched else "已是最新，没有新数据"
        return (
            f"行情库 {self.market}（快照 {self.snapshot}）：{self.first_day} … {self.last_day}，{self.sessions:,} 个交易日；"
            f"股票池 {'、'.join(self.universes)}，基准 {'、'.join(self.benchmarks)}；{news}"
        )


def prefetch(
    app: App, source: Source, names: Sequence[str], progress: Progress = silent, *, start: str | None = None
) -> Prefetched:
    """Fetch what is missing of these universes up to the last complete session; doing it again changes nothing.

    `start` is where an empty market begins. A universe whose lists a filled market lacks is fetched with the span that
    the market has.
    Raises: BadRequest for a universe that the source has no lists of, SourceFailed naming the source and the cause,
    Unavailable where the installation must not ask one.
    """
    wanted = tuple(dict.fromkeys(names))
    _check(wanted)
    if app.settings.cache_only:
        raise Unavailable("QUANTGPT_CACHE_ONLY 已打开，不访问数据源", hint="unset QUANTGPT_CACHE_ONLY to fetch data")
    empty = not app.markets.folder(MARKET).exists
    first = (start or FIRST_DAY) if empty else None
    reports = []
    if lacking := () if empty else _without_lists(app, wanted):
        begin = str(app.markets.open(MARKET).days[0])
        ask = DataUpdate(market=MARKET, start=begin, universes=lacking, apply=True)
        reports.append(update_data(app.markets, source, app.clock, ask, progress))
    ask = DataUpdate(market=MARKET, start=first, universes=wanted, apply=True)
    reports.append(update_data(app.markets, source, app.clock, ask, progress))
    market = app.markets.open(MARKET)
    return Prefetched(
        market=market.name,
        snapshot=market.snapshot,
        universes=wanted,
        benchmarks=tuple(market.facts.index_names.tolist()),
        first_day=str(market.days[0]),
        last_day=str(market.days[-1]),
        sessions=int(market.days.size),
        fetched=sum(report.rows for report in reports if report.changed),
    )


def _check(names: Sequence[str]) -> None:
    known = list(INDEX_OF)
    unknown = [name for name in names if name not in INDEX_OF]
    if unknown or not names:
        near = difflib.get_close_matches(unknown[0], known, n=1) if unknown else known
        raise BadRequest(
            f"不能预取股票池 {'、'.join(unknown)}" if unknown else "没有给出要预取的股票池",
            hint=f"可用：{'、'.join(known)}",
            field="universes",
            nearest=near[0] if near else known[0],
        )


def _without_lists(app: App, names: Sequence[str]) -> tuple[str, ...]:
    """Those universes that a filled market has no members of."""
    market = app.markets.open(MARKET)
    if not market.manifest.holds_stocks:
        return ()
    return tuple(name for name in names if name not in market.facts.spells)
