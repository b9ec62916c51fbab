"""Exponential smoothing that forgets: weights fall by a constant factor a session, and end after finitely many."""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, operator
from quantgpt.operators._lazy import routine

NAN = math.nan
LONGEST = 1000
"""sessions"""
LEFT_OUT = 1e-6
"""share of all weights that may be cut off"""


@routine
def reach(keep: float) -> int:
    """Sessions after which the weights `keep` ** age that are left out sum up to less than 1e-6 of all, at most 1,000.

    The sum of the weights from age K on is `keep` ** K of the sum of all; multiplied up, so that compiled code and
    Python agree on K to the session.
    """
    left = 1.0
    sessions = 0
    while left >= LEFT_OUT and sessions < LONGEST:
        left *= keep
        sessions += 1
    return sessions


@routine
def fading_mean(out: Array, at: int, x: Array, span: int, keep: float) -> None:
    """Mean of the last `span` sessions with weights `keep` ** age, renormalised over the valid ones."""
    rows, assets = out.shape
    need = (span * 90 + 99) // 100
    weights = np.ones(span)
    for age in range(1, span):
        weights[age] = weights[age - 1] * keep
    total = np.empty(assets)
    weight = np.empty(assets)
    count = np.empty(assets)
    for i in range(rows):
        today = at + i
        total[:] = 0.0
        weight[:] = 0.0
        count[:] = 0.0
        for k in range(max(0, today - span + 1), today + 1):
            w = weights[today - k]
            for j in range(assets):
                v = x[k, j]
                total[j] += w * v if v == v else 0.0
                weight[j] += w if v == v else 0.0
            for j in range(assets):
                count[j] += 1.0 if x[k, j] == x[k, j] else 0.0
        for j in range(assets):
            v = total[j] / weight[j]
            out[i, j] = v if count[j] >= need and v - v == 0.0 else NAN


def refused_share(window: float, m: float) -> tuple[str, str, object] | None:
    """Why `m` / `window` is no smoothing constant of `ewma`: message, hint and the nearest valid `m`; None if it is."""
    if not 0.0 < m <= window:
        return f"m must be above 0 and at most n = {window:g}", f"m 取大于 0、不超过 {window:g} 的数", min(1.0, window)
    if (1.0 - m / window) ** LONGEST >= LEFT_OUT:
        least = math.ceil(window * (1.0 - LEFT_OUT ** (1.0 / LONGEST)) * 100.0) / 100.0
        reason = f"m / n is so small that {LONGEST} sessions do not hold the weights; m must be at least {least:g}"
        return reason, f"m/n 太小，{LONGEST} 个交易日内权重衰减不到百万分之一，m 至少取 {least:g}", least
    return None


def refused_factor(window: float, keep: float) -> tuple[str, str, object] | None:
    """Why `keep` is no factor of `decay_exp`: message, hint and a valid one; None if it is."""
    return None if keep > 0.0 else ("keep must be above 0", "衰减系数须大于 0，例如 0.9", 0.9)


def sessions_of_share(window: float, m: float) -> int:
    """Rows before today that `ewma` reads."""
    return reach(1.0 - m / window) - 1


def whole_first_window(window: float, keep: float) -> int:
    """Rows before today that `decay_exp` reads."""
    return int(window) - 1


@operator(
    Axis.TIME,
    category="technical",
    zh="指数加权均值：α = m/n（行情软件的 SMA(X,N,M)），截断在剩余权重低于百万分之一处并重新归一",
    say=("{0}的指数加权均值（α = {2}/{1}）", "the exponentially weighted mean of {0} with α = {2}/{1}"),
    example="ewma(close, 3, 1)",
    aliases=("sma_cn",),
    history=sessions_of_share,
    check=refused_share,
)
def ewma(out: Array, at: int, x: Array, window: int, m: float) -> None:
    """Exponentially weighted mean with α = `m` / `window`: the SMA(X, N, M) of Chinese charting software.

    That SMA is the endless recursion Y = (m · X + (n − m) · Y') / n. Its weights (1 − α) ** age are cut off after K
    sessions, K being the least number for which the weight left out, (1 − α) ** K, is below 1e-6, and renormalised
    over the valid sessions. Where the recursion has run for K sessions without a gap, the two differ by less than
    1e-6 of the distance between the largest and the smallest value that it has seen.

    Params: `m` is a number above 0 and at most `window`; m / n so small that K would exceed 1,000 is refused.
    NaN:    missing with fewer than 90 % valid sessions of the K.

    >>> ewma(np.array([[1.0], [1.0], [4.0]]), 2, 2.0).ravel().tolist()
    [1.0, 1.0, 4.0]
    """
    if 0.0 < m <= window:
        keep = 1.0 - m / window
        fading_mean(out, at, x, reach(keep), keep)
    else:
        out[:] = NAN


@operator(
    Axis.TIME,
    category="time_series",
    zh="指数衰减加权均值：i 个交易日前的权重为 k 的 i 次方",
    say=("{0}的{1}日指数衰减均值（系数{2}）", "the {1}-day mean of {0} with weights falling by {2} a day"),
    example="decay_exp(returns, 12, 0.9)",
    history=whole_first_window,
    check=refused_factor,
)
def decay_exp(out: Array, at: int, x: Array, window: int, keep: float) -> None:
    """Mean of the last `window` sessions with weights `keep` ** age, renormalised over the valid sessions.

    Params: `keep` is above 0; 1 makes it the plain mean, above 1 the oldest session is the heaviest.
    NaN:    missing with fewer than 90 % valid sessions, or where the weights are not finite.

    >>> decay_exp(np.array([[1.0], [4.0]]), 2, 0.5).ravel().tolist()
    [nan, 3.0]
    """
    fading_mean(out, at, x, window, keep)
