"""What size or industry explains is gone from the residual."""

import numpy as np

from quantgpt.factors.breakdown import residual_ic
from quantgpt.factors.ic import rank_ic, rank_rows
from quantgpt.factors.neutralise import log_size, neutralise

SESSIONS, NAMES = 300, 150


def test_a_planted_size_factor_leaves_no_residual_ic() -> None:
    g = np.random.default_rng(0)
    size = np.cumsum(g.normal(0, 0.01, (SESSIONS, NAMES)), axis=0) + g.normal(0, 1, NAMES)
    factor = -size + 0.3 * g.normal(size=(SESSIONS, NAMES))
    returns = -0.1 * size + g.normal(size=(SESSIONS, NAMES))
    eligible = np.ones((SESSIONS, NAMES), dtype=bool)
    rows, label = np.arange(SESSIONS), rank_rows(returns)
    raw = rank_ic(rank_rows(factor), label, rows).values.mean()
    left = residual_ic(neutralise(factor, eligible, size=size), eligible, label, rows, lag=2)
    assert raw > 0.08
    assert abs(left.mean) < 0.01


def test_each_industry_has_mean_zero_and_a_lone_name_gets_zero() -> None:
    g = np.random.default_rng(1)
    factor = g.normal(size=(5, 7))
    industry = np.array([0, 0, 1, 1, 1, 2, -1], dtype=np.int16)
    out = neutralise(factor, np.ones((5, 7), dtype=bool), industry)
    np.testing.assert_allclose(out[:, :2].sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(out[:, 2:5].sum(axis=1), 0, atol=1e-12)
    assert (out[:, 5:] == 0).all()


def test_names_that_do_not_count_are_missing_and_do_not_disturb() -> None:
    factor = np.array([[1.0, 2.0, 1e9, np.nan]])
    eligible = np.array([[True, True, False, True]])
    out = neutralise(factor, eligible, np.zeros(4, dtype=np.int16))
    assert out[0, :2].tolist() == [-0.5, 0.5]
    assert np.isnan(out[0, 2:]).all()


def test_a_size_that_is_missing_or_not_positive_is_missing() -> None:
    assert np.isnan(log_size(np.array([[0.0, -1.0, np.nan]]))).all()


def test_the_input_is_left_as_it_was() -> None:
    factor = np.arange(6.0).reshape(1, 6)
    factor.flags.writeable = False
    neutralise(factor, np.ones((1, 6), dtype=bool))
    assert factor.tolist() == [[0, 1, 2, 3, 4, 5]]
