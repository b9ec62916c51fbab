"""How alike the factor values of compared runs are: a job, since it computes the factors on their markets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadExpression, QuantError
from quantgpt.foundations.hashing import hash_value
from quantgpt.foundations.progress import Progress
from quantgpt.services._base import App, operation, own_key
from quantgpt.services.expressions import compiled
from quantgpt.services.panels import open_market

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from quantgpt.factors.likeness import Valued
    from quantgpt.records import Job
    from quantgpt.services.comparisons import Chosen

VALUES = "compare.values"
SAME_IDEA = 0.90
"""mean correlation of the oriented values above which two factors are one idea"""
GONE_EN = "The values of this factor cannot be computed any more: its market or its data are gone"
Admit = Callable[["Connection"], None]


@dataclass(frozen=True, kw_only=True)
class CorrelateValues:
    """Ask how alike the values of some finished runs are on the sessions that all of them saw. A run: archive, expression,
    direction, universe, market, snapshot, neutralize_industry."""

    runs: list[dict[str, Any]]
    start_date: str
    end_date: str


@operation(VALUES, ask=CorrelateValues, run="job", facts=lambda ask: {"expression": None}, limited=True)
def correlate_values(app: App, ask: CorrelateValues, progress: Progress) -> dict[str, Any]:
    """The mean rank correlation of every two factors, oriented, over the names that both could hold on a session.

    A factor that cannot be computed any more is left out, with the reason.
    """
    from quantgpt.factors.likeness import likeness

    groups: dict[tuple[Any, ...], list[int]] = {}
    for at, run in enumerate(ask.runs):
        groups.setdefault((run["market"], run["snapshot"], run["universe"]), []).append(at)
    found: dict[int, Valued] = {}
    failed: list[dict[str, Any]] = []
    for done, members in enumerate(groups.values()):
        progress("fetching_data", 0.05 + 0.6 * done / len(groups))
        found |= _values(app, ask, members, failed)
    progress("analyzing", 0.7)
    count = len(ask.runs)
    matrix: list[list[float | None]] = [[None] * count for _ in range(count)]
    days, names = [[0] * count for _ in range(count)], [[0.0] * count for _ in range(count)]
    for k in range(count):
        for m in range(k, count):
            if k not in found or m not in found or ask.runs[k]["market"] != ask.runs[m]["market"]:
                continue
            alike = likeness(found[k], found[m])
            value = None if alike.correlation != alike.correlation else round(alike.correlation, 6)
            matrix[k][m] = matrix[m][k] = value
            days[k][m] = days[m][k] = alike.sessions
            names[k][m] = names[m][k] = round(alike.names, 1)
    return {
        "archives": [run["archive"] for run in ask.runs],
        "matrix": matrix,
        "days": days,
        "names": names,
        "failed": failed,
        "first_day": ask.start_date,
        "last_day": ask.end_date,
    }


def _values(app: App, ask: CorrelateValues, members: Sequence[int], failed: list[dict[str, Any]]) -> dict[int, Valued]:
    """The values of the runs of one market and universe, by their places; what cannot be computed goes to `failed`."""
    import numpy as np

    from quantgpt.expr import EvalInputs, evaluate
    from quantgpt.factors.likeness import Valued
    from quantgpt.factors.neutralise import neutralise

    first = ask.runs[members[0]]
    try:
        market = open_market(app, first["market"], first["snapshot"])
    except QuantError as error:
        failed += [_failed(ask.runs[at], error) for at in members]
        return {}
    read = {}
    for at in members:
        try:
            read[at] = compiled(ask.runs[at]["expression"], market)
        except BadExpression as error:
            failed.append(_failed(ask.runs[at], error))
    if not read:
        return {}
    try:
        warmup = max(expression.warmup for expression in read.values())
        view = market.view(first["universe"], ask.start_date, ask.end_date, warmup=warmup, benchmark=None)
        panels = evaluate(list(read.values()), EvalInputs.of(view), threads=app.settings.job_threads)
    except QuantError as error:
        failed += [_failed(ask.runs[at], error) for at in read]
        return {}
    made = {}
    for at, panel in zip(read, panels, strict=True):
        values = np.where(np.isfinite(panel), panel, np.nan)
        if ask.runs[at]["neutralize_industry"]:
            values = neutralise(values, view.eligible, view.industry)
        shown = np.where(view.eligible, values, np.nan)[view.first :]
        made[at] = Valued(np.ascontiguousarray(shown), tuple(view.assets), int(ask.runs[at]["direction"]))
    return made


def _failed(run: dict[str, Any], error: QuantError) -> dict[str, Any]:
    if isinstance(error, BadExpression):  # these say what is wrong in English, and what to do in Chinese
        return {"archive": run["archive"], "zh": error.hint or error.message, "en": error.message}
    return {"archive": run["archive"], "zh": error.message or error.hint, "en": error.en or GONE_EN}


# -- asking for it, and looking it up ------------------------------------------------------------------------------------


def ask_correlation(
    app: App, owner_id: str, runs: Sequence[Chosen], *, admit: Admit | None = None
) -> tuple[dict[str, Any], bool]:
    """The correlation of some runs and whether it was queued by this: asking again shows the same job or its result.

    Raises: what `admit` raises, Unavailable when too many jobs are unfinished.
    """
    wanted = _ask(app, runs)
    if wanted is None:
        return correlation_of(app, owner_id, runs), False
    job, key = _newest(app, owner_id, wanted)
    if job is not None and job.state != "failed":
        return _shown(job, runs), False
    return _shown(app.submit(wanted, owner_id=owner_id, idempotency_key=key, admit=admit), runs), True


def correlation_of(app: App, owner_id: str, runs: Sequence[Chosen]) -> dict[str, Any]:
    """Where the correlation of some runs stands; nothing is queued."""
    wanted = _ask(app, runs)
    if wanted is None:
        return {**_NOTHING, "state": "unavailable", "reason": _NO_DAYS, "letters": [run.letter for run in runs]}
    job, _ = _newest(app, owner_id, wanted)
    return {**_NOTHING, "letters": [run.letter for run in runs]} if job is None else _shown(job, runs)


_NOTHING: dict[str, Any] = {
    "state": "absent", "job_id": None, "progress": None, "error": None, "reason": None, "letters": [], "matrix": [],
    "days": [], "names": [], "oriented": True, "same_idea": [], "first_day": None, "last_day": None, "every": 1, "failed": [],
}  # fmt: skip
_NO_DAYS = {
    "zh": "没有共同的交易日，因子值无法相互比较",
    "en": "No sessions in common: the factor values cannot be held against each other",
}


def _ask(app: App, runs: Sequence[Chosen]) -> CorrelateValues | None:
    """The request for some runs, the same in whatever order they come; None where they have no sessions in common."""
    rows = sorted((_row(app, run) for run in runs), key=lambda row: str(row["archive"]))
    start, end = max(str(row["start"]) for row in rows), min(str(row["end"]) for row in rows)
    if start >= end:
        return None
    own = [{name: value for name, value in row.items() if name not in ("start", "end")} for row in rows]
    return CorrelateValues(runs=own, start_date=start, end_date=end)


def _row(app: App, run: Chosen) -> dict[str, Any]:
    params = run.params(app)
    names = {"snapshot": "data_snapshot", "start": "effective_start", "end": "effective_end"}
    kept = ("expression", "universe", "market", "direction")
    return {
        "archive": run.archive,
        **{name: params[name] for name in kept},
        **{name: params[theirs] for name, theirs in names.items()},
        "neutralize_industry": bool(params.get("neutralize_industry")),
    }


def _newest(app: App, owner_id: str, wanted: CorrelateValues) -> tuple[Job | None, str]:
    """The newest job of that request, and the key under which the next one would be asked for."""
    digest = hash_value([wanted.runs, wanted.start_date, wanted.end_date])[:32]
    key, found = own_key(f"values:{digest}"), None
    while (job := app.records.jobs.of_key(owner_id, key)) is not None:
        found = job
        if job.state != "failed":
            break
        key = own_key(f"values:{digest}:{job.id}")
    return found, key


def _shown(job: Job, runs: Sequence[Chosen]) -> dict[str, Any]:
    """The state of a job, its figures in the order of the runs."""
    letters = [run.letter for run in runs]
    state = {"queued": "pending", "succeeded": "completed"}.get(job.state, job.state)
    head = {**_NOTHING, "state": state, "job_id": job.id, "letters": letters, "error": job.error}
    if job.outcome is None:
        waiting = job.state in ("queued", "running")
        told = {"stage": job.stage, "pct": round(100 * job.fraction, 1), "message": job.message}
        return {**head, "progress": told if waiting else None}
    body = json.loads(job.outcome)
    place = {archive: at for at, archive in enumerate(body["archives"])}
    order = [place[run.archive] for run in runs]
    letter_of = {run.archive: run.letter for run in runs}
    matrix = [[body["matrix"][k][m] for m in order] for k in order]
    same = [
        [letters[k], letters[m]]
        for k in range(len(order))
        for m in range(k + 1, len(order))
        if matrix[k][m] is not None and matrix[k][m] > SAME_IDEA
    ]
    return {
        **head,
        "matrix": matrix,
        "days": [[body["days"][k][m] for m in order] for k in order],
        "names": [[body["names"][k][m] for m in order] for k in order],
        "same_idea": same,
        "first_day": body["first_day"],
        "last_day": body["last_day"],
        "failed": [{"letter": letter_of[row["archive"]], "zh": row["zh"], "en": row["en"]} for row in body["failed"]],
    }
