"""Binance over recorded replies: paging, weights, refusals, broken replies, and what comes into the market."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

from quantgpt.connectors.sources._base import SourceError
from quantgpt.connectors.sources.binance import PAGE, Binance
from quantgpt.foundations.clock import FixedClock
from quantgpt.foundations.errors import BadRequest, SourceFailed
from quantgpt.market import MarketStore
from quantgpt.services import pairs
from quantgpt.services.pairs import FetchPair, fetch_pair
from quantgpt.services.signed import candles, instruments

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


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    made = Exchange()
    yield made
    assert not made.before


def status(code: int, body: Any = None, **headers: str) -> Answer:
    return lambda request: httpx2.Response(
        code, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


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


def failing(error: Exception) -> Answer:
    def raise_it(request: httpx2.Request) -> httpx2.Response:
        raise error

    return raise_it


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


@pytest.fixture
def store(tmp_path: Path) -> MarketStore:
    return MarketStore(tmp_path / "market", FixedClock(NOW))


def test_a_pair_comes_into_an_empty_market_and_is_carried_on(store: MarketStore, exchange: Exchange) -> None:
    clock = FixedClock(NOW)
    ask = FetchPair(symbol="BTCUSDT", start="2026-06-01", end="2026-08-31")
    report = fetch_pair(store, exchange.source(), clock, ask)
    assert report.changed
    market = store.open("main")
    bars = market.bars("BTCUSDT.BINANCE.PERP", "1h")
    assert bars["time"].size == 92 * 24
    assert str(bars["time"][-1])[:13] == "2026-08-31T23"
    assert market.bars("BTCUSDT.BINANCE.PERP", "funding")["time"].size == 92 * 3 + 1
    listed = candles.instruments(market)["BTCUSDT", "perp"]
    assert (str(listed.tick), str(listed.min_notional)) == ("0.1", "50")
    again = fetch_pair(store, exchange.source(), clock, ask)
    assert not again.changed
    assert store.open("main").snapshot == market.snapshot
    on = fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT"))
    assert on.changed
    later = store.open("main").bars("BTCUSDT.BINANCE.PERP", "1h")["time"]
    assert str(later[-1])[:13] == "2026-09-15T12"
    assert (np.diff(later) == np.timedelta64(1, "h")).all()


def test_what_came_before_a_failure_stays_and_one_rollback_undoes_all(
    store: MarketStore, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "PART_ROWS", 1000)
    clock = FixedClock(NOW)
    fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT", venue="spot", start="2026-09-10"))
    before = store.open("main").snapshot
    ask = FetchPair(symbol="BTCUSDT", start="2026-01-01", end="2026-08-31", funding=False)

    def page(request: httpx2.Request) -> httpx2.Response:
        exchange.before, held = [], exchange.before
        answer = exchange(request)
        exchange.before = held
        return answer

    exchange.before += [page, page, page, status(451)]
    with pytest.raises(SourceFailed):
        fetch_pair(store, exchange.source(), clock, ask)
    assert store.open("main").bars("BTCUSDT.BINANCE.PERP", "1h")["time"].size == 2000
    fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT", end="2026-08-31", funding=False))
    assert store.open("main").bars("BTCUSDT.BINANCE.PERP", "1h")["time"].size == 243 * 24
    assert before in {entry[0] for entry in store.folder("main").pointer().history}


def test_funding_that_is_missing_comes_with_the_next_run(store: MarketStore, exchange: Exchange) -> None:
    """Whatever a run without funding, or one that failed between candles and funding, left out; spans at rest ask nothing."""
    clock, inside = FixedClock(NOW), "BTCUSDT.BINANCE.PERP"

    def instants() -> list[str]:
        market = store.open("main")
        there = f"bars/funding/{inside}" in market.manifest.tables
        return [str(at)[:13] for at in market.bars(inside, "funding")["time"]] if there else []

    def whole(first: str, last: str) -> list[str]:
        every = np.arange(np.datetime64(first, "h"), np.datetime64(last, "h") + 1, np.timedelta64(8, "h"))
        return [str(at) for at in every]

    fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT", start="2026-06-01", end="2026-06-10"))
    held = exchange.funding
    exchange.funding = failing(SourceError("cut off", code="broken", hint="", can_retry=False))  # type: ignore[assignment]
    with pytest.raises(SourceError):
        fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT", end="2026-06-20"))
    assert str(store.open("main").bars(inside, "1h")["time"][-1])[:13] == "2026-06-20T23"
    exchange.funding = held  # type: ignore[method-assign]
    fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT", end="2026-06-25", funding=False))
    assert instants() == whole("2026-06-01", "2026-06-11")
    skipped = FetchPair(symbol="BTCUSDT", start="2026-07-01", end="2026-07-03")
    fetch_pair(store, exchange.source(), clock, skipped)
    exchange.asked.clear()
    healed = fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT", end="2026-07-03"))
    assert healed.changed
    assert instants() == whole("2026-06-01", "2026-07-04")
    (request,) = [request for request in exchange.asked if "fundingRate" in request.url.path]
    assert (int(request.url.params["startTime"]), int(request.url.params["endTime"])) == (
        int(np.datetime64("2026-06-11T00:00:01", "ms").astype(int)),
        int(np.datetime64("2026-07-01", "ms").astype(int)) - 1,
    )
    exchange.asked.clear()
    assert not fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT", end="2026-07-03")).changed
    assert not exchange.asked


def test_funding_left_out_at_first_is_fetched_from_the_first_candle_on(store: MarketStore, exchange: Exchange) -> None:
    clock, inside = FixedClock(NOW), "BTCUSDT.BINANCE.PERP"
    fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT", start="2026-09-10", funding=False))
    assert f"bars/funding/{inside}" not in store.open("main").manifest.tables
    assert fetch_pair(store, exchange.source(), clock, FetchPair(symbol="BTCUSDT")).changed
    times = store.open("main").bars(inside, "funding")["time"]
    assert (str(times[0])[:13], str(times[-1])[:13]) == ("2026-09-10T00", "2026-09-15T08")
    assert (np.diff(times) == np.timedelta64(8, "h")).all()


def test_stocks_stay_as_they_are(tmp_path: Path, exchange: Exchange) -> None:
    """Bars of pairs beside a market of stocks touch none of its panels."""
    store = MarketStore(tmp_path / "market", FixedClock(NOW))
    days = np.arange("2026-08-03", "2026-08-08", dtype="datetime64[D]")
    lines = ["code,date,open,high,low,close,volume,amount,pre_close,factor"]
    lines += [f"600000.SH,{day},10,10.2,9.9,10,1000,10050,10,1" for day in days]
    path = tmp_path / "bars.csv"
    path.write_text("\n".join(lines) + "\n")
    store.import_path(path)
    before = store.open("main").manifest
    fetch_pair(
        store, exchange.source(), FixedClock(NOW), FetchPair(symbol="BTCUSDT", start="2026-09-10", funding=False)
    )
    after = store.open("main").manifest
    assert (after.panels, after.facts, after.notes) == (before.panels, before.facts, before.notes)
    assert set(after.tables) - set(before.tables) == {"bars/1h/BTCUSDT.BINANCE.PERP"}
    assert store.health("main").ok


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"symbol": "BTC/USDT"}, "symbol"),
        ({"symbol": "BTCXXX"}, "symbol"),
        ({"venue": "options"}, "market"),
        ({"timeframe": "1d"}, "timeframe"),
        ({"start": "2026-09-20"}, "start"),
        ({"start": "soon"}, "start"),
    ],
)
def test_bad_requests_ask_nothing(store: MarketStore, exchange: Exchange, change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        fetch_pair(store, exchange.source(), FixedClock(NOW), FetchPair(**{"symbol": "BTCUSDT", **change}))
    assert caught.value.field == field
    assert not exchange.asked


def test_the_command_fetches_and_says_what_came(
    tmp_path: Path, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from quantgpt import bootstrap
    from quantgpt.faces.cli.main import build_cli

    monkeypatch.setenv("QUANTGPT_HOME", str(tmp_path))
    monkeypatch.setattr(bootstrap, "build_pair_source", lambda app: exchange.source())
    asked = ["data", "crypto", "btcusdt", "--market", "spot", "--start", "2026-09-01", "--end", "2026-09-02"]
    done = CliRunner().invoke(build_cli(), asked)
    assert done.exit_code == 0, done.output
    assert "bars/1h/BTCUSDT.BINANCE.SPOT" in done.output
    assert "48 行" in done.output
    status = CliRunner().invoke(build_cli(), ["data", "status"])
    assert "K 线 1h 1 个" in status.output
    again = CliRunner().invoke(build_cli(), asked)
    assert "没有变化" in again.output
