"""Four tests that a factor is more than luck, each with a rate of false alarms that was measured on noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantgpt.factors.decay import REASONS
from quantgpt.factors.evidence import NO_SHUFFLES, SHIFTS, Evidence, Lack, critical_t
from quantgpt.foundations.series import number

F64 = NDArray[np.float64]

LEAST_MEAN_IC = 0.02
LEAST_POSITIVE_RATE = 0.55
LEAST_T = 2.0
LEAST_YEAR_DATES = 60
LEAST_CONSISTENCY = 0.6
CONSISTENCY_LEVEL = 0.10
WORST_REGIME_Z = -1.0
PLACEBO_LEVEL = 0.05
SHIFT_SLACK = 1.0
FIRST_LAG_LEVEL = 0.05
LEAST_HALF_LIFE = 5
BINS = 40
_NO_REGIMES = Lack("没有足够长的市场环境可以比较", "No market regime lasts long enough to compare")

RECOMMENDATIONS = ((80.0, "推荐"), (60.0, "谨慎"), (40.0, "需改进"), (-math.inf, "不推荐"))
FAST_RECOMMENDATIONS = ((75.0, "推荐"), (50.0, "谨慎"), (-math.inf, "需改进"))


@dataclass(frozen=True)
class Condition:
    """One part of a test: the value, the limit that it is held against and the question in both languages."""

    code: str
    passed: bool
    value: float | None
    limit: float | None
    zh: str
    en: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "code": self.code,
            "passed": self.passed,
            "value": number(self.value),
            "limit": number(self.limit),
            "zh": self.zh,
            "en": self.en,
        }


@dataclass(frozen=True)
class Histogram:
    """At most 50 bins of a distribution that an observed value is held against."""

    left: list[float]
    count: list[int]
    width: float
    n: int
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OverfitTest:
    """One test and everything that a reader needs to check it."""

    name: str
    code: str
    passed: bool
    details: dict[str, Any]
    p: float | None = None
    observed: float | None = None
    threshold: float | None = None
    conditions: tuple[Condition, ...] = ()
    histogram: Histogram | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values; `series` names the table that holds the histogram."""
        return {
            "name": self.name,
            "code": self.code,
            "passed": self.passed,
            "details": self.details,
            "p": number(self.p),
            "observed": number(self.observed),
            "threshold": number(self.threshold),
            "conditions": [c.to_json() for c in self.conditions],
            "series": f"null_{self.code}",
        }


@dataclass(frozen=True)
class AntiOverfit:
    """The tests together."""

    tests: tuple[OverfitTest, ...]
    mode: str | None = None
    """"fast" when only IC stability and half-life were run"""

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(test.passed for test in self.tests)

    @property
    def score(self) -> float:
        """Share of passed tests, 0 … 100."""
        return 100.0 * self.passed / len(self.tests)

    @property
    def recommendation(self) -> str:
        """The contract's word for the score."""
        table = FAST_RECOMMENDATIONS if self.mode == "fast" else RECOMMENDATIONS
        return next(word for least, word in table if self.score >= least)

    def to_json(self) -> dict[str, Any]:
        """The contract's object."""
        body: dict[str, Any] = {
            "score": self.score,
            "recommendation": self.recommendation,
            "passed_count": self.passed,
            "total_count": len(self.tests),
            "tests": [test.to_json() for test in self.tests],
        }
        return body | ({"mode": self.mode} if self.mode else {})


