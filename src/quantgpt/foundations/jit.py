"""The decorator of compiled kernels; imported only by modules of kernels, because importing numba is slow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


def _compiled(**options: Any) -> Callable[[F], F]:
    """Compile with the cache on disk, or without one where no folder can be written."""

    def decorate(function: F) -> F:
        try:
            made: F = numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            made = numba.njit(nogil=True, error_model="numpy", **options)(function)
        return made

    return decorate


kernel = _compiled()
parallel_kernel = _compiled(parallel=True)
lanes = numba.prange
