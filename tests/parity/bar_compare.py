"""The compiled simulator and the slow one side by side: every fill, fee, payment and grid in whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any

from tests.parity.bar_cases import Case
from tests.parity.decimal_twin.run import SlowTrade, run_all, run_book
from tests.parity.decimal_twin.walk import NoCapital, Ran

from quantgpt.bars.faults import InsufficientCapital, TooLarge
from quantgpt.bars.grid import run_grid
from quantgpt.bars.instrument import SCALE, Instrument
from quantgpt.bars.ladder import run_ladder
from quantgpt.bars.outcome import BookRun, Cause
from quantgpt.bars.signals import run_signals
from quantgpt.bars.simulate import simulate
from quantgpt.bars.terms import BookInput, Terms
from quantgpt.templates import GridPlan, LadderPlan, Plan

FIELDS = ("bar", "leg", "lot", "opens", "side", "price", "quantity", "fee", "forgiven", "cause")


LARGEST = Decimal(40_000_000_000)
"""Amounts beyond it are refused."""


def whole(value: Decimal, grain: Decimal) -> int:
    """A multiple of grain, counted."""
    count = value / grain
    assert count == int(count), f"{value} is no multiple of {grain}"
    return int(count)


def money(value: Decimal) -> int:
    return whole(value, Decimal(1) / SCALE)


def compiled(book: BookInput, plan: Plan, terms: Terms) -> BookRun:
    """The compiled path of one book."""
    run: Callable[..., BookRun] = run_signals
    if isinstance(plan, GridPlan):
        run = run_grid
    elif isinstance(plan, LadderPlan):
        run = run_ladder
    return run(book, plan, terms, lambda done: None)


def fast_rows(run: BookRun) -> dict[str, Any]:
    """What is compared, of the compiled path."""
    fills = [dict(zip(FIELDS, row, strict=True)) for row in zip(
        *(getattr(run.fills, name).tolist() for name in FIELDS), strict=True)]  # fmt: skip
    columns = (run.payments.at, run.payments.bar, run.payments.lot, run.payments.amount)
    payments = list(zip(*(column.tolist() for column in columns), strict=True))
    return {
        "fills": fills,
        "payments": payments,
        "grids": [(grid.bar, grid.buys, grid.sells, grid.quantity) for grid in run.grids],
        "end": (run.wallet, run.liquidated, run.skipped_margin, run.skipped_notional),
    }


def slow_rows(ran: Ran, instrument: Instrument) -> dict[str, Any]:
    """The same of the slow one."""
    tick, step = instrument.tick, instrument.step
    fills = [
        {
            "bar": f.bar, "leg": f.leg, "lot": f.lot, "opens": f.opens, "side": f.side, "price": whole(f.price, tick),
            "quantity": whole(f.quantity, step), "fee": money(f.fee), "forgiven": money(f.forgiven), "cause": int(f.cause),
        }
        for f in ran.book.fills
    ]  # fmt: skip
    liquidated = any(f.cause == Cause.LIQUIDATION for f in ran.book.fills)
    return {
        "fills": fills,
        "payments": [(p.at, p.bar, p.lot, money(p.amount)) for p in ran.book.payments],
        "grids": [
            (bar, tuple(whole(p, tick) for p in buys), tuple(whole(p, tick) for p in sells), whole(quantity, step))
            for bar, buys, sells, quantity in ran.grids
        ],
        "end": (money(ran.book.wallet), liquidated, ran.book.skipped_margin, ran.book.skipped_notional),
    }


def difference(case: Case) -> str | None:
    """The first thing in which the two differ; None where nothing does."""
    for number, book in enumerate(case.books):
        try:
            ran = run_book(book, case.plan, case.terms, case.template, case.values)
            slow = {"refused": [True]} if peak(ran) > LARGEST else slow_rows(ran, book.instrument)
        except NoCapital:
            slow = {"refused": [True]}
        try:
            fast = fast_rows(compiled(book, case.plan, case.terms))
        except (InsufficientCapital, TooLarge):
            fast = {"refused": [True]}
        found = _first_difference(slow, fast)
        if found:
            return f"{case.name}, book {number}: {found}"
    return None


def peak(ran: Ran) -> Decimal:
    """The largest amount of a book, at its fills and at every close."""
    return max([abs(equity) for _, equity in ran.marks] + [fill.price * fill.quantity for fill in ran.book.fills])


def _first_difference(slow: dict[str, Any], fast: dict[str, Any]) -> str | None:
    if slow.keys() != fast.keys():
        return f"slow has {sorted(slow)}, fast has {sorted(fast)}"
    for part, mine in slow.items():
        theirs = fast[part]
        for k in range(max(len(mine), len(theirs))):
            a, b = (rows[k] if k < len(rows) else None for rows in (mine, theirs))
            if a != b:
                return f"{part}[{k}]: slow {a}, fast {b}"
    return None


def whole_difference(case: Case) -> str | None:
    """The first trade or sample in which the booked simulations differ; None where nothing does."""
    try:
        slow = run_all(case.books, case.plan, case.terms, case.template, case.values)
    except NoCapital:
        slow = None
    try:
        fast = simulate(case.books, case.plan, case.terms, lambda done: None)
    except InsufficientCapital:
        return None if slow is None else f"{case.name}: only the compiled one lacks capital"
    if slow is None:
        return f"{case.name}: only the slow one lacks capital"
    names = [each.name for each in fields(SlowTrade)]
    mine = {"trades": [[getattr(trade, name) for name in names] for trade in slow.trades], "curve": list(slow.curve)}
    theirs = {"trades": [[getattr(trade, name) for name in names] for trade in fast.trades], "curve": list(fast.curve)}
    found = _first_difference(mine, theirs)
    return f"{case.name}: {found}" if found else None
