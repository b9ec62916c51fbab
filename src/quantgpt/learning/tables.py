"""A table of columns that views share: a column is copied when a processor first writes to it, never before."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from quantgpt.codegen.memory import floats
from quantgpt.foundations.errors import BadRequest, Broken
from quantgpt.foundations.panel import ROW_BYTES, BoolPanel, Days, padded_width

Values = NDArray[np.floating[Any]]
FEATURE = "feature"
LABEL = "label"
LARGE_BYTES = 1 << 22


def flat(values: Values) -> Values:
    """The memory between the first and the last cell of a (T, N) plane as one run, rows `row_width` apart."""
    rows, names = values.shape
    size = (rows - 1) * row_width(values) + names if rows and names else 0
    return as_strided(values, shape=(size,), strides=(values.itemsize,))


def row_width(values: Values) -> int:
    """Values from one row of a plane to the next."""
    return values.strides[0] // values.itemsize if values.shape[0] > 1 else values.shape[1]


def memory(count: int, dtype: np.dtype[Any]) -> Values:
    """Uncleared memory for `count` values, at a multiple of 64 bytes; on huge pages where it is large.

    A processor or a matrix writes gigabytes once: on pages of 4 KiB most of the time would be page faults.
    """
    if count * dtype.itemsize >= LARGE_BYTES:
        large: Values = floats(-(-count * dtype.itemsize // 4)).view(dtype)[:count]
        return large
    small = np.empty(count + ROW_BYTES // dtype.itemsize, dtype=dtype)
    start = (-small.ctypes.data % ROW_BYTES) // dtype.itemsize
    return small[start : start + count]


class Arena:
    """Memory for the planes that processors will write, one behind the other; a plane costs memory when it is written."""

    def __init__(self, planes: int) -> None:
        """For `planes` planes of one shape and type; more are found room for one by one."""
        self._planes = planes
        self._spare: list[Values] = []
        self._lock = threading.Lock()

    def plane(self, rows: int, names: int, dtype: np.dtype[Any]) -> Values:
        """An unwritten (rows, names) plane whose rows start at multiples of 64 bytes."""
        with self._lock:
            if not self._spare or self._spare[0].dtype != dtype:
                width = padded_width(names, dtype.itemsize)
                count = max(1, self._planes)
                block = memory(count * rows * width, dtype).reshape(count, rows, width)
                self._spare = [plane[:, :names] for plane in block]
            self._planes -= 1
            return self._spare.pop(0)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its group (`feature`, `label`), its name, and its plane.

    `values` is (T, N), float32 or float64, neighbouring names next to each other in memory. `owned` says that no other
    view reads this plane, so that it may be written in place.
    """

    group: str
    name: str
    values: Values
    owned: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Group and name."""
        return self.group, self.name


class Table:
    """Columns over the same sessions and names, and which rows exist.

    Shape:  T sessions × N names; a row is a pair (session, name) and exists where `present` (T, N) is True. Cells of
            absent rows have no meaning.
    Memory: `branch` shares every plane; a processor that writes gets a fresh plane the first time and the same one
            afterwards. `present` is never changed in place.

    Raises: Broken for planes of another shape or order; BadRequest for two columns of one group and name.
    """

    def __init__(self, days: Days, names: Sequence[str], present: BoolPanel, columns: Iterable[Column]) -> None:
        self.days = days
        self.names = tuple(names)
        self.present: BoolPanel = np.ascontiguousarray(present, dtype=np.bool_)
        self.columns = list(columns)
        shape = (len(days), len(self.names))
        if self.present.shape != shape:
            raise Broken(f"`present` is {self.present.shape}, the sessions and names are {shape}")
        if len(days) > 1 and not (days[1:] > days[:-1]).all():
            raise Broken("the sessions of a table must ascend")
        seen: set[tuple[str, str]] = set()
        for column in self.columns:
            if column.key in seen:
                raise BadRequest(f"two columns of group {column.group!r} are named {column.name!r}", field="columns")
            seen.add(column.key)
            _check(column, shape)

    @property
    def shape(self) -> tuple[int, int]:
        """Sessions and names."""
        return self.present.shape[0], self.present.shape[1]

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups in the order of their first column."""
        return tuple(dict.fromkeys(column.group for column in self.columns))

    def branch(self) -> Table:
        """A second view of the same data; neither sees what is written to the other."""
        twin = Table.__new__(Table)
        twin.days, twin.names, twin.present = self.days, self.names, self.present
        self.columns = [replace(column, owned=False) for column in self.columns]
        twin.columns = list(self.columns)
        return twin

    def taken(self) -> Table:
        """A view that owns the planes of this table, which must not be read any more; read-only ones are still copied."""
        twin = self.branch()
        twin.columns = [replace(column, owned=column.values.flags.writeable) for column in twin.columns]
        return twin

    def chosen(self, group: str | Sequence[str] | None, *, field: str = "fields_group") -> list[int]:
        """Positions of the columns of a group, of several groups, or of all (None).

        Raises: BadRequest for a group that the table does not have.
        """
        if group is None:
            return list(range(len(self.columns)))
        wanted = (group,) if isinstance(group, str) else tuple(group)
        for name in wanted:
            if name not in self.groups:
                raise unknown("column group", name, self.groups, field)
        return [k for k, column in enumerate(self.columns) if column.group in wanted]


class Plane:
    """One column while processors work on it: read `flat`, write `target()`."""

    def __init__(self, column: Column, present: BoolPanel, arena: Arena) -> None:
        self.column = column
        self.present = present
        self.arena = arena

    @property
    def values(self) -> Values:
        """The (T, N) plane as it is now."""
        return self.column.values

    @property
    def flat(self) -> Values:
        """What kernels read."""
        return flat(self.column.values)

    @property
    def width(self) -> int:
        """Values from one row of `flat` to the next."""
        return row_width(self.column.values)

    @property
    def shape(self) -> tuple[int, int]:
        """Sessions and names."""
        return self.present.shape[0], self.present.shape[1]

    def target(self) -> tuple[Values, int]:
        """The run of memory to write every cell to, and the distance of its rows.

        It is the plane itself when that is owned, else a new one which replaces it: take `flat` and `width` before.
        """
        if not self.column.owned:
            old = self.column.values
            self.column = replace(self.column, values=self.arena.plane(*self.shape, old.dtype), owned=True)
        return self.flat, self.width


def _check(column: Column, shape: tuple[int, int]) -> None:
    values = column.values
    where = f"column {column.group}/{column.name}"
    if values.shape != shape:
        raise Broken(f"{where} is {values.shape}, the sessions and names are {shape}")
    if values.dtype not in (np.float32, np.float64):
        raise Broken(f"{where} holds {values.dtype}, not float32 or float64")
    inner = values.shape[1] <= 1 or values.strides[1] == values.itemsize
    if not inner or values.strides[0] % values.itemsize or (len(values) > 1 and row_width(values) < values.shape[1]):
        raise Broken(f"the names of {where} are not neighbours in memory")


def unknown(kind: str, word: str, known: Iterable[str], field: str) -> BadRequest:
    """The error for a name that does not exist, with the nearest one that does."""
    known = tuple(known)
    near = next(iter(difflib.get_close_matches(word, known, n=1)), None)
    shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    hint = f"did you mean {near}?" if near else f"known: {shown}"
    return BadRequest(f"no {kind} named {word!r}", hint=hint, field=field, nearest=near)
