"""How much of each item is known, year by year, and what has to be said about what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.market.boards import MAIN
from quantgpt.market.members import membership
from quantgpt.market.universes import INDEX_OF_UNIVERSE, UNIVERSE_WORDS, notice

if TYPE_CHECKING:
    from quantgpt.market.market import Market

Mask = NDArray[np.bool_]
Of = Literal["listed", "traded", "bars", "members", "names"]
LOW = 0.9
"""A share below which an item of a year is a warning."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One row of the table. `optional`: a year in which nothing of it is known is a year without it."""

    field: str
    group: str
    zh: str
    en: str
    of: Of
    panels: tuple[str, ...] = ()
    optional: bool = True


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One item in one year: how much is known of how much, and how many names have a gap."""

    known: int
    of: int
    names: int

    @property
    def share(self) -> float:
        """Known part, 0 to 1."""
        return self.known / self.of


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The table of one snapshot; each row has one cell for each year, None where the item does not exist."""

    years: tuple[int, ...]
    rows: tuple[tuple[Item, tuple[Cell | None, ...]], ...]
    warnings: tuple[Mapping[str, Any], ...]


ITEMS = (
    Item(field="bars", group="price", zh="日线", en="Daily bars", of="listed", optional=False),
    Item(
        field="ohlc",
        group="price",
        zh="开高低收",
        en="Open to close",
        of="traded",
        panels=("open", "high", "low", "close"),
        optional=False,
    ),
    Item(field="volume", group="trading", zh="成交量", en="Volume", of="traded", panels=("volume",), optional=False),
    Item(field="amount", group="trading", zh="成交额", en="Amount", of="traded", panels=("amount",)),
    Item(field="turn", group="trading", zh="换手率", en="Turnover", of="traded", panels=("turn",)),
    Item(
        field="factor",
        group="price",
        zh="复权因子",
        en="Adjustment factor",
        of="traded",
        panels=("factor",),
        optional=False,
    ),
    Item(
        field="pre_close",
        group="price",
        zh="参考前收盘价",
        en="Reference price",
        of="traded",
        panels=("pre_close",),
        optional=False,
    ),
    Item(field="st", group="status", zh="ST", en="ST flag", of="bars", optional=False),
    Item(field="limits", group="status", zh="涨跌停", en="Price limits", of="traded", optional=False),
    *(
        Item(
            field=f"members.{universe}",
            group="membership",
            zh=f"{UNIVERSE_WORDS[universe][0]}成分",
            en=f"{UNIVERSE_WORDS[universe][1]} members",
            of="members",
        )
        for universe in INDEX_OF_UNIVERSE.values()
    ),
    Item(field="industry", group="classification", zh="行业", en="Industry", of="names"),
    Item(field="pe_ttm", group="valuation", zh="市盈率", en="P/E", of="traded", panels=("pe_ttm",)),
    Item(field="pb_mrq", group="valuation", zh="市净率", en="P/B", of="traded", panels=("pb_mrq",)),
    Item(field="ps_ttm", group="valuation", zh="市销率", en="P/S", of="traded", panels=("ps_ttm",)),
    Item(field="pcf_ncf_ttm", group="valuation", zh="市现率", en="P/CF", of="traded", panels=("pcf_ncf_ttm",)),
)
TOUCHED = {
    "bars": ("universe", "ic", "returns"),
    "ohlc": ("ic", "returns"),
    "volume": ("fills",),
    "factor": ("ic", "returns"),
    "pre_close": ("fills",),
    "st": ("fills", "universe"),
    "limits": ("fills",),
    "industry": ("neutral",),
}
"""What a gap in an item touches beside the values of factors that use it: ic, returns, fills (limits, blocked orders),
universe (who takes part), neutral (industry-neutral values)."""


