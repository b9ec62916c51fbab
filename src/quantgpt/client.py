"""A client of the signed interface, of the standard library alone: `SignedJobs(url, api_key, secret).run(template_id=…)`.

Every request is signed over its raw bytes; decimals and times may be given as `Decimal` and `datetime`. One client may be
used by several threads.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from http.client import HTTPException
from typing import Any

from quantgpt.foundations.errors import BadRequest, QuantError
from quantgpt.foundations.signing import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

__all__ = ["TERMINAL", "SignedError", "SignedJobs"]

TERMINAL = frozenset({"done", "failed", "cancelled"})
TRIES = 3
"""how often a request is sent whose answer does not come; the server answers a repeated one with its first answer"""
_FIRST_WAITS = (0.2, 0.6, 1.5, 5.0, 5.0)
_LONGEST_WAIT = 30.0
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

Json = dict[str, Any]
Rows = list[list[Any]]


class SignedError(QuantError):
    """An answer that is an error: the server's `code` and `message`, the HTTP `status`, and `details` by field.

    `status` is 0 where no answer came (`CONNECTION_FAILED`), or where it is the job that failed and not the request.
    `retry_after_seconds` says when to ask again, where the server told it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 0,
        details: tuple[Mapping[str, Any], ...] = (),
        *,
        retry_after_seconds: float | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(message, en=message)
        self.code = code
        self.status = status
        self.details = details
        self.retry_after_seconds = retry_after_seconds
        self.request_id = request_id

    def __str__(self) -> str:
        fields = "".join(f"; {item.get('field')}: {item.get('reason')}" for item in self.details if item.get("field"))
        return f"{self.code}: {self.message}{fields}"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A signature is good for one address only; nothing of it goes to another."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class SignedJobs:
    """Backtest jobs of one account over the signed interface.

    `url` is that of the server without `/v1`. Answers are the documented objects as dictionaries, decimals as strings.
    All methods raise SignedError.
    """

    def __init__(self, url: str, api_key: str, secret: str, *, timeout_seconds: float = 30.0) -> None:
        if not url.startswith(("http://", "https://")):
            raise BadRequest(f"地址应以 http:// 或 https:// 开头：{url}", en=f"not an http address: {url}", field="url")
        if not _NAME.fullmatch(api_key):
            raise BadRequest(f"这不是一个密钥标识：{api_key!r}", en=f"not an API key: {api_key!r}", field="api_key")
        self._url, self._key, self._secret = url.rstrip("/"), api_key, secret
        self._timeout = timeout_seconds
        self._opener = urllib.request.build_opener(_NoRedirects())
        self._lock = threading.Lock()
        self._last = 0
        self._ahead_ms = 0

    def __repr__(self) -> str:
        return f"SignedJobs({self._url!r}, {self._key!r})"

    # jobs

    def create(self, *, idempotency_key: str | None = None, **config: Any) -> Json:
        """Submit a job: `template_id`, `params`, `symbols`, `timeframe`, `start`, `end`, `capital`, … as documented.

        With `idempotency_key`, the same request again within 24 hours is the same job.
        """
        more = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._asked("POST", "/v1/backtest/jobs", body=config, headers=more)

    def get(self, job_id: str) -> Json:
        """One job, with its whole result when it is done."""
        return self._asked("GET", f"/v1/backtest/jobs/{_named(job_id)}")

    def details(self, job_id: str) -> Json:
        """What the result has no place for: warnings, causes of exits, grids, totals, versions."""
        return self._asked("GET", f"/v1/backtest/jobs/{_named(job_id)}/details")

    def list(self, **filters: Any) -> Json:
        """A page of jobs, newest first: `data` and `next_cursor`.

        Filters: `status`, `template_id`, `from_` (inclusive), `to` (exclusive), `limit` (1–100), `cursor`.
        """
        return self._asked("GET", "/v1/backtest/jobs", query=filters)

    def all(self, **filters: Any) -> Iterator[Json]:
        """Every job that the filters of `list` let through, page by page."""
        page = self.list(**filters)
        yield from page["data"]
        while page["next_cursor"]:
            page = self.list(**{**filters, "cursor": page["next_cursor"]})
            yield from page["data"]

    def cancel(self, job_id: str, reason: str | None = None) -> Json:
        """Cancel a job that waits or runs; one that has ended is `INVALID_STATE`."""
        body = None if reason is None else {"reason": reason}
        return self._asked("POST", f"/v1/backtest/jobs/{_named(job_id)}/cancel", body=body)

    def wait(
        self, job_id: str, timeout_seconds: float = 600.0, on_progress: Callable[[float], None] | None = None
    ) -> Json:
        """The job once it has ended, whichever way. Asks ever more rarely, and as late as the server wishes.

        After `timeout_seconds` it raises `CLIENT_TIMEOUT`; the job goes on.
        """
        deadline = time.monotonic() + timeout_seconds
        for pause in _pauses():
            wanted = 0.0
            try:
                job = self.get(job_id)
                if on_progress is not None:
                    on_progress(float(job["progress"]))
                if job["status"] in TERMINAL:
                    return job
            except SignedError as error:
                if error.code != "RATE_LIMITED":
                    raise
                wanted = error.retry_after_seconds or 1.0
            left = deadline - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(max(pause, wanted), left))
        raise SignedError("CLIENT_TIMEOUT", f"{job_id} has not ended after {timeout_seconds:g} s")

    def run(self, *, timeout_seconds: float = 600.0, idempotency_key: str | None = None, **config: Any) -> Json:
        """Submit a job and wait for it: the job when it is done; SignedError with its code when it failed."""
        job = self.wait(self.create(idempotency_key=idempotency_key, **config)["id"], timeout_seconds)
        if job["status"] == "done":
            return job
        error = job["error"] or {"code": "CANCELLED", "message": f"{job['id']} was cancelled"}
        raise SignedError(error["code"], error["message"])

    # catalogue and market

    def templates(self) -> Json:
        """The catalogue of templates."""
        return self._asked("GET", "/v1/templates")

    def template(self, template_id: str) -> Json:
        """One template with the JSON Schema of its parameters."""
        return self._asked("GET", f"/v1/templates/{_named(template_id)}")

    def exchange_info(self, symbol: str | None = None, market: str | None = None) -> Json:
        """Symbols with their filters, and the server's time."""
        return self._asked("GET", "/v1/market/exchange-info", query={"symbol": symbol, "market": market})

    def klines(
        self,
        symbol: str,
        interval: str,
        *,
        start: datetime | int | None = None,
        end: datetime | int | None = None,
        limit: int | None = None,
        market: str | None = None,
    ) -> Rows:
        """Bars, ascending; times as `datetime` or in milliseconds since 1970 UTC, both ends included."""
        window = {"startTime": _milliseconds(start), "endTime": _milliseconds(end)}
        query = {"symbol": symbol, "interval": interval, **window, "limit": limit, "market": market}
        found: Any = self._asked("GET", "/v1/market/klines", query=query)
        rows: Rows = found
        return rows

    def health(self) -> Json:
        """Whether the server is well; not signed, costs nothing."""
        return self._sent(urllib.request.Request(f"{self._url}/health"))

    def set_clock(self) -> float:
        """Take the time from the server from now on, for a machine whose clock is wrong; seconds it was behind."""
        before = time.time()
        request = urllib.request.Request(f"{self._url}/v1/market/exchange-info")
        told = int(self._sent(request)["serverTime"])
        self._ahead_ms = told - round(500 * (before + time.time()))
        return self._ahead_ms / 1000

    # one request

    def _asked(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """Sign and send one request. The query is part of what is signed, so that strict servers take it."""
        given = {name.rstrip("_"): _plain(value) for name, value in (query or {}).items() if value is not None}
        target = f"{path}?{urllib.parse.urlencode(given)}" if given else path
        raw = b"" if body is None else json.dumps(body, default=_plain, allow_nan=False, ensure_ascii=False).encode()
        stamp = self._timestamp()
        request = urllib.request.Request(self._url + target, data=raw or None, method=method)
        if raw:
            request.add_header("Content-Type", "application/json")
        request.add_header(KEY_HEADER, self._key)
        request.add_header(TIMESTAMP_HEADER, stamp)
        request.add_header(SIGNATURE_HEADER, sign(self._secret, stamp, method, target, raw))
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        return self._sent(request)

    def _timestamp(self) -> str:
        """Milliseconds since 1970, each given once: two equal requests of one instant are two requests, not a repeated one."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1_000_000 + self._ahead_ms)
            return str(self._last)

    def _sent(self, request: urllib.request.Request) -> Json:
        """The answer as JSON. The same bytes again when no answer came.  Raises: SignedError."""
        request.add_header("Accept-Encoding", "gzip")
        for attempt in range(1, TRIES + 1):
            try:
                with self._opener.open(request, timeout=self._timeout) as answer:
                    found: Json = json.loads(_unpacked(answer.read(), answer.headers))
                    return found
            except urllib.error.HTTPError as error:
                with error:
                    raise _error_of(error) from None
            except (OSError, HTTPException) as error:
                if attempt == TRIES:
                    reason = getattr(error, "reason", error)
                    raise SignedError("CONNECTION_FAILED", f"no answer from {self._url}: {reason}") from error
                time.sleep(0.3 * attempt)
            except ValueError as error:
                raise SignedError("BAD_ANSWER", f"{request.full_url} did not answer JSON") from error
        raise AssertionError("unreachable")


def _pauses() -> Iterator[float]:
    """Seconds between questions: short at first, then growing by half up to half a minute."""
    yield from _FIRST_WAITS
    pause = _FIRST_WAITS[-1]
    while True:
        pause = min(1.5 * pause, _LONGEST_WAIT)
        yield pause


def _named(name: str) -> str:
    """A name that may stand in a path."""
    if not _NAME.fullmatch(name):
        raise BadRequest(f"这不是一个标识：{name!r}", en=f"not an id: {name!r}", field="id")
    return name


def _plain(value: Any) -> Any:
    """What JSON does not know, as the interface writes it: decimals as strings, times as ISO-8601 in UTC."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadRequest(f"时间缺少时区：{value}", en=f"a time without a zone: {value}", field="time")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, str | int | float | bool):
        return value
    raise BadRequest(f"无法写成 JSON：{value!r}", en=f"cannot be written as JSON: {value!r}", field="body")


def _milliseconds(value: datetime | int | None) -> int | None:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadRequest(f"时间缺少时区：{value}", en=f"a time without a zone: {value}", field="time")
        return round(value.timestamp() * 1000)
    return value


def _unpacked(body: bytes, headers: Any) -> bytes:
    return gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body


def _error_of(answer: urllib.error.HTTPError) -> SignedError:
    """The error that an answer tells, also where something between us answered that does not speak JSON."""
    wait = answer.headers.get("Retry-After", "")
    after = float(wait) if wait.isdigit() else None
    try:
        told = json.loads(_unpacked(answer.read(), answer.headers))["error"]
        return SignedError(
            str(told["code"]),
            str(told["message"]),
            answer.code,
            tuple(told.get("details") or ()),
            retry_after_seconds=after,
            request_id=str(told.get("request_id") or ""),
        )
    except (ValueError, KeyError, TypeError, OSError, HTTPException):
        return SignedError(f"HTTP_{answer.code}", str(answer.reason), answer.code, retry_after_seconds=after)
