"""Imports: recognised by columns, atomic, idempotent; what cannot be true is refused with the place and the reason."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantgpt.foundations.clock import FixedClock
from quantgpt.foundations.errors import BadImport, Conflict, NotFound, Unavailable
from quantgpt.market import MarketStore
from quantgpt.market.calendar import official
from quantgpt.market.importing import FileState


def test_a_folder_is_recognised_by_its_columns(store: MarketStore, folder: Path) -> None:
    report = store.import_path(folder)
    assert {file.name: file.kind for file in report.files} == {
        "bars.parquet": "stock",
        "lists.parquet": "constituents",
        "names.csv": "instruments",
        "some_index.parquet": "index",
    }
    assert report.changed
    assert report.previous is None
    bars = next(file for file in report.files if file.kind == "stock")
    assert (bars.rows, bars.names, bars.first, bars.last) == (174, 3, "2024-01-02", "2024-03-29")
    assert (bars.added, bars.changed, bars.unchanged) == (174, 0, 0)


def test_the_same_folder_twice_changes_no_byte(store: MarketStore, folder: Path, tree) -> None:  # type: ignore[no-untyped-def]
    first = store.import_path(folder)
    before = tree(store.root)
    again = store.import_path(folder)
    assert not again.changed
    assert again.snapshot == first.snapshot
    assert {file.state for file in again.files} == {FileState.UNCHANGED}
    assert tree(store.root) == before


def test_the_same_rows_in_another_order_and_format_change_no_number(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    store.import_path(folder)
    before = store.open().manifest
    other = folder.parent / "other"
    other.mkdir()
    frame().sample(frac=1.0, random_state=1).to_csv(other / "shuffled.csv", index=False)
    report = store.import_path(other)
    assert report.files[0].state is FileState.UNCHANGED
    assert report.files[0].unchanged == 174
    assert not report.changed
    assert store.open().manifest == before


def test_later_rows_come_on_top_and_corrections_count(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    store.import_path(folder)
    more = frame(last="2024-04-12")
    more = more[more["date"] >= "2024-03-28"].reset_index(drop=True)
    more.loc[(more["date"] == "2024-03-29") & (more["code"] == "000001.SZ"), "volume"] = 2_000_200
    later = folder.parent / "later.parquet"
    more.to_parquet(later)
    report = store.import_path(later)
    (file,) = report.files
    assert (file.added, file.changed, file.unchanged) == (len(more) - 6, 1, 5)
    market = store.open()
    assert str(market.days[-1]) == "2024-04-12"
    view = market.view("all", "2024-03-29", "2024-04-12")
    assert view.fields["raw_volume"][0, 1] == 2_000_200


def test_only_changed_parts_are_written_again(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    frame(first="2023-12-01").to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    before = store.open().manifest.tables
    more = frame(last="2024-04-12")
    more[more["date"] > "2024-03-29"].to_parquet(folder.parent / "later.parquet")
    store.import_path(folder.parent / "later.parquet")
    after = store.open().manifest.tables
    assert before["stock/2023"] == after["stock/2023"]
    assert before["stock/2024"] != after["stock/2024"]
    assert before["list/constituents"] == after["list/constituents"]


def test_appending_the_future_changes_nothing_before(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    store.import_path(folder)
    view = store.open().view("all", "2024-01-02", "2024-03-29")
    before = {name: view.fields[name] for name in view.fields}
    more = frame(last="2024-04-12")
    more.loc[more["date"] > "2024-03-29", "factor"] *= 3.0
    more[more["date"] > "2024-03-29"].to_parquet(folder.parent / "later.parquet")
    store.import_path(folder.parent / "later.parquet")
    view = store.open().view("all", "2024-01-02", "2024-04-12")
    for name, values in before.items():
        assert np.array_equal(view.fields[name][: values.shape[0]], values, equal_nan=True), name


def test_rollback_returns_to_the_snapshot_before(store: MarketStore, folder: Path, frame, tree) -> None:  # type: ignore[no-untyped-def]
    first = store.import_path(folder)
    before = tree(store.root)
    frame(last="2024-04-12").to_parquet(folder / "bars.parquet")
    second = store.import_path(folder)
    assert second.snapshot != first.snapshot
    assert store.rollback("main") == first.snapshot
    assert tree(store.root) == before
    assert store.open().snapshot == first.snapshot
    with pytest.raises(Conflict, match="没有更早的快照"):
        store.rollback("main")


def test_an_older_snapshot_can_be_opened_by_name(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    first = store.import_path(folder).snapshot
    frame(last="2024-04-12").to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    assert str(store.open("main", first).days[-1]) == "2024-03-29"
    assert str(store.open("main").days[-1]) == "2024-04-12"


def bent(kind: str, bars: pd.DataFrame) -> pd.DataFrame:
    """The bars with one fault."""
    row = 20
    match kind:
        case "negative":
            bars.loc[row, "open"] = -1.0
        case "zero":
            bars.loc[row, ["open", "high", "low", "close"]] = 0.0
        case "missing":
            bars.loc[row, "close"] = np.nan
        case "high_below_low":
            bars.loc[row, "high"] = bars.loc[row, "low"] - 1.0
        case "outside":
            bars.loc[row, "close"] = bars.loc[row, "high"] + 1.0
        case "duplicate":
            return pd.concat([bars, bars.iloc[[row]]], ignore_index=True)
        case "weekend":
            bars.loc[row, "date"] = pd.Timestamp("2024-01-06")
        case "holiday":
            bars.loc[row, "date"] = pd.Timestamp("2024-02-12")
        case "future":
            bars.loc[row, "date"] = pd.Timestamp("2025-01-06")
        case "bad_date":
            bars["date"] = bars["date"].dt.strftime("%Y-%m-%d")
            bars.loc[row, "date"] = "2024-13-45"
        case "bad_code":
            bars.loc[row, "code"] = "HELLO"
        case "index_code":
            bars.loc[row, "code"] = "000300.SH"
        case "volume":
            bars.loc[row, "volume"] = -5
        case "factor":
            bars.loc[row, "factor"] = 0.0
        case "jump":
            bars.loc[row, ["open", "high", "low", "close"]] *= 100.0
        case "infinite":
            bars.loc[row, "turn"] = np.inf
    return bars


FAULTS = {
    "negative": "价格为负 1 行，例：第 21 行 600000.SH 2024-01-30 open=-1",
    "zero": "价格为零 1 行",
    "missing": "价格缺失 1 行",
    "high_below_low": "最高价低于最低价 1 行",
    "outside": "不在最低价与最高价之间 1 行",
    "duplicate": "重复的（代码，日期） 1 行，例：第 175 行 600000.SH 2024-01-30",
    "weekend": "不是交易日 1 行",
    "holiday": "不是交易日 1 行，例：第 21 行 600000.SH 2024-02-12",
    "future": "日期在未来 1 行",
    "bad_date": "日期无法识别 1 行",
    "bad_code": "证券代码无法识别 1 行",
    "index_code": "不是 A 股代码 1 行",
    "volume": "成交量缺失或为负 1 行",
    "factor": "复权因子不是正数 1 行",
    "jump": "相差 50 倍以上 1 行",
    "infinite": "数值不是有限数 1 行",
}


@pytest.mark.parametrize("kind", FAULTS)
def test_one_impossible_row_refuses_the_import_and_changes_no_byte(
    store: MarketStore,
    folder: Path,
    frame,  # type: ignore[no-untyped-def]
    tree,  # type: ignore[no-untyped-def]
    kind: str,
) -> None:
    store.import_path(folder)
    before = tree(store.root)
    bad = folder.parent / "bad.parquet"
    bent(kind, frame()).to_parquet(bad)
    with pytest.raises(BadImport) as caught:
        store.import_path(bad)
    assert FAULTS[kind] in caught.value.message
    assert "bad.parquet" in caught.value.message
    assert caught.value.hint
    assert tree(store.root) == before


@pytest.mark.parametrize("kind", ["negative", "duplicate", "bad_date"])
def test_a_first_import_that_is_refused_leaves_nothing_behind(store: MarketStore, frame, kind: str) -> None:  # type: ignore[no-untyped-def]
    bad = store.root.parent / "bad.parquet"
    bent(kind, frame()).to_parquet(bad)
    with pytest.raises(BadImport):
        store.import_path(bad)
    assert not store.root.exists()


def test_bad_rows_can_be_left_out_on_request_and_are_counted(store: MarketStore, frame) -> None:  # type: ignore[no-untyped-def]
    bad = store.root.parent / "bad.parquet"
    bent("negative", frame()).to_parquet(bad)
    report = store.import_path(bad, skip_bad_rows=True)
    (file,) = report.files
    assert file.rows == 173
    assert file.rejected_rows == 1
    assert report.rejected_rows == 1
    (rejected,) = file.rejected
    assert (rejected.code, rejected.count, len(rejected.sample)) == ("price_negative", 1, 1)
    again = store.import_path(bad, skip_bad_rows=True)
    assert not again.changed


def test_a_few_faulty_rows_beside_the_daily_bars_are_left_out_and_said(store: MarketStore, folder: Path) -> None:
    index = pd.read_parquet(folder / "some_index.parquet")
    many = pd.concat([index.assign(code=code) for code in ("000300.SH", "000905.SH", "000016.SH")], ignore_index=True)
    many.loc[7, "high"] = many.loc[7, "low"] * 0.5
    many.to_parquet(folder / "some_index.parquet")
    report = store.import_path(folder)
    file = next(file for file in report.files if file.kind == "index")
    assert file.rejected_rows == 1
    assert file.rows == len(many) - 1
    assert not store.import_path(folder).changed


def test_two_files_that_contradict_each_other_are_refused(store: MarketStore, folder: Path, frame, tree) -> None:  # type: ignore[no-untyped-def]
    other = frame()
    other.loc[5, "close"] += 0.01
    other.to_parquet(folder / "more_bars.parquet")
    with pytest.raises(BadImport, match=r"more_bars\.parquet：与本次导入的另一个文件矛盾 1 行"):
        store.import_path(folder)
    frame().to_parquet(folder / "more_bars.parquet")
    assert store.import_path(folder).changed


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_parquet_file_is_named(store: MarketStore, folder: Path, tree, share: float) -> None:  # type: ignore[no-untyped-def]
    store.import_path(folder)
    before = tree(store.root)
    whole = (folder / "bars.parquet").read_bytes()
    (folder / "bars.parquet").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BadImport, match=r"bars\.parquet"):
        store.import_path(folder)
    assert tree(store.root) == before


def test_a_broken_page_inside_a_parquet_file_is_named(store: MarketStore, folder: Path) -> None:
    whole = bytearray((folder / "bars.parquet").read_bytes())
    whole[200:4000] = bytes(3800)
    (folder / "bars.parquet").write_bytes(bytes(whole))
    with pytest.raises(BadImport, match=r"bars\.parquet"):
        store.import_path(folder)
    assert not store.root.exists()


def test_a_folder_that_holds_no_data_is_refused(store: MarketStore, tmp_path: Path) -> None:
    nothing = tmp_path / "empty"
    nothing.mkdir()
    with pytest.raises(BadImport, match="文件夹是空的"):
        store.import_path(nothing)
    (nothing / "README.md").write_text("hello")
    (nothing / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(BadImport, match=r"没有可以导入的行情数据.*README"):
        store.import_path(nothing)
    for path in (tmp_path / "nowhere", tmp_path / ("x" * 5000)):
        with pytest.raises(BadImport, match="路径不存在"):
            store.import_path(path)
    assert not store.root.exists()


def test_files_that_cannot_be_used_are_named_with_the_reason(store: MarketStore, folder: Path) -> None:
    pd.DataFrame({"code": ["600000.SH"], "report_date": ["2020-12-31"], "item": ["x"], "value": [1.0]}).to_parquet(
        folder / "yearly.parquet"
    )
    pd.DataFrame({"code": ["600000.SH"], "name": ["x"], "market_cap": [1.0], "pe": [1.0]}).to_parquet(
        folder / "s.parquet"
    )
    pd.DataFrame({"a": [1], "b": [2]}).to_csv(folder / "c.csv", index=False)
    (folder / "old.tar.gz").write_bytes(b"x")
    (folder / "book.xlsx").write_bytes(b"x")
    (folder / "notes.txt").write_text("x")
    report = store.import_path(folder)
    kinds = {file.name: (file.kind, file.state) for file in report.files}
    assert kinds["yearly.parquet"] == ("financials", FileState.UNUSED)
    assert kinds["s.parquet"] == ("snapshot", FileState.UNUSED)
    assert kinds["c.csv"] == ("unknown", FileState.UNUSED)
    assert kinds["old.tar.gz"] == ("archive", FileState.UNUSED)
    assert kinds["book.xlsx"] == ("spreadsheet", FileState.UNUSED)
    assert kinds["notes.txt"] == ("not_data", FileState.IGNORED)
    assert all(file.zh for file in report.files)
    assert all(file.en for file in report.files)


@pytest.mark.parametrize(
    ("column", "scale", "words"), [("volume", 100, "手而不是股"), ("amount", 1000, "千元而不是元")]
)
def test_a_wrong_unit_is_recognised(store: MarketStore, frame, column: str, scale: int, words: str) -> None:  # type: ignore[no-untyped-def]
    bars = frame()
    bars[column] = bars[column] // scale
    bars.to_parquet(store.root.parent / "units.parquet")
    with pytest.raises(BadImport, match=words):
        store.import_path(store.root.parent / "units.parquet")


def test_vendor_spellings_and_units_are_understood(store: MarketStore, frame) -> None:  # type: ignore[no-untyped-def]
    plain = frame()
    plain.to_parquet(store.root.parent / "plain.parquet")
    store.import_path(store.root.parent / "plain.parquet")
    expected = store.open().view("all", "2024-01-02", "2024-03-29")
    vendor = plain.rename(columns={"code": "ts_code", "date": "trade_date", "volume": "vol", "factor": "adj_factor"})
    vendor["trade_date"] = vendor["trade_date"].dt.strftime("%Y%m%d")
    vendor["vol"] = vendor["vol"] / 100
    vendor["amount"] = vendor["amount"] / 1000
    vendor.to_csv(store.root.parent / "vendor.csv", index=False)
    report = store.import_path(store.root.parent / "vendor.csv", market="other")
    assert report.rows == 174
    found = store.open("other").view("all", "2024-01-02", "2024-03-29")
    assert found.assets == expected.assets
    for name in ("close", "volume", "amount", "vwap"):
        np.testing.assert_allclose(found.fields[name], expected.fields[name], rtol=1e-12)


def test_missing_factors_are_carried_on_from_the_reference_price(store: MarketStore, frame) -> None:  # type: ignore[no-untyped-def]
    bars = frame()
    ex = (bars["code"] == "600000.SH") & (bars["date"] >= "2024-02-01")
    prices = ["open", "high", "low", "close", "pre_close"]
    bars.loc[ex, prices] = (bars.loc[ex, prices] * 0.8).round(2)
    bars.loc[ex, "amount"] *= 0.8
    bars["factor"] = np.nan
    bars.drop(columns="factor").to_parquet(store.root.parent / "bars.parquet")
    store.import_path(store.root.parent / "bars.parquet")
    view = store.open().view("all", "2024-01-02", "2024-03-29")
    factor = view.fields["factor"][:, 0]
    t = int(np.searchsorted(view.days, np.datetime64("2024-02-01")))
    assert factor[0] == 1.0
    assert factor[t - 1] == pytest.approx(1.0)
    assert factor[t] == pytest.approx(1.25, rel=0.01)
    assert np.nanmax(np.abs(view.fields["returns"] - view.fields["pct_change"] / 100)) < 1e-9


def test_adjusted_only_series_are_kept_apart(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    gone = frame(codes=("600005.SH",)).drop(columns=["pre_close", "factor", "turn", "is_st"])
    gone.assign(source="somebody").to_parquet(folder / "gone.parquet")
    report = store.import_path(folder)
    assert next(file for file in report.files if file.name == "gone.parquet").kind == "adjusted_only"
    market = store.open()
    assert "600005.SH" not in market.assets
    view = market.view("all", "2024-01-02", "2024-03-29")
    assert view.universe_meta["adjusted_only"] == 1
    assert any(entry["code"] == "adjusted_only" for entry in view.universe_meta["notices"])


def test_intraday_crypto_and_funding_are_stored_by_symbol_and_frequency(store: MarketStore, folder: Path) -> None:
    hours = pd.date_range("2024-01-01", periods=48, freq="1h")
    price = dict.fromkeys(("open", "high", "low", "close"), 100.0)
    pd.DataFrame({"open_time": hours, **price, "volume": 1.5, "symbol": "BTCUSDT", "market": "usdm_perp"}).to_parquet(
        folder / "a.parquet"
    )
    pd.DataFrame({"open_time": hours, **price, "volume": 1.5, "symbol": "BTCUSDT", "market": "spot"}).to_parquet(
        folder / "b.parquet"
    )
    pd.DataFrame({"time": hours[::8], "funding_rate": 1e-4, "mark_price": np.nan, "symbol": "BTCUSDT"}).to_parquet(
        folder / "c.parquet"
    )
    ends = pd.date_range("2024-01-02 09:45", periods=8, freq="15min")
    pd.DataFrame({"bar_end": ends, "code": "600000.SH", **price, "volume": 100, "amount": 1e4}).to_parquet(
        folder / "d.parquet"
    )
    store.import_path(folder)
    market = store.open()
    assert market.symbols_with_bars("1h") == ["BTCUSDT.BINANCE.PERP", "BTCUSDT.BINANCE.SPOT"]
    assert market.symbols_with_bars("15m") == ["600000.SH"]
    bars = market.bars("BTCUSDT.BINANCE.PERP", "1h")
    assert bars["time"].size == 48
    assert bars["close"][-1] == 100.0
    assert market.bars("sh.600000", "15m")["volume"].tolist() == [100.0] * 8
    assert market.bars("BTCUSDT.BINANCE.PERP", "funding")["funding_rate"][0] == 1e-4
    assert not store.import_path(folder).changed
    with pytest.raises(NotFound, match="ETHUSDT"):
        market.bars("ETHUSDT.BINANCE.PERP", "1h")


def test_bars_of_a_year_that_nobody_has_announced_yet_come_in(tmp_path: Path, frame) -> None:  # type: ignore[no-untyped-def]
    clock = FixedClock(datetime(2027, 3, 1, 12, 0, tzinfo=UTC))
    store = MarketStore(tmp_path / "later", clock)
    sessions = (
        official()
        .through(np.datetime64("2027-02-26"))
        .between(np.datetime64("2026-12-01"), np.datetime64("2027-02-26"))
    )
    days = pd.DatetimeIndex(sessions.astype("datetime64[s]"))
    bars = frame()
    old = bars["date"].drop_duplicates().tolist()[: days.size]
    bars = bars[bars["date"].isin(old)].assign(date=lambda f: f["date"].map(dict(zip(old, days, strict=False))))
    bars.to_parquet(tmp_path / "bars.parquet")
    store.import_path(tmp_path / "bars.parquet")
    assert not store.import_path(tmp_path / "bars.parquet").changed
    view = store.open().view("all", "2026-12-01", "2027-02-26")
    assert str(view.days[-1]) >= "2027-02-01"
    assert (np.diff(view.age[:, 0]) == 1).all()
    clipped = store.open().view("all", "2026-12-01", "2027-12-31")
    assert "end_clipped" in {entry["code"] for entry in clipped.universe_meta["notices"]}


def test_the_demo_market_takes_no_real_data(store: MarketStore, folder: Path) -> None:
    with pytest.raises(Conflict):
        store.import_path(folder, market="demo")


def test_a_store_that_cannot_be_written_is_named(tmp_path: Path, folder: Path, now: FixedClock) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="无法写入行情库文件夹"):
        MarketStore(tmp_path / "file", now).import_path(folder)


def test_an_import_makes_main_the_default(store: MarketStore, folder: Path) -> None:
    assert store.default() == "demo"
    store.import_path(folder)
    assert store.default() == "main"
    (status,) = store.status()
    assert (status.market, status.names, status.first_day, status.last_day) == ("main", 3, "2024-01-02", "2024-03-29")
    assert status.sources == ("bars.parquet", "lists.parquet", "names.csv", "some_index.parquet")
    assert status.size_bytes > 0


def test_health_finds_a_changed_byte_and_a_lost_file(store: MarketStore, folder: Path) -> None:
    store.import_path(folder)
    assert store.health().ok
    market = store.open()
    name = str(market.manifest.panels["close"]["object"])
    path = store.folder("main").path(name)
    body = bytearray(path.read_bytes())
    body[-100] ^= 1
    path.write_bytes(bytes(body))
    found = store.health()
    assert [finding.code for finding in found.findings if finding.level == "fault"] == ["file_changed"]
    path.unlink()
    assert "file_missing" in {finding.code for finding in store.health().findings}
    assert not store.health().ok


def test_health_finds_factors_that_contradict_the_reference_prices(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    bars = frame()
    bars.loc[bars["date"] >= "2024-02-01", "factor"] *= 1.5
    bars.to_parquet(folder / "bars.parquet")
    store.import_path(folder)
    assert "returns_disagree" in {finding.code for finding in store.health().findings if finding.level == "fault"}


@pytest.mark.realdata
@pytest.mark.slow
def test_the_whole_folder_of_real_data_comes_in_and_a_second_time_changes_nothing(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("real") / "market"
    store = MarketStore(root)
    report = store.import_path(real_data)
    rows = {file.name: file.rows for file in report.files}
    assert rows["ashare_daily.parquet"] == 2_253_745
    assert rows["ashare_daily_rest.parquet"] == 1_423_991
    assert rows["index_daily.parquet"] == 114_978
    unused = {file.kind for file in report.files if file.state is FileState.UNUSED}
    assert unused == {"financials", "snapshot", "archive"}
    assert report.rejected_rows < 1000
    assert not store.import_path(real_data).changed
    market = store.open()
    assert len(market.assets) == 3453
    view = market.view("all", "2021-01-04", "2025-06-30", benchmark="hs300")
    j = view.assets.index("600519.SH")
    assert view.fields["raw_close"][int(np.searchsorted(view.days, np.datetime64("2021-02-10"))), j] == 2601.0
    assert view.fields["pre_close"][int(np.searchsorted(view.days, np.datetime64("2023-06-30"))), j] == 1687.8
    assert view.benchmark[int(np.searchsorted(view.days, np.datetime64("2024-10-08")))] == pytest.approx(
        4256.10, abs=0.01
    )
    hs300 = market.view("hs300", "2021-01-01", "2024-12-31")
    assert hs300.universe_meta["is_pit"]
    assert 0.6 < hs300.universe_meta["coverage"] < 0.75
    official = hs300.fields["pct_change"] / 100.0
    assert np.nanmax(np.abs(hs300.fields["returns"] - official)) < 1e-3
    assert market.bars("BTCUSDT.BINANCE.SPOT", "30m")["high"].max() == 126_199.63
    assert store.health().ok
    shutil.rmtree(root)
