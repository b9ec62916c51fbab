"""Files appear whole or not at all."""

import errno
import os
from pathlib import Path
from typing import IO

import pytest

from quantgpt.foundations.errors import DiskFull
from quantgpt.foundations.files import write_text, write_whole


def test_a_written_file_has_its_content_and_mode(tmp_path: Path) -> None:
    write_text(tmp_path / "secret", "值", mode=0o600)
    assert ((tmp_path / "secret").read_text(), (tmp_path / "secret").stat().st_mode & 0o777) == ("值", 0o600)


def test_a_failed_write_keeps_the_old_content_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_text(target, "old")

    def half(handle: IO[bytes]) -> None:
        handle.write(b"new")
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        write_whole(target, half)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert target.read_text() == "old"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_is_reported_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[call], full)
    with pytest.raises(DiskFull):
        write_text(tmp_path / "file", "text")
    assert list(tmp_path.iterdir()) == []
