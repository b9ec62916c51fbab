"""What a key may spend in a minute, and how often it may look at a job."""

from __future__ import annotations

from dataclasses import dataclass

from quantgpt.services._base import App
from quantgpt.services.signed.keys import PREFIX


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
    spent = app.records.weights.spend(bucket, weight, allowed)
    if spent.wait is None and bucket.startswith(PREFIX):
        app.records.keys.used(bucket)
    return Budget(used=spent.used, limit=allowed, wait=spent.wait)


def poll(app: App, key_id: str, job_id: str) -> float | None:
    """Count one look at an unfinished job: None, or the seconds until the next one is allowed."""
    return app.records.weights.poll(key_id, job_id) if app.settings.signed_poll_rule else None
