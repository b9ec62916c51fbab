"""How much work a call is, in function calls: the same on every machine, whatever else runs on it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

PROMPT = 250_000
"""calls that stay below some 50 ms on a slow machine"""


def counted(function: Callable[[], T]) -> tuple[T, int]:
    """(what `function` returns, how many functions were called for it). Garbage is collected before and after, not in it."""
    number = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    collecting = gc.isenabled()
    before = sys.getprofile()
    gc.disable()
    sys.setprofile(count)
    try:
        made = function()
    finally:
        sys.setprofile(before)
        if collecting:
            gc.enable()
    return made, number
