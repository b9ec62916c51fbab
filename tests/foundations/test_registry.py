"""Registries refuse duplicates and latecomers."""

import pytest

from quantgpt.foundations.errors import Broken, NotFound
from quantgpt.foundations.registry import Registry


def test_a_duplicate_name_is_refused() -> None:
    registry = Registry[int]("thing")
    registry.add("one", 1)
    with pytest.raises(Broken, match="two things are named 'one'"):
        registry.add("one", 2)


def test_a_loaded_registry_takes_nothing_more() -> None:
    registry = Registry[int]("thing")
    registry.load("quantgpt.foundations")
    with pytest.raises(Broken, match="frozen"):
        registry.add("late", 1)


def test_an_unknown_name_offers_the_nearest() -> None:
    registry = Registry[int]("thing")
    registry.add("ts_mean", 1)
    with pytest.raises(NotFound) as caught:
        registry["ts_maen"]
    assert caught.value.nearest == "ts_mean"
