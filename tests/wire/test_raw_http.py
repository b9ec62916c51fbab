"""Bytes that are hardly HTTP: refused or hung up on, and nobody else notices."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests._rig import Process, free_port, lend_demo, make_app, wait_until

from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("wire")

API = "/api/v1"
HOST = b"Host: 127.0.0.1\r\n"
JSON = b"Content-Type: application/json\r\n"


class Server:
    """A server process of its own, and what it logged."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.process = Process("server_process", home, port=port)
        wait_until(lambda: self.is_well(), 60)

    def send(self, data: bytes, *, seconds: float = 10.0) -> bytes:
        """What comes back for these bytes until the server hangs up; where it waits for more, so many seconds."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as line:
            line.settimeout(10)
            answer = b""
            try:
                line.sendall(data)
                line.settimeout(seconds)
                while part := line.recv(65536):
                    answer += part
            except OSError:
                pass
            return answer

    def is_well(self) -> bool:
        """It answers like on the first day."""
        try:
            answer = self.send(b"GET /api/v1/health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        except OSError:
            return False
        return answer.startswith(b"HTTP/1.1 200") and b'"status":"ok"' in answer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all of this."""
    home = tmp_path_factory.mktemp("raw") / "home"
    app: App = lend_demo(make_app(home))
    app.records.close()
    made = Server(home, free_port())
    yield made
    assert made.process.stop() == 0


def post(body: bytes, *, headers: bytes = JSON, length: int | None = None, path: str = "/auto_backtest") -> bytes:
    size = len(body) if length is None else length
    head = f"POST {API}{path} HTTP/1.1\r\n".encode() + HOST + headers
    return head + f"Content-Length: {size}\r\nConnection: close\r\n\r\n".encode() + body


def get(path: bytes, headers: bytes = b"") -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\n" + HOST + headers + b"Connection: close\r\n\r\n"


def chunked(*chunks: bytes) -> bytes:
    head = f"POST {API}/auto_backtest HTTP/1.1\r\n".encode() + HOST + JSON
    return head + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + b"".join(chunks)


GOOD = json.dumps({"prompt": "rank(close)"}).encode()

HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no http": b"\x00\x01\x02\x03\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
    "http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "long method": b"A" * 5000 + b" / HTTP/1.1\r\n\r\n",
    "unknown version": b"GET / HTTP/9.9\r\n\r\n",
    "a thousand headers": get(b"/api/v1/tasks", b"".join(b"X-%d: %s\r\n" % (n, b"a" * 100) for n in range(1000))),
    "one large header": get(b"/api/v1/tasks", b"X-A: " + b"a" * 1_048_576 + b"\r\n"),
    "header without colon": get(b"/api/v1/tasks", b"nonsense\r\n"),
    "folded header": get(b"/api/v1/tasks", b"X-A: a\r\n b\r\n"),
    "control characters": get(b"/api/v1/tasks", b"X-A: a\x00b\r\n"),
    "two lengths": post(GOOD, headers=JSON + b"Content-Length: 5\r\n"),
    "negative length": post(GOOD, length=-5),
    "huge length": post(GOOD, length=10**30),
    "length and chunks": post(GOOD, headers=JSON + b"Transfer-Encoding: chunked\r\n"),
    "two encodings": chunked().replace(b"chunked", b"chunked, identity") + GOOD,
    "odd encoding": chunked().replace(b"chunked", b"xchunked") + GOOD,
    "bad chunk size": chunked(b"zz\r\n", GOOD, b"\r\n0\r\n\r\n"),
    "huge chunk size": chunked(b"FFFFFFFFFFFFFFFFF\r\n", GOOD),
    "negative chunk": chunked(b"-5\r\n", GOOD),
    "chunk without end": chunked(b"5\r\nabc"),
    "a hundred ranges": get(
        b"/api/v1/openapi.json", b"Range: bytes=" + b",".join(b"%d-%d" % (n, n) for n in range(100)) + b"\r\n"
    ),
    "bad utf-8 in the path": get(b"/api/v1/tasks/\xff\xfe\x80"),
    "bad utf-8 in the query": get(b"/api/v1/tasks?session_id=\xff\xfe"),
    "nul in the path": get(b"/api/v1/tasks/%00"),
    "long path": get(b"/api/v1/tasks/" + b"a" * 60_000),
    "absolute address": get(b"http://evil.example/api/v1/tasks"),
    "dots": get(b"/api/v1/../../etc/passwd"),
    "bad utf-8 in the body": post(b'{"prompt": "\xff\xfe"}'),
    "lone surrogate": post(b'{"prompt": "\\ud800"}'),
    "nan": post(b'{"prompt": "rank(close)", "n_groups": NaN}'),
    "infinity": post(b'{"prompt": "rank(close)", "n_groups": Infinity}'),
    "1e400": post(b'{"prompt": "rank(close)", "n_groups": 1e400}'),
    "long number": post(b'{"prompt": "rank(close)", "n_groups": ' + b"9" * 1_000_000 + b"}"),
    "number of 5,000 digits": post(b'{"prompt": "rank(close)", "n_groups": ' + b"9" * 5_000 + b"}"),
    "number of 10 MB": post(b"9" * 10_000_000),
    "deep list": post(b"[" * 10_000 + b"]" * 10_000),
    "deep object": post(b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
    "deep options": post(b'{"prompt": "rank(close)", "options": ' + b"[" * 9_000 + b"]" * 9_000 + b"}"),
    "a million keys": post(b'{"prompt": 1' + b"".join(b',"k%d":1' % n for n in range(60_000)) + b"}"),
    "two prompts": post(b'{"prompt": "rank(", "prompt": 5}'),
    "bom": post(b"\xef\xbb\xbf" + GOOD, headers=JSON.replace(b"json", b"json; charset=utf-16")),
    "form": post(b"prompt=rank(close)", headers=b"Content-Type: application/x-www-form-urlencoded\r\n"),
    "parts": post(b"--x\r\n\r\n", headers=b"Content-Type: multipart/form-data; boundary=x\r\n"),
    "less body than announced": post(GOOD, length=len(GOOD) + 50),
    "large feedback": post(b'{"description": "' + b"x" * 20_000_000 + b'"}', path="/feedback"),
    "trace": b"TRACE /api/v1/tasks HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
    "connect": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
}


