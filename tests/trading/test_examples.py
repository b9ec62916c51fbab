"""The examples in the docstrings of the rulebook, the labels and the grouping are true."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    "trading.boards",
    "trading.costs",
    "trading.limits",
    "trading.lots",
    "trading.settlement",
    "factors.grouping",
    "factors.labels",
)


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_of_the_rulebook_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"quantgpt.{name}")).failed == 0
