"""An opened snapshot of a market: what it holds, and views of it for tests and backtests."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest, Broken, NoData, NotFound, UnknownUniverse
from quantgpt.foundations.fields import FIELDS
from quantgpt.foundations.panel import Days, FloatPanel, MarketView
from quantgpt.foundations.symbols import normalise_stock
from quantgpt.market.build import read_facts
from quantgpt.market.calendar import TradeDays, official, sessions_since
from quantgpt.market.derive import NEEDS, STORED, PanelFields, computable
from quantgpt.market.facts import Facts
from quantgpt.market.snapshots import Manifest, SnapshotFolder
from quantgpt.market.universes import (
    BENCHMARKS,
    SMALL_SCALE,
    UNIVERSE_WORDS,
    BenchmarkInfo,
    Members,
    UniverseInfo,
    all_members,
    fixed_members,
    index_members,
    infos,
    notice,
)

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

    from quantgpt.market.importing.rows import Rows

MAX_SPAN_DAYS = 10 * 366
BLOCK_BYTES = 1 << 20
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
DateLike = str | date | np.datetime64


@dataclass(frozen=True)
class Span:
    """Rows of the store: `rows` with warm-up, `asked` without."""

    rows: slice
    asked: slice
    notices: tuple[dict[str, Any], ...]


class Market:
    """One snapshot of one market. Opening reads small arrays and maps the panels; it copies nothing."""

    def __init__(self, folder: SnapshotFolder, snapshot: str | None = None) -> None:
        self._folder = folder
        self.snapshot = snapshot or folder.pointer().current
        self.manifest: Manifest = folder.manifest(self.snapshot)
        self.name = self.manifest.market
        self.synthetic = self.manifest.synthetic

    @property
    def root(self) -> Path:
        """The folder of all markets."""
        return self._folder.folder.parent

    @cached_property
    def facts(self) -> Facts:
        """Names, listing days, membership, indices."""
        return read_facts(self._folder, self.manifest)

    @property
    def days(self) -> Days:
        """All sessions for which the store has bars."""
        return self.facts.days

    @cached_property
    def assets(self) -> tuple[str, ...]:
        """Every stock with unadjusted bars, in the order that breaks ties."""
        return tuple(self.facts.assets.tolist())

    @cached_property
    def calendar(self) -> TradeDays:
        """Sessions known to the store and announced by the exchanges."""
        announced, own = official(), self.facts.calendar
        if own.size and own[0] <= announced.days[0] and own[-1] >= announced.days[-1]:
            return TradeDays(own, max(announced.official_until, own[-1]))
        return announced.extended(own)

    @cached_property
    def _stored(self) -> frozenset[str]:
        return frozenset(name for name in STORED if name in self.manifest.panels)

    def has_field(self, name: str) -> bool:
        """Whether the field can be read here."""
        return name in computable(self._stored)

    @property
    def has_industry(self) -> bool:
        """Whether any name has an industry."""
        return bool((self.facts.industry >= 0).any())

    def expression_fields(self) -> frozenset[str]:
        """Fields that an expression may name here."""
        return frozenset(name for name in computable(self._stored) if FIELDS[name].in_expressions)

    def universes(self) -> list[UniverseInfo]:
        """Universes that this market can form."""
        return infos(self.facts)

    def benchmarks(self) -> list[BenchmarkInfo]:
        """Benchmarks whose index has bars here."""
        held = set(self.facts.index_codes.tolist())
        return [info for info in BENCHMARKS.values() if info.code in held]

    def raw(self, field: str) -> FloatPanel:
        """A stored panel, memory-mapped and read-only: unadjusted, NaN on suspended sessions.

        Shape: (T, N) of `days` and `assets`.  Raises: NoData.
        """
        name = {**NEEDS, **{n: (n,) for n in STORED}}.get(field, ())
        if len(name) != 1 or name[0] not in self.manifest.panels:
            raise NoData(
                f"行情库没有字段 {field} 的原始数据", hint=f"known: {', '.join(sorted(self._stored))}", field=field
            )
        return self._folder.panel(self.manifest, name[0])

    def part(self, field: str, rows: slice, columns: NDArray[np.int64]) -> NDArray[Any]:
        """Ascending columns of a stored panel, `st` and `traded` included, over some rows, as a new array.

        Shape: (T, n).  Raises: NoData.
        """
        if field not in self.manifest.panels:
            raise NoData(f"行情库没有字段 {field} 的原始数据", field=field)
        return self._gather(field, rows, columns)

    def column(self, field: str, column: int, rows: slice) -> NDArray[Any]:
        """One name's values of a stored panel, `st` and `traded` included, over some rows. Shape: (T,)."""
        return np.array(self._folder.panel(self.manifest, field)[rows, column])

    def panel_rows(self, field: str, rows: slice) -> NDArray[Any]:
        """Some rows of a stored panel, `st` and `traded` included, memory-mapped and read-only. Shape: (T, N)."""
        return self._folder.panel(self.manifest, field)[rows]

    def index_rows(self, code: str) -> Rows | None:
        """All stored bars of an index by day, later ones too; None where only closing levels are known."""
        from quantgpt.market.importing.rows import from_parquet

        entry = self.manifest.tables.get("index/all")
        if entry is None:
            return None
        rows = from_parquet(self._folder.checked(str(entry["object"])))
        codes = rows.symbols.tolist()
        own = rows.take(rows.symbol == codes.index(code)) if code in codes else None
        return own if own is not None and own.size else None

    def st_known(self) -> NDArray[np.bool_]:
        """Whether each stored bar's ST flag is known. Shape: (bars,)."""
        bars = np.isfinite(self._folder.panel(self.manifest, "factor"))
        return np.asarray(self._folder.panel(self.manifest, "st")[bars] >= 0)

    def index_close(self, code: str) -> FloatPanel:
        """Closing level of an index on each session. Shape: (T,).  Raises: NoData."""
        codes = self.facts.index_codes.tolist()
        if code not in codes:
            raise NoData(f"行情库没有指数 {code} 的行情", hint=f"known: {', '.join(codes)}")
        return np.array(self._folder.panel(self.manifest, "index_close")[:, codes.index(code)], dtype=np.float64)

    def symbols_with_bars(self, freq: str) -> list[str]:
        """Symbols that have bars of that frequency (`1m`, `5m`, `15m`, `30m`, `1h`, `funding`)."""
        return sorted(name.split("/", 2)[2] for name in self.manifest.tables if name.startswith(f"bars/{freq}/"))

    def bars(
        self, symbol: str, freq: str, columns: Sequence[str] | None = None, span: tuple[int, int] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Bars of one symbol as columns, `time` first (bar end for stocks, bar start in UTC for crypto).

        `columns` names those that are wanted, where there are such; of `span` (first and last microsecond since 1970) at
        least its bars come, and more only of a long table.
        Raises: NotFound.
        """
        import pyarrow.parquet as pq

        with pq.ParquetFile(self._table(symbol, freq)) as file:
            names = file.schema_arrow.names
            known = None if columns is None else [name for name in columns if name in names]
            groups = [
                at
                for at, (first, last) in enumerate(_group_spans(file))
                if span is None or (first <= span[1] and last >= span[0])
            ]
            table = file.read_row_groups(groups, columns=known)
        return {column: table[column].to_numpy() for column in table.column_names}

    def bars_span(self, symbol: str, freq: str) -> tuple[int, int]:
        """Times of the first and the last bar in microseconds since 1970, read from the head of the table.

        Raises: NotFound.
        """
        import pyarrow.parquet as pq

        with pq.ParquetFile(self._table(symbol, freq)) as file:
            spans = _group_spans(file)
        return spans[0][0], spans[-1][1]

    def _table(self, symbol: str, freq: str) -> Path:
        name = f"bars/{freq}/{symbol}"
        if name not in self.manifest.tables and (near := _stock_spelling(symbol)):
            name = f"bars/{freq}/{near}"
        if name not in self.manifest.tables:
            near_names = difflib.get_close_matches(symbol, self.symbols_with_bars(freq), n=1, cutoff=0.3)
            raise NotFound(
                f"行情库没有 {symbol} 的 {freq} K 线",
                hint=f"nearest: {near_names[0]}" if near_names else "",
                field="symbol",
                nearest=near_names[0] if near_names else None,
            )
        return self._folder.checked(str(self.manifest.tables[name]["object"]))

    def view(
        self,
        universe: str,
        start: DateLike,
        end: DateLike,
        warmup: int = 0,
        benchmark: str | None = None,
        history: int = 0,
    ) -> MarketView:
        """What domain functions work on: the names that were ever members in the span, nothing after its end.

        `warmup` sessions before the start come first; fewer if the store begins later (a notice says so). Up to
        `history` come first where they exist: they are welcome, not needed.
        Raises: UnknownUniverse, BadRequest (with the field and the nearest valid value), NoData.
        """
        facts = self.facts
        if not facts.days.size or not facts.assets.size:
            raise NoData("行情库里没有股票日线", hint="run: quantgpt data import PATH, or: quantgpt data demo")
        if warmup < 0:
            raise BadRequest("warmup 不能为负数", field="warmup", nearest=0)
        span = self._span(day_of(start, "start_date"), day_of(end, "end_date"), warmup, history)
        members = self._members(universe, span)
        if not members.columns.size or not members.member[span.asked.start - span.rows.start :].any():
            first, last = facts.days[span.asked.start], facts.days[span.asked.stop - 1]
            raise NoData(
                f"股票池 {universe} 在 {first} 至 {last} 之间没有有行情的成分股",
                hint=f"members ever: {members.members_ever}, without prices: {len(members.missing)}",
                field="universe",
            )
        level, benchmark_name, more = self._benchmark(benchmark, span)
        return self._assemble(universe, span, members, level, benchmark_name, (*span.notices, *members.notices, *more))

    def _members(self, universe: str, span: Span) -> Members:
        facts = self.facts
        if universe == "all":
            return all_members(facts, span.rows, span.asked)
        if universe == "small_scale":
            return fixed_members(facts, SMALL_SCALE, span.rows, span.asked)
        if universe in facts.spells:
            return index_members(facts, universe, facts.spells[universe], span.rows, span.asked)
        known = [info.name for info in self.universes()]
        near = difflib.get_close_matches(universe, known, n=1)
        if universe in UNIVERSE_WORDS:
            raise NoData(
                f"行情库没有股票池 {universe} 的成分股名单", hint=f"known: {', '.join(known)}", field="universe"
            )
        raise UnknownUniverse(
            f"没有名为 {universe[:40]!r} 的股票池",
            hint=f"可用：{', '.join(known)}",
            field="universe",
            nearest=near[0] if near else "hs300",
        )

    def _span(self, start: np.datetime64, end: np.datetime64, warmup: int, history: int) -> Span:
        days = self.facts.days
        first, last = days[0], days[-1]
        if start >= end:
            raise BadRequest("开始日期必须早于结束日期", field="start_date", nearest=str(end - np.timedelta64(1, "D")))
        if (end - start).astype(int) > MAX_SPAN_DAYS:
            nearest = max(end - np.timedelta64(MAX_SPAN_DAYS, "D"), first)
            raise BadRequest("日期范围不能超过 10 年", field="start_date", nearest=str(nearest))
        if start > last:
            raise BadRequest(f"开始日期晚于行情库最后一个交易日 {last}", field="start_date", nearest=str(last))
        if end < first:
            raise BadRequest(f"结束日期早于行情库第一个交易日 {first}", field="end_date", nearest=str(first))
        calendar = self.calendar
        if start < first and (start < calendar.days[0] or calendar.between(start, first - np.timedelta64(1, "D")).size):
            raise BadRequest(f"开始日期早于行情库第一个交易日 {first}", field="start_date", nearest=str(first))
        notices = []
        if end > last and calendar.through(end).between(last + np.timedelta64(1, "D"), end).size:
            notices.append(
                notice(
                    "end_clipped",
                    f"行情只到 {last}，结束日期由 {end} 改为 {last}",
                    f"bars end on {last}; the end date {end} became {last}",
                    asked=str(end),
                    used=str(last),
                )
            )
        begin, stop = int(np.searchsorted(days, start)), int(np.searchsorted(days, end, "right"))
        if begin >= stop:
            nearest = days[min(begin, days.size - 1)]
            raise BadRequest(f"{start} 至 {end} 之间没有交易日", field="start_date", nearest=str(nearest))
        if begin < warmup:
            notices.append(
                notice(
                    "short_warmup",
                    f"需要 {warmup} 个预热交易日，起始日之前只有 {begin} 个，最初几天的因子值缺失",
                    f"{warmup} sessions of warm-up are needed, only {begin} exist before the start",
                    needed=warmup,
                    available=begin,
                )
            )
        return Span(slice(max(0, begin - max(warmup, history)), stop), slice(begin, stop), tuple(notices))

    def _benchmark(
        self, benchmark: str | None, span: Span
    ) -> tuple[FloatPanel | None, str, tuple[dict[str, Any], ...]]:
        if benchmark is None:
            return None, "", ()
        if benchmark not in BENCHMARKS:
            near = difflib.get_close_matches(benchmark, BENCHMARKS, n=1)
            raise BadRequest(
                f"没有名为 {benchmark[:40]!r} 的基准",
                hint=f"可用：{', '.join(BENCHMARKS)}",
                field="benchmark",
                nearest=near[0] if near else "hs300",
            )
        info = BENCHMARKS[benchmark]
        if info.code in self.facts.index_codes.tolist():
            level = self.index_close(info.code)[span.rows]
        else:
            level = np.full(span.rows.stop - span.rows.start, np.nan)
        gaps = int(np.isnan(level[span.asked.start - span.rows.start :]).sum())
        notices: tuple[dict[str, Any], ...] = ()
        if gaps:
            zh = f"基准 {info.zh} 有 {gaps} 个交易日没有行情"
            en = f"the benchmark {info.en} has no level on {gaps} sessions"
            notices = (notice("benchmark_gaps", zh, en, benchmark=benchmark, sessions=gaps),)
        return level, info.zh, notices

    def _assemble(
        self,
        universe: str,
        span: Span,
        members: Members,
        level: FloatPanel | None,
        benchmark_name: str,
        notices: tuple[dict[str, Any], ...],
    ) -> MarketView:
        facts, rows, columns = self.facts, span.rows, members.columns
        days = facts.days[rows]
        delist_day = facts.delist_day[columns]
        age = sessions_since(days, facts.list_day[columns], facts.calendar)
        age[(days[:, None] > delist_day[None, :]) | (age < 0)] = -1
        st = self._gather("st", rows, columns)
        asked = slice(span.asked.start - rows.start, None)
        inside = members.member[asked]
        held = int(inside.sum())
        unknown_st = float((inside & (st[asked] < 0)).sum() / held) if held else 0.0
        names = facts.names[columns].tolist()
        view_days = days.copy()
        view_days.flags.writeable = False
        return MarketView(
            market=self.name,
            snapshot=self.snapshot,
            synthetic=self.synthetic,
            universe=universe,
            days=view_days,
            first=span.asked.start - rows.start,
            assets=tuple(facts.assets[columns].tolist()),
            fields=PanelFields(
                lambda name: self._gather(name, rows, columns), facts.base[columns], view_days, self._stored
            ),
            member=members.member,
            traded=self._gather("traded", rows, columns).view(np.bool_),
            st=st,
            age=age,
            board=facts.board[columns],
            names=tuple(names),
            industry=facts.industry[columns],
            industry_names=tuple(facts.industry_names.tolist()),
            delist_day=delist_day,
            benchmark=level,
            benchmark_name=benchmark_name,
            universe_meta={
                "is_pit": members.is_pit,
                "source": members.source,
                "as_of": members.as_of,
                "members_ever": members.members_ever,
                "loaded": members.members_ever - len(members.missing),
                "missing": list(members.missing),
                "size": members.size,
                "coverage": round(members.coverage, 4),
                "share_unknown_st": round(unknown_st, 4),
                "industry_pit": False,
                "industry_source": self.manifest.notes.get("industry_source"),
                "adjusted_only": int(facts.adjusted_only.size),
                "notices": list(notices),
            },
            warnings=tuple(str(entry["zh"]) for entry in notices),
        )

    def _gather(self, name: str, rows: slice, columns: NDArray[np.int64]) -> NDArray[Any]:
        """Columns of a stored panel over some rows, as a new C-contiguous array."""
        panel = self._folder.panel(self.manifest, name)
        if columns.size * 2 > panel.shape[1]:
            return np.ascontiguousarray(panel[rows] if columns.size == panel.shape[1] else panel[rows, columns])
        return gathered(self._folder.path(str(self.manifest.panels[name]["object"])), panel, rows, columns)


def _group_spans(file: ParquetFile) -> list[tuple[int, int]]:
    """First and last time of each part of a table of bars, in microseconds since 1970."""
    at = file.schema_arrow.names.index("time")
    parts = (file.metadata.row_group(i).column(at).statistics for i in range(file.metadata.num_row_groups))
    return [(_microseconds(part.min), _microseconds(part.max)) for part in parts]


def _microseconds(moment: datetime) -> int:
    return int(np.datetime64(moment, "us").astype(np.int64))


def gathered(path: Path, panel: NDArray[Any], rows: slice, columns: NDArray[np.int64]) -> NDArray[Any]:
    """`panel[rows][:, columns]` of a stored panel, read through a buffer that stays in the cache.

    Few columns are needed of rows that are wide: reading blocks of rows costs half of what faulting in every page of a
    fresh memory map does.
    """
    count, stride = rows.stop - rows.start, panel.strides[0]
    width = stride // panel.itemsize
    out = np.empty((count, columns.size), dtype=panel.dtype)
    block = np.empty((max(1, BLOCK_BYTES // stride), width), dtype=panel.dtype)
    with path.open("rb", buffering=0) as handle:
        handle.seek(path.stat().st_size - (panel.shape[0] - rows.start) * stride)
        for at in range(0, count, block.shape[0]):
            part = block[: min(block.shape[0], count - at)]
            if handle.readinto(part.reshape(-1).view(np.uint8).data) != part.nbytes:
                raise Broken(f"{path.name} is shorter than its header says", hint="run: quantgpt data health")
            np.take(part, columns, axis=1, out=out[at : at + part.shape[0]], mode="clip")
    return out


def day_of(value: DateLike, field: str) -> np.datetime64:
    """A calendar day from a strict `YYYY-MM-DD`, a date or a datetime64. Raises: BadRequest naming the field."""
    if isinstance(value, np.datetime64):
        return np.datetime64(str(value.astype("datetime64[D]")), "D")
    if isinstance(value, date):
        return np.datetime64(value.isoformat(), "D")
    text = str(value).strip()
    if not _DATE.match(text):
        raise BadRequest(f"{field} 必须写成 YYYY-MM-DD，收到 {text[:40]!r}", field=field, nearest=None)
    try:
        return np.datetime64(date.fromisoformat(text).isoformat(), "D")
    except ValueError:
        raise BadRequest(f"{field} 不是有效日期：{text}", field=field, nearest=_nearest_day(text)) from None


def _nearest_day(text: str) -> str | None:
    year, month = int(text[:4]), int(text[5:7])
    if not (1 <= year <= 9998 and 1 <= month <= 12):
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).isoformat()


def _stock_spelling(symbol: str) -> str | None:
    try:
        return normalise_stock(symbol)
    except BadRequest:
        return None
