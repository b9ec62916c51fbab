"""Sums in the order of `numpy.add.reduce`, for operators that have to tie where Qlib, which calls numpy, does.

Up to seven values are added one after the other; up to 128 in eight running sums that are joined in pairs; more are cut
in halves at a multiple of eight.

Source: numpy 2.4, `DOUBLE_pairwise_sum`.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array
from quantgpt.operators._lazy import routine

NAN = math.nan
BLOCK = 128
EIGHT = 8
DEEPEST = 64


@routine
def block_sum(values: Array, start: int, n: int) -> float:
    """Sum of `n` values from `start` on, at most 128."""
    if n < EIGHT:
        few = 0.0
        for p in range(start, start + n):
            few += values[p]
        return few
    r = np.empty(EIGHT)
    for k in range(EIGHT):
        r[k] = values[start + k]
    whole = n - n % EIGHT
    for p in range(EIGHT, whole, EIGHT):
        for k in range(EIGHT):
            r[k] += values[start + p + k]
    total: float = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
    for p in range(start + whole, start + n):
        total += values[p]
    return total


@routine
def numpy_sum(values: Array, n: int) -> float:
    """Sum of the first `n` values, to the bit what `values[:n].sum()` is."""
    if n <= BLOCK:
        return block_sum(values, 0, n)
    starts = np.empty(DEEPEST, np.int64)
    lengths = np.empty(DEEPEST, np.int64)
    visits = np.zeros(DEEPEST, np.int64)
    lefts = np.empty(DEEPEST)
    starts[0] = 0
    lengths[0] = n
    depth = 0
    result = 0.0
    while depth >= 0:
        length = lengths[depth]
        half = length // 2 - (length // 2) % EIGHT
        if length <= BLOCK:
            result = block_sum(values, starts[depth], length)
            depth -= 1
        elif visits[depth] == 2:
            result = lefts[depth] + result
            depth -= 1
        else:
            if visits[depth] == 1:
                lefts[depth] = result
            starts[depth + 1] = starts[depth] + (half if visits[depth] == 1 else 0)
            lengths[depth + 1] = length - half if visits[depth] == 1 else half
            visits[depth] += 1
            visits[depth + 1] = 0
            depth += 1
    return result


@routine
def mean_distance(values: Array, n: int) -> float:
    """Mean distance of the first `n` values from their mean; the values are used up. NaN where there are none."""
    if n == 0:
        return NAN
    mean = numpy_sum(values, n) / n
    for p in range(n):
        values[p] = abs(values[p] - mean)
    return numpy_sum(values, n) / n
