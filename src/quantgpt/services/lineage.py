"""A lineage: a backtest, the iterations that grew from it, what was chosen, and who looked at the sealed slice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadRequest, NotFound
from quantgpt.services._base import App
from quantgpt.services.tasks import is_iteration, read_task

if TYPE_CHECKING:
    from quantgpt.records import Job

NOT_DONE = "迭代任务尚未完成"
OUT_OF_RANGE = "候选索引超出范围"
CANDIDATE_FAILED = "该候选因子回测失败，无法选择"
MOST_REMEMBERED = 200
"""candidates of a lineage, the newest ones, that a new iteration learns from"""


# -- choosing -------------------------------------------------------------------------------------------------------


def select_candidate(app: App, task_id: str, owner_id: str, index: int) -> dict[str, Any]:
    """Choose one candidate of a finished iteration. Choosing again, the same or another one, is allowed; the sealed slice
    of the lineage opens with the first choice only, and `opening` says so.

    Raises: NotFound, BadRequest.
    """
    job = read_task(app, task_id, owner_id)
    if not is_iteration(job) or job.state != "succeeded" or job.outcome is None:
        raise BadRequest(NOT_DONE, field="task_id", hint=f"task {job.id} is {job.stage}")
    candidates = json.loads(job.outcome)["candidates"]
    if not 0 <= index < len(candidates):
        last = max(len(candidates) - 1, 0)
        raise BadRequest(OUT_OF_RANGE, field="candidate_index", nearest=min(max(index, 0), last))
    chosen = candidates[index]
    if chosen["status"] != "success":
        nearest = next((at for at, one in enumerate(candidates) if one["status"] == "success"), None)
        raise BadRequest(CANDIDATE_FAILED, field="candidate_index", hint=str(chosen.get("error", "")), nearest=nearest)
    if not app.records.jobs.select_part(job.id, owner_id, index):
        raise NotFound("Task not found")
    return {
        "task_id": job.id,
        "selected_index": index,
        "expression": chosen["expression"],
        "score": chosen["score"],
        "grade": chosen["grade"],
        "report_url": chosen["report_url"],
        "report_filename": chosen["report_filename"],
        "report_metrics": chosen["report_metrics"],
        "backtest_summary": chosen["backtest_summary"],
        "opening": _opening(app, owner_id, job, chosen),
    }


def _opening(app: App, owner_id: str, job: Job, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Open the sealed slice of the lineage, if this is its first choice."""
    from quantgpt.services.sealing import open_for_selection

    asked = json.loads(job.ask)
    taken = ("universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark", "market",
             "neutralize_industry", "execution")  # fmt: skip
    params = {
        **{name: asked[name] for name in taken},
        "cost_model": asked["costs"],
        "data_snapshot": asked["snapshot"],
        "expression": chosen["expression"],
        "expression_hash": chosen["expression_hash"],
        "direction": chosen["direction"]["sign"],
    }
    summary = chosen["backtest_summary"]
    of_summary = (
        "rank_ic_mean",
        "rank_ic_ci95",
        "rank_ic_t_hac",
        "icir_annual",
        "ic_mean",
        "monotonicity_score",
        "spread",
    )
    figures = {name: summary.get(name) for name in of_summary}
    of_metrics = ("sharpe", "cagr", "max_drawdown", "excess_return")
    figures |= {name: chosen["report_metrics"].get(name) for name in of_metrics}
    figures |= {name: chosen.get(name) for name in ("score", "score_ci95", "grade")}
    figures["tests_passed"] = (chosen.get("anti_overfit") or {}).get("passed_count")
    return open_for_selection(app, owner_id, job, params, figures)


# -- what a new iteration is told -----------------------------------------------------------------------------------


def lineage_brief(app: App, owner_id: str, task_id: str) -> dict[str, Any]:
    """What a job of the lineage of that task must know of it: every earlier candidate, oldest first, how many iterations
    were begun, and the factors that the owner keeps. Scores are those of the open slice."""
    from quantgpt.services.library import list_factors

    parent = app.records.jobs.get(task_id, owner_id=owner_id)
    lineage_id = (parent.lineage_id or parent.id) if parent else task_id
    tasks = _tasks_of(app, lineage_id, owner_id)
    rows = [row for job in tasks for row in _remembered(job)]
    begun = sum(is_iteration(job) and job.state != "queued" for job in tasks)
    kept = [factor.expression for factor in list_factors(app, owner_id)]
    return {"lineage_id": lineage_id, "lineage": rows[-MOST_REMEMBERED:], "iterations": begun, "library": kept}


def _tasks_of(app: App, lineage_id: str, owner_id: str) -> list[Job]:
    from quantgpt.services._base import tasks_of_the_contract

    known = tasks_of_the_contract()
    return [job for job in app.records.jobs.of_lineage(lineage_id, owner_id) if job.operation in known]


def _remembered(job: Job) -> Iterable[dict[str, Any]]:
    if not is_iteration(job) or job.outcome is None:
        return
    outcome = json.loads(job.outcome)
    for candidate in outcome["candidates"]:
        yield {
            "expression": candidate["expression"],
            "strategy": candidate.get("strategy"),
            "score": candidate.get("score"),
            "parent_score": outcome["parent_score"],
            "error": candidate.get("error"),
        }


# -- looking at it --------------------------------------------------------------------------------------------------


def lineage_of(app: App, task_id: str, owner_id: str) -> dict[str, Any]:
    """The tree of a task's lineage: tasks with their factor, score and strategy, candidates under their iteration, what
    was chosen, and every look at the sealed slice.

    Raises: NotFound.
    """
    from quantgpt.services.sealing import openings_of

    task = read_task(app, task_id, owner_id)
    lineage_id = task.lineage_id or task.id
    jobs = _tasks_of(app, lineage_id, owner_id)
    nodes = [_node(job) for job in jobs]
    known = {node["task_id"] for node in nodes}
    for node in nodes:
        node["children"] = [other["task_id"] for other in nodes if other["parent_task_id"] == node["task_id"]]
    return {
        "lineage_id": lineage_id,
        "task_id": task.id,
        "roots": [node["task_id"] for node in nodes if node["parent_task_id"] not in known],
        "nodes": nodes,
        "trials": app.records.trials.page(owner_id, page=1, page_size=1, lineage_id=lineage_id).total,
        "openings": openings_of(app, owner_id, task.id)["openings"],
    }


def _node(job: Job) -> dict[str, Any]:
    facts = json.loads(job.facts)
    brief = facts.get("brief") or {}
    iteration = is_iteration(job)
    node = {
        "task_id": job.id,
        "task_type": "iteration" if iteration else "backtest",
        "parent_task_id": job.parent_id,
        "status": job.stage,
        "expression": facts.get("expression"),
        "score": brief.get("parent_score" if iteration else "score"),
        "grade": brief.get("parent_grade" if iteration else "grade"),
        "created_at": job.created_at,
        "error": job.error,
    }
    if iteration:
        rows = brief.get("candidates") or []
        node["parent_index"] = json.loads(job.ask).get("parent_index")
        node["selected"] = job.selected
        node["candidates"] = [
            {"index": at, "selected": at == job.selected, **{name: row.get(name) for name in _SHOWN}}
            for at, row in enumerate(rows)
        ]
    return node


_SHOWN = ("expression", "status", "score", "score_ci95", "grade", "strategy", "origin", "error", "duplicate")
