"""Accounts: a code by e-mail, tokens for it, and who is behind a token."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from quantgpt.foundations.errors import BadRequest, RateLimited, Unauthenticated, Unavailable
from quantgpt.records import User
from quantgpt.records.accounts import Guess
from quantgpt.records.calls import Limit
from quantgpt.services._base import App
from quantgpt.services.secrets import signing_key
from quantgpt.services.tokens import BAD_REFRESH, EXPIRED, INVALID, NOBODY, WRONG_KIND, Claims, tokens_of

CODE_SECONDS = 300
TRIES = 5
PAUSE_SECONDS = 60.0
CODES_PER_ACCOUNT = ((5, 3600.0), (10, 86_400.0))
"""Codes that nobody logged in with. With five tries each, a stranger finds the code of an account with a chance of
1 in 18,000 a day; who logs in often is not held up."""
CODES_PER_ADDRESS = (60, 3600.0)
GUESSES_PER_ADDRESS = (300, 3600.0)
SUBJECT = "QuantGPT 登录验证码"
PAUSE = "发送过于频繁，请 {seconds} 秒后重试"

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}", re.ASCII)
_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_LONGEST_EMAIL = 255

log = logging.getLogger(__name__)


class WrongCode(BadRequest):
    """A code that is not the one that was sent; the sentence says how many tries are left."""


class CodeGone(BadRequest):
    """There is no code to compare with: it has expired, was used, or was never sent."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """What somebody gets who has shown the code."""

    access_token: str
    refresh_token: str
    user: User


def read_email(text: str) -> str:
    """The address in the form that names an account. Raises BadRequest.

    >>> read_email("  You@Example.COM ")
    'you@example.com'
    """
    email = text.strip().lower()
    if len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email) or ".." in email:
        raise BadRequest("邮箱格式不正确", field="email", hint="an address like you@example.com")
    return email


def send_code(app: App, email: str, address: str) -> int:
    """Send a new code to an e-mail address on request of a network address; how long it is valid, in seconds.

    The answer is the same whether or not there is an account. When the letter cannot be sent nothing has happened: no
    limit is used up, and an earlier code stays valid.

    Raises: BadRequest, RateLimited, Unavailable when no letter can be sent.
    """
    email = read_email(email)
    mailer = app.plugs.mailer(app.settings)
    if mailer is None:
        raise Unavailable("邮件服务未配置，无法发送验证码", hint="set SMTP_HOST, SMTP_USER and SMTP_PASSWORD")
    limits = _limits(email, address)
    app.records.calls.forget_old()
    app.records.calls.admit(*limits)
    code, code_id, salt = str(100_000 + secrets.randbelow(900_000)), secrets.token_hex(16), secrets.token_hex(16)
    kept = False
    try:
        digest = _digest(app, email, salt, code)
        app.records.accounts.add_code(code_id, email, salt=salt, code_hash=digest, seconds=CODE_SECONDS)
        kept = True
        mailer.send(email, SUBJECT, _letter(code))
    except BaseException:
        if kept:
            app.records.accounts.drop_code(code_id)
        app.records.calls.give_back(*(limit.bucket for limit in limits))
        raise
    return CODE_SECONDS


def verify_code(app: App, email: str, code: str, address: str) -> Login:
    """Log in with a code, the first time as a new user. Each guess is counted before it is answered.

    Raises: BadRequest for a wrong or expired code, RateLimited after five wrong ones until a new code is sent,
    Unauthenticated for a user who was shut out.
    """
    email = read_email(email)
    if not _CODE.fullmatch(code.strip()):
        raise BadRequest("验证码应为 6 位数字", field="code")
    app.records.calls.admit(Limit(f"verify-address:{address}", *GUESSES_PER_ADDRESS))

    def is_right(salt: str, kept: str) -> bool:
        return hmac.compare_digest(_digest(app, email, salt, code.strip()), kept)

    guessed = app.records.accounts.guess(email, is_right, tries=TRIES)
    if guessed.how is Guess.ABSENT:
        raise CodeGone("验证码已过期或不存在，请重新获取", field="code")
    if guessed.how is Guess.LOCKED:
        wait = max(1.0, PAUSE_SECONDS - guessed.age)
        raise RateLimited("验证码错误次数过多，请重新获取验证码", retry_after_seconds=wait)
    if guessed.how is Guess.WRONG:
        raise WrongCode(f"验证码错误，还可尝试 {guessed.left} 次", field="code")
    if guessed.user is None or not guessed.user.is_active:
        raise Unauthenticated(NOBODY)
    app.records.calls.give_back(*(limit.bucket for limit in _long_run(email)))
    return _login(app, guessed.user)


def refresh(app: App, token: str) -> str:
    """A new access token for a refresh token. Raises Unauthenticated."""
    try:
        claims = tokens_of(app).read(token)
    except Unauthenticated as error:
        raise Unauthenticated(EXPIRED if error.message == EXPIRED else BAD_REFRESH) from None
    if claims.kind != "refresh":
        raise Unauthenticated(BAD_REFRESH)
    user = user_of(claims, app.records.users.get)
    return tokens_of(app).access(user.id, user.email, tokens_from=user.tokens_from)


def log_out(app: App, user_id: str) -> None:
    """End every token of a user that was issued until now."""
    app.records.accounts.refuse_tokens_before(user_id, float(tokens_of(app).now() + 1))


def token_for(app: App, email: str) -> str:
    """An access token for the user of an address, made if there is none. Raises BadRequest, Unauthenticated."""
    user = app.records.accounts.ensure(read_email(email))
    if not user.is_active:
        raise Unauthenticated(NOBODY, hint="the account was shut out by an administrator")
    return tokens_of(app).access(user.id, user.email, tokens_from=user.tokens_from)


def user_by_token(app: App, token: str) -> User:
    """The user behind an access token. Raises Unauthenticated."""
    claims = tokens_of(app).read(token)
    if claims.kind != "access":
        raise Unauthenticated(WRONG_KIND)
    return user_of(claims, app.records.users.get)


def user_of(claims: Claims, look_up: Callable[[str], User | None]) -> User:
    """The user whom claims speak of. Raises Unauthenticated for one who is gone, shut out, or has logged out since."""
    user = look_up(claims.subject)
    if user is None or not user.is_active:
        raise Unauthenticated(NOBODY)
    if claims.issued_at < (user.tokens_from or 0.0):
        raise Unauthenticated(INVALID)
    return user


def _login(app: App, user: User) -> Login:
    tokens = tokens_of(app)
    return Login(
        access_token=tokens.access(user.id, user.email, tokens_from=user.tokens_from),
        refresh_token=tokens.refresh(user.id, tokens_from=user.tokens_from),
        user=user,
    )


def _limits(email: str, address: str) -> list[Limit]:
    """What a new code counts against, in one order for everybody."""
    pause = Limit(f"code-pause:{email}", 1, PAUSE_SECONDS, PAUSE)
    place = Limit(f"code-address:{address}", *CODES_PER_ADDRESS, PAUSE)
    return [pause, place, *_long_run(email)]


def _long_run(email: str) -> list[Limit]:
    """How many codes of one account may go unused."""
    return [Limit(f"code-account-{most}:{email}", most, seconds, PAUSE) for most, seconds in CODES_PER_ACCOUNT]


def _digest(app: App, email: str, salt: str, code: str) -> str:
    """The hash a code is kept as: salted, and under our key, so that the database alone does not give it away."""
    text = f"code:{salt}:{email}:{code}".encode()
    return hmac.new(signing_key(app.settings), text, hashlib.sha256).hexdigest()


def _letter(code: str) -> str:
    minutes = CODE_SECONDS // 60
    return (
        f"您的 QuantGPT 登录验证码是：{code}\n\n{minutes} 分钟内有效，只能使用一次。如非本人操作，请忽略本邮件。\n\n"
        f"Your QuantGPT code is {code}. It is valid for {minutes} minutes and works once.\n"
    )
