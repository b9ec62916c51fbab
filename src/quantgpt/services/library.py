"""The factors that a user keeps: what new ones are held against."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadRequest, NotFound, QuantError
from quantgpt.foundations.hashing import canonical_json
from quantgpt.services._base import App
from quantgpt.services.expressions import compiled
from quantgpt.services.tasks import is_iteration, read_task

if TYPE_CHECKING:
    from quantgpt.records import Job
    from quantgpt.records.library import KeptFactor

MOST_KEPT = 200
MOST_NAME, MOST_NOTE = 200, 2000


def keep_factor(
    app: App, owner_id: str, *, name: str | None = None, expression: str | None = None, task_id: str | None = None,
    note: str = "",
) -> KeptFactor:  # fmt: skip
    """Keep the factor of a finished task, or an expression.

    Raises: BadRequest, BadExpression, NotFound, Conflict when the library has it already.
    """
    if (expression is None) == (task_id is None):
        raise BadRequest("expression 与 task_id 应给出其中一个", field="expression")
    facts: dict[str, Any] = {}
    universe = direction = None
    if task_id is not None:
        expression, facts = _of_task(read_task(app, task_id, owner_id))
        universe, direction = facts.get("universe"), facts.get("direction")
    text = str(expression).strip()
    label = (name or "").strip() or text[:MOST_NAME]
    if len(label) > MOST_NAME or len(note) > MOST_NOTE:
        raise BadRequest(f"名称最多 {MOST_NAME} 个字符，备注最多 {MOST_NOTE} 个", field="name")
    row = {
        "id": secrets.token_hex(8),
        "name": label,
        "expression": text,
        "expression_hash": compiled(text, _market(app)).hash,
        "direction": direction,
        "universe": universe,
        "task_id": task_id,
        "note": note,
        "facts": canonical_json(facts),
    }
    return app.records.library.add(owner_id, row, MOST_KEPT)


def _of_task(job: Job) -> tuple[str, dict[str, Any]]:
    """The factor of a finished task and what its result says of it; of an iteration the chosen candidate."""
    result = json.loads(job.outcome) if job.outcome else {}
    if is_iteration(job):
        if job.selected is None or not result:
            raise BadRequest("请先在迭代任务中选择一个候选", field="task_id")
        result = result["candidates"][job.selected]
        params = {**json.loads(job.ask), "direction": result["direction"]["sign"], "expression": result["expression"]}
    elif result:
        params = result["params"]
    else:
        raise BadRequest("只能保存已完成的任务的因子", field="task_id", hint="wait until the task is completed")
    summary = result.get("backtest_summary", {})
    facts = {
        "universe": params.get("universe"),
        "direction": params.get("direction"),
        "score": result.get("score"),
        "grade": result.get("grade"),
        "rank_ic_mean": summary.get("rank_ic_mean"),
        "start_date": params.get("start_date"),
        "end_date": params.get("end_date"),
    }
    return str(params["expression"]), {name: value for name, value in facts.items() if value is not None}


def list_factors(app: App, owner_id: str) -> list[KeptFactor]:
    """The library of a user, newest first."""
    return app.records.library.all(owner_id)


def drop_factor(app: App, owner_id: str, factor_id: str) -> None:
    """Forget a factor. Raises NotFound."""
    if not app.records.library.drop(owner_id, factor_id):
        raise NotFound("Factor not found")


def _market(app: App) -> Any:
    try:
        return app.markets.open()
    except QuantError:
        return None
