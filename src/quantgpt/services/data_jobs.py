"""Jobs that read or write market data: the administration's, told from tasks, one at a time on each market."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from quantgpt.records import LOCAL_ADMIN, Job
from quantgpt.services._base import App

WRITERS = ("data.commit", "data.update")
"""Operations that change a market (an update only when it applies)."""


def busy_with(app: App, market: str) -> Job | None:
    """The unfinished job that writes, or may write, a market."""
    jobs, _ = app.records.jobs.page(LOCAL_ADMIN, WRITERS, page=1, page_size=50, with_outcome=False)
    for job in jobs:
        if not job.is_finished and json.loads(job.ask)["market"] == market:
            return job
    return None


def job_row(job: Job) -> dict[str, Any]:
    """Where a job is."""
    return {
        "id": job.id,
        "state": job.state,
        "stage": job.stage,
        "pct": round(100 * job.fraction, 1),
        "message": job.message,
    }


def job_error(job: Job) -> dict[str, Any] | None:
    """Why a job failed."""
    if job.error is None:
        return None
    facts = json.loads(job.error_facts or "{}")
    return {
        "detail": job.error,
        "detail_en": facts.get("en"),
        "code": facts.get("code"),
        "hint": facts.get("hint") or None,
    }


def moment(seconds: float | None) -> str | None:
    """A moment as the interface writes it: UTC without a zone."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
