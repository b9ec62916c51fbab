"""Features of many instruments: expressions in, Qlib's frame or plain arrays out."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest, UnknownMarket

if TYPE_CHECKING:
    import pandas as pd

    from quantgpt.expr import Expression
    from quantgpt.expr.features import FeatureBlock, FeatureInputs
    from quantgpt.foundations.panel import BoolPanel, Days
    from quantgpt.market.market import Market
    from quantgpt.market.qlib_folder import Membership, PanelSource

OpenMarket = Callable[["str | None"], "Market"]
"""opens a market by name, None the default one"""

BLOCK_BYTES = 32 << 20
"""Planes that a frame is copied from are made for some instruments at a time and take no more than this."""
_LANES = 16


@dataclass(frozen=True, kw_only=True)
class MakeFeatures:
    """Ask for features.

    `instruments`: codes in either spelling, a universe, or a mapping from codes to spans; a universe and spans trim the
    rows, a list does not; an empty list or mapping, and a universe or spans with nobody in them then, give no rows.
    `fields`: expressions, a mapping from names to expressions, or the name of a library. `source`: the name of a market
    (None: the default one) or the path of a Qlib folder, or one of them opened.
    """

    instruments: Any
    fields: Any
    start: Any = None
    end: Any = None
    dialect: Literal["qlib", "quantgpt"] = "qlib"
    compat: Literal["qlib", "strict", "extended"] = "qlib"
    source: Any = None
    freq: str = "day"
    threads: int | None = None


@dataclass(frozen=True, kw_only=True)
class FeatureArrays:
    """Features as planes, without a copy.

    Shape:  `values` (F, T, N) float32: names × days × codes, each plane time-major; `first` and `last` (N,) are the rows of
            the first and the last bar, last < first where there is none; `member` (T, N) says which rows a frame would have.
    NaN:    missing, and wherever an instrument has no bar.
    """

    values: NDArray[np.float32]
    names: tuple[str, ...]
    days: Days
    codes: tuple[str, ...]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    member: BoolPanel
    notices: tuple[str, ...] = ()


def make_frame(open_market: OpenMarket, ask: MakeFeatures) -> pd.DataFrame:
    """The features as Qlib's `D.features` gives them: float32, index (instrument, datetime), columns as asked for.

    Rows are the bars that an instrument has from `start` to `end`, both included, instruments in the order of Qlib's codes.
    (Where an expression names another instrument, Qlib adds rows on which only that one has bars; they are left out here.)
    Raises: BadExpression, BadRequest, NotFound, UnknownUniverse, NoData, BadImport for a damaged folder.
    """
    from quantgpt.codegen.memory import floats
    from quantgpt.expr.features import compute_features
    from quantgpt.services._frames import frame_of, runs_of, stack

    work = _prepared(open_market, ask)
    runs = runs_of(work.codes, work.first, work.last, work.rows, work.read.start, work.members)
    columns = floats(len(work.expressions) * runs.total).reshape(len(work.expressions), runs.total)
    step = work.step
    for low in range(0, len(work.codes), step):
        part = runs.within(low, low + step)
        if part.column.size:
            block = compute_features(
                work.expressions,
                work.inputs(low, min(low + step, len(work.codes))),
                start=work.start,
                stop=work.stop,
                threads=work.threads,
            )
            stack(block.values, part, columns, work.threads)
            del block
    work.warn()
    columns = columns if work.places is None else columns[list(work.places)]
    return frame_of(columns, work.names, work.codes, work.days, runs)


def make_arrays(open_market: OpenMarket, ask: MakeFeatures) -> FeatureArrays:
    """The features as planes, the instruments as columns in the order of Qlib's codes.  Raises: as `make_frame`."""
    from quantgpt.expr.features import compute_features

    work = _prepared(open_market, ask)
    block = compute_features(
        work.expressions, work.inputs(0, len(work.codes)), start=work.start, stop=work.stop, threads=work.threads
    )
    work.warn()
    return work.arrays(block)


@dataclass(frozen=True, kw_only=True)
class ReadInputs:
    """What features are computed from, read with enough rows before and after: rows `start` … `stop` − 1 are those asked for.

    Shape: `members` (T, N) over all rows read says who belongs to the universe; None where nothing trims the rows.
    """

    inputs: FeatureInputs
    names: tuple[str, ...]
    start: int
    stop: int
    members: BoolPanel | None


def read_inputs(open_market: OpenMarket, ask: MakeFeatures) -> ReadInputs:
    """Read what the features of `ask` are computed from and compute nothing, for handlers.  Raises: as `make_frame`."""
    work = _prepared(open_market, ask)
    work.warn()
    members = work.members.mask(work.codes, work.read) if work.members is not None else None
    return ReadInputs(
        inputs=work.inputs(0, len(work.codes)), names=work.codes, start=work.start, stop=work.stop, members=members
    )


