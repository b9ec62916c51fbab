"""The ledger of trials: what was tried, how lucky the best of it may be, what p-values are worth, who opened what."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.shapes import Reason, SeriesTable
from quantgpt.faces.rest.wire import moment
from quantgpt.foundations.errors import BadRequest

router = APIRouter(tags=["ledger"])
MOST_IDS = 100
_PLAIN = r"^[\w.\-]*$"


class Trial(BaseModel):
    """One factor that was tried. Figures are null where the test gave none."""

    id: int
    ledger_key: str
    task_id: str | None
    lineage_id: str | None
    kind: str = Field(description="test, candidate, sweep or opening")
    ok: bool
    market: str
    universe: str
    start_date: str
    end_date: str
    holding_period: int
    expression: str
    expression_hash: str
    sharpe_daily: float | None = Field(description="of the returns above the average of the universe")
    sharpe_annual: float | None = Field(description="the same over a year")
    is_repeat: bool = Field(description="its factor was tried before on this ledger, with another holding period")
    sessions: int | None
    skew: float | None
    kurtosis: float | None
    ic_mean: float | None
    rank_ic_mean: float | None
    p_value: float | None
    score: float | None
    grade: str | None
    created_at: str


class TrialList(BaseModel):
    """A page of trials, newest first."""

    trials: list[Trial]
    page: int
    page_size: int
    total: int
    failed: int = Field(description="of all pages")
    repeats: int = Field(description="of all pages")


class LedgerSummary(BaseModel):
    """One ledger: a universe and a span, and how much was tried on it."""

    ledger_key: str
    market: str
    universe: str
    start_date: str
    end_date: str
    trials: int
    failed: int
    effective_trials: float = Field(description="how many independent trials these are worth")
    sharpe_variance: float | None
    sharpe_hurdle_daily: float | None = Field(description="expected best daily Sharpe ratio of that many without skill")
    best_sharpe_daily: float | None
    graded_b_or_better: int
    first_at: str
    last_at: str


class LedgerSummaries(BaseModel):
    """A page of the caller's ledgers, the one used last first."""

    ledgers: list[LedgerSummary]
    page: int
    page_size: int
    total: int


class QValue(BaseModel):
    """What one p-value is worth as one of `family`."""

    p: float | None
    q_bh: float | None = Field(description="false discovery rate, Benjamini-Hochberg")
    q_by: float | None = Field(description="the same under any dependence, Benjamini-Yekutieli")
    p_holm: float | None
    t: float | None = Field(description="HAC t of the rank IC")
    t3: bool = Field(description="|t| > 3")
    family: int


class QValues(BaseModel):
    """By task."""

    q_values: dict[str, QValue]


class Openings(BaseModel):
    """Looks at the sealed slice of a lineage, oldest first."""

    lineage_id: str
    openings: list[dict[str, Any]]


class SealedSlice(BaseModel):
    """The sessions that were kept out of sight, and those before them."""

    first_day: str
    last_day: str
    sessions: int | None
    open_first_day: str | None
    open_last_day: str | None
    open_sessions: int | None


class SealedOpening(BaseModel):
    """The one opening of a lineage."""

    at: str
    job_id: str | None
    expression: str
    expression_hash: str
    is_this: bool = Field(description="it was opened for the factor of this run")
    asked_by: str | None
    number: int
    looked_at_before: int


class SealedFigure(BaseModel):
    """One figure on the open part and on the slice."""

    name: str
    kind: str
    before: float | str | None
    before_ci95: list[float] | None
    after: float | str | None
    after_ci95: list[float] | None


class SealedCurves(BaseModel):
    """Series of the slice alone; the net asset value begins at 1."""

    nav: SeriesTable
    ic: SeriesTable


class SealedLook(BaseModel):
    """One look at the slice, or a refused one."""

    at: str
    reason: str
    refused: bool
    expression: str


