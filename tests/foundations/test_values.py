"""Hashes, series and clocks."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from quantgpt.foundations.clock import FixedClock, market_date
from quantgpt.foundations.hashing import canonical_json, hash_array, hash_value
from quantgpt.foundations.series import Series, number, numbers


def test_equal_values_have_equal_hashes_whatever_the_key_order() -> None:
    assert hash_value({"a": 1, "b": [2.5]}) == hash_value({"b": [2.5], "a": 1})


def test_canonical_json_refuses_numbers_that_are_not() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"x": float("nan")})


def test_an_array_hash_tells_shape_and_type_apart() -> None:
    flat = np.zeros(4)
    assert len({hash_array(flat), hash_array(flat.reshape(2, 2)), hash_array(flat.astype(np.float32))}) == 3


def test_missing_numbers_become_none() -> None:
    assert numbers(np.array([1.0, np.nan, np.inf])) == [1.0, None, None]
    assert number(None) is None


def test_a_series_survives_its_wire_form() -> None:
    series = Series(name="nav", index_name="date", index=["2024-01-02"], columns={"strategy": [1.0]})
    assert Series.from_json(series.to_json()).to_json() == series.to_json()


def test_the_market_day_is_the_shanghai_day() -> None:
    assert market_date(FixedClock(datetime(2026, 12, 31, 16, 30, tzinfo=UTC))) == date(2027, 1, 1)
