"""Whether one run is really better than another: figures of several aligned series over the same resampled days.

All runs are resampled by the same blocks of days, so what they share (the market, the season) falls out of the difference.
A figure that is made of sums is summed block by block and a drawdown is composed block by block, so that a resample costs as
many steps as it has blocks, whatever the number of days.
Sources: Politis and Romano (1992), circular blocks; Ledoit and Wolf (2008), the paired resampling of performance figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest
from quantgpt.metrics.bootstrap import mean_block
from quantgpt.metrics.returns import PERIODS, RISK_FREE, daily_rate

F64 = NDArray[np.float64]

DRAWS = 999
LEVEL = 0.95
LEAST_DAYS = 20
"""common days below which nothing is resampled"""


@dataclass(frozen=True)
class Difference:
    """How much one figure exceeds another on the same days. NaN: an interval or p that the resamples do not define."""

    value: float
    low: float
    high: float
    p: float
    """two-sided; 0 lies outside of the interval exactly where it is below 1 − level, but for ties"""

    @property
    def is_clear(self) -> bool:
        """The interval lies above 0."""
        return self.low > 0


@dataclass(frozen=True)
class Blocks:
    """The same resampled days for all series: circular blocks of `block` days, the last one cut to make up `days`."""

    days: int
    block: int
    starts: NDArray[np.int64]
    """(draws, blocks): first day of each block"""

    @classmethod
    def of(cls, days: int, horizon: int, draws: int = DRAWS) -> Blocks:
        """Blocks for `days` days of figures that overlap over `horizon` sessions; the same for the same numbers.

        Raises: BadRequest for no days or draws.
        """
        if days < 1 or draws < 1:
            raise BadRequest(f"cannot resample {days} days {draws} times", field="days", nearest=1)
        block = min(mean_block(days, 2 * horizon), days)
        generator = np.random.Generator(np.random.PCG64([days, block, draws]))
        return cls(days, block, generator.integers(0, days, size=(draws, -(-days // block))))

    @property
    def last(self) -> int:
        """Days of the last block."""
        return int(self.days - (self.starts.shape[1] - 1) * self.block)

    def rows(self) -> NDArray[np.int64]:
        """Every resampled day, (draws, days): what the sums below stand for."""
        whole = self.starts[:, :, None] + np.arange(self.block)
        return np.asarray(whole.reshape(self.starts.shape[0], -1)[:, : self.days] % self.days, dtype=np.int64)

    def sums(self, x: F64) -> F64:
        """Sum of a daily series over each resample.

        Shape: x (days,) without missing values -> (draws,).
        """
        return np.asarray(
            _window_sums(x, self.block)[self.starts[:, :-1]].sum(axis=1)
            + _window_sums(x, self.last)[self.starts[:, -1]],
            dtype=np.float64,
        )

    def max_drawdowns(self, returns: F64) -> F64:
        """Deepest fall below the highest value so far over each resample, 0 or below; the start is a peak too.

        Shape: returns (days,) without missing values, all above −1 -> (draws,).
        """
        return _composed(self, _windows(returns, self.block), _windows(returns, self.last))


def _window_sums(x: F64, width: int) -> F64:
    """Sum of `width` days from each day on, wrapped at the end; (n,)."""
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([x, x[: width - 1]]) if width > 1 else x)])
    return np.asarray(total[width:] - total[:-width], dtype=np.float64)


def _windows(returns: F64, width: int) -> tuple[F64, F64, F64, F64]:
    """Of `width` days from each day on: growth, highest and lowest value on the way, deepest fall; each (n,)."""
    wrapped = np.concatenate([returns, returns[: width - 1]]) if width > 1 else returns
    value = np.asarray(
        np.cumprod(1.0 + np.lib.stride_tricks.sliding_window_view(wrapped, width), axis=1), dtype=np.float64
    )
    peak = np.maximum.accumulate(np.maximum(value, 1.0), axis=1)
    fall: F64 = (value / peak - 1.0).min(axis=1)
    return value[:, -1], value.max(axis=1), value.min(axis=1), fall


def _composed(blocks: Blocks, body: tuple[F64, F64, F64, F64], tail: tuple[F64, F64, F64, F64]) -> F64:
    draws, count = blocks.starts.shape
    value, peak, worst = np.ones(draws), np.ones(draws), np.zeros(draws)
    for k in range(count):
        growth, high, low, fall = (part[blocks.starts[:, k]] for part in (tail if k == count - 1 else body))
        worst = np.minimum(worst, np.minimum(fall, value * low / peak - 1.0))
        peak = np.maximum(peak, value * high)
        value = value * growth
    return worst


# -- figures of resamples, each as `metrics` defines it ------------------------------------------------------------------


def means(blocks: Blocks, x: F64) -> F64:
    """The mean of a daily series over each resample."""
    return blocks.sums(x) / blocks.days


def deviations(blocks: Blocks, x: F64) -> F64:
    """The standard deviation (ddof 1) over each resample; NaN of fewer than two days."""
    if blocks.days < 2:
        return np.full(blocks.starts.shape[0], math.nan)
    centred = x - x.mean()
    total = blocks.sums(centred)
    variance = (blocks.sums(centred * centred) - total * total / blocks.days) / (blocks.days - 1)
    return np.sqrt(np.maximum(variance, 0.0))


def ratios(blocks: Blocks, x: F64, less: float = 0.0) -> F64:
    """(mean − less) over the standard deviation, × √252; NaN where nothing varies."""
    deviation = deviations(blocks, x)
    top = means(blocks, x) - less
    known = deviation > 1e-12
    return np.where(known, top / np.where(known, deviation, 1.0), math.nan) * math.sqrt(PERIODS)


def sharpes(blocks: Blocks, returns: F64) -> F64:
    """The Sharpe ratio, as `metrics.returns.sharpe`."""
    return ratios(blocks, returns, daily_rate(RISK_FREE))


def volatilities(blocks: Blocks, returns: F64) -> F64:
    """The annual volatility, as `metrics.returns.volatility`."""
    return deviations(blocks, returns) * math.sqrt(PERIODS)


def cagrs(blocks: Blocks, returns: F64) -> F64:
    """The annual growth, as `metrics.returns.cagr`; −1 where everything was lost."""
    logs = np.log1p(np.maximum(returns, -1.0 + 1e-12))
    return np.expm1(blocks.sums(logs) * (PERIODS / blocks.days))


def positive_shares(blocks: Blocks, x: F64) -> F64:
    """The share of days above 0."""
    return means(blocks, (x > 0).astype(np.float64))


def difference(value: float, resampled: F64, level: float = LEVEL) -> Difference:
    """The difference of two figures and what its resamples say of it: value ± the `level` quantile of their distance from
    it, p = (1 + those at least as far from it as it is from 0) / (1 + draws).

    NaN: an unknown value, or fewer than half of the resamples defined.
    """
    known = resampled[np.isfinite(resampled)]
    if not math.isfinite(value) or known.size * 2 < max(resampled.size, 1):
        return Difference(value, math.nan, math.nan, math.nan)
    distance = np.abs(known - value)
    half = float(np.quantile(distance, level))
    p = (1.0 + float((distance >= abs(value)).sum())) / (1.0 + known.size)
    return Difference(value, value - half, value + half, p)
