"""The cross-sectional rank against sorting, on rows that are hard to sort by counting."""

from __future__ import annotations

import numpy as np
import pytest

from quantgpt.operators._base import OPERATORS

RANK = OPERATORS["rank"]
G = np.random.default_rng(8)


def rounded(x: np.ndarray) -> np.ndarray:
    mantissa, exponent = np.frexp(x)
    return np.ldexp(np.rint(mantissa * 2.0**41), exponent - 41)


def by_sorting(row: np.ndarray, eligible: np.ndarray) -> np.ndarray:
    out = np.full(row.shape, np.nan)
    names = np.flatnonzero(eligible & np.isfinite(row))
    keys = rounded(row[names])
    below = np.searchsorted(np.sort(keys), keys, side="left")
    upto = np.searchsorted(np.sort(keys), keys, side="right")
    out[names] = (below + 1 + upto) / 2 / len(names)
    return out


ROWS = {
    "normal": G.normal(0, 1, 800),
    "wide": np.exp(G.normal(0, 20, 800)) * G.choice([-1, 1], 800),
    "crowd far from one": np.concatenate([1000 + G.normal(0, 1e-4, 799), [1e300]]),
    "crowd and zero": np.concatenate([1000 + G.normal(0, 1e-4, 798), [0.0, -0.0]]),
    "ties": G.integers(0, 5, 800).astype(float),
    "all equal": np.full(800, 0.1),
    "almost equal": 0.1 * (1 + G.integers(-3, 4, 800) * 1e-16),
    "descending": np.arange(800.0)[::-1],
    "tiny": G.integers(0, 50, 800) * 5e-324,
    "huge": G.normal(0, 1, 800) * 1e307,
    "with gaps": np.where(G.random(800) < 0.3, np.nan, G.normal(0, 1, 800)),
    "infinite": np.where(G.random(800) < 0.3, np.inf, G.normal(0, 1, 800)),
    "one": np.array([3.0]),
    "two": np.array([3.0, 3.0]),
    "none": np.array([np.nan, np.nan]),
    "three hundred": G.normal(0, 1, 300),
    "five thousand": G.standard_t(2, 5000),
    "five thousand crowded": np.concatenate([1 + G.normal(0, 1e-9, 4999), [-1e300]]),
    "signs": np.concatenate([G.normal(0, 1e-300, 100), G.normal(0, 1e300, 100)]),
}


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("share", [1.0, 0.7])
def test_ranks_are_those_of_sorting(kind: str, share: float) -> None:
    row = ROWS[kind]
    eligible = np.random.default_rng(1).random(row.size) < share
    ours = RANK(row[None, :], eligible=eligible[None, :])[0]
    expected = by_sorting(row, eligible)
    np.testing.assert_allclose(ours, expected, rtol=1e-15, atol=0)


def test_values_equal_on_paper_tie() -> None:
    row = np.array([[0.1 + 0.2, 0.3, 0.30000001]])
    assert RANK(row).tolist() == [[0.5, 0.5, 1.0]]


def test_a_session_without_eligible_names_has_no_ranks() -> None:
    assert np.isnan(RANK(np.ones((2, 3)), eligible=np.zeros((2, 3), dtype=bool))).all()


def test_rows_do_not_know_each_other() -> None:
    panel = np.vstack([ROWS["normal"], ROWS["wide"], ROWS["crowd and zero"], ROWS["ties"]])
    together = RANK(panel)
    for row, ranks in zip(panel, together, strict=True):
        np.testing.assert_array_equal(RANK(row[None, :])[0], ranks)
