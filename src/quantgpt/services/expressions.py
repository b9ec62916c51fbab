"""Expressions: the vocabulary, and what can be said of an expression without running it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.errors import BadExpression, QuantError
from quantgpt.services._base import App

if TYPE_CHECKING:
    from quantgpt.expr import Expression
    from quantgpt.expr.expression import Dialect
    from quantgpt.market.market import Market


@lru_cache(maxsize=2)
def operators(dialect: Dialect = "quantgpt") -> dict[str, Any]:
    """Operators, fields and special variables of a dialect, as lists of plain rows."""
    from quantgpt.expr import CATEGORIES, operator_catalogue
    from quantgpt.foundations.fields import FIELDS

    mark = "$" if dialect == "qlib" else ""
    return {
        "operators": operator_catalogue(dialect),
        "categories": [{"name": name, "zh": zh, "en": en} for name, (zh, en) in CATEGORIES.items()],
        "fields": [
            {"name": f"{mark}{spec.name}", "unit": str(spec.unit), "zh": spec.zh, "en": spec.en}
            for spec in FIELDS.values()
            if spec.in_expressions
        ],
        "special": []
        if mark
        else [
            {
                "name": "adv{N}",
                "zh": "N 日平均成交量（股，复权），如 adv20",
                "en": "mean volume over N sessions, e.g. adv20",
            }
        ],
    }


def compiled(text: str, market: Market | None) -> Expression:
    """The expression, checked against what a market holds; against all there could be while there is none.

    Raises: BadExpression.
    """
    from quantgpt.expr import compile_expression

    if market is None:
        return compile_expression(text)
    return compile_expression(text, fields=market.expression_fields(), has_industry=market.has_industry)


def validate(app: App, text: str, market: str | None = None) -> dict[str, Any]:
    """What an expression means and costs, or where it is wrong; never raises for a wrong one.

    Raises: UnknownMarket.
    """
    from quantgpt.services.words import is_wording

    try:
        expression = compiled(text, open_named(app, market))
    except BadExpression as error:
        return {
            **NOTHING,
            "words": is_wording(text),
            "expression": text,
            "tokens": tokens_json(text),
            "error": fault(error),
        }
    return facts_of(expression)


def facts_of(expression: Expression) -> dict[str, Any]:
    """What is known of an expression without data."""
    return {
        "valid": True,
        "words": False,
        "expression": expression.text,
        "canonical": expression.canonical,
        "hash": expression.hash,
        "warmup": expression.warmup,
        "lookahead": expression.lookahead,
        "nodes": expression.nodes,
        "depth": expression.depth,
        "unit": expression.unit,
        "uses_industry": expression.uses_industry,
        "fields": sorted(expression.fields),
        "notices": [
            {"code": n.code, "start": n.start, "end": n.end, "zh": n.zh, "en": n.en} for n in expression.notices
        ],
        "tokens": [_token(token) for token in expression.tokens],
        "words_zh": expression.words_zh,
        "words_en": expression.words_en,
        "error": None,
    }


def fault(error: BadExpression) -> dict[str, Any]:
    """The wire form of an expression error."""
    return {
        "message": error.message,
        "code": error.code,
        "start": error.start,
        "end": error.end,
        "line": error.line,
        "column": error.column,
        "hint": error.hint,
        "nearest": error.nearest,
    }


NOTHING: dict[str, Any] = {
    "valid": False,
    "canonical": None,
    "hash": None,
    "warmup": None,
    "lookahead": None,
    "nodes": None,
    "depth": None,
    "unit": None,
    "uses_industry": None,
    "fields": [],
    "notices": [],
    "words_zh": None,
    "words_en": None,
}


def open_named(app: App, name: str | None) -> Market | None:
    """The market of that name.  Raises: UnknownMarket.  Without a name the default one, None while there is none."""
    try:
        return app.markets.open(name)
    except QuantError:
        if name is not None:
            raise
        return None


def tokens_json(text: str, dialect: str = "quantgpt") -> list[dict[str, Any]]:
    """The tokens of any text, for colouring."""
    from quantgpt.expr import colour_tokens

    return [_token(token) for token in colour_tokens(text, dialect)]


def _token(token: Any) -> dict[str, Any]:
    return {"start": token.start, "end": token.end, "kind": str(token.kind)}
