"""Health: alive, and ready for work."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from quantgpt.faces.rest.access import RestDep
from quantgpt.faces.rest.shapes import Health, Readiness
from quantgpt.services import readiness

router = APIRouter(tags=["health"])


@router.get("/health", responses={200: {"model": Health}})
async def get_health(rest: RestDep) -> dict[str, Any]:
    """Alive. Waits for nothing; the counts are at most a few seconds old."""
    active, total = rest.watcher.counts
    return {"status": "ok", "active_tasks": active, "total_tasks": total}


@router.get("/health/ready", responses={status: {"model": Readiness} for status in (200, 503)})
async def get_ready(rest: RestDep) -> JSONResponse:
    """Ready: database, market data and a worker are there. `notes` say what else is set up."""
    checks = await run_in_threadpool(readiness.check, rest.app)
    ready = all(check["ok"] for check in checks.values())
    notes = readiness.notes(rest.app)
    body = {"status": "ready" if ready else "not_ready", "checks": checks, "notes": notes}
    return JSONResponse(body, 200 if ready else 503, {} if ready else {"Retry-After": "5"})
