"""Tokens: the claims of the contract, and no forgery gets in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from quantgpt.foundations.clock import FixedClock, SystemClock
from quantgpt.foundations.errors import Unauthenticated
from quantgpt.foundations.settings import Settings, load_settings
from quantgpt.services import accounts
from quantgpt.services._base import App
from quantgpt.services.tokens import LONGEST, Tokens

pytestmark = pytest.mark.xdist_group("records")

KEY = bytes(range(32))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())
GOOD: dict[str, Any] = {"sub": "u1", "email": "a@b.cd", "type": "access", "iat": SECOND - 60, "exp": SECOND + 60}


def settings_of(tmp_path: Path, **more: Any) -> Settings:
    """Settings that the environment has no part in."""
    return load_settings(home=tmp_path, **{"access_hours": 24.0, "refresh_days": 7.0, "admin_password": None, **more})


@pytest.fixture
def clock() -> FixedClock:
    """Noon."""
    return FixedClock(NOW)


@pytest.fixture
def tokens(tmp_path: Path, clock: FixedClock) -> Tokens:
    """The tokens of an installation with an administrator."""
    return Tokens(KEY, settings_of(tmp_path, admin_password="correct horse"), clock)


def part(value: object) -> str:
    """One part of a token."""
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def forged(header: object, claims: object, key: bytes = KEY, digest: Any = hashlib.sha256) -> str:
    """A token made by hand, without the library."""
    body = f"{part(header)}.{part(claims)}"
    seal = base64.urlsafe_b64encode(hmac.new(key, body.encode(), digest).digest()).rstrip(b"=").decode()
    return f"{body}.{seal}"


HEAD = {"alg": "HS256", "typ": "JWT"}


def test_our_tokens_are_the_standard_s(tokens: Tokens) -> None:
    claims = {"sub": "u1", "email": "a@b.cd", "type": "access", "iat": SECOND, "exp": SECOND + 86_400}
    assert jwt.decode(tokens.access("u1", "a@b.cd"), KEY, algorithms=["HS256"], options={"verify_exp": False}) == claims
    assert tokens.read(forged(HEAD, claims)).subject == "u1"
    refresh = jwt.decode(tokens.refresh("u1"), KEY, algorithms=["HS256"], options={"verify_exp": False})
    assert refresh == {"sub": "u1", "type": "refresh", "iat": SECOND, "exp": SECOND + 7 * 86_400}
    admin = jwt.decode(tokens.admin(), KEY, algorithms=["HS256"], options={"verify_exp": False})
    assert (admin["type"], admin["exp"] - admin["iat"]) == ("admin", 86_400)


FORGERIES: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no token": lambda: "abc",
    "two parts": lambda: "a.b",
    "four parts": lambda: "a.b.c.d",
    "dots": lambda: "..",
    "alg none": lambda: f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(GOOD)}.",
    "alg None": lambda: f"{part({'alg': 'None'})}.{part(GOOD)}.",
    "alg none with a seal": lambda: forged({"alg": "none"}, GOOD),
    "alg HS512": lambda: forged({"alg": "HS512"}, GOOD, digest=hashlib.sha512),
    "alg RS256 with the key as text": lambda: forged({"alg": "RS256"}, GOOD),
    "alg missing": lambda: forged({"typ": "JWT"}, GOOD),
    "empty key": lambda: forged(HEAD, GOOD, b""),
    "another key": lambda: forged(HEAD, GOOD, b"x" * 32),
    "kid": lambda: forged({**HEAD, "kid": "../../dev/null"}, GOOD),
    "jku": lambda: forged({**HEAD, "jku": "https://evil.example/keys"}, GOOD),
    "x5u": lambda: forged({**HEAD, "x5u": "https://evil.example/cert"}, GOOD),
    "jwk": lambda: forged({**HEAD, "jwk": {"kty": "oct", "k": "AA"}}, GOOD),
    "crit": lambda: forged({**HEAD, "crit": ["exp"]}, GOOD),
    "b64": lambda: forged({**HEAD, "b64": False, "crit": ["b64"]}, GOOD),
    "exp absent": lambda: forged(HEAD, {k: v for k, v in GOOD.items() if k != "exp"}),
    "exp in 30 billion years": lambda: forged(HEAD, {**GOOD, "exp": 10**18}),
    "exp infinite": lambda: forged(HEAD, '{"sub":"u1","type":"access","iat":1,"exp":Infinity}'),
    "exp as text": lambda: forged(HEAD, {**GOOD, "exp": str(SECOND + 60)}),
    "exp true": lambda: forged(HEAD, {**GOOD, "exp": True}),
    "exp a fraction": lambda: forged(HEAD, {**GOOD, "exp": SECOND + 60.5}),
    "iat absent": lambda: forged(HEAD, {k: v for k, v in GOOD.items() if k != "iat"}),
    "iat tomorrow": lambda: forged(HEAD, {**GOOD, "iat": SECOND + 86_400, "exp": SECOND + 90_000}),
    "nbf tomorrow": lambda: forged(HEAD, {**GOOD, "nbf": SECOND + 86_400}),
    "aud": lambda: forged(HEAD, {**GOOD, "aud": "another service"}),
    "iss": lambda: forged(HEAD, {**GOOD, "iss": "another service"}),
    "sub absent": lambda: forged(HEAD, {k: v for k, v in GOOD.items() if k != "sub"}),
    "sub a number": lambda: forged(HEAD, {**GOOD, "sub": 1}),
    "sub empty": lambda: forged(HEAD, {**GOOD, "sub": ""}),
    "type absent": lambda: forged(HEAD, {k: v for k, v in GOOD.items() if k != "type"}),
    "type unknown": lambda: forged(HEAD, {**GOOD, "type": "root"}),
    "type a list": lambda: forged(HEAD, {**GOOD, "type": ["access"]}),
    "claims a list": lambda: forged(HEAD, [GOOD]),
    "claims broken": lambda: forged(HEAD, "{"),
    "claims deep": lambda: forged(HEAD, "[" * 1500 + "]" * 1500),
    "changed payload": lambda: ".".join(
        [*forged(HEAD, GOOD).split(".")[:1], part({**GOOD, "sub": "u2"}), forged(HEAD, GOOD).split(".")[2]]
    ),
    "cut seal": lambda: forged(HEAD, GOOD)[:-4],
    "seal of another": lambda: forged(HEAD, GOOD)[:-43] + forged(HEAD, {**GOOD, "sub": "u2"})[-43:],
    "10 kB": lambda: forged(HEAD, {**GOOD, "email": "a" * 10_000}),
    "not ascii": lambda: "é.ü.ß",
    "a lone surrogate": lambda: "\ud800.a.b",
    "admin without the password's mark": lambda: forged(HEAD, {**GOOD, "type": "admin"}),
}


def test_what_the_forger_makes_by_hand_is_a_token_when_nothing_is_wrong_with_it(tokens: Tokens) -> None:
    assert tokens.read(forged(HEAD, GOOD)).subject == "u1"


@pytest.mark.parametrize("name", FORGERIES)
def test_every_forgery_is_refused_in_the_same_words(tokens: Tokens, name: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        tokens.read(FORGERIES[name]())
    assert (refused.value.message, refused.value.hint, refused.value.__cause__) == ("无效的 Token", "", None)


def test_the_longest_token_of_ours_is_far_from_the_limit(tokens: Tokens) -> None:
    assert len(tokens.access("0" * 36, "a" * 255)) < LONGEST / 4


def test_a_token_ends_to_the_second(tokens: Tokens, clock: FixedClock) -> None:
    token = tokens.access("u1", "a@b.cd")
    clock.moment = NOW + timedelta(seconds=86_399)
    assert tokens.read(token).issued_at == SECOND
    clock.moment = NOW + timedelta(seconds=86_400)
    with pytest.raises(Unauthenticated, match=r"^Token 已过期$"):
        tokens.read(token)


def test_an_expired_forgery_is_not_told_that_it_expired(tokens: Tokens) -> None:
    with pytest.raises(Unauthenticated, match=r"^无效的 Token$"):
        tokens.read(forged(HEAD, {**GOOD, "exp": SECOND - 1}, b"x" * 32))


def test_the_settings_say_how_long_tokens_live(tmp_path: Path, clock: FixedClock) -> None:
    tokens = Tokens(KEY, settings_of(tmp_path, access_hours=0.5, refresh_days=2), clock)
    with pytest.raises(Unauthenticated, match=r"^无效的 Token$"):
        tokens.read(Tokens(KEY, settings_of(tmp_path), clock).access("u1", "a@b.cd"))
    clock.moment = NOW + timedelta(minutes=29)
    assert tokens.read(forged(HEAD, {**GOOD, "iat": SECOND, "exp": SECOND + 1800})).subject == "u1"


def test_a_new_password_ends_the_tokens_of_the_old_one(tmp_path: Path, tokens: Tokens, clock: FixedClock) -> None:
    token = tokens.admin()
    assert tokens.read(token).kind == "admin"
    for password in ("another", None):
        with pytest.raises(Unauthenticated, match=r"^无效的 Token$"):
            Tokens(KEY, settings_of(tmp_path, admin_password=password), clock).read(token)


def test_a_short_key_signs_as_everybody_else_would_sign_with_it(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, jwt_secret="short but drawn 7f3a")
    app = App(settings=settings, clock=SystemClock())
    from quantgpt.services.tokens import tokens_of

    token = tokens_of(app).access("u1", "a@b.cd")
    body, _, seal = token.rpartition(".")
    own = hmac.new(b"short but drawn 7f3a", body.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64encode(own).rstrip(b"=").decode() == seal


# -- users behind tokens ---------------------------------------------------------------------------------------


def test_logging_out_ends_all_tokens_and_a_new_login_in_the_same_second_works(app: App) -> None:
    app = replace(app, clock=FixedClock(datetime.now(UTC)))
    user = app.records.accounts.ensure("you@example.com")
    first = accounts.token_for(app, user.email)
    refresh = accounts._login(app, user).refresh_token
    assert accounts.user_by_token(app, first).id == user.id
    accounts.log_out(app, user.id)
    with pytest.raises(Unauthenticated, match=r"^无效的 Token$"):
        accounts.user_by_token(app, first)
    with pytest.raises(Unauthenticated):
        accounts.refresh(app, refresh)
    assert accounts.user_by_token(app, accounts.token_for(app, user.email)).id == user.id
    app.records.close()


def test_a_refresh_token_gives_access_and_nothing_else_does(app: App) -> None:
    user = app.records.accounts.ensure("you@example.com")
    login = accounts._login(app, user)
    assert accounts.user_by_token(app, accounts.refresh(app, login.refresh_token)).id == user.id
    for token in (login.access_token, "", "x.y.z", FORGERIES["alg none"]()):
        with pytest.raises(Unauthenticated, match=r"^无效的 refresh token$"):
            accounts.refresh(app, token)
    with pytest.raises(Unauthenticated, match=r"^无效的 Token 类型$"):
        accounts.user_by_token(app, login.refresh_token)


def test_users_who_are_gone_or_shut_out_are_refused(app: App) -> None:
    user = app.records.accounts.ensure("you@example.com")
    login = accounts._login(app, user)
    app.records.accounts.set_active(user.id, False)
    for act in (accounts.user_by_token, accounts.refresh):
        token = login.access_token if act is accounts.user_by_token else login.refresh_token
        with pytest.raises(Unauthenticated, match=r"^用户不存在或已禁用$"):
            act(app, token)
    app.records.accounts.set_active(user.id, True)
    assert accounts.user_by_token(app, login.access_token).id == user.id
    stranger = accounts.tokens_of(app).access("00000000-0000-4000-8000-00000000ffff", "x@example.com")
    with pytest.raises(Unauthenticated, match=r"^用户不存在或已禁用$"):
        accounts.user_by_token(app, stranger)
