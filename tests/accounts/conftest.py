"""Apps on both databases, with a mailer that keeps the letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import delete, update
from tests._postgres import shared_server
from tests._rig import make_app

from quantgpt.foundations.errors import Unavailable
from quantgpt.records import LOCAL_ADMIN
from quantgpt.records.schema import calls, email_codes, tickets, users
from quantgpt.services._base import App, Plugs


@dataclass
class Post:
    """A mailer that keeps letters, or refuses them."""

    letters: list[tuple[str, str, str]] = field(default_factory=list)
    broken: bool = False

    def send(self, to: str, subject: str, text: str) -> None:
        """Keep one letter."""
        if self.broken:
            raise Unavailable("验证码邮件发送失败，请稍后再试")
        self.letters.append((to, subject, text))

    def code(self, to: str) -> str:
        """The code of the newest letter to an address."""
        text = next(text for receiver, _, text in reversed(self.letters) if receiver == to)
        return text.partition("：")[2][:6]


@pytest.fixture
def post() -> Post:
    """The letters of one test."""
    return Post()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> App:
    """A migrated installation."""
    url = None if request.param == "sqlite" else shared_server().database()
    made = make_app(tmp_path_factory.mktemp("accounts") / "home", database_url=url)
    made.records.close()
    return made


@pytest.fixture
def app(installed: App, post: Post) -> Iterator[App]:
    """An App that nobody has used yet."""
    made = replace(installed, plugs=Plugs(mailer=lambda _: post))
    with made.records.writer.begin() as connection:
        for table in (email_codes, calls, tickets):
            connection.execute(delete(table))
        connection.execute(delete(users).where(users.c.id != LOCAL_ADMIN))
    yield made
    made.records.close()


def age_calls(app: App, seconds: float) -> None:
    """Let all counted calls be that much older."""
    with app.records.writer.begin() as connection:
        connection.execute(update(calls).values(at=calls.c.at - seconds))


def age_codes(app: App, seconds: float) -> None:
    """Let all codes be that much older."""
    moved = {"created_at": email_codes.c.created_at - seconds, "expires_at": email_codes.c.expires_at - seconds}
    with app.records.writer.begin() as connection:
        connection.execute(update(email_codes).values(**moved))
