"""Export of a market as a folder that Qlib opens: written beside its place, then moved there whole."""

from __future__ import annotations

import errno
import glob
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from quantgpt.foundations.errors import BadRequest, Conflict, NoData, Unavailable
from quantgpt.foundations.files import room_on_disk, sync_folder
from quantgpt.foundations.hashing import canonical_json
from quantgpt.foundations.panel import Days
from quantgpt.foundations.progress import Progress, silent
from quantgpt.market.market import DateLike, Market, day_of
from quantgpt.market.qlib_folder.bins import write_bin
from quantgpt.market.qlib_folder.codes import folder_name
from quantgpt.market.qlib_folder.convention import INDEX_FIELDS, OWN, QlibMarket
from quantgpt.market.qlib_folder.folder import PARTS
from quantgpt.market.qlib_folder.instruments import ALIASES, MARKER, Membership

FORMAT = 2
_BLOCK = 64
_LEFT = re.compile(r"(?P<process>\d{1,9})-[0-9a-f]+\.(?P<what>part|old)")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
    An earlier export at the same place is replaced when it holds exactly the files that it wrote; one file more or another
    size is somebody's work, and nothing is touched then.
    Raises: Conflict for a folder that holds something else, BadRequest, UnknownUniverse, NoData, DiskFull, Unavailable where
    nothing can be written; the place is then as it was.
    """
    source = QlibMarket(market)
    every = source.sessions()
    rows = _rows(every, start, end)
    days = every[rows]
    codes = source.membership(universe).touching(rows.start, rows.stop)
    if not codes:
        raise NoData(f"股票池 {universe} 在 {days[0]} 至 {days[-1]} 之间没有有行情的成分股", field="universe")
    target = _free_place(path)
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
            sizes, _ = _inside(part)
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
                size_bytes=sum(sizes.values()),
            )
            _write_marker(part, made, sizes)
            os.sync()
            _move_in(part, target)
        except OSError as error:
            if error.errno in _FULL:
                raise
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


def _free_place(path: Path) -> Path:
    """The place of an export, cleared of what killed exports left.  Raises: Conflict, Unavailable."""
    try:
        target = Path(path).expanduser().resolve()
        _refuse_foreign(target)
        _remove_left(target)
    except (OSError, RuntimeError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise Unavailable(f"无法写入 {str(path)[:200]}", hint=reason) from error
    return target


def _refuse_foreign(target: Path) -> None:
    """Raises: Conflict unless the place is free, an empty folder or an export of ours, unchanged, with nothing else in it."""
    if not target.exists():
        return
    if not target.is_dir():
        raise Conflict(f"{target} 是文件，不是文件夹", hint="give a folder that is not there yet", field="path")
    inside = {one.name for one in target.iterdir()}
    if not inside:
        return
    marker = _read_marker(target)
    if marker is None:
        raise Conflict(
            f"{target} 不是空文件夹，也不是之前导出的文件夹，拒绝覆盖", hint="give another folder", field="path"
        )
    known = _listed_files(marker)
    if known is None:
        raise Conflict(
            f"{target} 的 {MARKER} 没有列出导出的文件（旧版本写的），无法确认其中没有别的文件，拒绝覆盖",
            hint="give another folder, or remove this one yourself",
            field="path",
        )
    files, folders = _inside(target)
    foreign = sorted(files.keys() - known.keys() - {MARKER}) + sorted(folders - _folders_of(known))
    changed = sorted(name for name in files.keys() & known.keys() if files[name] != known[name])
    for names, what in ((foreign, "不属于导出的文件"), (changed, "导出之后改动过的文件")):
        if names:
            more = f" … 共 {len(names)} 个" if len(names) > 5 else ""
            raise Conflict(
                f"{target} 里有{what}：{'、'.join(names[:5])}{more}，拒绝覆盖",
                hint="move them away first, or give another folder",
                field="path",
            )


def _read_marker(folder: Path) -> dict[str, Any] | None:
    """What an export wrote about itself; None where there is no such file."""
    try:
        body = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return body if isinstance(body, dict) and body.get("made_by") == "quantgpt" else None


def _listed_files(marker: Mapping[str, Any]) -> dict[str, int] | None:
    """Size in bytes of every file that an export wrote but its marker, by place; None where the marker has no such list."""
    files = marker.get("files")
    if not isinstance(files, dict) or not all(isinstance(size, int) for size in files.values()):
        return None
    return {name: size for name, size in files.items() if name.partition("/")[0] in PARTS and ".." not in name}


def _folders_of(files: Iterable[str]) -> set[str]:
    """Folders that an export with these files has."""
    return {*PARTS, *(name.rpartition("/")[0] for name in files)}


def _inside(folder: Path) -> tuple[dict[str, int], set[str]]:
    """Every file below a folder with its size, a link counting as a file of size -1, and every folder; places as in a marker."""
    files: dict[str, int] = {}
    folders: set[str] = set()
    waiting = [""]
    while waiting:
        above = waiting.pop()
        with os.scandir(folder / above) as entries:
            for one in entries:
                name = f"{above}/{one.name}" if above else one.name
                if one.is_dir(follow_symlinks=False):
                    folders.add(name)
                    waiting.append(name)
                else:
                    files[name] = -1 if one.is_symlink() else one.stat(follow_symlinks=False).st_size
    return files, folders


def _write_marker(part: Path, made: Exported, files: Mapping[str, int]) -> None:
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
        "files": files,
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
        old = target.parent / f"{part.name.removesuffix('.part')}.old"
        target.rename(old)
    try:
        part.rename(target)
    except OSError:
        if old is not None:
            old.rename(target)
        raise
    sync_folder(target.parent)
    if old is not None:
        _remove_export(old)


def _remove_export(folder: Path) -> None:
    """Remove the files that an export wrote, and the folders that are empty then; anything else stays."""
    marker = _read_marker(folder)
    known = _listed_files(marker) if marker else None
    if known is None:
        return
    with suppress(OSError):
        files, _ = _inside(folder)
        for name in files.keys() & known.keys():
            if files[name] == known[name]:
                (folder / name).unlink()
        for name in sorted(_folders_of(known), key=len, reverse=True):
            with suppress(OSError):
                (folder / name).rmdir()
        if [one.name for one in folder.iterdir()] == [MARKER]:
            (folder / MARKER).unlink()
            folder.rmdir()


def _remove_left(target: Path) -> None:
    """Remove what exports to the same place left behind whose process was killed."""
    if not target.parent.is_dir():
        return
    for left in target.parent.glob(f".{glob.escape(target.name)}.*"):
        name = _LEFT.fullmatch(left.name.removeprefix(f".{target.name}."))
        if name is None or _lives(int(name["process"])):
            continue
        if name["what"] == "old":
            _remove_export(left)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
