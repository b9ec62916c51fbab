"""Compiled steps of a book whose open lots are all on one side and always closed together; imported inside functions.

Because they are closed together, the open lots are the last rows of the table of fills. Prices in ticks, quantities in steps,
money and rates in 1e-8; docs/bar-simulation.md says what each step has to do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.kernels import (
    LARGEST,
    PRICE,
    QUANTITY,
    fee_of,
    fee_rate,
    funding_cut,
    liquidation_ticks,
    margin_of,
    note_fill,
    note_payment,
    slipped,
    too_large,
)
from quantgpt.foundations.jit import kernel

Whole = NDArray[np.int64]

WALLET, SIDE, QUANTITY_OPEN, NOTIONAL, MARGIN, LOTS, NEXT_LOT, FILLS, PAYMENTS, FUNDED = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
LIQUIDATES, OVER, LIQUIDATED, TOO_LARGE, SKIPPED_MARGIN, SKIPPED_NOTIONAL = 10, 11, 12, 13, 14, 15
WANTS_FILLS, WANTS_PAYMENTS = 16, 17
"""a table is too short for what comes next"""
FIRST_OF_ENGINE = 18
"""of the numbers that an engine keeps in the same array"""
BOOK_SIZE = 32

BY_MARKET, BY_LIMIT, BY_PROFIT, BY_STOP, BY_LIQUIDATION, BY_END = 0, 1, 2, 3, 4, 6
"""`outcome.Cause`"""
FROM, MAKER, TAKER = 0, 1, 2
"""rows of the fee tiers"""


class Rules(NamedTuple):
    """Terms of a run as whole numbers."""

    unit: int
    leverage: int
    maintenance: int
    liquidation_fee: int
    slippage: int
    min_steps: int
    min_notional: int
    touch: int
    """ticks that a limit order's price must be passed by"""
    pessimistic: int
    """0 or 1"""
    last_ms: int
    """the instant that what is closed at the end carries"""


class Desk(NamedTuple):
    """What every step reads and writes."""

    book: Whole
    """(BOOK_SIZE,)"""
    open_time: Whole
    """of the walked bars (T,)"""
    tiers: Whole
    """of fees (3, K)"""
    window: Whole
    """of `fee_rate`"""
    fills: Whole
    """as they are written, by rows"""


class Bar(NamedTuple):
    """One walked bar."""

    at: int
    """its number"""
    open: int
    high: int
    low: int
    close: int


@kernel
def refresh(book: Whole, rules: Rules) -> None:
    """The liquidation price after a change of the wallet or of the lots."""
    backing = min(book[MARGIN], book[WALLET])
    book[LIQUIDATES] = liquidation_ticks(
        book[SIDE], book[QUANTITY_OPEN], rules.unit, book[NOTIONAL], backing, rules.maintenance
    )


@kernel
def worth(book: Whole, unit: int, price: int) -> int:
    """Equity at a price; marks the book where that is more than is booked."""
    if too_large(price, book[QUANTITY_OPEN], unit):
        book[TOO_LARGE] = 1
        return 0
    return int(book[WALLET] + book[SIDE] * (price * book[QUANTITY_OPEN] * unit - book[NOTIONAL]))


@kernel
def rate_now(desk: Desk, unit: int, index: int, kind: int) -> int:
    """The fee rate of the next fill; kind: MAKER or TAKER."""
    if desk.tiers.shape[1] == 1:
        return int(desk.tiers[kind, 0])
    return fee_rate(
        desk.fills, desk.book[FILLS], desk.window, desk.open_time, index, unit, desk.tiers[FROM], desk.tiers[kind]
    )


@kernel
def open_lot(desk: Desk, rules: Rules, index: int, leg: int, side: int, price: int, quantity: int, cause: int) -> bool:
    """Open one lot, maker for a limit order, or count why not. False where nothing was opened."""
    book = desk.book
    if too_large(price, quantity, rules.unit):
        book[TOO_LARGE] = 1
        return False
    notional = price * quantity * rules.unit
    if quantity < rules.min_steps or notional < rules.min_notional:
        book[SKIPPED_NOTIONAL] += 1
        return False
    fee = fee_of(notional, rate_now(desk, rules.unit, index, MAKER if cause == BY_LIMIT else TAKER))
    margin = margin_of(notional, rules.leverage)
    if book[WALLET] - book[MARGIN] < margin + fee:
        book[SKIPPED_MARGIN] += 1
        return False
    if book[NOTIONAL] + notional > LARGEST:
        book[TOO_LARGE] = 1
        return False
    note_fill(desk.fills, book[FILLS], index, leg, book[NEXT_LOT], 1, side, price, quantity, fee, 0, cause)
    book[FILLS] += 1
    book[NEXT_LOT] += 1
    book[LOTS] += 1
    book[SIDE] = side
    book[QUANTITY_OPEN] += quantity
    book[NOTIONAL] += notional
    book[MARGIN] += margin
    book[WALLET] -= fee
    refresh(book, rules)
    return True


