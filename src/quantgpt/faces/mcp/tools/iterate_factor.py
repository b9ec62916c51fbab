"""iterate_factor"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from quantgpt.faces.mcp.answers import iteration_answer
from quantgpt.faces.mcp.desk import Call
from quantgpt.faces.mcp.shapes import IterationWork
from quantgpt.faces.mcp.tools._base import tool
from quantgpt.faces.mcp.waiting import accepted

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from quantgpt.records import Job
    from quantgpt.services._base import App


@tool("iterate_factor", "迭代优化 · Iterate")
async def iterate_factor(
    ctx: Call,
    job_id: str,
    n_candidates: int = 5,
    run_rolling_validation: bool = False,
    wait_seconds: float = 45,
) -> IterationWork:
    """Grow candidates from a finished run_backtest, or from the selected candidate of an earlier iteration.

    Every candidate counts as a trial, and none sees the sealed slice at the end of the span. Waits up to wait_seconds;
    after that the answer is {job_id, status} and get_job brings the candidates.
    """

    def submit(app: App, owner: str, admit: Callable[[Connection], None] | None) -> Job:
        from quantgpt.services.iterations import iterate

        return iterate(
            app,
            job_id,
            owner,
            n_candidates=n_candidates,
            run_rolling_validation=run_rolling_validation,
            admit=admit,
        )

    job = await accepted(ctx, submit, wait_seconds)
    return await run_sync(iteration_answer, ctx, job)
