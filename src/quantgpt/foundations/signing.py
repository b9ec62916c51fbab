"""Signed requests: the text that is signed, the signature, and how it is checked. Used by the server and by the client."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence

KEY_HEADER = "X-PipAI-API-Key"
TIMESTAMP_HEADER = "X-PipAI-Timestamp"
SIGNATURE_HEADER = "X-PipAI-Signature"

WINDOW_MS = 300_000
"""How far the clock of whoever signs may be from ours, in milliseconds, either way."""
_LONGEST_TIMESTAMP = 15
_NOBODYS = ("nobody signs with this secret",)


def canonical(timestamp: str, method: str, path: str, body: bytes = b"") -> bytes:
    """What is signed: the four parts one after the other, the body as it is sent.

    >>> canonical("1777900000123", "GET", "/v1/backtest/jobs")
    b'1777900000123GET/v1/backtest/jobs'
    """
    return f"{timestamp}{method}{path}".encode() + body


def sign(secret: str, timestamp: str, method: str, path: str, body: bytes = b"") -> str:
    """The signature of a request: 64 hexadecimal digits in lower case.

    >>> sign("demo-secret-7Qm2vXr9LtB4", "1777900000123", "GET", "/v1/backtest/jobs")[:16]
    'b868ddc528ba8682'
    """
    return _digest(secret, canonical(timestamp, method, path, body))


def sign_webhook(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a message to a webhook; here a point stands between the timestamp and the body.

    >>> sign_webhook("demo-webhook-secret", "1777900000123", b"{}")[:16]
    'c5cb8882691bea44'
    """
    return _digest(secret, f"{timestamp}.".encode() + body)


def verify(
    secrets: Sequence[str], signature: str, timestamp: str, method: str, paths: Iterable[str], body: bytes = b""
) -> bool:
    """Whether one of the secrets signed the request under one of the readings of its path.

    Every pair is computed and compared in constant time, whatever came out before; without a secret as much is done for
    nothing, so that the time does not tell whether there is one. Hexadecimal digits may be in upper case.
    """
    given = signature.lower().encode("utf-8", "replace")
    texts = [canonical(timestamp, method, path, body) for path in paths]
    fits = False
    for secret in secrets or _NOBODYS:
        for text in texts:
            fits |= hmac.compare_digest(_digest(secret, text).encode(), given)
    return fits and bool(secrets)


def in_window(timestamp: str, now_ms: int) -> bool:
    """Whether a timestamp is a number of milliseconds within five minutes of now.

    >>> in_window("300000", 0), in_window("300001", 0), in_window("-5", 0), in_window("", 0)
    (True, False, False, False)
    """
    plain = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP
    return plain and abs(int(timestamp) - now_ms) <= WINDOW_MS


def _digest(secret: str, text: bytes) -> str:
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
