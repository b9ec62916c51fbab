"""Binance over recorded replies: paging, weights, refusals, broken replies."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import numpy as np
import pytest
from tests.connectors._exchange import HOUR, MINUTE, NOW_MS, Answer, Exchange, failing, recorded, status

from quantgpt.connectors.sources._base import SourceError
from quantgpt.connectors.sources.binance import PAGE
from quantgpt.foundations.errors import BadRequest
from quantgpt.services.signed import instruments


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    made = Exchange()
    yield made
    assert not made.before


def test_candles_are_read_as_recorded(exchange: Exchange) -> None:
    exchange.before.append(status(200, recorded("fapi_klines")))
    first = recorded("fapi_klines")[0][0]
    (rows,) = exchange.source().candles("BTCUSDT", "perp", "1m", first, first + 2 * MINUTE)
    assert rows.symbols.tolist() == ["BTCUSDT.BINANCE.PERP"]
    assert (rows.time // 1000).tolist() == [first, first + MINUTE, first + 2 * MINUTE]
    assert rows.values["high"].tolist() == [76965.5, 76971.4, 76957.3]
    assert rows.values["amount"][0] == 1591436.2714
    assert rows.values["trades"].tolist() == [878, 942, 850]
    assert rows.values["taker_volume"][2] == 13.799
    assert dict(exchange.asked[0].url.params) == {
        "symbol": "BTCUSDT",
        "interval": "1m",
        "startTime": str(first),
        "endTime": str(first + 2 * MINUTE),
        "limit": str(PAGE),
    }


def test_pages_follow_each_other_without_a_gap_and_the_open_candle_is_left_out(exchange: Exchange) -> None:
    first = NOW_MS // HOUR * HOUR - 2500 * HOUR
    pages = list(exchange.source().candles("BTCUSDT", "spot", "1h", first, NOW_MS))
    assert [page.size for page in pages] == [1000, 1000, 500]
    times = np.concatenate([page.time for page in pages]) // 1000
    assert (np.diff(times) == HOUR).all()
    assert times[0] == first
    assert times[-1] + HOUR <= NOW_MS < times[-1] + 2 * HOUR
    assert {request.url.host for request in exchange.asked} == {"api.binance.com"}


def test_funding_instants_lose_their_milliseconds(exchange: Exchange) -> None:
    exchange.before.append(status(200, recorded("fapi_fundingRate")))
    (rows,) = exchange.source().funding("BTCUSDT", 1789430400000, 1789459200999)
    assert (rows.time // 1000).tolist() == [1789430400000, 1789459200000]
    assert rows.values["funding_rate"].tolist() == [0.00003563, 0.00006188]
    assert rows.values["mark_price"][0] == 78178.3
    assert np.isnan(rows.values["mark_price"][1])


def test_filters_of_both_markets(exchange: Exchange) -> None:
    source = exchange.source()
    assert source.filters("BTCUSDT", "perp") == {
        "min_price": "556.8",
        "max_price": "4529764",
        "tick": "0.1",
        "min_qty": "0.001",
        "max_qty": "1000",
        "step": "0.001",
        "market_max_qty": "120",
        "min_notional": "50",
        "max_orders": "200",
    }
    spot = source.filters("BTCUSDT", "spot")
    assert (spot["tick"], spot["step"], spot["min_notional"], spot["max_orders"]) == ("0.01", "0.00001", "5", "200")
    assert set(spot) == set(instruments.FILTER_NAMES)
    with pytest.raises(BadRequest, match="NOSUCHUSDT"):
        source.filters("NOSUCHUSDT", "perp")


def test_a_spent_minute_is_waited_out(exchange: Exchange) -> None:
    exchange.used = "2000"
    exchange.source().filters("BTCUSDT", "perp")
    assert exchange.pauses == [61.0 - NOW_MS / 1000 % 60]


def test_429_waits_as_long_as_it_says_and_goes_on(exchange: Exchange) -> None:
    exchange.before.append(status(429, {"code": -1003, "msg": "Too many requests."}, retry_after="7"))
    assert exchange.source().filters("BTCUSDT", "perp")["tick"] == "0.1"
    assert exchange.pauses == [7.0]


def test_a_server_that_fails_is_asked_again(exchange: Exchange) -> None:
    exchange.before += [status(502), status(503)]
    assert exchange.source().filters("BTCUSDT", "perp")["tick"] == "0.1"
    assert exchange.pauses == [1.0, 4.0]


HOURS = [row[:] for row in recorded("fapi_klines")]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([status(418, None, retry_after="3600")], "banned"),
        ([status(429, None)] * 4, "rate_limited"),
        ([status(451, {"code": 0, "msg": "restricted location"})], "location"),
        ([status(500)] * 4, "server"),
        ([status(400, {"code": -1130, "msg": "Data sent for parameter 'limit' is not valid."})], "refused"),
        ([lambda request: httpx2.Response(200, content=b"[[17894")], "garbled"),
        ([lambda request: httpx2.Response(200, content=b"x" * (16 << 20) + b"xx")], "too_large"),
        ([status(200, {"symbols": 1})], "columns"),
        ([status(200, [[1, "2"]])], "columns"),
        ([status(200, [[row[0], "1.2.3", *row[2:]] for row in HOURS])], "columns"),
        ([status(200, list(reversed(HOURS)))], "incomplete"),
        ([status(200, [[row[0] + 1, *row[1:]] for row in HOURS])], "incomplete"),
        ([failing(httpx2.ReadTimeout("slow"))] * 4, "timeout"),
        ([failing(httpx2.ConnectError("[Errno -2] Name or service not known"))] * 4, "dns"),
        ([failing(httpx2.ConnectError("[Errno 111] Connection refused"))] * 4, "connect"),
        ([failing(httpx2.RemoteProtocolError("gone"))] * 4, "broken"),
    ],
)
def test_every_failure_has_a_name(exchange: Exchange, answers: list[Answer], code: str) -> None:
    exchange.before += answers
    first = HOURS[0][0]
    with pytest.raises(SourceError) as caught:
        list(exchange.source().candles("BTCUSDT", "perp", "1m", first, first + 2 * MINUTE))
    assert caught.value.code == code
    assert caught.value.message.startswith("binance：")


def test_an_unknown_pair_is_a_bad_request(exchange: Exchange) -> None:
    exchange.before.append(status(400, {"code": -1121, "msg": "Invalid symbol."}))
    with pytest.raises(BadRequest, match="NOPEUSDT") as caught:
        list(exchange.source().candles("NOPEUSDT", "perp", "1h", 0, HOUR))
    assert caught.value.field == "symbol"
