"""The factor library of a user."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.wire import Text, moment
from quantgpt.records.library import KeptFactor
from quantgpt.services import library

router = APIRouter(tags=["library"])


class FactorBody(BaseModel):
    """POST /factors."""

    name: Text | None = Field(None, description="名称；默认为表达式")
    expression: Text | None = Field(None, description="因子表达式，或给出 task_id")
    task_id: Text | None = Field(None, description="已完成的任务")
    note: Text = Field("", description="备注")


@router.post("/factors", status_code=201)
def post_factor(body: FactorBody, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Keep a factor."""
    return _shown(library.keep_factor(rest.app, caller.id, **body.model_dump()))


@router.get("/factors")
def get_factors(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """The caller's factors, newest first."""
    return {"factors": [_shown(one) for one in library.list_factors(rest.app, caller.id)]}


@router.delete("/factors/{factor_id}", status_code=204)
def delete_factor(factor_id: str, rest: RestDep, caller: CallerDep) -> Response:
    """Forget a factor."""
    library.drop_factor(rest.app, caller.id, factor_id)
    return Response(status_code=204)


def _shown(one: KeptFactor) -> dict[str, Any]:
    names = ("id", "name", "expression", "direction", "universe", "task_id", "note")
    kept = {name: getattr(one, name) for name in names}
    return {**kept, "facts": json.loads(one.facts), "created_at": moment(one.created_at)}
