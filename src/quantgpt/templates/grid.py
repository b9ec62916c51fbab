"""`tpl_grid`: limit orders on evenly spaced prices, each buy paired with the sell one line up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quantgpt.templates._base import TEMPLATES, Context, GridPlan, Template
from quantgpt.templates._params import Fault, Param, plain

MOST_LEVELS = 200
MOST_SLIPPAGE = Decimal("1.1")
"""a fill can be this much dearer than the order it was sized for"""

_PARAMS = (
    Param(
        name="grid_levels",
        kind="integer",
        title="网格线数",
        title_en="Grid lines",
        note="价格线的条数，含上下边界",
        note_en="Number of price lines, both bounds included",
        required=True,
        least=2,
        most=MOST_LEVELS,
    ),
    Param(
        name="upper_price",
        kind="decimal",
        title="上边界",
        title_en="Upper price",
        unit="price",
        required=True,
        above=0,
        most=10**9,
    ),
    Param(
        name="lower_price",
        kind="decimal",
        title="下边界",
        title_en="Lower price",
        unit="price",
        required=True,
        above=0,
        most=10**9,
    ),
    Param(
        name="rebalance_threshold",
        kind="decimal",
        title="移动阈值",
        title_en="Rebalance threshold",
        note="收盘价超出边界这一比例后，平仓并以下一开盘价为中心重新布网；0.02 即 2 %",
        note_en="When a bar closes beyond a bound by this fraction the lots are closed and the grid is laid anew around the next open; 0.02 is 2 %",
        unit="fraction",
        least=0,
        most=1,
    ),
    Param(
        name="spacing",
        kind="choice",
        title="间距",
        title_en="Spacing",
        note="等差：每格价差相同；等比：每格涨幅相同",
        note_en="Arithmetic: equal price steps; geometric: equal percentage steps",
        choices=("arithmetic", "geometric"),
        default="arithmetic",
    ),
    Param(
        name="mode",
        kind="choice",
        title="方向",
        title_en="Mode",
        note="做多先买后卖，做空先卖后买，中性在开盘价之下做多、之上做空",
        note_en="Long buys first, short sells first, neutral is long below the first open and short above it",
        choices=("long", "neutral", "short"),
        default="long",
    ),
    Param(
        name="stop_loss_price",
        kind="decimal",
        title="止损价",
        title_en="Stop loss price",
        note="到达后全部平仓，网格结束；做多、中性须低于下边界，做空须高于上边界",
        note_en="Closes everything and ends the grid; below the lower price for long and neutral, above the upper one for short",
        unit="price",
        above=0,
        most=10**9,
    ),
    Param(
        name="take_profit_price",
        kind="decimal",
        title="止盈价",
        title_en="Take profit price",
        note="到达后全部平仓，网格结束；做多、中性须高于上边界，做空须低于下边界",
        note_en="Closes everything and ends the grid; above the upper price for long and neutral, below the lower one for short",
        unit="price",
        above=0,
        most=10**9,
    ),
)


def _steps(values: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Height of the lowest and of the highest interval, in price, to some 28 digits."""
    lower, upper = values["lower_price"], values["upper_price"]
    intervals = values["grid_levels"] - 1
    if values["spacing"] == "arithmetic":
        step = (upper - lower) / intervals
        return step, step
    ratio = (upper / lower) ** (Decimal(1) / intervals)
    return lower * (ratio - 1), upper * (1 - 1 / ratio)


def _check(values: Mapping[str, Any], context: Context) -> list[Fault]:
    if values["upper_price"] <= values["lower_price"]:
        return [
            Fault(
                field="upper_price",
                reason="must exceed params.lower_price",
                reason_zh=f"必须大于下边界 {plain(values['lower_price'])}",
            )
        ]
    return _check_step(values, context) + _check_size(values, context) + _check_stops(values)


