"""Metrics of signed jobs: golden vectors, the worked sample, and what is not defined."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from quantgpt.metrics import signed

DAY = 86_400_000


@dataclass(frozen=True)
class Closed:
    pnl: Decimal
    entry_ms: int = 0
    exit_ms: int = 3_600_000


def curve_of(*values: object) -> list[tuple[int, Decimal]]:
    return [(i * DAY, Decimal(str(value))) for i, value in enumerate(values)]


def metrics(curve: list[tuple[int, Decimal]], trades: list[Closed] | None = None) -> dict[str, object]:
    return signed.signed_metrics(curve, trades or [], curve[0][0], curve[-1][0])


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


GOLDEN = curve_of(10000, 10100, 9999, 10250, 10150, 10400)


def test_golden_vector() -> None:
    found = metrics(GOLDEN)
    assert found["sharpe"] == "7.2905"
    assert str(found["sortino"]).startswith("735.93")
    assert found["max_drawdown"] == "-0.010000"
    assert signed.extension_metrics(GOLDEN)["sharpe_365"] == "8.7741"


def test_the_worked_sample_is_recomputed_from_its_curve_and_trades() -> None:
    start, end = ms("2025-03-01T00:00:00"), ms("2025-03-02T23:59:59")
    curve = [(start, Decimal(1000)), (ms("2025-03-02T00:00:00"), Decimal("1009.395")), (end, Decimal("1003.7875"))]
    trades = [
        Closed(Decimal("9.395"), ms("2025-03-01T08:00:00"), ms("2025-03-01T18:00:00")),
        Closed(Decimal("-5.6075"), ms("2025-03-02T02:00:00"), ms("2025-03-02T10:00:00")),
    ]
    expected = {
        "sharpe": "2.8829",
        "sortino": None,
        "calmar": "178.8470",
        "max_drawdown": "-0.005555",
        "win_rate": "0.500000",
        "profit_factor": "1.6754",
        "cagr": "0.993550",
        "expected_value": "1.89375",
        "total_trades": 2,
        "avg_trade_duration_seconds": 32400,
    }
    found = signed.signed_metrics(curve, trades, start, end)
    assert found == expected
    assert list(found) == list(expected)


def test_what_is_not_defined_is_none_and_counts_are_zero() -> None:
    flat = metrics(curve_of(100, 100, 100))
    assert flat == {
        "sharpe": None,
        "sortino": None,
        "calmar": None,
        "max_drawdown": "0.000000",
        "win_rate": "0.000000",
        "profit_factor": None,
        "cagr": "0.000000",
        "expected_value": "0.00",
        "total_trades": 0,
        "avg_trade_duration_seconds": 0,
    }
    assert metrics(curve_of(100, 101))["sharpe"] is None
    assert metrics(curve_of(100, 101, "102.01"))["sharpe"] is None, "equal returns have no deviation"
    assert metrics(curve_of(100, 90, 81, 90))["sortino"] is None, "equal losses have no deviation"
    assert metrics(curve_of(100, 101), [Closed(Decimal(1))])["profit_factor"] is None
    assert metrics(curve_of(100, 99), [Closed(Decimal(-1))])["profit_factor"] == "0.0000"


def test_a_lost_account_ends_at_minus_one() -> None:
    found = metrics(curve_of(100, 50, 0, 0, 0))
    assert found["cagr"] == "-1.000000"
    assert found["max_drawdown"] == "-1.000000"
    assert found["calmar"] == "-1.0000"
    assert found["sharpe"] == signed.printed_ratio(signed.sharpe([Decimal("-0.5"), Decimal(-1)], 252))


def test_a_window_too_short_for_a_year_has_no_growth() -> None:
    for end in (1, 1000, 60_000, 3_600_000):
        found = signed.signed_metrics([(0, Decimal(100)), (end, Decimal(200))], [], 0, end)
        assert found["cagr"] is None
        assert found["calmar"] is None
    assert signed.yearly_growth([(0, Decimal(2)), (1, Decimal(1))], 0, 1) == -1, "2^-31536000000 is nothing"


@pytest.mark.parametrize("seed", range(20))
def test_equal_to_floats_and_fractions(seed: int) -> None:
    rng = random.Random(seed)
    values = [Decimal(100)]
    for _ in range(rng.randint(3, 60)):
        values.append((values[-1] * Decimal(1 + rng.gauss(0.001, 0.03))).quantize(Decimal("1e-8")))
    curve = [(i * DAY, value) for i, value in enumerate(values)]
    exact = [Fraction(b) / Fraction(a) - 1 for a, b in pairwise(values)]
    mean = sum(exact) / len(exact)
    sd = math.sqrt(sum((r - mean) ** 2 for r in exact) / (len(exact) - 1))
    assert float(signed.sharpe(signed.daily_returns(curve), 252) or 0) == pytest.approx(
        float(mean) / sd * math.sqrt(252), rel=1e-12
    )
    low = min(Fraction(v) / max(map(Fraction, values[: i + 1])) - 1 for i, v in enumerate(values))
    assert float(signed.max_drawdown(curve)) == pytest.approx(float(low), abs=1e-15)
    grown = float(values[-1] / values[0]) ** (365 / (len(values) - 1)) - 1
    assert float(signed.yearly_growth(curve, 0, curve[-1][0]) or 0) == pytest.approx(grown, rel=1e-9)


def test_duration_is_rounded_half_even_to_seconds() -> None:
    trades = [Closed(Decimal(0), 0, 1000), Closed(Decimal(0), 0, 2000)]
    assert metrics(curve_of(1, 1), trades)["avg_trade_duration_seconds"] == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1E+10", "10000000000.00"),
        ("0.000000005", "0.00"),
        ("0.000000015", "0.00000002"),
        ("-0.00000001", "-0.00000001"),
        ("-0", "0.00"),
        ("1234.5", "1234.50"),
        ("1.10000000", "1.10"),
    ],
)
def test_amounts(value: str, text: str) -> None:
    assert signed.printed_amount(Decimal(value)) == text


def test_prices_to_tick_and_quantities_to_step() -> None:
    assert signed.printed_to(Decimal("60000"), Decimal("0.01")) == "60000.00"
    assert signed.printed_to(Decimal("1E+3"), Decimal("10")) == "1000"
    assert signed.printed_to(Decimal("3"), Decimal("1")) == "3"
    assert signed.printed_to(Decimal("0.1"), Decimal("1E-7")) == "0.1000000"


def test_numbers_beyond_all_measure_are_still_printed() -> None:
    curve = curve_of("1e10", "0.00000001", "1e10", "9999999999.99999999", "9999999999.99999997")
    found = metrics(curve)
    assert isinstance(found["sortino"], str)
    assert "E" not in str(found)
    near = signed.sortino([Decimal(10) ** 18, Decimal("-1e-38"), Decimal("-2e-38")], 252)
    assert near is not None
    assert len(signed.printed_ratio(near) or "") > 56
