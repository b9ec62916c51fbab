"""What signed requests are refused with; `code` is the word of the interface."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from quantgpt.foundations.errors import BadRequest, Conflict, NotFound, Unavailable
from quantgpt.records.strategies import NameTaken as DuplicateName
from quantgpt.templates._params import Fault

__all__ = [
    "DuplicateName",
    "Fault",
    "IdempotencyConflict",
    "InvalidParameter",
    "InvalidState",
    "NotYours",
    "QueueFull",
    "QueueLimit",
    "UnknownSymbol",
    "unknown_symbol",
]


class InvalidParameter(BadRequest):
    """Fields of a request that cannot be; `faults` are all of them, the first one is the sentence."""

    code = "INVALID_PARAMETER"

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(
            f"{first.field}：{first.reason_zh or first.reason}" if first.field else first.reason_zh or first.reason,
            en=f"{first.field} {first.reason}".strip(),
            field=first.field or None,
            nearest=first.nearest,
        )
        self.faults = tuple(faults)


class UnknownSymbol(InvalidParameter):
    """No such symbol is traded."""

    code = "UNKNOWN_SYMBOL"


class NotYours(NotFound):
    """No such thing, or it is somebody else's; nobody can tell which."""

    code = "NOT_FOUND"


class InvalidState(Conflict):
    """It has ended, or is in use."""

    code = "INVALID_STATE"


class IdempotencyConflict(Conflict):
    """An idempotency key that came with another body before."""

    code = "IDEMPOTENCY_CONFLICT"


class QueueLimit(Conflict):
    """Too many jobs of this account wait."""

    code = "QUEUE_LIMIT"


class QueueFull(Unavailable):
    """Too many jobs wait."""

    code = "SERVICE_UNAVAILABLE"


def fault(field: str, en: str, zh: str, nearest: object = None) -> Fault:
    """One field that is wrong; the reasons go on after its name."""
    return Fault(field=field, reason=en, reason_zh=zh, nearest=nearest)


def unknown_symbol(symbol: str, known: Iterable[str], field: str = "symbol") -> UnknownSymbol:
    """The refusal of a symbol, with the nearest one that there is."""
    return UnknownSymbol([unknown_symbol_fault(symbol, known, field)])


def unknown_symbol_fault(symbol: str, known: Iterable[str], field: str) -> Fault:
    """The same as one fault of several."""
    near = next(iter(difflib.get_close_matches(symbol.upper()[:40], list(known), n=1, cutoff=0.5)), None)
    also = (f"; did you mean {near}?", f"，是否想写 {near}？") if near else ("", "")
    shown = symbol[:40]
    return fault(field, f"{shown!r} is not a known symbol{also[0]}", f"没有交易品种 {shown}{also[1]}", near)
