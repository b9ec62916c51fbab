"""Sealed slices in use: cutting a span, opening a slice once per lineage, refusing and booking every other look."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from quantgpt.foundations.errors import Conflict, NoData, QuantError
from quantgpt.foundations.progress import Note, Progress, tell
from quantgpt.services._base import App, operation, own_key
from quantgpt.services.expressions import compiled
from quantgpt.services.panels import open_market
from quantgpt.services.tasks import read_task

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from quantgpt.backtest.factor_test import FactorTestResult
    from quantgpt.expr import Expression
    from quantgpt.factors.sealing import Seal
    from quantgpt.foundations.panel import Days
    from quantgpt.market.market import Market
    from quantgpt.records import Job
    from quantgpt.records.openings import OpeningRow
    from quantgpt.services.trials import Correction, Identity

log = logging.getLogger(__name__)

OPEN_SEAL = "factor.open_seal"
REFUSED = "该谱系的封存段已经打开过一次，不能再次打开"
REFUSED_EN = "The sealed slice of this lineage was opened before; it opens once"


# -- cutting a span --------------------------------------------------------------------------------------------------


def open_span(days: Days, start_date: str, end_date: str) -> tuple[str, Seal | None]:
    """The end date of a run that keeps out of the sealed slice of its span, and the slice; the whole span where it is too
    short for one.

    Shape: days (T,): all sessions of the market, rising.
    """
    seal = seal_of(days, start_date, end_date)
    return (end_date if seal is None else seal.open_last), seal


def seal_of(days: Days, start_date: str, end_date: str) -> Seal | None:
    """The sealed slice of the sessions from `start_date` to `end_date`."""
    import numpy as np

    from quantgpt.factors.sealing import sealed_slice

    first, last = np.datetime64(start_date, "D"), np.datetime64(end_date, "D")
    return sealed_slice(days[np.searchsorted(days, first) : np.searchsorted(days, last, "right")])


# -- the operation ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OpenSeal:
    """Ask for the one test of a chosen factor on the slice that its search never saw. The direction is given: it was
    fixed on the open part and is not chosen again."""

    expression: str
    direction: int
    universe: str
    start_date: str
    end_date: str
    sealed_start: str
    sealed_end: str
    n_groups: int = 5
    holding_period: int = 5
    benchmark: str = "hs300"
    market: str | None = None
    snapshot: str | None = None
    neutralize_industry: bool = False
    execution: Literal["next_open", "next_close", "same_close"] = "next_open"
    costs: Literal["flat", "itemised"] = "flat"
    open_figures: dict[str, Any] = field(default_factory=dict)
    """score, rank IC and others on the open part, shown beside those of the slice"""
    briefing: dict[str, Any] = field(default_factory=dict)


def _brief(app: App, ask: OpenSeal, owner_id: str) -> dict[str, Any]:
    """The ledger of the slice: every other factor of the user that was held against it."""
    from quantgpt.services.ledger import brief_over

    market = ask.market or app.markets.open().name
    return brief_over(app, owner_id, market, ask.universe, ask.sealed_start, ask.sealed_end)


def _explain(error: QuantError) -> str:
    return f"封存段检验未完成：{error.message or '没有足够的数据'}"


@operation(
    OPEN_SEAL, ask=OpenSeal, run="job", brief=_brief, explain=_explain, facts=lambda ask: {"expression": ask.expression}
)
def open_seal(app: App, ask: OpenSeal, progress: Progress) -> dict[str, Any]:
    """Test a chosen factor on its sealed slice. The look counts as a trial of the slice, whatever comes of it."""
    from quantgpt.services.trials import TrialBook, failed_row, finish, prepare

    progress("fetching_data", 0.1, "封存段行情")
    market = open_market(app, ask.market, ask.snapshot)
    expression = compiled(ask.expression, market)
    identity = _identity(ask, market.name, expression.hash)
    book = TrialBook.read(ask.briefing, market.days)
    try:
        made = _tested(app, ask, market, expression, prepare(identity, book), progress)
    except NoData:
        tell(progress, Note(trials=(failed_row(identity, "opening"),)))
        raise
    search, rows = finish(identity, made.body, made.series, book, kind="opening")
    tell(progress, Note(trials=rows))
    body = made.body
    kept = ("metrics", "backtest_summary", "anti_overfit", "score", "score_ci95", "grade", "component_scores", "caps",
            "verdict", "reasons", "direction", "warnings", "params", "manifest")  # fmt: skip
    return {
        "expression": ask.expression,
        "sealed": {"first_day": ask.sealed_start, "last_day": ask.sealed_end},
        "open": ask.open_figures,
        **{name: body[name] for name in kept if name in body},
        "series": {"nav": made.series["nav"].to_json(), "ic": made.series["ic"].to_json()},
        "search": {name: value for name, value in search.items() if name != "sealed"},
    }


def _identity(ask: OpenSeal, market: str, expression_hash: str) -> Identity:
    from quantgpt.services.trials import Identity

    return Identity(
        market=market,
        universe=ask.universe,
        start_date=ask.sealed_start,
        end_date=ask.sealed_end,
        holding_period=ask.holding_period,
        expression=ask.expression,
        expression_hash=expression_hash,
    )


def _tested(
    app: App, ask: OpenSeal, market: Market, expression: Expression, correction: Correction, progress: Progress
) -> FactorTestResult:
    from quantgpt.backtest.factor_test import FactorTestSpec, run_factor_test
    from quantgpt.expr import EvalInputs, evaluate
    from quantgpt.factors.regimes import HISTORY
    from quantgpt.foundations.hashing import hash_value

    view = market.view(
        ask.universe,
        ask.sealed_start,
        ask.sealed_end,
        warmup=expression.warmup,
        benchmark=ask.benchmark or None,
        history=HISTORY,
    )
    factor = evaluate([expression], EvalInputs.of(view), threads=app.settings.job_threads)[0]
    seed = hash_value([expression.hash, ask.universe, ask.sealed_start, ask.sealed_end, ask.holding_period])
    spec = FactorTestSpec(
        n_groups=ask.n_groups,
        holding_period=ask.holding_period,
        execution=ask.execution,
        costs=ask.costs,
        direction=ask.direction,
        neutralize_industry=ask.neutralize_industry,
        seed=int(seed[:8], 16),
        trials=correction.trials,
        permutations=correction.permutations,
    )
    return run_factor_test(view, factor, spec, progress)


# -- asking for it ---------------------------------------------------------------------------------------------------


class _Opened(Conflict):
    """The slice of the lineage was opened before."""


def open_for_selection(
    app: App, owner_id: str, iteration: Job, params: Mapping[str, Any], figures: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Open the sealed slice of a lineage for a chosen candidate, if this is the first choice in the lineage.

    `params` are those of the candidate's result (expression, hash, universe, dates asked for, direction …), `figures` what
    is shown beside the slice's. The job is queued and the opening booked in one transaction, so that of two choices at
    once one opens and the other is refused; what is refused is booked, too. Choosing the same candidate again shows the
    opening that there is.

    Returns `{"state": "none" | "opened" | "refused", ...}`: none where the span has no sealed slice.
    """
    market = open_market(app, params.get("market"), params.get("data_snapshot"))
    seal = seal_of(market.days, str(params["start_date"]), str(params["end_date"]))
    if seal is None:
        from quantgpt.services.trials import NO_SEAL

        return {"state": "none", "reason": NO_SEAL}
    lineage = iteration.lineage_id or iteration.id
    ask = _ask(params, seal, figures or {})
    row = _row(params, seal, lineage, iteration.id, market.name)
    booked: list[int] = []

    def admit(connection: Connection) -> None:
        from quantgpt.records.openings import add_opening, has_been_opened

        if has_been_opened(connection, owner_id, lineage):
            raise _Opened(REFUSED, hint=REFUSED_EN)
        booked.append(add_opening(connection, owner_id, {**row, "refused": False}))

    try:
        job = app.submit(ask, owner_id=owner_id, parent=iteration, admit=admit)
    except _Opened:
        return _known(app, owner_id, lineage, row, ask, iteration)
    app.records.openings.name_job(booked[-1], job.id)
    seen = _looks_before(app, owner_id, row)
    told = {"state": "opened", "lineage_id": lineage, "job_id": job.id, "sealed": seal.to_json()}
    return {**told, "looked_at_before": seen}


