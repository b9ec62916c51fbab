"""Tasks as users see them: read, list, cancel, their events and series."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from quantgpt.foundations.errors import BadRequest, Conflict, NotFound
from quantgpt.records import Failure, Job, JobEvent
from quantgpt.records.parts import PartRecords
from quantgpt.services._base import OPERATIONS, App, tasks_of_the_contract
from quantgpt.services.stages import STAGES

TESTS = ("factor.test",)
"""Operations whose tasks are backtests; every other task is an iteration."""

TaskType = Literal["backtest", "iteration"]

_ID = re.compile(r"[0-9a-z_]{1,32}", re.ASCII)

_SESSION_ID = re.compile(r"[0-9a-f-]{36}", re.ASCII)

CANCELLED = Failure(error="任务已取消", error_facts='{"kind":"conflict","code":"cancelled"}')


@dataclass(frozen=True)
class TaskPage:
    """One page of tasks, newest first. `parts` are the candidates so far of iterations without a result, by task."""

    tasks: list[Job]
    page: int
    page_size: int
    total: int
    parts: dict[str, list[JobEvent]] = field(default_factory=dict)


def is_iteration(job: Job) -> bool:
    """The task improves another one."""
    return job.operation not in TESTS


def is_id(text: str) -> bool:
    """Whether a text has the form of our ids."""
    return _ID.fullmatch(text) is not None


def read_task(app: App, task_id: str, owner_id: str) -> Job:
    """One task. Raises NotFound when there is none or it belongs to somebody else."""
    job = app.records.jobs.get(task_id, owner_id=owner_id) if _ID.fullmatch(task_id) else None
    if job is None or job.operation not in tasks_of_the_contract():
        raise NotFound("Task not found")
    return job


def list_tasks(
    app: App,
    owner_id: str,
    *,
    page: int,
    page_size: int,
    brief: bool = False,
    session_id: str | None = None,
    status: str | None = None,
    task_type: TaskType | None = None,
) -> TaskPage:
    """A page of somebody's tasks, of one session, status or type if it is named; empty beyond the end; `brief` without
    the results. Raises BadRequest for an unknown status."""
    stage = checked_status(status)
    if session_id is not None and not _SESSION_ID.fullmatch(session_id):
        return TaskPage([], page, page_size, 0)
    kinds = tasks_of_the_contract()
    tasks, total = app.records.jobs.page(
        owner_id,
        kinds if task_type is None else [kind for kind in kinds if (kind in TESTS) == (task_type == "backtest")],
        page=page,
        page_size=page_size,
        with_outcome=not brief,
        session_id=session_id,
        stages=None if stage is None else (stage,),
    )
    return TaskPage(tasks, page, page_size, total, parts_of_all(app, tasks))


def statuses() -> list[str]:
    """Every status that a task can have."""
    done = {OPERATIONS[name].last_stage for name in tasks_of_the_contract()}
    return ["pending", *STAGES, "iterating", *sorted(done), "failed"]


def checked_status(text: str | None) -> str | None:
    """The status that a list is asked for; None for no text. Raises BadRequest."""
    if not text:
        return None
    known = statuses()
    if text not in known:
        near = difflib.get_close_matches(text, known, n=1)
        hint = f"可用：{', '.join(known)}"
        raise BadRequest(f"没有名为 {text[:40]!r} 的状态", field="status", hint=hint, nearest=near[0] if near else None)
    return text


def parts_of(app: App, job: Job) -> list[JobEvent]:
    """The events that brought a candidate in this attempt of an iteration, in order; none once its result holds them,
    and none for a backtest."""
    return parts_of_all(app, [job]).get(job.id, [])


def parts_of_all(app: App, jobs: Sequence[Job]) -> dict[str, list[JobEvent]]:
    """The same for some tasks by id, read at once."""
    wanted = {job.id: job.attempt for job in jobs if is_iteration(job) and job.state != "succeeded"}
    found: dict[str, list[JobEvent]] = {}
    for event in PartRecords(app.records.reader).of_jobs(list(wanted)):
        if event.attempt == wanted[event.job_id]:
            found.setdefault(event.job_id, []).append(event)
    return found


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


def read_series(app: App, task_id: str, owner_id: str, name: str, *, candidate: int | None = None) -> bytes:
    """One series of a task, or of a candidate of a finished iteration, as JSON text. Raises NotFound."""
    job = read_task(app, task_id, owner_id)
    return app.artifacts.read_series(archive_of(app, job, candidate), name)


def archive_of(app: App, job: Job, candidate: int | None) -> str:
    """The archive of a task, or of a candidate, which its report names. Raises NotFound."""
    if candidate is None:
        return job.id
    rows = json.loads(job.outcome)["candidates"] if is_iteration(job) and job.outcome else []
    report = rows[candidate].get("report_filename") if 0 <= candidate < len(rows) else None
    if report is None:
        raise NotFound("没有这个候选的数据", field="candidate", hint=f"{len(rows)} candidates; failed ones have none")
    return app.artifacts.source_of(report, job.id)


def counts(app: App) -> tuple[int, int]:
    """(unfinished, all) tasks of everybody."""
    return app.records.jobs.count(tasks_of_the_contract())
