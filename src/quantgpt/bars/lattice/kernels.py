"""The compiled walk of a grid over the bars, docs/bar-simulation.md §3; imported inside the functions that call it.

Everything that changes lies in the arrays of `account.kernels`, so that a walk can stop at any bar and go on later.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars import kernels as exact
from quantgpt.bars.lattice.account.kernels import (
    CAUSE_HIGH,
    CAUSE_LOW,
    END,
    FILLS,
    FUNDED,
    LEAVE_HIGH,
    LEAVE_LOW,
    LINE,
    LOW_SELL,
    MOST,
    NET,
    NEVER,
    OVER,
    PENDING,
    PESSIMISTIC,
    REBALANCE,
    STOP_HIGH,
    STOP_LOW,
    STRICT,
    TOO_LARGE,
    TOP_BUY,
    Book,
    Lattice,
    Tape,
    Whole,
    arm,
    by_age,
    close_all,
    end_grid,
    fill_order,
    liquidate,
    net_side,
    open_lot,
    pay_funding,
)
from quantgpt.foundations.jit import kernel


@kernel
def _ready(book: Book, lattice: Lattice, k: int, side: int, bar: int, leg: int) -> bool:
    """Whether interval k has an order of that side that is old enough: of an earlier leg; pessimistic: not of a leg of this bar."""
    if lattice.order[k] != side:
        return False
    newest = 4 * bar if book.terms[PESSIMISTIC] != 0 else 4 * bar + leg - 1
    return bool(lattice.stamp[k] <= newest)


@kernel
def _next_buy(book: Book, lattice: Lattice, least: int, bar: int, leg: int) -> int:
    """The dearest ready buy at `least` or above, of equal ones the lowest interval; -1 for none."""
    s = book.state
    while s[TOP_BUY] >= 0 and lattice.order[s[TOP_BUY]] != 1:
        s[TOP_BUY] -= 1
    found = -1
    k = s[TOP_BUY]
    while k >= 0 and lattice.buy[k] >= least and (found < 0 or lattice.buy[k] == lattice.buy[found]):
        if _ready(book, lattice, k, 1, bar, leg):
            found = k
        k -= 1
    return found


@kernel
def _next_sell(book: Book, lattice: Lattice, most: int, bar: int, leg: int) -> int:
    """The cheapest ready sell at `most` or below, of equal ones the lowest interval; -1 for none."""
    s = book.state
    while s[LOW_SELL] < lattice.order.size and lattice.order[s[LOW_SELL]] != -1:
        s[LOW_SELL] += 1
    k = s[LOW_SELL]
    while k < lattice.order.size and lattice.sell[k] <= most:
        if _ready(book, lattice, k, -1, bar, leg):
            return int(k)
        k += 1
    return -1


@kernel
def _beyond(book: Book, price: int) -> bool:
    """Whether the price is at or beyond the liquidation price."""
    line, side = book.state[LINE], net_side(book.state)
    return bool(line > 0 and ((side > 0 and price <= line) or (side < 0 and price >= line)))


@kernel
def _stopped(
    book: Book, tape: Tape, lattice: Lattice, fills: Whole, bar: int, leg: int, price: int, cause: int
) -> None:
    """A stop of the whole grid: everything is closed at `price`, and the grid is over."""
    close_all(book, tape, lattice, fills, by_age(lattice), bar, leg, price, cause)
    end_grid(book.state, lattice)


@kernel
def _fall(book: Book, tape: Tape, lattice: Lattice, fills: Whole, bar: int, leg: int, start: int, end: int) -> None:
    """A leg from `start` down to `end`."""
    s, t = book.state, book.terms
    here = start
    while s[OVER] == 0 and s[TOO_LARGE] == 0:
        if _beyond(book, here):
            liquidate(book, tape, lattice, fills, bar, leg, here)
            return
        line = s[LINE] if s[NET] > 0 else 0
        k = _next_buy(book, lattice, end + t[STRICT], bar, leg)
        price = lattice.buy[k] if k >= 0 else 0
        if line >= max(end, price, t[STOP_LOW]) and line > 0:
            liquidate(book, tape, lattice, fills, bar, leg, line)
        elif t[STOP_LOW] >= max(end, price):
            _stopped(book, tape, lattice, fills, bar, leg, min(here, t[STOP_LOW]), t[CAUSE_LOW])
        elif k >= 0:
            fill_order(book, tape, lattice, fills, k, bar, leg, price)
            here = price
        else:
            return


@kernel
def _rise(book: Book, tape: Tape, lattice: Lattice, fills: Whole, bar: int, leg: int, start: int, end: int) -> None:
    """A leg from `start` up to `end`."""
    s, t = book.state, book.terms
    here = start
    while s[OVER] == 0 and s[TOO_LARGE] == 0:
        if _beyond(book, here):
            liquidate(book, tape, lattice, fills, bar, leg, here)
            return
        line = s[LINE] if s[NET] < 0 and s[LINE] > 0 else NEVER
        k = _next_sell(book, lattice, end - t[STRICT], bar, leg)
        price = lattice.sell[k] if k >= 0 else NEVER
        if line <= min(end, price, t[STOP_HIGH]):
            liquidate(book, tape, lattice, fills, bar, leg, line)
        elif t[STOP_HIGH] <= min(end, price):
            _stopped(book, tape, lattice, fills, bar, leg, max(here, t[STOP_HIGH]), t[CAUSE_HIGH])
        elif k >= 0:
            fill_order(book, tape, lattice, fills, k, bar, leg, price)
            here = price
        else:
            return


@kernel
def _legs(book: Book, tape: Tape, lattice: Lattice, fills: Whole, bar: int) -> None:
    """The three legs of a bar."""
    low_first = tape.close[bar] >= tape.open[bar]
    side = net_side(book.state)
    if book.terms[PESSIMISTIC] != 0 and side != 0:
        low_first = side > 0
    start, end, low, high = tape.open[bar], tape.close[bar], tape.low[bar], tape.high[bar]
    if low_first:
        _fall(book, tape, lattice, fills, bar, 1, start, low)
        _rise(book, tape, lattice, fills, bar, 2, low, high)
        _fall(book, tape, lattice, fills, bar, 3, high, end)
    else:
        _rise(book, tape, lattice, fills, bar, 1, start, high)
        _fall(book, tape, lattice, fills, bar, 2, high, low)
        _rise(book, tape, lattice, fills, bar, 3, low, end)


@kernel
def _at_open(book: Book, tape: Tape, lattice: Lattice, fills: Whole, bar: int) -> bool:
    """The open as one point. True where a pending rebalance closed the lots and a grid is to be laid now."""
    s, t = book.state, book.terms
    price = tape.open[bar]
    if _beyond(book, price):
        liquidate(book, tape, lattice, fills, bar, 0, price)
        return False
    if s[PENDING] != 0:
        s[PENDING] = 0
        close_all(book, tape, lattice, fills, np.flatnonzero(lattice.lot >= 0), bar, 0, price, REBALANCE)
        return True
    if price <= t[STOP_LOW]:
        _stopped(book, tape, lattice, fills, bar, 0, price, t[CAUSE_LOW])
        return False
    if price >= t[STOP_HIGH]:
        _stopped(book, tape, lattice, fills, bar, 0, price, t[CAUSE_HIGH])
        return False
    while s[TOO_LARGE] == 0:
        k = _next_buy(book, lattice, price + t[STRICT], bar, 0)
        if k < 0:
            break
        fill_order(book, tape, lattice, fills, k, bar, 0, price)
    while s[TOO_LARGE] == 0:
        k = _next_sell(book, lattice, price - t[STRICT], bar, 0)
        if k < 0:
            break
        fill_order(book, tape, lattice, fills, k, bar, 0, price)
    return False


@kernel
def lay(
    book: Book, tape: Tape, lattice: Lattice, fills: Whole, bar: int, at_once: NDArray[np.bool_], price: int
) -> Whole:
    """Lay a grid at the open of `bar`: intervals of `at_once` open their lot at `price` as taker, in order, the others are armed."""
    n = lattice.order.size
    fills = exact.roomy(fills, book.state[FILLS], n)
    book.state[TOP_BUY] = -1
    book.state[LOW_SELL] = n
    for k in range(n):
        if book.state[TOO_LARGE] != 0:
            break
        if at_once[k]:
            open_lot(book, tape, lattice, fills, k, bar, 0, price, False)
        else:
            arm(book, lattice, k, 4 * bar)
    return fills


@kernel
def _guards(book: Book, lattice: Lattice) -> tuple[int, int]:
    """Two prices between which nothing of the book can happen."""
    s, t = book.state, book.terms
    n = lattice.order.size
    while s[TOP_BUY] >= 0 and lattice.order[s[TOP_BUY]] != 1:
        s[TOP_BUY] -= 1
    while s[LOW_SELL] < n and lattice.order[s[LOW_SELL]] != -1:
        s[LOW_SELL] += 1
    low = max(t[STOP_LOW], t[LEAVE_LOW] - 1)
    high = min(t[STOP_HIGH], t[LEAVE_HIGH] + 1)
    if s[TOP_BUY] >= 0:
        low = max(low, lattice.buy[s[TOP_BUY]])
    if s[LOW_SELL] < n:
        high = min(high, lattice.sell[s[LOW_SELL]])
    if s[LINE] > 0 and s[NET] > 0:
        low = max(low, s[LINE])
    if s[LINE] > 0 and s[NET] < 0:
        high = min(high, s[LINE])
    return low, high


@kernel
def walk(
    book: Book, tape: Tape, lattice: Lattice, fills: Whole, payments: Whole, first: int, stop: int, opened: bool
) -> tuple[int, bool, Whole, Whole]:
    """Walk bars first … stop − 1; `opened`: the open of the first one is done already (a grid was laid there).

    Returns the bar it came to, whether a grid is to be laid at that bar's open, and the tables of fills and payments. It ends early where the grid is over,
    an amount is too large, or there are more fills than are kept.
    """
    s, t = book.state, book.terms
    room = 6 * lattice.order.size + 8
    low, high = _guards(book, lattice)
    upcoming = tape.funding_at[s[FUNDED]] if s[FUNDED] < tape.funding_at.size else NEVER
    quiet = s[PENDING] == 0 and not opened
    i = first
    while i < stop:
        if quiet and tape.low[i] > low and tape.high[i] < high and tape.open_time[i] < upcoming:
            i += 1
            continue
        fills = exact.roomy(fills, s[FILLS], room)
        if not opened:
            if tape.open_time[i] >= upcoming:
                payments = pay_funding(book, tape, lattice, payments, i, tape.open_time[i])
                upcoming = tape.funding_at[s[FUNDED]] if s[FUNDED] < tape.funding_at.size else NEVER
            if s[TOO_LARGE] == 0 and _at_open(book, tape, lattice, fills, i):
                return i, True, fills, payments
        opened = False
        if s[OVER] == 0 and s[TOO_LARGE] == 0:
            _legs(book, tape, lattice, fills, i)
        if s[OVER] != 0 or s[TOO_LARGE] != 0 or s[FILLS] > t[MOST]:
            return i, False, fills, payments
        if tape.ends_main[i] >= 0 and (tape.close[i] > t[LEAVE_HIGH] or tape.close[i] < t[LEAVE_LOW]):
            s[PENDING] = 1
            lattice.order[:] = 0
        quiet = s[PENDING] == 0
        low, high = _guards(book, lattice)
        i += 1
    return i, False, fills, payments


@kernel
def finish(book: Book, tape: Tape, lattice: Lattice, fills: Whole, payments: Whole, until: int) -> tuple[Whole, Whole]:
    """After the last bar: funding up to `until`, then every open lot is closed at the last close."""
    bars = tape.open.size
    payments = pay_funding(book, tape, lattice, payments, bars, until)
    fills = exact.roomy(fills, book.state[FILLS], lattice.order.size)
    if book.state[TOO_LARGE] == 0:
        close_all(book, tape, lattice, fills, by_age(lattice), bars - 1, 4, tape.close[bars - 1], END)
    return fills, payments
