"""Immutable snapshots on disk: content-addressed objects, one manifest each, a pointer that is switched last."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal
from uuid import uuid4

import numpy as np

from quantgpt.foundations.errors import Broken, Conflict, NotFound, Unavailable
from quantgpt.foundations.files import room_on_disk, sync_folder, write_text
from quantgpt.foundations.hashing import canonical_json, hash_value
from quantgpt.foundations.panel import padded_width
from quantgpt.market.whole import Verified

Array = np.ndarray[Any, Any]

FORMAT = 1
KEEP_SNAPSHOTS = 3
"""How many snapshots stay on disk: the current one and those that a rollback can return to."""

_DAMAGED = "运行 quantgpt data health 查看；重新导入原来的文件（演示库运行 quantgpt data demo）可以修复，也可以回滚"
_ID = re.compile(r"^[0-9a-f]{12}$")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a snapshot consists of. Object names are content hashes, so equal content is the same snapshot."""

    market: str
    synthetic: bool
    facts: Mapping[str, str]
    """small arrays by name: days, assets, listing days, membership spells ..."""
    panels: Mapping[str, Mapping[str, Any]]
    """object, columns and dtype of each dense panel; its rows are padded to 64 bytes"""
    tables: Mapping[str, Mapping[str, Any]]
    """raw rows as parquet: object, content hash, rows, codes, first and last day of each"""
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """files that were taken in, by content hash: kind, name, rows"""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """facts for people: coverage, industry classification, spans"""
    format: int = FORMAT

    @property
    def id(self) -> str:
        """12 hex digits of the hash of everything the manifest says."""
        return hash_value(asdict(self))[:12]

    @property
    def holds_stocks(self) -> bool:
        """Whether there are daily bars of stocks that a test can use."""
        return bool(self.notes.get("names"))

    def objects(self) -> set[str]:
        """Names of all files that this snapshot needs."""
        entries = [*self.panels.values(), *self.tables.values()]
        return {*self.facts.values(), *(str(entry["object"]) for entry in entries)}


@dataclass(frozen=True)
class Pointer:
    """Which snapshot is current, and the ones before it, oldest first, with the time each was made."""

    current: str
    history: tuple[tuple[str, str], ...]


