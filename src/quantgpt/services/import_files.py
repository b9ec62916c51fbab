"""Files on their way into a market: staged outside the store under names of ours, bounded, gone after a day."""

from __future__ import annotations

import fcntl
import json
import re
import secrets
import shutil
import stat
import struct
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from quantgpt.foundations.errors import BadRequest, DiskFull, NotFound
from quantgpt.foundations.files import room_on_disk, write_text
from quantgpt.foundations.hashing import canonical_json
from quantgpt.services._base import App

MOST_FILES = 1_000
MOST_BYTES = 2 << 30
"""of one upload"""
MOST_UNPACKED = 4 << 30
"""of all files of one import together, archives unpacked"""
MOST_RATIO = 200
"""times its packed size that an archive, and each entry of it, may have, once that is larger than RATIO_FROM"""
RATIO_FROM = 64 << 20
SPARE_BYTES = 256 << 20
"""that stay free on the disk: the database is beside it"""
LOOK_EVERY = 16 << 20
"""bytes after which the room on the disk is looked at again"""
MOST_DIRECTORY = 2 << 20
"""bytes that the table of contents of an archive may have: it is read whole"""
KEPT_HOURS = 24
YOUNG_SECONDS = 60.0
"""that an upload may take to get its lock"""
PIECE = 1 << 20
ACCEPTS = (".parquet", ".csv", ".zip")

_ID = re.compile(r"imp_[0-9a-f]{16}", re.ASCII)
_LONGEST_PART = 120
_DEEPEST = 8


@dataclass(frozen=True, kw_only=True)
class Staged:
    """One import as it lies on disk. `first_job` is the job that looked at it first; empty until that is queued."""

    id: str
    market: str
    created_at: float
    bytes: int
    files: tuple[str, ...]
    first_job: str = ""

    @property
    def expires_at(self) -> float:
        """When it may be removed."""
        return self.created_at + KEPT_HOURS * 3600


class Staging:
    """The folder of imports: `<id>/import.json`, `<id>/files/…`, `<id>/archives/…`, `<id>/target`."""

    def __init__(self, app: App) -> None:
        self.folder = app.settings.home / "imports"

    def path(self, import_id: str) -> Path:
        """Where an import lies.  Raises: NotFound for what is no id of ours."""
        if not _ID.fullmatch(import_id):
            raise _gone(import_id)
        return self.folder / import_id

    def read(self, import_id: str) -> Staged:
        """One import.  Raises: NotFound when there is none (any more)."""
        try:
            body = json.loads((self.path(import_id) / "import.json").read_text(encoding="utf-8"))
            found = Staged(**{**body, "files": tuple(body["files"])})
        except (OSError, ValueError, TypeError, KeyError):  # also a note that another version wrote
            raise _gone(import_id) from None
        if found.expires_at < time.time():
            raise _gone(import_id)
        return found

    def write(self, staged: Staged) -> None:
        """Note what is known of an import, whole or not at all."""
        write_text(self.path(staged.id) / "import.json", canonical_json(asdict(staged)) + "\n", mode=0o600)

    def all(self) -> list[Staged]:
        """All imports, newest first."""
        found = []
        for path in self.folder.glob("imp_*"):
            with suppress(NotFound):
                found.append(self.read(path.name))
        return sorted(found, key=lambda staged: (-staged.created_at, staged.id))

    def uploads(self) -> int:
        """How many uploads are under way."""
        return sum(not _is_left(path) for path in self.folder.glob(".upload-*"))

    def remove(self, import_id: str) -> None:
        """Remove an import at once; what is left of its files goes with the next sweep if this is killed."""
        gone = self.folder / f".gone-{secrets.token_hex(8)}"
        with suppress(FileNotFoundError):
            self.path(import_id).replace(gone)
            shutil.rmtree(gone, ignore_errors=True)

    def remove_files(self, import_id: str) -> None:
        """Remove the files of an import and keep the note on it."""
        for name in ("files", "archives", ".unpacking"):
            shutil.rmtree(self.path(import_id) / name, ignore_errors=True)

    def sweep(self, busy: set[str]) -> None:
        """Remove what is too old, half uploaded by a process that is gone, or half removed; not those that are `busy`."""
        for path in [*self.folder.glob(".gone-*"), *self.folder.glob(".upload-*")]:
            if path.name.startswith(".gone-") or _is_left(path):
                shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob("imp_*"):
            if path.name not in busy and _ID.fullmatch(path.name):
                try:
                    self.read(path.name)
                except NotFound:
                    self.remove(path.name)

    def read_target(self, import_id: str) -> str | None:
        """The snapshot that the write of an import was about to switch to."""
        try:
            return (self.path(import_id) / "target").read_text(encoding="utf-8").strip() or None
        except OSError:
            return None

    def write_target(self, import_id: str, snapshot: str) -> None:
        """Note the snapshot just before the switch, so that a write that is done again knows that it was done."""
        write_text(self.path(import_id) / "target", snapshot + "\n")


