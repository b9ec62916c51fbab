"""What the administrator sees: counts and lists over everybody."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quantgpt.foundations.errors import NotFound
from quantgpt.records.feedbacks import FeedbackRow
from quantgpt.records.overview import Counts, TaskRow, UserRow
from quantgpt.services._base import App, tasks_of_the_contract
from quantgpt.services.feedback import is_feedback_id
from quantgpt.services.tasks import TESTS, checked_status

TASK_DAYS = 7
USER_DAYS = 30
_USER_ID = re.compile(r"[0-9A-Za-z-]{1,36}", re.ASCII)


@dataclass(frozen=True)
class Overview:
    """Everybody together. `success_rate` is None before the first backtest has ended."""

    counts: Counts
    total_tasks: int
    success_rate: float | None


def overview(app: App) -> Overview:
    """Counts of users, tasks and feedback; of the backtests that ended, the share that completed."""
    counts = app.records.overview.counts(tasks_of_the_contract(), TESTS, task_days=TASK_DAYS, user_days=USER_DAYS)
    completed, failed = (counts.ended.get(state, 0) for state in ("succeeded", "failed"))
    rate = round(completed / (completed + failed), 2) if completed + failed else None
    return Overview(counts, sum(counts.stages.values()), rate)


def list_users(app: App, *, page: int, page_size: int) -> tuple[list[UserRow], int]:
    """A page of the accounts, newest first, and how many there are."""
    return app.records.overview.users(tasks_of_the_contract(), page=page, page_size=page_size)


def list_tasks(
    app: App, *, page: int, page_size: int, status: str | None = None, user_id: str | None = None
) -> tuple[list[TaskRow], int]:
    """A page of everybody's tasks, newest first, and how many there are. Raises BadRequest for an unknown status."""
    stage = checked_status(status)
    if user_id is not None and not _USER_ID.fullmatch(user_id):
        return [], 0
    return app.records.overview.tasks(
        tasks_of_the_contract(), page=page, page_size=page_size, stage=stage, owner_id=user_id
    )


def list_feedbacks(
    app: App, *, page: int, page_size: int, resolved: bool | None = None
) -> tuple[list[FeedbackRow], int]:
    """A page of everybody's feedback, newest first, and how much there is; only the open or the resolved if asked."""
    return app.records.feedbacks.page(page=page, page_size=page_size, resolved=resolved)


def resolve_feedback(app: App, feedback_id: str) -> float:
    """Note that feedback was dealt with; the moment when that was noted first. Raises NotFound."""
    at = app.records.feedbacks.resolve(feedback_id) if is_feedback_id(feedback_id) else None
    if at is None:
        raise NotFound("Feedback not found", field="feedback_id")
    return at
