"""Simulations of groups of names over days, and the test of one factor."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """`quantgpt.backtest(...)` is the Python API's function, also once this package of the same name is loaded."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return import_module("quantgpt.api").backtest(*args, **options)


sys.modules[__name__].__class__ = _Callable
