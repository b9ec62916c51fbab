"""Buys by the clock, safety buys below, one take-profit and one stop for all lots."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import partial

from tests.parity.decimal_twin.book import MAKER, TAKER, exact_ceil, exact_floor
from tests.parity.decimal_twin.walk import Limit, Stop, Strategy

from quantgpt.bars.instrument import MONEY
from quantgpt.bars.outcome import Cause
from quantgpt.templates import LadderPlan


class Ladder(Strategy):
    """A ladder on one book. `safety`: (price, quantity, number, born) of what rests."""

    def __init__(self, plan: LadderPlan) -> None:
        self.plan = plan
        self.due: int | None = None
        self.safety: list[tuple[Decimal, Decimal, int, tuple[int, int]]] = []
        self.profits: list[Limit] = []
        self.losses: list[Stop] = []

    def enter(self) -> None:
        plan, bar, book = self.plan, self.walk.bar, self.walk.book
        self.due = bar.at if self.due is None else self.due
        if bar.at < self.due:
            return
        while self.due <= bar.at:
            self.due += plan.interval_ms
        if plan.safety_step is not None and book.lots:
            return
        if plan.max_orders is not None and len(book.lots) >= plan.max_orders:
            return
        price = self.walk.slipped(bar.open, 1)
        lot = book.open(1, self._quantity(plan.amount, price), price, TAKER, Cause.MARKET)
        if lot is None:
            return
        if plan.safety_step is not None:
            self._rest_below(price)
        self._reprice()

    def over(self) -> None:
        self.safety, self.profits, self.losses = [], [], []

    def limits(self) -> list[Limit]:
        resting = [Limit(1, price, j, born, partial(self._bought, j)) for price, _, j, born in self.safety]
        working = [order for order in self.profits if self.walk._limit_works(order)]
        return resting + working[-1:]

    def stops(self) -> list[Stop]:
        return [stop for stop in self.losses if self.walk._stop_works(stop)][-1:]

    def _quantity(self, amount: Decimal, price: Decimal) -> Decimal:
        return exact_floor(Fraction(amount) / Fraction(price), self.walk.step)

    def _rest_below(self, price: Decimal) -> None:
        plan = self.plan
        assert plan.safety_step is not None
        assert plan.max_orders is not None
        depth, stretch = Fraction(0), Fraction(1)
        for j in range(1, plan.max_orders):
            depth += stretch
            stretch *= Fraction(plan.safety_step_scale)
            at = exact_floor(Fraction(price) * (1 - Fraction(plan.safety_step) * depth), self.walk.tick)
            amount = exact_floor(Fraction(plan.amount) * Fraction(plan.safety_volume_scale) ** j, MONEY)
            if at > 0:
                self.safety.append((at, self._quantity(amount, at), j, self.walk.place))

    def _bought(self, number: int, price: Decimal) -> None:
        quantity = next(order[1] for order in self.safety if order[2] == number)
        self.safety = [order for order in self.safety if order[2] != number]
        if self.walk.book.open(1, quantity, price, MAKER, Cause.LIMIT) is not None:
            self._reprice()

    def _reprice(self) -> None:
        lots, plan, tick, place = self.walk.book.lots, self.plan, self.walk.tick, self.walk.place
        average = Fraction(sum(lot.notional for lot in lots)) / Fraction(sum(lot.quantity for lot in lots))
        if plan.take_profit is not None:
            price = exact_ceil(average * (1 + Fraction(plan.take_profit)), tick)
            self.profits.append(Limit(-1, price, 0, place, self._sold))
        if plan.stop_loss is not None:
            price = exact_ceil(average * (1 - Fraction(plan.stop_loss)), tick)
            self.losses.append(Stop(True, price, Cause.STOP, place))

    def _sold(self, price: Decimal) -> None:
        book = self.walk.book
        book.close_all({1: price}, book.lots, MAKER, Cause.TAKE_PROFIT)
        self.over()
