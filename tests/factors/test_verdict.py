"""The headline and its reasons follow from the figures, by rule."""

import math
from dataclasses import replace

import numpy as np
import pytest

from quantgpt.factors.anti_overfit import AntiOverfit, four_tests
from quantgpt.factors.evidence import Evidence, EvidenceInputs, gather_evidence
from quantgpt.factors.ic import rank_rows, summarise
from quantgpt.factors.regimes import regimes_of_level
from quantgpt.factors.score import ScoreInputs, evidence_caps, score_factor
from quantgpt.factors.verdict import MOST_REASONS, Facts, p_words, percent, reasons, verdict

GOOD = ScoreInputs(sharpe=2, monotonicity=1, spread=0.04, cagr=0.3, max_drawdown=-0.1, win_rate=0.6, anti_overfit=100)
POOR = ScoreInputs(sharpe=-1, monotonicity=0, spread=0, cagr=-0.2, max_drawdown=-0.4, win_rate=0.4, anti_overfit=100)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    g = np.random.default_rng(8)
    sessions, names = 400, 60
    factor = g.normal(size=(sessions, names))
    for t in range(1, sessions):
        factor[t] = 0.95 * factor[t - 1] + 0.31 * factor[t]
    returns = 0.08 * factor + g.normal(size=(sessions, names))
    ask = EvidenceInputs(
        factor=rank_rows(factor),
        label=rank_rows(returns),
        marginal=rank_rows(returns),
        rows=np.arange(sessions - 25),
        days=np.datetime64("2022-01-03") + np.arange(sessions - 25),
        regimes=regimes_of_level(np.exp(np.cumsum(g.normal(0, 0.012, sessions)))),
        holding=1,
        permutations=99,
    )
    return gather_evidence(ask)


def facts(e: Evidence, inputs: ScoreInputs = GOOD, tests: AntiOverfit | None = None, **more) -> Facts:
    caps = evidence_caps(e.direction.sign * e.outside.mean, e.p_outside())
    made = Facts(
        evidence=e,
        tests=tests or four_tests(e),
        score=score_factor(inputs, caps),
        annual_return=0.12,
        annual_return_gross=0.15,
        benchmark_annual=0.05,
        phase_low=0.11,
        phase_high=0.13,
        monotonicity=0.9,
        turnover=0.3,
    )
    return replace(made, **more)


def without(tests: AntiOverfit, *codes: str) -> AntiOverfit:
    return AntiOverfit(tuple(replace(t, passed=t.passed and t.code not in codes) for t in tests.tests))


def shifted(e: Evidence, mean: float) -> Evidence:
    values = np.random.default_rng(1).normal(mean, 0.1, 200)
    return replace(e, outside=summarise(values - values.mean() + mean, 2))


def test_all_tests_passed_and_well_paid(evidence: Evidence) -> None:
    assert verdict(facts(evidence)).code == "stable"


def test_all_tests_passed_but_not_paid(evidence: Evidence) -> None:
    sentence = verdict(facts(evidence, POOR, annual_return=-0.03))
    assert sentence.code == "predicts_not_pays"
    assert "−3.0%" in sentence.zh


@pytest.mark.parametrize(
    ("failed", "code"),
    [
        (("half_life",), "fades"),
        (("subsample",), "regime_dependent"),
        (("ic_stability",), "unsteady"),
        (("half_life", "subsample"), "partly"),
    ],
)
def test_one_failed_test_names_the_limit(evidence: Evidence, failed: tuple[str, ...], code: str) -> None:
    assert verdict(facts(evidence, tests=without(four_tests(evidence), *failed))).code == code


def test_a_sign_that_turned_comes_before_everything_else(evidence: Evidence) -> None:
    sentence = verdict(facts(shifted(evidence, -0.02)))
    assert sentence.code == "sign_reversed"
    assert sentence.zh == "后来方向反了：校准段为正，其余为负"


