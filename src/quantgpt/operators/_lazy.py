"""Compilation on first use, so that reading the vocabulary costs no import of numba."""

from __future__ import annotations

import hashlib
import threading
import types
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_LOCK = threading.RLock()


class Routine(Generic[P, R]):
    """A plain function that other compiled functions of its module call; compiled together with them.

    Called from Python it is the plain function, which makes it its own slow twin.
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function
        self._compiled: Any = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    def compiled(self) -> Any:
        """The compiled function, for use by other compiled functions."""
        with _LOCK:
            if self._compiled is None:
                self._compiled = compile_function(self.function)
            return self._compiled


def routine(function: Callable[P, R]) -> Routine[P, R]:
    """Mark a function as part of a kernel."""
    return Routine(function)


def linked(function: Callable[..., Any]) -> Callable[..., Any]:
    """A copy of `function` in which every routine it names is the compiled one.

    Numba reads globals when it compiles; it cannot call our lazy wrapper. Its cache on disk notices a change in the
    file of a function, but not one in the file of a routine that it calls; hence the fingerprint in the name.
    """
    scope = dict(function.__globals__)
    for name, value in _routines(function):
        scope[name] = value.compiled()
    copy = types.FunctionType(function.__code__, scope, function.__name__, function.__defaults__, function.__closure__)
    copy.__qualname__ = f"{function.__qualname__}_{_fingerprint(function)}"
    copy.__module__ = function.__module__
    return copy


def _routines(function: Callable[..., Any]) -> list[tuple[str, Routine[..., Any]]]:
    names = function.__code__.co_names
    return [(n, v) for n in names if isinstance(v := function.__globals__.get(n), Routine)]


def _fingerprint(function: Callable[..., Any]) -> str:
    """Eight hex digits of the code of `function`, of the numbers that it names, and of every routine that it calls."""
    code = function.__code__
    constants = [c for c in code.co_consts if isinstance(c, int | float | str)]
    named = [(n, v) for n in code.co_names if isinstance(v := function.__globals__.get(n), int | float | str)]
    digest = hashlib.sha256(code.co_code + repr((constants, code.co_names, named)).encode())
    for name, value in _routines(function):
        digest.update(f"{name}:{_fingerprint(value.function)}".encode())
    return digest.hexdigest()[:8]


def _cached(decorator: Callable[[bool], Any], function: Callable[..., Any]) -> Any:
    """Compile with the cache on disk, or without one where no folder can be written."""
    try:
        return decorator(True)(linked(function))
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
        return decorator(False)(linked(function))


def compile_function(function: Callable[..., Any], signature: str | None = None) -> Any:
    """Compile one kernel, or load it from the cache on disk; it releases the interpreter lock."""
    import numba

    with _LOCK:
        return _cached(lambda cache: numba.njit(signature, cache=cache, nogil=True, error_model="numpy"), function)


def compile_ufunc(function: Callable[..., Any], inputs: int) -> Any:
    """Compile a scalar function of `inputs` float64 numbers into a numpy ufunc."""
    import numba

    with _LOCK:
        signature = f"float64({', '.join(['float64'] * inputs)})"
        vectorize: Any = numba.vectorize
        return _cached(lambda cache: vectorize([signature], nopython=True, cache=cache), function)