@kernel
def close_all(desk: Desk, rules: Rules, index: int, leg: int, price: int, cause: int, backing: int) -> None:
    """Close every open lot at one price, in the order of opening. backing: what bears their loss, the wallet or the margin."""
    book, fills = desk.book, desk.fills
    if too_large(price, book[QUANTITY_OPEN], rules.unit):
        book[TOO_LARGE] = 1
        return
    kind = MAKER if cause == BY_PROFIT else TAKER
    extra = rules.liquidation_fee if cause == BY_LIQUIDATION else 0
    side, lots = book[SIDE], book[LOTS]
    total = side * (price * book[QUANTITY_OPEN] * rules.unit - book[NOTIONAL])
    borne, left = max(0, -(backing + total)), max(0, backing + total)
    first_row, first_lot = book[FILLS] - lots, book[NEXT_LOT] - lots
    for k in range(lots):
        quantity = fills[first_row + k, QUANTITY]
        gross = side * (price - fills[first_row + k, PRICE]) * quantity * rules.unit
        fee = min(fee_of(price * quantity * rules.unit, rate_now(desk, rules.unit, index, kind) + extra), left)
        left -= fee
        forgiven = borne if k == lots - 1 else min(borne, max(0, -gross))
        borne -= forgiven
        note_fill(fills, book[FILLS], index, leg, first_lot + k, 0, -side, price, quantity, fee, forgiven, cause)
        book[FILLS] += 1
        book[WALLET] += gross + forgiven - fee
    book[SIDE] = book[QUANTITY_OPEN] = book[NOTIONAL] = book[MARGIN] = book[LOTS] = book[LIQUIDATES] = 0
    if book[WALLET] > LARGEST:
        book[TOO_LARGE] = 1


@kernel
def leave(desk: Desk, rules: Rules, bar: Bar, leg: int, price: int, cause: int) -> None:
    """Close every open lot by a taker fill that slips."""
    paid = slipped(price, -desk.book[SIDE], rules.slippage, bar.low, bar.high)
    close_all(desk, rules, bar.at, leg, paid, cause, desk.book[WALLET])


@kernel
def liquidate(desk: Desk, rules: Rules, index: int, leg: int, price: int) -> None:
    """Close every open lot at the liquidation price, for good."""
    book = desk.book
    close_all(desk, rules, index, leg, price, BY_LIQUIDATION, min(book[MARGIN], book[WALLET]))
    book[OVER] = book[LIQUIDATED] = 1


@kernel
def reached(side: int, level: int, a: int, b: int) -> int:
    """Where a level against the book (`side` +1 long) is met on the way from a to b, a included; 0 where it is not, or there is none."""
    if level <= 0:
        return 0
    if side > 0:
        return min(a, level) if min(a, b) <= level else 0
    return max(a, level) if max(a, b) >= level else 0


@kernel
def low_comes_first(side: int, pessimistic: int, bar: Bar) -> bool:
    """Whether a bar goes to its low before its high, for a book of that side (0 flat)."""
    if pessimistic == 1 and side != 0:
        return side > 0
    return bar.close >= bar.open


@kernel
def _pay(desk: Desk, rules: Rules, payments: Whole, at: int, rate: int, index: int, price: int) -> None:
    """One funding instant: every open lot pays or receives, in the order of opening."""
    book, fills = desk.book, desk.fills
    equity = worth(book, rules.unit, price)
    for row in range(book[FILLS] - book[LOTS], book[FILLS]):
        lot = book[NEXT_LOT] - book[FILLS] + row
        amount = funding_cut(book[SIDE] * fee_of(price * fills[row, QUANTITY] * rules.unit, rate), equity)
        if amount != 0:
            note_payment(payments, book[PAYMENTS], at, index, lot, amount)
            book[PAYMENTS] += 1
            book[WALLET] -= amount
            equity -= amount
    if book[WALLET] > LARGEST:
        book[TOO_LARGE] = 1
    refresh(book, rules)


@kernel
def pay_funding(
    desk: Desk, rules: Rules, funding: Whole, payments: Whole, index: int, until: int, before: int, at_until: int
) -> bool:
    """The instants up to `until` (funding: instants and rates (2, F)). False where the table of payments wants room first.

    before: the price of those before `until`; at_until: of one at `until`. Bar 0 pays nothing.
    """
    book = desk.book
    while book[FUNDED] < funding.shape[1] and funding[0, book[FUNDED]] <= until:
        if index > 0 and book[LOTS] > 0:
            if book[PAYMENTS] + book[LOTS] > payments.shape[0]:
                book[WANTS_PAYMENTS] = 1
                return False
            at, rate = funding[0, book[FUNDED]], funding[1, book[FUNDED]]
            _pay(desk, rules, payments, at, rate, index, at_until if at == until else before)
        book[FUNDED] += 1
    return True


@kernel
def outgrown(book: Whole, unit: int, price: int) -> bool:
    """Whether what is held is worth more at that price than is booked; marks the book."""
    if book[LOTS] > 0 and too_large(price, book[QUANTITY_OPEN], unit):
        book[TOO_LARGE] = 1
    return bool(book[TOO_LARGE] == 1)


@kernel
def has_room(desk: Desk, fills: int) -> bool:
    """Whether so many fills fit; else the book asks for room."""
    if desk.book[FILLS] + fills <= desk.fills.shape[0]:
        return True
    desk.book[WANTS_FILLS] = 1
    return False


@kernel
def finish(desk: Desk, rules: Rules, funding: Whole, payments: Whole, bar: Bar) -> None:
    """After the last bar: funding up to the end, then everything is closed at its close. Asks for room where it must."""
    if desk.book[LOTS] == 0 or not has_room(desk, desk.book[LOTS]):
        return
    if pay_funding(desk, rules, funding, payments, bar.at + 1, rules.last_ms, bar.close, bar.close):
        leave(desk, rules, bar, 4, bar.close, BY_END)
