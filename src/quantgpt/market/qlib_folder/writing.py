"""Export of a market as a folder that Qlib opens: written beside its place, then moved there whole."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from quantgpt.foundations.errors import BadRequest, Conflict, NoData, QuantError, Unavailable
from quantgpt.foundations.files import room_on_disk, sync_folder
from quantgpt.foundations.hashing import canonical_json
from quantgpt.foundations.panel import Days
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.market import DateLike, Market, day_of
from quantgpt.market.qlib_folder.bins import write_bin
from quantgpt.market.qlib_folder.codes import folder_name
from quantgpt.market.qlib_folder.convention import INDEX_FIELDS, OWN, QlibMarket
from quantgpt.market.qlib_folder.folder import PARTS
from quantgpt.market.qlib_folder.instruments import ALIASES, Membership

MARKER = "quantgpt_export.json"
"""A file that says: this folder was written by an export and may be replaced by one."""
FORMAT = 1
_BLOCK = 64


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What an export wrote."""

    path: str
    market: str
    snapshot: str
    synthetic: bool
    universe: str
    first_day: str
    last_day: str
    sessions: int
    stocks: int
    indices: int
    fields: tuple[str, ...]
    universes: tuple[str, ...]
    """files below `instruments`"""
    left_out: tuple[str, ...]
    """universes that are not written because not all of their members are"""
    files: int
    size_bytes: int


def export_folder(
    market: Market,
    path: Path,
    universe: str = "all",
    start: DateLike | None = None,
    end: DateLike | None = None,
    progress: Progress = silent,
) -> Exported:
    """Write the stocks that were ever members of a universe in a span, and all indices, in Qlib's conventions.

    A stock's bars are written over the whole span, members or not. `all.txt` lists the stocks, `index.txt` the indices: they
    are no stocks, and a test over `all` shall not buy them. Prices are scaled by the first valid close of the whole store,
    so that exports of different spans agree.
    Raises: Conflict for a folder that holds something else, BadRequest, UnknownUniverse, NoData, DiskFull; the place is then
    as it was.
    """
    source = QlibMarket(market)
    every = source.sessions()
    rows = _rows(every, start, end)
    days = every[rows]
    codes = source.membership(universe).touching(rows.start, rows.stop)
    if not codes:
        raise NoData(f"股票池 {universe} 在 {days[0]} 至 {days[-1]} 之间没有有行情的成分股", field="universe")
    target = Path(path).expanduser().resolve()
    _refuse_foreign(target)
    _remove_left(target)
    part = target.parent / f".{target.name}.{os.getpid()}-{uuid4().hex[:8]}.part"
    fields = (*OWN, *(name for name in ("vwap", "amount") if name in source.stock_fields))
    with room_on_disk():
        try:
            for name in PARTS:
                (part / name).mkdir(parents=True)
            _write_calendar(part, market, days)
            files = _write_bins(part, source, codes, fields, rows, progress)
            files += _write_bins(part, source, source.index_codes, INDEX_FIELDS, rows, silent)
            written, left_out = _write_universes(part, source, codes, rows, days)
            made = Exported(
                path=str(target),
                market=market.name,
                snapshot=market.snapshot,
                synthetic=market.synthetic,
                universe=universe,
                first_day=str(days[0]),
                last_day=str(days[-1]),
                sessions=int(days.size),
                stocks=len(codes),
                indices=len(source.index_codes),
                fields=fields,
                universes=written,
                left_out=left_out,
                files=files,
                size_bytes=sum(one.stat().st_size for one in part.rglob("*") if one.is_file()),
            )
            _write_marker(part, made)
            os.sync()
            _move_in(part, target)
        except (PermissionError, NotADirectoryError, FileExistsError) as error:
            raise Unavailable(f"无法写入 {target}", hint=error.strerror or str(error)) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
    progress("done", 1.0, target.name)
    return made


def _rows(days: Days, start: DateLike | None, end: DateLike | None) -> slice:
    first = days[0] if start is None else day_of(start, "start")
    last = days[-1] if end is None else day_of(end, "end")
    if first > last:
        raise BadRequest(f"开始日期 {first} 晚于结束日期 {last}", field="start", nearest=str(last))
    rows = slice(int(np.searchsorted(days, first)), int(np.searchsorted(days, last, "right")))
    if rows.start >= rows.stop:
        raise BadRequest(
            f"{first} 至 {last} 之间没有交易日",
            hint=f"the store holds {days[0]} to {days[-1]}",
            field="start",
            nearest=str(days[min(rows.start, days.size - 1)]),
        )
    return rows


