"""Running a list of processors over a table: fitted one after the other, columns in parallel where steps allow it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from quantgpt.foundations.errors import BadRequest, Broken
from quantgpt.learning.parallel import run_all
from quantgpt.learning.processors._base import FittedProcessor, PlaneProcessor, Processor, TableProcessor
from quantgpt.learning.tables import Arena, Column, Plane, Table

FitRows: TypeAlias = Callable[[FittedProcessor], tuple[int, int]]
"""the rows first..stop−1 that a processor learns from"""


def run(table: Table, processors: Sequence[Processor], fit_rows: FitRows | None, *, threads: int = 1) -> None:
    """Change `table` by every processor in turn.

    Each step sees, and is fitted on, what the step before it has left. Steps that work column by column are carried
    out one column after another, all steps of a column together, so that a plane is read while it is in the cache;
    the numbers are the same. With `fit_rows` None the steps use what they have learned before.

    Raises: BadRequest of a step.
    """
    for by_plane, steps in groupby(processors, key=lambda step: isinstance(step, PlaneProcessor)):
        if by_plane:
            _run_by_plane(table, [step for step in steps if isinstance(step, PlaneProcessor)], fit_rows, threads)
            continue
        for step in steps:
            if not isinstance(step, TableProcessor):
                raise Broken(f"{step.name} is neither a table processor nor a plane processor")
            step.change(table)


def refuse_for_inference(processors: Iterable[Processor], field: str) -> None:
    """Raise BadRequest for a step that must not shape what a model predicts from."""
    for step in processors:
        if not step.for_inference:
            raise BadRequest(
                f"{step.name} looks at the label, which is unknown when a model predicts; it cannot be in {field}",
                hint="put it into learn_processors",
                field=field,
            )


def restore(steps: Sequence[FittedProcessor], learned: Sequence[Mapping[str, Any]]) -> None:
    """Give processors what others of the same classes have learned, in order.

    Raises: BadRequest when the classes differ or an entry is not complete.
    """
    names = [step.name for step in steps]
    given = [str(entry.get("class")) for entry in learned]
    if names != given:
        raise BadRequest(f"the learned numbers are those of {given}, the processors are {names}", field="fitted")
    for step, entry in zip(steps, learned, strict=True):
        try:
            step.fitted = {(str(g), str(n)): tuple(map(float, v)) for g, n, *v in entry["columns"]}
        except (KeyError, TypeError, ValueError):
            raise BadRequest(f"what {step.name} has learned cannot be read", field="fitted") from None
        if any(len(values) != len(step.numbers) for values in step.fitted.values()):
            raise BadRequest(f"{step.name} needs {', '.join(step.numbers)} of every column", field="fitted")


def _run_by_plane(table: Table, steps: Sequence[PlaneProcessor], fit_rows: FitRows | None, threads: int) -> None:
    windows: list[tuple[int, int] | None] = []
    for step in steps:
        table.chosen(step.fields_group)
        windows.append(fit_rows(step) if fit_rows and isinstance(step, FittedProcessor) else None)
        if windows[-1] and isinstance(step, FittedProcessor):
            step.fitted = {column.key: () for column in table.columns if step.takes(column)}

    arena = Arena(sum(any(step.takes(column) for step in steps) for column in table.columns))

    def work(column: Column) -> Column:
        plane = Plane(column, table.present, arena)
        for step, window in zip(steps, windows, strict=True):
            if step.takes(column):
                if window and isinstance(step, FittedProcessor):
                    step.fitted[column.key] = step.learn(plane, *window)
                step.change(plane)
        return plane.column

    table.columns = run_all(work, table.columns, threads)
