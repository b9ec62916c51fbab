"""An import of a file or a folder: found, recognised, read, checked, put together, applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from quantgpt.foundations.clock import Clock, market_date
from quantgpt.foundations.errors import BadImport
from quantgpt.foundations.hashing import hash_file
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.calendar import TradeDays
from quantgpt.market.importing.apply import apply
from quantgpt.market.importing.ledger import Batch, Ledger, stored_calendar
from quantgpt.market.importing.reading import Brought, read
from quantgpt.market.importing.recognise import (
    EMPTY,
    NEEDED,
    WORDS,
    WORDS_EN,
    Content,
    Layout,
    adjusted_words,
    layout_of,
    open_table,
    unusable_file,
)
from quantgpt.market.importing.report import FileReport, FileState, ImportReport, Rejected, bad_rows_message
from quantgpt.market.importing.rows import Rows, concat, same_values
from quantgpt.market.importing.validate import FORGIVABLE_LATER, check, check_units, refuses, rejection
from quantgpt.market.snapshots import Manifest, SnapshotFolder

RULES_VERSION = "1"
"""Part of what a known file is recognised by: new rules look at old files again."""

_SPELLINGS = {
    "bad_symbol": "代码写成 600000.SH、000001.SZ 或 sh.600000",
    "bad_date": "日期写成 2024-01-02、2024/01/02 或 20240102",
}


@dataclass
class _File:
    """One file on its way in."""

    path: Path
    name: str
    digest: str
    layout: Layout
    table: Any
    report: FileReport | None = None
    brought: Brought | None = None
    checked: dict[str, Rows] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How an import takes its files.

    skip_bad_rows: leave out rows that cannot be true instead of refusing the file.
    lenient:       a file that cannot be read is reported and left out instead of refusing the import.
    only:          the names of the files to take and the hashes they must have; all of them by default.
    planned_on:    the snapshot that must still be current ("" for none); any by default.
    announce:      is told the new snapshot just before the switch.
    """

    skip_bad_rows: bool = False
    lenient: bool = False
    only: Mapping[str, str] | None = None
    planned_on: str | None = None
    announce: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Refusal:
    """Why an import as a whole is not possible: nothing_usable, untestable, nothing_left."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an import would do. Nothing was written."""

    report: ImportReport
    usable: Mapping[str, str]
    """files that would be taken in, with their hashes"""
    bad_rows: tuple[str, ...]
    """files of which only rows that are left out would be accepted"""
    refused: Refusal | None
    """why nothing at all can be taken in"""
    new_sessions: int
    new_names: int
    lists_change: bool
    """members, instruments or the calendar would change"""

    @property
    def changes_anything(self) -> bool:
        """Whether the market would have a new snapshot."""
        return self.lists_change or any(file.added or file.changed for file in self.report.files)


@dataclass
class _Loaded:
    """Files read and checked, and what they bring together."""

    manifest: Manifest | None
    damaged: frozenset[str]
    files: list[_File]
    reports: list[FileReport]
    calendar: TradeDays
    batch: Batch

    @property
    def bad(self) -> list[FileReport]:
        """Files with too many rows that cannot be true."""
        return [file.report for file in self.files if file.report is not None and _refused(file)]


def import_into(
    folder: SnapshotFolder,
    path: Path,
    market: str,
    clock: Clock,
    *,
    progress: Progress = silent,
    terms: Terms = Terms(),
) -> ImportReport:
    """Import a file or folder into a market.  Raises: BadImport, Conflict, DiskFull; then nothing has changed."""
    found = _load(folder, path, clock, progress, terms)
    files, reports, batch = found.files, found.reports, found.batch
    if found.bad and not terms.skip_bad_rows:
        raise BadImport(bad_rows_message(found.bad), hint=_mending(found.bad), field="path")
    _refuse_nothing_left(files, path, found.manifest)
    previous = folder.pointer().current if folder.exists else None
    if files:
        how = {"planned_on": terms.planned_on, "announce": terms.announce}
        snapshot, ledger = apply(folder, market, batch, clock, progress, **how)  # type: ignore[arg-type]
        reports.extend(_counted(file, ledger, batch) for file in files)
    else:
        snapshot = previous or ""
    progress("done", 1.0, snapshot)
    reports.sort(key=lambda report: report.name)
    return ImportReport(market=market, snapshot=snapshot, previous=previous, files=tuple(reports))


