"""Crypto backtests for the page: the catalogue, the market, jobs as the signed interface shows them, bars for charts."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.crypto_shapes import (
    JOB_BODY,
    ChartBars,
    Checked,
    CryptoJob,
    CryptoJobs,
    CryptoMarket,
    Templates,
)
from quantgpt.foundations.errors import BadRequest
from quantgpt.services._base import checked_key
from quantgpt.services.signed import charts, config, jobs
from quantgpt.services.signed.catalogue import template_object
from quantgpt.templates import TEMPLATES, load_templates

router = APIRouter(prefix="/crypto", tags=["crypto"])
JSON = "application/json"
MOST_BARS = 3_000
LAST_MS = 4_102_444_800_000
"""The year 2100."""


async def _raw(request: Request) -> bytes:
    """The body as it was sent.  Raises: BadRequest where it is not said to be JSON."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise BadRequest("Content-Type 应为 application/json", en="Content-Type has to be application/json")
    return await request.body()


RawDep = Annotated[bytes, Depends(_raw)]
MostQuery = Annotated[int, Query(ge=10, le=MOST_BARS, description="最多多少根 K 线")]


@router.get("/templates", response_model=Templates)
def get_templates(caller: CallerDep) -> dict[str, Any]:
    """The strategy templates with the schemas of their parameters."""
    load_templates()
    return {"data": [template_object(template) for _, template in TEMPLATES.items()]}


@router.get("/market", response_model=CryptoMarket)
def get_market(rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """The pairs that there are bars of, and since when."""
    return charts.market_facts(rest.app)


@router.get("/bars", response_model=ChartBars)
def get_bars(
    rest: RestDep,
    caller: CallerDep,
    symbol: Annotated[str, Query(max_length=40)],
    timeframe: Annotated[str, Query(max_length=4)],
    from_ms: Annotated[int, Query(alias="from", ge=0, le=LAST_MS)],
    to_ms: Annotated[int, Query(alias="to", ge=0, le=LAST_MS)],
    market: Annotated[str, Query(description="perp 或 spot", max_length=8)] = "perp",
    most: MostQuery = 600,
) -> dict[str, Any]:
    """Bars of a pair as they are now."""
    return charts.bars_now(rest.app, symbol, market, timeframe, from_ms, to_ms, most)


@router.post("/check", response_model=Checked, openapi_extra=JOB_BODY)
def post_check(raw: RawDep, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """What would be said of a configuration; nothing is started."""
    return charts.check(rest.app, caller.id, raw)


@router.post("/jobs", responses={200: {"model": CryptoJob}}, openapi_extra=JOB_BODY)
def post_job(
    raw: RawDep, rest: RestDep, caller: CallerDep, idempotency_key: Annotated[str | None, Header()] = None
) -> Response:
    """Submit a backtest; the job is stored before this answers."""
    key = checked_key(idempotency_key)
    body = config.parse(raw)
    rest.submissions.admit(caller.id)
    digest = hashlib.sha256(raw).hexdigest()
    job, _ = jobs.create(rest.app, caller.id, body, body_hash=digest, idempotency_key=key)
    return Response(jobs.job_text(job), media_type=JSON)


@router.get("/jobs", responses={200: {"model": CryptoJobs}})
def get_jobs(
    rest: RestDep,
    caller: CallerDep,
    status: Annotated[str | None, Query(max_length=16)] = None,
    template_id: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[str | None, Query(description="1 到 100", max_length=8)] = None,
    cursor: Annotated[str | None, Query(max_length=1_000)] = None,
) -> Response:
    """The caller's jobs, newest first, from whichever door they came."""
    asked = {"status": status, "template_id": template_id, "limit": limit, "cursor": cursor}
    found, following = jobs.page(
        rest.app, caller.id, {name: value for name, value in asked.items() if value is not None}
    )
    rows = ",".join(jobs.job_text(job, brief=True) for job in found)
    return Response(f'{{"data":[{rows}],"next_cursor":{json.dumps(following)}}}', media_type=JSON)


@router.get("/jobs/{crypto_job_id}", responses={200: {"model": CryptoJob}})
def get_job(crypto_job_id: str, rest: RestDep, caller: CallerDep) -> Response:
    """One job, with its whole result once it is done."""
    job = jobs.get(rest.app, caller.id, crypto_job_id, with_result=False)
    if not jobs.is_terminal(job):
        return Response(jobs.job_text(job), media_type=JSON)
    with jobs.few(job):
        return Response(jobs.job_text(jobs.get(rest.app, caller.id, crypto_job_id)), media_type=JSON)


@router.get("/jobs/{crypto_job_id}/details")
def get_details(crypto_job_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """What is known of a job beside the documented object."""
    job = jobs.get(rest.app, caller.id, crypto_job_id, with_result=False)
    with jobs.few(job):
        return {**jobs.details(rest.app, caller.id, job.id), "error": jobs.job_error(job)}


@router.get("/jobs/{crypto_job_id}/bars", response_model=ChartBars)
def get_job_bars(
    crypto_job_id: str,
    rest: RestDep,
    caller: CallerDep,
    symbol: Annotated[str | None, Query(max_length=40)] = None,
    from_ms: Annotated[int | None, Query(alias="from", ge=0, le=LAST_MS)] = None,
    to_ms: Annotated[int | None, Query(alias="to", ge=0, le=LAST_MS)] = None,
    most: MostQuery = MOST_BARS,
) -> dict[str, Any]:
    """Bars of one of a job's pairs, of the data that it was run on; without a span those of its window."""
    job = jobs.get(rest.app, caller.id, crypto_job_id, with_result=False)
    return charts.bars_of_job(rest.app, job, symbol, from_ms, to_ms, most)


@router.post("/jobs/{crypto_job_id}/cancel", responses={200: {"model": CryptoJob}})
def post_cancel(crypto_job_id: str, rest: RestDep, caller: CallerDep) -> Response:
    """End an unfinished job."""
    return Response(jobs.job_text(jobs.cancel(rest.app, caller.id, crypto_job_id)), media_type=JSON)
