"""Reports."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.headers import REPORT_POLICY
from quantgpt.foundations.errors import Unavailable
from quantgpt.services import reports

router = APIRouter(tags=["reports"])
HEADERS = {"Content-Security-Policy": REPORT_POLICY, "Cache-Control": "private, max-age=3600"}
PATIENCE_SECONDS = 30.0


@router.get("/reports/{filename}", response_class=FileResponse)
async def get_report(filename: str, rest: RestDep, caller: CallerDep, download: bool = False) -> Response:
    """The HTML report of a task; one that was purged is made again first."""
    path, remake = await run_in_threadpool(reports.find_report, rest.app, filename, caller.id)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_SECONDS
    while remake is not None:
        if await run_in_threadpool(reports.is_made_again, rest.app, remake, filename):
            break
        if loop.time() > deadline:
            raise Unavailable("报告正在重新生成，请稍后再试", retry_after_seconds=10)
        await asyncio.sleep(0.1)
    if not path.is_file():
        raise Unavailable("报告正在重新生成，请稍后再试", retry_after_seconds=1)
    return FileResponse(
        path,
        media_type="text/html; charset=utf-8",
        headers=HEADERS,
        filename=filename,
        content_disposition_type="attachment" if download else "inline",
    )
