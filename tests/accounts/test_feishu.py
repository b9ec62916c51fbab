"""The bot of a group: signed as the service asks, believed only when the service says so, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from quantgpt.connectors.notifiers.feishu import LARGEST_BODY, FeishuBot, body_of, open_notifier, sign
from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.settings import load_settings

SECRET = "s3cret"
NOW = 1_795_180_000.9


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC by its definition (RFC 2104)."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()


class Service(BaseHTTPRequestHandler):
    """The service's side: checks what it is sent, answers by its script."""

    script: list[Callable[[Service], None]]
    seen: list[dict[str, Any]]

    def do_POST(self) -> None:
        """Read one message, answer with the next line of the script."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append(
            {"path": self.path, "body": json.loads(body), "size": len(body), "type": self.headers["content-type"]}
        )
        self.script.pop(0)(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def answer(status: int, body: bytes | dict[str, Any], **headers: str) -> Callable[[Service], None]:
    """One line of a script."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def say(service: Service) -> None:
        service.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            service.send_header(name, value)
        service.end_headers()
        service.wfile.write(data)

    return say


def hang_up(service: Service) -> None:
    """Say nothing at all."""
    service.close_connection = True


def slowly(service: Service) -> None:
    """One byte at a time."""
    service.send_response(200)
    service.send_header("Content-Length", "100")
    service.end_headers()
    for _ in range(40):
        try:
            service.wfile.write(b" ")
            service.wfile.flush()
        except OSError:
            return
        time.sleep(0.1)


