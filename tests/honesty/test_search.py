"""What trials do to the evidence: the published vector, failed trials, track records, the sealed slice."""

from __future__ import annotations

import doctest
import math
from statistics import NormalDist

import numpy as np
import pytest

from quantgpt.factors import sealing, search
from quantgpt.factors.sealing import overlaps, sealed_slice
from quantgpt.factors.search import Ledger, active_returns, judge_search, permutations_for, search_facts
from quantgpt.metrics.sharpe_inference import probabilistic_sharpe

VECTOR = {"sharpe": 2.5 / 250**0.5, "sessions": 1250, "skew": -3.0, "kurtosis": 10.0}


@pytest.mark.parametrize("module", [sealing, search])
def test_docstring_examples_hold(module) -> None:  # type: ignore[no-untyped-def]
    assert doctest.testmod(module).failed == 0


def test_the_published_vector() -> None:
    """Bailey and López de Prado (2014): annual Sharpe 2.5 over 1,250 of 250 days a year, 100 trials of variance 0.5."""
    made = search_facts(**VECTOR, trials=100, effective=100.0, variance=0.5 / 250)
    assert round(made.hurdle, 4) == 0.1132
    assert round(made.dsr, 4) == 0.9004
    assert made.psr == pytest.approx(probabilistic_sharpe(VECTOR["sharpe"], 1250, -3.0, 10.0))


def test_fifty_failed_trials_lower_it() -> None:
    g = np.random.default_rng(1)
    returns = g.normal(0.0008, 0.006, 700)
    before = Ledger(key="k", trials=10, effective=6.0, variance=0.0015)
    after = Ledger(key="k", trials=60, effective=6.0, returnless=50, variance=0.0015)
    first, then = judge_search(returns, before), judge_search(returns, after)
    assert (first.trials, then.trials) == (11, 61)
    assert then.effective_trials == first.effective_trials + 50
    assert then.dsr < first.dsr - 0.02
    assert then.psr == first.psr
    assert then.min_track_record > first.min_track_record


def test_the_first_trial_has_no_hurdle() -> None:
    returns = np.random.default_rng(2).normal(0.0005, 0.006, 700)
    made = judge_search(returns, Ledger(key="k"))
    assert (made.trials, made.effective_trials, made.hurdle) == (1, 1.0, 0.0)
    assert made.dsr == made.psr


def test_trials_that_lie_close_together_do_not_lower_the_hurdle() -> None:
    close = search_facts(**VECTOR, trials=20, effective=20.0, variance=1e-9)
    unknown = search_facts(**VECTOR, trials=20, effective=20.0, variance=math.nan)
    assert close.sharpe_variance == unknown.sharpe_variance == 1 / 1249
    assert close.hurdle > 0


def test_the_effective_number_is_never_more_than_there_were() -> None:
    assert search_facts(**VECTOR, trials=3, effective=7.0, variance=0.001).effective_trials == 3.0


def test_the_shortest_track_record_clears_the_hurdle_with_95_percent() -> None:
    made = search_facts(sharpe=0.09, sessions=400, skew=-0.4, kurtosis=5.0, trials=8, effective=8.0, variance=0.0004)
    n = made.min_track_record
    spread = 1 + 0.4 * 0.09 + (5.0 - 1) / 4 * 0.09**2
    assert NormalDist().cdf((0.09 - made.hurdle) * math.sqrt(n - 1) / math.sqrt(spread)) == pytest.approx(0.95)
    assert made.months_more == pytest.approx(max(n - 400, 0) / 21)
    said = made.to_json()
    assert said["min_track_record_reachable"] is True
    assert f"{math.ceil(made.months_more)} 个月" in said["notes"]["zh"]


def test_below_the_hurdle_no_record_is_long_enough() -> None:
    made = search_facts(sharpe=0.01, sessions=400, skew=0.0, kurtosis=3.0, trials=50, effective=50.0, variance=0.003)
    said = made.to_json()
    assert (said["min_track_record_days"], said["months_more"], said["min_track_record_reachable"]) == (
        None,
        None,
        False,
    )
    assert "运气" in said["notes"]["zh"]


def test_returns_that_do_not_move_are_unknown_not_good() -> None:
    said = judge_search(np.zeros(300), Ledger(key="k", trials=5, effective=5.0)).to_json()
    assert (said["dsr"], said["psr"], said["sharpe_daily"]) == (None, None, None)
    assert "无法" in said["notes"]["zh"]


def test_what_the_market_earns_is_nobodys_skill() -> None:
    """The same selection in a rising and in a falling market is worth the same."""
    g = np.random.default_rng(3)
    own = g.normal(0.0, 0.004, (5, 500))
    for drift in (0.002, -0.002):
        groups = own + drift + g.normal(0, 0.01, 500)
        active = active_returns(groups[4] - 0.0001, groups)
        np.testing.assert_allclose(active, own[4] - own.mean(axis=0) - 0.0001, atol=1e-15)


def test_shuffles_suffice_for_the_correction() -> None:
    """The smallest p-value that so many shuffles can give survives the correction for the trials, up to 1,000 of them."""
    for trials in (1, 24, 25, 80, 300, 500, 1_000):
        least = 1 / (1 + permutations_for(trials))
        assert 1 - (1 - least) ** trials <= 0.05


@pytest.mark.parametrize("sessions", [480, 481, 483, 484, 727])
def test_the_sealed_slice_is_the_last_quarter(sessions: int) -> None:
    days = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-01-01") + sessions)
    seal = sealed_slice(days)
    assert seal is not None
    assert seal.sessions == sessions // 4 >= 120
    assert seal.open_sessions + seal.sessions == sessions
    assert [seal.open_first, seal.last] == [str(days[0]), str(days[-1])]
    assert np.datetime64(seal.open_last) + 1 == np.datetime64(seal.first)
    assert not overlaps(seal, seal.open_first, seal.open_last)
    assert overlaps(seal, seal.open_first, seal.first)
    assert overlaps(seal, seal.last, "2099-01-01")


def test_a_short_span_has_none() -> None:
    days = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-01-01") + 479)
    assert sealed_slice(days) is None
    assert sealed_slice(days[:0]) is None


def test_a_ledger_that_is_used_up_says_so() -> None:
    few = search_facts(**VECTOR, trials=900, effective=900.0, variance=0.001).to_json()
    many = search_facts(**VECTOR, trials=2_000, effective=2_000.0, variance=0.001).to_json()
    assert (few["significance_reachable"], many["significance_reachable"]) == (True, False)
    assert "没有用过的区间" in many["notes"]["zh"]
    assert "没有用过的区间" not in few["notes"]["zh"]
