"""One sentence a person could say aloud, and its reasons, assembled by rules from stored results."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quantgpt.factors.anti_overfit import AntiOverfit, Condition
from quantgpt.factors.decay import NO_DECAY
from quantgpt.factors.evidence import NO_SHUFFLES, Evidence
from quantgpt.factors.score import Score, decimal
from quantgpt.foundations.series import number

MOST_REASONS = 4
WIDENED = 1.05
"""stretch of the null from which the sentence mentions it"""
PHASE_SPREAD = 0.05
"""difference of annual returns between rebalance phases that is worth a doubt"""

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Sentence:
    """A code with its arguments and the words in both languages; `mark` is "pass", "fail" or "doubt"."""

    code: str
    args: Args
    zh: str
    en: str
    mark: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values; the mark only where there is one."""
        body = {"code": self.code, "args": dict(self.args), "zh": self.zh, "en": self.en}
        return body | {"mark": self.mark} if self.mark else body


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the verdict is said about. Fractions; NaN where unknown."""

    evidence: Evidence
    tests: AntiOverfit
    score: Score
    annual_return: float
    annual_return_gross: float
    benchmark_annual: float
    phase_low: float
    phase_high: float
    monotonicity: float
    turnover: float


def p_words(p: float) -> str:
    """A p-value as the pages write it.

    >>> p_words(0.0004), p_words(0.0412)
    ('< 0.001', '= 0.041')
    """
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def percent(x: float) -> str:
    """A return with sign and one decimal, with a real minus.

    >>> percent(0.179), percent(-0.02)
    ('+17.9%', '−2.0%')
    """
    return f"{'−' if x < 0 else '+'}{abs(x) * 100:.1f}%"


def verdict(f: Facts) -> Sentence:
    """The headline: evidence first, then its limit."""
    e, passed = f.evidence, {test.code: test.passed for test in f.tests.tests}
    if e.too_little or e.null is None:
        lack = e.too_little or NO_SHUFFLES
        zh, en = f"证据不足，不下结论：{lack.zh}", f"Too little evidence for a verdict: {lack.en}"
        return Sentence("few_data", {"reason": lack.zh, "reason_en": lack.en}, zh, en)
    p, outside = e.p_two_sided(), e.p_outside()
    args = {"grade": f.score.grade, "p": p, "rank_ic": e.oriented_mean, "passed": f.tests.passed}
    if e.direction.sign * e.outside.mean < 0:
        first, then = ("正", "负") if e.direction.sign > 0 else ("负", "正")
        first_en, then_en = ("positive", "negative") if e.direction.sign > 0 else ("negative", "positive")
        return Sentence(
            "sign_reversed",
            args | {"outside": e.direction.sign * e.outside.mean},
            f"后来方向反了：校准段为{first}，其余为{then}",
            f"The sign flipped: {first_en} in calibration, {then_en} after",
        )
    if p > 0.05:
        return Sentence(
            "indistinguishable",
            args,
            f"和打乱标签的结果分不开（p {p_words(p)}）",
            f"Indistinguishable from shuffled labels (p {p_words(p)})",
        )
    if any(cap.code == "out_of_slice_not_significant" for cap in f.score.caps):
        return Sentence(
            "not_significant",
            args | {"p_outside": outside},
            "方向段之外不显著，最高只能是 C",
            "Not significant outside the direction slice; capped at C",
        )
    if f.tests.passed == len(f.tests.tests):
        return _all_passed(f, args)
    return _partly(f, args, passed)


def _all_passed(f: Facts, args: Args) -> Sentence:
    if f.score.grade in ("A", "B"):
        return Sentence("stable", args, "预测力稳定，四项检验全部通过", "Stable predictive power; all four tests pass")
    return Sentence(
        "predicts_not_pays",
        args,
        f"预测力稳定，四项检验全部通过，但扣费后年化只有 {percent(f.annual_return)}",
        f"Stable predictive power and all four tests pass, but only {percent(f.annual_return)} a year after costs",
    )


def _partly(f: Facts, args: Args, passed: Mapping[str, bool]) -> Sentence:
    number, total = f.tests.passed, len(f.tests.tests)
    failed = [code for code in ("placebo", "ic_stability", "half_life", "subsample") if not passed[code]]
    if failed == ["half_life"]:
        return Sentence("fades", args, "有预测力，衰减偏快", "Predicts returns but fades fast")
    if failed == ["subsample"]:
        return Sentence(
            "regime_dependent",
            args,
            "有预测力，但各种市场环境里不一致",
            "Predicts returns, but not alike in every market regime",
        )
    if failed == ["ic_stability"]:
        return Sentence("unsteady", args, "有预测力，但不够稳定", "Predicts returns, but not steadily")
    return Sentence(
        "partly",
        {**args, "total": total, "failed": failed},
        f"有预测力的迹象，四项检验通过 {number} 项",
        f"Signs of predictive power; {number} of {total} tests pass",
    )


def reasons(f: Facts) -> tuple[Sentence, ...]:
    """At most four reasons: what speaks for it, what against it, and the strongest doubt last."""
    said = [_placebo(f), _stability(f), _half_life(f), _subsample(f)]
    known = [s for s in said if s is not None]
    doubts = _doubts(f)[:1]
    against = [s for s in known if s.mark == "fail"]
    for_it = [s for s in known if s.mark == "pass"]
    room = MOST_REASONS - len(doubts)
    fails = against[: max(1, room - min(1, len(for_it)))]
    return tuple(for_it[: room - len(fails)] + fails + doubts)


def _placebo(f: Facts) -> Sentence | None:
    null = f.evidence.null
    if f.evidence.too_little or null is None:
        return None
    n = int(null.raw.size)
    k = int((abs(null.raw) >= abs(f.evidence.summary.mean)).sum())
    p = f.evidence.p_two_sided()
    args = {"n": n, "k": k, "p": p, "width": null.width}
    wide = null.width > WIDENED
    zh = f"打乱 {n} 次股票标签" + ("，放宽到因子自身的波动后" if wide else "")
    en = f"In {n} label shuffles" + (", widened to the factor's own swings" if wide else "")
    if p > 0.05:
        return Sentence(
            "placebo", args, f"{zh}，有 {k} 次也能做到这么高的 IC", f"{en}, {k} also reached this IC", "fail"
        )
    if k:
        return Sentence(
            "placebo", args, f"{zh}，只有 {k} 次能做到这么高的 IC", f"{en}, only {k} reached this IC", "pass"
        )
    return Sentence("placebo", args, f"{zh}，没有一次能做到这么高的 IC", f"{en}, none reached this IC", "pass")


def _stability(f: Facts) -> Sentence | None:
    e = f.evidence
    if e.too_little:
        return None
    test = next(test for test in f.tests.tests if test.code == "ic_stability")
    t = e.direction.sign * e.summary.hac.t
    args = {"rank_ic": e.oriented_mean, "t": t, "reversed_years": test.details["reversed_years"]}
    ic, of_t = decimal(e.oriented_mean), decimal(t, 2)
    zh, en = f"Rank IC {ic}，HAC t {of_t}", f"Rank IC {ic}, HAC t {of_t}"
    if test.passed:
        return Sentence("ic_stability", args, f"{zh}，没有反号的年份", f"{en}, no year of the opposite sign", "pass")
    failed = next(c for c in test.conditions if not c.passed)
    why_zh, why_en = _instability(failed, test.details["reversed_years"])
    return Sentence("ic_stability", {**args, "failed": failed.code}, f"{zh}，{why_zh}", f"{en}, {why_en}", "fail")


def _instability(failed: Condition, against: list[str]) -> tuple[str, str]:
    """The first condition of the stability test that does not hold, in words."""
    value, limit = failed.value or 0.0, failed.limit or 0.0
    if failed.code == "mean":
        return f"低于 {limit:g} 的门槛", f"below the bar of {limit:g}"
    if failed.code == "positive_rate":
        return f"只有 {value:.0%} 的日期同向", f"with the right sign on only {value:.0%} of days"
    if failed.code == "yearly":
        return f"{'、'.join(against)} 年方向相反", f"opposite sign in {', '.join(against)}"
    return f"t 低于 {limit:g}", f"t below {limit:g}"


def _half_life(f: Facts) -> Sentence | None:
    test = next((test for test in f.tests.tests if test.code == "half_life" and test.conditions), None)
    if test is None or test.threshold is None:
        return None
    life, limit = f.evidence.decay.half_life, test.threshold
    mark = "pass" if test.passed else "fail"
    args = {"half_life": life, "limit": limit, "reason": f.evidence.decay.reason, "ic1_p": f.evidence.p_first_lag()}
    if not test.conditions[1].passed:
        p = f.evidence.p_first_lag()
        return Sentence(
            "half_life",
            args,
            f"1 日 IC 不显著（p {p_words(p)}）",
            f"The one-day IC is not significant (p {p_words(p)})",
            mark,
        )
    if life is None:
        reason, reason_en = test.details["reason"] or "", test.details["reason_en"] or ""
        lower = f.evidence.decay.lower_bound
        if f.evidence.decay.reason == NO_DECAY and lower is not None and math.isfinite(lower):
            longer, longer_en = ("不短于", "no shorter than") if test.passed else ("短于", "shorter than")
            reason += f"；半衰期的 95% 下界 {lower:.1f} 日，{longer}要求的 {limit:.0f} 日"
            reason_en += f"; its half-life is at least {lower:.1f} sessions (95%), {longer_en} the required {limit:.0f}"
        return Sentence("half_life", {**args, "lower": number(lower)}, reason, reason_en, mark)
    if test.passed:
        return Sentence(
            "half_life",
            args,
            f"半衰期 {life:.1f} 日，不短于要求的 {limit:.0f} 日",
            f"Half-life {life:.1f} sessions, no shorter than the required {limit:.0f}",
            mark,
        )
    return Sentence(
        "half_life",
        args,
        f"半衰期 {life:.1f} 日，短于要求的 {limit:.0f} 日",
        f"Half-life {life:.1f} sessions, shorter than the required {limit:.0f}",
        mark,
    )


def _subsample(f: Facts) -> Sentence | None:
    e = f.evidence
    test = next((test for test in f.tests.tests if test.code == "subsample" and test.conditions), None)
    if test is None or e.worst is None:
        return None
    judged = [r for r in e.regimes if r.judged]
    agree = sum(e.direction.sign * r.summary.mean > 0 for r in judged)
    args = {"agree": agree, "regimes": len(judged), "p": e.p_consistency(), "worst": e.worst[0]}
    zh = f"{len(judged)} 种市场环境里有 {agree} 种同向"
    en = f"{agree} of {len(judged)} market regimes have the right sign"
    if test.passed:
        return Sentence(
            "subsample", args, f"{zh}，比打乱标签更一致", f"{en}, more consistent than shuffled labels", "pass"
        )
    return Sentence(
        "subsample", args, f"{zh}，打乱标签也常有这么一致", f"{en}, which shuffled labels often match", "fail"
    )


def _doubts(f: Facts) -> list[Sentence]:
    """Doubts, strongest first."""
    out = [Sentence(cap.code, cap.args, cap.zh, cap.en, "doubt") for cap in f.score.caps]
    if f.annual_return_gross > 0 > f.annual_return:
        zh = f"扣费前年化 {percent(f.annual_return_gross)}，扣费后 {percent(f.annual_return)}"
        en = f"{percent(f.annual_return_gross)} a year before costs, {percent(f.annual_return)} after"
        args = {"gross": f.annual_return_gross, "net": f.annual_return, "turnover": f.turnover}
        out.append(Sentence("costs", args, zh, en, "doubt"))
    if math.isfinite(f.benchmark_annual) and f.annual_return < f.benchmark_annual:
        zh = f"年化 {percent(f.annual_return)}，低于基准的 {percent(f.benchmark_annual)}"
        en = f"{percent(f.annual_return)} a year, below the benchmark's {percent(f.benchmark_annual)}"
        args = {"strategy": f.annual_return, "benchmark": f.benchmark_annual}
        out.append(Sentence("below_benchmark", args, zh, en, "doubt"))
    if f.phase_high - f.phase_low > PHASE_SPREAD:
        zh = f"换一天起算调仓，年化在 {percent(f.phase_low)} 到 {percent(f.phase_high)} 之间"
        en = f"Starting the rebalancing on another day gives {percent(f.phase_low)} to {percent(f.phase_high)} a year"
        out.append(Sentence("phase_luck", {"low": f.phase_low, "high": f.phase_high}, zh, en, "doubt"))
    if f.monotonicity < 0.5:
        zh, en = "各组收益不随因子值单调变化", "Group returns do not rise with the factor"
        out.append(Sentence("not_monotonic", {"monotonicity": f.monotonicity}, zh, en, "doubt"))
    return out
