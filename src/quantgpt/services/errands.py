"""Jobs as an agent follows them: of every kind, its own only."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

from quantgpt.foundations.errors import Conflict, NotFound, Unavailable
from quantgpt.records import Job
from quantgpt.services._base import App
from quantgpt.services.reports import find_report, is_made_again
from quantgpt.services.tasks import CANCELLED

_ID = re.compile(r"[0-9a-z_]{1,32}", re.ASCII)


def read_errand(app: App, job_id: str, owner_id: str) -> Job:
    """One job. Raises NotFound when there is none or it belongs to somebody else."""
    job = app.records.jobs.get(job_id, owner_id=owner_id) if _ID.fullmatch(job_id) else None
    if job is None:
        raise NotFound("没有这个任务", hint=f"no job {job_id[:40]!r} of yours", field="job_id")
    return job


def cancel_errand(app: App, job_id: str, owner_id: str) -> Job:
    """End an unfinished job; cancelling twice is the same as once.

    Raises: NotFound, Conflict when it had ended otherwise.
    """
    read_errand(app, job_id, owner_id)
    app.records.jobs.cancel(job_id, owner_id, CANCELLED)
    job = read_errand(app, job_id, owner_id)
    if job.error != CANCELLED.error:
        raise Conflict("任务已结束，无法取消", hint="get_job shows how it ended")
    return job


def is_worked_on(app: App) -> bool:
    """A worker that is alive takes jobs of this database, or one of this home is about to."""
    from quantgpt.services.jobs.lifeline import is_dead

    alive = app.records.workers.alive(app.settings.lease_seconds)
    return any(not is_dead(worker) for worker in alive) or _is_starting(app.settings.run_folder / "worker.pid")


def _is_starting(pid_file: Path) -> bool:
    """The process named in that file lives and is a worker by its command line."""
    import psutil

    try:
        return "worker" in " ".join(psutil.Process(int(pid_file.read_text())).cmdline())
    except (OSError, ValueError, psutil.Error):
        return False


def report_of(app: App, job_id: str, owner_id: str, seconds: float) -> Path:
    """The report file of a finished factor test; a purged one is made again, for which this waits so long.

    Raises: NotFound, Unavailable while it is not there yet.
    """
    job = read_errand(app, job_id, owner_id)
    url = json.loads(job.outcome or "{}").get("report_url") if job.state == "succeeded" else None
    if not url:
        raise NotFound("这个任务没有报告", hint="only a finished run_backtest has one")
    return report_file(app, str(url).rpartition("/")[2], owner_id, seconds)


def report_file(app: App, name: str, owner_id: str, seconds: float) -> Path:
    """A report file by its name; a purged one is made again, for which this waits so long.

    Raises: BadRequest for a name that is not ours, NotFound, Unavailable while it is not there yet.
    """
    path, again = find_report(app, name, owner_id)
    deadline = time.monotonic() + seconds
    while again is not None and not is_made_again(app, again, name):
        if time.monotonic() >= deadline:
            raise Unavailable("报告正在重新生成，请稍后再试", retry_after_seconds=5)
        time.sleep(0.1)
    return path
