"""Tasks as users see them: read, list, cancel, their events and series."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quantgpt.foundations.errors import Conflict, NotFound
from quantgpt.records import Failure, Job, JobEvent
from quantgpt.services._base import App

KINDS = ("factor.test",)
"""Operations whose jobs are tasks of the contract."""

_ID = re.compile(r"[0-9a-z_]{1,32}", re.ASCII)

CANCELLED = Failure(error="任务已取消", error_facts='{"kind":"conflict","code":"cancelled"}')


@dataclass(frozen=True)
class TaskPage:
    """One page of tasks, newest first."""

    tasks: list[Job]
    page: int
    page_size: int
    total: int


def read_task(app: App, task_id: str, owner_id: str) -> Job:
    """One task. Raises NotFound when there is none or it belongs to somebody else."""
    job = app.records.jobs.get(task_id, owner_id=owner_id) if _ID.fullmatch(task_id) else None
    if job is None or job.operation not in KINDS:
        raise NotFound("Task not found")
    return job


def list_tasks(app: App, owner_id: str, *, page: int, page_size: int, brief: bool = False) -> TaskPage:
    """A page of somebody's tasks; empty beyond the end; `brief` without the results."""
    tasks, total = app.records.jobs.page(owner_id, KINDS, page=page, page_size=page_size, with_outcome=not brief)
    return TaskPage(tasks, page, page_size, total)


def cancel_task(app: App, task_id: str, owner_id: str) -> Job:
    """End an unfinished task; cancelling twice is the same as once.

    Raises: NotFound, Conflict when it had ended otherwise.
    """
    read_task(app, task_id, owner_id)
    app.records.jobs.cancel(task_id, owner_id, CANCELLED)
    job = read_task(app, task_id, owner_id)
    if job.error != CANCELLED.error:
        raise Conflict("任务已结束，无法取消")
    return job


def events_of(app: App, job: Job, after: int) -> list[JobEvent]:
    """The history of a task behind event number `after`."""
    return app.records.jobs.events(job.id, after=after)


def read_series(app: App, task_id: str, owner_id: str, name: str) -> bytes:
    """One series of a task as JSON text. Raises NotFound."""
    return app.artifacts.read_series(read_task(app, task_id, owner_id).id, name)


def counts(app: App) -> tuple[int, int]:
    """(unfinished, all) tasks of everybody."""
    return app.records.jobs.count(KINDS)
