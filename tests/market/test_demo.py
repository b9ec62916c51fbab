"""The made-up market obeys the rules and holds the effects that were planted."""

from pathlib import Path

import numpy as np
import pytest

from quantgpt.foundations.errors import BadRequest, UnknownUniverse
from quantgpt.foundations.panel import FloatPanel, MarketView
from quantgpt.market import MarketStore
from quantgpt.market.boards import CHINEXT, MAIN, STAR, board_code
from quantgpt.market.demo import demo_view, noise_factor, planted_factor


@pytest.fixture(scope="module")
def view() -> MarketView:
    return demo_view(assets=200, sessions=500, seed=3)


def forward(view: MarketView, horizon: int) -> FloatPanel:
    opens = view.fields["open"]
    out = np.full(opens.shape, np.nan)
    out[: -1 - horizon] = opens[1 + horizon :] / opens[1:-horizon] - 1.0
    return out


def mean_rank_ic(view: MarketView, factor: FloatPanel, horizon: int = 5) -> float:
    later = forward(view, horizon)
    found = []
    for t in range(20, later.shape[0] - 1 - horizon):
        use = view.eligible[t] & np.isfinite(factor[t]) & np.isfinite(later[t])
        ranks = [x[t, use].argsort().argsort() for x in (factor, later)]
        found.append(np.corrcoef(*ranks)[0, 1])
    return float(np.mean(found))


def test_the_same_arguments_give_the_same_bits(view: MarketView) -> None:
    from quantgpt.market.demo import _simulated

    _simulated.cache_clear()
    again = demo_view(assets=200, sessions=500, seed=3)
    assert again.snapshot == view.snapshot
    for name in view.fields:
        assert view.fields[name].tobytes() == again.fields[name].tobytes()


def test_symbols_are_valid_and_names_are_clearly_made_up(view: MarketView) -> None:
    assert all(board_code(symbol) is not None for symbol in view.assets)
    assert all(name.startswith("演示") for name in view.names)
    assert {MAIN, CHINEXT, STAR} <= set(view.board.tolist())


def test_bars_are_possible(view: MarketView) -> None:
    raw = {name: view.fields[f"raw_{name}"] for name in ("open", "high", "low", "close")}
    traded = view.traded
    for price in raw.values():
        assert np.array_equal(np.isfinite(price), traded)
        assert np.allclose(price[traded] * 100, np.rint(price[traded] * 100))
    assert (raw["low"][traded] <= np.minimum(raw["open"], raw["close"])[traded]).all()
    assert (raw["high"][traded] >= np.maximum(raw["open"], raw["close"])[traded]).all()
    mean = view.fields["amount"] / view.fields["raw_volume"]
    assert (mean[traded] <= raw["high"][traded] + 1e-6).all()
    assert (mean[traded] >= raw["low"][traded] - 1e-6).all()


def test_no_close_leaves_the_band_of_its_board(view: MarketView) -> None:
    change = np.abs(view.fields["pct_change"])
    seasoned = view.traded & (view.age >= 5)
    main = seasoned & (view.board == MAIN)
    other = seasoned & (view.board != MAIN)
    assert change[main].max() < 10.6
    assert change[main & (view.st == 1)].max() < 5.6
    assert 15.0 < change[other].max() < 20.6


def test_every_feature_of_the_rules_occurs(view: MarketView) -> None:
    change = view.fields["pct_change"]
    opens, closes, pre = view.fields["raw_open"], view.fields["raw_close"], view.fields["pre_close"]
    one_price = view.traded & (view.fields["raw_high"] == view.fields["raw_low"])
    at_limit_open = view.traded & (view.board == MAIN) & (view.age >= 5) & (opens >= np.round(pre * 1.099, 2))
    assert at_limit_open.any()
    assert one_price.any()
    assert (view.member & ~view.traded).any()
    assert (view.st == 1).any()
    assert (view.st[view.member] == -1).any()
    assert (view.age == 0).any()
    assert (~np.isnat(view.delist_day)).any()
    assert (np.diff(view.fields["factor"], axis=0) > 0).any()
    assert np.nanmax(change) > 0 > np.nanmin(change)
    assert np.isfinite(closes[view.traded]).all()


