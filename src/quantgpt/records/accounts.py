"""Accounts: users by e-mail, and the codes that were sent to them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, email_codes, users
from quantgpt.records.users import User

_LOCK = 7_346_213
_KEPT_SECONDS = 86_400.0


class Guess(StrEnum):
    """How a guess of a code ended."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    ABSENT = "absent"


@dataclass(frozen=True, kw_only=True)
class Guessed:
    """The outcome of one guess: `left` tries remain, the code is `age` seconds old."""

    how: Guess
    left: int = 0
    age: float = 0.0
    user: User | None = None


class AccountRecords:
    """The users and email_codes tables."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    # -- codes -------------------------------------------------------------------------------------------------

    def add_code(self, code_id: str, email: str, *, salt: str, code_hash: str, seconds: float) -> None:
        """Keep the hash of a code for an address; it is the one that counts until a newer one is kept."""
        now = database_now()
        row = {"id": code_id, "email": email, "salt": salt, "code_hash": code_hash, "attempts": 0, "used": False}
        with database_faults(), self._writer.begin() as connection:
            connection.execute(delete(email_codes).where(email_codes.c.created_at < now - _KEPT_SECONDS))
            connection.execute(insert(email_codes).values(**row, created_at=now, expires_at=now + seconds))

    def drop_code(self, code_id: str) -> None:
        """Forget a code that never reached anybody; the one before it counts again."""
        with database_faults(), self._writer.begin() as connection:
            connection.execute(delete(email_codes).where(email_codes.c.id == code_id))

    def guess(self, email: str, is_right: Callable[[str, str], bool], *, tries: int) -> Guessed:
        """Count one guess against the newest unused code of an address, then look whether `is_right(salt, hash)`.

        What was counted is committed on return, right or wrong. A right guess uses all codes of the address up; its
        user is made if there is none, and has logged in now.
        """
        with database_faults(), self._writer.begin() as connection:
            self._one_at_a_time(connection, email)
            now = connection.execute(select(database_now())).scalar_one()
            code = connection.execute(_newest_unused(email)).mappings().first()
            if code is None or code["expires_at"] <= now:
                return Guessed(how=Guess.ABSENT)
            age = now - code["created_at"]
            if code["attempts"] >= tries:
                return Guessed(how=Guess.LOCKED, age=age)
            right = is_right(code["salt"], code["code_hash"])
            if not right:
                counted = code["attempts"] + 1
                self._set(connection, email_codes.c.id == code["id"], attempts=counted)
                return Guessed(how=Guess.WRONG, left=tries - counted, age=age)
            self._set(connection, email_codes.c.email == email, used=True)
            user = _ensure(connection, email, now)
            if user.is_active:
                connection.execute(update(users).where(users.c.id == user.id).values(last_login_at=now))
            return Guessed(how=Guess.RIGHT, age=age, user=user)

    def _one_at_a_time(self, connection: Connection, email: str) -> None:
        """Let the guesses for one address wait for each other. SQLite has one writer anyway."""
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK, func.hashtext(email))))

    @staticmethod
    def _set(connection: Connection, condition: Any, **values: Any) -> None:
        connection.execute(update(email_codes).where(condition).values(**values))

    # -- users -------------------------------------------------------------------------------------------------

    def ensure(self, email: str) -> User:
        """The user of an address, made if there is none."""
        with database_faults(), self._writer.begin() as connection:
            self._one_at_a_time(connection, email)
            return _ensure(connection, email, connection.execute(select(database_now())).scalar_one())

    def refuse_tokens_before(self, user_id: str, moment: float) -> None:
        """From now on only tokens issued at `moment` or later count."""
        with database_faults(), self._writer.begin() as connection:
            connection.execute(update(users).where(users.c.id == user_id).values(tokens_from=moment))

    def set_active(self, user_id: str, active: bool) -> bool:
        """Let a user in, or shut them out; False when there is none."""
        with database_faults(), self._writer.begin() as connection:
            done = connection.execute(update(users).where(users.c.id == user_id).values(is_active=active))
        return done.rowcount == 1


def _newest_unused(email: str) -> Any:
    return (
        select(email_codes)
        .where(email_codes.c.email == email, ~email_codes.c.used)
        .order_by(email_codes.c.created_at.desc(), email_codes.c.id)
        .limit(1)
    )


def _ensure(connection: Connection, email: str, now: float) -> User:
    """The user of an address; inserted by one statement that does nothing where another process was first."""
    from sqlalchemy.dialects import postgresql, sqlite

    row = {"id": str(uuid.uuid4()), "email": email, "is_active": True, "is_admin": False, "created_at": now}
    new: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(users).values(**row)
    connection.execute(new.on_conflict_do_nothing(index_elements=["email"]))
    return User(**connection.execute(select(users).where(users.c.email == email)).mappings().one())
