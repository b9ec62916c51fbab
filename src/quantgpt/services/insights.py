"""A finished factor beside others: what it adds to the library, what of it is style, how alike others are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadExpression, BadRequest, NoData, NotFound, QuantError
from quantgpt.foundations.progress import Progress
from quantgpt.services._base import App, operation
from quantgpt.services.expressions import compiled
from quantgpt.services.panels import open_market
from quantgpt.services.tasks import read_task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from quantgpt.expr import Expression
    from quantgpt.foundations.panel import FloatPanel, MarketView
    from quantgpt.market.market import Market
    from quantgpt.records import Job

INSIGHT = "factor.insight"
PUBLIC = ("KMID", "KLEN", "KSFT", "ROC5", "ROC20", "ROC60", "MA20", "STD20", "RSQR20", "RESI20", "RSV20", "IMXD20",
          "CORR20", "CORD20", "CNTD20", "SUMD20", "VMA20", "VSTD20", "WVMA20", "VSUMD20")  # fmt: skip
"""columns of Alpha158, one or more of each kind: what everybody has, the base beside the user's own library"""
MOST_OWN = 40


@dataclass(frozen=True, kw_only=True)
class Compare:
    """Ask how a factor stands beside the styles, the public set and the user's library, on the open part of its span."""

    expression: str
    universe: str
    start_date: str
    end_date: str
    direction: int = 1
    n_groups: int = 5
    holding_period: int = 5
    market: str | None = None
    snapshot: str | None = None
    briefing: dict[str, Any] = field(default_factory=dict)


def _brief(app: App, ask: Compare, owner_id: str) -> dict[str, Any]:
    kept = app.records.library.all(owner_id)[:MOST_OWN]
    return {"library": [{"id": one.id, "name": one.name, "expression": one.expression} for one in kept]}


def ask_insight(app: App, task_id: str, owner_id: str, *, admit: Callable[[Connection], None] | None = None) -> Job:
    """Queue the comparison of a finished backtest's factor.

    Raises: NotFound; BadRequest before the task is completed; what `admit` raises, and then nothing is queued.
    """
    job = read_task(app, task_id, owner_id)
    if job.operation != "factor.test" or job.outcome is None:
        raise BadRequest("只能比较已完成的回测任务", field="task_id", hint="wait until the task is completed")
    params = json.loads(job.outcome)["params"]
    ask = Compare(
        expression=params["expression"],
        universe=params["universe"],
        start_date=params["start_date"],
        end_date=params["end_date"],
        direction=int(params["direction"]),
        n_groups=int(params["n_groups"]),
        holding_period=int(params["holding_period"]),
        market=params.get("market"),
        snapshot=params.get("data_snapshot"),
    )
    return app.submit(ask, owner_id=owner_id, parent=job, admit=admit)


def read_insight(app: App, task_id: str, owner_id: str) -> dict[str, Any]:
    """The newest comparison of a task: `{"status", "result", "error"}`. Raises NotFound when none was asked for."""
    job = read_task(app, task_id, owner_id)
    jobs = app.records.jobs.of_lineage(job.lineage_id or job.id, owner_id)
    mine = [one for one in jobs if one.operation == INSIGHT and one.parent_id == job.id]
    if not mine:
        raise NotFound("还没有请求过比较", hint=f"POST /tasks/{job.id}/insights")
    newest = mine[-1]
    result = json.loads(newest.outcome) if newest.outcome else None
    return {"task_id": job.id, "job_id": newest.id, "status": newest.stage, "result": result, "error": newest.error}


@operation(
    INSIGHT, ask=Compare, run="job", brief=_brief, facts=lambda ask: {"expression": ask.expression}, limited=True
)
def compare(app: App, ask: Compare, progress: Progress) -> dict[str, Any]:
    """Hold a factor against styles, the public set and the library. Sealed sessions are left alone.

    Raises: BadExpression, NoData.
    """
    from quantgpt.services.sealing import open_span

    market = open_market(app, ask.market, ask.snapshot)
    end, seal = open_span(market.days, ask.start_date, ask.end_date)
    own, others, left_out = _expressions(market, ask)
    progress("fetching_data", 0.1)
    view, panels = _computed(app, market, ask, end, [own, *others.values()])
    progress("backtesting", 0.4)
    factor, rest = panels[0], dict(zip(others, panels[1:], strict=True))
    return {
        "expression": ask.expression,
        "span": {"start_date": ask.start_date, "end_date": end, "sealed_left_alone": seal is not None},
        "marginal": _marginal(view, ask, factor, rest, own.hash, others),
        "residual": _residual(app, market, view, ask, factor),
        "correlation": _alike(view, ask, factor, rest),
        "left_out": left_out,
    }


