"""Answers about imports, updates and sources in words of the schema; the services fill them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class JobRow(BaseModel):
    """Where the work is."""

    id: str
    state: Literal["queued", "running", "succeeded", "failed"]
    stage: str
    pct: float
    message: str


class JobError(BaseModel):
    """Why it failed."""

    detail: str
    detail_en: str | None
    code: str | None
    hint: str | None


class RejectedRows(BaseModel):
    """Rows that are left out, for one reason: how many, and the first few."""

    code: str
    zh: str
    en: str
    count: int
    sample: list[str]


class FileFigures(BaseModel):
    """What was read of one file or table."""

    name: str
    kind: str
    zh: str
    en: str
    accepted: int
    rejected_rows: int
    names: int
    first: str | None
    last: str | None
    added: int
    changed: int
    unchanged: int
    rejected: list[RejectedRows]


class PreviewFile(FileFigures):
    """One file of a preview."""

    bytes: int
    state: Literal["ok", "known", "refused", "unused", "ignored"]
    needs_skip: bool = Field(description="only taken in when rows that cannot be true are left out")


class PreviewTotals(BaseModel):
    """All files together; counts of rows are those of usable files."""

    files: int
    usable: int
    accepted: int
    rejected: int
    added: int
    changed: int
    unchanged: int


class PreviewChanges(BaseModel):
    """What the market would gain."""

    new_sessions: int
    new_names: int
    first: str | None
    last: str | None
    new_rows: int
    changed_rows: int
    lists: bool = Field(description="members, instruments or the calendar change")
    nothing: bool


class Preview(BaseModel):
    """What an import would do; nothing was written."""

    base_snapshot: str | None
    can_commit: bool
    needs_skip_bad_rows: bool
    refused: str | None = Field(description="why nothing at all can be taken in")
    refused_en: str | None
    refused_code: str | None = Field(description="nothing_usable, untestable, nothing_left")
    files: list[PreviewFile]
    totals: PreviewTotals
    changes: PreviewChanges


class ImportResult(BaseModel):
    """What an import did."""

    snapshot: str
    previous: str | None
    changed: bool
    accepted: int
    rejected: int
    added: int
    changed_rows: int


class ImportRow(BaseModel):
    """One import."""

    id: str
    market: str
    state: Literal["checking", "ready", "refused", "writing", "done", "failed"]
    created_at: str
    expires_at: str
    bytes: int
    file_count: int
    job: JobRow | None
    error: JobError | None
    preview: Preview | None
    result: ImportResult | None


class ImportLimits(BaseModel):
    """What may be sent."""

    files: int
    bytes: int
    unpacked_bytes: int
    open: int
    hours: int


class ImportList(BaseModel):
    """Imports, newest first."""

    imports: list[ImportRow]
    limits: ImportLimits
    accepts: list[str]


class UpdateFile(FileFigures):
    """One table of an update."""

    state: str


class UpdateTotals(BaseModel):
    """All tables together, in rows."""

    accepted: int
    rejected: int
    added: int
    changed: int
    unchanged: int


class UpdateReport(BaseModel):
    """What an update changed, or would change. `difference` identifies it."""

    market: str
    difference: str
    snapshot: str | None
    previous: str | None
    changed: bool
    applied: bool
    nothing: bool
    files: list[UpdateFile]
    totals: UpdateTotals


class UpdateRow(BaseModel):
    """One update."""

    id: str
    market: str
    apply: bool
    source: str
    start: str | None
    end: str | None
    job: JobRow
    created_at: str
    finished_at: str | None
    error: JobError | None
    report: UpdateReport | None


class UpdateList(BaseModel):
    """Updates, newest first."""

    updates: list[UpdateRow]


class SourceStep(BaseModel):
    """One step of a test."""

    step: str
    zh: str
    en: str
    ok: bool
    ms: int


class SourceRow(BaseModel):
    """One source."""

    name: str
    kind: Literal["vendor", "files"]
    zh: str
    en: str
    status: Literal["fine", "degraded", "unavailable", "off", "untested"]
    code: str | None
    zh_reason: str
    en_reason: str
    latency_ms: int | None
    checked_at: str | None
    last_success_at: str | None
    can_test: bool
    steps: list[SourceStep]


class SourceList(BaseModel):
    """Every source."""

    sources: list[SourceRow]
