"""How the result of each kind of job is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quantgpt.faces.mcp.desk import Call, desk_of, is_local
from quantgpt.faces.mcp.shapes import (
    BacktestWork,
    IterationWork,
    JobAnswer,
    OverfitWork,
    RollingWork,
    ScoreWork,
    Work,
    fitted,
    outcome_of,
    state_of,
)
from quantgpt.faces.mcp.waiting import JobFailed

if TYPE_CHECKING:
    from quantgpt.records import Job

SCHEME = "quantgpt://jobs/"


def backtest_answer(ctx: Call, job: Job) -> BacktestWork:
    """A factor test."""
    result = outcome_of(job)
    body = {name: value for name, value in result.items() if name != "manifest"}
    if "params" in result:
        params = result["params"]
        body |= _places(ctx, job, result) | {"expression": params["expression"], "canonical": params.get("canonical")}
    return BacktestWork(**fitted(BacktestWork, job, body))


def _places(ctx: Call, job: Job, result: dict[str, Any]) -> dict[str, Any]:
    """Where the report is: a file for a caller on this machine, an address for any other."""
    url = result.get("report_url")
    path = url
    if url and is_local(ctx):
        path = str(desk_of(ctx).app.artifacts.report_path(url.rpartition("/")[2]))
    return {
        "report_path": path,
        "report_url": url,
        "report_resource": f"{SCHEME}{job.id}/report" if url else None,
        "result_resource": f"{SCHEME}{job.id}/result",
    }


def score_answer(_: Call, job: Job) -> ScoreWork:
    """A grade."""
    return ScoreWork(**fitted(ScoreWork, job, outcome_of(job)))


def overfit_answer(_: Call, job: Job) -> OverfitWork:
    """Four tests against luck."""
    return OverfitWork(**fitted(OverfitWork, job, outcome_of(job)))


def rolling_answer(_: Call, job: Job) -> RollingWork:
    """A walk through time."""
    return RollingWork(**fitted(RollingWork, job, outcome_of(job)))


def iteration_answer(ctx: Call, job: Job) -> IterationWork:
    """Candidates; of an iteration that goes on those that are ready."""
    return IterationWork(**fitted(IterationWork, job, outcome_of(job) | _candidates(ctx, job)))


def _candidates(ctx: Call, job: Job) -> dict[str, Any]:
    from quantgpt.services.tasks import parts_of

    total = int(json.loads(job.ask)["n_candidates"])
    if job.state == "succeeded":
        return {"candidates_done": len(outcome_of(job)["candidates"]), "candidates_total": total}
    ready = [json.loads(event.part) for event in parts_of(desk_of(ctx).app, job) if event.part]
    return {"candidates": ready, "candidates_done": len(ready), "candidates_total": total}


ANSWERS: dict[str, tuple[str, Callable[[Call, Job], Work]]] = {
    "factor.test": ("run_backtest", backtest_answer),
    "factor.words": ("generate_factor", backtest_answer),
    "factor.score": ("score_factor", score_answer),
    "factor.overfit": ("run_anti_overfit", overfit_answer),
    "factor.iterate": ("iterate_factor", iteration_answer),
    "factor.rolling": ("run_rolling_validation", rolling_answer),
}
"""operation → the tool it belongs to, and how that tool answers"""


def job_answer(ctx: Call, job: Job) -> JobAnswer:
    """A job of any kind; its result as the tool it belongs to answers it."""
    tool, answer = ANSWERS.get(job.operation, (job.operation, None))
    result: dict[str, Any] | None = outcome_of(job) or None
    counts: dict[str, Any] = {}
    if answer is not None and (result is not None or job.operation == "factor.iterate"):
        shown = answer(ctx, job).model_dump(exclude={*Work.model_fields})
        counts = {name: shown[name] for name in ("candidates_done", "candidates_total") if name in shown}
        result = {name: value for name, value in shown.items() if value is not None}
    failed = JobFailed(job) if job.state == "failed" else None
    return JobAnswer(
        **state_of(job), **counts, kind=tool, result=result, error=failed.message if failed else None,
        hint=failed.hint or None if failed else None,
    )  # fmt: skip
