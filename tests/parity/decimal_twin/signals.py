"""One position at a time, entered and left by wishes that were made at the close before."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from tests.parity.decimal_twin.book import TAKER, exact_ceil, exact_floor
from tests.parity.decimal_twin.indicators import Wish
from tests.parity.decimal_twin.walk import Limit, Stop, Strategy

from quantgpt.bars.outcome import Cause


class OnePosition(Strategy):
    """`wishes[t]` is of main bar t."""

    def __init__(self, wishes: Sequence[Wish], share: Decimal, stop_loss: Decimal | None) -> None:
        self.wishes, self.share, self.stop_loss = wishes, share, stop_loss
        self.pending: Wish | None = None
        self.equity = Decimal(0)
        self.stop: Stop | None = None

    def decide(self, main: int) -> None:
        wish = self.wishes[main]
        if wish.enter_long and wish.enter_short:
            wish = Wish(exit_long=wish.exit_long, exit_short=wish.exit_short)
        self.pending = wish
        self.equity = self.walk.book.equity(self.walk.bar.close)

    def carry_out(self) -> None:
        wish, side = self.pending, self.walk.book.side
        if wish is None or not side:
            return
        leave = (wish.exit_long or wish.enter_short) if side > 0 else (wish.exit_short or wish.enter_long)
        if leave:
            self.walk.close_everything(self.walk.bar.open, Cause.MARKET)
            self.stop = None

    def enter(self) -> None:
        wish, self.pending = self.pending, None
        if wish is None or self.walk.book.side or not (wish.enter_long or wish.enter_short):
            return
        side = 1 if wish.enter_long else -1
        price = self.walk.slipped(self.walk.bar.open, side)
        lot = self.walk.book.open(side, self._quantity(price), price, TAKER, Cause.MARKET)
        if lot is not None:
            self.stop = self._stop(side, price, wish.distance)

    def over(self) -> None:
        self.stop = None

    def limits(self) -> list[Limit]:
        return []

    def stops(self) -> list[Stop]:
        return [self.stop] if self.stop else []

    def _quantity(self, price: Decimal) -> Decimal:
        book, step = self.walk.book, self.walk.step
        budget = self.share * self.equity * self.walk.terms.leverage
        least, most = 0, max(0, int(exact_floor(Fraction(budget) / Fraction(price), step) / step))
        while least < most:
            middle = (least + most + 1) // 2
            notional = middle * step * price
            if book.margin_of(notional) + book.fee(notional, TAKER) <= book.free:
                least = middle
            else:
                most = middle - 1
        return least * step

    def _stop(self, side: int, entry: Decimal, distance: int) -> Stop | None:
        tick = self.walk.tick
        found = []
        if self.stop_loss is not None:
            exact = entry * (1 - side * self.stop_loss)
            found.append(exact_ceil(exact, tick) if side > 0 else exact_floor(exact, tick))
        if distance:
            found.append(entry - side * distance * tick)
        if not found:
            return None
        return Stop(side > 0, max(found) if side > 0 else min(found), Cause.STOP, self.walk.place)
