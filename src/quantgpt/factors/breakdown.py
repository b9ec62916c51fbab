"""The rank IC by year, by industry and by size: where a factor works and where it does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.ic import ICSummary, Ranked, Rows, groups_of, rank_rows, split_rank_ic, summarise
from quantgpt.foundations.panel import BoolPanel, Days, FloatPanel
from quantgpt.metrics.hac import HacMean, hac_mean
from quantgpt.metrics.periods import months, years

F64 = NDArray[np.float64]

SIZE_BUCKETS = ("S1", "S2", "S3", "S4", "S5")


@dataclass(frozen=True)
class Slice:
    """Rank IC within one part of the names, or of the sessions."""

    name: str
    hac: HacMean
    days: int
    names: float
    """mean number of names on those sessions"""


def by_industry(
    factor: Ranked, label: Ranked, rows: Rows, industry: NDArray[np.int16], names: tuple[str, ...], lag: int
) -> tuple[Slice, ...]:
    """Rank IC inside each industry that has five names on some session, largest industry first."""
    part = np.asarray(industry).astype(np.int32)
    values, number = split_rank_ic(factor, label, rows, part, len(names))
    slices = [_slice(names[k], values[:, k], number[:, k], lag) for k in range(len(names))]
    return tuple(sorted((s for s in slices if s.days), key=lambda s: (-s.names, s.name)))


def by_size(factor: Ranked, label: Ranked, rows: Rows, size: FloatPanel, lag: int) -> tuple[Slice, ...]:
    """Rank IC inside five buckets of equal count by size on the day, small to large.

    Shape: size (T, N), for example the float market value; names without one are left out.
    """
    ranked = rank_rows(size, factor.valid)
    every = np.arange(size.shape[0], dtype=np.int64)
    part = groups_of(ranked, every, len(SIZE_BUCKETS)).astype(np.int32)
    values, number = split_rank_ic(factor, label, rows, part, len(SIZE_BUCKETS))
    return tuple(_slice(name, values[:, k], number[:, k], lag) for k, name in enumerate(SIZE_BUCKETS))


def by_year(values: F64, days: Days, lag: int) -> dict[str, ICSummary]:
    """Rank IC of each calendar year.

    Shape: values, days (D,).
    """
    return {span.label: summarise(values[span.rows], lag) for span in years(days)}


def by_month(values: F64, days: Days, lag: int) -> dict[str, HacMean]:
    """Rank IC of each month; at most a quarter of the month's sessions serve as lags."""
    out = {}
    for span in months(days):
        part = values[span.rows]
        out[span.label] = hac_mean(part, min(lag, int(np.isfinite(part).sum()) // 4))
    return out


def residual_ic(residual: FloatPanel, eligible: BoolPanel, label: Ranked, rows: Rows, lag: int) -> ICSummary:
    """Rank IC of a neutralised factor."""
    from quantgpt.factors.ic import rank_ic

    return summarise(rank_ic(rank_rows(residual, eligible), label, rows).values, lag)


def _slice(name: str, values: F64, number: NDArray[np.int32], lag: int) -> Slice:
    present = np.isfinite(values)
    mean_names = float(number[present].mean()) if present.any() else 0.0
    return Slice(name, hac_mean(values, lag), int(present.sum()), mean_names)
