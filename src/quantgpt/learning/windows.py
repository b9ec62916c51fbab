"""Windows of the last sessions of one name, for models of sequences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.panel import Days
from quantgpt.learning import kernels
from quantgpt.learning.frames import row_index
from quantgpt.learning.matrices import Matrix
from quantgpt.learning.spans import read_day
from quantgpt.learning.tables import Values, memory, unknown

if TYPE_CHECKING:
    import pandas as pd

NONE, FORWARD, BOTH = "none", "ffill", "ffill+bfill"
FILLS = (NONE, FORWARD, BOTH)


class Windows:
    """Samples of `step_len` sessions that end at one row; `len`, an index, a list of indices or a (day, name) pair.

    Order:  by name (sorted), within a name by day.
    Days:   a window counts the sessions on which the view has a row of any name, as Qlib's sampler does.
    Absent: a session on which the name has no row, or before the first session, is NaN; with `ffill` it repeats the row
            before it, with `ffill+bfill` also the next one where there is none before. A NaN inside a row stays.

    `samples[k]` is (step_len, F), `samples[[k, …]]` is (len, step_len, F), oldest session first.
    """

    def __init__(self, matrix: Matrix, first: np.datetime64 | None, *, step_len: int, fill: str = NONE) -> None:
        """`matrix` holds the sessions of the segment and those before it; samples end on or after day `first`."""
        if fill not in FILLS:
            raise BadRequest(
                f"fillna_type must be one of {', '.join(FILLS)}, got {fill!r}", field="fillna_type", nearest=NONE
            )
        self.step_len = step_len
        self.fill = fill
        self.columns = matrix.columns
        used: NDArray[np.bool_] = np.asarray(matrix.present.any(axis=1))
        self.days: Days = matrix.days[used]
        self._order = np.argsort(np.array(matrix.names, dtype=object), kind="stable")
        self.names = tuple(matrix.names[k] for k in self._order)
        present = matrix.present[used][:, self._order].T
        self._rows: Values = memory(matrix.values.size, matrix.values.dtype).reshape(matrix.values.shape)
        self._rows[...] = matrix.values
        self._links = self._linked(matrix, used)
        at = 0 if first is None else int(np.searchsorted(self.days, first, side="left"))
        name, day = np.nonzero(present[:, at:])
        self._samples = np.stack([name, day + at], axis=1).astype(np.int32)

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, which: int | Sequence[int] | NDArray[Any] | tuple[object, str]) -> Values:
        """One window, or several.  Raises: IndexError; BadRequest for an unknown name or a day before the first."""
        if isinstance(which, tuple):
            one = np.array([self._cell(*which)], dtype=np.int32)
        elif isinstance(which, int | np.integer):
            one = self._samples[[int(which)]]
        else:
            return self._read(self._samples[np.asarray(which, dtype=np.intp)])
        window: Values = self._read(one)[0]
        return window

    def batches(self, size: int) -> Iterator[Values]:
        """All windows in order, `size` at a time."""
        for begin in range(0, len(self), size):
            yield self._read(self._samples[begin : begin + size])

    def index(self) -> pd.MultiIndex:
        """(datetime, instrument) of every sample, in the order of the samples."""
        return row_index(self.days, self.names, self._samples[:, 1], self._samples[:, 0])

    def _read(self, samples: NDArray[np.int32]) -> Values:
        out: Values = np.empty((len(samples), self.step_len, self._rows.shape[1]), dtype=self._rows.dtype)
        kernels.gather_windows(self._rows, self._links, samples, self.fill != NONE, self.fill == BOTH, out)
        return out

    def _cell(self, day: object, name: str) -> tuple[int, int]:
        if name not in self.names:
            raise unknown("name in this segment", str(name), self.names, "instrument")
        wanted = read_day(day, "datetime")
        at = len(self.days) - 1 if wanted is None else int(np.searchsorted(self.days, wanted, side="right")) - 1
        if at < 0:
            raise BadRequest(f"no session on or before {wanted}", field="datetime", nearest=str(self.days[0]))
        return self.names.index(name), at

    def _linked(self, matrix: Matrix, used: NDArray[np.bool_]) -> NDArray[np.int32]:
        links = np.full(matrix.present.shape, -1, dtype=np.int32)
        links[matrix.present] = np.arange(len(matrix), dtype=np.int32)
        return np.ascontiguousarray(links[used][:, self._order].T)
