"""Codes by e-mail: counted before they are answered, used once, and telling nobody who has an account."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import event, func, select
from tests.accounts.conftest import Post, age_calls, age_codes

from quantgpt.foundations.errors import BadRequest, QuantError, RateLimited, Unauthenticated, Unavailable
from quantgpt.records.schema import calls, email_codes, users
from quantgpt.services import accounts
from quantgpt.services._base import App, Plugs

pytestmark = pytest.mark.xdist_group("records")

YOU = "you@example.com"
HERE = "192.0.2.1"
EXPIRED = "验证码已过期或不存在，请重新获取"


def send(app: App, email: str = YOU) -> None:
    """A new code, whatever the limits say."""
    age_calls(app, 86_401)
    accounts.send_code(app, email, HERE)


def verify(app: App, code: str, email: str = YOU) -> str:
    """What came of a guess: `ok`, or the words of the refusal."""
    try:
        accounts.verify_code(app, email, code, HERE)
    except QuantError as error:
        return error.message
    return "ok"


def wrong(code: str, step: int = 1) -> str:
    """Another code than this."""
    return str(100_000 + (int(code) - 100_000 + step) % 900_000)


def test_the_first_login_makes_the_user_and_the_second_finds_it(app: App, post: Post) -> None:
    send(app)
    first = accounts.verify_code(app, YOU, post.code(YOU), HERE)
    send(app)
    second = accounts.verify_code(app, f"  {YOU.upper()} ", post.code(YOU), HERE)
    assert first.user.id == second.user.id
    assert (first.user.email, first.user.is_admin, first.user.is_active) == (YOU, False, True)
    stored = app.records.users.get(first.user.id)
    assert stored is not None
    assert stored.last_login_at is not None
    assert stored.last_login_at >= stored.created_at


def test_a_code_has_six_digits_and_is_kept_as_a_salted_hash(app: App, post: Post) -> None:
    send(app)
    code = post.code(YOU)
    assert re.fullmatch("[1-9][0-9]{5}", code)
    with app.records.reader.begin() as connection:
        row = connection.execute(select(email_codes)).mappings().one()
    assert not [value for value in row.values() if code in str(value)]
    send(app)
    with app.records.reader.begin() as connection:
        assert len(set(connection.execute(select(email_codes.c.salt)).scalars())) == 2


def test_five_wrong_guesses_lock_the_code_and_a_right_one_comes_too_late(app: App, post: Post) -> None:
    send(app)
    code = post.code(YOU)
    for left in (4, 3, 2, 1, 0):
        assert verify(app, wrong(code, left + 1)) == f"验证码错误，还可尝试 {left} 次"
    with pytest.raises(RateLimited, match="验证码错误次数过多") as refused:
        accounts.verify_code(app, YOU, code, HERE)
    assert 0 < refused.value.retry_after_seconds <= 60


def test_the_code_is_locked_and_not_the_account(app: App, post: Post) -> None:
    send(app)
    for step in range(1, 6):
        verify(app, wrong(post.code(YOU), step))
    send(app)
    assert verify(app, post.code(YOU)) == "ok"


def test_fifty_guesses_at_once_are_five(app: App, post: Post) -> None:
    send(app)
    code = post.code(YOU)
    with ThreadPoolExecutor(12) as pool:
        said = Counter(pool.map(lambda step: verify(app, wrong(code, step)), range(1, 51)))
    assert said.pop("验证码错误次数过多，请重新获取验证码") == 45
    assert said == {f"验证码错误，还可尝试 {left} 次": 1 for left in range(5)}
    assert verify(app, code) == "验证码错误次数过多，请重新获取验证码"


def test_of_two_right_guesses_at_once_one_logs_in(app: App, post: Post) -> None:
    for _ in range(5):
        send(app)
        code = post.code(YOU)
        with ThreadPoolExecutor(8) as pool:
            said = Counter(pool.map(lambda code: verify(app, code), [code] * 8))
        assert said == {"ok": 1, EXPIRED: 7}
    with app.records.reader.begin() as connection:
        assert connection.execute(select(func.count()).where(users.c.email == YOU)).scalar() == 1


def test_a_code_works_once(app: App, post: Post) -> None:
    send(app)
    assert [verify(app, post.code(YOU)) for _ in range(2)] == ["ok", EXPIRED]


def test_only_the_newest_code_counts_and_the_one_before_it_never_again(app: App, post: Post) -> None:
    send(app)
    old = post.code(YOU)
    age_codes(app, 100)
    send(app)
    new = post.code(YOU)
    assert old != new
    assert verify(app, old) == "验证码错误，还可尝试 4 次"
    assert verify(app, new) == "ok"
    assert verify(app, old) == EXPIRED


def test_the_code_of_somebody_else_is_wrong(app: App, post: Post) -> None:
    send(app)
    send(app, "other@example.com")
    assert verify(app, post.code("other@example.com")) == "验证码错误，还可尝试 4 次"


@pytest.mark.parametrize(("age", "said"), [(298, "ok"), (301, EXPIRED), (601, EXPIRED)])
def test_a_code_is_valid_for_five_minutes(app: App, post: Post, age: float, said: str) -> None:
    send(app)
    age_codes(app, age)
    assert verify(app, post.code(YOU)) == said


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345", "1e5000"])
def test_a_guess_that_is_no_code_counts_nothing(app: App, post: Post, code: str) -> None:
    send(app)
    assert verify(app, code) == "验证码应为 6 位数字"
    assert verify(app, wrong(post.code(YOU))) == "验证码错误，还可尝试 4 次"


def test_a_second_code_has_to_wait_a_minute(app: App, post: Post) -> None:
    accounts.send_code(app, YOU, HERE)
    with pytest.raises(RateLimited, match=r"^发送过于频繁，请 (60|5\d) 秒后重试$") as refused:
        accounts.send_code(app, YOU, HERE)
    assert 50 < refused.value.retry_after_seconds <= 60
    age_calls(app, 60.5)
    accounts.send_code(app, YOU, HERE)
    assert len(post.letters) == 2


def test_a_flood_of_requests_at_once_sends_one_letter(app: App, post: Post) -> None:
    def ask(_: int) -> bool:
        try:
            return accounts.send_code(app, YOU, HERE) > 0
        except RateLimited:
            return False

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(ask, range(40))) == 1
    assert len(post.letters) == 1


def test_an_account_gets_five_codes_an_hour_and_ten_a_day(app: App, post: Post) -> None:
    sent = 0
    for _ in range(20):
        try:
            accounts.send_code(app, YOU, HERE)
            sent += 1
        except RateLimited:
            pass
        age_calls(app, 61)
    assert sent == 5
    for _ in range(30):
        try:
            accounts.send_code(app, YOU, HERE)
            sent += 1
        except RateLimited:
            pass
        age_calls(app, 1000)
    assert sent == 10


def test_who_logs_in_often_is_not_held_up(app: App, post: Post) -> None:
    for _ in range(12):
        accounts.send_code(app, YOU, HERE)
        assert verify(app, post.code(YOU)) == "ok"
        age_calls(app, 61)


def test_one_network_address_cannot_send_to_everybody(app: App, post: Post) -> None:
    most = accounts.CODES_PER_ADDRESS[0]
    for number in range(most):
        accounts.send_code(app, f"user{number}@example.com", HERE)
    with pytest.raises(RateLimited, match="发送过于频繁"):
        accounts.send_code(app, "late@example.com", HERE)
    accounts.send_code(app, "late@example.com", "198.51.100.7")


def test_one_network_address_cannot_guess_for_ever(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "GUESSES_PER_ADDRESS", (3, 3600.0))
    said = [verify(app, "123456", f"user{number}@example.com") for number in range(4)]
    assert said == [EXPIRED] * 3 + ["请求过于频繁，请稍后再试"]


def test_a_letter_that_cannot_be_sent_changes_nothing(app: App, post: Post) -> None:
    send(app)
    age_codes(app, 70)
    age_calls(app, 70)
    before = post.code(YOU)
    post.broken = True
    for _ in range(3):
        with pytest.raises(Unavailable, match="验证码邮件发送失败"):
            accounts.send_code(app, YOU, HERE)
    with app.records.reader.begin() as connection:
        assert connection.execute(select(func.count()).select_from(email_codes)).scalar() == 1
        assert connection.execute(select(func.count()).where(calls.c.bucket == f"code-pause:{YOU}")).scalar() == 1
    assert verify(app, before) == "ok"
    post.broken = False
    accounts.send_code(app, YOU, HERE)


def test_without_a_way_to_send_letters_it_says_so(app: App) -> None:
    deaf = replace(app, plugs=Plugs())
    with pytest.raises(Unavailable, match="邮件服务未配置"):
        accounts.send_code(deaf, YOU, HERE)
    assert app.records.calls.count(f"code-pause:{YOU}", 60) == 0
    deaf.records.close()


def statements(app: App, act: Callable[[], object]) -> list[str]:
    """The SQL that an act sends, without its values."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(app.records.writer, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(app.records.writer, "before_cursor_execute", note)
    return seen


