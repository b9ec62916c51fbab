"""Letters: delivered whole to a mail server, kept on this machine without one, and refused as one kind of failure."""

from __future__ import annotations

import json
import logging
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import func, select

from quantgpt.connectors.notifiers.mail import KEPT, Mailbox, SmtpMailer, mailbox, open_mailer
from quantgpt.foundations.errors import BadRequest, Unavailable
from quantgpt.foundations.settings import Settings, load_settings
from quantgpt.records.schema import email_codes
from quantgpt.services import accounts
from quantgpt.services._base import App, Plugs

pytestmark = pytest.mark.xdist_group("records")


def mailer(port: int, **more: Any) -> SmtpMailer:
    """A mailer for a server on this machine."""
    plain = {"host": "127.0.0.1", "user": "", "password": "", "sender": "QuantGPT <bot@example.com>", "use_tls": False}
    return SmtpMailer(port=port, **{**plain, "seconds": 0.4, **more})


class Inbox:
    """What a mail server took."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a letter."""
        self.taken.append(envelope)
        return "250 OK"


@contextmanager
def mail_server(**how: Any) -> Iterator[tuple[Inbox, int]]:
    """A real mail server on loopback."""
    inbox = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **how)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


class Scripted(socketserver.StreamRequestHandler):
    """Says its lines, one per command, whatever the command is."""

    lines: tuple[bytes, ...] = ()

    def handle(self) -> None:
        """Say the greeting, then one line for each command."""
        for line in self.lines:
            if line == b"silence":
                threading.Event().wait(1.2)
                return
            self.wfile.write(line + b"\r\n")
            if line.startswith(b"354"):
                while self.rfile.readline().strip() != b".":
                    pass
            elif not self.rfile.readline():
                return


@contextmanager
def scripted(*lines: bytes) -> Iterator[int]:
    """A mail server that follows a script, on loopback."""
    handler = type("Lines", (Scripted,), {"lines": lines})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_a_letter_arrives_whole() -> None:
    with mail_server() as (inbox, port):
        mailer(port).send("you@example.com", "登录验证码", "您的验证码是：123456\n\n.\n..x\n")
    (envelope,) = inbox.taken
    letter = message_from_bytes(envelope.content, policy=default)
    assert (envelope.mail_from, envelope.rcpt_tos) == ("bot@example.com", ["you@example.com"])
    assert (letter["to"], letter["subject"], letter["from"]) == (
        "you@example.com",
        "登录验证码",
        "QuantGPT <bot@example.com>",
    )
    assert letter.get_content().replace("\r\n", "\n") == "您的验证码是：123456\n\n.\n..x\n"
    assert letter["date"]
    assert letter["message-id"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_the_user_name_and_the_password_are_shown() -> None:
    seen = []

    def authenticator(_server: Any, _session: Any, _envelope: Any, _how: str, given: Any) -> AuthResult:
        seen.append((given.login, given.password))
        return AuthResult(success=given.password == b"right")

    with mail_server(authenticator=authenticator, auth_required=True, auth_require_tls=False) as (inbox, port):
        mailer(port, user="bot", password="right").send("you@example.com", "s", "t")
        with pytest.raises(Unavailable, match="验证码邮件发送失败"):
            mailer(port, user="bot", password="wrong-word").send("you@example.com", "s", "t")
    assert len(inbox.taken) == 1
    assert seen[0] == (b"bot", b"right")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's own certificate, which nobody else vouches for, and its file."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
    ]
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*command, str(key), "-out", str(cert), *subject], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context, cert


