"""Datasets: a handler and its segments in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from quantgpt.foundations.errors import BadRequest, NoData
from quantgpt.learning import notices
from quantgpt.learning.handlers import ALL_COLUMNS, INFER, ColumnSet, DataHandler
from quantgpt.learning.matrices import Matrix
from quantgpt.learning.spans import Span, read_span
from quantgpt.learning.tables import unknown
from quantgpt.learning.windows import NONE, Windows

if TYPE_CHECKING:
    import pandas as pd

TRAIN = "train"
Segment: TypeAlias = "str | slice | Span"
Prepared: TypeAlias = "Matrix | pd.DataFrame | Windows"


class Dataset:
    """A handler cut into named segments, each from a day to a day, both inclusive.

    Train with `prepare("train", data_key="learn")`, predict with `infer` (the default), and evaluate with the label of
    the `raw` view. A handler without a fit window is fitted on the segment named `train`.

    Raises: BadRequest for a segment that is no pair of dates.
    """

    def __init__(self, handler: DataHandler, segments: Mapping[str, object]) -> None:
        self.handler = handler
        self.segments = {name: read_span(span, f"segments.{name}") for name, span in segments.items()}
        if TRAIN in self.segments:
            handler.fit_on(self.segments[TRAIN])

    @property
    def notices(self) -> list[dict[str, Any]]:
        """Those of the handler, and what is wrong with the segments."""
        own = [
            notices.overlap(one, other)
            for (one, a), (other, b) in combinations(self.segments.items(), 2)
            if _meet(a, b)
        ]
        end = self.segments[TRAIN].end if TRAIN in self.segments else None
        for fit in self.handler.fit_windows:
            if end is not None and (fit.end is None or fit.end > end):
                own.append(notices.fit_after_train(fit, self.segments[TRAIN]))
        return [*self.handler.notices, *own]

    def prepare(
        self,
        segments: Segment | Sequence[str],
        col_set: ColumnSet = ALL_COLUMNS,
        data_key: str = INFER,
        *,
        as_frame: bool = False,
    ) -> Any:
        """The rows of a segment (by name, slice or span), or a list of them for a list of names.

        Returns: a `Matrix`, a pandas frame with `as_frame`; `Windows` from a `TSDataset`.

        Raises: BadRequest for an unknown segment, view or group; NoData for a segment without rows.
        """
        if isinstance(segments, tuple | list):
            return [self._prepare(self._span(name), col_set, data_key, as_frame) for name in segments]
        return self._prepare(self._span(segments), col_set, data_key, as_frame)

    def _prepare(self, span: Span, col_set: ColumnSet, data_key: str, as_frame: bool) -> Prepared:
        if as_frame:
            return self.handler.fetch(span, col_set, data_key, as_frame=True)
        return self.handler.fetch(span, col_set, data_key)

    def _span(self, segment: object) -> Span:
        if not isinstance(segment, str):
            return read_span(segment, "segments")
        if segment not in self.segments:
            raise unknown("segment", segment, self.segments, "segments")
        return self.segments[segment]


class TSDataset(Dataset):
    """A dataset whose samples are windows of the last `step_len` sessions of one name.

    The `step_len` sessions before a segment are read too, so that its first windows are whole where history exists.

    Raises: BadRequest for a `step_len` below 1.
    """

    def __init__(
        self, handler: DataHandler, segments: Mapping[str, object], *, step_len: int = 30, fillna_type: str = NONE
    ) -> None:
        super().__init__(handler, segments)
        if isinstance(step_len, bool) or not isinstance(step_len, int) or step_len < 1:
            raise BadRequest(f"step_len must be a whole number from 1, got {step_len!r}", field="step_len", nearest=1)
        self.step_len = step_len
        self.fillna_type = fillna_type

    def _prepare(self, span: Span, col_set: ColumnSet, data_key: str, as_frame: bool) -> Windows:
        if as_frame:
            raise BadRequest("windows are arrays, not frames", field="as_frame", nearest=False)
        table = self.handler.view(INFER)
        sessions = table.days[table.present.any(axis=1)]
        start = span.start
        if start is not None and len(sessions):
            at = int(np.searchsorted(sessions, start, side="left"))
            start = min(start, sessions[max(0, at - self.step_len)])
        matrix = self.handler.fetch(Span(start, span.end), col_set, data_key)
        made = Windows(matrix, span.start, step_len=self.step_len, fill=self.fillna_type)
        if not len(made):
            raise NoData(f"the {data_key} view has no row in {span}", field="segments")
        return made


def _meet(one: Span, other: Span) -> bool:
    early = bool(one.start is None or other.end is None or one.start <= other.end)
    late = bool(other.start is None or one.end is None or other.start <= one.end)
    return early and late
