"""Market regimes from the benchmark's past alone: trend over 60 sessions, volatility against its own history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.panel import MarketView

TREND_SESSIONS = 60
TREND_EDGE = 0.05
VOLATILITY_SESSIONS = 20
LEAST_HISTORY = 60
"""volatility readings before there is a median to compare with"""
LEAST_DAYS = 20
"""sessions below which a regime is not judged"""

HISTORY = VOLATILITY_SESSIONS + LEAST_HISTORY
"""sessions before the first tested one with which every tested session has a regime"""

BULL, BEAR, SIDEWAYS = 0, 1, 2
HIGH, LOW = 0, 1


@dataclass(frozen=True)
class RegimeName:
    """One regime and its words."""

    code: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str


REGIMES = (
    RegimeName("bull", "上涨", "bull", "基准近 60 日涨幅大于 5%", "benchmark up more than 5% over 60 sessions"),
    RegimeName("bear", "下跌", "bear", "基准近 60 日跌幅大于 5%", "benchmark down more than 5% over 60 sessions"),
    RegimeName("sideways", "震荡", "sideways", "基准近 60 日涨跌不超过 5%", "benchmark within 5% over 60 sessions"),
    RegimeName(
        "high_vol",
        "高波动",
        "high volatility",
        "基准 20 日波动率高于此前的中位数",
        "20-session volatility above its median so far",
    ),
    RegimeName(
        "low_vol",
        "低波动",
        "low volatility",
        "基准 20 日波动率不高于此前的中位数",
        "20-session volatility at or below its median so far",
    ),
)


@dataclass(frozen=True)
class Regimes:
    """Regime of each session; -1 while there is too little history.

    Shape: (T,) int8 each; trend 0 bull, 1 bear, 2 sideways; volatility 0 high, 1 low.
    """

    trend: NDArray[np.int8]
    volatility: NDArray[np.int8]
    source: str
    """"benchmark", or "equal_weight" when the view has no benchmark"""

    def masks(self) -> dict[str, NDArray[np.bool_]]:
        """Sessions of each regime, by code, in the order of REGIMES."""
        return {
            "bull": self.trend == BULL,
            "bear": self.trend == BEAR,
            "sideways": self.trend == SIDEWAYS,
            "high_vol": self.volatility == HIGH,
            "low_vol": self.volatility == LOW,
        }


def regimes_of_level(level: NDArray[np.float64], source: str = "benchmark") -> Regimes:
    """Regimes of an index level, each from values up to that session only.

    Shape: (T,). NaN: missing levels are carried forward, so a missing session repeats the last state of the market.
    """
    sessions = level.size
    filled = _carried(level)
    trend = np.full(sessions, -1, dtype=np.int8)
    if sessions > TREND_SESSIONS:
        past = np.full(sessions, np.nan)
        past[TREND_SESSIONS:] = filled[TREND_SESSIONS:] / filled[:-TREND_SESSIONS] - 1.0
        known = np.isfinite(past)
        trend[known] = SIDEWAYS
        trend[known & (past > TREND_EDGE)] = BULL
        trend[known & (past < -TREND_EDGE)] = BEAR
    return Regimes(trend, _volatility(filled), source)


def regimes_of(view: MarketView) -> Regimes:
    """Regimes of the view's benchmark, or of the equal-weight mean of its eligible names without one.

    History begins `HISTORY` sessions before the first session asked for, however many more the view holds: the regimes
    of a span are the same for every expression.
    """
    start = max(0, view.first - HISTORY)
    if view.benchmark is not None and np.isfinite(view.benchmark[start:]).sum() > TREND_SESSIONS:
        return _later(regimes_of_level(np.asarray(view.benchmark[start:], dtype=np.float64)), start)
    close, eligible = view.fields["close"][start:], view.eligible[start:]
    moves = np.zeros(close.shape[0])
    for t in range(1, close.shape[0]):
        move = close[t, eligible[t]] / close[t - 1, eligible[t]] - 1.0
        known = move[np.isfinite(move)]
        moves[t] = known.mean() if known.size else 0.0
    return _later(regimes_of_level(np.cumprod(1.0 + moves, dtype=np.float64), "equal_weight"), start)


def _later(regimes: Regimes, start: int) -> Regimes:
    """The same regimes behind `start` sessions without any."""
    before = np.full(start, -1, dtype=np.int8)
    return Regimes(np.r_[before, regimes.trend], np.r_[before, regimes.volatility], regimes.source)


def _carried(level: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.where(np.isfinite(level) & (level > 0), np.arange(level.size), -1)
    at = np.maximum.accumulate(known)
    return np.where(at >= 0, level[np.maximum(at, 0)], np.nan)


def _volatility(level: NDArray[np.float64]) -> NDArray[np.int8]:
    """High or low against the median of all readings so far, today's included."""
    out = np.full(level.size, -1, dtype=np.int8)
    returns = np.full(level.size, np.nan)
    returns[1:] = level[1:] / level[:-1] - 1.0
    if level.size <= VOLATILITY_SESSIONS:
        return out
    windows = np.lib.stride_tricks.sliding_window_view(returns, VOLATILITY_SESSIONS)
    reading = np.full(level.size, np.nan)
    reading[VOLATILITY_SESSIONS - 1 :] = windows.std(axis=1, ddof=1)
    rows = np.flatnonzero(np.isfinite(reading))
    medians = _running_median(reading[rows])
    ready = np.arange(1, rows.size + 1) >= LEAST_HISTORY
    out[rows[ready]] = np.where(reading[rows][ready] > medians[ready], HIGH, LOW)
    return out


def _running_median(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of x[0..t] for each t."""
    from bisect import insort

    kept: list[float] = []
    out = np.empty(x.size)
    for t, value in enumerate(x.tolist()):
        insort(kept, value)
        half = len(kept) // 2
        out[t] = kept[half] if len(kept) % 2 else 0.5 * (kept[half - 1] + kept[half])
    return out
