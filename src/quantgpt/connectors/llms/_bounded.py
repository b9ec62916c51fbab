"""One HTTP exchange with a bound on everything: connecting, silence, the whole, and the size of the reply."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import httpcore2
import httpx2

from quantgpt.foundations.chat import FaultKind, ModelFault

_SENT = frozenset({b"host", b"authorization", b"content-type", b"content-length", b"accept"})
_LONGEST_WAIT = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one exchange, in seconds and bytes."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0
    body: int = 1_048_576


class BadStatus(ModelFault):
    """The server answered with a status that is no success."""

    def __init__(self, kind: FaultKind, status: int, retry_after: float | None) -> None:
        super().__init__(kind, f"HTTP {status}", retry_after)
        self.status = status


class BoundedTransport(httpx2.BaseTransport):
    """Carries requests until `deadline` (of the monotonic clock), reads whole replies, turns every failure into a fault.

    It follows no redirect, takes no compressed reply and sends no header but those that the exchange needs.

    Raises: ModelFault.
    """

    def __init__(self, limits: Limits, deadline: float) -> None:
        self._limits = limits
        self._deadline = deadline
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_certificates(), network_backend=_ClockedBackend(deadline), max_connections=1
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request and read its reply."""
        url = request.url
        carried = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=[
                *((name, value) for name, value in request.headers.raw if name.lower() in _SENT),
                (b"accept-encoding", b"identity"),
                (b"user-agent", b"quantgpt"),
            ],
            content=request.read(),
            extensions={
                "timeout": {"connect": self._limits.connect, "read": self._limits.read, "write": self._limits.read}
            },
        )
        try:
            reply = self._pool.handle_request(carried)
            try:
                return self._read(reply)
            finally:
                reply.close()
        except httpcore2.TimeoutException as error:
            raise ModelFault("timeout", type(error).__name__) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, OSError) as error:
            raise ModelFault("server", type(error).__name__) from None

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def _read(self, reply: httpcore2.Response) -> httpx2.Response:
        if reply.status != 200:
            raise BadStatus(_kind_of(reply.status), reply.status, _retry_after(reply.headers))
        if _header(reply.headers, b"content-encoding") not in ("", "identity"):
            raise ModelFault("malformed", "the reply is compressed")
        body = bytearray()
        stream: Iterable[bytes] = reply.stream  # type: ignore[assignment]  # a pool that does not wait gives no other
        for piece in stream:
            body += piece
            if len(body) > self._limits.body:
                raise ModelFault("too_large", f"more than {self._limits.body} bytes")
        return httpx2.Response(200, headers={"content-type": "application/json"}, content=bytes(body))


def _kind_of(status: int) -> FaultKind:
    if status in (401, 402, 403):
        return "unauthorized"
    if status == 429:
        return "rate_limited"
    if status == 408:
        return "timeout"
    if 400 <= status < 500:
        return "refused"
    return "server" if status >= 500 else "malformed"


def _header(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str:
    found = next((value for name, value in headers if name.lower() == wanted), b"")
    return found.decode("latin-1").strip().lower()


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> float | None:
    """Seconds that the server asks for, given as a number or as a date."""
    text = _header(headers, b"retry-after")
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), _LONGEST_WAIT) if seconds == seconds else None


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Whom to trust; an operator may name more by SSL_CERT_FILE."""
    return httpx2.create_ssl_context()


class _ClockedBackend(httpcore2.NetworkBackend):
    """Opens connections that know when the whole exchange has to be over."""

    def __init__(self, deadline: float) -> None:
        self._inner = httpcore2.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        bound = _bound(self._deadline, timeout, httpcore2.ConnectTimeout)
        return _ClockedStream(self._inner.connect_tcp(host, port, bound, local_address, socket_options), self._deadline)


class _ClockedStream(httpcore2.NetworkStream):
    """A connection on which nothing is waited for past the deadline."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _bound(self._deadline, timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _bound(self._deadline, timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        bound = _bound(self._deadline, timeout, httpcore2.ConnectTimeout)
        return _ClockedStream(self._inner.start_tls(ssl_context, server_hostname, bound), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _bound(deadline: float, timeout: float | None, late: Callable[[str], Exception]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the exchange took too long")
    return left if timeout is None else min(timeout, left)
