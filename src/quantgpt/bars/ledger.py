"""The books in Decimal: closed trades out of fills and payments, and the equity at any instant. Nothing is rounded here."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation, Overflow, localcontext

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.instrument import MONEY
from quantgpt.bars.outcome import BookRun, Cause, Trade
from quantgpt.bars.terms import BookInput, Terms
from quantgpt.foundations.errors import Broken

DAY_MS = 86_400_000
AT_THE_END = 4
"""`Fills.leg` of what is closed after the last bar"""
EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[Inexact, InvalidOperation, Overflow])
"""Any step that would have to round raises."""
_NEW = object.__new__
"""Trades are made without their __init__: a frozen dataclass sets its fields one by one, four times slower, and a run has thousands of them."""
_CAUSES = {int(cause): cause for cause in Cause}


def closing_instant(book: BookInput, terms: Terms) -> int:
    """When positions that are left are closed: one second before the last walked bar ends, or `end`, in ms."""
    return min(int(book.walked.open_time[-1]) + book.walked.length_ms - 1_000, terms.end_ms)


def fill_times(book: BookInput, run: BookRun, terms: Terms) -> NDArray[np.int64]:
    """The instant of every fill in milliseconds since 1970: the open time of its bar, or when the rest was closed. Shape: (F,)."""
    fills = run.fills
    if len(fills.bar) == 0:
        return np.zeros(0, np.int64)
    opened = book.walked.open_time[fills.bar]
    return np.where(fills.leg == AT_THE_END, closing_instant(book, terms), opened)


def _pairs(book: BookInput, run: BookRun) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the opening and of the closing fill of every trade, trades in the order in which they closed. Raises: Broken."""
    fills = run.fills
    opened = np.flatnonzero(fills.opens)
    closed = np.flatnonzero(~fills.opens)
    lots = np.arange(len(opened))
    if not np.array_equal(fills.lot[opened], lots) or not np.array_equal(np.sort(fills.lot[closed]), lots):
        raise Broken(f"{book.instrument.symbol}: a lot was not opened once and closed once")
    opening = opened[fills.lot[closed]]
    if np.any(opening > closed) or np.any(fills.side[opening] != -fills.side[closed]):
        raise Broken(f"{book.instrument.symbol}: a lot was closed before it was opened, or on its own side")
    if np.any(fills.quantity[opening] != fills.quantity[closed]):
        raise Broken(f"{book.instrument.symbol}: a lot was not closed whole")
    return opening, closed


def _require_prices_of_bars(book: BookInput, run: BookRun) -> None:
    """Raise Broken for a fill at a price that its bar did not have."""
    fills, bars = run.fills, book.walked
    if np.any(fills.price < bars.low[fills.bar]) or np.any(fills.price > bars.high[fills.bar]):
        raise Broken(f"{book.instrument.symbol}: a fill lies outside of the bar in which it happened")


def _funding_of_lots(run: BookRun, lots: int) -> NDArray[np.int64]:
    """What every lot paid for funding in all, in 1e-8. Shape: (lots,)."""
    paid = np.zeros(lots, np.int64)
    np.add.at(paid, run.payments.lot, run.payments.amount)
    return paid


