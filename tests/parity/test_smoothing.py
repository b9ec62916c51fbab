"""Exponential smoothing against the endless recursion that it stands for, and its own promises."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from quantgpt.expr import compile_expression
from quantgpt.foundations.errors import BadExpression
from quantgpt.operators._base import OPERATORS, needed
from quantgpt.operators.smoothing import reach, refused_share

EWMA = OPERATORS["ewma"]
DECAY = OPERATORS["decay_exp"]
PAIRS = [(3, 1), (4, 2), (6, 1), (7, 2), (12, 1), (15, 2), (20, 1), (27, 2), (61, 2)]


def walk(days: int, names: int = 5, seed: int = 2) -> np.ndarray:
    """A random walk without gaps."""
    return 20 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.02, (days, names)), axis=0))


@pytest.mark.parametrize(("n", "m"), PAIRS)
def test_after_its_warmup_it_is_the_recursion_within_a_millionth_of_the_range(n: int, m: int) -> None:
    x = walk(1200)
    endless = pd.DataFrame(x).ewm(alpha=m / n, adjust=False).mean().to_numpy()
    ours = EWMA(x, n, float(m))
    first = compile_expression(f"ewma(close, {n}, {m})").warmup
    lag = np.abs(ours - endless)[first:] / (np.maximum.accumulate(x) - np.minimum.accumulate(x))[first:]
    assert first + 1 == reach(1 - m / n)
    assert lag.max() < 1e-6
    assert np.isnan(ours[: needed(first + 1) - 1]).all()
    assert np.isfinite(ours[needed(first + 1) - 1 :]).all()


@pytest.mark.parametrize(("n", "m"), PAIRS)
def test_the_weights_left_out_are_just_below_a_millionth(n: int, m: int) -> None:
    keep, sessions = 1 - m / n, reach(1 - m / n)
    assert keep**sessions < 1e-6 <= keep ** (sessions - 1)


def test_a_share_of_one_is_the_value_itself() -> None:
    x = walk(30)
    np.testing.assert_array_equal(EWMA(x, 7, 7.0), x)


def test_a_factor_of_one_is_the_plain_mean() -> None:
    x = walk(30)
    np.testing.assert_allclose(DECAY(x, 8, 1.0), OPERATORS["ts_mean"](x, 8), rtol=1e-14)


def test_a_gap_takes_its_weight_with_it() -> None:
    x = walk(60, 1)
    x[50] = np.nan
    weights = 0.9 ** np.arange(19, -1, -1.0)
    seen = ~np.isnan(x[40:, 0])
    assert DECAY(x, 20, 0.9)[-1, 0] == pytest.approx(np.average(x[40:, 0][seen], weights=weights[seen]), rel=1e-13)


@pytest.mark.parametrize(("gaps", "has_value"), [(3, True), (4, False)])
def test_nine_tenths_of_the_sessions_that_count_are_needed(gaps: int, has_value: bool) -> None:
    x = walk(60, 1)
    x[30 : 30 + gaps] = np.nan
    assert reach(1 - 1 / 3) == 35
    assert np.isfinite(EWMA(x, 3, 1.0)[-1, 0]) == has_value


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("ewma(close, 5, 7)", 1.0),
        ("rank(ewma(close, 5, 0))", 1.0),
        ("ewma(close, 1000, 1)", 13.73),
        ("decay_exp(close, 5, 0)", 0.9),
    ],
)
def test_impossible_weights_are_refused_with_their_place(text: str, nearest: float) -> None:
    with pytest.raises(BadExpression) as refused:
        compile_expression(text)
    error = refused.value
    assert error.nearest == nearest
    assert text[error.start : error.end].startswith(("ewma(", "decay_exp("))
    assert error.hint


def test_the_nearest_share_offered_is_one_that_works() -> None:
    for window in (73, 100, 500, 1000):
        refused = refused_share(window, 0.1)
        assert refused is not None
        assert refused_share(window, float(str(refused[2]))) is None
