"""How long-running work reports where it is and learns that it should stop."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A sink of progress: called with a stage of the contract, a fraction of the whole job and a short text."""

    def __call__(self, stage: str, fraction: float, message: str = "") -> None:
        """Report that `stage` is running and `fraction` (0..1) of the whole is done. May raise Cancelled."""
        ...


def silent(stage: str, fraction: float, message: str = "") -> None:
    """A progress sink that nobody watches."""
