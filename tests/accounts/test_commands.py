"""quantgpt token and quantgpt mailbox, as a script uses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from quantgpt.bootstrap import build_app
from quantgpt.connectors.notifiers.mail import mailbox
from quantgpt.faces.cli.main import main
from quantgpt.services import accounts
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("records")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of the commands, on SQLite."""
    for name, value in {"QUANTGPT_HOME": str(tmp_path), "QUANTGPT_AUTH": "local", "SMTP_HOST": ""}.items():
        monkeypatch.setenv(name, value)
    for name in ("DATABASE_URL", "JWT_SECRET", "JWT_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    """The exit code of one command."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def opened() -> App:
    """The installation that the commands work on."""
    return build_app()


def test_a_token_stands_alone_on_the_last_line_and_works(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("token", "--email", " You@Example.com ") == 0
    token = capsys.readouterr().out.rstrip("\n").rpartition("\n")[2]
    app = opened()
    user = accounts.user_by_token(app, token)
    assert user.email == "you@example.com"
    assert run("token", "--email", "you@example.com") == 0
    assert accounts.user_by_token(app, capsys.readouterr().out.strip()).id == user.id
    app.records.close()


@pytest.mark.parametrize("email", ["you", "", "you@example.com\nx"])
def test_a_bad_address_is_refused_with_its_field(home: Path, capsys: pytest.CaptureFixture[str], email: str) -> None:
    assert run("token", "--email", email) == 2
    said = capsys.readouterr()
    assert "邮箱格式不正确" in said.err
    assert not said.out


def test_who_was_shut_out_gets_no_token(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = opened()
    app.records.migrate()
    app.records.accounts.set_active(app.records.accounts.ensure("you@example.com").id, False)
    app.records.close()
    assert run("token", "--email", "you@example.com") == 5
    assert "用户不存在或已禁用" in capsys.readouterr().err


def test_the_code_of_a_login_is_in_the_mailbox(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("mailbox") == 0
    assert "没有信件" in capsys.readouterr().err
    app = opened()
    app.records.migrate()
    for email in ("you@example.com", "other@example.com"):
        accounts.send_code(app, email, "127.0.0.1")
    letter = mailbox(app.settings).letters("you@example.com")[-1]
    code = letter.text.partition("：")[2][:6]
    assert run("mailbox", "--email", "You@example.com") == 0
    shown = capsys.readouterr().out
    assert code in shown
    assert "other@example.com" not in shown
    assert run("mailbox") == 0
    assert capsys.readouterr().out.count(" UTC  ") == 2
    assert accounts.verify_code(app, "you@example.com", code, "127.0.0.1").user.email == "you@example.com"
    app.records.close()
