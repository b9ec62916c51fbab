"""The compiled account of a grid: its state, and every fill and payment booked, docs/bar-simulation.md §2, §4, §6-§8; imported inside the functions that call it.

Intervals are numbered from the lowest; `buy[k]` and `sell[k]` are the two prices of interval k in ticks, both ascending with k. Of an interval at most one order
rests: a buy at buy[k] or a sell at sell[k].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars import kernels as exact
from quantgpt.foundations.jit import kernel

Whole = NDArray[np.int64]

MARKET, LIMIT, TAKE_PROFIT, STOP, LIQUIDATION, REBALANCE, END = 0, 1, 2, 3, 4, 5, 6
"""the members of `outcome.Cause`"""
NEVER = 2**62
"""a price or an instant that is never reached"""

# what changes with the walk: positions in `Book.state`
WALLET, MARGIN, ENTRY, HELD, NET, LINE, LOTS, FILLS, PAID, FUNDED = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
TOP_BUY, LOW_SELL, PENDING, OVER, LIQUIDATED, NO_MARGIN, NO_NOTIONAL, TOO_LARGE, QUANTITY = (
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    18,
)
STATE_SIZE = 19

# what does not: positions in `Book.terms`
UNIT, LEVERAGE, SLIPPAGE, MAINTENANCE, LIQUIDATION_FEE, STRICT, PESSIMISTIC, LEAST, MOST = 0, 1, 2, 3, 4, 5, 6, 7, 8
STOP_LOW, STOP_HIGH, CAUSE_LOW, CAUSE_HIGH, LEAVE_LOW, LEAVE_HIGH = 9, 10, 11, 12, 13, 14
TERMS_SIZE = 15


class Tape(NamedTuple):
    """The walked bars, (T,) each, and the instants and rates of funding, (F,) each."""

    open_time: Whole
    open: Whole
    high: Whole
    low: Whole
    close: Whole
    ends_main: Whole
    funding_at: Whole
    funding_rate: Whole


class Lattice(NamedTuple):
    """The intervals, (n − 1,) each: prices, side of the lots (+1 long), the resting order (+1 buy, -1 sell, 0 none), when it was created (4 · bar + leg),
    number and entry price of the open lot (-1: none)."""

    buy: Whole
    sell: Whole
    kind: Whole
    order: Whole
    stamp: Whole
    lot: Whole
    entry: Whole


class Book(NamedTuple):
    """The account: `state` and `terms` by the positions above, the 30-day window, and the fee schedule's columns."""

    state: Whole
    terms: Whole
    window: Whole
    thresholds: Whole
    maker: Whole
    taker: Whole


@kernel
def rate_now(book: Book, tape: Tape, fills: Whole, bar: int, maker: bool) -> int:
    """The fee rate of the next fill."""
    rates = book.maker if maker else book.taker
    count = book.state[FILLS]
    return exact.fee_rate(fills, count, book.window, tape.open_time, bar, book.terms[UNIT], book.thresholds, rates)


@kernel
def set_order(state: Whole, lattice: Lattice, k: int, side: int, stamp: int) -> None:
    """Put the order of interval k; the outermost buys and sells are kept as bounds, made exact when they are asked for."""
    lattice.order[k] = side
    lattice.stamp[k] = stamp
    if side > 0:
        state[TOP_BUY] = max(state[TOP_BUY], k)
    elif side < 0:
        state[LOW_SELL] = min(state[LOW_SELL], k)


@kernel
def net_side(state: Whole) -> int:
    """+1 where more long than short lots are open, -1 the other way round, 0 where they are equal."""
    return 1 if state[NET] > 0 else -1 if state[NET] < 0 else 0


@kernel
def _redraw(book: Book) -> None:
    """Compute the liquidation price anew, after every change of the wallet or the lots."""
    s, t = book.state, book.terms
    backing = min(s[MARGIN], s[WALLET])
    side = net_side(s)
    quantity = abs(s[NET]) * s[QUANTITY]
    s[LINE] = exact.liquidation_ticks(side, quantity, t[UNIT], side * s[ENTRY], backing, t[MAINTENANCE])
    if s[WALLET] > exact.LARGEST or abs(s[ENTRY]) > exact.LARGEST:
        s[TOO_LARGE] = 1


