"""Keys of signed requests. Secrets come and go as the text that the caller made of them; it is never plain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, insert, or_, select, update

from quantgpt.records.engine import database_faults
from quantgpt.records.schema import database_now, users
from quantgpt.records.schema_signed import api_keys

SEEN_SECONDS = 60.0
"""How exactly `last_used_at` is kept."""


@dataclass(frozen=True, kw_only=True)
class KeyRow:
    """One key. Moments in seconds since 1970; `former` is the hidden secret before the last rotation, which counts until
    `former_until`; `scopes` is JSON text."""

    id: str
    owner_id: str
    name: str
    scopes: str
    secret: str
    former: str | None
    former_until: float | None
    created_at: float
    last_used_at: float | None
    revoked_at: float | None


class KeyRecords:
    """The api_keys table."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader

    def add(self, key_id: str, owner_id: str, *, name: str, scopes: str, secret: str) -> KeyRow:
        """Keep a new key."""
        row = {"id": key_id, "owner_id": owner_id, "name": name, "scopes": scopes, "secret": secret}
        with database_faults(), self._writer.begin() as connection:
            made = connection.execute(insert(api_keys).values(**row, created_at=database_now()).returning(api_keys))
            return KeyRow(**made.mappings().one())

    def all_of(self, owner_id: str) -> list[KeyRow]:
        """Somebody's keys, the revoked ones too, oldest first."""
        k = api_keys.c
        query = select(api_keys).where(k.owner_id == owner_id).order_by(k.created_at, k.id)
        with database_faults(), self._reader.begin() as connection:
            return [KeyRow(**row) for row in connection.execute(query).mappings()]

    def in_force(self, key_id: str) -> tuple[KeyRow, float] | None:
        """A key that is not revoked and whose owner is not shut out, and the time of the database."""
        k = api_keys.c
        query = (
            select(api_keys, database_now().label("now"))
            .join(users, users.c.id == k.owner_id)
            .where(k.id == key_id, k.revoked_at.is_(None), users.c.is_active)
        )
        with database_faults(), self._reader.begin() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        found = dict(row)
        now = float(found.pop("now"))
        return KeyRow(**found), now

    def rotate(self, key_id: str, owner_id: str, *, secret: str, grace_seconds: float) -> KeyRow | None:
        """Give a key another secret; the one it had counts for `grace_seconds` more (0: it is forgotten). None when there is
        no such key of that user in force, or when one before still counts and would have to go for the one it had."""
        k = api_keys.c
        mine = and_(k.id == key_id, k.owner_id == owner_id, k.revoked_at.is_(None))
        values: dict[str, Any] = {"secret": secret, "former": None, "former_until": None}
        if grace_seconds > 0:
            mine = and_(mine, or_(k.former_until.is_(None), k.former_until <= database_now()))
            values |= {"former": k.secret, "former_until": database_now() + grace_seconds}
        with database_faults(), self._writer.begin() as connection:
            row = connection.execute(update(api_keys).where(mine).values(**values).returning(api_keys)).mappings()
            found = row.first()
        return None if found is None else KeyRow(**found)

    def forget_former(self) -> int:
        """Wipe the secrets before a rotation that do not count any more. Returns how many."""
        k = api_keys.c
        over = and_(k.former_until.is_not(None), k.former_until <= database_now())
        with database_faults(), self._writer.begin() as connection:
            return connection.execute(update(api_keys).where(over).values(former=None, former_until=None)).rowcount

    def revoke(self, key_id: str, owner_id: str) -> KeyRow | None:
        """End a key for good and forget its secrets; None when there is no such key of that user in force."""
        k = api_keys.c
        mine = and_(k.id == key_id, k.owner_id == owner_id, k.revoked_at.is_(None))
        values = {"secret": "", "former": None, "former_until": None, "revoked_at": database_now()}
        with database_faults(), self._writer.begin() as connection:
            row = connection.execute(update(api_keys).where(mine).values(**values).returning(api_keys)).mappings()
            found = row.first()
        return None if found is None else KeyRow(**found)


def note_use(connection: Connection, key_id: str) -> None:
    """Note that a key signed a request just now."""
    k = api_keys.c
    earlier = or_(k.last_used_at.is_(None), k.last_used_at < database_now() - SEEN_SECONDS)
    connection.execute(update(api_keys).where(k.id == key_id, earlier).values(last_used_at=database_now()))