@np.errstate(all="ignore")
def coverage(market: Market) -> Coverage:
    """Count what is known, one year of one panel at a time."""
    if not market.days.size or not market.assets:
        return Coverage(years=(), rows=(), warnings=())
    numbers = market.days.astype("datetime64[Y]").astype(np.int64) + 1970
    years = tuple(int(year) for year in np.unique(numbers))
    edges = [int(np.searchsorted(numbers, year)) for year in (*years, years[-1] + 1)]
    blocks = [_Year(market, slice(edges[i], edges[i + 1])) for i in range(len(years))]
    shares = {universe: _member_cells(market, universe, edges) for universe in market.facts.spells}
    cells: dict[str, list[Cell | None]] = {item.field: [] for item in ITEMS}
    for position, block in enumerate(blocks):
        for item in ITEMS:
            universe = item.field.removeprefix("members.")
            if item.of == "members":
                cells[item.field].append(shares[universe][position] if universe in shares else None)
            else:
                cells[item.field].append(block.cell(item))
        block.forget()
    rows = tuple((item, tuple(cells[item.field])) for item in ITEMS)
    return Coverage(years=years, rows=rows, warnings=tuple(_warnings(market, years, rows)))


class _Year:
    """The sessions of one year of a market."""

    def __init__(self, market: Market, rows: slice) -> None:
        self._market = market
        self._rows = rows
        self._kept: dict[str, Mask] = {}

    def forget(self) -> None:
        self._kept.clear()

    def cell(self, item: Item) -> Cell | None:
        """What is known of an item; None where there is nothing to know."""
        if any(name not in self._market.manifest.panels for name in item.panels):
            return None
        if item.of == "names":
            return self._industry()
        base = self._mask(item.of)
        known = base & self._known(item)
        of, count = int(base.sum()), int(known.sum())
        if not of or (item.optional and not count):
            return None
        return Cell(known=count, of=of, names=int((base & ~known).any(axis=0).sum()))

    def _known(self, item: Item) -> Mask:
        if item.field == "bars":
            return self._mask("bars")
        if item.field == "st":
            return np.asarray(self._panel("st") >= 0)
        if item.field == "limits":
            certain = (self._panel("st") >= 0) | (self._market.facts.board != MAIN)[None, :]
            return np.asarray((self._panel("pre_close") > 0) & certain)
        out = np.isfinite(self._panel(item.panels[0]))
        for name in item.panels[1:]:
            out &= np.isfinite(self._panel(name))
        return np.asarray(out, dtype=bool)

    def _mask(self, of: Of) -> Mask:
        if of not in self._kept:
            self._kept[of] = self._make(of)
        return self._kept[of]

    def _make(self, of: Of) -> Mask:
        facts = self._market.facts
        at = np.arange(self._rows.start, self._rows.stop)[:, None]
        if of == "listed":
            return np.asarray((at >= facts.first_row) & (at <= facts.last_row))
        traded = np.asarray(self._panel("traded")).astype(bool)
        if of == "traded":
            return traded
        there = traded | np.isfinite(self._panel("pre_close")) | np.isfinite(self._panel("close"))
        return np.asarray(there & self._mask("listed"), dtype=bool)

    def _industry(self) -> Cell | None:
        facts = self._market.facts
        alive = (facts.first_row < self._rows.stop) & (facts.last_row >= self._rows.start)
        known = alive & (facts.industry >= 0)
        if not self._market.has_industry or not alive.any():
            return None
        return Cell(known=int(known.sum()), of=int(alive.sum()), names=int((alive & ~known).sum()))

    def _panel(self, name: str) -> NDArray[Any]:
        return self._market.panel_rows(name, self._rows)


def _member_cells(market: Market, universe: str, edges: list[int]) -> list[Cell | None]:
    """Member days with stored prices, of all member days of each year."""
    facts = market.facts
    place = {code: i for i, code in enumerate(facts.assets.tolist())}
    of, known = [0] * (len(edges) - 1), [0] * (len(edges) - 1)
    gaps: list[set[str]] = [set() for _ in of]
    for stay in membership(facts, universe).stays:
        column = place.get(stay.code)
        lives = (int(facts.first_row[column]), int(facts.last_row[column]) + 1) if column is not None else (0, 0)
        for year in range(len(of)):
            low, high = max(stay.begin, edges[year]), min(stay.end, edges[year + 1])
            days = max(0, high - low)
            with_prices = max(0, min(high, lives[1]) - max(low, lives[0]))
            of[year] += days
            known[year] += with_prices
            if with_prices < days:
                gaps[year].add(stay.code)
    return [Cell(known=k, of=n, names=len(g)) if n else None for k, n, g in zip(known, of, gaps, strict=True)]


