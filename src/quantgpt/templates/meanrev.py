"""`tpl_meanrev`: buys where the RSI says oversold, leaves where it is back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from quantgpt.templates._base import TEMPLATES, Context, MainBars, SignalPlan, Signals, Template
from quantgpt.templates._params import Fault, Param, plain
from quantgpt.templates._shared import DIRECTION, POSITION, STOP_LOSS, check_position, directed

WARMUP = 10
"""bars read before the start of a run, in periods"""

_PARAMS = (
    Param(
        name="period",
        kind="integer",
        title="RSI 周期",
        title_en="RSI period",
        unit="bars",
        default=14,
        least=2,
        most=1000,
    ),
    Param(
        name="oversold",
        kind="decimal",
        title="超卖线",
        title_en="Oversold",
        note="RSI 不高于此值时开多",
        note_en="An RSI at or below this opens a long position",
        unit="index",
        default="30",
        least=0,
        most=100,
    ),
    Param(
        name="overbought",
        kind="decimal",
        title="超买线",
        title_en="Overbought",
        note="RSI 不低于此值时开空",
        note_en="An RSI at or above this opens a short position",
        unit="index",
        default="70",
        least=0,
        most=100,
    ),
    Param(
        name="exit_level",
        kind="decimal",
        title="离场线",
        title_en="Exit level",
        note="RSI 回到此值时平仓",
        note_en="Positions are closed when the RSI is back here",
        unit="index",
        default="50",
        least=0,
        most=100,
    ),
    DIRECTION,
    POSITION,
    STOP_LOSS,
)


def _check(values: Mapping[str, Any], context: Context) -> list[Fault]:
    low, middle, high = (values[name] for name in ("oversold", "exit_level", "overbought"))
    faults = []
    if low >= middle:
        faults.append(
            Fault(
                field="oversold",
                reason=f"must be less than params.exit_level ({plain(middle)})",
                reason_zh=f"必须小于离场线 {plain(middle)}",
            )
        )
    if middle >= high:
        faults.append(
            Fault(
                field="overbought",
                reason=f"must be greater than params.exit_level ({plain(middle)})",
                reason_zh=f"必须大于离场线 {plain(middle)}",
            )
        )
    return faults + check_position(values, context)


def _signals(values: Mapping[str, Any], bars: MainBars) -> Signals:
    from quantgpt.templates._kernels import relative_strength

    # comparisons with NaN, where there is no value yet, are false
    rsi = relative_strength(bars.close, values["period"])
    low, middle, high = (float(values[name]) for name in ("oversold", "exit_level", "overbought"))
    return directed(values["direction"], (rsi <= low, rsi >= middle), (rsi >= high, rsi <= middle))


def _plan(values: Mapping[str, Any]) -> SignalPlan:
    return SignalPlan(
        signals=partial(_signals, dict(values)),
        warmup=WARMUP * values["period"],
        position_share=values["position_pct"],
        stop_loss=values["stop_loss_pct"],
    )


TEMPLATES.add(
    "tpl_meanrev",
    Template(
        id="tpl_meanrev",
        title="均值回归",
        title_en="Mean reversion",
        summary="RSI 超卖时买入，回到离场线时卖出",
        summary_en="Buys when the RSI is oversold and sells when it is back at the exit level",
        params=_PARAMS,
        plan=_plan,
        check=_check,
        aliases=("tpl_rsi",),
    ),
)
