"""Use cases around market data: import, update from a source, roll back, status, health, the demo market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from quantgpt.foundations.clock import SHANGHAI, Clock
from quantgpt.foundations.errors import BadImport, BadRequest, Conflict, SourceFailed
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.progress import Progress, silent

if TYPE_CHECKING:
    from quantgpt.market import MarketStatus, MarketStore
    from quantgpt.market.health import HealthReport
    from quantgpt.market.importing import Fetched, ImportReport
    from quantgpt.market.importing.ledger import Ledger
    from quantgpt.market.importing.reading import Spell
    from quantgpt.market.qlib_folder import Exported
    from quantgpt.market.source import Source

DATA_READY = time(18, 30)
"""Beijing time from which a vendor has the day's bars."""
PREFETCH_YEARS = 3
PART_SESSIONS = 60
"""Sessions that are fetched and applied at a time; a plan of more is not fetched."""
INDEX_OF = {"hs300": "000300.SH", "csi500": "000905.SH"}
BENCHMARKS = {"000300.SH": "沪深300", "000905.SH": "中证500", "000016.SH": "上证50"}


@dataclass(frozen=True, kw_only=True)
class DataImport:
    """Take in a file or a folder; content is recognised by its columns."""

    path: str
    market: str = "main"
    skip_bad_rows: bool = False


@dataclass(frozen=True, kw_only=True)
class DataUpdate:
    """Fetch what is missing from a source, up to the last complete session.

    Without `apply` nothing is written and the report says what would change. `start` is for an empty market (default:
    three years back). Lists of `universes` are fetched too.
    """

    market: str = "main"
    start: str | None = None
    end: str | None = None
    universes: tuple[str, ...] = ("hs300", "csi500")
    apply: bool = False
    expected: str = ""
    """what `difference_of` said of the difference that is to be applied; empty: whatever there is"""


@dataclass(frozen=True, kw_only=True)
class DataRollback:
    """Go back to the snapshot before the current one."""

    market: str = "main"


@dataclass(frozen=True, kw_only=True)
class DataStatus:
    """What every market holds, or one of them."""

    market: str | None = None


@dataclass(frozen=True, kw_only=True)
class DataHealth:
    """Check the files and numbers of a market."""

    market: str | None = None


@dataclass(frozen=True, kw_only=True)
class DataDemo:
    """Write the demo market, if it is not there yet."""


@dataclass(frozen=True, kw_only=True)
class ExportQlib:
    """Write a market as a folder that Qlib opens: every stock that was ever a member of the universe in the span."""

    path: str
    market: str | None = None
    universe: str = "all"
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, kw_only=True)
class RolledBack:
    """The snapshot that is current after a rollback."""

    market: str
    snapshot: str


@dataclass(frozen=True, kw_only=True)
class SourceLight:
    """Whether a source works now, and if not, what it said."""

    name: str
    works: bool
    message: str = ""
    hint: str = ""


def source_light(source: Source) -> SourceLight:
    """Ask a source for something small."""
    try:
        with source:
            source.check()
    except SourceFailed as error:
        return SourceLight(name=source.name, works=False, message=error.message, hint=error.hint)
    return SourceLight(name=source.name, works=True)


def import_data(store: MarketStore, ask: DataImport, progress: Progress = silent) -> ImportReport:
    """Import a file or a folder.  Raises: BadImport, Conflict, DiskFull; nothing has changed then."""
    from quantgpt.market.qlib_folder.folder import is_qlib_folder

    if not ask.path.strip():
        raise BadImport("没有给出要导入的路径", hint="quantgpt data import PATH", field="path")
    path = Path(ask.path).expanduser()
    if is_qlib_folder(path):
        raise BadImport(
            f"{path.name} 是 Qlib 数据文件夹，可以直接计算特征，但不能导入为行情库：里面是 32 位的复权价格，没有交易所参考价"
            "（pre_close），无法判断涨跌停，也还原不出精确的成交价",
            hint=f'use it in place: quantgpt.features("all", ["$close"], source="{ask.path}")',
            field="path",
        )
    return store.import_path(path, ask.market, progress, skip_bad_rows=ask.skip_bad_rows)


