"""An export of a market: Qlib's conventions, whole or not there at all, never over somebody else's files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests._rig import demo_market

from quantgpt.faces.cli.main import main
from quantgpt.foundations.errors import (
    BadImport,
    BadRequest,
    Conflict,
    DiskFull,
    NoData,
    NotFound,
    Unavailable,
    UnknownUniverse,
)
from quantgpt.market import MarketStore
from quantgpt.market.market import Market
from quantgpt.market.qlib_folder import QlibFolder, QlibMarket, export_folder, our_symbol, qlib_code, writing
from quantgpt.market.qlib_folder.instruments import MARKER
from quantgpt.services import data

SPAN = ("2022-01-04", "2022-12-30")
Tree = Callable[[Path], dict[str, str]]


@pytest.fixture(scope="module")
def market() -> Market:
    """The demo market."""
    return MarketStore(demo_market()).open("demo")


@pytest.fixture(scope="module")
def exported(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One year of the demo market's large names."""
    path = tmp_path_factory.mktemp("export") / "qlib"
    made = export_folder(market, path, "hs300", *SPAN)
    assert made.path == str(path)
    return path


def test_the_folder_holds_the_panels_of_the_market_to_the_bit(market: Market, exported: Path) -> None:
    folder, source = QlibFolder.open(exported), QlibMarket(market)
    codes = tuple(sorted(folder.membership("all").spans))
    rows = slice(*np.searchsorted(market.days, [folder.sessions()[0], folder.sessions()[-1] + 1]).tolist())
    fields = sorted(folder.known_fields(codes))
    assert fields == sorted(["open", "high", "low", "close", "volume", "vwap", "change", "factor", "amount"])
    read, own = folder.panels(codes, fields), source.panels(codes, fields, "day", rows)
    for name in fields:
        np.testing.assert_array_equal(read.fields[name], own.fields[name])
    np.testing.assert_array_equal(read.first, own.first)
    np.testing.assert_array_equal(read.last, own.last)
    assert folder.membership("csi300").spans.keys() == set(codes)


def test_prices_begin_at_one_and_the_factor_gives_the_traded_ones_back(market: Market) -> None:
    source = QlibMarket(market)
    codes = source.codes[::40]
    found = source.panels(codes, ("close", "open", "volume", "factor", "change", "vwap", "amount"))
    columns = [market.assets.index(our_symbol(code)) for code in codes]
    close = found.fields["close"].astype(float)
    traded = np.isfinite(close)
    first = [series[np.isfinite(series)][0] for series in close.T if np.isfinite(series).any()]
    np.testing.assert_array_equal(first, 1.0)
    factor = found.fields["factor"].astype(float)
    wanted = market.raw("close")[:, columns]
    np.testing.assert_allclose((close / factor)[traded], wanted[traded], rtol=3e-7)
    shares = found.fields["volume"].astype(float) * factor
    np.testing.assert_allclose(shares[traded], market.raw("volume")[:, columns][traded], rtol=3e-7)
    np.testing.assert_allclose(
        (found.fields["vwap"].astype(float) * found.fields["volume"])[traded],
        found.fields["amount"][traded],
        rtol=5e-7,
    )
    for panel in found.fields.values():
        assert np.isnan(panel[~traded]).all()
    series = pd.DataFrame(close).ffill()
    np.testing.assert_allclose(
        found.fields["change"][traded], (series / series.shift() - 1).to_numpy()[traded], rtol=0, atol=3e-7
    )


def test_a_span_keeps_the_scale_of_the_whole_store(market: Market, exported: Path) -> None:
    folder = QlibFolder.open(exported)
    code = sorted(folder.membership("all").spans)[0]
    whole = QlibMarket(market).panels((code,), ("close",))
    here = folder.panels((code,), ("close",))
    at = np.isin(whole.days, here.days)
    np.testing.assert_array_equal(here.fields["close"], whole.fields["close"][at])


def test_indices_are_instruments_but_not_in_all(market: Market, exported: Path) -> None:
    folder = QlibFolder.open(exported)
    assert set(folder.membership("index").spans) == {"SH000300", "SH000905", "SH000016"}
    assert not set(folder.membership("all").spans) & set(folder.membership("index").spans)
    found = folder.panels(("SH000300",), ("close", "factor"))
    level = (found.fields["close"].astype(float) / found.fields["factor"])[:, 0]
    wanted = market.index_close("000300.SH")[np.isin(market.days, found.days)]
    np.testing.assert_allclose(level, wanted, rtol=3e-7)


