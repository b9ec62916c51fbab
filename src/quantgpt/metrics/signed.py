"""Metrics of a signed backtest job, in exact decimals and in the form in which they are printed.

Daily returns are those of the equity curve: r_t = E_t / E_(t−1) − 1 of neighbouring samples. A sample of 0 has no return
after it. All arithmetic is in `Decimal` with 50 digits, so a result never depends on the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, Overflow, localcontext
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

Curve = Sequence[tuple[int, Decimal]]
"""(instant in milliseconds since 1970 UTC, equity in quote currency), ascending"""

YEAR_MS = 365 * 86_400_000
TRADING_DAYS, CALENDAR_DAYS = 252, 365
LARGEST_GROWTH = Decimal("1e15")
"""A year's growth beyond this comes of a window too short to be made into a year: `cagr` is not defined."""
_EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN, Emax=999_999, Emin=-999_999)
_PRINTED = Context(prec=200, rounding=ROUND_HALF_EVEN, Emax=999_999, Emin=-999_999)
_MONEY, _RATIO, _FRACTION = Decimal("1e-8"), Decimal("1e-4"), Decimal("1e-6")
_ONE = Decimal(1)


class ClosedTrade(Protocol):
    """What the metrics need to know of a trade: its net profit in quote currency, and its times in milliseconds."""

    @property
    def pnl(self) -> Decimal: ...
    @property
    def entry_ms(self) -> int: ...
    @property
    def exit_ms(self) -> int: ...


def printed_amount(value: Decimal) -> str:
    """Money with 2 to 8 decimals, zeros trimmed down to 2.

    >>> printed_amount(Decimal("9.39500000")), printed_amount(Decimal(1000)), printed_amount(Decimal("-1E-9"))
    ('9.395', '1000.00', '0.00')
    """
    text = _fixed(value, _MONEY)
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def printed_ratio(value: Decimal | None) -> str | None:
    """A ratio with 4 decimals; None stays None.

    >>> printed_ratio(Decimal("2.88285"))
    '2.8828'
    """
    return None if value is None else _fixed(value, _RATIO)


def printed_fraction(value: Decimal | None) -> str | None:
    """A fraction with 6 decimals; None stays None.

    >>> printed_fraction(Decimal("-0.00000001"))
    '0.000000'
    """
    return None if value is None else _fixed(value, _FRACTION)


def printed_to(value: Decimal, smallest: Decimal) -> str:
    """A price or a quantity with as many decimals as its tick or step has.

    >>> printed_to(Decimal(60000), Decimal("0.10")), printed_to(Decimal("0.01"), Decimal("0.000001"))
    ('60000.0', '0.010000')
    """
    return _fixed(value, _quantum(smallest))


@lru_cache(maxsize=64)
def _quantum(smallest: Decimal) -> Decimal:
    """The last decimal that a tick or step needs; 1 where it needs none."""
    exponent = smallest.normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return _ONE.scaleb(-decimals)


def _fixed(value: Decimal, smallest: Decimal) -> str:
    """Half even at the last decimal, never in scientific notation, never −0."""
    rounded = value.quantize(smallest, rounding=ROUND_HALF_EVEN, context=_PRINTED)
    return f"{rounded if rounded else abs(rounded):f}"


def signed_metrics(curve: Curve, trades: Iterable[ClosedTrade], start_ms: int, end_ms: int) -> dict[str, Any]:
    """The ten metrics as they are printed: decimal strings, None where a metric is not defined, two whole numbers.

    `curve` begins with the capital. `trades` are the closed ones, their pnl after fees and funding.
    """
    with localcontext(_EXACT):
        returns = daily_returns(curve)
        growth = yearly_growth(curve, start_ms, end_ms)
        deepest = max_drawdown(curve)
        calmar = growth / -deepest if growth is not None and deepest else None
        return {
            "sharpe": printed_ratio(sharpe(returns, TRADING_DAYS)),
            "sortino": printed_ratio(sortino(returns, TRADING_DAYS)),
            "calmar": printed_ratio(calmar),
            "max_drawdown": printed_fraction(deepest),
            **_of_trades(list(trades), printed_fraction(growth)),
        }


