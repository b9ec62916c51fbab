"""Files as people have them: plain bars, empty files, other encodings, separators and spellings."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from quantgpt.foundations.errors import BadImport
from quantgpt.market import MarketStore
from quantgpt.market.importing.report import FileState
from quantgpt.services import readiness
from quantgpt.services._base import App

NEEDED = "code,date,open,high,low,close,volume,amount,pre_close,factor"
CHINESE = {
    "date": "交易日期",
    "code": "证券代码",
    "open": "开盘价",
    "high": "最高价",
    "low": "最低价",
    "close": "收盘价",
    "pre_close": "前收盘价",
    "volume": "成交量",
    "amount": "成交额",
    "factor": "复权因子",
}


@pytest.fixture
def bars(frame: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """Daily bars without optional columns."""
    return frame().drop(columns=["turn", "is_st"])


def pretend_demo(store: MarketStore, folder: Path) -> None:
    """A market by the name of demo that holds stocks."""
    store.import_path(folder, market="other")
    (store.root / "other").rename(store.root / "demo")


def test_plain_stock_bars_are_refused_with_the_columns_that_are_needed(
    store: MarketStore,
    tmp_path: Path,
    bars: pd.DataFrame,
    tree: Callable[[Path], dict[str, str]],
) -> None:
    bars.drop(columns=["pre_close", "factor"]).to_csv(tmp_path / "plain.csv", index=False)
    before = tree(tmp_path)
    with pytest.raises(BadImport, match="缺少 pre_close 和 factor") as caught:
        store.import_path(tmp_path / "plain.csv")
    assert NEEDED in str(caught.value)
    assert tree(tmp_path) == before
    assert store.names() == []


def test_plain_stock_bars_beside_others_are_explained(store: MarketStore, folder: Path, bars: pd.DataFrame) -> None:
    bars.drop(columns=["pre_close", "factor"]).to_csv(folder / "plain.csv", index=False)
    report = store.import_path(folder)
    line = next(file.zh for file in report.files if file.name == "plain.csv")
    assert NEEDED in line


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_without_rows_is_refused(store: MarketStore, folder: Path, bars: pd.DataFrame, suffix: str) -> None:
    path = folder / f"empty.{suffix}"
    head = bars.iloc[:0]
    head.to_csv(path, index=False) if suffix == "csv" else head.to_parquet(path)
    with pytest.raises(BadImport, match="没有数据行"):
        store.import_path(path)
    assert not store.root.exists()
    states = {file.name: file.state for file in store.import_path(folder).files}
    assert states[path.name] is FileState.UNUSED


def test_a_main_without_stocks_does_not_hide_the_demo(store: MarketStore, folder: Path) -> None:
    pretend_demo(store, folder)
    assert store.default() == "demo"
    store.import_path(folder / "some_index.parquet")
    assert store.names() == ["demo", "main"]
    assert store.default() == "demo"
    store.import_path(folder)
    assert store.default() == "main"


def test_a_main_without_stocks_is_the_default_where_there_is_no_other(store: MarketStore, folder: Path) -> None:
    store.import_path(folder / "some_index.parquet")
    assert store.default() == "main"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_chinese_headers_come_in_whatever_the_encoding_and_separator(
    store: MarketStore, tmp_path: Path, bars: pd.DataFrame, encoding: str, separator: str
) -> None:
    path = tmp_path / "中文.csv"
    bars.rename(columns=CHINESE).to_csv(path, index=False, encoding=encoding, sep=separator)
    assert store.import_path(path).rows == 174
    assert store.open().assets == ("600000.SH", "000001.SZ", "300001.SZ")


def test_text_in_utf_16_is_named(store: MarketStore, tmp_path: Path, bars: pd.DataFrame) -> None:
    bars.to_csv(tmp_path / "wide.csv", index=False, encoding="utf-16")
    with pytest.raises(BadImport, match="请另存为 UTF-8"):
        store.import_path(tmp_path / "wide.csv")


@pytest.mark.parametrize("slashes", ["%Y/%m/%d", "%Y/%-m/%-d", "%Y-%-m-%-d", "%Y%m%d"])
def test_dates_may_be_written_with_slashes(
    store: MarketStore, tmp_path: Path, bars: pd.DataFrame, slashes: str
) -> None:
    bars.assign(date=bars["date"].dt.strftime(slashes)).to_csv(tmp_path / "bars.csv", index=False)
    store.import_path(tmp_path / "bars.csv")
    days = store.open().days
    assert (str(days[0]), str(days[-1]), days.size) == ("2024-01-02", "2024-03-29", 58)
    assert np.isfinite(store.open().raw("close")).all()


def test_columns_that_are_not_known_come_with_those_that_are_needed(store: MarketStore, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BadImport, match="无法识别的列：a、b") as caught:
        store.import_path(tmp_path / "odd.csv")
    assert NEEDED in caught.value.hint


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(store: MarketStore, tmp_path: Path, bars: pd.DataFrame, ends: str) -> None:
    bars.to_csv(tmp_path / "bars.csv", index=False, lineterminator=ends)
    assert store.import_path(tmp_path / "bars.csv").rows == 174


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [("date", "02/01/2024", "2024-01-02"), ("code", "600000", "600000.SH")],
)
@pytest.mark.parametrize("skip", [False, True])
def test_dates_and_codes_that_cannot_be_read_come_with_the_spelling(
    store: MarketStore, tmp_path: Path, bars: pd.DataFrame, column: str, values: str, words: str, skip: bool
) -> None:
    bars.assign(**{column: values}).to_csv(tmp_path / "bars.csv", index=False)
    with pytest.raises(BadImport, match="无法识别 174 行") as caught:
        store.import_path(tmp_path / "bars.csv", skip_bad_rows=skip)
    assert words in caught.value.hint
    assert not store.root.exists()


def test_a_market_without_stocks_is_not_ready(store: MarketStore, folder: Path) -> None:
    app = cast("App", SimpleNamespace(markets=store))
    assert not readiness._market(app)["ok"]
    store.import_path(folder / "some_index.parquet")
    assert readiness._market(app) == {"ok": False, "message": "行情库 main 里没有股票日线"}
    store.import_path(folder)
    assert readiness._market(app)["ok"]
