"""Bars of signed jobs: put together, cut to the window, held to their holes; funding; ticks. Against plain Python."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.signed._candles import DAY, HOUR, MINUTE, NOW, Bar, app_of, made_bars, store_of

from quantgpt.bars.instrument import Instrument
from quantgpt.market import Market, MarketStore
from quantgpt.services._base import App
from quantgpt.services.signed import candles, instruments
from quantgpt.services.signed import market as market_of_pairs
from quantgpt.services.signed.candles import Candles, DataUnavailable, NoPairs, book_input, funding

NOW_MS = int(NOW.timestamp() * 1000)
START = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp() * 1000)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.fixture(scope="module")
def minutes() -> list[Bar]:
    """Five days of minutes of which a few are missing: one hour but two minutes, and single ones."""
    bars = made_bars(START, 5 * 1440, 1)
    lost = {*range(1440 + 61, 1440 + 119), 3000, 3001, 4319}
    return [bar for i, bar in enumerate(bars) if i not in lost]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, minutes: list[Bar]) -> Market:
    return store_of(tmp_path_factory.mktemp("minutes"), {"BTCUSDT usdm_perp": minutes}).open("main")


def btc(market: Market) -> Instrument:
    return candles.instruments(market)["BTCUSDT", "perp"]


def asked(market: Market, timeframe: str, start: int, end: int, detail: str | None = None, warmup: int = 0) -> Candles:
    return book_input(market, btc(market), timeframe, detail, start, end, NOW_MS, warmup)


Priced = tuple[int, Decimal, Decimal, Decimal, Decimal]


def rows(bars: Any, tick: Decimal) -> list[Priced]:
    """Bars in ticks as exact prices."""
    columns = (getattr(bars, name).tolist() for name in ("open_time", "open", "high", "low", "close"))
    return [(at, o * tick, h * tick, low * tick, c * tick) for at, o, h, low, c in zip(*columns, strict=True)]


def plain(bars: Sequence[Bar], length: int, start: int, end: int) -> list[Priced]:
    """Longer bars the slow way."""
    groups: dict[int, list[Bar]] = {}
    for bar in bars:
        groups.setdefault(bar[0] // length * length, []).append(bar)
    return [
        (at, exact(g[0][1]), exact(max(b[2] for b in g)), exact(min(b[3] for b in g)), exact(g[-1][4]))
        for at, g in sorted(groups.items())
        if start <= at <= end
    ]


def exact(price: float) -> Decimal:
    return Decimal(str(price))


@pytest.mark.parametrize(
    ("timeframe", "length"), [("1m", 1), ("5m", 5), ("15m", 15), ("1h", 60), ("4h", 240), ("1d", 1440)]
)
def test_every_timeframe_is_put_together_as_by_hand(
    market: Market, minutes: list[Bar], timeframe: str, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candles, "TOLERANCE", 0.02)
    start, end = START + DAY, START + 4 * DAY - 1
    found = asked(market, timeframe, start, end, warmup=10_000)
    assert found.main.length_ms == length * MINUTE
    assert rows(found.main, found.instrument.tick) == plain(minutes, length * MINUTE, START, end)
    assert rows(found.walked, found.instrument.tick) == plain(minutes, length * MINUTE, start, end)
    first = int(np.searchsorted(found.main.open_time, start))
    assert found.ends_main.tolist() == list(range(first, found.main.open_time.size))


def test_warm_up_is_at_most_what_was_asked_for_and_at_most_what_there_is(market: Market) -> None:
    start = START + 3 * DAY
    for warmup, there in ((0, 0), (5, 5), (72, 72), (100, 72)):
        found = asked(market, "1h", start, start + 12 * HOUR, warmup=warmup)
        assert int((found.main.open_time < start).sum()) == there
        assert found.walked.open_time.size == 13


def test_walked_bars_of_a_detail_timeframe_end_main_ones(market: Market, minutes: list[Bar]) -> None:
    """Start and end lie inside main bars: the first began before the start, the last does not end in the window."""
    start, end = START + 2 * DAY + 90 * MINUTE, START + 3 * DAY + 30 * MINUTE
    found = asked(market, "1h", start, end, detail="1m", warmup=3)
    assert rows(found.walked, found.instrument.tick) == plain(minutes, MINUTE, start, end)
    main = found.main.open_time.tolist()
    assert main == [START + 2 * DAY + h * HOUR for h in range(-1, 24)]
    expected = {}
    for i, at in enumerate(found.walked.open_time.tolist()):
        group = at // HOUR * HOUR
        if group >= start and group in main:
            expected[group] = i
    wanted = np.full(found.walked.open_time.size, -1)
    for group, i in expected.items():
        wanted[i] = main.index(group)
    assert found.ends_main.tolist() == wanted.tolist()
    assert len(expected) == 22


def test_a_detail_bar_that_is_missing_leaves_the_one_before_to_end_the_main_bar(market: Market) -> None:
    """Minute 4319 is the last one of its hour."""
    start = START + 2 * DAY
    found = asked(market, "1h", start, start + DAY - 1, detail="1m")
    at = found.walked.open_time.tolist()
    assert START + 4319 * MINUTE not in at
    assert found.ends_main[at.index(START + 4318 * MINUTE)] == 23


def test_a_bar_that_is_still_open_is_left_out(market: Market) -> None:
    start = START + 3 * DAY
    now = start + 5 * HOUR + 30 * MINUTE
    found = book_input(market, btc(market), "1h", None, start, now, now, 0)
    assert found.walked.open_time[-1] == start + 4 * HOUR
    with pytest.raises(DataUnavailable) as caught:
        book_input(market, btc(market), "1d", None, start, now, now, 0)
    assert "has closed" in caught.value.en


@pytest.mark.parametrize(
    ("timeframe", "start", "end", "field", "words"),
    [
        ("1h", START - HOUR, START + DAY, "start", "first available bar of BTCUSDT 1m is 2025-03-01T00:00:00Z"),
        ("1h", START, START + 5 * DAY, "end", "last available bar of BTCUSDT 1m is 2025-03-05T23:59:00Z"),
        ("1d", START + DAY, START + 2 * DAY - 1, "start", "58 bars of BTCUSDT 1m are missing"),
    ],
)
def test_what_is_not_there_is_said(
    market: Market, timeframe: str, start: int, end: int, field: str, words: str
) -> None:
    with pytest.raises(DataUnavailable) as caught:
        asked(market, timeframe, start, end)
    assert caught.value.code == "DATA_UNAVAILABLE"
    assert caught.value.field == field
    assert words in caught.value.en
    assert caught.value.message != caught.value.en


def test_half_a_percent_may_be_missing_and_no_more(tmp_path: Path) -> None:
    bars = made_bars(START, 1000, 60)
    for lost, good in ((5, True), (6, False)):
        kept = [bar for i, bar in enumerate(bars) if not 500 <= i < 500 + lost]
        found = store_of(tmp_path / str(lost), {"BTCUSDT perp": kept}).open("main")
        if good:
            assert asked(found, "1h", START, START + 1000 * HOUR - 1).walked.open_time.size == 995
        else:
            with pytest.raises(DataUnavailable, match="2025-03-21T20:00:00Z 至 2025-03-22T02:00:00Z"):
                asked(found, "1h", START, START + 1000 * HOUR - 1)


def test_a_length_that_cannot_be_made_is_refused_naming_what_there_is(tmp_path: Path) -> None:
    found = store_of(tmp_path, {"BTCUSDT perp": made_bars(START, 48, 60)}).open("main")
    with pytest.raises(DataUnavailable) as caught:
        asked(found, "15m", START, START + DAY - 1)
    assert caught.value.field == "timeframe"
    assert "there are: 1h" in caught.value.en
    with pytest.raises(DataUnavailable):
        asked(found, "4h", START, START + DAY - 1, detail="5m")


def test_the_coarsest_series_that_has_the_window_is_taken(tmp_path: Path) -> None:
    """Hours lie apart from minutes by their prices, so that it shows which were read."""
    hours, late = made_bars(START, 72, 60, seed=1), made_bars(START + 2 * DAY, 2 * 1440, 1, seed=2)
    found = store_of(tmp_path, {"BTCUSDT perp": hours, "BTCUSDT perp 1m": late}).open("main")
    by_hours = asked(found, "4h", START, START + 3 * DAY - 1)
    assert rows(by_hours.main, by_hours.instrument.tick) == plain(hours, 4 * HOUR, START, START + 3 * DAY)
    by_minutes = asked(found, "4h", START + 3 * DAY, START + 4 * DAY - 1)
    assert rows(by_minutes.main, by_minutes.instrument.tick) == plain(late, 4 * HOUR, START + 3 * DAY, START + 4 * DAY)


def test_a_finer_tick_is_used_where_the_bars_need_one(tmp_path: Path) -> None:
    old, new = made_bars(START, 48, 60, digits=4), made_bars(START + 2 * DAY, 48, 60, digits=2)
    found = store_of(tmp_path, {"SOLUSDT perp": [*old, *new]}).open("main")
    listed = candles.instruments(found)["SOLUSDT", "perp"]
    assert listed.tick == Decimal("0.01")
    fine = book_input(found, listed, "1h", None, START, START + 2 * DAY - 1, NOW_MS, 0)
    assert fine.instrument.tick == Decimal("0.0001")
    assert fine.instrument.step == listed.step
    late = book_input(found, listed, "1h", None, START + 2 * DAY, START + 4 * DAY - 1, NOW_MS, 0)
    assert late.instrument == listed
    assert rows(fine.main, fine.instrument.tick) == plain(old, HOUR, START, START + 2 * DAY)


def test_a_tick_never_leaves_what_money_is_booked_in() -> None:
    one = Decimal(1)
    made = Instrument(
        symbol="XUSDT",
        base="X",
        quote="USDT",
        venue="spot",
        tick=Decimal("0.01"),
        step=Decimal("0.0001"),
        min_notional=one,
        min_price=one,
        max_price=one,
        min_qty=one,
        max_qty=one,
    )
    fine = instruments.fitted(made, [np.array([1.234567891])])
    assert fine.tick == Decimal("0.0001")
    assert fine.unit == 1


def test_a_price_never_holds_more_ticks_than_can_be_reckoned_with(tmp_path: Path) -> None:
    """Bars that are averages, say, are multiples of nothing: they are rounded to a tick that fits 64 bits."""
    bars = [(at, *(price * 7.123456789 for price in prices), *rest) for at, *values in made_bars(START, 48, 60)
            for prices, rest in [(values[:4], values[4:])]]  # fmt: skip
    found = store_of(tmp_path, {"ABCUSDT perp": bars}).open("main")
    made = candles.instruments(found)["ABCUSDT", "perp"]
    fine = book_input(found, made, "1h", None, START, START + 2 * DAY - 1, NOW_MS, 0)
    assert fine.instrument.tick == made.tick
    assert 10 * int(fine.main.high.max()) > instruments.MOST_TICKS >= int(fine.main.high.max())
    coarse = replace(made, tick=Decimal("0.01"), step=Decimal(1))
    assert book_input(found, coarse, "1h", None, START, START + 2 * DAY - 1, NOW_MS, 0).instrument.tick == made.tick


def test_an_unlisted_pair_gets_steps_as_its_bars_show_them(tmp_path: Path) -> None:
    found = store_of(tmp_path, {"ABCUSDT perp": made_bars(START, 48, 60, digits=3)}).open("main")
    made = candles.instruments(found)["ABCUSDT", "perp"]
    assert (made.tick, made.step, made.base, made.quote) == (Decimal("0.001"), Decimal("0.001"), "ABC", "USDT")


def test_a_pair_that_nothing_can_be_said_of_is_left_out(tmp_path: Path) -> None:
    """Neither an unknown quote currency nor a series too short for one bar takes the others with it."""
    files = {"BTCUSDT perp": made_bars(START, 48, 60), "ABCXYZ perp": made_bars(START, 48, 60)}
    found = store_of(tmp_path, {**files, "ETHUSDT perp": made_bars(START + 30 * MINUTE, 2, 30)}).open("main")
    assert set(candles.instruments(found)) == {("BTCUSDT", "perp"), ("ETHUSDT", "perp")}
    assert [row["symbol"] for row in market_of_pairs.symbols_known(found)] == ["BTCUSDT"]


def test_bars_of_another_exchange_stand_in_where_there_are_no_others(tmp_path: Path) -> None:
    bars = made_bars(START, 48, 60)
    found = store_of(
        tmp_path, {"BTCUSDT perp": bars, "BTCUSDT bybit_perp": bars, "XRPUSDT bybit_perp": bars, "BTCUSDT spot": bars}
    ).open("main")
    assert instruments.source_symbol(found, "BTCUSDT", "perp") == "BTCUSDT.BINANCE.PERP"
    assert instruments.source_symbol(found, "XRPUSDT", "perp") == "XRPUSDT.BYBIT.PERP"
    assert instruments.source_symbol(found, "XRPUSDT", "spot") is None
    assert set(candles.instruments(found)) == {("BTCUSDT", "perp"), ("BTCUSDT", "spot"), ("XRPUSDT", "perp")}


RATES = [(START + i * 8 * HOUR + (5 if i % 2 else 0), f"{(i - 3) / 100_000:.8f}") for i in range(9)]


def test_funding_between_two_instants_in_whole_units(tmp_path: Path) -> None:
    found = store_of(tmp_path, {"BTCUSDT perp": made_bars(START, 72, 60)}, RATES).open("main")
    rates = funding(found, btc(found), START + 8 * HOUR, START + DAY)
    assert rates.at.tolist() == [START + 8 * HOUR, START + 16 * HOUR, START + 24 * HOUR]
    assert rates.rate.tolist() == [-2000, -1000, 0]
    assert funding(found, btc(found), START, START + 3 * DAY).at.size == 9


def test_funding_that_is_not_there_is_said(tmp_path: Path) -> None:
    bars = made_bars(START, 240, 60)
    found = store_of(tmp_path / "a", {"BTCUSDT perp": bars, "BTCUSDT spot": bars, "ETHUSDT perp": bars}, RATES).open(
        "main"
    )
    known = candles.instruments(found)
    for instrument in (known["BTCUSDT", "spot"], known["ETHUSDT", "perp"]):
        with pytest.raises(DataUnavailable, match=instrument.symbol):
            funding(found, instrument, START, START + DAY)
    for start, end, field in ((START - 9 * HOUR, START + DAY, "start"), (START, START + 5 * DAY, "end")):
        with pytest.raises(DataUnavailable) as caught:
            funding(found, btc(found), start, end)
        assert caught.value.field == field
        assert "2025-03-01T00:00:00Z" in caught.value.en
    holed = store_of(tmp_path / "b", {"BTCUSDT perp": bars}, [*RATES[:3], *RATES[5:]]).open("main")
    with pytest.raises(DataUnavailable, match="2"):
        funding(holed, btc(holed), START, START + 2 * DAY)


def test_main_is_used_where_it_has_pairs_and_demo_else(tmp_path: Path, installed: App) -> None:
    assert candles.crypto_market(installed).name == "demo"
    with_pairs = store_of(tmp_path / "pairs", {"BTCUSDT perp": made_bars(START, 48, 60)})
    assert candles.crypto_market(app_of(with_pairs)).name == "main"
    pinned = candles.crypto_market(app_of(with_pairs), "main", with_pairs.open("main").snapshot)
    assert pinned.snapshot == with_pairs.open("main").snapshot
    with pytest.raises(NoPairs) as caught:
        candles.crypto_market(app_of(MarketStore(tmp_path / "none")))
    for cure in ("quantgpt data demo", "quantgpt data crypto BTCUSDT", "quantgpt data import PATH"):
        assert cure in caught.value.message
        assert cure in caught.value.en


HIGHEST = {"BTC": 130_000, "ETH": 5_000, "BNB": 1_400, "SOL": 300, "XRP": 3.7, "DOGE": 0.75, "LINK": 54}
HIGHEST |= {"AVAX": 150, "MATIC": 3, "NEAR": 21}


def test_every_known_pair_can_be_booked_and_traded_with_the_least_capital() -> None:
    """A grid of eight lines with 100, and 10 a day, at the highest price that there ever was."""
    for (symbol, venue), row in instruments._FILTERS.items():
        made = instruments._instrument(symbol, venue, dict(zip(instruments.FILTER_NAMES, row, strict=True)))
        assert made.unit >= 1
        assert made.min_qty % made.step == 0
        price = Decimal(str(HIGHEST[made.base]))
        for money in (Decimal(100) / 7 / Decimal("1.001"), Decimal(10)):
            bought = money / price // made.step * made.step * price
            assert bought >= made.min_notional, (symbol, venue, money, bought)


@pytest.mark.realdata
def test_real_hours_of_2025_and_all_five_years(tmp_path: Path) -> None:
    source = os.environ.get("QUANTGPT_REAL_DATA")
    if not source:
        pytest.skip("QUANTGPT_REAL_DATA is not set to a folder of real market data")
    taken = tmp_path / "in"
    taken.mkdir()
    for path in Path(source).glob("crypto_*.parquet"):
        (taken / path.name).symlink_to(path)
    store = MarketStore(tmp_path / "market")
    store.import_path(taken)
    market = store.open("main")
    year = asked(market, "1h", ms("2025-01-01"), ms("2025-12-31T23:59:59"), warmup=200)
    assert (year.walked.open_time.size, year.main.open_time.size, year.instrument.tick) == (8760, 8960, Decimal("0.01"))
    bars = market.bars("BTCUSDT.BINANCE.PERP", "1h")
    own = bars["time"] >= np.datetime64("2025-01-01")
    assert np.array_equal(year.walked.close / 100, bars["close"][own])
    five = asked(market, "1d", ms("2021-01-01"), ms("2025-12-31T23:59:59"))
    assert (five.walked.open_time.size, five.instrument.tick) == (1826, Decimal("0.01"))
    assert funding(market, btc(market), ms("2025-01-01"), ms("2026-01-01")).at.size == 1095
    spot = market.bars("BTCUSDT.BINANCE.SPOT", "30m")
    half = candles.instruments(market)["BTCUSDT", "spot"]
    hours = book_input(market, half, "1h", None, ms("2024-01-01"), ms("2025-12-31T23:59:59"), NOW_MS, 0)
    assert np.array_equal(hours.walked.high, np.rint(spot["high"].reshape(-1, 2).max(axis=1) * 100))
