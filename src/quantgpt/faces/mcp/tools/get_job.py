"""get_job"""

from __future__ import annotations

from anyio.to_thread import run_sync

from quantgpt.faces.mcp.answers import job_answer
from quantgpt.faces.mcp.desk import Call, desk_of, owner_of
from quantgpt.faces.mcp.shapes import JobAnswer
from quantgpt.faces.mcp.tools._base import tool
from quantgpt.faces.mcp.waiting import followed


@tool("get_job", "查询任务 · Job", reads=True)
async def get_job(ctx: Call, job_id: str, wait_seconds: float = 45) -> JobAnswer:
    """A job of yours: where it is, and its result once it has ended. Waits up to wait_seconds for the end."""
    from quantgpt.services.errands import read_errand

    desk, owner = desk_of(ctx), owner_of(ctx)
    patience = await run_sync(desk.patience, wait_seconds)
    await run_sync(desk.open_records)
    job = await run_sync(read_errand, desk.app, job_id, owner)
    return await run_sync(job_answer, ctx, await followed(ctx, job, patience))
