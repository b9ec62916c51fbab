"""Tickets for streams and reports: once, for a minute, for one user and one thing; and no log knows them."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient
from tests._rig import Process, free_port, lend_demo, make_app, read, wait_until
from tests.accounts.test_mail import mail_server
from tests.wire._people import Person
from tests.wire.test_security_owners import CANARY, make_things

from quantgpt.faces.rest.access import REMEMBERED_SECONDS, Door
from quantgpt.faces.rest.app import create_api
from quantgpt.faces.rest.redaction import Redacting, redacted
from quantgpt.faces.rest.stream import follow
from quantgpt.records.schema import tickets
from quantgpt.services import accounts
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A server that requires tokens."""
    bare = lend_demo(make_app(tmp_path_factory.mktemp("streams") / "home"))
    bare.records.close()
    made = replace(bare, settings=bare.settings.model_copy(update={"auth": "required"}))
    yield made
    made.records.close()


@pytest.fixture(scope="module")
def client(app: App) -> Iterator[TestClient]:
    """A client of it."""
    with TestClient(create_api(app), base_url="http://quant.example") as opened:
        yield opened


@pytest.fixture(scope="module")
def owner(app: App, client: TestClient) -> Person:
    """Somebody with a finished task."""
    return Person(client, app, "owner@example.com")


@pytest.fixture(scope="module")
def owned(app: App, owner: Person) -> dict[str, str]:
    """Their task and its report."""
    return make_things(app, owner)


def ticket_for(owner: Person, path: str) -> str:
    """A ticket as the interface gives it."""
    body = owner.ask("POST", path).json()
    assert (set(body), body["expires_in"]) == ({"ticket", "expires_in"}, 60)
    return str(body["ticket"])


def test_a_ticket_opens_the_stream_once(client: TestClient, owner: Person, owned: dict[str, str]) -> None:
    task = owned["task_id"]
    ticket = ticket_for(owner, f"/tasks/{task}/sse-ticket")
    first = client.get(f"{API}/tasks/{task}/stream?ticket={ticket}")
    assert first.status_code == 200
    assert first.headers["content-type"].startswith("text/event-stream")
    assert "event: done" in first.text
    again = client.get(f"{API}/tasks/{task}/stream?ticket={ticket}")
    assert (again.status_code, again.json()["detail"]) == (401, "票据无效或已过期")


def test_a_ticket_opens_the_report_in_a_new_tab_once(client: TestClient, owner: Person, owned: dict[str, str]) -> None:
    name = owned["filename"]
    ticket = ticket_for(owner, f"/reports/{name}/ticket")
    assert client.get(f"{API}/reports/{name}?ticket={ticket}").text == CANARY
    assert client.get(f"{API}/reports/{name}?ticket={ticket}").status_code == 401


def test_a_ticket_opens_nothing_else(client: TestClient, owner: Person, owned: dict[str, str]) -> None:
    task, name = owned["task_id"], owned["filename"]
    ticket = ticket_for(owner, f"/tasks/{task}/sse-ticket")
    for path in (
        "/tasks/0123456789ab/stream",
        f"/reports/{name}",
        "/tasks",
        f"/tasks/{task}",
        "/auth/me",
        "/admin/overview",
    ):
        assert client.get(f"{API}{path}?ticket={ticket}").status_code == 401, path
    assert client.post(f"{API}/tasks/{task}/cancel?ticket={ticket}").status_code == 401
    assert client.get(f"{API}/tasks/{task}/stream?ticket={ticket}").status_code == 200


def test_an_expired_ticket_opens_nothing(app: App, client: TestClient, owner: Person, owned: dict[str, str]) -> None:
    ticket = ticket_for(owner, f"/tasks/{owned['task_id']}/sse-ticket")
    with app.records.writer.begin() as connection:
        connection.execute(update(tickets).values(expires_at=tickets.c.expires_at - 61))
    assert client.get(f"{API}/tasks/{owned['task_id']}/stream?ticket={ticket}").status_code == 401


def test_a_ticket_is_only_for_its_owner(app: App, client: TestClient, owner: Person, owned: dict[str, str]) -> None:
    other = Person(client, app, "other@example.com")
    assert other.ask("POST", f"/tasks/{owned['task_id']}/sse-ticket").status_code == 404
    assert other.ask("POST", f"/reports/{owned['filename']}/ticket").status_code == 404
    ticket = ticket_for(owner, f"/tasks/{owned['task_id']}/sse-ticket")
    mixed = other.ask("GET", f"/tasks/{owned['task_id']}/stream?ticket={ticket}")
    assert mixed.status_code == 401


@pytest.mark.parametrize(
    "query", ["", "?ticket=", "?ticket=tkt_x", "?token=", "?token=x", "?ticket=%00", "?ticket=tkt_%ff"]
)
def test_no_ticket_no_stream(client: TestClient, owned: dict[str, str], query: str) -> None:
    for path in (f"/tasks/{owned['task_id']}/stream", f"/reports/{owned['filename']}"):
        assert client.get(f"{API}{path}{query}").status_code == 401


def test_a_token_in_the_address_opens_the_stream(client: TestClient, owner: Person, owned: dict[str, str]) -> None:
    token = owner.headers["Authorization"].removeprefix("Bearer ")
    assert "event: done" in client.get(f"{API}/tasks/{owned['task_id']}/stream?token={token}").text
    assert client.get(f"{API}/reports/{owned['filename']}?token={token}").text == CANARY


def test_who_is_shut_out_holds_a_ticket_in_vain(app: App, client: TestClient, owned: dict[str, str]) -> None:
    person = Person(client, app, "leaving@example.com")
    mine = make_things(app, person)
    ticket = ticket_for(person, f"/tasks/{mine['task_id']}/sse-ticket")
    app.records.accounts.set_active(person.id, False)
    client.app.state.door.forget(person.id)  # type: ignore[attr-defined]
    assert client.get(f"{API}/tasks/{mine['task_id']}/stream?ticket={ticket}").status_code == 401


