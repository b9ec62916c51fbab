"""Signals of the templates, one bar at a time, from §9 of the rules. Prices are whole ticks; averages of EMA, RSI and ATR are floats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Wish:
    """What a template wants at the close of one bar. `distance`: of the stop, in ticks; 0 for none."""

    enter_long: bool = False
    exit_long: bool = False
    enter_short: bool = False
    exit_short: bool = False
    distance: int = 0


@dataclass(frozen=True)
class Prices:
    high: Sequence[int]
    low: Sequence[int]
    close: Sequence[int]


def wishes(template: str, values: Mapping[str, Any], prices: Prices) -> list[Wish]:
    """Wishes at every bar."""
    found = {"tpl_momentum": _momentum, "tpl_breakout": _breakout, "tpl_meanrev": _meanrev}[template](values, prices)
    longs, shorts = values["direction"] in ("long", "both"), values["direction"] in ("short", "both")
    return [
        Wish(w.enter_long and longs, w.exit_long, w.enter_short and shorts, w.exit_short, w.distance) for w in found
    ]


def _ema(values: Sequence[int], n: int) -> list[float]:
    out = [float(values[0])]
    for value in values[1:]:
        out.append(out[-1] + (2.0 / (n + 1)) * (value - out[-1]))
    return out


def _momentum(values: Mapping[str, Any], prices: Prices) -> list[Wish]:
    close, fast, slow = prices.close, int(values["fast"]), int(values["slow"])

    def gap(t: int) -> float:
        """Above 0 where the fast average is above the slow one."""
        if values["ma_type"] == "sma":
            return sum(close[t - fast + 1 : t + 1]) * slow - sum(close[t - slow + 1 : t + 1]) * fast
        return quick[t] - calm[t]

    quick, calm = _ema(close, fast), _ema(close, slow)
    out = []
    for t in range(len(close)):
        if t - 1 < max(fast, slow) - 1:
            out.append(Wish())
            continue
        up, down = gap(t - 1) <= 0 < gap(t), gap(t - 1) >= 0 > gap(t)
        out.append(Wish(up, down, down, up))
    return out


def true_ranges(prices: Prices) -> list[int]:
    """The first bar's is its high less its low."""
    out = [prices.high[0] - prices.low[0]]
    for t in range(1, len(prices.close)):
        before = prices.close[t - 1]
        out.append(max(prices.high[t] - prices.low[t], abs(prices.high[t] - before), abs(prices.low[t] - before)))
    return out


def wilder(values: Sequence[int], n: int) -> list[float | None]:
    """Mean of the first n, then smoothed; None before."""
    out: list[float | None] = []
    average = 0.0
    for t, value in enumerate(values):
        if t == n - 1:
            average = sum(values[:n]) / n
        elif t >= n:
            average = (average * (n - 1) + value) / n
        out.append(average if t >= n - 1 else None)
    return out


def _breakout(values: Mapping[str, Any], prices: Prices) -> list[Wish]:
    lookback = int(values["lookback"])
    exits = int(values["exit_lookback"] or lookback // 2)
    multiple = values.get("atr_mult")
    ranges = wilder(true_ranges(prices), lookback)
    out = []
    for t, close in enumerate(prices.close):
        inside, leaving = t >= lookback, t >= exits
        average = ranges[t]
        distance = 0 if multiple is None or average is None else max(1, int(float(multiple) * average))
        out.append(
            Wish(
                inside and close > max(prices.high[t - lookback : t]),
                leaving and close < min(prices.low[t - exits : t]),
                inside and close < min(prices.low[t - lookback : t]),
                leaving and close > max(prices.high[t - exits : t]),
                distance,
            )
        )
    return out


def rsi(close: Sequence[int], period: int) -> list[float | None]:
    """From bar `period` on; None before."""
    changes = [b - a for a, b in pairwise(close)]
    gains = wilder([max(c, 0) for c in changes], period)
    losses = wilder([max(-c, 0) for c in changes], period)
    out: list[float | None] = [None]
    for gain, loss in zip(gains, losses, strict=True):
        if gain is None or loss is None:
            out.append(None)
        elif loss == 0:
            out.append(100.0 if gain > 0 else 50.0)
        else:
            out.append(100.0 - 100.0 / (1.0 + gain / loss))
    return out


def _meanrev(values: Mapping[str, Any], prices: Prices) -> list[Wish]:
    low, high, middle = (float(Decimal(str(values[name]))) for name in ("oversold", "overbought", "exit_level"))
    return [
        Wish() if r is None else Wish(r <= low, r >= middle, r >= high, r <= middle)
        for r in rsi(prices.close, int(values["period"]))
    ]
