"""What a key may spend in a minute, and how often it may look at a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantgpt.records.keys import note_use
from quantgpt.services._base import App
from quantgpt.services.signed.keys import PREFIX

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What was spent in the last minute and may be; `wait` is None when the weight was booked, else seconds until it fits,
    and then nothing was booked."""

    used: int
    limit: int
    wait: float | None


def spend(app: App, bucket: str, weight: int, limit: int | None = None) -> Budget:
    """Book the weight of a request against a key, or against a bucket of that name; exact between processes.

    `limit` is the setting `signed_weight` unless it is given.
    """
    allowed = app.settings.signed_weight if limit is None else limit

    def also(connection: Connection) -> None:
        if bucket.startswith(PREFIX):
            note_use(connection, bucket)

    spent = app.records.weights.spend(bucket, weight, allowed, also=also)
    return Budget(used=spent.used, limit=allowed, wait=spent.wait)


def poll(app: App, key_id: str, job_id: str) -> float | None:
    """Count one look at an unfinished job: None, or the seconds until the next one is allowed."""
    return app.records.weights.poll(key_id, job_id) if app.settings.signed_poll_rule else None
