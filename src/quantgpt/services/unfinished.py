"""The unfinished jobs of a user, of every kind that counts in the limit on them: tasks, tests of libraries, correlations."""

from __future__ import annotations

import json
from typing import Any

from quantgpt.foundations.errors import NotFound
from quantgpt.records import Job
from quantgpt.services._base import App, limited_operations
from quantgpt.services.tasks import CANCELLED, is_id

MOST_LISTED = 50


def unfinished_jobs(app: App, owner_id: str) -> dict[str, Any]:
    """Those of one user, newest first; how many of the places that all users share are taken."""
    kinds = limited_operations()
    jobs, mine = app.records.jobs.unfinished(owner_id, kinds, MOST_LISTED)
    taken, _ = app.records.jobs.count(kinds)
    return {
        "jobs": [_shown(job) for job in jobs],
        "total": mine,
        "taken": taken,
        "limit": app.settings.max_active_tasks,
    }


def cancel_unfinished(app: App, job_id: str, owner_id: str) -> dict[str, Any]:
    """End one of them; one that has ended stays as it ended.  Raises: NotFound."""
    _own(app, job_id, owner_id)
    app.records.jobs.cancel(job_id, owner_id, CANCELLED)
    return _shown(_own(app, job_id, owner_id))


def _own(app: App, job_id: str, owner_id: str) -> Job:
    job = app.records.jobs.get(job_id, owner_id=owner_id) if is_id(job_id) else None
    if job is None or job.operation not in limited_operations():
        raise NotFound("Job not found", field="job_id")
    return job


def _shown(job: Job) -> dict[str, Any]:
    ask, facts = json.loads(job.ask), json.loads(job.facts)
    return {
        "id": job.id,
        "operation": job.operation,
        "state": job.state,
        "expression": facts.get("expression"),
        "prompt": ask.get("prompt"),
        "library": facts.get("library"),
        "total": facts.get("total"),
        "session_id": job.session_id,
        "stage": job.stage,
        "pct": round(100 * job.fraction, 1),
        "message": job.message,
        "created_at": job.created_at,
        "started_at": job.started_at,
    }
