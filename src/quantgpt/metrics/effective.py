"""How many independent trials a set of correlated ones is worth, and how far their Sharpe ratios lie apart.

A search tries many variations of one idea, and their returns move together. A correction for the best of N that takes each
of them as an independent draw punishes too much; one that takes them all as one draw does not punish at all. The number
used here is that of Galwey (2009), A new measure of the effective number of tests: (Σ√λ)² / Σλ over the eigenvalues λ of the
correlation matrix. It is 1 for N copies and N for N independent trials. The better known participation ratio (Σλ)² / Σλ²
shares these ends, but for correlations in between it is far too low to correct a maximum: for 200 trials that all
correlate by 0.5 it says 4, where the 5 % bar for the best of them is that of about 70 independent ones; Galwey's says 114,
on the safe side.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

LEAST_COMMON = 20
"""sessions that two trials must share before their correlation is believed"""


def correlations(returns: F64, least: int = LEAST_COMMON) -> F64:
    """Correlations of the rows over the sessions that each pair shares.

    Shape: returns (N, T) -> (N, N), ones on the diagonal.
    NaN:   a session counts for a pair when both have a return. Pairs with fewer than `least` sessions in common, and
           pairs of which one does not move, count as uncorrelated: the cautious side, since it makes for more trials.
    """
    x = np.asarray(returns, dtype=np.float64)
    present = np.isfinite(x)
    centre = np.where(present, x, 0.0).sum(axis=1) / np.maximum(present.sum(axis=1), 1)
    z = np.where(present, x - centre[:, None], 0.0)
    m = present.astype(np.float64)
    n = m @ m.T
    with np.errstate(divide="ignore", invalid="ignore"):
        own = z @ m.T / n
        square = (z * z) @ m.T / n - own**2
        r = (z @ z.T / n - own * own.T) / np.sqrt(square * square.T)
    scale = np.where(present, z * z, 0.0).sum(axis=1) / np.maximum(m.sum(axis=1), 1)
    still = square <= 1e-12 * scale[:, None]
    unknown = (n < least) | still | still.T | ~np.isfinite(r)
    r = np.clip(np.where(unknown, 0.0, r), -1.0, 1.0)
    np.fill_diagonal(r, 1.0)
    return np.asarray((r + r.T) / 2.0, dtype=np.float64)


def effective_trials(returns: F64, least: int = LEAST_COMMON) -> float:
    """Effective number of independent trials among the rows, between 1 and N; 0 of none.

    Shape:  (N, T) daily returns, NaN where a trial has none. See `correlations` for the NaN rule.
    Source: Galwey (2009), equation 3, with negative eigenvalues (pairs over different sessions) set to zero.

    >>> x = np.sin(np.arange(100.0))
    >>> round(effective_trials(np.array([x, 2 * x, x + 1])), 6)
    1.0
    """
    n = len(returns)
    if n == 0:
        return 0.0
    values = np.linalg.eigvalsh(correlations(returns, least))
    values = np.where(values > 1e-12 * n, values, 0.0)
    count = float(np.sqrt(values).sum() ** 2 / values.sum())
    return min(max(count, 1.0), float(n))


def sharpe_variance(sharpes: F64) -> float:
    """Variance (ddof 1) of the trials' Sharpe ratios; NaN of fewer than two that are known."""
    known = np.asarray(sharpes, dtype=np.float64)
    known = known[np.isfinite(known)]
    return float(known.var(ddof=1)) if known.size > 1 else math.nan
