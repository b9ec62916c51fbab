"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from quantgpt.foundations.errors import DiskFull


@contextmanager
def room_on_disk() -> Iterator[None]:
    """Turn "no space left" into DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull("磁盘空间不足，未写入任何内容", hint="free some space, then try again") from error
        raise


def write_whole(path: Path, write: Callable[[IO[bytes]], Any], *, mode: int | None = None) -> None:
    """Write a file through `write(handle)`: temporary file beside it, fsync, rename, fsync of the folder.

    Raises: DiskFull; on any failure the old content stays and no temporary file is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with room_on_disk():
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False) as handle:
            part = Path(handle.name)
            try:
                write(handle)
                handle.flush()
                os.fsync(handle.fileno())
                if mode is not None:
                    os.fchmod(handle.fileno(), mode)
                part.replace(path)
            except BaseException:
                with suppress(OSError):
                    part.unlink()
                raise
        sync_folder(path.parent)


def write_text(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write a text file (UTF-8) whole or not at all."""
    data = text.encode()
    write_whole(path, lambda handle: handle.write(data), mode=mode)


def sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
