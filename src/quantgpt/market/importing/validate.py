"""Rows that cannot be true, found by rule, counted and sampled."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadImport
from quantgpt.market.boards import board_code
from quantgpt.market.calendar import TradeDays
from quantgpt.market.importing.reading import NO_TIME
from quantgpt.market.importing.report import Rejected
from quantgpt.market.importing.rows import DAY, Rows

Mask = NDArray[np.bool_]
SAMPLE = 5
JUMP = 50.0
"""A close further than this factor from the reference price is a fault, not a price."""

FIRST_DAY = np.datetime64("1990-01-01", "D")
"""No market we know is older."""
ROUNDING = {"index": 1e-4, "adjusted_only": 1e-4}
"""How far open and close may lie outside [low, high]: these are computed numbers, rounded one by one."""
STRICT_TABLES = ("stock",)
"""What fills and prices come from: one impossible row refuses the import."""
IMPOSSIBLE = ("price_negative", "duplicate")
"""Faults that say that the whole file is not what it should be, wherever they occur."""
BAD_SHARE = 0.01
"""Share of bad rows above which a file of any kind refuses the import."""
FORGIVABLE_LATER = ("future_date", "not_a_session")
"""Faults that a longer calendar may clear: such a file is looked at again next time."""

RULES = {
    "bad_symbol": ("证券代码无法识别", "the symbol cannot be read"),
    "not_a_stock": ("不是 A 股代码", "not the code of an A-share"),
    "bad_date": ("日期无法识别", "the date cannot be read"),
    "future_date": ("日期在未来", "the date lies in the future"),
    "not_a_session": ("不是交易日", "not a session"),
    "missing_price": ("价格缺失", "a price is missing"),
    "price_negative": ("价格为负", "a price is negative"),
    "price_zero": ("价格为零", "a price is zero"),
    "high_below_low": ("最高价低于最低价", "high is below low"),
    "outside_range": ("开盘价或收盘价不在最低价与最高价之间", "open or close lies outside [low, high]"),
    "bad_volume": ("成交量缺失或为负", "volume is missing or negative"),
    "bad_amount": ("成交额为负", "amount is negative"),
    "price_jump": ("收盘价与前收盘参考价相差 50 倍以上", "close and reference price differ by a factor of 50 or more"),
    "bad_reference": ("前收盘参考价不是正数", "the reference price is not positive"),
    "bad_factor": ("复权因子不是正数", "the adjustment factor is not positive"),
    "duplicate": ("重复的（代码，日期）", "duplicate (symbol, time)"),
    "conflict": ("与本次导入的另一个文件矛盾", "contradicts another file of this import"),
    "not_finite": ("数值不是有限数", "a value is not finite"),
}


@dataclass(frozen=True)
class Checked:
    """Rows that may be true, sorted and unique, and what was left out."""

    rows: Rows
    rejected: tuple[Rejected, ...]


def refuses(rejected: Sequence[Rejected], tables: Collection[str], rows: int) -> bool:
    """Whether a file with those rejected rows, and `rows` good ones, stops the import."""
    count = sum(entry.count for entry in rejected)
    if not count:
        return False
    hard = any(entry.code in IMPOSSIBLE for entry in rejected) or any(table in STRICT_TABLES for table in tables)
    return hard or count > BAD_SHARE * (count + rows)


def check(rows: Rows, table: str, calendar: TradeDays, today: np.datetime64) -> Checked:
    """Apply the rules of a table (`stock`, `index`, `adjusted_only`, `valuation`, `bars/<freq>`) to its rows.

    A row is counted under the first rule it breaks.
    """
    bad = np.zeros(rows.size, dtype=bool)
    rejected = []
    for code, broken in _rules(rows, table, calendar, today):
        fresh = broken & ~bad
        if fresh.any():
            rejected.append(rejection(rows, code, np.flatnonzero(fresh)))
            bad |= fresh
    kept = np.flatnonzero(~bad)
    order = kept[np.argsort(rows.key[kept], kind="stable")] if kept.size else kept
    key = rows.key[order]
    again = np.zeros(order.size, dtype=bool)
    again[1:] = key[1:] == key[:-1]
    if again.any():
        rejected.append(rejection(rows, "duplicate", np.sort(order[again])))
    return Checked(rows.take(order[~again]).compact(), tuple(rejected))


def rejection(rows: Rows, code: str, at: NDArray[np.int64], place: str = "第 {row} 行 ") -> Rejected:
    """Count those rows under a rule and describe the first few (rows are counted from 1)."""
    zh, en = RULES[code]
    sample = tuple(place.format(row=int(i) + 1) + describe(rows, int(i)) for i in at[:SAMPLE])
    return Rejected(code, zh, en, int(at.size), sample)


def describe(rows: Rows, i: int) -> str:
    """One row in words: symbol, time, prices."""
    symbol = str(rows.symbols[rows.symbol[i]]) if rows.symbol[i] >= 0 else "?"
    time = "?" if rows.time[i] == NO_TIME else _moment(rows, i)
    shown = [
        f"{name}={rows.values[name][i]:g}" for name in ("open", "high", "low", "close", "volume") if name in rows.values
    ]
    return " ".join([symbol, time, *shown])


def _moment(rows: Rows, i: int) -> str:
    return str(rows.time[i : i + 1].view(f"datetime64[{rows.unit}]")[0]).replace("T", " ")[:16]


def _rules(rows: Rows, table: str, calendar: TradeDays, today: np.datetime64) -> Iterator[tuple[str, Mask]]:
    yield "bad_symbol", rows.symbol < 0
    days = rows.days
    yield "bad_date", (rows.time == NO_TIME) | (days < FIRST_DAY)
    yield "future_date", days > today
    if table in ("stock", "adjusted_only", "valuation"):
        stock = np.array([board_code(code) is not None for code in rows.symbols.tolist()] or [False], dtype=bool)
        yield "not_a_stock", ~stock[np.maximum(rows.symbol, 0)]
    if not table.startswith("bars/") or (rows.symbols.size and "." in rows.symbols[0][-3:]):
        yield "not_a_session", _not_sessions(days, calendar)
    if "close" in rows.values:
        yield from _price_rules(rows, table)
    if table == "stock":
        yield from _reference_rules(rows)
    for column in rows.values.values():
        if column.dtype.kind == "f":
            yield "not_finite", np.isinf(column)


def _price_rules(rows: Rows, table: str) -> Iterator[tuple[str, Mask]]:
    v = rows.values
    prices = [v[name] for name in ("open", "high", "low", "close")]
    open_optional = table in ("bars/1m", "bars/5m")
    needed = prices[1:] if open_optional else prices
    yield "missing_price", np.any([np.isnan(p) for p in needed], axis=0)
    yield "price_negative", np.any([p < 0 for p in prices], axis=0)
    yield "price_zero", np.any([p == 0 for p in prices], axis=0)
    yield "high_below_low", v["high"] < v["low"]
    slack = v["close"] * ROUNDING.get(table, 1e-9)
    outside = [(p > v["high"] + slack) | (p < v["low"] - slack) for p in (v["open"], v["close"])]
    yield "outside_range", outside[0] | outside[1]
    yield "bad_volume", ~(v["volume"] >= 0)
    if "amount" in v:
        yield "bad_amount", v["amount"] < 0


def _reference_rules(rows: Rows) -> Iterator[tuple[str, Mask]]:
    v = rows.values
    yield "bad_reference", v["pre_close"] <= 0
    yield "bad_factor", v["factor"] <= 0
    change = v["close"] / v["pre_close"]
    yield "price_jump", (change > JUMP) | (change < 1.0 / JUMP)


def _not_sessions(days: NDArray[np.datetime64], calendar: TradeDays) -> Mask:
    """Days that are no session; before and beyond the calendar only weekends are known not to be."""
    distinct, place = np.unique(days, return_inverse=True)
    weekend = (distinct.astype(np.int64) + 3) % 7 >= 5
    inside = (distinct >= calendar.days[0]) & (distinct <= calendar.official_until)
    closed = np.where(inside, ~calendar.contains(distinct), weekend)
    return np.asarray(closed[place.reshape(-1)], dtype=bool)


def check_units(rows: Rows, name: str) -> None:
    """Refuse a file whose volume or amount is in another unit: amount / (volume × close) must be about 1.

    Raises: BadImport.
    """
    v = rows.values
    use = (v["volume"] > 0) & (v["amount"] > 0) & (v["close"] > 0) if "amount" in v else np.zeros(0, dtype=bool)
    if not use.any() or rows.unit != DAY:
        return
    ratio = float(np.median(v["amount"][use] / (v["volume"][use] * v["close"][use])))
    if 0.7 < ratio < 1.4:
        return
    guesses = {100.0: "成交量像是手而不是股", 0.001: "成交额像是千元而不是元", 0.1: "成交量像是手、成交额像是千元"}
    near = min(guesses, key=lambda g: abs(np.log(ratio / g)))
    raise BadImport(
        f"{name} 的单位不对：成交额 /（成交量 × 收盘价）的中位数是 {ratio:.4g}，应接近 1；{guesses[near]}",
        hint="volume must be in shares and amount in yuan",
        field="path",
    )