@kernel
def open_lot(
    book: Book, tape: Tape, lattice: Lattice, fills: Whole, k: int, bar: int, leg: int, price: int, maker: bool
) -> None:
    """Fill the opening order of interval k and arm its closing one; where the book cannot, drop it and count."""
    s, t = book.state, book.terms
    lattice.order[k] = 0
    if exact.too_large(price, s[QUANTITY], t[UNIT]):
        s[TOO_LARGE] = 1
        return
    notional = price * s[QUANTITY] * t[UNIT]
    if notional < t[LEAST]:
        s[NO_NOTIONAL] += 1
        return
    fee = exact.fee_of(notional, rate_now(book, tape, fills, bar, maker))
    margin = exact.margin_of(notional, t[LEVERAGE])
    if s[WALLET] - s[MARGIN] < margin + fee:
        s[NO_MARGIN] += 1
        return
    side = lattice.kind[k]
    cause = LIMIT if maker else MARKET
    s[FILLS] = exact.note_fill(fills, s[FILLS], bar, leg, s[LOTS], 1, side, price, s[QUANTITY], fee, 0, cause)
    lattice.lot[k] = s[LOTS]
    lattice.entry[k] = price
    s[LOTS] += 1
    s[WALLET] -= fee
    s[MARGIN] += margin
    s[ENTRY] += side * notional
    s[HELD] += 1
    s[NET] += side
    set_order(s, lattice, k, -side, 4 * bar + leg)
    _redraw(book)


@kernel
def _gross(book: Book, lattice: Lattice, k: int, price: int) -> int:
    """What the lot of interval k gains from its entry to `price`, before fees."""
    return lattice.kind[k] * (price - lattice.entry[k]) * book.state[QUANTITY] * book.terms[UNIT]


@kernel
def _close_lot(
    book: Book, lattice: Lattice, fills: Whole, k: int, bar: int, leg: int, price: int, fee: int, forgiven: int, cause: int
) -> None:  # fmt: skip
    """Book the close of the lot of interval k. The order that follows, and the liquidation price, are the caller's."""
    s, t = book.state, book.terms
    side = -lattice.kind[k]
    s[FILLS] = exact.note_fill(
        fills, s[FILLS], bar, leg, lattice.lot[k], 0, side, price, s[QUANTITY], fee, forgiven, cause
    )
    entry = lattice.entry[k] * s[QUANTITY] * t[UNIT]
    s[WALLET] += _gross(book, lattice, k, price) + forgiven - fee
    s[MARGIN] -= exact.margin_of(entry, t[LEVERAGE])
    s[ENTRY] -= lattice.kind[k] * entry
    s[HELD] -= 1
    s[NET] -= lattice.kind[k]
    lattice.lot[k] = -1
    lattice.order[k] = 0


@kernel
def arm(book: Book, lattice: Lattice, k: int, stamp: int) -> None:
    """Place the opening order of interval k, unless the venue would not take it."""
    s, t = book.state, book.terms
    side = lattice.kind[k]
    price = lattice.buy[k] if side > 0 else lattice.sell[k]
    if exact.too_large(price, s[QUANTITY], t[UNIT]):
        s[TOO_LARGE] = 1
    elif price * s[QUANTITY] * t[UNIT] < t[LEAST]:
        s[NO_NOTIONAL] += 1
    else:
        set_order(s, lattice, k, side, stamp)


@kernel
def fill_order(book: Book, tape: Tape, lattice: Lattice, fills: Whole, k: int, bar: int, leg: int, price: int) -> None:
    """Fill the resting order of interval k as maker: it opens the interval's lot, or closes it and arms the next opening."""
    if lattice.lot[k] < 0:
        open_lot(book, tape, lattice, fills, k, bar, leg, price, True)
        return
    s, t = book.state, book.terms
    if exact.too_large(price, s[QUANTITY], t[UNIT]):
        s[TOO_LARGE] = 1
        return
    fee = exact.fee_of(price * s[QUANTITY] * t[UNIT], rate_now(book, tape, fills, bar, True))
    fee = exact.closing_fee(fee, s[WALLET], _gross(book, lattice, k, price))
    _close_lot(book, lattice, fills, k, bar, leg, price, fee, 0, LIMIT)
    arm(book, lattice, k, 4 * bar + leg)
    _redraw(book)


