"""The compiled account of a grid: its state, and every fill and payment booked, docs/bar-simulation.md §2, §4, §6-§8; imported inside the functions that call it.

Intervals are numbered from the lowest; of an interval at most one order rests: a buy at its BUY or a sell at its SELL, both ascending with the number.
Everything lies in few arrays, because every array that is passed makes compiling slower:

- `s`: the account and the terms, one number per name below, the bar that is walked, and the 30-day window of the fee tiers;
- `schedule` (3, tiers): from which notional, maker and taker rates;
- `grid` (7, n − 1): the intervals, a row per name below;
- `fills`: the table of fills; `times` (T,): open times of the walked bars.

A call that is handed an array counts a reference, which takes longer than the arithmetic: what happens at every fill is written out instead of called.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars import kernels as exact
from quantgpt.foundations.jit import kernel

Whole = NDArray[np.int64]

MARKET, LIMIT, TAKE_PROFIT, STOP, LIQUIDATION, REBALANCE, END = 0, 1, 2, 3, 4, 5, 6
"""the members of `outcome.Cause`"""
NEVER = 2**62
"""a price or an instant that is never reached"""

# positions in `s`: what changes with fills; NET is long minus short lots, ENTRY the sum of side · notional at entry, LINE the liquidation price
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
# the bar that is walked
BAR, HIGH, LOW = 19, 20, 21
# the terms
UNIT, LEVERAGE, SLIPPAGE, MAINTENANCE, LIQUIDATION_FEE, STRICT, PESSIMISTIC, LEAST, MOST = (
    22,
    23,
    24,
    25,
    26,
    27,
    28,
    29,
    30,
)
STOP_LOW, STOP_HIGH, CAUSE_LOW, CAUSE_HIGH, LEAVE_LOW, LEAVE_HIGH = 31, 32, 33, 34, 35, 36
WINDOW = 37
STATE_SIZE = WINDOW + 4

# rows of `schedule`
FROM, MAKER, TAKER = 0, 1, 2

# rows of `grid`: prices, side of the lots, the resting order (+1 buy, -1 sell, 0 none), when it was created (4 · bar + leg), the open lot (-1: none) and its price
BUY, SELL, KIND, ORDER, STAMP, LOT, PAID_PRICE = 0, 1, 2, 3, 4, 5, 6
GRID_ROWS = 7


@kernel
def rate_now(s: Whole, schedule: Whole, fills: Whole, times: Whole, row: int) -> int:
    """The fee rate of the next fill; row: MAKER or TAKER."""
    return exact.fee_rate(fills, s[FILLS], s[WINDOW:STATE_SIZE], times, s[BAR], s[UNIT], schedule[FROM], schedule[row])


@kernel
def set_order(s: Whole, grid: Whole, k: int, side: int, leg: int) -> None:
    """Put the order of interval k; the outermost buys and sells are kept as bounds, made exact when they are asked for."""
    grid[ORDER, k] = side
    grid[STAMP, k] = 4 * s[BAR] + leg
    if side > 0:
        s[TOP_BUY] = max(s[TOP_BUY], k)
    else:
        s[LOW_SELL] = min(s[LOW_SELL], k)


@kernel
def redraw(s: Whole) -> None:
    """Compute the liquidation price anew, after every change of the wallet or the lots."""
    side = 1 if s[NET] > 0 else -1 if s[NET] < 0 else 0
    backing = min(s[MARGIN], s[WALLET])
    quantity = abs(s[NET]) * s[QUANTITY]
    s[LINE] = exact.liquidation_ticks(side, quantity, s[UNIT], side * s[ENTRY], backing, s[MAINTENANCE])
    if s[WALLET] > exact.LARGEST or abs(s[ENTRY]) > exact.LARGEST:
        s[TOO_LARGE] = 1


@kernel
def beyond(s: Whole, price: int) -> bool:
    """Whether the price is at or beyond the liquidation price."""
    return bool(s[LINE] > 0 and ((s[NET] > 0 and price <= s[LINE]) or (s[NET] < 0 and price >= s[LINE])))


@kernel
def open_lot(
    s: Whole, schedule: Whole, grid: Whole, fills: Whole, times: Whole, k: int, leg: int, price: int, row: int
) -> None:
    """Fill the opening order of interval k and arm its closing one; where the book cannot, drop it and count."""
    grid[ORDER, k] = 0
    if exact.too_large(price, s[QUANTITY] * (s[HELD] + 1), s[UNIT]):
        s[TOO_LARGE] = 1
        return
    notional = price * s[QUANTITY] * s[UNIT]
    if notional < s[LEAST]:
        s[NO_NOTIONAL] += 1
        return
    rate = schedule[row, 0] if schedule.shape[1] == 1 else rate_now(s, schedule, fills, times, row)
    fee = exact.fee_of(notional, rate)
    margin = exact.margin_of(notional, s[LEVERAGE])
    if s[WALLET] - s[MARGIN] < margin + fee:
        s[NO_MARGIN] += 1
        return
    side = grid[KIND, k]
    cause = LIMIT if row == MAKER else MARKET
    s[FILLS] = exact.note_fill(fills, s[FILLS], s[BAR], leg, s[LOTS], 1, side, price, s[QUANTITY], fee, 0, cause)
    grid[LOT, k] = s[LOTS]
    grid[PAID_PRICE, k] = price
    s[LOTS] += 1
    s[WALLET] -= fee
    s[MARGIN] += margin
    s[ENTRY] += side * notional
    s[HELD] += 1
    s[NET] += side
    set_order(s, grid, k, -side, leg)
    redraw(s)


@kernel
def gross_of(s: Whole, grid: Whole, k: int, price: int) -> int:
    """What the lot of interval k gains from its entry to `price`, before fees."""
    return int(grid[KIND, k] * (price - grid[PAID_PRICE, k]) * s[QUANTITY] * s[UNIT])


@kernel
def _close_lot(
    s: Whole, grid: Whole, fills: Whole, k: int, leg: int, price: int, fee: int, forgiven: int, cause: int
) -> None:
    """Book the close of the lot of interval k. The order that follows, and the liquidation price, are the caller's."""
    side = grid[KIND, k]
    entry = grid[PAID_PRICE, k] * s[QUANTITY] * s[UNIT]
    s[FILLS] = exact.note_fill(
        fills, s[FILLS], s[BAR], leg, grid[LOT, k], 0, -side, price, s[QUANTITY], fee, forgiven, cause
    )
    s[WALLET] += side * (price - grid[PAID_PRICE, k]) * s[QUANTITY] * s[UNIT] + forgiven - fee
    s[MARGIN] -= exact.margin_of(entry, s[LEVERAGE])
    s[ENTRY] -= side * entry
    s[HELD] -= 1
    s[NET] -= side
    grid[LOT, k] = -1
    grid[ORDER, k] = 0


