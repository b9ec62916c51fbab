"""What several files bring, put together; and how much of each was new."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from quantgpt.market.calendar import TradeDays
from quantgpt.market.importing.file import File, source_key
from quantgpt.market.importing.ledger import Batch, Ledger
from quantgpt.market.importing.report import FileReport, FileState
from quantgpt.market.importing.rows import Rows, concat, same_values
from quantgpt.market.importing.validate import FORGIVABLE_LATER, rejection


def batch_of(files: list[File], calendar: TradeDays) -> Batch:
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
            sources[source_key(file.digest)] = {
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


def _join(files: list[File], table: str) -> Rows:
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


def counted(file: File, ledger: Ledger, batch: Batch) -> FileReport:
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
