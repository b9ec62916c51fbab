"""Half-lives that were planted are found; noise and flat curves say why there is none."""

import math

import numpy as np
import pytest

from quantgpt.factors.decay import NO_DECAY, NO_SIGNAL, TOO_SHORT, estimate_decay, lag_count, marginal_ic
from quantgpt.factors.ic import rank_rows

SESSIONS, NAMES = 900, 250


def planted(half_life: float, strength: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Factor and one-session returns (row t: what the session after next earns) with an IC that halves in time."""
    g = np.random.default_rng(seed)
    keep = 0.5 ** (1.0 / half_life)
    factor = g.normal(size=(SESSIONS, NAMES))
    for t in range(1, SESSIONS):
        factor[t] = keep * factor[t - 1] + math.sqrt(1 - keep**2) * factor[t]
    return factor, strength * factor + g.normal(size=(SESSIONS, NAMES))


def curve(factor: np.ndarray, returns: np.ndarray, sign: int = 1):
    rows = np.arange(SESSIONS - 20)
    values, names = marginal_ic(rank_rows(factor), rank_rows(returns), rows, 20)
    return estimate_decay(values, names, sign, block=10, seed=0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_planted_half_life_of_ten_is_recovered(seed: int) -> None:
    decay = curve(*planted(10.0, 0.03, seed))
    assert decay.half_life is not None
    assert abs(decay.half_life - 10.0) <= 3.0
    assert decay.ci95 is not None
    assert decay.ci95[0] < decay.half_life < decay.ci95[1]


def test_a_short_half_life_is_told_from_a_long_one() -> None:
    short, long = curve(*planted(2.0, 0.04, 1)), curve(*planted(20.0, 0.04, 1))
    assert short.half_life is not None
    assert long.half_life is not None
    assert short.half_life < 4.0 < 12.0 < long.half_life


def test_the_direction_turns_the_curve() -> None:
    factor, returns = planted(10.0, 0.03, 4)
    assert curve(-factor, returns, sign=-1).ic.tolist() == curve(factor, returns).ic.tolist()


def test_a_curve_below_zero_has_no_half_life() -> None:
    factor, returns = planted(10.0, 0.03, 1)
    decay = curve(-factor, returns)
    assert (decay.half_life, decay.reason) == (None, NO_SIGNAL)


def test_a_curve_that_does_not_fall_has_no_half_life_but_a_lower_bound() -> None:
    g = np.random.default_rng(5)
    values = 0.03 + g.normal(0, 0.05, (600, 20)) + np.linspace(0, 0.01, 20)
    decay = estimate_decay(values, np.full(values.shape, 200.0), 1, block=10, seed=0)
    assert (decay.half_life, decay.reason) == (None, NO_DECAY)
    assert decay.lower_bound > 10


def test_few_dates_are_not_fitted() -> None:
    decay = estimate_decay(np.full((4, 20), 0.1), np.full((4, 20), 9.0), 1, block=10, seed=0)
    assert decay.reason == TOO_SHORT
    assert decay.ci95 is None


def test_missing_sessions_are_left_out() -> None:
    factor, returns = planted(10.0, 0.03, 1)
    returns = returns.copy()
    returns[100:140] = np.nan
    assert curve(factor, returns).half_life == pytest.approx(10.0, abs=3.0)


def test_long_holdings_look_further() -> None:
    assert (lag_count(5), lag_count(10), lag_count(11), lag_count(60)) == (20, 20, 40, 40)
