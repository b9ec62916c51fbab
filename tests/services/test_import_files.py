"""Names and archives that somebody else chose: whatever they say, nothing is written outside of its folder."""

from __future__ import annotations

import io
import json
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests._rig import make_app

from quantgpt.foundations.errors import BadRequest, DiskFull, NotFound
from quantgpt.services import import_files
from quantgpt.services.import_files import safe_name, unique, unpack


def zipped(entries: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return out.getvalue()


def opened(folder: Path, body: bytes) -> Path:
    """An import with one archive, unpacked; returns where its files are."""
    (folder / "files").mkdir(parents=True)
    (folder / "archives").mkdir()
    (folder / "archives" / "0000.zip").write_bytes(body)
    (folder / "archives.json").write_text(json.dumps({"0000.zip": "data.zip"}))
    unpack(folder)
    return folder / "files"


@pytest.mark.parametrize(
    "name",
    ["../../../evil.csv", "/etc/evil.csv", "..\\..\\evil.csv", "C:\\evil.csv", "a/../../evil.csv", ".hidden/evil.csv",
     "a\x00b/evil.csv", "." * 50 + "/evil.csv", "evil.csv" + "x" * 5000 + ".csv", "x/" * 500 + "evil.csv", "con:evil.csv",
     "\u202eevil.csv", "行" * 100 + ".csv"],
)  # fmt: skip
def test_a_name_never_leads_out_of_its_folder(name: str, tmp_path: Path) -> None:
    safe = safe_name(name)
    assert safe.endswith(".csv")
    assert all(len(part.encode()) <= 120 for part in safe.split("/"))
    (tmp_path / safe).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / safe).write_text("x")


@given(some.text(max_size=300))
def test_no_text_makes_a_name_that_leads_elsewhere(name: str) -> None:
    safe = safe_name(name)
    parts = safe.split("/")
    assert parts
    assert len(parts) <= 8
    assert all(part and not part.startswith(".") and part.isprintable() and "\\" not in part for part in parts)
    assert (Path("/root/of/it") / safe).is_relative_to("/root/of/it")


def test_names_that_are_taken_get_a_number() -> None:
    assert unique("a.csv", set()) == "a.csv"
    assert unique("A.csv", {"a.csv"}) == "A-2.csv"
    assert unique("x/a.csv", {"x/a.csv", "x/a-2.csv"}) == "x/a-3.csv"
    assert unique("a", {"a"}) == "a-2"


def test_what_an_archive_holds_lies_in_a_folder_of_its_name(tmp_path: Path) -> None:
    files = opened(tmp_path / "i", zipped({"x/a.csv": b"1", "b.csv": b"2", "B.CSV": b"3"}))
    found = {str(path.relative_to(files)): path.read_bytes() for path in files.rglob("*") if path.is_file()}
    assert found == {"data/x/a.csv": b"1", "data/b.csv": b"2", "data/B-2.CSV": b"3"}
    assert not (tmp_path / "i" / "archives" / "0000.zip").exists()
    unpack(tmp_path / "i")
    assert {str(path.relative_to(files)) for path in files.rglob("*") if path.is_file()} == set(found)


def test_an_unpacking_that_was_killed_begins_anew(tmp_path: Path) -> None:
    half = tmp_path / "i" / ".unpacking"
    half.mkdir(parents=True)
    (half / "left.csv").write_text("half")
    files = opened(tmp_path / "i", zipped({"a.csv": b"1"}))
    assert [str(path.relative_to(files)) for path in files.rglob("*") if path.is_file()] == ["data/a.csv"]
    assert not half.exists()