@contextmanager
def service(*script: Callable[[Service], None]) -> Iterator[tuple[FeishuBot, list[dict[str, Any]]]]:
    """A bot, and what its service saw."""
    seen: list[dict[str, Any]] = []
    handler = type("Bound", (Service,), {"script": list(script), "seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/open-apis/bot/v2/hook/abc-token"
        try:
            yield FeishuBot(url=url, secret=SECRET, loopback=True, seconds=1.0, clock=lambda: NOW), seen
        finally:
            server.shutdown()
            thread.join()


OK = answer(200, {"code": 0, "msg": "success"})


def test_a_message_is_signed_in_seconds_over_an_empty_text() -> None:
    with service(OK) as (bot, seen):
        assert bot.send('用户反馈 <at user_id="all">\n第二行')
    (message,) = seen
    stamp = str(int(NOW))
    assert message["body"] == {
        "timestamp": stamp,
        "sign": base64.b64encode(hmac_sha256(f"{stamp}\n{SECRET}".encode(), b"")).decode(),
        "msg_type": "text",
        "content": {"text": '用户反馈 <at user_id="all">\n第二行'},
    }
    assert message["type"].startswith("application/json")
    assert sign(stamp, SECRET) != sign(str(int(NOW * 1000)), SECRET)


def test_without_a_secret_nothing_is_signed() -> None:
    assert json.loads(body_of("a", None, NOW)) == {"msg_type": "text", "content": {"text": "a"}}


@pytest.mark.parametrize(
    ("script", "delivered", "tries"),
    [
        ([OK], True, 1),
        ([answer(200, {"StatusCode": 0, "StatusMessage": "success"})], True, 1),
        ([answer(200, {"code": 19021, "msg": "sign match fail"})], False, 1),
        ([answer(200, {"code": 19036})], False, 1),
        ([answer(200, {"code": "0"})], False, 1),
        ([answer(200, {"code": False})], False, 1),
        ([answer(200, {"code": 9499, "StatusCode": 0})], False, 1),
        ([answer(200, b"<html>ok</html>")], False, 1),
        ([answer(200, b"")], False, 1),
        ([answer(200, b"[0]")], False, 1),
        ([answer(200, b"\xff\xfe")], False, 1),
        ([answer(200, b"[" * 50_000)], False, 1),
        ([answer(200, b" " * 70_000 + b'{"code":0}')], False, 1),
        ([answer(400, {"code": 0})], False, 1),
        ([answer(302, {"code": 0}, Location="http://127.0.0.1:1/")], False, 1),
        ([answer(500, b""), OK], True, 2),
        ([answer(429, b""), OK], True, 2),
        ([answer(503, b""), answer(503, b"")], False, 2),
        ([hang_up, OK], True, 2),
        ([hang_up, hang_up], False, 2),
        ([slowly], False, 1),
    ],
)  # fmt: skip
def test_success_is_what_the_service_calls_success(
    script: list[Callable[[Service], None]], delivered: bool, tries: int
) -> None:
    with service(*script) as (bot, seen):
        assert bot.send("hello") is delivered
    assert len(seen) == tries


def test_nobody_there_is_no_success_and_no_error() -> None:
    assert FeishuBot(url="http://127.0.0.1:9/x", loopback=True, seconds=0.5).send("hello") is False


@pytest.mark.parametrize("text", ["反" * 30_000, "a" * 100_000, '"\\\n' * 20_000, "👍" * 9_000, "\ud800" * 30_000])
def test_a_long_text_is_cut_to_what_the_service_takes(text: str) -> None:
    body = body_of(text, SECRET, NOW)
    shown = json.loads(body)["content"]["text"]
    assert LARGEST_BODY - 20 <= len(body) <= LARGEST_BODY
    assert shown.endswith("…（已截断）")
    assert text.encode("utf-8", "replace").decode().startswith(shown.removesuffix("…（已截断）"))


@pytest.mark.parametrize(
    "url",
    [
        "http://open.feishu.cn/x", "https://evil.example/x", "https://open.feishu.cn.evil.example/x",
        "https://open.feishu.cn@evil.example/x", "https://u:p@open.feishu.cn/x", "https://open.feishu.cn:22/x",
        "https://127.0.0.1/x", "http://127.0.0.1/x", "http://localhost/x", "https://[::1]/x", "http://169.254.169.254/x",
        "http://0x7f.1/x", "file:///etc/passwd", "gopher://open.feishu.cn/x", "https://open.feishu.cn\\@evil.example/x",
        "https://open.feishu.cn\r\nHost: evil.example/x", "https://evil.example#open.feishu.cn", "https://", "", "x",
        "https://open.feishu.cn:99999/x", "https://[open.feishu.cn/x", "//open.feishu.cn/x",
    ],
)  # fmt: skip
def test_only_the_service_is_ever_called(url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(BadRequest, match="webhook") as refused:
        FeishuBot(url=url)
    assert "evil" not in str(refused.value)
    if url:
        assert open_notifier(load_settings(home=tmp_path, feedback_webhook=url)) is None
        assert "QUANTGPT_FEEDBACK_WEBHOOK is not used" in caplog.text
        assert "evil" not in caplog.text


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "http://localhost/x", "http://192.168.1.1/", "ftp://127.0.0.1/x"])
def test_the_door_for_tests_opens_to_this_machine_only(url: str) -> None:
    with pytest.raises(BadRequest):
        FeishuBot(url=url, loopback=True)


@pytest.mark.parametrize("host", ["open.feishu.cn", "open.larksuite.com", "OPEN.feishu.cn"])
def test_both_names_of_the_service_are_known(tmp_path: Path, host: str) -> None:
    url = f"https://{host}/open-apis/bot/v2/hook/abc"
    made = open_notifier(load_settings(home=tmp_path, feedback_webhook=url, feedback_webhook_secret=SECRET))
    assert made == FeishuBot(url=url, secret=SECRET)
    assert open_notifier(load_settings(home=tmp_path, feedback_webhook=None)) is None


def test_the_address_and_the_key_of_the_bot_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with service(answer(500, b""), answer(200, {"code": 19021})) as (bot, _):
        bot.send("hello")
    assert "19021" in caplog.text
    assert SECRET not in caplog.text
    assert "abc-token" not in caplog.text
