"""Tickets for what a browser opens without headers: an event stream, a report in a new tab."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from quantgpt.faces.rest.access import CallerDep, RestDep
from quantgpt.services import tickets

router = APIRouter(tags=["tickets"])


class Ticket(BaseModel):
    """Opens one address once: append `?ticket=…`."""

    ticket: str
    expires_in: int = Field(tickets.SECONDS, description="秒")


@router.post("/tasks/{task_id}/sse-ticket")
def post_stream_ticket(task_id: str, rest: RestDep, caller: CallerDep) -> Ticket:
    """A ticket for the event stream of a task."""
    return Ticket(ticket=tickets.for_stream(rest.app, task_id, caller.id))


@router.post("/reports/{filename}/ticket")
def post_report_ticket(filename: str, rest: RestDep, caller: CallerDep) -> Ticket:
    """A ticket for a report."""
    return Ticket(ticket=tickets.for_report(rest.app, filename, caller.id))
