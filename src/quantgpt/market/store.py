"""The market store: named markets on disk, imports that are atomic and idempotent, the demo market."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from quantgpt.foundations.clock import Clock, SystemClock
from quantgpt.foundations.errors import BadRequest, Conflict, QuantError, UnknownMarket
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.market import Market
from quantgpt.market.snapshots import Pointer, SnapshotFolder

if TYPE_CHECKING:
    from quantgpt.market.health import HealthReport
    from quantgpt.market.importing.file import Terms
    from quantgpt.market.importing.planning import Plan
    from quantgpt.market.importing.report import ImportReport

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,31}$")


@dataclass(frozen=True, kw_only=True)
class MarketStatus:
    """What one market holds, for people."""

    market: str
    snapshot: str
    synthetic: bool
    first_day: str | None
    last_day: str | None
    calendar_until: str
    """the last announced session; later ones are computed and provisional"""
    names: int
    rows: int
    indices: int
    fields: tuple[str, ...]
    universes: tuple[str, ...]
    bars: dict[str, int]
    sources: tuple[str, ...]
    size_bytes: int
    history: tuple[tuple[str, str], ...]


class MarketStore:
    """All markets below one folder; they are never mixed."""

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        self.root = Path(root)
        self._clock = clock or SystemClock()

    def names(self) -> list[str]:
        """Markets that hold a snapshot."""
        if not self.root.is_dir():
            return []
        return sorted(
            path.name for path in self.root.iterdir() if _NAME.match(path.name) and (path / "CURRENT").is_file()
        )

    def default(self) -> str:
        """`main` once it holds stock bars or if there is no demo market beside it, else `demo`."""
        names = self.names()
        return "main" if "main" in names and ("demo" not in names or self._has_stocks("main")) else "demo"

    def folder(self, market: str) -> SnapshotFolder:
        """The folder of one market, there or not.  Raises: BadRequest for a name that cannot be one."""
        if not _NAME.match(market):
            raise BadRequest(
                f"行情库名称无效：{market[:40]!r}", hint="lower-case letters, digits, - and _", field="market"
            )
        return SnapshotFolder(self.root / market)

    def open(self, name: str | None = None, snapshot: str | None = None) -> Market:
        """Open a market at its current snapshot or at a named one.  Raises: UnknownMarket, NotFound."""
        market = name or self.default()
        folder = self.folder(market)
        if not folder.exists:
            known = self.names()
            near = difflib.get_close_matches(market, known, n=1)
            hint = f"known: {', '.join(known)}" if known else "run: quantgpt data demo, or: quantgpt data import PATH"
            raise UnknownMarket(
                f"没有名为 {market!r} 的行情库", hint=hint, field="market", nearest=near[0] if near else None
            )
        return Market(folder, snapshot)

    def make_demo(self, progress: Progress = silent) -> Market:
        """Write the demo market, or leave it alone if it is there already."""
        from quantgpt.market.demo import write_demo

        write_demo(self.folder("demo"), self._made_at(), progress)
        return self.open("demo")

    def has_old_demo(self) -> bool:
        """Whether there is a whole demo market of another version; `make_demo` brings it up to date."""
        from quantgpt.market.demo import recipe

        folder = self.folder("demo")
        try:
            return folder.exists and folder.manifest().notes.get("recipe") != recipe()
        except QuantError:
            return False

    def import_path(
        self,
        path: Path,
        market: str = "main",
        progress: Progress = silent,
        *,
        skip_bad_rows: bool = False,
        terms: Terms | None = None,
    ) -> ImportReport:
        """Take in a file or a folder whose content is recognised by its columns; atomic, idempotent.

        Files that cannot be used yet are named in the report with the reason. Rows that cannot be true (a price that is
        not positive, high below low, a duplicate ...) refuse the import, unless `skip_bad_rows` leaves them out; `terms` say more.
        Raises: BadImport, Conflict, DiskFull; the store is then as it was, byte for byte.
        """
        from quantgpt.market.importing import Terms, import_into

        taken = terms or Terms(skip_bad_rows=skip_bad_rows)
        return import_into(self.importable(market), Path(path), market, self._clock, progress=progress, terms=taken)

    def plan_import(self, path: Path, market: str = "main", progress: Progress = silent) -> Plan:
        """What taking in a file or a folder would change; nothing is written.  Raises: BadImport, Conflict."""
        from quantgpt.market.importing import plan_import

        return plan_import(self.importable(market), Path(path), market, self._clock, progress=progress)

    def importable(self, market: str) -> SnapshotFolder:
        """The folder of a market that may be written.  Raises: BadRequest for its name, Conflict for the demo market."""
        if market == "demo":
            raise Conflict("演示行情库不能导入真实数据", hint="import into main")
        return self.folder(market)

    def rollback(self, market: str = "main", *, current: str | None = None) -> str:
        """Go back to the snapshot before the current one, which must be `current` where that is given; returns its id.

        Raises: Conflict when there is none, when the current one is another, or while somebody writes.
        """
        folder = self.folder(market)
        self.open(market)
        with folder.writing():
            pointer = folder.pointer()
            history = pointer.history
            if current is not None and pointer.current != current:
                raise Conflict(f"行情库 {market} 的当前快照已经是 {pointer.current}", nearest=pointer.current)
            if len(history) < 2:
                raise Conflict(f"行情库 {market} 没有更早的快照可以回滚")
            folder.point_at(Pointer(history[-2][0], history[:-1]))
        return history[-2][0]

    def status(self, market: str | None = None) -> list[MarketStatus]:
        """What each market holds, or one of them."""
        return [self._status(name) for name in ([market] if market else self.names())]

    def health(self, market: str | None = None) -> HealthReport:
        """Check the files and the numbers of a market."""
        from quantgpt.market.health import check

        opened = self.open(market)
        return check(opened, self.folder(opened.name))

    def _has_stocks(self, name: str) -> bool:
        """Whether a market has daily bars of stocks; a damaged one counts, so that the damage is named where it shows."""
        folder = self.folder(name)
        try:
            return _holds_stocks(folder.folder, folder.pointer().current)
        except QuantError:
            return True

    def _status(self, name: str) -> MarketStatus:
        market = self.open(name)
        folder = self.folder(name)
        bars: dict[str, int] = {}
        rows = 0
        for table, entry in market.manifest.tables.items():
            kind, _, rest = table.partition("/")
            if kind == "bars":
                freq = rest.split("/")[0]
                bars[freq] = bars.get(freq, 0) + 1
            rows += int(entry["rows"])
        return MarketStatus(
            market=name,
            snapshot=market.snapshot,
            synthetic=market.synthetic,
            first_day=market.manifest.notes.get("first_day"),
            last_day=market.manifest.notes.get("last_day"),
            calendar_until=str(market.calendar.official_until),
            names=len(market.assets),
            rows=rows,
            indices=int(market.facts.index_codes.size),
            fields=tuple(sorted(market.expression_fields())),
            universes=tuple(info.name for info in market.universes()),
            bars=bars,
            sources=tuple(sorted({str(entry["name"]) for entry in market.manifest.sources.values()})),
            size_bytes=sum(
                path.stat().st_size for path in map(folder.path, market.manifest.objects()) if path.is_file()
            ),
            history=folder.pointer().history,
        )

    def _made_at(self) -> str:
        return self._clock.now().replace(microsecond=0).isoformat()


@lru_cache(maxsize=16)
def _holds_stocks(folder: Path, snapshot: str) -> bool:
    """What never changes of one snapshot."""
    return SnapshotFolder(folder).manifest(snapshot).holds_stocks
