"""Who looked at which sealed slice."""

from __future__ import annotations

from sqlalchemy import Engine


class OpeningRecords:
    """The openings table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
