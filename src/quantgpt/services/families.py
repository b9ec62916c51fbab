"""What a p-value is worth as one of many: q-values over a session, or over the ledger that a task belongs to."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.series import number
from quantgpt.services._base import App
from quantgpt.services.tasks import read_task

if TYPE_CHECKING:
    from quantgpt.records import Job
    from quantgpt.records.trials import BookedTrial, TrialRow

TEST = "factor.test"
MOST_TASKS = 1_000


def session_q_values(app: App, owner_id: str, session_id: str) -> dict[str, dict[str, Any]]:
    """{task: {p, q_bh, q_by, p_holm, t, t3, family}} of the finished tests of a session.

    The family are all factors tried in the session and in the searches that began there, each once.
    Raises: NotFound.
    """
    from quantgpt.services.sessions import own_session

    own_session(app, session_id, owner_id)
    tasks, _ = app.records.jobs.page(
        owner_id, (TEST,), page=1, page_size=MOST_TASKS, with_outcome=False, session_id=session_id
    )
    finished = [job for job in tasks if job.state == "succeeded"]
    return _judged(finished, app.records.trials.of_session(owner_id, session_id))


def task_q_values(app: App, owner_id: str, task_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The same for tasks by id; the family of each is what was tried on its universe and on half of its span or more.

    Raises: NotFound."""
    return q_values_of(app, owner_id, [read_task(app, task_id, owner_id) for task_id in dict.fromkeys(task_ids)])


def q_values_of(app: App, owner_id: str, tasks: Sequence[Job]) -> dict[str, dict[str, Any]]:
    """The same for tasks at hand, with or without their outcomes."""
    from quantgpt.services.ledger import tried_over

    ledgers: dict[tuple[str, str, str, str], list[Job]] = {}
    for job in tasks:
        if job.state == "succeeded" and job.operation == TEST:
            ledgers.setdefault(_span(app, job), []).append(job)
    out: dict[str, dict[str, Any]] = {}
    for (market, universe, start, end), members in ledgers.items():
        rows = tried_over(app, owner_id, market, universe, start, end).rows
        out |= _judged(members, [row._replace(universe=universe, start_date=start, end_date=end) for row in rows])
    return out


def _span(app: App, job: Job) -> tuple[str, str, str, str]:
    """Market, universe and dates of a test."""
    ask = json.loads(job.ask)
    market = ask.get("market") or app.markets.open().name
    return market, ask["universe"], ask["start_date"], ask["end_date"]


def _judged(tasks: Sequence[Job], rows: Sequence[TrialRow | BookedTrial]) -> dict[str, dict[str, Any]]:
    """The q-values of tasks in the family of those trials and of themselves."""
    import numpy as np

    from quantgpt.metrics.family import benjamini_hochberg, benjamini_yekutieli, clears_new_factor_bar, holm

    p: dict[str, float] = {}
    for row in rows:
        if row.kind != "opening" and row.p_value is not None:
            p[_member(row.expression, row.universe, row.start_date, row.end_date, row.holding_period)] = row.p_value
    figures = {job.id: _figures(job) for job in tasks}
    names = {job.id: _name(job) for job in tasks}
    for job in tasks:
        own = figures[job.id].get("rank_ic_p_permutation")
        if own is not None:
            p[names[job.id]] = own
    places = {name: place for place, name in enumerate(p)}
    values = np.array(list(p.values()), dtype=np.float64)
    bh, by, strict = benjamini_hochberg(values), benjamini_yekutieli(values), holm(values)
    out = {}
    for job in tasks:
        place, t = places.get(names[job.id]), figures[job.id].get("rank_ic_t_hac")
        out[job.id] = {
            "p": None if place is None else number(float(values[place])),
            "q_bh": None if place is None else number(float(bh[place])),
            "q_by": None if place is None else number(float(by[place])),
            "p_holm": None if place is None else number(float(strict[place])),
            "t": number(t if t is not None else math.nan),
            "t3": clears_new_factor_bar(t),
            "family": len(p),
        }
    return out


def _figures(job: Job) -> dict[str, Any]:
    """The figures of a test that its list entry shows."""
    brief = json.loads(job.facts).get("brief") or {}
    return dict(brief.get("backtest_summary") or {})


def _name(job: Job) -> str:
    ask, facts = json.loads(job.ask), json.loads(job.facts)
    expression = facts.get("expression") or ask.get("prompt", job.id)
    return _member(expression, ask["universe"], ask["start_date"], ask["end_date"], ask["holding_period"])


def _member(expression: str, universe: str, start_date: str, end_date: str, holding_period: int) -> str:
    """What makes two tests of a family the same one."""
    return "\n".join(["".join(expression.split()), universe, start_date, end_date, str(holding_period)])
