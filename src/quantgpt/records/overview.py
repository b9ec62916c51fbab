"""Counts over everybody, for the administrator."""

from __future__ import annotations

from sqlalchemy import Engine


class OverviewRecords:
    """Reads users, jobs and feedbacks."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
