"""Where the lines of a grid lie, and how much one lot is: exact, in fractions and whole numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Literal

from quantgpt.bars.instrument import SCALE
from quantgpt.templates import GridPlan

_FINE = Context(prec=50)
_KEPT = Context(prec=28)
"""Powers and roots are taken with 50 digits, and kept with 28, half even."""


@dataclass(frozen=True)
class Lines:
    """One lattice. `buys[k]` and `sells[k]` in ticks, from low to high: interval k buys at the one and sells at the other.

    A main bar that closes (in ticks) below `leave_low` or above `leave_high` leaves it; None: it is never left.
    """

    buys: tuple[int, ...]
    sells: tuple[int, ...]
    leave_low: int | None
    leave_high: int | None


def _power(base: Decimal, exponent: Decimal, factor: Decimal) -> Decimal:
    return _KEPT.plus(_FINE.multiply(factor, _FINE.power(base, exponent)))


def prices(lower: Decimal, upper: Decimal, levels: int, spacing: Literal["arithmetic", "geometric"]) -> list[Fraction]:
    """The lines from the lower to the upper bound, both included and exact. Shape: (levels,)."""
    low, high = Fraction(lower), Fraction(upper)
    if spacing == "arithmetic":
        return [low + (high - low) * k / (levels - 1) for k in range(levels)]
    ratio = _FINE.divide(upper, lower)
    inner = [_power(ratio, _FINE.divide(Decimal(k), Decimal(levels - 1)), lower) for k in range(1, levels - 1)]
    return [low, *map(Fraction, inner), high]


def lattice(plan: GridPlan, lower: Decimal, upper: Decimal, tick: Decimal) -> Lines:
    """The lattice of a plan between two bounds: buy prices rounded down to the tick, sell prices up."""
    size = Fraction(tick)
    lines = [price / size for price in prices(lower, upper, plan.levels, plan.spacing)]
    leave_low = leave_high = None
    if plan.rebalance_threshold is not None:
        threshold = Fraction(plan.rebalance_threshold)
        leave_low = math.ceil(lines[0] * (1 - threshold))
        leave_high = math.floor(lines[-1] * (1 + threshold))
    return Lines(
        tuple(math.floor(line) for line in lines[:-1]), tuple(math.ceil(line) for line in lines[1:]), leave_low, leave_high
    )  # fmt: skip


def bounds_around(plan: GridPlan, price: Decimal, tick: Decimal) -> tuple[Decimal, Decimal]:
    """Bounds of a grid of the plan's width (or ratio) around a price, the lower one rounded down to the tick, the upper one up."""
    if plan.spacing == "arithmetic":
        half = (Fraction(plan.upper) - Fraction(plan.lower)) / 2
        low, high = Fraction(price) - half, Fraction(price) + half
    else:
        root = _FINE.sqrt(_FINE.divide(plan.upper, plan.lower))
        low = Fraction(_KEPT.plus(_FINE.divide(price, root)))
        high = Fraction(_KEPT.plus(_FINE.multiply(price, root)))
    size = Fraction(tick)
    return math.floor(low / size) * tick, math.ceil(high / size) * tick


def lot_size(
    wallet: int, leverage: int, unit: int, at_once: Sequence[int], resting: Sequence[int], maker: int, taker: int
) -> int:
    """Steps of one lot: wallet · leverage / Σ price · (1 + leverage · rate), rounded down.

    wallet and unit in 1e-8, rates in 1e-8; prices in ticks: of the lots that are opened at once (taker), and of the opening orders of the others (maker).
    """
    weight = sum(at_once) * (SCALE + leverage * taker) + sum(resting) * (SCALE + leverage * maker)
    return wallet * leverage * SCALE // (unit * weight) if weight > 0 else 0


@dataclass(frozen=True)
class Layout:
    """What each interval does where the lattice is laid. `sides`: +1 long, -1 short lots; `at_once`: opened at that open; `resting`: opening prices of the others."""

    sides: tuple[int, ...]
    at_once: tuple[bool, ...]
    resting: tuple[int, ...]


def layout(plan: GridPlan, lines: Lines, price: int) -> Layout:
    """Sides and first orders of a lattice that is laid at an open of `price` ticks."""
    count = len(lines.buys)
    if plan.mode == "long":
        sides, at_once = (1,) * count, tuple(sell > price for sell in lines.sells)
    elif plan.mode == "short":
        sides, at_once = (-1,) * count, tuple(buy < price for buy in lines.buys)
    else:
        sides, at_once = tuple(1 if buy < price else -1 for buy in lines.buys), (False,) * count
    rows = zip(sides, at_once, lines.buys, lines.sells, strict=True)
    return Layout(sides, at_once, tuple(buy if side > 0 else sell for side, once, buy, sell in rows if not once))
