"""Refusals: one shape for every failure, with a code for programs and a sentence for people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quantgpt.foundations.errors import Kind, QuantError

Details = Sequence[Mapping[str, Any]]
RETRY_SECONDS = 5
INTERNAL = "something went wrong on the server; the request may be sent again"

_BY_KIND = {
    Kind.INVALID: (400, "INVALID_PARAMETER"),
    Kind.UNAUTHENTICATED: (401, "INVALID_API_KEY"),
    Kind.FORBIDDEN: (403, "INSUFFICIENT_PERMISSION"),
    Kind.NOT_FOUND: (404, "NOT_FOUND"),
    Kind.CONFLICT: (409, "INVALID_STATE"),
    Kind.RATE_LIMITED: (429, "RATE_LIMITED"),
    Kind.INTERNAL: (500, "INTERNAL_ERROR"),
    Kind.UNAVAILABLE: (503, "SERVICE_UNAVAILABLE"),
    Kind.FULL_DISK: (503, "SERVICE_UNAVAILABLE"),
}
_OWN = ("UNKNOWN_SYMBOL", "DUPLICATE_NAME", "IDEMPOTENCY_CONFLICT", "QUEUE_LIMIT")
"""Codes of errors that say more than their kind."""


@dataclass(eq=False)
class Refusal(Exception):
    """A request that is not carried out. `details` are objects of `field`, `reason` and, where there is one, `nearest`."""

    status: int
    code: str
    message: str
    details: Details = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, request_id: str) -> dict[str, Any]:
        """The object that is sent."""
        error = {
            "code": self.code,
            "message": self.message,
            "details": [dict(detail) for detail in self.details],
            "request_id": request_id,
        }
        return {"error": error, "detail": self.message}


def bad(name: str, reason: str, *, code: str = "INVALID_PARAMETER") -> Refusal:
    """400 for one field."""
    return Refusal(
        400, code, f"{name} {reason}" if name else reason, [{"field": name, "reason": reason}] if name else ()
    )


def too_often(seconds: float, message: str) -> Refusal:
    """429, to be tried again after so many seconds."""
    return Refusal(429, "RATE_LIMITED", message, headers=_wait(seconds))


def refusal_of(error: QuantError) -> Refusal:
    """What an error of the services is on the wire: its own code where it has one, else that of its kind."""
    status, code = _BY_KIND[error.kind]
    own = str(getattr(error, "code", ""))
    code = own if own in _OWN else code
    if status == 500:
        return Refusal(500, "INTERNAL_ERROR", INTERNAL)
    message = " ".join((error.en or error.message).split())
    wait = getattr(error, "retry_after_seconds", None) or RETRY_SECONDS
    return Refusal(status, code, message, _details(error, message), _wait(wait) if status in (429, 503) else {})


def _details(error: QuantError, message: str) -> list[dict[str, Any]]:
    faults = getattr(error, "faults", ())
    if faults:
        return [_detail(fault.field, fault.reason, fault.nearest) for fault in faults if fault.field]
    return [_detail(error.field, message, error.nearest)] if error.field else []


def _detail(name: str, reason: str, nearest: object) -> dict[str, Any]:
    plain = {"field": name, "reason": reason}
    return plain if nearest is None else {**plain, "nearest": nearest if isinstance(nearest, int) else str(nearest)}


def _wait(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(seconds)))}
