"""A language model on loopback that plays scripts, with real sockets: right answers and every way to fail.

    with fake_model(propose("rank(close)")) as server:                 # the last reply is repeated for ever
        app = make_app(home, **server.settings)                        # deepseek_api_key, deepseek_base_url
        ...
        assert len(server.requests) == 1                               # what came in: .body (JSON), .headers, .text

    with fake_model(FAULTS["429"](), propose("rank(close)")) as server:    # replies in order
    with fake_model(by=lambda request: say(request.text)) as server:       # or one that depends on the request

`say(text)` answers with any text, `propose(expression, ...)` with the JSON that we ask for, `offer(expression, ...)` with a
list of candidates, `status(code, ...)` with an HTTP error. `FAULTS[name]()` gives each fault; those that play for time (SLOW) do
it until the client leaves or the server stops. `model_of(server, **hasty(name))` is our client with time-outs that fit the fault.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

KEY = "sk-loopback-0123456789abcdef"
Reply = Callable[[socket.socket, threading.Event], None]


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    line: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """What the user's last turn says."""
        return str(self.body["messages"][-1]["content"])


@dataclass
class Server:
    """A running fake. `requests` grows as they come in."""

    port: int
    requests: list[Request] = field(default_factory=list)
    scheme: str = "http"

    @property
    def base_url(self) -> str:
        """Its address, as DEEPSEEK_BASE_URL has it."""
        return f"{self.scheme}://127.0.0.1:{self.port}/v1"

    @property
    def settings(self) -> dict[str, str]:
        """Settings that make an App ask this server."""
        return {"deepseek_api_key": KEY, "deepseek_base_url": self.base_url}


