"""Regimes look at the past alone."""

import numpy as np
import pytest

from quantgpt.factors.regimes import HISTORY, REGIMES, regimes_of, regimes_of_level
from quantgpt.market.demo import demo_view


def level(sessions: int = 400, seed: int = 0) -> np.ndarray:
    return 1000.0 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.012, sessions)))


@pytest.mark.parametrize("cut", [61, 150, 333])
def test_the_future_never_changes_a_regime(cut: int) -> None:
    whole, part = regimes_of_level(level()), regimes_of_level(level()[:cut])
    assert whole.trend[:cut].tolist() == part.trend.tolist()
    assert whole.volatility[:cut].tolist() == part.volatility.tolist()


def test_a_steady_rise_is_a_bull_and_a_steady_fall_a_bear() -> None:
    rise = regimes_of_level(np.exp(0.002 * np.arange(200)))
    fall = regimes_of_level(np.exp(-0.002 * np.arange(200)))
    assert (rise.trend[60:] == 0).all()
    assert (fall.trend[60:] == 1).all()
    assert (rise.trend[:60] == -1).all()


def test_missing_levels_are_carried() -> None:
    gappy = level()
    gappy[100:103] = np.nan
    regimes = regimes_of_level(gappy)
    assert (regimes.trend[60:] >= 0).all()
    assert set(regimes.trend[100:103].tolist()) <= {0, 1, 2}


def test_every_regime_has_words_and_a_mask() -> None:
    masks = regimes_of_level(level()).masks()
    assert list(masks) == [name.code for name in REGIMES]
    assert all(name.zh and name.en and name.definition_zh for name in REGIMES)


def test_a_short_history_has_no_regimes() -> None:
    short = regimes_of_level(level(10))
    assert (short.trend == -1).all()
    assert (short.volatility == -1).all()


def test_without_a_benchmark_the_equal_weight_return_serves() -> None:
    from dataclasses import replace

    view = replace(demo_view(assets=30, sessions=200, seed=1), benchmark=None)
    regimes = regimes_of(view)
    assert regimes.source == "equal_weight"
    assert (regimes.trend >= 0).any()


def test_with_enough_history_every_session_has_a_regime() -> None:
    regimes = regimes_of_level(level())
    assert (regimes.trend[HISTORY:] >= 0).all()
    assert (regimes.volatility[HISTORY:] >= 0).all()
    assert (regimes.volatility[: HISTORY - 1] == -1).all()
