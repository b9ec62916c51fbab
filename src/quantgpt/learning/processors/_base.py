"""What a processor is, the registry of all of them, and the reader of their descriptions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from inspect import signature
from math import isfinite
from typing import Any, ClassVar, TypeAlias, TypeVar

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.registry import Registry
from quantgpt.learning.tables import Column, Plane, Table, unknown

Group: TypeAlias = str | Sequence[str] | None
"""a column group, several, or None for every column"""
Numbers: TypeAlias = tuple[float, ...]
Description: TypeAlias = "str | Mapping[str, Any] | Processor"
"""`"DropnaLabel"`, `{"class": "CSZScoreNorm", "kwargs": {"fields_group": "label"}}`, or a processor itself"""


class Processor:
    """A step that changes a table: its columns, its rows, or the values of its columns.

    Names, parameters and numbers are those of Qlib's processor of the same name.
    """

    name: ClassVar[str] = ""
    for_inference: ClassVar[bool] = True
    """False: the step looks at the label, so it must not shape what a model predicts from"""


class TableProcessor(Processor, ABC):
    """A step that drops rows or columns; it copies no values."""

    @abstractmethod
    def change(self, table: Table) -> None:
        """Change `present` or `columns` of the table.  Raises: BadRequest for an unknown group or column."""


class PlaneProcessor(Processor, ABC):
    """A step that changes the values of each column on its own, so that columns may be worked on in any order."""

    def __init__(self, fields_group: Group = None) -> None:
        self.fields_group = fields_group

    def takes(self, column: Column) -> bool:
        """Whether a column is worked on: all of the chosen groups, unless the step says otherwise."""
        group = self.fields_group
        return group is None or column.group in ((group,) if isinstance(group, str) else group)

    @abstractmethod
    def change(self, plane: Plane) -> None:
        """Write the new values of one column to `plane.target()`, or leave it alone."""


class FittedProcessor(PlaneProcessor):
    """A step that learns numbers from a fit window, from present rows and valid values alone, and then applies them."""

    numbers: ClassVar[tuple[str, ...]] = ()
    """names of what is learned from one column"""

    def __init__(self, fit_start_time: object = None, fit_end_time: object = None, fields_group: Group = None) -> None:
        super().__init__(fields_group)
        self.fit_start_time = fit_start_time
        self.fit_end_time = fit_end_time
        self.fitted: dict[tuple[str, str], Numbers] = {}
        """(group, name) → what was learned, in the order of `numbers`; NaN where the column had no valid value"""

    @abstractmethod
    def learn(self, plane: Plane, first: int, stop: int) -> Numbers:
        """The numbers of one column from rows first..stop−1."""

    @abstractmethod
    def apply(self, plane: Plane, numbers: Numbers) -> None:
        """Write the new values of one column."""

    def learned(self) -> dict[str, Any]:
        """What was learned as plain values: `class`, `numbers` (their names), `columns` (group, name, values …).

        Values that are not finite are the words `nan`, `inf` and `-inf`, for the sake of JSON.
        """
        columns = [
            [group, name, *(value if isfinite(value) else str(value) for value in values)]
            for (group, name), values in self.fitted.items()
        ]
        return {"class": self.name, "numbers": list(self.numbers), "columns": columns}

    def constant(self, numbers: Numbers) -> bool:
        """Whether the column had one value throughout the fit window and is therefore left as it is."""
        return False

    def change(self, plane: Plane) -> None:
        """Apply what was learned.  Raises: BadRequest for a column that was not there when it was learned."""
        if plane.column.key not in self.fitted:
            word = "/".join(plane.column.key)
            raise unknown(f"column in what {self.name} has learned", word, map("/".join, self.fitted), "processors")
        numbers = self.fitted[plane.column.key]
        if not self.constant(numbers):
            self.apply(plane, numbers)


PROCESSORS: Registry[type[Processor]] = Registry("processor")
P = TypeVar("P", bound=type[Processor])


def processor(name: str) -> Any:
    """Register a processor under Qlib's name for it."""

    def register(made: P) -> P:
        made.name = name
        PROCESSORS.add(name, made)
        return made

    return register


def read_processor(description: Description) -> Processor:
    """Build the processor that a description names.

    >>> read_processor({"class": "Fillna", "kwargs": {"fill_value": 1}}).fill_value
    1.0

    Raises: BadRequest for an unknown name, an unknown parameter or a description of another form.
    """
    if isinstance(description, Processor):
        return description
    PROCESSORS.load("quantgpt.learning.processors")
    given: Any = {}
    if isinstance(description, str):
        name = description
    elif isinstance(description, Mapping) and isinstance(description.get("class"), str) and len(description) <= 2:
        name, given = description["class"], description.get("kwargs") or {}
    else:
        raise BadRequest(
            f"a processor is described by a name or by class and kwargs, got {description!r}", field="processors"
        )
    if name not in PROCESSORS:
        raise unknown("processor", name, PROCESSORS, "processors")
    made = PROCESSORS[name]
    if not isinstance(given, Mapping):
        raise BadRequest(f"kwargs of {name} must be a mapping, got {given!r}", field="processors", nearest={})
    for word in given:
        if word not in _parameters(made):
            raise unknown(f"parameter of {name}", word, _parameters(made), "processors")
    return made(**given)


def _parameters(made: type[Processor]) -> tuple[str, ...]:
    return tuple(signature(made).parameters)
