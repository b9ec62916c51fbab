"""Processors of missing and infinite values."""

from __future__ import annotations

import math

from quantgpt.foundations.errors import BadRequest
from quantgpt.learning import kernels
from quantgpt.learning.processors._base import Group, PlaneProcessor, TableProcessor, processor
from quantgpt.learning.tables import LABEL, Plane, Table, flat, row_width


@processor("DropnaProcessor")
class DropnaProcessor(TableProcessor):
    """Drop the rows in which any column of the group is NaN; infinite values stay.

    Source: Qlib 0.9.7, `DropnaProcessor`.
    """

    def __init__(self, fields_group: Group = None) -> None:
        self.fields_group = fields_group

    def change(self, table: Table) -> None:
        """Take those rows out of `present`."""
        present = table.present.copy()
        for k in table.chosen(self.fields_group):
            values = table.columns[k].values
            kernels.drop_missing(flat(values), row_width(values), present)
        table.present = present


@processor("DropnaLabel")
class DropnaLabel(DropnaProcessor):
    """Drop the rows without a label. Not for inference: whether a label exists is known only later.

    Source: Qlib 0.9.7, `DropnaLabel`.
    """

    for_inference = False

    def __init__(self, fields_group: Group = LABEL) -> None:
        super().__init__(fields_group)


@processor("ProcessInf")
class ProcessInf(PlaneProcessor):
    """Replace ±inf by the mean of that session's finite values of the column, NaN where there are none.

    Source: Qlib 0.9.7, `ProcessInf`, which has no group: it works on every column, the label included.
    """

    def change(self, plane: Plane) -> None:
        """A column without infinite values is not copied."""
        x, width = plane.flat, plane.width
        if kernels.has_infinite(x, width, plane.present):
            kernels.replace_infinite(x, width, plane.present, *plane.target())


@processor("Fillna")
class Fillna(PlaneProcessor):
    """Replace NaN by one value.

    Source: Qlib 0.9.7, `Fillna`.
    """

    def __init__(self, fields_group: Group = None, fill_value: float = 0.0) -> None:
        super().__init__(fields_group)
        if isinstance(fill_value, bool) or not isinstance(fill_value, int | float) or math.isnan(fill_value):
            raise BadRequest(f"fill_value must be a number, got {fill_value!r}", field="fill_value", nearest=0)
        self.fill_value = float(fill_value)

    def change(self, plane: Plane) -> None:
        """A column without missing values is not copied."""
        x, width = plane.flat, plane.width
        if plane.column.owned or kernels.has_missing(x, width, plane.present):
            kernels.fill(x, width, plane.shape, float(x.dtype.type(self.fill_value)), *plane.target())


@processor("CSZFillna")
class CSZFillna(PlaneProcessor):
    """Replace NaN by the mean of that session's valid values of the column; NaN stays where there are none.

    Source: Qlib 0.9.7, `CSZFillna`.
    """

    def change(self, plane: Plane) -> None:
        """A column without missing values is not copied."""
        x, width = plane.flat, plane.width
        if kernels.has_missing(x, width, plane.present):
            kernels.day_fill(x, width, plane.present, *plane.target())