@kernel
def by_age(lattice: Lattice) -> Whole:
    """Intervals with an open lot, in the order in which the lots were opened."""
    found = np.flatnonzero(lattice.lot >= 0)
    ordered: Whole = found[np.argsort(lattice.lot[found])]
    return ordered


@kernel
def end_grid(state: Whole, lattice: Lattice) -> None:
    """The grid trades no more."""
    lattice.order[:] = 0
    state[OVER] = 1


@kernel
def close_all(
    book: Book, tape: Tape, lattice: Lattice, fills: Whole, chosen: Whole, bar: int, leg: int, at: int, cause: int
) -> None:
    """Close all open lots, in the order of `chosen`, as taker. What the book cannot pay is not paid: neither loss nor fee."""
    s, t = book.state, book.terms
    grosses = np.zeros(chosen.size, np.int64)
    forgiven = np.zeros(chosen.size, np.int64)
    prices = np.zeros(chosen.size, np.int64)
    if exact.too_large(tape.high[bar], s[QUANTITY] * s[HELD], t[UNIT]):
        s[TOO_LARGE] = 1
        return
    for j, k in enumerate(chosen):
        prices[j] = exact.slipped(at, -lattice.kind[k], t[SLIPPAGE], tape.low[bar], tape.high[bar])
        grosses[j] = _gross(book, lattice, k, prices[j])
    left = exact.spread_forgiven(grosses, forgiven, s[WALLET])
    for j, k in enumerate(chosen):
        fee = exact.fee_of(prices[j] * s[QUANTITY] * t[UNIT], rate_now(book, tape, fills, bar, False))
        fee = min(fee, left)
        left -= fee
        _close_lot(book, lattice, fills, k, bar, leg, prices[j], fee, forgiven[j], cause)
    _redraw(book)


@kernel
def liquidate(book: Book, tape: Tape, lattice: Lattice, fills: Whole, bar: int, leg: int, price: int) -> None:
    """Close every lot at the liquidation price; the venue bears what the margin does not cover."""
    s, t = book.state, book.terms
    chosen = by_age(lattice)
    s[LIQUIDATED] = 1
    if exact.too_large(price, s[QUANTITY] * s[HELD], t[UNIT]):
        s[TOO_LARGE] = 1
        return
    backing = min(s[MARGIN], s[WALLET])
    grosses = np.zeros(chosen.size, np.int64)
    forgiven = np.zeros(chosen.size, np.int64)
    for j, k in enumerate(chosen):
        grosses[j] = _gross(book, lattice, k, price)
    left = exact.spread_forgiven(grosses, forgiven, backing)
    for j, k in enumerate(chosen):
        rate = rate_now(book, tape, fills, bar, False) + t[LIQUIDATION_FEE]
        fee = min(exact.fee_of(price * s[QUANTITY] * t[UNIT], rate), left)
        left -= fee
        _close_lot(book, lattice, fills, k, bar, leg, price, fee, forgiven[j], LIQUIDATION)
    _redraw(book)
    end_grid(s, lattice)


@kernel
def pay_funding(book: Book, tape: Tape, lattice: Lattice, payments: Whole, bar: int, until: int) -> Whole:
    """Pay the instants up to and including `until`, before the open of `bar` (T: after the last bar). Returns the table of payments."""
    s, t = book.state, book.terms
    while s[FUNDED] < tape.funding_at.size and tape.funding_at[s[FUNDED]] <= until:
        at, rate = tape.funding_at[s[FUNDED]], tape.funding_rate[s[FUNDED]]
        s[FUNDED] += 1
        if s[HELD] == 0:
            continue
        at_open = bar < tape.open.size and at == tape.open_time[bar]
        price = tape.open[bar] if at_open else tape.close[bar - 1]
        if exact.too_large(price, s[QUANTITY] * s[HELD], t[UNIT]):
            s[TOO_LARGE] = 1
            return payments
        worth = price * s[QUANTITY] * s[NET] * t[UNIT] - s[ENTRY]
        payments = exact.roomy(payments, s[PAID], s[HELD])
        for k in by_age(lattice):
            amount = lattice.kind[k] * exact.fee_of(price * s[QUANTITY] * t[UNIT], rate)
            amount = exact.funding_cut(amount, s[WALLET] + worth)
            if amount != 0:
                s[WALLET] -= amount
                s[PAID] = exact.note_payment(payments, s[PAID], at, bar, lattice.lot[k], amount)
        _redraw(book)
    return payments
