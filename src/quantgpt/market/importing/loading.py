"""Files of an import found, recognised, read and checked; nothing of the market is written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from quantgpt.foundations.clock import Clock, market_date
from quantgpt.foundations.errors import BadImport
from quantgpt.foundations.hashing import hash_file
from quantgpt.foundations.progress import Progress
from quantgpt.market.calendar import TradeDays
from quantgpt.market.importing.file import File, Terms, source_key
from quantgpt.market.importing.joining import batch_of
from quantgpt.market.importing.ledger import Batch, stored_calendar
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
from quantgpt.market.importing.report import FileReport, FileState, Rejected, bad_rows_message
from quantgpt.market.importing.rows import Rows
from quantgpt.market.importing.validate import check, check_units, refuses
from quantgpt.market.snapshots import Manifest, SnapshotFolder

_SPELLINGS = {
    "bad_symbol": "代码写成 600000.SH、000001.SZ 或 sh.600000",
    "bad_date": "日期写成 2024-01-02、2024/01/02 或 20240102",
}


@dataclass
class Loaded:
    """Files read and checked, and what they bring together."""

    manifest: Manifest | None
    damaged: frozenset[str]
    files: list[File]
    reports: list[FileReport]
    calendar: TradeDays
    batch: Batch

    @property
    def bad(self) -> list[FileReport]:
        """Files with too many rows that cannot be true."""
        return [file.report for file in self.files if file.report is not None and _refused(file)]


def load(folder: SnapshotFolder, path: Path, clock: Clock, progress: Progress, terms: Terms) -> Loaded:
    """Find, recognise, read and check."""
    progress("scan", 0.0, str(path.name))
    manifest = folder.manifest() if folder.exists else None
    damaged = folder.damaged(manifest) if manifest is not None else frozenset()
    files, reports = _scan(path, None if damaged else manifest, terms)
    if not files and not anything_known(reports) and not terms.lenient:
        raise BadImport(nothing_usable(reports), hint=f"股票日线需要的列：{NEEDED}；用 CSV 或 parquet", field="path")
    found = list(files)
    for count, file in enumerate(found):
        progress("read", 0.02 + 0.3 * count / len(found), file.name)
        with _left_out(file.name, files, file, reports, terms):
            file.brought = read(file.path, file.layout, file.table)
        file.table = None
    if not terms.lenient:
        refuse_untestable(files, manifest)
    calendar = _calendar(folder, manifest, files, damaged)
    today = np.datetime64(market_date(clock).isoformat(), "D")
    for file in list(files):
        with _left_out(file.name, files, file, reports, terms):
            _check_file(file, calendar, today)
    return Loaded(manifest, damaged, files, reports, calendar, batch_of(files, calendar))


@contextmanager
def _left_out(
    name: str, files: list[File], file: File | None, reports: list[FileReport], terms: Terms
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


def _scan(path: Path, manifest: Manifest | None, terms: Terms) -> tuple[list[File], list[FileReport]]:
    """Files to read, and reports on those that need no reading."""
    if not _is_there(path):
        raise BadImport(f"路径不存在：{str(path)[:200]}", hint="give a file or a folder", field="path")
    found = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    found = [p for p in found if not any(part.startswith(".") for part in p.relative_to(path).parts)]
    if not found:
        raise BadImport(f"文件夹是空的：{path.name}", hint="give a folder with parquet or CSV files", field="path")
    files: list[File] = []
    reports: list[FileReport] = []
    for one in found:
        name = str(one.relative_to(path)) if path.is_dir() else one.name
        if terms.only is not None and name not in terms.only:
            continue
        with _left_out(name, files, None, reports, terms):
            scanned = _look_at(one, name, manifest)
            if isinstance(scanned, File):
                files.append(scanned)
            else:
                reports.append(scanned)
    if terms.only is not None:
        _refuse_other_files(files, reports, terms.only)
    order = list(Content)
    files.sort(key=lambda file: (order.index(file.layout.content), file.name))
    return files, reports


def _look_at(path: Path, name: str, manifest: Manifest | None) -> File | FileReport:
    """A file to read, or the report of one that needs no reading.  Raises: BadImport."""
    reason = unusable_file(path)
    if reason is None:
        columns, rows, table = open_table(path)
        layout = layout_of(columns) if rows else EMPTY
        if isinstance(layout, Layout):
            digest = hash_file(path)
            known = (manifest.sources if manifest else {}).get(source_key(digest))
            return File(path, name, digest, layout, table) if known is None else _known_report(name, known)
        reason = layout
    state = FileState.IGNORED if reason.kind == "not_data" else FileState.UNUSED
    return FileReport(name=name, kind=reason.kind, state=state, zh=reason.zh, en=reason.en)


def _refuse_other_files(files: list[File], reports: list[FileReport], only: Mapping[str, str]) -> None:
    """The files must be those that were looked at before.  Raises: BadImport."""
    there = {file.name: file.digest for file in files}
    settled = {report.name for report in reports if report.state is FileState.UNCHANGED}
    changed = sorted(name for name, digest in only.items() if there.get(name) != digest and name not in settled)
    if changed:
        raise BadImport(
            f"预览之后文件变了：{'、'.join(changed[:5])}，未导入任何内容", hint="import again", field="path"
        )


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


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _calendar(
    folder: SnapshotFolder, manifest: Manifest | None, files: list[File], damaged: frozenset[str]
) -> TradeDays:
    calendar = stored_calendar(folder, manifest, damaged)
    for file in files:
        if file.brought is not None and file.brought.days.size:
            calendar = calendar.extended(file.brought.days)
    return calendar


@np.errstate(all="ignore")
def _check_file(file: File, calendar: TradeDays, today: np.datetime64) -> None:
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


def _refused(file: File) -> bool:
    assert file.report is not None
    return refuses(file.report.rejected, file.checked, file.report.rows)


def anything_known(reports: list[FileReport]) -> bool:
    """Whether the market has some of the files already."""
    return any(report.state is FileState.UNCHANGED for report in reports)


def nothing_usable(reports: list[FileReport]) -> str:
    """Why none of the files can be taken in."""
    named = (
        report.zh if report.zh.startswith(report.name) else f"{report.name}：{report.zh}" for report in reports[:5]
    )
    return f"没有可以导入的行情数据（{'；'.join(named)}）"


def refuse_untestable(files: list[File], manifest: Manifest | None) -> None:
    """Nothing but stock bars without reference prices makes no market.  Raises: BadImport."""
    if manifest is not None and manifest.holds_stocks:
        return
    if files and all(file.brought and file.brought.content is Content.ADJUSTED_ONLY for file in files):
        names = "、".join(file.name for file in files[:5])
        raise BadImport(
            f"没有可以检验的股票日线，未导入任何内容：{names}：{adjusted_words()[0]}",
            hint=f"需要的列：{NEEDED}",
            field="path",
        )


def refuse_nothing_left(files: list[File], manifest: Manifest | None) -> None:
    """Files whose every row was left out make no market.  Raises: BadImport."""
    if manifest is not None and manifest.holds_stocks:
        return
    reports = [file.report for file in files if file.report is not None]
    if reports and not any(report.rows for report in reports):
        reasons = bad_rows_message(reports)
        raise BadImport(f"没有剩下任何可用的数据行。{reasons}", hint=mending(reports), field="path")


def mending(reports: list[FileReport]) -> str:
    """What to do about rejected rows, with the spelling of dates and codes where these are at fault."""
    codes = {entry.code for report in reports for entry in report.rejected}
    spelling = [words for code, words in _SPELLINGS.items() if code in codes]
    return "；".join([*spelling, "请修正文件，或用 --skip-bad-rows 跳过这些行"])
