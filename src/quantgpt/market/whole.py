"""Whether stored objects still are what their names say: each is hashed once per (inode, time of change, size)."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from quantgpt.foundations.errors import DiskFull
from quantgpt.foundations.files import write_text
from quantgpt.foundations.hashing import canonical_json, hash_file

SMALL = 1 << 20
"""Objects up to this many bytes are not worth a note on disk: each process hashes them once."""

State = tuple[int, int, int]

_seen: dict[str, State] = {}
"""Objects that this process has found whole, by path."""


class Verified:
    """What was hashed and found whole in one market folder, remembered in `verified.json`; losing that file is harmless."""

    def __init__(self, folder: Path) -> None:
        self._objects = folder / "objects"
        self._note = folder / "verified.json"

    def is_whole(self, name: str) -> bool:
        """Whether an object has the content that its name is the hash of.  Raises: FileNotFoundError."""
        return not self.damaged([name], missing=False)

    def damaged(self, names: list[str], *, missing: bool = True) -> list[str]:
        """Objects that are not what their names say. Those that are not there count, or raise FileNotFoundError."""
        bad: list[str] = []
        fresh: dict[str, State] = {}
        noted: dict[str, State] | None = None
        for name in names:
            path = self._objects / name
            try:
                stat = path.stat()
                state = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
                if _seen.get(str(path)) == state:
                    continue
                large = stat.st_size > SMALL
                if large and noted is None:
                    noted = self._read()
                if not (large and noted and noted.get(name) == state):
                    if hash_file(path) != name.partition(".")[0]:
                        bad.append(name)
                        continue
                    if large:
                        fresh[name] = state
                _seen[str(path)] = state
            except FileNotFoundError:
                if not missing:
                    raise
                bad.append(name)
        if fresh:
            self._write(fresh)
        return bad

    def _read(self) -> dict[str, State]:
        try:
            body = json.loads(self._note.read_text(encoding="utf-8"))
            return {str(name): (int(a), int(b), int(c)) for name, (a, b, c) in body.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _write(self, fresh: dict[str, State]) -> None:
        """Add to the note what still exists; two processes at a time may lose an entry, which is then checked again."""
        merged = {name: state for name, state in self._read().items() if (self._objects / name).is_file()} | fresh
        with suppress(OSError, DiskFull):
            write_text(self._note, canonical_json(merged) + "\n")
