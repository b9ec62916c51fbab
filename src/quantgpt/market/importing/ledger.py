"""Raw rows and lists of a market as they are kept in a snapshot: read back, merged, written where they changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from quantgpt.foundations.errors import Broken
from quantgpt.foundations.hashing import canonical_json, hash_value
from quantgpt.market.calendar import TradeDays, official
from quantgpt.market.importing.dense import Truth
from quantgpt.market.importing.reading import Instrument, Spell
from quantgpt.market.importing.rows import Merged, Rows, concat, from_parquet, merge, to_parquet
from quantgpt.market.snapshots import Manifest, SnapshotFolder, Stage

YEARLY = ("stock", "valuation")
WHOLE = ("index", "adjusted_only")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What an import or an update brings, checked."""

    rows: Mapping[str, Rows] = field(default_factory=dict)
    spells: tuple[Spell, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    industry_source: str | None = None
    days: TradeDays | None = None
    index_names: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Ledger:
    """The append-only truth of one market: yearly and whole parquet tables, lists as JSON."""

    def __init__(
        self, folder: SnapshotFolder, manifest: Manifest | None, damaged: frozenset[str] = frozenset()
    ) -> None:
        self._folder = folder
        stored = dict(manifest.tables) if manifest else {}
        self._lost = {name: entry for name, entry in stored.items() if entry["object"] in damaged}
        """tables whose file is missing or damaged; what is taken in must make up for them"""
        self.tables: dict[str, Mapping[str, Any]] = {n: e for n, e in stored.items() if n not in self._lost}
        self._rows: dict[str, Rows | None] = {}
        self._lists: dict[str, list[dict[str, Any]]] = {}
        self.merged: dict[str, Merged] = {}

    def rows(self, table: str) -> Rows | None:
        """All stored rows of a table; the parts of a yearly one together."""
        if table not in self._rows:
            names = sorted(name for name in self.tables if name.startswith(f"{table}/") or name == table)
            parts = [from_parquet(self._folder.checked(str(self.tables[name]["object"]))) for name in names]
            self._rows[table] = sorted_rows(concat(parts)) if parts else None
        return self._rows[table]

    def list_of(self, name: str) -> list[dict[str, Any]]:
        """A stored list (`constituents`, `instruments`, `index_names`)."""
        if name not in self._lists:
            entry = self.tables.get(f"list/{name}")
            body = json.loads(self._folder.checked(str(entry["object"])).read_text(encoding="utf-8")) if entry else []
            self._lists[name] = body
        return self._lists[name]

    def take(self, batch: Batch) -> None:
        """Put a batch over what is stored; nothing is written."""
        for table, new in batch.rows.items():
            merged = merge(self.rows(table), new) if new.size else None
            if merged is not None:
                self.merged[table] = merged
                self._rows[table] = merged.rows
        if batch.spells:
            fresh = {spell.index for spell in batch.spells}
            kept = [entry for entry in self.list_of("constituents") if entry["index"] not in fresh]
            both = [*kept, *(asdict(spell) for spell in batch.spells)]
            self._lists["constituents"] = sorted(both, key=lambda e: (e["index"], e["code"], e["first"]))
        if batch.instruments:
            known = {entry["code"]: entry for entry in self.list_of("instruments")}
            for entry in batch.instruments:
                old = known.get(entry.code, {})
                given = {key: value for key, value in asdict(entry).items() if value}
                known[entry.code] = {**asdict(Instrument(code=entry.code)), **old, **given}
            self._lists["instruments"] = [known[code] for code in sorted(known)]
        if batch.index_names:
            names = {entry["code"]: entry["name"] for entry in self.list_of("index_names")} | dict(batch.index_names)
            self._lists["index_names"] = [{"code": code, "name": names[code]} for code in sorted(names)]

    def truth(self, calendar: TradeDays) -> Truth:
        """Everything the dense part is built from."""
        return Truth(
            stock=self.rows("stock"),
            index=self.rows("index"),
            valuation=self.rows("valuation"),
            adjusted_only=self.rows("adjusted_only"),
            spells=tuple(Spell(**entry) for entry in self.list_of("constituents")),
            instruments={entry["code"]: Instrument(**entry) for entry in self.list_of("instruments")},
            index_names={entry["code"]: entry["name"] for entry in self.list_of("index_names")},
            calendar=calendar,
        )

    def write(self, stage: Stage) -> None:
        """Stage every table and list whose content changed; the others keep their objects.

        Raises: Broken when a damaged table is not made up for.
        """
        for table in self.merged:
            rows = self._rows[table]
            if rows is None:
                continue
            parts = rows.by_year() if table in YEARLY else [("all", rows)]
            for label, part in parts:
                name = table if table.startswith("bars/") else f"{table}/{label}"
                self._put(stage, name, part)
        for name, body in self._lists.items():
            text = canonical_json(body)
            content = hash_value(body)
            if body and self.tables.get(f"list/{name}", {}).get("content") != content:
                stored = stage.put("json", lambda handle, text=text: _write(handle, text.encode("utf-8")))  # type: ignore[misc]
                self.tables[f"list/{name}"] = {"object": stored, "content": content, "rows": len(body)}

        lost = [
            name for name, entry in self._lost.items() if self.tables.get(name, {}).get("content") != entry["content"]
        ]
        if lost:
            raise Broken(
                f"原始数据表 {'、'.join(sorted(lost)[:5])} 的文件已损坏，这次导入补不全，未写入任何内容",
                hint="重新导入原来的全部文件，或运行 quantgpt data rollback 回滚",
            )

    def _put(self, stage: Stage, name: str, part: Rows) -> None:
        if self.tables.get(name, {}).get("content") != part.content():
            self.tables[name] = staged(stage, part)


def staged(stage: Stage, part: Rows) -> dict[str, Any]:
    """Write rows as a table; returns its entry in the manifest."""
    body = to_parquet(part)
    days = part.days
    return {
        "object": stage.put("parquet", lambda handle: _write(handle, body)),
        "content": part.content(),
        "rows": part.size,
        "names": int(part.compact().symbols.size),
        "first": str(days.min()),
        "last": str(days.max()),
    }


def _write(handle: Any, body: bytes) -> None:
    step = 1 << 24
    for at in range(0, len(body), step):
        handle.write(body[at : at + step])


def sorted_rows(rows: Rows) -> Rows:
    """The rows by symbol, then time."""
    key = rows.key
    if bool(np.all(key[1:] > key[:-1])):
        return rows
    return rows.take(np.argsort(key, kind="stable"))


def stored_calendar(
    folder: SnapshotFolder, manifest: Manifest | None, damaged: frozenset[str] = frozenset()
) -> TradeDays:
    """Announced sessions: those in the package and those that the market was given, unless that list is damaged."""
    if manifest is None or manifest.facts["calendar"] in damaged:
        return official()
    return official().extended(folder.fact(manifest, "calendar"))
