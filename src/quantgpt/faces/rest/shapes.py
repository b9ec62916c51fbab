"""Shapes of the answers, for the schema; the answers themselves are sent as the stored JSON text."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class TaskProgress(BaseModel):
    """Where a task is."""

    stage: str
    pct: float = Field(description="0 … 100")
    message: str
    code: str = Field("", description="the stage, or of an iteration its step: retest_parent, drafting, testing")
    args: dict[str, Any] = Field(default_factory=dict, description="names, sessions, groups, permutations, total")


class TaskObject(BaseModel):
    """One task of either kind. `result` is there once `status` is `completed` or `iteration_completed`, `error` once
    it is `failed`."""

    task_id: str
    status: str = Field(
        description="pending, generating_expression, validating, fetching_data, backtesting, analyzing, "
        "generating_report, completed, failed; of an iteration: pending, iterating, iteration_completed, failed"
    )
    task_type: Literal["backtest", "iteration"]
    session_id: str | None
    parent_task_id: str | None = Field(description="the task that an iteration improves")
    lineage_id: str | None = Field(description="the first task of the line of descent")
    params: dict[str, Any]
    expression: str | None
    result: dict[str, Any] | None
    candidates: list[dict[str, Any]] | None = Field(
        description="of an iteration: in order of completion while it runs, best first when it is done"
    )
    candidates_done: int | None
    candidates_total: int | None
    selected_candidate_index: int | None
    error: str | None
    error_facts: dict[str, Any] | None
    progress: TaskProgress
    attempt: int
    warnings: list[dict[str, Any]]
    manifest_id: str | None
    result_hash: str | None
    timings: dict[str, float] | None = Field(description="seconds by stage; while it runs those that have ended")
    counts: dict[str, dict[str, Any]] | None = Field(description="by stage: names, sessions, groups, permutations")
    q_values: dict[str, Any] | None = Field(description="in lists: significance after everything that was tried")
    created_at: str = Field(description="UTC, YYYY-MM-DDTHH:MM:SS")
    updated_at: str
    finished_at: str | None


class TaskList(BaseModel):
    """A page of tasks, newest first."""

    tasks: list[TaskObject]
    page: int
    page_size: int
    total: int


class SessionObject(BaseModel):
    """A folder of tasks. `name` is null until its first task has finished, if none was given."""

    id: str
    name: str | None
    created_at: str
    updated_at: str
    rounds: int | None = Field(None, description="in lists: its tasks")
    running: int | None = Field(None, description="in lists: tasks that wait or run")
    failed: int | None = Field(None, description="in lists: tasks that ended without a result")
    best_score: float | None = Field(None, description="in lists: of its finished tests and candidates")
    best_grade: str | None = Field(None, description="in lists: the grade that goes with it")


class SessionList(BaseModel):
    """Sessions, the one changed last first."""

    sessions: list[SessionObject]


class RenamedSession(BaseModel):
    """A session under its new name."""

    id: str
    name: str
    updated_at: str


class FeedbackReceived(BaseModel):
    """Feedback was stored; `webhook_sent` says whether it was passed on."""

    id: str
    status: Literal["received"]
    webhook_sent: bool


class AdminToken(BaseModel):
    """A token for the administration."""

    token: str


class DayCount(BaseModel):
    """How many on one day of the calendar of Asia/Shanghai."""

    date: str
    count: int


class Overview(BaseModel):
    """Everybody together. `success_rate` is completed / (completed + failed) of the backtests; null before the first."""

    total_users: int
    total_tasks: int
    success_rate: float | None
    total_feedbacks: int
    unresolved_feedbacks: int
    status_distribution: dict[str, int]
    daily_tasks_7d: list[DayCount]
    user_trend_30d: list[DayCount]


class AdminUser(BaseModel):
    """One account."""

    id: str
    email: str
    nickname: str | None
    is_active: bool
    task_count: int
    created_at: str
    last_login_at: str | None


class AdminUsers(BaseModel):
    """A page of accounts, newest first."""

    users: list[AdminUser]
    total: int
    page: int
    page_size: int


class AdminTask(BaseModel):
    """One task of anybody."""

    id: str
    user_email: str
    user_id: str
    status: str
    task_type: Literal["backtest", "iteration"]
    expression: str | None
    error: str | None
    created_at: str


class AdminTasks(BaseModel):
    """A page of tasks, newest first."""

    tasks: list[AdminTask]
    total: int
    page: int
    page_size: int


class AdminFeedback(BaseModel):
    """One piece of feedback."""

    id: str
    user_email: str
    user_id: str
    description: str
    screenshot_path: str | None
    screenshot_url: str | None
    task_id: str | None
    page_url: str | None
    user_agent: str | None
    webhook_sent: bool
    resolved: bool
    resolved_at: str | None
    created_at: str


class AdminFeedbacks(BaseModel):
    """A page of feedback, newest first."""

    feedbacks: list[AdminFeedback]
    total: int
    page: int
    page_size: int


class ResolvedFeedback(BaseModel):
    """Feedback that was dealt with, and when first."""

    id: str
    resolved: bool
    resolved_at: str


class SeriesTable(BaseModel):
    """One series of a result: an index and columns of the same length; a missing number is null."""

    name: str
    index_name: str
    index: list[str | float | int | bool | None]
    columns: dict[str, list[float | int | str | bool | None]]
    unit: str
    meta: dict[str, Any]


class Reason(BaseModel):
    """Why something is not there, in both languages."""

    zh: str
    en: str


class DayReturn(BaseModel):
    """Returns of one day; null before the first trade."""

    strategy: float | None
    benchmark: float | None
    excess: float | None


class DayLevel(BaseModel):
    """Net asset values at the close."""

    strategy: float | None
    benchmark: float | None


class Rebalance(BaseModel):
    """One rebalance: decided at a close, traded on the day after."""

    signal_date: str
    trade_date: str
    next_trade_date: str | None
    index: int = Field(description="1 for the first")
    of: int


class Position(BaseModel):
    """One name that was held."""

    code: str
    name: str | None
    weight: float = Field(description="right after the trade, before that day's charges")
    factor_value: float | None
    percentile: float | None
    group: str | None
    period_return: float | None = Field(description="from its trade to the next rebalance's, or to the end")
    industry: str | None
    carried: bool = Field(description="it had left the group and could not be sold")


class DayHoldings(BaseModel):
    """What was held from the last rebalance on."""

    state: Literal["known", "none"]
    reason: Reason | None
    as_of: str | None
    rows: list[Position]


class Trade(BaseModel):
    """One order that was filled. Shares are of the portfolio of that day; the price is unadjusted."""

    code: str
    name: str | None
    side: Literal["buy", "sell", "cash_out"]
    weight: float
    price: float | None
    cost: float
    industry: str | None


class DayTrades(BaseModel):
    """The orders of a day that were filled, sales first."""

    state: Literal["known", "none"]
    reason: Reason | None
    rows: list[Trade]
    turnover: float | None
    cost: float | None


class BlockedOrder(BaseModel):
    """One order that the market did not let through."""

    code: str
    name: str | None
    side: Literal["buy", "sell"]
    reason: str
    rule: str
    rule_en: str


class DayBlocked(BaseModel):
    """The orders of a day that were not filled."""

    state: Literal["known", "none"]
    reason: Reason | None
    rows: list[BlockedOrder]


class DayOfRun(BaseModel):
    """One session of a finished run."""

    date: str
    is_session: bool
    group: str | None
    nav: DayLevel
    drawdown: float | None
    rank_ic: float | None = Field(description="of the factor values of that close")
    rebalance: Rebalance | None
    is_rebalance: bool
    holdings: DayHoldings
    trades: DayTrades
    blocked: DayBlocked
    previous: str | None
    next: str | None
    day_return: DayReturn = Field(alias="return")


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
    words: bool = Field(description="not an expression: reads as a sentence, which a run puts into one")
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


class Part(BaseModel):
    """One operand of the outermost chain of an expression: a factor of a product, a term of a sum, or the whole."""

    text: str
    symbol: str | None = Field(description="the operator before it; null for the first")
    start: int = Field(description="its place in `canonical`")
    end: int
    warmup: int
    zh: str
    en: str


class Line(BaseModel):
    """One operand, and the operator before it."""

    text: str
    symbol: str | None


class Sentences(BaseModel):
    """One sentence for each operand of the outermost chain."""

    zh: list[str]
    en: list[str]


class WordingNote(BaseModel):
    """Where another dialect has no exact counterpart, and which operators are the reason."""

    code: str
    operators: list[str]
    zh: str
    en: str


class InDialect(BaseModel):
    """An expression in the words of a dialect; `text` is null where it cannot be said there."""

    text: str | None
    exact: bool
    notes: list[WordingNote]


class Dialects(BaseModel):
    """The same expression in our words and in Qlib's."""

    native: InDialect
    qlib: InDialect


