"""What users wrote to us."""

from __future__ import annotations

from sqlalchemy import Engine


class FeedbackRecords:
    """The feedbacks table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
