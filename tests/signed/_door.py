"""A server with its signed part, and a client that signs, or spoils what it signed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient
from tests._rig import ROOT

from quantgpt.faces.rest.app import create_api
from quantgpt.faces.signed.app import SignedFace
from quantgpt.foundations.signing import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App
from quantgpt.services.signed import keys

BASE = "http://127.0.0.1:8003"
JOBS = "/v1/backtest/jobs"
STRATEGIES = "/v1/strategies"
CODES = {
    400: {"INVALID_PARAMETER", "UNKNOWN_SYMBOL"},
    401: {"MISSING_CREDENTIALS", "INVALID_API_KEY", "INVALID_SIGNATURE", "INVALID_TIMESTAMP"},
    403: {"INSUFFICIENT_PERMISSION"},
    404: {"NOT_FOUND"},
    405: {"METHOD_NOT_ALLOWED"},
    409: {"INVALID_STATE", "DUPLICATE_NAME", "IDEMPOTENCY_CONFLICT", "QUEUE_LIMIT"},
    413: {"PAYLOAD_TOO_LARGE"},
    415: {"UNSUPPORTED_MEDIA_TYPE"},
    429: {"RATE_LIMITED"},
    500: {"INTERNAL_ERROR"},
    501: {"NOT_IMPLEMENTED"},
    503: {"SERVICE_UNAVAILABLE"},
}


def job_body(**changes: Any) -> dict[str, Any]:
    """A job that can be had on the demo market."""
    body: dict[str, Any] = {
        "template_id": "tpl_momentum",
        "params": {"fast": 10, "slow": 30},
        "symbols": ["BTCUSDT"],
        "timeframe": "1h",
        "start": "2025-01-01T00:00:00Z",
        "end": "2025-01-31T23:59:59Z",
        "capital": "10000.00",
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not ...}


@dataclass
class Tick:
    """The machine's clock, moved by what a test says."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The moment that the server believes in."""
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Signed:
    """A client with one key."""

    app: App
    client: TestClient
    clock: Tick
    key: str
    secret: str

    def now(self) -> str:
        """The server's clock as a timestamp."""
        return str(int(self.clock.now().timestamp() * 1000))

    def signature(self, method: str, path: str, body: bytes = b"", at: str | None = None) -> Mapping[str, str]:
        """The three headers for a request."""
        at = at or self.now()
        return {
            KEY_HEADER: self.key,
            TIMESTAMP_HEADER: at,
            SIGNATURE_HEADER: sign(self.secret, at, method, path, body),
        }

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        signed: Mapping[str, str | bytes] | Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Send a request; signed as it is where `signed` does not say otherwise. A body that is not bytes goes as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        proof = self.signature(method, path, raw) if signed is None else signed
        kind = {"Content-Type": "application/json"} if raw else {}
        return self.client.request(method, path, content=raw or None, headers={**kind, **proof, **(headers or {})})

    def get(self, path: str, **how: Any) -> httpx2.Response:
        """GET."""
        return self.send("GET", path, **how)

    def post(self, path: str, body: Any = None, **how: Any) -> httpx2.Response:
        """POST."""
        return self.send("POST", path, body, **how)

    def other(self, owner_id: str | None = None, **how: Any) -> Signed:
        """The same with another key, of this account unless it says whose."""
        made, secret = keys.create(self.app, owner_id or LOCAL_ADMIN, **how)
        return replace(self, key=made.id, secret=secret)

    def without_credentials(self, method: str, path: str, **how: Any) -> httpx2.Response:
        """Send it unsigned."""
        return self.send(method, path, signed={}, **how)


@contextmanager
def door(app: App) -> Iterator[Signed]:
    """Serve an App, its clock movable; a client with a key of the local admin."""
    clock = Tick()
    moved = replace(app, clock=clock)
    made, secret = keys.create(moved, LOCAL_ADMIN, name="tests")
    with TestClient(create_api(moved, [lambda *_: SignedFace(moved)]), base_url=BASE) as client:
        yield Signed(app=moved, client=client, clock=clock, key=made.id, secret=secret)
    moved.records.close()


def refused(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Check a refusal, its whole shape too; its `error`."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error", "detail"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "details", "request_id"}
    assert error["code"] == code
    assert code in CODES[status]
    assert error["message"]
    assert body["detail"] == error["message"]
    assert not set(error["message"]) & set("：，、。；（）"), "a sentence in Chinese"
    assert error["request_id"] == answer.headers["X-Request-Id"]
    assert error["request_id"].startswith("req_")
    for detail in error["details"]:
        assert detail["field"]
        assert detail["reason"]
        assert set(detail) <= {"field", "reason", "nearest"}
    return error


def start_server(home: Path, port: int) -> subprocess.Popen[bytes]:
    """The whole server, as a process of its own."""
    settings = json.dumps({"home": str(home), "port": port, "database_url": None})
    code = "import sys; from tests.signed._door import serve_here; serve_here(sys.argv[1])"
    return subprocess.Popen(
        [sys.executable, "-c", code, settings], cwd=home, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def serve_here(settings: str) -> None:
    """Entry of that process."""
    from quantgpt.bootstrap import build_app, start_logging
    from quantgpt.faces.serving import serve
    from quantgpt.foundations.settings import load_settings

    app = build_app(load_settings(**json.loads(settings)))
    start_logging(app.settings)
    serve(app)
