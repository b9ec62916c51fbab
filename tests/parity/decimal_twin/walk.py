"""The walk over the bars of one book: the open as a point, then three legs, and what happens on them in the order of the price."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import partial
from itertools import pairwise

from tests.parity.decimal_twin.book import TAKER, Book, exact_ceil, exact_floor, rate_of

from quantgpt.bars.outcome import Cause
from quantgpt.bars.terms import BookInput, Terms


class NoCapital(Exception):
    """The capital does not carry the plan."""


@dataclass(frozen=True)
class Candle:
    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


@dataclass
class Limit:
    """A resting order. `born`: (bar, leg) of the fill that made it."""

    side: int
    price: Decimal
    tie: int
    born: tuple[int, int]
    filled: Callable[[Decimal], None]


@dataclass
class Stop:
    """Closes everything where the price is at or below it (`falls`), or at or above it."""

    falls: bool
    price: Decimal
    cause: Cause
    born: tuple[int, int]


@dataclass
class Ran:
    """What came of one book. `marks`: (instant of the close, equity) of every bar."""

    book: Book
    marks: list[tuple[int, Decimal]] = field(default_factory=list)
    grids: list[tuple[int, tuple[Decimal, ...], tuple[Decimal, ...], Decimal]] = field(default_factory=list)


class Strategy:
    """What a plan does at the places where it is asked."""

    walk: Walk

    def carry_out(self) -> None:
        """At the open, before the stops: what was decided before."""

    def enter(self) -> None:
        """At the open, last: market entries."""

    def decide(self, main: int) -> None:
        """At the close of a main bar."""

    def over(self) -> None:
        """A stop or a liquidation has closed everything."""

    def limits(self) -> list[Limit]:
        """What rests."""
        return []

    def stops(self) -> list[Stop]:
        """What closes everything."""
        return []


Event = tuple[tuple[Decimal, int, Decimal, int], Decimal, Callable[[Decimal], None]]
"""(distance, rank, order of prices, tie), where, what happens there"""


class Walk:
    """Walks the bars of one book with one strategy."""

    def __init__(self, given: BookInput, terms: Terms, strategy: Strategy) -> None:
        self.given, self.terms, self.strategy = given, terms, strategy
        tick = given.instrument.tick
        bars = given.walked
        self.tick, self.step = tick, given.instrument.step
        self.bars = [
            Candle(
                int(bars.open_time[i]), *(int(row[i]) * tick for row in (bars.open, bars.high, bars.low, bars.close))
            )
            for i in range(len(bars.open_time))
        ]
        self.book = Book(given.instrument, terms, Decimal(given.capital) / 100_000_000)
        self.ran = Ran(self.book)
        self.index = 0
        strategy.walk = self

    @property
    def bar(self) -> Candle:
        return self.bars[self.index]

    @property
    def place(self) -> tuple[int, int]:
        return (self.index, self.book.leg)

    def run(self) -> Ran:
        """Walk every bar, then close what is open."""
        with localcontext(prec=80):
            for index in range(len(self.bars)):
                self.index = index
                self._bar()
            if self.bars:
                self._end()
            return self.ran

    def slipped(self, price: Decimal, side: int) -> Decimal:
        """Price of a taker fill of that side at that price of the current bar."""
        rate = rate_of(self.terms.slippage)
        if side > 0:
            moved = exact_ceil(price * (1 + rate), self.tick)
        else:
            moved = exact_floor(price * (1 - rate), self.tick)
        return min(max(moved, self.bar.low), self.bar.high)

    def close_everything(self, price: Decimal, cause: Cause, order: Callable[[int], int] | None = None) -> None:
        """Close all lots as a taker at a price before slippage; `order` sorts them by their tag."""
        lots = list(self.book.lots)
        if order is not None:
            lots.sort(key=lambda lot: order(lot.tag))
        if lots:
            self.book.close_all({1: self.slipped(price, -1), -1: self.slipped(price, 1)}, lots, TAKER, cause)

    # --- one bar -----------------------------------------------------------------------------------------------------

    def _bar(self) -> None:
        book, bar = self.book, self.bar
        book.bar, book.leg, book.now = self.index, 0, bar.at
        self._fund()
        self._open()
        for number, (start, end) in enumerate(self._path(), 1):
            book.leg = number
            self._leg(start, end)
        main = int(self.given.ends_main[self.index])
        if main >= 0 and not book.dead:
            self.strategy.decide(main)
        self.ran.marks.append((bar.at + self.given.walked.length_ms, book.equity(bar.close)))

    def _fund(self) -> None:
        funding = self.given.funding
        if funding is None or self.index == 0:
            return
        before = self.bars[self.index - 1]
        for at, rate in zip(funding.at.tolist(), funding.rate.tolist(), strict=True):
            if before.at < at <= self.bar.at:
                price = self.bar.open if at == self.bar.at else before.close
                self.book.pay(at, self.index, price, rate_of(rate))

    def _open(self) -> None:
        book, price = self.book, self.bar.open
        at = book.liquidation_price()
        if at is not None and (price <= at if book.side > 0 else price >= at):
            book.liquidate(price)
            self.strategy.over()
        if book.dead:
            return
        self.strategy.carry_out()
        for stop in self.strategy.stops():
            if self._stop_works(stop) and (price <= stop.price if stop.falls else price >= stop.price):
                self._stopped(stop, price)
                break
        beyond = self.tick if self.terms.strict_touch else 0
        ready = [
            order
            for order in self.strategy.limits()
            if self._limit_works(order)
            and (price <= order.price - beyond if order.side > 0 else price >= order.price + beyond)
        ]
        for order in sorted(ready, key=lambda order: (-order.side, -order.side * order.price, order.tie)):
            order.filled(price)
        self.strategy.enter()

    def _path(self) -> list[tuple[Decimal, Decimal]]:
        bar = self.bar
        low_first = bar.close >= bar.open
        if self.terms.intrabar == "pessimistic" and self.book.side:
            low_first = self.book.side > 0
        points = [bar.open, bar.low, bar.high, bar.close] if low_first else [bar.open, bar.high, bar.low, bar.close]
        return list(pairwise(points))

    # --- one leg -----------------------------------------------------------------------------------------------------

    def _leg(self, start: Decimal, end: Decimal) -> None:
        """Carry out, one by one, what lies nearest to where the price is."""
        here = start
        while not self.book.dead:
            events: list[Event] = []
            at = self.book.liquidation_price()
            if at is not None:
                where = self._reaches(here, end, at, self.book.side > 0)
                if where is not None:
                    events.append(((abs(where - here), 0, Decimal(0), 0), where, self._liquidated))
            for stop in self.strategy.stops():
                where = self._reaches(here, end, stop.price, stop.falls) if self._stop_works(stop) else None
                if where is not None:
                    key = (abs(where - here), 1, Decimal(0), 0)
                    events.append((key, where, partial(self._stopped, stop)))
            for order in self.strategy.limits():
                where = self._touches(here, end, order) if self._limit_works(order) else None
                if where is not None:
                    rank = 2 if order.side > 0 else 3
                    key = (abs(where - here), rank, -order.side * order.price, order.tie)
                    events.append((key, where, partial(self._filled, order)))
            if not events:
                return
            _, here, happen = min(events, key=lambda event: event[0])
            happen(here)

    def _reaches(self, here: Decimal, end: Decimal, price: Decimal, falls: bool) -> Decimal | None:
        """Where the rest of the leg is first at the price or beyond."""
        if (here <= price) if falls else (here >= price):
            return here
        return price if (end <= price if falls else end >= price) else None

    def _touches(self, here: Decimal, end: Decimal, order: Limit) -> Decimal | None:
        """Where a limit order lies on the rest of the leg, if that fills it."""
        beyond = self.tick if self.terms.strict_touch else 0
        if order.side > 0:
            return min(here, order.price) if min(here, end) <= order.price - beyond else None
        return max(here, order.price) if max(here, end) >= order.price + beyond else None

    def _limit_works(self, order: Limit) -> bool:
        if self.terms.intrabar == "pessimistic" and order.born[1] > 0:
            return self.index > order.born[0]
        return self.place > order.born

    def _stop_works(self, stop: Stop) -> bool:
        return self.place > stop.born

    def _liquidated(self, price: Decimal) -> None:
        self.book.liquidate(price)
        self.strategy.over()

    def _filled(self, order: Limit, _: Decimal) -> None:
        order.filled(order.price)

    def _stopped(self, stop: Stop, price: Decimal) -> None:
        self.close_everything(price, stop.cause)
        self.strategy.over()

    # --- the end -----------------------------------------------------------------------------------------------------

    @property
    def closing_ms(self) -> int:
        return min(self.bars[-1].at + self.given.walked.length_ms - 1000, self.terms.end_ms)

    def _end(self) -> None:
        funding, last = self.given.funding, self.bars[-1]
        if funding is not None:
            for at, rate in zip(funding.at.tolist(), funding.rate.tolist(), strict=True):
                if last.at < at <= self.closing_ms:
                    self.book.pay(at, len(self.bars), last.close, rate_of(rate))
        self.book.leg = 4
        self.close_everything(last.close, Cause.END)
        self.ran.marks.append((self.closing_ms, self.book.wallet))
