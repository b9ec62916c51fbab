"""What is really there survives the correction for a long search."""

from __future__ import annotations

import pytest

from quantgpt.backtest.computed import FactorTestSpec
from quantgpt.backtest.factor_test import run_factor_test
from quantgpt.factors.labels import forward_returns
from quantgpt.factors.search import permutations_for
from quantgpt.market.demo import demo_view, noise_factor, planted_factor


@pytest.mark.parametrize(("trials", "shuffles", "capped"), [(200.0, None, False), (200.0, 999, True)])
def test_a_planted_factor_passes_after_two_hundred_trials(trials: float, shuffles: int | None, capped: bool) -> None:
    """A mean rank IC of 0.04 is significant after 200 trials, provided that there are shuffles enough to show it."""
    view = demo_view(assets=200, sessions=600, seed=17)
    factor = planted_factor(view, forward_returns(view, 5).values, rank_ic=0.04, seed=3)
    spec = FactorTestSpec(trials=trials, permutations=shuffles or permutations_for(trials))
    made = run_factor_test(view, factor, spec)
    codes = [cap["code"] for cap in made.body["caps"]]
    assert ("out_of_slice_not_significant" in codes) is capped
    assert "sign_reversed" not in codes


def test_noise_does_not() -> None:
    view = demo_view(assets=200, sessions=600, seed=17)
    for seed in range(4):
        spec = FactorTestSpec(trials=200.0, permutations=permutations_for(200.0))
        made = run_factor_test(view, noise_factor(view, seed=seed), spec)
        assert made.body["caps"]
