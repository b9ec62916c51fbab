"""Work for a tool: queue a job, follow it with progress, answer with its result or with its id."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
from anyio.to_thread import run_sync

from quantgpt.faces.mcp.desk import Call, Desk, desk_of, owner_of
from quantgpt.foundations.errors import Kind, QuantError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from quantgpt.records import Job
    from quantgpt.services._base import App

Submit = Callable[["App", str, "Callable[[Connection], None] | None"], "Job"]
"""(app, owner, admit) → the queued job"""

LOOK_SECONDS = 0.1
LONG_LOOK_SECONDS = 0.5
WORKER_SECONDS = 2.0
FINISHED = 100.0


class JobFailed(QuantError):
    """The job ended without a result; the sentence is the one that its owner reads everywhere."""

    def __init__(self, job: Job) -> None:
        facts: dict[str, Any] = json.loads(job.error_facts or "{}")
        super().__init__(
            job.error or "", hint=facts.get("hint") or "", field=facts.get("field"), nearest=facts.get("nearest")
        )
        self.kind = Kind(facts.get("kind", Kind.UNAVAILABLE))
        self.job_id = job.id


async def carried_out(ctx: Call, ask: Callable[[], object], wait_seconds: float) -> Job:
    """Queue the job that `ask` asks for and follow it for so long; as it stands then. It goes on without us, whatever
    becomes of the call.

    Raises: what the submission raises, JobFailed.
    """

    def submit(app: App, owner: str, admit: Callable[[Connection], None] | None) -> Job:
        desk_of(ctx).open_market()
        return app.submit(ask(), owner_id=owner, admit=admit)

    return await accepted(ctx, submit, wait_seconds)


async def accepted(ctx: Call, submit: Submit, wait_seconds: float) -> Job:
    """Queue a job by that function and follow it for so long.

    Raises: what the submission raises, JobFailed.
    """
    desk, owner = desk_of(ctx), owner_of(ctx)
    patience = await run_sync(desk.patience, wait_seconds)

    def queue() -> Job:
        desk.open_records()
        return submit(desk.app, owner, partial(desk.admit, owner) if desk.admit else None)

    with anyio.CancelScope(shield=True):
        job = await run_sync(queue)
    return succeeded_or_open(await followed(ctx, job, patience))


async def followed(ctx: Call, job: Job, patience: float) -> Job:
    """Follow a job until it ends or the patience does, with progress that never goes back."""
    from quantgpt.services.errands import read_errand

    desk, owner = desk_of(ctx), owner_of(ctx)
    deadline, shown, called = time.monotonic() + patience, -1.0, 0.0
    started = time.monotonic()
    while True:
        now = time.monotonic()
        if not job.is_finished and job.state == "queued" and now >= called:
            await _call_worker(desk)
            called = time.monotonic() + WORKER_SECONDS
        percent = FINISHED if job.is_finished else round(min(100 * job.fraction, 99.9), 1)
        if percent > shown:
            shown = percent
            await ctx.report_progress(percent, FINISHED, f"{job.stage} {job.message}".strip())
        left = deadline - time.monotonic()
        if job.is_finished or left <= 0:
            return job
        pause = LOOK_SECONDS if now - started < 10 else LONG_LOOK_SECONDS
        await anyio.sleep(min(pause, left))
        job = await run_sync(read_errand, desk.app, job.id, owner)


def succeeded_or_open(job: Job) -> Job:
    """The job, unless it failed. Raises JobFailed."""
    if job.state == "failed":
        raise JobFailed(job)
    return job


async def _call_worker(desk: Desk) -> None:
    """Have a worker, if that is our business."""
    if desk.standby is not None and await run_sync(desk.standby.is_wanted, desk.app):
        desk.standby.start(desk.app)
