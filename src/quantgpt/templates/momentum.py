"""`tpl_momentum`: a fast average of closes crosses a slow one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from quantgpt.templates._base import TEMPLATES, Context, MainBars, SignalPlan, Signals, Template
from quantgpt.templates._params import Fault, Param
from quantgpt.templates._shared import DIRECTION, POSITION, check_position, directed

EMA_WARMUP = 10
"""bars read before the start of a run, in lengths of the slow average"""

_PARAMS = (
    Param(
        name="fast",
        kind="integer",
        title="快线周期",
        title_en="Fast period",
        unit="bars",
        default=20,
        least=1,
        most=1000,
    ),
    Param(
        name="slow",
        kind="integer",
        title="慢线周期",
        title_en="Slow period",
        unit="bars",
        default=50,
        least=2,
        most=2000,
    ),
    Param(
        name="ma_type",
        kind="choice",
        title="均线类型",
        title_en="Kind of average",
        note="简单移动平均或指数移动平均",
        note_en="Simple or exponential moving average",
        choices=("sma", "ema"),
        default="ema",
    ),
    DIRECTION,
    POSITION,
)


def _check(values: Mapping[str, Any], context: Context) -> list[Fault]:
    if values["fast"] < values["slow"]:
        return check_position(values, context)
    nearest = values["slow"] - 1
    return [
        Fault(
            field="fast",
            reason=f"must be less than params.slow ({values['slow']})",
            reason_zh=f"必须小于慢线周期 {values['slow']}",
            nearest=nearest,
        )
    ]


def _signals(values: Mapping[str, Any], bars: MainBars) -> Signals:
    from quantgpt.templates._kernels import ema_crosses, sma_crosses

    crosses = sma_crosses if values["ma_type"] == "sma" else ema_crosses
    up, down = crosses(bars.close, values["fast"], values["slow"])
    return directed(values["direction"], (up, down), (down, up))


def _plan(values: Mapping[str, Any]) -> SignalPlan:
    slow = values["slow"]
    return SignalPlan(
        signals=partial(_signals, dict(values)),
        warmup=slow + 1 if values["ma_type"] == "sma" else EMA_WARMUP * slow,
        position_share=values["position_pct"],
    )


TEMPLATES.add(
    "tpl_momentum",
    Template(
        id="tpl_momentum",
        title="均线交叉",
        title_en="Moving-average cross",
        summary="快线上穿慢线时买入，下穿时卖出",
        summary_en="Buys when the fast average crosses above the slow one and sells when it crosses below",
        params=_PARAMS,
        plan=_plan,
        check=_check,
        aliases=("tpl_ma_cross",),
    ),
)
