"""The compiled bar simulator against the slow one in Decimal: random jobs of every template, and real bars."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.parity.bar_cases import (
    HOUR,
    PARAMS,
    START,
    TIERS,
    Case,
    Source,
    bars_of,
    fixed,
    instrument,
    plan_of,
    random_case,
    random_rows,
)
from tests.parity.bar_compare import difference, whole_difference

from quantgpt.bars.fees import schedule
from quantgpt.bars.instrument import SCALE
from quantgpt.bars.terms import BookInput, FundingRates, Terms

TEMPLATES = sorted(PARAMS)
SUITE, GATE = 20, 500
YEAR = 8_760


def first_difference(template: str, seeds: range, source: Source | None = None) -> str | None:
    return next((found for seed in seeds if (found := difference(random_case(template, seed, source)))), None)


def test_the_fee_models_are_those_of_the_rules() -> None:
    assert schedule("none", None, "perp") == fixed(0)
    assert schedule("fixed_bps", None, "perp") == fixed(5)
    assert schedule("fixed_bps", Decimal("12.3456"), "spot") == fixed("12.3456")
    assert schedule("match_exchange", None, "perp") == fixed(2, 5)
    assert schedule("match_exchange", None, "spot") == fixed(10)
    assert schedule("tiered_maker_taker", None, "perp") == TIERS


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_fill_of_random_jobs_is_the_same(template: str) -> None:
    assert first_difference(template, range(SUITE)) is None


@pytest.mark.parametrize("template", TEMPLATES)
def test_trades_and_samples_of_random_jobs_are_the_same(template: str) -> None:
    found = (whole_difference(random_case(template, seed)) for seed in range(SUITE, SUITE + 5))
    assert next((each for each in found if each), None) is None


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_fill_at_prices_of_very_many_ticks_is_the_same(template: str) -> None:
    """Some 1.2e11 ticks: a price times a rate is more than 64 bits hold."""
    rows = random_rows(random.Random(3), 3_000, 120_000_000_001, 0.006)
    assert first_difference(template, range(10), Source(rows, "0.0001", "0.0001")) is None


@pytest.mark.gate
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_fill_of_many_random_jobs_is_the_same(template: str) -> None:
    assert first_difference(template, range(1_000, 1_000 + GATE)) is None


@pytest.mark.gate
@pytest.mark.realdata
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_fill_over_pieces_of_real_bars_is_the_same(template: str, real_data: Path) -> None:
    rows, _ = hours(real_data, "crypto_BTCUSDT_perp_1h.parquet", "0.1")
    assert first_difference(template, range(100), Source(rows, "0.1", "0.001")) is None


def hours(folder: Path, name: str, tick: str) -> tuple[list[tuple[int, int, int, int]], list[int]]:
    """Rows in ticks and open times of the bars from START on."""
    table = pl.read_parquet(folder / name).sort("open_time")
    times = table["open_time"].dt.timestamp("ms")
    kept = (times >= START).to_numpy()
    grain = float(tick)
    columns = [(table[c].to_numpy()[kept] / grain).round().astype(np.int64) for c in ("open", "high", "low", "close")]
    return [tuple(row) for row in np.stack(columns, axis=1).tolist()], times.to_numpy()[kept].tolist()


WIDE = {
    "grid_levels": 40, "lower_price": "74000", "upper_price": "126000", "spacing": "geometric", "mode": "neutral",
    "rebalance_threshold": "0.02",
}  # fmt: skip
NARROW = {
    "grid_levels": 25, "lower_price": "91000", "upper_price": "97000", "mode": "long", "rebalance_threshold": "0.01",
    "stop_loss_price": "70000",
}  # fmt: skip
"""laid anew dozens of times in 2025"""


def real_grid(folder: Path, count: int, params: dict[str, Any]) -> Case:
    """A grid over the first `count` hours of 2025, with leverage and the funding that was paid."""
    rows, times = hours(folder, "crypto_BTCUSDT_perp_1h.parquet", "0.1")
    paid = pl.read_parquet(folder / "crypto_BTCUSDT_funding.parquet").sort("time")
    at = paid["time"].dt.timestamp("ms").to_numpy()
    rate = (paid["funding_rate"].to_numpy() * SCALE).round().astype(np.int64)
    bars = bars_of(rows[:count], times[:count], HOUR)
    book = BookInput(
        instrument=instrument(tick="0.1", step="0.001", min_notional="100"), capital=100_000 * SCALE, main=bars,
        walked=bars, ends_main=np.arange(count), funding=FundingRates(at=at[at >= START], rate=rate[at >= START]),
    )  # fmt: skip
    plan, values = plan_of("tpl_grid", params)
    terms = Terms(start_ms=START, end_ms=times[count - 1] + HOUR - 1000, leverage=3, fees=fixed(2, 5), slippage=10_000)
    return Case(f"{count} real hours", "tpl_grid", values, plan, terms, (book,))


@pytest.mark.realdata
def test_a_grid_over_real_weeks_is_the_same(real_data: Path) -> None:
    assert whole_difference(real_grid(real_data, 600, WIDE)) is None


@pytest.mark.gate
@pytest.mark.realdata
@pytest.mark.timeout(600)
@pytest.mark.parametrize("params", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_grid_over_a_real_year_of_hours_is_the_same(real_data: Path, params: dict[str, Any]) -> None:
    case = real_grid(real_data, YEAR, params)
    assert difference(case) is None
    assert whole_difference(case) is None