def _warnings(
    market: Market, years: tuple[int, ...], rows: tuple[tuple[Item, tuple[Cell | None, ...]], ...]
) -> Iterator[Mapping[str, Any]]:
    by_field = {item.field: (item, cells) for item, cells in rows}
    yield from _st_warning(years, by_field["st"][1])
    for item, cells in rows:
        if item.field not in ("st", "limits"):
            yield from _low_warning(item, years, cells)
            yield from _absent_warning(item, years, cells)
    if market.has_industry:
        source = market.manifest.notes.get("industry_source")
        yield _warning(
            "industry_snapshot",
            "industry",
            "行业是一份快照，不是当时的分类：结果标记 industry_pit: false",
            "industries are one snapshot, not those of the day: results say industry_pit: false",
            source=source,
        )
    for universe in market.facts.spells:
        for entry in membership(market.facts, universe).notices:
            yield {**entry, "field": f"members.{universe}", "metrics": ["universe"]}
    adjusted = int(market.facts.adjusted_only.size)
    if adjusted:
        yield _warning(
            "adjusted_only",
            "bars",
            f"{adjusted} 只股票只有前复权价格，不进入任何股票池，结果偏向存活的股票",
            f"{adjusted} names have adjusted prices only and are in no universe: survivorship bias",
            count=adjusted,
        )


def _st_warning(years: tuple[int, ...], cells: tuple[Cell | None, ...]) -> Iterator[Mapping[str, Any]]:
    known, of = sum(cell.known for cell in cells if cell), sum(cell.of for cell in cells if cell)
    low = [year for year, cell in zip(years, cells, strict=True) if cell and cell.share < LOW]
    if of and low:
        share = 1 - known / of
        yield _warning(
            "st_unknown",
            "st",
            f"{_years(low, 'zh')} ST 状态大多未知，按非 ST 处理，占全部日线 {share:.1%}",
            f"ST status is mostly unknown in {_years(low, 'en')}; treated as not ST, {share:.1%} of all bars",
            years=low,
            share=round(share, 4),
        )


def _low_warning(item: Item, years: tuple[int, ...], cells: tuple[Cell | None, ...]) -> Iterator[Mapping[str, Any]]:
    low = {year: cell for year, cell in zip(years, cells, strict=True) if cell and cell.share < LOW}
    if low:
        worst = min(low, key=lambda year: low[year].share)
        share = low[worst].share
        code = "members_without_prices" if item.of == "members" else "low_coverage"
        yield _warning(
            code,
            item.field,
            f"{item.zh}在 {_years(list(low), 'zh')} 覆盖不足九成，最低 {worst} 年 {share:.1%}：用到它的结果那几年不完整",
            f"{item.en}: less than 90 % is known in {_years(list(low), 'en')}, least in {worst} ({share:.1%})",
            years=list(low),
            worst=worst,
            share=round(share, 4),
        )


def _absent_warning(item: Item, years: tuple[int, ...], cells: tuple[Cell | None, ...]) -> Iterator[Mapping[str, Any]]:
    absent = [year for year, cell in zip(years, cells, strict=True) if cell is None]
    if absent and len(absent) < len(years) and item.of != "members":
        yield _warning(
            "absent_years",
            item.field,
            f"{item.zh}在 {_years(absent, 'zh')} 没有数据：用到它的因子那几年没有值",
            f"{item.en}: nothing is known in {_years(absent, 'en')}; factors that use it have no values there",
            years=absent,
        )


def _warning(code: str, field: str, zh: str, en: str, **args: Any) -> Mapping[str, Any]:
    touched = TOUCHED.get(field, ("universe",) if field.startswith("members.") else ("factor_values",))
    return {**notice(code, zh, en, **args), "field": field, "metrics": list(touched)}


def _years(years: list[int], language: Literal["zh", "en"]) -> str:
    """`2015–2017、2019 年`: runs of years together."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    words = [str(a) if a == b else f"{a}–{b}" for a, b in runs]
    return "、".join(words) + " 年" if language == "zh" else ", ".join(words)
