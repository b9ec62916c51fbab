"""Results in words, for their owners."""

from __future__ import annotations

import json
from typing import Any

from quantgpt.foundations.errors import BadRequest
from quantgpt.services._base import App
from quantgpt.services.tasks import read_task


def explain_task(app: App, task_id: str, owner_id: str) -> dict[str, Any]:
    """The explanation of a finished backtest.

    Raises: NotFound; BadRequest for a task that has no result to explain.
    """
    from quantgpt.research.explanation import explain

    job = read_task(app, task_id, owner_id)
    if job.operation != "factor.test" or job.outcome is None:
        raise BadRequest("只能解释已完成的回测任务", field="task_id", hint="wait until the task is completed")
    return {"task_id": job.id, **explain(json.loads(job.outcome))}
