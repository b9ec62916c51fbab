"""The whole simulation of a job: every book through the engine of its plan, booked, and put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from quantgpt.bars.faults import InsufficientCapital, TooLarge, nothing_large_enough
from quantgpt.bars.grid import run_grid
from quantgpt.bars.ladder import run_ladder
from quantgpt.bars.ledger import curve_of, trades_of
from quantgpt.bars.outcome import BookRun, Simulation, Trade
from quantgpt.bars.signals import run_signals
from quantgpt.bars.terms import BookInput, Terms
from quantgpt.templates import GridPlan, LadderPlan, Plan

__all__ = ["InsufficientCapital", "TooLarge", "run_book", "simulate"]

Progress = Callable[[float], None]


def run_book(book: BookInput, plan: Plan, terms: Terms, progress: Progress) -> BookRun:
    """Carry out a plan on one book.  Raises: InsufficientCapital, TooLarge."""
    if isinstance(plan, GridPlan):
        return run_grid(book, plan, terms, progress)
    if isinstance(plan, LadderPlan):
        return run_ladder(book, plan, terms, progress)
    return run_signals(book, plan, terms, progress)


def _part(progress: Progress, number: int, of: int) -> Progress:
    """The progress of one book as a part of all."""
    return lambda share: progress((number + share) / of)


def simulate(books: Sequence[BookInput], plan: Plan, terms: Terms, progress: Progress) -> Simulation:
    """Simulate every book on its own, and book the sum: trades by exit time, entry time, symbol, and as they happened; Σ pnl = final equity − capital.

    progress: told the walked share, ascending to 1.
    Raises: InsufficientCapital or TooLarge for any of the books, InsufficientCapital where nothing was filled in any of them and orders of
    signals or of a ladder were below the minimum notional; Broken where the books in Decimal are not the compiled path's.
    """
    runs: list[BookRun] = []
    trades: list[Trade] = []
    for number, book in enumerate(books):
        run = run_book(book, plan, terms, _part(progress, number, len(books)))
        runs.append(run)
        trades += trades_of(book, run, terms)
    _require_an_order(books, runs, plan)
    trades.sort(key=lambda trade: (trade.exit_ms, trade.entry_ms, trade.symbol))
    return Simulation(
        trades=tuple(trades),
        curve=curve_of(books, runs, terms),
        books=tuple(runs),
        bars_walked=sum(len(book.walked.open_time) for book in books),
    )


def _require_an_order(books: Sequence[BookInput], runs: Sequence[BookRun], plan: Plan) -> None:
    """Raise InsufficientCapital where every order that there was is below the minimum notional. A grid says so when it is laid."""
    if isinstance(plan, GridPlan) or any(len(run.fills.price) for run in runs):
        return
    for book, run in zip(books, runs, strict=True):
        if run.skipped_notional:
            raise nothing_large_enough(book.instrument, sum(run.skipped_notional for run in runs))
