"""Indicators against their definitions, and the RSI against published numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quantgpt.templates import MainBars, Signals, template_of
from quantgpt.templates._kernels import average_range, beyond, distances, ema_crosses, relative_strength, sma_crosses
from quantgpt.templates._params import read_params

Whole = NDArray[np.int64]

PUBLISHED = (
    443389, 440902, 441497, 436124, 443278, 448264, 450955, 454245, 458433, 460826, 458931, 460328, 456140, 462820, 462820, 460028, 460328,
    464116, 462222, 456439, 462122, 462521, 457137, 464515, 457835, 453548, 440288, 441783, 442181, 445672, 434205, 426628, 431314,
)  # fmt: skip
PUBLISHED_RSI = (
    70.53,
    66.32,
    66.55,
    69.41,
    66.36,
    57.97,
    62.93,
    63.26,
    56.06,
    62.38,
    54.71,
    50.42,
    39.99,
    41.46,
    41.87,
    45.46,
    37.30,
    33.08,
    37.77,
)
"""Closes and the RSI over 14 of them as a widely used worksheet prints them."""


def walk(seed: int, bars: int) -> tuple[Whole, Whole, Whole]:
    """High, low, close of the first `bars` bars of one walk; with many ties."""
    rng = np.random.default_rng(seed)
    close = np.maximum(1_000 + np.cumsum(rng.integers(-4, 5, 500) * 10), 10)
    high, low = close + rng.integers(0, 3, 500) * 10, np.maximum(close - rng.integers(0, 3, 500) * 10, 1)
    return high[:bars], low[:bars], close[:bars]


def crosses(fast: list[Any], slow: list[Any]) -> tuple[list[bool], list[bool]]:
    """From averages with None where there is none."""
    up, down = [], []
    for t in range(len(fast)):
        known = t > 0 and slow[t - 1] is not None and fast[t - 1] is not None
        up.append(known and fast[t - 1] <= slow[t - 1] and fast[t] > slow[t])
        down.append(known and fast[t - 1] >= slow[t - 1] and fast[t] < slow[t])
    return up, down


@pytest.mark.parametrize(("fast", "slow"), [(1, 2), (3, 8), (20, 50), (7, 90)])
def test_crosses_of_simple_averages(fast: int, slow: int) -> None:
    close = walk(fast, 300)[2]

    def average(n: int) -> list[Fraction | None]:
        return [Fraction(int(close[t + 1 - n : t + 1].sum()), n) if t + 1 >= n else None for t in range(len(close))]

    up, down = sma_crosses(close, fast, slow)
    assert (up.tolist(), down.tolist()) == crosses(average(fast), average(slow))
    assert slow == 90 or up.any()


@pytest.mark.parametrize(("fast", "slow"), [(1, 2), (3, 8), (20, 50), (7, 90)])
def test_crosses_of_exponential_averages(fast: int, slow: int) -> None:
    close = walk(fast, 300)[2]

    def average(n: int) -> list[float | None]:
        e = float(close[0])
        found: list[float | None] = [e if n == 1 else None]
        for t, c in enumerate(close[1:].tolist(), 1):
            e = e + (2.0 / (n + 1)) * (c - e)
            found.append(e if t + 1 >= n else None)
        return found

    up, down = ema_crosses(close, fast, slow)
    assert (up.tolist(), down.tolist()) == crosses(average(fast), average(slow))


@pytest.mark.parametrize("length", [1, 2, 5, 24, 299, 400])
def test_beyond_the_channel(length: int) -> None:
    high, low, close = walk(length, 300)
    above, below = beyond(high, low, close, length)
    for t in range(len(close)):
        assert above[t] == (t >= length and close[t] > high[t - length : t].max())
        assert below[t] == (t >= length and close[t] < low[t - length : t].min())


def test_average_true_range_by_hand() -> None:
    high = np.array([10, 12, 15, 11, 30], np.int64)
    low = np.array([8, 11, 12, 10, 20], np.int64)
    close = np.array([9, 12, 14, 10, 25], np.int64)
    # ranges 2, max(1, 3, 2) = 3, max(3, 3, 0) = 3, max(1, 3, 4) = 4, max(10, 20, 10) = 20
    found = average_range(high, low, close, 3)
    assert np.isnan(found[:2]).all()
    assert found[2:].tolist() == [8 / 3, (8 / 3 * 2 + 4) / 3, ((8 / 3 * 2 + 4) / 3 * 2 + 20) / 3]
    assert distances(found, 1.5).tolist() == [0, 0, int(1.5 * 8 / 3), int(1.5 * found[3]), int(1.5 * found[4])]
    assert distances(np.array([0.0, 0.4]), 1.0).tolist() == [1, 1]


def test_rsi_as_published() -> None:
    found = relative_strength(np.array(PUBLISHED, np.int64), 14)
    assert np.isnan(found[:14]).all()
    assert found[14:] == pytest.approx(PUBLISHED_RSI, abs=0.006)


def test_rsi_without_losses_gains_or_either() -> None:
    assert relative_strength(np.arange(1, 10, dtype=np.int64), 3)[3:].tolist() == [100.0] * 6
    assert relative_strength(np.arange(10, 1, -1, dtype=np.int64), 3)[3:].tolist() == [0.0] * 6
    assert relative_strength(np.full(9, 7, np.int64), 3)[3:].tolist() == [50.0] * 6


@pytest.mark.parametrize("bars", [0, 1, 2, 5])
def test_few_bars_make_no_signals(bars: int) -> None:
    for template in ("tpl_momentum", "tpl_breakout", "tpl_meanrev"):
        found = signals(template, bars, {"lookback": 5, "exit_lookback": 5} if template == "tpl_breakout" else {})
        for flags in (found.enter_long, found.exit_long, found.enter_short, found.exit_short):
            assert flags.shape == (bars,)
            assert not flags.any()


def signals(template: str, bars: int, params: dict[str, Any]) -> Signals:
    high, low, close = walk(5, bars)
    found = template_of(template)
    _, values = read_params(
        found.params,
        {name: str(value) if name == "atr_mult" else value for name, value in params.items()},
        lambda _: [],
    )
    plan: Any = found.plan(values)
    made: Signals = plan.signals(MainBars(open_time=np.arange(bars), open=close, high=high, low=low, close=close))
    return made


@pytest.mark.parametrize("template", ["tpl_momentum", "tpl_breakout", "tpl_meanrev"])
def test_direction_leaves_the_other_side_alone(template: str) -> None:
    params: dict[str, Any] = {"lookback": 5} if template == "tpl_breakout" else {}
    both = signals(template, 400, params | {"direction": "both"})
    long = signals(template, 400, params | {"direction": "long"})
    short = signals(template, 400, params | {"direction": "short"})
    assert both.enter_long.any()
    assert both.enter_short.any()
    for name in ("enter_long", "exit_long"):
        assert np.array_equal(getattr(long, name), getattr(both, name))
        assert not getattr(short, name).any()
    for name in ("enter_short", "exit_short"):
        assert np.array_equal(getattr(short, name), getattr(both, name))
        assert not getattr(long, name).any()


@pytest.mark.parametrize("template", ["tpl_momentum", "tpl_breakout", "tpl_meanrev"])
def test_a_signal_knows_nothing_of_what_comes(template: str) -> None:
    params: dict[str, Any] = {"lookback": 5, "atr_mult": 2} if template == "tpl_breakout" else {}
    whole = signals(template, 400, params | {"direction": "both"})
    part = signals(template, 250, params | {"direction": "both"})
    for name in ("enter_long", "exit_long", "enter_short", "exit_short"):
        assert np.array_equal(getattr(part, name), getattr(whole, name)[:250])
    if whole.stop_distance is not None and part.stop_distance is not None:
        assert np.array_equal(part.stop_distance, whole.stop_distance[:250])
        assert math.prod(part.stop_distance[4:].tolist()) > 0


def test_simple_averages_of_prices_of_very_many_ticks() -> None:
    """Some 6e12 ticks over 1,000 and 2,000 bars: a sum times a length is more than 64 bits hold."""
    rng = np.random.default_rng(9)
    close = 6_000_000_000_000 + np.cumsum(rng.integers(-(10**9), 10**9, 2_600)).astype(np.int64)
    up, down = sma_crosses(close, 1_000, 2_000)
    sums = [0]
    for value in close.tolist():
        sums.append(sums[-1] + value)
    gaps = [(sums[t] - sums[t - 1_000]) * 2 - (sums[t] - sums[t - 2_000]) for t in range(2_000, len(sums))]
    for t in range(2_000, len(close)):
        before, now = gaps[t - 2_000], gaps[t - 1_999]
        assert (up[t], down[t]) == (before <= 0 < now, before >= 0 > now), t
