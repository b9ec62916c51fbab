"""One number and one letter for a factor, its bootstrap interval and the caps that missing evidence puts on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.decay import block_starts
from quantgpt.metrics.correlation import monotonicity
from quantgpt.metrics.returns import PERIODS, daily_rate

F64 = NDArray[np.float64]

RUBRIC_VERSION = "2026.1"
BOOTSTRAP_DRAWS = 400

WEIGHTS = {
    "sharpe": 0.25,
    "monotonicity": 0.20,
    "spread": 0.15,
    "cagr": 0.15,
    "max_drawdown": 0.15,
    "win_rate": 0.10,
}
ANTI_OVERFIT_WEIGHT = 0.10
_RANGES = {
    "sharpe": (-1.0, 3.0),
    "monotonicity": (0.0, 1.0),
    "spread": (-0.05, 0.05),
    "cagr": (-0.3, 0.5),
    "max_drawdown": (-0.5, 0.0),
    "win_rate": (0.3, 0.7),
}
GRADES = ((80.0, "A"), (60.0, "B"), (40.0, "C"), (-math.inf, "D"))
CEILINGS = {"B": 79.9, "C": 59.9, "D": 39.9}
SIGNIFICANCE = 0.05


@dataclass(frozen=True, kw_only=True)
class ScoreInputs:
    """What the score is made of; NaN counts as the worst value.

    Unit: fractions; `spread` is the annualised spread between top and bottom group divided by 10.
    """

    sharpe: float
    monotonicity: float
    spread: float
    cagr: float
    max_drawdown: float
    win_rate: float
    anti_overfit: float | None = None
    """0 … 100, None when the tests were not run"""


@dataclass(frozen=True)
class Cap:
    """A rule that limits the grade, and why it applies."""

    code: str
    max_grade: str
    args: Mapping[str, float | None]
    zh: str
    en: str

    @property
    def ceiling(self) -> float:
        """The highest score with that grade."""
        return CEILINGS[self.max_grade]


@dataclass(frozen=True)
class Score:
    """The score after caps, the letter, the parts."""

    score: float
    uncapped: float
    grade: str
    components: dict[str, float]
    caps: tuple[Cap, ...]
    ci95: tuple[float, float] | None = None


def annual_spread_tenth(daily_spread: float) -> float:
    """Annualised spread over ten, the form in which the score takes it.

    >>> annual_spread_tenth(0.0008)
    0.02016
    """
    return daily_spread * PERIODS / 10.0


def component_points(inputs: ScoreInputs) -> dict[str, float]:
    """Each part on 0 … 100, not rounded."""
    points = {}
    for name, (low, high) in _RANGES.items():
        value = float(getattr(inputs, name))
        value = low if math.isnan(value) else min(max(value, low), high)
        points[name] = 100.0 * (value - low) / (high - low)
    if inputs.anti_overfit is not None:
        points["anti_overfit"] = float(inputs.anti_overfit)
    return points


def weigh(points: Mapping[str, float]) -> float:
    """Weighted sum; with the tests of overfitting the other weights shrink by a tenth."""
    rest = sum(WEIGHTS[name] * points[name] for name in WEIGHTS)
    if "anti_overfit" not in points:
        return rest
    return (1.0 - ANTI_OVERFIT_WEIGHT) * rest + ANTI_OVERFIT_WEIGHT * points["anti_overfit"]


def grade_of(score: float) -> str:
    """The letter: A from 80, B from 60, C from 40, else D."""
    return next(letter for least, letter in GRADES if score >= least)


def score_factor(inputs: ScoreInputs, caps: tuple[Cap, ...] = (), ci95: tuple[float, float] | None = None) -> Score:
    """The score, the lowest cap applied last; the interval is capped the same way."""
    points = component_points(inputs)
    uncapped = round(weigh(points), 1)
    ceiling = min((cap.ceiling for cap in caps), default=100.0)
    score = min(uncapped, ceiling)
    interval = (min(ci95[0], ceiling), min(ci95[1], ceiling)) if ci95 else None
    parts = {name: round(value, 1) for name, value in points.items()}
    return Score(score, uncapped, grade_of(score), parts, caps, interval)


def decimal(x: float, digits: int = 3) -> str:
    """A number for a sentence, with a real minus.

    >>> decimal(-0.0312), decimal(2.5, 2)
    ('−0.031', '2.50')
    """
    return f"{x:.{digits}f}".replace("-", "−")


def evidence_caps(oriented_outside: float, p_outside: float, trials: float = 1.0) -> tuple[Cap, ...]:
    """Caps from the sessions that did not choose the direction.

    The sign turned round: D at most. Not significant at 5 % after dividing by the number of effective trials, or no test
    possible: C at most.
    """
    adjusted = 1.0 - (1.0 - p_outside) ** max(trials, 1.0) if not math.isnan(p_outside) else math.nan
    args = {
        "rank_ic": None if math.isnan(oriented_outside) else oriented_outside,
        "p": None if math.isnan(adjusted) else adjusted,
        "trials": trials,
    }
    if oriented_outside < 0:
        return (
            Cap(
                "sign_reversed",
                "D",
                args,
                f"方向段之外 Rank IC 反号（{decimal(oriented_outside)}），最高只能是 D",
                f"Rank IC turns round outside the direction slice ({decimal(oriented_outside)}); capped at D",
            ),
        )
    if math.isnan(adjusted):
        return (
            Cap(
                "no_evidence",
                "C",
                args,
                "数据不足，无法检验显著性，最高只能是 C",
                "Too little data to test significance; capped at C",
            ),
        )
    if adjusted > SIGNIFICANCE:
        many = f"（按 {trials:.3g} 次试验修正）" if trials > 1 else ""
        many_en = f" after {trials:.3g} trials" if trials > 1 else ""
        return (
            Cap(
                "out_of_slice_not_significant",
                "C",
                args,
                f"方向段之外的 Rank IC 不显著（p = {adjusted:.3f}{many}），最高只能是 C",
                f"Rank IC outside the direction slice is not significant (p = {adjusted:.3f}{many_en}); capped at C",
            ),
        )
    return ()


def bootstrap_interval(
    strategy: F64,
    groups: F64,
    sign: int,
    anti_overfit: float | None,
    *,
    block: int,
    seed: int,
    risk_free: float = 0.03,
    groups_gross: F64 | None = None,
    draws: int = BOOTSTRAP_DRAWS,
) -> tuple[float, float] | None:
    """95 % interval of the uncapped score: days are resampled in blocks, the overfitting tests are held fixed.

    Shape: strategy (D,) net returns of the directed group; groups (n, D) net; `groups_gross` for the spread.
    Returns None below 2 blocks.
    """
    from quantgpt.factors import kernels

    days = strategy.size
    if days < 2 * block:
        return None
    n = groups.shape[0]
    gross = groups if groups_gross is None else groups_gross
    table = np.ascontiguousarray(np.concatenate([groups, gross[[0, -1]]]))
    out = np.empty((draws, 5 + n + 2))
    daily_rf = daily_rate(risk_free)
    starts = block_starts(days, block, draws, seed + 1)
    kernels.block_performance(np.ascontiguousarray(strategy), table, starts, block, daily_rf, out)
    scores = np.empty(draws)
    for k in range(draws):
        sharpe, growth, drawdown, wins, number = out[k, :5]
        spread = sign * (out[k, -1] - out[k, -2])
        inputs = ScoreInputs(
            sharpe=sharpe,
            monotonicity=monotonicity(out[k, 5 : 5 + n], sign),
            spread=annual_spread_tenth(spread),
            cagr=math.expm1(growth * PERIODS / number),
            max_drawdown=drawdown,
            win_rate=wins,
            anti_overfit=anti_overfit,
        )
        scores[k] = weigh(component_points(inputs))
    low, high = np.quantile(scores, [0.025, 0.975])
    return round(float(low), 1), round(float(high), 1)
