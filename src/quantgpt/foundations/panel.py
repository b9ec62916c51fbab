"""Dense panels: sessions × assets, time-major, rows padded to 64 bytes, NaN = missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatPanel = NDArray[np.float64]
BoolPanel = NDArray[np.bool_]
Days = NDArray[np.datetime64]

ROW_BYTES = 64


def padded_width(assets: int, itemsize: int = 8) -> int:
    """Number of columns of a row of `assets` values padded to a multiple of 64 bytes.

    >>> padded_width(300), padded_width(8), padded_width(5, itemsize=1)
    (304, 8, 64)
    """
    lane = ROW_BYTES // itemsize
    return -(-assets // lane) * lane


def empty_panel(days: int, assets: int, fill: float = np.nan) -> FloatPanel:
    """A (days, assets) float64 view whose rows start at multiples of 64 bytes, filled with `fill`.

    >>> x = empty_panel(2, 3)
    >>> x.shape, x.strides[0] % 64, x.ctypes.data % 64
    ((2, 3), 0, 0)
    """
    width = padded_width(assets)
    flat = np.empty(days * width + ROW_BYTES // 8, dtype=np.float64)
    start = (-flat.ctypes.data % ROW_BYTES) // 8
    out = flat[start : start + days * width].reshape(days, width)[:, :assets]
    out[...] = fill
    return out


@dataclass(frozen=True, kw_only=True)
class MarketView:
    """What a domain function is handed: one market, one universe, a span of sessions, nothing after its end.

    Shape:  T sessions (rows) × N assets (columns); `first` is the row of the first session asked for, rows before it
            are warm-up; the last row is the last session asked for. `assets` are in the order that breaks ties
            (Shanghai before Shenzhen, then by code).
    Fields: `fields[name]` gives a (T, N) float64 panel, NaN = missing, loaded when asked for. Names are those of
            `foundations.fields.FIELDS`. Adjusted fields use price × factor / factor[first stored bar].
    """

    market: str
    snapshot: str
    synthetic: bool
    universe: str
    days: Days
    first: int
    assets: tuple[str, ...]
    fields: Mapping[str, FloatPanel]
    member: BoolPanel
    """point-in-time member of the universe on that session"""
    traded: BoolPanel
    """the name has a bar with volume > 0 on that session"""
    st: NDArray[np.int8]
    """(T, N): 1 special treatment, 0 not, -1 unknown"""
    age: NDArray[np.int32]
    """(T, N): sessions since listing, 0 = listing day, -1 = not listed (before listing or after delisting)"""
    board: NDArray[np.int8]
    """(N,): codes of `trading.boards.Board`"""
    names: tuple[str, ...]
    """(N,): display names, "" where unknown"""
    industry: NDArray[np.int16]
    """(N,): index into `industry_names`, -1 unknown; a snapshot, not point-in-time"""
    industry_names: tuple[str, ...]
    delist_day: Days
    """(N,): last session on which the name was listed, NaT while it is listed"""
    benchmark: FloatPanel | None = None
    """(T,): closing level of the benchmark index, NaN where missing"""
    benchmark_name: str = ""
    universe_meta: Mapping[str, Any] = field(default_factory=dict)
    """is_pit, source, as_of, members_ever, loaded, missing (codes), share_unknown_st, industry_pit, ..."""
    warnings: tuple[str, ...] = ()

    @property
    def eligible(self) -> BoolPanel:
        """(T, N): member, traded, listed for 60 sessions or more, not known to be ST."""
        seasoned: BoolPanel = (self.age >= 60) & (self.st != 1)
        return self.member & self.traded & seasoned