def test_a_universe_is_written_only_with_all_its_members(market: Market, exported: Path, tmp_path: Path) -> None:
    assert json.loads((exported / MARKER).read_text())["universes"] == ["all", "index", "csi300"]
    made = export_folder(market, tmp_path / "few", "small_scale", *SPAN)
    assert (made.universes, made.left_out) == (("all", "index"), ("csi1000", "csi500", "csi300"))


def test_spells_of_an_index_are_those_of_the_market(market: Market, exported: Path) -> None:
    view = market.view("hs300", *SPAN)
    codes = tuple(qlib_code(symbol) for symbol in view.assets)
    spells = QlibFolder.open(exported).membership("csi300")
    assert set(spells.spans) == {code for code, held in zip(codes, view.member.any(axis=0), strict=True) if held}
    np.testing.assert_array_equal(spells.mask(codes, slice(0, view.days.size)), view.member)


def test_an_imported_market_is_exported_with_every_spell(store: MarketStore, folder: Path, tmp_path: Path) -> None:
    store.import_path(folder)
    made = export_folder(store.open("main"), tmp_path / "out")
    assert (made.stocks, made.indices, made.universes) == (3, 1, ("all", "index", "csi300"))
    lines = (tmp_path / "out" / "instruments" / "csi300.txt").read_text().splitlines()
    assert lines == [
        "SH600000\t2024-01-02\t2024-03-29",
        "SZ000001\t2024-01-02\t2024-01-15",
        "SZ000001\t2024-02-01\t2024-03-29",
    ]


def test_the_future_calendar_carries_on_with_announced_sessions(exported: Path) -> None:
    days = (exported / "calendars" / "day.txt").read_text().split()
    ahead = (exported / "calendars" / "day_future.txt").read_text().split()
    assert ahead[: len(days)] == days
    assert ahead[len(days)] == "2023-01-03"


def test_an_export_again_replaces_the_first_and_is_the_same(
    market: Market, exported: Path, tmp_path: Path, tree: Tree
) -> None:
    export_folder(market, tmp_path / "a", "small_scale", *SPAN)
    export_folder(market, tmp_path / "a", "hs300", *SPAN)
    assert tree(tmp_path / "a") == tree(exported)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_empty_folder_is_filled_and_a_foreign_one_left_alone(market: Market, tmp_path: Path, tree: Tree) -> None:
    (tmp_path / "empty").mkdir()
    export_folder(market, tmp_path / "empty", "small_scale", *SPAN)
    (tmp_path / "mine" / "features").mkdir(parents=True)
    (tmp_path / "mine" / "features" / "notes.txt").write_text("keep me")
    (tmp_path / "file").write_text("keep me")
    (tmp_path / "empty" / "extra.txt").write_text("keep me")
    before = tree(tmp_path)
    for name in ("mine", "file", "empty"):
        with pytest.raises(Conflict):
            export_folder(market, tmp_path / name, "small_scale", *SPAN)
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "place", ["instruments/mine.txt", "features/notes.txt", "features/sh600519/pe.day.bin", "mine"]
)
def test_a_file_of_somebody_inside_an_export_is_named_and_kept(
    market: Market, tmp_path: Path, tree: Tree, place: str
) -> None:
    export_folder(market, tmp_path / "a", "small_scale", *SPAN)
    (tmp_path / "a" / place).write_text("keep me")
    before = tree(tmp_path)
    with pytest.raises(Conflict, match=place):
        export_folder(market, tmp_path / "a", "small_scale", *SPAN)
    assert tree(tmp_path) == before


def test_a_changed_file_a_link_or_a_folder_inside_an_export_is_kept(market: Market, tmp_path: Path, tree: Tree) -> None:
    target = tmp_path / "a"
    export_folder(market, target, "small_scale", *SPAN)
    listed = target / "instruments" / "all.txt"
    text = listed.read_text()
    listed.write_text(text + "SH600000\t2022-01-04\t2022-12-30\n")
    with pytest.raises(Conflict, match=r"改动过的文件：instruments/all\.txt"):
        export_folder(market, target, "small_scale", *SPAN)
    listed.write_text(text)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "x").write_text("keep me")
    own = target / "features" / "own"
    own.mkdir()
    with pytest.raises(Conflict, match="features/own"):
        export_folder(market, target, "small_scale", *SPAN)
    own.rmdir()
    own.symlink_to(tmp_path / "precious")
    with pytest.raises(Conflict, match="features/own"):
        export_folder(market, target, "small_scale", *SPAN)
    own.unlink()
    marker = target / MARKER
    body = json.loads(marker.read_text())
    files = body.pop("files")
    assert sorted(files) == sorted(
        p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file() and p != marker
    )
    marker.write_text(json.dumps(body))
    before = tree(tmp_path)
    with pytest.raises(Conflict, match="没有列出"):
        export_folder(market, target, "small_scale", *SPAN)
    assert tree(tmp_path) == before


