"""How fast a factor's power fades: rank IC of each later session alone, and the half-life fitted to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.ic import Ranked, Rows, rank_ic
from quantgpt.metrics.hac import hac_mean

F64 = NDArray[np.float64]

BOOTSTRAP_DRAWS = 500
_GRID = 161
_SHORTEST = 0.3
MARGINAL_HAC_LAG = 2
"""one-session returns do not overlap; two lags take care of what is left"""

NO_SIGNAL = "no_positive_ic"
NO_DECAY = "no_decay"
TOO_SHORT = "too_few_dates"

REASONS = {
    NO_SIGNAL: ("拟合不收敛：方向调整后的 IC 不为正", "No fit: the oriented IC is not positive"),
    NO_DECAY: ("拟合不收敛：IC 没有随时间下降", "No fit: IC does not fall with time"),
    TOO_SHORT: ("日期太少，不做拟合", "Too few dates for a fit"),
}


@dataclass(frozen=True)
class Fit:
    """a · exp(−b · lag)."""

    a: float
    b: float

    @property
    def half_life(self) -> float:
        """Sessions in which the fitted IC halves."""
        return math.log(2.0) / self.b


@dataclass(frozen=True)
class Decay:
    """Marginal rank IC by lag, oriented, and the half-life.

    Shape: arrays (K,), lag 1 first; `draws` the bootstrap's half-lives, inf where a draw does not fall.
    """

    lags: NDArray[np.int64]
    ic: F64
    se: F64
    ci_low: F64
    ci_high: F64
    p: F64
    names: F64
    fit: Fit | None
    reason: str | None
    ci95: tuple[float, float] | None
    lower_bound: float
    """5th percentile of the bootstrap's half-lives; NaN without draws"""
    draws: F64

    @property
    def half_life(self) -> float | None:
        """Fitted half-life in sessions, None when there is no fit."""
        return self.fit.half_life if self.fit else None


def lag_count(holding: int) -> int:
    """Lags to look at: 20, or 40 when the holding period is longer than 10 sessions."""
    return 20 if holding <= 10 else 40


def marginal_ic(factor: Ranked, marginal: Ranked, rows: Rows, lags: int) -> tuple[F64, F64]:
    """Rank IC of the factor of row t with the one-session return that starts k − 1 sessions after its first.

    Shape: `marginal` ranks `labels.marginal_returns`; both results (len(rows), lags): IC and names.
    """
    values = np.empty((rows.size, lags))
    names = np.empty((rows.size, lags))
    for k in range(lags):
        at = rank_ic(factor, marginal, rows, lag=k)
        values[:, k] = at.values
        names[:, k] = at.names
    return values, names


def estimate_decay(values: F64, names: F64, sign: int, block: int, seed: int, draws: int = BOOTSTRAP_DRAWS) -> Decay:
    """Means by lag with HAC intervals, the weighted exponential fit and its block-bootstrap interval.

    Shape: values, names (D, K) from `marginal_ic`. Weights are one over the squared standard errors. A half-life at the
    far end of the grid (four times the longest lag) means that no decay is measurable: no fit, with the reason.
    """
    lags = np.arange(1, values.shape[1] + 1)
    oriented = sign * values
    means = [hac_mean(oriented[:, k], MARGINAL_HAC_LAG) for k in range(lags.size)]
    ic = np.array([m.mean for m in means])
    se = np.array([m.se for m in means])
    low, high = np.array([m.ci_low for m in means]), np.array([m.ci_high for m in means])
    p = np.array([m.p for m in means])
    number = np.array([_mean_names(names[:, k], values[:, k]) for k in range(lags.size)])
    fit: Fit | None = None
    reason: str | None = TOO_SHORT
    samples = np.empty(0)
    if np.isfinite(ic).all() and np.all(se > 0) and values.shape[0] >= 2 * block:
        weights = 1.0 / se**2
        fit, reason = _fit(ic, weights)
        samples = _half_life_grid(_block_means(oriented, block, seed, draws), weights)
    known = samples[np.isfinite(samples) | np.isinf(samples)]
    ci = (
        (float(np.quantile(known, 0.025, method="lower")), float(np.quantile(known, 0.975, method="higher")))
        if known.size
        else None
    )
    bound = float(np.quantile(known, 0.05, method="lower")) if known.size else math.nan
    return Decay(lags, ic, se, low, high, p, number, fit, reason, ci, bound, samples)


def _mean_names(names: F64, values: F64) -> float:
    present = np.isfinite(values)
    return float(names[present].mean()) if present.any() else 0.0


def _grid(lags: int) -> F64:
    return np.asarray(np.geomspace(_SHORTEST, 4.0 * lags, _GRID), dtype=np.float64)


def _objective(means: F64, weights: F64) -> tuple[F64, F64]:
    """Explained weighted sum of squares and amplitude for each half-life of the grid; (B, grid) from (B, K)."""
    lags = np.arange(1, weights.size + 1)
    shapes = np.exp(-math.log(2.0) * lags[None, :] / _grid(weights.size)[:, None])
    norm = (weights * shapes * shapes).sum(axis=1)
    amplitude = np.einsum("bk,gk->bg", means, weights * shapes) / norm
    return np.where(amplitude > 0, amplitude**2 * norm, 0.0), amplitude


def _fit(ic: F64, weights: F64) -> tuple[Fit | None, str | None]:
    explained, amplitude = _objective(ic[None, :], weights)
    best = int(explained[0].argmax())
    if explained[0, best] <= 0.0:
        return None, NO_SIGNAL
    if best == _GRID - 1:
        return None, NO_DECAY
    grid = np.log(_grid(weights.size))
    at = grid[best]
    if best > 0:
        left, mid, right = explained[0, best - 1 : best + 2]
        bend = left - 2.0 * mid + right
        if bend < 0:
            at += 0.5 * (left - right) / bend * (grid[1] - grid[0])
    return Fit(float(amplitude[0, best]), math.log(2.0) / math.exp(at)), None


def _half_life_grid(means: F64, weights: F64) -> F64:
    """Half-life of each bootstrap mean: 0 where no positive amplitude fits, inf where it does not fall."""
    explained, _ = _objective(means, weights)
    best = explained.argmax(axis=1)
    out: F64 = _grid(weights.size)[best]
    out[best == _GRID - 1] = np.inf
    out[explained.max(axis=1) <= 0.0] = 0.0
    return out


def _block_means(values: F64, block: int, seed: int, draws: int) -> F64:
    from quantgpt.factors import kernels

    sessions = values.shape[0]
    present = np.isfinite(values)
    twice = np.concatenate([np.where(present, values, 0.0)] * 2)
    prefix = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(twice, axis=0)])
    counts = np.concatenate(
        [np.zeros((1, values.shape[1])), np.cumsum(np.concatenate([present, present]), axis=0, dtype=np.float64)]
    )
    out = np.empty((draws, values.shape[1]))
    kernels.block_means(prefix, counts, block_starts(sessions, block, draws, seed), block, sessions, out)
    return np.where(np.isfinite(out), out, 0.0)


def block_length(sessions: int, holding: int) -> int:
    """Bootstrap block: the holding period or the cube root of the length, whichever is longer."""
    return max(1, holding, math.ceil(math.cbrt(sessions)))


def block_starts(sessions: int, block: int, draws: int, seed: int) -> NDArray[np.int64]:
    """First rows of circular blocks; (draws, blocks)."""
    generator = np.random.Generator(np.random.PCG64([seed, sessions, block]))
    return np.asarray(generator.integers(0, sessions, size=(draws, -(-sessions // block))), dtype=np.int64)
