"""Information coefficients: how well a factor's ordering of names agrees with what the names earned next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.panel import BoolPanel, FloatPanel
from quantgpt.metrics.hac import HacMean, hac_mean
from quantgpt.metrics.returns import PERIODS

LEAST_NAMES = 5
"""names on a session below which it has no information coefficient"""
MOST_NAMES = 32_767

F64 = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Ranked:
    """The rows of a panel, sorted once and reused for every correlation with them.

    Shape: all (T, N) but `count` (T,). `order` holds the columns of valid names in rising order of value, ties in column
           order; `dense` the index of the distinct value at that place; values compare after rounding to 40 mantissa bits.
    """

    order: NDArray[np.int16]
    dense: NDArray[np.int16]
    count: NDArray[np.int32]
    valid: BoolPanel


class RankIC(NamedTuple):
    """Rank correlations by session and the number of names behind each."""

    values: F64
    names: NDArray[np.int32]


@dataclass(frozen=True)
class ICSummary:
    """What a series of information coefficients says about its mean."""

    hac: HacMean
    std: float
    ir: float
    """mean over standard deviation (ddof 1), per session"""
    ir_annual: float
    positive_share: float

    @property
    def mean(self) -> float:
        """The mean over sessions that have a value."""
        return self.hac.mean

    @property
    def n(self) -> int:
        """How many sessions have a value."""
        return self.hac.n


def owned(x: FloatPanel) -> FloatPanel:
    """A C-contiguous, writable float64 panel, so that each kernel is compiled for one kind of array only."""
    out = np.ascontiguousarray(x, dtype=np.float64)
    return out if out.flags.writeable else out.copy()


def rank_rows(x: FloatPanel, eligible: BoolPanel | None = None) -> Ranked:
    """Sort the finite values of each row, of eligible names only when `eligible` is given.

    Shape:  (T, N).
    Raises: BadRequest for more names than a 16-bit column number can tell apart.
    """
    from quantgpt.factors import kernels

    values = owned(x)
    if values.shape[1] > MOST_NAMES:
        raise BadRequest(f"一次最多检验 {MOST_NAMES} 只股票，收到 {values.shape[1]} 只", nearest=MOST_NAMES)
    valid = np.isfinite(values)
    if eligible is not None:
        valid &= eligible
    order = np.zeros(values.shape, dtype=np.int16)
    dense = np.zeros(values.shape, dtype=np.int16)
    count = np.zeros(values.shape[0], dtype=np.int32)
    kernels.sort_rows(values, valid, order, dense, count)
    return Ranked(order, dense, count, valid)


def rank_ic(x: Ranked, y: Ranked, rows: Rows, lag: int = 0, least: int = LEAST_NAMES) -> RankIC:
    """Spearman correlation of row t of x with row t + lag of y over the names that have both, ties averaged.

    Shape: (len(rows),). NaN: fewer than `least` names, one side all ties, or t + lag outside the panel.
    """
    from quantgpt.factors import kernels

    rows = np.ascontiguousarray(rows, dtype=np.int64)
    out = np.full(rows.size, np.nan)
    names = np.zeros(rows.size, dtype=np.int32)
    inside = np.flatnonzero((rows + lag >= 0) & (rows + lag < y.count.size))
    if inside.size:
        values = np.empty(inside.size)
        number = np.zeros(inside.size, dtype=np.int32)
        kernels.rank_ic_rows(
            x.order,
            x.dense,
            x.count,
            x.valid,
            y.order,
            y.dense,
            y.count,
            y.valid,
            rows[inside],
            rows[inside] + lag,
            least,
            values,
            number,
        )
        out[inside] = values
        names[inside] = number
    return RankIC(out, names)


def pearson_ic(
    x: FloatPanel, x_valid: BoolPanel, y: FloatPanel, y_valid: BoolPanel, rows: Rows, least: int = LEAST_NAMES
) -> F64:
    """Pearson correlation of the values of x and y in each row over the names valid in both.

    Shape: (len(rows),). NaN: fewer than `least` names, or one side is constant.
    """
    from quantgpt.factors import kernels

    rows = np.ascontiguousarray(rows, dtype=np.int64)
    out = np.empty(rows.size)
    kernels.pearson_ic_rows(owned(x), x_valid, owned(y), y_valid, rows, least, out)
    return out


def split_rank_ic(
    x: Ranked, y: Ranked, rows: Rows, part: NDArray[np.int32], parts: int, least: int = LEAST_NAMES
) -> tuple[F64, NDArray[np.int32]]:
    """Rank correlation inside each part of the names.

    Shape: part (N,), or (T, N) when it changes with time, -1 = in no part; both results (len(rows), parts).
    """
    from quantgpt.factors import kernels

    rows = np.ascontiguousarray(rows, dtype=np.int64)
    static = part.ndim == 1
    table = np.ascontiguousarray(part[None, :] if static else part, dtype=np.int32)
    out = np.empty((rows.size, parts))
    names = np.zeros((rows.size, parts), dtype=np.int32)
    kernels.split_rank_ic_rows(
        x.order,
        x.dense,
        x.count,
        x.valid,
        y.order,
        y.dense,
        y.count,
        y.valid,
        table,
        static,
        parts,
        rows,
        least,
        out,
        names,
    )
    return out, names


def summarise(values: F64, lag: int) -> ICSummary:
    """Mean with its HAC interval, standard deviation, ratio and share of positive sessions; missing ones dropped."""
    finite = values[np.isfinite(values)]
    hac = hac_mean(values, lag)
    std = float(finite.std(ddof=1)) if finite.size > 1 else math.nan
    ir = hac.mean / std if std > 0 else math.nan
    positive = float((finite > 0).mean()) if finite.size else math.nan
    return ICSummary(hac, std, ir, ir * math.sqrt(PERIODS), positive)


def groups_of(ranked: Ranked, rows: Rows, n_groups: int) -> NDArray[np.int8]:
    """Equal-count groups of each row, from rows that are already sorted: the same as `grouping.form_groups`.

    Shape: (len(rows), N): 0 = lowest values, -1 = in no group.
    """
    from quantgpt.factors import kernels

    out = np.full((len(rows), ranked.valid.shape[1]), -1, dtype=np.int8)
    kernels.group_rows(ranked.order, ranked.count, np.ascontiguousarray(rows, dtype=np.int64), n_groups, out)
    return out


def mean_by_group(groups: NDArray[np.int8], y: FloatPanel, rows: Rows, n_groups: int) -> F64:
    """Mean of y over the members of each group that have a value.

    Shape: groups (len(rows), N), y (T, N) -> (len(rows), n_groups).
    """
    from quantgpt.factors import kernels

    out = np.empty((len(rows), n_groups))
    kernels.group_means(groups, owned(y), np.ascontiguousarray(rows, dtype=np.int64), n_groups, out)
    return out
