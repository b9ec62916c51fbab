"""What an import would change, file by file, without writing anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quantgpt.foundations.clock import Clock
from quantgpt.foundations.errors import BadImport
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.importing.file import Terms
from quantgpt.market.importing.joining import counted
from quantgpt.market.importing.ledger import Ledger, stored_calendar
from quantgpt.market.importing.loading import (
    Loaded,
    anything_known,
    load,
    nothing_usable,
    refuse_nothing_left,
    refuse_untestable,
)
from quantgpt.market.importing.recognise import NEEDED
from quantgpt.market.importing.report import ImportReport
from quantgpt.market.snapshots import SnapshotFolder


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


def plan_import(folder: SnapshotFolder, path: Path, market: str, clock: Clock, *, progress: Progress = silent) -> Plan:
    """What importing a file or folder would change, file by file; those that cannot be read are named and left out.

    Raises: BadImport where there is nothing to look at.
    """
    terms = Terms(skip_bad_rows=True, lenient=True)
    found = load(folder, path, clock, progress, terms)
    refused = _why_refused(found)
    ledger = Ledger(folder, found.manifest, found.damaged)
    before = {name: ledger.list_of(name) for name in ("constituents", "instruments", "index_names")}
    progress("compare", 0.6, market)
    ledger.take(found.batch)
    reports = [*found.reports, *(counted(file, ledger, found.batch) for file in found.files)]
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


def _why_refused(found: Loaded) -> Refusal | None:
    """The reason for which an import of these files would be refused as a whole."""
    if not found.files and not anything_known(found.reports):
        return Refusal("nothing_usable", nothing_usable(found.reports), "no file holds market data that is read")
    tried: tuple[tuple[str, Callable[..., None], str], ...] = (
        ("untestable", refuse_untestable, f"no stock bars that can be tested; columns that are needed: {NEEDED}"),
        ("nothing_left", refuse_nothing_left, "every row had to be left out"),
    )
    for code, refuse, en in tried:
        try:
            refuse(found.files, found.manifest)
        except BadImport as error:
            return Refusal(code, error.message, en)
    return None


def _new_of_stocks(folder: SnapshotFolder, found: Loaded, ledger: Ledger) -> tuple[int, int]:
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
