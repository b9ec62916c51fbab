"""Klines, exchange info, the list of pairs and bars for charts, against plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.signed._candles import DAY, HOUR, MINUTE, Bar, app_of, made_bars, store_of

from quantgpt.foundations.clock import FixedClock
from quantgpt.foundations.errors import BadRequest
from quantgpt.market import MarketStore
from quantgpt.services._base import App
from quantgpt.services.signed import klines as own_klines
from quantgpt.services.signed import market
from quantgpt.services.signed.candles import DataUnavailable, crypto_market
from quantgpt.services.signed.faults import UnknownSymbol

FIRST = datetime(2025, 1, 30, 7, tzinfo=UTC)
FIRST_MS = int(FIRST.timestamp() * 1000)
COUNT = 24 * 100 + 5


@pytest.fixture(scope="module")
def hours() -> list[Bar]:
    bars = made_bars(FIRST_MS, COUNT, 60)
    return bars[:700] + bars[703:]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, hours: list[Bar]) -> MarketStore:
    late = made_bars(FIRST_MS + (COUNT - 48) * HOUR, 48 * 60, 1)
    return store_of(tmp_path_factory.mktemp("hours"), {"BTCUSDT perp": hours, "BTCUSDT perp 1m": late})


@pytest.fixture
def app(store: MarketStore) -> App:
    return app_of(store)


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def group_of(at: int, interval: str) -> int:
    """Open time of the kline that an hour belongs to."""
    if interval == "1M":
        return int(moment(at).replace(day=1, hour=0).timestamp() * 1000)
    if interval == "1w":
        day = moment(at).replace(hour=0)
        return int((day - timedelta(days=day.weekday())).timestamp() * 1000)
    length = own_klines.INTERVALS[interval] * MINUTE
    return at // length * length


def by_hand(bars: Sequence[Bar], interval: str) -> list[list[Any]]:
    groups: dict[int, list[Bar]] = {}
    for bar in bars:
        groups.setdefault(group_of(bar[0], interval), []).append(bar)
    out = []
    for at, g in sorted(groups.items()):
        stop = at
        while group_of(stop, interval) == at:
            stop += HOUR
        if at < bars[0][0] or stop > bars[-1][0] + HOUR:
            continue
        prices = [f"{v:.2f}" for v in (g[0][1], max(b[2] for b in g), min(b[3] for b in g), g[-1][4])]
        volume = sum(Decimal(str(b[5])) for b in g)
        out.append([at, *prices, volume, stop - 1])
    return out


@pytest.mark.parametrize("interval", ["1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"])
def test_klines_of_every_length_are_those_made_by_hand(app: App, hours: list[Bar], interval: str) -> None:
    found = market.klines(app, "BTCUSDT", interval, start_ms=0, limit=10_000)
    shown = [[*row[:5], Decimal(row[5]), row[6]] for row in found]
    assert shown == by_hand(hours, interval)
    assert all(row[7:] == [None] * 4 and len(row) == 11 for row in found)


def test_minutes_make_the_shorter_ones(app: App) -> None:
    assert [row[0] for row in market.klines(app, "BTCUSDT", "3m", limit=3)] == [
        FIRST_MS + COUNT * HOUR - k * 3 * MINUTE for k in (3, 2, 1)
    ]
    assert len(market.klines(app, "BTCUSDT", "1m", limit=1500)) == 1500


def test_start_end_and_limit(app: App, hours: list[Bar]) -> None:
    times = [bar[0] for bar in hours]

    def asked(**how: Any) -> list[int]:
        return [row[0] for row in market.klines(app, "BTCUSDT", "1h", **how)]

    assert asked() == times[-500:]
    assert asked(limit=3) == times[-3:]
    assert asked(start_ms=times[10], limit=3) == times[10:13]
    assert asked(start_ms=times[10] + 1, end_ms=times[14]) == times[11:15]
    assert asked(start_ms=times[10], end_ms=times[14], limit=2) == times[10:12]
    assert asked(end_ms=times[14], limit=2) == times[13:15]
    assert asked(start_ms=times[-1] + 1) == []
    assert asked(end_ms=times[0] - 1) == []
    assert asked(start_ms=10**40) == asked(end_ms=-(10**40)) == asked(start_ms=times[4], end_ms=times[2]) == []
    assert asked(start_ms=-(10**40), end_ms=10**40, limit=2) == times[:2]


def test_a_kline_that_has_not_closed_is_left_out(store: MarketStore) -> None:
    now = FIRST + timedelta(days=10, minutes=30)
    app = app_of(store)
    app.clock = FixedClock(now)  # type: ignore[misc]
    assert (
        market.klines(app, "BTCUSDT", "1h", limit=1)[0][6] == int((now - timedelta(minutes=30)).timestamp() * 1000) - 1
    )
    assert moment(market.klines(app, "BTCUSDT", "1d", limit=1)[0][0]).date() == (now - timedelta(days=1)).date()


def test_what_cannot_be_asked_for(app: App) -> None:
    with pytest.raises(UnknownSymbol) as unknown:
        market.klines(app, "BTCUSD", "1h")
    assert unknown.value.nearest == "BTCUSDT"
    with pytest.raises(UnknownSymbol):
        market.klines(app, "BTCUSDT", "1h", venue="spot")
    with pytest.raises(BadRequest) as interval:
        market.klines(app, "BTCUSDT", "7m")
    assert interval.value.field == "interval"


def test_an_interval_finer_than_the_store_is_said(tmp_path: Path) -> None:
    app = app_of(store_of(tmp_path, {"BTCUSDT perp": made_bars(FIRST_MS, 48, 60)}))
    with pytest.raises(DataUnavailable, match="1h"):
        market.klines(app, "BTCUSDT", "15m")


def test_exchange_info_has_the_documented_shape(installed: App) -> None:
    body = market.exchange_info(installed)
    assert set(body) == {"serverTime", "symbols"}
    assert abs(body["serverTime"] - installed.clock.now().timestamp() * 1000) < 60_000
    assert [entry["symbol"] for entry in body["symbols"]] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
    (entry,) = market.exchange_info(installed, "BTCUSDT")["symbols"]
    assert {name: value for name, value in entry.items() if name != "filters"} == {
        "symbol": "BTCUSDT",
        "status": "trading",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "pricePrecision": 2,
        "quantityPrecision": 6,
    }
    assert entry["filters"] == [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000.00", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "minQty": "0.000001", "maxQty": "1000", "stepSize": "0.000001"},
        {"filterType": "MARKET_LOT_SIZE", "minQty": "0.000001", "maxQty": "120", "stepSize": "0.000001"},
        {"filterType": "MIN_NOTIONAL", "minNotional": "5.00"},
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
    ]
    (spot,) = market.exchange_info(installed, venue="spot")["symbols"]
    assert (spot["quantityPrecision"], spot["filters"][3]["minNotional"]) == (5, "5")
    with pytest.raises(UnknownSymbol):
        market.exchange_info(installed, "ETHUSDT", venue="spot")


def test_pairs_are_listed_with_whole_bars_only(app: App) -> None:
    (row,) = market.symbols_known(crypto_market(app))
    spans = {span["timeframe"]: (moment(span["first_ms"]), moment(span["last_ms"] + 1)) for span in row["timeframes"]}
    last = FIRST + timedelta(hours=COUNT)
    assert spans["1h"] == (FIRST, last)
    assert spans["4h"] == (FIRST.replace(hour=8), last.replace(hour=12))
    assert spans["1d"] == (FIRST.replace(hour=0) + timedelta(days=1), last.replace(hour=0))
    assert spans["1m"] == (last - timedelta(hours=48), last)
    assert (row["symbol"], row["venue"], row["tick"], row["min_notional"]) == ("BTCUSDT", "perp", "0.01", "5.00")
    assert row["funding"] is None


def test_a_chart_gets_no_more_bars_than_it_asked_for(app: App, hours: list[Bar]) -> None:
    opened = crypto_market(app)

    def chart(first: int, last: int, most: int) -> dict[str, Any]:
        return market.chart_bars(opened, "BTCUSDT", "perp", "1h", first, last, most)

    times = [bar[0] for bar in hours]
    whole = chart(times[0], times[-1], 3000)
    assert (whole["length_ms"], whole["open_time"]) == (HOUR, times)
    assert whole["missing"] == [[times[699] + HOUR, times[700]]]
    for most in (1500, 1000, 300, 101, 20, 5):
        found = chart(times[0], times[-1], most)
        assert len(found["open"]) <= most + 1
        assert found["length_ms"] % HOUR == 0
        assert DAY % found["length_ms"] == 0 or found["length_ms"] % DAY == 0
        assert all(at % found["length_ms"] == 0 for at in found["open_time"])
        assert max(found["high"]) == max(bar[2] for bar in hours)
        assert (found["open"][0], found["close"][-1]) == (hours[0][1], hours[-1][4])


def test_a_long_series_is_read_in_parts_and_a_short_one_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered does not depend on how much is read at a time."""
    asked: list[dict[str, Any]] = [
        {},
        {"limit": 3},
        {"start_ms": FIRST_MS + 50 * HOUR, "limit": 7},
        {"start_ms": FIRST_MS + 690 * HOUR, "limit": 20},
        {"end_ms": FIRST_MS + 720 * HOUR, "limit": 150},
        {"start_ms": 0, "limit": 1500},
        {"end_ms": FIRST_MS - 1},
    ]
    own_klines._kept.cache_clear()
    at_once = [market.klines(app, "BTCUSDT", name, **how) for name in ("1h", "4h", "1d", "1w", "1M") for how in asked]
    assert own_klines._kept.cache_info().misses == 2
    monkeypatch.setattr(own_klines, "CACHED_ROWS", 0)
    in_parts = [market.klines(app, "BTCUSDT", name, **how) for name in ("1h", "4h", "1d", "1w", "1M") for how in asked]
    assert in_parts == at_once
    assert own_klines._kept.cache_info().misses == 2