def export_qlib(store: MarketStore, ask: ExportQlib, progress: Progress = silent) -> Exported:
    """Write a folder for Qlib.  Raises: UnknownMarket, UnknownUniverse, BadRequest, Conflict, DiskFull; nothing is there then."""
    from quantgpt.market.qlib_folder import export_folder

    if not ask.path.strip():
        raise BadRequest("没有给出导出的路径", hint="quantgpt data export-qlib PATH", field="path")
    return export_folder(store.open(ask.market), Path(ask.path), ask.universe, ask.start, ask.end, progress)


def roll_back_data(store: MarketStore, ask: DataRollback) -> RolledBack:
    """Make the snapshot before the current one current again.  Raises: Conflict when there is none."""
    return RolledBack(market=ask.market, snapshot=store.rollback(ask.market))


def data_status(store: MarketStore, ask: DataStatus) -> list[MarketStatus]:
    """What is there.  Raises: UnknownMarket."""
    return store.status(ask.market)


def data_health(store: MarketStore, ask: DataHealth) -> HealthReport:
    """Findings on one market.  Raises: UnknownMarket."""
    return store.health(ask.market)


def make_demo(store: MarketStore, ask: DataDemo, progress: Progress = silent) -> MarketStatus:
    """The demo market, written if need be."""
    store.make_demo(progress)
    return store.status("demo")[0]


def update_data(
    store: MarketStore, source: Source, clock: Clock, ask: DataUpdate, progress: Progress = silent
) -> ImportReport:
    """Fetch the sessions that are missing, check them like an import, and apply them if asked to.

    Raises: SourceFailed naming the vendor and the cause, BadRequest, BadImport, Conflict; nothing has changed then.
    """
    from quantgpt.market.importing import checked, nothing_missing, planned, too_long_to_show

    if ask.market == "demo":
        raise Conflict("演示行情库不能更新", hint="update main")
    unknown = [name for name in ask.universes if name not in INDEX_OF]
    if unknown:
        raise BadRequest(
            f"{source.name} 没有股票池 {'、'.join(unknown)} 的成分股名单",
            hint=f"可用：{'、'.join(INDEX_OF)}",
            field="universes",
        )
    folder = store.folder(ask.market)
    first, last = _missing_span(store, clock, ask)
    if first > last:
        return nothing_missing(folder, ask.market, source.name, last.isoformat())
    with source:
        progress("fetch", 0.0, f"{first} … {last}")
        days = source.trade_days(first, last)
        if not days:
            return nothing_missing(folder, ask.market, source.name, last.isoformat())
        if ask.apply:
            return _apply_in_parts(store, source, clock, ask, days, progress)
        if len(days) > PART_SESSIONS:
            return too_long_to_show(folder, ask.market, source.name, days)
        fetched = _fetch(store, source, ask, days, progress)
    return planned(folder, ask.market, checked(fetched, clock))


def _apply_in_parts(
    store: MarketStore, source: Source, clock: Clock, ask: DataUpdate, days: Sequence[date], progress: Progress
) -> ImportReport:
    """Fetch and apply some sessions at a time, so that a failure late in a long update keeps what came before.

    Each part is atomic; a rollback returns to the state before the first.
    """
    from quantgpt.market.importing import applied, checked, planned, together

    folder = store.folder(ask.market)
    done: list[ImportReport] = []
    for at in range(0, len(days), PART_SESSIONS):
        part = days[at : at + PART_SESSIONS]

        def inner(stage: str, fraction: float, message: str = "", at: int = at, size: int = len(part)) -> None:
            progress(stage, (at + fraction * size) / len(days), message)

        try:
            found = checked(_fetch(store, source, ask, part, inner), clock)
        except SourceFailed as error:
            if not done:
                raise
            raise SourceFailed(
                f"{error.message}；之前的 {at} 个交易日已写入（到 {days[at - 1]}）", hint="再次运行会从那里继续"
            ) from error
        if ask.expected and (
            len(part) < len(days) or difference_of(planned(folder, ask.market, found)) != ask.expected
        ):
            raise OtherDifference(
                "数据源给出的内容和预览时不同，没有写入",
                en="The source gives something else than what was shown; nothing was written",
                hint="look at the difference again",
            )
        replaces = done[-1].snapshot if done else None
        done.append(applied(folder, ask.market, found, clock, inner, replaces=replaces))
    return together(done)


