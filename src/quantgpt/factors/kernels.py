"""Compiled loops of the factor statistics: row sorts, rank correlations, label permutation, bootstraps.

Values that tie on paper tie here: sorting compares values rounded to 40 mantissa bits. Ranks are carried as integers
(twice the average rank, centred), so a rank correlation has the same bits in whatever order the names are stored.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.jit import kernel

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I16 = NDArray[np.int16]
Bool = NDArray[np.bool_]

_DIGITS = 7
_SIGN = np.uint64(1 << 63)
_HALF = np.uint64(1 << 11)
_DROP = np.uint64(12)
_BYTE = np.uint64(255)
_STEP = np.uint64(8)
_PACKED = 4096
_NAME = _PACKED - 1
_WORD_NAME = np.uint64(_NAME)
_MOST_MOVES = 16
_AT_32, _AT_40, _AT_48, _AT_56 = np.uint64(32), np.uint64(40), np.uint64(48), np.uint64(56)
_TILE_ROWS, _TILE_COLUMNS = 64, 256


@kernel
def _key(x: float, bits: np.uint64) -> np.uint64:
    """The value's sign, exponent and 40 mantissa bits (rounded) as an integer of 52 bits in the same order."""
    b = (np.uint64(0) if x == 0.0 else bits) + _HALF
    return (~b if b & _SIGN else b | _SIGN) >> _DROP


@kernel
def _by_words(words: U64, spare: U64, n: int, s0: I32, s1: I32, s2: I32, s3: I32) -> bool:
    """Sort n words: four radix passes over their upper half, then insertion; the result is in `words`.

    False, `words` no longer in any order, when so many upper halves are equal that insertion would be slow.
    """
    s0[:] = 0
    s1[:] = 0
    s2[:] = 0
    s3[:] = 0
    for j in range(n):
        word = words[j]
        s0[np.int64((word >> _AT_32) & _BYTE)] += 1
        s1[np.int64((word >> _AT_40) & _BYTE)] += 1
        s2[np.int64((word >> _AT_48) & _BYTE)] += 1
        s3[np.int64(word >> _AT_56)] += 1
    c0, c1, c2, c3 = 0, 0, 0, 0
    for k in range(256):
        s0[k], c0 = c0, c0 + s0[k]
        s1[k], c1 = c1, c1 + s1[k]
        s2[k], c2 = c2, c2 + s2[k]
        s3[k], c3 = c3, c3 + s3[k]
    for j in range(n):
        word = words[j]
        at = np.int64((word >> _AT_32) & _BYTE)
        spare[s0[at]] = word
        s0[at] += 1
    for j in range(n):
        word = spare[j]
        at = np.int64((word >> _AT_40) & _BYTE)
        words[s1[at]] = word
        s1[at] += 1
    for j in range(n):
        word = words[j]
        at = np.int64((word >> _AT_48) & _BYTE)
        spare[s2[at]] = word
        s2[at] += 1
    for j in range(n):
        word = spare[j]
        at = np.int64(word >> _AT_56)
        words[s3[at]] = word
        s3[at] += 1
    moves = 0
    for j in range(1, n):
        word = words[j]
        if words[j - 1] > word:
            k = j
            while k > 0 and words[k - 1] > word:
                words[k] = words[k - 1]
                k -= 1
            words[k] = word
            moves += j - k
            if moves > _MOST_MOVES * n:
                return False
    return True


@kernel
def _by_digits(keys: U64, names: I32, n: int, keys_to: U64, names_to: I32, seen: I32) -> bool:
    """Radix sort of 52-bit keys and their names, stable; True when the sorted ones ended in the second arrays."""
    seen[:] = 0
    for j in range(n):
        key = keys[j]
        for d in range(_DIGITS):
            seen[d, np.int64(key & _BYTE)] += 1
            key >>= _STEP
    swapped = False
    for d in range(_DIGITS):
        shift = np.uint64(8 * d)
        if seen[d, np.int64((keys[0] >> shift) & _BYTE)] == n:
            continue
        total = 0
        for k in range(256):
            here = seen[d, k]
            seen[d, k] = total
            total += here
        for j in range(n):
            digit = np.int64((keys[j] >> shift) & _BYTE)
            at = seen[d, digit]
            seen[d, digit] = at + 1
            keys_to[at] = keys[j]
            names_to[at] = names[j]
        keys, keys_to = keys_to, keys
        names, names_to = names_to, names
        swapped = not swapped
    return swapped