def plan_import(folder: SnapshotFolder, path: Path, market: str, clock: Clock, *, progress: Progress = silent) -> Plan:
    """What importing a file or folder would change, file by file; those that cannot be read are named and left out.

    Raises: BadImport where there is nothing to look at.
    """
    terms = Terms(skip_bad_rows=True, lenient=True)
    found = _load(folder, path, clock, progress, terms)
    refused = _why_refused(found, path)
    ledger = Ledger(folder, found.manifest, found.damaged)
    before = {name: ledger.list_of(name) for name in ("constituents", "instruments", "index_names")}
    progress("compare", 0.6, market)
    ledger.take(found.batch)
    reports = [*found.reports, *(_counted(file, ledger, found.batch) for file in found.files)]
    previous = folder.pointer().current if folder.exists else None
    lists = any(ledger.list_of(name) != body for name, body in before.items())
    known = stored_calendar(folder, found.manifest, found.damaged)
    days, names = _new_of_stocks(folder, found, ledger)
    report = ImportReport(
        market=market,
        snapshot="",
        previous=previous,
        files=tuple(sorted(reports, key=lambda one: one.name)),
        applied=False,
    )
    progress("done", 1.0, market)
    return Plan(
        report=report,
        usable={file.name: file.digest for file in found.files},
        bad_rows=tuple(report.name for report in found.bad),
        refused=refused,
        new_sessions=days,
        new_names=names,
        lists_change=lists or not np.array_equal(known.days, found.calendar.days),
    )


def _why_refused(found: _Loaded, path: Path) -> Refusal | None:
    """The reason for which an import of these files would be refused as a whole."""
    if not found.files and not _anything_known(found.reports):
        return Refusal("nothing_usable", _nothing_usable(path, found.reports), "no file holds market data that is read")
    tried: tuple[tuple[str, Callable[..., None], str], ...] = (
        ("untestable", _refuse_untestable, f"no stock bars that can be tested; columns that are needed: {NEEDED}"),
        ("nothing_left", _refuse_nothing_left, "every row had to be left out"),
    )
    for code, refuse, en in tried:
        try:
            refuse(found.files, path, found.manifest)
        except BadImport as error:
            return Refusal(code, error.message, en)
    return None


def _new_of_stocks(folder: SnapshotFolder, found: _Loaded, ledger: Ledger) -> tuple[int, int]:
    """How many sessions and stocks the market would have bars of for the first time."""
    merged = ledger.merged.get("stock")
    if merged is None:
        return 0, 0
    held = found.manifest is not None and not found.damaged
    days = folder.fact(found.manifest, "days") if held and found.manifest else np.empty(0, dtype="datetime64[D]")
    names = folder.fact(found.manifest, "assets") if held and found.manifest else np.empty(0, dtype=np.str_)
    stock = merged.rows
    had = days if found.manifest is not None and found.manifest.holds_stocks else days[:0]
    return int(np.setdiff1d(np.unique(stock.days), had).size), int(np.setdiff1d(stock.symbols, names).size)


def _load(folder: SnapshotFolder, path: Path, clock: Clock, progress: Progress, terms: Terms) -> _Loaded:
    """Find, recognise, read and check."""
    progress("scan", 0.0, str(path.name))
    manifest = folder.manifest() if folder.exists else None
    damaged = folder.damaged(manifest) if manifest is not None else frozenset()
    files, reports = _scan(path, None if damaged else manifest, terms)
    if not files and not _anything_known(reports) and not terms.lenient:
        raise BadImport(
            _nothing_usable(path, reports), hint=f"股票日线需要的列：{NEEDED}；用 CSV 或 parquet", field="path"
        )
    for count, file in enumerate(list(files)):
        progress("read", 0.02 + 0.3 * count / len(files), file.name)
        with _left_out(file.name, files, file, reports, terms):
            file.brought = read(file.path, file.layout, file.table)
        file.table = None
    if not terms.lenient:
        _refuse_untestable(files, path, manifest)
    calendar = _calendar(folder, manifest, files, damaged)
    today = np.datetime64(market_date(clock).isoformat(), "D")
    for file in list(files):
        with _left_out(file.name, files, file, reports, terms):
            _check_file(file, calendar, today)
    return _Loaded(manifest, damaged, files, reports, calendar, _batch(files, calendar))


