"""Tokens never reach a log."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"(token=)[^&\s\"']+")


class HideTokens(logging.Filter):
    """Replaces `token=…` in log records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite one record."""
        if isinstance(record.args, tuple):
            record.args = tuple(_TOKEN.sub(r"\1***", a) if isinstance(a, str) else a for a in record.args)
        return True


def hide_tokens() -> None:
    """Filter the access log."""
    logging.getLogger("uvicorn.access").addFilter(HideTokens())
