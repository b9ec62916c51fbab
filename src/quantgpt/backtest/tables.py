"""Small steps on the way from arrays to tables and plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from quantgpt.foundations.series import Cell, Series


def cells(values: object) -> list[Cell]:
    """Array to plain values; a number that is not finite becomes None.

    >>> cells(np.array([1.0, np.nan])), cells(np.array([1, 2]))
    ([1.0, None], [1, 2])
    """
    array = np.asarray(values)
    if array.dtype.kind != "f":
        return list(array.tolist())
    known = np.isfinite(array)
    if known.all():
        return list(array.tolist())
    out = array.astype(object)
    out[~known] = None
    return list(out.tolist())


def table(
    title: str,
    index_name: str,
    index: Sequence[Cell],
    columns: Mapping[str, object],
    unit: str = "ratio",
    **meta: Any,
) -> Series:
    """A series from arrays."""
    made = {key: cells(values) for key, values in columns.items()}
    return Series(name=title, index_name=index_name, index=list(index), columns=made, unit=unit, meta=plain(meta))


def plain(value: Any) -> Any:
    """The same nested value with numpy scalars as Python ones and NaN or infinity as None."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(inner) for inner in value)
    if isinstance(value, np.ndarray):
        return cells(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    return value
