"""Comparisons of the eligible names of one session."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quantgpt.operators._base import Array, Axis, Mask, UnitRule, operator
from quantgpt.operators._lazy import routine

NAN = math.nan
SIGN = np.uint64(63)
TOP = np.uint64(1 << 63)
HALF = np.uint64(32)
LOW_HALF = np.uint64((1 << 32) - 1)
BYTE = np.uint64(255)

Keys: TypeAlias = NDArray[np.uint64]
Counts: TypeAlias = NDArray[np.int64]


@routine
def tied(x: float) -> float:
    """`x` rounded to 40 bits behind the leading one, so that values equal on paper are equal (Veltkamp's splitting)."""
    if not -1e300 < x < 1e300:
        return x
    scaled = 4097.0 * x
    return scaled - (scaled - x)


@routine
def scatter(source: Keys, n: int, shift: int, width: int, target: Keys, tally: Counts) -> None:
    """One stable counting pass: `source` into `target` in the order of `width` bits from `shift` on."""
    size = 1 << width
    mask = np.uint64(size - 1)
    low = np.uint64(shift)
    tally[:size] = 0
    for p in range(n):
        tally[(source[p] >> low) & mask] += 1
    total = 0
    for b in range(size):
        here = tally[b]
        tally[b] = total
        total += here
    for p in range(n):
        b = (source[p] >> low) & mask
        target[tally[b]] = source[p]
        tally[b] += 1


@routine
def sort_places(keys: Keys, n: int, places: Keys, spare: Keys, tally: Counts) -> None:
    """Fill `places` with the positions of the first `n` keys in ascending order of their keys.

    Two counting passes order the leading bits of (key - smallest key); what is still out of order is inserted. Keys
    that crowd together far from the others would make that slow, so a row that needs many moves is sorted on all bits.
    """
    if n == 0:
        return
    low = keys[0]
    high = keys[0]
    for p in range(1, n):
        low = min(low, keys[p])
        high = max(high, keys[p])
    width = 8 if n < 256 else 10 if n < 2048 else 11
    length = 0
    while (high - low) >> np.uint64(length) and length < 63:
        length += 1
    length += 1 if (high - low) >> np.uint64(63) else 0
    drop = np.uint64(max(0, length - 2 * width))
    for p in range(n):
        spare[p] = (((keys[p] - low) >> drop) << HALF) | np.uint64(p)
    scatter(spare, n, 32, width, places, tally)
    scatter(places, n, 32 + width, width, spare, tally)
    moves = 0
    for p in range(n):
        place = spare[p] & LOW_HALF
        key = keys[place]
        q = p
        while q > 0 and keys[places[q - 1]] > key and moves <= 4 * n:
            places[q] = places[q - 1]
            q -= 1
            moves += 1
        places[q] = place
    if moves > 4 * n:
        sort_all_bits(keys, n, places, spare, tally)


@routine
def sort_all_bits(keys: Keys, n: int, places: Keys, spare: Keys, tally: Counts) -> None:
    """Fill `places` as `sort_places` does, in eight counting passes over all 64 bits."""
    for p in range(n):
        places[p] = p
    for byte in range(8):
        shift = np.uint64(8 * byte)
        tally[:256] = 0
        for p in range(n):
            tally[(keys[places[p]] >> shift) & BYTE] += 1
        total = 0
        for b in range(256):
            here = tally[b]
            tally[b] = total
            total += here
        for p in range(n):
            b = (keys[places[p]] >> shift) & BYTE
            spare[tally[b]] = places[p]
            tally[b] += 1
        places[:n] = spare[:n]


@operator(
    Axis.DAY,
    category="cross_section",
    zh="当日截面百分位排名，并列取平均，(0, 1]",
    say=("{0}的截面排名", "the cross-sectional rank of {0}"),
    example="rank(close / ts_mean(close, 20))",
    unit=UnitRule.RATIO,
)
def rank(out: Array, x: Array, eligible: Mask) -> None:
    """Rank among the eligible names of the session, divided by their number; equal values share their average rank.

    Values are compared after rounding to 40 mantissa bits.

    NaN:    missing for names that are not eligible or have no value.

    >>> rank(np.array([[10.0, 30.0, 10.0, np.nan]])).tolist()
    [[0.5, 1.0, 0.5, nan]]
    """
    rows, assets = out.shape
    values = np.empty(assets)
    names = np.empty(assets, np.int64)
    keys = np.empty(assets, np.uint64)
    places = np.empty(assets, np.uint64)
    spare = np.empty(assets, np.uint64)
    tally = np.empty(2048, np.int64)
    bits = values.view(np.uint64)
    for i in range(rows):
        n = 0
        for j in range(assets):
            v = x[i, j]
            out[i, j] = NAN
            values[n] = tied(v) + 0.0
            names[n] = j
            n += 1 if eligible[i, j] and v - v == 0.0 else 0
        for p in range(n):
            u = bits[p]
            keys[p] = ~u if u >> SIGN else u | TOP
        sort_places(keys, n, places, spare, tally)
        p = 0
        while p < n:
            key = keys[places[p]]
            q = p + 1
            while q < n and keys[places[q]] == key:
                q += 1
            place = (p + 1 + q) * 0.5 / n
            for r in range(p, q):
                out[i, names[places[r]]] = place
            p = q


@operator(
    Axis.DAY,
    category="cross_section",
    zh="当日截面标准分（样本标准差，全相等为 0）",
    say=("{0}的截面标准分", "the cross-sectional standard score of {0}"),
    example="zscore(returns)",
    unit=UnitRule.RATIO,
)
def zscore(out: Array, x: Array, eligible: Mask) -> None:
    """Distance from the mean of the eligible names of the session, in sample standard deviations (ddof 1).

    NaN:    missing for names that are not eligible or have no value; 0 where all are equal.

    >>> zscore(np.array([[1.0, 2.0, 3.0, np.nan]])).tolist()
    [[-1.0, 0.0, 1.0, nan]]
    """
    rows, assets = out.shape
    for i in range(rows):
        n = 0
        total = 0.0
        low = math.inf
        high = -math.inf
        for j in range(assets):
            v = x[i, j]
            if eligible[i, j] and v - v == 0.0:
                n += 1
                total += v
                low = min(low, v)
                high = max(high, v)
        flat = n > 0 and tied(low) == tied(high)
        mean = total / n if n > 0 else NAN
        square = 0.0
        for j in range(assets):
            v = x[i, j]
            if eligible[i, j] and v - v == 0.0:
                square += (v - mean) * (v - mean)
        deviation = math.sqrt(square / (n - 1)) if n > 1 else NAN
        for j in range(assets):
            v = x[i, j]
            out[i, j] = NAN
            if eligible[i, j] and v - v == 0.0:
                score = 0.0 if flat else (v - mean) / deviation
                out[i, j] = score if score - score == 0.0 else NAN


@operator(
    Axis.DAY,
    category="cross_section",
    zh="当日截面最小-最大缩放到 [0, 1]（全相等为 0）",
    say=("{0}的截面缩放值", "{0} scaled to 0 … 1 across names"),
    example="scale(volume)",
    unit=UnitRule.RATIO,
)
def scale(out: Array, x: Array, eligible: Mask) -> None:
    """Position between the smallest (0) and the largest (1) value of the eligible names of the session.

    NaN:    missing for names that are not eligible or have no value; 0 where all are equal.

    >>> scale(np.array([[1.0, 2.0, 3.0, np.nan]])).tolist()
    [[0.0, 0.5, 1.0, nan]]
    """
    rows, assets = out.shape
    for i in range(rows):
        low = math.inf
        high = -math.inf
        for j in range(assets):
            v = x[i, j]
            if eligible[i, j] and v - v == 0.0:
                low = min(low, v)
                high = max(high, v)
        flat = tied(low) == tied(high)
        for j in range(assets):
            v = x[i, j]
            out[i, j] = NAN
            if eligible[i, j] and v - v == 0.0:
                place = 0.0 if flat else (v - low) / (high - low)
                out[i, j] = place if place - place == 0.0 else NAN