def trades_of(book: BookInput, run: BookRun, terms: Terms) -> list[Trade]:
    """Every closed lot as a trade, in the order of closing; pnl = (exit − entry) · side · quantity + forgiven − fees − funding.

    Raises: Broken where capital + Σ pnl is not the wallet of the compiled path, to the last 1e-8, or a price is none of its bar's.
    """
    opening, closing = _pairs(book, run)
    _require_prices_of_bars(book, run)
    fills, instrument, symbol = run.fills, book.instrument, book.instrument.symbol
    times = fill_times(book, run, terms)
    funding = _funding_of_lots(run, len(opening))[fills.lot[closing]]
    with localcontext(EXACT):
        tick, step = instrument.tick, instrument.step
        rows = zip(
            fills.side[opening].tolist(),
            times[opening].tolist(),
            times[closing].tolist(),
            fills.price[opening].tolist(),
            fills.price[closing].tolist(),
            fills.quantity[opening].tolist(),
            (fills.fee[opening] + fills.fee[closing]).tolist(),
            fills.forgiven[closing].tolist(),
            funding.tolist(),
            fills.cause[closing].tolist(),
            strict=True,
        )
        made = []
        total = book.capital * MONEY
        for side, entry_ms, exit_ms, entry, out, steps, fee, forgiven, paid, cause in rows:
            entry_price, exit_price, quantity = entry * tick, out * tick, steps * step
            cost, funded = fee * MONEY, paid * MONEY
            gross = (exit_price - entry_price if side > 0 else entry_price - exit_price) * quantity
            pnl = gross + forgiven * MONEY - cost - funded
            total += pnl
            trade = _NEW(Trade)
            vars(trade).update(
                symbol=symbol,
                side="buy" if side > 0 else "sell",
                entry_ms=entry_ms,
                exit_ms=exit_ms,
                entry_price=entry_price,
                exit_price=exit_price,
                quantity=quantity,
                pnl=pnl,
                fee=cost,
                funding=funded,
                cause=_CAUSES[cause],
            )
            made.append(trade)
        if total != run.wallet * MONEY:
            raise Broken(f"{symbol}: the books say {total}, the compiled path {run.wallet * MONEY}")
    return made


def sample_instants(terms: Terms) -> NDArray[np.int64]:
    """Where the equity curve is sampled: `start`, every 00:00 UTC in between, `end`; milliseconds since 1970."""
    first = (terms.start_ms // DAY_MS + 1) * DAY_MS
    midnights = np.arange(first, terms.end_ms, DAY_MS, dtype=np.int64)
    return np.concatenate(([terms.start_ms], midnights, [terms.end_ms])).astype(np.int64)


def equity_at(book: BookInput, run: BookRun, instants: NDArray[np.int64]) -> list[int]:
    """The book's equity in 1e-8 at each instant: at the last close by then, with the fills and payments of bars that ended by then.

    instants: (K,), ascending milliseconds. Returns K numbers.
    """
    fills, bars, unit = run.fills, book.walked, book.instrument.unit
    last = len(bars.open_time) - 1
    ended = np.searchsorted(bars.open_time + bars.length_ms, instants, side="right")
    known = np.searchsorted(fills.bar, ended, side="left")
    paid = np.searchsorted(np.minimum(run.payments.bar, last), ended, side="left")
    cash, lots, entries = _running(run, unit)
    payments = np.concatenate(([0], np.cumsum(run.payments.amount)))
    equity = []
    for bar, count, funded in zip(ended.tolist(), known.tolist(), paid.tolist(), strict=True):
        close = int(bars.close[bar - 1]) if bar else 0
        floating = (int(lots[count]) * close - int(entries[count])) * unit
        equity.append(book.capital + int(cash[count]) - int(payments[funded]) + floating)
    return equity


def _running(run: BookRun, unit: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """After 0, 1, … F fills: realised money (1e-8), net quantity (steps), and Σ side · quantity · entry price (ticks · steps). Shape of each: (F + 1,)."""
    fills = run.fills
    entry_price = fills.price[fills.opens][fills.lot]
    signed = fills.side * fills.quantity
    gross = np.where(fills.opens, 0, -signed * (fills.price - entry_price)) * unit
    columns = (gross + fills.forgiven - fills.fee, signed, signed * entry_price)
    money, lots, entries = (np.concatenate(([0], np.cumsum(column))) for column in columns)
    return money, lots, entries


def curve_of(books: Sequence[BookInput], runs: Sequence[BookRun], terms: Terms) -> tuple[tuple[int, Decimal], ...]:
    """The summed equity curve, (instant in ms, equity): it begins with the capital, and ends with everything closed."""
    instants = sample_instants(terms)
    totals = [0] * len(instants)
    for book, run in zip(books, runs, strict=True):
        equity = equity_at(book, run, instants) if len(book.walked.open_time) else [book.capital] * len(instants)
        equity[0], equity[-1] = book.capital, run.wallet
        totals = [total + part for total, part in zip(totals, equity, strict=True)]
    with localcontext(EXACT):
        return tuple((at, total * MONEY) for at, total in zip(instants.tolist(), totals, strict=True))
