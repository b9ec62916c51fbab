"""The four tests: shapes, recommendations, determinism, and what happens with too little data."""

from dataclasses import replace

import numpy as np
import pytest

from quantgpt.factors.anti_overfit import AntiOverfit, OverfitTest, fast_tests, four_tests, histogram
from quantgpt.factors.evidence import Evidence, EvidenceInputs, gather_evidence
from quantgpt.factors.ic import rank_rows
from quantgpt.factors.regimes import regimes_of_level

SESSIONS, NAMES, HOLDING = 500, 80, 5
CONTRACT_KEYS = {
    "IC稳定性": {"ic_mean", "positive_rate", "yearly_ic", "has_reversal"},
    "子样本压力": {"overall_ic_sign", "sub_sample_ics", "consistency"},
    "安慰剂检验": {"real_ic", "perm_95th", "perm_pass", "shift_ics", "decay_ok"},
    "半衰期估计": {"half_life_days", "period_ics"},
}


def inputs(strength: float = 0.06, names: int = NAMES, sessions: int = SESSIONS, **more) -> EvidenceInputs:
    g = np.random.default_rng(8)
    factor = g.normal(size=(sessions, names))
    for t in range(1, sessions):
        factor[t] = 0.95 * factor[t - 1] + np.sqrt(1 - 0.95**2) * factor[t]
    returns = g.normal(0, 0.02, (sessions, names))
    returns[2:] += strength * 0.02 * factor[:-2]
    level = np.exp(np.cumsum(returns, axis=0))
    forward = np.full(returns.shape, np.nan)
    forward[: -1 - HOLDING] = level[1 + HOLDING :] / level[1:-HOLDING] - 1
    one = np.full(returns.shape, np.nan)
    one[:-2] = level[2:] / level[1:-1] - 1
    rows = np.arange(sessions - 1 - HOLDING)
    market = np.exp(np.cumsum(g.normal(0, 0.012, sessions)))
    ask = EvidenceInputs(
        factor=rank_rows(factor),
        label=rank_rows(forward),
        marginal=rank_rows(one),
        rows=rows,
        days=np.datetime64("2022-01-03") + rows,
        regimes=regimes_of_level(market),
        holding=HOLDING,
        permutations=199,
    )
    return replace(ask, **more)


@pytest.fixture(scope="module")
def strong() -> Evidence:
    return gather_evidence(inputs())


def test_names_and_details_are_those_of_the_contract(strong: Evidence) -> None:
    body = four_tests(strong).to_json()
    assert {test["name"] for test in body["tests"]} == set(CONTRACT_KEYS)
    assert all(CONTRACT_KEYS[test["name"]] <= set(test["details"]) for test in body["tests"])
    assert set(body) == {"score", "recommendation", "passed_count", "total_count", "tests"}
    assert body["total_count"] == 4


def test_a_strong_factor_passes_and_its_null_is_kept(strong: Evidence) -> None:
    tests = four_tests(strong)
    assert tests.score >= 75
    for test in tests.tests:
        assert test.histogram is not None
        assert len(test.histogram.count) <= 50
        assert sum(test.histogram.count) == test.histogram.n
        assert test.p is None or 0 < test.p <= 1
        assert all(c.zh and c.en for c in test.conditions)


def test_the_opposite_factor_is_the_same_evidence_turned_round(strong: Evidence) -> None:
    ask = inputs()
    negative = gather_evidence(replace(ask, factor=_turned(ask)))
    assert negative.direction.sign == -strong.direction.sign
    assert negative.oriented_mean == pytest.approx(strong.oriented_mean, abs=1e-15)
    assert [t.passed for t in four_tests(negative).tests] == [t.passed for t in four_tests(strong).tests]


def _turned(ask: EvidenceInputs):
    order = np.array(ask.factor.order)
    values = np.full(order.shape, np.nan)
    for t, row in enumerate(order):
        values[t, row[: ask.factor.count[t]]] = -np.arange(float(ask.factor.count[t]))
    return rank_rows(values)


