"""Comparisons of the eligible names of one session within their industry."""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, Groups, Mask, UnitRule, operator
from quantgpt.operators._lazy import routine
from quantgpt.operators._ties import tied

NAN = math.nan


@routine
def group_moments(
    x: Array, eligible: Mask, groups: Groups, i: int, count: Array, mean: Array, low: Array, high: Array
) -> None:
    """Number, mean, smallest and largest eligible value of every industry on row `i`."""
    count[:] = 0.0
    mean[:] = 0.0
    low[:] = math.inf
    high[:] = -math.inf
    for j in range(groups.size):
        v = x[i, j]
        g = groups[j]
        if g >= 0 and eligible[i, j] and v - v == 0.0:
            count[g] += 1.0
            mean[g] += v
            low[g] = min(low[g], v)
            high[g] = max(high[g], v)
    for g in range(count.size):
        mean[g] = mean[g] / count[g] if count[g] > 0.0 else NAN


@operator(
    Axis.DAY,
    category="industry",
    zh="行业中性化：减去当日同行业可选股票的均值",
    say=("{0}减去同行业均值", "{0} less the mean of its industry"),
    example="indneutralize(rank(returns))",
    grouped=True,
)
def indneutralize(out: Array, x: Array, eligible: Mask, groups: Groups) -> None:
    """The value less the mean of the eligible names of the same industry on that session.

    NaN:    missing for names that are not eligible, have no value or no known industry.

    >>> indneutralize(np.array([[1.0, 3.0, 7.0]]), groups=np.array([0, 0, 1])).tolist()
    [[-1.0, 1.0, 0.0]]
    """
    rows, assets = out.shape
    size = int(groups.max()) + 1 if assets else 0
    count = np.empty(max(size, 0))
    mean = np.empty_like(count)
    low = np.empty_like(count)
    high = np.empty_like(count)
    for i in range(rows):
        group_moments(x, eligible, groups, i, count, mean, low, high)
        for j in range(assets):
            v = x[i, j]
            g = groups[j]
            out[i, j] = NAN
            if g >= 0 and eligible[i, j] and v - v == 0.0:
                rest = 0.0 if low[g] == high[g] else v - mean[g]
                out[i, j] = rest if rest - rest == 0.0 else NAN


@operator(
    Axis.DAY,
    category="industry",
    zh="当日行业内标准分（样本标准差，全相等为 0）",
    say=("{0}的行业内标准分", "the standard score of {0} within its industry"),
    example="group_zscore(returns)",
    grouped=True,
    unit=UnitRule.RATIO,
)
def group_zscore(out: Array, x: Array, eligible: Mask, groups: Groups) -> None:
    """Standard score (ddof 1) among the eligible names of the same industry on that session.

    NaN:    as for `indneutralize`; 0 where all names of the industry are equal.

    >>> group_zscore(np.array([[1.0, 2.0, 3.0, 9.0]]), groups=np.array([0, 0, 0, 1])).tolist()
    [[-1.0, 0.0, 1.0, 0.0]]
    """
    rows, assets = out.shape
    size = int(groups.max()) + 1 if assets else 0
    count = np.empty(max(size, 0))
    mean = np.empty_like(count)
    low = np.empty_like(count)
    high = np.empty_like(count)
    square = np.empty_like(count)
    for i in range(rows):
        group_moments(x, eligible, groups, i, count, mean, low, high)
        square[:] = 0.0
        for j in range(assets):
            v = x[i, j]
            g = groups[j]
            if g >= 0 and eligible[i, j] and v - v == 0.0:
                square[g] += (v - mean[g]) * (v - mean[g])
        for j in range(assets):
            v = x[i, j]
            g = groups[j]
            out[i, j] = NAN
            if g >= 0 and eligible[i, j] and v - v == 0.0:
                if tied(low[g]) == tied(high[g]):
                    out[i, j] = 0.0
                    continue
                score = (v - mean[g]) / math.sqrt(square[g] / (count[g] - 1.0))
                out[i, j] = score if score - score == 0.0 else NAN


@operator(
    Axis.DAY,
    category="industry",
    zh="当日行业内百分位排名，并列取平均，(0, 1]",
    say=("{0}的行业内排名", "the rank of {0} within its industry"),
    example="group_rank(returns)",
    grouped=True,
    unit=UnitRule.RATIO,
)
def group_rank(out: Array, x: Array, eligible: Mask, groups: Groups) -> None:
    """Rank among the eligible names of the same industry on that session, divided by their number; ties averaged.

    NaN:    missing for names that are not eligible, have no value or no known industry.

    >>> group_rank(np.array([[1.0, 2.0, 3.0, 9.0]]), groups=np.array([0, 0, 1, 1])).tolist()
    [[0.5, 1.0, 0.5, 1.0]]
    """
    rows, assets = out.shape
    size = int(groups.max()) + 1 if assets else 0
    keys = np.empty(assets)
    names = np.empty(assets, np.int64)
    sorted_names = np.empty(assets, np.int64)
    sorted_keys = np.empty(assets)
    begin = np.empty(max(size, 0) + 1, np.int64)
    for i in range(rows):
        n = 0
        begin[:] = 0
        for j in range(assets):
            v = x[i, j]
            out[i, j] = NAN
            if groups[j] >= 0 and eligible[i, j] and v - v == 0.0:
                keys[n] = tied(v)
                names[n] = j
                begin[groups[j] + 1] += 1
                n += 1
        for g in range(size):
            begin[g + 1] += begin[g]
        order = np.argsort(keys[:n], kind="mergesort")
        free = begin.copy()
        for p in range(n):
            j = names[order[p]]
            q = free[groups[j]]
            sorted_names[q] = j
            sorted_keys[q] = keys[order[p]]
            free[groups[j]] += 1
        for g in range(size):
            first = begin[g]
            while first < begin[g + 1]:
                last = first + 1
                while last < begin[g + 1] and sorted_keys[last] == sorted_keys[first]:
                    last += 1
                place = (first + 1 + last - 2 * begin[g]) * 0.5 / (begin[g + 1] - begin[g])
                for q in range(first, last):
                    out[i, sorted_names[q]] = place
                first = last
