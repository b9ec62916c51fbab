"""Compiled loops over one plane of a table: statistics of a fit window, scaling, cross-sections, picking rows.

A plane is one column of a table as sessions × names. It is handed over as the flat run of memory that holds its rows and
the distance `width` between two rows (in values, at least N; `wide` for an output), so that inner loops run over
neighbours whether or not the rows are padded. `present` is (T, N), True where the row (session, name) exists; absent cells enter no statistic,
and what is written to them has no meaning. Input and output may be the same memory.

Values may be float32 or float64; every sum, mean and difference is float64 and is rounded once, when stored.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.jit import kernel

Flat = NDArray[np.floating]
F64 = NDArray[np.float64]
Table2 = NDArray[np.floating]
Windows3 = NDArray[np.floating]
Links = NDArray[np.int32]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
U64 = NDArray[np.uint64]
U32 = NDArray[np.uint32]
Bool = NDArray[np.bool_]

INF = math.inf
NAN = math.nan
_LANES = 8
_BLOCK = 64
_SIGN = np.uint32(0x80000000)
_ALL = np.uint32(0xFFFFFFFF)
_BYTE = np.uint64(255)
_EIGHT = np.uint64(8)
_HIGH = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@kernel
def moments(x: Flat, width: int, present: Bool, first: int, stop: int) -> tuple[float, float]:
    """Mean and standard deviation (ddof 0) of the valid cells of rows first..stop−1; NaN, NaN without any.

    Blocks of rows small enough for the cache are added up twice, about their own mean, and merged, so that one read of
    memory has the accuracy of two passes. A column of one value has a deviation of exactly 0.
    """
    names = present.shape[1]
    total = np.zeros(names)
    count = np.zeros(names)
    square = np.zeros(names)
    low = np.full(names, INF)
    high = np.full(names, -INF)
    n, everything, mean, m2 = 0.0, 0.0, 0.0, 0.0
    for begin in range(first, stop, _BLOCK):
        end = min(begin + _BLOCK, stop)
        total[:] = 0.0
        count[:] = 0.0
        square[:] = 0.0
        for t in range(begin, end):
            at = t * width
            for j in range(names):
                v = np.float64(x[at + j])
                valid = present[t, j] & (v == v)
                total[j] += v if valid else 0.0
                count[j] += 1.0 if valid else 0.0
                low[j] = v if valid & (v < low[j]) else low[j]
                high[j] = v if valid & (v > high[j]) else high[j]
        here = count.sum()
        if here == 0.0:
            continue
        added = total.sum()
        middle = added / here
        for t in range(begin, end):
            at = t * width
            for j in range(names):
                v = np.float64(x[at + j])
                valid = present[t, j] & (v == v)
                d = v - middle
                square[j] += d * d if valid else 0.0
        delta = middle - mean
        m2 += square.sum() + delta * delta * (n * here / (n + here))
        n += here
        mean += delta * (here / n)
        everything += added
    if n == 0.0:
        return NAN, NAN
    if low.min() == high.max() and abs(high.max()) < INF:
        return high.max(), 0.0
    return everything / n, math.sqrt(m2 / n)


@kernel
def extremes(x: Flat, width: int, present: Bool, first: int, stop: int) -> tuple[float, float]:
    """Least and greatest valid cell of rows first..stop−1; NaN, NaN without any."""
    names = present.shape[1]
    low = np.full(names, INF)
    high = np.full(names, -INF)
    for t in range(first, stop):
        at = t * width
        for j in range(names):
            v = np.float64(x[at + j])
            valid = present[t, j] & (v == v)
            low[j] = v if valid & (v < low[j]) else low[j]
            high[j] = v if valid & (v > high[j]) else high[j]
    least, greatest = low.min(), high.max()
    if least > greatest:
        return NAN, NAN
    return least, greatest


@kernel
def valid_cells(x: Flat, width: int, present: Bool, first: int, stop: int, out: F64) -> int:
    """Write the valid cells of rows first..stop−1 to `out`, row by row, and return how many; `out` holds them all."""
    n = 0
    for t in range(first, stop):
        at = t * width
        for j in range(present.shape[1]):
            v = np.float64(x[at + j])
            if present[t, j] and v == v:
                out[n] = v
                n += 1
    return n


@kernel
def scale(
    x: Flat, width: int, shape: tuple[int, int], shift: float, unit: float, bound: float, out: Flat, wide: int
) -> None:
    """out = (x − shift) / unit, held within ±bound where `bound` is finite; NaN stays NaN."""
    for t in range(shape[0]):
        at = t * width
        to = t * wide
        if bound < INF:
            for j in range(shape[1]):
                v = np.float64((np.float64(x[at + j]) - shift) / unit)
                v = np.float64(-bound) if v < -bound else v
                out[to + j] = bound if v > bound else v
        else:
            for j in range(shape[1]):
                out[to + j] = (np.float64(x[at + j]) - shift) / unit


@kernel
def fill(x: Flat, width: int, shape: tuple[int, int], value: float, out: Flat, wide: int) -> None:
    """Missing cells become `value`."""
    for t in range(shape[0]):
        at = t * width
        to = t * wide
        for j in range(shape[1]):
            v = np.float64(x[at + j])
            out[to + j] = v if v == v else value


@kernel
def has_missing(x: Flat, width: int, present: Bool) -> bool:
    """Whether a present cell is NaN."""
    for t in range(present.shape[0]):
        at = t * width
        found = np.int32(0)
        for j in range(present.shape[1]):
            v = x[at + j]
            found |= np.int32(present[t, j] & (v != v))
        if found:
            return True
    return False


@kernel
def has_infinite(x: Flat, width: int, present: Bool) -> bool:
    """Whether a present cell is infinite: it equals itself and its difference from itself is not a number."""
    for t in range(present.shape[0]):
        at = t * width
        found = np.int32(0)
        for j in range(present.shape[1]):
            v = x[at + j]
            d = v - v
            found |= np.int32(present[t, j] & (v == v) & (d != d))
        if found:
            return True
    return False


@kernel
def replace_infinite(x: Flat, width: int, present: Bool, out: Flat, wide: int) -> None:
    """±inf becomes the mean of that session's finite cells, NaN where there are none."""
    names = present.shape[1]
    for t in range(present.shape[0]):
        at = t * width
        to = t * wide
        total, n, found = 0.0, 0, False
        for j in range(names):
            v = np.float64(x[at + j])
            out[to + j] = v
            if present[t, j]:
                if abs(v) < INF:
                    total += v
                    n += 1
                elif v == v:
                    found = True
        if found:
            mean = total / n if n else NAN
            for j in range(names):
                if abs(np.float64(out[to + j])) == INF:
                    out[to + j] = mean


