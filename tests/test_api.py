"""The package's own names load on first use."""

import pytest

import quantgpt


def test_the_python_api_loads_on_first_use() -> None:
    assert callable(quantgpt.backtest)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'backtset'"):
        quantgpt.backtset  # noqa: B018
