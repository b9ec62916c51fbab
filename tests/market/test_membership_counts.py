"""What a view says about the members of an index that have no bars in its span."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantgpt.market import Market, MarketStore

Frame = Callable[..., pd.DataFrame]


def without_the_end_of_one(frame: Frame) -> pd.DataFrame:
    """Bars of a name end in February while it is still on the list."""
    bars = frame()
    return bars[(bars["code"] != "000001.SZ") | (bars["date"] <= pd.Timestamp("2024-02-20"))]


@pytest.fixture
def ended(store: MarketStore, folder: Path, frame: Frame) -> Market:
    """A market where one member's bars end early."""
    without_the_end_of_one(frame).to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    return store.open()


def test_a_member_without_a_bar_in_the_span_is_missing(ended: Market) -> None:
    early = ended.view("hs300", "2024-01-02", "2024-03-29").universe_meta
    assert (early["missing"], early["loaded"], early["size"]) == (["600999.SH"], 2, 3)
    late = ended.view("hs300", "2024-03-01", "2024-03-29").universe_meta
    assert sorted(late["missing"]) == ["000001.SZ", "600999.SH"]
    assert (late["members_ever"], late["loaded"], late["size"]) == (3, 1, 3)


def test_nobody_is_a_member_beyond_the_last_bar(ended: Market) -> None:
    view = ended.view("hs300", "2024-01-02", "2024-03-29")
    j = view.assets.index("000001.SZ")
    gone = view.days > np.datetime64("2024-02-20")
    assert not view.member[gone, j].any()
    assert view.member[~gone & (view.days >= np.datetime64("2024-02-01")), j].all()
    assert not view.traded[gone, j].any()


def test_a_member_that_pauses_stays_one(store: MarketStore, folder: Path, frame: Frame) -> None:
    bars = frame()
    pause = (bars["code"] == "600000.SH") & bars["date"].between("2024-02-01", "2024-02-20")
    bars[~pause].to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    view = store.open().view("hs300", "2024-01-02", "2024-03-29")
    j = view.assets.index("600000.SH")
    assert not view.traded[:, j].all()
    assert view.member[:, j].all()


def test_size_counts_the_last_session_of_any_universe(ended: Market) -> None:
    assert ended.view("all", "2024-01-02", "2024-03-29").universe_meta["size"] == 2
    assert ended.view("hs300", "2024-01-02", "2024-01-31").universe_meta["size"] == 2


def test_the_fixed_list_counts_names_with_bars(store: MarketStore, tmp_path: Path, frame: Frame) -> None:
    bars = frame(codes=("600036.SH", "600519.SH"))
    bars = bars[(bars["code"] != "600519.SH") | (bars["date"] <= pd.Timestamp("2024-02-20"))]
    bars.to_parquet(tmp_path / "bars.parquet")
    store.import_path(tmp_path / "bars.parquet")
    meta = store.open().view("small_scale", "2024-03-01", "2024-03-29").universe_meta
    assert (meta["size"], meta["loaded"], "600519.SH" in meta["missing"]) == (5, 1, True)


def test_a_list_that_starts_late_is_no_hindsight(store: MarketStore, folder: Path) -> None:
    pd.DataFrame(
        {"index": "000300.SH", "code": ["600000.SH"], "in_date": ["2024-02-01"], "out_date": [None]}
    ).to_parquet(folder / "lists.parquet")
    store.import_path(folder)
    meta = store.open().view("hs300", "2024-01-02", "2024-03-29").universe_meta
    assert "members_start_late" in {entry["code"] for entry in meta["notices"]}
    assert meta["is_pit"]


def test_a_list_that_ends_early_is_hindsight(store: MarketStore, folder: Path) -> None:
    pd.DataFrame(
        {"index": "000300.SH", "code": ["600000.SH"], "in_date": ["2022-02-01"], "out_date": [None]}
    ).to_parquet(folder / "lists.parquet")
    store.import_path(folder)
    meta = store.open().view("hs300", "2024-01-02", "2024-03-29").universe_meta
    assert "members_end_early" in {entry["code"] for entry in meta["notices"]}
    assert not meta["is_pit"]
