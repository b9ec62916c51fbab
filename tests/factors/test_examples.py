"""The examples in the docstrings are true."""

import doctest
import importlib

import pytest

MODULES = (
    "quantgpt.factors.diagnose",
    "quantgpt.factors.evidence",
    "quantgpt.factors.permutation",
    "quantgpt.factors.score",
    "quantgpt.factors.verdict",
    "quantgpt.backtest.tables",
)


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
