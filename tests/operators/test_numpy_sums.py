"""Sums in numpy's own order: to the bit what numpy makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from quantgpt.operators._numpy_sums import mean_distance, numpy_sum


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 17, 33, 127, 128, 129, 255, 256, 1000, 4001])
def test_a_sum_has_the_bits_of_numpy(n: int) -> None:
    compiled = numpy_sum.compiled()
    for seed in range(5):
        values = np.random.default_rng(seed).normal(0, 1, n) * 10.0 ** np.random.default_rng(seed + 1).integers(
            -9, 9, n
        )
        assert numpy_sum(values, n) == compiled(values, n) == values.sum()


def test_mean_distance_from_the_mean() -> None:
    values = np.random.default_rng(3).normal(0, 1, 77)
    assert mean_distance(values.copy(), 77) == np.mean(np.abs(values - values.mean()))
    assert np.isnan(mean_distance(values, 0))
