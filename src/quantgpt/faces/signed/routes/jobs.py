"""Backtest jobs: create, get, list, cancel, and what our own details add."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from quantgpt.faces.rest.zipping import takes_gzip
from quantgpt.faces.signed import auth, budgets
from quantgpt.faces.signed.calls import Answer, Call, as_json
from quantgpt.faces.signed.endpoints import Endpoint
from quantgpt.faces.signed.refusals import bad
from quantgpt.faces.signed.replay import REPLAYED
from quantgpt.services.signed import jobs
from quantgpt.templates._params import Number

if TYPE_CHECKING:
    from quantgpt.records import Job

PATH = "/v1/backtest/jobs"
LONGEST_REASON = 200
LONGEST_KEY = 128
_ZIPPED_FROM = 2_048
"""bytes from which the server compresses"""
_ZIPPED = "-gzip"
"""behind the tag of what is compressed"""
_KEPT = {"Cache-Control": "private, no-cache"}


def create(call: Call) -> Answer:
    """Check a job and queue it. A stored strategy is shown in the answer, so that a key must be allowed to read it."""
    body = call.object()
    if body.get("strategy_id") is not None:
        auth.require(call.caller, "strategies:read")
    job, is_earlier = jobs.create(
        call.app,
        call.caller.owner_id,
        body,
        body_hash=hashlib.sha256(call.body).hexdigest(),
        idempotency_key=_own_key(call),
        once=call.caller.token,
    )
    headers = {"Location": f"{PATH}/{job.id}", **(REPLAYED if is_earlier else {})}
    return Answer(jobs.job_text(job).encode(), headers=headers)


def get(call: Call) -> Answer:
    """One job, with its whole result when it is done. What will not change any more has a strong tag, which also names the
    coding it is sent in; to a caller who has it the result is neither read nor sent."""
    job = _seen(call)
    if not jobs.is_terminal(job):
        return Answer(jobs.job_text(job).encode())
    tag, known = jobs.tag_of(job), _known(call)
    for name in (f'"{tag}"', f'"{tag}{_ZIPPED}"'):
        if name in known:
            return Answer(b"", 304, {"ETag": name, **_KEPT})
    with jobs.few(job):
        return _whole(call, job.id, known)


def _whole(call: Call, job_id: str, known: set[str]) -> Answer:
    """A finished job with its result."""
    job = jobs.get(call.app, call.caller.owner_id, job_id)
    text = jobs.job_text(job).encode()
    zipped = len(text) >= _ZIPPED_FROM and takes_gzip(call.headers.get("accept-encoding", ""))
    headers = {"ETag": f'"{jobs.tag_of(job)}{_ZIPPED if zipped else ""}"', **_KEPT}
    return Answer(b"", 304, headers) if "*" in known else Answer(text, headers=headers)


def page(call: Call) -> Answer:
    """Jobs, the newest first; results with their metrics only."""
    found, cursor = jobs.page(call.app, call.caller.owner_id, call.query)
    rows = ",".join(jobs.job_text(job, brief=True) for job in found)
    return Answer(f'{{"data":[{rows}],"next_cursor":{json.dumps(cursor)}}}'.encode())


def cancel(call: Call) -> Answer:
    """End a job that is not finished."""
    job = jobs.cancel(call.app, call.caller.owner_id, call.values["id"], _reason(call.object_or_nothing()))
    return Answer(jobs.job_text(job).encode())


def details(call: Call) -> Answer:
    """What is known of a job beside the documented object."""
    job = _seen(call)
    with jobs.few(job):
        return Answer(as_json(jobs.details(call.app, call.caller.owner_id, job.id)))


def _seen(call: Call) -> Job:
    """The job that is asked for, without its result. Asking too often for one that is not finished is refused."""
    job = jobs.get(call.app, call.caller.owner_id, call.values["id"], with_result=False)
    if not jobs.is_terminal(job):
        budgets.poll(call.app, call.caller, job.id)
    return job


def _own_key(call: Call) -> str | None:
    key = call.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()) or key.isspace():
        raise bad("Idempotency-Key", f"takes 1 to {LONGEST_KEY} printable ASCII characters")
    return key


def _reason(body: Mapping[str, object]) -> str | None:
    """The reason in the body of a cancel."""
    unknown = next((name for name in body if name != "reason"), None)
    if unknown is not None:
        raise bad(unknown[:64], "is not known here; known: reason")
    reason = body.get("reason")
    if reason is None:
        return None
    if not isinstance(reason, str) or isinstance(reason, Number):
        raise bad("reason", "has to be a string")
    if len(reason) > LONGEST_REASON:
        raise bad("reason", f"has at most {LONGEST_REASON} characters")
    return reason


def _known(call: Call) -> set[str]:
    """The tags that the caller has, weak ones as strong ones; `*` for any."""
    given = (part.strip() for part in call.headers.get("if-none-match", "").split(","))
    return {tag.removeprefix("W/") for tag in given}


_FILTERS = ("status", "template_id", "from", "to", "limit", "cursor")

ENDPOINTS = (
    Endpoint(method="POST", path=PATH, weight=20, answer=create, scope="backtest:write"),
    Endpoint(method="GET", path=PATH, weight=5, answer=page, scope="backtest:read", query=_FILTERS),
    Endpoint(method="GET", path=f"{PATH}/{{id}}", weight=2, answer=get, scope="backtest:read"),
    Endpoint(method="GET", path=f"{PATH}/{{id}}/details", weight=2, answer=details, scope="backtest:read"),
    Endpoint(method="POST", path=f"{PATH}/{{id}}/cancel", weight=5, answer=cancel, scope="backtest:write"),
)
