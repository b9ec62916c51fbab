"""What luck alone would show: the best Sharpe ratio that useless factors reach in as many trials, and where one stands in it.

The ratio of a useless factor is normal about zero with the variance of the trials' ratios; the best of N independent ones
then has the distribution function Φ(x/σ)^N, also for an N that is no whole number. It is stated in closed form: no lots are
drawn. The expected best of it is the hurdle of the deflated Sharpe ratio, which approximates its mean to a few per cent.
Sources: Bailey and López de Prado (2014), The Deflated Sharpe Ratio; Gumbel (1958) on the largest of N values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.series import number
from quantgpt.metrics.returns import PERIODS

_NORMAL = NormalDist()
BINS = 48
TAIL = 0.0005
"""of the distribution beyond the outermost edges at each end; it is counted in the outermost bins"""
MORE = 10
"""further trials without improvement that the outlook assumes"""


@dataclass(frozen=True)
class Zone:
    """A range of the deflated Sharpe ratio and what it means."""

    code: str
    low: float
    high: float
    zh: str
    en: str


ZONES = (
    Zone("luck", 0.0, 0.5, "运气足以解释", "luck explains it"),
    Zone("weak", 0.5, 0.9, "证据不足", "too little evidence"),
    Zone("likely", 0.9, 0.95, "接近可信", "nearly credible"),
    Zone("credible", 0.95, 1.0, "可信", "credible"),
)


def best_of(trials: float, sigma: float, share: float) -> float:
    """The value that the best of `trials` independent normal ones with that standard deviation stays below with
    probability `share`, in the unit of `sigma`.

    >>> round(best_of(1, 2.0, 0.5), 6), round(best_of(100, 1.0, 0.5), 3)
    (0.0, 2.462)
    """
    return sigma * _NORMAL.inv_cdf(math.pow(share, 1.0 / trials))


def share_below(trials: float, sigma: float, value: float) -> float:
    """Probability that the best of them stays below `value`: Φ(value/σ)^trials.

    >>> share_below(2, 1.0, 0.0)
    0.25
    """
    return math.pow(_NORMAL.cdf(value / sigma), trials)


def histogram(trials: float, sigma: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Edges of bins of equal width, and the probability that the best of them falls into each; the tails are in the
    outermost ones.

    Shape: -> edges (BINS + 1,), share (BINS,), which sums to 1.
    """
    edges = np.linspace(best_of(trials, sigma, TAIL), best_of(trials, sigma, 1.0 - TAIL), BINS + 1)
    below = np.array([share_below(trials, sigma, float(edge)) for edge in edges])
    below[0], below[-1] = 0.0, 1.0
    return edges, np.diff(below)


def zone_of(dsr: float) -> Zone:
    """The zone that a deflated Sharpe ratio lies in."""
    return next(zone for zone in reversed(ZONES) if dsr >= zone.low)


def luck_json(
    *,
    sharpe: float,
    variance: float,
    trials: int,
    effective: float,
    hurdle: float,
    dsr: float,
    dsr_if_single: float,
    dsr_after_more: float,
) -> dict[str, Any]:
    """The block `luck` of a result. `sharpe`, `variance` and `hurdle` are daily, what is shown is annual.

    NaN: an unknown ratio, or trials without variance: `state` is `none`, with the reason.
    """
    zones = [{"code": z.code, "from": z.low, "to": z.high, "zh": z.zh, "en": z.en} for z in ZONES]
    counted = {"trials": trials, "effective_trials": round(effective, 2), "zones": zones}
    if not (math.isfinite(sharpe) and math.isfinite(dsr) and variance > 0):
        return {"state": "none", "reason": _NO_LUCK, **counted, **dict.fromkeys(_FIGURES)}
    year = math.sqrt(PERIODS)
    sigma = math.sqrt(variance) * year
    edges, share = histogram(effective, sigma)
    beyond = 1.0 - share_below(effective, sigma, sharpe * year)
    figures = {
        "observed": number(sharpe * year),
        "expected_best": number(hurdle * year),
        "median": number(best_of(effective, sigma, 0.5), 6),
        "p95": number(best_of(effective, sigma, 0.95), 6),
        "share_beyond": number(beyond, 6),
        "dsr": number(dsr),
        "dsr_if_single": number(dsr_if_single),
        "dsr_after_ten_more": number(dsr_after_more),
        "zone": zone_of(dsr).code,
    }
    return {
        "state": "measured",
        "reason": None,
        **counted,
        "histogram": {
            "edges": [round(float(edge), 6) for edge in edges],
            "share": [round(float(part), 8) for part in share],
            "n_bins": BINS,
        },
        **figures,
        "headline": _headline(trials, effective, hurdle * year),
        "sentence": _sentence(dsr_if_single, dsr_after_more, dsr),
    }


_FIGURES = (
    "histogram", "observed", "expected_best", "median", "p95", "share_beyond", "dsr", "dsr_if_single",
    "dsr_after_ten_more", "zone", "headline", "sentence",
)  # fmt: skip
_NO_LUCK = {
    "zh": "收益太少或没有变化，无法与运气比较",
    "en": "Too few returns, or returns that never change: nothing to hold against luck",
}


def _headline(trials: int, effective: float, expected: float) -> dict[str, Any]:
    """How many trials there were, and what luck alone would show."""
    args = {"trials": trials, "effective_trials": round(effective, 1), "expected_best": round(expected, 2)}
    if trials == 1:
        return {
            "code": "first_trial",
            "args": args,
            "zh": "这是这一区间的第一次试验，还没有从多次里挑选",
            "en": "The first trial on this span: nothing has been picked from many yet",
        }
    return {
        "code": "trials_and_luck",
        "args": args,
        "zh": f"{trials} 次试验折合 {effective:.1f} 次独立尝试；运气最好的一次夏普期望就有 {expected:.2f}",
        "en": f"{trials} trials count as {effective:.1f} independent ones; luck alone would reach Sharpe {expected:.2f}",
    }


def _sentence(single: float, after: float, dsr: float) -> dict[str, Any]:
    """The deflated Sharpe ratio had this been the only trial, and after ten more without improvement."""
    args = {"dsr": number(dsr, 4), "if_single": number(single, 4), "after_ten_more": number(after, 4)}
    return {
        "code": "dsr_outlook",
        "args": args,
        "zh": f"若只试过这一次，DSR 为 {single:.2f}；再试 {MORE} 次而没有更好的，会降到 {after:.2f}",
        "en": f"Had this been the only trial, the DSR would be {single:.2f}; {MORE} more trials without a better one would "
        f"lower it to {after:.2f}",
    }
