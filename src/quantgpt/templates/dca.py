"""`tpl_dca`: buys of one amount by the clock; with safety buys below, and one take-profit and one stop for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quantgpt.templates._base import TEMPLATES, Context, LadderPlan, Template
from quantgpt.templates._params import Fault, Param, plain

_HOUR = 3_600_000
INTERVALS = {"1h": _HOUR, "4h": 4 * _HOUR, "1d": 24 * _HOUR, "1w": 7 * 24 * _HOUR}
"""lengths in milliseconds"""
MOST_ORDERS = 1000
MOST_SAFETY_ORDERS = 200
MOST_AMOUNT = Decimal(10**9)
"""largest single buy, in quote currency"""

_PARAMS = (
    Param(
        name="interval",
        kind="choice",
        title="定投间隔",
        title_en="Interval",
        note="不短于 K 线周期，且为其整数倍",
        note_en="At least the timeframe, and a multiple of it",
        required=True,
        choices=tuple(INTERVALS),
    ),
    Param(
        name="buy_amount",
        kind="decimal",
        title="每次金额",
        title_en="Buy amount",
        note="每次买入的名义金额，以计价货币计",
        note_en="Notional of one buy, in quote currency",
        unit="quote",
        required=True,
        above=0,
        most=MOST_AMOUNT,
    ),
    Param(
        name="take_profit_pct",
        kind="decimal",
        title="止盈比例",
        title_en="Take profit",
        note="高于持仓均价这一比例时全部卖出；0.05 即 5 %",
        note_en="Sells everything this fraction above the average entry price; 0.05 is 5 %",
        unit="fraction",
        above=0,
        most=10,
    ),
    Param(
        name="stop_loss_pct",
        kind="decimal",
        title="止损比例",
        title_en="Stop loss",
        note="低于持仓均价这一比例时全部卖出；0.05 即 5 %",
        note_en="Sells everything this fraction below the average entry price; 0.05 is 5 %",
        unit="fraction",
        above=0,
        below=1,
    ),
    Param(
        name="max_orders",
        kind="integer",
        title="最多持有笔数",
        title_en="Most orders",
        note="同时持有的买入笔数上限，含首单",
        note_en="Most buys that are held at once, the first included",
        least=1,
        most=MOST_ORDERS,
    ),
    Param(
        name="safety_step_pct",
        kind="decimal",
        title="补仓步长",
        title_en="Safety step",
        note="首单成交价之下每隔这一比例挂一笔补仓单；须同时给出最多持有笔数",
        note_en="A safety buy rests at every such fraction below the first fill; needs max_orders",
        unit="fraction",
        above=0,
        below=1,
    ),
    Param(
        name="safety_step_scale",
        kind="decimal",
        title="步长倍率",
        title_en="Step scale",
        note="后一步长与前一步长之比",
        note_en="Each step as a multiple of the one before",
        default="1",
        least=Decimal("0.1"),
        most=10,
    ),
    Param(
        name="safety_volume_scale",
        kind="decimal",
        title="金额倍率",
        title_en="Volume scale",
        note="后一笔补仓金额与前一笔之比",
        note_en="Each safety buy as a multiple of the one before",
        default="1",
        least=Decimal("0.1"),
        most=10,
    ),
)


def _check(values: Mapping[str, Any], context: Context) -> list[Fault]:
    return _check_interval(values, context) + _check_amount(values, context) + _check_safety(values)


def _check_interval(values: Mapping[str, Any], context: Context) -> list[Fault]:
    if INTERVALS[values["interval"]] % context.timeframe_ms == 0:
        return []
    longer = [name for name, length in INTERVALS.items() if length % context.timeframe_ms == 0]
    return [
        Fault(
            field="interval",
            reason="must be at least the timeframe and a multiple of it",
            reason_zh="不能短于 K 线周期，且须为其整数倍",
            nearest=longer[0] if longer else None,
        )
    ]


def _check_amount(values: Mapping[str, Any], context: Context) -> list[Fault]:
    for symbol, least in context.min_notionals.items():
        if values["buy_amount"] < least:
            return [
                Fault(
                    field="buy_amount",
                    reason=f"must be at least the minimum notional of {symbol} ({plain(least)})",
                    reason_zh=f"不能小于 {symbol} 的最小下单额 {plain(least)}",
                    nearest=plain(context.safe_notional(symbol)),
                )
            ]
    return []


def _check_safety(values: Mapping[str, Any]) -> list[Fault]:
    if values["safety_step_pct"] is None:
        return []
    orders = values["max_orders"]
    if orders is None:
        return [
            Fault(field="max_orders", reason="is required with params.safety_step_pct", reason_zh="给出补仓步长时必填")
        ]
    if orders > MOST_SAFETY_ORDERS:
        reason = f"must be at most {MOST_SAFETY_ORDERS} with params.safety_step_pct"
        zh = f"给出补仓步长时不能大于 {MOST_SAFETY_ORDERS}"
        return [Fault(field="max_orders", reason=reason, reason_zh=zh, nearest=MOST_SAFETY_ORDERS)]
    if values["buy_amount"] * values["safety_volume_scale"] ** (orders - 1) > MOST_AMOUNT:
        reason = f"makes the last safety buy larger than {MOST_AMOUNT}"
        return [Fault(field="safety_volume_scale", reason=reason, reason_zh=f"过大：最后一笔补仓超过 {MOST_AMOUNT}")]
    return []


def _warn(values: Mapping[str, Any], context: Context) -> list[tuple[str, str]]:
    warnings = []
    room = context.capital * context.leverage
    if values["buy_amount"] * (1 + context.leverage * context.maker_rate) > room:
        warnings.append(
            (
                f"每次金额超过本金与杠杆所能买的 {plain(round(room, 2))}，可能一笔都买不了",
                f"One buy is more than capital and leverage carry ({plain(round(room, 2))}): perhaps none can be made",
            )
        )
    for symbol, least in context.min_notionals.items():
        safe = context.safe_notional(symbol)
        if values["buy_amount"] < safe:
            warnings.append(
                (
                    f"取整到最小下单数量后，一笔可能不到 {symbol} 的最小下单额 {plain(least)} 而无法下单；每次 {plain(safe)} 才够",
                    f"Rounded down to a step, a buy may fall below the minimum notional of {symbol} ({plain(least)}) and be dropped; {plain(safe)} is enough",
                )
            )
    given = [values[name] != 1 for name in ("safety_step_scale", "safety_volume_scale")]
    if values["safety_step_pct"] is None and any(given):
        warnings.append(("没有补仓步长，补仓倍率不起作用", "Without a safety step the safety scales have no effect"))
    return warnings


def _plan(values: Mapping[str, Any]) -> LadderPlan:
    return LadderPlan(
        interval_ms=INTERVALS[values["interval"]],
        amount=values["buy_amount"],
        take_profit=values["take_profit_pct"],
        stop_loss=values["stop_loss_pct"],
        max_orders=values["max_orders"],
        safety_step=values["safety_step_pct"],
        safety_step_scale=values["safety_step_scale"],
        safety_volume_scale=values["safety_volume_scale"],
    )


TEMPLATES.add(
    "tpl_dca",
    Template(
        id="tpl_dca",
        title="定投",
        title_en="Dollar-cost averaging",
        summary="按时定额买入，可加补仓、止盈与止损",
        summary_en="Buys one amount by the clock, with safety buys, take-profit and stop if wanted",
        params=_PARAMS,
        plan=_plan,
        check=_check,
        warn=_warn,
    ),
)