class OtherDifference(Conflict):
    """What would be written is not what was looked at."""

    code = "difference_changed"


def difference_of(report: ImportReport) -> str:
    """What identifies a difference: the state before it, and of each table its span and how many rows are new, changed,
    known or left out."""
    files = sorted(
        [file.name, file.first, file.last, file.names, file.added, file.changed, file.unchanged, file.rejected_rows]
        for file in report.files
    )
    return hash_value([report.previous, files])[:32]


def last_complete_day(clock: Clock) -> date:
    """The last day whose bars a vendor has: today from the evening on, else yesterday (a session or not)."""
    now = clock.now().astimezone(SHANGHAI)
    return now.date() if now.time() >= DATA_READY else now.date() - timedelta(days=1)


def _missing_span(store: MarketStore, clock: Clock, ask: DataUpdate) -> tuple[date, date]:
    """First and last day to ask for; the first lies after the last when nothing is missing."""
    ready = last_complete_day(clock)
    last = min(_day(ask.end, "end"), ready) if ask.end else ready
    if ask.start:
        first = _day(ask.start, "start")
        if first > last:
            raise BadRequest(f"开始日期晚于最后一个可用日期 {last}", field="start", nearest=last.isoformat())
        return first, last
    if store.folder(ask.market).exists:
        market = store.open(ask.market)
        if market.manifest.holds_stocks:
            newest: date = market.days[-1].astype(object)
            return newest + timedelta(days=1), last
    return date(last.year - PREFETCH_YEARS, last.month, min(last.day, 28)), last


def _day(text: str, field: str) -> date:
    from quantgpt.market.market import day_of

    found: date = day_of(text, field).astype(object)
    return found


def _fetch(store: MarketStore, source: Source, ask: DataUpdate, days: Sequence[date], progress: Progress) -> Fetched:
    """Everything of those sessions, whole market by date."""
    import numpy as np

    from quantgpt.market.importing import Fetched
    from quantgpt.market.importing.ledger import Ledger, stored_calendar
    from quantgpt.market.importing.rows import concat

    first, last = days[0], days[-1]
    folder = store.folder(ask.market)
    manifest = folder.manifest() if folder.exists else None
    instruments = source.instruments()
    stock, valuation = [], []
    for count, day in enumerate(days):
        progress("fetch", 0.3 * count / len(days), day.isoformat())
        whole = source.whole_market(day)
        stock.append(whole.stock)
        if whole.valuation is not None:
            valuation.append(whole.valuation)
    tables = {"stock": concat(stock), "index": concat([source.index_bars(code, first, last) for code in BENCHMARKS])}
    if valuation:
        tables["valuation"] = concat(valuation)
    return Fetched(
        source=source.name,
        tables=tables,
        spells=_spells(source, Ledger(folder, manifest), ask.universes, days),
        instruments=instruments,
        calendar=stored_calendar(folder, manifest).extended(np.array(days, dtype="datetime64[D]")),
        index_names=BENCHMARKS,
    )


def _spells(source: Source, ledger: Ledger, universes: Sequence[str], days: Sequence[date]) -> tuple[Spell, ...]:
    """Membership spells of the wanted universes, carried on with lists of the days on which they may have changed."""
    from quantgpt.market.importing.reading import Spell
    from quantgpt.market.membership import list_days, with_list

    known = tuple(Spell(**entry) for entry in ledger.list_of("constituents"))
    out: list[Spell] = []
    for universe in universes:
        index = INDEX_OF[universe]
        own = tuple(spell for spell in known if spell.index == index)
        newest = max((max(spell.first, spell.last or "") for spell in own), default=None)
        for day in list_days(days, date.fromisoformat(newest) if newest else None):
            own = with_list(own, index, day, source.members(index, day).codes)
        out.extend(own)
    return tuple(out)
