"""What a run that ended well should still be read with: sentences in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from quantgpt.bars.instrument import Instrument
from quantgpt.bars.ledger import AT_THE_END, closing_instant
from quantgpt.bars.outcome import BookRun, Cause, Simulation
from quantgpt.bars.terms import BookInput, Terms
from quantgpt.metrics.signed import printed_to
from quantgpt.services.signed.results import printed_time
from quantgpt.templates import GridPlan, Plan

Sentence = tuple[str, str]


def cautions(simulation: Simulation, books: Sequence[BookInput], plan: Plan, terms: Terms) -> list[Sentence]:
    """Warnings that only the bars could give: a liquidation, lots left at the end, a last bar beyond `end`, a grid beside the price, orders that were dropped."""
    found: list[Sentence] = []
    for book, run in zip(books, simulation.books, strict=True):
        if len(book.walked.open_time):
            found += _ended_early(book, run)
            found += _left_open(book, run)
            found += _last_bar(book, run, terms)
            found += _of_grid(book, run, plan) if isinstance(plan, GridPlan) else []
    found += _dropped(simulation)
    return list(dict.fromkeys(found))


def _ended_early(book: BookInput, run: BookRun) -> Iterator[Sentence]:
    """A book that was liquidated trades no more."""
    if run.liquidated:
        fills = run.fills
        at = int(fills.bar[np.flatnonzero(fills.cause == Cause.LIQUIDATION)[0]])
        when, symbol = printed_time(int(book.walked.open_time[at])), book.instrument.symbol
        yield (
            f"{symbol} 在 {when} 这根 K 线内被强平，此后不再交易",
            f"{symbol} was liquidated in the bar of {when} and traded no more",
        )


def _left_open(book: BookInput, run: BookRun) -> Iterator[Sentence]:
    """Lots that the end of the run closed, not the strategy."""
    count = int((run.fills.leg == AT_THE_END).sum())
    if count:
        what = f"{count} {'lot' if count == 1 else 'lots'} of {book.instrument.symbol}"
        yield (
            f"{book.instrument.symbol} 区间结束时仍持有 {count} 笔，已按最后收盘价平仓",
            f"Closed by the end of the run, at the last close: {what}",
        )


def _last_bar(book: BookInput, run: BookRun, terms: Terms) -> Iterator[Sentence]:
    """The last price is that of a close after `end`, under the label of `end`."""
    ends = int(book.walked.open_time[-1]) + book.walked.length_ms
    at_the_end = (run.fills.leg == AT_THE_END).any()
    if at_the_end and ends - 1_000 > closing_instant(book, terms):
        closed = printed_time(ends)
        yield (
            f"最后一根 K 线在 end 之后的 {closed} 才收盘：标在 end 的平仓价与权益取自这一收盘价",
            f"The last bar closes after `end`, at {closed}: what is closed and valued at `end` has the price of that close",
        )


def _of_grid(book: BookInput, run: BookRun, plan: GridPlan) -> Iterator[Sentence]:
    """A grid that began beside the price, or never met it."""
    instrument = book.instrument
    price = int(book.walked.open[0]) * instrument.tick
    opened = _price(instrument, int(book.walked.open[0]))
    if not run.grids:
        yield (
            f"起始开盘价 {opened} 已到达止损或止盈价，没有布网",
            f"The first open {opened} lies at or beyond a stop of the grid: no grid was laid",
        )
        return
    bounds = f"{_plain(plan.lower)} – {_plain(plan.upper)}"
    if not plan.lower <= price <= plan.upper:
        at_once = _at_once(run)
        held_zh = f"，{at_once} 格以开盘价一次成交" if at_once else ""
        held = f"; {at_once} intervals were filled at once at the market" if at_once else ""
        yield (
            f"起始开盘价 {opened} 在网格 {bounds} 之外{held_zh}",
            f"The first open {opened} lies outside of the grid {bounds}{held}",
        )
    if len(run.fills.price) == 0:
        low, high = (_price(instrument, int(value)) for value in (book.walked.low.min(), book.walked.high.max()))
        yield (
            f"网格 {bounds} 从未成交：区间内价格在 {low} 至 {high} 之间",
            f"No order of the grid {bounds} was ever filled: prices went from {low} to {high}",
        )


def _at_once(run: BookRun) -> int:
    """Lots that were opened by the market at the open of the first bar."""
    fills = run.fills
    return int(((fills.bar == 0) & (fills.leg == 0) & fills.opens & (fills.cause == Cause.MARKET)).sum())


def _dropped(simulation: Simulation) -> Iterator[Sentence]:
    """Orders that the venue or the balance did not take; without any trade they are the reason."""
    none_zh, none = ("", "") if simulation.trades else ("没有任何交易：", "There is no trade: ")
    small = sum(run.skipped_notional for run in simulation.books)
    dear = sum(run.skipped_margin for run in simulation.books)
    if small:
        yield (
            f"{none_zh}{small} 笔订单低于最小下单数量或金额，未下单",
            f"{none}{small} orders were below the minimum quantity or notional and were not placed",
        )
    if dear:
        yield (
            f"{none_zh}{dear} 笔订单超过可用余额，已放弃",
            f"{none}{dear} orders were more than the free balance carried and were dropped",
        )


def _price(instrument: Instrument, ticks: int) -> str:
    return printed_to(ticks * instrument.tick, instrument.tick)


def _plain(value: object) -> str:
    return format(value, "f")
