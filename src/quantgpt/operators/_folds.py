"""Windows added up in one fixed order, whoever adds them: by halves, the newest and largest power of two first.

A window of N rows is cut from its newest row backwards into chunks whose lengths are the binary digits of N, largest
first. A chunk is the merge of its older and its newer half; the window is the newest chunk, into which the older ones
are merged one after the other. A loop over the rows of a window and a table of doubled windows therefore give the same
bits, and neither remembers a row that has left the window.

Spreads are taken from a reference that moves with the rows, the newest valid value at or before a row: a constant
window is exactly 0 and a large offset costs no digits. To merge an older part into a newer one, the sums of the older
are moved to the newer reference.

Every fold works in place on buffers whose first `window` places hold the rows, oldest first, and leaves the sums of the
whole window in the last of these places.
"""

from __future__ import annotations

import math

from quantgpt.operators._base import Array
from quantgpt.operators._lazy import routine

NAN = math.nan
FLAT = 2e-5
"""Qlib calls a window constant where its standard deviation is at most this"""
COUNT, NEWEST, S1, S2, C1, Q1, Q2 = 0, 1, 2, 3, 4, 5, 6
PAIRS, LAST_X, LAST_Y, SX, SY, SXX, SYY, SXY = 0, 1, 2, 3, 4, 5, 6, 7


@routine
def finite_or_nan(x: float) -> float:
    """`x`, or NaN where it is infinite."""
    return x if x - x == 0.0 else NAN


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
def fold_sum(values: Array, window: int) -> float:
    """Sum of the first `window` values, in the order of the fold; the values are used up."""
    chunk = 1
    while 2 * chunk <= window:
        chunk *= 2
    end = window
    while end > 0:
        while chunk > end:
            chunk //= 2
        start = end - chunk
        step = 1
        while step < chunk:
            for newer in range(start + 2 * step - 1, end, 2 * step):
                values[newer] = values[newer - step] + values[newer]
            step *= 2
        if end < window:
            values[window - 1] = values[end - 1] + values[window - 1]
        end = start
    total: float = values[window - 1]
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
        state[0, p] = 1.0 if fine else 0.0
        state[1, p] = newest
        state[2, p] = 0.0
        state[3, p] = 0.0


@routine
def merge_spread(state: Array, older: int, newer: int) -> None:
    """Merge the part that ends at place `older` into the one that ends at place `newer`."""
    n = state[0, older]
    delta = state[1, older] - state[1, newer]
    moved = n * delta + state[2, older]
    state[3, newer] = (state[3, older] + delta * (state[2, older] + moved)) + state[3, newer]
    state[2, newer] = moved + state[2, newer]
    state[0, newer] = n + state[0, newer]


@routine
def fold_spread(state: Array, window: int) -> None:
    """Number, sum and sum of squares of the distances from the newest valid value; rows COUNT, S1, S2 of `state`."""
    chunk = 1
    while 2 * chunk <= window:
        chunk *= 2
    end = window
    while end > 0:
        while chunk > end:
            chunk //= 2
        start = end - chunk
        step = 1
        while step < chunk:
            for newer in range(start + 2 * step - 1, end, 2 * step):
                merge_spread(state, newer - step, newer)
            step *= 2
        if end < window:
            merge_spread(state, end - 1, window - 1)
        end = start


@routine
def variance_of(n: float, s1: float, s2: float) -> float:
    """Sample variance (ddof 1) of `n` values from their sums about a reference; NaN with fewer than two."""
    if n < 2.0:
        return NAN
    mean = s1 * (1.0 / n)
    v = (s2 - s1 * mean) * (1.0 / (n - 1.0))
    return v if v > 0.0 or v != v else 0.0