@kernel
def sort_rows(x: F64, valid: Bool, order: I16, dense: I16, count: I32) -> None:
    """Sort each row's valid values: names in `order`, index of the distinct value in `dense`, their number in `count`.

    Shape: all (T, N) but count (T,). Ties stay in column order. Up to 4,096 names, the name sits in the twelve bits below
    its key, so that one word is moved; more names, or keys too much alike, go through a radix sort of keys and names.
    """
    sessions, assets = x.shape
    bits = x.view(np.uint64)
    keys, keys_to = np.empty(assets, np.uint64), np.empty(assets, np.uint64)
    names, names_to = np.empty(assets, np.int32), np.empty(assets, np.int32)
    s0, s1, s2, s3 = np.empty(256, np.int32), np.empty(256, np.int32), np.empty(256, np.int32), np.empty(256, np.int32)
    seen = np.empty((_DIGITS, 256), np.int32)
    packed = assets <= _PACKED
    for t in range(sessions):
        n = 0
        for i in range(assets):
            if valid[t, i]:
                keys[n] = (_key(x[t, i], bits[t, i]) << _DROP) | np.uint64(i & _NAME)
                n += 1
        count[t] = n
        if n == 0:
            continue
        if packed and _by_words(keys, keys_to, n, s0, s1, s2, s3):
            for j in range(n):
                names[j] = np.int32(keys[j] & _WORD_NAME)
                keys[j] >>= _DROP
        else:
            n = 0
            for i in range(assets):
                if valid[t, i]:
                    keys[n] = _key(x[t, i], bits[t, i])
                    names[n] = i
                    n += 1
            if _by_digits(keys, names, n, keys_to, names_to, seen):
                keys, keys_to = keys_to, keys
                names, names_to = names_to, names
        distinct = 0
        order[t, 0] = names[0]
        dense[t, 0] = 0
        for j in range(1, n):
            distinct += 1 if keys[j] != keys[j - 1] else 0
            order[t, j] = names[j]
            dense[t, j] = distinct


@kernel
def _pair_ranks(order: I16, dense: I16, n: int, keep: Bool, out: I32) -> int:
    """Twice the 0-based average rank of each kept name, written to `out`; returns how many were kept."""
    kept = 0
    if n > 0 and dense[n - 1] == n - 1:
        for j in range(n):
            name = order[j]
            out[name] = 2 * kept
            kept += 1 if keep[name] else 0
        return kept
    j = 0
    while j < n:
        start = kept
        value = dense[j]
        k = j
        while k < n and dense[k] == value:
            kept += 1 if keep[order[k]] else 0
            k += 1
        twice = start + kept - 1
        for q in range(j, k):
            out[order[q]] = twice
        j = k
    return kept


@kernel
def _moments(rx: I32, ry: I32, vx: Bool, vy: Bool, kept: int) -> tuple[float, float, float]:
    """Exact integer sums of squares and products of centred doubled ranks over names present in both."""
    sxx = np.int64(0)
    syy = np.int64(0)
    sxy = np.int64(0)
    centre = np.int64(kept - 1)
    for i in range(rx.shape[0]):
        both = np.int64(vx[i] & vy[i])
        a = both * (np.int64(rx[i]) - centre)
        b = both * (np.int64(ry[i]) - centre)
        sxx += a * a
        syy += b * b
        sxy += a * b
    return float(sxx), float(syy), float(sxy)


@kernel
def rank_ic_rows(
    ox: I16, dx: I16, nx: I32, vx: Bool, oy: I16, dy: I16, ny: I32, vy: Bool,
    x_rows: I64, y_rows: I64, least: int, out: F64, names: I32,
) -> None:  # fmt: skip
    """Spearman correlation of row `x_rows[k]` of x with row `y_rows[k]` of y over names valid in both.

    NaN: fewer than `least` names, or all values of one side tie.
    """
    assets = ox.shape[1]
    rx = np.zeros(assets, np.int32)
    ry = np.zeros(assets, np.int32)
    for k in range(x_rows.shape[0]):
        t = x_rows[k]
        u = y_rows[k]
        kept = _pair_ranks(ox[t], dx[t], nx[t], vy[u], rx)
        names[k] = kept
        out[k] = np.nan
        if kept < least:
            continue
        _pair_ranks(oy[u], dy[u], ny[u], vx[t], ry)
        sxx, syy, sxy = _moments(rx, ry, vx[t], vy[u], kept)
        if sxx > 0.0 and syy > 0.0:
            out[k] = sxy / np.sqrt(sxx * syy)


