"""The administration: log in, counts, users, tasks, feedback."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query

from quantgpt.faces.rest.access import AddressDep, AdminDep, RestDep
from quantgpt.faces.rest.shapes import AdminFeedbacks, AdminTasks, AdminToken, AdminUsers, Overview, ResolvedFeedback
from quantgpt.faces.rest.wire import PasswordBody, moment
from quantgpt.records.feedbacks import FeedbackRow
from quantgpt.records.overview import DayCount, TaskRow, UserRow
from quantgpt.services import admin, overview
from quantgpt.services.feedback import SCREENSHOT_URL
from quantgpt.services.tasks import TESTS

router = APIRouter(prefix="/admin", tags=["admin"])
Page = Annotated[int, Query(ge=1, le=10_000_000)]
PageSize = Annotated[int, Query(ge=1, le=100)]


@router.post("/login", responses={200: {"model": AdminToken}})
def post_login(body: PasswordBody, rest: RestDep, address: AddressDep) -> dict[str, Any]:
    """A token of the administrator for the password."""
    return {"token": admin.log_in(rest.app, body.password, address=address)}


@router.get("/overview", responses={200: {"model": Overview}})
def get_overview(rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Everybody together; days are those of Asia/Shanghai."""
    found = overview.overview(rest.app)
    return {
        "total_users": found.counts.users,
        "total_tasks": found.total_tasks,
        "success_rate": found.success_rate,
        "total_feedbacks": found.counts.feedbacks,
        "unresolved_feedbacks": found.counts.unresolved,
        "status_distribution": found.counts.stages,
        "daily_tasks_7d": _days(found.counts.tasks_by_day),
        "user_trend_30d": _days(found.counts.users_by_day),
    }


@router.get("/users", responses={200: {"model": AdminUsers}})
def get_users(rest: RestDep, caller: AdminDep, page: Page = 1, page_size: PageSize = 20) -> dict[str, Any]:
    """The accounts, newest first."""
    rows, total = overview.list_users(rest.app, page=page, page_size=page_size)
    return {"users": [_user(row) for row in rows], "total": total, "page": page, "page_size": page_size}


@router.get("/tasks", responses={200: {"model": AdminTasks}})
def get_tasks(
    rest: RestDep,
    caller: AdminDep,
    page: Page = 1,
    page_size: PageSize = 20,
    status: str | None = None,
    user_id: str | None = None,
) -> dict[str, Any]:
    """Everybody's tasks, newest first."""
    rows, total = overview.list_tasks(
        rest.app, page=page, page_size=page_size, status=status or None, user_id=user_id or None
    )
    return {"tasks": [_task(row) for row in rows], "total": total, "page": page, "page_size": page_size}


@router.get("/feedbacks", responses={200: {"model": AdminFeedbacks}})
def get_feedbacks(
    rest: RestDep, caller: AdminDep, page: Page = 1, page_size: PageSize = 20, resolved: bool | None = None
) -> dict[str, Any]:
    """Everybody's feedback, newest first; `resolved` asks for one kind only."""
    rows, total = overview.list_feedbacks(rest.app, page=page, page_size=page_size, resolved=resolved)
    return {"feedbacks": [_feedback(row) for row in rows], "total": total, "page": page, "page_size": page_size}


@router.patch("/feedbacks/{feedback_id}/resolve", responses={200: {"model": ResolvedFeedback}})
def patch_resolve(feedback_id: str, rest: RestDep, caller: AdminDep) -> dict[str, Any]:
    """Note that feedback was dealt with; the first time stays."""
    at = overview.resolve_feedback(rest.app, feedback_id)
    return {"id": feedback_id, "resolved": True, "resolved_at": moment(at)}


def _days(counts: list[DayCount]) -> list[dict[str, Any]]:
    return [{"date": str(count.day), "count": count.count} for count in counts]


def _user(row: UserRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "email": row.email,
        "nickname": row.nickname,
        "is_active": row.is_active,
        "task_count": row.task_count,
        "created_at": moment(row.created_at),
        "last_login_at": moment(row.last_login_at),
    }


def _task(row: TaskRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "user_email": row.email,
        "user_id": row.owner_id,
        "status": row.stage,
        "task_type": "backtest" if row.operation in TESTS else "iteration",
        "expression": json.loads(row.facts).get("expression"),
        "error": row.error,
        "created_at": moment(row.created_at),
    }


def _feedback(row: FeedbackRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "user_email": row.email,
        "user_id": row.owner_id,
        "description": row.description,
        "screenshot_path": f"feedback/{row.id}.png" if row.screenshot else None,
        "screenshot_url": f"{SCREENSHOT_URL}{row.id}.png" if row.screenshot else None,
        "task_id": row.task_id,
        "page_url": row.page_url,
        "user_agent": row.user_agent,
        "webhook_sent": row.webhook_sent,
        "resolved": row.resolved,
        "resolved_at": moment(row.resolved_at),
        "created_at": moment(row.created_at),
    }
