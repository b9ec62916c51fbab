"""Rolling numbers forget an extreme tick with its window and keep their digits on a large offset."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quantgpt.operators._base import OPERATORS

WINDOWS = (5, 20, 60)
LINES = ("ts_slope", "ts_rsquare", "ts_resi", "ts_skew", "ts_kurt", "ts_mean_deviation")
SERIES = ("ts_mean", "ts_std", "ts_sum", "decay_linear", "ts_corr", "ts_cov", "ema", *LINES)


def apply(name: str, x: np.ndarray, window: int) -> np.ndarray:
    operator = OPERATORS[name]
    other = np.sin(np.arange(len(x)))[:, None] * np.ones_like(x)
    return operator(*([x, other][: operator.inputs]), window)


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("window", WINDOWS)
def test_an_extreme_tick_is_forgotten_with_its_window(name: str, window: int) -> None:
    x = np.random.default_rng(0).normal(100, 1, (400, 3))
    spiked = x.copy()
    spiked[150, 1] = 1e16
    span = 3 * window if name == "ema" else window
    clean, dirty = apply(name, x, window), apply(name, spiked, window)
    np.testing.assert_array_equal(dirty[150 + span :], clean[150 + span :])
    np.testing.assert_array_equal(dirty[:150], clean[:150])
    np.testing.assert_array_equal(dirty[:, [0, 2]], clean[:, [0, 2]])


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("offset", "noise"), [(1e3, 1e-4), (1e6, 1e-4), (0.0, 1e-4), (1e8, 1e-1), (-3e3, 1e-6)])
def test_a_nearly_flat_window_has_an_exact_spread(window: int, offset: float, noise: float) -> None:
    x = offset + np.random.default_rng(1).normal(0, noise, (200, 2))
    ours = apply("ts_std", x, window)
    mean = apply("ts_mean", x, window)
    for t in range(window - 1, 200):
        for j in range(2):
            seen = [float(v) for v in x[t - window + 1 : t + 1, j]]
            centre = math.fsum(seen) / window
            exact = math.sqrt(math.fsum((v - centre) ** 2 for v in seen) / (window - 1))
            assert ours[t, j] == pytest.approx(exact, rel=1e-10)
            assert mean[t, j] == pytest.approx(centre, rel=1e-14)


@pytest.mark.parametrize("level", [0.1, 1 / 3, 1e16, 1e-12, 123.456])
def test_a_constant_window_has_no_spread_and_no_correlation(level: float) -> None:
    x = np.full((40, 2), level)
    assert (apply("ts_std", x, 20)[19:] == 0.0).all()
    assert (apply("ts_cov", x, 20)[19:] == 0.0).all()
    assert np.isnan(apply("ts_corr", x, 20)).all()


def test_correlation_keeps_its_digits_on_a_large_offset() -> None:
    g = np.random.default_rng(4)
    a, b = g.normal(0, 1e-4, (100, 1)), g.normal(0, 1e3, (100, 1))
    plain = OPERATORS["ts_corr"](a, b, 20)
    moved = OPERATORS["ts_corr"](a + 1000.0, b + 1e9, 20)
    np.testing.assert_allclose(moved, plain, atol=1e-7)
    assert np.nanmax(np.abs(OPERATORS["ts_corr"](a, 2 * a + 1, 20))) == pytest.approx(1, abs=1e-12)
