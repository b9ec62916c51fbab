"""score_factor"""

from __future__ import annotations

from quantgpt.faces.mcp.answers import score_answer
from quantgpt.faces.mcp.desk import Call
from quantgpt.faces.mcp.shapes import ScoreWork
from quantgpt.faces.mcp.tools._base import tool
from quantgpt.faces.mcp.waiting import carried_out


@tool("score_factor", "因子评分 · Score")
async def score_factor(
    ctx: Call,
    expression: str,
    universe: str = "hs300",
    start_date: str = "2023-01-01",
    end_date: str = "2025-12-31",
    n_groups: int = 5,
    holding_period: int = 5,
    benchmark: str = "hs300",
    wait_seconds: float = 45,
) -> ScoreWork:
    """Grade a factor expression from 0 to 100 (A, B, C, D) with the numbers of run_backtest; writes no report.

    Waits up to wait_seconds; after that the answer is {job_id, status} and get_job brings the grade.
    """

    def ask() -> object:
        from quantgpt.services.facets import ScoreFactor

        return ScoreFactor(
            prompt=expression, universe=universe, start_date=start_date, end_date=end_date,
            n_groups=n_groups, holding_period=holding_period, benchmark=benchmark,
        )  # fmt: skip

    return score_answer(ctx, await carried_out(ctx, ask, wait_seconds))
