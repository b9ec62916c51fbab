"""Charges on each side of every date on which a rate changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from quantgpt.foundations.errors import BadRequest
from quantgpt.trading.costs import FLAT, CostModel, itemised

# side, day, value in yuan -> commission, stamp duty, transfer fee
BILLS = [
    ("buy", date(2022, 4, 28), 100_000, "25.00", "0.00", "2.00"),
    ("buy", date(2022, 4, 29), 100_000, "25.00", "0.00", "1.00"),
    ("sell", date(2022, 4, 28), 100_000, "25.00", "100.00", "2.00"),
    ("sell", date(2022, 4, 29), 100_000, "25.00", "100.00", "1.00"),
    ("sell", date(2023, 8, 27), 100_000, "25.00", "100.00", "1.00"),
    ("sell", date(2023, 8, 28), 100_000, "25.00", "50.00", "1.00"),
    ("buy", date(2023, 8, 28), 100_000, "25.00", "0.00", "1.00"),
    # the minimum of 5 yuan holds up to 20,000 yuan
    ("buy", date(2024, 1, 2), 20_000, "5.00", "0.00", "0.20"),
    ("buy", date(2024, 1, 2), 20_040, "5.01", "0.00", "0.20"),
    ("sell", date(2024, 1, 2), 1_000, "5.00", "0.50", "0.01"),
]


@pytest.mark.parametrize(("side", "day", "value", "commission", "stamp", "transfer"), BILLS)
def test_bills_by_date(side: str, day: date, value: int, commission: str, stamp: str, transfer: str) -> None:
    bill = itemised().bill(side, Decimal(value), day)  # type: ignore[arg-type]
    assert bill == (Decimal(commission), Decimal(stamp), Decimal(transfer))
    assert bill.total == Decimal(commission) + Decimal(stamp) + Decimal(transfer)


def test_rates_of_a_span_change_on_their_days() -> None:
    days = np.array(["2022-04-28", "2022-04-29", "2023-08-25", "2023-08-28"], dtype="datetime64[D]")
    rates = itemised().rates(days)
    np.testing.assert_allclose(rates.buy, [2e-5, 1e-5, 1e-5, 1e-5], rtol=1e-12)
    np.testing.assert_allclose(rates.sell, [1.02e-3, 1.01e-3, 1.01e-3, 5.1e-4], rtol=1e-12)


def test_each_side_of_a_flat_round_trip_bears_half() -> None:
    rates = FLAT.rates(np.array(["2024-01-02"], dtype="datetime64[D]"))
    assert rates.buy.tolist() == rates.sell.tolist() == [0.0015]
    assert FLAT.bill("buy", Decimal(10_000), date(2024, 1, 2)).total == Decimal("15.00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"flat_rate": -0.1}, {"flat_rate": float("nan")}, {"flat_rate": 3.0}, {"commission_rate": 1.0},
        {"min_commission_yuan": -1.0}, {"capital_yuan": 0.0}, {"capital_yuan": float("inf")},
    ],
)  # fmt: skip
def test_impossible_costs_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadRequest):
        CostModel(**wrong)  # type: ignore[arg-type]
