"""What is still to be done for the caller, whatever it is, and the limit that all of it counts in."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.wire import moment
from quantgpt.services import unfinished

router = APIRouter(prefix="/jobs", tags=["tasks"])


class UnfinishedJob(BaseModel):
    """One job. `operation`: factor.test, factor.iterate, library.test, compare.values and others that count."""

    id: str
    operation: str
    state: Literal["queued", "running", "succeeded", "failed"]
    expression: str | None
    prompt: str | None = Field(description="of a task")
    library: str | None = Field(description="of the test of a library")
    total: int | None = Field(description="factors in the test of a library")
    session_id: str | None
    stage: str
    pct: float
    message: str
    created_at: str
    started_at: str | None


class UnfinishedJobs(BaseModel):
    """The caller's unfinished jobs, newest first, at most 50 of them."""

    jobs: list[UnfinishedJob]
    total: int = Field(description="of the caller")
    taken: int = Field(description="of everybody: what counts in the limit")
    limit: int


@router.get("/unfinished", response_model=UnfinishedJobs)
def get_unfinished(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Tasks, tests of libraries and correlations of the caller that wait or run."""
    found = unfinished.unfinished_jobs(rest.app, caller.id)
    return {**found, "jobs": [_dated(job) for job in found["jobs"]]}


@router.post("/{job_id}/cancel", response_model=UnfinishedJob)
def post_cancel_job(job_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """End an unfinished job of the caller, of whatever kind; one that has ended stays as it ended."""
    return _dated(unfinished.cancel_unfinished(rest.app, job_id, caller.id))


def _dated(job: dict[str, Any]) -> dict[str, Any]:
    return {**job, "created_at": moment(job["created_at"]), "started_at": moment(job["started_at"])}
