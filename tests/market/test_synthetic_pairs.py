"""The made-up pairs of the demo market: possible, the same each time, minutes that add up to hours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests._rig import demo_market

from quantgpt.market import Market, MarketStore
from quantgpt.market import demo as demo_module
from quantgpt.market.importing.rows import Rows
from quantgpt.market.synthetic_pairs import FIRST, LAST, MINUTE_DAYS, PAIRS, pair_tables

HOURS = int((LAST - FIRST).astype(int))


@pytest.fixture(scope="module")
def tables() -> dict[str, Rows]:
    return dict(pair_tables())


def test_the_same_bits_each_time(tables: dict[str, Rows]) -> None:
    again = dict(pair_tables())
    assert {name: rows.content() for name, rows in again.items()} == {n: rows.content() for n, rows in tables.items()}


def test_what_there_is(tables: dict[str, Rows]) -> None:
    assert {name: rows.size for name, rows in tables.items()} == {
        **{f"bars/1h/{pair.symbol}": HOURS for pair in PAIRS},
        **{f"bars/1m/{pair.symbol}": MINUTE_DAYS * 1440 for pair in PAIRS},
        **{f"bars/funding/{pair.symbol}": HOURS // 8 for pair in PAIRS if pair.follows is None},
    }


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.symbol)
def test_candles_are_possible_and_on_the_tick(tables: dict[str, Rows], pair: object) -> None:
    made = next(one for one in PAIRS if one == pair)
    for freq, step in (("1h", 3_600), ("1m", 60)):
        rows = tables[f"bars/{freq}/{made.symbol}"]
        opened, high, low, close = (rows.values[name] for name in ("open", "high", "low", "close"))
        assert (np.diff(rows.time) == step * 1_000_000).all()
        assert (low > 0).all()
        assert (low <= np.minimum(opened, close)).all()
        assert (high >= np.maximum(opened, close)).all()
        assert np.array_equal(opened[1:], close[:-1])
        for values, digits in ((high, made.digits), (low, made.digits), (rows.values["volume"], made.step_digits)):
            assert np.array_equal(values, np.round(values, digits))
        assert (rows.values["volume"] > 0).all()
        assert (high > low).mean() > 0.95


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.symbol)
def test_minutes_add_up_to_the_hours(tables: dict[str, Rows], pair: object) -> None:
    made = next(one for one in PAIRS if one == pair)
    hours, minutes = tables[f"bars/1h/{made.symbol}"], tables[f"bars/1m/{made.symbol}"]
    late = hours.take(slice(-MINUTE_DAYS * 24, None))
    parts = {name: values.reshape(-1, 60) for name, values in minutes.values.items()}
    assert np.array_equal(late.time, minutes.time[::60])
    assert np.array_equal(late.values["open"], parts["open"][:, 0])
    assert np.array_equal(late.values["high"], parts["high"].max(axis=1))
    assert np.array_equal(late.values["low"], parts["low"].min(axis=1))
    assert np.array_equal(late.values["close"], parts["close"][:, -1])
    assert np.allclose(late.values["volume"], parts["volume"].sum(axis=1), rtol=1e-12)


def test_the_year_2025_moves_around_the_range_that_grids_are_tried_on(tables: dict[str, Rows]) -> None:
    rows = tables["bars/1h/BTCUSDT.BINANCE.PERP"]
    close = rows.values["close"][rows.time >= np.datetime64("2025-01-01", "us").astype(np.int64)]
    assert close.size == 8760
    assert 45_000 < close.min() < 60_000 < 72_000 < close.max() < 90_000
    assert ((close > 60_000) & (close < 72_000)).mean() > 0.7


def test_spot_stays_close_to_the_perpetual_and_pairs_move_together(tables: dict[str, Rows]) -> None:
    closes = [tables[f"bars/1h/{pair.symbol}"].values["close"] for pair in PAIRS]
    assert np.abs(closes[3] / closes[0] - 1.0).max() < 0.002
    moves = [np.diff(np.log(close)) for close in closes]
    for other in (1, 2):
        assert 0.5 < np.corrcoef(moves[0], moves[other])[0, 1] < 0.95
    for pair, move in zip(PAIRS, moves, strict=True):
        assert 0.8 < move.std() * np.sqrt(8760) / pair.volatility < 1.4


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return MarketStore(Path(demo_market())).open("demo")


def test_the_demo_market_holds_them_and_is_healthy(demo: Market, tables: dict[str, Rows]) -> None:
    assert demo.synthetic
    assert set(demo.manifest.tables) == set(tables)
    bars = demo.bars("ETHUSDT.BINANCE.PERP", "1h", ("time", "close", "nothing"))
    assert list(bars) == ["time", "close"]
    assert np.array_equal(bars["close"], tables["bars/1h/ETHUSDT.BINANCE.PERP"].values["close"])
    assert MarketStore(demo.root).health("demo").ok


def test_a_demo_market_of_another_version_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MarketStore(Path(demo_market()))
    assert not MarketStore(tmp_path).has_old_demo()
    assert not store.has_old_demo()
    monkeypatch.setattr(demo_module, "PAIRS_VERSION", 0)
    assert store.has_old_demo()
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "CURRENT").write_text("{")
    assert not MarketStore(tmp_path).has_old_demo()
