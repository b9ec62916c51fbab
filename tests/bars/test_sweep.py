"""The sweep over pairs of averages books what the engine of signals books."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from tests.bars.test_signals import bar, made, terms
from tests.parity.bar_cases import HOUR, START, TIERS, fixed

from quantgpt.bars.faults import TooLarge
from quantgpt.bars.ledger import curve_of, equity_at
from quantgpt.bars.signals import run_signals
from quantgpt.bars.sweep import sweep_ma_cross
from quantgpt.bars.terms import Bars, BookInput, FundingRates, Terms
from quantgpt.foundations.errors import BadRequest
from quantgpt.templates import SignalPlan, template_of

PAIRS = np.array([(1, 2), (2, 7), (5, 20), (20, 50), (30, 31)], np.int64)


def walk(seed: int, bars: int = 900, warmup: int = 60, fine: int = 1) -> BookInput:
    """A book over a random walk, each main bar of `fine` walked ones, some of which are missing."""
    rng = np.random.default_rng(seed)
    close = np.round(10_000 * np.exp(np.cumsum(rng.normal(0, 0.012 / math.sqrt(fine), bars * fine)))).astype(np.int64)
    opened = np.concatenate([[10_000], close[:-1]])
    high = np.maximum(opened, close) + rng.integers(0, 60, bars * fine)
    low = np.maximum(np.minimum(opened, close) - rng.integers(0, 60, bars * fine), 1)
    length = HOUR * 4 // fine
    times = START + (np.arange(bars * fine) - warmup * fine) * length
    columns = np.stack([opened, high, low, close]).reshape(4, bars, fine)
    main = (columns[0, :, 0], columns[1].max(axis=1), columns[2].min(axis=1), columns[3, :, -1])
    keep = (rng.random(bars * fine) > 0.02) & (times >= START)
    keep[fine * (warmup + 1) - 1 :: fine] = True
    number = np.arange(bars * fine)
    ends = np.where(number % fine == fine - 1, number // fine, -1)
    return replace(
        made([(10_000,) * 4] * 2),
        main=_bars(times[::fine], HOUR * 4, *main),
        walked=_bars(times[keep], length, *(column[keep] for column in (opened, high, low, close))),
        ends_main=ends[keep].astype(np.int64),
    )


def _bars(times: Any, length: int, *prices: Any) -> Bars:
    opened, high, low, close = (np.ascontiguousarray(price, np.int64) for price in prices)
    return Bars(length_ms=length, open_time=times.astype(np.int64), open=opened, high=high, low=low, close=close)


def plan(pair: Any, kind: str, share: str) -> SignalPlan:
    values = {
        "fast": int(pair[0]),
        "slow": int(pair[1]),
        "ma_type": kind,
        "direction": "long",
        "position_pct": Decimal(share),
    }
    found: Any = template_of("tpl_momentum").plan(values)
    return found  # type: ignore[no-any-return]


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "plain": ({}, {}, "1"),
    "no warm-up": ({"warmup": 0}, {}, "1"),
    "finer bars": ({"fine": 4}, {"slippage": 50_000}, "0.37"),
    "leverage": ({}, {"leverage": 20, "slippage": 100_000}, "1"),
    "funding": ({"fine": 2}, {"leverage": 3}, "1"),
}


@pytest.mark.parametrize("kind", ["sma", "ema"])
@pytest.mark.parametrize("name", CASES)
def test_every_pair_books_what_its_template_books(name: str, kind: Any) -> None:
    shape, changes, share = CASES[name]
    book = walk(len(name), **shape)
    if name == "funding":
        at = np.arange(START, int(book.walked.open_time[-1]) + HOUR, 2 * HOUR, dtype=np.int64)
        rates = np.random.default_rng(3).integers(-200_000, 500_000, len(at))
        book = replace(book, funding=FundingRates(at=at, rate=rates))
    given = replace(
        terms(book, fees=fixed(5), **changes), end_ms=int(book.walked.open_time[-1]) + book.walked.length_ms - 1
    )
    found = sweep_ma_cross(book, PAIRS, kind, given, Decimal(share))
    liquidated = 0
    for k, pair in enumerate(PAIRS):
        run = run_signals(book, plan(pair, kind, share), given, lambda done: None)
        liquidated += run.liquidated
        assert found.final_equity[k] == run.wallet
        assert found.trades[k] == np.count_nonzero(run.fills.opens)
        closes = book.walked.open_time + book.walked.length_ms
        equity = np.array([book.capital, *equity_at(book, run, closes), run.wallet], float)
        assert found.max_drawdown[k] == pytest.approx((equity / np.maximum.accumulate(equity) - 1).min(), abs=1e-12)
        samples = np.array([float(value) for _, value in curve_of([book], [run], given)])
        returns = samples[1:] / samples[:-1] - 1 if samples.all() else np.array([math.nan])
        expected = returns.mean() / returns.std(ddof=1) * math.sqrt(252) if len(returns) > 1 else math.nan
        if not math.isnan(expected):
            assert found.sharpe[k] == pytest.approx(expected, rel=1e-6)
    assert (liquidated > 0) == (name == "leverage")
    assert found.trades.sum() > 30


def test_what_cannot_be_swept() -> None:
    book = walk(1, bars=100)
    for pairs in ([(5, 5)], [(0, 5)], [(1, 2, 3)], [5, 6]):
        with pytest.raises(BadRequest):
            sweep_ma_cross(book, np.array(pairs, np.int64), "sma", terms(book))
    with pytest.raises(BadRequest):
        sweep_ma_cross(book, PAIRS, "sma", terms(book, fees=TIERS))
    empty = made([(10_000,) * 4] * 2, warmup=2)
    with pytest.raises(BadRequest):
        sweep_ma_cross(empty, PAIRS, "sma", Terms(start_ms=START, end_ms=START + HOUR, leverage=1, fees=fixed(0)))
    rich = made(
        [bar(100, 100, 100, 100), bar(99, 99, 99, 99), bar(101, 101, 101, 101), bar(5_000, 6_000, 5_000, 5_000)],
        capital=10**9,
    )
    with pytest.raises(TooLarge):
        sweep_ma_cross(replace(rich, capital=4 * 10**18), np.array([(1, 2)]), "sma", replace(terms(rich), leverage=3))


def test_no_pairs() -> None:
    book = walk(1, bars=100)
    assert sweep_ma_cross(book, np.zeros((0, 2), np.int64), "ema", terms(book)).trades.shape == (0,)
