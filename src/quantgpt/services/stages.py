"""The stages of a factor test, as the contract names them: each appears in order, at least once."""

from __future__ import annotations

import time

from quantgpt.foundations.progress import Note, Progress, tell

STAGES = (
    "generating_expression",
    "validating",
    "fetching_data",
    "backtesting",
    "analyzing",
    "generating_report",
)
BEGINS = {
    "generating_expression": 0.02,
    "validating": 0.03,
    "fetching_data": 0.04,
    "backtesting": 0.15,
    "analyzing": 0.45,
    "generating_report": 0.90,
}


class Stages:
    """Passes progress on, never backwards, and notes how long each stage took."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._at = -1
        self._fraction = 0.0
        self._since = time.perf_counter()
        self.timings: dict[str, float] = {}
        self.skipped: frozenset[str] = frozenset()
        self.counts: dict[str, dict[str, int]] = {}
        """of how much a stage is: names, sessions, groups, shuffles"""

    def enter(self, stage: str, message: str = "") -> None:
        """Begin a stage; one that had begun before is left alone."""
        place = STAGES.index(stage)
        if place > self._at and stage not in self.skipped:
            self._clock()
            self._at = place
            self._say(BEGINS[stage], message)
            if self.counts:
                self.tell(Note(facts={"counts": self.counts, "timings": dict(self.timings)}))

    def count(self, stage: str, **numbers: int) -> None:
        """Note of how much a stage is; it is told with the beginning of the next one."""
        self.counts[stage] = numbers

    def __call__(self, stage: str, fraction: float, message: str = "") -> None:
        """Progress of the computation itself, between `backtesting` and the report."""
        if stage in STAGES[:-1] and stage not in self.skipped:
            self.enter(stage)
        self._say(min(fraction, BEGINS["generating_report"]), message)

    def tell(self, note: Note) -> None:
        """Have something kept at once."""
        tell(self._progress, note)

    def stop(self) -> dict[str, float]:
        """Seconds of each stage so far, and of all."""
        self._clock()
        return {**self.timings, "total": round(sum(self.timings.values()), 4)}

    def _say(self, fraction: float, message: str) -> None:
        self._fraction = max(self._fraction, fraction)
        self._progress(STAGES[self._at], self._fraction, message)

    def _clock(self) -> None:
        now = time.perf_counter()
        if self._at >= 0:
            name = STAGES[self._at]
            self.timings[name] = round(self.timings.get(name, 0.0) + now - self._since, 4)
        self._since = now