class SnapshotFolder:
    """The snapshots of one market: `CURRENT`, `snapshots/<id>.json`, `objects/<sha256>.<npy|parquet>`, `verified.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._verified = Verified(folder)

    @property
    def exists(self) -> bool:
        """Whether the market has a current snapshot."""
        return (self.folder / "CURRENT").is_file()

    def pointer(self) -> Pointer:
        """Read the pointer."""
        try:
            body = json.loads((self.folder / "CURRENT").read_text(encoding="utf-8"))
            return Pointer(body["current"], tuple((entry[0], entry[1]) for entry in body["history"]))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise Broken(f"行情库 {self.folder.name} 的指针文件 CURRENT 已损坏", hint=_DAMAGED) from error

    def point_at(self, pointer: Pointer) -> None:
        """Switch the pointer, atomically."""
        text = canonical_json({"current": pointer.current, "history": [list(entry) for entry in pointer.history]})
        write_text(self.folder / "CURRENT", text + "\n")

    def manifest(self, snapshot: str | None = None) -> Manifest:
        """Read a manifest, of the current snapshot if none is named.

        Raises: NotFound, Broken.
        """
        name = snapshot or self.pointer().current
        path = self.folder / "snapshots" / f"{name}.json"
        if not _ID.match(name) or not path.is_file():
            known = ", ".join(entry[0] for entry in self.pointer().history)
            raise NotFound(f"行情库没有快照 {name!r}", hint=f"known: {known}", field="snapshot")
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            if body.get("format") != FORMAT:
                raise Broken(f"快照 {name} 的格式是 {body.get('format')!r}，此版本只读 {FORMAT}", hint=_DAMAGED)
            return Manifest(**body)
        except (ValueError, TypeError, AttributeError) as error:
            raise Broken(f"快照 {name} 的清单已损坏", hint=_DAMAGED) from error

    def path(self, name: str) -> Path:
        """Where an object lies."""
        return self.folder / "objects" / name

    def checked(self, name: str) -> Path:
        """Where an object lies that was found whole.  Raises: Broken naming it."""
        try:
            whole = self._verified.is_whole(name)
        except FileNotFoundError as error:
            raise Broken(f"行情文件 {name[:12]}… 不存在，快照可能已被清理", hint=_DAMAGED) from error
        if not whole:
            raise Broken(f"行情文件 {name[:12]}… 已损坏：内容与清单不符", hint=_DAMAGED)
        return self.path(name)

    def is_whole(self, name: str) -> bool:
        """Whether an object is there and has the content that its name is the hash of."""
        return not self._verified.damaged([name])

    def damaged(self, manifest: Manifest) -> frozenset[str]:
        """Objects of a snapshot that are missing or not what their names say."""
        return frozenset(self._verified.damaged(sorted(manifest.objects())))

    def fact(self, manifest: Manifest, name: str) -> Array:
        """A small array, read whole."""
        return self._load(manifest.facts[name], None)

    def panel(self, manifest: Manifest, name: str) -> Array:
        """A memory-mapped panel without its padding. Shape: (T, N)."""
        entry = manifest.panels[name]
        return self._load(str(entry["object"]), "r")[:, : int(entry["columns"])]

    def _load(self, name: str, mode: Literal["r"] | None) -> Array:
        try:
            array: Array = np.load(self.checked(name), mmap_mode=mode, allow_pickle=False)
        except FileNotFoundError as error:
            raise Broken(f"行情文件 {name[:12]}… 不存在，快照可能已被清理", hint=_DAMAGED) from error
        except (ValueError, EOFError) as error:
            raise Broken(f"行情文件 {name[:12]}… 已损坏", hint=_DAMAGED) from error
        return array

    def sweep(self) -> None:
        """Remove what a killed or failed writer left and what no kept snapshot needs; only under the lock."""
        if not self.folder.is_dir():
            return
        for left in [*self.folder.glob(".staging-*"), *self.folder.glob(".*.part")]:
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
        kept: set[str] = set()
        if self.exists:
            for name in {entry[0] for entry in self.pointer().history}:
                kept.add(f"{name}.json")
                kept |= self.manifest(name).objects()
        for path in [
            *self.folder.glob("snapshots/*"),
            *self.folder.glob("snapshots/.*"),
            *self.folder.glob("objects/*"),
        ]:
            if path.name not in kept:
                path.unlink()
        if not self.exists:
            _remove_empty(self.folder)

    @contextmanager
    def writing(self) -> Iterator[Stage]:
        """Hold the writer's lock and hand out a stage; whatever was staged but not committed is gone afterwards.

        Raises: Conflict when another process writes.
        """
        with room_on_disk(), _lock(self.folder):
            self.sweep()
            stage = Stage(self)
            try:
                yield stage
            finally:
                stage.discard()
                with suppress(OSError):
                    self.sweep()


class Stage:
    """Files of a snapshot in the making. Nothing outside its folder changes before `commit`."""

    def __init__(self, snapshots: SnapshotFolder) -> None:
        self._snapshots = snapshots
        self._folder = snapshots.folder / f".staging-{uuid4().hex[:12]}"
        self._new: list[str] = []

    def put(self, suffix: str, write: Callable[[_Hashing], None]) -> str:
        """Write an object through `write(handle)`; returns its name. A whole one that exists already stays."""
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{uuid4().hex}.part"
        with part.open("wb") as handle:
            hashing = _Hashing(handle)
            write(hashing)
            name = f"{hashing.digest.hexdigest()}.{suffix}"
            known = name in self._new or self._snapshots.is_whole(name)
            if not known:
                handle.flush()
                os.fsync(handle.fileno())
        if known:
            part.unlink()
        else:
            part.replace(self._folder / name)
            self._new.append(name)
        return name

    def put_array(self, array: Array) -> str:
        """Store a small array."""
        flat = np.ascontiguousarray(array)
        return self.put("npy", lambda handle: _write_npy(handle, flat))

    def put_panel(self, panel: Array) -> dict[str, Any]:
        """Store a (T, N) panel with rows padded to 64 bytes; returns its entry in the manifest."""
        days, assets = panel.shape
        width = padded_width(assets, panel.dtype.itemsize)
        if width != assets:
            padded = np.empty((days, width), dtype=panel.dtype)
            padded[:, :assets] = panel
            padded[:, assets:] = np.nan if panel.dtype.kind == "f" else 0
        else:
            padded = np.ascontiguousarray(panel)
        name = self.put("npy", lambda handle: _write_npy(handle, padded))
        return {"object": name, "columns": assets, "dtype": panel.dtype.str}

    def commit(self, manifest: Manifest, made_at: str, *, replaces: str | None = None) -> str:
        """Move the objects in, write the manifest, switch the pointer; returns the snapshot's id.

        On any failure before the switch the market is as it was. A manifest that is the current one changes nothing but
        objects that were missing or damaged.
        `replaces` names a snapshot of the same piece of work to which a rollback shall not return.
        """
        home = self._snapshots
        known = home.pointer() if home.exists else Pointer("", ())
        if known.current == manifest.id:
            self._install([])
            return manifest.id
        moved: list[Path] = []
        text = home.folder / "snapshots" / f"{manifest.id}.json"
        fresh = not text.exists()
        try:
            self._install(moved)
            if fresh:
                write_text(text, json.dumps(asdict(manifest), ensure_ascii=False, sort_keys=True, indent=1) + "\n")
            past = tuple(entry for entry in known.history if entry[0] not in (manifest.id, replaces))
            history = (*past, (manifest.id, made_at))[-KEEP_SNAPSHOTS:]
            home.point_at(Pointer(manifest.id, history))
        except BaseException:
            if not (home.exists and home.pointer().current == manifest.id):
                for path in [*moved, *([text] if fresh else [])]:
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
            raise
        return manifest.id

    def _install(self, moved: list[Path]) -> None:
        """Move the new objects in, over damaged ones; `moved` is told of each beforehand."""
        target = self._snapshots.folder / "objects"
        target.mkdir(parents=True, exist_ok=True)
        for name in self._new:
            moved.append(target / name)
            (self._folder / name).replace(target / name)
        sync_folder(target)

    def discard(self) -> None:
        """Remove what was not committed."""
        shutil.rmtree(self._folder, ignore_errors=True)


class _Hashing:
    """A file that hashes what goes through it."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle
        self.digest = hashlib.sha256()

    def write(self, data: bytes | memoryview) -> int:
        self.digest.update(data)
        return self._handle.write(data)


def _write_npy(handle: _Hashing, array: Array) -> None:
    np.lib.format.write_array_header_1_0(handle, np.lib.format.header_data_from_array_1_0(array))
    flat = array.reshape(-1).view(np.uint8)
    step = 1 << 24
    for at in range(0, flat.size, step):
        handle.write(flat[at : at + step].data)


def _remove_empty(folder: Path) -> None:
    for path in (folder / "objects", folder / "snapshots"):
        with suppress(OSError):
            path.rmdir()


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One writer per market. The lock's file is there only while somebody writes."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    path = folder / ".lock"
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = path.open("w")
        except (PermissionError, NotADirectoryError, FileExistsError) as error:
            raise Unavailable(f"无法写入行情库文件夹 {folder}", hint=error.strerror or str(error)) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            raise Conflict("另一个进程正在写入行情库", hint="wait until it has finished, then try again") from None
        if path.exists() and os.fstat(handle.fileno()).st_ino == path.stat().st_ino:
            break
        handle.close()
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        handle.close()
        for made in new:
            with suppress(OSError):
                made.rmdir()