def _refuse_foreign(target: Path) -> None:
    """Raises: Conflict unless the place is free, an empty folder or an export of ours with nothing else in it."""
    if not target.exists():
        return
    if not target.is_dir():
        raise Conflict(f"{target} 是文件，不是文件夹", hint="give a folder that is not there yet", field="path")
    inside = {one.name for one in target.iterdir()}
    if not inside:
        return
    if not _is_export(target):
        raise Conflict(
            f"{target} 不是空文件夹，也不是之前导出的文件夹，拒绝覆盖", hint="give another folder", field="path"
        )
    foreign = sorted(inside - {*PARTS, MARKER})
    if foreign:
        raise Conflict(
            f"{target} 里有不属于导出的文件：{'、'.join(foreign[:5])}，拒绝覆盖",
            hint="move them away first",
            field="path",
        )


def _is_export(folder: Path) -> bool:
    try:
        body = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return bool(body["made_by"] == "quantgpt")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _write_marker(part: Path, made: Exported) -> None:
    body = {
        "made_by": "quantgpt",
        "format": FORMAT,
        "market": made.market,
        "snapshot": made.snapshot,
        "synthetic": made.synthetic,
        "universe": made.universe,
        "first_day": made.first_day,
        "last_day": made.last_day,
        "stocks": made.stocks,
        "indices": made.indices,
        "fields": list(made.fields),
        "universes": list(made.universes),
    }
    (part / MARKER).write_text(canonical_json(body) + "\n", encoding="utf-8")


def _write_calendar(part: Path, market: Market, days: Days) -> None:
    """The sessions, and beside them those already announced after the last one, which Qlib wants for its last bar."""
    folder = part / "calendars"
    _write_lines(folder / "day.txt", days.astype(str).tolist())
    ahead = market.calendar.days
    ahead = ahead[ahead > days[-1]]
    if ahead.size:
        _write_lines(folder / "day_future.txt", [*days.astype(str).tolist(), *ahead.astype(str).tolist()])


def _write_bins(
    part: Path, source: QlibMarket, codes: tuple[str, ...], fields: tuple[str, ...], rows: slice, progress: Progress
) -> int:
    """One file for each instrument and field; how many."""
    files = 0
    for at in range(0, len(codes), _BLOCK):
        progress("export", at / len(codes), codes[at])
        block = source.panels(codes[at : at + _BLOCK], fields, "day", rows)
        for k, code in enumerate(block.codes):
            first, last = int(block.first[k]), int(block.last[k])
            if last < first:
                continue
            folder = part / "features" / folder_name(code)
            folder.mkdir()
            for name in fields:
                write_bin(folder / f"{name}.day.bin", first, block.fields[name][first : last + 1, k])
                files += 1
    return files


def _write_universes(
    part: Path, source: QlibMarket, codes: tuple[str, ...], rows: slice, days: Days
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lists of instruments; returns the names written and those of universes whose members are not all in the export."""
    known, written, left_out = set(codes), [], []
    every = source.membership("all")
    _write_spans(part, "all", Membership({code: every.spans[code] for code in codes}), rows, days)
    written.append("all")
    if source.index_codes:
        spans = {code: (source.extent(code),) for code in source.index_codes}
        _write_spans(part, "index", Membership(spans), rows, days)
        written.append("index")
    for name in sorted(source.market.facts.spells):
        members = source.membership(name)
        here = members.touching(rows.start, rows.stop)
        qlib_name = ALIASES.get(name, name)
        if here and known.issuperset(here):
            _write_spans(part, qlib_name, members, rows, days)
            written.append(qlib_name)
        elif here:
            left_out.append(qlib_name)
    return tuple(written), tuple(left_out)


def _write_spans(part: Path, name: str, members: Membership, rows: slice, days: Days) -> None:
    lines = []
    for code in sorted(members.spans):
        for first, last in members.spans[code]:
            low, high = max(first, rows.start) - rows.start, min(last, rows.stop - 1) - rows.start
            if low <= high:
                lines.append(f"{code}\t{days[low]}\t{days[high]}")
    _write_lines(part / "instruments" / f"{name}.txt", lines)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _move_in(part: Path, target: Path) -> None:
    """Put the finished folder in place; an older export gives way and comes back if that fails."""
    old: Path | None = None
    _refuse_foreign(target)
    if target.is_dir() and any(target.iterdir()):
        old = target.parent / f".{target.name}.{os.getpid()}-{uuid4().hex[:8]}.part"
        target.rename(old)
    try:
        part.rename(target)
    except OSError:
        if old is not None:
            old.rename(target)
        raise
    sync_folder(target.parent)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def _remove_left(target: Path) -> None:
    """Remove what exports to the same place left behind whose process was killed."""
    if not target.parent.is_dir():
        return
    for left in target.parent.glob(f".{target.name}.*-*.part"):
        process = left.name.removeprefix(f".{target.name}.").partition("-")[0]
        if process.isdigit() and not _lives(int(process)):
            with suppress(OSError, QuantError):
                shutil.rmtree(left)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