class Sealed(BaseModel):
    """The sealed slice of a run and its lineage."""

    lineage_id: str
    state: Literal["none", "sealed", "seen", "opening", "opened", "failed"]
    reason: Reason | None
    slice: SealedSlice | None
    opened: SealedOpening | None
    figures: list[SealedFigure]
    verdict: dict[str, Any] | None
    series: SealedCurves | None
    looks: list[SealedLook]
    error: str | None


@router.get("/trials", response_model=TrialList)
def get_trials(
    rest: RestDep,
    caller: CallerDep,
    page: Annotated[int, Query(ge=1, le=10_000_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
    universe: Annotated[str | None, Query(max_length=64, pattern=_PLAIN)] = None,
    ledger_key: Annotated[str | None, Query(max_length=64, pattern=_PLAIN)] = None,
    lineage_id: Annotated[str | None, Query(max_length=32, pattern=_PLAIN)] = None,
) -> dict[str, Any]:
    """What the caller has tried, newest first."""
    from quantgpt.services.ledger import ledger_page

    found = ledger_page(
        rest.app, caller.id, page=page, page_size=page_size, universe=universe, ledger=ledger_key, lineage_id=lineage_id
    )
    rows = [{**row, "created_at": moment(row["created_at"])} for row in found.trials]
    counts = {"total": found.total, "failed": found.failed, "repeats": found.repeats}
    return {"trials": rows, "page": page, "page_size": page_size, **counts}


@router.get("/trials/summary", response_model=LedgerSummaries)
def get_summary(
    rest: RestDep,
    caller: CallerDep,
    page: Annotated[int, Query(ge=1, le=10_000_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=20)] = 10,
) -> dict[str, Any]:
    """How much the caller has tried on each universe and span, and what that does to the best of it."""
    from quantgpt.services.ledger import ledger_summary

    found, total = ledger_summary(rest.app, caller.id, page=page, page_size=page_size)
    rows = [{**row, "first_at": moment(row["first_at"]), "last_at": moment(row["last_at"])} for row in found]
    return {"ledgers": rows, "page": page, "page_size": page_size, "total": total}


@router.get("/sessions/{session_id}/q-values", response_model=QValues)
def get_session_q_values(session_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """q-values of the finished tests of a session, as members of everything tried in it."""
    from quantgpt.services.families import session_q_values

    return {"q_values": session_q_values(rest.app, caller.id, session_id)}


@router.get("/q-values", response_model=QValues)
def get_task_q_values(
    rest: RestDep, caller: CallerDep, ids: Annotated[str, Query(max_length=4_000, description="comma-separated")]
) -> dict[str, Any]:
    """q-values of tasks, as members of everything that the caller tried on their universe and span."""
    from quantgpt.services.families import task_q_values

    wanted = [part.strip() for part in ids.split(",") if part.strip()]
    if not 0 < len(wanted) <= MOST_IDS:
        raise BadRequest(f"ids 应为 1 到 {MOST_IDS} 个任务编号", field="ids", nearest=MOST_IDS)
    return {"q_values": task_q_values(rest.app, caller.id, wanted)}


@router.get("/tasks/{task_id}/openings", response_model=Openings)
def get_openings(task_id: str, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Who looked at the sealed slice of the task's lineage, and what the one opening showed."""
    from quantgpt.services.sealing import openings_of

    found = openings_of(rest.app, caller.id, task_id)
    shown = [{**row, "created_at": moment(row["created_at"])} for row in found["openings"]]
    return {**found, "openings": shown}


@router.get("/tasks/{task_id}/sealed", response_model=Sealed)
def get_sealed(
    task_id: str,
    rest: RestDep,
    caller: CallerDep,
    candidate: Annotated[int | None, Query(ge=0, le=1000, description="候选序号（迭代任务）")] = None,
) -> dict[str, Any]:
    """Where the sealed slice of a run stands; once it was opened, the figures before and after and the curve of the slice."""
    from quantgpt.services.sealed import sealed_slice_of

    found = sealed_slice_of(rest.app, task_id, caller.id, candidate=candidate)
    opened = found["opened"] and {**found["opened"], "at": moment(found["opened"]["at"])}
    return {**found, "opened": opened, "looks": [{**look, "at": moment(look["at"])} for look in found["looks"]]}
