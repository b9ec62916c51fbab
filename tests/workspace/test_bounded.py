"""Heads of requests: bounded, bodies not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from tests._rig import free_port, wait_until

from quantgpt.faces.rest.bounded import MOST_HEAD, BoundedProtocol


async def echo(scope: dict[str, object], receive: object, send: object) -> None:
    """Say how long the body was."""
    size, more = 0, True
    while more:
        message = await receive()  # type: ignore[operator]
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b"%d" % size})  # type: ignore[operator]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server with bounded heads."""
    chosen = free_port()
    config = uvicorn.Config(echo, port=chosen, http=BoundedProtocol, log_config=None, lifespan="off")  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    yield chosen
    server.should_exit = True
    thread.join(10)


def sent(line: socket.socket, *pieces: bytes) -> bytes:
    answer = b""
    try:
        for piece in pieces:
            line.sendall(piece)
        while part := line.recv(65536):
            answer += part
    except OSError:
        pass
    return answer


def asked(port: int, *pieces: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        return sent(line, *pieces)


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


def test_a_usual_request_is_served(port: int) -> None:
    for size in (0, 5, MOST_HEAD * 4):
        answer = asked(port, HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"\r\n%d\r\n0\r\n\r\n" % size in answer


@pytest.mark.parametrize("end", [b"\r\n\r\n", b""])
def test_an_endless_head_is_hung_up_on(port: int, end: bytes) -> None:
    one = asked(port, HEAD + b"X-A: ", *[b"a" * 100_000] * 50, end)
    many = asked(port, HEAD, *[b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(5_000)], end)
    for answer in (one, many):
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    assert asked(port, HEAD + b"\r\n").startswith(b"HTTP/1.1 200")


def test_the_next_request_on_a_line_counts_anew(port: int) -> None:
    keep = b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * (MOST_HEAD // 2) + b"\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        for _ in range(4):
            line.sendall(keep)
            assert line.recv(65536).startswith(b"HTTP/1.1 200")
        assert sent(line, HEAD + b"\r\n").startswith(b"HTTP/1.1 200")