async def test_a_stream_ends_when_its_reader_is_shut_out(
    app: App, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quantgpt.faces.rest.stream.HEARTBEAT_SECONDS", 0.05)
    moment = [0.0]
    door, rest = Door(app, lambda: moment[0]), create_api(app).state.rest
    person = Person(client, app, "reader@example.com")
    caller = door.user(accounts.token_for(app, person.email))
    ask = {"prompt": "rank(close)", "start_date": "2025-01-01", "end_date": "2025-06-30"}
    job = read(app, person.ask("POST", "/auto_backtest", json=ask).json()["task_id"])
    watching = asyncio.create_task(rest.watcher.run())
    seen = []
    async for part in follow(rest, job, None, lambda: door.still_admits(caller)):
        seen.append(part)
        if len(seen) == 3:
            app.records.accounts.set_active(person.id, False)
            moment[0] += REMEMBERED_SECONDS
    rest.watcher.stop()
    await watching
    assert b"event: update" in seen[0]
    assert b"Token no longer valid" in seen[-1]


# -- logs ------------------------------------------------------------------------------------------------------

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl-_A"


@pytest.mark.parametrize(
    "text",
    [
        f"GET /x?token={JWT}&page=1", f"Authorization: Bearer {JWT}", f"{{'access_token': '{JWT}'}}", f"token%3D{JWT}",
        f'"GET /x?ticket=tkt_{"a" * 43} HTTP/1.1"', f"bearer {JWT}", f"BEARER   {JWT}", f"sub {JWT[:-24]}", f"password={JWT}",
        f"a ticket tkt_{'a' * 43} lay there", f"?refresh_token={JWT}",
    ],
)  # fmt: skip
def test_what_opens_a_door_is_not_written(text: str) -> None:
    assert not re.search("eyJ|aaaa|c2lnbmF0", redacted(text))
    assert "***" in redacted(text)


@pytest.mark.parametrize(
    "text", ["GET /api/v1/tasks?page=2", "tokens: 5", "a bearer of news", "ticket sold", "eyJ", "x=1"]
)
def test_what_opens_nothing_is_written_as_it_is(text: str) -> None:
    assert redacted(text) == text


def test_arguments_and_tracebacks_are_written_without_tokens() -> None:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(Redacting(logging.Formatter("%(levelname)s %(message)s")))
    logger = logging.Logger("apart")
    logger.addHandler(handler)
    logger.info('%s - "%s"', "127.0.0.1", f"GET /x?token={JWT}")
    try:
        raise ValueError(f"cannot read {JWT}")
    except ValueError:
        logger.exception("it broke")
    assert lines[0] == 'INFO 127.0.0.1 - "GET /x?token=***"'
    assert "ValueError: cannot read ***" in lines[1]


def fetch(url: str, body: Any = None, **headers: str) -> tuple[int, str]:
    """(status, text) of one request over a real connection."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.slow
def test_the_log_of_a_server_knows_no_code_no_token_and_no_ticket(tmp_path: Path) -> None:
    with mail_server() as (inbox, mail_port):
        given = {"auth": "required", "log_level": "DEBUG", "admin_password": "horse-battery-staple"}
        mail = {"smtp_host": "127.0.0.1", "smtp_port": mail_port, "smtp_use_tls": False, "smtp_from": "bot@example.com"}
        server = Process("server_process", tmp_path, **{**given, **mail, "port": free_port()})
        try:
            base = f"http://127.0.0.1:{_port(tmp_path)}{API}"
            assert fetch(f"{base}/auth/send-code", {"email": "you@example.com"})[0] == 200
            code = _code(inbox.taken[-1].content)
            tokens = json.loads(fetch(f"{base}/auth/verify-code", {"email": "you@example.com", "code": code})[1])
            access, refresh = tokens["access_token"], tokens["refresh_token"]
            admin = json.loads(fetch(f"{base}/admin/login", {"password": given["admin_password"]})[1])["token"]
            secrets = [code, access, refresh, admin, given["admin_password"]]
            assert fetch(f"{base}/tasks/0123456789ab/stream?token={access}")[0] == 404
            assert fetch(f"{base}/tasks/0123456789ab/stream?ticket=tkt_{'q' * 43}")[0] == 401
            assert fetch(f"{base}/tasks?token={refresh}")[0] == 401
            assert fetch(f"{base}/admin/overview", None, Authorization=f"Bearer {admin}")[0] == 200
            assert fetch(f"{base}/auth/refresh", {"refresh_token": refresh})[0] == 200
            assert fetch(f"{base}/auth/verify-code", {"email": "you@example.com", "code": code})[0] == 400
        finally:
            server.stop()
    log = (tmp_path / "server_process.log").read_text()
    assert "stream?token=***" in log
    assert "ticket=***" in log
    key = (tmp_path / "secrets" / "jwt").read_text().strip()
    assert not [secret for secret in [*secrets, key, "q" * 43, access.split(".")[2]] if secret in log]
    database = b"".join(path.read_bytes() for path in tmp_path.glob("quantgpt.db*"))
    assert not [secret for secret in [*secrets[1:], key] if secret.encode() in database]


def _port(home: Path) -> str:
    path = home / "run" / "server.port"
    wait_until(lambda: path.is_file() and path.read_text().strip() != "", 30)
    return path.read_text().strip()


def _code(letter: bytes) -> str:
    found = re.search(r"\b[1-9]\d{5}\b", message_from_bytes(letter, policy=default).get_content())
    assert found
    return found[0]
