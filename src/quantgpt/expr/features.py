"""Feature matrices: many expressions at once, float32 results, float64 inside.

All expressions are one plan of compiled code (see `codegen`): every bit of a result depends on its own window alone, so
that neither the other expressions, the number of threads, nor where the computation begins changes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.codegen.lanes import Kind
from quantgpt.codegen.layout import Output
from quantgpt.codegen.objects import Host
from quantgpt.codegen.program import Grid, Placed, Program, padded, room, spans, width_of
from quantgpt.expr.expression import Expression
from quantgpt.expr.stages import Apart, Stage, stages_of
from quantgpt.expr.tree import Node, fold
from quantgpt.foundations.errors import BadRequest, NoData
from quantgpt.foundations.panel import BoolPanel, Days
from quantgpt.operators._base import Axis, Takes, read_only

FeaturePanel = NDArray[np.float32]
Panel = NDArray[Any]
FEWEST_ROWS_PER_THREAD = 64
FEWEST_ROWS = 256
LONGEST_RUN = 1 << 40
ROOM_BETWEEN_STAGES = 1 << 30
"""bytes"""


@dataclass(frozen=True)
class FeatureInputs:
    """The data that features are computed from.

    Shape:  T sessions × N assets; `fields` hold float32 or float64 panels, NaN = missing. Qlib's vocabulary reads float32,
            as Qlib stores it, so a float64 panel is rounded for it; ours reads float64 as it is. `first` and `last` are
            the rows of each asset's first and last bar (first > last: it has none): before and after them every field
            must be NaN, and a cell is not missing but absent. `eligible` are the cells that cross-sections compare (None: all
            with a bar), `industry` codes with -1 for unknown. `others` are single instruments that expressions name.
    """

    days: Days
    fields: Mapping[str, Panel]
    first: NDArray[np.integer[Any]]
    last: NDArray[np.integer[Any]]
    eligible: BoolPanel | None = None
    industry: NDArray[np.int16] | None = None
    others: Mapping[str, FeatureInputs] = field(default_factory=dict)

    def prepared(self, names: Sequence[str] | None = None, single: bool = False) -> FeatureInputs:
        """The same inputs laid out for compiled code, so that several computations do not each do it.

        With `single` float64 panels are rounded to float32.
        """
        kept = {}
        for name in self.fields if names is None else names:
            panel = self.fields[name]
            kept[name] = padded(panel, np.float64 if panel.dtype == np.float64 and not single else np.float32)
        return replace(self, fields=kept)

    @property
    def doubles(self) -> frozenset[str]:
        """Fields whose panels are float64."""
        return frozenset(name for name, panel in self.fields.items() if panel.dtype == np.float64)

    @classmethod
    def whole(cls, days: Days, fields: Mapping[str, Panel], **more: Any) -> FeatureInputs:
        """Inputs in which every asset has a bar on every session."""
        if not fields:
            raise BadRequest("no fields were given", field="fields")
        assets = next(iter(fields.values())).shape[1]
        last = np.full(assets, len(days) - 1, np.int32)
        return cls(days, fields, np.zeros(assets, np.int32), last, **more)


@dataclass(frozen=True)
class FeatureBlock:
    """Computed features.

    Shape:  `values` (F, R, N) float32, one plane per feature, rows at multiples of 64 bytes; `days` (R,). `first` and
            `last` are the rows of this block where an asset's bars begin and end (beyond the block where they do).
    NaN:    missing, or no bar. What is beyond the range of float32 is infinite.
    """

    values: FeaturePanel
    names: tuple[str, ...]
    days: Days
    first: NDArray[np.int32]
    last: NDArray[np.int32]

    def __getitem__(self, name: str) -> FeaturePanel:
        """The (R, N) plane of one feature.

        Raises: NoData for a name that is not there.
        """
        try:
            plane: FeaturePanel = self.values[self.names.index(name)]
        except ValueError:
            raise NoData(f"no feature {name!r}", field="name") from None
        return plane


def compute_features(
    expressions: Sequence[Expression],
    inputs: FeatureInputs,
    *,
    start: int = 0,
    stop: int | None = None,
    begin: int | None = None,
    names: Sequence[str] | None = None,
    threads: int = 1,
    out: FeaturePanel | None = None,
    host: Host | None = None,
    tile: int | None = None,
    fuse: bool = True,
) -> FeatureBlock:
    """The features of rows `start` … `stop` - 1 of the inputs.

    With `begin`, the rows from there on are made anew as part of a computation that started at `start`: one more session
    costs that session and the longest window before it, and its bits are those of the whole. `host`, `tile` and `fuse`
    choose how it is computed (for which machine, in pieces of how many sessions, or operator by operator).

    Raises: NoData for a field that the inputs lack; BadRequest for panels that do not fit or rows outside the data.
    """
    stop = len(inputs.days) if stop is None else stop
    begin = start if begin is None else begin
    if not 0 <= start <= begin <= stop <= len(inputs.days):
        raise BadRequest(f"rows {start} to {stop} are not rows of {len(inputs.days)} sessions", field="start")
    _check(expressions, inputs, names)
    titles = tuple(names) if names is not None else tuple(expression.text for expression in expressions)
    assets = len(inputs.first)
    rows = stop - begin
    made = room(len(expressions), rows, assets) if out is None else _given(out, len(expressions), rows, assets)
    if rows and assets:
        groups: dict[tuple[int, bool], list[int]] = {}
        for i, expression in enumerate(expressions):
            groups.setdefault((expression.lookahead, _reads_single(expression)), []).append(i)
        for (delay, single), places in groups.items():
            part = [expressions[i] for i in places]
            target = made if len(places) == len(expressions) else room(len(places), rows, assets)
            ready = inputs.prepared(sorted({name for expression in part for name in expression.fields}), single)
            programs = _programs_of(part, delay, _How(host, tile, fuse, ready.doubles))
            step = programs.rows_at_once(assets)
            for low in range(begin, stop, step):
                high = min(low + step, stop)
                runner = _Runner(programs, ready, start, low, high, threads)
                runner.run(part, target[:, low - begin : high - begin])
            if target is not made:
                made[places] = target
    return FeatureBlock(
        made[:, :, :assets],
        titles,
        inputs.days[begin:stop],
        (np.asarray(inputs.first, np.int64) - begin).astype(np.int32),
        (np.asarray(inputs.last, np.int64) - begin).astype(np.int32),
    )


def _reads_single(expression: Expression) -> bool:
    """Whether fields are float32 by the rules of the expression's vocabulary, as they are in Qlib's store."""
    return expression.dialect == "qlib" and expression.compat != "strict"


def _given(out: FeaturePanel, planes: int, rows: int, assets: int) -> FeaturePanel:
    shape = (planes, rows, width_of(assets))
    laid = (
        out.shape == shape
        and out.dtype == np.float32
        and not any(step % 64 for step in (*out.strides[:2], out.ctypes.data))
    )
    if not laid or (planes and rows and out.strides[2] != 4):
        raise BadRequest(
            f"out must be float32 of shape {shape} with rows at multiples of 64 bytes, from `room`", field="out"
        )
    return out


def _check(expressions: Sequence[Expression], inputs: FeatureInputs, names: Sequence[str] | None = None) -> None:
    """Refuse inputs that do not fit together, before compiled code reads them."""
    shape = (len(inputs.days), len(inputs.first))
    if names is not None and len(names) != len(expressions):
        raise BadRequest(f"{len(names)} names for {len(expressions)} expressions", field="names")
    for name in sorted({name for expression in expressions for name in expression.fields}):
        if name not in inputs.fields:
            raise NoData(f"no data for the field {name!r}", hint=f"当前数据没有 {name}", field="expression")
    for name, panel in inputs.fields.items():
        width = panel.shape[1] if panel.ndim == 2 else -1
        if panel.ndim != 2 or panel.shape[0] != shape[0] or width not in (shape[1], width_of(shape[1])):
            raise BadRequest(f"field {name!r} has shape {panel.shape}, not {shape}", field=name)
    if len(inputs.last) != shape[1]:
        raise BadRequest(f"{len(inputs.last)} last rows for {shape[1]} first rows", field="last")
    if inputs.eligible is not None and inputs.eligible.shape != shape:
        raise BadRequest(f"eligible has shape {inputs.eligible.shape}, not {shape}", field="eligible")
    if inputs.industry is not None and inputs.industry.shape != shape[1:]:
        raise BadRequest(f"industry has shape {inputs.industry.shape}, not {shape[1:]}", field="industry")


@dataclass(frozen=True)
class _How:
    """How code is made: for which machine, in tiles of how many sessions, fused or not, with float64 results or not."""

    host: Host | None
    tile: int | None
    fuse: bool
    doubles: frozenset[str] = frozenset()
    """fields that are float64 panels"""
    exact: bool = False

    def program(self, outputs: Sequence[Output]) -> Program:
        """The outputs compiled."""
        return Program(outputs, host=self.host, tile=self.tile)


def _programs_of(expressions: Sequence[Expression], delay: int, how: _How) -> _Programs:
    """The compiled programs of some expressions; those used last are remembered."""
    roots = [expression.plan for expression in expressions]
    return _programs(tuple(root.key for root in roots), delay, how, _Roots(roots))


@lru_cache(maxsize=64)
def _programs(keys: tuple[str, ...], delay: int, how: _How, roots: _Roots) -> _Programs:
    return _Programs.of(roots.nodes, delay, how)


class _Roots:
    """Trees handed to the cache of programs, which tells them apart by their keys."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Roots)

    def __hash__(self) -> int:
        return 0


