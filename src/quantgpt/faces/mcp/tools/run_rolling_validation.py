"""run_rolling_validation"""

from __future__ import annotations

from quantgpt.faces.mcp.answers import rolling_answer
from quantgpt.faces.mcp.desk import Call
from quantgpt.faces.mcp.shapes import RollingWork
from quantgpt.faces.mcp.tools._base import tool
from quantgpt.faces.mcp.waiting import carried_out


@tool("run_rolling_validation", "滚动验证 · Walk-forward")
async def run_rolling_validation(
    ctx: Call,
    expression: str,
    universe: str = "hs300",
    start_date: str = "2020-01-01",
    end_date: str = "2025-12-31",
    holding_period: int = 5,
    wait_seconds: float = 45,
) -> RollingWork:
    """Walk a factor through time: direction fixed on one window, confirmed on the next, reported once on the third.

    Waits up to wait_seconds; after that the answer is {job_id, status} and get_job brings the windows.
    """

    def ask() -> object:
        from quantgpt.services.facets import RollFactor

        return RollFactor(
            prompt=expression, universe=universe, start_date=start_date, end_date=end_date, holding_period=holding_period
        )  # fmt: skip

    return rolling_answer(ctx, await carried_out(ctx, ask, wait_seconds))
