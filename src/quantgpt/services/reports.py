"""Reports: made with a result, purged when there are too many, made again when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quantgpt.foundations.errors import NotFound
from quantgpt.foundations.progress import Progress
from quantgpt.foundations.series import Series
from quantgpt.services._base import App, operation, own_key

RETRY_SECONDS = 60
"""Requests for one purged report share a job for so long; a failed one is tried again afterwards."""


def render(result: dict[str, Any], series: Mapping[str, Series]) -> bytes:
    """The HTML report of a factor test."""
    from quantgpt.reports.factor_report import render_factor_report

    return render_factor_report(result, series, str(result["params"]["expression"]))


def purge_reports(app: App, owner_id: str, *, spare: str | None = None) -> None:
    """Remove the oldest report files of a user beyond the limit, but not `spare`. They can be made again."""
    surplus = [name for name in app.records.reports.surplus(owner_id, app.settings.max_reports) if name != spare]
    for old in surplus:
        app.artifacts.drop_report(old)
    app.records.reports.drop(surplus)


@dataclass(frozen=True, kw_only=True)
class RenderReport:
    """Ask for a purged report to be made again from the result and series that are stored of a task or candidate."""

    name: str
    task_id: str


def find_report(app: App, name: str, owner_id: str) -> tuple[Path, str | None]:
    """(file, None), or (where it will be, id of the job that makes it again) for a purged one.

    Raises: BadRequest for a name that is not ours, NotFound when there is none or it belongs to somebody else.
    """
    path = app.artifacts.report_path(name)
    row = app.records.reports.get(name)
    if row is None or row.owner_id != owner_id:
        raise NotFound("Report not found")
    if path.is_file():
        return path, None
    ask = RenderReport(name=name, task_id=row.job_id)
    turn = int(app.clock.now().timestamp() // RETRY_SECONDS)
    key = own_key(f"report:{name}:{row.created_at}:{turn}")
    return path, app.submit(ask, owner_id=owner_id, idempotency_key=key).id


def is_made_again(app: App, job_id: str, name: str) -> bool:
    """The job that makes a report again is through. Raises NotFound when it failed."""
    job = app.records.jobs.get(job_id)
    if job is None or job.state == "failed":
        raise NotFound("Report not found", hint=job.error or "" if job else "")
    if job.state == "succeeded":
        app.records.reports.kept_again(name)
        purge_reports(app, job.owner_id, spare=name)
        return True
    return False


@operation("reports.render", ask=RenderReport, run="job", priority=10)
def render_report(app: App, ask: RenderReport, progress: Progress) -> dict[str, Any]:
    """Make a report again.

    Raises: NotFound when the series are gone too.
    """
    result, series = app.artifacts.load(app.artifacts.source_of(ask.name, ask.task_id))
    progress("generating_report", 0.1)
    app.artifacts.write_report(ask.name, render(result, series))
    return {"name": ask.name}
