"""The bars that are walked, and the terms of the simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.bars.instrument import Instrument

Ticks = NDArray[np.int64]
Intrabar = Literal["path", "pessimistic"]

MAINTENANCE = 400_000
"""Maintenance margin rate, 0.4 % in 1e-8."""
LIQUIDATION_FEE = 500_000
"""Fee of a liquidation beside the taker fee, 0.5 % in 1e-8."""


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Walked bars, ascending by time. All arrays have the shape (T,); prices in whole ticks, no NaN."""

    length_ms: int
    open_time: NDArray[np.int64]
    """milliseconds since 1970, UTC"""
    open: Ticks
    high: Ticks
    low: Ticks
    close: Ticks


@dataclass(frozen=True, kw_only=True)
class FundingRates:
    """Instants (milliseconds since 1970, UTC, ascending) and rates in 1e-8. Shape of both: (F,)."""

    at: NDArray[np.int64]
    rate: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class FeeSchedule:
    """Rates in 1e-8 by 30-day notional: tier k applies from `from_notional[k]` (in 1e-8 quote); the first begins at 0."""

    from_notional: tuple[int, ...]
    maker: tuple[int, ...]
    taker: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a job is simulated. Rates in 1e-8, times in milliseconds since 1970, UTC."""

    start_ms: int
    end_ms: int
    leverage: int
    fees: FeeSchedule
    slippage: int = 0
    intrabar: Intrabar = "path"
    strict_touch: bool = False
    maintenance: int = MAINTENANCE
    liquidation_fee: int = LIQUIDATION_FEE


@dataclass(frozen=True, kw_only=True)
class BookInput:
    """Everything about one symbol.

    `main` are the bars of the job's timeframe with their warm-up in front; `walked` the bars from `start` on that are walked.
    `ends_main[i]` is the index in `main` of the bar that ends with walked bar i, -1 where none does. Shape: (T,).
    """

    instrument: Instrument
    capital: int
    """in 1e-8 quote"""
    main: Bars
    walked: Bars
    ends_main: NDArray[np.int64]
    funding: FundingRates | None = None
