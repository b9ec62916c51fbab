"""`tpl_breakout`: a close above the highest high of the bars before it, left at a close below their lowest low."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from quantgpt.templates._base import TEMPLATES, MainBars, SignalPlan, Signals, Template, Ticks
from quantgpt.templates._params import Param
from quantgpt.templates._shared import DIRECTION, POSITION, STOP_LOSS, check_position, directed

ATR_WARMUP = 10
"""bars read before the start of a run with an ATR stop, in lengths of `lookback`"""

_PARAMS = (
    Param(
        name="lookback",
        kind="integer",
        title="突破周期",
        title_en="Lookback",
        note="收盘价高于此前这么多根 K 线的最高价时开多",
        note_en="A close above the highest high of so many bars before it opens a long position",
        unit="bars",
        required=True,
        least=2,
        most=1000,
    ),
    Param(
        name="exit_lookback",
        kind="integer",
        title="离场周期",
        title_en="Exit lookback",
        note="收盘价低于此前这么多根 K 线的最低价时平多；默认为突破周期的一半",
        note_en="A close below the lowest low of so many bars before it closes a long position; half of lookback by default",
        unit="bars",
        least=1,
        most=1000,
    ),
    DIRECTION,
    POSITION,
    STOP_LOSS,
    Param(
        name="atr_mult",
        kind="decimal",
        title="ATR 止损倍数",
        title_en="ATR multiple",
        note="离开仓价若干倍平均真实波幅处止损，波幅周期为突破周期",
        note_en="Stop at so many average true ranges (over lookback bars) from the entry price",
        above=0,
        most=100,
    ),
)


def exit_lookback(values: Mapping[str, Any]) -> int:
    """Bars of the exit channel: as given, or half of `lookback`."""
    given: int | None = values["exit_lookback"]
    return given if given is not None else values["lookback"] // 2


def _stop_distance(lookback: int, multiple: Decimal | None, bars: MainBars) -> Ticks | None:
    from quantgpt.templates._kernels import average_range, distances

    if multiple is None:
        return None
    return distances(average_range(bars.high, bars.low, bars.close, lookback), float(multiple))


def _signals(values: Mapping[str, Any], bars: MainBars) -> Signals:
    from quantgpt.templates._kernels import beyond

    lookback, leave = values["lookback"], exit_lookback(values)
    above, below = beyond(bars.high, bars.low, bars.close, lookback)
    above_exit, below_exit = beyond(bars.high, bars.low, bars.close, leave)
    distance = _stop_distance(lookback, values["atr_mult"], bars)
    return directed(values["direction"], (above, below_exit), (below, above_exit), distance)


def _plan(values: Mapping[str, Any]) -> SignalPlan:
    lookback = values["lookback"]
    warmup = max(lookback, exit_lookback(values)) + 1
    return SignalPlan(
        signals=partial(_signals, dict(values)),
        warmup=warmup if values["atr_mult"] is None else max(warmup, ATR_WARMUP * lookback),
        position_share=values["position_pct"],
        stop_loss=values["stop_loss_pct"],
    )


TEMPLATES.add(
    "tpl_breakout",
    Template(
        id="tpl_breakout",
        title="突破",
        title_en="Breakout",
        summary="收盘价突破此前的最高价时买入，跌破此前的最低价时离场",
        summary_en="Buys a close above the highest high before it and leaves at a close below the lowest low",
        params=_PARAMS,
        plan=_plan,
        check=check_position,
    ),
)