def test_nobody_learns_who_has_an_account(app: App, post: Post) -> None:
    app.records.accounts.ensure("known@example.com")
    app.records.accounts.set_active(app.records.accounts.ensure("shut.out@example.com").id, False)
    emails = ("known@example.com", "shut.out@example.com", "unknown@example.com")
    work = [statements(app, lambda email=email: accounts.send_code(app, email, HERE)) for email in emails]  # type: ignore[misc]
    assert work[0] == work[1] == work[2]
    assert {accounts.CODE_SECONDS} == {accounts.send_code(app, f"new{n}@example.com", HERE) for n in range(2)}
    said = {verify(app, wrong(post.code(email)), email) for email in emails}
    assert said == {"验证码错误，还可尝试 4 次"}


def test_somebody_who_was_shut_out_stays_out(app: App, post: Post) -> None:
    user = app.records.accounts.ensure(YOU)
    app.records.accounts.set_active(user.id, False)
    send(app)
    with pytest.raises(Unauthenticated, match="用户不存在或已禁用"):
        accounts.verify_code(app, YOU, post.code(YOU), HERE)
    with pytest.raises(Unauthenticated, match="用户不存在或已禁用"):
        accounts.token_for(app, YOU)


@pytest.mark.parametrize(
    "email",
    [
        "", "you", "you@", "@example.com", "you@example", "you@example.c", "you@exa mple.com", "you@-example.com",
        "you@example.com\r\nBcc: all@example.com", "you@example.com\nx", "you@example.com\0", "you@@example.com",
        "你好@example.com", "you@例子.com", "you@example..com", "a..b@example.com", "you@example.com,two@example.com",
        "<you@example.com>", "you@example.com%0aBcc:x", "a" * 250 + "@example.com", '"x"@example.com', "you@[127.0.0.1]",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(BadRequest, match="邮箱格式不正确") as refused:
        accounts.read_email(email)
    assert refused.value.field == "email"


def test_an_address_with_another_header_in_it_sends_nothing(app: App, post: Post) -> None:
    for act in (accounts.send_code, lambda app, email, here: accounts.verify_code(app, email, "123456", here)):
        with pytest.raises(BadRequest, match="邮箱格式不正确"):
            act(app, "you@example.com\r\nBcc: all@example.com", HERE)
    assert not post.letters


def test_an_address_in_any_case_is_one_account_and_with_a_plus_another(app: App, post: Post) -> None:
    ids = {}
    for email in ("Some.One@Example.COM", "some.one@example.com", "some.one+x@example.com"):
        send(app, email)
        ids[email] = accounts.verify_code(app, email, post.code(email.lower()), HERE).user.id
    assert ids["Some.One@Example.COM"] == ids["some.one@example.com"] != ids["some.one+x@example.com"]


def test_no_code_stands_in_the_log(app: App, post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    send(app)
    verify(app, wrong(post.code(YOU)))
    verify(app, post.code(YOU))
    assert post.code(YOU) not in caplog.text
