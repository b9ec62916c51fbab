"""Markets and views for tests: the market as it was, the view with as much history as a batch of factors looks back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quantgpt.foundations.errors import NotFound

if TYPE_CHECKING:
    from quantgpt.expr import Expression
    from quantgpt.market.market import Market
    from quantgpt.research.evaluation import SharedPanel
    from quantgpt.services._base import App


def open_market(app: App, name: str | None, snapshot: str | None) -> Market:
    """The market as it was at that snapshot; as it is now, where the snapshot is gone or none is named.

    Raises: NotFound where there is no such market.
    """
    try:
        return app.markets.open(name, snapshot)
    except NotFound:
        return app.markets.open(name)


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
