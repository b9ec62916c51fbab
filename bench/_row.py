"""One line of the benchmark table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, on our side and on the peer's, and whether the target is met.

    `ours` and `peer` are in `unit` (seconds unless stated); `peer` and `ratio` are None where the target is absolute.
    `must` decides `ok`; `aim` is what we would like, for the reader.
    """

    name: str
    ours: float
    peer: float | None
    ratio: float | None
    must: str
    ok: bool
    unit: str = "s"
    note: str = ""
    aim: str = "—"
