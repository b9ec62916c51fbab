"""Keys that sign requests: made, listed, given a new secret, revoked."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from quantgpt.foundations.hashing import canonical_json
from quantgpt.records.keys import KeyRow
from quantgpt.services._base import App
from quantgpt.services.signed import vault
from quantgpt.services.signed.faults import InvalidParameter, InvalidState, NotYours, fault
from quantgpt.services.signed.literals import printed

PREFIX = "pk_"
SCOPES = ("backtest:read", "backtest:write", "strategies:read", "strategies:write")
"""What a key can be kept to; one without scopes may do all of it."""
GRACE_SECONDS = 86_400.0
LONGEST_GRACE = 30 * 86_400.0
LONGEST_NAME = 100
MOST_KEYS = 50
"""keys in force per account"""


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """One key. Moments in seconds since 1970. `secrets`: those that count now, newest first; known only to `find`."""

    id: str
    owner_id: str
    name: str
    scopes: frozenset[str]
    created_at: float
    last_used_at: float | None
    rotated_until: float | None
    """until when the secret before this one counts"""
    revoked_at: float | None
    secrets: tuple[str, ...] = field(default=(), repr=False)


def create(app: App, owner_id: str, *, name: str = "", scopes: Iterable[str] = ()) -> tuple[SigningKey, str]:
    """Make a key; it and its secret, which is shown this once.  Raises: InvalidParameter, Unavailable."""
    wanted = _checked_scopes(scopes)
    key_id, secret = PREFIX + secrets.token_hex(10), secrets.token_urlsafe(32)
    in_force = [row for row in app.records.keys.all_of(owner_id) if row.revoked_at is None]
    if len(in_force) >= MOST_KEYS:
        raise InvalidParameter(
            [
                fault(
                    "", f"{MOST_KEYS} keys are in force; revoke one first", f"已有 {MOST_KEYS} 个有效密钥，请先吊销一个"
                )
            ]
        )
    row = app.records.keys.add(
        key_id,
        owner_id,
        name=_checked_name(name),
        scopes=canonical_json(wanted),
        secret=vault.hide(app.settings, key_id, secret),
    )
    return _shown(row), secret


def list_keys(app: App, owner_id: str) -> list[SigningKey]:
    """Somebody's keys, the revoked ones too, oldest first."""
    return [_shown(row) for row in app.records.keys.all_of(owner_id)]


def rotate(app: App, owner_id: str, key_id: str, *, grace_seconds: float = GRACE_SECONDS) -> tuple[SigningKey, str]:
    """Give a key a new secret, shown this once; the old one counts for `grace_seconds` more (0: no longer, nor does one
    before it).

    Raises: InvalidParameter, NotYours, Unavailable; InvalidState while the secret before the last rotation still counts.
    """
    if not 0 <= grace_seconds <= LONGEST_GRACE:
        most = int(LONGEST_GRACE)
        raise InvalidParameter(
            [fault("grace_seconds", f"must be between 0 and {most}", f"应在 0 到 {most} 之间", GRACE_SECONDS)]
        )
    secret = secrets.token_urlsafe(32)
    hidden = vault.hide(app.settings, key_id, secret)
    row = app.records.keys.rotate(key_id, owner_id, secret=hidden, grace_seconds=grace_seconds)
    if row is None:
        raise _not_rotated(app, owner_id, key_id)
    return _shown(row), secret


def revoke(app: App, owner_id: str, key_id: str) -> SigningKey:
    """End a key at once and for good.  Raises: NotYours for one that is not there, not theirs or revoked already."""
    row = app.records.keys.revoke(key_id, owner_id)
    if row is None:
        raise _missing(app.records.keys.all_of(owner_id), key_id)
    return _shown(row)


def find(app: App, key_id: str) -> SigningKey | None:
    """The key with the secrets that count now; None for one that is unknown, revoked, or whose owner is shut out.

    Raises: Unavailable when its secret cannot be read.
    """
    found = app.records.keys.in_force(key_id) if key_id.startswith(PREFIX) and len(key_id) <= 32 else None
    if found is None:
        return None
    row, now = found
    hidden = [row.secret]
    if row.former is not None and row.former_until is not None and now < row.former_until:
        hidden.append(row.former)
    return _shown(row, tuple(vault.show(app.settings, row.id, text) for text in hidden))


def _checked_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown:
        known = ", ".join(SCOPES)
        shown = str(unknown[0])[:40]
        raise InvalidParameter(
            [fault("scopes", f"{shown!r} is not one of {known}", f"没有权限 {shown}，可用：{known}")]
        )
    return wanted


def _checked_name(name: str) -> str:
    given = name.strip()
    if len(given) > LONGEST_NAME or not all(character.isprintable() for character in given):
        raise InvalidParameter(
            [fault("name", f"takes at most {LONGEST_NAME} printable characters", f"最多 {LONGEST_NAME} 个可见字符")]
        )
    return given


def _not_rotated(app: App, owner_id: str, key_id: str) -> NotYours | InvalidState:
    """Why a key was not given a new secret."""
    rows = app.records.keys.all_of(owner_id)
    row = next((row for row in rows if row.id == key_id and row.revoked_at is None), None)
    if row is None or row.former_until is None:
        return _missing(rows, key_id)
    until = printed(datetime.fromtimestamp(row.former_until, UTC))
    return InvalidState(
        f"上一次更换前的 secret 有效至 {until}，在此之前不能再次更换",
        en=f"the secret before the last rotation counts until {until}; the key cannot be rotated again before that",
        hint="rotate with a grace of 0 seconds (apikey rotate --now) to end both old secrets at once, or revoke the key",
        field="grace_seconds",
        nearest=0,
    )


def _missing(rows: Sequence[KeyRow], key_id: str) -> NotYours:
    """A key that is none of those, or is revoked."""
    if any(row.id == key_id for row in rows):
        return NotYours("这个密钥已经吊销", en="This key is revoked", field="key_id")
    return NotYours("没有这个密钥", en="No such key", field="key_id")


def _shown(row: KeyRow, found: tuple[str, ...] = ()) -> SigningKey:
    return SigningKey(
        id=row.id,
        owner_id=row.owner_id,
        name=row.name,
        scopes=frozenset(json.loads(row.scopes)),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        rotated_until=row.former_until,
        revoked_at=row.revoked_at,
        secrets=found,
    )
