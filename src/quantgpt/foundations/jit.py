"""The decorator of compiled kernels; imported only by modules of kernels, because importing numba is slow.

What is compiled is kept on disk. numba looks whether the file of a kernel has changed, but not whether another file has whose kernels or constants
were compiled into it; therefore the folder of a module's kernels is named by the content of all our files that it imports, directly or not.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

from quantgpt.foundations.hashing import hash_value

F = TypeVar("F", bound=Callable[..., Any])

_CONFIG: Any = numba.config
_PACKAGE = Path(__file__).resolve().parents[1]
_NAME = _PACKAGE.name
_IMPORT = re.compile(
    rf"^\s*(?:from\s+({_NAME}[\w.]*)\s+import\s+(\([^)]*\)|[^(\n]*)|import\s+({_NAME}[\w.]+))", re.MULTILINE
)
_NAMES = re.compile(r"\w+")


def _compiled(**options: Any) -> Callable[[F], F]:
    """Compile with the cache on disk, or without one where no folder can be written."""

    def decorate(function: F) -> F:
        before = _CONFIG.CACHE_DIR
        _CONFIG.CACHE_DIR = _folder(function.__module__) or before
        try:
            made: F = numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            made = numba.njit(nogil=True, error_model="numpy", **options)(function)
        finally:
            _CONFIG.CACHE_DIR = before
        return made

    return decorate


@cache
def _folder(module: str) -> str:
    """Where the machine code of a module of ours is kept; empty for others, and where nothing can be written.

    What older sources left is removed.
    """
    start = _file_of(module)
    home = _PACKAGE / "__pycache__" / "kernels"
    if start is None:
        return ""
    print_of_all = hash_value([path.read_text(encoding="utf-8") for path in _sources(start)])[:16]
    folder = home / f"{module}-{print_of_all}"
    try:
        if not folder.is_dir():
            for left in home.glob(f"{module}-*"):
                shutil.rmtree(left, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return ""
    return str(folder) if os.access(folder, os.W_OK) else ""


def _sources(start: Path) -> list[Path]:
    """A file of ours and all of ours that it imports, directly or not, in a fixed order."""
    found, open_ends = {start}, [start]
    while open_ends:
        for path in _imported(open_ends.pop()):
            if path not in found:
                found.add(path)
                open_ends.append(path)
    return sorted(found)


@cache
def _imported(path: Path) -> tuple[Path, ...]:
    """The files of ours that a file imports."""
    modules: set[str] = set()
    for package, names, module in _IMPORT.findall(path.read_text(encoding="utf-8")):
        modules.add(package or module)
        modules |= {f"{package}.{name}" for name in _NAMES.findall(names)} if package else set()
    return tuple(sorted({found for name in modules if (found := _file_of(name)) is not None}))


def _file_of(module: str) -> Path | None:
    """The file of a module of ours."""
    first, *rest = module.split(".")
    if first != _NAME:
        return None
    path = _PACKAGE.joinpath(*rest)
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if rest and file.is_file()), None)


kernel = _compiled()
parallel_kernel = _compiled(parallel=True)
lanes = numba.prange
