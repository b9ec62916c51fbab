"""What is the same for every factor tested on one view: labels, prices, tradability, regimes; each is made once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quantgpt.backtest.computed import FactorTestSpec
from quantgpt.backtest.groups import Execution, Tape
from quantgpt.factors.ic import Ranked, rank_rows
from quantgpt.factors.labels import LabelPrices, Labels, forward_returns, label_prices, marginal_returns
from quantgpt.factors.neutralise import log_size
from quantgpt.factors.regimes import Regimes, regimes_of
from quantgpt.foundations.panel import BoolPanel, FloatPanel, MarketView

HORIZONS = (1, 5, 10, 20)


@dataclass(frozen=True)
class Shared:
    """Everything of a test that does not depend on the factor. T sessions × N names of the view."""

    view: MarketView
    holding: int
    execution: Execution

    @classmethod
    def of(cls, view: MarketView, spec: FactorTestSpec) -> Shared:
        """The shared part of tests of that holding period and execution; nothing is computed yet."""
        return cls(view, spec.holding_period, spec.execution)

    def fits(self, view: MarketView, spec: FactorTestSpec) -> bool:
        """A test of this view and spec may use it."""
        return (self.view is view, self.holding, self.execution) == (True, spec.holding_period, spec.execution)

    def make(self) -> None:
        """Compute everything now, for example before the process forks."""
        _ = (self.eligible, self.label, self.marginal, self.tape, self.buyable, self.regimes, self.forwards, self.size)
        _ = self.log_size

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """(D,) sessions whose label can be complete before the end."""
        return np.arange(self.view.first, self.view.days.size - 1 - self.holding, dtype=np.int64)

    @cached_property
    def eligible(self) -> BoolPanel:
        """(T, N): may be held."""
        return self.view.eligible

    @cached_property
    def prices(self) -> LabelPrices:
        """Entry and exit prices."""
        return label_prices(self.view)

    @cached_property
    def labels(self) -> Labels:
        """Forward returns over the holding period."""
        return forward_returns(self.view, self.holding, self.prices)

    @cached_property
    def label(self) -> Ranked:
        """The same, sorted by session."""
        return rank_rows(self.labels.values)

    @cached_property
    def marginal(self) -> Ranked:
        """One-session returns, sorted by session."""
        return rank_rows(marginal_returns(self.view))

    @cached_property
    def forwards(self) -> dict[int, FloatPanel]:
        """Forward returns at several horizons."""
        return {horizon: forward_returns(self.view, horizon, self.prices).values for horizon in HORIZONS}

    @cached_property
    def tape(self) -> Tape:
        """What a simulation reads."""
        return Tape.of(self.view, self.execution)

    @cached_property
    def buyable(self) -> BoolPanel:
        """(T, N): an order at the open of that session can be filled."""
        from quantgpt.trading.kernels import BUYABLE

        return np.asarray((self.tape.states & BUYABLE) != 0, dtype=np.bool_)

    @cached_property
    def regimes(self) -> Regimes:
        """Market regimes."""
        return regimes_of(self.view)

    @cached_property
    def size(self) -> tuple[FloatPanel | None, str | None]:
        """Float market value and the field it is from, where the market knows it."""
        if "cap" not in self.view.fields:
            return None, None
        cap = self.view.fields["cap"]
        return (cap, "cap") if np.isfinite(cap).any() else (None, None)

    @cached_property
    def log_size(self) -> FloatPanel | None:
        """Its logarithm, as residuals take it."""
        size, _ = self.size
        return None if size is None else log_size(size)
