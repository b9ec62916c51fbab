"""Jobs that read or write market data: the administration's, told from tasks, one at a time on each market."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import Conflict
from quantgpt.records import Job
from quantgpt.records.jobs import unfinished_asks

if TYPE_CHECKING:
    from sqlalchemy import Connection

WRITERS = ("data.commit", "data.update")
"""Operations that change a market (an update only when it applies)."""


class NotNow(Conflict):
    """An import or update is not in the state for that; `code` says why."""

    def __init__(self, code: str, message: str, *, en: str, hint: str = "", nearest: object = None) -> None:
        super().__init__(message, hint=hint, nearest=nearest, en=en)
        self.code = code


def alone_on(market: str) -> Callable[[Connection], None]:
    """What a writer is let in by, in the transaction that queues it.  Raises: NotNow while another one holds the market."""

    def admit(connection: Connection) -> None:
        for job_id, ask in unfinished_asks(connection, WRITERS):
            if json.loads(ask)["market"] == market:
                raise NotNow(
                    "busy",
                    f"行情库 {market} 正在被另一个导入或更新占用",
                    en=f"Another import or update holds the market {market} now",
                    hint="wait for it or cancel it",
                    nearest=job_id,
                )

    return admit


def job_row(job: Job) -> dict[str, Any]:
    """Where a job is."""
    return {
        "id": job.id,
        "state": job.state,
        "stage": job.stage,
        "pct": round(100 * job.fraction, 1),
        "message": job.message,
    }


def job_error(job: Job) -> dict[str, Any] | None:
    """Why a job failed."""
    if job.error is None:
        return None
    facts = json.loads(job.error_facts or "{}")
    return {
        "detail": job.error,
        "detail_en": facts.get("en"),
        "code": facts.get("code"),
        "hint": facts.get("hint") or None,
    }


def moment(seconds: float | None) -> str | None:
    """A moment as the interface writes it: UTC without a zone."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
