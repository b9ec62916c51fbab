"""Imports through the page: files are staged, looked at by a job that writes nothing, and taken in by another one, whole
or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadImport, BadRequest
from quantgpt.foundations.progress import Progress
from quantgpt.records import LOCAL_ADMIN, Job
from quantgpt.services._base import App, operation, own_key
from quantgpt.services.data_jobs import NotNow, alone_on, job_error, job_row, moment
from quantgpt.services.import_files import (
    ACCEPTS,
    KEPT_HOURS,
    MOST_BYTES,
    MOST_FILES,
    MOST_UNPACKED,
    Staged,
    Staging,
    Upload,
    import_row,
    unpack,
)
from quantgpt.services.tasks import CANCELLED

if TYPE_CHECKING:
    from quantgpt.market.importing.planning import Plan
    from quantgpt.market.importing.report import FileReport, ImportReport

MOST_OPEN = 5
"""imports that may lie here unfinished"""
PREVIEW, COMMIT = "data.preview", "data.commit"


class QlibFolder(BadImport):
    """Files that are read where they lie, and not imported."""

    code = "qlib_folder"


class BadRowsLeft(BadRequest):
    """Files have rows that cannot be true, and nobody said to leave them out."""

    code = "bad_rows"


@dataclass(frozen=True, kw_only=True)
class PreviewImport:
    """Look at staged files."""

    import_id: str
    market: str


@dataclass(frozen=True, kw_only=True)
class CommitImport:
    """Take staged files into a market, exactly those that were looked at, over the snapshot that they were compared with."""

    import_id: str
    market: str
    base: str
    skip_bad_rows: bool
    files: dict[str, str] = field(default_factory=dict)
    """names and hashes"""
    totals: dict[str, Any] = field(default_factory=dict)
    """what the preview counted: the outcome where the write is found done"""


# -- what the jobs do ------------------------------------------------------------------------------------------------


@operation(PREVIEW, ask=PreviewImport, run="job")
def preview_import(app: App, ask: PreviewImport, progress: Progress) -> dict[str, Any]:
    """Unpack, recognise, read and check the files and compare them with the market. Nothing of the market is written."""
    folder = Staging(app).path(ask.import_id)
    progress("unpack", 0.0, "")
    unpack(folder)
    _refuse_qlib(folder / "files")
    plan = app.markets.plan_import(folder / "files", ask.market, progress)
    sizes = {
        str(p.relative_to(folder / "files")): p.stat().st_size for p in (folder / "files").rglob("*") if p.is_file()
    }
    return preview_json(plan, sizes)


def _refuse_qlib(folder: Path) -> None:
    from quantgpt.market.qlib_folder.folder import is_qlib_folder

    for path in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
        if is_qlib_folder(path):
            raise QlibFolder(
                "这是 Qlib 数据文件夹，可以直接计算特征，但不能导入为行情库：里面是 32 位的复权价格，没有交易所参考价",
                en="This is a Qlib data folder: features can be computed from it, but it cannot be imported, since it holds "
                "adjusted prices of 32 bits and no reference prices of the exchange",
                hint='use it in place: quantgpt.features("all", ["$close"], source="…")',
                field="files",
            )


@operation(COMMIT, ask=CommitImport, run="job")
def commit_import(app: App, ask: CommitImport, progress: Progress) -> dict[str, Any]:
    """Take the files in. Done a second time after a kill it finds what the first time did."""
    from quantgpt.market.importing import Terms

    staging = Staging(app)
    folder = app.markets.folder(ask.market)
    target = staging.read_target(ask.import_id)
    kept = folder.pointer() if folder.exists else None
    if target and kept is not None and any(name == target for name, _ in kept.history):
        staging.remove_files(ask.import_id)
        return {"snapshot": target, "previous": ask.base or None, "changed": True, **ask.totals}
    terms = Terms(
        skip_bad_rows=ask.skip_bad_rows,
        only=ask.files,
        planned_on=ask.base,
        announce=lambda snapshot: staging.write_target(ask.import_id, snapshot),
    )
    report = app.markets.import_path(staging.path(ask.import_id) / "files", ask.market, progress, terms=terms)
    staging.remove_files(ask.import_id)
    return {
        "snapshot": report.snapshot,
        "previous": report.previous,
        "changed": report.changed,
        **_totals_of(report),
    }


def _totals_of(report: ImportReport) -> dict[str, Any]:
    return {
        "accepted": report.rows,
        "rejected": report.rejected_rows,
        "added": sum(file.added for file in report.files),
        "changed_rows": sum(file.changed for file in report.files),
    }


def preview_json(plan: Plan, sizes: dict[str, int]) -> dict[str, Any]:
    """A plan in plain values; `digests` and `base` are what a later write is held to."""
    report = plan.report
    usable = [file for file in report.files if file.name in plan.usable]
    first, last = span_of(usable)
    nothing = not plan.changes_anything
    return {
        "base": report.previous or "",
        "base_snapshot": report.previous,
        "digests": dict(plan.usable),
        "can_commit": bool(plan.usable) and not plan.refused and not nothing,
        "needs_skip_bad_rows": bool(plan.bad_rows),
        "refused": plan.refused.zh if plan.refused else None,
        "refused_en": plan.refused.en if plan.refused else None,
        "refused_code": plan.refused.code if plan.refused else None,
        "files": [_file_row(file, plan, sizes) for file in report.files],
        "totals": {
            "files": len(report.files),
            "usable": len(usable),
            "accepted": sum(file.rows for file in usable),
            "rejected": sum(file.rejected_rows for file in usable),
            "added": sum(file.added for file in usable),
            "changed": sum(file.changed for file in usable),
            "unchanged": sum(file.unchanged for file in report.files),
        },
        "changes": {
            "new_sessions": plan.new_sessions,
            "new_names": plan.new_names,
            "first": first,
            "last": last,
            "new_rows": sum(file.added for file in usable),
            "changed_rows": sum(file.changed for file in usable),
            "lists": plan.lists_change,
            "nothing": nothing,
        },
    }


def span_of(files: Sequence[FileReport]) -> tuple[str | None, str | None]:
    """The first and last day of the bars of stocks, whose sessions are the market's; of other figures where there are
    none."""
    dated = [file for file in files if file.first and file.kind not in ("calendar", "constituents")]
    dated = [file for file in dated if file.kind == "stock"] or dated
    return min((file.first for file in dated if file.first), default=None), max(
        (file.last for file in dated if file.last), default=None
    )


_STATES = {"imported": "ok", "unchanged": "known", "unused": "unused", "ignored": "ignored", "refused": "refused"}


def _file_row(file: FileReport, plan: Plan, sizes: dict[str, int]) -> dict[str, Any]:
    return {
        "name": file.name,
        "bytes": sizes.get(file.name, 0),
        "state": "ok" if file.name in plan.usable else _STATES[file.state],
        "needs_skip": file.name in plan.bad_rows,
        **file_figures(file),
    }


def file_figures(file: FileReport) -> dict[str, Any]:
    """What a report says of one file or table."""
    return {
        "kind": file.kind,
        "zh": file.zh,
        "en": file.en,
        "accepted": file.rows,
        "rejected_rows": file.rejected_rows,
        "names": file.names,
        "first": file.first,
        "last": file.last,
        "added": file.added,
        "changed": file.changed,
        "unchanged": file.unchanged,
        "rejected": [
            {"code": r.code, "zh": r.zh, "en": r.en, "count": r.count, "sample": list(r.sample)} for r in file.rejected
        ],
    }


# -- asking for it ---------------------------------------------------------------------------------------------------


def start_upload(app: App, announced: int) -> Upload:
    """Somewhere to put files that come in.

    Raises: NotNow when too many imports lie here, DiskFull.
    """
    staging = Staging(app)
    there = staging.all()
    staging.sweep({staged.id for staged in there if _state(_jobs(app, staged)) == "writing"})
    opened = [staged for staged in there if _state(_jobs(app, staged)) != "done"]
    count = len(opened) + staging.uploads()
    if count >= MOST_OPEN:
        raise NotNow(
            "too_many",
            f"已有 {count} 个未完成的导入，最多 {MOST_OPEN} 个",
            en=f"{count} imports are unfinished, the most is {MOST_OPEN}",
            hint="finish or remove one first",
        )
    upload = Upload(staging)
    upload.begin(announced)
    return upload


def check_market(app: App, market: str) -> None:
    """Whether files may be taken into that market.  Raises: BadRequest, Conflict."""
    app.markets.importable(market)


def finish_upload(app: App, upload: Upload, market: str) -> dict[str, Any]:
    """Everything came: look at it.  Raises: BadRequest, Conflict for the market."""
    check_market(app, market)
    staged = upload.finish(market)
    return _shown(app, _looked_at(app, staged), full=True)


def list_imports(app: App) -> dict[str, Any]:
    """All imports, newest first."""
    staging = Staging(app)
    rows = [_shown(app, staged, full=False) for staged in staging.all()]
    staging.sweep({row["id"] for row in rows if row["state"] == "writing"})
    return {
        "imports": rows,
        "limits": {
            "files": MOST_FILES,
            "bytes": MOST_BYTES,
            "unpacked_bytes": MOST_UNPACKED,
            "open": MOST_OPEN,
            "hours": KEPT_HOURS,
        },
        "accepts": list(ACCEPTS),
    }


def read_import(app: App, import_id: str) -> dict[str, Any]:
    """One import with its preview or outcome.  Raises: NotFound."""
    return _shown(app, _looked_at(app, Staging(app).read(import_id)), full=True)


def remove_import(app: App, import_id: str) -> None:
    """Forget an import and its files.  Raises: NotFound; NotNow while it is being written."""
    staging = Staging(app)
    staged = staging.read(import_id)
    jobs = _jobs(app, staged)
    if _state(jobs) == "writing":
        raise NotNow(
            "busy",
            "正在写入，写完之前不能移除",
            en="It is being written and cannot be removed before that is done",
            hint="wait until it is done; it can be rolled back",
        )
    for job in jobs:
        if not job.is_finished:
            app.records.jobs.cancel(job.id, LOCAL_ADMIN, CANCELLED)
    staging.remove(import_id)


def look_again(app: App, import_id: str) -> dict[str, Any]:
    """Compare an import with the market as it is now.  Raises: NotFound, NotNow."""
    staged = _looked_at(app, Staging(app).read(import_id))
    jobs = _jobs(app, staged)
    state = _state(jobs)
    if state in ("writing", "done"):
        raise NotNow(
            "not_ready",
            "这个导入已经写入或正在写入",
            en="This import is written, or is being written",
            hint="send the files again for a new one",
        )
    if state != "checking":
        _look(app, staged, jobs)
    return _shown(app, staged, full=True)


def commit(app: App, import_id: str, *, skip_bad_rows: bool) -> dict[str, Any]:
    """Have an import written. Asking twice is the same as once.

    Raises: NotFound; NotNow (not_ready, nothing, busy, changed), BadRowsLeft.
    """
    staged = Staging(app).read(import_id)
    jobs = _jobs(app, staged)
    state = _state(jobs)
    if state in ("writing", "done"):
        return _shown(app, staged, full=True)
    preview = _preview(jobs)
    if state not in ("ready", "failed") or preview is None:
        raise NotNow(
            "not_ready",
            "还没有看完这些文件",
            en="The files have not been looked at to the end",
            hint="wait for the preview",
        )
    if not preview["can_commit"]:
        raise NotNow(
            "nothing",
            preview["refused"] or "没有可以写入的新内容",
            en=preview["refused_en"] or "Nothing new to be written",
            hint="the preview says why",
        )
    if preview["needs_skip_bad_rows"] and not skip_bad_rows:
        raise BadRowsLeft(
            "有不可能为真的数据行，要跳过它们才能导入",
            en="Some rows cannot be true; they have to be left out",
            hint="the preview shows them",
            field="skip_bad_rows",
            nearest=True,
        )
    folder = app.markets.folder(staged.market)
    current = folder.pointer().current if folder.exists else ""
    if current != preview["base"]:
        raise NotNow(
            "changed",
            f"行情库 {staged.market} 在预览之后变了",
            en=f"The market {staged.market} changed after the preview",
            hint="look at the preview again",
        )
    tried = sum(job.operation == COMMIT for job in jobs)
    ask = CommitImport(
        import_id=staged.id,
        market=staged.market,
        base=preview["base"],
        skip_bad_rows=skip_bad_rows,
        files=preview["digests"],
        totals={
            "accepted": preview["totals"]["accepted"],
            "rejected": preview["totals"]["rejected"],
            "added": preview["totals"]["added"],
            "changed_rows": preview["totals"]["changed"],
        },
    )
    app.submit(
        ask,
        owner_id=LOCAL_ADMIN,
        idempotency_key=own_key(f"{staged.id}:commit:{tried}"),
        parent=jobs[0],
        admit=alone_on(staged.market),
    )
    return _shown(app, staged, full=True)


def _looked_at(app: App, staged: Staged) -> Staged:
    """The import with the job that looks at it; queued now if whoever received the files was killed before."""
    return staged if staged.first_job else _look(app, staged, [])


def _look(app: App, staged: Staged, jobs: Sequence[Job]) -> Staged:
    tried = sum(job.operation == PREVIEW for job in jobs)
    ask = PreviewImport(import_id=staged.id, market=staged.market)
    job = app.submit(
        ask,
        owner_id=LOCAL_ADMIN,
        idempotency_key=own_key(f"{staged.id}:preview:{tried}"),
        parent=jobs[0] if jobs else None,
    )
    if jobs:
        return staged
    noted = replace(staged, first_job=job.id)
    Staging(app).write(noted)
    return noted


def _jobs(app: App, staged: Staged) -> list[Job]:
    """Everything that was done with an import, oldest first."""
    return app.records.jobs.of_lineage(staged.first_job, LOCAL_ADMIN) if staged.first_job else []


def _state(jobs: Sequence[Job]) -> str:
    if not jobs:
        return "checking"
    last = jobs[-1]
    if last.operation == COMMIT:
        return "writing" if not last.is_finished else "done" if last.state == "succeeded" else "failed"
    return "checking" if not last.is_finished else "ready" if last.state == "succeeded" else "refused"


def _preview(jobs: Sequence[Job]) -> dict[str, Any] | None:
    """What the last look found."""
    looks = [job for job in jobs if job.operation == PREVIEW and job.state == "succeeded" and job.outcome]
    found: dict[str, Any] | None = json.loads(looks[-1].outcome or "null") if looks else None
    return found


def _shown(app: App, staged: Staged, *, full: bool) -> dict[str, Any]:
    jobs = _jobs(app, staged)
    state = _state(jobs)
    last = jobs[-1] if jobs else None
    preview = _preview(jobs)
    done = json.loads(last.outcome or "null") if last is not None and state == "done" else None
    if preview is not None:
        preview = {name: value for name, value in preview.items() if name not in ("digests", "base")}
        if not full:
            preview["files"] = [{**row, "rejected": []} for row in preview["files"]]
    return {
        **import_row(staged),
        "state": state,
        "created_at": moment(staged.created_at),
        "expires_at": moment(staged.expires_at),
        "job": job_row(last) if last is not None else None,
        "error": job_error(last) if last is not None and state in ("refused", "failed") else None,
        "preview": preview,
        "result": done,
    }
