"""Features as a frame: Qlib's rows, order and types, from a market or a Qlib folder alike."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests._rig import demo_market

import quantgpt
from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.foundations.errors import (
    BadExpression,
    BadImport,
    BadRequest,
    NoData,
    NotFound,
    UnknownMarket,
    UnknownUniverse,
)
from quantgpt.learning.handlers import RAW
from quantgpt.market import MarketStore
from quantgpt.market.market import Market
from quantgpt.market.qlib_folder import QlibFolder, export_folder, qlib_code
from quantgpt.market.qlib_folder.bins import write_bin
from quantgpt.services import features as service
from quantgpt.services._frames import Runs, stack
from quantgpt.services.handlers import MakeHandler, make_handler

SPAN = ("2022-03-01", "2022-06-30")
FIELDS = [
    "$close",
    "Mean($close,5)",
    "$high/$low-1",
    "Corr($close,Log($volume+1),10)",
    "Ref($close,-2)/Ref($close,-1)-1",
]


@pytest.fixture(scope="module")
def market() -> Market:
    """The demo market."""
    return MarketStore(demo_market()).open("demo")


@pytest.fixture(scope="module")
def folder(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of the demo market's large names as a Qlib folder."""
    path = tmp_path_factory.mktemp("features") / "qlib"
    export_folder(market, path, "hs300", "2021-10-08", "2022-12-30")
    return path


@pytest.fixture
def few(market: Market, tmp_path: Path) -> Path:
    """A few names of the demo market as a Qlib folder of the test's own."""
    export_folder(market, tmp_path / "few", "small_scale", "2021-10-08", "2022-12-30")
    return tmp_path / "few"


def make(source: Any, instruments: Any = "csi300", fields: Any = FIELDS, *span: Any, **how: Any) -> pd.DataFrame:
    start, end = span or SPAN
    return quantgpt.features(instruments, fields, start, end, source=source, **how)


def test_a_frame_has_the_index_and_the_types_of_qlib(market: Market) -> None:
    frame = make(market, ["SZ000858", "600519.SH"], ["$close", "Mean($close,5)"])
    assert frame.index.names == ["instrument", "datetime"]
    assert frame.index.get_level_values(0).unique().tolist() == ["SH600519", "SZ000858"]
    assert frame.columns.tolist() == ["$close", "Mean($close,5)"]
    assert set(frame.dtypes) == {np.dtype(np.float32)}
    assert frame.index.is_monotonic_increasing
    assert frame.index.is_unique
    days = market.days[(market.days >= np.datetime64(SPAN[0])) & (market.days <= np.datetime64(SPAN[1]))]
    assert frame.loc["SH600519"].index.to_numpy().astype("datetime64[D]").tolist() == days.tolist()
    like = pd.MultiIndex.from_product([["SH600519"], pd.DatetimeIndex([pd.Timestamp("2022-03-01")])])
    assert frame.index.dtypes.tolist() == like.dtypes.tolist()


def test_a_frame_keeps_the_matrix_without_a_copy(market: Market) -> None:
    frame = make(market)
    values = frame.to_numpy(copy=False)
    assert np.shares_memory(values, frame["$close"].to_numpy(copy=False))
    assert values.flags.f_contiguous


def test_a_folder_and_its_market_give_the_same_bits(market: Market, folder: Path) -> None:
    fields = [*FIELDS, "$factor", "$change", "$amount", "$vwap/$close", "Std($volume,20)"]
    own, read = make(market, fields=fields), make(folder, fields=fields)
    pd.testing.assert_frame_equal(own, read, check_exact=True)
    assert len(own) > 10_000
    assert own.notna().to_numpy().mean() > 0.9


def test_a_universe_trims_rows_to_memberships_and_a_list_does_not(market: Market) -> None:
    view = market.view("hs300", *SPAN)
    inside = {
        (qlib_code(symbol), pd.Timestamp(str(day)))
        for j, symbol in enumerate(view.assets)
        for day in view.days[view.member[:, j]]
    }
    frame = make(market, "hs300", ["$close"])
    assert set(frame.index) == inside
    codes = frame.index.get_level_values(0).unique().tolist()
    listed = make(market, codes, ["$close"])
    assert len(listed) > len(frame)
    pd.testing.assert_frame_equal(listed.loc[frame.index], frame, check_exact=True)
    assert len(make(market, {"market": "csi300", "filter_pipe": []}, ["$close"])) == len(frame)


