"""Stores what children report, each under (job, attempt)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Literal

from quantgpt.foundations.errors import DiskFull, QuantError, Unavailable
from quantgpt.foundations.hashing import canonical_json
from quantgpt.records import Job
from quantgpt.services._base import App

log = logging.getLogger(__name__)

Fate = Literal["stored", "waiting", "stale", "unstorable"]


def store(app: App, job: Job, frame: Mapping[str, Any]) -> Fate:
    """Store one step or note of a running job.

    A step that the database does not take now is dropped, a note waits to be tried again. `stale`: the attempt no longer
    holds the job.
    """
    is_step = frame["type"] == "step"
    try:
        held = _step(app, job, frame) if is_step else _note(app, job, frame)
    except (Unavailable, DiskFull) as error:
        log.warning("job %s: an event was not stored: %s", job.id, error)
        return "stored" if is_step else "waiting"
    except QuantError:
        raise
    except Exception:
        log.exception("job %s: an event could not be stored", job.id)
        return "unstorable"
    return "stored" if held else "stale"


def _step(app: App, job: Job, frame: Mapping[str, Any]) -> bool:
    told = {name: frame[name] for name in ("stage", "fraction", "message")}
    return app.records.attempts.step(job.id, job.attempt, **told)


def _note(app: App, job: Job, frame: Mapping[str, Any]) -> bool:
    part = None if frame["part"] is None else canonical_json(frame["part"])
    told = {name: frame[name] for name in ("facts", "trials", "model_calls")}
    return app.records.attempts.note(job.id, job.attempt, part=part, **told)
