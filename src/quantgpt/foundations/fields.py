"""The vocabulary of market fields: names, units, meaning. The market store computes them, expressions read them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """Physical unit of a panel; the expression checker multiplies, divides and compares them."""

    PRICE = "price"
    SHARES = "shares"
    MONEY = "money"
    RATIO = "ratio"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True)
class FieldSpec:
    """One field: where it may be used and what it means."""

    name: str
    unit: Unit
    zh: str
    en: str
    in_expressions: bool = True


_SPECS = (
    FieldSpec("open", Unit.PRICE, "开盘价（复权）", "opening price, adjusted"),
    FieldSpec("high", Unit.PRICE, "最高价（复权）", "highest price, adjusted"),
    FieldSpec("low", Unit.PRICE, "最低价（复权）", "lowest price, adjusted"),
    FieldSpec("close", Unit.PRICE, "收盘价（复权）", "closing price, adjusted"),
    FieldSpec("volume", Unit.SHARES, "成交量（股，复权）", "volume in shares, divided by the adjustment factor"),
    FieldSpec("amount", Unit.MONEY, "成交额（元）", "turnover in yuan"),
    FieldSpec("pct_change", Unit.PERCENT, "涨跌幅（百分数，2.0 = 2%）", "official daily change in percent: 2.0 is 2 %"),
    FieldSpec(
        "returns", Unit.RATIO, "日收益率（小数，相对上一个有成交的收盘价）", "close over the last traded close, minus 1"
    ),
    FieldSpec("vwap", Unit.PRICE, "成交均价（复权）", "amount / volume, adjusted"),
    FieldSpec("turn", Unit.PERCENT, "换手率（百分数）", "turnover in percent of float shares, as the vendor gives it"),
    FieldSpec(
        "cap", Unit.MONEY, "流通市值（元）", "float market value: unadjusted close × float shares (volume / turn)"
    ),
    FieldSpec("market_cap", Unit.MONEY, "流通市值（元），同 cap", "same as cap"),
    FieldSpec("shares", Unit.SHARES, "流通股本（股）", "float shares: volume / turn, last known value"),
    FieldSpec("pe_ttm", Unit.RATIO, "市盈率 TTM", "price / earnings, trailing twelve months"),
    FieldSpec("pb_mrq", Unit.RATIO, "市净率 MRQ", "price / book, most recent quarter"),
    FieldSpec("ps_ttm", Unit.RATIO, "市销率 TTM", "price / sales, trailing twelve months"),
    FieldSpec("pcf_ncf_ttm", Unit.RATIO, "市现率 TTM", "price / net cash flow, trailing twelve months"),
    FieldSpec("day", Unit.DATE, "日（1–31）", "day of the month"),
    FieldSpec("weekday", Unit.DATE, "星期（0 = 周一）", "day of the week, 0 = Monday"),
    FieldSpec("month", Unit.DATE, "月（1–12）", "month"),
    FieldSpec("raw_open", Unit.PRICE, "开盘价（不复权）", "opening price as traded", False),
    FieldSpec("raw_high", Unit.PRICE, "最高价（不复权）", "highest price as traded", False),
    FieldSpec("raw_low", Unit.PRICE, "最低价（不复权）", "lowest price as traded", False),
    FieldSpec("raw_close", Unit.PRICE, "收盘价（不复权）", "closing price as traded", False),
    FieldSpec(
        "pre_close", Unit.PRICE, "交易所参考前收盘价", "the exchange's reference price of the day, unadjusted", False
    ),
    FieldSpec("factor", Unit.RATIO, "累计复权因子", "cumulative adjustment factor", False),
    FieldSpec("raw_volume", Unit.SHARES, "成交量（股，不复权）", "volume as traded", False),
)

FIELDS: dict[str, FieldSpec] = {spec.name: spec for spec in _SPECS}

USUAL_FIELDS = ("change", "adjclose")
"""fields that Qlib's folders hold by habit and our own market does not"""
