"""baostock: the whole A-share market by date, free of charge, through the vendor's client in a child process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from quantgpt.connectors.sources._base import Child, SourceError, Table, child_command, source
from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.symbols import baostock_spelling, normalise_stock
from quantgpt.market.boards import board_code
from quantgpt.market.importing.reading import Instrument
from quantgpt.market.importing.rows import DAY, Rows
from quantgpt.market.source import DayOfMarket, IndexList, ProbeStep

CALL_SECONDS = 120.0
TRIES = 3
PAUSES_SECONDS = (2.0, 8.0)
LEAST_NAMES = 1000
"""Fewer A-shares than this on one session is a reply that broke off."""

CAUSES: dict[str, tuple[str, str, bool]] = {
    "dns": ("域名解析失败", "the machine has no network or no name server; check it, or import files instead", True),
    "connect": ("无法连接服务器", "the server refused or cannot be reached; try again later", True),
    "connect_timeout": ("连接服务器超时", "a firewall may block port 10030", True),
    "timeout": ("超过时限没有回应，已中止子进程", "the server is slow or hangs; try again later", True),
    "died": ("子进程意外退出", "see `quantgpt doctor`", True),
    "garbled": ("回应无法解析", "the client's version may not fit the server's", False),
    "client": ("客户端解析回应时出错，回应可能不完整", "try again; if it stays, update baostock", True),
    "too_large": ("回应过大，已中止", "", False),
    "missing": ("没有安装客户端", "pip install 'baostock>=0.9.4'", False),
    "incomplete": ("返回的数据不完整", "try again later", True),
    "columns": ("返回的列与预期不符", "the vendor may have changed its format", False),
    "10001001": ("尚未登录", "", True),
    "10001002": ("用户名或密码错误", "", False),
    "10001004": ("客户端版本过旧，服务器不再接受", "pip install -U baostock", False),
    "10001005": ("同时登录数已达上限", "close other sessions, then try again", True),
    "10001006": ("账号权限不足", "", False),
    "10001011": ("本机地址已被列入黑名单", "stop parallel downloads and ask the vendor to lift it", False),
    "10001012": ("API key 格式不正确", "check QUANTGPT_BAOSTOCK_API_KEY", False),
    "10002001": ("网络错误", "try again later", True),
    "10002002": ("网络连接失败", "try again later", True),
    "10002003": ("网络连接超时", "try again later", True),
    "10002004": ("接收数据时连接断开", "try again later", True),
    "10002005": ("发送请求失败", "try again later", True),
    "10002006": ("发送请求超时", "try again later", True),
    "10002007": ("接收数据出错，连接可能已断开", "try again later", True),
    "10002008": ("接收数据超时", "try again later", True),
    "10004010": ("日期格式不正确", "", False),
    "10004011": ("证券代码无效", "", False),
    "10004013": ("日期超出可查询范围", "the vendor does not serve that day (yet)", False),
    "10004016": ("条数超过上限", "", False),
    "10005001": ("服务器系统错误", "try again later", True),
}
"""What each failure is called, what to do about it, and whether trying again may help.

Source: error constants of the vendor's client 0.9.4, and our own for what the client does not tell.
"""

_LISTS = {"000300.SH": "query_hs300_stocks", "000905.SH": "query_zz500_stocks", "000016.SH": "query_sz50_stocks"}
_STOCK = {
    "open": "open",
    "high": "high",
    "low": "low",
    "close": "close",
    "pre_close": "preclose",
    "volume": "volume",
    "amount": "amount",
    "turn": "turn",
}
_VALUATION = {"pe_ttm": "peTTM", "pb_mrq": "pbMRQ", "ps_ttm": "psTTM", "pcf_ncf_ttm": "pcfNcfTTM"}


def failure(code: str, message: str = "") -> SourceError:
    """The error of a vendor's or our own code, in words that name the cause."""
    zh, hint, can_retry = CAUSES.get(code, ("", "", False))
    if not zh:
        zh = f"返回错误 {code}"
    detail = f"（{message[:120]}）" if message and code not in ("10001011",) else ""
    return SourceError(f"baostock：{zh}{detail}", code=code, hint=hint, can_retry=can_retry)


@dataclass(frozen=True)
class Client:
    """Which module the child imports; another one stands in for the vendor's in tests."""

    module: str = "baostock"
    folder: Path | None = None
    api_key: str = ""


