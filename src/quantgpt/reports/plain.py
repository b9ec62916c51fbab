"""Reading values out of results and series that may be incomplete or of another shape than expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from quantgpt.foundations.series import Series
from quantgpt.reports.words import Label, as_number

Column = list[float | None]


def get(body: object, *path: str) -> object:
    """The value at a path of keys, None where any step is missing.

    >>> get({"a": {"b": 1}}, "a", "b"), get({"a": None}, "a", "b")
    (1, None)
    """
    for key in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body


def number(body: object, *path: str) -> float | None:
    """The finite number at a path, None otherwise."""
    return as_number(get(body, *path))


def text(body: object, *path: str) -> str:
    """The value at a path as text, "" where there is none."""
    value = get(body, *path)
    return "" if value is None else str(value)


def mapping(body: object, *path: str) -> Mapping[str, object]:
    """The object at a path, empty where there is none."""
    value = get(body, *path)
    return value if isinstance(value, Mapping) else {}


def items(body: object, *path: str) -> list[object]:
    """The list at a path, empty where there is none."""
    value = get(body, *path)
    return list(value) if isinstance(value, list | tuple) else []


def pair(body: object, *path: str) -> tuple[float | None, float | None]:
    """Both ends of the interval at a path."""
    ends = items(body, *path)
    return (as_number(ends[0]), as_number(ends[1])) if len(ends) == 2 else (None, None)


@dataclass(frozen=True)
class Run:
    """One finished run: its result and its series; anything in either may be missing."""

    result: Mapping[str, object]
    series: Mapping[str, Series] = field(default_factory=dict)

    def rows(self, name: str) -> Series | None:
        """A series with at least one value, None otherwise."""
        found = self.series.get(name)
        if found is None or not len(found.index):
            return None
        return found if any(value is not None for values in found.columns.values() for value in values) else None

    def why(self, name: str, otherwise: Label) -> Label:
        """Why a series is empty: its own reason where it has one."""
        found = self.series.get(name)
        own = text(found.meta, "reason") or text(found.meta, "error") if found is not None else ""
        return Label(own) if own else otherwise

    @property
    def strategy_group(self) -> str:
        """The group that the strategy holds."""
        return text(self.result, "backtest_summary", "strategy_group") or "多头组"

    @property
    def holding(self) -> int | None:
        """Sessions between two rebalances."""
        days = number(self.result, "params", "holding_period")
        return None if days is None else int(days)


def column(series: Series, name: str) -> Column:
    """One column as numbers of the index's length; missing or foreign values are None."""
    values = series.columns.get(name, ())
    known = [as_number(value) for value in values][: len(series.index)]
    return known + [None] * (len(series.index) - len(known))


def words(series: Series, name: str) -> list[object]:
    """One column as it is, of the index's length."""
    values: Sequence[object] = list(series.columns.get(name, ()))[: len(series.index)]
    return [*values, *[None] * (len(series.index) - len(values))]


def labels(series: Series) -> list[str]:
    """The index as text."""
    return [str(key) for key in series.index]


def known(values: Sequence[float | None]) -> list[float]:
    """The values that are there."""
    return [value for value in values if value is not None]


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of the values that are there, None for none."""
    there = known(values)
    return sum(there) / len(there) if there else None
