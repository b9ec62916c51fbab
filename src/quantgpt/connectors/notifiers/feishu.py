"""A bot in a Feishu (Lark) group: signed messages, success only when the service itself says so."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.settings import Settings

HOSTS = ("open.feishu.cn", "open.larksuite.com")
SECONDS = 10.0
TRIES = 2
LARGEST_BODY = 20_000
LARGEST_ANSWER = 65_536
_CUT = "…（已截断）"

log = logging.getLogger(__name__)


def sign(timestamp: str, secret: str) -> str:
    """The signature of a message: the key is the timestamp (seconds) and the secret, the message is empty."""
    return base64.b64encode(hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def body_of(text: str, secret: str | None, now: float) -> bytes:
    """The message on the wire, at most 20 kB; a text that is too long is cut."""
    signed: dict[str, str] = {}
    if secret:
        timestamp = str(int(now))
        signed = {"timestamp": timestamp, "sign": sign(timestamp, secret)}

    def written(part: str) -> bytes:
        body = {**signed, "msg_type": "text", "content": {"text": part}}
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")

    if len(whole := written(text)) <= LARGEST_BODY:
        return whole
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(written(text[:middle] + _CUT)) <= LARGEST_BODY else (low, middle - 1)
    return written(text[:low] + _CUT)


@dataclass(frozen=True, kw_only=True)
class FeishuBot:
    """One bot. `loopback` also allows plain addresses on this machine."""

    url: str
    secret: str | None = None
    loopback: bool = False
    seconds: float = SECONDS
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        _refuse_other_places(self.url, self.loopback)

    def send(self, text: str) -> bool:
        """Send a message; whether the service took it. Tries twice, and never raises."""
        for attempt in range(1, TRIES + 1):
            try:
                delivered, again = self._post(text)
            except Exception as error:  # whatever breaks on the way there: somebody's feedback is kept all the same
                log.warning("the bot did not answer (try %d): %s", attempt, type(error).__name__)
                delivered, again = False, True
            if delivered:
                return True
            if not again:
                return False
        return False

    def _post(self, text: str) -> tuple[bool, bool]:
        """(delivered, worth another try)."""
        import httpx2

        order = httpx2.Request(
            "POST",
            self.url,
            content=body_of(text, self.secret, self.clock()),
            headers={"Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "identity"},
            extensions={"timeout": httpx2.Timeout(self.seconds).as_dict()},
        )
        # By the transport, not by a client: a client writes every address to the log, and this one is a secret.
        with httpx2.HTTPTransport(trust_env=False) as transport:
            answer = transport.handle_request(order)
            deadline = time.monotonic() + self.seconds
            try:
                said = b""
                for part in answer.iter_raw():
                    said += part
                    if len(said) > LARGEST_ANSWER or time.monotonic() > deadline:
                        log.warning("the bot's answer was too long or too slow")
                        return False, False
            finally:
                answer.close()
        if not 200 <= answer.status_code < 300:
            log.warning("the bot answered %d", answer.status_code)
            return False, answer.status_code == 429 or answer.status_code >= 500
        code = _code(said)
        if code != 0:
            log.warning("the bot refused the message: code %s", code)
        return code == 0, False


def open_notifier(settings: Settings) -> FeishuBot | None:
    """The bot of the settings; None without one, or (said in the log) when its address is not one of the service."""
    if settings.feedback_webhook is None:
        return None
    secret = settings.feedback_webhook_secret
    try:
        return FeishuBot(
            url=settings.feedback_webhook.get_secret_value(), secret=secret.get_secret_value() if secret else None
        )
    except BadRequest as error:
        log.error("QUANTGPT_FEEDBACK_WEBHOOK is not used: %s", error)
        return None


def _refuse_other_places(url: str, loopback: bool) -> None:
    """Raise BadRequest for an address outside the service. The message does not show the address: it is a secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadRequest("webhook 地址无法识别") from None
    plain = parts.username is None and parts.password is None and not any(c <= " " or c == "\\" for c in url)
    if plain and parts.scheme == "https" and host in HOSTS and port in (None, 443):
        return
    if plain and loopback and parts.scheme in ("http", "https") and _is_loopback(host):
        return
    raise BadRequest(f"webhook 只接受 https://{HOSTS[0]} 或 https://{HOSTS[1]} 的地址")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _code(said: bytes) -> Any:
    """The service's own verdict: 0 is success; None for an answer without one."""
    try:
        body = json.loads(said)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    found = body.get("code", body.get("StatusCode"))
    return found if isinstance(found, int) and not isinstance(found, bool) else None
