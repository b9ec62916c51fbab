"""The performance figures of a run, computed once and shown the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from quantgpt.metrics import returns as formulas
from quantgpt.metrics.drawdown import max_drawdown
from quantgpt.metrics.returns import PERIODS, RISK_FREE, Returns


@dataclass(frozen=True, kw_only=True)
class Performance:
    """Figures of one series of daily returns; NaN where a figure is not defined for it."""

    total_return: float
    cagr: float
    sharpe: float
    sortino: float
    max_drawdown: float
    volatility: float
    win_rate: float
    profit_factor: float
    n: int
    """days with a return"""


def performance(returns: Returns, risk_free: float = RISK_FREE, periods: int = PERIODS) -> Performance:
    """All figures of one series; missing days are dropped first.

    Shape: (n,) daily returns as fractions. `risk_free` is per year, `periods` the trading days of a year.
    """
    r = formulas.clean(returns)
    return Performance(
        total_return=formulas.total_return(r),
        cagr=formulas.cagr(r, periods),
        sharpe=formulas.sharpe(r, risk_free, periods),
        sortino=formulas.sortino(r, risk_free, periods),
        max_drawdown=max_drawdown(r),
        volatility=formulas.volatility(r, periods),
        win_rate=formulas.win_rate(r),
        profit_factor=formulas.profit_factor(r),
        n=int(r.size),
    )
