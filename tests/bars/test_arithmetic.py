"""The whole-number arithmetic of the bar simulation against Python's own unbounded integers and fractions."""

from __future__ import annotations

import random
from collections import deque
from fractions import Fraction

import numpy as np
import pytest

from quantgpt.bars import kernels

CASES = 3_000


def test_fees_are_rounded_half_even_over_the_whole_range() -> None:
    draw = random.Random(1)
    for _ in range(CASES):
        notional = draw.randrange(-kernels.LARGEST, kernels.LARGEST)
        rate = draw.choice([draw.randrange(-kernels.SCALE, kernels.SCALE), 50_000, 500_000])
        assert kernels.fee_of(notional, rate) == round(Fraction(notional * rate, kernels.SCALE))


@pytest.mark.parametrize(
    ("notional", "rate", "fee"),
    [
        (50_000_000, 1, 0),
        (150_000_000, 1, 2),
        (250_000_000, 1, 2),
        (-150_000_000, 1, -2),
        (100_000_000_000, 50_000, 50_000_000),
    ],
)
def test_ties_go_to_the_even_number(notional: int, rate: int, fee: int) -> None:
    assert kernels.fee_of(notional, rate) == fee


def test_products_through_128_bits() -> None:
    draw = random.Random(2)
    seen = 0
    while seen < CASES:
        a, b = draw.randrange(10 ** draw.randrange(1, 19)), draw.randrange(10 ** draw.randrange(1, 19))
        c = draw.randrange(1, 10 ** draw.randrange(1, 19))
        if a * b // c >= 2**62:
            continue
        seen += 1
        assert kernels.muldiv_floor(a, b, c) == a * b // c
        assert kernels.muldiv_ceil(a, b, c) == -(-a * b // c)


def test_margin_is_rounded_up() -> None:
    assert [kernels.margin_of(n, 3) for n in (0, 1, 3, 4, 299)] == [0, 1, 1, 2, 100]


@pytest.mark.parametrize(("side", "ticks"), [(1, 5_421_687), (-1, 6_573_705)])
def test_liquidation_of_one_coin_at_60000_ten_times(side: int, ticks: int) -> None:
    """1 BTC, tick 0.01, step 1e-6: 54,216.87 and 65,737.05."""
    notional = 60_000 * kernels.SCALE
    assert kernels.liquidation_ticks(side, 1_000_000, 1, notional, notional // 10, 400_000) == ticks


def test_liquidation_is_the_exact_quotient_rounded_against_the_trader() -> None:
    draw = random.Random(3)
    for _ in range(CASES):
        quantity, unit = draw.randrange(1, 10**7), draw.choice([1, 10, 1_000])
        price, leverage = draw.randrange(1, 10**7), draw.randrange(2, 21)
        notional = price * quantity * unit
        backing = -(-notional // leverage) - draw.randrange(3)
        long = Fraction((notional - backing) * 10**8, quantity * unit * (10**8 - 400_000))
        short = Fraction((notional + backing) * 10**8, quantity * unit * (10**8 + 400_000))
        ceiling = -(-long.numerator // long.denominator) if long > 0 else 0
        assert kernels.liquidation_ticks(1, quantity, unit, notional, backing, 400_000) == ceiling
        assert (
            kernels.liquidation_ticks(-1, quantity, unit, notional, backing, 400_000)
            == short.numerator // short.denominator
        )


def test_no_liquidation_without_debt_or_position() -> None:
    assert kernels.liquidation_ticks(1, 5, 1, 100, 100, 400_000) == 0
    assert kernels.liquidation_ticks(1, 5, 1, 100, 120, 400_000) == 0
    assert kernels.liquidation_ticks(0, 0, 1, 0, 0, 400_000) == 0


def test_slippage_moves_against_the_trader_within_the_bar() -> None:
    ten_bps = 100_000
    assert kernels.slipped(10_001, 1, ten_bps, 0, 20_000) == 10_012
    assert kernels.slipped(10_001, -1, ten_bps, 0, 20_000) == 9_990
    assert kernels.slipped(10_001, 1, ten_bps, 0, 10_005) == 10_005
    assert kernels.slipped(10_001, -1, ten_bps, 9_999, 20_000) == 9_999
    assert kernels.slipped(10_001, 1, 0, 0, 1) == 10_001


def test_slippage_is_exact_for_prices_of_very_many_ticks() -> None:
    draw = random.Random(5)
    for _ in range(500):
        price, rate = draw.randrange(1, 10 ** draw.randrange(1, 18)), draw.randrange(1, 10_000_001)
        most = 2 * price + 1
        assert kernels.slipped(price, 1, rate, 0, most) == -(-price * (kernels.SCALE + rate) // kernels.SCALE)
        assert kernels.slipped(price, -1, rate, 0, most) == price * (kernels.SCALE - rate) // kernels.SCALE


def test_the_fee_window_holds_thirty_days_of_notional() -> None:
    draw = random.Random(4)
    day = 86_400_000
    open_time = np.cumsum([draw.randrange(1, 3) * day // 2 for _ in range(400)]).astype(np.int64)
    thresholds = np.array([0, 150_000_000_007, 250_000_000_000], np.int64)
    rates = np.array([5, 4, 3], np.int64)
    fills = np.zeros((0, kernels.FILL_COLUMNS), np.int64)
    window = np.zeros(kernels.WINDOW_SIZE, np.int64)
    past: deque[tuple[int, int]] = deque()
    count, tiers = 0, set()
    for bar in range(400):
        for _ in range(draw.randrange(4)):
            volume = sum(notional for at, notional in past if at > open_time[bar] - 30 * day)
            expected = 5 if volume < thresholds[1] else 4 if volume < thresholds[2] else 3
            got = kernels.fee_rate(fills, count, window, open_time, bar, 7, thresholds, rates)
            assert got == expected
            tiers.add(got)
            fills = kernels.roomy(fills, count, 1)
            price, quantity = draw.randrange(1, 3_000), draw.randrange(1, 1_000_000)
            past.append((int(open_time[bar]), price * quantity * 7))
            count = kernels.note_fill(fills, count, bar, 0, count, 1, 1, price, quantity, 0, 0, 0)
    assert tiers == {3, 4, 5}


def test_the_window_counts_what_comes_up_to_exactly_thirty_days_back() -> None:
    day = 86_400_000
    open_time = np.array([0, 30 * day - 1, 30 * day], np.int64)
    thresholds, rates = np.array([0, 100], np.int64), np.array([5, 4], np.int64)
    for bar, rate in ((1, 4), (2, 5)):
        fills = np.zeros((1, kernels.FILL_COLUMNS), np.int64)
        kernels.note_fill(fills, 0, 0, 0, 0, 1, 1, 100, 1, 0, 0, 0)
        assert kernels.fee_rate(fills, 1, np.zeros(4, np.int64), open_time, bar, 1, thresholds, rates) == rate


def test_the_venue_bears_what_the_margin_does_not() -> None:
    forgiven = np.zeros(3, np.int64)
    assert kernels.spread_forgiven(np.array([-70, 20, -60], np.int64), forgiven, 100) == 0
    assert forgiven.tolist() == [10, 0, 0]
    assert kernels.spread_forgiven(np.array([-70, -22], np.int64), forgiven, 100) == 8
    assert forgiven[:2].tolist() == [0, 0]
