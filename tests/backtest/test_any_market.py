"""Whatever the market and the factor look like, there is a whole result or a reason."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.parity.views import random_view

from quantgpt.backtest.factor_test import FactorTestSpec, run_factor_test
from quantgpt.foundations.errors import NoData

SHAPES = ("smooth", "rounded", "mostly missing", "two values", "infinite", "huge", "constant at first")


def factor_of(shape: str, g: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    x = g.normal(size=size)
    late = np.arange(size[0])[:, None] >= size[0] // 2
    return {
        "smooth": x,
        "rounded": np.round(x),
        "mostly missing": np.where(g.random(size) < 0.7, np.nan, x),
        "two values": (x > 0).astype(float),
        "infinite": np.full(size, np.inf),
        "huge": x * 1e307,
        "constant at first": np.where(late, x, 3.0),
    }[shape]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(5))
def test_a_result_is_whole_or_refused_with_a_reason(shape: str, seed: int) -> None:
    g = np.random.default_rng([seed, SHAPES.index(shape)])
    rows, names = int(g.integers(20, 200)), int(g.integers(6, 40))
    view = random_view(seed, rows=rows, names=names)
    view = replace(
        view, first=int(g.integers(0, rows // 3)), age=np.where(view.age >= 0, view.age + 100, -1).astype(np.int32)
    )
    spec = FactorTestSpec(
        n_groups=int(g.integers(2, 12)),
        holding_period=int(g.integers(1, 15)),
        permutations=int(g.choice([0, 19])),
        execution=("next_open", "next_close", "same_close")[seed % 3],
        direction=(None, 1, -1)[seed % 3],
    )
    try:
        result = run_factor_test(view, factor_of(shape, g, (rows, names)), spec)
    except NoData:
        return
    json.dumps(result.body, allow_nan=False)
    assert 0 <= result.body["score"] <= 100
    for series in result.series.values():
        json.dumps(series.to_json(), allow_nan=False)
        assert all(len(column) == len(series.index) for column in series.columns.values())
