"""The engine of signals: one position at a time, entered and left at the open after a decision. docs/bar-simulation.md §9."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.instrument import SCALE
from quantgpt.bars.joint import JointBook, Progress
from quantgpt.bars.outcome import BookRun
from quantgpt.bars.terms import BookInput, Terms
from quantgpt.templates import MainBars, SignalPlan, Signals


def run_signals(book: BookInput, plan: SignalPlan, terms: Terms, progress: Progress) -> BookRun:
    """Carry a plan of signals out on one book.  Raises: TooLarge."""
    from quantgpt.bars.signals._kernels import Entry, walk

    bars = book.main
    signals = plan.signals(
        MainBars(open_time=bars.open_time, open=bars.open, high=bars.high, low=bars.low, close=bars.close)
    )
    wishes, distances = _wishes(book, signals, terms.start_ms)
    stop_rate = 0 if plan.stop_loss is None else int(plan.stop_loss * SCALE)
    how = Entry(share=int(plan.position_share * SCALE), stop_rate=stop_rate)
    run = JointBook(book, terms)
    return run.drive(lambda first, last: walk(*run.money, *run.prices, wishes, distances, how, first, last), progress)


def _wishes(book: BookInput, signals: Signals, start_ms: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """What is wanted at the close of each walked bar, as bits (T,), and the distance of its stop (T,), or empty for none.

    Where both sides want to enter, neither does.
    """
    both = signals.enter_long & signals.enter_short
    bits = (signals.enter_long & ~both).astype(np.uint8)
    bits |= signals.exit_long.astype(np.uint8) << 1
    bits |= (signals.enter_short & ~both).astype(np.uint8) << 2
    bits |= signals.exit_short.astype(np.uint8) << 3
    bits[book.main.open_time < start_ms] = 0
    none = np.zeros(0, np.int64)
    if bits.size == 0:
        return np.zeros(book.ends_main.shape, np.uint8), none
    wishes = np.where(book.ends_main >= 0, bits[book.ends_main], np.uint8(0))
    return wishes, none if signals.stop_distance is None else signals.stop_distance[book.ends_main]