@kernel
def drop_missing(x: Flat, width: int, present: Bool) -> None:
    """Rows whose cell is NaN are no longer present; changes `present`."""
    for t in range(present.shape[0]):
        at = t * width
        for j in range(present.shape[1]):
            v = x[at + j]
            present[t, j] &= v == v


@kernel
def _valid(x: Flat, at: int, present: Bool, values: F64, names: I32) -> int:
    """The valid cells of one session, in the order of the names, and where they stand; returns how many."""
    n = 0
    for j in range(present.size):
        v = np.float64(x[at + j])
        values[n] = v
        names[n] = j
        n += 1 if present[j] & (v == v) else 0
    return n


@kernel
def _sum(x: F64, n: int, shift: float, power: int, lanes: F64) -> float:
    """Sum of (x − shift) ** power for power 1 or 2, added up in eight lanes."""
    lanes[:] = 0.0
    whole = n // _LANES * _LANES
    if power == 1:
        for j in range(0, whole, _LANES):
            for k in range(_LANES):
                lanes[k] += x[j + k] - shift
        for j in range(whole, n):
            lanes[j - whole] += x[j] - shift
    else:
        for j in range(0, whole, _LANES):
            for k in range(_LANES):
                d = x[j + k] - shift
                lanes[k] += d * d
        for j in range(whole, n):
            d = x[j] - shift
            lanes[j - whole] += d * d
    return float(((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7])))


@kernel
def day_zscore(x: Flat, width: int, present: Bool, out: Flat, wide: int) -> None:
    """Per session (x − mean) / deviation, ddof 1; NaN with fewer than two valid cells or when all are equal."""
    names = present.shape[1]
    values = np.empty(names + 1)
    places = np.empty(names + 1, dtype=np.int32)
    lanes = np.empty(_LANES)
    for t in range(present.shape[0]):
        at = t * width
        to = t * wide
        n = _valid(x, at, present[t], values, places)
        alike = True
        for j in range(1, n):
            alike &= values[j] == values[0]
        mean, deviation = NAN, NAN
        if n > 1 and not alike:
            mean = _sum(values, n, 0.0, 1, lanes) / n
            deviation = math.sqrt(_sum(values, n, mean, 2, lanes) / (n - 1))
        for j in range(names):
            out[to + j] = (np.float64(x[at + j]) - mean) / deviation


@kernel
def day_robust(x: Flat, width: int, present: Bool, unit: float, bound: float, out: Flat, wide: int) -> None:
    """Per session (x − median) / (median absolute deviation) / unit, held within ±bound."""
    names = present.shape[1]
    values = np.empty(names + 1)
    places = np.empty(names + 1, dtype=np.int32)
    for t in range(present.shape[0]):
        at = t * width
        to = t * wide
        n = _valid(x, at, present[t], values, places)
        middle, spread = NAN, NAN
        if n:
            middle = np.median(values[:n])
            for j in range(n):
                values[j] = abs(values[j] - middle)
            spread = np.median(values[:n])
        for j in range(names):
            v = np.float64((np.float64(x[at + j]) - middle) / spread / unit)
            v = np.float64(-bound) if v < -bound else v
            out[to + j] = bound if v > bound else v


@kernel
def day_fill(x: Flat, width: int, present: Bool, out: Flat, wide: int) -> None:
    """Missing cells become the mean of that session's valid ones; they stay missing where there are none."""
    names = present.shape[1]
    values = np.empty(names + 1)
    places = np.empty(names + 1, dtype=np.int32)
    lanes = np.empty(_LANES)
    for t in range(present.shape[0]):
        at = t * width
        to = t * wide
        n = _valid(x, at, present[t], values, places)
        mean = _sum(values, n, 0.0, 1, lanes) / n if n else NAN
        for j in range(names):
            v = np.float64(x[at + j])
            out[to + j] = v if v == v else mean


