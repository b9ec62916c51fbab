"""What luck alone would show, against drawn lots and the published formulas."""

from __future__ import annotations

import doctest
import json
import math

import numpy as np
import pytest

from quantgpt.factors import luck
from quantgpt.factors.luck import BINS, ZONES, best_of, histogram, share_below, zone_of
from quantgpt.factors.search import Ledger, judge_search, search_facts
from quantgpt.metrics.sharpe_inference import deflated_sharpe

VECTOR = {"sharpe": 2.5 / 250**0.5, "sessions": 1250, "skew": -3.0, "kurtosis": 10.0}


def test_docstring_examples_hold() -> None:
    assert doctest.testmod(luck).failed == 0


@pytest.mark.parametrize("trials", [1, 2, 7, 40])
def test_the_bins_hold_what_lots_show(trials: int) -> None:
    """Oracle: the best of that many normal numbers, drawn 200,000 times."""
    sigma, rounds = 0.7, 200_000
    g = np.random.default_rng(trials)
    best = np.max([g.normal(0.0, sigma, rounds) for _ in range(trials)], axis=0)
    edges, share = histogram(float(trials), sigma)
    assert share.sum() == pytest.approx(1.0)
    inside = np.clip(best, edges[0], edges[-1])
    counted, _ = np.histogram(inside, bins=edges)
    error = 5.0 * np.sqrt(np.maximum(share, 1e-4) / rounds)
    assert (np.abs(counted / rounds - share) < error).all()
    for part in (0.5, 0.95):
        assert best_of(trials, sigma, part) == pytest.approx(float(np.quantile(best, part)), abs=0.012)
    assert share_below(trials, sigma, 0.9) == pytest.approx(float((best < 0.9).mean()), abs=0.006)


def test_the_hurdle_is_the_mean_of_the_bins() -> None:
    """Bailey and López de Prado's approximation against the mean of the distribution that is drawn."""
    for trials in (5, 20, 100, 1000):
        made = search_facts(**VECTOR, trials=trials, effective=float(trials), variance=0.002).to_json()["luck"]
        edges, share = np.array(made["histogram"]["edges"]), np.array(made["histogram"]["share"])
        mean = float(((edges[1:] + edges[:-1]) / 2.0) @ share)
        assert made["expected_best"] == pytest.approx(mean, rel=0.04)


def test_the_block_of_the_published_vector() -> None:
    facts = search_facts(**VECTOR, trials=100, effective=100.0, variance=0.5 / 250)
    body = facts.to_json()
    made = body["luck"]
    json.dumps(made, allow_nan=False)
    assert made["state"] == "measured"
    assert len(made["histogram"]["edges"]) == BINS + 1 <= 51
    assert (made["observed"], made["expected_best"]) == (body["sharpe_annual"], body["sharpe_hurdle_annual"])
    assert (made["dsr"], made["dsr_if_single"]) == (body["dsr"], body["psr"])
    after = deflated_sharpe(VECTOR["sharpe"], 1250, -3.0, 10.0, 110, 0.5 / 250)
    assert made["dsr_after_ten_more"] == after < made["dsr"] < made["dsr_if_single"]
    assert made["zone"] == "likely"
    assert "0.89" in made["sentence"]["en"] or f"{after:.2f}" in made["sentence"]["en"]
    sigma = math.sqrt(0.5 / 250 * 252)
    assert made["share_beyond"] == pytest.approx(1.0 - share_below(100, sigma, made["observed"]), abs=1e-6)


def test_luck_is_the_same_for_the_same_trials_and_less_kind_after_more() -> None:
    returns = np.random.default_rng(3).normal(0.0006, 0.006, 700)
    one, again = (judge_search(returns, Ledger(trials=9, effective=4.5, variance=0.0015)).luck() for _ in range(2))
    assert one == again
    more = judge_search(returns, Ledger(trials=30, effective=15.0, variance=0.0015)).luck()
    assert more["share_beyond"] > one["share_beyond"]
    assert more["median"] > one["median"]


def test_the_first_trial_says_so() -> None:
    made = judge_search(np.random.default_rng(2).normal(0.0005, 0.006, 700), Ledger(key="k")).luck()
    assert made["headline"]["code"] == "first_trial"
    assert made["median"] == 0.0
    assert made["expected_best"] == 0.0
    assert made["dsr"] == made["dsr_if_single"]


@pytest.mark.parametrize("returns", [np.zeros(300), np.array([]), np.array([0.01])])
def test_returns_that_say_nothing_have_a_reason(returns: np.ndarray) -> None:
    made = judge_search(returns, Ledger(key="k")).luck()
    assert made["state"] == "none"
    assert made["reason"]["zh"]
    assert made["histogram"] is None
    json.dumps(made, allow_nan=False)


def test_zones_cover_the_whole_bar() -> None:
    assert [zone.low for zone in ZONES[1:]] == [zone.high for zone in ZONES[:-1]]
    assert [zone_of(value).code for value in (0.0, 0.4999, 0.5, 0.9, 0.95, 1.0)] == [
        "luck", "luck", "weak", "likely", "credible", "credible"
    ]  # fmt: skip
