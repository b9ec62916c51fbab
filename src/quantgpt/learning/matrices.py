"""What is handed to a model: the rows that exist, one column of memory per feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from quantgpt.foundations.panel import BoolPanel, Days
from quantgpt.learning import kernels
from quantgpt.learning.frames import row_index
from quantgpt.learning.parallel import run_all
from quantgpt.learning.tables import Column, Table, Values, flat, memory, row_width

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Matrix:
    """Rows (session, name) × columns.

    Shape:  `values` (n, F), column-major: a column is one run of memory, as gradient boosting wants it. Rows are in
            the order of the sessions, within a session in that of `names`. It may be a read-only view of the handler's
            memory.
    """

    values: Values
    columns: tuple[tuple[str, str], ...]
    """(group, name) of every column"""
    days: Days
    """the sessions asked for"""
    names: tuple[str, ...]
    present: BoolPanel
    """(sessions, names): which of them are rows"""
    two_levels: bool = False
    """whether `frame()` shows the groups above the names"""

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def _rows(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        day, name = np.nonzero(self.present)
        return day, name

    @property
    def row_days(self) -> Days:
        """(n,): the session of every row."""
        days: Days = self.days[self._rows[0]]
        return days

    @property
    def row_names(self) -> NDArray[np.intp]:
        """(n,): the position in `names` of every row."""
        return self._rows[1]

    @property
    def rows_per_day(self) -> NDArray[np.intp]:
        """(sessions,): rows of each session, the query sizes of a ranking model."""
        counts: NDArray[np.intp] = np.count_nonzero(self.present, axis=1)
        return counts

    def frame(self) -> pd.DataFrame:
        """A pandas frame indexed by (datetime, instrument), sorted, as Qlib's handler returns it.

        No copy of the values is made when `names` are sorted.
        """
        import pandas as pd

        order = np.argsort(np.array(self.names, dtype=object), kind="stable")
        values, (day, name) = self.values, self._rows
        if (order != np.arange(len(order))).any():
            sorted_place = np.empty_like(order)
            sorted_place[order] = np.arange(len(order))
            take = np.lexsort((sorted_place[name], day))
            values, day, name = values[take], day[take], sorted_place[name[take]]
        index = row_index(self.days, tuple(self.names[k] for k in order), day, name)
        columns: Any = (
            pd.MultiIndex.from_tuples(self.columns) if self.two_levels else [name for _, name in self.columns]
        )
        return pd.DataFrame(values, index=index, columns=columns, copy=False)


def pick_rows(
    table: Table, chosen: Sequence[int], first: int, stop: int, *, two_levels: bool = False, threads: int = 1
) -> Matrix:
    """The existing rows of sessions first..stop−1 as a matrix of the chosen columns.

    Nothing is copied when every row exists and the planes lie one behind the other without gaps.
    """
    columns = [table.columns[k] for k in chosen]
    present = table.present[first:stop]
    values = _view(columns, present, first)
    if values is None:
        counts = np.count_nonzero(present, axis=1)
        kinds = [column.values.dtype for column in columns]
        dtype = np.dtype(np.result_type(*kinds) if kinds else np.float32)
        rows = int(counts.sum())
        packed = memory(len(columns) * rows, dtype).reshape(len(columns), rows)

        def pick(k: int) -> None:
            source = columns[k].values
            kernels.pick(flat(source), row_width(source), table.present, counts, first, packed[k])

        run_all(pick, range(len(columns)), threads)
        values = packed.T
    keys = tuple(column.key for column in columns)
    return Matrix(values, keys, table.days[first:stop], table.names, present, two_levels)


def _view(columns: Sequence[Column], present: BoolPanel, first: int) -> Values | None:
    rows, names = present.shape
    if not columns or not rows or not names or not present.all():
        return None
    planes = [column.values[first : first + rows] for column in columns]
    one = planes[0]
    at = [plane.ctypes.data for plane in planes]
    step = at[1] - at[0] if len(at) > 1 else one.nbytes
    alike = all(plane.dtype == one.dtype and row_width(plane) == names for plane in planes)
    together = len({id(_owner(plane)) for plane in planes}) == 1
    if not alike or not together or step <= 0 or any(b - a != step for a, b in pairwise(at)):
        return None
    view: Values = as_strided(one, shape=(rows * names, len(planes)), strides=(one.itemsize, step), writeable=False)
    return view


def _owner(values: Values) -> object:
    """The object whose memory this is; planes of one owner live and die together."""
    owner: object = values
    while isinstance(owner, np.ndarray) and owner.base is not None:
        owner = owner.base
    return owner
