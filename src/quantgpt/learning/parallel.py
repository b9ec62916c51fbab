"""Independent pieces of work on a few threads; the compiled loops let go of the interpreter lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def run_all(work: Callable[[A], B], items: Sequence[A], threads: int) -> list[B]:
    """The result of every piece, in order; in this thread where one is enough."""
    if threads <= 1 or len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))
