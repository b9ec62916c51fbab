"""The vocabulary as plain rows, for lists, palettes, prompts and documentation."""

from __future__ import annotations

from typing import Any

from quantgpt.expr.dialects.names import table_of
from quantgpt.expr.dialects.syntax import SYMBOLS
from quantgpt.expr.dialects.table import PLACES, SERIES, VALUES, WINDOWS, Row, Table
from quantgpt.expr.expression import Compat, Dialect, compile_expression, read_expression
from quantgpt.operators._base import OPERATORS, Takes

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


def operator_catalogue(dialect: Dialect = "quantgpt", compat: Compat = "qlib") -> list[dict[str, Any]]:
    """Every operator of a dialect, by category: name, call, aliases, meaning in two languages, an example, its warm-up.

    `warmup` is that of the example, in sessions. For Qlib's dialect, `compat` chooses the table of names.

    Raises: BadRequest for an unknown compat.
    """
    return _qlib_rows(table_of(compat)) if dialect == "qlib" else _our_rows()


def _our_rows() -> list[dict[str, Any]]:
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


def _qlib_rows(table: Table) -> list[dict[str, Any]]:
    order = list(CATEGORIES)
    rows = []
    for word in sorted(table.words, key=lambda one: (order.index(one.category), one.name)):
        forms = table.rows_of(word.name)
        zh, en = CATEGORIES[word.category]
        calls = "\n".join(f"{form.signature}" for form in forms)
        rows.append(
            {
                "name": word.name,
                "symbol": SYMBOLS.get(word.name, ""),
                "signature": forms[0].signature,
                "category": word.category,
                "category_zh": zh,
                "category_en": en,
                "aliases": sorted(alias for alias, name in table.aliases.items() if name == word.name),
                "zh": word.zh,
                "en": word.en,
                "doc": f"{word.en}.\n\n{calls}",
                "example": word.example,
                "warmup": read_expression(word.example, dialect="qlib", compat=_compat(table)).warmup,
                "places": _places(forms[0]),
            }
        )
    return rows


def _compat(table: Table) -> Compat:
    return "strict" if table.name == "strict" else "extended" if table.name == "extended" else "qlib"


def _places(row: Row) -> list[dict[str, str]]:
    found = []
    for letter in row.pattern:
        takes = Takes.NUMBER
        if letter in SERIES:
            takes = Takes.SERIES
        elif letter in VALUES:
            takes = Takes.VALUE
        elif letter in WINDOWS:
            takes = Takes.WINDOW
        found.append({"name": PLACES[letter], "takes": "code" if letter == "t" else takes.value})
    return found
