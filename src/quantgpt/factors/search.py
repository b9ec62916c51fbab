"""What a search does to the evidence for one factor: trials, the hurdle of the luckiest of them, deflated Sharpe ratio.

The series judged is the strategy's daily net return less the average return of the universe (the mean of all groups). A
long-only top group earns what the market earns whatever the factor; without taking that out, every trial of a bull market
looks skilled, and all trials look like one.

The hurdle takes the variance of the trials' Sharpe ratios, but no less than 1 / (sessions − 1), that of one ratio's own
estimate without skill: trials that move together lie closer to each other than independent ones would, and it is the
number of independent ones that the hurdle is made for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.luck import MORE, luck_json
from quantgpt.foundations.series import number
from quantgpt.metrics.effective import sharpe_variance
from quantgpt.metrics.returns import PERIODS, clean
from quantgpt.metrics.sharpe_inference import (
    deflated_sharpe,
    expected_best_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
)

F64 = NDArray[np.float64]

MONTH = PERIODS / 12.0
CONFIDENCE = 0.95
BASE_PERMUTATIONS, MOST_PERMUTATIONS = 999, 20_000
RESOLUTION = 40.0
"""shuffles per effective trial: what remains significant after the correction is then half the bar or less"""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What the ledgers of one user and universe say about the trials before this one, on its span or most of it.

    `trials` counts them all; `effective` is what those with returns are worth, `returnless` how many failed without any;
    `variance` is that of their daily Sharpe ratios (NaN of fewer than two).
    """

    key: str = ""
    trials: int = 0
    effective: float = 0.0
    returnless: int = 0
    variance: float = math.nan

    @property
    def counted(self) -> float:
        """Effective number with one full trial for each that failed: what it would have shown nobody knows."""
        return self.effective + self.returnless


def permutations_for(trials: float) -> int:
    """Label shuffles that a test needs so that its smallest p-value survives the correction for that many trials.

    >>> permutations_for(1), permutations_for(100), permutations_for(5_000)
    (999, 4000, 20000)
    """
    return int(min(max(math.ceil(RESOLUTION * trials), BASE_PERMUTATIONS), MOST_PERMUTATIONS))


def can_be_significant(trials: float) -> bool:
    """Whether any factor could pass the correction for that many trials: there are no more than 20,000 shuffles, so the
    smallest p-value is 1 / 20,001.

    >>> can_be_significant(1_000), can_be_significant(1_100)
    (True, False)
    """
    least = 1.0 / (1 + permutations_for(trials))
    return 1.0 - math.pow(1.0 - least, max(trials, 1.0)) <= 1.0 - CONFIDENCE


