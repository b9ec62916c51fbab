"""What comes of a simulation: fills and payments of one book, then the booked result of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


class Cause(IntEnum):
    """Why a fill happened."""

    MARKET = 0
    LIMIT = 1
    TAKE_PROFIT = 2
    STOP = 3
    LIQUIDATION = 4
    REBALANCE = 5
    END = 6


@dataclass(frozen=True, kw_only=True)
class Fills:
    """Fills in the order in which they happened. All arrays have the shape (F,); money and rates in 1e-8."""

    bar: Whole
    """index of the walked bar"""
    leg: Whole
    """0 the open, 1-3 the legs, 4 after the last bar"""
    lot: Whole
    """number of the lot it opens or closes: 0, 1, … in the order of opening"""
    opens: NDArray[np.bool_]
    side: Whole
    """+1 buys, -1 sells"""
    price: Whole
    """ticks"""
    quantity: Whole
    """steps"""
    fee: Whole
    forgiven: Whole
    """loss beyond the margin that the venue bears"""
    cause: Whole
    """Cause"""


@dataclass(frozen=True, kw_only=True)
class Payments:
    """Funding. All arrays have the shape (P,); amounts in 1e-8, positive is paid by the lot."""

    at: Whole
    """instant, milliseconds since 1970"""
    bar: Whole
    """index of the walked bar before whose open it is paid; T after the last bar"""
    lot: Whole
    amount: Whole


@dataclass(frozen=True, kw_only=True)
class LaidGrid:
    """One lattice as it was laid: from which walked bar on, its opening prices in ticks, low to high."""

    bar: int
    buys: tuple[int, ...]
    sells: tuple[int, ...]
    quantity: int


@dataclass(frozen=True, kw_only=True)
class BookRun:
    """What the compiled path did with one book. `wallet` is its final wallet in 1e-8, everything closed."""

    fills: Fills
    payments: Payments
    wallet: int
    grids: tuple[LaidGrid, ...] = ()
    liquidated: bool = False
    skipped_margin: int = 0
    skipped_notional: int = 0


@dataclass(frozen=True, kw_only=True)
class Trade:
    """One closed lot. Times in milliseconds since 1970, UTC; prices, quantity, pnl and fee exact."""

    symbol: str
    side: str
    """buy or sell, the entry's"""
    entry_ms: int
    exit_ms: int
    entry_price: Decimal
    exit_price: Decimal
    quantity: Decimal
    pnl: Decimal
    fee: Decimal
    funding: Decimal
    cause: Cause
    """of the exit"""


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """A whole run, booked: Σ pnl = final equity − capital exactly."""

    trades: tuple[Trade, ...]
    curve: tuple[tuple[int, Decimal], ...]
    """(instant in ms, equity), docs/bar-simulation.md §11"""
    books: tuple[BookRun, ...]
    bars_walked: int
    facts: dict[str, object] = field(default_factory=dict)
