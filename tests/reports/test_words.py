"""Numbers and missing values as they are printed."""

from __future__ import annotations

import doctest
import importlib
import math

import pytest

from quantgpt.reports.words import DASH, change, direction_class, fixed, interval, p_equals, percent, plain, short

NOT_NUMBERS = [None, math.nan, math.inf, -math.inf, "0.5", True, [], {}]


@pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
@pytest.mark.parametrize("write", [fixed, percent, change, short], ids=lambda write: write.__name__)
def test_what_is_not_a_number_is_printed_as_a_dash(write: object, value: object) -> None:
    assert write(value) == DASH  # type: ignore[operator]


def test_a_number_that_rounds_to_zero_has_no_sign() -> None:
    assert (fixed(-0.0004, 2), change(0.00001), change(-0.0)) == ("0.00", "0.0%", "0.0%")


def test_minus_is_a_real_minus_and_large_numbers_have_commas() -> None:
    assert fixed(-1234567.891, 1) == "−1,234,567.9"


def test_colour_follows_the_printed_sign() -> None:
    assert [direction_class(x) for x in (0.01, -0.01, 0.0001, None)] == ["up", "down", "", ""]


def test_an_interval_with_negative_ends_is_not_joined_by_a_dash() -> None:
    assert interval(-0.01, 0.02) == "−0.01 至 0.02"
    assert interval(None, 0.02) == DASH


def test_small_p_values_are_bounds() -> None:
    assert (p_equals(0.0001), p_equals(0.25), p_equals(None)) == ("p < 0.001", "p = 0.250", "p = —")


def test_any_value_has_words() -> None:
    assert [plain(x) for x in (None, "", True, False, 0.5, ["a", 2], [])] == [
        DASH,
        DASH,
        "是",
        "否",
        "0.5",
        "a、2",
        DASH,
    ]


@pytest.mark.parametrize("name", ["words", "plain", "theme", "charts.scale", "charts.ranges"])
def test_docstring_examples_of_reports_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"quantgpt.reports.{name}")).failed == 0