@pytest.mark.parametrize(("lower", "says"), [(2.4, "短于"), (30.0, "不短于"), (math.inf, None)])
def test_where_nothing_falls_the_bound_decides_and_is_told(evidence: Evidence, lower: float, says: str | None) -> None:
    e = replace(evidence, decay=replace(evidence.decay, fit=None, reason="no_decay", lower_bound=lower))
    sentence = next(one for one in reasons(facts(e)) if one.code == "half_life")
    assert sentence.mark == ("fail" if says == "短于" else "pass")
    if says is None:
        assert sentence.zh == "拟合不收敛：IC 没有随时间下降"
        assert sentence.args["lower"] is None
    else:
        limit = four_tests(e).tests[3].threshold
        assert (
            sentence.zh
            == f"拟合不收敛：IC 没有随时间下降；半衰期的 95% 下界 {lower:.1f} 日，{says}要求的 {limit:.0f} 日"
        )
        assert sentence.args["lower"] == lower


def test_not_significant_outside_the_slice(evidence: Evidence) -> None:
    sentence = verdict(facts(shifted(evidence, 0.0001)))
    assert sentence.code == "not_significant"


def test_what_shuffled_labels_reach_is_indistinguishable(evidence: Evidence) -> None:
    assert evidence.null is not None
    wide = replace(evidence, null=replace(evidence.null, raw=evidence.null.raw * 100))
    sentence = verdict(facts(wide))
    assert sentence.code == "indistinguishable"
    assert sentence.zh.startswith("和打乱标签的结果分不开（p = ")


def test_too_little_data_gives_no_verdict(evidence: Evidence) -> None:
    few = replace(evidence, names=np.full_like(evidence.names, 5), null=None)
    f = facts(few)
    assert verdict(f).code == "few_data"
    assert f.score.caps[0].code == "no_evidence"
    assert all(reason.mark == "doubt" for reason in reasons(f))


def test_at_most_four_reasons_and_the_doubt_is_last(evidence: Evidence) -> None:
    f = facts(evidence, annual_return=-0.01, benchmark_annual=0.2, phase_high=0.5, monotonicity=0.1)
    said = reasons(f)
    assert len(said) <= MOST_REASONS
    assert said[-1].mark == "doubt"
    assert [s.mark for s in said].count("doubt") == 1
    assert said[-1].code == "costs"


def test_a_failure_is_never_hidden(evidence: Evidence) -> None:
    f = facts(evidence, tests=without(four_tests(evidence), "subsample"), monotonicity=0.0)
    assert "fail" in {s.mark for s in reasons(f)}


def test_every_sentence_has_both_languages_and_plain_arguments(evidence: Evidence) -> None:
    import json

    for sentence in (verdict(facts(evidence)), *reasons(facts(evidence, phase_high=0.9))):
        assert sentence.zh
        assert sentence.en
        json.dumps(sentence.to_json(), allow_nan=False)


def test_small_numbers_read_well() -> None:
    assert p_words(0.0004) == "< 0.001"
    assert percent(-0.021) == "−2.1%"


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [("mean", 0.015, "低于 0.02 的门槛"), ("positive_rate", 0.52, "只有 52% 的日期同向"), ("t", 1.2, "t 低于 2")],
)
def test_a_failed_stability_says_which_part_failed(evidence: Evidence, code: str, value: float, words: str) -> None:
    tests = four_tests(evidence)
    stability = tests.tests[0]
    conditions = tuple(
        replace(c, passed=False, value=value, limit=0.02 if code == "mean" else 2.0) if c.code == code else c
        for c in stability.conditions
    )
    failed = AntiOverfit((replace(stability, passed=False, conditions=conditions), *tests.tests[1:]))
    said = next(s for s in reasons(facts(evidence, tests=failed)) if s.code == "ic_stability")
    assert said.zh.endswith(words)
    assert said.mark == "fail"