@contextmanager
def _left_out(
    name: str, files: list[_File], file: _File | None, reports: list[FileReport], terms: Terms
) -> Iterator[None]:
    """In a plan a file that cannot be used becomes a report with the reason, and nothing else of it counts."""
    try:
        yield
    except BadImport as error:
        if not terms.lenient:
            raise
        if file is not None:
            files.remove(file)
        kind = file.layout.content.value if file is not None else "unreadable"
        en = (
            error.hint
            if error.hint.isascii() and error.hint
            else "it cannot be read; save it as CSV in UTF-8 or parquet"
        )
        reports.append(FileReport(name=name, kind=kind, state=FileState.REFUSED, zh=error.message, en=en))


def _anything_known(reports: list[FileReport]) -> bool:
    return any(report.state is FileState.UNCHANGED for report in reports)


def _scan(path: Path, manifest: Manifest | None, terms: Terms) -> tuple[list[_File], list[FileReport]]:
    """Files to read, and reports on those that need no reading."""
    if not _is_there(path):
        raise BadImport(f"路径不存在：{str(path)[:200]}", hint="give a file or a folder", field="path")
    found = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    found = [p for p in found if not any(part.startswith(".") for part in p.relative_to(path).parts)]
    if not found:
        raise BadImport(f"文件夹是空的：{path.name}", hint="give a folder with parquet or CSV files", field="path")
    files: list[_File] = []
    reports: list[FileReport] = []
    for one in found:
        name = str(one.relative_to(path)) if path.is_dir() else one.name
        if terms.only is not None and name not in terms.only:
            continue
        with _left_out(name, files, None, reports, terms):
            scanned = _look_at(one, name, manifest)
            if isinstance(scanned, _File):
                files.append(scanned)
            else:
                reports.append(scanned)
    if terms.only is not None:
        _refuse_other_files(files, reports, terms.only)
    order = list(Content)
    files.sort(key=lambda file: (order.index(file.layout.content), file.name))
    return files, reports


def _look_at(path: Path, name: str, manifest: Manifest | None) -> _File | FileReport:
    """A file to read, or the report of one that needs no reading.  Raises: BadImport."""
    reason = unusable_file(path)
    if reason is None:
        columns, rows, table = open_table(path)
        layout = layout_of(columns) if rows else EMPTY
        if isinstance(layout, Layout):
            digest = hash_file(path)
            known = (manifest.sources if manifest else {}).get(_source_key(digest))
            return _File(path, name, digest, layout, table) if known is None else _known_report(name, known)
        reason = layout
    state = FileState.IGNORED if reason.kind == "not_data" else FileState.UNUSED
    return FileReport(name=name, kind=reason.kind, state=state, zh=reason.zh, en=reason.en)


def _refuse_other_files(files: list[_File], reports: list[FileReport], only: Mapping[str, str]) -> None:
    """The files must be those that were looked at before.  Raises: BadImport."""
    there = {file.name: file.digest for file in files}
    settled = {report.name for report in reports if report.state is FileState.UNCHANGED}
    changed = sorted(name for name, digest in only.items() if there.get(name) != digest and name not in settled)
    if changed:
        raise BadImport(
            f"预览之后文件变了：{'、'.join(changed[:5])}，未导入任何内容", hint="import again", field="path"
        )


def _refuse_untestable(files: list[_File], path: Path, manifest: Manifest | None) -> None:
    """Nothing but stock bars without reference prices makes no market.  Raises: BadImport."""
    if manifest is not None and manifest.holds_stocks:
        return
    if files and all(file.brought and file.brought.content is Content.ADJUSTED_ONLY for file in files):
        names = "、".join(file.name for file in files[:5])
        raise BadImport(
            f"{path.name} 里没有可以检验的股票日线，未导入任何内容：{names}：{adjusted_words()[0]}",
            hint=f"需要的列：{NEEDED}",
            field="path",
        )


