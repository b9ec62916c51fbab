"""What is traded: the smallest steps of price, quantity and money."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from quantgpt.foundations.errors import Broken

MONEY = Decimal("0.00000001")
"""The smallest amount that is booked, in quote currency."""
SCALE = 100_000_000
"""Whole numbers of MONEY in 1, and of a rate in 100 %."""

Venue = Literal["perp", "spot"]


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One symbol of a venue with its filters. Prices and amounts in quote currency, quantities in base currency."""

    symbol: str
    """as the interface writes it: BTCUSDT"""
    base: str
    quote: str
    venue: Venue
    tick: Decimal
    step: Decimal
    min_notional: Decimal
    min_price: Decimal
    max_price: Decimal
    min_qty: Decimal
    max_qty: Decimal
    max_orders: int = 200

    @cached_property
    def unit(self) -> int:
        """Money of one tick times one step.  Raises: Broken where that is no whole number of MONEY."""
        exact = self.tick * self.step * SCALE
        if exact != exact.to_integral_value() or exact < 1:
            raise Broken(f"{self.symbol}: tick {self.tick} times step {self.step} is not a whole number of {MONEY}")
        return int(exact)

    @cached_property
    def min_steps(self) -> int:
        """The least quantity of an order, in steps; at least 1."""
        return max(1, math.ceil(self.min_qty / self.step))

    @cached_property
    def min_notional_units(self) -> int:
        """The least notional of an order, in MONEY."""
        return int(self.min_notional * SCALE)
