"""Many pairs of moving averages on one book, without keeping their fills: what `tpl_momentum` makes of each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.faults import too_large_amount
from quantgpt.bars.instrument import SCALE
from quantgpt.bars.joint import JointBook
from quantgpt.bars.terms import BookInput, Terms
from quantgpt.foundations.errors import BadRequest

DAY_MS = 86_400_000


@dataclass(frozen=True, kw_only=True)
class MaSweep:
    """One number per pair. All arrays have the shape (P,)."""

    final_equity: NDArray[np.int64]
    """in 1e-8, everything closed; exactly what the engine of signals books"""
    trades: NDArray[np.int64]
    max_drawdown: NDArray[np.float64]
    """≤ 0, over the equity at the close of every walked bar"""
    sharpe: NDArray[np.float64]
    """of daily returns, √252; NaN where it is not defined"""


def sweep_ma_cross(
    book: BookInput,
    pairs: NDArray[np.int64],
    ma_type: Literal["sma", "ema"],
    terms: Terms,
    position_share: Decimal = Decimal(1),
) -> MaSweep:
    """Long positions of every pair (fast, slow) on the same bars. pairs: shape (P, 2).

    Raises: BadRequest for a pair that is none and for fees by tiers; TooLarge.
    """
    from quantgpt.bars.signals._kernels import Entry
    from quantgpt.bars.sweep._kernels import Course, sweep

    chosen = np.ascontiguousarray(pairs, np.int64)
    if chosen.ndim != 2 or chosen.shape[1] != 2 or bool(np.any((chosen[:, 0] < 1) | (chosen[:, 0] >= chosen[:, 1]))):
        raise BadRequest(
            "pairs 的每一行必须是 1 ≤ fast < slow", en="each row of pairs must be 1 ≤ fast < slow", field="pairs"
        )
    if len(terms.fees.from_notional) > 1:
        raise BadRequest("参数扫描不支持按成交额分档的手续费", en="a sweep knows no fees by tiers", field="fee_model")
    if book.walked.open.size == 0:
        raise BadRequest("没有可用的 K 线", en="there are no bars to walk", field="start")
    run = JointBook(book, terms)
    count = len(chosen)
    found = MaSweep(
        final_equity=np.empty(count, np.int64),
        trades=np.empty(count, np.int64),
        max_drawdown=np.empty(count),
        sharpe=np.empty(count),
    )
    marks, lead = _marks(book, terms)
    course = Course(
        *run.prices,
        main_close=book.main.close,
        ends=book.ends_main,
        marks=marks,
        lead=lead,
        first_main=int(np.searchsorted(book.main.open_time, terms.start_ms)),
    )
    broken = sweep(
        book.capital, run.rules, run.desk.open_time, run.desk.tiers, run.funding, course, chosen, ma_type == "ema",
        Entry(share=int(position_share * SCALE), stop_rate=0),
        found.final_equity, found.trades, found.max_drawdown, found.sharpe,
    )  # fmt: skip
    if broken >= 0:
        raise too_large_amount(book.instrument.symbol)
    return found


def _marks(book: BookInput, terms: Terms) -> tuple[NDArray[np.int64], int]:
    """How many midnights of the curve the close of each walked bar stands for, and how many come before the first close."""
    ends = book.walked.open_time + book.walked.length_ms
    midnights = np.arange((terms.start_ms // DAY_MS + 1) * DAY_MS, terms.end_ms, DAY_MS, dtype=np.int64)
    last_bar = np.searchsorted(ends, midnights, side="right") - 1
    marks = np.bincount(last_bar[last_bar >= 0], minlength=len(ends)).astype(np.int64)
    return marks, int(np.count_nonzero(last_bar < 0))