@kernel
def arm(s: Whole, grid: Whole, k: int, leg: int) -> None:
    """Place the opening order of interval k, unless the venue would not take it."""
    side = grid[KIND, k]
    price = grid[BUY, k] if side > 0 else grid[SELL, k]
    if exact.too_large(price, s[QUANTITY], s[UNIT]):
        s[TOO_LARGE] = 1
    elif price * s[QUANTITY] * s[UNIT] < s[LEAST]:
        s[NO_NOTIONAL] += 1
    else:
        set_order(s, grid, k, side, leg)


@kernel
def fill_order(
    s: Whole, schedule: Whole, grid: Whole, fills: Whole, times: Whole, k: int, leg: int, price: int
) -> None:
    """Fill the resting order of interval k as maker: it opens the interval's lot, or closes it and arms the next opening."""
    if grid[LOT, k] < 0:
        open_lot(s, schedule, grid, fills, times, k, leg, price, MAKER)
        return
    if exact.too_large(price, s[QUANTITY], s[UNIT]):
        s[TOO_LARGE] = 1
        return
    rate = schedule[MAKER, 0] if schedule.shape[1] == 1 else rate_now(s, schedule, fills, times, MAKER)
    gross = grid[KIND, k] * (price - grid[PAID_PRICE, k]) * s[QUANTITY] * s[UNIT]
    fee = exact.closing_fee(exact.fee_of(price * s[QUANTITY] * s[UNIT], rate), s[WALLET], gross)
    _close_lot(s, grid, fills, k, leg, price, fee, 0, LIMIT)
    arm(s, grid, k, leg)
    redraw(s)


