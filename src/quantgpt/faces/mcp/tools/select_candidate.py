"""select_candidate"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from quantgpt.faces.mcp.desk import Call, desk_of, owner_of
from quantgpt.faces.mcp.tools._base import tool


class Selected(BaseModel):
    """The chosen candidate; `opening` says what the sealed slice showed of it."""

    task_id: str
    selected_index: int
    expression: str
    score: float
    grade: str
    report_url: str | None
    report_filename: str | None
    report_metrics: dict[str, Any]
    backtest_summary: dict[str, Any]
    opening: dict[str, Any] = Field(description="The first choice of a lineage opens its sealed slice, and only that")


@tool("select_candidate", "选定候选 · Select")
def select_candidate(ctx: Call, job_id: str, candidate_index: int) -> Selected:
    """Choose one candidate of a finished iterate_factor by its place in the sorted list, from 0."""
    from quantgpt.faces.rest.wire import choice_json
    from quantgpt.services.lineage import select_candidate as select

    desk = desk_of(ctx)
    desk.open_records()
    return Selected(**choice_json(select(desk.app, job_id, owner_of(ctx), candidate_index)))
