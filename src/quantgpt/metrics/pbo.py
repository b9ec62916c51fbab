"""Probability of backtest overfitting, by combinatorially symmetric cross-validation.

The sessions are cut into S blocks. For every way to take half of them, the trial with the best Sharpe ratio there is looked
up on the other half: if choosing works, it stays above the median of all trials; if choosing is luck, it falls below as
often as not.

Source: Bailey, Borwein, López de Prado and Zhu (2017), The Probability of Backtest Overfitting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest

F64 = NDArray[np.float64]

LEAST_TRIALS = 10
MOST_BLOCKS = 16
LEAST_BLOCKS = 4
LEAST_ROWS = 15
"""sessions a block must have"""
LEAST_COVER = 0.8
"""share of the sessions on which a trial must have a return to be compared with the others"""

STILL = 1e-20
"""variance of daily returns below which a trial does not move"""


@dataclass(frozen=True)
class Lacking:
    """Why no probability is given."""

    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Overfitting:
    """What selection among these trials was worth.

    Shape: `logits`, `inside`, `outside` (splits,): the logit of the winner's relative rank outside, its Sharpe ratio (per
           session) inside and outside. Empty when `lacking` says why nothing was computed.
    """

    probability: float
    """share of splits with a logit of 0 or less; NaN when `lacking`"""
    trials: int
    left_out: int
    """trials with returns on too few sessions"""
    sessions: int
    blocks: int
    logits: F64
    inside: F64
    outside: F64
    slope: float
    """of `outside` on `inside` by least squares: how much of a better past is kept; NaN when all are equal"""
    probability_of_loss: float
    """share of splits in which the winner loses money outside"""
    lacking: Lacking | None = None

    @property
    def splits(self) -> int:
        """Number of ways the sessions were halved."""
        return int(self.logits.size)

    def histogram(self, bins: int = 20) -> tuple[list[float], list[int]]:
        """Edges and counts of the distribution of logits."""
        if not self.splits:
            return [], []
        counts, edges = np.histogram(self.logits, bins=bins)
        return [float(x) for x in edges], [int(x) for x in counts]


def probability_of_overfitting(returns: F64, blocks: int | None = None) -> Overfitting:
    """PBO of choosing the best of the rows by Sharpe ratio.

    Shape: returns (N, T), one row a trial, on the same sessions. `blocks` even; None: 16, or as many as leave 15 sessions
           to a block. The oldest T mod S sessions are left out so that blocks are equal.
    NaN:   trials with returns on less than 80 % of the sessions are left out; then only sessions on which all the others
           have one are used.
    Ties:  ranks outside are averaged; where several are best inside, the mean of their relative ranks counts.
    Raises: BadRequest for an odd number of blocks, one below 2 or above 20.
    """
    if blocks is not None and (blocks % 2 or not 2 <= blocks <= 20):
        raise BadRequest("分块数必须是 2 到 20 之间的偶数", field="blocks", nearest=MOST_BLOCKS)
    kept, left_out = _aligned(np.asarray(returns, dtype=np.float64))
    n, rows = kept.shape
    s = blocks or min(MOST_BLOCKS, rows // LEAST_ROWS // 2 * 2)
    lacking = _lack(n, rows, s)
    if lacking is not None:
        nothing = np.empty(0)
        return Overfitting(
            probability=math.nan, trials=n, left_out=left_out, sessions=rows, blocks=0, logits=nothing, inside=nothing,
            outside=nothing, slope=math.nan, probability_of_loss=math.nan, lacking=lacking,
        )  # fmt: skip
    size = rows // s
    cut = kept[:, rows - size * s :].reshape(n, s, size)
    relative, inside, outside = _winners(cut)
    logits = np.log(relative / (1.0 - relative))
    logits[np.abs(logits) < 1e-12] = 0.0
    return Overfitting(
        probability=float((logits <= 0).mean()),
        trials=n,
        left_out=left_out,
        sessions=size * s,
        blocks=s,
        logits=logits,
        inside=inside,
        outside=outside,
        slope=_slope(inside, outside),
        probability_of_loss=float((outside < 0).mean()),
    )


def _aligned(returns: F64) -> tuple[F64, int]:
    present = np.isfinite(returns)
    wide = present.mean(axis=1) >= LEAST_COVER if returns.shape[1] else np.ones(len(returns), dtype=np.bool_)
    kept = returns[wide]
    common = np.isfinite(kept).all(axis=0)
    return kept[:, common], int((~wide).sum())


def _lack(trials: int, rows: int, blocks: int) -> Lacking | None:
    if trials < LEAST_TRIALS:
        return Lacking(
            f"只有 {trials} 个可比较的候选，少于 {LEAST_TRIALS} 个，不估计过拟合概率",
            f"Only {trials} comparable trials; {LEAST_TRIALS} are needed to estimate the probability of overfitting",
        )
    if blocks < 2 or (blocks < LEAST_BLOCKS and rows < LEAST_ROWS * LEAST_BLOCKS) or rows < 2 * blocks:
        return Lacking(
            f"共同的交易日只有 {rows} 个，不够分块",
            f"Only {rows} sessions are common to all trials, too few to cut into blocks",
        )
    return None


@lru_cache(maxsize=8)
def _halves(blocks: int) -> F64:
    """Every way to take half of the blocks, as rows of zeros and ones."""
    taken = np.array(list(combinations(range(blocks), blocks // 2)))
    out = np.zeros((len(taken), blocks))
    np.put_along_axis(out, taken, 1.0, axis=1)
    out.flags.writeable = False
    return out


def _winners(cut: F64) -> tuple[F64, F64, F64]:
    """By split: the winner's relative rank outside, its Sharpe ratio inside and outside (means over ties)."""
    n, s, size = cut.shape
    centred = cut - cut.mean(axis=(1, 2), keepdims=True)
    sums, squares = cut.sum(axis=2), (centred**2).sum(axis=2)
    shifted = centred.sum(axis=2)
    halves = _halves(s)
    number = s // 2 * size
    inside = _sharpes(halves, sums, shifted, squares, number)
    outside = _sharpes(1.0 - halves, sums, shifted, squares, number)
    best = inside == inside.max(axis=1, keepdims=True)
    ranks = np.zeros(len(halves))
    for trial in np.flatnonzero(best.any(axis=0)):
        won = np.flatnonzero(best[:, trial])
        others, own = outside[won], outside[won, trial, None]
        ranks[won] += (others < own).sum(axis=1) + ((others == own).sum(axis=1) + 1) / 2
    ties = best.sum(axis=1)
    return ranks / ties / (n + 1.0), inside.max(axis=1), np.where(best, outside, 0.0).sum(axis=1) / ties


def _sharpes(halves: F64, sums: F64, shifted: F64, squares: F64, number: int) -> F64:
    """(splits, N) Sharpe ratios per session; 0 for one that does not move. Rounded so that equal ones tie."""
    mean = halves @ sums.T / number
    drift = halves @ shifted.T / number
    variance = np.maximum(halves @ squares.T / number - drift**2, 0.0) * number / (number - 1)
    ratio = np.where(variance > STILL, mean / np.sqrt(np.maximum(variance, STILL)), 0.0)
    return np.asarray(np.round(ratio, 12), dtype=np.float64)


def _slope(inside: F64, outside: F64) -> float:
    centred = inside - inside.mean()
    spread = float(centred @ centred)
    return float(centred @ outside) / spread if spread > 1e-20 else math.nan