class Similar(BaseModel):
    """A factor that is like this one."""

    kind: Literal["kept", "library"]
    library: str | None
    name: str
    id: str | None
    expression: str
    level: Literal["same", "twin", "similar"]
    overlap: float = Field(description="share of common sub-trees, 0 … 1")


class Span(BaseModel):
    """A piece of a text."""

    start: int
    end: int


class Marked(BaseModel):
    """A canonical text and the pieces of it that the other one does not have."""

    text: str
    spans: list[Span]


class Difference(BaseModel):
    """What makes an expression another one: removed from `before`, added in `after`."""

    same: bool
    code: Literal["same", "rewritten", "wrapped", "unwrapped", "replaced", "added", "removed", "changed"]
    zh: str
    en: str
    before: Marked
    after: Marked


class Description(Validation):
    """All that can be said of an expression without a test."""

    dialect: str
    pretty: str | None = Field(description="canonical, in lines")
    formatted: str | None = Field(
        description="the writer's own words, evenly spaced, in lines; null for Qlib's dialect"
    )
    pretty_lines: list[Line]
    in_words: Sentences
    parts: list[Part]
    dialects: Dialects | None
    similar: list[Similar]
    diff: Difference | None
    diff_error: ExpressionError | None
    diffs: list[Difference | None] = Field(
        description="what was changed in each of `others`; null for one not readable"
    )


class Health(BaseModel):
    """Alive."""

    status: str
    active_tasks: int
    total_tasks: int


class Check(BaseModel):
    """One part that is needed."""

    ok: bool
    message: str


class Note(BaseModel):
    """One part that may be there."""

    configured: bool
    message: str


class Readiness(BaseModel):
    """Ready when every check is ok; the notes do not count."""

    status: Literal["ready", "not_ready"]
    checks: dict[str, Check]
    notes: dict[str, Note]
