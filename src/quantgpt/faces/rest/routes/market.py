"""The open market."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.services import market_facts

router = APIRouter(tags=["market"])


@router.get("/market")
def get_market(rest: RestDep, caller: CallerDep, market: str | None = None) -> dict[str, Any]:
    """Facts of the default market, or of a named one."""
    return market_facts.describe_market(rest.app, market)


@router.get("/universes")
def get_universes(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Universes and benchmarks."""
    return market_facts.describe_universes(rest.app)
