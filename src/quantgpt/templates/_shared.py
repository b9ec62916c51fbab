"""Parameters that several templates of signals have, and what every one of them does with its direction."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal
from typing import Any, Literal

import numpy as np

from quantgpt.templates._base import Context, Flags, Signals, Ticks
from quantgpt.templates._params import Fault, Param, plain

DIRECTION = Param(
    name="direction",
    kind="choice",
    title="方向",
    title_en="Direction",
    note="做多、做空或双向",
    note_en="Long, short or both",
    choices=("long", "short", "both"),
    default="long",
)
POSITION = Param(
    name="position_pct",
    kind="decimal",
    title="仓位",
    title_en="Position share",
    note="每次开仓用当时权益的比例，再乘以杠杆；1 即全部",
    note_en="Share of equity for a position, times leverage; 1 is all of it",
    unit="fraction",
    default="1",
    above=0,
    most=1,
)
STOP_LOSS = Param(
    name="stop_loss_pct",
    kind="decimal",
    title="止损比例",
    title_en="Stop loss",
    note="离开仓价这一比例处止损；0.05 即 5 %",
    note_en="Stop at this fraction from the entry price; 0.05 is 5 %",
    unit="fraction",
    above=0,
    below=1,
)

_GRAIN = Decimal("0.0001")


def check_position(values: Mapping[str, Any], context: Context) -> list[Fault]:
    """A position that can never reach the minimum notional: the first entry is made with the whole capital of its book."""
    room = context.capital * context.leverage
    for symbol, least in context.min_notionals.items():
        if values["position_pct"] * room < least:
            nearest = (context.safe_notional(symbol) / room).quantize(_GRAIN, ROUND_UP)
            return [
                Fault(
                    field="position_pct",
                    reason=f"leaves a position less than the minimum notional of {symbol} ({plain(least)})",
                    reason_zh=f"过小：每次开仓不到 {symbol} 的最小下单额 {plain(least)}",
                    nearest=plain(nearest) if nearest <= 1 else None,
                )
            ]
    return []


def directed(
    direction: Literal["long", "short", "both"],
    long: tuple[Flags, Flags],
    short: tuple[Flags, Flags],
    stop_distance: Ticks | None = None,
) -> Signals:
    """Signals of the sides that may trade. `long` and `short`: entries and exits. Shape of each: (T,)."""
    none = np.zeros(long[0].shape, np.bool_)
    enter_long, exit_long = long if direction != "short" else (none, none)
    enter_short, exit_short = short if direction != "long" else (none, none)
    return Signals(
        enter_long=enter_long,
        exit_long=exit_long,
        enter_short=enter_short,
        exit_short=exit_short,
        stop_distance=stop_distance,
    )
