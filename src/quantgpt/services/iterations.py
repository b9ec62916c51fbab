"""Improve a factor: candidates by a model or by mutation, tested on one panel; the sealed slice stays out of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from quantgpt.foundations.errors import BadRequest, QuantError
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.progress import Progress
from quantgpt.services._base import App, JobRef, Kept, operation
from quantgpt.services.factor_tests import REPORT_URL, TestFactor

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from quantgpt.records import Job
    from quantgpt.services.candidates import Tested
    from quantgpt.services.searches import Search

log = logging.getLogger(__name__)

CANDIDATES = (1, 10)
NOT_FINISHED = "只能对已完成的任务进行迭代优化"
SETTINGS = (
    "universe", "start_date", "end_date", "n_groups", "holding_period", "benchmark", "market", "snapshot", "direction",
    "neutralize_industry", "execution", "costs",
)  # fmt: skip
"""what an iteration takes over from the test of its parent"""


@dataclass(frozen=True, kw_only=True)
class Iterate:
    """Ask for one generation of candidates. `parent_params` are those of the parent's result, to be shown."""

    parent_task_id: str
    expression: str
    n_candidates: int = 5
    run_rolling_validation: bool = False
    universe: str = "hs300"
    start_date: str = "2023-01-01"
    end_date: str = "2025-12-31"
    n_groups: int = 5
    holding_period: int = 5
    benchmark: str = "hs300"
    market: str | None = None
    snapshot: str | None = None
    direction: int | None = None
    neutralize_industry: bool = False
    execution: Literal["next_open", "next_close", "same_close"] = "next_open"
    costs: Literal["flat", "itemised"] = "flat"
    parent_index: int | None = None
    """of a parent that is an iteration: which of its candidates was chosen"""
    parent_params: dict[str, Any] = field(default_factory=dict)
    briefing: dict[str, Any] = field(default_factory=dict)
    """what the database knew when the work began; given by whoever runs the work"""

    def test_of(self, expression: str, direction: int | None = None) -> TestFactor:
        """The test of one factor with these settings."""
        settings = {name: getattr(self, name) for name in SETTINGS if name != "direction"}
        return TestFactor(prompt=expression, direction=direction, seal=True, **settings)


# -- asking ---------------------------------------------------------------------------------------------------------


def iterate(
    app: App,
    task_id: str,
    owner_id: str,
    *,
    n_candidates: int = 5,
    run_rolling_validation: bool = False,
    idempotency_key: str | None = None,
    admit: Callable[[Connection], None] | None = None,
) -> Job:
    """Queue an iteration on a finished backtest, or on the chosen candidate of a finished iteration.

    Raises: NotFound for a task that is not the owner's, BadRequest for one that is not finished or has no choice,
    RateLimited, Unavailable.
    """
    from quantgpt.services.tasks import read_task

    low, high = CANDIDATES
    if not low <= n_candidates <= high:
        raise BadRequest(
            f"n_candidates 应在 {low} 到 {high} 之间", field="n_candidates", nearest=min(max(n_candidates, low), high)
        )
    parent = read_task(app, task_id, owner_id)
    ask = request_of(parent, n_candidates, run_rolling_validation)
    return app.submit(
        ask,
        owner_id=owner_id,
        idempotency_key=idempotency_key,
        admit=admit,
        session_id=parent.session_id,
        parent=parent,
    )


def request_of(parent: Job, n_candidates: int, run_rolling_validation: bool) -> Iterate:
    """The request for an iteration on a stored task. Raises BadRequest."""
    from quantgpt.services.tasks import is_iteration

    if parent.state != "succeeded" or parent.outcome is None:
        raise BadRequest(NOT_FINISHED, field="task_id", hint=f"task {parent.id} is {parent.stage}")
    asked, outcome = json.loads(parent.ask), json.loads(parent.outcome)
    if is_iteration(parent):
        if parent.selected is None:
            raise BadRequest(NOT_FINISHED, field="task_id", hint="先选定这次迭代的一个候选 · select a candidate first")
        expression = str(outcome["candidates"][parent.selected]["expression"])
        params = {**asked["parent_params"], "expression": expression}
    else:
        params = outcome["params"]
        expression = str(params["expression"])
    settings = {name: asked[name] for name in SETTINGS if name in asked}
    if is_iteration(parent):
        settings["direction"] = None  # the test of a candidate finds its sign itself; so must the same test as a parent
    return Iterate(
        parent_task_id=parent.id,
        parent_index=parent.selected,
        expression=expression,
        n_candidates=n_candidates,
        run_rolling_validation=run_rolling_validation,
        parent_params={name: value for name, value in params.items() if name not in _LONG},
        **settings,
    )


_LONG = ("universe_meta",)
"""parts of a result's params that say nothing about the request"""


# -- the job --------------------------------------------------------------------------------------------------------


def _facts(ask: Iterate) -> dict[str, Any]:
    return {"expression": ask.expression, "market": ask.market, "params": ask.parent_params}


def _brief(app: App, ask: Iterate, owner_id: str) -> dict[str, Any]:
    """The ledger, what the lineage tried, and how often the model may still be called."""
    from quantgpt.services.ledger import ledger_brief
    from quantgpt.services.lineage import lineage_brief
    from quantgpt.services.words import calls_left

    return {
        **ledger_brief(app, owner_id, ask),
        **lineage_brief(app, owner_id, ask.parent_task_id),
        "model_calls_left": calls_left(app, owner_id),
    }


