"""Expressions: the vocabulary and live validation."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.shapes import Validation
from quantgpt.faces.rest.wire import ExpressionBody
from quantgpt.services import expressions

router = APIRouter(tags=["expressions"])


@router.get("/operators")
def get_operators(caller: CallerDep) -> dict[str, Any]:
    """Operators, fields and special variables."""
    return expressions.operators()


@router.post("/expressions/validate", responses={200: {"model": Validation}})
def post_validate(body: ExpressionBody, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """What an expression means, or where it is wrong."""
    return expressions.validate(rest.app, body.expression)
