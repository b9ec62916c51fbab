"""Compiled engine of signals: one position at a time; imported inside functions. docs/bar-simulation.md §9."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.joint._kernels import (
    BY_MARKET,
    BY_STOP,
    FIRST_OF_ENGINE,
    FUNDED,
    LIQUIDATES,
    LOTS,
    MARGIN,
    OVER,
    SIDE,
    TAKER,
    TOO_LARGE,
    WALLET,
    Bar,
    Desk,
    Rules,
    Whole,
    has_room,
    leave,
    liquidate,
    low_comes_first,
    open_lot,
    outgrown,
    pay_funding,
    rate_now,
    reached,
    worth,
)
from quantgpt.bars.kernels import (
    LARGEST,
    SCALE,
    fee_of,
    margin_of,
    muldiv_ceil,
    muldiv_floor,
    slipped,
    too_large,
)
from quantgpt.foundations.jit import kernel

Wishes = NDArray[np.uint8]

ENTER_LONG, EXIT_LONG, ENTER_SHORT, EXIT_SHORT = 1, 2, 4, 8
"""bits of a wish"""
STOP, WISH, WISH_EQUITY, WISH_DISTANCE = (FIRST_OF_ENGINE + k for k in range(4))
FILLS_PER_BAR = 4


class Entry(NamedTuple):
    """How positions are opened; rates in 1e-8."""

    share: int
    """of equity, before leverage"""
    stop_rate: int
    """from the entry price, 0 for none"""


@kernel
def affordable(free: int, per_step: int, most: int, leverage: int, rate: int) -> int:
    """The most steps, at most `most`, whose margin and entry fee `free` carries. per_step: notional of one step."""
    quantity = most
    if quantity <= 0 or free <= 0:
        return 0
    if margin_of(quantity * per_step, leverage) + fee_of(quantity * per_step, rate) <= free:
        return quantity
    whole, scaled = SCALE + leverage * rate, leverage * SCALE
    bound = (free // whole) * scaled + (free % whole) * scaled // whole
    quantity = min(quantity, (bound + 12) // per_step)
    while quantity > 0 and margin_of(quantity * per_step, leverage) + fee_of(quantity * per_step, rate) > free:
        quantity -= 1
    return quantity


@kernel
def _size(desk: Desk, rules: Rules, index: int, price: int, share: int) -> int:
    """Steps of an entry at that price: what the budget buys and the free balance carries."""
    book = desk.book
    equity = book[WISH_EQUITY]
    if equity <= 0:
        return 0
    if too_large(price, 1, rules.unit) or float(equity) * rules.leverage * share / SCALE > LARGEST:
        book[TOO_LARGE] = 1
        return 0
    per_step = price * rules.unit
    levered = rules.leverage * share
    most = ((equity // SCALE) * levered + (equity % SCALE) * levered // SCALE) // per_step
    rate = rate_now(desk, rules.unit, index, TAKER)
    return affordable(book[WALLET] - book[MARGIN], per_step, most, rules.leverage, rate)


@kernel
def stop_of(side: int, entry: int, rate: int, distance: int) -> int:
    """The nearer of a stop at a fraction of the entry price and one at a distance; 0 where there is none above 0."""
    if side > 0:
        near = muldiv_ceil(entry, SCALE - rate, SCALE) if rate > 0 else 0
        return max(near, entry - distance, 0) if distance > 0 else near
    near = muldiv_floor(entry, SCALE + rate, SCALE) if rate > 0 else 0
    if distance > 0:
        return min(near, entry + distance) if near > 0 else entry + distance
    return near


@kernel
def _enter(desk: Desk, rules: Rules, bar: Bar, side: int, how: Entry) -> None:
    """Open a position at the open of the bar, if it can be."""
    book = desk.book
    price = slipped(bar.open, side, rules.slippage, bar.low, bar.high)
    quantity = _size(desk, rules, bar.at, price, how.share)
    if book[TOO_LARGE] == 0 and open_lot(desk, rules, bar.at, 0, side, price, quantity, BY_MARKET):
        book[STOP] = stop_of(side, price, how.stop_rate, book[WISH_DISTANCE])


@kernel
def _at_open(desk: Desk, rules: Rules, bar: Bar, how: Entry) -> None:
    """The open as one point: liquidation, pending exit, stop, pending entry."""
    book = desk.book
    side, wish = book[SIDE], book[WISH]
    book[WISH] = 0
    if book[LOTS] > 0:
        if reached(side, book[LIQUIDATES], bar.open, bar.open) > 0:
            liquidate(desk, rules, bar.at, 0, bar.open)
            return
        leaves = (wish & (EXIT_LONG | ENTER_SHORT)) if side > 0 else (wish & (EXIT_SHORT | ENTER_LONG))
        if leaves != 0:
            leave(desk, rules, bar, 0, bar.open, BY_MARKET)
        elif reached(side, book[STOP], bar.open, bar.open) > 0:
            leave(desk, rules, bar, 0, bar.open, BY_STOP)
    if book[LOTS] == 0 and wish & (ENTER_LONG | ENTER_SHORT) != 0:
        _enter(desk, rules, bar, 1 if wish & ENTER_LONG != 0 else -1, how)


@kernel
def _along(desk: Desk, rules: Rules, bar: Bar) -> None:
    """The three legs: liquidation or stop, whichever comes first."""
    book = desk.book
    side = book[SIDE]
    falls = low_comes_first(side, rules.pessimistic, bar)
    a = bar.open
    for leg in range(1, 4):
        b = bar.close if leg == 3 else (bar.low if (leg == 1) == falls else bar.high)
        end = reached(side, book[LIQUIDATES], a, b)
        stop = reached(side, book[STOP], a, b)
        if end > 0 and (stop == 0 or side * (end - stop) >= 0):
            liquidate(desk, rules, bar.at, leg, end)
            return
        if stop > 0:
            leave(desk, rules, bar, leg, stop, BY_STOP)
            return
        a = b


@kernel
def idle(book: Whole, low: int, high: int) -> bool:
    """Whether nothing can happen in a bar between `low` and `high`: nothing is wanted, no stop and no liquidation is reached."""
    if book[WISH] != 0:
        return False
    if book[LOTS] == 0:
        return True
    if book[SIDE] > 0:
        return bool(low > max(book[LIQUIDATES], book[STOP]))
    return bool((book[LIQUIDATES] <= 0 or high < book[LIQUIDATES]) and (book[STOP] <= 0 or high < book[STOP]))


@kernel
def step(desk: Desk, rules: Rules, bar: Bar, how: Entry) -> None:
    """One bar after its funding: the open point and the legs. At most FILLS_PER_BAR fills."""
    _at_open(desk, rules, bar, how)
    if desk.book[LOTS] > 0 and not idle(desk.book, bar.low, bar.high):
        _along(desk, rules, bar)


@kernel
def decide(book: Whole, unit: int, close: int, wish: int, distance: int) -> None:
    """What is wanted at a close, to be carried out at the next open."""
    book[WISH] = wish
    book[WISH_EQUITY] = worth(book, unit, close)
    book[WISH_DISTANCE] = distance


@kernel
def walk(
    desk: Desk, rules: Rules, funding: Whole, payments: Whole, open_: Whole, high: Whole, low: Whole, close: Whole,
    wishes: Wishes, distances: Whole, how: Entry, first: int, last: int,
) -> int:  # fmt: skip
    """Walk the bars first … last − 1. Returns the bar before which it stopped, for room; else last.

    wishes: what is decided at the close of each walked bar (T,); distances: of the stop then (T,), or empty for none.
    """
    book, open_time = desk.book, desk.open_time
    for bar in range(first, last):
        due = book[FUNDED] < funding.shape[1] and funding[0, book[FUNDED]] <= open_time[bar]
        if due and not pay_funding(
            desk, rules, funding, payments, bar, open_time[bar], close[max(bar - 1, 0)], open_[bar]
        ):
            return bar
        if not idle(book, low[bar], high[bar]):
            if book[OVER] == 1:
                return last
            if not has_room(desk, FILLS_PER_BAR):
                return bar
            step(desk, rules, Bar(bar, open_[bar], high[bar], low[bar], close[bar]), how)
        if outgrown(book, rules.unit, close[bar]):
            return last
        if wishes[bar] != 0:
            decide(book, rules.unit, close[bar], wishes[bar], distances[bar] if distances.shape[0] > 0 else 0)
    return last