def _explain(error: QuantError) -> str:
    return f"迭代过程中发生错误: {error.message}" if error.message else "无法获取行情数据"


def _warm(app: App) -> None:
    """Import what an iteration needs beside a test, and read the published factors."""
    from quantgpt.expr import compile_expression
    from quantgpt.research.duplicates import redundancy
    from quantgpt.research.mutations import mutation_names
    from quantgpt.services import proposals, searches  # noqa: F401

    mutation_names()
    redundancy(compile_expression("rank(close / open)"))


@dataclass
class Iteration:
    """A finished generation: everything that was tested, best first."""

    search: Search

    @property
    def tested(self) -> list[Tested]:
        """The candidates, sorted."""
        return self.search.tested


def _keep(app: App, job: JobRef, done: Iteration, progress: Progress) -> Kept:
    """Write archive and report of every candidate; a report that cannot be made costs its link, not the result."""
    progress("iterating", 0.9, "生成报告")
    names = _write_reports(app, job, done)
    warnings = list(_warnings(done.search, names))
    for one, name in zip(done.tested, names, strict=True):
        if name is not None:
            one.shown |= {"report_filename": name, "report_url": f"{REPORT_URL}{name}"}
    result = _result(done.search)
    digest = hash_value(result)
    head = {name: value for name, value in result.items() if name.startswith("parent_")}
    facts = {
        **_facts(done.search.ask),
        "warnings": warnings,
        "manifest_id": digest[:16],
        "brief": {**head, "candidates": [_short(one.shown) for one in done.tested]},
    }
    return Kept(result=result, hashed=result, facts=facts, reports=tuple(name for name in names if name))


def _write_reports(app: App, job: JobRef, done: Iteration) -> list[str | None]:
    """Name of the report of every candidate, in order; None where there is none."""
    from quantgpt.foundations.processes import spread
    from quantgpt.services.candidates import result_of
    from quantgpt.services.searches import helpers

    day = datetime.fromtimestamp(job.created_at, UTC).strftime("%Y%m%d")
    successes = [at for at, one in enumerate(done.tested) if one.body]

    def work(batch: list[int]) -> Iterable[tuple[int, str | None]]:
        for at in batch:
            one = done.tested[at]
            yield at, _write_report(app, job, day, result_of(one, done.search.ask, done.search.asked), one)

    made = dict(spread([[at] for at in successes], work, helpers(app)))
    return [name if isinstance(name := made.get(at), str) else None for at in range(len(done.tested))]


def _write_report(app: App, job: JobRef, day: str, result: dict[str, Any], tested: Tested) -> str | None:
    from quantgpt.services.reports import render

    digest = hash_value(result)[:8]
    name = f"backtest_report_{day}_{job.id}_{digest}.html"
    app.artifacts.write_task(f"{job.id}_{digest}", result, tested.series)
    try:
        app.artifacts.write_report(name, render(result, tested.series))
    except Exception:
        log.exception("job %s: the report of a candidate could not be made", job.id)
        return None
    return name


def _warnings(search: Search, names: list[str | None]) -> Iterable[dict[str, Any]]:
    if any(one.body and name is None for one, name in zip(search.tested, names, strict=True)):
        yield _warning("report_failed", "有候选的报告未能生成，数字不受影响", "A candidate's report could not be made")
    fault = search.asked.get("fault")
    if fault:
        yield _warning(
            "model_unavailable", f"大模型未能给出全部候选（{fault['zh']}），其余由离线变异补足",
            "The model did not give all candidates; mutations made up for them",
        )  # fmt: skip


def _warning(code: str, zh: str, en: str) -> dict[str, Any]:
    return {"code": code, "zh": zh, "en": en, "args": {}, "metrics": []}


def _result(search: Search) -> dict[str, Any]:
    ask, parent = search.ask, search.parent_body
    return {
        "parent_task_id": ask.parent_task_id,
        "parent_expression": ask.expression,
        "parent_score": parent["score"],
        "parent_grade": parent["grade"],
        "parent": search.parent_json(),
        "candidates": [one.shown for one in search.tested],
        "params": {**ask.parent_params, "parent_task_id": ask.parent_task_id, "n_candidates": ask.n_candidates},
        "search": search.family_json(),
        "model": search.asked,
    }


_SHORT = ("expression", "status", "score", "grade", "error", "report_url", "report_filename", "origin", "strategy")


def _short(candidate: Mapping[str, Any]) -> dict[str, Any]:
    return {name: candidate[name] for name in _SHORT if name in candidate}


@operation(
    "factor.iterate",
    ask=Iterate,
    run="job",
    prefix="iter_",
    task=True,
    secrets=("deepseek_api_key",),
    brief=_brief,
    facts=_facts,
    keep=_keep,
    warm=_warm,
    explain=_explain,
    last_stage="iteration_completed",
)
def iterate_factor(app: App, ask: Iterate, progress: Progress) -> Iteration:
    """One generation of candidates for a factor, all judged by one rubric on the open slice.

    Raises: BadExpression, UnknownUniverse, NoData where the parent cannot be tested there.
    """
    from quantgpt.services.searches import Search

    progress("iterating", 0.01, "")
    search = Search.open(app, ask, progress)
    search.score_parent()
    search.test(search.draft())
    search.judge()
    return Iteration(search)
