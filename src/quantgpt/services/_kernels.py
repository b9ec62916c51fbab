"""Compiled loops of services: a time-major plane laid out instrument by instrument."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.jit import kernel

TILE_COLUMNS = 16
TILE_ROWS = 64


@kernel
def stack_runs(
    plane: NDArray[np.float32],
    column: NDArray[np.int64],
    start: NDArray[np.int64],
    length: NDArray[np.int64],
    offset: NDArray[np.int64],
    out: Any,
) -> None:
    """Copy runs of rows of single columns of `plane` to their places in `out`.

    Shape:  `plane` (T, N); run k is rows `start[k] … start[k] + length[k] − 1` of `column[k]` and goes to `offset[k] …` of
            `out` (R,). Runs are sorted by column; those of one cache line of columns are copied side by side.
    """
    runs = column.size
    i = 0
    while i < runs:
        tile = column[i] // TILE_COLUMNS
        low, high = start[i], start[i] + length[i]
        j = i + 1
        while j < runs and column[j] // TILE_COLUMNS == tile:
            low = min(low, start[j])
            high = max(high, start[j] + length[j])
            j += 1
        for begin in range(low, high, TILE_ROWS):
            end = min(begin + TILE_ROWS, high)
            for k in range(i, j):
                a, b = max(begin, start[k]), min(end, start[k] + length[k])
                c, shift = column[k], offset[k] - start[k]
                for t in range(a, b):
                    out[shift + t] = plane[t, c]
        i = j
