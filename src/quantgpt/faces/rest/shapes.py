"""Shapes of the answers, for the schema; the answers themselves are sent as the stored JSON text."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class TaskProgress(BaseModel):
    """Where a task is."""

    stage: str
    pct: float = Field(description="0 … 100")
    message: str


class TaskObject(BaseModel):
    """One task. `result` is there once `status` is `completed`, `error` once it is `failed`."""

    task_id: str
    status: str = Field(
        description="pending, generating_expression, validating, fetching_data, backtesting, analyzing, "
        "generating_report, completed, failed"
    )
    task_type: str
    session_id: str | None
    params: dict[str, Any]
    expression: str | None
    result: dict[str, Any] | None
    error: str | None
    error_facts: dict[str, Any] | None
    progress: TaskProgress
    attempt: int
    warnings: list[dict[str, Any]]
    manifest_id: str | None
    result_hash: str | None
    timings: dict[str, float] | None
    created_at: str = Field(description="UTC, YYYY-MM-DDTHH:MM:SS")
    updated_at: str
    finished_at: str | None


class TaskList(BaseModel):
    """A page of tasks, newest first."""

    tasks: list[TaskObject]
    page: int
    page_size: int
    total: int


class SeriesTable(BaseModel):
    """One series of a result: an index and columns of the same length; a missing number is null."""

    name: str
    index_name: str
    index: list[str | float | int | bool | None]
    columns: dict[str, list[float | int | str | bool | None]]
    unit: str
    meta: dict[str, Any]


class ExpressionError(BaseModel):
    """Where and why an expression is wrong."""

    message: str
    code: str
    start: int
    end: int
    line: int
    column: int
    hint: str
    nearest: str | float | int | None


class Notice(BaseModel):
    """Something to know about a valid expression."""

    code: str
    start: int
    end: int
    zh: str
    en: str


class ColouredToken(BaseModel):
    """One token of an expression."""

    start: int
    end: int
    kind: str


class Validation(BaseModel):
    """What can be said of an expression without running it."""

    valid: bool
    expression: str
    canonical: str | None
    hash: str | None
    warmup: int | None
    lookahead: int | None
    nodes: int | None
    depth: int | None
    unit: str | None
    uses_industry: bool | None
    fields: list[str]
    notices: list[Notice]
    tokens: list[ColouredToken]
    words_zh: str | None
    words_en: str | None
    error: ExpressionError | None


class Health(BaseModel):
    """Alive."""

    status: str
    active_tasks: int
    total_tasks: int
