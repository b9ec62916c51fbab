"""One market view for a batch of factors, with as much history before the span as the longest of them looks back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quantgpt.expr import Expression
    from quantgpt.market.market import Market
    from quantgpt.research.evaluation import SharedPanel


def open_panel(
    market: Market, universe: str, start: str, end: str, benchmark: str | None, expressions: Sequence[Expression]
) -> SharedPanel:
    """The panel on which those expressions are tested together.

    Where the store does not reach back far enough for one of them, `panel.holds` says so and the factor must be tested
    on a view of its own, which carries the notice of the missing sessions.

    Raises: UnknownUniverse, BadRequest, NoData.
    """
    from quantgpt.factors.regimes import HISTORY
    from quantgpt.research.evaluation import SharedPanel

    history = max([HISTORY, *(expression.warmup for expression in expressions)])
    return SharedPanel(market.view(universe, start, end, benchmark=benchmark, history=history))
