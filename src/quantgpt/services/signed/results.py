"""A simulation as it is printed: the documented result of a job, and what we tell beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from quantgpt.bars.instrument import MONEY, Instrument
from quantgpt.bars.outcome import Simulation, Trade
from quantgpt.bars.terms import BookInput
from quantgpt.metrics.signed import extension_metrics, printed_amount, printed_to, signed_metrics

TOLD_EVERY = 4_096
"""trades after which a long print says how far it is"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def printed_time(ms: int) -> str:
    """An instant as ISO-8601 in UTC: whole seconds, with milliseconds only where there are any.

    >>> printed_time(1735689600000), printed_time(1735689600250)
    ('2025-01-01T00:00:00Z', '2025-01-01T00:00:00.250Z')
    """
    seconds, rest = divmod(ms, 1000)
    text = (_EPOCH + timedelta(seconds=seconds)).isoformat().removesuffix("+00:00")
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


def outcome(
    simulation: Simulation,
    books: Sequence[BookInput],
    start_ms: int,
    end_ms: int,
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """The `result` of a finished job: metrics, equity curve and closed trades, all decimals as strings.

    `books` are those that were simulated, in their order; the window is the job's, in milliseconds since 1970 UTC.
    progress: told the printed share of the trades, ascending.
    """
    instruments = _instruments(books)
    trades = _in_order(simulation)
    printed = []
    for number, trade in enumerate(trades, start=1):
        printed.append(_printed_trade(number, trade, instruments[trade.symbol]))
        if number % TOLD_EVERY == 0:
            progress(number / len(trades))
    return {
        "metrics": signed_metrics(simulation.curve, trades, start_ms, end_ms),
        "equity_curve": [[printed_time(at), printed_amount(value)] for at, value in simulation.curve],
        "trades": printed,
    }


def extras(simulation: Simulation, books: Sequence[BookInput]) -> dict[str, Any]:
    """What the documented result has no place for. `causes` and `funding` are parallel to the result's trades."""
    trades = _in_order(simulation)
    fees = sum((trade.fee for trade in trades), Decimal(0))
    funding = sum((trade.funding for trade in trades), Decimal(0))
    pnl = sum((trade.pnl for trade in trades), Decimal(0))
    forgiven = sum(int(run.fills.forgiven.sum()) for run in simulation.books) * MONEY
    symbols = [book.instrument.symbol for book in books]
    return {
        **extension_metrics(simulation.curve),
        "liquidated": [symbol for symbol, run in zip(symbols, simulation.books, strict=True) if run.liquidated],
        "skipped": {
            "margin": sum(run.skipped_margin for run in simulation.books),
            "notional": sum(run.skipped_notional for run in simulation.books),
        },
        "totals": {
            "pnl": printed_amount(pnl),
            "fees": printed_amount(fees),
            "funding": printed_amount(funding),
            "gross": printed_amount(pnl + fees + funding - forgiven),
            "forgiven": printed_amount(forgiven),
        },
        "counts": {"bars": simulation.bars_walked, "fills": sum(len(run.fills.price) for run in simulation.books)},
        "causes": [trade.cause.name.lower() for trade in trades],
        "funding": [printed_amount(trade.funding) for trade in trades],
        "grids": _grids(simulation, books),
    }


def _instruments(books: Sequence[BookInput]) -> dict[str, Instrument]:
    return {book.instrument.symbol: book.instrument for book in books}


def _in_order(simulation: Simulation) -> list[Trade]:
    """By exit, entry, symbol, and then as they happened."""
    return sorted(simulation.trades, key=lambda trade: (trade.exit_ms, trade.entry_ms, trade.symbol))


def _printed_trade(number: int, trade: Trade, instrument: Instrument) -> dict[str, Any]:
    """One closed trade with exactly the documented keys, in their documented order."""
    return {
        "id": number,
        "side": trade.side,
        "symbol": trade.symbol,
        "entry_time": printed_time(trade.entry_ms),
        "entry_price": printed_to(trade.entry_price, instrument.tick),
        "exit_time": printed_time(trade.exit_ms),
        "exit_price": printed_to(trade.exit_price, instrument.tick),
        "qty": printed_to(trade.quantity, instrument.step),
        "pnl": printed_amount(trade.pnl),
        "fee": printed_amount(trade.fee),
    }


def _grids(simulation: Simulation, books: Sequence[BookInput]) -> list[dict[str, Any]]:
    """Every lattice as it was laid: since when, its buy and sell prices from low to high, and the quantity of a lot."""
    made = []
    for book, run in zip(books, simulation.books, strict=True):
        instrument = book.instrument
        for grid in run.grids:
            made.append(
                {
                    "symbol": instrument.symbol,
                    "from": printed_time(int(book.walked.open_time[grid.bar])),
                    "buys": [printed_to(ticks * instrument.tick, instrument.tick) for ticks in grid.buys],
                    "sells": [printed_to(ticks * instrument.tick, instrument.tick) for ticks in grid.sells],
                    "quantity": printed_to(grid.quantity * instrument.step, instrument.step),
                }
            )
    return made
