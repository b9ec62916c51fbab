"""Sessions: folders of tasks, with a name or named by their first task."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadRequest, NotFound
from quantgpt.records.sessions import SessionRow
from quantgpt.services._base import App, tasks_of_the_contract
from quantgpt.services.tasks import CANCELLED, TESTS

if TYPE_CHECKING:
    from quantgpt.records.sessions import WorkRow

NAME_LENGTH = 200
BORROWED_LENGTH = 30
"""characters of a prompt that name a session without a name"""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True)
class Work:
    """What the tasks of a session came to. The best score is that of a finished test or of a candidate; None where there
    is none."""

    rounds: int = 0
    running: int = 0
    failed: int = 0
    best_score: float | None = None
    best_grade: str | None = None


@dataclass(frozen=True)
class Session:
    """One session as its owner sees it."""

    id: str
    name: str | None
    created_at: float
    updated_at: float
    work: Work = field(default_factory=Work)


def open_session(app: App, owner_id: str, name: str | None) -> Session:
    """Make a session; without a name it takes that of its first finished task. Raises BadRequest."""
    given = (name or "").strip()
    if len(given) > NAME_LENGTH:
        raise _too_long()
    return _shown(app.records.sessions.add(str(uuid.uuid4()), owner_id, given or None))


def list_sessions(app: App, owner_id: str) -> list[Session]:
    """Somebody's sessions, the one changed last first."""
    done: dict[str, list[WorkRow]] = {}
    for row in app.records.sessions.work_of(owner_id, tasks_of_the_contract()):
        done.setdefault(row.session_id, []).append(row)
    return [_shown(row, work_in(done.get(row.id, ()))) for row in app.records.sessions.all_of(owner_id, TESTS)]


def work_in(rows: Iterable[WorkRow]) -> Work:
    """What some jobs came to."""
    states: list[str] = []
    best: tuple[float | None, str | None] = (None, None)
    for row in rows:
        states.append(row.state)
        for score, grade in _scores(json.loads(row.facts or "{}").get("brief") or {}):
            best = max(best, (score, grade), key=lambda one: -1.0 if one[0] is None else one[0])
    ended = states.count("succeeded") + states.count("failed")
    return Work(len(states), len(states) - ended, states.count("failed"), *best)


def _scores(brief: dict[str, Any]) -> Iterable[tuple[float | None, str | None]]:
    """Score and grade of a test, or of every candidate of an iteration."""
    for one in brief.get("candidates", [brief]):
        yield one.get("score"), one.get("grade")


def rename_session(app: App, session_id: str, owner_id: str, name: str) -> Session:
    """Give a session another name. Raises: NotFound, BadRequest."""
    given = name.strip()
    own_session(app, session_id, owner_id)
    if not given:
        raise BadRequest("name 不能为空", field="name", hint=f"1 to {NAME_LENGTH} characters")
    if len(given) > NAME_LENGTH:
        raise _too_long()
    row = app.records.sessions.rename(session_id, owner_id, given)
    if row is None:
        raise _missing()
    return _shown(row)


def own_session(app: App, session_id: str, owner_id: str) -> Session:
    """A session of that user. Raises NotFound for a foreign, absent or malformed id alike."""
    row = app.records.sessions.get(session_id, owner_id, TESTS) if _UUID.fullmatch(session_id) else None
    if row is None:
        raise _missing()
    return _shown(row)


def delete_session(app: App, session_id: str, owner_id: str) -> None:
    """Stop what runs in a session, then remove it with its tasks, their reports, results and series.

    Raises NotFound.
    """
    own_session(app, session_id, owner_id)
    for job_id in app.records.sessions.unfinished(session_id, owner_id):
        app.records.jobs.cancel(job_id, owner_id, CANCELLED)
    removed = app.records.sessions.remove(session_id, owner_id)
    if removed is None:
        raise _missing()
    for name in removed.reports:
        app.artifacts.drop_report(name)
    for job_id in removed.jobs:
        app.artifacts.forget_task(job_id)


def _missing() -> NotFound:
    return NotFound("Session not found", field="session_id")


def _too_long() -> BadRequest:
    return BadRequest(f"name 不能超过 {NAME_LENGTH} 个字符", field="name")


def _shown(row: SessionRow, work: Work | None = None) -> Session:
    name = row.name
    if name is None and row.first_ask is not None:
        name = " ".join(str(json.loads(row.first_ask)["prompt"]).split())[:BORROWED_LENGTH]
    return Session(row.id, name, row.created_at, row.updated_at, work or Work())
