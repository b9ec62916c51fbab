"""Secrets of keys: hidden under a master key that lies beside the database, not in it."""

from __future__ import annotations

import fcntl
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from quantgpt.foundations.errors import Unavailable
from quantgpt.foundations.files import write_text
from quantgpt.foundations.settings import Settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

log = logging.getLogger(__name__)

_FILE = "apikeys"


def hide(settings: Settings, key_id: str, secret: str) -> str:
    """The secret of a key as it is stored; it cannot be used for another key.  Raises: Unavailable."""
    return _master(settings).encrypt(f"{key_id} {secret}".encode()).decode()


def show(settings: Settings, key_id: str, hidden: str) -> str:
    """What was hidden.  Raises: Unavailable when it was hidden under another master key, or for another key."""
    from cryptography.fernet import InvalidToken

    try:
        named, _, secret = _master(settings).decrypt(hidden.encode()).decode().partition(" ")
    except InvalidToken:
        named, secret = "", ""
    if named != key_id:
        raise Unavailable(
            f"无法解密 API 密钥 {key_id}",
            en=f"The secret of {key_id} cannot be read",
            hint=f"was {_path(settings)} replaced? restore it, or make a new key: quantgpt apikey create",
        )
    return secret


def _path(settings: Settings) -> Path:
    return settings.home / "secrets" / _FILE


def _master(settings: Settings) -> MultiFernet:
    """The master keys in the file, one per line: the first one hides, all of them show. Drawn where there is no file."""
    from cryptography.fernet import Fernet, MultiFernet

    path = _path(settings)
    try:
        if not path.is_file():
            _draw(path)
        lines = path.read_text(encoding="ascii").split()
        if path.stat().st_mode & 0o077:
            log.warning("%s was open to others; closed", path)
            path.chmod(0o600)
        return MultiFernet([Fernet(line) for line in lines])
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"无法读取 API 密钥的主密钥 {path}", en=f"The master key {path} cannot be read", hint=str(error)
        ) from error


def _draw(path: Path) -> None:
    from cryptography.fernet import Fernet

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_name(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not path.is_file():
            write_text(path, Fernet.generate_key().decode() + "\n", mode=0o600)