def _check_step(values: Mapping[str, Any], context: Context) -> list[Fault]:
    step, _ = _steps(values)
    for symbol, tick in context.ticks.items():
        if step < tick:
            lines = _most_lines(values, tick)
            return [
                Fault(
                    field="grid_levels",
                    reason=f"lays lines closer than the tick of {symbol} ({plain(tick)})",
                    reason_zh=f"过多：相邻两线的价差小于 {symbol} 的最小价差 {plain(tick)}",
                    nearest=lines if lines >= 2 else None,
                )
            ]
    return []


def _most_lines(values: Mapping[str, Any], tick: Decimal) -> int:
    """The most lines whose lowest interval is a tick or more; 1 where not even two do."""
    for lines in range(values["grid_levels"] - 1, 1, -1):
        if _steps({**values, "grid_levels": lines})[0] >= tick:
            return lines
    return 1


def _check_size(values: Mapping[str, Any], context: Context) -> list[Fault]:
    """No lot can reach the minimum notional: the dearest one is at most upper/lower times the mean one."""
    mean = context.capital * context.leverage / (values["grid_levels"] - 1)
    dearest = mean * values["upper_price"] / values["lower_price"] * MOST_SLIPPAGE
    for symbol, least in context.min_notionals.items():
        if dearest < least:
            return [
                Fault(
                    field="grid_levels",
                    reason=f"leaves each lot less than the minimum notional of {symbol} ({plain(least)})",
                    reason_zh=f"过多：每格金额不到 {symbol} 的最小下单额 {plain(least)}",
                    nearest=max(2, int(context.capital * context.leverage / least) + 1),
                )
            ]
    return []


def _check_stops(values: Mapping[str, Any]) -> list[Fault]:
    below, above = ("stop_loss_price", "take_profit_price")
    if values["mode"] == "short":
        below, above = above, below
    faults = []
    if values[below] is not None and values[below] >= values["lower_price"]:
        faults.append(Fault(field=below, reason="must be below params.lower_price", reason_zh="必须低于下边界"))
    if values[above] is not None and values[above] <= values["upper_price"]:
        faults.append(Fault(field=above, reason="must be above params.upper_price", reason_zh="必须高于上边界"))
    return faults


def _warn(values: Mapping[str, Any], context: Context) -> list[tuple[str, str]]:
    warnings = []
    upper, (_, step) = values["upper_price"], _steps(values)
    if step <= 2 * context.maker_rate * (upper - step):
        warnings.append(
            (
                "最高一格的价差不超过两次挂单手续费，成交也可能亏损",
                "The highest interval is no wider than two maker fees: its round trips may lose money",
            )
        )
    mean = context.capital * context.leverage / (values["grid_levels"] - 1)
    for symbol, least in context.min_notionals.items():
        if mean < least:
            warnings.append(
                (
                    f"每格约 {plain(round(mean, 2))}，低于 {symbol} 的最小下单额 {plain(least)}，部分网格可能不下单",
                    f"Each lot is about {plain(round(mean, 2))}, below the minimum notional of {symbol} ({plain(least)}): some intervals may stay idle",
                )
            )
    return warnings


def _plan(values: Mapping[str, Any]) -> GridPlan:
    return GridPlan(
        levels=values["grid_levels"],
        lower=values["lower_price"],
        upper=values["upper_price"],
        spacing=values["spacing"],
        mode=values["mode"],
        rebalance_threshold=values["rebalance_threshold"],
        stop_loss_price=values["stop_loss_price"],
        take_profit_price=values["take_profit_price"],
    )


TEMPLATES.add(
    "tpl_grid",
    Template(
        id="tpl_grid",
        title="网格",
        title_en="Grid",
        summary="在上下边界之间等距挂单，低买高卖，逐格获利",
        summary_en="Rests orders on evenly spaced prices between two bounds and earns one interval at a time",
        params=_PARAMS,
        plan=_plan,
        check=_check,
        warn=_warn,
        supports_multi_symbol=False,
    ),
)
