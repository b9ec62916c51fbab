"""Exact whole-number arithmetic of the bar simulation, shared by its engines; imported inside the functions that call them.

Prices are in ticks, quantities in steps, money and rates in 1e-8. Everything is exact in 64 bits as long as no amount exceeds `LARGEST`;
the engines check that with `too_large` before they multiply.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.jit import kernel

Table = NDArray[np.int64]

SCALE = 100_000_000
"""whole numbers of money in 1, of a rate in 100 %"""
LARGEST = 4_000_000_000_000_000_000
"""the largest amount that is booked, in 1e-8: twice as much still fits 64 bits"""
MONTH_MS = 30 * 86_400_000
"""how far back the volume of a fee tier reaches"""

BAR, LEG, LOT, OPENS, SIDE, PRICE, QUANTITY, FEE, FORGIVEN, CAUSE = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
FILL_COLUMNS = 10
PAID_AT, PAID_BAR, PAID_LOT, PAID_AMOUNT = 0, 1, 2, 3
PAYMENT_COLUMNS = 4

TAIL, HEAD, WHOLE, PART = 0, 1, 2, 3
WINDOW_SIZE = 4
"""of the array that `fee_rate` keeps the 30-day volume in; starts as zeros"""


@kernel
def too_large(price: int, quantity: int, unit: int) -> bool:
    """Whether |price · quantity · unit| may exceed LARGEST; the product itself would wrap silently."""
    return abs(float(price) * float(quantity) * float(unit)) > 4.0e18


@kernel
def _product(a: int, b: int) -> tuple[np.uint64, np.uint64]:
    """High and low 64 bits of a · b, both not negative."""
    mask = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    x = np.uint64(a)
    y = np.uint64(b)
    x0, x1 = x & mask, x >> half
    y0, y1 = y & mask, y >> half
    low = x0 * y0
    middle = x1 * y0 + (low >> half)
    other = x0 * y1 + (middle & mask)
    return x1 * y1 + (middle >> half) + (other >> half), (other << half) | (low & mask)


@kernel
def _divided(a: int, b: int, c: int) -> tuple[int, int]:
    """Quotient and remainder of a · b / c through 128 bits; a, b ≥ 0, c > 0, and the quotient fits 63 bits."""
    if float(a) * float(b) < 9.0e18:
        whole = a * b
        return whole // c, whole % c
    high, low = _product(a, b)
    one = np.uint64(1)
    top = np.uint64(63)
    divisor = np.uint64(c)
    rest = high
    quotient = np.uint64(0)
    for _ in range(64):
        rest = (rest << one) | (low >> top)
        low = low << one
        quotient = quotient << one
        if rest >= divisor:
            rest -= divisor
            quotient |= one
    return int(np.int64(quotient)), int(np.int64(rest))


@kernel
def muldiv_floor(a: int, b: int, c: int) -> int:
    """floor(a · b / c), the product in 128 bits; a, b ≥ 0, c > 0, the result below 2^63."""
    return _divided(a, b, c)[0]


@kernel
def muldiv_ceil(a: int, b: int, c: int) -> int:
    """ceil(a · b / c), the product in 128 bits; a, b ≥ 0, c > 0, the result below 2^63."""
    quotient, rest = _divided(a, b, c)
    return quotient + 1 if rest > 0 else quotient


@kernel
def fee_of(notional: int, rate: int) -> int:
    """notional · rate rounded half to even, in 1e-8. Both may be negative; |notional| ≤ LARGEST, |rate| ≤ 100 %."""
    amount = abs(notional)
    share = abs(rate)
    product = (amount % SCALE) * share
    whole = (amount // SCALE) * share + product // SCALE
    rest = product % SCALE
    if 2 * rest > SCALE or (2 * rest == SCALE and whole % 2 == 1):
        whole += 1
    return whole if (notional < 0) == (rate < 0) else -whole


@kernel
def margin_of(notional: int, leverage: int) -> int:
    """The margin of one lot: its notional at entry divided by the leverage, rounded up."""
    return (notional + leverage - 1) // leverage


@kernel
def liquidation_ticks(side: int, quantity: int, unit: int, entry_notional: int, backing: int, maintenance: int) -> int:
    """The liquidation price of a book in ticks, 0 where it has none.

    side: +1 long, -1 short, 0 flat. quantity (steps) and entry_notional: of all open lots together, of the net where a book holds both sides.
    backing: W = min(margin, wallet). maintenance: its rate. A long one is rounded up, a short one down.
    """
    if side == 0 or quantity <= 0:
        return 0
    if side > 0:
        missing = entry_notional - backing
        if missing <= 0:
            return 0
        keep = SCALE - maintenance
        scaled = (missing // keep) * SCALE + ((missing % keep) * SCALE + keep - 1) // keep
        lot = quantity * unit
        return (scaled + lot - 1) // lot
    worth = entry_notional + backing
    if worth <= 0:
        return 0
    keep = SCALE + maintenance
    scaled = (worth // keep) * SCALE + ((worth % keep) * SCALE) // keep
    return scaled // (quantity * unit)


@kernel
def slipped(price: int, side: int, slippage: int, low: int, high: int) -> int:
    """The price of a taker fill: moved against the trader (side +1 buys), to a whole tick, never outside of the bar."""
    if slippage == 0:
        return price
    if side > 0:
        return min(high, muldiv_ceil(price, SCALE + slippage, SCALE))
    return max(low, muldiv_floor(price, SCALE - slippage, SCALE))


@kernel
def roomy(table: Table, count: int, needed: int) -> Table:
    """The table itself where `needed` more rows fit behind the first `count`, else a copy of at least twice the length."""
    if count + needed <= table.shape[0]:
        return table
    larger = np.empty((max(2 * table.shape[0], count + needed), table.shape[1]), np.int64)
    larger[:count] = table[:count]
    return larger


@kernel
def note_fill(
    fills: Table, count: int, bar: int, leg: int, lot: int, opens: int,
    side: int, price: int, quantity: int, fee: int, forgiven: int, cause: int,
) -> int:  # fmt: skip
    """Write fill number `count`; the caller made room (`roomy`). Returns the new count."""
    fills[count, BAR] = bar
    fills[count, LEG] = leg
    fills[count, LOT] = lot
    fills[count, OPENS] = opens
    fills[count, SIDE] = side
    fills[count, PRICE] = price
    fills[count, QUANTITY] = quantity
    fills[count, FEE] = fee
    fills[count, FORGIVEN] = forgiven
    fills[count, CAUSE] = cause
    return count + 1


@kernel
def note_payment(payments: Table, count: int, at: int, bar: int, lot: int, amount: int) -> int:
    """Write payment number `count`; the caller made room (`roomy`). Returns the new count."""
    payments[count, PAID_AT] = at
    payments[count, PAID_BAR] = bar
    payments[count, PAID_LOT] = lot
    payments[count, PAID_AMOUNT] = amount
    return count + 1


@kernel
def fee_rate(
    fills: Table, count: int, window: Table, open_time: Table, bar: int, unit: int, thresholds: Table, rates: Table
) -> int:
    """The rate of a fill in walked bar `bar`, from the notional of the `count` fills before it whose open time is > now − 30 days.

    window: WINDOW_SIZE numbers that this function keeps from call to call, zeros at first. thresholds, rates: the schedule's columns.
    The volume is kept as whole quote units and a part of 1e-8, so that it cannot overflow.
    """
    if thresholds.size == 1:
        return int(rates[0])
    for row in range(window[HEAD], count):
        notional = fills[row, PRICE] * fills[row, QUANTITY] * unit
        window[WHOLE] += notional // SCALE
        window[PART] += notional % SCALE
    window[HEAD] = count
    horizon = open_time[bar] - MONTH_MS
    while window[TAIL] < count and open_time[fills[window[TAIL], BAR]] <= horizon:
        row = window[TAIL]
        notional = fills[row, PRICE] * fills[row, QUANTITY] * unit
        window[WHOLE] -= notional // SCALE
        window[PART] -= notional % SCALE
        window[TAIL] = row + 1
    carry = window[PART] // SCALE
    window[WHOLE] += carry
    window[PART] -= carry * SCALE
    tier = 0
    for k in range(1, thresholds.size):
        whole = thresholds[k] // SCALE
        if window[WHOLE] > whole or (window[WHOLE] == whole and window[PART] >= thresholds[k] % SCALE):
            tier = k
    return int(rates[tier])


@kernel
def funding_cut(amount: int, equity: int) -> int:
    """What a lot pays of `amount`: at most what the book is worth at that price. What it receives (negative) is never cut."""
    return min(amount, max(0, equity)) if amount > 0 else amount


@kernel
def closing_fee(fee: int, wallet: int, gross: int) -> int:
    """A closing fee never exceeds what the book has."""
    return min(fee, max(0, wallet + gross))


@kernel
def spread_forgiven(grosses: Table, forgiven: Table, backing: int) -> int:
    """Give what the venue bears of a liquidation to the lots, in place and in order, to each at most its loss, the rest to the last one.

    grosses, forgiven: (lots,) in the order of opening. backing: W. Returns what is left for the fees.
    """
    total = backing
    for k in range(grosses.size):
        total += grosses[k]
    borne = max(0, -total)
    for k in range(grosses.size):
        forgiven[k] = min(borne, max(0, -grosses[k]))
        borne -= forgiven[k]
    if grosses.size > 0:
        forgiven[grosses.size - 1] += borne
    return max(0, total)
