"""The key that signs tokens: from the settings, or made once and kept in the home folder."""

from __future__ import annotations

import fcntl
import logging
import secrets
from pathlib import Path

from quantgpt.foundations.errors import Unavailable
from quantgpt.foundations.files import write_text
from quantgpt.foundations.settings import Settings

LEAST_BYTES = 32
_EXAMPLES = (
    "change-me", "change_me", "changeme", "your-secret", "your_secret", "yoursecret", "your-jwt", "your_jwt", "your-key",
    "replace-me", "replace_me", "replaceme", "example", "placeholder", "jwt_secret", "jwt-secret", "secret-key",
    "secret_key", "password", "default",
)  # fmt: skip
_FEWEST_CHARACTERS = 5
"""A key of fewer different characters was typed, not drawn."""

log = logging.getLogger(__name__)


def signing_key(settings: Settings) -> bytes:
    """The key of this installation.

    Raises: Unavailable with the reason for an example, for a key that is too short where every request needs a token,
    and for a kept key that cannot be read.
    """
    given = _given(settings)
    if given is None:
        return _kept(settings.home / "secrets" / "jwt")
    key = given.encode()
    refuse_example(given)
    if len(key) < LEAST_BYTES and settings.auth_in_force == "required":
        raise Unavailable(
            f"JWT_SECRET 只有 {len(key)} 字节，至少需要 {LEAST_BYTES} 字节，拒绝启动",
            hint="openssl rand -hex 32 gives a good one; without JWT_SECRET one is made and kept for you",
        )
    # A key for HMAC-SHA-256 below the block size is filled up with zeros anyway: the signatures are the same.
    return key.ljust(LEAST_BYTES, b"\0")


def ensure(settings: Settings) -> None:
    """Make the key if there is none, before the server starts. Raises Unavailable for a bad one."""
    signing_key(settings)
    size = len((_given(settings) or "").encode())
    if 0 < size < LEAST_BYTES:
        log.warning("JWT_SECRET has %d bytes; use at least %d (openssl rand -hex 32)", size, LEAST_BYTES)


def refuse_example(key: str) -> None:
    """Raise Unavailable for a key that stands in documents, or was never drawn at random."""
    plain = key.strip().lower()
    if any(example in plain for example in _EXAMPLES) or len(set(plain)) < _FEWEST_CHARACTERS:
        raise Unavailable(
            "JWT_SECRET 是示例值，任何人都能伪造登录，拒绝启动",
            hint="openssl rand -hex 32 gives a good one; without JWT_SECRET one is made and kept for you",
        )


def _given(settings: Settings) -> str | None:
    """What the settings say; JWT_SECRET wins over its older name."""
    secret = settings.jwt_secret or settings.jwt_secret_key
    return secret.get_secret_value() if secret else None


def _kept(path: Path) -> bytes:
    """The key in the file; drawn first where there is none. Two processes at once get the same."""
    try:
        if not path.is_file():
            _draw(path)
        text = path.read_text(encoding="ascii").strip()
        if path.stat().st_mode & 0o077:
            log.warning("%s was open to others; closed", path)
            path.chmod(0o600)
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"无法读取签名密钥 {path}", hint=str(error)) from error
    if len(text) < LEAST_BYTES:
        raise Unavailable(
            f"签名密钥 {path} 已损坏", hint="remove the file: a new one is made, and everybody logs in again"
        )
    return text.encode()


def _draw(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_name(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not path.is_file():
            write_text(path, secrets.token_hex(LEAST_BYTES) + "\n", mode=0o600)
