"""What is fetched from an exchange comes into the market: parts, holes, failures, the command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from tests.connectors._exchange import NOW, Exchange, failing, status

from quantgpt.connectors.sources._base import SourceError
from quantgpt.foundations.clock import FixedClock
from quantgpt.foundations.errors import BadRequest, SourceFailed
from quantgpt.market import MarketStore
from quantgpt.services import pairs
from quantgpt.services.pairs import FetchPair, fetch_pair
from quantgpt.services.signed import candles


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    made = Exchange()
    yield made
    assert not made.before


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
