"""Updates of a market from a data source through the page: the difference first, then the write, both as jobs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadRequest, Conflict, NotFound, Unavailable
from quantgpt.foundations.progress import Progress
from quantgpt.records import LOCAL_ADMIN, Job
from quantgpt.services._base import App, operation
from quantgpt.services.data import INDEX_OF, DataUpdate, difference_of, update_data
from quantgpt.services.data_jobs import alone_on, job_error, job_row, moment
from quantgpt.services.imports import file_figures
from quantgpt.services.sources import note_success
from quantgpt.services.tasks import CANCELLED

if TYPE_CHECKING:
    from quantgpt.market.importing import ImportReport

UPDATE = "data.update"
SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class UpdateMarket:
    """Fetch what a market lacks. Without `apply` the job only says what would change."""

    market: str
    apply: bool = False
    source: str = "baostock"
    start: str | None = None
    end: str | None = None
    universes: tuple[str, ...] = ("hs300", "csi500")
    expected: str = ""
    """identifies the difference that is to be written; empty: whatever there is"""


def _check(app: App, ask: UpdateMarket) -> UpdateMarket:
    """What can be known before anything is asked of the source."""
    from quantgpt.market.market import day_of

    if ask.market == "demo":
        raise Conflict("演示行情库不能更新", en="The demo market cannot be updated", hint="update main")
    app.markets.folder(ask.market)
    if app.settings.cache_only:
        raise Unavailable(
            "QUANTGPT_CACHE_ONLY 已打开，不访问数据源",
            en="QUANTGPT_CACHE_ONLY is set: no source is asked",
            hint="unset it to fetch data",
        )
    known = list(app.plugs.sources())
    if ask.source not in known:
        raise BadRequest(
            f"没有名为 {ask.source[:40]!r} 的数据源",
            en=f"There is no source named {ask.source[:40]!r}",
            hint=f"可用：{'、'.join(known)}",
            field="source",
            nearest=next(iter(known), None),
        )
    days = [day_of(text, name) for name in ("start", "end") if (text := getattr(ask, name))]
    if len(days) == 2 and days[0] > days[1]:
        raise BadRequest(
            "开始日期不能晚于结束日期", en="The first day is after the last one", field="start", nearest=ask.end
        )
    unknown = [name for name in ask.universes if name not in INDEX_OF]
    if unknown:
        raise BadRequest(
            f"{ask.source} 没有股票池 {'、'.join(unknown)[:80]} 的成分股名单",
            en=f"{ask.source} has no members of {', '.join(unknown)[:80]}",
            hint=f"可用：{'、'.join(INDEX_OF)}",
            field="universes",
            nearest=next(iter(INDEX_OF)),
        )
    return ask


@operation(UPDATE, ask=UpdateMarket, run="job", check=_check, secrets=("baostock_api_key",))
def update_market(app: App, ask: UpdateMarket, progress: Progress) -> dict[str, Any]:
    """Ask the source, compare, and write if that is wanted; each part that is written is whole."""
    settings = {name: value for name, value in asdict(ask).items() if name != "source"}
    request = DataUpdate(**{**settings, "universes": tuple(ask.universes)})
    report = update_data(app.markets, app.plugs.source(app.settings, ask.source), app.clock, request, progress)
    note_success(app, ask.source)
    return report_json(report)


def report_json(report: ImportReport) -> dict[str, Any]:
    """What an update changed or would change."""
    return {
        "market": report.market,
        "difference": difference_of(report),
        "snapshot": report.snapshot or None,
        "previous": report.previous,
        "changed": report.changed,
        "applied": report.applied,
        "nothing": not report.changed,
        "files": [{"name": file.name, "state": str(file.state), **file_figures(file)} for file in report.files],
        "totals": {
            "accepted": report.rows,
            "rejected": report.rejected_rows,
            "added": sum(file.added for file in report.files),
            "changed": sum(file.changed for file in report.files),
            "unchanged": sum(file.unchanged for file in report.files),
        },
    }


def start_update(app: App, ask: UpdateMarket, *, seen: str | None = None) -> dict[str, Any]:
    """Queue an update. `seen`: the look whose difference is to be written, and no other one.

    Raises: BadRequest, Conflict, Unavailable; NotNow while another one is under way.
    """
    _check(app, ask)
    if seen is not None:
        ask = replace(ask, expected=_shown_difference(app, ask, seen))
    return _shown(app.submit(ask, owner_id=LOCAL_ADMIN, admit=alone_on(ask.market)))


def _shown_difference(app: App, ask: UpdateMarket, seen: str) -> str:
    """What identifies the difference that somebody looked at.  Raises: NotFound, BadRequest where it was no such look."""
    job = _found(app, seen)
    known = json.loads(job.ask)
    same = all(
        known[name] == value for name, value in asdict(ask).items() if name not in ("apply", "expected", "universes")
    )
    if not ask.apply or known["apply"] or not same or known["universes"] != list(ask.universes) or not job.outcome:
        raise BadRequest(
            "seen 应为同一更新的差异预览",
            en="`seen` takes the finished look at the difference of the same update",
            field="seen",
        )
    return str(json.loads(job.outcome)["difference"])


def list_updates(app: App, market: str) -> dict[str, Any]:
    """The latest updates of a market, newest first."""
    jobs, _ = app.records.jobs.page(LOCAL_ADMIN, (UPDATE,), page=1, page_size=50)
    return {"updates": [_shown(job) for job in jobs if json.loads(job.ask)["market"] == market][:SHOWN]}


def read_update(app: App, update_id: str) -> dict[str, Any]:
    """One update.  Raises: NotFound."""
    return _shown(_found(app, update_id))


def cancel_update(app: App, update_id: str) -> dict[str, Any]:
    """Stop an update; what it has written stays. One that has ended stays as it ended.  Raises: NotFound."""
    job = _found(app, update_id)
    if not job.is_finished:
        app.records.jobs.cancel(job.id, LOCAL_ADMIN, CANCELLED)
    return _shown(_found(app, update_id))


def _found(app: App, update_id: str) -> Job:
    job = (
        app.records.jobs.get(update_id, owner_id=LOCAL_ADMIN) if len(update_id) <= 32 and update_id.isalnum() else None
    )
    if job is None or job.operation != UPDATE:
        raise NotFound("没有这次更新", en="There is no such update", field="update_id")
    return job


def _shown(job: Job) -> dict[str, Any]:
    ask = json.loads(job.ask)
    return {
        "id": job.id,
        "market": ask["market"],
        "apply": ask["apply"],
        "source": ask["source"],
        "start": ask["start"],
        "end": ask["end"],
        "job": job_row(job),
        "created_at": moment(job.created_at),
        "finished_at": moment(job.finished_at),
        "error": job_error(job) if job.state == "failed" else None,
        "report": json.loads(job.outcome) if job.state == "succeeded" and job.outcome else None,
    }
