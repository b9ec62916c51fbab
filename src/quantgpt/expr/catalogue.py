"""The vocabulary as plain rows, for lists, palettes, prompts and documentation."""

from __future__ import annotations

from typing import Any

from quantgpt.expr.expression import compile_expression
from quantgpt.operators._base import OPERATORS

CATEGORIES = {
    "cross_section": ("截面函数", "Across names"),
    "time_series": ("时序函数", "Over time"),
    "pair": ("双列时序", "Pairs over time"),
    "nonlinear": ("非线性", "Non-linear"),
    "condition": ("条件", "Conditions"),
    "arithmetic": ("算术", "Arithmetic"),
    "comparison": ("比较", "Comparisons"),
    "logic": ("逻辑", "Logic"),
    "industry": ("行业", "Industry"),
    "technical": ("技术指标", "Indicators"),
}


def operator_catalogue() -> list[dict[str, Any]]:
    """Every operator, by category: name, call, aliases, meaning in two languages, a working example and its warm-up.

    `warmup` is that of the example, in sessions.
    """
    order = list(CATEGORIES)
    rows = []
    for operator in sorted(OPERATORS.all(), key=lambda o: (order.index(o.category), o.name)):
        zh, en = CATEGORIES[operator.category]
        symbol = operator.symbol
        if not symbol:
            signature = operator.signature
        elif len(operator.places) == 1:
            signature = f"{symbol} x" if symbol.isalpha() else f"{symbol}x"
        else:
            signature = f"{operator.places[0].name} {symbol} {operator.places[1].name}"
        rows.append(
            {
                "name": operator.name,
                "symbol": symbol,
                "signature": signature,
                "category": operator.category,
                "category_zh": zh,
                "category_en": en,
                "aliases": list(operator.aliases),
                "zh": operator.zh,
                "en": operator.en,
                "doc": operator.doc,
                "example": operator.example,
                "warmup": compile_expression(operator.example).warmup,
                "places": [{"name": place.name, "takes": place.takes.value} for place in operator.places],
            }
        )
    return rows