WAITED_FOR = ("nothing", "less body than announced", "chunk without end", "tls", "huge chunk size", "no http")
"""Here the server may wait for more, until it loses its patience."""


def verdict(answer: bytes) -> str:
    """`closed`, or the class of the status: `4xx`."""
    if not answer:
        return "closed"
    assert answer.startswith(b"HTTP/1."), answer[:80]
    return f"{chr(answer[9])}xx"


def test_hostile_bytes_are_refused_and_harm_nobody(server: Server) -> None:
    verdicts = {
        name: verdict(server.send(data, seconds=0.3 if name in WAITED_FOR else 10)) for name, data in HOSTILE.items()
    }
    # harmless: read as what they say, by the rules that hold for everybody
    fine = {"a hundred ranges", "dots", "folded header", "a thousand headers", "absolute address", "bom"}
    wrong = {name: found for name, found in verdicts.items() if found not in ("4xx", "closed") and name not in fine}
    assert wrong == {}
    assert "5xx" not in verdicts.values()
    assert server.is_well()
    log = (server.home / "server_process.log").read_text()
    assert "Traceback" not in log, log[-2000:]


def mangled(rounds: int, number: int) -> list[bytes]:
    """Good requests with a few bytes changed, cut, doubled or swapped."""
    draw = random.Random(number)
    seeds = [post(GOOD), get(b"/api/v1/tasks?page=1"), chunked(b"%x\r\n" % len(GOOD), GOOD, b"\r\n0\r\n\r\n")]
    out = []
    for _ in range(rounds):
        data = bytearray(draw.choice(seeds))
        for _ in range(draw.randint(1, 6)):
            at = draw.randrange(len(data))
            data[at : at + draw.randint(0, 4)] = draw.randbytes(draw.randint(0, 4))
        out.append(bytes(data) + b"\r\n\r\n")
    return out


def survives(server: Server, rounds: int) -> None:
    for data in mangled(rounds, number=11):
        answer = server.send(data, seconds=0.1)
        assert verdict(answer) in ("closed", "2xx", "4xx", "3xx"), (data, answer[:200])
    assert server.is_well()
    assert "Traceback" not in (server.home / "server_process.log").read_text()


def test_mangled_requests_are_answered_or_hung_up_on(server: Server) -> None:
    survives(server, 40)


@pytest.mark.gate
@pytest.mark.timeout(1800)
def test_many_mangled_requests_are_answered_or_hung_up_on(server: Server) -> None:
    survives(server, 1_000)
