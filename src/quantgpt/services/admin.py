"""The administrator comes in by a password; guesses are counted per address."""

from __future__ import annotations

import hashlib
import hmac
import logging

from quantgpt.foundations.errors import Unauthenticated, Unavailable
from quantgpt.records.calls import Limit
from quantgpt.services._base import App
from quantgpt.services.tokens import tokens_of

FAILURES = 5
FAILURE_SECONDS = 60.0

log = logging.getLogger(__name__)


def log_in(app: App, password: str, *, address: str) -> str:
    """A token of the administrator.

    A guess is counted before it is looked at and taken back when it was right, so that parallel guesses gain nothing.
    Raises: Unavailable without a password in the settings, RateLimited, Unauthenticated.
    """
    known = app.settings.admin_password
    if known is None or not known.get_secret_value():
        raise Unavailable("未设置管理员密码", hint="set QUANTGPT_ADMIN_PASSWORD and start again")
    bucket = f"admin-login:{address}"
    message = "登录失败次数过多，请 {seconds} 秒后重试"
    app.records.calls.admit(Limit(bucket, FAILURES, FAILURE_SECONDS, message))
    if not hmac.compare_digest(_digest(password), _digest(known.get_secret_value())):
        log.warning("a wrong administrator password from %s", address)
        raise Unauthenticated("密码错误")
    app.records.calls.give_back(bucket)
    return tokens_of(app).admin()


def _digest(text: str) -> bytes:
    """Of the same length for every text, so that the comparison tells nothing about it."""
    return hashlib.sha256(text.encode()).digest()