def _looks_before(app: App, owner_id: str, row: Mapping[str, Any]) -> int:
    """Plain runs of a factor that saw the slice before it was opened for that factor."""
    from quantgpt.records.openings import PLAIN_RUN

    before = []
    for look in app.records.openings.of_lineage(owner_id, row["lineage_id"]):
        if look.reason != PLAIN_RUN and not look.refused:
            break
        before.append(look)
    return sum(look.reason == PLAIN_RUN and look.expression_hash == row["expression_hash"] for look in before)


def _known(
    app: App, owner_id: str, lineage: str, row: Mapping[str, Any], ask: OpenSeal, iteration: Job
) -> dict[str, Any]:
    """The answer where the slice is open already: the same candidate sees what there is, another one is refused."""
    opened = _first(app, owner_id, lineage)
    job = carrier_of(app, owner_id, lineage)
    if opened.expression_hash != row["expression_hash"]:
        app.records.openings.add(owner_id, {**row, "refused": True})
        told = {"state": "refused", "message": REFUSED, "message_en": REFUSED_EN}
        return {**told, "lineage_id": lineage, "job_id": job.id if job else None, "opened": _shown(opened)}
    if job is not None and job.state == "failed":  # nobody has seen anything
        job = app.submit(
            ask, owner_id=owner_id, parent=iteration, idempotency_key=own_key(f"open:{opened.id}:{job.id}")
        )
        app.records.openings.name_job(opened.id, job.id)
    return {
        "state": "opened",
        "lineage_id": lineage,
        "job_id": job.id if job else None,
        "sealed": {"first_day": opened.sealed_start, "last_day": opened.sealed_end},
        "looked_at_before": _looks_before(app, owner_id, row),
    }


