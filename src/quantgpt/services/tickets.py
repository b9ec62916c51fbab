"""Tickets: one address, one use, one minute; so that no token has to stand in an address."""

from __future__ import annotations

import hashlib
import secrets

from quantgpt.foundations.errors import NotFound, Unauthenticated
from quantgpt.services import tasks
from quantgpt.services._base import App

SECONDS = 60
MARK = "tkt_"
"""What every ticket begins with, so that logs can hide it."""


def for_stream(app: App, task_id: str, owner_id: str) -> str:
    """A ticket for the event stream of one of the owner's tasks. Raises NotFound."""
    return _issue(app, owner_id, stream_of(tasks.read_task(app, task_id, owner_id).id))


def for_report(app: App, name: str, owner_id: str) -> str:
    """A ticket for one of the owner's reports.

    Raises: BadRequest for a name that is not ours, NotFound.
    """
    app.artifacts.report_path(name)
    row = app.records.reports.get(name)
    if row is None or row.owner_id != owner_id:
        raise NotFound("Report not found")
    return _issue(app, owner_id, report_of(name))


def redeem(app: App, ticket: str, subject: str) -> str:
    """Use a ticket up for what it opens; id of its owner. Raises Unauthenticated."""
    owner_id = app.records.tickets.take(_hash(ticket), subject=subject) if ticket.startswith(MARK) else None
    if owner_id is None:
        raise Unauthenticated("票据无效或已过期", hint="ask for a new ticket; each opens one thing once")
    return owner_id


def stream_of(task_id: str) -> str:
    """What a ticket for the stream of a task opens."""
    return f"stream:{task_id}"


def report_of(name: str) -> str:
    """What a ticket for a report opens."""
    return f"report:{name}"


def _issue(app: App, owner_id: str, subject: str) -> str:
    ticket = MARK + secrets.token_urlsafe(32)
    app.records.tickets.add(_hash(ticket), owner_id=owner_id, subject=subject, seconds=SECONDS)
    return ticket


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).hexdigest()
