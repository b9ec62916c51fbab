"""Processors that scale a column by what it was in a fit window."""

from __future__ import annotations

import math

import numpy as np

from quantgpt.learning import kernels
from quantgpt.learning.processors._base import FittedProcessor, Group, Numbers, PlaneProcessor, processor
from quantgpt.learning.tables import Column, Plane

NORMAL_SPREAD = 1.4826
"""standard deviation of a normal law over its median absolute deviation"""
TINY = 1e-12
MOST = 3.0
_ROWS = 256


@processor("MinMaxNorm")
class MinMaxNorm(FittedProcessor):
    """(x − least) / (greatest − least) of the fit window, not clipped; a constant column is left as it is.

    Source: Qlib 0.9.7, `MinMaxNorm`.
    """

    numbers = ("least", "greatest")

    def learn(self, plane: Plane, first: int, stop: int) -> Numbers:
        """Least and greatest value."""
        least, greatest = kernels.extremes(plane.flat, plane.width, plane.present, first, stop)
        return float(least), float(greatest)

    def constant(self, numbers: Numbers) -> bool:
        """Least and greatest are the same."""
        return numbers[0] == numbers[1]

    def apply(self, plane: Plane, numbers: Numbers) -> None:
        """Map the fit window onto 0..1."""
        least, greatest = numbers
        x, width = plane.flat, plane.width
        kernels.scale(x, width, plane.shape, least, greatest - least, math.inf, *plane.target())


@processor("ZScoreNorm")
class ZScoreNorm(FittedProcessor):
    """(x − mean) / deviation of the fit window, ddof 0; a constant column is left as it is.

    Source: Qlib 0.9.7, `ZScoreNorm`. Qlib adds up float32 columns in float32: its result strays from this one by about
            the rounding of a mean over the deviation (1e-5 where a price ratio near 1 varies by 0.01). Where the mean of
            equal values is rounded (0.1, 0.1, …), Qlib finds a deviation of 1e-17 and divides by it; here the column
            counts as constant.
    """

    numbers = ("mean", "deviation")

    def learn(self, plane: Plane, first: int, stop: int) -> Numbers:
        """Mean and standard deviation."""
        mean, deviation = kernels.moments(plane.flat, plane.width, plane.present, first, stop)
        return float(mean), float(deviation)

    def constant(self, numbers: Numbers) -> bool:
        """No deviation at all."""
        return numbers[1] == 0.0

    def apply(self, plane: Plane, numbers: Numbers) -> None:
        """Standardise."""
        x, width = plane.flat, plane.width
        kernels.scale(x, width, plane.shape, numbers[0], numbers[1], math.inf, *plane.target())


@processor("RobustZScoreNorm")
class RobustZScoreNorm(FittedProcessor):
    """(x − median) / ((median |x − median| + 1e-12) · 1.4826) of the fit window, then held within ±3 unless told not to.

    Source: Qlib 0.9.7, `RobustZScoreNorm`; as there, the median is held in the type of the column.
    """

    numbers = ("median", "spread")

    def __init__(
        self,
        fit_start_time: object = None,
        fit_end_time: object = None,
        fields_group: Group = None,
        clip_outlier: bool = True,
    ) -> None:
        super().__init__(fit_start_time, fit_end_time, fields_group)
        self.clip_outlier = bool(clip_outlier)

    def learn(self, plane: Plane, first: int, stop: int) -> Numbers:
        """Median and scaled median absolute deviation, both by selection."""
        cells = np.empty(int(np.count_nonzero(plane.present[first:stop])))
        n = kernels.valid_cells(plane.flat, plane.width, plane.present, first, stop, cells)
        if n == 0:
            return math.nan, math.nan
        cells = cells[:n]
        median = float(plane.values.dtype.type(_median(cells)))
        with np.errstate(invalid="ignore"):
            np.subtract(cells, median, out=cells)
        np.abs(cells, out=cells)
        return median, (_median(cells) + TINY) * NORMAL_SPREAD

    def apply(self, plane: Plane, numbers: Numbers) -> None:
        """Standardise and clip."""
        bound = MOST if self.clip_outlier else math.inf
        x, width = plane.flat, plane.width
        kernels.scale(x, width, plane.shape, numbers[0], numbers[1], bound, *plane.target())


@processor("TanhProcess")
class TanhProcess(PlaneProcessor):
    """tanh(x − 1) of every column whose name does not contain `LABEL`.

    Source: Qlib 0.9.7, `TanhProcess`.
    """

    def __init__(self) -> None:
        super().__init__()

    def takes(self, column: Column) -> bool:
        """Not a label, by its name."""
        return "LABEL" not in column.name

    def change(self, plane: Plane) -> None:
        """A few rows at a time, so that the float64 in between stays in the cache."""
        x = plane.values
        plane.target()
        out = plane.values
        for begin in range(0, len(x), _ROWS):
            rows = slice(begin, begin + _ROWS)
            out[rows] = np.tanh(np.subtract(x[rows], 1.0, dtype=np.float64))


def _median(cells: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Median of numbers without NaN; NaN if one is there. Reorders them."""
    n = cells.size
    if n % 2:
        cells.partition(n // 2)
        return float(cells[n // 2])
    cells.partition((n // 2 - 1, n // 2))
    with np.errstate(invalid="ignore"):
        return float((cells[n // 2 - 1] + cells[n // 2]) * 0.5)