@routine
def merge_trend(state: Array, older: int, newer: int, size: float) -> None:
    """Merge the part that ends at place `older` into the one of `size` rows that ends at place `newer`.

    Beside the sums of `merge_spread`: of age times distance, of age and of age squared, the newest row having age 0.
    """
    n = state[0, older]
    delta = state[1, older] - state[1, newer]
    moved = n * delta + state[2, older]
    ages = state[5, older]
    state[3, newer] = (state[3, older] + delta * (state[2, older] + moved)) + state[3, newer]
    state[4, newer] = ((state[4, older] + size * moved) + delta * ages) + state[4, newer]
    state[6, newer] = (state[6, older] + size * (2.0 * ages + size * n)) + state[6, newer]
    state[5, newer] = (ages + size * n) + state[5, newer]
    state[2, newer] = moved + state[2, newer]
    state[0, newer] = n + state[0, newer]


@routine
def fold_trend(state: Array, window: int) -> None:
    """As `fold_spread`, with the sums C1, Q1 and Q2 that a regression on the position needs."""
    for row in range(4, 7):
        for p in range(window):
            state[row, p] = 0.0
    chunk = 1
    while 2 * chunk <= window:
        chunk *= 2
    end = window
    while end > 0:
        while chunk > end:
            chunk //= 2
        start = end - chunk
        step = 1
        while step < chunk:
            for newer in range(start + 2 * step - 1, end, 2 * step):
                merge_trend(state, newer - step, newer, float(step))
            step *= 2
        if end < window:
            merge_trend(state, end - 1, window - 1, float(window - end))
        end = start


@routine
def slope_of(n: float, s1: float, c1: float, q1: float, q2: float) -> float:
    """Least-squares slope on the position from the sums of `fold_trend`; NaN with fewer than two values."""
    if n < 2.0:
        return NAN
    mean_age = q1 * (1.0 / n)
    return -(c1 - s1 * mean_age) / (q2 - q1 * mean_age)


@routine
def rsquare_of(n: float, s1: float, s2: float, c1: float, q1: float, q2: float) -> float:
    """Squared correlation with the position from the sums of `fold_trend`; NaN with fewer than two values."""
    if n < 2.0:
        return NAN
    rn = 1.0 / n
    mean_age = q1 * rn
    sxy = -(c1 - s1 * mean_age)
    return (sxy * sxy) / ((q2 - q1 * mean_age) * (s2 - s1 * (s1 * rn)))


@routine
def resi_of(n: float, s1: float, c1: float, q1: float, q2: float) -> float:
    """The newest value, if valid, less its place on the regression line; NaN with fewer than two values."""
    if n < 2.0:
        return NAN
    rn = 1.0 / n
    mean_age = q1 * rn
    slope = -(c1 - s1 * mean_age) / (q2 - q1 * mean_age)
    return -(s1 * rn + slope * mean_age)


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
        state[0, p] = 1.0 if fine else 0.0
        state[1, p] = last_x
        state[2, p] = last_y
        for row in range(3, 8):
            state[row, p] = 0.0


@routine
def merge_pairs(state: Array, older: int, newer: int) -> None:
    """Merge the part that ends at place `older` into the one that ends at place `newer`."""
    n = state[0, older]
    dx = state[1, older] - state[1, newer]
    dy = state[2, older] - state[2, newer]
    moved_x = n * dx + state[3, older]
    moved_y = n * dy + state[4, older]
    state[7, newer] = ((state[7, older] + dx * state[4, older]) + dy * moved_x) + state[7, newer]
    state[5, newer] = (state[5, older] + dx * (state[3, older] + moved_x)) + state[5, newer]
    state[6, newer] = (state[6, older] + dy * (state[4, older] + moved_y)) + state[6, newer]
    state[3, newer] = moved_x + state[3, newer]
    state[4, newer] = moved_y + state[4, newer]
    state[0, newer] = n + state[0, newer]


@routine
def fold_pairs(state: Array, window: int) -> None:
    """Number of common rows and the sums SX, SY, SXX, SYY and SXY of the distances from the newest common pair."""
    chunk = 1
    while 2 * chunk <= window:
        chunk *= 2
    end = window
    while end > 0:
        while chunk > end:
            chunk //= 2
        start = end - chunk
        step = 1
        while step < chunk:
            for newer in range(start + 2 * step - 1, end, 2 * step):
                merge_pairs(state, newer - step, newer)
            step *= 2
        if end < window:
            merge_pairs(state, end - 1, window - 1)
        end = start
