"""A finished task in words."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.services import explanation

router = APIRouter(tags=["tasks"])


@router.get("/tasks/{task_id}/explanation")
def get_explanation(task_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """What the result says, sentence by sentence, each with the values that it is made of."""
    return explanation.explain_task(rest.app, task_id, caller.id)
