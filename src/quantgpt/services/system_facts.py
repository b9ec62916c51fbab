"""How this server and the machine under it are: for the mark in the corner of the page."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import Any

from quantgpt import __version__
from quantgpt.foundations.errors import QuantError
from quantgpt.services._base import App
from quantgpt.services.jobs.lifeline import is_dead


class Load:
    """The busy share of all processors between two looks that lie at least a second apart."""

    SPACING_SECONDS = 1.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked = 0.0
        self._busy = 0.0
        self._all = 0.0
        self._share: float | None = None

    def share(self) -> float | None:
        """0…1; None until there have been two looks."""
        import psutil

        now = self._clock()
        if self._looked and now - self._looked < self.SPACING_SECONDS:
            return self._share
        times = psutil.cpu_times()
        spent = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
        busy = spent - times.idle - getattr(times, "iowait", 0.0)
        if self._looked and spent > self._all:
            self._share = min(1.0, max(0.0, (busy - self._busy) / (spent - self._all)))
        self._looked, self._busy, self._all = now, busy, spent
        return self._share


_load = Load()


def describe(app: App) -> dict[str, Any]:
    """Version, seconds since the start, workers, and the machine's processors, memory and disk; sizes in bytes.

    What cannot be read is None.
    """
    import psutil

    memory = psutil.virtual_memory()
    started = psutil.Process().create_time()
    return {
        "version": __version__,
        "uptime_seconds": max(0.0, time.time() - started),
        "workers": _workers(app),
        "cpu": {"share": _load.share(), "cores": os.cpu_count()},
        "memory": {"used_bytes": memory.total - memory.available, "total_bytes": memory.total},
        "disk": _disk(app),
    }


def _workers(app: App) -> dict[str, int] | None:
    """How many workers were heard of lately, and how many jobs they take at once."""
    try:
        heard = set(app.records.workers.alive(app.settings.lease_seconds))
        alive = [row for row in app.records.workers.all() if row.id in heard and not is_dead(row.id)]
    except QuantError:
        return None
    return {"alive": len(alive), "slots": sum(row.slots for row in alive)}


def _disk(app: App) -> dict[str, int] | None:
    """Of the disk that holds the data."""
    try:
        disk = shutil.disk_usage(app.settings.home)
    except OSError:
        return None
    return {"free_bytes": disk.free, "total_bytes": disk.total}