def test_the_same_seed_gives_the_same_bits_and_another_seed_other_draws(strong: Evidence) -> None:
    again, other = gather_evidence(inputs()), gather_evidence(inputs(seed=1))
    assert strong.null is not None
    assert again.null is not None
    assert other.null is not None
    assert again.null.raw.tobytes() == strong.null.raw.tobytes()
    assert again.decay.draws.tobytes() == strong.decay.draws.tobytes()
    assert other.null.raw.tobytes() != strong.null.raw.tobytes()


def test_shuffling_the_names_changes_no_statistic(strong: Evidence) -> None:
    ask = inputs()
    order = np.random.default_rng(0).permutation(NAMES)

    def shuffled(ranked):
        values = np.full(ranked.valid.shape, np.nan)
        for t in range(values.shape[0]):
            n = ranked.count[t]
            values[t, ranked.order[t, :n]] = ranked.dense[t, :n]
        return rank_rows(values[:, order])

    moved = gather_evidence(
        replace(ask, factor=shuffled(ask.factor), label=shuffled(ask.label), marginal=shuffled(ask.marginal))
    )
    assert moved.rank_ic.tobytes() == strong.rank_ic.tobytes()
    assert moved.decay.ic.tobytes() == strong.decay.ic.tobytes()


def test_a_given_direction_is_not_chosen_again_in_the_null() -> None:
    evidence = gather_evidence(inputs(direction=1))
    assert evidence.null is not None
    assert evidence.null.oriented.tobytes() == evidence.null.raw.tobytes()
    assert evidence.outside.n == evidence.summary.n


def test_the_null_repeats_the_choice_of_direction(strong: Evidence) -> None:
    assert strong.null is not None
    assert strong.null.oriented.mean() > strong.null.raw.mean()


@pytest.mark.parametrize("few", [{"names": 5}, {"sessions": 50}])
def test_too_little_data_fails_every_test_with_the_reason(few: dict[str, int]) -> None:
    tests = four_tests(gather_evidence(inputs(**few)))
    assert tests.score == 0
    assert tests.recommendation == "不推荐"
    assert all(test.details["error"] for test in tests.tests)


def test_no_permutations_means_no_verdict_rather_than_a_pass() -> None:
    tests = four_tests(gather_evidence(inputs(permutations=0)))
    assert [test.passed for test in tests.tests[1:]] == [False, False, False]


@pytest.mark.parametrize(
    ("passed", "score", "word"),
    [(4, 100, "推荐"), (3, 75, "谨慎"), (2, 50, "需改进"), (1, 25, "不推荐"), (0, 0, "不推荐")],
)
def test_recommendations(passed: int, score: float, word: str) -> None:
    tests = AntiOverfit(tuple(OverfitTest("t", "t", k < passed, {}) for k in range(4)))
    assert (tests.score, tests.recommendation) == (score, word)


@pytest.mark.parametrize(("passed", "score", "word"), [(2, 100, "推荐"), (1, 50, "谨慎"), (0, 0, "需改进")])
def test_fast_recommendations(passed: int, score: float, word: str) -> None:
    tests = AntiOverfit(tuple(OverfitTest("t", "t", k < passed, {}) for k in range(2)), "fast")
    assert (tests.score, tests.recommendation) == (score, word)


def test_the_fast_mode_runs_two_tests_and_says_so(strong: Evidence) -> None:
    body = fast_tests(strong).to_json()
    assert body["mode"] == "fast"
    assert [test["name"] for test in body["tests"]] == ["IC稳定性", "半衰期估计"]


def test_a_histogram_covers_the_observed_value() -> None:
    made = histogram(np.zeros(10), (5.0,))
    assert made is not None
    assert made.left[0] <= 0.0
    assert made.left[-1] + made.width >= 5.0
    assert histogram(np.full(3, np.nan)) is None
