"""Corrections for many tests against statsmodels, and the false discoveries they let through."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from quantgpt.foundations.errors import BadRequest
from quantgpt.metrics.family import benjamini_hochberg, benjamini_yekutieli, clears_new_factor_bar, holm

METHODS = [(benjamini_hochberg, "fdr_bh"), (benjamini_yekutieli, "fdr_by"), (holm, "holm")]


@pytest.mark.parametrize(("ours", "theirs"), METHODS)
@pytest.mark.parametrize("seed", range(5))
def test_equals_statsmodels(ours, theirs: str, seed: int) -> None:  # type: ignore[no-untyped-def]
    g = np.random.default_rng(seed)
    p = np.round(g.uniform(size=40) ** 2, 2)  # with ties
    np.testing.assert_allclose(ours(p), multipletests(p, method=theirs)[1], atol=1e-14)


@pytest.mark.parametrize(("ours", "theirs"), METHODS)
def test_missing_ones_are_no_members(ours, theirs: str) -> None:  # type: ignore[no-untyped-def]
    p = np.array([np.nan, 0.2, 0.001, np.nan, 0.03])
    got = ours(p)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(p))
    np.testing.assert_allclose(got[[1, 2, 4]], multipletests(p[[1, 2, 4]], method=theirs)[1], atol=1e-14)
    assert ours(np.array([])).size == 0
    with pytest.raises(BadRequest):
        ours(np.array([1.5]))


def discoveries(adjust, correlation: float, seed: int) -> float:  # type: ignore[no-untyped-def]
    """Mean share of false ones among what is called a discovery at 10 %: 60 tests, 15 of them true."""
    g = np.random.default_rng(seed)
    shares = []
    for _ in range(800):
        z = np.sqrt(1 - correlation) * g.normal(size=60) + np.sqrt(correlation) * g.normal()
        z[:15] += 2.8
        found = adjust(norm.sf(z)) <= 0.1
        shares.append(found[15:].sum() / max(found.sum(), 1))
    return float(np.mean(shares))


def test_false_discoveries_stay_below_the_rate_asked_for() -> None:
    bh = discoveries(benjamini_hochberg, 0.0, 1)
    assert 0.06 <= bh <= 0.085  # 45/60 of 10 % = 7.5 %, and no lower without reason
    assert discoveries(benjamini_hochberg, 0.5, 2) <= 0.1
    assert discoveries(benjamini_yekutieli, 0.5, 3) <= 0.04


def test_one_false_rejection_is_rare() -> None:
    g = np.random.default_rng(4)
    wrong = [bool((holm(g.uniform(size=30)) <= 0.05).any()) for _ in range(2_000)]
    assert 0.035 <= np.mean(wrong) <= 0.065


def test_the_bar_for_new_factors() -> None:
    assert [clears_new_factor_bar(t) for t in (3.01, 3.0, -3.5, float("nan"), None)] == [
        True,
        False,
        True,
        False,
        False,
    ]
