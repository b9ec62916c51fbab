"""Windows added up in one fixed order, whoever adds them: each is the merge of an older and a newer part.

How a window is cut depends on its length alone (`newer_part`): in halves, or off an odd number by its least prime factor,
or a single row off a prime. A loop over the rows of a window and a table of shared parts therefore give the same bits,
and neither remembers a row that has left the window.

Spreads are taken from a reference that moves with the rows, the newest valid value at or before a row: a constant
window is exactly 0 and a large offset costs no digits. To merge an older part into a newer one, the sums of the older
are moved to the newer reference.

Every fold works in place on buffers whose first `window` places hold the rows, oldest first, and leaves the sums of the
whole window in the last of these places.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Order
from quantgpt.operators._lazy import routine

NAN = math.nan
FLAT_SQUARE = 2e-5 * 2e-5
"""Qlib calls a window constant where its standard deviation is at most 2e-5"""
COUNT, NEWEST, S1, S2, C1, Q1, Q2 = 0, 1, 2, 3, 4, 5, 6
"""rows of the state of `fold_spread` (the first four) and `fold_trend`: number of values, the newest one, sums of the
distances from it and of their squares, of age times distance, of age, of age squared"""
PAIRS, LAST_X, LAST_Y, SX, SY, SXX, SYY, SXY = 0, 1, 2, 3, 4, 5, 6, 7
"""rows of the state of `fold_pairs`: number of common rows, the newest common pair, sums of the distances from it, of
their squares and of their products"""


@routine
def load_values(x: Array, today: int, j: int, window: int, values: Array) -> int:
    """Copy the window of column `j` that ends at row `today`, oldest first, 0 where nothing is; how many are valid."""
    n = 0
    first = today - window + 1
    for p in range(window):
        v = x[first + p, j] if first + p >= 0 else NAN
        fine = v - v == 0.0
        values[p] = v if fine else 0.0
        n += 1 if fine else 0
    return n


@routine
def newer_part(n: int) -> int:
    """How many rows the newer part of a window of `n` rows has.

    >>> [newer_part(n) for n in (2, 5, 10, 15, 20, 30, 60)]
    [1, 4, 5, 5, 10, 15, 30]
    """
    if n % 2 == 0:
        return n // 2
    prime = 3
    while prime * prime <= n:
        if n % prime == 0:
            return n // prime
        prime += 2
    return n - 1


@routine
def merges_of(window: int) -> Order:
    """The merges that make a window of its rows, parts before wholes: place of the older part, of the newer, its rows.

    >>> merges_of(3).tolist()
    [[0, 1, 1], [1, 2, 1]]
    """
    order = np.empty((window - 1, 3), np.int64)
    starts = np.empty(2 * window + 2, np.int64)
    lengths = np.empty(2 * window + 2, np.int64)
    starts[0] = 0
    lengths[0] = window
    waiting = 1
    k = window - 1
    while waiting > 0:
        waiting -= 1
        start = starts[waiting]
        n = lengths[waiting]
        if n < 2:
            continue
        m = newer_part(n)
        k -= 1
        order[k, 0] = start + n - m - 1
        order[k, 1] = start + n - 1
        order[k, 2] = m
        starts[waiting] = start
        lengths[waiting] = n - m
        starts[waiting + 1] = start + n - m
        lengths[waiting + 1] = m
        waiting += 2
    return order


@routine
def fold_sum(values: Array, order: Order) -> float:
    """Sum of the values in the order of `merges_of`; the values are used up."""
    for k in range(len(order)):
        values[order[k, 1]] = values[order[k, 0]] + values[order[k, 1]]
    total: float = values[len(order)]
    return total


@routine
def load_spread(x: Array, today: int, j: int, window: int, state: Array) -> None:
    """Prepare `fold_spread` or `fold_trend`: one part per row of the window of column `j` that ends at row `today`."""
    newest = 0.0
    first = today - window + 1
    for p in range(window):
        v = x[first + p, j] if first + p >= 0 else NAN
        fine = v - v == 0.0
        newest = v if fine else newest
        state[COUNT, p] = 1.0 if fine else 0.0
        state[NEWEST, p] = newest
        state[S1, p] = 0.0
        state[S2, p] = 0.0


@routine
def merge_spread(state: Array, older: int, newer: int) -> None:
    """Merge the part that ends at place `older` into the one that ends at place `newer`."""
    n = state[COUNT, older]
    delta = state[NEWEST, older] - state[NEWEST, newer]
    moved = n * delta + state[S1, older]
    state[S2, newer] = (state[S2, older] + delta * (state[S1, older] + moved)) + state[S2, newer]
    state[S1, newer] = moved + state[S1, newer]
    state[COUNT, newer] = n + state[COUNT, newer]


@routine
def fold_spread(state: Array, order: Order) -> None:
    """Number, sum and sum of squares of the distances from the newest valid value; rows COUNT, S1, S2 of `state`."""
    for k in range(len(order)):
        merge_spread(state, order[k, 0], order[k, 1])


@routine
def variance_of(n: float, s1: float, s2: float) -> float:
    """Sample variance (ddof 1) of `n` values from their sums about a reference; NaN with fewer than two."""
    if n < 2.0:
        return NAN
    v = (n * s2 - s1 * s1) / (n * (n - 1.0))
    return v if v > 0.0 or v != v else 0.0


@routine
def is_flat(n: float, s1: float, s2: float) -> bool:
    """Whether the sample standard deviation is at most 2e-5, which takes no division."""
    return n * s2 - s1 * s1 <= FLAT_SQUARE * (n * (n - 1.0))


@routine
def merge_trend(state: Array, older: int, newer: int, size: float) -> None:
    """Merge the part that ends at place `older` into the one of `size` rows that ends at place `newer`.

    Beside the sums of `merge_spread`: of age times distance, of age and of age squared, the newest row having age 0.
    """
    n = state[COUNT, older]
    delta = state[NEWEST, older] - state[NEWEST, newer]
    moved = n * delta + state[S1, older]
    ages = state[Q1, older]
    state[S2, newer] = (state[S2, older] + delta * (state[S1, older] + moved)) + state[S2, newer]
    state[C1, newer] = ((state[C1, older] + size * moved) + delta * ages) + state[C1, newer]
    state[Q2, newer] = (state[Q2, older] + size * (2.0 * ages + size * n)) + state[Q2, newer]
    state[Q1, newer] = (ages + size * n) + state[Q1, newer]
    state[S1, newer] = moved + state[S1, newer]
    state[COUNT, newer] = n + state[COUNT, newer]


@routine
def fold_trend(state: Array, order: Order) -> None:
    """As `fold_spread`, with the sums C1, Q1 and Q2 that a regression on the position needs."""
    for row in range(4, 7):
        for p in range(len(order) + 1):
            state[row, p] = 0.0
    for k in range(len(order)):
        merge_trend(state, order[k, 0], order[k, 1], float(order[k, 2]))


@routine
def slope_of(n: float, s1: float, c1: float, q1: float, q2: float) -> float:
    """Least-squares slope on the position from the sums of `fold_trend`; NaN with fewer than two values."""
    if n < 2.0:
        return NAN
    return (s1 * q1 - n * c1) / (n * q2 - q1 * q1)


@routine
def rsquare_of(n: float, s1: float, s2: float, c1: float, q1: float, q2: float) -> float:
    """Squared correlation with the position from the sums of `fold_trend`; NaN with fewer than two values."""
    if n < 2.0:
        return NAN
    products = s1 * q1 - n * c1
    return (products * products) / ((n * q2 - q1 * q1) * (n * s2 - s1 * s1))


@routine
def resi_of(n: float, s1: float, c1: float, q1: float, q2: float) -> float:
    """The newest value, if valid, less its place on the regression line; NaN with fewer than two values."""
    if n < 2.0:
        return NAN
    slope = (s1 * q1 - n * c1) / (n * q2 - q1 * q1)
    return -(s1 + slope * q1) / n


@routine
def load_pairs(x: Array, y: Array, today: int, j: int, window: int, state: Array) -> None:
    """Prepare `fold_pairs`: one part per row of the window of columns `j` that ends at row `today`."""
    last_x = 0.0
    last_y = 0.0
    first = today - window + 1
    for p in range(window):
        a = x[first + p, j] if first + p >= 0 else NAN
        b = y[first + p, j] if first + p >= 0 else NAN
        fine = a - a == 0.0 and b - b == 0.0
        last_x = a if fine else last_x
        last_y = b if fine else last_y
        state[PAIRS, p] = 1.0 if fine else 0.0
        state[LAST_X, p] = last_x
        state[LAST_Y, p] = last_y
        for row in range(3, 8):
            state[row, p] = 0.0


@routine
def merge_pairs(state: Array, older: int, newer: int) -> None:
    """Merge the part that ends at place `older` into the one that ends at place `newer`."""
    n = state[PAIRS, older]
    dx = state[LAST_X, older] - state[LAST_X, newer]
    dy = state[LAST_Y, older] - state[LAST_Y, newer]
    moved_x = n * dx + state[SX, older]
    moved_y = n * dy + state[SY, older]
    state[SXY, newer] = ((state[SXY, older] + dx * state[SY, older]) + dy * moved_x) + state[SXY, newer]
    state[SXX, newer] = (state[SXX, older] + dx * (state[SX, older] + moved_x)) + state[SXX, newer]
    state[SYY, newer] = (state[SYY, older] + dy * (state[SY, older] + moved_y)) + state[SYY, newer]
    state[SX, newer] = moved_x + state[SX, newer]
    state[SY, newer] = moved_y + state[SY, newer]
    state[PAIRS, newer] = n + state[PAIRS, newer]


@routine
def fold_pairs(state: Array, order: Order) -> None:
    """Number of common rows and the sums SX, SY, SXX, SYY and SXY of the distances from the newest common pair."""
    for k in range(len(order)):
        merge_pairs(state, order[k, 0], order[k, 1])
