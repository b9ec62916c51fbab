"""Tokens, tickets and passwords in addresses never reach a log."""

from __future__ import annotations

import logging
import re

_HIDDEN = "***"
_PATTERNS = (
    re.compile(r"(?i)(\b(?:access_token|refresh_token|token|ticket|password)(?:=|%3D))[^&\s\"'<>]+"),
    re.compile(r"(?i)(\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"()\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"),
    re.compile(r"()\btkt_[A-Za-z0-9_-]{16,}"),
)


def redacted(text: str) -> str:
    """The text without what opens a door.

    >>> redacted("GET /api/v1/tasks/x/stream?token=abc.def&page=1")
    'GET /api/v1/tasks/x/stream?token=***&page=1'
    """
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{_HIDDEN}", text)
    return text


class Redacting(logging.Formatter):
    """Writes what another formatter writes, tracebacks too, without what opens a door."""

    def __init__(self, plain: logging.Formatter | None = None) -> None:
        super().__init__()
        self._plain = plain or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        """One record as text."""
        return redacted(self._plain.format(record))


def hide_tokens() -> None:
    """Let every log of this process be written so; doing it twice changes nothing."""
    for logger in (logging.getLogger(), *map(logging.getLogger, ("uvicorn", "uvicorn.access", "uvicorn.error"))):
        for handler in logger.handlers:
            if not isinstance(handler.formatter, Redacting):
                handler.setFormatter(Redacting(handler.formatter))
