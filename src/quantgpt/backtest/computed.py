"""Everything that one factor test computes, before it is put into tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.backtest.groups import EXECUTIONS, Execution, GroupRun
from quantgpt.factors.anti_overfit import AntiOverfit
from quantgpt.factors.breakdown import Slice
from quantgpt.factors.diagnose import ExpressionFacts
from quantgpt.factors.evidence import Evidence
from quantgpt.factors.grouping import MAX_GROUPS
from quantgpt.factors.ic import ICSummary, Ranked
from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.panel import FloatPanel, MarketView
from quantgpt.metrics.returns import RISK_FREE
from quantgpt.trading.costs import FLAT, CostModel, itemised

F64 = NDArray[np.float64]

MOST_HOLDING = 60
MOST_PERMUTATIONS = 20_000
FLAT_COSTS, ITEMISED_COSTS = "flat", "itemised"


@dataclass(frozen=True, kw_only=True)
class FactorTestSpec:
    """How one factor is tested.

    `direction` +1 or −1 fixes the good end beforehand, None lets the calibration slice decide; `trials` is the effective
    number of factors tried so far on this universe and span, this one included; `facts` are read off the expression for
    the diagnosis.
    """

    n_groups: int = 5
    holding_period: int = 5
    execution: Execution = "next_open"
    costs: Literal["flat", "itemised"] = "flat"
    direction: int | None = None
    neutralize_industry: bool = False
    seed: int = 0
    permutations: int = 999
    trials: float = 1.0
    risk_free: float = RISK_FREE
    facts: ExpressionFacts = field(default_factory=ExpressionFacts)

    def __post_init__(self) -> None:
        _within("n_groups", "分组数", self.n_groups, 2, MAX_GROUPS)
        _within("holding_period", "持有期", self.holding_period, 1, MOST_HOLDING)
        _within("permutations", "置换次数", self.permutations, 0, MOST_PERMUTATIONS)
        if self.seed < 0:
            raise BadRequest(f"随机种子不能为负，收到 {self.seed}", field="seed", nearest=0)
        if self.execution not in EXECUTIONS:
            raise BadRequest(
                f"成交方式必须是 {'、'.join(EXECUTIONS)} 之一，收到 {self.execution!r}",
                field="execution",
                nearest="next_open",
            )
        if self.costs not in (FLAT_COSTS, ITEMISED_COSTS):
            raise BadRequest(f"成本模型必须是 flat 或 itemised，收到 {self.costs!r}", field="costs", nearest=FLAT_COSTS)
        if self.direction not in (None, 1, -1):
            raise BadRequest(f"方向必须是 1、-1 或空，收到 {self.direction!r}", field="direction", nearest=1)

    @property
    def cost_model(self) -> CostModel:
        """The cost model by its name."""
        return FLAT if self.costs == FLAT_COSTS else itemised()


def _within(field: str, zh: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        nearest = min(max(value, low), high)
        raise BadRequest(f"{zh}必须在 {low} 与 {high} 之间，收到 {value}", field=field, nearest=nearest)


@dataclass(frozen=True, kw_only=True)
class Computed:
    """Arrays and summaries of one test. T sessions and N names of the view; D tested sessions."""

    view: MarketView
    spec: FactorTestSpec
    factor: FloatPanel
    ranked: Ranked
    label: Ranked
    n_groups: int
    """groups formed: what was asked for, or fewer where the universe is too narrow"""
    rows: NDArray[np.int64]
    """(D,) sessions whose label can be complete before the end"""
    pearson: F64
    """(D,)"""
    pearson_summary: ICSummary
    evidence: Evidence
    tests: AntiOverfit
    run: GroupRun
    phases: tuple[tuple[int, GroupRun], ...]
    """(phase, run) with phase 0 first; the headline run among them"""
    benchmark: F64
    """returns on `run.days`, NaN where the index has no level"""
    buyable: NDArray[np.bool_]
    """(T, N): an order at the open of that session can be filled"""
    quantiles: dict[int, F64]
    """horizon -> mean forward return by group"""
    autocorrelation: tuple[F64, F64]
    """(D,) rank correlation with the session before, and with the one a holding period before"""
    by_industry: tuple[Slice, ...]
    by_size: tuple[Slice, ...]
    size_field: str | None
    residuals: dict[str, ICSummary]
    """rank IC after neutralising: "industry", "size", "industry_size" where the data exist"""
    delayed_share: float
    """share of labels whose exit had to wait"""

    @property
    def sign(self) -> int:
        """The direction."""
        return self.evidence.direction.sign

    @property
    def top(self) -> int:
        """Number of the directed top group, the strategy."""
        return self.n_groups - 1 if self.sign > 0 else 0

    @property
    def bottom(self) -> int:
        """The other end."""
        return 0 if self.sign > 0 else self.n_groups - 1

    @property
    def labels(self) -> list[str]:
        """G1 … Gn, lowest values first."""
        return [f"G{k + 1}" for k in range(self.n_groups)]

    @property
    def strategy(self) -> F64:
        """Daily net returns of the directed top group on `run.days`."""
        return np.asarray(self.run.returns_net[self.top], dtype=np.float64)

    @cached_property
    def days(self) -> list[str]:
        """Tested sessions as text."""
        return [str(day) for day in self.view.days[self.rows].astype("datetime64[D]")]

    @cached_property
    def run_days(self) -> list[str]:
        """Sessions with a portfolio return as text."""
        return [str(day) for day in self.view.days[self.run.days].astype("datetime64[D]")]

    @property
    def last(self) -> int:
        """Index of the last rebalance that formed groups."""
        return int(np.flatnonzero((self.run.groups >= 0).any(axis=1))[-1])
