"""Planes of features laid out as a pandas frame with Qlib's index: instrument, then datetime."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import Days

if TYPE_CHECKING:
    import pandas as pd

    from quantgpt.market.qlib_folder import Membership


@dataclass(frozen=True)
class Runs:
    """Unbroken rows of single columns in the order in which a frame lists them.

    Shape: (K,) each; `offset` is the place of a run's first row in the frame, `total` the number of its rows.
    """

    column: NDArray[np.int64]
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    offset: NDArray[np.int64]
    total: int

    @classmethod
    def of(cls, column: Sequence[int], start: Sequence[int], length: Sequence[int]) -> Runs:
        """Runs one after the other."""
        lengths = np.array(length, dtype=np.int64)
        offset = np.cumsum(lengths) - lengths
        return cls(
            np.array(column, dtype=np.int64), np.array(start, dtype=np.int64), lengths, offset, int(lengths.sum())
        )

    def within(self, low: int, high: int) -> Runs:
        """The runs of columns `low … high − 1`, the columns counted from `low`; offsets stay."""
        a, b = np.searchsorted(self.column, [low, high])
        return Runs(self.column[a:b] - low, self.start[a:b], self.length[a:b], self.offset[a:b], self.total)


def runs_of(
    codes: Sequence[str],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    rows: slice,
    shift: int,
    members: Membership | None,
) -> Runs:
    """Rows that a frame of `codes` has: from the first to the last bar, of members only where there are `members`.

    `first` and `last` (n,) count from row `shift` of the calendar, `rows` are the rows asked for and members' spells count
    rows of the calendar; the runs count from `rows.start`.
    """
    column: list[int] = []
    start: list[int] = []
    length: list[int] = []
    for j, (code, begin, end) in enumerate(zip(codes, first.tolist(), last.tolist(), strict=True)):
        bars = (max(begin + shift, rows.start), min(end + shift + 1, rows.stop)) if end >= begin else (0, 0)
        reached = bars[0]
        for a, b in sorted(members.spans.get(code, ())) if members else ((bars[0], bars[1] - 1),):
            low, high = max(a, reached), min(b + 1, bars[1])
            if low < high:
                column.append(j)
                start.append(low - rows.start)
                length.append(high - low)
                reached = high
    return Runs.of(column, start, length)


def stack(planes: NDArray[np.float32], runs: Runs, out: NDArray[np.float32], threads: int) -> None:
    """Copy the runs of each plane to its row of `out`. Shape: `planes` (F, T, N), `out` (F, R)."""
    from quantgpt.services._kernels import stack_runs

    def one(f: int) -> None:
        stack_runs(planes[f], runs.column, runs.start, runs.length, runs.offset, out[f])

    if threads > 1 and len(planes) > 1:
        with ThreadPoolExecutor(min(threads, len(planes))) as pool:
            list(pool.map(one, range(len(planes))))
        return
    for f in range(len(planes)):
        one(f)


def frame_of(
    columns: NDArray[np.float32], names: Sequence[str], codes: Sequence[str], days: Days, runs: Runs
) -> pd.DataFrame:
    """A frame around `columns` (F, R), which it keeps without a copy; rows as the runs have them."""
    import pandas as pd

    frame = pd.DataFrame(columns.T, columns=pd.Index(list(names), dtype=None), copy=False)
    frame.index = index_of(codes, days, runs)
    return frame


def index_of(codes: Sequence[str], days: Days, runs: Runs) -> pd.MultiIndex:
    """Qlib's index (instrument, datetime) of the rows of `runs`; only instruments that have a row are among its levels."""
    import pandas as pd

    held, place = np.unique(runs.column, return_inverse=True)
    instrument = np.repeat(place, runs.length).astype(_small(held.size))
    at = np.arange(runs.total, dtype=np.int64)
    at += np.repeat(runs.start - runs.offset, runs.length)
    unit = pd.DatetimeIndex([pd.Timestamp("2020-01-01")]).unit
    levels: Any = [pd.Index([codes[j] for j in held]), pd.DatetimeIndex(days.astype(f"datetime64[{unit}]"))]
    rows: Any = [instrument, at.astype(_small(days.size))]
    return pd.MultiIndex(
        levels=levels,
        codes=rows,
        names=["instrument", "datetime"],
        verify_integrity=False,
    )


def _small(size: int) -> type[np.signedinteger[Any]]:
    """The type that pandas keeps codes of that many levels in."""
    return np.int8 if size < 128 else np.int16 if size < 32768 else np.int32
