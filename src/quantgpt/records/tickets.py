"""Tickets that open one thing once."""

from __future__ import annotations

from sqlalchemy import Engine, delete, insert

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, tickets


class TicketRecords:
    """The tickets table. It knows tickets by their hash only."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def add(self, ticket_hash: str, *, owner_id: str, subject: str, seconds: float) -> None:
        """Keep a ticket of a user for `subject`, valid for `seconds`; those that have expired go."""
        now = database_now()
        row = {"hash": ticket_hash, "owner_id": owner_id, "subject": subject, "expires_at": now + seconds}
        with database_faults(), self._writer.begin() as connection:
            connection.execute(delete(tickets).where(tickets.c.expires_at < now))
            connection.execute(insert(tickets).values(**row))

    def take(self, ticket_hash: str, *, subject: str) -> str | None:
        """Use a ticket up; whose it was, or None for one that does not open `subject` (which stays as it is).

        One statement, so that of two at the same time one gets it.
        """
        fits = (tickets.c.hash == ticket_hash, tickets.c.subject == subject, tickets.c.expires_at >= database_now())
        with database_faults(), self._writer.begin() as connection:
            return connection.execute(delete(tickets).where(*fits).returning(tickets.c.owner_id)).scalar()
