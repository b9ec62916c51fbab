"""Market data: what can be traded, and bars. Public: whoever has no key is counted by network address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from quantgpt.faces.signed.calls import Answer, Call, as_json, whole
from quantgpt.faces.signed.endpoints import Endpoint
from quantgpt.faces.signed.refusals import bad
from quantgpt.services.signed import market

MOST_ROWS = 1_500
ROWS = 500
_STEPS = ((100, 1), (500, 2), (1_000, 5), (MOST_ROWS, 10))
_LATEST_MS = 253_402_300_799_999
"""the end of the year 9999"""


def exchange_info(call: Call) -> Answer:
    """The server's clock, and the symbols with their filters."""
    return Answer(as_json(market.exchange_info(call.app, call.query.get("symbol"), venue=_venue(call.query))))


def klines(call: Call) -> Answer:
    """Bars, the oldest first."""
    query = call.query
    for name in ("symbol", "interval"):
        if not query.get(name):
            raise bad(name, "is required")
    limit = whole(query, "limit", ROWS, 1, MOST_ROWS) or ROWS
    start = whole(query, "startTime", None, 0, _LATEST_MS)
    end = whole(query, "endTime", None, 0, _LATEST_MS)
    if start is not None and end is not None and start > end:
        raise bad("startTime", "has to be before endTime")
    rows = market.klines(
        call.app, query["symbol"], query["interval"], start_ms=start, end_ms=end, limit=limit, venue=_venue(query)
    )
    return Answer(as_json(rows))


def weight_of(query: Mapping[str, str]) -> int:
    """What bars cost, by how many are asked for; a limit that cannot be costs as the default does."""
    text = query.get("limit", "")
    limit = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else ROWS
    return next((weight for most, weight in _STEPS if limit <= most), _STEPS[-1][1])


def _venue(query: Mapping[str, str]) -> Literal["perp", "spot"]:
    venue = query.get("market", "perp")
    if venue not in ("perp", "spot"):
        raise bad("market", "has to be perp or spot")
    return cast(Literal["perp", "spot"], venue)


_BARS = ("symbol", "interval", "startTime", "endTime", "limit", "market")

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/market/exchange-info",
        weight=10,
        answer=exchange_info,
        query=("symbol", "market"),
        public=True,
    ),
    Endpoint(method="GET", path="/v1/market/klines", weight=weight_of, answer=klines, query=_BARS, public=True),
)
