"""An import of a file or a folder: found, recognised, read, checked, put together, applied."""

from __future__ import annotations

from pathlib import Path

from quantgpt.foundations.clock import Clock
from quantgpt.foundations.errors import BadImport
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.importing.apply import apply
from quantgpt.market.importing.file import Terms
from quantgpt.market.importing.joining import counted
from quantgpt.market.importing.loading import load, mending, refuse_nothing_left
from quantgpt.market.importing.report import ImportReport, bad_rows_message
from quantgpt.market.snapshots import SnapshotFolder


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
    found = load(folder, path, clock, progress, terms)
    files, reports, batch = found.files, found.reports, found.batch
    if found.bad and not terms.skip_bad_rows:
        raise BadImport(bad_rows_message(found.bad), hint=mending(found.bad), field="path")
    refuse_nothing_left(files, found.manifest)
    previous = folder.pointer().current if folder.exists else None
    if files:
        snapshot, ledger = apply(
            folder, market, batch, clock, progress, planned_on=terms.planned_on, announce=terms.announce
        )
        reports.extend(counted(file, ledger, batch) for file in files)
    else:
        snapshot = previous or ""
    progress("done", 1.0, snapshot)
    reports.sort(key=lambda report: report.name)
    return ImportReport(market=market, snapshot=snapshot, previous=previous, files=tuple(reports))
