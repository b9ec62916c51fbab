"""Answers to signed requests, given again when the very same request comes again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete, select

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now
from quantgpt.records.schema_signed import answers

KEPT_SECONDS = 600.0


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """One answer; `headers` is JSON text."""

    status: int
    headers: str
    body: bytes


class AnswerRecords:
    """The answers table. A token names the request."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def get(self, token: str) -> AnswerRow | None:
        """The answer that a request got within the last ten minutes."""
        a = answers.c
        query = select(a.status, a.headers, a.body).where(a.token == token, a.at > database_now() - KEPT_SECONDS)
        with database_faults(), self._reader.begin() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else AnswerRow(**row)

    def add(self, token: str, row: AnswerRow) -> None:
        """Keep the first answer to a request; those of more than ten minutes ago go."""
        from sqlalchemy.dialects import postgresql, sqlite

        now = database_now()
        with database_faults(), self._writer.begin() as connection:
            connection.execute(delete(answers).where(answers.c.at < now - KEPT_SECONDS))
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            new = dialect.insert(answers).values(
                token=token, at=now, status=row.status, headers=row.headers, body=row.body
            )
            connection.execute(new.on_conflict_do_nothing(index_elements=["token"]))
