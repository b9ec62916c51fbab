"""One file on its way into a market, and the terms on which it is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quantgpt.market.importing.reading import Brought
from quantgpt.market.importing.recognise import Layout
from quantgpt.market.importing.report import FileReport
from quantgpt.market.importing.rows import Rows

RULES_VERSION = "1"
"""Part of what a known file is recognised by: new rules look at old files again."""
FILTERS = "filters:"
"""What the entries of a manifest's sources begin with that hold the filters of a pair, by its inside symbol."""


@dataclass
class File:
    """One file on its way in."""

    path: Path
    name: str
    digest: str
    layout: Layout
    table: Any
    report: FileReport | None = None
    brought: Brought | None = None
    checked: dict[str, Rows] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How an import takes its files.

    skip_bad_rows: leave out rows that cannot be true instead of refusing the file.
    lenient:       a file that cannot be read is reported and left out instead of refusing the import.
    only:          the names of the files to take and the hashes they must have; all of them by default.
    planned_on:    the snapshot that must still be current ("" for none); any by default.
    announce:      is told the new snapshot just before the switch.
    """

    skip_bad_rows: bool = False
    lenient: bool = False
    only: Mapping[str, str] | None = None
    planned_on: str | None = None
    announce: Callable[[str], None] | None = None


def source_key(digest: str) -> str:
    """The name under which a market remembers a file that it took in."""
    return f"{RULES_VERSION}:{digest}"
