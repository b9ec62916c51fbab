"""Compiled loops over one plane of a table: statistics of a fit window, scaling, cross-sections, picking rows.

A plane is one column of a table as sessions × names. It is handed over as the flat run of memory that holds its rows and
the distance `width` between two rows (in values, at least N; `wide` for an output), so that inner loops run over
neighbours whether or not the rows are padded. `present` is (T, N), True where the row (session, name) exists; absent
cells enter no statistic, and what is written to them has no meaning. Input and output may be the same memory.

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
U32 = NDArray[np.uint32]
Bool = NDArray[np.bool_]

INF = math.inf
NAN = math.nan
_LANES = 8
_BLOCK = 64
_SIGN = np.uint32(0x80000000)
_ALL = np.uint32(0xFFFFFFFF)
_BYTE = np.uint64(255)
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
            line = x[t * width : t * width + names]
            seen = present[t]
            for j in range(names):
                v = np.float64(line[j])
                valid = seen[j] & (v == v)
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
            line = x[t * width : t * width + names]
            seen = present[t]
            for j in range(names):
                v = np.float64(line[j])
                valid = seen[j] & (v == v)
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
        line = x[t * width : t * width + names]
        seen = present[t]
        for j in range(names):
            v = np.float64(line[j])
            valid = seen[j] & (v == v)
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
        line = x[t * width : t * width + present.shape[1]]
        seen = present[t]
        for j in range(present.shape[1]):
            v = np.float64(line[j])
            if seen[j] and v == v:
                out[n] = v
                n += 1
    return n


@kernel
def _scale_line(line: Flat, shift: float, unit: float, wide: F64, made: Flat) -> None:
    """made = (line − shift) / unit; by way of `wide`, so that the loops are vectorised when both are the same memory."""
    for j in range(line.size):
        wide[j] = np.float64(line[j]) - shift
    for j in range(line.size):
        made[j] = wide[j] / unit


@kernel
def scale(
    x: Flat, width: int, shape: tuple[int, int], shift: float, unit: float, bound: float, out: Flat, wide: int
) -> None:
    """out = (x − shift) / unit, held within ±bound where `bound` is finite; NaN stays NaN."""
    double = np.empty(shape[1])
    for t in range(shape[0]):
        line = x[t * width : t * width + shape[1]]
        made = out[t * wide : t * wide + shape[1]]
        _scale_line(line, shift, unit, double, made)
        if bound < INF:
            for j in range(shape[1]):
                v = np.float64(made[j])
                v = np.float64(-bound) if v < -bound else v
                made[j] = bound if v > bound else v


@kernel
def fill(x: Flat, width: int, shape: tuple[int, int], value: float, out: Flat, wide: int) -> None:
    """Missing cells become `value`, which is given in the type of the plane."""
    copy = np.empty(shape[1], dtype=x.dtype)
    for t in range(shape[0]):
        line = x[t * width : t * width + shape[1]]
        made = out[t * wide : t * wide + shape[1]]
        for j in range(shape[1]):
            copy[j] = line[j]
        for j in range(shape[1]):
            v = copy[j]
            made[j] = v if v == v else value


@kernel
def has_missing(x: Flat, width: int, present: Bool) -> bool:
    """Whether a present cell is NaN."""
    for t in range(present.shape[0]):
        line = x[t * width : t * width + present.shape[1]]
        seen = present[t]
        found = np.int32(0)
        for j in range(present.shape[1]):
            v = line[j]
            found |= np.int32(seen[j] & (v != v))
        if found:
            return True
    return False


@kernel
def has_infinite(x: Flat, width: int, present: Bool) -> bool:
    """Whether a present cell is infinite: it equals itself and its difference from itself is not a number."""
    names = present.shape[1]
    for t in range(present.shape[0]):
        line = x[t * width : t * width + names]
        seen = present[t]
        found = np.int32(0)
        for j in range(names):
            v = line[j]
            d = v - v
            found |= np.int32((v == v) & (d != d))
        if found:
            for j in range(names):
                if seen[j] and abs(np.float64(line[j])) == INF:
                    return True
    return False


@kernel
def replace_infinite(x: Flat, width: int, present: Bool, out: Flat, wide: int) -> None:
    """±inf becomes the mean of that session's finite cells, NaN where there are none."""
    names = present.shape[1]
    for t in range(present.shape[0]):
        line = x[t * width : t * width + names]
        seen = present[t]
        made = out[t * wide : t * wide + names]
        total, n, found = 0.0, 0, False
        for j in range(names):
            v = np.float64(line[j])
            made[j] = v
            if seen[j]:
                if abs(v) < INF:
                    total += v
                    n += 1
                elif v == v:
                    found = True
        if found:
            mean = total / n if n else NAN
            for j in range(names):
                if abs(np.float64(made[j])) == INF:
                    made[j] = mean


@kernel
def drop_missing(x: Flat, width: int, present: Bool) -> None:
    """Rows whose cell is NaN are no longer present; changes `present`."""
    for t in range(present.shape[0]):
        line = x[t * width : t * width + present.shape[1]]
        seen = present[t]
        for j in range(present.shape[1]):
            v = line[j]
            seen[j] &= v == v


