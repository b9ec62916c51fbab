"""Tasks: submit, list, read, follow, cancel, series."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from quantgpt.faces.rest.access import CallerDep, DoorDep, RestDep
from quantgpt.faces.rest.shapes import DayOfRun, SeriesTable, TaskList, TaskObject
from quantgpt.faces.rest.stream import EventStream, Place
from quantgpt.faces.rest.wire import Accepted, BacktestBody, task_json
from quantgpt.foundations.errors import Unavailable
from quantgpt.services import days, families, sessions, tasks
from quantgpt.services._base import checked_key
from quantgpt.services.tasks import TaskType

router = APIRouter(tags=["tasks"])
JSON = "application/json"


@router.post("/auto_backtest", status_code=202)
def post_auto_backtest(
    body: BacktestBody,
    rest: RestDep,
    caller: CallerDep,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Accepted:
    """Submit a factor test; the task is stored before this answers."""
    if body.session_id is not None:
        sessions.own_session(rest.app, body.session_id, caller.id)
    job = rest.app.submit(
        body.to_request(),
        owner_id=caller.id,
        idempotency_key=checked_key(idempotency_key),
        session_id=body.session_id,
        admit=lambda connection: rest.submissions.admit(caller.id, connection),
    )
    return Accepted(task_id=job.id, status="pending")


@router.get("/tasks", responses={200: {"model": TaskList}})
def get_tasks(
    rest: RestDep,
    caller: CallerDep,
    page: Annotated[int, Query(ge=1, le=10_000_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
    session_id: str | None = None,
    status: Annotated[str | None, Query(description="按状态过滤")] = None,
    task_type: Annotated[TaskType | None, Query(description="按类型过滤")] = None,
    brief: bool = False,
    q_values: bool = False,
) -> Response:
    """The caller's tasks, newest first; `brief` shows only the key figures of each result, `q_values` what each is
    worth after everything that was tried on its universe and span."""
    found = tasks.list_tasks(
        rest.app,
        caller.id,
        page=page,
        page_size=page_size,
        brief=brief,
        session_id=session_id or None,
        status=status,
        task_type=task_type,
    )
    worth = families.q_values_of(rest.app, caller.id, found.tasks) if q_values else {}
    rows = ",".join(
        task_json(job, parts=found.parts.get(job.id, ()), brief=brief, q_values=worth.get(job.id))
        for job in found.tasks
    )
    text = f'{{"tasks":[{rows}],"page":{page},"page_size":{page_size},"total":{found.total}}}'
    return Response(text, media_type=JSON)


@router.get("/tasks/{task_id}", responses={200: {"model": TaskObject}})
def get_task(task_id: str, rest: RestDep, caller: CallerDep) -> Response:
    """One task."""
    job = tasks.read_task(rest.app, task_id, caller.id)
    return Response(task_json(job, parts=tasks.parts_of(rest.app, job)), media_type=JSON)


@router.post("/tasks/{task_id}/cancel", responses={200: {"model": TaskObject}})
def post_cancel(task_id: str, rest: RestDep, caller: CallerDep) -> Response:
    """End an unfinished task."""
    job = tasks.cancel_task(rest.app, task_id, caller.id)
    return Response(task_json(job, parts=tasks.parts_of(rest.app, job)), media_type=JSON)


@router.get("/tasks/{task_id}/series/{name}", responses={200: {"model": SeriesTable}})
def get_series(
    task_id: str,
    name: str,
    rest: RestDep,
    caller: CallerDep,
    candidate: Annotated[int | None, Query(ge=0, le=1000, description="候选序号（迭代任务）")] = None,
) -> Response:
    """One series of a finished task, or of a candidate of a finished iteration."""
    body = tasks.read_series(rest.app, task_id, caller.id, name, candidate=candidate)
    return Response(body, media_type=JSON, headers={"Cache-Control": "private, max-age=3600"})


@router.get("/tasks/{task_id}/days/{date}", responses={200: {"model": DayOfRun}})
def get_day(
    task_id: str,
    date: str,
    rest: RestDep,
    caller: CallerDep,
    candidate: Annotated[int | None, Query(ge=0, le=1000, description="候选序号（迭代任务）")] = None,
) -> dict[str, Any]:
    """What a finished run held, traded and could not trade on one session."""
    return days.read_day(rest.app, task_id, caller.id, date, candidate=candidate)


@router.get("/tasks/{task_id}/stream", response_class=StreamingResponse)
async def get_stream(
    task_id: str,
    rest: RestDep,
    caller: CallerDep,
    door: DoorDep,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Follow a task: `update` events with the whole task, then `done`."""
    job = await run_in_threadpool(tasks.read_task, rest.app, task_id, caller.id)
    if rest.streams >= rest.app.settings.max_sse:
        raise Unavailable("SSE 连接数已满", retry_after_seconds=5)
    place = Place.read(last_event_id)
    if place is not None and place.done:
        return Response(status_code=204)
    return EventStream(rest, job, caller.id, place, lambda: door.still_admits(caller))