def _expressions(market: Market, ask: Compare) -> tuple[Expression, dict[str, Expression], list[dict[str, str]]]:
    """The factor, those it is held against by name, and those that this market cannot compute with the reason."""
    from quantgpt.expr import read_expression
    from quantgpt.libraries import library

    fields, known = market.expression_fields(), {factor.name: factor for factor in library("alpha158")}
    found: dict[str, Expression] = {}
    left_out = []
    for name in PUBLIC:
        try:
            found[f"alpha158/{name}"] = read_expression(
                known[name].expression, dialect="qlib", compat="strict", fields=fields, allow_lookahead=False
            )
        except BadExpression as error:
            left_out.append({"name": f"alpha158/{name}", "reason": error.message})
    for row in ask.briefing.get("library", ()):
        try:
            found[f"library/{row['name']}"] = compiled(row["expression"], market)
        except BadExpression as error:
            left_out.append({"name": f"library/{row['name']}", "reason": error.message})
    return compiled(ask.expression, market), found, left_out


def _computed(
    app: App, market: Market, ask: Compare, end: str, expressions: Sequence[Expression]
) -> tuple[MarketView, list[FloatPanel]]:
    from quantgpt.expr import EvalInputs, evaluate

    warmup = max(expression.warmup for expression in expressions)
    view = market.view(ask.universe, ask.start_date, end, warmup=warmup, benchmark=None)
    return view, evaluate(expressions, EvalInputs.of(view), threads=app.settings.job_threads)


def _rows(view: MarketView, holding: int) -> NDArray[np.int64]:
    import numpy as np

    return np.arange(view.first, view.days.size - 1 - holding, dtype=np.int64)


def _marginal(
    view: MarketView, ask: Compare, factor: FloatPanel, rest: Mapping[str, FloatPanel], own: str,
    expressions: Mapping[str, Expression],
) -> dict[str, Any]:  # fmt: skip
    """What the factor adds to the public set and the library without itself; the reason where that cannot be said."""
    import numpy as np

    from quantgpt.factors.labels import forward_returns, marginal_returns
    from quantgpt.factors.marginal import marginal_contribution

    labels = forward_returns(view, ask.holding_period)
    try:
        found = marginal_contribution(
            [panel for name, panel in rest.items() if expressions[name].hash != own],
            factor,
            label=np.where(labels.delayed, np.nan, labels.values),  # a delayed exit is not known when it was due
            next_return=marginal_returns(view),
            eligible=view.eligible,
            rows=_rows(view, ask.holding_period),
            days=view.days,
            holding=ask.holding_period,
        )
    except NoData as error:
        return {"state": "none", "reason": error.message}
    return {"state": "measured", **found.to_json()}


def _residual(app: App, market: Market, view: MarketView, ask: Compare, factor: FloatPanel) -> dict[str, Any]:
    """The factor raw and without industries and styles, side by side, and where its long side's return came from."""
    from quantgpt.factors.labels import forward_returns, marginal_returns
    from quantgpt.factors.styles import STYLES, attribute, purge, stacked

    styles, missing = _styles(app, market, view, ask)
    columns, label = stacked(styles, view.eligible), forward_returns(view, ask.holding_period).values
    industry = view.industry if (view.industry >= 0).any() else None
    rows, nothing = _rows(view, ask.holding_period), columns[:0]
    views: dict[str, tuple[Any, Any]] = {"raw": (nothing, None), "styles": (columns, None)}
    if industry is not None:
        views |= {"industry": (nothing, industry), "industry_styles": (columns, industry)}
    purged = {
        name: purge(factor, wanted, codes, view.eligible, label, rows, ask.holding_period).to_json()
        for name, (wanted, codes) in views.items()
    }
    names = {style.name: {"zh": style.zh, "en": style.en} for style in STYLES if style.name in styles}
    body: dict[str, Any] = {"rank_ic": purged, "styles": names, "missing_styles": missing, "industry_pit": False}
    if styles:
        found = attribute(factor, ask.direction, styles, view.eligible, marginal_returns(view), rows, ask.n_groups)
        body["long_side"] = found.to_json()
    return body


def _styles(
    app: App, market: Market, view: MarketView, ask: Compare
) -> tuple[dict[str, FloatPanel], list[dict[str, str]]]:
    """The styles that this market can compute, on the columns of the view."""
    from quantgpt.factors.styles import STYLES

    found, missing = {}, []
    for style in STYLES:
        try:
            found[style.name] = compiled(style.expression, market)
        except QuantError as error:
            missing.append({"name": style.name, "reason": error.message})
    if not found:
        return {}, missing
    end = str(view.days[-1].astype("datetime64[D]"))
    wider, panels = _computed(app, market, ask, end, list(found.values()))
    skipped = wider.first - view.first
    if skipped > 0:
        panels = [panel[skipped:] for panel in panels]
    return dict(zip(found, panels, strict=True)), missing


def _alike(view: MarketView, ask: Compare, factor: FloatPanel, rest: Mapping[str, FloatPanel]) -> list[dict[str, Any]]:
    """Mean rank correlation of the factor's values with each of the others, most alike first."""
    from quantgpt.factors.ic import rank_ic, rank_rows, summarise
    from quantgpt.foundations.series import number

    own, rows = rank_rows(factor, view.eligible), _rows(view, ask.holding_period)
    found = []
    for name, panel in rest.items():
        mean = summarise(rank_ic(own, rank_rows(panel, view.eligible), rows).values, 0)
        found.append({"name": name, "rank_correlation": number(mean.mean), "days": mean.n})
    return sorted(found, key=lambda row: -abs(row["rank_correlation"] or 0.0))
