"""Compiled engine of ladders: buys by the clock, safety buys below, one take-profit, one stop; imported inside functions.

docs/bar-simulation.md §10. A ladder is long only.
"""

from __future__ import annotations

from typing import NamedTuple

from quantgpt.bars.joint._kernels import (
    BY_LIMIT,
    BY_MARKET,
    BY_PROFIT,
    BY_STOP,
    FIRST_OF_ENGINE,
    FUNDED,
    LIQUIDATES,
    LOTS,
    NOTIONAL,
    OVER,
    QUANTITY_OPEN,
    SIDE,
    TOO_LARGE,
    WALLET,
    Bar,
    Desk,
    Rules,
    Whole,
    close_all,
    has_room,
    leave,
    liquidate,
    low_comes_first,
    open_lot,
    outgrown,
    pay_funding,
    reached,
)
from quantgpt.bars.kernels import LARGEST, SCALE, muldiv_ceil, slipped, too_large
from quantgpt.foundations.jit import kernel

STOP, PROFIT, NEXT_STOP, NEXT_PROFIT, WAITS, SAFETY, PLACED, LAYS = (FIRST_OF_ENGINE + k for k in range(8))
"""prices in force and those that follow them; whether the profit waits for the next bar; the next safety buy of those placed; the fill
below which they are to be laid now"""


class Ladder(NamedTuple):
    """A plan as whole numbers, and its safety buys from dear to cheap, as they were laid (S,)."""

    prices: Whole
    quantities: Whole
    interval: int
    """milliseconds"""
    amount: int
    """in 1e-8"""
    most: int
    """lots at which the clock buys no more: 1 with safety buys"""
    safety: int
    """whether there are safety buys: 0 or 1"""
    profit_rate: int
    """-1 for none, as the next"""
    stop_rate: int


@kernel
def _targets(book: Whole, unit: int, ladder: Ladder) -> None:
    """Take-profit and stop of all lots, to be in force from the next leg on."""
    lots = book[QUANTITY_OPEN] * unit
    if ladder.profit_rate >= 0:
        if float(book[NOTIONAL]) * (SCALE + ladder.profit_rate) / SCALE > 2.0 * LARGEST:
            book[TOO_LARGE] = 1
            return
        target = book[NOTIONAL] + muldiv_ceil(book[NOTIONAL], ladder.profit_rate, SCALE)
        book[NEXT_PROFIT] = (target - 1) // lots + 1
    if ladder.stop_rate >= 0:
        book[NEXT_STOP] = (muldiv_ceil(book[NOTIONAL], SCALE - ladder.stop_rate, SCALE) - 1) // lots + 1


@kernel
def _flat(book: Whole) -> None:
    """Nothing rests any more."""
    book[STOP] = book[PROFIT] = book[NEXT_STOP] = book[NEXT_PROFIT] = book[SAFETY] = book[PLACED] = book[WAITS] = 0


@kernel
def _safety_buy(desk: Desk, rules: Rules, ladder: Ladder, index: int, leg: int, price: int) -> None:
    """The next safety buy is reached: it is filled at that price, or dropped."""
    book = desk.book
    quantity = ladder.quantities[book[SAFETY]]
    book[SAFETY] += 1
    if open_lot(desk, rules, index, leg, 1, price, quantity, BY_LIMIT):
        _targets(book, rules.unit, ladder)
        if leg > 0 and rules.pessimistic == 1:
            book[WAITS] = 1


@kernel
def _resting_at_open(desk: Desk, rules: Rules, ladder: Ladder, bar: Bar) -> None:
    """What rests when a bar opens: liquidation, stop, safety buys, take-profit."""
    book = desk.book
    book[STOP], book[PROFIT], book[WAITS] = book[NEXT_STOP], book[NEXT_PROFIT], 0
    if reached(1, book[LIQUIDATES], bar.open, bar.open) > 0:
        liquidate(desk, rules, bar.at, 0, bar.open)
        return
    if reached(1, book[STOP], bar.open, bar.open) > 0:
        leave(desk, rules, bar, 0, bar.open, BY_STOP)
        _flat(book)
        return
    while book[SAFETY] < book[PLACED] and bar.open <= ladder.prices[book[SAFETY]] - rules.touch:
        _safety_buy(desk, rules, ladder, bar.at, 0, bar.open)
    if 0 < book[PROFIT] <= bar.open - rules.touch:
        close_all(desk, rules, bar.at, 0, bar.open, BY_PROFIT, book[WALLET])
        _flat(book)