@contextmanager
def encrypted(context: ssl.SSLContext) -> Iterator[tuple[list[bytes], int]]:
    """A server that is encrypted from the first byte, and what it was told."""
    told: list[bytes] = []

    class Listener(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                with context.wrap_socket(self.request, server_side=True) as inner:
                    inner.sendall(b"220 hi\r\n")
                    told.append(inner.recv(100))
                    inner.sendall(b"421 enough\r\n")
            except OSError:
                return

    with socketserver.TCPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield told, server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("trusted", [False, True])
def test_a_server_is_told_nothing_before_its_certificate_is_believed(
    certificate: tuple[ssl.SSLContext, Path], trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, path = certificate
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with encrypted(context) as (told, port), pytest.raises(Unavailable, match="验证码邮件发送失败"):
        mailer(port, use_tls=True, seconds=3.0).send("you@example.com", "s", "t")
    assert [words[:4].upper() for words in told] == ([b"EHLO"] if trusted else [])


@pytest.mark.parametrize("trusted", [False, True])
def test_a_letter_goes_by_command_only_to_a_believed_certificate(
    certificate: tuple[ssl.SSLContext, Path], trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, path = certificate
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with mail_server(tls_context=context) as (inbox, port):
        monkeypatch.setattr("quantgpt.connectors.notifiers.mail.STARTTLS_PORTS", (port,))
        try:
            mailer(port, use_tls=True, seconds=3.0).send("you@example.com", "s", "t")
        except Unavailable:
            assert not trusted
    assert len(inbox.taken) == trusted


def test_a_server_without_encryption_gets_nothing_where_it_is_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as (inbox, port):
        monkeypatch.setattr("quantgpt.connectors.notifiers.mail.STARTTLS_PORTS", (port,))
        with pytest.raises(Unavailable):
            mailer(port, use_tls=True).send("you@example.com", "s", "t")
    assert not inbox.taken


FAULTS: dict[str, tuple[bytes, ...]] = {
    "no greeting": (b"silence",),
    "gone at once": (),
    "not now": (b"421 busy",),
    "no greeting but nonsense": (b"HTTP/1.1 400 Bad Request",),
    "greylisted": (b"220 hi", b"250 ok", b"250 ok", b"450 4.2.0 greylisted, try later"),
    "no such user": (b"220 hi", b"250 ok", b"250 ok", b"550 5.1.1 no such user"),
    "sender refused": (b"220 hi", b"250 ok", b"553 sender refused"),
    "silent after the greeting": (b"220 hi", b"silence"),
    "cut in the letter": (b"220 hi", b"250 ok", b"250 ok", b"250 ok", b"354 go"),
    "letter refused": (b"220 hi", b"250 ok", b"250 ok", b"250 ok", b"354 go", b"554 5.7.1 spam"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_the_mail_server_does_it_is_one_failure_and_nothing_counts(
    app: App, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with scripted(*FAULTS[name]) as port:
        broken = replace(app, plugs=Plugs(mailer=lambda _: mailer(port)))
        for _ in range(2):
            with pytest.raises(Unavailable, match=r"^验证码邮件发送失败，请稍后再试") as refused:
                accounts.send_code(broken, "you@example.com", "192.0.2.1")
        broken.records.close()
    assert refused.value.retry_after_seconds
    assert "example.com" not in caplog.text
    with app.records.reader.begin() as connection:
        assert connection.execute(select(func.count()).select_from(email_codes)).scalar() == 0
    assert app.records.calls.count("code-pause:you@example.com", 60) == 0
    assert app.records.calls.count("code-address:192.0.2.1", 60) == 0


def test_a_closed_port_is_the_same_failure() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unavailable, match="验证码邮件发送失败"):
        mailer(port).send("you@example.com", "s", "t")


@pytest.mark.parametrize("text", ["a\r\nBcc: x@example.com", "a\nb", "a\0", "a\x1b[2J", "", "a\u2028b"])
@pytest.mark.parametrize("where", ["to", "subject", "sender"])
def test_no_text_starts_a_header_of_its_own(text: str, where: str) -> None:
    given = {"to": "you@example.com", "subject": "s", "sender": "bot@example.com"} | {where: text}
    with pytest.raises(BadRequest, match="不能为空，也不能含有控制字符"):
        mailer(1, sender=given["sender"]).send(given["to"], given["subject"], "t")


# -- without a mail server -------------------------------------------------------------------------------------


def settings_of(home: Path, **more: Any) -> Settings:
    """Settings that the environment has no part in."""
    return load_settings(home=home, **{"auth": "local", "smtp_host": "", **more})


def test_in_local_mode_letters_stay_on_this_machine(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    opened = open_mailer(settings_of(tmp_path))
    assert isinstance(opened, Mailbox)
    opened.send("you@example.com", "登录验证码", "您的验证码是：123456\n更多")
    opened.send("other@example.com", "s", "t\nu")
    box = mailbox(settings_of(tmp_path))
    assert [letter.to for letter in box.letters()] == ["you@example.com", "other@example.com"]
    assert [letter.text for letter in box.letters("you@example.com")] == ["您的验证码是：123456\n更多"]
    assert box.path.stat().st_mode & 0o777 == 0o600
    assert "您的验证码是：123456" in caplog.text


def test_the_mailbox_keeps_the_newest_letters(tmp_path: Path) -> None:
    box = mailbox(settings_of(tmp_path))
    box.path.parent.mkdir()
    line = {"at": "2026-11-20T00:00:00", "to": "a@b.cd", "subject": "s", "text": ""}
    box.path.write_text("".join(json.dumps({**line, "text": str(n)}) + "\n" for n in range(KEPT)))
    box.send("a@b.cd", "s", "new")
    texts = [letter.text for letter in box.letters()]
    assert (len(texts), texts[0], texts[-1]) == (KEPT, "1", "new")


@pytest.mark.parametrize("how", [{"auth": "required"}, {"host": "0.0.0.0"}])
def test_where_logins_are_required_no_code_is_left_lying_about(tmp_path: Path, how: dict[str, str]) -> None:
    assert open_mailer(settings_of(tmp_path, **how)) is None


def test_a_mail_server_of_the_settings_is_used_in_every_mode(tmp_path: Path) -> None:
    named = {"smtp_host": "mail.example.com", "smtp_user": "bot@example.com", "smtp_password": "p"}
    for auth in ("local", "required"):
        opened = open_mailer(settings_of(tmp_path, auth=auth, **named))
        assert isinstance(opened, SmtpMailer)
        assert (opened.host, opened.port, opened.sender) == ("mail.example.com", 465, "bot@example.com")
        assert opened.use_tls
