"""A compiled plan: run over panels, sixteen assets at a time, by as many threads as wanted."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.codegen.emit import ALIGN, Output, Source, emit
from quantgpt.codegen.lanes import WIDTH, Kind
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


class Program:
    """Outputs compiled together.

    Raises: Broken when the generated code is not valid.
    """

    def __init__(self, outputs: Sequence[Output], *, host: Host | None = None, tile: int | None = None) -> None:
        self.host = host or Host.here()
        self.source: Source = emit(outputs, tile)
        self.short = sum(output.lane.kind is Kind.F32 for output in outputs)
        self.long = len(outputs) - self.short
        key = hashlib.sha256(self.source.text.encode()).hexdigest()
        self.code: Code = compiled(key, lambda: self.source.text, self.host, default_folder())
        self._scratch: list[tuple[Panel, Panel]] = []

    @property
    def history(self) -> int:
        """Rows before the first result that the results depend on."""
        return self.source.history

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
        firsts, lasts = span
        placed = [inputs[what, name] for what, name, _ in self.source.inputs]
        self._check(placed, out, aux)
        words = [0, 0, *_place(out), *_place(aux), 0, 0, grid.start, grid.begin, grid.first, grid.end]
        strips = iter(range(len(firsts) // WIDTH))

        def work(_: int) -> None:
            scratch = self._take()
            block = (ctypes.c_int64 * (len(words) + 2 * len(placed)))(*words)
            block[0], block[1] = (int(part.ctypes.data) for part in scratch)
            while (strip := next(strips, None)) is not None:
                at = strip * WIDTH
                block[2] = words[2] + 4 * at
                block[5] = words[5] + 8 * at
                block[8] = int(firsts.ctypes.data) + 4 * at
                block[9] = int(lasts.ctypes.data) + 4 * at
                for i, ((what, _name, kind), source) in enumerate(zip(self.source.inputs, placed, strict=True)):
                    size = 4 if kind is Kind.F32 else 8
                    block[len(words) + 2 * i] = source.pointer + (at * size if what == "field" else 0)
                    block[len(words) + 2 * i + 1] = source.stride
                self.code.function(ctypes.addressof(block))
            self._scratch.append(scratch)

        workers = max(1, min(threads, len(firsts) // WIDTH))
        if workers == 1:
            work(0)
            return
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))

    def _take(self) -> tuple[Panel, Panel]:
        try:
            return self._scratch.pop()
        except IndexError:
            short, long = self.source.short_bytes // 4, self.source.long_bytes // 8
            whole = floats(short + 2 * long + 2 * ALIGN)
            return whole[:short], whole[short : short + 2 * long].view(np.float64)

    def _check(self, placed: Sequence[Placed], out: Panel | None, aux: Panel | None) -> None:
        for (what, name, kind), source in zip(self.source.inputs, placed, strict=True):
            size = 4 if kind is Kind.F32 else 8
            if source.values.itemsize != size or (what == "field" and source.values.strides[1] != size):
                raise Broken(f"input {name!r} is not laid out for compiled code")
        for planes, count in ((out, self.short), (aux, self.long)):
            if count and (planes is None or len(planes) != count or any(s % ALIGN for s in planes.strides[:2])):
                raise Broken("the room for results is not laid out for compiled code")
            if count and planes is not None and planes.ctypes.data % ALIGN:
                raise Broken("the room for results is not aligned")


def _place(planes: Panel | None) -> tuple[int, int, int]:
    if planes is None:
        return 0, 0, 0
    return int(planes.ctypes.data), int(planes.strides[0]), int(planes.strides[1])


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