def test_spans_by_code_trim_rows(market: Market) -> None:
    spans = {"SH600519": [("2022-03-01", "2022-03-04"), ("2022-06-29", None)], "SZ000858": [(None, "2022-03-01")]}
    frame = make(market, spans, ["Mean($close,5)"])
    assert frame.groupby(level=0).size().to_dict() == {"SH600519": 6, "SZ000858": 1}
    whole = make(market, list(spans), ["Mean($close,5)"])
    pd.testing.assert_frame_equal(whole.loc[frame.index], frame, check_exact=True)


def test_rows_end_where_bars_end(market: Market) -> None:
    facts = market.facts
    late = np.flatnonzero((facts.first_row > 0) & (facts.last_row < market.days.size - 1))[0]
    symbol = market.assets[late]
    frame = quantgpt.features([symbol], ["$close", "Mean($close,5)"], source=market)
    assert len(frame) == facts.last_row[late] - facts.first_row[late] + 1
    assert frame.index[0][1] == pd.Timestamp(str(market.days[facts.first_row[late]]))
    assert frame.iloc[0, 0] == 1.0


def test_planes_and_frame_agree(market: Market) -> None:
    block = quantgpt.features("csi300", FIELDS, *SPAN, source=market, frame=False)
    frame = make(market)
    assert block.values.shape == (len(FIELDS), len(block.days), len(block.codes))
    assert block.values.dtype == np.float32
    assert block.member.sum() == len(frame)
    for f, name in enumerate(block.names):
        np.testing.assert_array_equal(block.values[f].T[block.member.T], frame[name].to_numpy())
    rows = np.arange(len(block.days))[:, None]
    absent = (rows < block.first) | (rows > block.last)
    assert np.isnan(block.values[:, absent]).all()


