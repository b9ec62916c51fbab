"""Books whose open lots are all on one side and always closed together: what the engines of signals and of ladders share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.faults import TooLarge, too_large_amount, too_many_fills
from quantgpt.bars.outcome import BookRun
from quantgpt.bars.tables import FIRST_ROWS, MOST_FILLS, fills_of, payments_of
from quantgpt.bars.terms import BookInput, Terms

if TYPE_CHECKING:
    from quantgpt.bars.joint._kernels import Desk, Rules

REPORTS = 128
"""how often a run says how far it is, at least"""
MOST_PAYMENTS = 8_000_000
"""of funding, in one book"""
Whole = NDArray[np.int64]
Progress = Callable[[float], None]


class JointBook:
    """The arrays of one book, and the loop that lets a compiled engine walk its bars in pieces."""

    def __init__(self, book: BookInput, terms: Terms) -> None:
        from quantgpt.bars.joint import _kernels as joint
        from quantgpt.bars.kernels import FILL_COLUMNS, PAYMENT_COLUMNS, WINDOW_SIZE

        self.symbol = book.instrument.symbol
        self.walked = book.walked
        self.bars = int(book.walked.open.shape[0])
        self.rules = _rules(book, terms)
        self.numbers: NDArray[np.int64] = np.zeros(joint.BOOK_SIZE, np.int64)
        self.numbers[joint.WALLET] = book.capital
        self.desk = joint.Desk(
            book=self.numbers,
            open_time=book.walked.open_time,
            tiers=np.array([terms.fees.from_notional, terms.fees.maker, terms.fees.taker], np.int64),
            window=np.zeros(WINDOW_SIZE, np.int64),
            fills=np.empty((FIRST_ROWS, FILL_COLUMNS), np.int64),
        )
        self.payments: NDArray[np.int64] = np.empty((FIRST_ROWS, PAYMENT_COLUMNS), np.int64)
        self.funding: NDArray[np.int64] = np.zeros((2, 0), np.int64)
        if book.funding is not None:
            self.funding = np.array([book.funding.at, book.funding.rate], np.int64)

    @property
    def money(self) -> tuple[Desk, Rules, Whole, Whole]:
        """What every compiled step is handed first: the desk, the rules, funding and the table of payments."""
        return self.desk, self.rules, self.funding, self.payments

    @property
    def prices(self) -> tuple[Whole, Whole, Whole, Whole]:
        """Open, high, low and close of the walked bars (T,)."""
        return self.walked.open, self.walked.high, self.walked.low, self.walked.close

    def drive(self, walk: Callable[[int, int], int], progress: Progress) -> BookRun:
        """Walk all bars and close what is left. walk: `(first, last) -> bar` it stopped before, `last` where nothing is wanted.

        Raises: TooLarge where an amount or the number of fills outgrows what is kept.
        """
        from quantgpt.bars.joint import _kernels as joint

        at = 0
        piece = max(1, -(-self.bars // REPORTS))
        while at < self.bars:
            last = min(self.bars, (at // piece + 1) * piece)
            at = walk(at, last)
            self._look()
            if at == last:
                progress(at / self.bars)
        if self.bars == 0:
            return self._outcome()
        last_bar = joint.Bar(self.bars - 1, *(int(price[-1]) for price in self.prices))
        while True:
            joint.finish(*self.money, last_bar)
            self._look()
            if self.numbers[joint.LOTS] == 0:
                return self._outcome()

    def _look(self) -> None:
        """Enlarge the table that the engine found too short.  Raises: TooLarge."""
        from quantgpt.bars.joint import _kernels as joint

        numbers = self.numbers
        if numbers[joint.TOO_LARGE]:
            raise too_large_amount(self.symbol)
        if numbers[joint.WANTS_FILLS]:
            if numbers[joint.FILLS] + numbers[joint.LOTS] > MOST_FILLS:
                raise too_many_fills(self.symbol, MOST_FILLS)
            self.desk = self.desk._replace(fills=_doubled(self.desk.fills))
        if numbers[joint.WANTS_PAYMENTS]:
            if len(self.payments) >= MOST_PAYMENTS:
                raise _too_many_payments(self.symbol)
            self.payments = _doubled(self.payments)
        numbers[joint.WANTS_FILLS] = numbers[joint.WANTS_PAYMENTS] = 0

    def _outcome(self) -> BookRun:
        from quantgpt.bars.joint import _kernels as joint

        numbers = [int(number) for number in self.numbers]
        return BookRun(
            fills=fills_of(self.desk.fills, numbers[joint.FILLS]),
            payments=payments_of(self.payments, numbers[joint.PAYMENTS]),
            wallet=numbers[joint.WALLET],
            liquidated=bool(numbers[joint.LIQUIDATED]),
            skipped_margin=numbers[joint.SKIPPED_MARGIN],
            skipped_notional=numbers[joint.SKIPPED_NOTIONAL],
        )


def _rules(book: BookInput, terms: Terms) -> Rules:
    from quantgpt.bars.joint._kernels import Rules

    bars = book.walked
    return Rules(
        unit=book.instrument.unit,
        leverage=terms.leverage,
        maintenance=terms.maintenance,
        liquidation_fee=terms.liquidation_fee,
        slippage=terms.slippage,
        min_steps=book.instrument.min_steps,
        min_notional=book.instrument.min_notional_units,
        touch=int(terms.strict_touch),
        pessimistic=int(terms.intrabar == "pessimistic"),
        last_ms=min(int(bars.open_time[-1]) + bars.length_ms - 1000, terms.end_ms) if bars.open.size else 0,
    )


def _doubled(table: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([table, np.empty_like(table)])


def _too_many_payments(symbol: str) -> TooLarge:
    return TooLarge(
        f"{symbol}：资金费用笔数超过 {MOST_PAYMENTS:,}。",
        en=f"{symbol}: more than {MOST_PAYMENTS:,} funding payments.",
        hint="Use a longer interval, fewer lots, a shorter range, or no funding.",
    )