def extension_metrics(curve: Curve) -> dict[str, str | None]:
    """The two ratios again with √365, for markets that trade on every day of the year."""
    with localcontext(_EXACT):
        returns = daily_returns(curve)
        return {
            "sharpe_365": printed_ratio(sharpe(returns, CALENDAR_DAYS)),
            "sortino_365": printed_ratio(sortino(returns, CALENDAR_DAYS)),
        }


def _of_trades(trades: list[ClosedTrade], growth: str | None) -> dict[str, Any]:
    """What is counted over trades, with `cagr` in its documented place."""
    count = len(trades)
    gains = sum((trade.pnl for trade in trades if trade.pnl > 0), Decimal(0))
    losses = -sum((trade.pnl for trade in trades if trade.pnl < 0), Decimal(0))
    held = sum(trade.exit_ms - trade.entry_ms for trade in trades)
    wins = sum(trade.pnl > 0 for trade in trades)
    return {
        "win_rate": printed_fraction(Decimal(wins) / count if count else Decimal(0)),
        "profit_factor": printed_ratio(gains / losses if losses else None),
        "cagr": growth,
        "expected_value": printed_amount((gains - losses) / count if count else Decimal(0)),
        "total_trades": count,
        "avg_trade_duration_seconds": round(Decimal(held) / (1000 * count)) if count else 0,
    }


def daily_returns(curve: Curve) -> list[Decimal]:
    """Returns between neighbouring samples; those after a sample that is not above 0 are left out.

    >>> [str(r) for r in daily_returns([(0, Decimal(4)), (1, Decimal(5)), (2, Decimal(0)), (3, Decimal(0))])]
    ['0.25', '-1']
    """
    values = [value for _, value in curve]
    return [after / before - 1 for before, after in pairwise(values) if before > 0]


def sharpe(returns: Sequence[Decimal], periods: int) -> Decimal | None:
    """Mean over standard deviation (n − 1), × √periods; None of fewer than two returns or when all are equal."""
    return _over(returns, returns, periods)


def sortino(returns: Sequence[Decimal], periods: int) -> Decimal | None:
    """Mean of all over the standard deviation (n − 1) of the negative returns about their own mean, × √periods.

    None with fewer than two negative returns, or when they are all equal. It is large when losses are alike.
    """
    return _over(returns, [r for r in returns if r < 0], periods)


def _over(returns: Sequence[Decimal], spread: Sequence[Decimal], periods: int) -> Decimal | None:
    """mean(returns) / sd(spread) · √periods, None where the deviation is not defined or 0."""
    if len(spread) < 2 or max(spread) == min(spread):
        return None
    centre = sum(spread, Decimal(0)) / len(spread)
    variance = sum(((r - centre) ** 2 for r in spread), Decimal(0)) / (len(spread) - 1)
    mean = sum(returns, Decimal(0)) / len(returns)
    return mean * (periods / variance).sqrt()


def max_drawdown(curve: Curve) -> Decimal:
    """The deepest fall from the highest sample so far, as a fraction in [−1, 0].

    >>> str(max_drawdown([(0, Decimal(10)), (1, Decimal(8)), (2, Decimal(9))]))
    '-0.2'
    """
    deepest, peak = Decimal(0), Decimal(0)
    for _, value in curve:
        peak = max(peak, value)
        if peak > 0:
            deepest = min(deepest, value / peak - 1)
    return deepest


def yearly_growth(curve: Curve, start_ms: int, end_ms: int) -> Decimal | None:
    """(E_end / E_start)^(365 days / span) − 1; −1 where nothing is left; None where a year of it is out of all bounds.

    Without a span, or of an empty curve, it is None.
    """
    if not curve or end_ms <= start_ms or curve[0][1] <= 0:
        return None
    factor = curve[-1][1] / curve[0][1]
    if factor <= 0:
        return Decimal(-1)
    try:
        grown = factor ** (Decimal(YEAR_MS) / (end_ms - start_ms))
    except Overflow:
        return None
    return grown - 1 if grown <= LARGEST_GROWTH else None
