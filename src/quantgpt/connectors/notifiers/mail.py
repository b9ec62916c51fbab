"""Letters: by SMTP, or into a mailbox on this machine where nobody set up a mail server."""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from quantgpt.foundations.errors import BadRequest, Unavailable
from quantgpt.foundations.files import write_text
from quantgpt.foundations.settings import Settings

SECONDS = 10.0
"""for each answer of the mail server; a letter as a whole gets twice as long"""
KEPT = 200
"""letters in the mailbox"""
STARTTLS_PORTS = (25, 587, 2525)
NOT_SENT = "验证码邮件发送失败，请稍后再试"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """One letter of the mailbox."""

    at: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class SmtpMailer:
    """Hands letters to a mail server. Certificates are checked."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    use_tls: bool
    seconds: float = SECONDS

    def send(self, to: str, subject: str, text: str) -> None:
        """Send one letter.

        Raises: Unavailable when the server did not take it, BadRequest for an address or a subject that breaks a header.
        """
        from aiosmtplib import SMTPException

        for name, value in (("to", to), ("subject", subject), ("SMTP_FROM", self.sender)):
            _refuse_breaks(name, value)
        try:
            asyncio.run(asyncio.wait_for(self._deliver(to, subject, text), 2 * self.seconds))
        except (OSError, TimeoutError, ValueError, SMTPException) as error:
            log.warning("the mail server %s:%d did not take a letter: %s", self.host, self.port, _in_brief(error))
            raise Unavailable(
                NOT_SENT, retry_after_seconds=30, hint="the mail server did not take the letter"
            ) from None

    async def _deliver(self, to: str, subject: str, text: str) -> None:
        from email.message import EmailMessage
        from email.policy import SMTP
        from email.utils import formatdate, make_msgid

        import aiosmtplib

        letter = EmailMessage(policy=SMTP)
        letter["From"], letter["To"], letter["Subject"] = self.sender, to, subject
        letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain="quantgpt.local")
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text, cte="base64")
        by_command = self.use_tls and self.port in STARTTLS_PORTS
        await aiosmtplib.send(
            letter,
            sender=_bare(self.sender),
            recipients=[to],
            hostname=self.host,
            port=self.port,
            username=self.user or None,
            password=self.password or None,
            use_tls=self.use_tls and not by_command,
            start_tls=True if by_command else None,
            validate_certs=True,
            timeout=self.seconds,
        )


@dataclass(frozen=True)
class Mailbox:
    """A file of letters on this machine, open to its owner only, and a line in the log for each."""

    path: Path

    def send(self, to: str, subject: str, text: str) -> None:
        """Keep one letter."""
        letter = Letter(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"), to, subject, text)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            kept = [*self.letters(), letter][-KEPT:]
            lines = [json.dumps(vars(each), ensure_ascii=False) for each in kept]
            write_text(self.path, "\n".join(lines) + "\n", mode=0o600)
        first = text.partition("\n")[0]
        log.info("no SMTP_HOST: a letter to %s stays here: %s (quantgpt mailbox)", to, first)

    def letters(self, to: str | None = None) -> list[Letter]:
        """The letters, oldest first; those to one address, if it is given."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        found = [Letter(**json.loads(line)) for line in lines]
        return [letter for letter in found if to is None or letter.to == to]


def mailbox(settings: Settings) -> Mailbox:
    """The mailbox of this installation."""
    return Mailbox(settings.home / "mailbox" / "letters.jsonl")


def open_mailer(settings: Settings) -> SmtpMailer | Mailbox | None:
    """The mail server of the settings; without one the mailbox in local mode, else None."""
    if settings.smtp_host:
        secret = settings.smtp_password
        return SmtpMailer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            user=settings.smtp_user,
            password=secret.get_secret_value() if secret else "",
            sender=settings.smtp_from or settings.smtp_user,
            use_tls=settings.smtp_use_tls,
        )
    return mailbox(settings) if settings.auth_in_force == "local" else None


def _refuse_breaks(name: str, value: str) -> None:
    """Raise BadRequest for text that would start another header, or is no header at all."""
    if not value or any(
        character < " " or character == "\x7f" or character in "\x85\u2028\u2029" for character in value
    ):
        raise BadRequest(f"{name} 不能为空，也不能含有控制字符", field=name)


def _bare(sender: str) -> str:
    """The address alone of `Name <address>`."""
    from email.utils import parseaddr

    return parseaddr(sender)[1] or sender


def _in_brief(error: BaseException) -> str:
    """The kind of a fault and the code of the server, without the server's words: they may quote the letter."""
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
