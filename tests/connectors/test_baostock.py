"""The source on replies in the vendor's format: units, spellings, and every way in which the vendor fails, named."""

import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from quantgpt.connectors.sources._base import SOURCES, SourceError
from quantgpt.connectors.sources.baostock import CAUSES, Baostock, Client, failure
from quantgpt.foundations.errors import BadRequest, Kind

DAY = date(2024, 4, 3)


def test_the_source_is_found_by_its_name() -> None:
    SOURCES.load("quantgpt.connectors.sources")
    assert SOURCES["baostock"] is Baostock


def test_a_day_of_the_whole_market_comes_in_our_units_and_spellings(vendor: Any) -> None:
    with vendor.source() as source:
        whole = source.whole_market(DAY)
    stock = whole.stock
    assert stock.symbols.tolist() == ["000001.SZ", "300750.SZ", "600000.SH", "600036.SH", "688981.SH"]
    assert set(stock.days.astype(str)) == {"2024-04-03"}
    names = stock.symbols[stock.symbol].tolist()
    closed = names.index("000001.SZ")
    values = stock.values
    assert values["volume"][closed] == 0
    assert values["open"][closed] == values["close"][closed] == values["pre_close"][closed]
    assert np.isnan(values["turn"][closed])
    assert values["is_st"][names.index("688981.SH")] == 1
    assert np.isnan(values["factor"]).all()
    open_ = names.index("600000.SH")
    assert 0.9 < values["amount"][open_] / values["volume"][open_] / values["close"][open_] < 1.1
    assert whole.valuation is not None
    assert whole.valuation.values["pe_ttm"][open_] == 12.345678


def test_sessions_factors_lists_bars_and_instruments_are_read(vendor: Any) -> None:
    with vendor.source() as source:
        days = source.trade_days(date(2024, 4, 1), date(2024, 4, 9))
        factors = source.adjust_factors(date(2024, 4, 8))
        members = source.members("000300.SH", date(2024, 4, 9))
        bars = source.index_bars("000300.SH", date(2024, 4, 1), date(2024, 4, 8))
        instruments = source.instruments()
    assert [day.day for day in days] == [1, 2, 3, 8, 9]
    assert factors == {"600036.SH": 9.876543}
    assert members.codes == ("000001.SZ", "300750.SZ", "600036.SH")
    assert bars.size == 4
    assert bars.values["close"][0] == 3500.1234
    assert "000300.SH" not in {entry.code for entry in instruments}
    gone = next(entry for entry in instruments if entry.code == "600005.SH")
    assert (gone.list_date, gone.delist_date) == ("1999-08-03", "2017-02-14")
    with pytest.raises(BadRequest, match="000852"), vendor.source() as source:
        source.members("000852.SH", DAY)


def test_one_log_in_serves_all_calls(vendor: Any) -> None:
    with vendor.source() as source:
        for _ in range(3):
            source.adjust_factors(date(2024, 4, 8))
    assert vendor.calls("logins") == 1


def test_what_the_client_prints_never_reaches_our_replies_or_output(vendor: Any, capfd: Any) -> None:
    vendor.behave(query_daily_adjust_factor={"do": "noise"})
    with vendor.source() as source:
        assert source.adjust_factors(date(2024, 4, 8)) == {"600036.SH": 9.876543}
    out, err = capfd.readouterr()
    assert out == ""
    assert err == ""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("10001004", "客户端版本过旧"),
        ("10001005", "登录数已达上限"),
        ("10001011", "已被列入黑名单"),
        ("10002004", "连接断开"),
        ("10002007", "接收数据出错"),
        ("99999999", "返回错误 99999999"),
    ],
)
def test_a_refused_log_in_names_the_cause(vendor: Any, code: str, words: str) -> None:
    vendor.behave(login={"do": "error", "code": code, "message": "x"})
    with pytest.raises(SourceError, match=words) as caught, vendor.source() as source:
        source.whole_market(DAY)
    assert caught.value.message.startswith("baostock：")
    assert caught.value.code == code
    assert caught.value.kind is Kind.UNAVAILABLE


def test_a_blacklisted_address_is_not_tried_again(vendor: Any) -> None:
    vendor.behave(login={"do": "error", "code": "10001011"})
    with pytest.raises(SourceError), vendor.source() as source:
        source.whole_market(DAY)
    assert vendor.pauses == []
    assert vendor.calls("logins") == 1


def test_a_lost_connection_is_tried_three_times_with_growing_pauses(vendor: Any) -> None:
    vendor.behave(login={"do": "error", "code": "10002004"})
    with pytest.raises(SourceError), vendor.source() as source:
        source.whole_market(DAY)
    assert vendor.calls("logins") == 3
    assert vendor.pauses == sorted(vendor.pauses)
    assert len(vendor.pauses) == 2


def test_a_call_that_fails_once_succeeds_on_the_second_try(vendor: Any) -> None:
    vendor.behave(query_daily_adjust_factor={"do": "die", "times": 1})
    with vendor.source() as source:
        assert source.adjust_factors(date(2024, 4, 8)) == {"600036.SH": 9.876543}
    assert len(vendor.pauses) == 1


