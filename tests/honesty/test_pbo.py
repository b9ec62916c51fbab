"""PBO against a direct implementation, on noise, and with one trial that is truly better."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
import scipy.stats

from quantgpt.foundations.errors import BadRequest
from quantgpt.metrics.pbo import probability_of_overfitting


def slow(returns: np.ndarray, blocks: int) -> tuple[list[float], list[float], list[float]]:
    """Logits and Sharpe ratios as the paper words them: one split after the other."""
    n, rows = returns.shape
    size = rows // blocks
    cut = returns[:, rows - size * blocks :]
    logits, inside, outside = [], [], []
    for taken in combinations(range(blocks), blocks // 2):
        rest = [b for b in range(blocks) if b not in taken]

        def sharpe(which: tuple[int, ...] | list[int]) -> np.ndarray:
            part = np.concatenate([cut[:, b * size : (b + 1) * size] for b in which], axis=1)
            out = [row.mean() / row.std(ddof=1) if row.std() > 1e-12 else 0.0 for row in part]
            return np.round(out, 9)

        past, future = sharpe(taken), sharpe(rest)
        winners = np.flatnonzero(past == past.max())
        share = scipy.stats.rankdata(future)[winners].mean() / (n + 1)
        logits.append(math.log(share / (1 - share)))
        inside.append(past.max())
        outside.append(future[winners].mean())
    return logits, inside, outside


@pytest.mark.parametrize("blocks", [4, 8])
@pytest.mark.parametrize("kind", ["noise", "ties", "still"])
def test_equals_the_direct_implementation(blocks: int, kind: str) -> None:
    x = np.random.default_rng([blocks, 5]).normal(0.0003, 0.01, (11, 131))
    if kind == "ties":
        x[3], x[7] = x[5], x[5]
    if kind == "still":
        x[2], x[4] = 0.0, 0.001
    got = probability_of_overfitting(x, blocks)
    logits, inside, outside = slow(x, blocks)
    assert got.splits == math.comb(blocks, blocks // 2)
    assert got.trials == 11
    np.testing.assert_allclose(got.logits, logits, atol=1e-9)
    np.testing.assert_allclose(got.inside, inside, atol=2e-9)
    np.testing.assert_allclose(got.outside, outside, atol=2e-9)
    assert got.probability == pytest.approx(np.mean(np.array(logits) <= 1e-12))
    assert got.slope == pytest.approx(scipy.stats.linregress(inside, outside).slope, abs=1e-6)
    assert got.probability_of_loss == pytest.approx(np.mean(np.array(outside) < 0))


def test_sixteen_blocks_are_12870_splits() -> None:
    got = probability_of_overfitting(np.random.default_rng(1).normal(size=(10, 240)))
    assert (got.blocks, got.splits) == (16, 12_870)
    edges, counts = got.histogram()
    assert len(edges) == len(counts) + 1
    assert sum(counts) == 12_870


def test_choosing_among_noise_is_worth_nothing() -> None:
    """Families without skill: half of the winners end below the median; and the better the past, the worse the future,
    since what is inside is missing outside."""
    g = np.random.default_rng(40)
    made = []
    for _ in range(60):
        common = g.normal(0.0, 0.008, 320)
        made.append(probability_of_overfitting(common + g.normal(0.0, 0.006, (20, 320)), blocks=10))
    assert 0.45 <= np.mean([m.probability for m in made]) <= 0.55
    assert np.mean([m.slope for m in made]) < -0.3


def test_choosing_the_truly_better_is_worth_something() -> None:
    g = np.random.default_rng(41)
    x = g.normal(0.0, 0.01, (20, 480))
    x[6] += 0.0025
    got = probability_of_overfitting(x)
    assert got.probability < 0.02
    assert got.probability_of_loss < 0.02


def test_a_family_fitted_to_its_own_past_is_found_out() -> None:
    """Each trial shines in one block only and pays for it in the others: the winner inside is a loser outside."""
    g = np.random.default_rng(42)
    x = g.normal(-0.0005, 0.004, (16, 320))
    for k in range(16):
        x[k, 20 * k : 20 * k + 20] += 0.02
    assert probability_of_overfitting(x).probability > 0.9


def test_order_and_scale_of_the_trials_do_not_matter() -> None:
    g = np.random.default_rng(43)
    x = g.normal(0.0002, 0.01, (12, 200))
    first = probability_of_overfitting(x, 8)
    again = probability_of_overfitting(2.0 * x[g.permutation(12)], 8)
    np.testing.assert_allclose(again.logits, first.logits, atol=1e-9)
    assert again.probability == first.probability


def test_missing_returns() -> None:
    """A short trial is left out, a missing session is left out for all."""
    x = np.random.default_rng(44).normal(size=(13, 250))
    x[0, 100:] = np.nan
    x[5, 17] = np.nan
    got = probability_of_overfitting(x, 8)
    assert (got.trials, got.left_out, got.sessions) == (12, 1, 248)
    clean = np.delete(x[1:], 17, axis=1)
    np.testing.assert_array_equal(got.logits, probability_of_overfitting(clean, 8).logits)


def test_too_little_is_said() -> None:
    few = probability_of_overfitting(np.zeros((9, 500)))
    assert math.isnan(few.probability)
    assert few.lacking is not None
    assert "10" in few.lacking.zh
    short = probability_of_overfitting(np.random.default_rng(1).normal(size=(12, 30)))
    assert short.lacking is not None
    assert "30" in short.lacking.en
    assert short.histogram() == ([], [])
    assert probability_of_overfitting(np.empty((0, 0))).lacking is not None
    with pytest.raises(BadRequest):
        probability_of_overfitting(np.zeros((12, 500)), 7)