def test_blocks_of_instruments_and_threads_change_no_bit(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make(market, threads=1)
    monkeypatch.setattr(service, "BLOCK_BYTES", 1)
    pd.testing.assert_frame_equal(make(market, threads=3), whole, check_exact=True)


def test_names_may_be_given_and_columns_may_repeat(market: Market) -> None:
    frame = make(market, ["SH600519"], {"A": "$close", "B": "$open", "C": "$close"})
    assert frame.columns.tolist() == ["A", "B", "C"]
    pd.testing.assert_series_equal(frame["A"], frame["C"], check_names=False)
    twice = make(market, ["SH600519"], ["$close", "$open", "$close"])
    assert twice.columns.tolist() == ["$close", "$open", "$close"]
    np.testing.assert_array_equal(twice.to_numpy(), frame[["A", "B", "A"]].to_numpy())


def test_a_library_is_named(market: Market) -> None:
    frame = make(market, ["SH600519", "SZ000858"], "Alpha158")
    assert frame.shape[1] == 158
    assert frame.columns[:2].tolist() == ["KMID", "KLEN"]
    with pytest.raises(NotFound) as caught:
        make(market, ["SH600519"], "alpha15")
    assert caught.value.nearest == "alpha158"


def test_another_instrument_may_be_named_inside(market: Market) -> None:
    expression = "ChangeInstrument('SH000300', $close/Ref($close,1)-1)"
    frame = make(market, ["SH600519"], [expression])
    level = market.index_close("000300.SH")
    returns = pd.Series(level[1:] / level[:-1] - 1, pd.DatetimeIndex(market.days[1:]))
    np.testing.assert_allclose(frame[expression], returns.loc[slice(*SPAN)], rtol=0, atol=3e-7)


def test_an_index_is_an_instrument(market: Market, folder: Path) -> None:
    frame = make(market, ["000300.SH"], ["$close/$factor"])
    level = pd.Series(market.index_close("000300.SH"), pd.DatetimeIndex(market.days))
    np.testing.assert_allclose(frame.iloc[:, 0], level.loc[slice(*SPAN)], rtol=3e-7)
    pd.testing.assert_frame_equal(make(folder, ["SH000300"], ["$close/$factor"]), frame, check_exact=True)


def test_a_value_may_depend_on_the_first_row_asked_for(market: Market) -> None:
    fields = ["Delta($close,3)", "Mean($close,3)"]
    early, late = make(market, ["SH600519"], fields, "2022-01-04", SPAN[1]), make(market, ["SH600519"], fields)
    assert np.isnan(late.iloc[0, 0])
    assert not np.isnan(early.loc[late.index].iloc[0, 0])
    pd.testing.assert_frame_equal(early.loc[late.index].iloc[1:], late.iloc[1:], check_exact=True)


def test_our_dialect_compares_the_names_that_tests_compare(market: Market) -> None:
    fields = ["rank(volume)", "ts_mean(rank(volume), 5)", "ts_mean(close, 5)"]
    frame = make(market, "hs300", fields, dialect="quantgpt")
    view = market.view("hs300", *SPAN, warmup=10)
    wanted = evaluate([compile_expression(text) for text in fields], EvalInputs.of(view))
    member = view.member[view.first :]
    order = np.argsort([qlib_code(symbol) for symbol in view.assets])
    for text, panel in zip(fields, wanted, strict=True):
        own = panel[view.first :].T[order][member.T[order]]
        np.testing.assert_allclose(frame[text], own, rtol=2e-6)


def test_what_lies_beyond_the_calendar_is_cut_off(market: Market) -> None:
    frame = quantgpt.features(["SH600519"], ["$close"], "1990-01-01", pd.Timestamp("2090-01-01"), source=market)
    assert len(frame) == market.days.size
    for span, words in (
        (("2022-03-05", "2022-03-06"), "没有交易日"),
        (("2022-03-05", "2022-03-01"), "晚于"),
        (("yesterday", None), "start"),
        ((None, "2022-02-30"), "end"),
        (("2091-01-01", None), "晚于"),
    ):
        with pytest.raises(BadRequest, match=words):
            quantgpt.features(["SH600519"], ["$close"], *span, source=market)


@pytest.mark.parametrize(
    ("instruments", "fields", "error", "words"),
    [
        ("csi300", ["$clsoe"], BadExpression, "close"),
        ("csi300", ["Mea($close,5)"], BadExpression, "Mean"),
        ("csi300", [], BadRequest, "fields"),
        ("csi300", [1], BadRequest, "fields"),
        ("csi300", "$close", BadRequest, "in a list"),
        ("csi30", ["$close"], UnknownUniverse, "csi30"),
        (7, ["$close"], BadRequest, "instruments"),
        (b"SH600519", ["$close"], BadRequest, "instruments"),
        ([b"SH600519"], ["$close"], BadRequest, "instruments"),
        (["SH600519", None], ["$close"], BadRequest, "instruments"),
        ({600519: (None, None)}, ["$close"], BadRequest, "instruments"),
        ({"SH600519": None}, ["$close"], BadRequest, "SH600519"),
        (["csi300"], ["$close"], BadRequest, 'instruments="csi300"'),
        ("SH999999", ["$close"], NotFound, "in a list"),
        ("000858", ["$close"], NotFound, 'instruments=["SZ000858"]'),
        (["SH601999"], ["$close"], NotFound, "SH601999"),
        (["SH600519", "SH000300"], ["$volume"], NoData, "SH000300"),
        ({"SH600519": ["2022-01-01"]}, ["$close"], BadRequest, "SH600519"),
        ({"SH600519": 2022}, ["$close"], BadRequest, "SH600519"),
        ({"market": "csi300", "filter_pipe": [1]}, ["$close"], BadRequest, "filter_pipe"),
        (["SH600519"], ["ChangeInstrument('SH601999', $close)"], NotFound, "SH601999"),
    ],
)
def test_a_bad_request_names_its_place(
    market: Market, instruments: Any, fields: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as caught:
        make(market, instruments, fields)
    assert words in str(caught.value)


def test_what_is_near_is_named(market: Market, folder: Path) -> None:
    for source in (market, folder):
        for text, nearest in (("csi30", "csi300"), ("000858", "SZ000858"), ("600519", "SH600519")):
            with pytest.raises(NotFound) as caught:
                make(source, text)
            assert caught.value.nearest == nearest


def test_universes_are_written_in_any_case(market: Market, folder: Path) -> None:
    for source in (market, folder):
        for name, usual in (("CSI300", "csi300"), ("ALL", "all"), ("HS300", "hs300")):
            pd.testing.assert_frame_equal(make(source, name, ["$close"]), make(source, usual, ["$close"]))


def test_nobody_gives_an_empty_frame(market: Market, folder: Path) -> None:
    early = {"SH600519": [("2021-11-01", "2021-11-30")]}
    for source in (market, folder):
        for nobody in ([], {}, (), {"SH600519": []}, early):
            frame = make(source, nobody, ["$close", "Mean($volume,5)"])
            assert frame.shape == (0, 2)
            assert set(frame.dtypes) == {np.dtype(np.float32)}
            assert frame.index.names == ["instrument", "datetime"]
            assert make(source, nobody, ["$close"], frame=False).values.shape[2] == 0


def test_spans_of_one_code_in_two_spellings_are_joined(market: Market) -> None:
    spans = {"SH600519": [("2022-03-01", "2022-03-02")], "600519.SH": [("2022-03-02", "2022-03-04")]}
    assert len(make(market, spans, ["$close"])) == 4


def test_dates_with_a_time_zone_count_by_its_clock(market: Market) -> None:
    wanted = make(market, ["SH600519"], ["$close"])
    zoned = [
        tuple(pd.Timestamp(day, tz=zone) + pd.Timedelta(late) for day, late in zip(SPAN, ("0h", "23h"), strict=True))
        for zone in ("Asia/Shanghai", "America/New_York", "UTC")
    ]
    texts = [
        (f"{SPAN[0]}T09:30:00+08:00", f"{SPAN[1]} 15:00:00+08:00"),
        (f"{SPAN[0]}T00:00:00Z", f"{SPAN[1]}T00:00:00Z"),
    ]
    for span in (*zoned, *texts):
        pd.testing.assert_frame_equal(make(market, ["SH600519"], ["$close"], *span), wanted)


@pytest.mark.parametrize("threads", ["2", 0, -1, 1.5, True])
def test_a_number_of_threads_that_is_none_is_refused(market: Market, threads: Any) -> None:
    with pytest.raises(BadRequest, match="threads"):
        make(market, ["SH600519"], ["$close"], threads=threads)


@pytest.mark.parametrize("source", ["a/" * 2500, "/" + "a" * 5000, "~nobody_of_that_name/data", "a\0/b"])
def test_a_path_that_cannot_be_is_refused(source: str) -> None:
    with pytest.raises(BadImport) as caught:
        make(source, ["SH600519"])
    assert len(str(caught.value)) < 500


def test_a_source_or_a_frequency_of_another_type_is_refused(market: Market) -> None:
    with pytest.raises(BadRequest, match="source"):
        quantgpt.features(["SH600519"], ["$close"], source=5)  # type: ignore[call-overload]
    with pytest.raises(BadRequest, match="freq"):
        quantgpt.features(["SH600519"], ["$close"], source=market, freq=None)  # type: ignore[call-overload]
    with pytest.raises(BadRequest, match="freq"):
        quantgpt.features(["SH600519"], ["$close"], source=market, freq=1)  # type: ignore[call-overload]


def test_a_field_missing_for_some_is_an_error_or_a_warning_on_request(few: Path) -> None:
    codes = ["SH600519", "SZ000858"]
    before = make(few, codes, ["$open/$close"])
    (few / "features" / "sh600519" / "open.day.bin").unlink()
    with pytest.raises(NoData, match="SH600519"):
        make(few, codes, ["$open/$close"])
    make(few, codes, ["$close"])
    with pytest.warns(UserWarning, match="SH600519"):
        frame = make(QlibFolder.open(few, missing="nan"), codes, ["$open/$close"])
    assert frame.loc["SH600519"].isna().all().item()
    pd.testing.assert_frame_equal(frame.loc[["SZ000858"]], before.loc[["SZ000858"]])


def test_a_damaged_folder_gives_no_frame(few: Path) -> None:
    path = few / "features" / "sh600519" / "close.day.bin"
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(BadImport, match=r"features/sh600519/close\.day\.bin"):
        make(few, "all")


def test_the_source_is_a_market_by_name_or_a_path(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, market: Market
) -> None:
    from quantgpt import api

    home = tmp_path / "home"
    home.mkdir()
    (home / "market").symlink_to(demo_market())
    monkeypatch.setenv("QUANTGPT_HOME", str(home))
    api._app.cache_clear()
    try:
        wanted = make(market, ["SH600519"], ["$close"])
        for source in (None, "demo", str(folder), folder):
            pd.testing.assert_frame_equal(make(source, ["SH600519"], ["$close"]), wanted)
        monkeypatch.chdir(folder.parent)
        pd.testing.assert_frame_equal(make("qlib", "SH600519", ["$close"]), wanted)
        with pytest.raises(UnknownMarket):
            make("nowhere", ["SH600519"], ["$close"])
        with pytest.raises(BadImport, match="不存在"):
            make("./nowhere", ["SH600519"], ["$close"])
    finally:
        api._app.cache_clear()


def test_minute_bars_of_a_folder_have_times(folder: Path, tmp_path: Path) -> None:
    for part in ("calendars", "instruments", "features/sh600519"):
        (tmp_path / "m" / part).mkdir(parents=True)
    times = pd.date_range("2024-01-02 09:31", periods=240, freq="min")
    (tmp_path / "m" / "calendars" / "1min.txt").write_text("".join(f"{t}\n" for t in times))
    write_bin(tmp_path / "m" / "features" / "sh600519" / "close.1min.bin", 0, np.arange(1.0, 241.0))
    frame = quantgpt.features(
        ["SH600519"], ["Mean($close,3)"], "2024-01-02 10:00:00", source=tmp_path / "m", freq="1min"
    )
    assert frame.index[0][1] == pd.Timestamp("2024-01-02 10:00")
    assert frame.iloc[0, 0] == 29.0
    assert len(frame) == 211
    (tmp_path / "m" / "features" / "sh600519" / "close.1min.bin").unlink()
    for nobody in ([], ["SH600519"]):
        with pytest.raises(NoData, match=r"没有 \*\.1min\.bin"):
            quantgpt.features(nobody, ["$close"], source=tmp_path / "m", freq="1min")


def test_a_handler_on_a_market_has_its_features(market: Market) -> None:
    ask = MakeHandler(kind="Alpha158", instruments="csi300", start=SPAN[0], end=SPAN[1], source=market)
    handler = make_handler(lambda name: market, ask)
    own = handler.fetch(None, "feature", RAW, as_frame=True)
    wanted = make(market, "csi300", "alpha158")
    assert len(own) == len(wanted)
    for name in ("KMID", "CORR60", "VSUMD60"):
        np.testing.assert_array_equal(own[name].swaplevel().sort_index().to_numpy(), wanted[name].to_numpy())


def test_a_handler_reads_what_its_label_needs(market: Market) -> None:
    names = ["SH600519", "SZ000858"]
    settings = {
        "label": "Ref($open,-11)/Ref($open,-1)-1",
        "features": {"rolling": {"windows": [90], "include": ["MA"]}},
    }
    ask = MakeHandler(kind="Alpha158", instruments=names, start=SPAN[0], end=SPAN[1], source=market, settings=settings)
    handler = make_handler(lambda name: market, ask)
    label = handler.fetch(None, "label", RAW, as_frame=True).iloc[:, 0].swaplevel().sort_index()
    wanted = make(market, names, [settings["label"], "Mean($close,90)/$close"])
    np.testing.assert_array_equal(label.to_numpy(), wanted.iloc[:, 0].to_numpy())
    mean = handler.fetch(None, "feature", RAW, as_frame=True)["MA90"].swaplevel().sort_index()
    np.testing.assert_array_equal(mean.to_numpy(), wanted.iloc[:, 1].to_numpy())


def test_an_unknown_handler_is_refused(market: Market) -> None:
    with pytest.raises(BadRequest) as caught:
        make_handler(lambda name: market, MakeHandler(kind="Alpha159", source=market))
    assert caught.value.nearest == "Alpha158"


def test_runs_of_one_tile_of_columns_are_copied_whole() -> None:
    rng = np.random.default_rng(3)
    planes = rng.standard_normal((3, 150, 37)).astype(np.float32)
    column, start, length = [], [], []
    for j in range(37):
        edges = np.sort(rng.choice(151, 4, replace=False))
        for a, b in ((edges[0], edges[1]), (edges[2], edges[3])):
            column.append(j)
            start.append(int(a))
            length.append(int(b - a))
    runs = Runs.of(column, start, length)
    wanted = np.concatenate([planes[:, a : a + n, j] for j, a, n in zip(column, start, length, strict=True)], axis=1)
    for threads in (1, 2):
        out = np.full((3, runs.total), np.nan, np.float32)
        stack(planes, runs, out, threads)
        np.testing.assert_array_equal(out, wanted)
    out = np.full((3, runs.total), np.nan, np.float32)
    for low in range(0, 37, 10):
        stack(planes[:, :, low : low + 10], runs.within(low, low + 10), out, 1)
    np.testing.assert_array_equal(out, wanted)


def test_frames_made_at_the_same_time_do_not_disturb_each_other(market: Market) -> None:
    wanted = make(market, "csi300", FIELDS[:3], threads=1)
    made: list[pd.DataFrame] = []
    workers = [
        threading.Thread(target=lambda: made.append(make(market, "csi300", FIELDS[:3], threads=2))) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(made) == 4
    for frame in made:
        pd.testing.assert_frame_equal(frame, wanted, check_exact=True)


def test_a_frame_without_rows_is_empty_and_float32(market: Market) -> None:
    facts = market.facts
    gone = np.flatnonzero(facts.last_row < market.days.size - 300)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = quantgpt.features([market.assets[gone]], ["$close"], str(market.days[-50]), source=market)
    assert frame.shape == (0, 1)
    assert frame.index.names == ["instrument", "datetime"]
    assert frame.dtypes.iloc[0] == np.float32
