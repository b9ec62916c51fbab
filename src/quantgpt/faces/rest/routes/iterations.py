"""Iterations: ask for candidates, choose one, see the lineage."""

from __future__ import annotations

import difflib
from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.wire import Accepted, choice_json, moment
from quantgpt.foundations.errors import BadRequest
from quantgpt.services import iterations, lineage
from quantgpt.services._base import checked_key

router = APIRouter(tags=["iterations"])


class _Body(BaseModel):
    """A body of the contract: unknown fields are passed over, but not one that looks like a slip of the pen."""

    @model_validator(mode="before")
    @classmethod
    def _no_slips(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for name in given:
                near = difflib.get_close_matches(str(name), cls.model_fields, n=1, cutoff=0.75)
                if name not in cls.model_fields and near and near[0] not in given:
                    raise BadRequest(f"没有字段 {str(name)[:60]!r}", field=str(name)[:60], nearest=near[0])
        return given


class IterateBody(_Body):
    """POST /tasks/{task_id}/iterate."""

    model_config = ConfigDict(json_schema_extra={"example": {"n_candidates": 5, "run_rolling_validation": False}})

    n_candidates: StrictInt = Field(5, ge=1, le=10, description="候选数量 1~10")
    run_rolling_validation: StrictBool = Field(False, description="是否附上滚动验证")


class SelectBody(_Body):
    """POST /tasks/{task_id}/select_candidate."""

    model_config = ConfigDict(json_schema_extra={"example": {"candidate_index": 0}})

    candidate_index: StrictInt = Field(ge=0, le=1_000_000, description="排序后的候选序号，从 0 开始")


class Selected(BaseModel):
    """The answer to a choice. `opening` says what became of the sealed slice of the lineage."""

    task_id: str
    selected_index: int
    expression: str
    score: float
    grade: str
    report_url: str | None
    report_filename: str | None
    report_metrics: dict[str, Any]
    backtest_summary: dict[str, Any]
    opening: dict[str, Any]


class Lineage(BaseModel):
    """The tree of a lineage."""

    lineage_id: str
    task_id: str
    roots: list[str]
    nodes: list[dict[str, Any]]
    trials: int
    openings: list[dict[str, Any]]


@router.post("/tasks/{task_id}/iterate", status_code=202)
def post_iterate(
    task_id: str,
    rest: RestDep,
    caller: CallerDep,
    body: IterateBody | None = None,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Accepted:
    """Ask for candidates that improve a finished task; the task is stored before this answers."""
    asked = body or IterateBody()
    job = iterations.iterate(
        rest.app,
        task_id,
        caller.id,
        n_candidates=asked.n_candidates,
        run_rolling_validation=asked.run_rolling_validation,
        idempotency_key=checked_key(idempotency_key),
        admit=lambda connection: rest.submissions.admit(caller.id, connection),
    )
    return Accepted(task_id=job.id, status="pending")


@router.post("/tasks/{task_id}/select_candidate")
def post_select_candidate(task_id: str, body: SelectBody, rest: RestDep, caller: CallerDep) -> Selected:
    """Choose a candidate; the first choice of a lineage opens its sealed slice."""
    return Selected(**choice_json(lineage.select_candidate(rest.app, task_id, caller.id, body.candidate_index)))


@router.get("/tasks/{task_id}/lineage")
def get_lineage(task_id: str, rest: RestDep, caller: CallerDep) -> Lineage:
    """Where a task comes from and what grew from it."""
    found = lineage.lineage_of(rest.app, task_id, caller.id)
    for node in (*found["nodes"], *found["openings"]):
        node["created_at"] = moment(node["created_at"])
    return Lineage(**found)