@source("baostock")
class Baostock:
    """One session with the vendor: one child, one log-in, one call at a time."""

    name = "baostock"

    def __init__(
        self,
        client: Client | None = None,
        *,
        api_key: str = "",
        call_seconds: float = CALL_SECONDS,
        least_names: int = LEAST_NAMES,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client or Client(api_key=api_key)
        self._call_seconds = call_seconds
        self._least_names = least_names
        self._pause = pause
        folder = str(self._client.folder or "")
        command = child_command("quantgpt.connectors.sources._baostock_child", self._client.module, folder)
        self._child = Child(command, self.name, failure)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close()

    def check(self) -> None:
        """Log in and ask for four known days."""
        self._known_days(self._query)

    def _known_days(self, query: Callable[..., Table]) -> None:
        known = [date(2024, 4, 2), date(2024, 4, 3)]
        found = _trade_days(query, known[0], date(2024, 4, 5))
        if found != known:
            raise failure("incomplete", f"2024-04-02 至 2024-04-05 的交易日是 {'、'.join(map(str, found))}")

    def probe(self, seconds: float) -> list[ProbeStep]:
        """Load the client, resolve the name, connect, log in, ask for four known days: once each."""
        until = time.monotonic() + seconds
        done: list[ProbeStep] = []
        try:
            for step in ("client", "dns", "connect", "login", "query"):
                done.append(self._probed(step, until))
                if not done[-1].ok:
                    break
        finally:
            self._child.close()
        return done

    def _probed(self, step: str, until: float) -> ProbeStep:
        began = time.monotonic()
        try:
            left = max(0.0, until - began)
            if step == "query":
                self._known_days(lambda method, **arguments: self._table(method, left, **arguments))
            else:
                self._table(f"probe_{step}", left)
        except SourceError as error:
            took = 1000 * (time.monotonic() - began)
            return ProbeStep(
                step=step, ok=False, milliseconds=took, code=error.code, message=error.message, hint=error.hint
            )
        return ProbeStep(step=step, ok=True, milliseconds=1000 * (time.monotonic() - began))

    def trade_days(self, first: date, last: date) -> list[date]:
        """Announced sessions from `first` to `last`."""
        return _trade_days(self._query, first, last)

    def whole_market(self, day: date) -> DayOfMarket:
        """Every A-share on one session: unadjusted bars without factor, and valuations."""
        table = self._query("query_daily_history_k_AStock", date=day.isoformat())
        _columns(table, "date", "code", "tradestatus", "isST", *_STOCK.values())
        if any(text != day.isoformat() for text in table.column("date")):
            raise failure("incomplete", f"含有 {day} 以外的日期")
        table = _only_stocks(table)
        if len(table.rows) < self._least_names:
            raise failure("incomplete", f"{day} 只有 {len(table.rows)} 只股票，至少应有 {self._least_names} 只")
        values = {ours: _numbers(table.column(theirs)) for ours, theirs in _STOCK.items()}
        closed = np.array([flag == "0" for flag in table.column("tradestatus")], dtype=bool)
        for name in ("volume", "amount"):
            values[name] = np.where(closed, 0.0, values[name])
        for name in ("open", "high", "low"):
            values[name] = np.where(closed, values["close"], values[name])
        values["factor"] = np.full(closed.size, np.nan)
        flags = np.array([{"1": 1, "0": 0}.get(flag, -1) for flag in table.column("isST")], dtype=np.int8)
        codes = table.column("code")
        stock = _rows(codes, [day.isoformat()] * len(codes), {**values, "is_st": flags})
        valuation = None
        if set(_VALUATION.values()) <= set(table.fields):
            figures = {ours: _numbers(table.column(theirs)) for ours, theirs in _VALUATION.items()}
            valuation = _rows(codes, [day.isoformat()] * len(codes), figures)
        return DayOfMarket(day=day, stock=stock, valuation=valuation)

    def adjust_factors(self, day: date) -> Mapping[str, float]:
        """Backward factor of each name that went ex on that day."""
        table = self._query("query_daily_adjust_factor", date=day.isoformat())
        codes, days, factors = _columns(table, "code", "dividOperateDate", "backAdjustFactor")
        out = {}
        for code, ex_day, factor in zip(codes, days, factors, strict=True):
            symbol = _symbol(code)
            if symbol and ex_day == day.isoformat() and factor:
                out[symbol] = float(factor)
        return out

    def index_bars(self, code: str, first: date, last: date) -> Rows:
        """Bars of one index."""
        fields = "date,code,open,high,low,close,volume,amount"
        table = self._query(
            "query_history_k_data_plus",
            code=baostock_spelling(code),
            fields=fields,
            start_date=first.isoformat(),
            end_date=last.isoformat(),
            frequency="d",
            adjustflag="3",
        )
        _columns(table, *fields.split(","))
        names = ("open", "high", "low", "close", "volume", "amount")
        values = {name: _numbers(table.column(name)) for name in names}
        return _rows(table.column("code"), table.column("date"), values)

    def members(self, index: str, day: date) -> IndexList:
        """Members of an index on one day.  Raises: BadRequest for an index of which the vendor has no lists."""
        method = _LISTS.get(index)
        if method is None:
            known = "、".join(_LISTS)
            raise BadRequest(f"baostock 没有指数 {index} 的成分股（有 {known}）", field="universes")
        (codes,) = _columns(self._query(method, date=day.isoformat()), "code")
        symbols = [symbol for symbol in (_symbol(code) for code in codes) if symbol]
        least = {"000300.SH": 290, "000905.SH": 480, "000016.SH": 45}[index]
        if self._least_names >= LEAST_NAMES and len(set(symbols)) < least:
            raise failure("incomplete", f"{index} 在 {day} 只有 {len(set(symbols))} 只成分股")
        return IndexList(index=index, day=day, codes=tuple(sorted(set(symbols))))

    def instruments(self) -> list[Instrument]:
        """Names, listing and delisting days of all A-shares."""
        table = self._query("query_stock_basic")
        codes, names, listed, gone, kinds = _columns(table, "code", "code_name", "ipoDate", "outDate", "type")
        out = []
        for code, name, first, last, kind in zip(codes, names, listed, gone, kinds, strict=True):
            symbol = _symbol(code)
            if kind == "1" and symbol and board_code(symbol) is not None:
                out.append(Instrument(code=symbol, name=name, list_date=first or None, delist_date=last or None))
        if len(out) < self._least_names:
            raise failure("incomplete", f"只有 {len(out)} 只股票的基本资料")
        return out

    def _query(self, method: str, **arguments: Any) -> Table:
        """One query, tried again after a pause where that may help."""
        for attempt in range(TRIES):
            try:
                return self._table(method, self._call_seconds, **arguments)
            except SourceError as error:
                self._child.close()
                if not error.can_retry or attempt + 1 == TRIES:
                    raise
                self._pause(PAUSES_SECONDS[min(attempt, len(PAUSES_SECONDS) - 1)])
        raise failure("client", method)

    def _table(self, method: str, seconds: float, **arguments: Any) -> Table:
        """One query, tried once."""
        if self._client.api_key:
            arguments["api_key"] = self._client.api_key
        value = self._child.ask(method, seconds, **arguments)
        return Table(tuple(value["fields"]), tuple(tuple(row) for row in value["rows"]))


def _trade_days(query: Callable[..., Table], first: date, last: date) -> list[date]:
    table = query("query_trade_dates", start_date=first.isoformat(), end_date=last.isoformat())
    days, flags = _columns(table, "calendar_date", "is_trading_day")
    if len(days) != (last - first).days + 1:
        raise failure("incomplete", f"{len(days)} 天，应为 {(last - first).days + 1} 天")
    return [date.fromisoformat(day) for day, flag in zip(days, flags, strict=True) if flag == "1"]


def _columns(table: Table, *names: str) -> list[list[str]]:
    """Columns by name; refuses a reply that lacks one or whose rows are cut off."""
    missing = [name for name in names if name not in table.fields]
    if missing:
        raise failure("columns", f"缺少 {'、'.join(missing)}")
    if any(len(row) != len(table.fields) for row in table.rows):
        raise failure("incomplete", "有一行的列数不对")
    return [table.column(name) for name in names]


def _only_stocks(table: Table) -> Table:
    at = table.fields.index("code")
    symbols = [_symbol(row[at]) for row in table.rows]
    keep = [row for row, symbol in zip(table.rows, symbols, strict=True) if symbol and board_code(symbol) is not None]
    return Table(table.fields, tuple(keep))


def _symbol(text: str) -> str:
    try:
        return normalise_stock(text)
    except BadRequest:
        return ""


def _numbers(texts: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers of a column of text; an empty text is missing. Raises: SourceError for anything else."""
    try:
        return np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
    except ValueError as error:
        raise failure("client", str(error)) from error


def _rows(codes: list[str], days: list[str], values: Mapping[str, np.ndarray[Any, Any]]) -> Rows:
    symbols, place = np.unique(np.array([_symbol(code) for code in codes], dtype=np.str_), return_inverse=True)
    return Rows(
        symbols=symbols,
        symbol=place.astype(np.int32),
        time=np.array(days, dtype="datetime64[D]").astype(np.int64),
        values=dict(values),
        unit=DAY,
    )
