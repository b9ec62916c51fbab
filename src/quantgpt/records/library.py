"""Factors that users keep."""

from __future__ import annotations

from sqlalchemy import Engine


class LibraryRecords:
    """The library_factors table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
