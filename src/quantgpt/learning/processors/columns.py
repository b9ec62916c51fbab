"""Processors that drop columns."""

from __future__ import annotations

from collections.abc import Sequence

from quantgpt.foundations.errors import BadRequest
from quantgpt.learning.processors._base import Group, TableProcessor, processor
from quantgpt.learning.tables import FEATURE, Table, unknown


@processor("DropCol")
class DropCol(TableProcessor):
    """Drop the columns of the given names, whatever their group.

    Source: Qlib 0.9.7, `DropCol`. Qlib passes over a name that does not exist; here it is an error.
    """

    def __init__(self, col_list: Sequence[str] = ()) -> None:
        self.col_list = _names(col_list)

    def change(self, table: Table) -> None:
        """Take those columns out."""
        _known(self.col_list, table)
        table.columns = [column for column in table.columns if column.name not in self.col_list]


@processor("FilterCol")
class FilterCol(TableProcessor):
    """Keep, of the columns of the group, those of the given names; columns outside the group stay.

    Source: Qlib 0.9.7, `FilterCol`. Qlib passes over a name that does not exist; here it is an error.
    """

    def __init__(self, fields_group: Group = FEATURE, col_list: Sequence[str] = ()) -> None:
        self.fields_group = fields_group
        self.col_list = _names(col_list)

    def change(self, table: Table) -> None:
        """Take the other columns of the group out."""
        _known(self.col_list, table)
        within = set(table.chosen(self.fields_group))
        table.columns = [
            column for k, column in enumerate(table.columns) if k not in within or column.name in self.col_list
        ]


def _names(given: Sequence[str]) -> tuple[str, ...]:
    if not isinstance(given, Sequence):
        raise BadRequest(f"col_list must be a list of names, got {given!r}", field="col_list")
    return (given,) if isinstance(given, str) else tuple(given)


def _known(names: Sequence[str], table: Table) -> None:
    known = tuple(column.name for column in table.columns)
    for name in names:
        if name not in known:
            raise unknown("column", name, known, "col_list")
