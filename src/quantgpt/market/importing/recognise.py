"""What a file holds, told by its columns and never by its name."""

from __future__ import annotations

import csv as text_csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from quantgpt.foundations.errors import BadImport

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".parquet", ".csv")
NEEDED = "code,date,open,high,low,close,volume,amount,pre_close,factor"
"""Columns of daily bars that tests and backtests can be run on."""
MOST_ROWS = 300_000_000
"""of one file: a few bytes of parquet can claim any number"""
SEPARATORS = (",", ";", "\t")


class Content(StrEnum):
    """Kinds of content; the order is that in which files are taken in."""

    CALENDAR = "calendar"
    INSTRUMENTS = "instruments"
    STOCK = "stock"
    ADJUSTED_ONLY = "adjusted_only"
    INDEX = "index"
    CONSTITUENTS = "constituents"
    VALUATION = "valuation"
    STOCK_BARS = "stock_bars"
    CRYPTO_BARS = "crypto_bars"
    FUNDING = "funding"
    DAILY = "daily"
    """daily bars without a factor; whether stocks, indices or adjusted-only is told by the symbols"""


WORDS = {
    Content.CALENDAR: "交易日历",
    Content.INSTRUMENTS: "证券列表",
    Content.STOCK: "股票日线",
    Content.ADJUSTED_ONLY: "仅前复权日线",
    Content.INDEX: "指数日线",
    Content.CONSTITUENTS: "指数成分",
    Content.VALUATION: "每日估值",
    Content.STOCK_BARS: "股票分钟线",
    Content.CRYPTO_BARS: "加密货币 K 线",
    Content.FUNDING: "资金费率",
    Content.DAILY: "日线",
}

WORDS_EN = {
    Content.CALENDAR: "trading calendar",
    Content.INSTRUMENTS: "list of instruments",
    Content.STOCK: "daily bars of stocks",
    Content.ADJUSTED_ONLY: "daily bars, adjusted only",
    Content.INDEX: "daily bars of indices",
    Content.CONSTITUENTS: "index members",
    Content.VALUATION: "daily valuation",
    Content.STOCK_BARS: "minute bars of stocks",
    Content.CRYPTO_BARS: "crypto bars",
    Content.FUNDING: "funding rates",
    Content.DAILY: "daily bars",
}

_ALIASES = {
    "trade_date": "date",
    "日期": "date",
    "交易日期": "date",
    "ts_code": "code",
    "order_book_id": "code",
    "股票代码": "code",
    "证券代码": "code",
    "代码": "code",
    "开盘": "open",
    "开盘价": "open",
    "最高": "high",
    "最高价": "high",
    "最低": "low",
    "最低价": "low",
    "收盘": "close",
    "收盘价": "close",
    "vol": "volume",
    "成交量": "volume",
    "成交额": "amount",
    "preclose": "pre_close",
    "前收盘": "pre_close",
    "前收盘价": "pre_close",
    "adj_factor": "factor",
    "adjustfactor": "factor",
    "复权因子": "factor",
    "turnover_rate": "turn",
    "换手率": "turn",
    "isst": "is_st",
    "pettm": "pe_ttm",
    "pbmrq": "pb_mrq",
    "psttm": "ps_ttm",
    "pcfncfttm": "pcf_ncf_ttm",
    "ipodate": "list_date",
    "outdate": "delist_date",
    "code_name": "name",
    "fundingrate": "funding_rate",
}
_OHLC = {"open", "high", "low", "close"}
VALUATION_FIELDS = ("pe_ttm", "pb_mrq", "ps_ttm", "pcf_ncf_ttm")


@dataclass(frozen=True)
class Unused:
    """Why a file cannot be used (yet)."""

    kind: str
    zh: str
    en: str


@dataclass(frozen=True)
class Layout:
    """What a file holds, and which of its columns carries which of our names."""

    content: Content
    columns: Mapping[str, str]

    @property
    def in_vendor_units(self) -> bool:
        """Volume in lots and amount in thousand yuan, as the vendor of `ts_code` and `vol` gives them."""
        return self.columns.get("code") == "ts_code" and self.columns.get("volume") == "vol"


EMPTY = Unused("empty", "文件里没有数据行", "the file has no rows")


def adjusted_words() -> tuple[str, str]:
    """Why stock bars without a reference price cannot be tested, in both languages."""
    return (
        "股票日线缺少 pre_close 和 factor 列：分不清价格是否复权，也无法判断涨跌停，只作记录，不能用于检验和回测；"
        f"需要的列：{NEEDED}",
        "stock bars without pre_close and factor: kept apart, not for tests and backtests; "
        f"columns that are needed: {NEEDED}",
    )