@kernel
def held(grid: Whole, count: int, by_age: bool) -> Whole:
    """The intervals with an open lot, `count` of them: in the order in which the lots were opened, or from the lowest on."""
    found = np.empty(count, np.int64)
    n = 0
    for k in range(grid.shape[1]):
        if grid[LOT, k] < 0:
            continue
        place = n
        while by_age and place > 0 and grid[LOT, found[place - 1]] > grid[LOT, k]:
            found[place] = found[place - 1]
            place -= 1
        found[place] = k
        n += 1
    return found


@kernel
def close_all(
    s: Whole, schedule: Whole, grid: Whole, fills: Whole, times: Whole, leg: int, at: int, cause: int
) -> None:
    """Close all open lots as taker. What the book cannot pay it does not pay: neither loss nor fee.

    A rebalance goes from the lowest interval on, everything else in the order of opening. In a liquidation the margin is what the book can lose, the price is `at`
    itself, and its fee comes on top.
    """
    if exact.too_large(max(at, s[HIGH]), s[QUANTITY] * s[HELD], s[UNIT]):
        s[TOO_LARGE] = 1
        return
    liquidated = cause == LIQUIDATION
    chosen = held(grid, s[HELD], cause != REBALANCE)
    grosses = np.zeros(chosen.size, np.int64)
    forgiven = np.zeros(chosen.size, np.int64)
    prices = np.full(chosen.size, at)
    for j, k in enumerate(chosen):
        if not liquidated:
            prices[j] = exact.slipped(at, -grid[KIND, k], s[SLIPPAGE], s[LOW], s[HIGH])
        grosses[j] = gross_of(s, grid, k, prices[j])
    backing = min(s[MARGIN], s[WALLET]) if liquidated else s[WALLET]
    left = exact.spread_forgiven(grosses, forgiven, backing)
    for j, k in enumerate(chosen):
        rate = rate_now(s, schedule, fills, times, TAKER)
        if liquidated:
            rate += s[LIQUIDATION_FEE]
        fee = min(exact.fee_of(prices[j] * s[QUANTITY] * s[UNIT], rate), left)
        left -= fee
        _close_lot(s, grid, fills, k, leg, prices[j], fee, forgiven[j], cause)
    redraw(s)


@kernel
def end_grid(s: Whole, schedule: Whole, grid: Whole, fills: Whole, times: Whole, leg: int, at: int, cause: int) -> None:
    """A stop of the whole grid, or its liquidation: everything is closed, and nothing rests any more."""
    close_all(s, schedule, grid, fills, times, leg, at, cause)
    grid[ORDER, :] = 0
    s[OVER] = 1
    if cause == LIQUIDATION:
        s[LIQUIDATED] = 1


@kernel
def pay(s: Whole, grid: Whole, payments: Whole, at: int, bar: int, price: int, rate: int) -> Whole:
    """Every open lot pays one funding instant at that price, before the open of `bar`. Returns the table of payments."""
    if s[HELD] == 0:
        return payments
    if exact.too_large(price, s[QUANTITY] * s[HELD], s[UNIT]):
        s[TOO_LARGE] = 1
        return payments
    worth = price * s[QUANTITY] * s[NET] * s[UNIT] - s[ENTRY]
    payments = exact.roomy(payments, s[PAID], s[HELD])
    for k in held(grid, s[HELD], True):
        amount = grid[KIND, k] * exact.fee_of(price * s[QUANTITY] * s[UNIT], rate)
        amount = exact.funding_cut(amount, s[WALLET] + worth)
        if amount != 0:
            s[WALLET] -= amount
            s[PAID] = exact.note_payment(payments, s[PAID], at, bar, grid[LOT, k], amount)
    redraw(s)
    return payments
