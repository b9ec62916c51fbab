"""A factor beside others."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.services import insights

router = APIRouter(tags=["tasks"])


@router.post("/tasks/{task_id}/insights", status_code=202)
def post_insights(task_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Ask what a finished task's factor adds to the library, what of it is style, and which factors are like it."""
    job = insights.ask_insight(
        rest.app, task_id, caller.id, admit=lambda connection: rest.submissions.admit(caller.id, connection)
    )
    return {"task_id": task_id, "job_id": job.id, "status": job.stage}


@router.get("/tasks/{task_id}/insights")
def get_insights(task_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """The newest answer."""
    return insights.read_insight(rest.app, task_id, caller.id)
