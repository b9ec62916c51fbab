"""Feedback: stored first, then passed on to whoever listens."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from quantgpt.foundations.errors import BadRequest, DiskFull, NotFound, QuantError
from quantgpt.records.feedbacks import FeedbackRow
from quantgpt.services._base import App
from quantgpt.services.screenshots import clean_png
from quantgpt.services.tasks import read_task

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCREENSHOT_URL = "/api/v1/feedback-screenshots/"
LONGEST = 2000
LONGEST_NOTE = 500
"""characters of the address of the page, and of the name of the browser"""

log = logging.getLogger(__name__)

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MENTION = re.compile(r"<(?=\s*/?\s*at\b)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody wrote. `screenshot` is a data URI or bare base64; an empty text counts as none."""

    description: str
    screenshot: str | None = None
    task_id: str | None = None
    page_url: str | None = None
    user_agent: str | None = None


def leave_feedback(
    app: App, owner_id: str, draft: Draft, *, admit: Callable[[Connection], None] | None = None
) -> FeedbackRow:
    """Check and store feedback with its picture. `admit` may refuse it last.

    Raises: BadRequest; NotFound when it names a task that is not the writer's.
    """
    description = _checked_text(draft.description)
    notes = {name: _checked_note(name, getattr(draft, name)) for name in ("page_url", "user_agent")}
    task_id = read_task(app, draft.task_id, owner_id).id if draft.task_id else None
    picture = clean_png(draft.screenshot) if draft.screenshot else None
    feedback_id = secrets.token_hex(16)
    try:
        if picture is not None:
            app.artifacts.write_picture(feedback_id, picture)
        row = app.records.feedbacks.add(
            feedback_id,
            owner_id,
            description=description,
            screenshot=picture is not None,
            task_id=task_id,
            admit=admit,
            **notes,
        )
    except BaseException:
        app.artifacts.forget_feedback(feedback_id)
        raise
    try:
        app.artifacts.write_feedback(feedback_id, asdict(row))
    except (DiskFull, OSError) as error:
        log.warning("feedback %s has no copy on disk: %s", feedback_id, error)
    return row


def pass_on(app: App, row: FeedbackRow) -> bool:
    """Tell the group of people that the settings name; whether it was delivered."""
    notifier = app.plugs.notifier(app.settings)
    if notifier is None or not notifier.send(message_of(app, row)):
        return False
    try:
        app.records.feedbacks.mark_sent(row.id)
    except QuantError as error:
        log.warning("feedback %s was passed on, which could not be noted: %s", row.id, error)
    return True


def message_of(app: App, row: FeedbackRow) -> str:
    """What the group reads. Nobody can be called by name in it."""
    lines = [
        f"用户反馈 from {row.email}",
        f"时间: {datetime.fromtimestamp(row.created_at, UTC):%Y-%m-%d %H:%M:%S} UTC",
        f"描述: {row.description}",
    ]
    base = app.settings.public_url.rstrip("/")
    extras = {
        "任务ID": row.task_id,
        "页面": row.page_url,
        "截图": f"{base}{SCREENSHOT_URL}{row.id}.png" if row.screenshot else None,
    }
    lines += [f"{name}: {' '.join(value.split())}" for name, value in extras.items() if value]
    return _MENTION.sub("＜", "\n".join(lines))


def find_screenshot(app: App, name: str) -> Path:
    """The picture of the feedback with that id, with or without `.png`. Raises: BadRequest, NotFound."""
    feedback_id = name.removesuffix(".png")
    if not _ID.fullmatch(feedback_id):
        raise BadRequest("Invalid feedback id", field="feedback_id", hint="32 hexadecimal digits")
    path = app.artifacts.picture_path(feedback_id)
    if not path.is_file():
        raise NotFound("Screenshot not found", field="feedback_id")
    return path


def is_feedback_id(text: str) -> bool:
    """The text has the form of our ids."""
    return bool(_ID.fullmatch(text))


def _checked_text(text: str) -> str:
    text = text.strip()
    if not text:
        raise BadRequest("description 不能为空", field="description", hint=f"1 to {LONGEST} characters")
    if len(text) > LONGEST:
        raise BadRequest(f"description 不能超过 {LONGEST} 个字符", field="description")
    return text


def _checked_note(name: str, text: str | None) -> str | None:
    text = (text or "").strip()
    if len(text) > LONGEST_NOTE:
        raise BadRequest(f"{name} 不能超过 {LONGEST_NOTE} 个字符", field=name)
    return text or None
