"""Named tables that results carry to reports, streams and pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = float | int | str | bool | None


@dataclass(frozen=True, kw_only=True)
class Series:
    """A small table: one index (dates, lags, groups ...) and named columns of the same length.

    NaN: a missing number is None, never NaN, so that the table is valid JSON as it stands.
    """

    name: str
    index_name: str
    index: Sequence[Cell]
    columns: Mapping[str, Sequence[Cell]]
    unit: str = "ratio"
    meta: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The wire form."""
        return {
            "name": self.name,
            "index_name": self.index_name,
            "index": list(self.index),
            "columns": {key: list(values) for key, values in self.columns.items()},
            "unit": self.unit,
            "meta": dict(self.meta),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Series:
        """Read the wire form back."""
        return cls(**body)


def number(value: float | None, digits: int | None = None) -> float | None:
    """A finite float, or None for a missing one.

    >>> number(float("nan")), number(0.123456, 3)
    (None, 0.123)
    """
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits) if digits is not None else float(value)


def numbers(values: Any, digits: int | None = None) -> list[float | None]:
    """`number` of each value of an array."""
    return [number(float(value), digits) for value in values]