def test_adjusted_and_official_returns_agree(view: MarketView) -> None:
    known = np.isfinite(view.fields["returns"])
    apart = np.abs(view.fields["returns"] - view.fields["pct_change"] / 100.0)
    assert apart[known].max() < 1e-9


def test_planted_effects_have_the_strength_that_is_documented() -> None:
    view = demo_view(assets=700, sessions=1200, seed=11)
    close, returns = view.fields["close"], view.fields["returns"]
    reversal = np.full(close.shape, np.nan)
    reversal[5:] = -(close[5:] / close[:-5] - 1.0)
    calm = np.full(close.shape, np.nan)
    calm[19:] = -np.lib.stride_tricks.sliding_window_view(returns, 20, axis=0).std(axis=-1)
    assert 0.02 < mean_rank_ic(view, reversal) < 0.045
    assert 0.02 < mean_rank_ic(view, calm) < 0.045


def test_noise_knows_nothing_and_a_planted_factor_knows_what_was_asked(view: MarketView) -> None:
    noise = noise_factor(view, persistence=0.9, seed=5)
    assert noise.shape == view.member.shape
    assert abs(mean_rank_ic(view, noise)) < 0.012
    same_day = np.corrcoef(noise[100:-1].ravel(), noise[101:].ravel())[0, 1]
    assert 0.85 < same_day < 0.95
    planted = planted_factor(view, forward(view, 5), rank_ic=0.05, seed=5)
    assert 0.035 < mean_rank_ic(view, planted) - mean_rank_ic(view, noise) < 0.065


def test_index_universes_hold_the_largest_names_and_change_twice_a_year() -> None:
    large = demo_view(assets=140, sessions=500, universe="hs300")
    assert set(large.member.sum(axis=1).tolist()) <= set(range(28, 31))
    rows = np.flatnonzero((large.member[1:] != large.member[:-1]).any(axis=1)) + 1
    months = {int(str(large.days[row])[5:7]) for row in rows}
    assert {6, 12} & months
    assert demo_view(assets=140, sessions=500, universe="small_scale").assets == (
        "600036.SH",
        "600519.SH",
        "601318.SH",
        "000333.SZ",
        "000858.SZ",
    )


@pytest.mark.parametrize(("assets", "sessions", "warmup"), [(5, 1, 0), (6, 30, 5), (20, 60, 200)])
def test_tiny_markets_are_whole(assets: int, sessions: int, warmup: int) -> None:
    view = demo_view(assets=assets, sessions=sessions, warmup=warmup)
    assert len(view.assets) <= assets
    assert view.days.size == sessions + warmup
    assert all(view.fields[name].shape == view.member.shape for name in view.fields)


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(UnknownUniverse):
        demo_view(universe="hs301")
    with pytest.raises(BadRequest):
        demo_view(assets=2)


@pytest.mark.slow
def test_the_stored_demo_market_is_whole_and_writing_it_again_changes_nothing(tmp_path: Path, tree) -> None:  # type: ignore[no-untyped-def]
    store = MarketStore(tmp_path)
    market = store.make_demo()
    before = tree(tmp_path)
    assert store.make_demo().snapshot == market.snapshot
    assert tree(tmp_path) == before
    assert market.synthetic
    assert store.default() == "demo"
    assert len(market.assets) >= 1200
    assert str(market.days[0]) == "2015-01-05"
    assert str(market.days[-1]) == "2026-09-30"
    assert [info.name for info in market.universes()] == ["small_scale", "hs300", "csi500", "csi1000", "all"]
    assert [info.name for info in market.benchmarks()] == ["hs300", "zz500", "sz50"]
    view = market.view("hs300", "2023-01-01", "2025-12-31", warmup=60, benchmark="zz500")
    assert view.first == 60
    assert set(view.member.sum(axis=1).tolist()) <= {298, 299, 300}
    assert view.universe_meta["is_pit"]
    assert np.isfinite(view.benchmark).all()
    assert store.health("demo").ok