@kernel
def pearson_ic_rows(x: F64, vx: Bool, y: F64, vy: Bool, rows: I64, least: int, out: F64) -> None:
    """Pearson correlation of the values of x and y in each row over names valid in both; two passes.

    NaN: fewer than `least` names, or one side is constant up to rounding.
    """
    assets = x.shape[1]
    for k in range(rows.shape[0]):
        t = rows[k]
        n = 0
        mx = 0.0
        my = 0.0
        top = 0.0
        for i in range(assets):
            if vx[t, i] and vy[t, i]:
                n += 1
                mx += x[t, i]
                my += y[t, i]
                top = max(top, abs(x[t, i]))
        out[k] = np.nan
        if n < least:
            continue
        mx /= n
        my /= n
        sxx = 0.0
        syy = 0.0
        sxy = 0.0
        for i in range(assets):
            if vx[t, i] and vy[t, i]:
                a = x[t, i] - mx
                b = y[t, i] - my
                sxx += a * a
                syy += b * b
                sxy += a * b
        if sxx > n * (1e-13 * top) ** 2 and syy > 0.0:
            out[k] = min(1.0, max(-1.0, sxy / (np.sqrt(sxx) * np.sqrt(syy))))


@kernel
def split_rank_ic_rows(
    ox: I16, dx: I16, nx: I32, vx: Bool, oy: I16, dy: I16, ny: I32, vy: Bool,
    part: I32, static: bool, parts: int, rows: I64, least: int, out: F64, names: I32,
) -> None:  # fmt: skip
    """Spearman correlation inside each part of the names (industry, size bucket), row by row.

    Shape: part (1, N) when `static`, else (T, N), -1 = in no part; out and names (len(rows), parts).
    """
    assets = ox.shape[1]
    rx = np.zeros(assets, np.int32)
    ry = np.zeros(assets, np.int32)
    first = np.empty(parts + 1, np.int64)
    fill = np.empty(parts, np.int64)
    by_part_x, by_part_y = np.empty(assets, np.int16), np.empty(assets, np.int16)
    dense_x, dense_y = np.empty(assets, np.int16), np.empty(assets, np.int16)
    everyone = np.ones(assets, np.bool_)
    for k in range(rows.shape[0]):
        t = rows[k]
        p = part[0] if static else part[t]
        first[:] = 0
        for j in range(nx[t]):
            name = ox[t, j]
            if vy[t, name] and p[name] >= 0:
                first[p[name] + 1] += 1
        for q in range(parts):
            first[q + 1] += first[q]
        fill[:] = first[:parts]
        for j in range(nx[t]):
            name = ox[t, j]
            if vy[t, name] and p[name] >= 0:
                by_part_x[fill[p[name]]] = name
                dense_x[fill[p[name]]] = dx[t, j]
                fill[p[name]] += 1
        fill[:] = first[:parts]
        for j in range(ny[t]):
            name = oy[t, j]
            if vx[t, name] and p[name] >= 0:
                by_part_y[fill[p[name]]] = name
                dense_y[fill[p[name]]] = dy[t, j]
                fill[p[name]] += 1
        for q in range(parts):
            a = first[q]
            b = first[q + 1]
            m = b - a
            names[k, q] = m
            out[k, q] = np.nan
            if m < least:
                continue
            _runs_to_ranks(by_part_x[a:b], dense_x[a:b], everyone, rx)
            _runs_to_ranks(by_part_y[a:b], dense_y[a:b], everyone, ry)
            sxx = np.int64(0)
            syy = np.int64(0)
            sxy = np.int64(0)
            centre = np.int64(m - 1)
            for j in range(a, b):
                u = np.int64(rx[by_part_x[j]]) - centre
                v = np.int64(ry[by_part_x[j]]) - centre
                sxx += u * u
                syy += v * v
                sxy += u * v
            if sxx > 0 and syy > 0:
                out[k, q] = float(sxy) / np.sqrt(float(sxx) * float(syy))


@kernel
def _runs_to_ranks(order: I16, dense: I16, keep: Bool, out: I32) -> None:
    """Twice the average rank of names given in sorted order with (possibly gapped) indices of distinct values."""
    n = order.shape[0]
    j = 0
    while j < n:
        k = j
        while k < n and dense[k] == dense[j]:
            k += 1
        for q in range(j, k):
            out[order[q]] = j + k - 1
        j = k