def test_what_came_into_an_export_while_it_was_replaced_is_kept(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_folder(market, tmp_path / "a", "small_scale", *SPAN)
    checked = writing._remove_export

    def late(folder: Path) -> None:
        (folder / "features" / "notes.txt").write_text("keep me")
        checked(folder)

    monkeypatch.setattr(writing, "_remove_export", late)
    export_folder(market, tmp_path / "a", "small_scale", *SPAN)
    (left,) = (path for path in tmp_path.iterdir() if path.name != "a")
    assert sorted(p.relative_to(left).as_posix() for p in left.rglob("*") if p.is_file()) == [
        "features/notes.txt",
        MARKER,
    ]


def test_a_place_where_nothing_can_be_written_is_named(market: Market, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("keep me")
    for place in (Path("/proc/foo"), tmp_path / "file" / "x", tmp_path / ("a" * 300), Path("/" + "a/" * 2500)):
        with pytest.raises(Unavailable, match="无法写入"):
            export_folder(market, place, "small_scale", *SPAN)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failure_leaves_the_old_export_and_nothing_else(
    market: Market, tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_folder(market, tmp_path / "a", "small_scale", *SPAN)
    before = tree(tmp_path)

    def full(path: Path, *more: object) -> None:
        if path.name.startswith("factor"):
            raise OSError(28, "No space left on device")
        path.write_bytes(b"")

    monkeypatch.setattr(writing, "write_bin", full)
    for name in ("a", "b"):
        with pytest.raises(DiskFull):
            export_folder(market, tmp_path / name, "small_scale", *SPAN)
    assert tree(tmp_path) == before


def test_what_a_killed_export_left_is_removed_by_the_next(market: Market, tmp_path: Path) -> None:
    (tmp_path / ".a.999999999-dead.part" / "features").mkdir(parents=True)
    export_folder(market, tmp_path / "a", "small_scale", *SPAN)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_bad_requests_name_the_field(market: Market, tmp_path: Path) -> None:
    with pytest.raises(UnknownUniverse):
        export_folder(market, tmp_path / "a", "hs30", *SPAN)
    with pytest.raises(BadRequest, match="晚于"):
        export_folder(market, tmp_path / "a", "all", "2022-02-01", "2022-01-01")
    with pytest.raises(BadRequest, match="没有交易日"):
        export_folder(market, tmp_path / "a", "all", "2022-01-01", "2022-01-02")
    assert not list(tmp_path.iterdir())


def test_the_market_names_what_it_has_not(market: Market) -> None:
    source = QlibMarket(market)
    with pytest.raises(NotFound) as caught:
        source.panels(("SH600999999",), ("close",))
    assert caught.value.nearest
    with pytest.raises(NoData, match="SH000300"):
        source.panels(("SH000300", "SH600000"), ("volume",))
    with pytest.raises(NoData, match="1min"):
        source.sessions("1min")


def test_a_qlib_folder_is_not_imported_and_says_what_it_is_good_for(
    market: Market, exported: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadImport, match="不能导入") as caught:
        data.import_data(MarketStore(tmp_path / "store"), data.DataImport(path=str(exported)))
    assert "quantgpt.features" in caught.value.hint


def test_the_command_line_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "market").symlink_to(demo_market())
    monkeypatch.setenv("QUANTGPT_HOME", str(home))
    arguments = [
        "data",
        "export-qlib",
        str(tmp_path / "out"),
        "--universe",
        "small_scale",
        "--start",
        SPAN[0],
        "--end",
        SPAN[1],
    ]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code
    out = capsys.readouterr().out
    assert "演示市场" in out
    assert "股票 5 只，指数 3 个" in out
    assert QlibFolder.open(tmp_path / "out").universes == ("all", "index")
