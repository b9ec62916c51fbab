"""The engine of ladders: buys by the clock, safety buys below, one take-profit and one stop of all lots. docs/bar-simulation.md §10."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.instrument import SCALE
from quantgpt.bars.joint import JointBook, Progress
from quantgpt.bars.outcome import BookRun
from quantgpt.bars.terms import BookInput, Terms
from quantgpt.templates import LadderPlan

WITHOUT_LIMIT = 2**62


class SafetyBuys:
    """The safety buys of a plan: shares of the first fill's price and amounts, both exact."""

    def __init__(self, plan: LadderPlan, unit: int) -> None:
        self.unit = unit
        self.shares: list[tuple[int, int]] = []
        """numerator and denominator of price j over the first fill, all above 0"""
        self.amounts: list[int] = []
        """in 1e-8"""
        step = Fraction(plan.safety_step or 0)
        below, amount = Fraction(0), Fraction(plan.amount) * SCALE
        for _ in range((plan.max_orders or 1) - 1):
            below += step
            step *= Fraction(plan.safety_step_scale)
            amount *= Fraction(plan.safety_volume_scale)
            if below >= 1:
                break
            self.shares.append(((1 - below).numerator, (1 - below).denominator))
            self.amounts.append(int(amount))
        size = len(self.shares)
        self.prices: NDArray[np.int64] = np.zeros(size, np.int64)
        self.quantities: NDArray[np.int64] = np.zeros(size, np.int64)

    def lay(self, price: int) -> int:
        """Put them below a fill at `price` ticks. Returns how many there are: those whose price is above 0."""
        for j, (over, under) in enumerate(self.shares):
            at = price * over // under
            if at <= 0:
                return j
            self.prices[j] = at
            self.quantities[j] = self.amounts[j] // (at * self.unit)
        return len(self.shares)


def run_ladder(book: BookInput, plan: LadderPlan, terms: Terms, progress: Progress) -> BookRun:
    """Carry a ladder out on one book.  Raises: TooLarge."""
    from quantgpt.bars.ladder import _kernels as engine

    run = JointBook(book, terms)
    safety = SafetyBuys(plan, book.instrument.unit)
    most = WITHOUT_LIMIT if plan.max_orders is None else plan.max_orders
    ladder = engine.Ladder(
        prices=safety.prices,
        quantities=safety.quantities,
        interval=plan.interval_ms,
        amount=int(plan.amount * SCALE),
        most=most if plan.safety_step is None else 1,
        safety=int(plan.safety_step is not None),
        profit_rate=_rate(plan.take_profit),
        stop_rate=_rate(plan.stop_loss),
    )

    def walk(first: int, last: int) -> int:
        stopped: int = engine.walk(*run.money, *run.prices, ladder, first, last)
        if run.numbers[engine.LAYS] > 0:
            run.numbers[engine.SAFETY] = 0
            run.numbers[engine.PLACED] = safety.lay(int(run.numbers[engine.LAYS]))
        return stopped

    return run.drive(walk, progress)


def _rate(fraction: Decimal | None) -> int:
    return -1 if fraction is None else int(fraction * SCALE)
