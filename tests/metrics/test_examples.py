"""The examples in the docstrings of the metrics are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import quantgpt.metrics

MODULES = sorted(module.name for module in pkgutil.iter_modules(quantgpt.metrics.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_of_metrics_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"quantgpt.metrics.{name}")).failed == 0