@kernel
def standard_ranks(
    ox: I16, dx: I16, nx: I32, vx: Bool, oy: I16, dy: I16, ny: I32, vy: Bool,
    rows: I64, y_rows: I64, slot: I32, least: int, f: F64, r: F64,
) -> None:  # fmt: skip
    """Centred, unit-length rank vectors of both sides over the names present in both, by slot.

    Shape: slot (T, N) int32, -1 = none; f and r (len(rows), S), 0 where a slot is empty. f is stretched by
    sqrt((S - 1) / (m - 1)), m names present, so that under a random permutation of S slots a row's correlation has the
    variance 1 / (m - 1) that m labelled names have. A row that has no correlation stays 0.
    """
    assets = ox.shape[1]
    slots = f.shape[1]
    rx = np.zeros(assets, np.int32)
    ry = np.zeros(assets, np.int32)
    f[:] = 0.0
    r[:] = 0.0
    for k in range(rows.shape[0]):
        t = rows[k]
        u = y_rows[k]
        kept = _pair_ranks(ox[t], dx[t], nx[t], vy[u], rx)
        if kept < least:
            continue
        _pair_ranks(oy[u], dy[u], ny[u], vx[t], ry)
        sxx, syy, _ = _moments(rx, ry, vx[t], vy[u], kept)
        if sxx <= 0.0 or syy <= 0.0:
            continue
        a = np.sqrt((slots - 1.0) / (kept - 1.0) / sxx)
        b = 1.0 / np.sqrt(syy)
        for i in range(assets):
            if vx[t, i] and vy[u, i]:
                s = slot[t, i]
                f[k, s] = a * (rx[i] - (kept - 1))
                r[k, s] = b * (ry[i] - (kept - 1))


@kernel
def add_products(f: F64, r: F64, rows: I64, g: F64) -> None:
    """g[i, j] += sum over `rows` of f[row, i] · r[row, j], eight rows at a time, in an order that never changes.

    Walks g in tiles that stay in the second-level cache while all rows pass over them.
    """
    slots = g.shape[0]
    n = rows.shape[0]
    whole = n - n % 8
    for left in range(0, slots, _TILE_COLUMNS):
        right = min(left + _TILE_COLUMNS, slots)
        for top in range(0, slots, _TILE_ROWS):
            bottom = min(top + _TILE_ROWS, slots)
            for b in range(0, whole, 8):
                t0, t1, t2, t3 = rows[b], rows[b + 1], rows[b + 2], rows[b + 3]
                t4, t5, t6, t7 = rows[b + 4], rows[b + 5], rows[b + 6], rows[b + 7]
                r0, r1, r2, r3 = r[t0, left:right], r[t1, left:right], r[t2, left:right], r[t3, left:right]
                r4, r5, r6, r7 = r[t4, left:right], r[t5, left:right], r[t6, left:right], r[t7, left:right]
                for i in range(top, bottom):
                    a0, a1, a2, a3 = f[t0, i], f[t1, i], f[t2, i], f[t3, i]
                    a4, a5, a6, a7 = f[t4, i], f[t5, i], f[t6, i], f[t7, i]
                    row = g[i, left:right]
                    for j in range(right - left):
                        row[j] += (a0 * r0[j] + a1 * r1[j] + a2 * r2[j] + a3 * r3[j]) + (
                            a4 * r4[j] + a5 * r5[j] + a6 * r6[j] + a7 * r7[j]
                        )
            for b in range(whole, n):
                t = rows[b]
                for i in range(top, bottom):
                    a = f[t, i]
                    for j in range(left, right):
                        g[i, j] += a * r[t, j]


@kernel
def gather_sums(g: F64, by_slot: I32, out: F64) -> None:
    """out[p] = sum over slots s of g[s, by_slot[s, p]]: the sum of correlations after relabelling p.

    Shape: g (S, S) with g[s, k] the product of r at slot s and f at slot k; by_slot (S, P). One row of g is read at a
    time, so the gathers hit the first-level cache.
    """
    out[:] = 0.0
    for s in range(g.shape[0]):
        row = g[s]
        for p in range(out.shape[0]):
            out[p] += row[by_slot[s, p]]


@kernel
def block_means(prefix: F64, counts: F64, starts: I64, block: int, sessions: int, out: F64) -> None:
    """Column means of block-bootstrap samples from prefix sums of a circularly repeated table.

    Shape: prefix and counts (2·sessions + 1, K): running sums of values (NaN as 0) and of valid cells; starts
           (draws, blocks), the last block cut so that each sample has `sessions` rows; out (draws, K).
    """
    draws, blocks = starts.shape
    columns = prefix.shape[1]
    total = np.empty(columns)
    number = np.empty(columns)
    for d in range(draws):
        total[:] = 0.0
        number[:] = 0.0
        left = sessions
        for b in range(blocks):
            size = min(block, left)
            a = starts[d, b]
            for c in range(columns):
                total[c] += prefix[a + size, c] - prefix[a, c]
                number[c] += counts[a + size, c] - counts[a, c]
            left -= size
        for c in range(columns):
            out[d, c] = total[c] / number[c] if number[c] > 0 else np.nan