def _refuse_nothing_left(files: list[_File], path: Path, manifest: Manifest | None) -> None:
    """Files whose every row was left out make no market.  Raises: BadImport."""
    if manifest is not None and manifest.holds_stocks:
        return
    reports = [file.report for file in files if file.report is not None]
    if reports and not any(report.rows for report in reports):
        reasons = bad_rows_message(reports)
        raise BadImport(f"{path.name} 没有剩下任何可用的数据行。{reasons}", hint=_mending(reports), field="path")


def _mending(reports: list[FileReport]) -> str:
    """What to do about rejected rows, with the spelling of dates and codes where these are at fault."""
    codes = {entry.code for report in reports for entry in report.rejected}
    spelling = [words for code, words in _SPELLINGS.items() if code in codes]
    return "；".join([*spelling, "请修正文件，或用 --skip-bad-rows 跳过这些行"])


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _refused(file: _File) -> bool:
    assert file.report is not None
    return refuses(file.report.rejected, file.checked, file.report.rows)


def _source_key(digest: str) -> str:
    return f"{RULES_VERSION}:{digest}"


def _known_report(name: str, known: Mapping[str, Any]) -> FileReport:
    facts = {key: known[key] for key in ("kind", "rows", "names", "first", "last")}
    return FileReport(
        name=name,
        state=FileState.UNCHANGED,
        unchanged=int(known["rows"]),
        rejected=tuple(Rejected(**{**entry, "sample": tuple(entry["sample"])}) for entry in known["rejected"]),
        zh="内容已在库中",
        en="already in the store",
        **facts,
    )


def _nothing_usable(path: Path, reports: list[FileReport]) -> str:
    reasons = "；".join(f"{report.name}：{report.zh}" for report in reports[:5])
    return f"{path.name} 里没有可以导入的行情数据（{reasons}）"


def _calendar(
    folder: SnapshotFolder, manifest: Manifest | None, files: list[_File], damaged: frozenset[str]
) -> TradeDays:
    calendar = stored_calendar(folder, manifest, damaged)
    for file in files:
        if file.brought is not None and file.brought.days.size:
            calendar = calendar.extended(file.brought.days)
    return calendar


@np.errstate(all="ignore")
def _check_file(file: _File, calendar: TradeDays, today: np.datetime64) -> None:
    """Check the rows of a file and write its report; counts of what is new come later."""
    brought = file.brought
    assert brought is not None
    rejected: list[Rejected] = []
    for table, rows in brought.rows.items():
        if table == "stock":
            check_units(rows, file.name)
        result = check(rows, table, calendar, today)
        file.checked[table] = result.rows
        rejected.extend(result.rejected)
    zh, en = WORDS[brought.content], WORDS_EN[brought.content]
    if brought.content is Content.ADJUSTED_ONLY:
        zh, en = adjusted_words()
    file.report = FileReport(
        name=file.name,
        kind=brought.content.value,
        state=FileState.IMPORTED,
        zh=zh,
        en=en,
        rejected=tuple(rejected),
        **_extent(brought, file.checked),
    )
    file.brought = replace(brought, rows={})


def _extent(brought: Brought, checked: Mapping[str, Rows]) -> dict[str, Any]:
    """Rows, names and span of what a file brings."""
    parts = [rows for rows in checked.values() if rows.size]
    if parts:
        days = [rows.days for rows in parts]
        return {
            "rows": sum(rows.size for rows in parts),
            "names": len({code for rows in parts for code in rows.symbols.tolist()}),
            "first": str(min(d.min() for d in days)),
            "last": str(max(d.max() for d in days)),
        }
    if brought.spells:
        last = max(max(spell.first, spell.last or "") for spell in brought.spells)
        names = len({spell.code for spell in brought.spells})
        return {
            "rows": len(brought.spells),
            "names": names,
            "first": min(s.first for s in brought.spells),
            "last": last,
        }
    if brought.days.size:
        return {"rows": int(brought.days.size), "first": str(brought.days[0]), "last": str(brought.days[-1])}
    return {"rows": len(brought.instruments), "names": len(brought.instruments)}


