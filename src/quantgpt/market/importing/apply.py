"""Checked rows over a market: one new snapshot, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from quantgpt.foundations.clock import Clock
from quantgpt.foundations.errors import Conflict
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.build import notes_of, stage_dense, stage_facts
from quantgpt.market.calendar import TradeDays
from quantgpt.market.importing.dense import dense_of
from quantgpt.market.importing.file import FILTERS
from quantgpt.market.importing.ledger import Batch, Ledger, stored_calendar
from quantgpt.market.snapshots import Manifest, SnapshotFolder


class MarketMoved(Conflict):
    """The market is no longer at the snapshot on which something was planned."""

    code = "changed"


@np.errstate(all="ignore")
def apply(
    folder: SnapshotFolder,
    market: str,
    batch: Batch,
    clock: Clock,
    progress: Progress = silent,
    *,
    replaces: str | None = None,
    planned_on: str | None = None,
    announce: Callable[[str], None] | None = None,
) -> tuple[str, Ledger]:
    """Put checked rows over a market and switch to the new snapshot.

    Equal content changes nothing on disk but objects that are missing or damaged. `planned_on` is the snapshot that must
    be current ("" for a market that is not there yet); `announce` is told the new one just before the switch.

    Raises: MarketMoved, Conflict while another process writes, DiskFull; nothing has changed then.
    """
    with folder.writing() as stage:
        if planned_on is not None and planned_on != (folder.pointer().current if folder.exists else ""):
            raise MarketMoved(
                f"行情库 {market} 在预览之后变了，未写入任何内容", hint="look at the preview again, then import"
            )
        manifest = folder.manifest() if folder.exists else None
        damaged = folder.damaged(manifest) if manifest is not None else frozenset()
        ledger = Ledger(folder, manifest, damaged)
        ledger.take(batch)
        calendar = batch.days or stored_calendar(folder, manifest, damaged)
        progress("tables", 0.35, market)
        ledger.write(stage)
        same_filters = _filters(batch.sources).items() <= (manifest.sources if manifest else {}).items()
        if manifest is not None and not damaged and same_filters and _unchanged(folder, manifest, ledger, calendar):
            return folder.pointer().current, ledger
        sources = {**(manifest.sources if manifest else {}), **batch.sources}
        if manifest is not None and not damaged and _only_bars(folder, manifest, batch, calendar):
            fresh = replace(manifest, tables=ledger.tables, sources=sources)
        else:
            dense = dense_of(ledger.truth(calendar))
            panels = stage_dense(stage, dense, progress)
            industry = batch.industry_source or (manifest.notes.get("industry_source") if manifest else None)
            fresh = Manifest(
                market=market,
                synthetic=False,
                facts=stage_facts(stage, dense.facts),
                panels=panels,
                tables=ledger.tables,
                sources=sources,
                notes=notes_of(dense.facts, {"industry_source": industry}),
            )
        progress("commit", 0.97, fresh.id)
        if announce is not None:
            announce(fresh.id)
        made_at = clock.now().replace(microsecond=0).isoformat()
        return stage.commit(fresh, made_at, replaces=replaces), ledger


def _filters(sources: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {name: entry for name, entry in sources.items() if name.startswith(FILTERS)}


def _only_bars(folder: SnapshotFolder, manifest: Manifest, batch: Batch, calendar: TradeDays) -> bool:
    """Whether a batch brings nothing that panels and facts are made of."""
    lists = batch.spells or batch.instruments or batch.index_names or batch.industry_source
    tables = all(name.startswith("bars/") for name in batch.rows)
    return tables and not lists and np.array_equal(folder.fact(manifest, "calendar"), calendar.days)


def _unchanged(folder: SnapshotFolder, manifest: Manifest, ledger: Ledger, calendar: TradeDays) -> bool:
    same_tables = {n: e["content"] for n, e in ledger.tables.items()} == {
        n: e["content"] for n, e in manifest.tables.items()
    }
    return same_tables and np.array_equal(folder.fact(manifest, "calendar"), calendar.days)
