"""One book: lots, wallet, fees by tier, liquidation, funding. Prices, quantities and money are Decimals in their own units."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from quantgpt.bars.instrument import MONEY, SCALE, Instrument
from quantgpt.bars.outcome import Cause
from quantgpt.bars.terms import Terms

ZERO = Decimal(0)
WINDOW_MS = 30 * 86_400_000
MAKER, TAKER = "maker", "taker"


def rate_of(whole: int) -> Decimal:
    """A rate that is given in 1e-8."""
    return Decimal(int(whole)) / SCALE


def exact_floor(value: Fraction | Decimal, grain: Decimal) -> Decimal:
    """The greatest multiple of grain that is not above the value."""
    return math.floor(Fraction(value) / Fraction(grain)) * grain


def exact_ceil(value: Fraction | Decimal, grain: Decimal) -> Decimal:
    """The least multiple of grain that is not below the value."""
    return math.ceil(Fraction(value) / Fraction(grain)) * grain


@dataclass
class Lot:
    """Quantity that was opened by one fill."""

    number: int
    side: int
    quantity: Decimal
    entry: Decimal
    fee: Decimal
    margin: Decimal
    bar: int
    funding: Decimal = ZERO
    tag: int = 0

    @property
    def notional(self) -> Decimal:
        return self.entry * self.quantity

    def gross(self, price: Decimal) -> Decimal:
        return self.side * self.quantity * (price - self.entry)


@dataclass(frozen=True)
class Fill:
    bar: int
    leg: int
    lot: int
    opens: bool
    side: int
    price: Decimal
    quantity: Decimal
    fee: Decimal
    forgiven: Decimal
    cause: Cause


@dataclass(frozen=True)
class Payment:
    at: int
    bar: int
    lot: int
    amount: Decimal


@dataclass(frozen=True)
class Closed:
    """A lot that is closed, as it is printed."""

    lot: Lot
    exit_bar: int
    exit_price: Decimal
    pnl: Decimal
    fee: Decimal
    at_end: bool
    cause: Cause


@dataclass
class Book:
    """The account of one symbol. `bar`, `leg` and `now` say where the walk is."""

    instrument: Instrument
    terms: Terms
    wallet: Decimal
    lots: list[Lot] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)
    volume: deque[tuple[int, Decimal]] = field(default_factory=deque)
    bar: int = 0
    leg: int = 0
    now: int = 0
    born: int = 0
    dead: bool = False
    skipped_margin: int = 0
    skipped_notional: int = 0

    @property
    def side(self) -> int:
        """Sign of the net quantity."""
        net = sum((lot.side * lot.quantity for lot in self.lots), ZERO)
        return (net > 0) - (net < 0)

    @property
    def margin(self) -> Decimal:
        return sum((lot.margin for lot in self.lots), ZERO)

    @property
    def free(self) -> Decimal:
        return self.wallet - self.margin

    def equity(self, price: Decimal) -> Decimal:
        return self.wallet + sum((lot.gross(price) for lot in self.lots), ZERO)

    def rate(self, kind: str) -> Decimal:
        """The rate of the tier that the notional of the last 30 days gives."""
        while self.volume and self.volume[0][0] <= self.now - WINDOW_MS:
            self.volume.popleft()
        recent = sum((amount for _, amount in self.volume), ZERO)
        fees = self.terms.fees
        tier = max(k for k, least in enumerate(fees.from_notional) if recent >= rate_of(least))
        return rate_of((fees.maker if kind == MAKER else fees.taker)[tier])

    def fee(self, notional: Decimal, kind: str) -> Decimal:
        return (notional * self.rate(kind)).quantize(MONEY, ROUND_HALF_EVEN)

    def margin_of(self, notional: Decimal) -> Decimal:
        return exact_ceil(Fraction(notional) / self.terms.leverage, MONEY)

    def open(self, side: int, quantity: Decimal, price: Decimal, kind: str, cause: Cause, tag: int = 0) -> Lot | None:
        """Open a lot, or drop the order and count it."""
        notional = price * quantity
        if quantity <= 0 or quantity < self.instrument.min_qty or notional < self.instrument.min_notional:
            self.skipped_notional += 1
            return None
        fee, margin = self.fee(notional, kind), self.margin_of(notional)
        if self.free < margin + fee:
            self.skipped_margin += 1
            return None
        lot = Lot(self.born, side, quantity, price, fee, margin, self.bar, tag=tag)
        self.born += 1
        self.wallet -= fee
        self.lots.append(lot)
        self._record(lot, True, price, fee, ZERO, cause)
        return lot

    def close_one(self, lot: Lot, price: Decimal, kind: str, cause: Cause) -> None:
        """Close one lot by itself."""
        notional = price * lot.quantity
        fee = min(self.fee(notional, kind), max(ZERO, self.wallet + lot.gross(price)))
        self._close(lot, price, fee, ZERO, cause)

    def close_all(self, prices: dict[int, Decimal], lots: Sequence[Lot], kind: str, cause: Cause) -> None:
        """Close all lots together, in the order given. prices: by side of the lot."""
        self._close_together(prices, lots, self.wallet, kind, ZERO, cause)

    def liquidate(self, price: Decimal) -> None:
        """Close everything at that price, with the fee of a liquidation; nothing is traded after it."""
        base = min(self.margin, self.wallet)
        extra = rate_of(self.terms.liquidation_fee)
        self._close_together({1: price, -1: price}, self.lots, base, TAKER, extra, Cause.LIQUIDATION)
        self.dead = True

    def _close_together(
        self, prices: dict[int, Decimal], lots: Sequence[Lot], base: Decimal, kind: str, extra: Decimal, cause: Cause
    ) -> None:
        lots = list(lots)
        left = base + sum((lot.gross(prices[lot.side]) for lot in lots), ZERO)
        forgiven = {lot.number: ZERO for lot in lots}
        if left < 0:
            missing, left = -left, ZERO
            for lot in lots:
                part = min(missing, max(ZERO, -lot.gross(prices[lot.side])))
                forgiven[lot.number] += part
                missing -= part
            forgiven[lots[-1].number] += missing
        for lot in lots:
            price = prices[lot.side]
            full = (price * lot.quantity * (self.rate(kind) + extra)).quantize(MONEY, ROUND_HALF_EVEN)
            fee = min(full, left)
            left -= fee
            self._close(lot, price, fee, forgiven[lot.number], cause)

    def _close(self, lot: Lot, price: Decimal, fee: Decimal, forgiven: Decimal, cause: Cause) -> None:
        self.wallet += lot.gross(price) + forgiven - fee
        self.lots.remove(lot)
        self._record(lot, False, price, fee, forgiven, cause)
        pnl = lot.gross(price) + forgiven - lot.fee - fee - lot.funding
        self.closed.append(Closed(lot, self.bar, price, pnl, lot.fee + fee, self.leg == 4, cause))

    def _record(self, lot: Lot, opens: bool, price: Decimal, fee: Decimal, forgiven: Decimal, cause: Cause) -> None:
        side = lot.side if opens else -lot.side
        self.fills.append(Fill(self.bar, self.leg, lot.number, opens, side, price, lot.quantity, fee, forgiven, cause))
        self.volume.append((self.now, price * lot.quantity))

    def liquidation_price(self) -> Decimal | None:
        """Where the net position is liquidated; None where no price does."""
        side = self.side
        if not side:
            return None
        net = sum((lot.side * lot.quantity for lot in self.lots), ZERO)
        cost = sum((lot.side * lot.notional for lot in self.lots), ZERO)
        at_risk = min(self.margin, self.wallet)
        kept = Fraction(rate_of(self.terms.maintenance))
        tick = self.instrument.tick
        if side > 0:
            price = exact_ceil(Fraction(cost - at_risk) / (Fraction(net) * (1 - kept)), tick)
        else:
            price = exact_floor(Fraction(-cost + at_risk) / (Fraction(-net) * (1 + kept)), tick)
        return price if price > 0 else None

    def pay(self, at: int, bar: int, price: Decimal, rate: Decimal) -> None:
        """One funding instant: every lot pays, or is paid."""
        for lot in self.lots:
            due = (price * lot.quantity * rate).quantize(MONEY, ROUND_HALF_EVEN) * lot.side
            amount = min(due, max(ZERO, self.equity(price)))
            if amount:
                self.wallet -= amount
                lot.funding += amount
                self.payments.append(Payment(at, bar, lot.number, amount))