@kernel
def _scheduled_buy(desk: Desk, rules: Rules, ladder: Ladder, bar: Bar) -> None:
    """One market buy at the open; where safety buys belong to it, they are to be laid below its price."""
    book = desk.book
    price = slipped(bar.open, 1, rules.slippage, bar.low, bar.high)
    if too_large(price, 1, rules.unit):
        book[TOO_LARGE] = 1
        return
    if open_lot(desk, rules, bar.at, 0, 1, price, ladder.amount // (price * rules.unit), BY_MARKET):
        _targets(book, rules.unit, ladder)
        book[LAYS] = price if ladder.safety == 1 else 0


@kernel
def _leg(desk: Desk, rules: Rules, ladder: Ladder, bar: Bar, leg: int, a: int, b: int) -> None:
    """One leg from a to b: what lies nearest comes first; at one price liquidation, stop, safety buy, take-profit.

    A take-profit that was re-priced below the price of the moment lies at that price.
    """
    book = desk.book
    now = a
    while True:
        end = reached(1, book[LIQUIDATES], now, b)
        stop = reached(1, book[STOP], now, b)
        buys = book[SAFETY] < book[PLACED] and min(now, b) <= ladder.prices[book[SAFETY]] - rules.touch
        buy = min(now, ladder.prices[book[SAFETY]]) if buys else 0
        if 0 < book[PROFIT] <= now - rules.touch and max(end, stop, buy) < now:
            break
        if end > 0 and end >= max(stop, buy):
            liquidate(desk, rules, bar.at, leg, end)
            return
        if stop > 0 and stop >= buy:
            leave(desk, rules, bar, leg, stop, BY_STOP)
            _flat(book)
            return
        if not buys:
            break
        _safety_buy(desk, rules, ladder, bar.at, leg, ladder.prices[book[SAFETY]])
        now = buy
    if 0 < book[PROFIT] <= max(now, b) - rules.touch:
        close_all(desk, rules, bar.at, leg, book[PROFIT], BY_PROFIT, book[WALLET])
        _flat(book)


@kernel
def _along(desk: Desk, rules: Rules, ladder: Ladder, bar: Bar) -> None:
    """The three legs, as long as anything is open. What was re-priced on one is in force from the next on."""
    book = desk.book
    falls = low_comes_first(book[SIDE], rules.pessimistic, bar)
    a = bar.open
    for leg in range(1, 4):
        b = bar.close if leg == 3 else (bar.low if (leg == 1) == falls else bar.high)
        book[STOP] = book[NEXT_STOP]
        if book[WAITS] == 0:
            book[PROFIT] = book[NEXT_PROFIT]
        _leg(desk, rules, ladder, bar, leg, a, b)
        if book[LOTS] == 0 or book[TOO_LARGE] == 1:
            return
        a = b


@kernel
def _quiet(book: Whole, ladder: Ladder, low: int, high: int) -> bool:
    """Whether nothing that rests is reached in a bar between `low` and `high`."""
    if book[LOTS] == 0:
        return True
    nearest = max(book[LIQUIDATES], book[STOP], book[NEXT_STOP])
    if book[SAFETY] < book[PLACED]:
        nearest = max(nearest, ladder.prices[book[SAFETY]])
    return bool(low > nearest and not (0 < book[PROFIT] <= high or 0 < book[NEXT_PROFIT] <= high))


@kernel
def _is_moment(open_time: Whole, bar: int, interval: int) -> bool:
    """Whether a multiple of the interval, counted from the first bar's open, lies after the bar before and up to this one's open."""
    if bar == 0:
        return True
    return bool((open_time[bar] - open_time[0]) // interval > (open_time[bar - 1] - open_time[0]) // interval)


@kernel
def _open_point(desk: Desk, rules: Rules, ladder: Ladder, bar: Bar, moment: bool) -> None:
    """What rests at the open, then the buy by the clock."""
    book = desk.book
    if book[LOTS] > 0:
        _resting_at_open(desk, rules, ladder, bar)
    if moment and book[OVER] == 0 and book[LOTS] < ladder.most:
        _scheduled_buy(desk, rules, ladder, bar)


@kernel
def walk(
    desk: Desk, rules: Rules, funding: Whole, payments: Whole, open_: Whole, high: Whole, low: Whole, close: Whole,
    ladder: Ladder, first: int, last: int,
) -> int:  # fmt: skip
    """Walk the bars first … last − 1. Returns the bar before which it stopped, for room or to have safety buys laid; else last.

    Where LAYS is set, the open point of the first bar is past: safety buys are laid now, and the bar goes on with its legs.
    """
    book, open_time = desk.book, desk.open_time
    for index in range(first, last):
        if outgrown(book, rules.unit, close[max(index - 1, 0)]) or book[OVER] == 1:
            return last
        bar = Bar(index, open_[index], high[index], low[index], close[index])
        if book[LAYS] == 0:
            due = book[FUNDED] < funding.shape[1] and funding[0, book[FUNDED]] <= open_time[index]
            if due and not pay_funding(
                desk, rules, funding, payments, index, open_time[index], close[max(index - 1, 0)], open_[index]
            ):
                return index
            moment = _is_moment(open_time, index, ladder.interval)
            if not moment and _quiet(book, ladder, low[index], high[index]):
                continue
            if not has_room(desk, book[LOTS] + 4 * ladder.prices.shape[0] + 3):
                return index
            _open_point(desk, rules, ladder, bar, moment)
            if book[LAYS] > 0 and book[TOO_LARGE] == 0:
                return index
        book[LAYS] = 0
        if book[LOTS] > 0:
            _along(desk, rules, ladder, bar)
    return last
