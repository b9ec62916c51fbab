"""Whole jobs: every book by itself, then trades and samples of all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from tests.parity.decimal_twin.grid import Grid
from tests.parity.decimal_twin.indicators import Prices, wishes
from tests.parity.decimal_twin.ladder import Ladder
from tests.parity.decimal_twin.signals import OnePosition
from tests.parity.decimal_twin.walk import NoCapital, Ran, Strategy, Walk

from quantgpt.bars.instrument import SCALE
from quantgpt.bars.terms import BookInput, Terms
from quantgpt.templates import GridPlan, LadderPlan, Plan, SignalPlan

DAY = 86_400_000


@dataclass(frozen=True)
class SlowTrade:
    symbol: str
    side: str
    entry_ms: int
    exit_ms: int
    entry_price: Decimal
    exit_price: Decimal
    quantity: Decimal
    pnl: Decimal
    fee: Decimal
    funding: Decimal
    cause: int


@dataclass(frozen=True)
class Slow:
    """A whole simulation by the twin."""

    runs: tuple[Ran, ...]
    trades: tuple[SlowTrade, ...]
    curve: tuple[tuple[int, Decimal], ...]


def run_book(given: BookInput, plan: Plan, terms: Terms, template: str, values: Mapping[str, Any]) -> Ran:
    """One book. template and values: those of which a SignalPlan was made; the twin makes its own signals."""
    return Walk(given, terms, _strategy(given, plan, template, values)).run()


def _strategy(given: BookInput, plan: Plan, template: str, values: Mapping[str, Any]) -> Strategy:
    if isinstance(plan, GridPlan):
        return Grid(plan)
    if isinstance(plan, LadderPlan):
        return Ladder(plan)
    assert isinstance(plan, SignalPlan)
    main = given.main
    prices = Prices(main.high.tolist(), main.low.tolist(), main.close.tolist())
    return OnePosition(wishes(template, values, prices), plan.position_share, plan.stop_loss)


def run_all(books: Sequence[BookInput], plan: Plan, terms: Terms, template: str, values: Mapping[str, Any]) -> Slow:
    """All books of a job."""
    runs = tuple(run_book(given, plan, terms, template, values) for given in books)
    nothing = not any(ran.book.fills for ran in runs)
    if nothing and not isinstance(plan, GridPlan) and any(ran.book.skipped_notional for ran in runs):
        raise NoCapital
    trades = [trade for given, ran in zip(books, runs, strict=True) for trade in _trades(given, ran, terms)]
    trades.sort(key=lambda trade: (trade.exit_ms, trade.entry_ms, trade.symbol))
    with localcontext(prec=80):
        return Slow(runs, tuple(trades), tuple(_curve(books, runs, terms)))


def _trades(given: BookInput, ran: Ran, terms: Terms) -> list[SlowTrade]:
    at = given.walked.open_time
    out = []
    for done in ran.book.closed:
        exit_ms = int(at[done.exit_bar])
        if done.at_end:
            exit_ms = min(exit_ms + given.walked.length_ms - 1000, terms.end_ms)
        lot = done.lot
        out.append(
            SlowTrade(
                given.instrument.symbol,
                "buy" if lot.side > 0 else "sell",
                int(at[lot.bar]),
                exit_ms,
                lot.entry,
                done.exit_price,
                lot.quantity,
                done.pnl,
                done.fee,
                lot.funding,
                int(done.cause),
            )
        )
    return out


def _curve(books: Sequence[BookInput], runs: Sequence[Ran], terms: Terms) -> list[tuple[int, Decimal]]:
    starts = [Decimal(given.capital) / SCALE for given in books]

    def at(instant: int) -> Decimal:
        """Every book at its last close at or before that instant."""
        total = Decimal(0)
        for start, ran in zip(starts, runs, strict=True):
            known = [equity for when, equity in ran.marks if when <= instant]
            total += known[-1] if known else start
        return total

    midnights = range((terms.start_ms // DAY + 1) * DAY, terms.end_ms, DAY)
    last = sum((ran.book.wallet for ran in runs), Decimal(0))
    return [(terms.start_ms, sum(starts, Decimal(0))), *((m, at(m)) for m in midnights), (terms.end_ms, last)]
