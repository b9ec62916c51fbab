"""A signed job as it is shown: nine keys, its result as it was stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from quantgpt.foundations.errors import Broken
from quantgpt.records import Job
from quantgpt.services.signed import stored
from quantgpt.services.signed.literals import printed

METRICS = (
    "sharpe", "sortino", "calmar", "max_drawdown", "win_rate", "profit_factor", "cagr", "expected_value", "total_trades",
    "avg_trade_duration_seconds",
)  # fmt: skip
"""In the order in which they are documented."""
CODES = {
    "timeout": "TIMEOUT",
    "lost": "WORKER_LOST",
    "DATA_UNAVAILABLE": "DATA_UNAVAILABLE",
    "INSUFFICIENT_CAPITAL": "INSUFFICIENT_CAPITAL",
    "TEMPLATE_ERROR": "TEMPLATE_ERROR",
    "UnknownMarket": "DATA_UNAVAILABLE",
    "NoData": "DATA_UNAVAILABLE",
    "UNKNOWN_SYMBOL": "DATA_UNAVAILABLE",
    "INVALID_PARAMETER": "TEMPLATE_ERROR",
    "BadParams": "TEMPLATE_ERROR",
    "BadRequest": "TEMPLATE_ERROR",
}
"""Codes of failed jobs by what the worker noted; everything else is INTERNAL_ERROR."""
_WORDS = {
    "TIMEOUT": "the job took too long and was stopped",
    "WORKER_LOST": "the worker was lost twice while it ran the job",
    "INTERNAL_ERROR": "an internal error ended the job",
    "memory": "the job needed more memory than a worker has: use a shorter range, a longer timeframe or fewer levels",
}


def status_of(job: Job) -> str:
    """queued, running, done, failed or cancelled."""
    if job.state == "failed":
        return "cancelled" if _error_facts(job).get("code") == "cancelled" else "failed"
    return {"succeeded": "done"}.get(job.state, job.state)


def is_terminal(job: Job) -> bool:
    """The job will not change any more."""
    return job.is_finished


def job_error(job: Job) -> dict[str, Any] | None:
    """Why a job failed, for people: code, message in Chinese, message_en, hint. None for one that did not."""
    if status_of(job) != "failed":
        return None
    facts = _error_facts(job)
    code = CODES.get(str(facts.get("code")), "INTERNAL_ERROR")
    english = facts.get("en") or _WORDS.get(str(facts.get("code"))) or _WORDS.get(code) or job.error
    return {"code": code, "message": job.error, "message_en": english, "hint": facts.get("hint") or None}


def job_text(job: Job, *, brief: bool = False) -> str:
    """The job as JSON text; `brief` with the metrics alone, as lists show it.

    Raises: Broken for a whole result of a job that was read without it.
    """
    error = job_error(job)
    told = None if error is None else {"code": error["code"], "message": error["message_en"]}
    head = _json(_head(job))
    return f'{head[:-1]},"result":{_result_text(job, brief)},"error":{_json(told)}}}'


def job_object(job: Job, *, brief: bool = False) -> dict[str, Any]:
    """The same as an object."""
    found: dict[str, Any] = json.loads(job_text(job, brief=brief))
    return found


def details_of(job: Job) -> dict[str, Any]:
    """What the documented object has no place for; of a job without a result what is known by now."""
    facts = json.loads(job.facts)
    kept = stored.details_of(job.outcome) if job.outcome else {}
    names = ("market", "snapshot", "synthetic", "data_revision", "engine_version", "timings")
    return {
        "id": job.id,
        "status": status_of(job),
        "warnings": facts.get("warnings", []),
        **{name: facts.get(name) for name in names},
        "expired_at": _expired_at(facts),
        **kept,
    }


def moment(seconds: float | None) -> str | None:
    """A moment as it is printed."""
    return None if seconds is None else printed(datetime.fromtimestamp(seconds, UTC))


def _head(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "status": status_of(job),
        "config": json.loads(job.ask)["config"],
        "submitted_at": moment(job.created_at),
        "started_at": moment(job.started_at),
        "finished_at": moment(job.finished_at),
        "progress": 1.0 if job.state == "succeeded" else float(job.fraction),
    }


def _result_text(job: Job, brief: bool) -> str:
    if job.state != "succeeded":
        return "null"
    facts = json.loads(job.facts)
    metrics = {name: facts["metrics"][name] for name in METRICS}
    if brief:
        return _json({"metrics": metrics})
    if job.outcome is not None:
        return stored.result_of(job.outcome)
    if facts.get("expired_at") is None:
        raise Broken(f"job {job.id} was read without its result")
    return _json({"metrics": metrics, "equity_curve": [], "trades": [], "expired_at": _expired_at(facts)})


def _expired_at(facts: Mapping[str, Any]) -> str | None:
    return moment(facts.get("expired_at"))


def _error_facts(job: Job) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(job.error_facts or "{}")
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