@kernel
def block_performance(strategy: F64, groups: F64, starts: I64, block: int, daily_rf: float, out: F64) -> None:
    """Score inputs of block-bootstrap samples of days, strategy and groups resampled together.

    Shape: strategy (D,), groups (n, D), starts (draws, blocks); out (draws, 5 + n) holding Sharpe, total log growth,
           maximum drawdown, win rate, number of days, then each group's mean.
    """
    draws, blocks = starts.shape
    days = strategy.shape[0]
    n = groups.shape[0]
    for d in range(draws):
        left = days
        mean = 0.0
        m2 = 0.0
        seen = 0
        wins = 0
        moved = 0
        level = 1.0
        peak = 1.0
        worst = 0.0
        for g in range(n):
            out[d, 5 + g] = 0.0
        for b in range(blocks):
            size = min(block, left)
            for j in range(size):
                at = (starts[d, b] + j) % days
                x = strategy[at]
                seen += 1
                step = x - mean
                mean += step / seen
                m2 += step * (x - mean)
                if x > 0:
                    wins += 1
                if x != 0:
                    moved += 1
                level *= 1.0 + x
                peak = max(peak, level)
                worst = min(worst, level / peak - 1.0)
                for g in range(n):
                    out[d, 5 + g] += groups[g, at]
            left -= size
        std = np.sqrt(m2 / (seen - 1)) if seen > 1 else 0.0
        out[d, 0] = (mean - daily_rf) / std * np.sqrt(252.0) if std > 0 else np.nan
        out[d, 1] = np.log(level) if level > 0 else -np.inf
        out[d, 2] = worst
        out[d, 3] = wins / moved if moved else np.nan
        out[d, 4] = seen
        for g in range(n):
            out[d, 5 + g] /= seen


@kernel
def group_rows(order: I16, count: I32, rows: I64, n_groups: int, out: NDArray[np.int8]) -> None:
    """Group of each name from sorted rows: the i-th of m names goes to group n·i // m; none where m < n."""
    for k in range(rows.shape[0]):
        out[k, :] = -1
        m = np.int64(count[rows[k]])
        if m < n_groups:
            continue
        for i in range(m):
            out[k, order[rows[k], i]] = i * n_groups // m


@kernel
def group_means(groups: NDArray[np.int8], y: F64, rows: I64, n_groups: int, out: F64) -> None:
    """Mean of y over each group's names that have a value, row by row; (len(rows), n_groups), NaN where none has."""
    total = np.empty(n_groups)
    number = np.empty(n_groups)
    for k in range(rows.shape[0]):
        total[:] = 0.0
        number[:] = 0.0
        t = rows[k]
        for i in range(y.shape[1]):
            g = groups[k, i]
            if g >= 0 and np.isfinite(y[t, i]):
                total[g] += y[t, i]
                number[g] += 1
        for g in range(n_groups):
            out[k, g] = total[g] / number[g] if number[g] > 0 else np.nan


@kernel
def residual_rows(x: F64, valid: Bool, industry: I32, industries: int, size: F64, use_size: bool, out: F64) -> None:
    """Residuals of each row of x on industry dummies (with intercept) and, if asked, on a size column.

    NaN: names that are not valid, or whose size is missing when size is used. `industry` -1 counts as an industry of
         its own, the last one.
    """
    sessions, assets = x.shape
    sx = np.empty(industries + 1)
    ss = np.empty(industries + 1)
    number = np.empty(industries + 1)
    for t in range(sessions):
        sx[:] = 0.0
        ss[:] = 0.0
        number[:] = 0.0
        for i in range(assets):
            out[t, i] = np.nan
            if not valid[t, i] or (use_size and not np.isfinite(size[t, i])):
                continue
            k = industry[i] if industry[i] >= 0 else industries
            sx[k] += x[t, i]
            number[k] += 1
            if use_size:
                ss[k] += size[t, i]
        sxy = 0.0
        syy = 0.0
        for i in range(assets):
            if not valid[t, i] or (use_size and not np.isfinite(size[t, i])):
                continue
            k = industry[i] if industry[i] >= 0 else industries
            a = x[t, i] - sx[k] / number[k]
            out[t, i] = a
            if use_size:
                b = size[t, i] - ss[k] / number[k]
                sxy += a * b
                syy += b * b
        if use_size and syy > 1e-12:
            slope = sxy / syy
            for i in range(assets):
                if valid[t, i] and np.isfinite(size[t, i]):
                    k = industry[i] if industry[i] >= 0 else industries
                    out[t, i] -= slope * (size[t, i] - ss[k] / number[k])
