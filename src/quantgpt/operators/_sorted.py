"""A window kept in ascending order: values come and go one by one, and order statistics are read from it."""

from __future__ import annotations

from quantgpt.operators._base import Array
from quantgpt.operators._lazy import routine


@routine
def place_in(values: Array, n: int, v: float) -> int:
    """How many of the first `n` values, which are in ascending order, are smaller than `v`."""
    low = 0
    high = n
    while low < high:
        half = (low + high) // 2
        if values[half] < v:
            low = half + 1
        else:
            high = half
    return low


@routine
def take_in(values: Array, n: int, v: float) -> int:
    """Insert `v` into the first `n` values, which are in ascending order; the new number. Only a finite `v` counts."""
    if v - v != 0.0:
        return n
    v = v + 0.0  # minus zero becomes zero: the two are equal, and the order of equals would depend on the past
    place = place_in(values, n, v)
    for p in range(n, place, -1):
        values[p] = values[p - 1]
    values[place] = v
    return n + 1


@routine
def take_out(values: Array, n: int, v: float) -> int:
    """Take one `v` out of the first `n` values, which are in ascending order; the new number."""
    if v - v != 0.0:
        return n
    for p in range(place_in(values, n, v), n - 1):
        values[p] = values[p + 1]
    return n - 1


@routine
def quantile_of(values: Array, n: int, q: float) -> float:
    """The `q`-quantile of the first `n` values, which are in ascending order, by linear interpolation."""
    height = q * (n - 1)
    low = int(height)
    if height == low:
        exact: float = values[low]
        return exact
    between: float = values[low] + (values[low + 1] - values[low]) * (height - low)
    return between


@routine
def middle_of(values: Array, n: int) -> float:
    """Median of the first `n` values, which are in ascending order."""
    half = n // 2
    if n % 2 == 1:
        exact: float = values[half]
        return exact
    between: float = (values[half] + values[half - 1]) / 2.0
    return between
