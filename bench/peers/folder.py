"""Write a folder in Qlib's binary layout from dense panels: calendar, instruments, one little-endian float32 file a field.

It is independent of the package's own writer on purpose: the peers and the parity tests read what this wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def spans(fields: Mapping[str, NDArray[Any]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Rows of every name's first and last bar: where any of its fields has a value; first > last where none has."""
    held = np.logical_or.reduce([~np.isnan(panel) for panel in fields.values()])
    rows = len(held)
    first = np.where(held.any(axis=0), held.argmax(axis=0), rows).astype(np.int32)
    last = np.where(held.any(axis=0), rows - 1 - held[::-1].argmax(axis=0), -1).astype(np.int32)
    return first, last


def write_folder(
    folder: Path,
    days: NDArray[np.datetime64],
    codes: Sequence[str],
    fields: Mapping[str, NDArray[Any]],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
) -> None:
    """Write panels of (T, N) as a Qlib folder of daily bars; values outside a name's span are left out.

    `codes` are Qlib's (`SH600000`), `days` ascending sessions. Names without a bar are left out.
    """
    text = np.datetime_as_string(days, unit="D")
    (folder / "calendars").mkdir(parents=True, exist_ok=True)
    (folder / "calendars" / "day.txt").write_text("\n".join(text) + "\n")
    lines = []
    for j, code in enumerate(codes):
        a, b = int(first[j]), int(last[j])
        if a > b:
            continue
        lines.append(f"{code}\t{text[a]}\t{text[b]}")
        own = folder / "features" / code.lower()
        own.mkdir(parents=True, exist_ok=True)
        for name, panel in fields.items():
            np.concatenate([[a], panel[a : b + 1, j]]).astype("<f4").tofile(own / f"{name}.day.bin")
    (folder / "instruments").mkdir(exist_ok=True)
    (folder / "instruments" / "all.txt").write_text("\n".join(lines) + "\n")