@kernel
def _spread_ranks(order: I32, values: F64, places: I32, n: int, shift: float, unit: float, out: Flat, at: int) -> None:
    """Write (average rank / n − shift) × unit for values whose ascending order is `order`."""
    j = 0
    while j < n:
        v = values[order[j]]
        k = j + 1
        while k < n and values[order[k]] == v:
            k += 1
        rank = (j + 1 + k) * 0.5
        for i in range(j, k):
            out[at + places[order[i]]] = (rank / n - shift) * unit
        j = k


@kernel
def day_rank(x: Flat, width: int, present: Bool, shift: float, unit: float, out: Flat, wide: int) -> None:
    """Per session (average rank / number of valid cells − shift) × unit; missing cells stay missing."""
    names = present.shape[1]
    values = np.empty(names + 1)
    places = np.empty(names + 1, dtype=np.int32)
    for t in range(present.shape[0]):
        at = t * width
        to = t * wide
        n = _valid(x, at, present[t], values, places)
        order = np.argsort(values[:n]).astype(np.int32)
        for j in range(names):
            out[to + j] = NAN
        _spread_ranks(order, values, places, n, shift, unit, out, to)


@kernel
def day_rank_single(
    x: Flat, bits: U32, width: int, present: Bool, shift: float, unit: float, out: Flat, wide: int
) -> None:
    """`day_rank` for float32: a radix sort of the 32 bits, which `bits` is a view of."""
    names = present.shape[1]
    values = np.empty(names + 1)
    places = np.empty(names + 1, dtype=np.int32)
    words = np.empty(names, dtype=np.uint64)
    spare = np.empty(names, dtype=np.uint64)
    order = np.empty(names, dtype=np.int32)
    seen = np.empty((4, 256), dtype=np.int32)
    for t in range(present.shape[0]):
        at = t * width
        to = t * wide
        n = _valid(x, at, present[t], values, places)
        seen[:] = 0
        for j in range(n):
            key = bits[at + places[j]] if values[j] != 0.0 else np.uint32(0)
            key ^= _ALL if key & _SIGN else _SIGN
            words[j] = (np.uint64(key) << _HIGH) | np.uint64(j)
            for d in range(4):
                seen[d, np.int64((np.uint64(key) >> np.uint64(8 * d)) & _BYTE)] += 1
        for d in range(4):
            run = np.int32(0)
            for k in range(256):
                here = seen[d, k]
                seen[d, k] = run
                run += here
            shift_by = np.uint64(32 + 8 * d)
            for j in range(n):
                word = words[j]
                digit = np.int64((word >> shift_by) & _BYTE)
                spare[seen[d, digit]] = word
                seen[d, digit] += 1
            words, spare = spare, words
        for j in range(n):
            order[j] = np.int32(words[j] & _LOW)
        for j in range(names):
            out[to + j] = NAN
        _spread_ranks(order, values, places, n, shift, unit, out, to)


@kernel
def pick(x: Flat, width: int, present: Bool, rows_in: I64, first: int, out: Flat) -> None:
    """Write the present cells of rows first..first+len(rows_in)−1 one after another; `rows_in[i]` counts row i's."""
    names = present.shape[1]
    line = np.empty(names + 1, dtype=out.dtype)
    n = 0
    for i in range(rows_in.size):
        t = first + i
        at = t * width
        here = rows_in[i]
        if here == names:
            for j in range(names):
                out[n + j] = x[at + j]
        elif here:
            k = 0
            for j in range(names):
                line[k] = x[at + j]
                k += 1 if present[t, j] else 0
            for j in range(here):
                out[n + j] = line[j]
        n += here


@kernel
def gather_windows(rows: Table2, links: Links, samples: Links, forward: bool, backward: bool, out: Windows3) -> None:
    """Windows that end at each sample's cell, oldest session first.

    `rows` is (R, F), `links` (N, D) the row of each (name, session) or −1, `samples` (S, 2) pairs (name, session),
    `out` (S, days, F). Absent cells and those before the first session are NaN, or take the row before them (`forward`),
    or where there is none in the window the next one (`backward`).
    """
    days = out.shape[1]
    window = np.empty(days, dtype=np.int32)
    for s in range(samples.shape[0]):
        name, day = samples[s, 0], samples[s, 1]
        last = np.int32(-1)
        for k in range(days):
            at = day - days + 1 + k
            link = links[name, at] if at >= 0 else np.int32(-1)
            if forward and link < 0:
                link = last
            last = link
            window[k] = link
        if backward:
            last = np.int32(-1)
            for k in range(days - 1, -1, -1):
                if window[k] < 0:
                    window[k] = last
                last = window[k]
        for k in range(days):
            link = window[k]
            for f in range(rows.shape[1]):
                out[s, k, f] = rows[link, f] if link >= 0 else NAN