def link() -> bytes:
    entry = zipfile.ZipInfo("link.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def lie(size: int) -> bytes:
    """An archive whose entry says that it is smaller, or larger, than it is."""
    body = bytearray(zipped({"big.csv": b"date,code\n" * 100_000}))
    for at in (22, body.rindex(b"PK\x01\x02") + 24):
        body[at : at + 4] = struct.pack("<I", size)
    return bytes(body)


def garbled() -> bytes:
    body = bytearray(zipped({"a.csv": b"date,code\n" * 1000}, zipfile.ZIP_STORED))
    body[200] ^= 0xFF
    return bytes(body)


def locked() -> bytes:
    body = bytearray(zipped({"a.csv": b"1"}))
    for at in (6, body.rindex(b"PK\x01\x02") + 8):
        body[at] |= 1
    return bytes(body)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "up": lambda: zipped({"../../evil.csv": b"x"}),
    "absolute": lambda: zipped({"/tmp/evil.csv": b"x"}),
    "drive": lambda: zipped({"C:/evil.csv": b"x"}),
    "backslash": lambda: zipped({"..\\evil.csv": b"x"}),
    "link": link,
    "smaller than it says": lambda: lie(3_000_000),
    "larger than it says": lambda: lie(10),
    "locked": locked,
    "cut": lambda: zipped({"a.csv": b"date,code\n" * 1000})[:-30],
    "garbled": garbled,
    "no archive": lambda: b"PK\x03\x04 this is none",
    "empty": lambda: b"",
    "bomb": lambda: zipped({"zeros.csv": bytes(100 << 20)}),
    "bomb of many": lambda: zipped({f"{i}.csv": bytes(2 << 20) for i in range(64)}),
    "long table": lambda: zipped({f"{i:04d}{'x' * 3000}.csv": b"x" for i in range(900)}, zipfile.ZIP_STORED),
    "many": lambda: zipped({f"{i}.csv": b"x" for i in range(1001)}),
    "file and folder": lambda: zipped({"a": b"x", "a/b.csv": b"x"}),
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_archive_is_refused_and_writes_nothing(kind: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest) as caught:
        opened(tmp_path / "i", HOSTILE[kind]())
    assert caught.value.field == "files"
    assert not [path for path in (tmp_path / "i" / "files").rglob("*") if path.is_file()]
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name or path.is_symlink()]


def test_all_files_of_an_import_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "MOST_UNPACKED", 1_000)
    with pytest.raises(BadRequest, match="超过"):
        opened(tmp_path / "i", zipped({"a.csv": bytes(600), "b.csv": bytes(600)}, zipfile.ZIP_STORED))
    monkeypatch.setattr(import_files, "MOST_FILES", 3)
    staged: Any = tmp_path / "j"
    (staged / "files").mkdir(parents=True)
    for name in ("x.csv", "y.csv"):
        (staged / "files" / name).write_text("1")
    (staged / "archives").mkdir()
    (staged / "archives" / "0000.zip").write_bytes(zipped({"a.csv": b"1", "b.csv": b"1"}))
    (staged / "archives.json").write_text('{"0000.zip": "data.zip"}')
    with pytest.raises(BadRequest, match="一次最多"):
        unpack(staged)


def test_the_table_of_an_archive_is_measured_without_reading_it(tmp_path: Path) -> None:
    """Against the list that zipfile makes of it; with a comment behind it, and in the large form."""
    path = tmp_path / "a.zip"
    for count, comment in ((0, b""), (1, b""), (7, b"PK\5\6 " + b"c" * 5000), (70_000, b"")):
        with zipfile.ZipFile(path, "w") as archive:
            for at in range(count):
                archive.writestr(f"{at}.csv", b"")
            archive.comment = comment if b"PK" not in comment else comment[5:]
        with zipfile.ZipFile(path) as archive:
            wanted = sum(46 + len(one.filename.encode()) + len(one.extra) for one in archive.infolist())
        assert import_files.directory_bytes(path) == wanted
    path.write_bytes(b"none")
    assert import_files.directory_bytes(path) == 0


def test_room_stays_free_while_files_come_in_and_are_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is made to look full after so many bytes of ours: it stops before, and leaves nothing of the archive."""

    class Disk:
        free = 0

    def usage(path: Any) -> Disk:
        disk = Disk()
        disk.free = import_files.SPARE_BYTES + (40 << 20) - sum(p.stat().st_size for p in tmp_path.rglob("*.csv"))
        return disk

    monkeypatch.setattr(shutil, "disk_usage", usage)
    upload = import_files.Upload(import_files.Staging(make_app(tmp_path / "home")))
    upload.begin()
    upload.open_file("a.csv")
    sent = 0
    with pytest.raises(DiskFull):  # noqa: PT012  chunked: nothing was announced
        while sent < 100 << 20:
            upload.write(b"x" * (1 << 20))
            sent += 1 << 20
    assert 40 << 20 <= sent <= (40 << 20) + import_files.LOOK_EVERY
    upload.give_up()
    assert not list(tmp_path.rglob("*.csv"))
    with pytest.raises(DiskFull):
        opened(tmp_path / "i", zipped({"a.csv": bytes(range(256)) * (50 << 12)}))
    assert not list(tmp_path.rglob("*.csv"))
    assert not (tmp_path / "i" / ".unpacking").exists()


def test_a_note_of_another_version_is_an_import_that_is_gone(tmp_path: Path) -> None:
    staging = import_files.Staging(make_app(tmp_path))
    folder = staging.folder / "imp_0123456789abcdef"
    folder.mkdir(parents=True)
    for note in ('{"files": [], "of": "later"}', '{"id": "x"}', "[]", '{"files": 3}'):
        (folder / "import.json").write_text(note)
        with pytest.raises(NotFound):
            staging.read(folder.name)
    assert staging.all() == []
