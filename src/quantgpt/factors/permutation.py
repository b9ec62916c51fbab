"""Shuffled stock labels: the same relabelling on every session, so persistence and market structure stay as they are.

With unit-length rank vectors f(t) and r(t), the mean rank IC after a relabelling π is the sum over names of
G[π(i), i] with G = Σₜ f(t) r(t)ᵀ, so one matrix serves every relabelling. Sessions are split into cells (calibration ×
trend × volatility); the mean over any union of cells follows from sums by cell.

Names come and go. Each is therefore given a slot for as long as it is there, and hands the slot on when it leaves; slots
are permuted, not names. What overlap is still missing on a session is made up by the factor sqrt((S − 1) / (m − 1)), with
which a shuffled session has the variance 1 / (m − 1) of m labelled names.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.ic import LEAST_NAMES, Ranked, Rows
from quantgpt.foundations.panel import BoolPanel

BRIDGED_GAP = 60
"""sessions of absence (a long suspension) through which a name keeps its slot"""

F64 = NDArray[np.float64]


def assign_slots(present: BoolPanel, bridge: int = BRIDGED_GAP) -> tuple[NDArray[np.int32], int]:
    """Give each name a slot over each spell of presence; a slot that is free again goes to the next name that enters.

    Shape: present (T, N) -> (T, N) slots, -1 outside spells, and the number of slots: the most spells at one time.
    """
    slots = np.full(present.shape, -1, dtype=np.int32)
    spells: list[tuple[int, int, int]] = []
    for name in range(present.shape[1]):
        rows = np.flatnonzero(present[:, name])
        if rows.size == 0:
            continue
        breaks = np.flatnonzero(np.diff(rows) > bridge)
        starts = rows[np.r_[0, breaks + 1]]
        ends = rows[np.r_[breaks, rows.size - 1]]
        spells.extend((int(a), name, int(b)) for a, b in zip(starts, ends, strict=True))
    spells.sort()
    busy: list[tuple[int, int]] = []
    free: list[int] = []
    total = 0
    for start, name, end in spells:
        while busy and busy[0][0] < start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if free:
            slot = heapq.heappop(free)
        else:
            slot = total
            total += 1
        slots[start : end + 1, name] = slot
        heapq.heappush(busy, (end, slot))
    return slots, total


def relabellings(slots: int, count: int, seed: int) -> NDArray[np.int32]:
    """Random permutations of the slots; the same seed gives the same ones.

    Shape: (count, slots).
    """
    generator = np.random.Generator(np.random.PCG64([seed, slots]))
    table = np.tile(np.arange(slots, dtype=np.int32), (count, 1))
    return generator.permuted(table, axis=1)


@dataclass(frozen=True)
class NullSums:
    """Sums of rank IC by cell of sessions under each relabelling."""

    sums: F64
    """(cells, P)"""
    counts: NDArray[np.int64]
    """(cells,) sessions with a rank IC"""

    def mean(self, cells: NDArray[np.bool_]) -> F64:
        """Mean rank IC over the sessions of those cells, one value a relabelling; NaN when they hold no session."""
        number = int(self.counts[cells].sum())
        if number == 0:
            return np.full(self.sums.shape[1], np.nan)
        return np.asarray(self.sums[cells].sum(axis=0) / number, dtype=np.float64)


def null_sums(
    x: Ranked,
    y: Ranked,
    rows: Rows,
    cells: NDArray[np.int64],
    n_cells: int,
    slots: NDArray[np.int32],
    permutations: NDArray[np.int32],
    lag: int = 0,
) -> NullSums:
    """Rank IC sums of every relabelling, cell by cell; at any time one matrix of slots × slots is held.

    Shape: rows and cells (D,): the sessions and the cell of each; slots (T, N); permutations (P, S).
    """
    from quantgpt.factors import kernels

    inside = rows + lag < y.count.size
    rows, cells = np.ascontiguousarray(rows[inside]), cells[inside]
    size = permutations.shape[1]
    f = np.empty((rows.size, size))
    r = np.empty((rows.size, size))
    kernels.standard_ranks(
        x.order,
        x.dense,
        x.count,
        x.valid,
        y.order,
        y.dense,
        y.count,
        y.valid,
        rows,
        rows + lag,
        slots,
        LEAST_NAMES,
        f,
        r,
    )
    usable = r.any(axis=1)
    sums = np.zeros((n_cells, len(permutations)))
    counts = np.zeros(n_cells, dtype=np.int64)
    matrix = np.empty((size, size))
    by_slot = np.ascontiguousarray(permutations.T)
    for cell in range(n_cells):
        members = np.flatnonzero(usable & (cells == cell))
        counts[cell] = members.size
        if members.size:
            matrix[:] = 0.0
            kernels.add_products(r, f, members, matrix)
            kernels.gather_sums(matrix, by_slot, sums[cell])
    return NullSums(sums, counts)


def p_value(null: F64, observed: float) -> float:
    """Share of null values at or above the observed one, the observed itself counted: (1 + k) / (1 + n).

    >>> p_value(np.array([1.0, 2.0, 3.0]), 2.5)
    0.5
    """
    return float((1 + int((null >= observed).sum())) / (1 + null.size))


def p_value_two_sided(null: F64, observed: float) -> float:
    """The same for the absolute value."""
    return p_value(np.abs(null), abs(observed))
