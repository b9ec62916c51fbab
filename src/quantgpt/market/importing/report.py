"""What an import says about itself: each file, what came of it, what was rejected and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class FileState(StrEnum):
    """What happened to a file."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    UNUSED = "unused"
    IGNORED = "ignored"
    REFUSED = "refused"
    """cannot be read; only a plan goes on without it"""


@dataclass(frozen=True)
class Rejected:
    """Rows that cannot be true, for one reason: how many, and the first few."""

    code: str
    zh: str
    en: str
    count: int
    sample: tuple[str, ...]

    def sentence(self) -> str:
        """The reason, the count and the first example."""
        example = f"，例：{self.sample[0]}" if self.sample else ""
        return f"{self.zh} {self.count:,} 行{example}"


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """One file of an import."""

    name: str
    kind: str
    state: FileState
    rows: int = 0
    names: int = 0
    first: str | None = None
    last: str | None = None
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: tuple[Rejected, ...] = ()
    zh: str = ""
    en: str = ""

    @property
    def rejected_rows(self) -> int:
        """Rows left out, for any reason."""
        return sum(entry.count for entry in self.rejected)


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """One import: nothing changed if `snapshot` equals `previous`."""

    market: str
    snapshot: str
    previous: str | None
    files: tuple[FileReport, ...] = field(default_factory=tuple)
    applied: bool = True
    """False for a plan: what would change"""

    @property
    def changed(self) -> bool:
        """Whether the market has, or would have, a new snapshot."""
        return self.snapshot != self.previous

    @property
    def rows(self) -> int:
        """Rows taken from all files, known ones included."""
        return sum(file.rows for file in self.files)

    @property
    def rejected_rows(self) -> int:
        """Rows left out of all files."""
        return sum(file.rejected_rows for file in self.files)


def bad_rows_message(files: Iterable[FileReport]) -> str:
    """One sentence that names each file with rows that cannot be true, the reasons, the counts and an example."""
    parts = [
        f"{file.name}：{'；'.join(entry.sentence() for entry in file.rejected)}" for file in files if file.rejected
    ]
    return "有不可能为真的数据行，未导入任何内容。" + "。".join(parts)
