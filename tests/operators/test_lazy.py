"""Compilation on first use."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

from quantgpt.operators import _lazy
from quantgpt.operators._ties import tied


def test_reading_the_vocabulary_imports_no_compiler() -> None:
    code = (
        "import sys; from quantgpt.operators._base import OPERATORS; OPERATORS['rank'], len(OPERATORS.all()); "
        "print('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_routine_is_its_own_slow_twin() -> None:
    values = [0.1 + 0.2, 1e308, -1e-300, 0.0, 3.14159]
    compiled = tied.compiled()
    assert [tied(v) for v in values] == [compiled(v) for v in values]
    assert tied(0.1 + 0.2) == tied(0.3)
    assert tied(1.0 + 2.0**-39) != tied(1.0)


def test_kernels_are_compiled_without_a_cache_where_none_can_be_written() -> None:
    def decorator(cache: bool):
        def decorate(function):
            if cache:
                raise RuntimeError("cannot cache function 'f': no locator available for file 'f.py'")
            return function

        return decorate

    assert _lazy._cached(decorator, lambda x: x + 1)(1) == 2


def test_other_failures_of_the_compiler_are_not_hidden() -> None:
    def decorator(cache: bool):
        raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something else"):
        _lazy._cached(decorator, lambda x: x)


def calls_tied(x: float) -> float:
    return tied(x) + 1.0


def test_a_kernel_has_another_name_when_a_routine_of_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _lazy.linked(calls_tied).__qualname__
    assert _lazy.linked(calls_tied).__qualname__ == before
    monkeypatch.setitem(calls_tied.__globals__, "tied", _lazy.Routine(lambda x: x))
    assert _lazy.linked(calls_tied).__qualname__ != before


OFFSET = 1.0


def adds_offset(x: float) -> float:
    return x + OFFSET


def test_a_kernel_has_another_name_when_a_number_that_it_names_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _lazy.linked(adds_offset).__qualname__
    monkeypatch.setitem(adds_offset.__globals__, "OFFSET", 2.0)
    assert _lazy.linked(adds_offset).__qualname__ != before


def test_a_kernel_has_another_name_when_it_names_other_numbers() -> None:
    names = (*(name for name in adds_offset.__code__.co_names if name != "OFFSET"), "OTHER")
    renamed = types.FunctionType(adds_offset.__code__.replace(co_names=names), adds_offset.__globals__)
    assert _lazy._fingerprint(renamed) != _lazy._fingerprint(adds_offset)
