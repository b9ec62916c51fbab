"""Expressions: the vocabulary and live validation."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.shapes import Description, Validation
from quantgpt.faces.rest.wire import DescribeBody, ExpressionBody
from quantgpt.services import descriptions, expressions

router = APIRouter(tags=["expressions"])


@router.get("/operators")
def get_operators(caller: CallerDep, dialect: Literal["quantgpt", "qlib"] = "quantgpt") -> dict[str, Any]:
    """Operators, fields and special variables, in our words or in Qlib's."""
    return expressions.operators(dialect)


@router.post("/expressions/validate", responses={200: {"model": Validation}})
def post_validate(body: ExpressionBody, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """What an expression means, or where it is wrong."""
    return expressions.validate(rest.app, body.expression, body.market)


@router.post("/expressions/describe", responses={200: {"model": Description}})
def post_describe(body: DescribeBody, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """How an expression reads, in lines, in words and in the other dialect, what is like it, and how it differs from
    another one."""
    return descriptions.describe(rest.app, caller.id, body.to_request())
