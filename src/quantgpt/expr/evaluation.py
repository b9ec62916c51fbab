"""Plans → panels: blocks of sessions flow through compiled kernels, in one thread or several, with the same bits.

A kernel fills a row from that row and earlier ones alone, in an order fixed by the window; so it does not matter where a
block or a thread begins, as long as the rows it looks back at are there.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.expr.expression import Expression
from quantgpt.expr.planning import Plan, Step, make_plan
from quantgpt.foundations.errors import BadRequest, NoData
from quantgpt.foundations.panel import BoolPanel, Days, FloatPanel, MarketView
from quantgpt.operators._base import OPERATORS, Axis, Takes, read_only

BLOCK_CELLS = 48 * 1024
FEWEST_ROWS = 16
FEWEST_ROWS_PER_THREAD = 128


@dataclass(frozen=True)
class EvalInputs:
    """The data that expressions are evaluated on.

    Shape:  `days` (T,), every field and `eligible` (T, N), `industry` (N,) with -1 for unknown.
    """

    days: Days
    fields: Mapping[str, FloatPanel]
    eligible: BoolPanel
    industry: NDArray[np.int16] | None = None

    @classmethod
    def of(cls, view: MarketView) -> EvalInputs:
        """The inputs that a market view holds."""
        return cls(view.days, view.fields, view.eligible, view.industry)


def evaluate(expressions: Sequence[Expression], inputs: EvalInputs, *, threads: int = 1) -> list[FloatPanel]:
    """The panels of several expressions; what they share is computed once, and equal expressions share one panel.

    Shape:  each (T, N), C-contiguous float64; warm-up rows are included, missing where history does not reach.
    NaN:    missing; no value is ever infinite unless a bare field of the input is.
    Raises: NoData for a field that the inputs lack, BadRequest for panels of different shapes.
    """
    if not expressions:
        return []
    plan = make_plan([expression.plan for expression in expressions])
    data = _Data.read(plan, inputs)
    rows, assets = data.eligible.shape
    results: dict[str, FloatPanel] = {key: np.empty((rows, assets)) for key in dict.fromkeys(plan.roots)}
    if rows and assets:
        spans = _spans(rows, plan.warmup, threads)
        for step in plan.steps:
            step.operator.compiled()
        if len(spans) == 1:
            _run(plan, data, results, spans[0])
        else:
            with ThreadPoolExecutor(len(spans)) as pool:
                list(pool.map(lambda span: _run(plan, data, results, span), spans))
    return [results[key] for key in plan.roots]


def warm_up() -> int:
    """Compile every operator, or load it from the cache on disk; how many there are."""
    operators = [operator for operator in OPERATORS.all() if operator.axis is not Axis.MACRO]
    for operator in operators:
        operator.compiled()
    return len(operators)


@dataclass(frozen=True)
class _Data:
    """Checked, read-only inputs of one plan."""

    panels: dict[str, FloatPanel]
    eligible: BoolPanel
    industry: NDArray[np.int16]

    @classmethod
    def read(cls, plan: Plan, inputs: EvalInputs) -> _Data:
        eligible = np.ascontiguousarray(inputs.eligible, dtype=np.bool_)
        if eligible.ndim != 2 or eligible.shape[0] != len(inputs.days):
            raise BadRequest("eligible does not have one row per session", field="eligible")
        panels = {}
        for key, name in plan.fields.items():
            try:
                found = inputs.fields[name]
            except KeyError:
                raise NoData(
                    f"no data for the field {name!r}", hint=f"当前行情没有 {name}", field="expression"
                ) from None
            panel = np.ascontiguousarray(found, dtype=np.float64)
            if panel.shape != eligible.shape:
                raise BadRequest(f"field {name!r} has shape {panel.shape}, not {eligible.shape}", field=name)
            panels[key] = read_only(panel)
        assets = eligible.shape[1]
        codes = np.full(assets, -1, np.int16) if inputs.industry is None else inputs.industry
        industry = np.ascontiguousarray(codes, dtype=np.int16)
        if industry.shape != (assets,):
            raise BadRequest("industry does not have one code per name", field="industry")
        return cls(panels, read_only(eligible), read_only(industry))


def _spans(rows: int, warmup: int, threads: int) -> list[tuple[int, int]]:
    """Spans of rows for the threads; few rows are not worth a thread, since each recomputes the warm-up."""
    worth = max(1, rows // max(FEWEST_ROWS_PER_THREAD, warmup))
    count = min(max(1, threads), worth)
    edges = [rows * i // count for i in range(count + 1)]
    return list(itertools.pairwise(edges))


class _Buffer:
    """Rows of one made value: `tail` earlier rows, then those of the present block."""

    def __init__(self, tail: int, block: int, assets: int) -> None:
        self.tail = tail
        self.rows = np.full((tail + block, assets), np.nan)
        self.sealed = read_only(self.rows)

    def target(self, rows: int) -> FloatPanel:
        return self.rows[self.tail : self.tail + rows]

    def source(self, back: int, rows: int) -> FloatPanel:
        return self.sealed[self.tail - back : self.tail + rows]

    def turn(self, rows: int) -> None:
        """Keep the newest rows as the tail of the next block."""
        if self.tail:
            self.rows[: self.tail] = self.rows[rows : rows + self.tail]


class _Run:
    """One span of rows on its way through the plan."""

    def __init__(self, plan: Plan, data: _Data, results: dict[str, FloatPanel], span: tuple[int, int]) -> None:
        self.plan, self.data, self.results, self.span = plan, data, results, span
        self.assets = data.eligible.shape[1]
        read = {source for step in plan.steps for source in step.sources}
        self.direct = {key for key in results if key not in read and key not in plan.fields}
        longest = min(max((step.history for step in plan.steps), default=0), span[1])
        self.block = max(FEWEST_ROWS, BLOCK_CELLS // self.assets, longest // 2)
        self.block = min(self.block, max(span[1] - span[0], plan.warmup, 1))
        self.buffers = self._allot()
        self.flat: dict[tuple[str, int], FloatPanel] = {}

    def _allot(self) -> dict[str, _Buffer]:
        """A buffer for every made value; values that need no tail hand theirs on when they are no longer read."""
        buffers: dict[str, _Buffer] = {}
        spare: list[_Buffer] = []
        for step in self.plan.steps:
            if step.makes not in self.direct:
                tail = min(self.plan.tails[step.makes], self.span[1])
                fresh = tail or not spare
                buffers[step.makes] = _Buffer(tail, self.block, self.assets) if fresh else spare.pop()
            spare.extend(buffers[key] for key in step.last_use_of if not buffers[key].tail)
        return buffers

    def source(self, key: str, start: int, back: int, rows: int, panel: bool) -> Any:
        """Rows of a value with `back` earlier ones; a bare number where no panel is needed."""
        if key in self.plan.constants:
            return self._constant(key, back + rows) if panel else self.plan.constants[key]
        if key in self.data.panels:
            return self.data.panels[key][start - back : start + rows]
        return self.buffers[key].source(back, rows)

    def _constant(self, key: str, rows: int) -> FloatPanel:
        if (key, rows) not in self.flat:
            self.flat[key, rows] = read_only(np.full((rows, self.assets), self.plan.constants[key]))
        return self.flat[key, rows]

    def step(self, step: Step, start: int, rows: int) -> None:
        """Run one step on the rows from `start` on."""
        direct = step.makes in self.direct
        out = self.results[step.makes][start : start + rows] if direct else self.buffers[step.makes].target(rows)
        operator = step.operator
        kernel = operator.compiled()
        if operator.axis is Axis.CELL:
            kernel(*(self.source(key, start, 0, rows, False) for key in step.sources), out=out)
            return
        if operator.axis is Axis.DAY:
            groups = (self.data.industry,) if operator.grouped else ()
            panels = [self.source(key, start, 0, rows, True) for key in step.sources]
            kernel(out, *panels, self.data.eligible[start : start + rows], *groups)
            return
        back = min(start, step.history)
        windows = [place.takes is Takes.WINDOW for place in operator.places[operator.inputs :]]
        literals = [int(n) if is_window else n for n, is_window in zip(step.numbers, windows, strict=True)]
        kernel(out, back, *(self.source(key, start, back, rows, True) for key in step.sources), *literals)

    def whole(self) -> None:
        """Every block of the span, after the warm-up that the span needs."""
        first, end = self.span
        start = max(0, first - self.plan.warmup)
        while start < end:
            stop = min(start + self.block, first if start < first else end)
            for step in self.plan.steps:
                if stop > first - self.plan.early[step.makes]:
                    self.step(step, start, stop - start)
            for key in self.results:
                if key not in self.direct and start >= first:
                    self.results[key][start:stop] = self.source(key, start, 0, stop - start, True)
            for key in self.buffers:
                self.buffers[key].turn(stop - start)
            start = stop


def _run(plan: Plan, data: _Data, results: dict[str, FloatPanel], span: tuple[int, int]) -> None:
    with np.errstate(all="ignore"):
        _Run(plan, data, results, span).whole()