def open_table(path: Path) -> tuple[list[str], int, pa.Table | None]:
    """Column names and number of rows of a file; for CSV also its content, which has to be read anyway.

    Raises: BadImport naming the file and the reason.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix.lower() == ".parquet":
            with pq.ParquetFile(path) as file:
                rows = int(file.metadata.num_rows)
                if rows > MOST_ROWS:
                    raise BadImport(
                        f"{path.name} 有 {rows:,} 行，一个文件最多 {MOST_ROWS:,} 行",
                        hint="split the file",
                        field="path",
                    )
                return list(file.schema_arrow.names), rows, None
        table = _read_csv(path)
        return list(table.column_names), int(table.num_rows), table
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())[:160]
        raise BadImport(
            f"{path.name} 不是完整可读的 {path.suffix.lower().removeprefix('.')} 文件",
            hint=f"it may be truncated or not what its name says: {reason}",
            field="path",
        ) from error


def _read_csv(path: Path) -> pa.Table:
    """A CSV file in UTF-8 or GBK, separated by comma, semicolon or tab; codes stay text.

    Raises: BadImport for UTF-16.
    """
    import pyarrow as pa

    with path.open("rb") as handle:
        line = handle.readline(1 << 20)
    if line.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in line:
        raise BadImport(
            f"{path.name} 不是 UTF-8 编码（像是 UTF-16）", hint="请另存为 UTF-8 的 CSV 再导入", field="path"
        )
    try:
        return _csv_table(path, line, "utf8")
    except UnicodeDecodeError:
        pass
    except pa.ArrowInvalid as error:
        if "UTF8" not in str(error):
            raise
    try:
        return _csv_table(path, line, "gbk")
    except UnicodeDecodeError as error:
        raise BadImport(
            f"{path.name} 的编码无法识别（不是 UTF-8，也不是 GBK）", hint="请另存为 UTF-8 的 CSV 再导入", field="path"
        ) from error


def _csv_table(path: Path, line: bytes, encoding: str) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    header = line.decode("utf-8-sig" if encoding == "utf8" else encoding)
    header = next(iter(header.splitlines()), "")
    separator = max(SEPARATORS, key=header.count)
    try:
        names = next(text_csv.reader([header], delimiter=separator), [])
    except text_csv.Error:
        names = []
    texts = {name: pa.string() for name in names if _ours(name) in ("code", "symbol", "index")}
    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(encoding=encoding),
        parse_options=csv.ParseOptions(delimiter=separator),
        convert_options=csv.ConvertOptions(column_types=texts),
    )


def _ours(name: str) -> str:
    plain = name.strip().lower()
    return _ALIASES.get(plain, plain)


def layout_of(names: list[str]) -> Layout | Unused:
    """Recognise a file by its column names."""
    columns: dict[str, str] = {}
    for name in names:
        columns.setdefault(_ours(name), name)
    has = set(columns)
    if "code" not in has and "symbol" in has and "date" in has:
        columns["code"] = columns.pop("symbol")
        has = set(columns)
    content = _content(has)
    return content if isinstance(content, Unused) else Layout(content, columns)


def _content(has: set[str]) -> Content | Unused:
    bars = has >= _OHLC | {"volume"}
    match has:
        case _ if bars and has >= {"open_time", "symbol"}:
            return Content.CRYPTO_BARS
        case _ if bars and has >= {"bar_end", "code"}:
            return Content.STOCK_BARS
        case _ if bars and has >= {"date", "code", "pre_close"}:
            return Content.STOCK
        case _ if bars and has >= {"date", "code"} and "factor" not in has:
            return Content.DAILY
        case _ if has >= {"time", "funding_rate", "symbol"}:
            return Content.FUNDING
        case _ if has >= {"index", "code", "in_date", "out_date"}:
            return Content.CONSTITUENTS
        case _ if has >= {"code", "name", "list_date"}:
            return Content.INSTRUMENTS
        case _ if has >= {"date", "code"} and has & set(VALUATION_FIELDS):
            return Content.VALUATION
        case _ if has == {"date"}:
            return Content.CALENDAR
        case _:
            return _unusable(has)


def _unusable(has: set[str]) -> Unused:
    if has >= {"date", "code", "factor"} and has >= _OHLC:
        return Unused(
            "daily_without_reference",
            f"日线缺少 pre_close 列：没有交易所参考价就无法判断涨跌停；需要的列：{NEEDED}",
            "daily bars without pre_close: price limits cannot be told without the exchange's reference price; "
            f"columns that are needed: {NEEDED}",
        )
    if has >= {"code", "report_date"}:
        return Unused(
            "financials",
            "财务数据没有公告日期，不知道何时可见，不能用于时点回测",
            "financial statements without announcement dates: it is not known when they could be seen",
        )
    if "code" in has and "date" not in has and has & {"pe", "pb", "market_cap"}:
        return Unused(
            "snapshot",
            "只有一天的快照且没有日期列，不能用于历史回测",
            "a snapshot of one day without a date column: of no use for past days",
        )
    seen = "、".join(sorted(has)[:8])
    return Unused(
        "unknown",
        f"无法识别的列：{seen}；股票日线需要的列：{NEEDED}",
        f"columns that no kind of content has: {', '.join(sorted(has)[:8])}; stock bars need: {NEEDED}",
    )


def unusable_file(path: Path) -> Unused | None:
    """Why a file cannot be data we read, told before it is opened; None if it may be."""
    name = path.name.lower()
    if name.endswith(SUFFIXES):
        return None
    if name.endswith((".tar.gz", ".tgz", ".tar", ".zip", ".7z")):
        return Unused(
            "archive",
            "压缩包（如 Qlib 二进制）里是复权后的 32 位价格，缺少不复权价格和参考价，不能作为行情来源",
            "an archive (such as Qlib binary data): adjusted 32-bit prices without traded prices and reference prices",
        )
    if name.endswith((".xlsx", ".xls")):
        return Unused("spreadsheet", "暂不支持 Excel，请另存为 CSV", "spreadsheets are not read; save it as CSV")
    return Unused("not_data", "不是数据文件", "not a data file")
