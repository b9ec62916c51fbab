"""The compiled walk of a grid over the bars, docs/bar-simulation.md §3; imported inside the functions that call it.

Everything that changes lies in the arrays of `account.kernels`, so that a walk can stop at any bar and go on later.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars import kernels as exact
from quantgpt.bars.lattice.account.kernels import (
    BAR,
    BUY,
    CAUSE_HIGH,
    CAUSE_LOW,
    END,
    FILLS,
    FUNDED,
    HIGH,
    LEAVE_HIGH,
    LEAVE_LOW,
    LINE,
    LIQUIDATION,
    LOW,
    LOW_SELL,
    MOST,
    NET,
    NEVER,
    ORDER,
    OVER,
    PENDING,
    PESSIMISTIC,
    REBALANCE,
    SELL,
    STAMP,
    STOP_HIGH,
    STOP_LOW,
    STRICT,
    TAKER,
    TOO_LARGE,
    TOP_BUY,
    Whole,
    arm,
    beyond,
    close_all,
    end_grid,
    fill_order,
    open_lot,
    pay,
)
from quantgpt.foundations.jit import kernel


@kernel
def _next_order(s: Whole, grid: Whole, way: int, limit: int, leg: int) -> int:
    """The interval whose order a price that goes up (way +1: sells) or down (-1: buys) to `limit` fills first, -1 for none; of equal ones the lowest.

    An order is ready that was created on an earlier leg; pessimistic: not on a leg of this bar.
    """
    newest = 4 * s[BAR] if s[PESSIMISTIC] != 0 else 4 * s[BAR] + leg - 1
    found = -1
    if way > 0:
        while s[LOW_SELL] < grid.shape[1] and grid[ORDER, s[LOW_SELL]] != -1:
            s[LOW_SELL] += 1
        k = s[LOW_SELL]
        while found < 0 and k < grid.shape[1] and grid[SELL, k] <= limit:
            if grid[ORDER, k] == -1 and grid[STAMP, k] <= newest:
                found = k
            k += 1
    else:
        while s[TOP_BUY] >= 0 and grid[ORDER, s[TOP_BUY]] != 1:
            s[TOP_BUY] -= 1
        k = s[TOP_BUY]
        while k >= 0 and grid[BUY, k] >= limit and (found < 0 or grid[BUY, k] == grid[BUY, found]):
            if grid[ORDER, k] == 1 and grid[STAMP, k] <= newest:
                found = k
            k -= 1
    return found


@kernel
def _leg(s: Whole, schedule: Whole, grid: Whole, fills: Whole, times: Whole, leg: int, start: int, end: int) -> None:
    """One leg from `start` to `end`. What lies nearest comes first; at one price liquidation, then the stop, then orders."""
    way = 1 if end > start else -1
    here = start
    stop, cause = (s[STOP_HIGH], s[CAUSE_HIGH]) if way > 0 else (s[STOP_LOW], s[CAUSE_LOW])
    while s[OVER] == 0 and s[TOO_LARGE] == 0:
        if s[LINE] > 0 and ((s[NET] > 0 and here <= s[LINE]) or (s[NET] < 0 and here >= s[LINE])):
            end_grid(s, schedule, grid, fills, times, leg, here, LIQUIDATION)
            return
        k = _next_order(s, grid, way, end - way * s[STRICT], leg)
        nearest = way * end
        if k >= 0:
            nearest = way * (grid[SELL, k] if way > 0 else grid[BUY, k])
        line = s[LINE] if s[LINE] > 0 and s[NET] * way < 0 else way * NEVER
        if way * line <= nearest and way * line <= way * stop:
            end_grid(s, schedule, grid, fills, times, leg, line, LIQUIDATION)
        elif way * stop <= nearest:
            end_grid(s, schedule, grid, fills, times, leg, way * max(way * here, way * stop), cause)
        elif k >= 0:
            here = way * nearest
            fill_order(s, schedule, grid, fills, times, k, leg, here)
        else:
            return


@kernel
def _at_open(s: Whole, schedule: Whole, grid: Whole, fills: Whole, times: Whole, price: int) -> bool:
    """The open as one point. True where a pending rebalance closed the lots and a grid is to be laid now."""
    if beyond(s, price):
        end_grid(s, schedule, grid, fills, times, 0, price, LIQUIDATION)
        return False
    if s[PENDING] != 0:
        s[PENDING] = 0
        close_all(s, schedule, grid, fills, times, 0, price, REBALANCE)
        return True
    if price <= s[STOP_LOW] or price >= s[STOP_HIGH]:
        cause = s[CAUSE_LOW] if price <= s[STOP_LOW] else s[CAUSE_HIGH]
        end_grid(s, schedule, grid, fills, times, 0, price, cause)
        return False
    for way in (-1, 1):
        while s[TOO_LARGE] == 0:
            k = _next_order(s, grid, way, price - way * s[STRICT], 0)
            if k < 0:
                break
            fill_order(s, schedule, grid, fills, times, k, 0, price)
    return False


@kernel
def lay(
    s: Whole, schedule: Whole, grid: Whole, fills: Whole, times: Whole, at_once: NDArray[np.bool_], price: int
) -> Whole:
    """Lay a grid at the open of bar s[BAR]: intervals of `at_once` open their lot at `price` as taker, in order, the others are armed."""
    n = grid.shape[1]
    fills = exact.roomy(fills, s[FILLS], n)
    s[TOP_BUY] = -1
    s[LOW_SELL] = n
    for k in range(n):
        if s[TOO_LARGE] != 0:
            break
        if at_once[k]:
            open_lot(s, schedule, grid, fills, times, k, 0, price, TAKER)
        else:
            arm(s, grid, k, 0)
    return fills


@kernel
def _guards(s: Whole, grid: Whole) -> tuple[int, int]:
    """Two prices between which nothing of the book can happen; makes TOP_BUY and LOW_SELL exact (-1 and n − 1 where there are none)."""
    while s[TOP_BUY] >= 0 and grid[ORDER, s[TOP_BUY]] != 1:
        s[TOP_BUY] -= 1
    while s[LOW_SELL] < grid.shape[1] and grid[ORDER, s[LOW_SELL]] != -1:
        s[LOW_SELL] += 1
    low = max(s[STOP_LOW], s[LEAVE_LOW] - 1)
    high = min(s[STOP_HIGH], s[LEAVE_HIGH] + 1)
    if s[TOP_BUY] >= 0:
        low = max(low, grid[BUY, s[TOP_BUY]])
    if s[LOW_SELL] < grid.shape[1]:
        high = min(high, grid[SELL, s[LOW_SELL]])
    if s[LINE] > 0 and s[NET] > 0:
        low = max(low, s[LINE])
    if s[LINE] > 0 and s[NET] < 0:
        high = min(high, s[LINE])
    return low, high


@kernel
def _fund(
    s: Whole, grid: Whole, payments: Whole, times: Whole, opens: Whole, closes: Whole,
    at: Whole, rates: Whole, bar: int, until: int,
) -> Whole:  # fmt: skip
    """Pay the instants up to and including `until`, before the open of `bar` (T: after the last bar). Returns the table of payments."""
    while s[FUNDED] < at.size and at[s[FUNDED]] <= until:
        j = s[FUNDED]
        s[FUNDED] += 1
        if bar < times.size and at[j] == times[bar]:
            payments = pay(s, grid, payments, at[j], bar, opens[bar], rates[j])
        elif bar > 0:
            payments = pay(s, grid, payments, at[j], bar, closes[bar - 1], rates[j])
    return payments


@kernel
def _calm(times: Whole, highs: Whole, lows: Whole, first: int, stop: int, low: int, high: int, due: int) -> int:
    """The first bar from `first` on that reaches one of the guards or a funding instant; `stop` for none."""
    for i in range(first, stop):
        if lows[i] <= low or highs[i] >= high or times[i] >= due:
            return i
    return stop


@kernel
def walk(
    s: Whole, schedule: Whole, grid: Whole, fills: Whole, payments: Whole, times: Whole, opens: Whole, highs: Whole,
    lows: Whole, closes: Whole, ends: Whole, at: Whole, rates: Whole, first: int, stop: int, opened: bool,
) -> tuple[int, bool, Whole, Whole]:  # fmt: skip
    """Walk bars first … stop − 1; `opened`: the open of the first one is done already (a grid was laid there).

    times … ends (T,): the walked bars, and where they end a main bar; at, rates (F,): funding. Returns the bar it came to, whether a grid is to be
    laid at that bar's open, and the tables of fills and payments. It ends early where the grid is over, an amount is too large, or there are too many fills.
    """
    room = 6 * grid.shape[1] + 8
    low, high = _guards(s, grid)
    due = at[s[FUNDED]] if s[FUNDED] < at.size else NEVER
    quiet = s[PENDING] == 0 and not opened
    i = first
    while i < stop:
        if quiet:
            i = _calm(times, highs, lows, i, stop, low, high, due)
            if i == stop:
                break
        fills = exact.roomy(fills, s[FILLS], room)
        s[BAR], s[HIGH], s[LOW] = i, highs[i], lows[i]
        if not opened:
            if times[i] >= due:
                payments = _fund(s, grid, payments, times, opens, closes, at, rates, i, times[i])
                due = at[s[FUNDED]] if s[FUNDED] < at.size else NEVER
                low, high = _guards(s, grid)
            if (opens[i] <= low or opens[i] >= high or s[PENDING] != 0) and s[TOO_LARGE] == 0:
                if _at_open(s, schedule, grid, fills, times, opens[i]):
                    return i, True, fills, payments
                low, high = _guards(s, grid)
        opened = False
        low_first = closes[i] >= opens[i]
        if s[PESSIMISTIC] != 0 and s[NET] != 0:
            low_first = s[NET] > 0
        one, two = (lows[i], highs[i]) if low_first else (highs[i], lows[i])
        for leg in range(1, 4):
            start = opens[i] if leg == 1 else one if leg == 2 else two
            end = one if leg == 1 else two if leg == 2 else closes[i]
            if min(start, end) <= low or max(start, end) >= high:
                _leg(s, schedule, grid, fills, times, leg, start, end)
                low, high = _guards(s, grid)
        if s[OVER] != 0 or s[TOO_LARGE] != 0 or s[FILLS] > s[MOST]:
            return i, False, fills, payments
        if ends[i] >= 0 and (closes[i] > s[LEAVE_HIGH] or closes[i] < s[LEAVE_LOW]):
            s[PENDING] = 1
            grid[ORDER, :] = 0
            low, high = _guards(s, grid)
        quiet = s[PENDING] == 0
        i += 1
    return i, False, fills, payments


@kernel
def finish(
    s: Whole, schedule: Whole, grid: Whole, fills: Whole, payments: Whole, times: Whole, opens: Whole, highs: Whole,
    lows: Whole, closes: Whole, at: Whole, rates: Whole, until: int,
) -> tuple[Whole, Whole]:  # fmt: skip
    """After the last bar: funding up to `until`, then every open lot is closed at the last close."""
    last = times.size - 1
    s[BAR], s[HIGH], s[LOW] = last, highs[last], lows[last]
    payments = _fund(s, grid, payments, times, opens, closes, at, rates, last + 1, until)
    fills = exact.roomy(fills, s[FILLS], grid.shape[1])
    if s[TOO_LARGE] == 0:
        close_all(s, schedule, grid, fills, times, 4, closes[last], END)
    return fills, payments