@dataclass(frozen=True, kw_only=True)
class _Work:
    """Everything read and checked, ready to be computed. `rows` are the rows asked for, `read` those with warm-up."""

    names: tuple[str, ...]
    expressions: tuple[Expression, ...]
    """each once"""
    places: tuple[int, ...] | None
    """which of them each name shows; None: one each, in order"""
    codes: tuple[str, ...]
    members: Membership | None
    days: Days
    rows: slice
    read: slice
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    fields: Mapping[str, NDArray[Any]]
    read_days: Days
    eligible: BoolPanel | None
    industry: NDArray[np.int16] | None
    others: Mapping[str, FeatureInputs]
    whole: bool
    """an expression compares names with each other"""
    threads: int
    notices: tuple[str, ...] = ()

    @property
    def start(self) -> int:
        """The first row asked for among those read."""
        return int(self.rows.start - self.read.start)

    @property
    def stop(self) -> int:
        """The row after the last one asked for among those read."""
        return int(self.rows.stop - self.read.start)

    @property
    def step(self) -> int:
        """Instruments that are computed at a time."""
        if self.whole:
            return len(self.codes)
        each = 4 * len(self.expressions) * (self.stop - self.start)
        return max(_LANES, BLOCK_BYTES // each // _LANES * _LANES)

    def inputs(self, low: int, high: int) -> FeatureInputs:
        """What columns `low … high − 1` are computed from."""
        from quantgpt.expr.features import FeatureInputs

        return FeatureInputs(
            days=self.read_days,
            fields={name: panel[:, low:high] for name, panel in self.fields.items()},
            first=self.first[low:high],
            last=self.last[low:high],
            eligible=None if self.eligible is None else self.eligible[:, low:high],
            industry=None if self.industry is None else self.industry[low:high],
            others=self.others,
        )

    def arrays(self, block: FeatureBlock) -> FeatureArrays:
        """The block with the names of its columns."""
        from quantgpt.market.qlib_folder.panels import clipped

        asked = slice(self.start, self.stop)
        first, last = clipped(self.first, self.last, asked)
        at = np.arange(self.stop - self.start)[:, None]
        member = (at >= first) & (at <= last)
        if self.members is not None:
            member &= self.members.mask(self.codes, self.rows)
        return FeatureArrays(
            values=block.values if self.places is None else block.values[list(self.places)],
            names=self.names,
            days=self.days,
            codes=self.codes,
            first=first,
            last=last,
            member=member,
            notices=self.notices,
        )

    def warn(self) -> None:
        """Say what was taken as missing on request."""
        for notice in self.notices:
            warnings.warn(notice, UserWarning, stacklevel=4)


def _prepared(open_market: OpenMarket, ask: MakeFeatures) -> _Work:
    from quantgpt.expr.expression import read_expression
    from quantgpt.market.qlib_folder.calendar import frequency
    from quantgpt.services._selections import rows_between, selection

    if not isinstance(ask.freq, str):
        raise BadRequest(f"freq 必须是文本，收到 {ask.freq!r}", hint="day, 1min, 5min …", field="freq", nearest="day")
    freq = frequency(ask.freq)
    threads = _threads(ask.threads)
    dialect, compat, listed_fields = _listed_fields(ask)
    source = _source(open_market, ask.source, dialect)
    every = source.sessions(freq)
    rows = rows_between(every, ask.start, ask.end)
    codes, members = selection(source, ask.instruments, freq, every, rows)
    known = source.known_fields(codes, freq)
    texts = tuple(dict.fromkeys(text for _, text in listed_fields))
    expressions = tuple(
        read_expression(
            text, dialect=dialect, compat=compat, fields=known, has_industry=source.industry(()) is not None
        )
        for text in texts
    )
    others = _others(expressions)
    every_one = (*expressions, *(inner for inners in others.values() for inner in inners))
    before = max(max(one.warmup, one.left) for one in every_one)
    ahead = max(one.lookahead for one in every_one)
    read = slice(max(0, rows.start - before), min(every.size, rows.stop + ahead))
    whole = any(_compares_names(e) for e in expressions)
    if whole and members is not None:
        codes = tuple(sorted({*codes, *members.touching(read.start, rows.stop)}))
    panels = source.panels(codes, _stored(expressions), freq, read)
    member = members.mask(codes, read) if whole and members is not None else None
    at = {text: i for i, text in enumerate(texts)}
    places = tuple(at[text] for _, text in listed_fields)
    return _Work(
        names=tuple(name for name, _ in listed_fields),
        expressions=expressions,
        places=None if places == tuple(range(len(texts))) else places,
        codes=codes,
        members=members,
        days=every[rows],
        rows=rows,
        read=read,
        first=panels.first,
        last=panels.last,
        fields=panels.fields,
        read_days=panels.days,
        eligible=source.eligible(codes, read, member) if whole else None,
        industry=source.industry(codes) if any(e.uses_industry for e in expressions) else None,
        others={code: _other_inputs(source, code, inners, freq, read) for code, inners in others.items()},
        whole=whole,
        threads=threads,
        notices=panels.notices,
    )


def _threads(wanted: Any) -> int:
    """How many threads; None: as many as there are cores for this process.  Raises: BadRequest."""
    if wanted is None:
        return len(os.sched_getaffinity(0))
    if isinstance(wanted, bool) or not isinstance(wanted, int | np.integer) or wanted < 1:
        raise BadRequest(
            f"threads 必须是正整数或 None，收到 {repr(wanted)[:40]}", hint="None: one for each core", field="threads"
        )
    return int(wanted)


def _listed_fields(ask: MakeFeatures) -> tuple[Any, Any, list[tuple[str, str]]]:
    """Dialect, compat and the (name, expression) pairs of what was asked for."""
    fields = ask.fields
    if isinstance(fields, str) and set("$(") & set(fields):
        raise BadRequest(
            f"没有名为 {fields[:60]!r} 的因子库",
            hint=f"an expression is written in a list: [{fields[:60]!r}]",
            field="fields",
        )
    if isinstance(fields, str):
        from quantgpt.libraries import library

        shelf = library(fields)
        repeats = shelf.dialect == "qlib" and shelf.compat == "qlib"
        return shelf.dialect, ask.compat if repeats else shelf.compat, list(shelf.expressions.items())
    if isinstance(fields, Mapping):
        pairs = [(str(name), text) for name, text in fields.items()]
    elif isinstance(fields, Iterable):
        pairs = [(str(text), text) for text in fields]
    else:
        pairs = []
    if not pairs or not all(isinstance(text, str) for _, text in pairs):
        raise BadRequest(
            "fields 必须是表达式的列表、名称到表达式的映射，或因子库的名称",
            hint='["$close", "Mean($close,5)"], {"MA5": "Mean($close,5)"} or "alpha158"',
            field="fields",
        )
    return ask.dialect, ask.compat, pairs


def _source(open_market: OpenMarket, source: Any, dialect: str) -> PanelSource:
    """The opened source.  Raises: UnknownMarket, BadImport."""
    from quantgpt.market.market import Market
    from quantgpt.market.qlib_folder import QlibFolder, QlibMarket

    own_fields = dialect == "quantgpt"
    if isinstance(source, Market):
        return QlibMarket(source, own_fields=own_fields)
    if source is None or isinstance(source, str):
        try:
            if source is None or not {"/", os.sep} & set(source):
                return QlibMarket(open_market(source), own_fields=own_fields)
        except (UnknownMarket, BadRequest):
            if source is None or not _is_there(source):
                raise
        return QlibFolder.open(source)
    if isinstance(source, os.PathLike):
        return QlibFolder.open(Path(source))
    if not hasattr(source, "panels"):
        raise BadRequest(
            f"source 不能是 {str(source)[:60]!r}",
            hint="the name of a market, the path of a Qlib folder, or one of them opened",
            field="source",
        )
    opened: PanelSource = source
    return opened


def _is_there(path: str) -> bool:
    try:
        return Path(path).expanduser().exists()
    except (OSError, RuntimeError):
        return False


def _compares_names(expression: Expression) -> bool:
    """Whether a value depends on other names of the same session."""
    from quantgpt.expr.tree import walk
    from quantgpt.operators._base import Axis

    return any(node.operator is not None and node.operator.axis is Axis.DAY for node in walk(expression.plan))


def _stored(expressions: Iterable[Expression]) -> tuple[str, ...]:
    """Fields that have to be read, in order; the marks that the engine makes itself are none of `Expression.fields`."""
    return tuple(sorted({name for expression in expressions for name in expression.fields}))


def _others(expressions: Iterable[Expression]) -> dict[str, tuple[Expression, ...]]:
    """Expressions that are evaluated on another instrument, by its code."""
    out: dict[str, dict[str, Expression]] = {}
    for expression in expressions:
        for code, inner in expression.others.values():
            out.setdefault(code, {})[inner.hash] = inner
    return {code: tuple(inners.values()) for code, inners in out.items()}


def _other_inputs(
    source: PanelSource, code: str, inners: tuple[Expression, ...], freq: str, read: slice
) -> FeatureInputs:
    """What expressions on one other instrument are computed from."""
    from quantgpt.expr.features import FeatureInputs
    from quantgpt.market.qlib_folder import qlib_code

    own = qlib_code(code)
    source.known_fields((own,), freq)
    panels = source.panels((own,), _stored(inners), freq, read)
    deeper = {other: _other_inputs(source, other, more, freq, read) for other, more in _others(inners).items()}
    return FeatureInputs(
        days=panels.days,
        fields=panels.fields,
        first=panels.first,
        last=panels.last,
        eligible=None,
        industry=None,
        others=deeper,
    )
