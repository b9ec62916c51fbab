"""What the tools answer, typed: finished work, or the id of a job that goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from quantgpt.records import Job


Table = dict[str, Any]


class Work(BaseModel):
    """A job: its id and where it is. The other fields are there once `status` says that it has ended."""

    model_config = ConfigDict(extra="forbid")

    job_id: str = Field(description="Id for get_job, cancel_job and the resources of the job")
    status: str = Field(description="pending, a stage of the work, completed or failed")
    pct: float = Field(description="0 … 100")
    next: str | None = Field(None, description="What to do while the job is not finished")


class BacktestWork(Work):
    """A factor test."""

    expression: str | None = None
    score: float | None = Field(None, description="0 … 100")
    grade: str | None = Field(None, description="A, B, C or D")
    verdict: Table | None = None
    metrics: Table | None = Field(None, description="Strategy of the long group after costs; fractions")
    backtest_summary: Table | None = Field(None, description="Groups, IC, turnover, costs")
    anti_overfit: Table | None = Field(None, description="Four tests against luck")
    params: Table | None = None
    canonical: str | None = Field(None, description="The expression as it is computed")
    words_zh: str | None = Field(None, description="The expression in words, where no test of it was asked for")
    words_en: str | None = None
    llm: Table | None = Field(None, description="Which engine wrote the expression, and how")
    search: Table | None = Field(None, description="Trials so far and what they cost in significance")
    warnings: list[Table] | None = None
    report_path: str | None = Field(None, description="File of the report here, or its address below the server")
    report_url: str | None = Field(None, description="Address of the report below the server")
    report_resource: str | None = Field(None, description="Resource with the report")
    result_resource: str | None = Field(None, description="Resource with the whole result")


class ScoreWork(Work):
    """A grade."""

    score: float | None = Field(None, description="0 … 100")
    grade: str | None = None
    component_scores: Table | None = None
    key_metrics: Table | None = Field(
        None, description="ic_mean, ic_ir, monotonicity, top_group_sharpe, turnover, sharpe, max_drawdown"
    )
    score_ci95: list[float] | None = None
    caps: list[Table] | None = None
    rubric_version: str | None = None
    verdict: Table | None = None
    reasons: list[Table] | None = None
    diagnosis: Table | None = None
    search: Table | None = Field(None, description="Trials so far and what they cost in significance")
    params: Table | None = None
    warnings: list[Table] | None = None
    manifest: Table | None = None


class OverfitWork(Work):
    """Four tests against luck."""

    score: float | None = Field(None, description="Share of passed tests, 0 … 100")
    recommendation: str | None = None
    passed_count: int | None = None
    total_count: int | None = None
    tests: list[Table] | None = None
    details: Table | None = Field(None, description="What else the tests say")
    params: Table | None = None
    warnings: list[Table] | None = None
    manifest: Table | None = None


class RollingWork(Work):
    """A walk through time."""

    score: float | None = None
    summary: Table | None = None
    decay_analysis: Table | None = None
    windows: list[Table] | None = None
    details: Table | None = Field(None, description="What else the walk says")
    params: Table | None = None
    warnings: list[Table] | None = None
    manifest: Table | None = None


class IterationWork(Work):
    """Candidates that grew from a factor, best first; failed ones last."""

    parent_expression: str | None = None
    parent_score: float | None = None
    parent_grade: str | None = None
    candidates: list[Table] | None = Field(None, description="expression, status, score, grade, … of each")
    candidates_done: int | None = None
    candidates_total: int | None = None
    search: Table | None = Field(None, description="Trials so far and what they cost in significance")
    params: Table | None = None
    details: Table | None = Field(None, description="What else the iteration says")


class JobAnswer(Work):
    """A job of any kind."""

    kind: str = Field(description="The tool that such a job belongs to")
    result: Table | None = Field(None, description="As that tool answers it")
    error: str | None = None
    hint: str | None = None
    candidates_done: int | None = None
    candidates_total: int | None = None


def state_of(job: Job) -> Table:
    """Id, place and advice of a job."""
    waits = f"call get_job with job_id {job.id}; it waits for you" if not job.is_finished else None
    return {
        "job_id": job.id,
        "status": job.stage,
        "pct": 100.0 if job.state == "succeeded" else round(100 * job.fraction, 1),
        "next": waits,
    }


def outcome_of(job: Job) -> Table:
    """The stored result; nothing while there is none."""
    return json.loads(job.outcome) if job.outcome and job.state == "succeeded" else {}


def fitted(model: type[Work], job: Job, body: Table) -> Table:
    """State and body under the names of a model; what it has no name for goes into `details` if there is one."""
    named = {name: value for name, value in body.items() if name in model.model_fields}
    rest = {name: value for name, value in body.items() if name not in model.model_fields}
    if rest and "details" in model.model_fields:
        named["details"] = rest
    return {**state_of(job), **named}