def histogram(values: F64, include: Sequence[float | None] = (), bins: int = BINS) -> Histogram | None:
    """Bins of equal width over the finite values; the range also covers the finite numbers of `include`."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return None
    extra = [x for x in include if x is not None and math.isfinite(x)]
    low, high = min(float(finite.min()), *extra, math.inf), max(float(finite.max()), *extra, -math.inf)
    if high <= low:
        low, high = low - 0.5, high + 0.5
    count, edges = np.histogram(finite, bins=bins, range=(low, high))
    return Histogram(edges[:-1].tolist(), count.tolist(), float(edges[1] - edges[0]), int(values.size))


def four_tests(evidence: Evidence) -> AntiOverfit:
    """All four tests; each says why when there is too little data."""
    tests = (ic_stability, subsample, placebo, half_life)
    return AntiOverfit(tuple(test(evidence) for test in tests))


def fast_tests(evidence: Evidence) -> AntiOverfit:
    """IC stability and half-life only: what a search shows for each candidate."""
    return AntiOverfit((ic_stability(evidence), half_life(evidence)), "fast")


def yearly_ic(evidence: Evidence) -> dict[str, float | None]:
    """Mean rank IC of each calendar year with at least 60 sessions."""
    out: dict[str, float | None] = {}
    years = evidence.days.astype("datetime64[Y]").astype(np.int64) + 1970
    for year in np.unique(years).tolist():
        inside = evidence.rank_ic[(years == year) & np.isfinite(evidence.rank_ic)]
        if inside.size >= LEAST_YEAR_DATES:
            out[str(year)] = float(inside.mean())
    return out


def ic_stability(e: Evidence) -> OverfitTest:
    """Is the oriented rank IC large, mostly positive, of one sign in every year, and significant?"""
    name, code = "IC稳定性", "ic_stability"
    if e.too_little:
        return _unable(name, code, e)
    sign = e.direction.sign
    years = yearly_ic(e)
    against = [year for year, value in years.items() if value is not None and sign * value < 0]
    mean, t = e.oriented_mean, sign * e.summary.hac.t
    least = max(LEAST_T, round(critical_t(e.summary.hac.lag, e.summary.n), 1))
    share = float((sign * e.rank_ic[np.isfinite(e.rank_ic)] > 0).mean())
    conditions = (
        Condition("mean", mean >= LEAST_MEAN_IC, mean, LEAST_MEAN_IC, "方向调整后的平均 Rank IC ≥ 0.02", "oriented mean rank IC ≥ 0.02"),
        Condition("positive_rate", share >= LEAST_POSITIVE_RATE, share, LEAST_POSITIVE_RATE, "IC 同向的日期 ≥ 55%", "IC has the right sign on ≥ 55% of days"),
        Condition("yearly", not against, float(len(against)), 0.0, "没有方向相反的年份", "no year of the opposite sign"),
        Condition("t", t >= least, t, least, f"HAC t ≥ {least:g}（滞后 {e.summary.hac.lag}）", f"HAC t ≥ {least:g} ({e.summary.hac.lag} lags)"),
    )  # fmt: skip
    details = {
        "ic_mean": number(e.summary.mean),
        "positive_rate": number(share),
        "yearly_ic": years,
        "has_reversal": bool(against),
        "reversed_years": against,
        "ic_t_hac": number(t),
        "p_hac": number(e.summary.hac.p),
        "p": number(e.p_oriented()),
        "n_dates": e.summary.n,
        "direction": sign,
    }
    null_t = e.null.oriented / e.summary.hac.se if e.null is not None and e.summary.hac.se > 0 else np.empty(0)
    bins = _null_bins(null_t, t, least, statistic="hac_t", tail="right")
    passed = all(c.passed for c in conditions)
    return OverfitTest(name, code, passed, details, e.p_oriented(), t, least, conditions, bins)


def subsample(e: Evidence) -> OverfitTest:
    """Does the factor keep its sign in rising, falling and flat, calm and nervous markets, more than luck would?"""
    name, code = "子样本压力", "subsample"
    if e.too_little or e.null is None or e.worst is None:
        return _unable(name, code, e, _NO_REGIMES)
    sign = e.direction.sign
    p = e.p_consistency()
    threshold = float(np.quantile(e.null.consistency, 1.0 - CONSISTENCY_LEVEL))
    worst_code, worst_z = e.worst
    conditions = (
        Condition("consistency", e.consistency >= LEAST_CONSISTENCY, e.consistency, LEAST_CONSISTENCY, "同向的市场环境 ≥ 60%", "≥ 60% of regimes have the right sign"),
        Condition("null", p <= CONSISTENCY_LEVEL, p, CONSISTENCY_LEVEL, "一致性超过打乱标签的 90% 分位", "more consistent than 90% of label shuffles"),
        Condition("worst", worst_z > WORST_REGIME_Z, worst_z, WORST_REGIME_Z, "最差环境的 IC > −1 个标准误", "worst regime > −1 standard error"),
    )  # fmt: skip
    details = {
        "overall_ic_sign": 1 if e.summary.mean > 0 else -1 if e.summary.mean < 0 else 0,
        "sub_sample_ics": {r.code: number(r.summary.mean) for r in e.regimes if r.judged},
        "consistency": number(e.consistency),
        "direction": sign,
        "p": number(p),
        "worst_regime": worst_code,
        "worst_z": number(worst_z),
        "days": {r.code: r.days for r in e.regimes},
    }
    bins = _null_bins(e.null.consistency, e.consistency_statistic, threshold, statistic="consistency", tail="right")
    passed = all(c.passed for c in conditions)
    return OverfitTest(name, code, passed, details, p, e.consistency_statistic, threshold, conditions, bins)


def placebo(e: Evidence) -> OverfitTest:
    """Is the mean rank IC beyond what shuffled labels reach, and not larger for labels that start later?"""
    name, code = "安慰剂检验", "placebo"
    if e.too_little or e.null is None:
        return _unable(name, code, e)
    p = e.p_two_sided()
    limit = float(np.quantile(np.abs(e.null.raw), 1.0 - PLACEBO_LEVEL))
    beyond = int((np.abs(e.null.raw) >= abs(e.summary.mean)).sum())
    settled = math.isnan(e.shift_gap) or e.shift_gap <= SHIFT_SLACK
    oriented = e.oriented_mean > 0
    conditions = (
        Condition("p", p <= PLACEBO_LEVEL, p, PLACEBO_LEVEL, "打乱标签后的双侧 p ≤ 0.05", "two-sided p under shuffled labels ≤ 0.05"),
        Condition("sign", oriented, e.oriented_mean, 0.0, "方向与校准段一致", "same sign as in the calibration slice"),
        Condition("decay", settled, e.shift_gap, SHIFT_SLACK, "推迟 5、10、20 日后的 IC 不更高（1 个标准误内）", "IC is no higher when labels start 5, 10, 20 sessions later (within 1 s.e.)"),
    )  # fmt: skip
    details = {
        "real_ic": number(e.summary.mean),
        "perm_95th": number(limit),
        "perm_pass": p <= PLACEBO_LEVEL,
        "shift_ics": {str(k): number(e.shifts[k].mean) for k in SHIFTS},
        "shift_gap_se": number(e.shift_gap),
        "decay_ok": settled,
        "p": number(p),
        "n_permutations": int(e.null.raw.size),
        "n_beyond": beyond,
        "null_width": number(e.null.width),
    }
    bins = _null_bins(e.null.raw, e.summary.mean, limit, statistic="rank_ic_mean", tail="both")
    passed = all(c.passed for c in conditions)
    return OverfitTest(name, code, passed, details, p, e.summary.mean, limit, conditions, bins)


def half_life(e: Evidence) -> OverfitTest:
    """Does the power last at least as long as the holding period, from a one-day IC that is significant?

    Where the IC does not fall within the lags looked at there is no half-life; the test then asks whether the lower end
    of its bootstrap interval (5 %) is long enough.
    """
    name, code = "半衰期估计", "half_life"
    if e.too_little or e.null is None:
        return _unable(name, code, e)
    d = e.decay
    limit = float(max(LEAST_HALF_LIFE, e.holding))
    p = e.p_first_lag()
    first = float(d.ic[0])
    lasting = d.half_life if d.half_life is not None else d.lower_bound if d.reason == "no_decay" else math.nan
    conditions = (
        Condition("half_life", lasting >= limit, lasting, limit, f"半衰期 ≥ {limit:.0f} 日", f"half-life ≥ {limit:.0f} sessions"),
        Condition("ic1", p <= FIRST_LAG_LEVEL and first > 0, p, FIRST_LAG_LEVEL, "1 日 IC 显著且方向一致（p ≤ 0.05）", "one-day IC significant and of the right sign (p ≤ 0.05)"),
    )  # fmt: skip
    reason = REASONS[d.reason] if d.reason else None
    details = {
        "half_life_days": number(d.half_life),
        "period_ics": {str(k): number(v) for k, v in zip(d.lags.tolist(), d.ic.tolist(), strict=True)},
        "half_life_ci95": [number(x) for x in d.ci95] if d.ci95 else None,
        "half_life_lower": number(d.lower_bound),
        "ic1": number(first),
        "ic1_p": number(p),
        "fit": {"a": number(d.fit.a), "b": number(d.fit.b)} if d.fit else None,
        "reason": reason[0] if reason else None,
        "reason_code": d.reason,
        "reason_en": reason[1] if reason else None,
        "p": number(p),
    }
    capped = np.minimum(d.draws, 4.0 * d.lags.size)
    bins = _null_bins(
        capped, d.half_life, limit, statistic="half_life_days", tail="right", bootstrap=True,
        not_falling=float(np.isinf(d.draws).mean()) if d.draws.size else None,
    )  # fmt: skip
    passed = all(c.passed for c in conditions)
    return OverfitTest(name, code, passed, details, p, d.half_life, limit, conditions, bins)


def _null_bins(values: F64, observed: float | None, threshold: float, **meta: Any) -> Histogram | None:
    both = (threshold, -threshold) if meta.get("tail") == "both" else (threshold,)
    made = histogram(values, (observed, *both))
    return Histogram(made.left, made.count, made.width, made.n, meta) if made else None


def _unable(name: str, code: str, e: Evidence, otherwise: Lack = NO_SHUFFLES) -> OverfitTest:
    lack = e.too_little or otherwise
    return OverfitTest(name, code, False, {"error": lack.zh, "error_en": lack.en, "n_dates": e.summary.n})
