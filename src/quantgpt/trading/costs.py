"""What a trade costs: one flat figure, or commission, stamp duty and transfer fee as they were on that day.

Sources: stamp duty on sales .1 % to 2023-08-27, .05 % from 2023-08-28 (Ministry of Finance and State Taxation
Administration, announcement 39 of 2023); transfer fee .002 % to 2022-04-28, .001 % from 2022-04-29, both sides
(China Securities Depository and Clearing, notice of April 2022); commission .025 % both sides with a minimum of 5 yuan
an order (usual retail tariff; the legal ceiling is .3 %); flat .003 a round trip (the workbench's default).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.panel import Days

Side = Literal["buy", "sell"]

STAMP_DUTY_CUT = date(2023, 8, 28)
TRANSFER_FEE_CUT = date(2022, 4, 29)
FLAT_RATE = 0.003
COMMISSION_RATE = 0.00025
MIN_COMMISSION_YUAN = 5.0
CAPITAL_YUAN = 10_000_000.0


def stamp_duty_rate(day: date, side: Side) -> Decimal:
    """Stamp duty on that day: charged on sales only."""
    if side == "buy":
        return Decimal(0)
    return Decimal("0.0005") if day >= STAMP_DUTY_CUT else Decimal("0.001")


def transfer_fee_rate(day: date) -> Decimal:
    """Transfer fee on that day, the same on both sides."""
    return Decimal("0.00001") if day >= TRANSFER_FEE_CUT else Decimal("0.00002")


class Bill(NamedTuple):
    """What one order costs, in yuan rounded to the cent."""

    commission: Decimal
    stamp_duty: Decimal
    transfer_fee: Decimal

    @property
    def total(self) -> Decimal:
        """Sum of the items."""
        return self.commission + self.stamp_duty + self.transfer_fee


class SideRates(NamedTuple):
    """Rates per yuan traded on each session, without the commission."""

    buy: NDArray[np.float64]
    sell: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class CostModel:
    """How trades are charged.

    `flat_rate` is the round trip per unit of one-way turnover ½Σ|Δw|; each side bears half, so the initial build, which
    only buys, is charged half. The itemised model charges commission (with its minimum), stamp duty and transfer fee; as
    a simulation holds weights, `capital_yuan` at its start says how large an order is against the minimum.
    """

    name: Literal["flat", "itemised"] = "flat"
    flat_rate: float = FLAT_RATE
    commission_rate: float = 0.0
    min_commission_yuan: float = 0.0
    capital_yuan: float = CAPITAL_YUAN

    def __post_init__(self) -> None:
        numbers = (self.flat_rate, self.commission_rate, self.min_commission_yuan)
        if not all(np.isfinite(x) and x >= 0 for x in numbers) or max(self.flat_rate, self.commission_rate) >= 1:
            raise BadRequest("费率必须是 0 与 1 之间的小数，最低佣金不能为负", field="costs")
        if not (np.isfinite(self.capital_yuan) and self.capital_yuan > 0):
            raise BadRequest(
                f"初始资金必须为正数，收到 {self.capital_yuan}", field="capital_yuan", nearest=CAPITAL_YUAN
            )

    def rates(self, days: Days) -> SideRates:
        """Proportional charges of each session per yuan bought and per yuan sold, without the commission.

        Shape: (T,) each.
        """
        if self.name == "flat":
            half = np.full(days.size, self.flat_rate / 2.0)
            return SideRates(half, half)
        dates: list[date] = days.astype("datetime64[D]").tolist()
        return SideRates(
            np.array([float(transfer_fee_rate(day)) for day in dates]),
            np.array([float(transfer_fee_rate(day) + stamp_duty_rate(day, "sell")) for day in dates]),
        )

    def bill(self, side: Side, value_yuan: Decimal, day: date) -> Bill:
        """Charges of one real order, each item rounded to the cent; the flat model books its half as commission.

        >>> itemised().bill("sell", Decimal(10000), date(2023, 8, 28))
        Bill(commission=Decimal('5.00'), stamp_duty=Decimal('5.00'), transfer_fee=Decimal('0.10'))
        """
        if self.name == "flat":
            return Bill(_cents(value_yuan * Decimal(str(self.flat_rate)) / 2), Decimal("0.00"), Decimal("0.00"))
        commission = max(value_yuan * Decimal(str(self.commission_rate)), Decimal(str(self.min_commission_yuan)))
        return Bill(
            _cents(commission),
            _cents(value_yuan * stamp_duty_rate(day, side)),
            _cents(value_yuan * transfer_fee_rate(day)),
        )


def _cents(yuan: Decimal) -> Decimal:
    return yuan.quantize(Decimal("0.01"), ROUND_HALF_UP)


FLAT = CostModel()


def itemised(
    commission_rate: float = COMMISSION_RATE,
    min_commission_yuan: float = MIN_COMMISSION_YUAN,
    capital_yuan: float = CAPITAL_YUAN,
) -> CostModel:
    """Commission, stamp duty and transfer fee by date."""
    return CostModel(
        name="itemised",
        flat_rate=0.0,
        commission_rate=commission_rate,
        min_commission_yuan=min_commission_yuan,
        capital_yuan=capital_yuan,
    )
