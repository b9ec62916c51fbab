"""An expression that has been read, checked and put in canonical form."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache

from quantgpt.expr.analysis import Notice, fields_of, oddities_of, units_of, uses_industry, warmup_of
from quantgpt.expr.binding import Scope, bind
from quantgpt.expr.canonical import canonical_tree, text_of
from quantgpt.expr.lowering import lowered
from quantgpt.expr.syntax import parse
from quantgpt.expr.tokens import Token, nesting, weight
from quantgpt.expr.tree import Node
from quantgpt.expr.words import in_words
from quantgpt.foundations.errors import BadExpression
from quantgpt.foundations.fields import FIELDS


@dataclass(frozen=True, eq=False)
class Expression:
    """What is known of an expression without data.

    `warmup` is the number of sessions needed before the first row for it to be exact; `lookahead` is always 0.
    Two expressions with one `hash` give the same bits on the same data.
    """

    text: str
    canonical: str
    hash: str
    fields: frozenset[str]
    warmup: int
    lookahead: int
    nodes: int
    depth: int
    unit: str
    uses_industry: bool
    notices: tuple[Notice, ...]
    tokens: tuple[Token, ...]
    words_zh: str
    words_en: str
    tree: Node = field(repr=False)
    """the canonical tree"""
    plan: Node = field(repr=False)
    """the canonical tree with its definitions expanded"""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return compile_expression, (self.text,)


def compile_expression(text: str, *, fields: Collection[str] | None = None, has_industry: bool = True) -> Expression:
    """Read, check and canonicalise an expression; nothing of it is ever run as code.

    `fields` are the names that the open market has (None: all there are).

    Raises: BadExpression with the place, the reason and the nearest valid name.
    """
    return _compiled(text, None if fields is None else frozenset(fields), has_industry)


@lru_cache(maxsize=512)
def _remembered(text: str, fields: frozenset[str] | None, has_industry: bool) -> Expression:
    syntax, tokens = parse(text)
    scope = Scope(text, fields, has_industry)
    bound = bind(syntax, scope)
    tree = canonical_tree(bound, text)
    plan = lowered(tree)
    names = fields_of(plan)
    if not names:
        raise BadExpression(
            "Expression uses no market data: it is a constant",
            text=text,
            start=0,
            end=len(text),
            hint=f"至少要用到一个行情列，例如 {', '.join(list(FIELDS)[:5])}",
            nearest="close",
            code="constant",
        )
    _check_bounds(bound, text)
    _check_definitions(plan, scope)
    warmup = warmup_of(plan)
    unit, notices = units_of(bound)
    canonical = text_of(tree)
    return Expression(
        text=text,
        canonical=canonical,
        hash=hashlib.sha256(canonical.encode()).hexdigest(),
        fields=names,
        warmup=warmup,
        lookahead=0,
        nodes=sum(map(weight, tokens)),
        depth=nesting(tokens),
        unit=unit,
        uses_industry=uses_industry(plan),
        notices=(*notices, *oddities_of(bound, unit, warmup)),
        tokens=tokens,
        words_zh=in_words(tree, "zh"),
        words_en=in_words(tree, "en"),
        tree=tree,
        plan=plan,
    )


def _compiled(text: object, fields: frozenset[str] | None, has_industry: bool) -> Expression:
    if not isinstance(text, str):
        raise BadExpression("Expression must be text", hint="表达式必须是文本", code="type")
    return _remembered(text, fields, has_industry)


def _check_bounds(root: Node, text: str) -> None:
    """Refuse clip with its literal bounds the wrong way round."""
    stack = [root]
    while stack:
        node = stack.pop()
        stack.extend(node.parts)
        if node.name != "clip":
            continue
        low, high = (canonical_tree(part, text) for part in node.parts[1:])
        if low.kind == high.kind == "number" and low.value > high.value:
            raise BadExpression(
                "clip: lower bound is above the upper bound",
                text=text,
                start=node.start,
                end=node.end,
                hint=f"下界应不大于上界，可写 clip(x, {high.value:g}, {low.value:g})",
                nearest=f"clip(x, {high.value:g}, {low.value:g})",
                code="bounds",
            )


def _check_definitions(plan: Node, scope: Scope) -> None:
    """Refuse a combination of operators that reads a field which the market lacks."""
    if scope.fields is None:
        return
    missing = sorted(fields_of(plan) - set(scope.fields))
    if missing:
        raise BadExpression(
            f"Missing field: '{missing[0]}' is not in this market's data",
            text=scope.text,
            start=0,
            end=len(scope.text),
            hint=f"当前市场没有 {missing[0]} 数据",
            code="missing_field",
        )