@pytest.mark.parametrize(("what", "code"), [("die", "died"), ("raise", "client")])
def test_a_client_that_dies_or_raises_is_named(vendor: Any, what: str, code: str) -> None:
    vendor.behave(query_daily_history_k_AStock={"do": what})
    with pytest.raises(SourceError) as caught, vendor.source() as source:
        source.whole_market(DAY)
    assert caught.value.code == code


def test_a_client_that_hangs_is_ended_at_the_deadline(vendor: Any) -> None:
    vendor.behave(query_trade_dates={"do": "hang"})
    with vendor.source(call_seconds=5.0) as source:
        source.adjust_factors(date(2024, 4, 8))
        source._call_seconds = 0.3
        begin = time.monotonic()
        with pytest.raises(SourceError, match="超过时限没有回应") as caught:
            source.trade_days(DAY, DAY)
    assert time.monotonic() - begin < 10
    assert caught.value.code == "timeout"
    assert not [p for p in psutil.Process().children(recursive=True) if "_baostock_child" in " ".join(p.cmdline())]


def test_a_page_that_fails_in_the_middle_is_an_error_not_fewer_rows(vendor: Any) -> None:
    vendor.behave(query_daily_history_k_AStock={"do": "", "fail_on_page": 2})
    with pytest.raises(SourceError, match="接收数据出错"), vendor.source() as source:
        source.whole_market(DAY)


def test_half_a_market_is_refused(vendor: Any) -> None:
    with (
        pytest.raises(SourceError, match=r"不完整.*只有 5 只股票，至少应有 1000 只"),
        vendor.source(least_names=1000) as source,
    ):
        source.whole_market(DAY)


def test_a_renamed_column_is_named(vendor: Any) -> None:
    def rename(body: Any) -> None:
        body["2024-04-03"]["fields"][6] = "preClosePrice"

    vendor.edit("query_daily_history_k_AStock", rename)
    with pytest.raises(SourceError, match="缺少 preclose"), vendor.source() as source:
        source.whole_market(DAY)


def test_a_row_that_is_cut_off_or_no_number_is_refused(vendor: Any) -> None:
    vendor.edit("query_daily_history_k_AStock", lambda body: body["2024-04-03"]["rows"][0].pop())
    with pytest.raises(SourceError, match="列数不对"), vendor.source() as source:
        source.whole_market(DAY)

    def spoil(body: Any) -> None:
        body["2024-04-03"]["rows"][0].append("0")
        body["2024-04-03"]["rows"][0][2] = "<html>"

    vendor.edit("query_daily_history_k_AStock", spoil)
    with pytest.raises(SourceError, match="解析回应时出错"), vendor.source() as source:
        source.whole_market(DAY)


def test_rows_of_another_day_are_refused(vendor: Any) -> None:
    def shift(body: Any) -> None:
        body["2024-04-03"]["rows"][1][0] = "2024-04-02"

    vendor.edit("query_daily_history_k_AStock", shift)
    with pytest.raises(SourceError, match="以外的日期"), vendor.source() as source:
        source.whole_market(DAY)


def test_a_calendar_with_missing_days_is_refused(vendor: Any) -> None:
    with pytest.raises(SourceError, match="9 天，应为 30 天"), vendor.source() as source:
        source.trade_days(date(2024, 4, 1), date(2024, 4, 30))


def test_a_missing_client_and_an_unknown_method_are_named() -> None:
    with pytest.raises(SourceError, match="没有安装客户端"), Baostock(Client(module="no_such_module_here")) as source:
        source.adjust_factors(DAY)
    with pytest.raises(SourceError, match="返回错误 method"), Baostock(Client(module="json")) as source:
        source._query("dumps", obj=1)


@pytest.mark.parametrize(
    ("constants", "code", "words"),
    [
        ("import socket\ndef no(*a): raise socket.gaierror(-2, 'Name or service not known')\nsocket.getaddrinfo = no\n"
         "BAOSTOCK_SERVER_IP, BAOSTOCK_SERVER_PORT = 'vendor.invalid', 1", "dns", "域名解析失败"),
        ("BAOSTOCK_SERVER_IP, BAOSTOCK_SERVER_PORT = '127.0.0.1', 1", "connect", "无法连接服务器"),
        ("import socket\ndef slow(*a): raise TimeoutError\nsocket.create_connection = slow\n"
         "BAOSTOCK_SERVER_IP, BAOSTOCK_SERVER_PORT = '127.0.0.1', 1", "connect_timeout", "连接服务器超时"),
    ],
)  # fmt: skip
def test_a_server_that_cannot_be_reached_is_named_before_the_client_hides_it(
    tmp_path: Path, constants: str, code: str, words: str
) -> None:
    package = tmp_path / "unreachable"
    (package / "common").mkdir(parents=True)
    (package / "__init__.py").write_text("def login(): raise AssertionError\n")
    (package / "common" / "__init__.py").write_text("")
    (package / "common" / "contants.py").write_text(constants)
    client = Client(module="unreachable", folder=tmp_path)
    with pytest.raises(SourceError, match=words) as caught, Baostock(client, pause=lambda seconds: None) as source:
        source.adjust_factors(DAY)
    assert caught.value.code == code


def test_every_cause_has_its_own_words() -> None:
    words = [zh for zh, _, _ in CAUSES.values()]
    assert len(set(words)) == len(words)
    assert failure("dns", "public: x").message == "baostock：域名解析失败（public: x）"
