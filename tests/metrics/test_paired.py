"""Paired resampling against the slow way: every resample written out day by day and measured by the plain formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quantgpt.foundations.errors import BadRequest
from quantgpt.metrics import paired, returns
from quantgpt.metrics.drawdown import max_drawdown
from quantgpt.metrics.paired import Blocks, difference


def made(days: int, seed: int = 1) -> np.ndarray:
    g = np.random.default_rng(seed)
    return g.normal(0.0004, 0.012, days) + 0.3 * np.concatenate([[0.0], g.normal(0, 0.012, days - 1)])


@pytest.mark.parametrize(("days", "horizon", "draws"), [(1, 1, 3), (7, 1, 20), (97, 5, 40), (250, 20, 25), (60, 60, 9)])
def test_every_figure_is_that_of_the_days_written_out(days: int, horizon: int, draws: int) -> None:
    x, blocks = made(days), Blocks.of(days, horizon, draws)
    rows = blocks.rows()
    assert rows.shape == (draws, days)
    slow = x[rows]
    np.testing.assert_allclose(blocks.sums(x), slow.sum(axis=1), atol=1e-12)
    np.testing.assert_allclose(paired.means(blocks, x), slow.mean(axis=1), atol=1e-14)
    np.testing.assert_allclose(paired.cagrs(blocks, x), [returns.cagr(r) for r in slow], rtol=1e-9)
    np.testing.assert_allclose(blocks.max_drawdowns(x), [max_drawdown(r) for r in slow], atol=1e-12)
    np.testing.assert_allclose(paired.positive_shares(blocks, x), (slow > 0).mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(paired.volatilities(blocks, x), [returns.volatility(r) for r in slow], rtol=1e-7)
    np.testing.assert_allclose(paired.sharpes(blocks, x), [returns.sharpe(r) for r in slow], rtol=1e-7)


def test_blocks_are_circular_runs_of_days() -> None:
    blocks = Blocks.of(50, 5, 30)
    assert blocks.block == 10
    steps = np.diff(blocks.rows(), axis=1) % 50
    inside = [at for at in range(49) if (at + 1) % blocks.block]
    assert (steps[:, inside] == 1).all()
    assert (Blocks.of(50, 5, 30).starts == blocks.starts).all()


def test_the_interval_and_p_say_the_same() -> None:
    g = np.random.default_rng(4)
    for shift in (0.0, 0.5, 1.5, 2.5, 4.0):
        found = difference(shift, shift + g.normal(0.0, 1.0, 999))
        assert found.is_clear == (found.p <= 0.05)
        assert found.low == pytest.approx(2 * shift - found.high)


def test_a_difference_against_the_exact_p() -> None:
    """By hand: distances 1, 0, 2, 1 from a value of 1.5; one of four is at least 1.5."""
    found = difference(1.5, np.array([2.5, 1.5, 3.5, 0.5]))
    assert found.p == (1 + 1) / 5
    assert (found.low, found.high) == pytest.approx((1.5 - 1.85, 1.5 + 1.85))


def test_two_alike_are_called_different_as_often_as_promised() -> None:
    """Paired noise without a difference: about 5 in 100 intervals leave 0 out; a real one is found."""
    g, wrong, found = np.random.default_rng(11), 0, 0
    for _ in range(300):
        market = g.normal(0.0, 0.012, 400)
        one, other = market + g.normal(0.0, 0.004, 400), market + g.normal(0.0, 0.004, 400)
        better = market + g.normal(0.0012, 0.004, 400)
        blocks = Blocks.of(400, 1, 299)
        for first, second, real in ((one, other, False), (better, other, True)):
            value = returns.sharpe(first) - returns.sharpe(second)
            told = difference(value, paired.sharpes(blocks, first) - paired.sharpes(blocks, second))
            wrong += (not real) and told.p <= 0.05
            found += real and told.is_clear
    assert wrong <= 300 * 0.09
    assert found >= 300 * 0.95


def test_what_is_not_defined_is_missing() -> None:
    flat = np.zeros(40)
    assert np.isnan(paired.sharpes(Blocks.of(40, 1, 9), flat)).all()
    found = difference(0.1, np.full(9, math.nan))
    assert math.isnan(found.p)
    assert not found.is_clear
    assert math.isnan(difference(math.nan, np.zeros(9)).low)


@pytest.mark.parametrize(("days", "draws"), [(0, 9), (5, 0)])
def test_nothing_cannot_be_resampled(days: int, draws: int) -> None:
    with pytest.raises(BadRequest):
        Blocks.of(days, 5, draws)
