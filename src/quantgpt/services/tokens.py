"""Tokens: what we sign, and what we believe of what comes back."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from quantgpt.foundations.clock import Clock
from quantgpt.foundations.errors import Unauthenticated
from quantgpt.services import secrets

if TYPE_CHECKING:
    from quantgpt.foundations.settings import Settings
    from quantgpt.services._base import App

TokenKind = Literal["access", "refresh", "admin"]

ABSENT = "未提供认证信息"
EXPIRED = "Token 已过期"
INVALID = "无效的 Token"
WRONG_KIND = "无效的 Token 类型"
NOBODY = "用户不存在或已禁用"
ADMINS_ONLY = "需要管理员权限"
BAD_REFRESH = "无效的 refresh token"

ADMIN = "admin"
ADMIN_SECONDS = 24 * 3600
LONGEST = 4096
"""Characters of a token; ours have a tenth of it."""
SKEW_SECONDS = 10
"""How far the clock of another server of ours may be ahead."""
_HEADER = {"alg", "typ"}
_OURS = {"sub", "email", "type", "iat", "exp", "nbf", "for"}


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a token that we signed says."""

    subject: str
    kind: str
    issued_at: int


class Tokens:
    """Signs and reads the tokens of one installation (HS256)."""

    def __init__(self, key: bytes, settings: Settings, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        password = settings.admin_password
        self._admins = self._mark(password.get_secret_value()) if password else None
        self._seconds = {
            "access": max(1, int(settings.access_hours * 3600)),
            "refresh": max(1, int(settings.refresh_days * 86_400)),
            "admin": ADMIN_SECONDS,
        }

    def access(self, user_id: str, email: str, *, tokens_from: float | None = None) -> str:
        """A token for requests of a user whose tokens count from `tokens_from` on."""
        return self._sign("access", tokens_from, sub=user_id, email=email)

    def refresh(self, user_id: str, *, tokens_from: float | None = None) -> str:
        """A token that gets new access tokens."""
        return self._sign("refresh", tokens_from, sub=user_id)

    def admin(self) -> str:
        """A token for the administration; it lives as long as the password that it was given for, 24 hours at most."""
        return self._sign("admin", None, sub=ADMIN, **{"for": self._admins or ""})

    def now(self) -> int:
        """The second a token issued now would bear."""
        return int(self._clock.now().timestamp())

    def read(self, text: str) -> Claims:
        """What a token says, whatever its kind. Raises Unauthenticated, with the same words for every forgery."""
        claims = self._verified(text)
        kind, subject = claims.get("type"), claims["sub"]
        issued, ends, begins = claims["iat"], claims["exp"], claims.get("nbf", 0)
        if (
            not isinstance(kind, str)
            or kind not in self._seconds
            or not subject
            or any(type(moment) is not int for moment in (issued, ends, begins))
        ):
            raise Unauthenticated(INVALID)
        now = self.now()
        if max(issued, begins) > now + SKEW_SECONDS or ends - issued > self._seconds[kind]:
            raise Unauthenticated(INVALID)
        if ends <= now:
            raise Unauthenticated(EXPIRED)
        if kind == "admin" and not self._is_of_todays_password(claims):
            raise Unauthenticated(INVALID)
        return Claims(subject=subject, kind=kind, issued_at=issued)

    def _verified(self, text: str) -> dict[str, Any]:
        import jwt

        options: Any = {"require": ["exp", "iat", "sub"], "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        try:
            if len(text) > LONGEST or not set(jwt.get_unverified_header(text)) <= _HEADER:
                raise Unauthenticated(INVALID)
            claims: dict[str, Any] = jwt.decode(text, self._key, algorithms=["HS256"], options=options)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            raise Unauthenticated(INVALID) from None
        if not set(claims) <= _OURS:
            raise Unauthenticated(INVALID)
        return claims

    def _sign(self, kind: TokenKind, tokens_from: float | None, **claims: str) -> str:
        import jwt

        issued = max(self.now(), int(tokens_from or 0))
        times = {"type": kind, "iat": issued, "exp": issued + self._seconds[kind]}
        return jwt.encode({**claims, **times}, self._key, algorithm="HS256")

    def _mark(self, password: str) -> str:
        return hmac.new(self._key, b"admin:" + password.encode(), hashlib.sha256).hexdigest()[:32]

    def _is_of_todays_password(self, claims: dict[str, Any]) -> bool:
        return self._admins is not None and hmac.compare_digest(str(claims.get("for", "")), self._admins)


def tokens_of(app: App) -> Tokens:
    """The tokens of an installation. Raises Unavailable when its key cannot be used."""
    return Tokens(secrets.signing_key(app.settings), app.settings, app.clock)