def active_returns(strategy: F64, groups: F64) -> F64:
    """The strategy's daily net returns less the average of all groups before costs.

    Shape: strategy (D,), groups (n, D).
    """
    return np.asarray(strategy - groups.mean(axis=0), dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class SearchFacts:
    """One strategy against the luck of the search that found it. Sharpe ratios are daily, without a risk-free rate."""

    ledger_key: str
    trials: int
    """this one included"""
    effective_trials: float
    """this one included"""
    sharpe_variance: float
    sharpe: float
    sessions: int
    skew: float
    kurtosis: float
    """not excess: 3 for a normal distribution"""
    hurdle: float
    """expected best daily Sharpe ratio of that many trials without skill"""
    psr: float
    """probability that the true ratio is above 0"""
    dsr: float
    """probability that the true ratio is above the hurdle"""
    min_track_record: float
    """sessions after which it would clear the hurdle with 95 %; infinite when it is below"""

    @property
    def months_more(self) -> float:
        """Months of further returns like these that are needed; 0 when there are enough."""
        return max(self.min_track_record - self.sessions, 0.0) / MONTH

    def to_json(self) -> dict[str, Any]:
        """The block `search` of a result."""
        zh, en = _words(self)
        return {
            "ledger_key": self.ledger_key,
            "trials": self.trials,
            "effective_trials": round(self.effective_trials, 2),
            "basis": "excess_over_universe",
            "sharpe_daily": number(self.sharpe),
            "sharpe_annual": number(self.sharpe * math.sqrt(PERIODS)),
            "sharpe_variance": number(self.sharpe_variance),
            "sharpe_hurdle_daily": number(self.hurdle),
            "sharpe_hurdle_annual": number(self.hurdle * math.sqrt(PERIODS)),
            "sessions": self.sessions,
            "skew": number(self.skew),
            "kurtosis": number(self.kurtosis),
            "psr": number(self.psr),
            "dsr": number(self.dsr),
            "min_track_record_days": None if math.isinf(self.min_track_record) else number(self.min_track_record),
            "significance_reachable": can_be_significant(self.effective_trials),
            "min_track_record_reachable": math.isfinite(self.min_track_record),
            "months_more": None if not math.isfinite(self.months_more) else number(self.months_more, 1),
            "notes": {"zh": zh, "en": en},
            "luck": self.luck(),
        }

    def luck(self) -> dict[str, Any]:
        """The block `luck`: what useless factors would reach in that many trials, and the deflated Sharpe ratio had this
        been the only one and after ten more independent ones without improvement."""
        moments = (self.sharpe, self.sessions, self.skew, self.kurtosis)
        return luck_json(
            sharpe=self.sharpe,
            variance=self.sharpe_variance,
            trials=self.trials,
            effective=self.effective_trials,
            hurdle=self.hurdle,
            dsr=self.dsr,
            dsr_if_single=self.psr,
            dsr_after_more=deflated_sharpe(*moments, self.effective_trials + MORE, self.sharpe_variance),
        )


def search_facts(
    *,
    sharpe: float,
    sessions: int,
    skew: float,
    kurtosis: float,
    trials: int,
    effective: float,
    variance: float,
    key: str = "",
) -> SearchFacts:
    """Deflate a daily Sharpe ratio for the trials behind it.

    NaN: unknown moments make every probability unknown; an unknown variance is taken as 1 / (sessions − 1).

    >>> made = search_facts(sharpe=2.5 / 250**0.5, sessions=1250, skew=-3.0, kurtosis=10.0, trials=100, effective=100.0,
    ...                     variance=0.5 / 250)
    >>> round(made.hurdle, 4), round(made.dsr, 4)
    (0.1132, 0.9004)
    """
    effective = min(max(effective, 1.0), float(max(trials, 1)))
    floor = 1.0 / (sessions - 1) if sessions > 1 else 0.0
    variance = floor if math.isnan(variance) else max(variance, floor)
    hurdle = expected_best_sharpe(effective, variance)
    return SearchFacts(
        ledger_key=key,
        trials=trials,
        effective_trials=effective,
        sharpe_variance=variance,
        sharpe=sharpe,
        sessions=sessions,
        skew=skew,
        kurtosis=kurtosis,
        hurdle=hurdle,
        psr=probabilistic_sharpe(sharpe, sessions, skew, kurtosis),
        dsr=deflated_sharpe(sharpe, sessions, skew, kurtosis, effective, variance),
        min_track_record=minimum_track_record(sharpe, skew, kurtosis, hurdle, CONFIDENCE),
    )


def judge_search(
    returns: F64, before: Ledger, effective: float | None = None, known_sharpes: F64 | None = None
) -> SearchFacts:
    """The facts of a run with these daily returns (see `active_returns`), which joins the trials before it.

    `effective` is the number with this one included where it could be correlated with the others; without it this one
    counts as a whole trial. `known_sharpes` are the daily ratios of the others, for the variance with this one included.
    """
    sharpe, skew, kurtosis, sessions = sharpe_moments(clean(returns))
    variance = before.variance
    if known_sharpes is not None:
        variance = sharpe_variance(np.append(known_sharpes, sharpe))
    return search_facts(
        sharpe=sharpe,
        sessions=sessions,
        skew=skew,
        kurtosis=kurtosis,
        trials=before.trials + 1,
        effective=before.counted + 1.0 if effective is None else effective,
        variance=variance,
        key=before.key,
    )


def _words(f: SearchFacts) -> tuple[str, str]:
    """One line in both languages."""
    zh = f"同一用户、股票池在这一区间（或其大半）共试过 {f.trials} 个因子（相当于 {f.effective_trials:.1f} 个独立的）"
    en = f"Factors tried on this universe and span, or most of it: {f.trials}, worth {f.effective_trials:.1f} independent ones"
    if not can_be_significant(f.effective_trials):
        zh += "；试得太多，这一区间上已没有因子能通过修正，请换一段没有用过的区间"
        en += "; too many: no factor can pass the correction on this span any more, take one that was not used"
    if math.isnan(f.dsr):
        return f"{zh}，收益不足，无法折算夏普", f"{en}; too few returns to deflate the Sharpe ratio"
    zh += f"；折算后夏普（DSR）为 {f.dsr:.2f}"
    en += f"; deflated Sharpe ratio {f.dsr:.2f}"
    if math.isinf(f.min_track_record):
        return f"{zh}，低于运气所能达到的水平", f"{en}, below what luck alone would show"
    if f.months_more > 0:
        more = math.ceil(f.months_more)
        return (
            f"{zh}，还需约 {more} 个月同样的表现才足以排除运气",
            f"{en}; about {more} more months like these would rule luck out",
        )
    return f"{zh}，超过运气所能达到的水平", f"{en}, above what luck alone would show"
