"""Fee schedules by model and venue."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quantgpt.bars.fees import rate_of, schedule
from quantgpt.foundations.errors import BadRequest


def test_flat_models() -> None:
    assert schedule("none", Decimal(7), "perp").taker == (0,)
    assert schedule("fixed_bps", None, "perp").maker == (50_000,)
    assert schedule("fixed_bps", Decimal("2.5"), "spot").taker == (25_000,)
    assert schedule("fixed_bps", Decimal("0.0001"), "spot").taker == (1,)


def test_venues() -> None:
    perp, spot = schedule("match_exchange", None, "perp"), schedule("match_exchange", None, "spot")
    assert (perp.maker, perp.taker) == ((20_000,), (50_000,))
    assert (spot.maker, spot.taker) == ((100_000,), (100_000,))


def test_tiers() -> None:
    tiers = schedule("tiered_maker_taker", Decimal(1), "spot")
    assert tiers.maker == (20_000, 18_000, 15_000, 12_000, 10_000)
    assert tiers.taker == (50_000, 45_000, 40_000, 35_000, 30_000)
    assert [bound // 10**8 for bound in tiers.from_notional] == [0, 10**6, 10**7, 5 * 10**7, 2 * 10**8]


@pytest.mark.parametrize("bad", ["-1", "1000.1", "NaN", "Infinity", "0.00001"])
def test_rates_that_cannot_be(bad: str) -> None:
    with pytest.raises(BadRequest) as caught:
        rate_of(Decimal(bad))
    assert caught.value.field == "fee_bps"


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(BadRequest) as caught:
        schedule("free", None, "perp")
    assert caught.value.field == "fee_model"
