"""The effective number of trials at its known points, and the bar it gives for the best of correlated ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from quantgpt.metrics.effective import correlations, effective_trials, sharpe_variance


@pytest.fixture
def g() -> np.random.Generator:
    return np.random.default_rng(77)


def test_copies_count_once(g: np.random.Generator) -> None:
    x = g.normal(size=700)
    assert effective_trials(np.array([x, 3 * x + 1, x, -x])) == pytest.approx(1.0, abs=1e-6)
    assert effective_trials(x[None, :]) == 1.0
    assert effective_trials(np.empty((0, 10))) == 0.0


@pytest.mark.parametrize("n", [2, 20, 100])
def test_independent_ones_count_each(g: np.random.Generator, n: int) -> None:
    assert effective_trials(g.normal(size=(n, 2_500))) == pytest.approx(n, rel=0.02)


def test_families_count_as_families(g: np.random.Generator) -> None:
    """Ten ideas with eight close variations each."""
    ideas = g.normal(size=(10, 700)).repeat(8, axis=0)
    assert 10 <= effective_trials(ideas + 0.05 * g.normal(size=ideas.shape)) <= 20


@pytest.mark.parametrize("correlation", [0.3, 0.5, 0.8])
def test_it_never_corrects_a_maximum_too_little(g: np.random.Generator, correlation: float) -> None:
    """Best of 100 equally correlated ones: the 5 % bar by simulation lies below the one of the effective number."""
    n = 100
    matrix = np.full((n, n), correlation) + (1 - correlation) * np.eye(n)
    roots = np.sqrt(np.linalg.eigvalsh(matrix))
    count = roots.sum() ** 2 / n
    z = math.sqrt(correlation) * g.normal(size=(20_000, 1)) + math.sqrt(1 - correlation) * g.normal(size=(20_000, n))
    bar = np.quantile(z.max(axis=1), 0.95)
    assert norm.isf(1 - 0.95 ** (1 / count)) >= bar - 0.03
    sample = z[:2_000].T
    assert effective_trials(sample) == pytest.approx(count, rel=0.05)


def test_correlations_equal_numpy_where_all_is_there(g: np.random.Generator) -> None:
    x = g.normal(size=(6, 200)) + g.normal(size=200)
    np.testing.assert_allclose(correlations(x), np.corrcoef(x), atol=1e-12)


def test_pairs_are_compared_where_both_have_returns(g: np.random.Generator) -> None:
    x = g.normal(size=(3, 300)) * 0.01 + 0.02 * g.normal(size=300) + 1.0
    x[0, :120] = np.nan
    x[1, 250:] = np.nan
    got = correlations(x)
    for i in range(3):
        for j in range(3):
            both = np.isfinite(x[i]) & np.isfinite(x[j])
            assert got[i, j] == pytest.approx(np.corrcoef(x[i, both], x[j, both])[0, 1], abs=1e-9)


def test_what_cannot_be_compared_counts_as_another_trial(g: np.random.Generator) -> None:
    x = np.full((3, 100), np.nan)
    x[0, :50] = g.normal(size=50)
    x[1, 45:] = g.normal(size=55)
    x[2] = 0.001
    assert effective_trials(x) == pytest.approx(3.0)


def test_variance_of_sharpe_ratios() -> None:
    assert sharpe_variance(np.array([0.01, np.nan, 0.03])) == pytest.approx(0.0002)
    assert math.isnan(sharpe_variance(np.array([0.01, np.nan])))