def _batch(files: list[_File], calendar: TradeDays) -> Batch:
    """Everything that the files bring, files of one kind put together; contradictions go to the later file's report."""
    tables = sorted({table for file in files for table in file.checked})
    rows: dict[str, Rows] = {}
    for table in tables:
        own = [file for file in files if table in file.checked and file.checked[table].size]
        if not own:
            continue
        joined = _join(own, table)
        if table.startswith("bars/"):
            rows.update({f"{table}/{symbol}": part for symbol, part in joined.by_symbol()})
        else:
            rows[table] = joined
    brought = [file.brought for file in files if file.brought is not None]
    sources = {}
    for file in files:
        if file.report is not None and not any(entry.code in FORGIVABLE_LATER for entry in file.report.rejected):
            sources[_source_key(file.digest)] = {
                "name": Path(file.name).name,
                "kind": file.report.kind,
                "rows": file.report.rows,
                "names": file.report.names,
                "first": file.report.first,
                "last": file.report.last,
                "rejected": [{**asdict(entry), "sample": list(entry.sample)} for entry in file.report.rejected],
            }
    return Batch(
        rows=rows,
        spells=tuple(spell for one in brought for spell in one.spells),
        instruments=tuple(entry for one in brought for entry in one.instruments),
        industry_source=next((one.industry_source for one in brought if one.industry_source), None),
        days=calendar,
        index_names={code: name for one in brought for code, name in one.index_names.items()},
        sources=sources,
    )


def _join(files: list[_File], table: str) -> Rows:
    """Rows of several files as one sorted table. A row that two files have is kept once if they agree; if they do not,
    the later file's is rejected."""
    parts = [file.checked[table] for file in files]
    both = concat(parts)
    if len(parts) == 1:
        return both
    origin = np.repeat(np.arange(len(parts)), [part.size for part in parts])
    order = np.argsort(both.key, kind="stable")
    key = both.key[order]
    again = np.flatnonzero(key[1:] == key[:-1]) + 1
    differs = again[~same_values(both, order[again - 1], order[again])]
    for i in np.unique(origin[order[differs]]).tolist():
        file = files[i]
        at = order[differs][origin[order[differs]] == i]
        assert file.report is not None
        conflict = rejection(both, "conflict", at, place="")
        file.report = replace(file.report, rejected=(*file.report.rejected, conflict))
    keep = np.ones(order.size, dtype=bool)
    keep[again] = False
    return both.take(order[keep])


def _counted(file: _File, ledger: Ledger, batch: Batch) -> FileReport:
    """The file's report with how many of its rows were new or changed something."""
    report = file.report
    assert report is not None
    added = changed = 0
    for table, rows in file.checked.items():
        if not table.startswith("bars/"):
            a, c = _new_in(ledger, batch, table, rows)
            added, changed = added + a, changed + c
            continue
        for symbol, part in rows.by_symbol():
            a, c = _new_in(ledger, batch, f"{table}/{symbol}", part)
            added, changed = added + a, changed + c
    if not file.checked:
        return report
    state = FileState.IMPORTED if added or changed else FileState.UNCHANGED
    return replace(report, state=state, added=added, changed=changed, unchanged=report.rows - added - changed)


def _new_in(ledger: Ledger, batch: Batch, table: str, rows: Rows) -> tuple[int, int]:
    merged = ledger.merged.get(table)
    if merged is None or not rows.size:
        return 0, 0
    whole = batch.rows[table]
    if whole.size == rows.size:
        return int(merged.added.sum()), int(merged.changed.sum())
    at = np.searchsorted(whole.key, _key_in(whole, rows))
    return int(merged.added[at].sum()), int(merged.changed[at].sum())


def _key_in(whole: Rows, rows: Rows) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Keys of some rows as the table that contains them counts its symbols."""
    place = np.searchsorted(whole.symbols, rows.symbols).astype(np.int32)
    return replace(rows, symbols=whole.symbols, symbol=place[rows.symbol]).key
