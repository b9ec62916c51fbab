"""Compiled loops of the rulebook; imported inside the functions that call them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quantgpt.foundations.jit import kernel
from quantgpt.trading.limits import FIRST_DAY, FIRST_DAY_DOWN, FIRST_DAY_UP, FREE

BUYABLE, SELLABLE, HALTED, GONE = 1, 2, 4, 8


def read_only(x: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """A contiguous read-only view of `x`, so that each kernel is compiled for one kind of array only."""
    out = np.ascontiguousarray(x, dtype=dtype).view()
    out.flags.writeable = False
    return out


@kernel
def _limit(pre_close: float, percent: int, kind: int, up: bool) -> np.int64:
    """One limit in cents, -1 where there is none; `kind` is BAND, FREE or FIRST_DAY of `trading.limits`."""
    if kind == FREE or not 0.0 < pre_close < np.inf:
        return np.int64(-1)
    width = percent
    if kind == FIRST_DAY:
        width = FIRST_DAY_UP if up else FIRST_DAY_DOWN
    reference = np.int64(np.rint(pre_close * 10000.0))
    return np.int64((reference * (100 + width if up else 100 - width) + 5000) // 10000)


@kernel
def limit_cents(
    pre_close: NDArray[np.float64],
    board: NDArray[np.int8],
    st: NDArray[np.int8],
    age: NDArray[np.int32],
    normal: NDArray[np.int64],
    special: NDArray[np.int64],
    young: NDArray[np.int8],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Upper and lower limits in cents, (T, N) each, -1 = no limit."""
    days, assets = pre_close.shape
    up = np.empty((days, assets), np.int64)
    down = np.empty((days, assets), np.int64)
    for t in range(days):
        for i in range(assets):
            b = board[i]
            a = age[t, i]
            kind = young[t, b, a] if 0 <= a < young.shape[2] else 0
            percent = special[t, b] if st[t, i] == 1 else normal[t, b]
            up[t, i] = _limit(pre_close[t, i], percent, kind, True)
            down[t, i] = _limit(pre_close[t, i], percent, kind, False)
    return up, down


@kernel
def trade_states(
    price: NDArray[np.float64],
    traded: NDArray[np.bool_],
    pre_close: NDArray[np.float64],
    board: NDArray[np.int8],
    st: NDArray[np.int8],
    age: NDArray[np.int32],
    normal: NDArray[np.int64],
    special: NDArray[np.int64],
    young: NDArray[np.int8],
) -> NDArray[np.int8]:
    """(T, N) bits BUYABLE, SELLABLE, HALTED (no trade or no price that day), GONE (not listed) at an unadjusted price."""
    days, assets = price.shape
    out = np.empty((days, assets), np.int8)
    for t in range(days):
        for i in range(assets):
            a = age[t, i]
            if not traded[t, i] or not 0.0 < price[t, i] < np.inf:
                out[t, i] = HALTED | GONE if a < 0 else HALTED
                continue
            b = board[i]
            kind = young[t, b, a] if 0 <= a < young.shape[2] else 0
            percent = special[t, b] if st[t, i] == 1 else normal[t, b]
            cents = np.int64(np.rint(price[t, i] * 100.0))
            up = _limit(pre_close[t, i], percent, kind, True)
            down = _limit(pre_close[t, i], percent, kind, False)
            state = 0
            if up < 0 or cents < up:
                state |= BUYABLE
            if down < 0 or cents > down:
                state |= SELLABLE
            out[t, i] = state
    return out


@kernel
def exits(
    states: NDArray[np.int8], open_: NDArray[np.float64], close: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """For a sale that is due at each open: the price that it gets and whether it had to wait.

    The price is the first sellable open from that row on; after the last listed session it is the last close.
    """
    days, assets = states.shape
    price = np.empty((days, assets), np.float64)
    delayed = np.zeros((days, assets), np.bool_)
    last = np.full(assets, np.nan)
    for t in range(days):
        for i in range(assets):
            if close[t, i] > 0.0:
                last[i] = close[t, i]
            price[t, i] = last[i]
    for t in range(days - 1, -1, -1):
        for i in range(assets):
            state = states[t, i]
            if state & SELLABLE and open_[t, i] > 0.0:
                price[t, i] = open_[t, i]
                continue
            delayed[t, i] = True
            if state & GONE:
                continue
            price[t, i] = price[t + 1, i] if t + 1 < days else np.nan
    return price, delayed
