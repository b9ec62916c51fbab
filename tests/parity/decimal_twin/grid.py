"""The grid: lines, lots of its intervals, stops of the whole grid, laying it anew."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction

from tests.parity.decimal_twin.book import MAKER, TAKER, Lot, exact_ceil, exact_floor, rate_of
from tests.parity.decimal_twin.walk import Limit, NoCapital, Stop, Strategy

from quantgpt.bars.outcome import Cause
from quantgpt.templates import GridPlan

PRINTED = Context(prec=28, rounding=ROUND_HALF_EVEN)


def as_decimal(value: Fraction) -> Decimal:
    """A fraction to the precision of the context."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def lines(lower: Decimal, upper: Decimal, levels: int, spacing: str) -> list[Fraction]:
    """All price lines from lower to upper, both included."""
    if spacing == "arithmetic":
        low, high = Fraction(lower), Fraction(upper)
        return [low + k * (high - low) / (levels - 1) for k in range(levels)]
    with localcontext(prec=50):
        ratio = upper / lower
        inner = [PRINTED.plus(lower * ratio ** (Decimal(k) / (levels - 1))) for k in range(1, levels - 1)]
    return [Fraction(value) for value in (lower, *inner, upper)]


@dataclass
class Interval:
    """Between line k and the next. `opens` is the side of its opening order; `armed`: since when an order of it rests."""

    k: int
    opens: int
    buy: Decimal
    sell: Decimal
    armed: tuple[int, int] | None = None
    lot: Lot | None = None

    @property
    def opening_price(self) -> Decimal:
        return self.buy if self.opens > 0 else self.sell

    @property
    def closing_price(self) -> Decimal:
        return self.sell if self.opens > 0 else self.buy


class Grid(Strategy):
    """A grid on one book."""

    def __init__(self, plan: GridPlan) -> None:
        self.plan = plan
        self.lower, self.upper = plan.lower, plan.upper
        self.intervals: list[Interval] = []
        self.quantity = Decimal(0)
        self.laid = self.finished = self.again = False

    # --- where the walk asks -----------------------------------------------------------------------------------------

    def carry_out(self) -> None:
        if not self.again:
            return
        self.again = False
        price = self.walk.bar.open
        self.walk.close_everything(price, Cause.REBALANCE, order=lambda k: k)
        self.intervals = []
        self.lower, self.upper = self._bounds_around(price)
        if self.lower <= 0:
            self.finished = True
        else:
            self._lay(self.walk.book.wallet)

    def enter(self) -> None:
        if not self.laid:
            self.laid = True
            self._lay(self.walk.book.wallet, first=True)

    def decide(self, main: int) -> None:
        threshold = self.plan.rebalance_threshold
        if threshold is None or self.finished:
            return
        close = int(self.walk.given.main.close[main]) * self.walk.tick
        if close > self.upper * (1 + threshold) or close < self.lower * (1 - threshold):
            self.again = True
            for interval in self.intervals:
                interval.armed = None

    def over(self) -> None:
        self.finished = True
        self.intervals = []

    def limits(self) -> list[Limit]:
        return [self._order(interval) for interval in self.intervals if interval.armed is not None]

    def stops(self) -> list[Stop]:
        if self.finished or not self.laid:
            return []
        return self._stops()

    # --- its parts ---------------------------------------------------------------------------------------------------

    def _stops(self) -> list[Stop]:
        tick, loss_falls = self.walk.tick, self.plan.mode != "short"
        found = []
        for price, falls, cause in (
            (self.plan.stop_loss_price, loss_falls, Cause.STOP),
            (self.plan.take_profit_price, not loss_falls, Cause.TAKE_PROFIT),
        ):
            if price is not None:
                found.append(Stop(falls, (exact_ceil if falls else exact_floor)(price, tick), cause, (-1, 0)))
        return found

    def _bounds_around(self, price: Decimal) -> tuple[Decimal, Decimal]:
        plan, tick = self.plan, self.walk.tick
        if plan.spacing == "arithmetic":
            half = (plan.upper - plan.lower) / 2
            return exact_floor(price - half, tick), exact_ceil(price + half, tick)
        with localcontext(prec=50):
            root = (plan.upper / plan.lower).sqrt()
            return exact_floor(PRINTED.plus(price / root), tick), exact_ceil(PRINTED.plus(price * root), tick)

    def _lay(self, capital: Decimal, first: bool = False) -> None:
        walk, plan, price = self.walk, self.plan, self.walk.bar.open
        if any(price <= stop.price if stop.falls else price >= stop.price for stop in self._stops()):
            self.finished = True
            return
        levels = lines(self.lower, self.upper, plan.levels, plan.spacing)
        at_once = []
        for k in range(plan.levels - 1):
            buy, sell = exact_floor(levels[k], walk.tick), exact_ceil(levels[k + 1], walk.tick)
            below = buy < price
            side = {"long": 1, "short": -1, "neutral": 1 if below else -1}[plan.mode]
            self.intervals.append(Interval(k, side, buy, sell))
            at_once.append({"long": sell > price, "short": below, "neutral": False}[plan.mode])
        self.quantity = self._size(capital, at_once)
        enough = [self.quantity * self._first_price(j, now) >= walk.given.instrument.min_notional
                  for j, now in zip(self.intervals, at_once, strict=True)]  # fmt: skip
        if self.quantity <= 0 or self.quantity < walk.given.instrument.min_qty or not any(enough):
            if first:
                raise NoCapital
            self.over()
            return
        walk.ran.grids.append(
            (walk.index, tuple(j.buy for j in self.intervals), tuple(j.sell for j in self.intervals), self.quantity)
        )
        for interval, now in zip(self.intervals, at_once, strict=True):
            if now:
                self._open(interval, self._first_price(interval, True), TAKER, Cause.MARKET)
            else:
                self._arm_opening(interval)

    def _first_price(self, interval: Interval, at_once: bool) -> Decimal:
        return self.walk.slipped(self.walk.bar.open, interval.opens) if at_once else interval.opening_price

    def _size(self, capital: Decimal, at_once: list[bool]) -> Decimal:
        terms = self.walk.terms
        total = Decimal(0)
        for interval, now in zip(self.intervals, at_once, strict=True):
            rate = rate_of((terms.fees.taker if now else terms.fees.maker)[0])
            total += self._first_price(interval, now) * (1 + terms.leverage * rate)
        return exact_floor(Fraction(capital * terms.leverage) / Fraction(total), self.walk.step)

    def _arm_opening(self, interval: Interval) -> None:
        book = self.walk.book
        if interval.opening_price * self.quantity < self.walk.given.instrument.min_notional:
            book.skipped_notional += 1
            interval.armed = None
        else:
            interval.armed = self.walk.place

    def _open(self, interval: Interval, price: Decimal, kind: str, cause: Cause) -> None:
        interval.lot = self.walk.book.open(interval.opens, self.quantity, price, kind, cause, tag=interval.k)
        interval.armed = self.walk.place if interval.lot else None

    def _order(self, interval: Interval) -> Limit:
        assert interval.armed is not None
        if interval.lot is None:
            side, price = interval.opens, interval.opening_price
        else:
            side, price = -interval.opens, interval.closing_price
        return Limit(side, price, interval.k, interval.armed, lambda at: self._filled(interval, at))

    def _filled(self, interval: Interval, price: Decimal) -> None:
        if interval.lot is None:
            self._open(interval, price, MAKER, Cause.LIMIT)
            return
        self.walk.book.close_one(interval.lot, price, MAKER, Cause.LIMIT)
        interval.lot = None
        self._arm_opening(interval)
