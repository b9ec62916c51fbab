"""Run a grid over the bars of one book: lay the lines, let the compiled walk carry them out, lay them anew where the price left them."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import numpy as np

from quantgpt.bars.faults import InsufficientCapital, too_large_amount, too_many_fills
from quantgpt.bars.instrument import Instrument
from quantgpt.bars.lattice.lines import Layout, Lines, bounds_around, lattice, layout, lot_size
from quantgpt.bars.ledger import closing_instant
from quantgpt.bars.outcome import BookRun, Cause, LaidGrid
from quantgpt.bars.tables import FIRST_ROWS, MOST_FILLS, fills_of, payments_of
from quantgpt.bars.terms import BookInput, FundingRates, Terms
from quantgpt.templates import GridPlan

CHUNKS = 128
"""Progress is told at least so often in a run."""
LARGEST = 4 * 10**18


def run_grid(book: BookInput, plan: GridPlan, terms: Terms, progress: Callable[[float], None]) -> BookRun:
    """Simulate a grid on one book, docs/bar-simulation.md §8. `progress` is told the walked share, ascending.

    Raises: InsufficientCapital where no interval can be opened, TooLarge where an amount cannot be booked exactly or there are more than MOST_FILLS fills.
    """
    return _GridRun(book, plan, terms).run(progress)


class _GridRun:
    """One book while its grid is walked."""

    def __init__(self, book: BookInput, plan: GridPlan, terms: Terms) -> None:
        from quantgpt.bars.kernels import FILL_COLUMNS, PAYMENT_COLUMNS
        from quantgpt.bars.lattice import kernels as walking
        from quantgpt.bars.lattice.account import kernels as account

        self.input, self.plan, self.terms = book, plan, terms
        self.walking, self.account = walking, account
        bars = book.walked
        funding = book.funding or FundingRates(at=np.zeros(0, np.int64), rate=np.zeros(0, np.int64))
        self.times, self.open, self.high, self.low, self.close, self.ends = map(
            _whole, (bars.open_time, bars.open, bars.high, bars.low, bars.close, book.ends_main)
        )
        self.funding = _whole(funding.at), _whole(funding.rate)
        self.state = _account(book, plan, terms)
        if len(self.times):
            self.state[account.FUNDED] = np.searchsorted(self.funding[0], self.times[0], side="right")
        self.schedule = np.array([terms.fees.from_notional, terms.fees.maker, terms.fees.taker], np.int64)
        self.grid = np.zeros((account.GRID_ROWS, plan.levels - 1), np.int64)
        self.grid[account.LOT] = -1
        self.fills = np.empty((FIRST_ROWS, FILL_COLUMNS), np.int64)
        self.payments = np.empty((64, PAYMENT_COLUMNS), np.int64)
        self.grids: list[LaidGrid] = []

    def run(self, progress: Callable[[float], None]) -> BookRun:
        a, state = self.account, self.state
        bars = len(self.times)
        chunk = max(1, math.ceil(bars / CHUNKS))
        bar, to_lay = 0, bars > 0
        while bar < bars and not state[a.OVER]:
            opened = to_lay
            if to_lay:
                self._lay(bar)
                if state[a.OVER]:
                    break
            bar, to_lay = self._walk(bar, min(bars, (bar // chunk + 1) * chunk), opened)
            progress(bar / bars)
        if bars and not state[a.OVER]:
            self._finish()
        progress(1.0)
        return self._result()

    def _walk(self, first: int, stop: int, opened: bool) -> tuple[int, bool]:
        bar, to_lay, self.fills, self.payments = self.walking.walk(
            self.state, self.schedule, self.grid, self.fills, self.payments, self.times,
            self.open, self.high, self.low, self.close, self.ends, *self.funding, first, stop, opened,
        )  # fmt: skip
        self._check()
        return bar, to_lay

    def _finish(self) -> None:
        until = closing_instant(self.input, self.terms)
        self.fills, self.payments = self.walking.finish(
            self.state, self.schedule, self.grid, self.fills, self.payments, self.times,
            self.open, self.high, self.low, self.close, *self.funding, until,
        )  # fmt: skip
        self._check()

    def _check(self) -> None:
        a, state, symbol = self.account, self.state, self.input.instrument.symbol
        if state[a.TOO_LARGE]:
            raise too_large_amount(symbol)
        if state[a.FILLS] > MOST_FILLS:
            raise too_many_fills(symbol, MOST_FILLS)

    def _lay(self, bar: int) -> None:
        """Lay the grid at the open of a bar: the plan's own at first, one around the open later. May end the grid."""
        a, state = self.account, self.state
        first = not self.grids
        price = int(self.open[bar])
        if price <= state[a.STOP_LOW] or price >= state[a.STOP_HIGH]:
            state[a.OVER] = 1
            return
        lines = self._lines(price, first)
        plan = layout(self.plan, lines, price) if lines else None
        market = self._market_price(bar)
        quantity = self._quantity(plan, market) if plan else 0
        if lines is None or plan is None or not self._worthwhile(plan, market, quantity):
            if first:
                raise _insufficient(self.input.instrument)
            state[a.OVER] = 1
            return
        self._arrange(lines, plan, quantity)
        self.grids.append(LaidGrid(bar=bar, buys=lines.buys, sells=lines.sells, quantity=quantity))
        at_once = np.array(plan.at_once, np.bool_)
        state[a.BAR] = bar
        self.fills = self.walking.lay(self.state, self.schedule, self.grid, self.fills, self.times, at_once, market)
        self._check()

    def _lines(self, price: int, first: bool) -> Lines | None:
        """The lattice to lay, None where its lower bound would not be positive."""
        tick = self.input.instrument.tick
        lower, upper = self.plan.lower, self.plan.upper
        if not first:
            lower, upper = bounds_around(self.plan, price * tick, tick)
        return lattice(self.plan, lower, upper, tick) if lower > 0 else None

    def _market_price(self, bar: int) -> int:
        """The price in ticks of lots that are opened at once at the open of a bar."""
        from quantgpt.bars.kernels import slipped

        side = -1 if self.plan.mode == "short" else 1
        return int(slipped(int(self.open[bar]), side, self.terms.slippage, int(self.low[bar]), int(self.high[bar])))

    def _quantity(self, plan: Layout, market: int) -> int:
        """Steps of one lot, at the rates of a book without any volume.  Raises: TooLarge."""
        wallet, unit = int(self.state[self.account.WALLET]), self.input.instrument.unit
        fees = self.terms.fees
        chosen = [market] * sum(plan.at_once)
        quantity = lot_size(wallet, self.terms.leverage, unit, chosen, plan.resting, fees.maker[0], fees.taker[0])
        if quantity * max([*chosen, *plan.resting], default=0) * unit * len(plan.sides) > LARGEST:
            raise too_large_amount(self.input.instrument.symbol)
        return quantity

    def _worthwhile(self, plan: Layout, market: int, quantity: int) -> bool:
        """Whether a lot is at least the minimum quantity, and the opening order of any interval reaches the minimum notional."""
        instrument = self.input.instrument
        dearest = max([market] * any(plan.at_once) + list(plan.resting), default=0)
        return (
            quantity >= instrument.min_steps and quantity * dearest * instrument.unit >= instrument.min_notional_units
        )

    def _arrange(self, lines: Lines, plan: Layout, quantity: int) -> None:
        a, state = self.account, self.state
        state[a.QUANTITY] = quantity
        state[a.LEAVE_LOW] = 0 if lines.leave_low is None else lines.leave_low
        state[a.LEAVE_HIGH] = a.NEVER if lines.leave_high is None else lines.leave_high
        self.grid[a.BUY], self.grid[a.SELL], self.grid[a.KIND] = lines.buys, lines.sells, plan.sides
        self.grid[a.ORDER] = 0

    def _result(self) -> BookRun:
        a, state = self.account, self.state
        return BookRun(
            fills=fills_of(self.fills, int(state[a.FILLS])),
            payments=payments_of(self.payments, int(state[a.PAID])),
            wallet=int(state[a.WALLET]),
            grids=tuple(self.grids),
            liquidated=bool(state[a.LIQUIDATED]),
            skipped_margin=int(state[a.NO_MARGIN]),
            skipped_notional=int(state[a.NO_NOTIONAL]),
        )


