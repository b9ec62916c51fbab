"""Users. One row stands for whoever sits at this machine in local mode."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import users

LOCAL_ADMIN = "00000000-0000-4000-8000-000000000001"
"""Id of the user of requests without a token in local mode; the row comes with the first migration."""


@dataclass(frozen=True, kw_only=True)
class User:
    """One account."""

    id: str
    email: str
    nickname: str | None
    is_active: bool
    is_admin: bool
    created_at: float
    last_login_at: float | None
    tokens_from: float | None = None
    """tokens issued before that moment are refused"""


class UserRecords:
    """The users table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def get(self, user_id: str) -> User | None:
        """The user with that id."""
        with database_faults(), self._reader.begin() as connection:
            row = connection.execute(select(users).where(users.c.id == user_id)).mappings().first()
        return None if row is None else User(**row)
