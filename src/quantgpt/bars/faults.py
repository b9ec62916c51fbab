"""How a simulation that began can end without a result. `code` is what the job carries."""

from __future__ import annotations

from quantgpt.bars.instrument import Instrument
from quantgpt.foundations.errors import Kind, QuantError


class SimulationFault(QuantError):
    """A run that cannot be carried out with these parameters on these bars."""

    kind = Kind.INVALID
    code = "TEMPLATE_ERROR"


class InsufficientCapital(SimulationFault):
    """The capital does not carry one order that the venue would take."""

    code = "INSUFFICIENT_CAPITAL"


class TooLarge(SimulationFault):
    """An amount beyond what is booked (40,000,000,000 quote), or more fills than are kept."""

    code = "TEMPLATE_ERROR"


def nothing_large_enough(instrument: Instrument, dropped: int) -> InsufficientCapital:
    """For a run of signals or of a ladder without any fill, of whose orders some were too small."""
    least, step = f"{instrument.min_notional} {instrument.quote}", f"{instrument.step} {instrument.base}"
    fewest = f"{instrument.min_steps * instrument.step} {instrument.base}"
    return InsufficientCapital(
        f"{instrument.symbol}：没有任何成交，{dropped} 笔订单按步长 {step} 取整后不足最小下单金额 {least} 或数量 {fewest}。",
        en=f"{instrument.symbol}: nothing was filled; {dropped} orders, rounded down to steps of {step}, were below the minimum of {least} or {fewest}.",
        hint="Use more capital, more leverage, or a larger amount or share for each order.",
    )


def too_large_amount(symbol: str) -> TooLarge:
    """For a book whose wallet or position outgrew what is booked."""
    return TooLarge(
        f"{symbol}：账户或持仓金额超过 400 亿，无法精确记账。",
        en=f"{symbol}: an amount of this book exceeds 40,000,000,000 quote and cannot be booked exactly.",
        hint="Use less capital, less leverage, or a shorter range.",
    )


def too_many_fills(symbol: str, most: int) -> TooLarge:
    """For a run with more fills than are kept."""
    return TooLarge(
        f"{symbol}：成交笔数超过 {most:,}。",
        en=f"{symbol}: more than {most:,} fills.",
        hint="Use fewer levels, a wider spacing, or a shorter range.",
    )
