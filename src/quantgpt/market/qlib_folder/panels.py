"""What features are computed from: panels of some instruments over some rows, and where each one's bars begin and end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import NoData
from quantgpt.foundations.panel import ROW_BYTES, BoolPanel, Days, padded_width
from quantgpt.market.qlib_folder.instruments import Membership

_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Panels:
    """Fields of some instruments over some rows.

    Shape:  T rows of `days`, n codes in the order asked for; each field is (T, n), time-major, rows at multiples of 64
            bytes. `first` and `last` (n,) are the rows of the first and the last bar, counted from row 0 of these panels
            and cut to them; an instrument without a bar here has last < first.
    NaN:    no bar, a suspended session or an unknown value.
    """

    days: Days
    codes: tuple[str, ...]
    fields: Mapping[str, NDArray[Any]]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    notices: tuple[str, ...] = ()


class PanelSource(Protocol):
    """A Qlib folder, or a market of ours in Qlib's conventions."""

    @property
    def label(self) -> str:
        """What messages call it."""
        ...

    def sessions(self, freq: str) -> Days:
        """Every row."""
        ...

    def membership(self, universe: str, freq: str) -> Membership:
        """Who belongs to a universe.  Raises: UnknownUniverse."""
        ...

    def holds_universe(self, name: str) -> bool:
        """Whether a name is one of a universe, in any case."""
        ...

    def known_fields(self, codes: Sequence[str], freq: str) -> frozenset[str]:
        """Fields that at least one of the instruments has; of nobody, all that there are.

        Raises: NotFound for an instrument that is not there, NoData where there are no bars of that frequency.
        """
        ...

    def panels(self, codes: Sequence[str], fields: Sequence[str], freq: str, rows: slice) -> Panels:
        """Read fields.  Raises: NoData naming the instruments that lack one, BadImport naming a damaged file."""
        ...

    def eligible(self, codes: Sequence[str], rows: slice, member: BoolPanel | None) -> BoolPanel | None:
        """(T, n): names that a cross-section of a session compares; None for all that have a value."""
        ...

    def industry(self, codes: Sequence[str]) -> NDArray[np.int16] | None:
        """(n,): industry of each name, -1 unknown; None where nothing is known of industries."""
        ...


def padded_float32(rows: int, names: int) -> NDArray[np.float32]:
    """A (rows, names) float32 view whose rows start at multiples of 64 bytes; its values are not set.

    >>> x = padded_float32(2, 3)
    >>> x.shape, x.strides[0] % 64, x.ctypes.data % 64
    ((2, 3), 0, 0)
    """
    width = padded_width(names, 4)
    flat = np.empty(rows * width + ROW_BYTES // 4, dtype=np.float32)
    start = (-flat.ctypes.data % ROW_BYTES) // 4
    return flat[start : start + rows * width].reshape(rows, width)[:, :names]


def clipped(first: NDArray[Any], last: NDArray[Any], rows: slice) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Rows of first and last bars counted from `rows.start` and cut to `rows`; 0 and -1 where no bar is left."""
    begin = np.maximum(first - rows.start, 0).astype(np.int32)
    end = (np.minimum(last, rows.stop - 1) - rows.start).astype(np.int32)
    none = end < begin
    begin[none], end[none] = 0, -1
    return begin, end


def lacking(label: str, gaps: Mapping[str, Sequence[str]], hint: str) -> NoData:
    """The error for fields that some instruments lack: `gaps` lists these by field."""
    parts = [f"{field}：{listed(codes)}" for field, codes in gaps.items()]
    return NoData(f"{label} 中部分证券缺少字段：{'；'.join(parts)}", hint=hint, field="fields")


def listed(names: Iterable[str]) -> str:
    """Names for a message: the first ones and how many there are."""
    every = list(names)
    more = f" … 共 {len(every)} 只" if len(every) > _SHOWN else ""
    return "、".join(every[:_SHOWN]) + more
