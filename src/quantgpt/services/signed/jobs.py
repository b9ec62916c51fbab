"""Signed jobs: asked for, read, listed, cancelled. Each belongs to an account, whichever of its keys asked for it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from quantgpt import __version__
from quantgpt.foundations.errors import Conflict
from quantgpt.foundations.hashing import canonical_json, hash_value
from quantgpt.records import Failure, Job, NewJob
from quantgpt.records.jobs import IDEMPOTENCY_SECONDS
from quantgpt.records.signed_jobs import STATUSES, is_taken, queued
from quantgpt.services._base import App, own_key
from quantgpt.services.signed import paging, stored
from quantgpt.services.signed.backtests import OPERATION, PREFIX, SignedBacktest
from quantgpt.services.signed.config import resolve
from quantgpt.services.signed.faults import (
    IdempotencyConflict,
    InvalidParameter,
    InvalidState,
    NotYours,
    QueueFull,
    QueueLimit,
    fault,
)
from quantgpt.services.signed.wire import details_of, is_terminal, job_error, job_object, job_text, status_of
from quantgpt.services.tasks import CANCELLED

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "cancel",
    "create",
    "details",
    "few",
    "get",
    "is_terminal",
    "job_error",
    "job_object",
    "job_text",
    "page",
    "pinned",
    "status_of",
    "tag_of",
]

LONGEST_KEY = 128
LONGEST_REASON = 200
RETRY_SECONDS = 30.0
TRIES = 8
"""ids that are drawn before we give up"""

_ID = re.compile(r"bt_[0-9a-f]{6,8}", re.ASCII)


class _TakenId(Exception):
    """An id that another job has."""


def create(
    app: App,
    owner_id: str,
    body: Mapping[str, Any],
    *,
    body_hash: str | None = None,
    idempotency_key: str | None = None,
    once: str | None = None,
) -> tuple[Job, bool]:
    """Check a request and queue it, committed on return; the job, and whether it is an earlier one.

    Of requests with one `idempotency_key` (24 hours, per account) or one `once` (a mark of the very same signed request)
    the first makes the job. `body_hash` tells bodies apart (default: by what they say).
    Raises: InvalidParameter, UnknownSymbol, NotYours for a strategy, IdempotencyConflict, QueueLimit, QueueFull, NoPairs.
    """
    key = _key(idempotency_key, once)
    mark = (body_hash or hash_value(dict(body))) if key else None
    if key is not None and mark is not None:
        earlier = _earlier(app, owner_id, key, mark)
        if earlier is not None:
            return earlier, True
    config = resolve(app, owner_id, body)
    warnings = [{"zh": zh, "en": en} for zh, en in config.warnings]
    ask = SignedBacktest(
        config=config.echo,
        asked_ms=int(app.clock.now().timestamp() * 1000),
        market=config.market,
        snapshot=config.snapshot,
        warnings=warnings,
    )
    facts = {"market": config.market, "snapshot": config.snapshot, "synthetic": config.synthetic, "warnings": warnings}

    def drawn() -> NewJob:
        return NewJob(
            id=PREFIX + secrets.token_hex(4),
            operation=OPERATION,
            owner_id=owner_id,
            ask=json.dumps(asdict(ask), ensure_ascii=False, separators=(",", ":"), allow_nan=False),
            facts=canonical_json(facts),
            idempotency_key=key,
            idempotency_hash=mark,
        )

    return _submit(app, owner_id, drawn)


def get(app: App, owner_id: str, job_id: str, *, with_result: bool = True) -> Job:
    """One job, on request without what may be long.  Raises: NotYours."""
    known = _ID.fullmatch(job_id) is not None
    job = app.records.jobs.get(job_id, owner_id=owner_id, with_outcome=with_result) if known else None
    if job is None or job.operation != OPERATION:
        raise NotYours("没有这个回测任务", en="No such job", field="id")
    return job


def tag_of(job: Job) -> str:
    """What changes when anything changes that is shown of a finished job; its result need not be read."""
    shown = (__version__, job.id, job.state, job.ask, job.facts, job.error, job.error_facts, job.outcome_hash)
    return hash_value([*shown, job.created_at, job.started_at, job.finished_at, job.fraction])[:32]


def few(job: Job) -> AbstractContextManager[None]:
    """Around everything that is done with the whole result of a job: only some large ones go on at once."""
    metrics = json.loads(job.facts).get("metrics", {})
    return stored.few(int(metrics.get("total_trades", 0)))


def page(app: App, owner_id: str, query: Mapping[str, str]) -> tuple[list[Job], str | None]:
    """A page of somebody's jobs, newest first, without equity curves and trades, and the cursor behind it.

    `status`, `template_id`, `from` (included), `to` (excluded), `limit` (20), `cursor`; other names are passed over.
    Raises: InvalidParameter.
    """
    asked = paging.Asked(query)
    status, template_id = asked.choice("status", tuple(STATUSES)), query.get("template_id")
    since, until = asked.moment("from"), asked.moment("to")
    if since is not None and until is not None and since >= until:
        asked.wrong("to", "must be after from", "必须晚于 from")
    filters = {
        "status": status,
        "template_id": template_id,
        "from": None if since is None else since.isoformat(),
        "to": None if until is None else until.isoformat(),
    }
    limit, after = asked.limit(20), asked.cursor("submitted_at", filters)
    asked.refuse()
    if template_id is not None and template_id not in _template_ids():
        return [], None
    rows = app.records.signed_jobs.page(
        owner_id,
        OPERATION,
        limit=limit + 1,
        after=after,
        status=status,
        asking=None if template_id is None else f'"template_id":{json.dumps(template_id)}',
        since=None if since is None else since.timestamp(),
        until=None if until is None else until.timestamp(),
    )
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], paging.cursor_of("submitted_at", last.created_at, last.id, filters)


def cancel(app: App, owner_id: str, job_id: str, reason: str | None = None) -> Job:
    """End an unfinished job at once; its worker stops within a second. `reason` is kept for us.

    Raises: NotYours, InvalidState for a job that has ended, InvalidParameter for a reason that is too long.
    """
    if reason is not None and (len(reason) > LONGEST_REASON or not _is_text(reason)):
        en = f"must be text of at most {LONGEST_REASON} characters"
        raise InvalidParameter([fault("reason", en, f"最多 {LONGEST_REASON} 个字符")])
    get(app, owner_id, job_id)
    facts = {"kind": "conflict", "code": "cancelled", "reason": reason}
    done = app.records.jobs.cancel(job_id, owner_id, Failure(error=CANCELLED.error, error_facts=canonical_json(facts)))
    job = get(app, owner_id, job_id)
    if not done:
        status = status_of(job)
        raise InvalidState(
            f"任务已经结束（{status}），无法取消", en=f"the job is {status} and cannot be cancelled", field="status"
        )
    return job


def details(app: App, owner_id: str, job_id: str) -> dict[str, Any]:
    """What the documented object has no place for.  Raises: NotYours."""
    return details_of(get(app, owner_id, job_id))


def pinned(job: Job) -> tuple[str, str] | None:
    """Market and snapshot that a job ran on; None before it has."""
    facts = json.loads(job.facts)
    return (facts["market"], facts["snapshot"]) if "data_revision" in facts else None


def _key(idempotency_key: str | None, once: str | None) -> str | None:
    if idempotency_key is None:
        return None if once is None else own_key(f"signed.once:{once}")
    if not 0 < len(idempotency_key) <= LONGEST_KEY or not _is_text(idempotency_key):
        en, zh = f"must have 1 to {LONGEST_KEY} characters", f"应为 1 到 {LONGEST_KEY} 个字符"
        raise InvalidParameter([fault("Idempotency-Key", en, zh)])
    return own_key(f"signed.key:{idempotency_key}")


def _earlier(app: App, owner_id: str, key: str, mark: str) -> Job | None:
    """The job that was asked for under a key within a day.  Raises: IdempotencyConflict."""
    job = app.records.jobs.of_key(owner_id, key)
    if job is None or job.created_at < app.clock.now().timestamp() - IDEMPOTENCY_SECONDS:
        return None
    if job.idempotency_hash != mark:
        raise _conflict(job.id)
    return job


def _conflict(job_id: str) -> IdempotencyConflict:
    return IdempotencyConflict(
        f"Idempotency-Key 已用于另一个请求（任务 {job_id}）",
        en=f"this Idempotency-Key came with another body before, which made the job {job_id}",
        field="Idempotency-Key",
        nearest=job_id,
    )


def _submit(app: App, owner_id: str, drawn: Callable[[], NewJob]) -> tuple[Job, bool]:
    for _ in range(TRIES):
        new = drawn()
        try:
            job, created = app.records.jobs.submit(new, admit=_door(app, owner_id, new.id))
        except _TakenId:
            continue
        except Conflict as error:
            if type(error) is not Conflict:
                raise
            raise _conflict(str(error.nearest)) from None
        return job, not created
    raise QueueFull("暂时无法分配任务编号", en="no id is free; try again", retry_after_seconds=1.0)


def _door(app: App, owner_id: str, job_id: str) -> Callable[[Connection], None]:
    """What a new job is let in by, in the transaction that queues it."""
    each, all_of_us = app.settings.signed_queued, app.settings.signed_queue

    def admit(connection: Connection) -> None:
        if is_taken(connection, job_id):
            raise _TakenId
        if queued(connection, OPERATION, owner_id) >= each:
            raise QueueLimit(
                f"已有 {each} 个任务在排队，请等待或取消一些",
                en=f"{each} jobs of this account are waiting; wait for them or cancel some",
            )
        if queued(connection, OPERATION) >= all_of_us:
            raise QueueFull(
                "排队的任务已满，请稍后再试",
                en=f"all {all_of_us} places of the queue are taken; try again later",
                retry_after_seconds=RETRY_SECONDS,
            )

    return admit


def _template_ids() -> set[str]:
    from quantgpt.templates import TEMPLATES, load_templates

    load_templates()
    return {name for _, template in TEMPLATES.items() for name in (template.id, *template.aliases)}


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