@kernel
def _valid(line: Flat, seen: Bool, values: F64, names: I32) -> int:
    """The valid cells of one session, in the order of the names, and where they stand; returns how many."""
    n = 0
    for j in range(seen.size):
        v = np.float64(line[j])
        values[n] = v
        names[n] = j
        n += 1 if seen[j] & (v == v) else 0
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
    double = np.empty(names)
    lanes = np.empty(_LANES)
    for t in range(present.shape[0]):
        line = x[t * width : t * width + names]
        seen = present[t]
        made = out[t * wide : t * wide + names]
        n = _valid(line, seen, values, places)
        alike = True
        for j in range(1, n):
            alike &= values[j] == values[0]
        mean, deviation = NAN, NAN
        if n > 1 and not alike:
            mean = _sum(values, n, 0.0, 1, lanes) / n
            deviation = math.sqrt(_sum(values, n, mean, 2, lanes) / (n - 1))
        _scale_line(line, mean, deviation, double, made)


@kernel
def day_robust(x: Flat, width: int, present: Bool, unit: float, bound: float, out: Flat, wide: int) -> None:
    """Per session (x − median) / (median absolute deviation) / unit, held within ±bound."""
    names = present.shape[1]
    values = np.empty(names + 1)
    places = np.empty(names + 1, dtype=np.int32)
    for t in range(present.shape[0]):
        line = x[t * width : t * width + names]
        seen = present[t]
        made = out[t * wide : t * wide + names]
        n = _valid(line, seen, values, places)
        middle, spread = NAN, NAN
        if n:
            middle = np.median(values[:n])
            for j in range(n):
                values[j] = abs(values[j] - middle)
            spread = np.median(values[:n])
        for j in range(names):
            v = np.float64((np.float64(line[j]) - middle) / spread / unit)
            v = np.float64(-bound) if v < -bound else v
            made[j] = bound if v > bound else v


@kernel
def day_fill(x: Flat, width: int, present: Bool, out: Flat, wide: int) -> None:
    """Missing cells become the mean of that session's valid ones; they stay missing where there are none."""
    names = present.shape[1]
    values = np.empty(names + 1)
    places = np.empty(names + 1, dtype=np.int32)
    lanes = np.empty(_LANES)
    for t in range(present.shape[0]):
        line = x[t * width : t * width + names]
        seen = present[t]
        made = out[t * wide : t * wide + names]
        n = _valid(line, seen, values, places)
        mean = _sum(values, n, 0.0, 1, lanes) / n if n else NAN
        for j in range(names):
            v = np.float64(line[j])
            made[j] = v if v == v else mean


@kernel
def _spread_ranks(order: I32, values: F64, places: I32, n: int, shift: float, unit: float, made: Flat) -> None:
    """Write (average rank / n − shift) × unit for values whose ascending order is `order`."""
    j = 0
    while j < n:
        v = values[order[j]]
        k = j + 1
        while k < n and values[order[k]] == v:
            k += 1
        rank = (j + 1 + k) * 0.5
        for i in range(j, k):
            made[places[order[i]]] = (rank / n - shift) * unit
        j = k


@kernel
def day_rank(x: Flat, width: int, present: Bool, shift: float, unit: float, out: Flat, wide: int) -> None:
    """Per session (average rank / number of valid cells − shift) × unit; missing cells stay missing."""
    names = present.shape[1]
    values = np.empty(names + 1)
    places = np.empty(names + 1, dtype=np.int32)
    for t in range(present.shape[0]):
        line = x[t * width : t * width + names]
        seen = present[t]
        made = out[t * wide : t * wide + names]
        n = _valid(line, seen, values, places)
        order = np.argsort(values[:n]).astype(np.int32)
        for j in range(names):
            made[j] = NAN
        _spread_ranks(order, values, places, n, shift, unit, made)


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
    counts = np.empty((4, 256), dtype=np.int32)
    for t in range(present.shape[0]):
        line = x[t * width : t * width + names]
        marks = bits[t * width : t * width + names]
        made = out[t * wide : t * wide + names]
        n = _valid(line, present[t], values, places)
        counts[:] = 0
        for j in range(n):
            key = marks[places[j]] if values[j] != 0.0 else np.uint32(0)
            key ^= _ALL if key & _SIGN else _SIGN
            words[j] = (np.uint64(key) << _HIGH) | np.uint64(j)
            for d in range(4):
                counts[d, np.int64((np.uint64(key) >> np.uint64(8 * d)) & _BYTE)] += 1
        for d in range(4):
            run = np.int32(0)
            for k in range(256):
                here = counts[d, k]
                counts[d, k] = run
                run += here
            shift_by = np.uint64(32 + 8 * d)
            for j in range(n):
                word = words[j]
                digit = np.int64((word >> shift_by) & _BYTE)
                spare[counts[d, digit]] = word
                counts[d, digit] += 1
            words, spare = spare, words
        for j in range(n):
            order[j] = np.int32(words[j] & _LOW)
        for j in range(names):
            made[j] = NAN
        _spread_ranks(order, values, places, n, shift, unit, made)


@kernel
def pick(x: Flat, width: int, present: Bool, rows_in: I64, first: int, out: Flat) -> None:
    """Write the present cells of rows first..first+len(rows_in)−1 one after another; `rows_in[i]` counts row i's."""
    names = present.shape[1]
    packed = np.empty(names + 1, dtype=out.dtype)
    n = 0
    for i in range(rows_in.size):
        t = first + i
        line = x[t * width : t * width + names]
        made = out[n : n + rows_in[i]]
        if made.size == names:
            for j in range(names):
                made[j] = line[j]
        elif made.size:
            seen = present[t]
            k = 0
            for j in range(names):
                packed[k] = line[j]
                k += 1 if seen[j] else 0
            for j in range(made.size):
                made[j] = packed[j]
        n += made.size


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
