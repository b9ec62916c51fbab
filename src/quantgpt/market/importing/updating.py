"""What a source brought: checked like a file, shown as a plan, or applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from quantgpt.foundations.clock import Clock, market_date
from quantgpt.foundations.errors import SourceFailed
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.calendar import TradeDays
from quantgpt.market.importing.apply import apply
from quantgpt.market.importing.ledger import Batch, Ledger
from quantgpt.market.importing.reading import Instrument, Spell
from quantgpt.market.importing.report import FileReport, FileState, ImportReport, Rejected
from quantgpt.market.importing.rows import Rows
from quantgpt.market.importing.validate import BAD_SHARE, check
from quantgpt.market.snapshots import SnapshotFolder


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """Everything one update fetched, as it came."""

    source: str
    tables: Mapping[str, Rows]
    spells: tuple[Spell, ...]
    instruments: Sequence[Instrument]
    calendar: TradeDays
    index_names: Mapping[str, str]


@dataclass(frozen=True)
class Checked:
    """A batch and what was left out of it, by table."""

    batch: Batch
    rejected: Mapping[str, tuple[Rejected, ...]]
    source: str


@np.errstate(all="ignore")
def checked(fetched: Fetched, clock: Clock) -> Checked:
    """Leave out rows that cannot be true.  Raises: SourceFailed when more than one in a hundred cannot."""
    today = np.datetime64(market_date(clock).isoformat(), "D")
    rows, rejected = {}, {}
    for table, part in fetched.tables.items():
        result = check(part, table, fetched.calendar, today)
        bad = sum(entry.count for entry in result.rejected)
        if bad > BAD_SHARE * part.size:
            reasons = "；".join(entry.sentence() for entry in result.rejected)
            raise SourceFailed(
                f"{fetched.source}：返回的数据有 {bad:,} 行不可能为真（{reasons}），未写入任何内容",
                hint="try again later, or import files instead",
            )
        rows[table], rejected[table] = result.rows, result.rejected
    batch = Batch(
        rows=rows,
        spells=fetched.spells,
        instruments=tuple(fetched.instruments),
        days=fetched.calendar,
        index_names=fetched.index_names,
    )
    return Checked(batch, rejected, fetched.source)


def planned(folder: SnapshotFolder, market: str, found: Checked) -> ImportReport:
    """What applying would change; nothing is written. The snapshot of the report is empty if something would change."""
    manifest = folder.manifest() if folder.exists else None
    previous = folder.pointer().current if folder.exists else None
    ledger = Ledger(folder, manifest)
    before = {name: ledger.list_of(name) for name in ("constituents", "instruments", "index_names")}
    ledger.take(found.batch)
    files = _reports(found, ledger)
    lists = any(ledger.list_of(name) != body for name, body in before.items())
    fresh = lists or any(file.added or file.changed for file in files)
    return ImportReport(
        market=market, snapshot="" if fresh else (previous or ""), previous=previous, files=files, applied=False
    )


def applied(
    folder: SnapshotFolder,
    market: str,
    found: Checked,
    clock: Clock,
    progress: Progress = silent,
    *,
    replaces: str | None = None,
) -> ImportReport:
    """Apply the batch, atomically; a rollback does not return to the snapshot it `replaces`."""
    previous = folder.pointer().current if folder.exists else None
    snapshot, ledger = apply(folder, market, found.batch, clock, progress, replaces=replaces)
    return ImportReport(market=market, snapshot=snapshot, previous=previous, files=_reports(found, ledger))


def together(parts: Sequence[ImportReport]) -> ImportReport:
    """One report of an update that was applied in parts."""
    whole = parts[0]
    for part in parts[1:]:
        files = {file.name: file for file in whole.files}
        for file in part.files:
            files[file.name] = _sum(files[file.name], file) if file.name in files else file
        whole = replace(whole, snapshot=part.snapshot, files=tuple(files.values()))
    return whole


def _sum(left: FileReport, right: FileReport) -> FileReport:
    return replace(
        right,
        state=FileState.IMPORTED if FileState.IMPORTED in (left.state, right.state) else right.state,
        rows=left.rows + right.rows,
        names=max(left.names, right.names),
        first=min(filter(None, (left.first, right.first)), default=None),
        last=max(filter(None, (left.last, right.last)), default=None),
        added=left.added + right.added,
        changed=left.changed + right.changed,
        unchanged=left.unchanged + right.unchanged,
        rejected=(*left.rejected, *right.rejected),
    )


def too_long_to_show(folder: SnapshotFolder, market: str, source: str, days: Sequence[date]) -> ImportReport:
    """The plan of an update that is too long to be fetched for show: its sessions and calls."""
    previous = folder.pointer().current if folder.exists else None
    first, last, count = days[0].isoformat(), days[-1].isoformat(), len(days)
    note = FileReport(
        name=source,
        kind="plan",
        state=FileState.IMPORTED,
        first=first,
        last=last,
        zh=f"将按日查询 {count} 个交易日的全市场行情（{first} 至 {last}），分批写入",
        en=f"would query the whole market of {count} sessions ({first} to {last}) and apply it in parts",
    )
    return ImportReport(market=market, snapshot="", previous=previous, files=(note,), applied=False)


def nothing_missing(folder: SnapshotFolder, market: str, source: str, last: str) -> ImportReport:
    """The report of an update that had nothing to fetch."""
    previous = folder.pointer().current if folder.exists else None
    note = FileReport(
        name=source,
        kind="update",
        state=FileState.UNCHANGED,
        zh=f"已是最新（到 {last}）",
        en=f"nothing is missing up to {last}",
    )
    return ImportReport(market=market, snapshot=previous or "", previous=previous, files=(note,))


def _reports(found: Checked, ledger: Ledger) -> tuple[FileReport, ...]:
    out = []
    for table, rows in found.batch.rows.items():
        report = FileReport(name=f"{found.source}: {table}", kind=table, state=FileState.UNCHANGED)
        merged = ledger.merged.get(table)
        if merged is not None and rows.size:
            added, changed = int(merged.added.sum()), int(merged.changed.sum())
            days = rows.days
            report = replace(
                report,
                state=FileState.IMPORTED if added or changed else FileState.UNCHANGED,
                rows=rows.size,
                names=int(rows.symbols.size),
                first=str(days.min()),
                last=str(days.max()),
                added=added,
                changed=changed,
                unchanged=rows.size - added - changed,
            )
        out.append(replace(report, rejected=found.rejected[table]))
    for kind, count in (("constituents", len(found.batch.spells)), ("instruments", len(found.batch.instruments))):
        if count:
            out.append(FileReport(name=f"{found.source}: {kind}", kind=kind, state=FileState.IMPORTED, rows=count))
    return tuple(out)
