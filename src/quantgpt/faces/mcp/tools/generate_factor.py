"""generate_factor"""

from __future__ import annotations

from quantgpt.faces.mcp.answers import backtest_answer
from quantgpt.faces.mcp.desk import Call
from quantgpt.faces.mcp.shapes import BacktestWork
from quantgpt.faces.mcp.tools._base import tool
from quantgpt.faces.mcp.waiting import carried_out


@tool("generate_factor", "文字生成因子 · Words to factor")
async def generate_factor(
    ctx: Call,
    description: str,
    expression_only: bool = False,
    universe: str = "hs300",
    start_date: str = "2023-01-01",
    end_date: str = "2025-12-31",
    n_groups: int = 5,
    holding_period: int = 5,
    benchmark: str = "hs300",
    wait_seconds: float = 45,
) -> BacktestWork:
    """Turn words (Chinese or English, e.g. 20日动量) into a factor expression and test it; `llm` says which engine wrote it.

    With expression_only nothing is tested. Waits up to wait_seconds; after that the answer is {job_id, status} and
    get_job brings the result.
    """

    def ask() -> object:
        from quantgpt.services.facets import WordFactor
        from quantgpt.services.factor_tests import TestFactor, usual_left_out

        if expression_only:
            return WordFactor(text=description)
        return usual_left_out(TestFactor(
            prompt=description, universe=universe, start_date=start_date, end_date=end_date,
            n_groups=n_groups, holding_period=holding_period, benchmark=benchmark,
        ))  # fmt: skip

    return backtest_answer(ctx, await carried_out(ctx, ask, wait_seconds))
