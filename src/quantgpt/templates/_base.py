"""What a template is: its parameters, its checks, and the plan that comes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import NotFound
from quantgpt.foundations.registry import Registry
from quantgpt.templates._params import Fault, Param, read_params, schema_of

Ticks = NDArray[np.int64]
Flags = NDArray[np.bool_]
Side = Literal["long", "short", "both"]

MIN_CAPITAL = Decimal("100")
"""Least capital of a template, in quote currency."""


@dataclass(frozen=True, kw_only=True)
class MainBars:
    """Bars of the job's timeframe, warm-up first. All arrays have the shape (T,); prices in ticks."""

    open_time: NDArray[np.int64]
    """milliseconds since 1970, UTC"""
    open: Ticks
    high: Ticks
    low: Ticks
    close: Ticks


@dataclass(frozen=True, kw_only=True)
class Signals:
    """What a template wants at the close of each main bar. Shape of each: (T,), as the bars it was given.

    `stop_distance` is the distance of the stop from the entry price in ticks, 0 for none, for an entry decided there.
    """

    enter_long: Flags
    exit_long: Flags
    enter_short: Flags
    exit_short: Flags
    stop_distance: Ticks | None = None


@dataclass(frozen=True, kw_only=True)
class GridPlan:
    """A lattice of limit orders between two prices."""

    levels: int
    """price lines, both bounds included"""
    lower: Decimal
    upper: Decimal
    spacing: Literal["arithmetic", "geometric"] = "arithmetic"
    mode: Literal["long", "neutral", "short"] = "long"
    rebalance_threshold: Decimal | None = None
    stop_loss_price: Decimal | None = None
    take_profit_price: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class SignalPlan:
    """One position at a time, entered and left by signals."""

    signals: Callable[[MainBars], Signals]
    warmup: int
    """bars that the signals need before the first one of the run"""
    position_share: Decimal = Decimal(1)
    stop_loss: Decimal | None = None
    """fraction of the entry price"""


@dataclass(frozen=True, kw_only=True)
class LadderPlan:
    """Buys by the clock, safety buys below, one take-profit and one stop for all of them."""

    interval_ms: int
    amount: Decimal
    """notional of one buy, in quote currency"""
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    max_orders: int | None = None
    safety_step: Decimal | None = None
    safety_step_scale: Decimal = Decimal(1)
    safety_volume_scale: Decimal = Decimal(1)


Plan = GridPlan | SignalPlan | LadderPlan


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a template's checks may know of the job: everything but the bars."""

    timeframe_ms: int
    symbols: tuple[str, ...]
    capital: Decimal
    """of one symbol's book"""
    leverage: int
    maker_rate: Decimal
    """fraction of notional"""
    ticks: Mapping[str, Decimal] = field(default_factory=dict)
    """tick of each symbol"""
    min_notionals: Mapping[str, Decimal] = field(default_factory=dict)
    step_worths: Mapping[str, Decimal] = field(default_factory=dict)
    """of one step of each symbol at the highest price that its venue takes, in quote currency"""

    def safe_notional(self, symbol: str) -> Decimal:
        """What an order is worth at least that stays at or above the minimum notional when its quantity is rounded down to a step.

        That of twice the minimum does wherever a step is not worth more than that; a step never is worth more than at the highest price.
        """
        least = self.min_notionals[symbol]
        return min(2 * least, least + self.step_worths.get(symbol, least))


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Parameters that passed. `echo` is what was given, decimals as strings; `values` also holds the defaults."""

    echo: Mapping[str, Any]
    values: Mapping[str, Any]
    warnings: tuple[tuple[str, str], ...] = ()
    """sentences for people, Chinese and English"""


@dataclass(frozen=True, kw_only=True)
class Template:
    """One strategy of the catalogue.

    check: `(values, context) -> faults` of parameters that are each fine alone; may be empty.
    warn:  `(values, context) -> warnings` in Chinese and English.
    plan:  `(values) -> Plan`.
    """

    id: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    params: tuple[Param, ...]
    plan: Callable[[Mapping[str, Any]], Plan]
    check: Callable[[Mapping[str, Any], Context], list[Fault]] = lambda values, context: []
    warn: Callable[[Mapping[str, Any], Context], list[tuple[str, str]]] = lambda values, context: []
    supports_multi_symbol: bool = True
    min_capital: Decimal = MIN_CAPITAL
    aliases: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of `params`."""
        return schema_of(self.params)

    def read(self, raw: object, context: Context) -> Checked:
        """Check the parameters of a job.  Raises: BadParams naming every one that is wrong."""
        echo, values = read_params(self.params, raw, lambda found: self.check(found, context))
        return Checked(echo=echo, values=values, warnings=tuple(self.warn(values, context)))


TEMPLATES: Registry[Template] = Registry("template")


def load_templates() -> None:
    """Import every template of this package. Loading twice changes nothing."""
    TEMPLATES.load("quantgpt.templates")


def template_of(template_id: str) -> Template:
    """The template of that id or alias.  Raises: NotFound with the nearest id."""
    load_templates()
    for _, template in TEMPLATES.items():
        if template_id in (template.id, *template.aliases):
            return template
    try:
        return TEMPLATES[template_id]
    except NotFound as error:
        raise NotFound(error.message, hint=error.hint, field="template_id", nearest=error.nearest) from None
