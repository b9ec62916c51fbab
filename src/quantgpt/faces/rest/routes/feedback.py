"""Feedback, and its screenshots."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, move_on_after, to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.faces.rest.shapes import FeedbackReceived
from quantgpt.faces.rest.wire import FeedbackBody
from quantgpt.services import feedback

router = APIRouter(tags=["feedback"])
LARGEST_BODY = 6 * 1024 * 1024
"""bytes: a screenshot of 5 MB as base64, and everything beside it"""
DELIVERY_SECONDS = 10.0
PICTURES_AT_ONCE = 1
DELIVERIES_AT_ONCE = 4
PICTURE_HEADERS = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'; sandbox"}
_rooms: RunVar[dict[str, CapacityLimiter]] = RunVar("rooms of feedback")
T = TypeVar("T")


@router.post("/feedback", status_code=201, responses={201: {"model": FeedbackReceived}})
async def post_feedback(body: FeedbackBody, rest: RestDep, caller: CallerDep) -> dict[str, Any]:
    """Tell us what is wrong. It is stored whether or not it can be passed on."""
    leave = partial(
        feedback.leave_feedback,
        rest.app,
        caller.id,
        feedback.Draft(**body.model_dump()),
        admit=lambda connection: rest.submissions.admit(caller.id, connection),
    )
    row = await _in_room("pictures", PICTURES_AT_ONCE, leave) if body.screenshot else await to_thread.run_sync(leave)
    sent = False
    with move_on_after(DELIVERY_SECONDS):
        sent = await _in_room("deliveries", DELIVERIES_AT_ONCE, partial(feedback.pass_on, rest.app, row))
    return {"id": row.id, "status": "received", "webhook_sent": sent}


@router.get(
    "/feedback-screenshots/{feedback_id}",
    response_class=FileResponse,
    responses={200: {"content": {"image/png": {}}, "description": "PNG"}},
)
def get_screenshot(feedback_id: str, rest: RestDep) -> Response:
    """The screenshot of a piece of feedback. Its id cannot be guessed, and is all that is needed."""
    path = feedback.find_screenshot(rest.app, feedback_id)
    return FileResponse(
        path, media_type="image/png", headers=PICTURE_HEADERS, filename=path.name, content_disposition_type="inline"
    )


async def _in_room(name: str, places: int, work: Callable[[], T]) -> T:
    """Work in a thread, with so many others of its kind at most; who stops waiting does not stop the work."""
    try:
        rooms = _rooms.get()
    except LookupError:
        _rooms.set(rooms := {})
    room = rooms.setdefault(name, CapacityLimiter(places))
    return await to_thread.run_sync(work, limiter=room, abandon_on_cancel=True)
