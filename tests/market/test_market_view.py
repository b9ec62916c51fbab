"""Views: point-in-time members, adjusted and raw fields, spans that are clipped or refused."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantgpt.foundations.clock import FixedClock
from quantgpt.foundations.errors import BadRequest, NoData, NotFound, UnknownMarket, UnknownUniverse
from quantgpt.foundations.fields import FIELDS
from quantgpt.market import Market, MarketStore
from quantgpt.market.boards import board_code, board_codes

NOW = FixedClock(datetime(2024, 6, 3, 12, 0, tzinfo=UTC))


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory, make_files) -> MarketStore:  # type: ignore[no-untyped-def]
    """A store whose market has a suspension, a dividend and an unknown amount."""
    root = tmp_path_factory.mktemp("views")
    folder = root / "files"
    folder.mkdir()
    bars = make_files(folder)
    pause = (bars["code"] == "000001.SZ") & bars["date"].between("2024-01-10", "2024-01-11")
    still = bars.loc[(bars["code"] == "000001.SZ") & (bars["date"] == "2024-01-09"), "close"].item()
    bars.loc[pause, ["open", "high", "low", "close", "pre_close"]] = still
    bars.loc[pause, ["volume", "amount"]] = 0
    bars.loc[pause, "turn"] = np.nan
    after = (bars["code"] == "000001.SZ") & (bars["date"] == "2024-01-12")
    bars.loc[after, "pre_close"] = still
    ex = (bars["code"] == "600000.SH") & (bars["date"] >= "2024-02-01")
    bars.loc[ex, ["open", "high", "low", "close", "pre_close"]] = (
        bars.loc[ex, ["open", "high", "low", "close", "pre_close"]] / 2
    ).round(2)
    bars.loc[ex, "factor"] *= 2
    bars.loc[ex, "amount"] /= 2
    bars.loc[(bars["code"] == "300001.SZ") & (bars["date"] == "2024-01-05"), "amount"] = np.nan
    bars.to_parquet(folder / "bars.parquet")
    store = MarketStore(root / "market", NOW)
    store.import_path(folder)
    return store


@pytest.fixture(scope="module")
def market(stocked: MarketStore) -> Market:
    """That market, opened."""
    return stocked.open()


def column(view, symbol: str) -> int:  # type: ignore[no-untyped-def]
    return view.assets.index(symbol)


def row(view, day: str) -> int:  # type: ignore[no-untyped-def]
    return int(np.searchsorted(view.days, np.datetime64(day)))


def test_assets_come_in_the_order_that_breaks_ties(market: Market) -> None:
    assert market.assets == ("600000.SH", "000001.SZ", "300001.SZ")
    assert market.view("all", "2024-01-02", "2024-03-29").assets == market.assets


def test_membership_includes_both_ends_of_a_spell(market: Market) -> None:
    view = market.view("hs300", "2024-01-02", "2024-03-29")
    member = view.member[:, column(view, "000001.SZ")]
    assert member[row(view, "2024-01-15")]
    assert not member[row(view, "2024-01-16")]
    assert not member[row(view, "2024-01-31")]
    assert member[row(view, "2024-02-01")]
    assert "300001.SZ" not in view.assets


def test_members_without_prices_are_named(market: Market) -> None:
    meta = market.view("hs300", "2024-01-02", "2024-03-29").universe_meta
    assert meta["missing"] == ["600999.SH"]
    assert meta["members_ever"] == 3
    assert meta["loaded"] == 2
    assert 0.5 < meta["coverage"] < 0.7
    assert meta["is_pit"]
    assert meta["industry_pit"] is False
    assert "members_without_prices" in {entry["code"] for entry in meta["notices"]}


def test_a_suspended_session_is_missing_in_prices_but_keeps_reference_and_factor(market: Market) -> None:
    view = market.view("all", "2024-01-02", "2024-03-29")
    t, j = row(view, "2024-01-10"), column(view, "000001.SZ")
    for name in ("open", "close", "volume", "amount", "vwap", "returns", "raw_open", "raw_close", "pct_change", "cap"):
        assert np.isnan(view.fields[name][t, j]), name
    for name in ("pre_close", "factor", "shares"):
        assert np.isfinite(view.fields[name][t, j]), name
    assert not view.traded[t, j]
    assert view.traded[t - 1, j]


def test_returns_after_a_suspension_start_from_the_last_traded_close(market: Market) -> None:
    view = market.view("all", "2024-01-02", "2024-03-29")
    t, j = row(view, "2024-01-12"), column(view, "000001.SZ")
    close = view.fields["close"]
    assert view.fields["returns"][t, j] == pytest.approx(close[t, j] / close[row(view, "2024-01-09"), j] - 1, abs=1e-15)


def test_prices_are_adjusted_from_the_first_stored_bar_on(market: Market) -> None:
    view = market.view("all", "2024-01-02", "2024-03-29")
    j, before, after = column(view, "600000.SH"), row(view, "2024-01-31"), row(view, "2024-02-01")
    for name in ("open", "high", "low", "close"):
        raw = view.fields[f"raw_{name}"]
        assert view.fields[name][before, j] == raw[before, j]
        assert view.fields[name][after, j] == raw[after, j] * 2
    assert view.fields["volume"][after, j] == view.fields["raw_volume"][after, j] / 2
    assert view.fields["vwap"][after, j] == pytest.approx(
        view.fields["amount"][after, j] / view.fields["raw_volume"][after, j] * 2
    )
    assert view.fields["pct_change"][after, j] == pytest.approx(view.fields["returns"][after, j] * 100, abs=0.1)


def test_a_later_start_changes_no_value(market: Market) -> None:
    early = market.view("all", "2024-01-02", "2024-03-29")
    late = market.view("all", "2024-03-01", "2024-03-29", warmup=3)
    assert late.first == 3
    for name in early.fields:
        assert np.array_equal(early.fields[name][-late.days.size :], late.fields[name], equal_nan=True), name


def test_unknown_amount_makes_vwap_missing_and_float_value_follows_turnover(market: Market) -> None:
    view = market.view("all", "2024-01-02", "2024-03-29")
    t, j = row(view, "2024-01-05"), column(view, "300001.SZ")
    assert np.isnan(view.fields["vwap"][t, j])
    assert view.fields["shares"][t, j] == pytest.approx(3_000_000 / 0.5 * 100)
    assert view.fields["cap"][t, j] == pytest.approx(view.fields["raw_close"][t, j] * view.fields["shares"][t, j])


def test_calendar_fields_speak_of_the_session(market: Market) -> None:
    view = market.view("all", "2024-01-02", "2024-03-29")
    t = row(view, "2024-02-29")
    assert [view.fields[name][t, 0] for name in ("day", "weekday", "month")] == [29.0, 3.0, 2.0]


def test_fields_are_read_only_contiguous_and_of_the_vocabulary(market: Market) -> None:
    view = market.view("all", "2024-01-02", "2024-03-29")
    assert set(view.fields) <= set(FIELDS)
    close = view.fields["close"]
    assert close.flags["C_CONTIGUOUS"]
    assert close is view.fields["close"]
    with pytest.raises(ValueError, match="read-only"):
        close[0, 0] = 1.0
    with pytest.raises(NoData, match="pe_ttm"):
        view.fields["pe_ttm"]
    with pytest.raises(KeyError):
        view.fields["nonsense"]
    assert "pe_ttm" not in market.expression_fields()
    assert {"close", "cap", "vwap", "day"} <= market.expression_fields()
    assert "factor" not in market.expression_fields()


def test_age_counts_sessions_since_listing(market: Market) -> None:
    view = market.view("all", "2024-01-02", "2024-03-29")
    assert view.age[:3, column(view, "300001.SZ")].tolist() == [0, 1, 2]
    assert view.age[0, column(view, "600000.SH")] > 5000
    assert not view.eligible[:50, column(view, "300001.SZ")].any()


def test_the_benchmark_is_aligned_to_the_sessions(market: Market) -> None:
    view = market.view("all", "2024-01-03", "2024-03-29", benchmark="hs300")
    assert view.benchmark_name == "沪深300"
    assert view.benchmark.shape == view.days.shape
    assert view.benchmark[-1] == 3500.0
    assert view.benchmark.dtype == np.float64
    absent = market.view("all", "2024-01-03", "2024-03-29", benchmark="sz50")
    assert np.isnan(absent.benchmark).all()
    assert any("上证50" in line for line in absent.warnings)


def test_an_end_beyond_the_data_is_clipped_and_said(market: Market) -> None:
    view = market.view("all", "2024-01-02", "2024-06-30")
    assert str(view.days[-1]) == "2024-03-29"
    (clipped,) = [entry for entry in view.universe_meta["notices"] if entry["code"] == "end_clipped"]
    assert clipped["args"] == {"asked": "2024-06-30", "used": "2024-03-29"}
    assert market.view("all", "2024-01-02", "2024-03-31").warnings == ()


def test_too_little_history_for_the_warm_up_is_said(market: Market) -> None:
    view = market.view("all", "2024-01-10", "2024-03-29", warmup=50)
    assert view.first == 6
    assert any("预热" in line for line in view.warnings)


@pytest.mark.parametrize(
    ("start", "end", "field", "nearest", "words"),
    [
        ("2024-03-01", "2024-03-01", "start_date", "2024-02-29", "开始日期必须早于结束日期"),
        ("2024-03-02", "2024-03-01", "start_date", "2024-02-29", "开始日期必须早于结束日期"),
        ("2001-01-01", "2024-03-01", "start_date", "2024-01-02", "日期范围不能超过 10 年"),
        ("2024-04-01", "2024-04-30", "start_date", "2024-03-29", "最后一个交易日"),
        ("2023-06-01", "2023-12-01", "end_date", "2024-01-02", "第一个交易日"),
        ("2023-12-28", "2024-02-01", "start_date", "2024-01-02", "第一个交易日"),
        ("2024-02-10", "2024-02-12", "start_date", "2024-02-19", "没有交易日"),
        ("2024/02/10", "2024-02-12", "start_date", None, "YYYY-MM-DD"),
        ("2024-02-30", "2024-03-12", "start_date", "2024-02-29", "不是有效日期"),
        ("2024-02-01", "x" * 5000, "end_date", None, "YYYY-MM-DD"),
    ],
)
def test_dates_that_cannot_be_used_are_named_with_the_nearest_valid_one(
    market: Market, start: str, end: str, field: str, nearest: str | None, words: str
) -> None:
    with pytest.raises(BadRequest, match=words) as caught:
        market.view("all", start, end)
    assert caught.value.field == field
    assert caught.value.nearest == nearest
    assert len(str(caught.value)) < 300


def test_a_holiday_before_the_first_bar_is_a_valid_start(market: Market) -> None:
    assert market.view("all", "2024-01-01", "2024-03-29").first == 0


def test_unknown_names_come_with_the_nearest_known_one(market: Market, stocked: MarketStore) -> None:
    with pytest.raises(UnknownUniverse, match="hs30") as universe:
        market.view("hs30", "2024-01-02", "2024-03-29")
    assert universe.value.nearest == "hs300"
    with pytest.raises(NoData, match="csi500"):
        market.view("csi500", "2024-01-02", "2024-03-29")
    with pytest.raises(BadRequest, match="hs30O") as benchmark:
        market.view("all", "2024-01-02", "2024-03-29", benchmark="hs30O")
    assert benchmark.value.nearest == "hs300"
    with pytest.raises(NoData, match="没有有行情的成分股"):
        market.view("small_scale", "2024-01-02", "2024-03-29")
    with pytest.raises(UnknownMarket, match="mian") as unknown:
        stocked.open("mian")
    assert unknown.value.nearest == "main"
    with pytest.raises(BadRequest):
        stocked.open("../main")
    with pytest.raises(NotFound):
        stocked.open("main", "0" * 12)


def test_raw_panels_are_memory_mapped_with_rows_of_whole_cache_lines(market: Market) -> None:
    raw = market.raw("close")
    assert raw.shape == (market.days.size, 3)
    assert raw.strides[0] % 64 == 0
    assert not raw.flags.writeable
    with pytest.raises(NoData):
        market.raw("vwap")


def test_opening_imports_no_heavy_library(market: Market, stocked: MarketStore) -> None:
    import subprocess
    import sys

    code = (
        "import sys, pathlib; from quantgpt.market import MarketStore;"
        f"m = MarketStore(pathlib.Path({str(stocked.root)!r})).open();"
        "v = m.view('hs300', '2024-01-02', '2024-03-29', benchmark='hs300'); v.fields['close'];"
        "print(sorted({'pandas', 'pyarrow', 'numba', 'scipy', 'holidays'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_a_name_whose_bars_end_is_delisted_on_its_last_one(store: MarketStore, folder: Path, frame) -> None:  # type: ignore[no-untyped-def]
    bars = frame()
    bars[(bars["code"] != "000001.SZ") | (bars["date"] <= pd.Timestamp("2024-02-20"))].to_parquet(
        folder / "bars.parquet"
    )
    store.import_path(folder)
    view = store.open().view("all", "2024-01-02", "2024-03-29")
    j = column(view, "000001.SZ")
    assert str(view.delist_day[j]) == "2024-02-20"
    assert (view.age[row(view, "2024-02-21") :, j] == -1).all()
    assert not view.member[row(view, "2024-02-21") :, j].any()
    assert np.isnan(view.fields["factor"][row(view, "2024-02-21") :, j]).all()
    assert np.isnan(view.fields["shares"][row(view, "2024-02-21") :, j]).all()


def test_boards_follow_the_prefix_of_the_code() -> None:
    codes = ("600000.SH", "688001.SH", "000001.SZ", "300001.SZ", "302132.SZ", "920001.BJ", "830001.BJ")
    assert board_codes(codes).tolist() == [0, 2, 0, 1, 1, 3, 3]
    assert [board_code(code) for code in ("000300.SH", "399001.SZ", "510300.SH", "900901.SH", "200011.SZ")] == [
        None
    ] * 5


def test_boards_are_counted_as_the_rulebook_counts_them() -> None:
    from quantgpt.trading.boards import board_of

    for code in (
        "600000.SH",
        "605001.SH",
        "688001.SH",
        "689009.SH",
        "000001.SZ",
        "003001.SZ",
        "301001.SZ",
        "920001.BJ",
    ):
        assert board_code(code) == int(board_of(code))


def test_a_market_of_one_bar_or_of_suspended_names_can_be_read(store: MarketStore, tmp_path: Path, frame) -> None:  # type: ignore[no-untyped-def]
    frame().iloc[:1].to_parquet(tmp_path / "one.parquet")
    store.import_path(tmp_path / "one.parquet")
    view = store.open().view("all", "2024-01-01", "2024-01-03")
    assert view.fields["close"].shape == (1, 1)
    assert np.isnan(view.fields["returns"]).all()
    assert store.health().ok
    still = frame().assign(volume=0, amount=0.0)
    for name in ("open", "high", "low", "pre_close"):
        still[name] = still["close"]
    still.to_parquet(tmp_path / "still.parquet")
    store.import_path(tmp_path / "still.parquet", market="still")
    view = store.open("still").view("all", "2024-01-02", "2024-03-29")
    assert not view.traded.any()
    assert np.isnan(view.fields["close"]).all()


def test_indices_without_stocks_are_kept_until_stocks_come(store: MarketStore, tmp_path: Path, make_files) -> None:  # type: ignore[no-untyped-def]
    bars = make_files(tmp_path)
    store.import_path(tmp_path / "some_index.parquet")
    assert store.open().days.size == 58
    with pytest.raises(NoData, match="没有股票日线"):
        store.open().view("all", "2024-01-02", "2024-03-29")
    bars.to_parquet(tmp_path / "bars.parquet")
    store.import_path(tmp_path / "bars.parquet")
    view = store.open().view("all", "2024-01-02", "2024-03-29", benchmark="hs300")
    assert np.isfinite(view.benchmark).all()
