"""What users wrote to us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, case, func, insert, select, update

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, feedbacks, users


@dataclass(frozen=True, kw_only=True)
class FeedbackRow:
    """One piece of feedback, and the address of who wrote it."""

    id: str
    owner_id: str
    email: str
    description: str
    screenshot: bool
    task_id: str | None
    page_url: str | None
    user_agent: str | None
    webhook_sent: bool
    resolved: bool
    resolved_at: float | None
    created_at: float


class FeedbackRecords:
    """The feedbacks table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def add(
        self,
        feedback_id: str,
        owner_id: str,
        *,
        description: str,
        screenshot: bool,
        task_id: str | None = None,
        page_url: str | None = None,
        user_agent: str | None = None,
        admit: Callable[[Connection], None] | None = None,
    ) -> FeedbackRow:
        """Insert one, unless `admit`, which is called in the transaction, refuses it."""
        row: dict[str, Any] = {
            "id": feedback_id,
            "owner_id": owner_id,
            "description": description,
            "screenshot": screenshot,
            "task_id": task_id,
            "page_url": page_url,
            "user_agent": user_agent,
            "webhook_sent": False,
            "resolved": False,
            "resolved_at": None,
        }
        with database_faults(), self._writer.begin() as connection:
            if admit is not None:
                admit(connection)
            connection.execute(insert(feedbacks).values(**row, created_at=database_now()))
            return FeedbackRow(**connection.execute(_whole().where(feedbacks.c.id == feedback_id)).mappings().one())

    def get(self, feedback_id: str) -> FeedbackRow | None:
        """The one with that id."""
        with database_faults(), self._reader.begin() as connection:
            row = connection.execute(_whole().where(feedbacks.c.id == feedback_id)).mappings().first()
        return None if row is None else FeedbackRow(**row)

    def page(self, *, page: int, page_size: int, resolved: bool | None = None) -> tuple[list[FeedbackRow], int]:
        """One page of everybody's, newest first, and how many there are; of the open or the resolved ones if asked."""
        wanted = feedbacks.c.id.is_not(None) if resolved is None else feedbacks.c.resolved.is_(resolved)
        query = _whole().where(wanted).order_by(feedbacks.c.created_at.desc(), feedbacks.c.id)
        with database_faults(), self._reader.begin() as connection:
            total = connection.execute(select(func.count()).select_from(feedbacks).where(wanted)).scalar_one()
            rows = connection.execute(query.limit(page_size).offset((page - 1) * page_size)).mappings()
            return [FeedbackRow(**row) for row in rows], int(total)

    def mark_sent(self, feedback_id: str) -> None:
        """Note that it was passed on."""
        with database_faults(), self._writer.begin() as connection:
            connection.execute(update(feedbacks).where(feedbacks.c.id == feedback_id).values(webhook_sent=True))

    def resolve(self, feedback_id: str) -> float | None:
        """Note that it was dealt with, and when first; None when there is none."""
        first = case((feedbacks.c.resolved, feedbacks.c.resolved_at), else_=database_now())
        statement = (
            update(feedbacks)
            .where(feedbacks.c.id == feedback_id)
            .values(resolved=True, resolved_at=first)
            .returning(feedbacks.c.resolved_at)
        )
        with database_faults(), self._writer.begin() as connection:
            return connection.execute(statement).scalar()


def _whole() -> Any:
    return select(feedbacks, users.c.email).join(users, users.c.id == feedbacks.c.owner_id)
