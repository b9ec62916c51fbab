"""Rows are sorted exactly, whatever the values; correlations do not depend on how names are stored."""

from __future__ import annotations

import numpy as np
import pytest

from quantgpt.factors.grouping import rounded
from quantgpt.factors.ic import LEAST_NAMES, pearson_ic, rank_ic, rank_rows, summarise

G = np.random.default_rng(0)
ROWS = {
    "normal": G.normal(size=(6, 300)),
    "uniform": G.random((6, 300)),
    "few values": np.round(G.normal(size=(6, 300)), 1),
    "one value": np.full((6, 300), 3.25),
    "zeros of both signs": np.where(G.random((6, 300)) < 0.5, 0.0, -0.0),
    "nearly equal": 1.0 + 1e-9 * G.normal(size=(6, 300)),
    "tie at forty bits": 0.1 * (1.0 + G.integers(0, 3, (6, 300)) * 1e-15),
    "all magnitudes": np.sign(G.normal(size=(6, 300))) * 10.0 ** G.uniform(-300, 300, (6, 300)),
    "subnormal": G.normal(size=(6, 300)) * 1e-310,
    "falling": -np.arange(1800.0).reshape(6, 300),
    "more names than fit a word": G.normal(size=(3, 4200)),
    "more names, few values": np.round(G.normal(size=(3, 4200)), 1),
    "one name": G.normal(size=(6, 1)),
}


@pytest.mark.parametrize("kind", ROWS)
def test_rows_are_sorted_by_rounded_value_then_column(kind: str) -> None:
    x = ROWS[kind].copy()
    x[0, :] = np.nan
    x[1, ::7] = np.inf
    ranked = rank_rows(x)
    for t, row in enumerate(x):
        names = np.flatnonzero(np.isfinite(row))
        values = rounded(row[names]) + 0.0
        expected = names[np.argsort(values, kind="stable")]
        assert ranked.count[t] == names.size
        assert ranked.order[t, : names.size].tolist() == expected.tolist()
        distinct = np.unique(values, return_inverse=True)[1]
        assert ranked.dense[t, : names.size].tolist() == np.sort(distinct).tolist()


def test_only_eligible_names_are_sorted() -> None:
    eligible = np.array([[True, False, True]])
    ranked = rank_rows(np.array([[3.0, 1.0, 2.0]]), eligible)
    assert ranked.order[0, :2].tolist() == [2, 0]
    assert ranked.valid.tolist() == eligible.tolist()


def test_the_order_of_names_changes_no_bit_of_the_rank_ic() -> None:
    x, y = np.round(ROWS["normal"], 2), ROWS["uniform"]
    order = np.random.default_rng(1).permutation(300)
    rows = np.arange(6)
    one = rank_ic(rank_rows(x), rank_rows(y), rows).values
    other = rank_ic(rank_rows(x[:, order]), rank_rows(y[:, order]), rows).values
    assert one.tobytes() == other.tobytes()


def test_the_same_panel_correlates_perfectly_with_itself() -> None:
    x = rank_rows(np.round(ROWS["normal"], 1))
    assert rank_ic(x, x, np.arange(6)).values.tolist() == [1.0] * 6


def test_too_few_names_or_one_value_have_no_ic() -> None:
    few = np.full((1, 10), np.nan)
    few[0, : LEAST_NAMES - 1] = np.arange(LEAST_NAMES - 1)
    assert np.isnan(rank_ic(rank_rows(few), rank_rows(few), np.array([0])).values).all()
    flat = rank_rows(np.ones((1, 10)))
    assert np.isnan(rank_ic(flat, rank_rows(np.arange(10.0)[None, :]), np.array([0])).values).all()


def test_a_constant_factor_has_no_pearson_ic_even_with_rounding_noise() -> None:
    x = 0.1 + 0.2 * (np.arange(20.0)[None, :] * 0 + 1)
    x[0, ::2] = 0.3
    valid = np.ones(x.shape, dtype=bool)
    assert np.isnan(pearson_ic(x, valid, np.arange(20.0)[None, :], valid, np.array([0]))).all()


def test_sessions_outside_the_panel_have_no_ic() -> None:
    x = rank_rows(ROWS["normal"])
    assert np.isnan(rank_ic(x, x, np.array([0, 5]), lag=-1).values).tolist() == [True, False]
    assert np.isnan(rank_ic(x, x, np.array([0, 5]), lag=1).values).tolist() == [False, True]


def test_an_empty_series_has_an_empty_summary() -> None:
    s = summarise(np.full(5, np.nan), 10)
    assert s.n == 0
    assert np.isnan(s.mean)
