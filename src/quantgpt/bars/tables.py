"""Fills and payments out of the tables that the compiled engines write."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.outcome import Fills, Payments

MOST_FILLS = 1_000_000
"""of one book: half as many trades, some 2 KB each until they are printed"""
FIRST_ROWS = 4_096
"""Rows of a table at first; it grows by doubling."""


def fills_of(table: NDArray[np.int64], count: int) -> Fills:
    """The first `count` rows of a table of fills, by columns (`kernels.BAR` … `kernels.CAUSE`)."""
    columns = np.ascontiguousarray(table[:count].T)
    bar, leg, lot, opens, side, price, quantity, fee, forgiven, cause = columns
    return Fills(
        bar=bar, leg=leg, lot=lot, opens=opens != 0, side=side,
        price=price, quantity=quantity, fee=fee, forgiven=forgiven, cause=cause,
    )  # fmt: skip


def payments_of(table: NDArray[np.int64], count: int) -> Payments:
    """The first `count` rows of a table of funding payments, by columns."""
    at, bar, lot, amount = np.ascontiguousarray(table[:count].T)
    return Payments(at=at, bar=bar, lot=lot, amount=amount)
