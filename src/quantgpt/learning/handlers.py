"""The data handler: one table in three views, raw, for inference and for learning."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from quantgpt.foundations.errors import BadRequest, Conflict, NoData
from quantgpt.learning import notices
from quantgpt.learning.flows import refuse_for_inference, restore, run
from quantgpt.learning.matrices import Matrix, pick_rows
from quantgpt.learning.processors import Description, FittedProcessor, PlaneProcessor, Processor, read_processor
from quantgpt.learning.spans import Selector, Span, read_span
from quantgpt.learning.tables import LABEL, Table, unknown

if TYPE_CHECKING:
    import pandas as pd

RAW, INFER, LEARN = "raw", "infer", "learn"
VIEWS = (RAW, INFER, LEARN)
ALL_COLUMNS, RAW_COLUMNS = "__all", "__raw"
APPEND, INDEPENDENT = "append", "independent"
ColumnSet = str | Sequence[str]
Loader = Callable[[], Table]


class DataHandler:
    """Features and labels, raw and as processors leave them.

    Views:  `raw` (DK_R) is what the loader gave. `infer` (DK_I) is raw → shared → infer processors. `learn` (DK_L) is,
            with `append`, `infer` → learn processors; with `independent`, raw → shared → learn processors.
    Fit:    each processor is fitted on what the one before it left, on rows whose day lies in the fit window, both ends
            inclusive. The window is that of the handler, else the processor's own, else the train segment that a
            `Dataset` hands over (`fit_on`), which `notices` then says. Without any there is an error: the whole history
            is never used.
    Memory: a view copies a column when a processor first changes it, and never again. With the raw view kept, that is
            one copy of every column that the processors change (Alpha158: the label; Alpha360: everything); with
            `drop_raw` columns are changed in place and the raw view is gone.
    Work:   is done when a view is first asked for, and once. A handler may be read from several threads.

    Names, parameters and defaults are those of Qlib's `DataHandlerLP`; the numbers are those of each processor, computed
    in float64 and stored in the type of the table.
    """

    def __init__(
        self,
        table: Table | Loader,
        *,
        infer_processors: Iterable[Description] = (),
        learn_processors: Iterable[Description] = (),
        shared_processors: Iterable[Description] = (),
        process_type: str = APPEND,
        fit_start_time: object = None,
        fit_end_time: object = None,
        fitted: Sequence[Mapping[str, Any]] | None = None,
        drop_raw: bool = False,
        threads: int = 1,
    ) -> None:
        """Hand over the table, or what makes it; `fitted` are numbers learned before, in place of fitting.

        Raises: BadRequest for an unknown processor, process type or fit window, and for a processor that looks at the
        label among those for inference.
        """
        if process_type not in (APPEND, INDEPENDENT):
            raise BadRequest(
                f"process_type must be append or independent, got {process_type!r}",
                field="process_type",
                nearest=APPEND,
            )
        self.infer_processors = [read_processor(one) for one in infer_processors]
        self.learn_processors = [read_processor(one) for one in learn_processors]
        self.shared_processors = [read_processor(one) for one in shared_processors]
        refuse_for_inference(self.infer_processors, "infer_processors")
        refuse_for_inference(self.shared_processors, "shared_processors")
        self.process_type = process_type
        self.drop_raw = drop_raw
        self.threads = threads
        self.fit_window = fit_window(fit_start_time, fit_end_time)
        self._learned = fitted is not None
        if fitted is not None:
            restore(self._fitted_steps, fitted)
        self._train: Span | None = None
        self._source = table
        self._views: dict[str, Table] = {}
        self._notices: list[dict[str, Any]] = []
        self._lock = threading.RLock()

    @property
    def processors(self) -> list[Processor]:
        """All processors: shared, then infer, then learn."""
        return [*self.shared_processors, *self.infer_processors, *self.learn_processors]

    @property
    def needs_fit_window(self) -> bool:
        """Whether a processor has to be fitted and nobody has said on which days."""
        return not self._learned and any(self._span_of(step) is None for step in self._fitted_steps)

    @property
    def fit_windows(self) -> list[Span]:
        """The spans that processors are fitted on, each once, as far as they are known."""
        spans = [] if self._learned else [self._span_of(step) for step in self._fitted_steps]
        return list(dict.fromkeys(span for span in spans if span is not None))

    @property
    def notices(self) -> list[dict[str, Any]]:
        """What a reader must know, as `code`, `zh`, `en`, `args`; complete once the views are made."""
        with self._lock:
            return [dict(entry) for entry in self._notices]

    @property
    def fitted(self) -> list[dict[str, Any]]:
        """What the fitted processors have learned, in the order of `processors`, as plain values for a file.

        Hand it to another handler as `fitted=` to process later days by the same numbers.
        """
        self._prepare()
        return [step.learned() for step in self._fitted_steps]

    def fit_on(self, segment: object) -> None:
        """Use this span as the fit window of processors that have none; nothing happens where all have one.

        Raises: Conflict when another span was handed over before: one handler serves one train segment.
        """
        span = read_span(segment, "segments")
        with self._lock:
            if not self._on_train:
                return
            if self._train not in (None, span):
                raise Conflict(
                    f"the processors are fitted on {self._train} already, not on {span}", hint="make a handler for each"
                )
            self._train = span

    def view(self, data_key: str = INFER) -> Table:
        """One of the three views as a table; it is not to be written to.

        Raises: BadRequest for an unknown view, or for `raw` with `drop_raw`; whatever the loader or a processor raises.
        """
        if data_key not in VIEWS:
            raise unknown("view", str(data_key), VIEWS, "data_key")
        if data_key == RAW and self.drop_raw:
            raise BadRequest(
                "the raw view was given up for its memory",
                hint="set drop_raw to False",
                field="data_key",
                nearest=INFER,
            )
        self._prepare()
        return self._views[data_key]

    def columns(self, col_set: ColumnSet = ALL_COLUMNS, data_key: str = INFER) -> list[tuple[str, str]]:
        """(group, name) of the columns of a set.  Raises: BadRequest for an unknown group or view."""
        table = self.view(data_key)
        return [table.columns[k].key for k in _chosen(table, col_set)]

    @overload
    def fetch(
        self,
        selector: Selector = None,
        col_set: ColumnSet = ALL_COLUMNS,
        data_key: str = INFER,
        *,
        as_frame: Literal[True],
    ) -> pd.DataFrame: ...

    @overload
    def fetch(
        self,
        selector: Selector = None,
        col_set: ColumnSet = ALL_COLUMNS,
        data_key: str = INFER,
        *,
        as_frame: Literal[False] = False,
    ) -> Matrix: ...

    def fetch(
        self,
        selector: Selector = None,
        col_set: ColumnSet = ALL_COLUMNS,
        data_key: str = INFER,
        *,
        as_frame: bool = False,
    ) -> Matrix | pd.DataFrame:
        """The rows of one view whose day is selected.

        `selector`: a (start, end) pair or slice, both ends inclusive, either None; one day; or None for everything.
        `col_set`:  a group, a list of groups, `__all` or `__raw` (every column; frames of `__raw` and of a list have the
                    groups above the names).

        Raises: BadRequest for an unknown view or group and for a span that cannot be read; NoData when no row is there.
        """
        span = read_span(selector, "selector")
        table = self.view(data_key)
        chosen = _chosen(table, col_set)
        first, stop = span.rows(table.days)
        two_levels = not isinstance(col_set, str) or col_set == RAW_COLUMNS
        matrix = pick_rows(table, chosen, first, stop, two_levels=two_levels, threads=self.threads)
        if not len(matrix):
            raise NoData(f"the {data_key} view has no row in {span}", hint=_extent(table), field="selector")
        return matrix.frame() if as_frame else matrix

    def _prepare(self) -> None:
        with self._lock:
            if not self._views:
                self._make()

    def _make(self) -> None:
        raw = self._source() if callable(self._source) else self._source
        rows = {} if self._learned else {id(step): self._rows_of(step, raw) for step in self._fitted_steps}
        fit_rows = None if self._learned else lambda step: rows[id(step)]

        def process(table: Table, steps: Sequence[Processor]) -> Table:
            run(table, steps, fit_rows, threads=self.threads)
            return table

        if self.drop_raw:
            self._source = self._source if callable(self._source) else _spent
            shared = raw.taken()
        else:
            shared = raw.branch()
        process(shared, self.shared_processors)
        apart = self.process_type == INDEPENDENT
        infer = process(shared.branch() if apart else shared, self.infer_processors)
        learn = process((shared if apart else infer).branch(), self.learn_processors)
        self._tell(infer)
        self._views = {INFER: infer, LEARN: learn} if self.drop_raw else {RAW: raw, INFER: infer, LEARN: learn}
        self._source = _spent

    @property
    def _fitted_steps(self) -> list[FittedProcessor]:
        return [step for step in self.processors if isinstance(step, FittedProcessor)]

    @property
    def _on_train(self) -> bool:
        """Whether a processor has neither a window of its own nor one of the handler."""
        return not self._learned and any(
            (self.fit_window or fit_window(step.fit_start_time, step.fit_end_time)) is None
            for step in self._fitted_steps
        )

    def _span_of(self, step: FittedProcessor) -> Span | None:
        return self.fit_window or fit_window(step.fit_start_time, step.fit_end_time) or self._train

    def _rows_of(self, step: FittedProcessor, table: Table) -> tuple[int, int]:
        span = self._span_of(step)
        if span is None:
            raise BadRequest(
                f"{step.name} has to be fitted, and neither a fit window nor a train segment was given",
                hint="set fit_start_time and fit_end_time; the whole history is never used",
                field="fit_start_time",
            )
        first, stop = span.rows(table.days)
        if not table.present[first:stop].any():
            raise BadRequest(
                f"the fit window {span} of {step.name} holds no row", hint=_extent(table), field="fit_start_time"
            )
        return first, stop

    def _tell(self, infer: Table) -> None:
        if self._on_train and self._train:
            self._notices.append(notices.fit_on_train(self._train))
        labels = [column for column in infer.columns if column.group == LABEL]
        changing = [
            step.name
            for step in (*self.shared_processors, *self.infer_processors)
            if isinstance(step, PlaneProcessor) and any(step.takes(column) for column in labels)
        ]
        if changing:
            self._notices.append(notices.label_in_inference(changing, [column.name for column in labels]))
        self._notices.extend(notices.of_processors(self._fitted_steps))


def fit_window(start: object, end: object) -> Span | None:
    """The span between two dates, both inclusive; None when neither is given.

    Raises: BadRequest when one of them is missing or the end is before the start.
    """
    if start is None and end is None:
        return None
    if start is None or end is None:
        missing = "fit_start_time" if start is None else "fit_end_time"
        raise BadRequest(f"a fit window needs both ends, {missing} is missing", field=missing)
    return read_span((start, end), "fit_start_time")


def _chosen(table: Table, col_set: ColumnSet) -> list[int]:
    if isinstance(col_set, str) and col_set in (ALL_COLUMNS, RAW_COLUMNS):
        return table.chosen(None)
    return table.chosen(col_set, field="col_set")


def _extent(table: Table) -> str:
    rows = np.flatnonzero(table.present.any(axis=1))
    return f"rows run from {table.days[rows[0]]} to {table.days[rows[-1]]}" if rows.size else "the table has no rows"


def _spent() -> Table:
    raise Conflict("the data were changed in place by a run that failed", hint="make a new handler")
