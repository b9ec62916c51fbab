"""run_anti_overfit"""

from __future__ import annotations

from quantgpt.faces.mcp.answers import overfit_answer
from quantgpt.faces.mcp.desk import Call
from quantgpt.faces.mcp.shapes import OverfitWork
from quantgpt.faces.mcp.tools._base import tool
from quantgpt.faces.mcp.waiting import carried_out


@tool("run_anti_overfit", "反过拟合检验 · Anti-overfit")
async def run_anti_overfit(
    ctx: Call,
    expression: str,
    universe: str = "hs300",
    start_date: str = "2023-01-01",
    end_date: str = "2025-12-31",
    holding_period: int = 5,
    wait_seconds: float = 45,
) -> OverfitWork:
    """Four tests whether a factor is more than luck: IC stability, sub-samples, placebo, half-life. Five groups, no cost.

    Waits up to wait_seconds; after that the answer is {job_id, status} and get_job brings the tests.
    """

    def ask() -> object:
        from quantgpt.services.facets import TestOverfit

        return TestOverfit(
            prompt=expression, universe=universe, start_date=start_date, end_date=end_date, holding_period=holding_period
        )  # fmt: skip

    return overfit_answer(ctx, await carried_out(ctx, ask, wait_seconds))
