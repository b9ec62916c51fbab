"""A compiled plan: run over panels, sixteen assets at a time, by as many threads as wanted."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.codegen.emit import ALIGN, Source, emit
from quantgpt.codegen.lanes import WIDTH, Kind
from quantgpt.codegen.layout import Output, split
from quantgpt.codegen.memory import floats
from quantgpt.codegen.objects import Code, Host, compiled, default_folder
from quantgpt.foundations.errors import Broken

Panel = NDArray[Any]


def width_of(assets: int) -> int:
    """Columns of a row that holds whole groups of sixteen assets.

    >>> width_of(1), width_of(16), width_of(300)
    (16, 16, 304)
    """
    return -(-assets // WIDTH) * WIDTH


def padded(panel: Panel, dtype: type[np.floating[Any]] = np.float32, extra: int = 0) -> Panel:
    """The panel as `dtype` with whole groups of sixteen columns and `extra` rows of NaN at its end.

    The panel itself is returned where it already is like that; a float64 value is rounded to the nearest float32.
    """
    rows, assets = panel.shape
    width = width_of(assets)
    size = np.dtype(dtype).itemsize
    fits = panel.dtype == dtype and not extra and assets == width and panel.strides[1] == size
    if fits and panel.strides[0] >= width * size:
        return panel
    count = (rows + extra) * width
    made = floats(count * size // 4).view(dtype).reshape(rows + extra, width)
    with np.errstate(over="ignore"):
        made[:rows, :assets] = panel
    made[:rows, assets:] = np.nan
    made[rows:] = np.nan
    return made


@dataclass(frozen=True)
class Grid:
    """Which rows a run covers: results for rows `first` … `end` - 1, of data that begin at row `begin`.

    `start` is the first row that was asked for, which some of Qlib's operators depend on.
    """

    start: int
    begin: int
    first: int
    end: int


@dataclass(frozen=True)
class Placed:
    """An input: a panel (rows × padded assets) or a series (rows,), whose row 0 is row `base` of the data."""

    values: Panel
    base: int = 0

    @property
    def pointer(self) -> int:
        """The address of row 0 of the data, which may lie before the panel."""
        return int(self.values.ctypes.data) - self.base * self.stride

    @property
    def stride(self) -> int:
        return int(self.values.strides[0])


@dataclass(frozen=True)
class _Part:
    """Outputs whose working memory fits the cache: where they go, their assembly and their machine code."""

    planes: tuple[tuple[Kind, int], ...]
    source: Source
    code: Code


class Program:
    """Outputs compiled together.

    Raises: Broken when the generated code is not valid.
    """

    def __init__(self, outputs: Sequence[Output], *, host: Host | None = None, tile: int | None = None) -> None:
        self.host = host or Host.here()
        self.short = sum(output.lane.kind is Kind.F32 for output in outputs)
        self.long = len(outputs) - self.short
        counts = {Kind.F32: 0, Kind.F64: 0}
        planes = []
        for output in outputs:
            planes.append((output.lane.kind, counts[output.lane.kind]))
            counts[output.lane.kind] += 1
        self.parts = []
        for members in split(outputs):
            source = emit([outputs[i] for i in members], tile)
            code = compiled(source.text, self.host, default_folder())
            self.parts.append(_Part(tuple(planes[i] for i in members), source, code))
        self._scratch: list[Panel] = []
        self._scratch_bytes = max((part.source.short_bytes + part.source.long_bytes for part in self.parts), default=0)

    @property
    def reads(self) -> frozenset[str]:
        """Names of the inputs."""
        return frozenset(name for part in self.parts for _, name, _ in part.source.inputs)

    @property
    def history(self) -> int:
        """Rows before the first result that the results depend on."""
        return max((part.source.history for part in self.parts), default=0)

    def run(
        self,
        inputs: Mapping[tuple[str, str], Placed],
        span: tuple[NDArray[np.int32], NDArray[np.int32]],
        grid: Grid,
        out: Panel | None,
        aux: Panel | None,
        threads: int = 1,
    ) -> None:
        """Fill `out` (planes, rows, padded assets) float32 and `aux` likewise float64 with the results.

        `span` holds the rows of each asset's first and last bar, padded to whole groups of sixteen.
        """
        self._check(out, aux)
        calls = [_Call(part, inputs, span, grid, out, aux) for part in self.parts]
        strips = iter(range(len(span[0]) // WIDTH))

        def work(_: int) -> None:
            scratch = self._take()
            blocks = [call.block(scratch) for call in calls]
            while (strip := next(strips, None)) is not None:
                for call, block in zip(calls, blocks, strict=True):
                    call.run(block, strip)
            self._scratch.append(scratch)

        workers = max(1, min(threads, len(span[0]) // WIDTH))
        if workers == 1:
            work(0)
            return
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))

    def _take(self) -> Panel:
        """Working memory for one thread."""
        try:
            return self._scratch.pop()
        except IndexError:
            return floats(self._scratch_bytes // 4 + ALIGN)

    def _check(self, out: Panel | None, aux: Panel | None) -> None:
        for planes, count in ((out, self.short), (aux, self.long)):
            if not count:
                continue
            if (
                planes is None
                or len(planes) != count
                or any(s % ALIGN for s in (*planes.strides[:2], planes.ctypes.data))
            ):
                raise Broken("the room for results is not laid out for compiled code")


class _Call:
    """One part with everything but the strip filled in."""

    def __init__(
        self,
        part: _Part,
        inputs: Mapping[tuple[str, str], Placed],
        span: tuple[NDArray[np.int32], NDArray[np.int32]],
        grid: Grid,
        out: Panel | None,
        aux: Panel | None,
    ) -> None:
        self.part = part
        self.placed = [(what, kind, inputs[what, name]) for what, name, kind in part.source.inputs]
        for what, kind, source in self.placed:
            size = 4 if kind is Kind.F32 else 8
            if source.values.itemsize != size or (what == "field" and source.values.strides[1] != size):
                raise Broken("an input is not laid out for compiled code")
        self.table = np.array(
            [_pointer(out if kind is Kind.F32 else aux, plane) for kind, plane in part.planes], np.int64
        )
        low = max(grid.begin, grid.first - part.source.history)
        self.firsts, self.lasts = (int(rows.ctypes.data) for rows in span)
        strides = [int(planes.strides[1]) if planes is not None else 0 for planes in (out, aux)]
        self.words = [0, 0, 0, *strides, 0, 0, grid.start, low, grid.first, grid.end]

    def block(self, scratch: Panel) -> ctypes.Array[ctypes.c_int64]:
        """The argument block for one thread."""
        tail = 2 * len(self.placed) + 1
        block = (ctypes.c_int64 * (len(self.words) + tail))(*self.words)
        block[0] = int(scratch.ctypes.data)
        block[1] = block[0] + self.part.source.short_bytes
        block[2] = int(self.table.ctypes.data)
        return block

    def run(self, block: ctypes.Array[ctypes.c_int64], strip: int) -> None:
        """Compute sixteen assets."""
        at = strip * WIDTH
        block[5] = self.firsts + 4 * at
        block[6] = self.lasts + 4 * at
        base = len(self.words)
        block[base] = at
        for i, (what, kind, source) in enumerate(self.placed):
            size = 4 if kind is Kind.F32 else 8
            block[base + 1 + 2 * i] = source.pointer + (at * size if what == "field" else 0)
            block[base + 2 + 2 * i] = source.stride
        self.part.code.function(ctypes.addressof(block))


def _pointer(planes: Panel | None, plane: int) -> int:
    assert planes is not None
    return int(planes.ctypes.data) + plane * int(planes.strides[0])


def room(planes: int, rows: int, assets: int, kind: Kind = Kind.F32) -> Panel:
    """Uncleared memory for results: (planes, rows, padded assets), every row at a multiple of 64 bytes."""
    width = width_of(assets)
    factor = 1 if kind is Kind.F32 else 2
    whole = floats(planes * rows * width * factor)
    typed = whole if kind is Kind.F32 else whole.view(np.float64)
    return typed.reshape(planes, rows, width)


def spans(
    first: NDArray[np.integer[Any]], last: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """First and last rows padded to whole groups; the padding has no bar."""
    width = width_of(len(first))
    firsts = np.full(width, np.iinfo(np.int32).max, np.int32)
    lasts = np.full(width, -1, np.int32)
    firsts[: len(first)] = first
    lasts[: len(last)] = last
    return firsts, lasts
