"""The tables that the contract works out: grid economics, and liquidation of one coin at 60,000."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.bars._hand import HOUR, book, instrument, money, plan, run, terms, told

from quantgpt.bars.simulate import simulate


def test_the_worked_grid() -> None:
    """Lines 90, 100, 110, capital 200, no fees: q = 200 / 190 → 1.05; pnl 5.25, 10.50 and 15.75."""
    bars = [(9_500, 10_100, 9_400, 9_900), (9_900, 9_900, 8_900, 9_200), (9_200, 11_200, 9_200, 11_200)]
    of = book(bars, "200", of=instrument(tick="0.01"))
    whole = simulate([of], plan("90", "110", 3), terms(3), lambda share: None)
    assert told(whole.books[0]) == [
        (0, 0, 0, "buy", 9_500, "MARKET"),
        (0, 0, 1, "buy", 9_500, "MARKET"),
        (0, 2, 0, "sell", 10_000, "LIMIT"),
        (1, 2, 2, "buy", 9_000, "LIMIT"),
        (2, 2, 2, "sell", 10_000, "LIMIT"),
        (2, 2, 1, "sell", 11_000, "LIMIT"),
    ]
    assert whole.books[0].grids[0].quantity == 105
    assert {(trade.entry_price, trade.exit_price, trade.quantity, trade.pnl) for trade in whole.trades} == {
        (Decimal("95"), Decimal("100"), Decimal("1.05"), Decimal("5.25")),
        (Decimal("90"), Decimal("100"), Decimal("1.05"), Decimal("10.50")),
        (Decimal("95"), Decimal("110"), Decimal("1.05"), Decimal("15.75")),
    }
    assert whole.curve == ((0, Decimal(200)), (3 * HOUR - 1_000, Decimal("231.50")))


@pytest.mark.parametrize(
    ("mode", "extreme", "reached", "left"),
    [
        ("long", 5_421_688, None, "6000"),
        ("long", 5_421_687, 5_421_687, "0"),
        ("short", 6_573_704, None, "6000"),
        ("short", 6_573_705, 6_573_705, "0"),
    ],
)
def test_liquidation_of_one_coin(mode: str, extreme: int, reached: int | None, left: str) -> None:
    """1 BTC at 60,000 with 10x and 0.4 %: 54,216.87 long, 65,737.05 short; one tick less and nothing happens.

    Long: W + G = 6000 − 5783.13 = 216.87; the fee of 0.5 % would be 271.08 and takes all of it.
    """
    start = 6_000_000
    bars = [(start, max(start, extreme), min(start, extreme), start)]
    of = book(bars, "6000", of=instrument(tick="0.01", step="0.000001"))
    result = run(of, plan("40000", "80000", 2, mode=mode), terms(1, leverage=10))
    assert result.grids[0].quantity == 1_000_000
    assert [fill[4] for fill in told(result) if fill[5] == "LIQUIDATION"] == ([] if reached is None else [reached])
    assert money(result.wallet) == left
    assert result.liquidated == (reached is not None)
