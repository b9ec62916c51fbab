"""cancel_job"""

from __future__ import annotations

from quantgpt.faces.mcp.answers import job_answer
from quantgpt.faces.mcp.desk import Call, desk_of, owner_of
from quantgpt.faces.mcp.shapes import JobAnswer
from quantgpt.faces.mcp.tools._base import tool


@tool("cancel_job", "取消任务 · Cancel", ends=True)
def cancel_job(ctx: Call, job_id: str) -> JobAnswer:
    """End an unfinished job of yours for good. Cancelling twice is the same as once."""
    from quantgpt.services.errands import cancel_errand

    desk = desk_of(ctx)
    desk.open_records()
    return job_answer(ctx, cancel_errand(desk.app, job_id, owner_of(ctx)))
