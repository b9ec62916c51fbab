"""run_backtest"""

from __future__ import annotations

from quantgpt.faces.mcp.answers import backtest_answer
from quantgpt.faces.mcp.desk import Call
from quantgpt.faces.mcp.shapes import BacktestWork
from quantgpt.faces.mcp.tools._base import tool
from quantgpt.faces.mcp.waiting import carried_out


@tool("run_backtest", "因子回测 · Backtest")
async def run_backtest(
    ctx: Call,
    expression: str,
    universe: str = "hs300",
    start_date: str = "2023-01-01",
    end_date: str = "2025-12-31",
    n_groups: int = 5,
    holding_period: int = 5,
    benchmark: str = "hs300",
    wait_seconds: float = 45,
) -> BacktestWork:
    """Test a factor expression: metrics of the long group after costs, groups and IC, four tests against luck, a report.

    Waits up to wait_seconds; after that the answer is {job_id, status} and get_job brings the result.
    """

    def ask() -> object:
        from quantgpt.services.factor_tests import TestFactor, usual_left_out

        return usual_left_out(TestFactor(
            prompt=expression, universe=universe, start_date=start_date, end_date=end_date,
            n_groups=n_groups, holding_period=holding_period, benchmark=benchmark,
        ))  # fmt: skip

    return backtest_answer(ctx, await carried_out(ctx, ask, wait_seconds))