def carrier_of(app: App, owner_id: str, lineage: str) -> Job | None:
    """The newest job that carries the opening of a lineage out."""
    jobs = app.records.jobs.of_lineage(lineage, owner_id)
    return next((job for job in reversed(jobs) if job.operation == OPEN_SEAL), None)


def _first(app: App, owner_id: str, lineage: str) -> OpeningRow:
    from quantgpt.records.openings import SELECTION

    rows = app.records.openings.of_lineage(owner_id, lineage)
    return next(row for row in rows if row.reason == SELECTION and not row.refused)


def _ask(params: Mapping[str, Any], seal: Seal, figures: Mapping[str, Any]) -> OpenSeal:
    return OpenSeal(
        expression=params["expression"],
        direction=int(params["direction"]),
        universe=params["universe"],
        start_date=str(params["start_date"]),
        end_date=str(params["end_date"]),
        sealed_start=seal.first,
        sealed_end=seal.last,
        n_groups=int(params.get("n_groups", 5)),
        holding_period=int(params.get("holding_period", 5)),
        benchmark=params.get("benchmark") or "",
        market=params.get("market"),
        snapshot=params.get("data_snapshot"),
        neutralize_industry=bool(params.get("neutralize_industry", False)),
        execution=params.get("execution", "next_open"),
        costs=params.get("cost_model", "flat"),
        open_figures=dict(figures),
    )


def _row(params: Mapping[str, Any], seal: Seal, lineage: str, asked_by: str, market: str) -> dict[str, Any]:
    from quantgpt.records.openings import SELECTION
    from quantgpt.services.trials import ledger_key

    return {
        "lineage_id": lineage,
        "ledger_key": ledger_key(market, params["universe"], str(params["start_date"]), str(params["end_date"])),
        "expression": params["expression"],
        "expression_hash": params["expression_hash"],
        "reason": SELECTION,
        "sealed_start": seal.first,
        "sealed_end": seal.last,
        "asked_by": asked_by,
    }


# -- looking it up ---------------------------------------------------------------------------------------------------


def openings_of(app: App, owner_id: str, task_id: str) -> dict[str, Any]:
    """Every look at the sealed slice of a task's lineage, with the result of the one that a choice opened.

    Raises: NotFound.
    """
    task = read_task(app, task_id, owner_id)
    lineage = task.lineage_id or task.id
    rows = app.records.openings.of_lineage(owner_id, lineage)
    carrier = carrier_of(app, owner_id, lineage)
    return {"lineage_id": lineage, "openings": [_shown(row) | _outcome(row, carrier) for row in rows]}


def _shown(row: OpeningRow) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "owner_id"}


def _outcome(row: OpeningRow, carrier: Job | None) -> dict[str, Any]:
    """Where the opening stands; a plain run's result is that of its task and is not repeated."""
    from quantgpt.records.openings import SELECTION

    if row.refused or row.reason != SELECTION or carrier is None:
        return {"status": "refused" if row.refused else "seen", "result": None, "error": None}
    result = json.loads(carrier.outcome) if carrier.outcome else None
    if result is not None:
        result.pop("series", None)  # the page of the slice asks for the curve by itself
    return {"status": carrier.stage, "result": result, "error": carrier.error, "job_id": carrier.id}