@dataclass
class Upload:
    """Files as they come in. Nothing is an import before `finish`; whoever is killed before leaves nothing that counts."""

    staging: Staging
    id: str = field(default_factory=lambda: f"imp_{secrets.token_hex(8)}")
    size: int = 0
    names: list[str] = field(default_factory=list)
    _archives: dict[str, str] = field(default_factory=dict)
    _open: IO[bytes] | None = None
    _lock: IO[str] | None = None

    @property
    def _folder(self) -> Path:
        return self.staging.folder / f".upload-{self.id}"

    def begin(self, announced: int = 0) -> None:
        """Make room.  Raises: DiskFull when the disk has not enough for what is announced."""
        self.staging.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_spare(self.staging.folder, announced)
        with room_on_disk():
            self._folder.mkdir()
            self._lock = (self._folder / ".lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            (self._folder / "files").mkdir()
            (self._folder / "archives").mkdir()

    def open_file(self, name: str) -> None:
        """The next file.  Raises: BadRequest for a name that is none, or too many files."""
        self.close_file()
        if len(self.names) >= MOST_FILES:
            raise BadRequest(
                f"一次最多导入 {MOST_FILES:,} 个文件",
                en=f"At most {MOST_FILES:,} files at once",
                field="files",
                nearest=MOST_FILES,
            )
        safe = unique(safe_name(name), set(self.names))
        self.names.append(safe)
        if safe.lower().endswith(".zip"):
            target = self._folder / "archives" / f"{len(self._archives):04d}.zip"
            self._archives[target.name] = safe
        else:
            target = self._folder / "files" / safe
        with room_on_disk():
            self._open = _fresh(target, name)

    def write(self, data: bytes) -> None:
        """More of the open file.  Raises: BadRequest above the size, DiskFull."""
        self.size += len(data)
        if self.size > MOST_BYTES:
            raise BadRequest(
                f"一次最多上传 {MOST_BYTES >> 30} GB",
                en=f"At most {MOST_BYTES >> 30} GB at once",
                field="files",
                hint="send it in parts",
            )
        assert self._open is not None
        if self.size % LOOK_EVERY < len(data):
            keep_spare(self._folder)
        with room_on_disk():
            self._open.write(data)

    def close_file(self) -> None:
        """The open file is whole."""
        if self._open is not None:
            with room_on_disk():
                self._open.close()
            self._open = None

    def finish(self, market: str) -> Staged:
        """Everything came: from now on it is an import.  Raises: BadRequest when there is nothing."""
        self.close_file()
        if not self.names:
            raise BadRequest(
                "没有收到文件", en="No file came", field="files", hint="multipart/form-data, field `files`"
            )
        staged = Staged(id=self.id, market=market, created_at=time.time(), bytes=self.size, files=tuple(self.names))
        with room_on_disk():
            write_text(self._folder / "archives.json", canonical_json(self._archives) + "\n")
            write_text(self._folder / "import.json", canonical_json(asdict(staged)) + "\n", mode=0o600)
            self._folder.replace(self.staging.path(self.id))
        self._release()
        return staged

    def give_up(self) -> None:
        """Leave nothing behind; after `finish` this does nothing."""
        with suppress(OSError, DiskFull):
            self.close_file()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def keep_spare(folder: Path, wanted: int = 0) -> None:
    """Whether that many bytes more leave the spare room of the disk.  Raises: DiskFull."""
    if shutil.disk_usage(folder).free < wanted + SPARE_BYTES:
        raise DiskFull(
            "磁盘空间不足，没有接收文件",
            en="The disk has no room for the files",
            hint="free some space, then try again",
        )


def unpack(folder: Path) -> None:
    """Unpack the archives of an import beside its other files. Doing it again after a kill begins anew.

    Raises: BadRequest for an archive that is damaged, locked, too large, or that points out of its folder; DiskFull, with
    nothing of that archive left.
    """
    try:
        archives: Mapping[str, str] = json.loads((folder / "archives.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    used, count = _measured(folder / "files")
    for stored, name in sorted(archives.items()):
        source = folder / "archives" / stored
        if not source.is_file():
            continue
        part = folder / ".unpacking"
        shutil.rmtree(part, ignore_errors=True)
        with room_on_disk():
            part.mkdir()
            try:
                used, count = _unpack_one(source, name, part, used, count)
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
            taken = {path.name for path in (folder / "files").iterdir()}
            part.replace(folder / "files" / unique(Path(name).stem or "archive", taken))
        source.unlink()


def _fresh(path: Path, name: str) -> IO[bytes]:
    """A new file.  Raises: BadRequest where its name is also that of a folder beside it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise BadRequest(
            f"{name[:80]!r} 和另一个文件或文件夹同名",
            en=f"{name[:80]!r} has the name of another file or folder",
            field="files",
            hint="rename one of them",
        ) from None


def _measured(folder: Path) -> tuple[int, int]:
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(sizes), len(sizes)


def _unpack_one(source: Path, name: str, into: Path, used: int, count: int) -> tuple[int, int]:
    """Write the entries of one archive; returns bytes and files of the import so far."""
    if directory_bytes(source) > MOST_DIRECTORY:
        raise _refused(name, "目录太大，里面的文件太多", "its table of contents is too long")
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if count + len(entries) > MOST_FILES:
                raise _refused(
                    name,
                    f"里面有 {len(entries):,} 个文件，一次最多 {MOST_FILES:,} 个",
                    f"it holds {len(entries):,} files, the most is {MOST_FILES:,}",
                )
            if used + sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise _refused(
                    name, f"解开后超过 {MOST_UNPACKED >> 30} GB", f"it is more than {MOST_UNPACKED >> 30} GB unpacked"
                )
            for entry in entries:
                _check_entry(entry, name)
            whole, packed_size = sum(entry.file_size for entry in entries), source.stat().st_size
            if whole > RATIO_FROM and whole > MOST_RATIO * max(packed_size, 1):
                raise _refused(name, f"压缩比超过 {MOST_RATIO}", f"it is packed more than {MOST_RATIO} times")
            keep_spare(into, whole)
            taken: set[str] = set()
            for entry in entries:
                safe = unique(safe_name(entry.filename), taken)
                taken.add(safe)
                with archive.open(entry) as packed, _fresh(into / safe, name) as out:
                    used = _copy(packed, out, entry, name, used)
            return used, count + len(entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError) as error:
        raise _refused(
            name,
            "压缩包已损坏、加了密码，或用了不支持的压缩方式",
            "it is damaged, locked, or packed in a way that is not known",
        ) from error


def directory_bytes(source: Path) -> int:
    """How long the table of contents of an archive says it is, 0 where there is none; only the end of the file is read."""
    size = source.stat().st_size
    with source.open("rb") as file:
        file.seek(max(0, size - _LONGEST_END))
        tail = file.read(_LONGEST_END)
    ends_plainly = tail[-_END:].startswith(b"PK\5\6") and tail.endswith(b"\0\0")
    at = len(tail) - _END if ends_plainly else tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END:
        return 0
    found = int(struct.unpack_from("<I", tail, at + 12)[0])
    large = at - _LOCATOR - _LARGE_END
    if large >= 0 and tail[at - _LOCATOR :].startswith(b"PK\6\7") and tail[large:].startswith(b"PK\6\6"):
        found = int(struct.unpack_from("<Q", tail, large + 40)[0])
    return found


_END, _LOCATOR, _LARGE_END = 22, 20, 56
"""bytes of the records at the end of an archive: the plain one, the pointer to the large one, the large one"""
_LONGEST_END = _END + 0xFFFF + _LOCATOR + _LARGE_END


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    parts = entry.filename.replace("\\", "/").split("/")
    if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise _refused(
            name,
            f"里面的路径 {entry.filename[:80]!r} 指到压缩包之外",
            f"its path {entry.filename[:80]!r} leads out of it",
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(name, f"里面的 {entry.filename[:80]!r} 是链接", f"its {entry.filename[:80]!r} is a link")
    if entry.flag_bits & 1:
        raise _refused(name, "加了密码", "it is locked")
    if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        raise _refused(
            name,
            f"里面的 {entry.filename[:80]!r} 压缩比超过 {MOST_RATIO}",
            f"its {entry.filename[:80]!r} is packed more than {MOST_RATIO} times",
        )


def _copy(packed: IO[bytes], out: IO[bytes], entry: zipfile.ZipInfo, name: str, used: int) -> int:
    """Copy an entry, counting what really comes out and not what it says of itself."""
    written = 0
    while piece := packed.read(PIECE):
        written += len(piece)
        if written > entry.file_size or used + written > MOST_UNPACKED:
            raise _refused(
                name,
                f"里面的 {entry.filename[:80]!r} 比它说的大",
                f"its {entry.filename[:80]!r} is larger than it says",
            )
        if written % LOOK_EVERY < len(piece):
            keep_spare(Path(out.name).parent)
        out.write(piece)
    if written != entry.file_size:
        raise _refused(
            name, f"里面的 {entry.filename[:80]!r} 比它说的小", f"its {entry.filename[:80]!r} is smaller than it says"
        )
    return used + written


class BadArchive(BadRequest):
    """An archive that is not unpacked."""

    code = "bad_archive"


def _refused(name: str, why: str, why_en: str) -> BadArchive:
    return BadArchive(
        f"{name}：{why}，未解开",
        en=f"{name} was not unpacked: {why_en}",
        field="files",
        hint="send the files themselves, or in several archives",
    )


def safe_name(name: str) -> str:
    """A relative path of plain parts for a name that somebody else chose: nothing in it leads elsewhere or is hidden.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\\\data\\\\行情.CSV"), safe_name(".hidden/a\\0b.csv")
    ('etc/passwd', 'data/行情.CSV', 'hidden/ab.csv')
    """
    parts = []
    for part in unicodedata.normalize("NFC", name).replace("\\", "/").split("/"):
        plain = "".join(c for c in part if c.isprintable() and c not in '<>:"|?*').strip().lstrip(".")
        encoded = plain.encode("utf-8", "ignore")
        if len(encoded) > _LONGEST_PART:
            stem, dot, suffix = plain.rpartition(".")
            tail = f".{suffix}" if dot and len(suffix) <= 10 else ""
            room = _LONGEST_PART - len(tail.encode())
            plain = (stem if tail else plain).encode()[:room].decode("utf-8", "ignore") + tail
        if plain and not (len(part) == 2 and part[1] == ":"):
            parts.append(plain)
    return "/".join(parts[-_DEEPEST:]) or "file"


def unique(name: str, taken: set[str]) -> str:
    """The name, or the next free one beside it: `a.csv`, `a-2.csv` …; upper and lower case count as the same."""
    folded = {one.casefold() for one in taken}
    if name.casefold() not in folded:
        return name
    folder, slash, last = name.rpartition("/")
    stem, dot, suffix = last.rpartition(".")
    if not dot:
        stem, suffix = last, ""
    for number in range(2, len(taken) + 3):
        candidate = f"{folder}{slash}{stem}-{number}{dot}{suffix}"
        if candidate.casefold() not in folded:
            return candidate
    return f"{folder}{slash}{stem}-{secrets.token_hex(4)}{dot}{suffix}"


def _is_left(path: Path) -> bool:
    """Nobody holds the lock of an upload that is not brand-new: its process is gone."""
    try:
        if time.time() - path.stat().st_mtime < YOUNG_SECONDS:
            return False
        with (path / ".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def _gone(import_id: str) -> NotFound:
    return NotFound(
        "没有这个导入，或已过期",
        en="There is no such import, or it is over",
        hint=f"imports are kept for {KEPT_HOURS} hours; send the files again",
        field="import_id",
    )


def import_row(staged: Staged) -> dict[str, Any]:
    """What stands of an import whatever became of it."""
    return {"id": staged.id, "market": staged.market, "bytes": staged.bytes, "file_count": len(staged.files)}
