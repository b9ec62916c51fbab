"""Compiled sweep over pairs of moving averages; imported inside functions. What it keeps of a pair does not grow with the bars."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.joint._kernels import (
    BOOK_SIZE,
    FILLS,
    FUNDED,
    LOTS,
    NEXT_LOT,
    OVER,
    PAYMENTS,
    TOO_LARGE,
    WALLET,
    WANTS_PAYMENTS,
    Bar,
    Desk,
    Rules,
    Whole,
    finish,
    pay_funding,
    worth,
)
from quantgpt.bars.kernels import FILL_COLUMNS, PAYMENT_COLUMNS, WINDOW_SIZE
from quantgpt.bars.signals._kernels import ENTER_LONG, EXIT_LONG, WISH, Entry, decide, idle, step
from quantgpt.foundations.jit import kernel

Floats = NDArray[np.float64]

ROWS = 8
"""of the short tables that are written over and over"""


class Course(NamedTuple):
    """Everything but the pair: the walked bars, the closes of the main bars (M,), and where they end and are sampled (T,)."""

    open: Whole
    high: Whole
    low: Whole
    close: Whole
    main_close: Whole
    ends: Whole
    """the main bar that ends with a walked one, -1 for none"""
    marks: Whole
    """samples at the close of a walked bar"""
    lead: int
    """samples before the first close"""
    first_main: int
    """the first main bar of the run"""


@kernel
def _forget(desk: Desk) -> None:
    """Keep nothing of the fills but the one that opened what is open."""
    book = desk.book
    count = book[FILLS]
    if book[LOTS] == 0:
        book[FILLS] = 0
    elif count > 1:
        desk.fills[0] = desk.fills[count - 1]
        book[FILLS] = 1


@kernel
def _fund(desk: Desk, rules: Rules, funding: Whole, payments: Whole, bar: int, before: int, at_open: int) -> None:
    """Funding before a bar, without keeping the payments."""
    book = desk.book
    while not pay_funding(desk, rules, funding, payments, bar, desk.open_time[bar], before, at_open):
        book[WANTS_PAYMENTS] = book[PAYMENTS] = 0
    book[PAYMENTS] = 0


@kernel
def _settle(desk: Desk, rules: Rules, funding: Whole, payments: Whole, course: Course) -> None:
    """After the last bar."""
    book, last = desk.book, course.ends.shape[0] - 1
    book[WISH] = 0
    bar = Bar(last, course.open[last], course.high[last], course.low[last], course.close[last])
    while book[LOTS] > 0 and book[TOO_LARGE] == 0:
        finish(desk, rules, funding, payments, bar)
        book[WANTS_PAYMENTS] = book[PAYMENTS] = 0


@kernel
def sharpe(count: int, total: float, squares: float) -> float:
    """Mean over deviation (n − 1) of daily returns, √252; NaN where it is not defined."""
    if count < 2:
        return np.nan
    mean = total / count
    spread = (squares - count * mean * mean) / (count - 1)
    return mean / np.sqrt(spread) * np.sqrt(252.0) if spread > 1e-18 else np.nan


@kernel
def one(
    desk: Desk, rules: Rules, funding: Whole, payments: Whole, course: Course, fast: int, slow: int,
    exponential: bool, how: Entry,
) -> tuple[float, float]:  # fmt: skip
    """One pair over all bars: deepest fall of the equity and Sharpe ratio. The wallet and the trades are in the book."""
    book, open_time, close, ends, marks = desk.book, desk.open_time, course.close, course.ends, course.marks
    open_, high, low, means = course.open, course.high, course.low, course.main_close
    earliest = max(slow, course.first_main)
    quick_share, calm_share = 2.0 / (fast + 1), 2.0 / (slow + 1)
    quick, calm, fast_sum, slow_sum = float(means[0]), float(means[0]), 0, 0
    top = last = float(book[WALLET])
    days, total, squares, lowest = course.lead, 0.0, 0.0, 1.0
    t, before, now = 0, 0, 0
    for bar in range(ends.shape[0]):
        if book[FUNDED] < funding.shape[1] and funding[0, book[FUNDED]] <= open_time[bar]:
            _fund(desk, rules, funding, payments, bar, close[max(bar - 1, 0)], open_[bar])
        if not idle(book, low[bar], high[bar]) and book[OVER] == 0 and book[TOO_LARGE] == 0:
            step(desk, rules, Bar(bar, open_[bar], high[bar], low[bar], close[bar]), how)
            _forget(desk)
        while t <= ends[bar]:
            c = means[t]
            before = now
            if exponential:
                quick = quick + quick_share * (float(c) - quick)
                calm = calm + calm_share * (float(c) - calm)
                now = int(quick > calm) - int(quick < calm)
            else:
                fast_sum += c - (means[t - fast] if t >= fast else 0)
                slow_sum += c - (means[t - slow] if t >= slow else 0)
                now = int(fast_sum * slow > slow_sum * fast) - int(fast_sum * slow < slow_sum * fast)
            t += 1
        if ends[bar] >= earliest and now != 0 and now != before and before * now <= 0:
            decide(book, rules.unit, close[bar], ENTER_LONG if now > 0 else EXIT_LONG, 0)
        equity = float(worth(book, rules.unit, close[bar]) if book[LOTS] > 0 else book[WALLET])
        if equity > top:
            top = equity
        elif equity < lowest * top:
            lowest = equity / top
        if marks[bar] > 0:
            gain = equity / last - 1.0 if last > 0.0 else 0.0
            days, total, squares, last = days + marks[bar], total + gain, squares + gain * gain, equity
    _settle(desk, rules, funding, payments, course)
    equity = float(book[WALLET])
    gain = equity / last - 1.0 if last > 0.0 else 0.0
    lowest = min(lowest, equity / max(top, equity))
    return lowest - 1.0, sharpe(days + 1, total + gain, squares + gain * gain)


@kernel
def sweep(
    capital: int, rules: Rules, open_time: Whole, tiers: Whole, funding: Whole, course: Course, pairs: Whole,
    exponential: bool, how: Entry, equities: Whole, trades: Whole, drawdowns: Floats, sharpes: Floats,
) -> int:  # fmt: skip
    """Every pair (P, 2) on its own. Fills the four arrays (P,); returns the pair that outgrew what is booked, else -1."""
    book = np.zeros(BOOK_SIZE, np.int64)
    fills = np.empty((ROWS, FILL_COLUMNS), np.int64)
    payments = np.empty((ROWS, PAYMENT_COLUMNS), np.int64)
    desk = Desk(book, open_time, tiers, np.zeros(WINDOW_SIZE, np.int64), fills)
    for p in range(pairs.shape[0]):
        book[:] = 0
        book[WALLET] = capital
        drawdowns[p], sharpes[p] = one(
            desk, rules, funding, payments, course, pairs[p, 0], pairs[p, 1], exponential, how
        )
        if book[TOO_LARGE] == 1:
            return p
        equities[p], trades[p] = book[WALLET], book[NEXT_LOT]
    return -1
