"""Memory for results: huge pages, so that writing fresh memory is not mostly page faults, and used again when given back."""

from __future__ import annotations

import mmap
import threading
import weakref

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest

HUGE_PAGE = 2 * 1024 * 1024
KEPT_BYTES = 4 * 1024**3
"""memory that is kept for the next result of the same process when nobody reads the last one any more"""

_LOCK = threading.RLock()
"""held again by the same thread where the collection of garbage gives memory back"""
_SPARE: list[mmap.mmap] = []


def floats(count: int) -> NDArray[np.float32]:
    """`count` float32 numbers, not cleared, starting at a multiple of 2 MiB of a mapping of their own.

    The memory returns to a pool when the array and every view of it are gone.

    Raises: BadRequest when the machine has no room for it.
    """
    wanted = max(1, -(-count * 4 // HUGE_PAGE)) * HUGE_PAGE
    block = _spare(wanted) or _fresh(wanted)
    raw = np.frombuffer(block, dtype=np.float32)
    start = (-raw.ctypes.data % HUGE_PAGE) // 4
    view = raw[start : start + count]
    weakref.finalize(raw, _give_back, block).atexit = False
    return view


def _spare(wanted: int) -> mmap.mmap | None:
    """The smallest spare mapping that is large enough and not more than twice that."""
    with _LOCK:
        fitting = [block for block in _SPARE if wanted + HUGE_PAGE <= len(block) <= 2 * wanted + HUGE_PAGE]
        if not fitting:
            return None
        best = min(fitting, key=len)
        _SPARE.remove(best)
        return best


def _fresh(wanted: int) -> mmap.mmap:
    try:
        block = mmap.mmap(-1, wanted + HUGE_PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except (OSError, ValueError, OverflowError) as error:
        release()
        raise BadRequest(
            f"no room for a result of {wanted / 2**30:.1f} GiB", hint="结果太大，请减少股票、日期或特征"
        ) from error
    if hasattr(mmap, "MADV_HUGEPAGE"):
        block.madvise(mmap.MADV_HUGEPAGE)
    return block


def _give_back(block: mmap.mmap) -> None:
    with _LOCK:
        held = sum(len(spare) for spare in _SPARE)
        if held + len(block) <= KEPT_BYTES:
            _SPARE.append(block)


def release() -> None:
    """Return spare memory to the system."""
    with _LOCK:
        _SPARE.clear()
