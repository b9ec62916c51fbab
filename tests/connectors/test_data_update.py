"""Updates from a source: planned, applied, rolled back; a failure changes nothing."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantgpt.foundations.clock import FixedClock
from quantgpt.foundations.errors import BadRequest, Conflict, SourceFailed
from quantgpt.market import MarketStore
from quantgpt.services import data
from quantgpt.services.data import (
    DataDemo,
    DataHealth,
    DataImport,
    DataRollback,
    DataStatus,
    DataUpdate,
    data_health,
    data_status,
    import_data,
    last_complete_day,
    roll_back_data,
    source_light,
    update_data,
)


def clock(text: str) -> FixedClock:
    return FixedClock(datetime.fromisoformat(text).replace(tzinfo=UTC))


WEDNESDAY = clock("2024-04-03T12:00:00")
NEXT_TUESDAY = clock("2024-04-09T12:00:00")


def tree(root: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.fixture
def store(tmp_path: Path) -> MarketStore:
    return MarketStore(tmp_path / "market", NEXT_TUESDAY)


@pytest.fixture
def filled(store: MarketStore, vendor: Any) -> MarketStore:
    """The market after a first fetch of three sessions."""
    update_data(store, vendor.source(), WEDNESDAY, DataUpdate(start="2024-04-01", apply=True))
    return store


def test_a_plan_says_what_would_change_and_writes_nothing(store: MarketStore, vendor: Any) -> None:
    report = update_data(store, vendor.source(), WEDNESDAY, DataUpdate(start="2024-04-01"))
    assert not report.applied
    assert report.changed
    stock = next(file for file in report.files if file.kind == "stock")
    assert (stock.added, stock.first, stock.last, stock.names) == (15, "2024-04-01", "2024-04-03", 5)
    assert not store.root.exists()


def test_an_empty_market_is_filled_by_date(filled: MarketStore) -> None:
    market = filled.open("main")
    assert market.assets == ("600000.SH", "600036.SH", "688981.SH", "000001.SZ", "300750.SZ")
    assert [str(day) for day in market.days] == ["2024-04-01", "2024-04-02", "2024-04-03"]
    assert {info.name for info in market.universes()} >= {"hs300", "csi500", "all", "small_scale"}
    view = market.view("hs300", "2024-04-01", "2024-04-03", benchmark="zz500")
    assert view.assets == ("600000.SH", "600036.SH", "000001.SZ")
    assert np.isfinite(view.benchmark).all()
    assert not view.traded[2, 2]


def test_a_second_update_brings_the_rest_with_dividends_and_new_members(filled: MarketStore, vendor: Any) -> None:
    before = filled.open("main").view("all", "2024-04-01", "2024-04-03")
    report = update_data(filled, vendor.source(), NEXT_TUESDAY, DataUpdate(apply=True))
    assert report.changed
    view = filled.open("main").view("all", "2024-04-01", "2024-04-09")
    assert [str(day) for day in view.days] == ["2024-04-01", "2024-04-02", "2024-04-03", "2024-04-08", "2024-04-09"]
    for name in before.fields:
        assert np.array_equal(before.fields[name], view.fields[name][:3], equal_nan=True), name
    factor = view.fields["factor"][:, view.assets.index("600036.SH")]
    assert factor[2] == 1.0
    assert factor[3] > 1.03
    assert np.nanmax(np.abs(view.fields["returns"] - view.fields["pct_change"] / 100)) < 1e-9
    members = filled.open("main").view("hs300", "2024-04-01", "2024-04-09")
    left, came = members.assets.index("600000.SH"), members.assets.index("300750.SZ")
    assert members.member[:, left].tolist() == [True, True, True, True, False]
    assert members.member[:, came].tolist() == [False, False, False, False, True]


def test_an_update_of_what_is_complete_fetches_nothing(filled: MarketStore, vendor: Any) -> None:
    before = tree(filled.root)
    vendor.behave(login={"do": "error", "code": "10001011"})
    report = update_data(filled, vendor.source(), WEDNESDAY, DataUpdate(apply=True))
    assert not report.changed
    assert tree(filled.root) == before


def test_an_update_can_be_rolled_back(filled: MarketStore, vendor: Any) -> None:
    before = filled.open("main").snapshot
    update_data(filled, vendor.source(), NEXT_TUESDAY, DataUpdate(apply=True))
    assert roll_back_data(filled, DataRollback()).snapshot == before
    assert str(filled.open("main").days[-1]) == "2024-04-03"


@pytest.mark.parametrize("kind", ["error", "die", "raise"])
def test_a_source_that_fails_changes_nothing(filled: MarketStore, vendor: Any, kind: str) -> None:
    before = tree(filled.root)
    vendor.behave(query_history_k_data_plus={"do": kind, "code": "10001011"})
    with pytest.raises(SourceFailed, match="baostock："):
        update_data(filled, vendor.source(), NEXT_TUESDAY, DataUpdate(apply=True))
    assert tree(filled.root) == before


def test_data_that_cannot_be_true_changes_nothing(filled: MarketStore, vendor: Any) -> None:
    def spoil(body: Any) -> None:
        for row in body["2024-04-08"]["rows"]:
            row[2] = "-1.0"

    before = tree(filled.root)
    vendor.edit("query_daily_history_k_AStock", spoil)
    with pytest.raises(SourceFailed, match="价格为负 5 行"):
        update_data(filled, vendor.source(), NEXT_TUESDAY, DataUpdate(apply=True))
    assert tree(filled.root) == before


def test_a_long_update_is_applied_in_parts_and_rolled_back_as_one(
    store: MarketStore, vendor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = MarketStore(store.root.parent / "whole", NEXT_TUESDAY)
    update_data(whole, vendor.source(), NEXT_TUESDAY, DataUpdate(start="2024-04-02", apply=True))
    update_data(store, vendor.source(), WEDNESDAY, DataUpdate(start="2024-04-01", end="2024-04-01", apply=True))
    before = store.open("main").snapshot
    monkeypatch.setattr(data, "PART_SESSIONS", 2)
    plan = update_data(store, vendor.source(), NEXT_TUESDAY, DataUpdate())
    assert plan.changed
    assert "4 个交易日" in plan.files[0].zh
    report = update_data(store, vendor.source(), NEXT_TUESDAY, DataUpdate(apply=True))
    stock = next(file for file in report.files if file.kind == "stock")
    assert (stock.added, stock.first, stock.last) == (20, "2024-04-02", "2024-04-09")
    assert report.previous == before
    assert report.snapshot == store.open("main").snapshot
    assert len(store.status("main")[0].history) == 2
    ours, theirs = (s.open("main").view("all", "2024-04-02", "2024-04-09") for s in (store, whole))
    assert np.array_equal(ours.fields["raw_close"], theirs.fields["raw_close"], equal_nan=True)
    assert roll_back_data(store, DataRollback()).snapshot == before


def test_a_failure_late_in_a_long_update_keeps_what_came_before(
    store: MarketStore, vendor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "PART_SESSIONS", 2)
    vendor.edit("query_daily_history_k_AStock", lambda body: body.pop("2024-04-09"))
    with pytest.raises(SourceFailed, match=r"日期超出可查询范围.*之前的 4 个交易日已写入（到 2024-04-08）"):
        update_data(store, vendor.source(), NEXT_TUESDAY, DataUpdate(start="2024-04-01", apply=True))
    assert str(store.open("main").days[-1]) == "2024-04-08"


def test_requests_that_cannot_be_met_are_named(filled: MarketStore, vendor: Any) -> None:
    with pytest.raises(BadRequest, match="csi1000"):
        update_data(filled, vendor.source(), WEDNESDAY, DataUpdate(universes=("csi1000",)))
    with pytest.raises(Conflict):
        update_data(filled, vendor.source(), WEDNESDAY, DataUpdate(market="demo"))
    with pytest.raises(BadRequest, match="晚于最后一个可用日期"):
        update_data(filled, vendor.source(), WEDNESDAY, DataUpdate(start="2030-01-01"))


def test_the_light_of_a_source_says_what_failed(vendor: Any) -> None:
    assert source_light(vendor.source()).works
    vendor.behave(login={"do": "error", "code": "10001011"})
    dark = source_light(vendor.source())
    assert not dark.works
    assert "黑名单" in dark.message
    assert dark.hint


def test_a_day_is_complete_in_the_evening() -> None:
    assert str(last_complete_day(clock("2024-04-03T10:00:00"))) == "2024-04-02"
    assert str(last_complete_day(clock("2024-04-03T11:00:00"))) == "2024-04-03"
    assert str(last_complete_day(clock("2024-04-02T23:00:00"))) == "2024-04-02"


def test_status_health_and_import_go_through_their_requests(filled: MarketStore, tmp_path: Path) -> None:
    (status,) = data_status(filled, DataStatus())
    assert (status.market, status.names) == ("main", 5)
    assert data_health(filled, DataHealth(market="main")).market == "main"
    from quantgpt.foundations.errors import BadImport

    with pytest.raises(BadImport, match="没有给出"):
        import_data(filled, DataImport(path=" "))
    with pytest.raises(BadImport, match="路径不存在"):
        import_data(filled, DataImport(path=str(tmp_path / "nothing")))
    assert DataDemo() == DataDemo()
