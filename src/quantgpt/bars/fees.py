"""Fee schedules: the four models, their rates in 1e-8. The tier table is kept here and nowhere else."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from quantgpt.bars.instrument import SCALE, Venue
from quantgpt.bars.terms import FeeSchedule
from quantgpt.foundations.errors import BadRequest

FeeModel = Literal["none", "fixed_bps", "tiered_maker_taker", "match_exchange"]
FEE_MODELS: tuple[FeeModel, ...] = ("none", "fixed_bps", "tiered_maker_taker", "match_exchange")

BPS = SCALE // 10_000
"""One basis point in 1e-8."""
HIGHEST_BPS = 1_000
DEFAULT_FEE_BPS = Decimal(5)

TIERS: tuple[tuple[int, Decimal, Decimal], ...] = (
    (0, Decimal("2.0"), Decimal("5.0")),
    (1_000_000, Decimal("1.8"), Decimal("4.5")),
    (10_000_000, Decimal("1.5"), Decimal("4.0")),
    (50_000_000, Decimal("1.2"), Decimal("3.5")),
    (200_000_000, Decimal("1.0"), Decimal("3.0")),
)
"""Notional of the last 30 days in quote from which a tier applies, and its maker and taker rate in basis points."""

VENUE_BPS: dict[Venue, tuple[Decimal, Decimal]] = {
    "perp": (Decimal(2), Decimal(5)),
    "spot": (Decimal(10), Decimal(10)),
}
"""Maker and taker rate of a venue's base tier in basis points."""


def rate_of(bps: Decimal, field: str = "fee_bps") -> int:
    """Basis points as a rate in 1e-8.  Raises: BadRequest outside 0…1000, not finite, or with more than 4 decimals."""
    if not bps.is_finite() or not 0 <= bps <= HIGHEST_BPS:
        raise BadRequest(
            f"{field} 必须在 0 到 {HIGHEST_BPS} 之间",
            en=f"{field} must lie between 0 and {HIGHEST_BPS}",
            field=field,
            nearest="0" if not bps.is_finite() or bps < 0 else str(HIGHEST_BPS),
        )
    exact = bps * BPS
    if exact != exact.to_integral_value():
        raise BadRequest(f"{field} 最多 4 位小数", en=f"{field} has at most 4 decimals", field=field)
    return int(exact)


def _flat(maker: Decimal, taker: Decimal) -> FeeSchedule:
    return FeeSchedule(from_notional=(0,), maker=(rate_of(maker),), taker=(rate_of(taker),))


def schedule(fee_model: str, fee_bps: Decimal | None, venue: Venue) -> FeeSchedule:
    """The rates of a fee model. fee_bps is heeded by `fixed_bps` only, 5 where it is None.

    Raises: BadRequest for an unknown model or a rate that cannot be.
    """
    if fee_model == "none":
        return _flat(Decimal(0), Decimal(0))
    if fee_model == "fixed_bps":
        bps = DEFAULT_FEE_BPS if fee_bps is None else fee_bps
        return _flat(bps, bps)
    if fee_model == "match_exchange":
        return _flat(*VENUE_BPS[venue])
    if fee_model == "tiered_maker_taker":
        return FeeSchedule(
            from_notional=tuple(whole * SCALE for whole, _, _ in TIERS),
            maker=tuple(rate_of(maker) for _, maker, _ in TIERS),
            taker=tuple(rate_of(taker) for _, _, taker in TIERS),
        )
    raise BadRequest(
        f"fee_model 必须是 {'、'.join(FEE_MODELS)} 之一",
        en=f"fee_model must be one of {', '.join(FEE_MODELS)}",
        field="fee_model",
    )
