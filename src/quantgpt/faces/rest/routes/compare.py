"""Runs side by side."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.shapes import SeriesTable
from quantgpt.faces.rest.wire import Text
from quantgpt.services import comparisons, value_correlations

router = APIRouter(tags=["compare"])
JSON = "application/json"
Ids = Annotated[
    str, Query(max_length=400, description="2 to 6 runs, comma-separated: a task, or `<task>-<index>` of a candidate")
]


class RunIds(BaseModel):
    """POST /compare/correlation."""

    ids: list[Text] = Field(max_length=20, description="2 到 6 个运行：任务，或 `<任务>-<候选序号>`")


class Words(BaseModel):
    """A sentence in both languages."""

    zh: str
    en: str


class Said(Words):
    """A sentence with what it is made of."""

    code: str
    args: dict[str, Any]


class Verdict(Said):
    """Whether the best is really better; `more` are further pairs that are one idea."""

    more: list[Said]


class ComparedRun(BaseModel):
    """A column of the comparison."""

    id: str
    letter: str
    task_id: str
    candidate: int | None
    lineage_id: str
    parent: str | None
    expression: str
    canonical: str | None
    expression_hash: str | None
    prompt: str | None
    words_zh: str | None
    words_en: str | None
    direction: int | None
    grade: str | None
    score: float | None
    score_ci95: list[float] | None
    synthetic: bool | None
    market: str | None
    data_snapshot: str | None
    universe: str | None
    sealed: Literal["none", "sealed", "seen", "opened"]
    start: str | None
    end: str | None
    sessions: int


class Alignment(Words):
    """The sessions that all runs saw."""

    state: Literal["same", "trimmed", "none"]
    first_day: str | None
    last_day: str | None
    sessions: int
    ic_days: int


class CompareWarning(Words):
    """Something that makes the runs less comparable; `ids` are letters."""

    code: str
    ids: list[str]


class MetricGroup(BaseModel):
    """Metrics that belong together."""

    name: Literal["prediction", "returns", "trust"]
    metrics: list[str]


class Gap(BaseModel):
    """How much one run exceeds another; the interval and p are null where the metric has no daily series."""

    value: float | None
    ci95: list[float] | None
    p: float | None


class ComparedMetric(BaseModel):
    """One row. `aligned`: on the common sessions, else each run over its own span."""

    name: str
    kind: str
    better: Literal["high", "low", "none"]
    aligned: bool
    values: list[float | str | None]
    own: list[float | str | None]
    best: int | None
    runner_up: int | None
    clear: bool = Field(description="the best leads by more than the interval of the paired difference")
    lead: Gap | None
    to_first: list[Gap | None]


class Method(Words):
    """How the intervals of differences are made."""

    name: str
    draws: int
    block: int | None


class ComparedSetting(BaseModel):
    """One setting of every run."""

    name: str
    values: list[Any]
    differs: bool


class ComparedSeries(BaseModel):
    """Curves on the common sessions."""

    nav: SeriesTable | None
    rank_ic_cumulative: SeriesTable | None


class Pair(BaseModel):
    """What is known at once of two runs."""

    a: str
    b: str
    same_expression: bool
    ic_correlation: float | None


class CorrelationProgress(BaseModel):
    """Where the job is."""

    stage: str
    pct: float
    message: str


class FailedValues(Words):
    """A run whose factor values could not be computed."""

    letter: str


class Correlation(BaseModel):
    """How alike the factor values are: mean rank correlation by session, turned by the direction of each run."""

    state: Literal["absent", "pending", "running", "completed", "failed", "unavailable"]
    job_id: str | None
    progress: CorrelationProgress | None
    error: str | None
    reason: Words | None
    letters: list[str]
    matrix: list[list[float | None]]
    days: list[list[int]]
    names: list[list[float]]
    oriented: bool
    same_idea: list[list[str]] = Field(description="pairs above 0.90")
    first_day: str | None
    last_day: str | None
    every: int
    failed: list[FailedValues]


class Comparison(BaseModel):
    """Runs side by side."""

    runs: list[ComparedRun]
    alignment: Alignment
    warnings: list[CompareWarning]
    groups: list[MetricGroup]
    metrics: list[ComparedMetric]
    method: Method
    settings: list[ComparedSetting]
    series: ComparedSeries
    pairs: list[Pair]
    correlation: Correlation
    verdict: Verdict


@router.get("/compare", responses={200: {"model": Comparison}})
def get_compare(ids: Ids, rest: RestDep, caller: CallerDep) -> Response:
    """Finished runs on the sessions that all of them saw: figures, how sure the differences are, curves, a verdict."""
    return _sent(comparisons.compare_runs(rest.app, caller.id, ids.split(",")))


@router.get("/compare/correlation", responses={200: {"model": Correlation}})
def get_correlation(ids: Ids, rest: RestDep, caller: CallerDep) -> Response:
    """How alike the factor values of some runs are, as far as it was asked for."""
    runs = comparisons.chosen_runs(rest.app, caller.id, ids.split(","))
    return _sent(value_correlations.correlation_of(rest.app, caller.id, runs))


@router.post(
    "/compare/correlation", status_code=202, responses={200: {"model": Correlation}, 202: {"model": Correlation}}
)
def post_correlation(body: RunIds, rest: RestDep, caller: CallerDep) -> Response:
    """Ask how alike the factor values of some runs are; asking again shows the same job or its result."""
    runs = comparisons.chosen_runs(rest.app, caller.id, body.ids)
    found, queued = value_correlations.ask_correlation(
        rest.app, caller.id, runs, admit=lambda connection: rest.submissions.admit(caller.id, connection)
    )
    return _sent(found, 202 if queued else 200)


def _sent(body: dict[str, Any], status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status_code=status, media_type=JSON)
