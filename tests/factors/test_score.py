"""The score's vectors, its caps and its interval."""

import math

import numpy as np
import pytest

from quantgpt.factors.score import (
    WEIGHTS,
    ScoreInputs,
    annual_spread_tenth,
    bootstrap_interval,
    component_points,
    evidence_caps,
    grade_of,
    score_factor,
    weigh,
)

SEED = {
    "sharpe": 0.48,
    "monotonicity": 0.8,
    "spread": 0.00082,
    "cagr": 0.052,
    "max_drawdown": -0.182,
    "win_rate": 0.524,
}


def test_the_published_vector_scores_54_6() -> None:
    """The published example feeds the spread as a daily number, as the first version did."""
    score = score_factor(ScoreInputs(**SEED))
    assert score.components == {
        "sharpe": 37.0,
        "monotonicity": 80.0,
        "spread": 50.8,
        "cagr": 44.0,
        "max_drawdown": 63.6,
        "win_rate": 56.0,
    }
    assert (score.score, score.grade) == (54.6, "C")


def test_the_published_vector_with_tests_at_75_scores_56_7() -> None:
    score = score_factor(ScoreInputs(**SEED, anti_overfit=75.0))
    assert (score.score, score.grade) == (56.7, "C")


def test_ours_feeds_the_annual_spread_over_ten() -> None:
    inputs = ScoreInputs(**{**SEED, "spread": annual_spread_tenth(SEED["spread"])})
    assert component_points(inputs)["spread"] == pytest.approx(100 * (0.00082 * 25.2 + 0.05) / 0.1)
    assert score_factor(inputs).score > 54.6


def test_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)
    assert weigh(dict.fromkeys([*WEIGHTS, "anti_overfit"], 100.0)) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("score", "letter"), [(80.0, "A"), (79.9, "B"), (60.0, "B"), (59.9, "C"), (40.0, "C"), (39.9, "D"), (0, "D")]
)
def test_letters(score: float, letter: str) -> None:
    assert grade_of(score) == letter


def test_missing_and_extreme_inputs_stay_between_0_and_100() -> None:
    worst = ScoreInputs(sharpe=math.nan, monotonicity=-9, spread=-math.inf, cagr=math.nan, max_drawdown=-1, win_rate=0)
    best = ScoreInputs(sharpe=99, monotonicity=1, spread=math.inf, cagr=9, max_drawdown=0, win_rate=1, anti_overfit=100)
    assert score_factor(worst).score == 0.0
    assert score_factor(best).score == 100.0


def test_a_reversed_sign_caps_at_d_and_an_insignificant_one_at_c() -> None:
    best = ScoreInputs(sharpe=3, monotonicity=1, spread=0.05, cagr=0.5, max_drawdown=0, win_rate=0.7)
    reversed_sign = score_factor(best, evidence_caps(-0.01, 0.9), (90.0, 100.0))
    insignificant = score_factor(best, evidence_caps(0.01, 0.2))
    assert (reversed_sign.score, reversed_sign.grade, reversed_sign.uncapped) == (39.9, "D", 100.0)
    assert reversed_sign.ci95 == (39.9, 39.9)
    assert (insignificant.score, insignificant.grade) == (59.9, "C")
    assert insignificant.caps[0].code == "out_of_slice_not_significant"


def test_significance_is_judged_after_all_trials() -> None:
    assert evidence_caps(0.02, 0.01) == ()
    assert evidence_caps(0.02, 0.01, trials=20)[0].args["p"] == pytest.approx(1 - 0.99**20)


def test_no_test_means_no_better_than_c() -> None:
    assert evidence_caps(0.02, math.nan)[0].code == "no_evidence"
    assert evidence_caps(math.nan, math.nan)[0].max_grade == "C"


def test_the_interval_is_reproducible_and_holds_the_score() -> None:
    g = np.random.default_rng(0)
    market = g.normal(0.0003, 0.01, 700)
    groups = np.stack([market + g.normal(0.0001 * k, 0.003, 700) for k in range(5)])
    settings = {"block": 9, "seed": 3, "groups_gross": groups + 0.0001}
    one = bootstrap_interval(groups[4], groups, 1, 50.0, **settings)
    two = bootstrap_interval(groups[4], groups, 1, 50.0, **settings)
    assert one == two
    assert one is not None
    assert one[0] < one[1]


def test_too_few_days_have_no_interval() -> None:
    groups = np.zeros((2, 10))
    assert bootstrap_interval(groups[1], groups, 1, None, block=9, seed=0) is None
