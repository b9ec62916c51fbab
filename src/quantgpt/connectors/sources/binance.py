"""Binance: candles, funding and filters of pairs over the public REST interface; no key is needed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import numpy as np

from quantgpt.connectors.sources._base import SourceError
from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.symbols import crypto_symbol
from quantgpt.market.importing.rows import MICROSECOND, Rows

PERP_URL = "https://fapi.binance.com"
SPOT_URL = "https://api.binance.com"
CALL_SECONDS = 20.0
TRIES = 4
PAUSES_SECONDS = (1.0, 4.0, 15.0)
LONGEST_WAIT = 90.0
"""Seconds that a reply may make us wait; more is a failure."""
PAGE = 1000
"""Candles or funding rates of one request. Documents say 1500 for candles of perpetuals; more than 1000 is refused."""
MOST_BYTES = 16 << 20
WEIGHTS = {"perp": 2400, "spot": 6000}
"""Request weight a minute and address."""
USED = "x-mbx-used-weight-1m"
MINUTE_MS = 60_000

CAUSES: dict[str, tuple[str, str, bool]] = {
    "dns": ("域名解析失败", "the machine has no network or no name server; set HTTPS_PROXY, or import files", True),
    "connect": ("无法连接服务器", "the server cannot be reached; set HTTPS_PROXY, or import files instead", True),
    "timeout": ("超过时限没有回应", "the server is slow; try again later", True),
    "broken": ("连接中断", "try again later", True),
    "garbled": ("回应无法解析", "the vendor may have changed its format", False),
    "too_large": ("回应过大，已中止", "", False),
    "incomplete": ("返回的数据不完整", "try again later", False),
    "columns": ("返回的列与预期不符", "the vendor may have changed its format", False),
    "location": ("服务器拒绝本机所在地区的请求", "set HTTPS_PROXY to a place that is served, or import files", False),
    "rate_limited": ("请求过于频繁", "wait a minute, then run it again: it goes on where it stopped", False),
    "banned": ("本机地址被暂时封禁", "wait as long as the message says, then run it again", False),
    "refused": ("请求被拒绝", "", False),
    "server": ("服务器出错", "try again later", True),
}
"""What each failure is called, what to do about it, and whether trying again may help."""

_ROUTES = {
    "perp": {"candles": "/fapi/v1/klines", "filters": "/fapi/v1/exchangeInfo"},
    "spot": {"candles": "/api/v3/klines", "filters": "/api/v3/exchangeInfo"},
}
_FUNDING = "/fapi/v1/fundingRate"
_MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240}
_VALUES = {
    "open": 1,
    "high": 2,
    "low": 3,
    "close": 4,
    "volume": 5,
    "amount": 7,
    "trades": 8,
    "taker_volume": 9,
    "taker_amount": 10,
}
_COLUMNS = 12
_NO_SYMBOL = -1121


def failure(code: str, message: str = "") -> SourceError:
    """The error of a cause, in words that name it."""
    zh, hint, can_retry = CAUSES[code]
    detail = f"（{message[:200]}）" if message else ""
    return SourceError(f"binance：{zh}{detail}", code=code, hint=hint, can_retry=can_retry)


@dataclass(frozen=True)
class _Wait(Exception):
    """The server asks to wait that many seconds."""

    code: str
    seconds: float


class Binance:
    """The public part of the exchange. `pause(seconds)` waits; `now()` is the time in seconds since 1970."""

    name = "binance"
    exchange = "BINANCE"

    def __init__(
        self,
        *,
        urls: Mapping[str, str] | None = None,
        call_seconds: float = CALL_SECONDS,
        pause: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._urls = {"perp": PERP_URL, "spot": SPOT_URL, **(urls or {})}
        self._call_seconds = call_seconds
        self._pause, self._now = pause, now
        self._http = httpx2.Client(transport=transport, timeout=call_seconds, follow_redirects=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def candles(self, symbol: str, venue: str, timeframe: str, first_ms: int, last_ms: int) -> Iterator[Rows]:
        """Closed candles with first ≤ open time ≤ last, a page at a time, ascending.  Raises: SourceError, BadRequest."""
        length = _MINUTES[timeframe] * MINUTE_MS
        closed = int(self._now() * 1000) // length * length - length
        at, last = -(-first_ms // length) * length, min(last_ms, closed)
        while at <= last:
            asked = {"symbol": symbol, "interval": timeframe, "startTime": at, "endTime": last, "limit": PAGE}
            page = self._get(venue, _ROUTES[venue]["candles"], asked)
            rows = _candle_rows(page, crypto_symbol(symbol, self.exchange, venue), at, last, length)
            if not rows.size:
                return
            yield rows
            at = int(rows.time[-1]) // 1000 + length

    def funding(self, symbol: str, first_ms: int, last_ms: int) -> Iterator[Rows]:
        """Funding rates with first ≤ instant ≤ last, a page at a time, ascending.  Raises: SourceError, BadRequest."""
        at = first_ms
        while at <= last_ms:
            asked = {"symbol": symbol, "startTime": at, "endTime": last_ms, "limit": PAGE}
            page = self._get("perp", _FUNDING, asked)
            rows = _funding_rows(page, crypto_symbol(symbol, self.exchange, "perp"), at, last_ms)
            if not rows.size:
                return
            yield rows
            if rows.size < PAGE:
                return
            at = int(rows.time[-1]) // 1000 + 1000

    def filters(self, symbol: str, venue: str) -> dict[str, str]:
        """Smallest and largest price, quantity and order of a pair, as decimal strings.  Raises: SourceError, BadRequest."""
        asked = {"symbol": symbol} if venue == "spot" else {}
        body = self._get(venue, _ROUTES[venue]["filters"], asked)
        try:
            found = next((entry for entry in body["symbols"] if entry["symbol"] == symbol), None)
            if found is None:
                raise _unknown(symbol)
            return _limits({entry["filterType"]: entry for entry in found["filters"]})
        except (KeyError, TypeError, ValueError) as error:
            raise failure("columns", f"{type(error).__name__}: {error}") from error

    def _get(self, venue: str, path: str, asked: Mapping[str, object]) -> Any:
        """One answer, asked for again after a pause where that may help."""
        for attempt in range(TRIES):
            try:
                return self._answer(venue, path, asked)
            except _Wait as wait:
                if wait.seconds > LONGEST_WAIT or attempt + 1 == TRIES:
                    raise failure(wait.code, f"Retry-After {wait.seconds:g} s") from None
                self._pause(wait.seconds)
            except SourceError as error:
                if not error.can_retry or attempt + 1 == TRIES:
                    raise
                self._pause(PAUSES_SECONDS[min(attempt, len(PAUSES_SECONDS) - 1)])
        raise failure("refused", path)

    def _answer(self, venue: str, path: str, asked: Mapping[str, object]) -> Any:
        until = time.monotonic() + self._call_seconds
        try:
            with self._http.stream("GET", self._urls[venue] + path, params=dict(asked)) as reply:  # type: ignore[arg-type]
                body = bytearray()
                for piece in reply.iter_bytes():
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise failure("too_large", path)
                    if time.monotonic() > until:
                        raise failure("timeout", f"{self._call_seconds:g} s")
        except httpx2.TimeoutException as error:
            raise failure("timeout", f"{self._call_seconds:g} s") from error
        except httpx2.ConnectError as error:
            raise failure("dns" if "name" in str(error).lower() else "connect", str(error)) from error
        except httpx2.HTTPError as error:
            raise failure("broken", type(error).__name__) from error
        answer = _read(reply.status_code, reply.headers, bytes(body), asked)
        self._spare(venue, reply.headers)
        return answer

    def _spare(self, venue: str, headers: httpx2.Headers) -> None:
        """Wait for the next minute before the weight of this one is spent."""
        used = headers.get(USED, "")
        if used.isdigit() and int(used) > 0.8 * WEIGHTS[venue]:
            self._pause(61.0 - self._now() % 60.0)


def _read(status: int, headers: httpx2.Headers, body: bytes, asked: Mapping[str, object]) -> Any:
    """The JSON of an answer.  Raises: SourceError, _Wait, BadRequest for an unknown symbol."""
    if status in (418, 429):
        wait = headers.get("retry-after", "")
        raise _Wait("banned" if status == 418 else "rate_limited", float(wait) if wait.isdigit() else 60.0)
    if status in (403, 451):
        raise failure("location", f"HTTP {status}")
    if status >= 500:
        raise failure("server", f"HTTP {status}")
    try:
        answer = json.loads(body)
    except ValueError:
        raise failure("garbled", f"HTTP {status}") from None
    if status == 200:
        return answer
    code, message = (answer.get("code"), answer.get("msg")) if isinstance(answer, dict) else (None, "")
    if code == _NO_SYMBOL:
        raise _unknown(str(asked.get("symbol", "")))
    raise failure("refused", f"HTTP {status} {code} {message}")


def _unknown(symbol: str) -> BadRequest:
    return BadRequest(
        f"binance 没有交易对 {symbol[:40]}",
        en=f"binance has no pair {symbol[:40]}",
        field="symbol",
        hint="e.g. BTCUSDT",
    )


def _candle_rows(page: Any, symbol: str, first_ms: int, last_ms: int, length: int) -> Rows:
    """A page of candles; refuses one that is not ascending, not on the grid of the length, or outside what was asked."""
    if not isinstance(page, list) or any(not isinstance(row, list) or len(row) != _COLUMNS for row in page):
        raise failure("columns", symbol)
    try:
        time_ms = np.array([row[0] for row in page], dtype=np.int64)
        values = {name: np.array([float(row[at]) for row in page]) for name, at in _VALUES.items()}
        ends = np.array([row[6] for row in page], dtype=np.int64)
    except (ValueError, TypeError, OverflowError) as error:
        raise failure("columns", str(error)) from error
    strange = (np.diff(time_ms) <= 0).any() or (time_ms % length != 0).any() or (ends != time_ms + length - 1).any()
    if time_ms.size and (strange or time_ms[0] < first_ms or time_ms[-1] > last_ms):
        raise failure("incomplete", symbol)
    return _rows(symbol, time_ms, values)


def _funding_rows(page: Any, symbol: str, first_ms: int, last_ms: int) -> Rows:
    """A page of funding rates. Instants come some milliseconds late: the whole second is meant."""
    try:
        time_ms = np.array([row["fundingTime"] for row in page], dtype=np.int64)
        values = {
            "funding_rate": np.array([float(row["fundingRate"]) for row in page]),
            "mark_price": np.array([float(row.get("markPrice") or "nan") for row in page]),
        }
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise failure("columns", f"{type(error).__name__}: {error}") from error
    if time_ms.size and ((np.diff(time_ms) <= 0).any() or time_ms[0] < first_ms or time_ms[-1] > last_ms):
        raise failure("incomplete", symbol)
    return _rows(symbol, time_ms // 1000 * 1000, values)


def _rows(symbol: str, time_ms: np.ndarray[Any, np.dtype[np.int64]], values: dict[str, Any]) -> Rows:
    return Rows(
        symbols=np.array([symbol]),
        symbol=np.zeros(time_ms.size, dtype=np.int32),
        time=time_ms * 1000,
        values=values,
        unit=MICROSECOND,
    )


def _limits(filters: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Filters of a pair under our names. Spot calls the least notional NOTIONAL, perpetuals MIN_NOTIONAL.

    Raises: KeyError for one that is not there, ValueError for one that is no number.
    """
    price, lot = filters["PRICE_FILTER"], filters["LOT_SIZE"]
    market = filters.get("MARKET_LOT_SIZE", lot)
    least = filters.get("NOTIONAL") or filters["MIN_NOTIONAL"]
    orders = filters["MAX_NUM_ORDERS"]
    out = {
        "min_price": price["minPrice"],
        "max_price": price["maxPrice"],
        "tick": price["tickSize"],
        "min_qty": lot["minQty"],
        "max_qty": lot["maxQty"],
        "step": lot["stepSize"],
        "market_max_qty": market["maxQty"],
        "min_notional": least.get("minNotional") or least["notional"],
        "max_orders": orders.get("limit", orders.get("maxNumOrders")),
    }
    return {name: _plain(str(value)) for name, value in out.items()}


def _plain(text: str) -> str:
    """A decimal number without the zeros behind that say nothing.  Raises: ValueError."""
    if not 0.0 <= float(text) < 1e15:
        raise ValueError(text)
    return text.rstrip("0").rstrip(".") if "." in text else text
