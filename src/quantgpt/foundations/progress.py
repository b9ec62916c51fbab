"""How long-running work reports where it is, and what of it is to be remembered at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Progress(Protocol):
    """A sink of progress: called with a stage of the contract, a fraction of the whole job and a short text."""

    def __call__(self, stage: str, fraction: float, message: str = "") -> None:
        """Report that `stage` is running and `fraction` (0..1) of the whole is done. May raise Cancelled."""
        ...


def silent(stage: str, fraction: float, message: str = "") -> None:
    """A progress sink that nobody watches."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """What is kept of running work before it ends, in plain JSON values. It stays when the work fails later.

    facts:       merged into the facts of the job, e.g. the expression as soon as it is known.
    part:        one finished part of the result, e.g. a candidate; kept in order with the history of the job.
    trials:      rows for the ledger of trials; `returns` in them is base64 text.
    model_calls: rows for the use of language models.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    part: Mapping[str, Any] | None = None
    trials: tuple[Mapping[str, Any], ...] = ()
    model_calls: tuple[Mapping[str, Any], ...] = ()


def tell(progress: Progress, note: Note) -> None:
    """Hand a note to a sink that keeps notes; others hear nothing of it."""
    keep = getattr(progress, "tell", None)
    if keep is not None:
        keep(note)