@dataclass(frozen=True)
class _Programs:
    """Everything compiled for one set of expressions.

    `drops` are the values that nobody reads after each stage, `live` the most of them that there are at one time.
    """

    stages: tuple[tuple[Stage, Program | None], ...]
    last: Program
    history: int
    delay: int
    how: _How
    drops: tuple[frozenset[str], ...]
    live: int

    @classmethod
    def of(cls, roots: Sequence[Node], delay: int, how: _How) -> _Programs:
        stages, outputs = stages_of(roots, delay, how.fuse, how.exact, how.doubles)
        made = tuple((stage, how.program(stage.outputs) if stage.outputs else None) for stage in stages)
        last = how.program(outputs)
        reads = [stage.reads | (program.reads if program else set()) for stage, program in made] + [set(last.reads)]
        drops, there, live = [], set[str](), 0
        for i, stage in enumerate(stages):
            there |= {apart.name for apart in stage.apart}
            live = max(live, len(there) + len(stage.wanted))
            gone = there - set[str]().union(*reads[i + 1 :])
            drops.append(frozenset(gone))
            there -= gone
        history = max((_history(root) for root in roots), default=0) + delay
        return cls(made, last, history, delay, how, tuple(drops), live)

    def rows_at_once(self, assets: int) -> int:
        """How many rows to compute at a time, so that values between the stages stay within their room."""
        if not self.live:
            return LONGEST_RUN
        return max(ROOM_BETWEEN_STAGES // (self.live * width_of(assets) * 8), 2 * self.history, FEWEST_ROWS)


def _history(root: Node) -> int:
    def visit(node: Node, parts: tuple[int, ...]) -> int:
        operator = node.operator
        own = operator.history(*node.numbers) if operator and operator.axis is Axis.TIME else 0
        return own + max(parts, default=0)

    return fold(root, visit)


class _Runner:
    """One computation: stages, then the last program, each over the rows that the next one reads."""

    def __init__(
        self, programs: _Programs, inputs: FeatureInputs, start: int, begin: int, stop: int, threads: int
    ) -> None:
        self.programs, self.inputs, self.start, self.begin, self.threads = programs, inputs, start, begin, threads
        self.low = max(0, begin - programs.history)
        self.end = stop + programs.delay
        self.span = spans(inputs.first, inputs.last)
        self.assets = len(inputs.first)
        self.placed: dict[tuple[str, str], Placed] = {}

    def run(self, expressions: Sequence[Expression], target: Panel) -> None:
        """Fill `target`, one plane for every expression."""
        programs = self.programs
        beyond = max(0, self.end - len(self.inputs.days))
        self._fields(expressions, beyond)
        self._others(expressions, beyond)
        for (stage, program), gone in zip(programs.stages, programs.drops, strict=True):
            self._stage(stage, program)
            for name in gone:
                del self.placed["field", name]
        grid = Grid(self.start, self.low, self.begin + programs.delay, self.end)
        out, aux = (None, target) if programs.how.exact else (target, None)
        programs.last.run(self.placed, self.span, grid, out, aux, self.threads)

    def _fields(self, expressions: Sequence[Expression], beyond: int) -> None:
        """Fields laid out for compiled code, with empty rows after the data where a delay reads on."""
        for name in {name for expression in expressions for name in expression.fields}:
            panel = self.inputs.fields[name]
            self.placed["field", name] = Placed(padded(panel, panel.dtype.type, beyond))

    def _others(self, expressions: Sequence[Expression], beyond: int) -> None:
        """What is computed on one other instrument, unrounded, as one number per session."""
        for expression in expressions:
            for leaf, (code, inner) in expression.others.items():
                if ("series", leaf) not in self.placed:
                    self.placed["series", leaf] = Placed(self._line(code, inner, beyond), self.low)

    def _line(self, code: str, inner: Expression, beyond: int) -> Panel:
        """One expression on one instrument, from row `low` on."""
        if code not in self.inputs.others:
            raise NoData(f"no data for the instrument {code}", hint=f"没有 {code} 的行情", field="expression")
        other = self.inputs.others[code]
        if len(other.first) != 1 or not np.array_equal(other.days, self.inputs.days):
            raise BadRequest(f"{code}: one name on the same sessions is needed", field="others")
        _check([inner], other)
        other = replace(other, others={**self.inputs.others, **other.others})
        stop = len(self.inputs.days)
        other = other.prepared(sorted(inner.fields), _reads_single(inner))
        programs = _programs_of([inner], inner.lookahead, replace(self.programs.how, exact=True, doubles=other.doubles))
        target = room(1, stop - self.low, 1, Kind.F64)
        _Runner(programs, other, self.start, self.low, stop, 1).run([inner], target)
        line = np.full(stop - self.low + beyond, np.nan)
        line[: stop - self.low] = target[0, :, 0]
        return line

    def _stage(self, stage: Stage, program: Program | None) -> None:
        """Make what the operators of a stage read, then run them."""
        rows = self.end - self.low
        made: dict[tuple[str, int], Panel] = {}
        if program is not None:
            short = room(program.short, rows, self.assets) if program.short else None
            long = room(program.long, rows, self.assets, Kind.F64) if program.long else None
            grid = Grid(self.start, self.low, self.low, self.end)
            program.run(self.placed, self.span, grid, short, long, self.threads)
            counts = {Kind.F32: 0, Kind.F64: 0}
            for wanted, output in zip(stage.wanted, stage.outputs, strict=True):
                kind = output.lane.kind
                planes = short if kind is Kind.F32 else long
                assert planes is not None
                made[wanted] = planes[counts[kind]]
                counts[kind] += 1
        for apart in stage.apart:
            result = self._apart(apart, made, rows)
            self.placed["field", apart.name] = Placed(result, self.low)

    def _source(self, node: Node, apart: Apart, made: dict[tuple[str, int], Panel], rows: int, panel: bool) -> Any:
        """What an operator reads: rows from `low` on, or a bare number."""
        if node.kind == "number":
            return np.full((rows, self.assets), node.value) if panel else node.value
        if (node.key, apart.delay) in made:
            found = made[node.key, apart.delay][:, : self.assets]
        elif ("field", f"node:{node.key}") in self.placed:
            found = self.placed["field", f"node:{node.key}"].values[:, : self.assets]
        else:
            found = self.placed["field", node.name].values[self.low : self.end, : self.assets]
        return found if apart.single else read_only(np.ascontiguousarray(found, dtype=np.float64))

    def _apart(self, apart: Apart, made: dict[tuple[str, int], Panel], rows: int) -> Panel:
        """One operator on whole panels."""
        node, operator = apart.node, apart.operator
        if operator.axis is Axis.CELL:
            plain = np.empty((rows, self.assets), np.float32 if apart.single else np.float64)
            sources = [self._source(part, apart, made, rows, False) for part in node.parts]
            with np.errstate(all="ignore"):
                operator.compiled()(*sources, out=plain)
            return padded(plain, plain.dtype.type)
        panels = [self._source(part, apart, made, rows, True) for part in node.parts]
        plain = np.empty((rows, self.assets))
        kernel = operator.compiled()
        if operator.axis is Axis.DAY:
            eligible = np.ascontiguousarray(self._eligible(apart.delay))
            groups = (read_only(self._industry()),) if operator.grouped else ()
            self._spread(
                rows, lambda a, z: kernel(plain[a:z], *(p[a:z] for p in panels), read_only(eligible[a:z]), *groups)
            )
        else:
            places = operator.places[operator.inputs :]
            numbers = [int(n) if p.takes is Takes.WINDOW else n for p, n in zip(places, node.numbers, strict=True)]
            reach = operator.history(*node.numbers)

            def some(a: int, z: int) -> None:
                back = min(a, reach)
                kernel(plain[a:z], back, *(p[a - back : z] for p in panels), *numbers)

            self._spread(rows, some)
        return padded(plain, np.float64)

    def _spread(self, rows: int, work: Any) -> None:
        """Run `work(first, end)` over all rows, in several threads where that pays."""
        count = max(1, min(self.threads, rows // FEWEST_ROWS_PER_THREAD))
        edges = [rows * i // count for i in range(count + 1)]
        with np.errstate(all="ignore"):
            if count == 1:
                work(0, rows)
                return
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(work, edges[:-1], edges[1:]))

    def _eligible(self, delay: int) -> BoolPanel:
        """Which cells a cross-section compares, as it was `delay` sessions ago."""
        rows = np.arange(self.low, self.end)[:, None] - delay
        inside: BoolPanel = (rows >= np.asarray(self.inputs.first)) & (rows <= np.asarray(self.inputs.last))
        given = self.inputs.eligible
        if given is None:
            return inside
        known = (rows[:, 0] >= 0) & (rows[:, 0] < len(given))
        inside[~known] = False
        inside[known] &= given[rows[known, 0]]
        return inside

    def _industry(self) -> NDArray[np.int16]:
        codes = np.full(self.assets, -1, np.int16) if self.inputs.industry is None else self.inputs.industry
        return np.ascontiguousarray(codes, dtype=np.int16)
