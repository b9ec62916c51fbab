"""Arrays become plain values without inventing any."""

import json
from datetime import date

import numpy as np
import pytest

from quantgpt.backtest.tables import cells, plain, table


def test_what_is_not_finite_becomes_none() -> None:
    assert cells(np.array([1.5, np.nan, np.inf, -np.inf])) == [1.5, None, None, None]
    assert cells(["a", None]) == ["a", None]
    assert cells(np.array([True, False])) == [True, False]
    assert cells(np.array([])) == []


def test_nested_values_become_json() -> None:
    made = plain(
        {
            "a": np.float64("nan"),
            "b": (np.int32(3), np.bool_(True), np.datetime64("2024-01-02")),
            "c": {"d": date(2024, 1, 2), 5: {2, 1}},
            "e": np.array([1.0, np.nan]),
        }
    )
    assert made == {"a": None, "b": [3, True, "2024-01-02"], "c": {"d": "2024-01-02", "5": [1, 2]}, "e": [1.0, None]}
    json.dumps(made, allow_nan=False)


def test_columns_keep_the_length_of_the_index() -> None:
    made = table("t", "x", [1, 2], {"a": np.array([1.0, np.nan])}, note=np.nan)
    assert made.columns == {"a": [1.0, None]}
    assert made.meta == {"note": None}


@pytest.mark.parametrize("value", ["text", 3, None, True])
def test_plain_values_stay(value: object) -> None:
    assert plain(value) == value
