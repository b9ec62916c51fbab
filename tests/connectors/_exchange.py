"""An exchange that answers like Binance, over recorded replies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from quantgpt.connectors.sources.binance import Binance

REPLIES = Path(__file__).parent / "replies" / "binance"
MINUTE = 60_000
HOUR = 60 * MINUTE
NOW = datetime(2026, 9, 15, 13, 40, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
Answer = Callable[[httpx2.Request], httpx2.Response]


def recorded(name: str) -> Any:
    return json.loads((REPLIES / f"{name}.json").read_text())


class Exchange:
    """Answers like the exchange: recorded filters, candles of every hour, at most 1000 at a time."""

    def __init__(self) -> None:
        self.asked: list[httpx2.Request] = []
        self.before: list[Answer] = []
        """answers that are given first"""
        self.used = "7"
        self.pauses: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        if self.before:
            return self.before.pop(0)(request)
        asked = dict(request.url.params)
        match request.url.path:
            case "/fapi/v1/exchangeInfo":
                body = recorded("fapi_exchangeInfo")
            case "/api/v3/exchangeInfo":
                body = recorded("spot_exchangeInfo")
            case "/fapi/v1/klines" | "/api/v3/klines":
                body = self.klines({"1m": MINUTE, "1h": HOUR}[asked["interval"]], asked)
            case _:
                body = self.funding(asked)
        return httpx2.Response(200, json=body, headers={"X-MBX-USED-WEIGHT-1M": self.used})

    def klines(self, length: int, asked: dict[str, str]) -> Any:
        first = -(-int(asked["startTime"]) // length) * length
        times = range(first, min(int(asked["endTime"]), NOW_MS) + 1, length)[: int(asked["limit"])]
        row = recorded("fapi_klines")[0]
        return [[at, *row[1:6], at + length - 1, *row[7:]] for at in times]

    def funding(self, asked: dict[str, str]) -> Any:
        row = recorded("fapi_fundingRate")[0]
        step = 8 * HOUR
        first = -(-int(asked["startTime"]) // step) * step
        times = range(first, min(int(asked["endTime"]), NOW_MS) + 1, step)[: int(asked["limit"])]
        return [{**row, "fundingTime": at} for at in times]

    def source(self, **how: Any) -> Binance:
        return Binance(transport=httpx2.MockTransport(self), pause=self.pauses.append, now=lambda: NOW_MS / 1000, **how)


def status(code: int, body: Any = None, **headers: str) -> Answer:
    return lambda request: httpx2.Response(
        code, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def failing(error: Exception) -> Answer:
    def raise_it(request: httpx2.Request) -> httpx2.Response:
        raise error

    return raise_it
