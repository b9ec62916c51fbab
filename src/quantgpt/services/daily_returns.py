"""Daily returns of trials: packed for the way and for the ledger, laid side by side by their days."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from quantgpt.foundations.panel import Days

F64 = NDArray[np.float64]

Placed = tuple[str, F64]
"""daily returns of consecutive sessions and the day of the first"""


def pack_returns(returns: F64) -> str:
    """Daily returns as text: float32, compressed, base64.

    >>> unpack_returns(pack_returns(np.array([0.5, -0.25]))).tolist()
    [0.5, -0.25]
    """
    raw = np.ascontiguousarray(returns, dtype="<f4").tobytes()
    return base64.b64encode(zlib.compress(raw, 6)).decode()


def unpack_returns(packed: str | bytes) -> F64:
    """What `pack_returns` packed, out of its text or of the bytes that the ledger keeps."""
    raw = base64.b64decode(packed) if isinstance(packed, str) else packed
    return np.frombuffer(zlib.decompress(raw), dtype="<f4").astype(np.float64)


def laid_by_day(returns: Sequence[Placed], days: Days | None) -> F64:
    """Daily returns of consecutive sessions, each from a day of its own on, as one table: a column for each session from
    the first day of any of them to the last.

    Shape: days (T,): all sessions of the market, rising; None where all begin on the same one.
    NaN:   sessions on which a trial has no return.
    """
    firsts = np.array([first or "NaT" for first, _ in returns], dtype="datetime64[D]")
    at = np.zeros(len(returns), dtype=np.int64) if days is None else np.searchsorted(days, firsts)
    at = at - (at.min() if at.size else 0)
    width = max((place + row.size for place, (_, row) in zip(at, returns, strict=True)), default=0)
    out = np.full((len(returns), width), np.nan)
    for line, place, (_, row) in zip(out, at, returns, strict=True):
        line[place : place + row.size] = row
    return out


def shared_sessions(table: F64) -> F64:
    """The columns from the last beginning of any row to the first end of any row.

    >>> shared_sessions(np.array([[1.0, 2.0, 3.0, np.nan], [np.nan, 5.0, 6.0, 7.0]])).tolist()
    [[2.0, 3.0], [5.0, 6.0]]
    """
    present = np.isfinite(table)
    if not present.any(axis=1).all() or not table.size:
        return table[:, :0]
    return table[:, int(present.argmax(axis=1).max()) : table.shape[1] - int(present[:, ::-1].argmax(axis=1).max())]
