"""How much of a Sharpe ratio is luck: probabilistic and deflated Sharpe ratios, minimum track record.

All Sharpe ratios here are per period (per day for daily returns), kurtosis is not excess (3 for a normal distribution).
Sources: Bailey and López de Prado (2012), The Sharpe Ratio Efficient Frontier; (2014), The Deflated Sharpe Ratio.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from quantgpt.foundations.errors import BadRequest
from quantgpt.metrics.returns import Returns, clean

_NORMAL = NormalDist()
_EULER = 0.5772156649015329


def sharpe_moments(returns: Returns) -> tuple[float, float, float, int]:
    """Sharpe ratio per period (ddof 1, no risk-free rate), skewness, kurtosis and number of returns.

    NaN: fewer than two returns, or all equal.
    """
    r = clean(returns)
    if r.size < 2 or r.max() == r.min():
        return math.nan, math.nan, math.nan, int(r.size)
    centred = r - r.mean()
    second = float(np.mean(centred**2))
    skew = float(np.mean(centred**3)) / second**1.5
    kurtosis = float(np.mean(centred**4)) / second**2
    return float(r.mean() / r.std(ddof=1)), skew, kurtosis, int(r.size)


def _spread(sharpe: float, skew: float, kurtosis: float) -> float:
    """Variance of the estimate of a Sharpe ratio, times the number of periods less one."""
    return 1.0 - skew * sharpe + (kurtosis - 1.0) / 4.0 * sharpe**2


def probabilistic_sharpe(sharpe: float, n: int, skew: float, kurtosis: float, benchmark: float = 0.0) -> float:
    """Probability that the true Sharpe ratio exceeds `benchmark`.

    NaN: the variance of the estimate is not positive, or n < 2.
    """
    spread = _spread(sharpe, skew, kurtosis)
    if not spread > 0 or n < 2:
        return math.nan
    return _NORMAL.cdf((sharpe - benchmark) * math.sqrt(n - 1) / math.sqrt(spread))


def expected_best_sharpe(trials: float, variance: float) -> float:
    """Expected highest Sharpe ratio of `trials` independent trials without skill, whose ratios have that variance.

    >>> round(expected_best_sharpe(100, 0.5 / 250), 4)
    0.1132

    Raises: BadRequest when there is less than one trial or the variance is negative.
    """
    if not (trials >= 1 and variance >= 0):
        raise BadRequest("number of trials must be 1 or more and the variance 0 or more", field="trials", nearest=1)
    if trials == 1:
        return 0.0
    return math.sqrt(variance) * (
        (1.0 - _EULER) * _NORMAL.inv_cdf(1.0 - 1.0 / trials) + _EULER * _NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e))
    )


def deflated_sharpe(sharpe: float, n: int, skew: float, kurtosis: float, trials: float, variance: float) -> float:
    """Probability that the true Sharpe ratio exceeds what the best of `trials` lucky ones would show.

    >>> round(deflated_sharpe(2.5 / 250**0.5, 1250, -3.0, 10.0, 100, 0.5 / 250), 4)
    0.9004
    """
    return probabilistic_sharpe(sharpe, n, skew, kurtosis, expected_best_sharpe(trials, variance))


def minimum_track_record(
    sharpe: float, skew: float, kurtosis: float, benchmark: float = 0.0, confidence: float = 0.95
) -> float:
    """Number of periods after which the Sharpe ratio would exceed `benchmark` with that confidence.

    Infinity when it is not above the benchmark: no record is long enough.
    """
    if not (math.isfinite(sharpe) and math.isfinite(skew) and math.isfinite(kurtosis)):
        return math.nan
    if sharpe <= benchmark:
        return math.inf
    return 1.0 + _spread(sharpe, skew, kurtosis) * (_NORMAL.inv_cdf(confidence) / (sharpe - benchmark)) ** 2
