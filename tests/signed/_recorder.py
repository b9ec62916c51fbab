"""A socket that answers what a test says, and keeps what it was asked: for clients of the signed interface."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from quantgpt.client import SignedJobs

KEY, SECRET = "pk_demo_51f0c3", "demo-secret-7Qm2vXr9LtB4"

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Request:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """A server that answers what the test says, in order, and keeps what it was asked."""

    url: str = ""
    answers: list[Answer | None] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def will(self, value: Any, status: int = 200, **headers: str) -> None:
        """Answer this next."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.answers.append((status, named, json.dumps(value).encode()))

    def client(self) -> SignedJobs:
        """A client of this server."""
        return SignedJobs(self.url, KEY, SECRET, timeout_seconds=5)


@contextmanager
def recording() -> Iterator[Server]:
    """A server as long as it is needed."""
    held = Server()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            held.asked.append(Request(self.command, self.path, headers, body))
            said = held.answers.pop(0)
            if said is None:
                self.close_connection = True
                return
            status, more, raw = said
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = answer

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    held.url = f"http://127.0.0.1:{listening.server_port}"
    try:
        yield held
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def signature_of(request: Request) -> str:
    """The signature that a request must have, computed here anew."""
    canonical = request.headers["x-pipai-timestamp"].encode() + f"{request.method}{request.target}".encode()
    return hmac.new(SECRET.encode(), canonical + request.body, hashlib.sha256).hexdigest()