@contextmanager
def fake_model(
    *replies: Reply, by: Callable[[Request], Reply] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server that plays `replies` in order and repeats the last, or the one that `by` chooses for a request."""
    stop = threading.Event()
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        server = Server(listener.getsockname()[1], scheme="https" if tls else "http")
        lock = threading.Lock()

        def choose(request: Request) -> Reply:
            with lock:
                server.requests.append(request)
                return by(request) if by else replies[min(len(server.requests), len(replies)) - 1]

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                thread = threading.Thread(target=_serve, args=(connection, choose, stop, tls))
                threads.append(thread)
                thread.start()

        main = threading.Thread(target=listen)
        main.start()
        try:
            yield server
        finally:
            stop.set()
            for thread in (main, *threads):
                thread.join(10)
                assert not thread.is_alive()


def model_of(server: Server, **limits: Any) -> Any:
    """Our client of this server; bounds in seconds and bytes, `hasty(name)` for a fault that plays for time."""
    from quantgpt.connectors.llms._bounded import Limits
    from quantgpt.connectors.llms.openai_compatible import OpenAICompatible

    return OpenAICompatible(
        KEY, server.base_url, "deepseek-chat", Limits(**{"connect": 2.0, "read": 3.0, "total": 6.0, **limits})
    )


def say(text: str, *, finish: str = "stop", prompt_tokens: int = 11, completion_tokens: int = 7) -> Reply:
    """A right answer with that text."""
    return _json(
        {
            "id": "c-1",
            "object": "chat.completion",
            "created": 1,
            "model": "whatever",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
            "usage": {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": completion_tokens,
                "total_tokens": prompt_tokens + completion_tokens,
            },
        }
    )


def propose(
    expression: str | None, hypothesis: str = "low prices come back", direction: int = 1, horizon: int = 5
) -> Reply:
    """The JSON that we ask for."""
    body = {"expression": expression, "hypothesis": hypothesis, "direction": direction, "horizon": horizon}
    return say(json.dumps(body, ensure_ascii=False))


def offer(*expressions: str) -> Reply:
    """A list of candidates as we ask for it."""
    rows = [{"expression": text, "hypothesis": "h", "direction": 1, "horizon": 5} for text in expressions]
    return say(json.dumps({"candidates": rows}))


def status(code: int, body: str = "", **headers: str) -> Reply:
    """An HTTP error; `retry_after="2"` and so on are headers. The body holds the key, as some servers do."""
    said = body or json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}", "code": "x"}})
    return _raw(code, said.encode(), {name.replace("_", "-"): value for name, value in headers.items()})


def _json(body: Any) -> Reply:
    return _raw(200, json.dumps(body, ensure_ascii=False).encode())


def _raw(code: int, body: bytes, headers: dict[str, str] | None = None, length: int | None = None) -> Reply:
    def reply(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(_head(code, headers or {}, len(body) if length is None else length) + body)

    return reply


def _head(code: int, headers: dict[str, str], length: int | None) -> bytes:
    lines = {"content-type": "application/json", "connection": "close", **headers}
    lines |= {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    return f"HTTP/1.1 {code} X\r\n{''.join(f'{k}: {v}' + chr(13) + chr(10) for k, v in lines.items())}\r\n".encode()


def _silence(connection: socket.socket, stop: threading.Event) -> None:
    """Say nothing until the client leaves."""
    _drip(connection, stop, b"", b"", 0.02)


def _reset(connection: socket.socket, stop: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _byte_by_byte(connection: socket.socket, stop: threading.Event) -> None:
    """A right answer at one byte in 20 ms: never silent for long, never done."""
    _drip(connection, stop, _head(200, {}, 100_000), b" ", 0.02)


def _headers_byte_by_byte(connection: socket.socket, stop: threading.Event) -> None:
    _drip(connection, stop, b"HTTP/1.1 200 X\r\nx-a: ", b"a", 0.02)


def _endless(connection: socket.socket, stop: threading.Event) -> None:
    """Chunks without end, as fast as they are taken."""
    connection.sendall(_head(200, {}, None))
    while not stop.is_set():
        connection.sendall(b"4000\r\n" + b" " * 0x4000 + b"\r\n")


def _drip(connection: socket.socket, stop: threading.Event, first: bytes, piece: bytes, pause: float) -> None:
    deadline = time.monotonic() + 20
    connection.sendall(first)
    connection.settimeout(0.01)
    while not stop.wait(pause) and time.monotonic() < deadline:
        connection.settimeout(1.0)
        connection.sendall(piece)
        connection.settimeout(0.005)
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue


def _completion(content: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]}


_RIGHT = json.dumps(_completion('{"expression": "rank(close)"}')).encode()

FAULTS: dict[str, Callable[[], Reply]] = {
    "time-out": lambda: _silence,
    "reset": lambda: _reset,
    "401": lambda: status(401),
    "402": lambda: status(402),
    "403": lambda: status(403),
    "404": lambda: status(404),
    "429": lambda: status(429),
    "429 with Retry-After": lambda: status(429, retry_after="0"),
    "500": lambda: status(500),
    "503": lambda: status(503),
    "redirect": lambda: status(302, location="http://127.0.0.1:9/v1/chat/completions"),
    "HTML": lambda: _raw(200, b"<html><body>Sign in</body></html>", {"content-type": "text/html"}),
    "truncated JSON": lambda: _raw(200, _RIGHT[:-20]),
    "cut off": lambda: _raw(200, _RIGHT[:-20], length=len(_RIGHT)),
    "wrong schema": lambda: _json({"choices": [{"message": "hello"}]}),
    "a list": lambda: _json([1, 2, 3]),
    "10 MB": lambda: _raw(200, b'{"choices": [{"message": {"content": "' + b"a" * 10_000_000 + b'"}}]}'),
    "1 byte/s": lambda: _byte_by_byte,
    "headers 1 byte/s": lambda: _headers_byte_by_byte,
    "endless": lambda: _endless,
    "deep JSON": lambda: _raw(200, b"[" * 40_000 + b"]" * 40_000),
    "compressed": lambda: _raw(200, b"\x1f\x8b" + b"\x00" * 50, {"content-encoding": "gzip"}),
    "non-UTF-8": lambda: _raw(200, _RIGHT.replace(b"rank", b"\xff\xfe\x80\x81")),
    "empty choices": lambda: _json({"choices": []}),
    "empty content": lambda: _json(_completion("")),
    "no content": lambda: _json(_completion(None)),
    "refusal": lambda: say("抱歉，我无法协助完成这个请求。"),
    "refusal in English": lambda: say("I'm sorry, but I can't help with that request."),
    "refusal field": lambda: _json(
        {"choices": [{"message": {"content": None, "refusal": "I cannot do that"}, "finish_reason": "stop"}]}
    ),
    "filtered": lambda: say("rank(close)", finish="content_filter"),
}


SLOW = frozenset({"time-out", "1 byte/s", "headers 1 byte/s"})
"""Faults that end by a time-out of the client."""


def hasty(name: str, total: float = 0.3) -> dict[str, float]:
    """Bounds for a client that meets that fault: short where it plays for time, else those it has anyway."""
    return {"read": total / 2, "total": total} if name in SLOW else {}


def _serve(
    connection: socket.socket, choose: Callable[[Request], Reply], stop: threading.Event, tls: ssl.SSLContext | None
) -> None:
    connection.settimeout(5)
    try:
        with tls.wrap_socket(connection, server_side=True) if tls else connection as line:
            request = _read(line)
            if request is not None:
                choose(request)(line, stop)
    except OSError:
        return
    finally:
        connection.close()


def _read(connection: socket.socket) -> Request | None:
    taken = b""
    while b"\r\n\r\n" not in taken:
        piece = connection.recv(65_536)
        if not piece:
            return None
        taken += piece
    head, _, body = taken.partition(b"\r\n\r\n")
    line, *rows = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65_536)
    return Request(line, headers, json.loads(body))
