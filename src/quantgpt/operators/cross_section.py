"""Comparisons of the eligible names of one session."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quantgpt.operators._base import Array, Axis, Mask, UnitRule, operator
from quantgpt.operators._lazy import routine
from quantgpt.operators._ties import tied

NAN = math.nan
TOP = np.int64(-(2**63))
ZERO = np.uint64(0)
ONE = np.uint32(1)
HALF = np.uint64(32)
LOW_HALF = np.uint64((1 << 32) - 1)
BYTE = np.uint64(255)

Keys: TypeAlias = NDArray[np.uint64]
Counts: TypeAlias = NDArray[np.uint32]


@routine
def slots_of(values: Array, keys: Keys, n: int, width: int, slots: Keys) -> None:
    """Give every value a slot of 2 · `width` bits, in the order of the values: slot in the high half, position below.

    Values on both sides of zero get slots of equal width, since their bit patterns leave a huge gap around zero;
    others get the leading bits of their bit pattern.
    """
    low = keys[0]
    high = keys[0]
    least = values[0]
    most = values[0]
    for p in range(n):
        low = min(low, keys[p])
        high = max(high, keys[p])
        least = min(least, values[p])
        most = max(most, values[p])
    last = float((1 << (2 * width)) - 1)
    factor = last / (most - least)
    if least <= 0.0 <= most and factor > 0.0 and factor - factor == 0.0:
        for p in range(n):
            slot = np.uint64(min((values[p] - least) * factor, last))
            slots[p] = (slot << HALF) | np.uint64(p)
        return
    length = 0
    while length < 64 and (high - low) >> np.uint64(length) != ZERO:
        length += 1
    drop = np.uint64(max(0, length - 2 * width))
    for p in range(n):
        slots[p] = (((keys[p] - low) >> drop) << HALF) | np.uint64(p)


@routine
def order_slots(slots: Keys, n: int, width: int, spare: Keys, first: Counts, second: Counts) -> None:
    """Sort `slots` by their high half in two counting passes of `width` bits."""
    size = 1 << width
    mask = np.uint64(size - 1)
    middle = np.uint64(32 + width)
    first[:size] = 0
    second[:size] = 0
    for p in range(n):
        first[(slots[p] >> HALF) & mask] += ONE
        second[slots[p] >> middle] += ONE
    before = np.uint32(0)
    before_too = np.uint32(0)
    for b in range(size):
        here = first[b]
        first[b] = before
        before += here
        here = second[b]
        second[b] = before_too
        before_too += here
    for p in range(n):
        slot = slots[p]
        b = (slot >> HALF) & mask
        spare[first[b]] = slot
        first[b] += ONE
    for p in range(n):
        slot = spare[p]
        b = slot >> middle
        slots[second[b]] = slot
        second[b] += ONE


@routine
def settle(keys: Keys, slots: Keys, n: int, ordered: Keys, places: Counts) -> bool:
    """Fill `ordered` and `places` with keys and their positions in ascending order, by insertion into an order that is
    nearly right; False where that would take too many moves."""
    moves = 0
    last = ZERO
    for p in range(n):
        place = np.uint32(slots[p] & LOW_HALF)
        key = keys[place]
        q = p
        if key >= last:
            last = key
        else:
            while q > 0 and ordered[q - 1] > key:
                ordered[q] = ordered[q - 1]
                places[q] = places[q - 1]
                q -= 1
            moves += p - q
            if moves > 4 * n:
                return False
        ordered[q] = key
        places[q] = place
    return True


@routine
def sort_all_bits(keys: Keys, n: int, ordered: Keys, places: Counts, spare: Counts, tally: Counts) -> None:
    """Fill `ordered` and `places` as `settle` does, in eight counting passes over all 64 bits."""
    for p in range(n):
        places[p] = p
    for byte in range(8):
        shift = np.uint64(8 * byte)
        tally[:256] = 0
        for p in range(n):
            tally[(keys[places[p]] >> shift) & BYTE] += ONE
        total = np.uint32(0)
        for b in range(256):
            here = tally[b]
            tally[b] = total
            total += here
        for p in range(n):
            b = (keys[places[p]] >> shift) & BYTE
            spare[tally[b]] = places[p]
            tally[b] += ONE
        places[:n] = spare[:n]
    for p in range(n):
        ordered[p] = keys[places[p]]


@routine
def write_ranks(out: Array, i: int, names: Counts, ordered: Keys, places: Counts, n: int, untied: Array) -> None:
    """Write the ranks of row `i`: `untied` where a key stands alone, the average where several are equal."""
    ties = 0
    for p in range(n - 1):
        ties += 1 if ordered[p] == ordered[p + 1] else 0
    if ties == 0:
        for p in range(n):
            out[i, names[places[p]]] = untied[p]
        return
    p = 0
    while p < n:
        key = ordered[p]
        if p + 1 == n or ordered[p + 1] != key:
            out[i, names[places[p]]] = untied[p]
            p += 1
            continue
        q = p + 2
        while q < n and ordered[q] == key:
            q += 1
        shared = (p + 1 + q) * 0.5 / n
        for r in range(p, q):
            out[i, names[places[r]]] = shared
        p = q


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
    width = 8 if assets < 2048 else 10
    values = np.empty(assets)
    names = np.empty(assets, np.uint32)
    keys = np.empty(assets, np.uint64)
    slots = np.empty(assets, np.uint64)
    ordered = np.empty(assets, np.uint64)
    places = np.empty(assets, np.uint32)
    spare = np.empty(assets, np.uint32)
    first = np.empty(1 << width, np.uint32)
    second = np.empty(1 << width, np.uint32)
    untied = np.empty(assets)
    known = -1
    bits = values.view(np.int64)
    for i in range(rows):
        n = 0
        for j in range(assets):
            v = x[i, j]
            out[i, j] = NAN
            values[n] = tied(v) + 0.0
            names[n] = j
            n += 1 if eligible[i, j] and v - v == 0.0 else 0
        if n == 0:
            continue
        for p in range(n):
            keys[p] = np.uint64(bits[p] ^ ((bits[p] >> 63) | TOP))
        slots_of(values, keys, n, width, slots)
        order_slots(slots, n, width, ordered, first, second)
        if not settle(keys, slots, n, ordered, places):
            sort_all_bits(keys, n, ordered, places, spare, first)
        if n != known:
            known = n
            for p in range(n):
                untied[p] = (p + 1.0) / n
        write_ranks(out, i, names, ordered, places, n, untied)


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