def _insufficient(instrument: Instrument) -> InsufficientCapital:
    least = f"{instrument.min_notional} {instrument.quote}"
    step = f"{instrument.min_steps * instrument.step} {instrument.base}"
    return InsufficientCapital(
        f"{instrument.symbol}：资金不足，每格达不到最小下单数量 {step} 或最小下单金额 {least}。",
        en=f"{instrument.symbol}: the capital does not carry one lot per interval of at least {step} and {least}.",
        hint="Use more capital, more leverage, or fewer levels.",
    )


def _stops(plan: GridPlan, tick: Decimal) -> tuple[int, int, Cause, Cause]:
    """The lower and the upper stop in ticks (None as 0 and 2^62), and what each is."""
    below, above = plan.stop_loss_price, plan.take_profit_price
    causes = Cause.STOP, Cause.TAKE_PROFIT
    if plan.mode == "short":
        below, above = above, below
        causes = Cause.TAKE_PROFIT, Cause.STOP
    size = Fraction(tick)
    low = 0 if below is None else math.ceil(Fraction(below) / size)
    high = 2**62 if above is None else math.floor(Fraction(above) / size)
    return low, high, *causes


def _whole(values: object) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.ascontiguousarray(values, dtype=np.int64)


def _account(book: BookInput, plan: GridPlan, terms: Terms) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The account before the first bar, with its terms."""
    from quantgpt.bars.lattice.account import kernels as a

    s = np.zeros(a.STATE_SIZE, np.int64)
    s[a.WALLET] = book.capital
    s[a.UNIT], s[a.LEAST] = book.instrument.unit, book.instrument.min_notional_units
    s[a.LEVERAGE], s[a.SLIPPAGE] = terms.leverage, terms.slippage
    s[a.MAINTENANCE], s[a.LIQUIDATION_FEE] = terms.maintenance, terms.liquidation_fee
    s[a.STRICT], s[a.PESSIMISTIC] = terms.strict_touch, terms.intrabar == "pessimistic"
    s[a.MOST] = MOST_FILLS
    s[a.STOP_LOW], s[a.STOP_HIGH], s[a.CAUSE_LOW], s[a.CAUSE_HIGH] = _stops(plan, book.instrument.tick)
    return s
