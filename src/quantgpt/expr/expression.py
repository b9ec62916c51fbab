"""An expression that has been read, checked and put in canonical form."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, TypeAlias

from quantgpt.expr.analysis import (
    Notice,
    fields_of,
    left_of,
    lookahead_of,
    oddities_of,
    units_of,
    uses_industry,
    warmup_of,
)
from quantgpt.expr.binding import Scope, bind
from quantgpt.expr.canonical import canonical_tree, text_of
from quantgpt.expr.dialects.binding import bind_qlib
from quantgpt.expr.dialects.misfits import stranger
from quantgpt.expr.dialects.names import table_of
from quantgpt.expr.dialects.printing import print_tree
from quantgpt.expr.dialects.scope import QlibScope
from quantgpt.expr.dialects.syntax import parse as parse_qlib
from quantgpt.expr.dialects.tokens import tokenise as tokenise_qlib
from quantgpt.expr.lowering import lowered
from quantgpt.expr.spelling import OTHER_WORD
from quantgpt.expr.suggestions import WITHOUT_MARKS
from quantgpt.expr.syntax import parse
from quantgpt.expr.tokens import MAX_NODES, Token, nesting, weight
from quantgpt.expr.tree import BAR, LISTED, Node, fold, walk
from quantgpt.expr.words import in_words
from quantgpt.foundations.errors import BadExpression, BadRequest
from quantgpt.foundations.fields import FIELDS

Dialect: TypeAlias = Literal["quantgpt", "qlib"]
Compat: TypeAlias = Literal["qlib", "strict", "extended"]
DIALECTS = ("quantgpt", "qlib")
COMPATS = ("qlib", "strict", "extended")
MAX_EXPANDED = 8 * MAX_NODES


@dataclass(frozen=True, eq=False)
class Expression:
    """What is known of an expression without data.

    `warmup` is the number of sessions needed before the first row for it to be exact; `lookahead` is the number of later
    sessions that it reads, 0 for every factor. `left` is the number of rows that Qlib would load before the first one
    asked for. Two expressions with one `hash` give the same bits on the same data.
    """

    text: str
    canonical: str
    """the canonical text, in the dialect in which the expression was written"""
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
    dialect: Dialect = "quantgpt"
    compat: Compat = "strict"
    """whose numbers the words of Qlib's dialect stand for; of our own dialect always `strict`"""
    left: int = 0
    others: Mapping[str, tuple[str, Expression]] = field(default_factory=dict, repr=False)
    """of every leaf of `plan` that is computed on one other name: its code and what is computed there"""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and (self.text, self.hash, self.dialect) == (
            other.text,
            other.hash,
            other.dialect,
        )

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        usual = all(name in FIELDS and FIELDS[name].in_expressions for name in self.fields)
        return _again, (self.text, self.dialect, self.compat, None if usual else self.fields)


def _again(text: str, dialect: Dialect, compat: Compat, fields: frozenset[str] | None) -> Expression:
    """An expression that was read before; where it came from, its names were allowed."""
    return read_expression(text, dialect=dialect, compat=compat, fields=fields)


def compile_expression(text: str, *, fields: Collection[str] | None = None, has_industry: bool = True) -> Expression:
    """Read, check and canonicalise the expression of a factor; nothing of it is ever run as code.

    `fields` are the names that the open market has (None: all there are). What looks ahead is refused, and what the test of
    a factor has no data for: marks of rows, and other names.

    Raises: BadExpression with the place, the reason and the nearest valid name.
    """
    return read_expression(text, fields=fields, allow_lookahead=False, has_industry=has_industry, allow_marks=False)


def read_expression(
    text: str,
    *,
    dialect: Dialect = "quantgpt",
    compat: Compat = "qlib",
    fields: Collection[str] | None = None,
    allow_lookahead: bool = True,
    has_industry: bool = True,
    allow_marks: bool = True,
) -> Expression:
    """Read an expression in one of the dialects; nothing of it is ever run as code.

    `compat` chooses the table of names of Qlib's dialect: `qlib` repeats Qlib's numbers with their quirks and refuses
    what Qlib refuses, `strict` gives Qlib's words our numbers, `extended` adds words of ours to Qlib's. `fields` are the
    names that the data have (None: our own and those usual in Qlib's folders). Where looking ahead is not allowed,
    `Ref(x,-n)` is refused: a label may, a factor may not. Where marks are not allowed, so is what reads the marks of rows
    (`bar`, `listed`) or another name, which only features have.

    Raises: BadExpression with the place, the reason and the nearest valid name, BadRequest for an unknown dialect.
    """
    if dialect not in DIALECTS:
        raise BadRequest(f"no dialect {dialect!r}", hint="dialect 取 quantgpt 或 qlib", field="dialect", nearest="qlib")
    table_of(compat)
    if not isinstance(text, str):
        raise BadExpression("Expression must be text", hint="表达式必须是文本", code="type")
    offered = None if fields is None else frozenset(fields)
    if dialect == "qlib":
        return _remembered_qlib(text, compat, offered, allow_lookahead, has_industry, allow_marks)
    return _remembered(text, offered, has_industry, allow_lookahead, allow_marks)


@lru_cache(maxsize=512)
def _remembered(
    text: str, fields: frozenset[str] | None, has_industry: bool, allow_lookahead: bool, allow_marks: bool
) -> Expression:
    syntax, tokens = parse(text)
    scope = Scope(text, fields, has_industry, allow_lookahead=allow_lookahead)
    bound = bind(syntax, scope)
    if not allow_marks:
        _check_marks(bound, text)
    tree = canonical_tree(bound, text)
    _check_constant(tree, text, "close")
    _check_bounds(bound, text)
    _check_definitions(lowered(tree), scope)
    return _finished(text, bound, tree, tokens, text_of(tree))


@lru_cache(maxsize=2048)
def _remembered_qlib(
    text: str,
    compat: Compat,
    fields: frozenset[str] | None,
    allow_lookahead: bool,
    has_industry: bool,
    allow_marks: bool,
) -> Expression:
    scope = QlibScope(text, table_of(compat), fields, has_industry, allow_lookahead)
    syntax, tokens = parse_qlib(text, lambda token: stranger(token, scope))
    bound = bind_qlib(syntax, scope)
    _check_size(bound, text)
    if not allow_marks:
        _check_marks(bound, text)
    tree = canonical_tree(bound, text)
    _check_bounds(bound, text)
    canonical = print_tree(tree, "qlib", compat=compat)
    if any(notice.code == "expanded" for notice in scope.notices):
        _check_readable(canonical, text)
    return _finished(text, bound, tree, tokens, canonical, "qlib", compat, tuple(scope.notices))


def _finished(
    text: str,
    bound: Node,
    tree: Node,
    tokens: tuple[Token, ...],
    canonical: str,
    dialect: Dialect = "quantgpt",
    compat: Compat = "strict",
    notices: tuple[Notice, ...] = (),
) -> Expression:
    plan = lowered(tree)
    warmup = warmup_of(plan)
    unit, unit_notices = units_of(bound)
    return Expression(
        text=text,
        canonical=canonical,
        hash=hashlib.sha256(text_of(tree).encode()).hexdigest(),
        fields=fields_of(plan),
        warmup=warmup,
        lookahead=lookahead_of(plan),
        nodes=sum(map(weight, tokens)),
        depth=nesting(tokens),
        unit=unit,
        uses_industry=uses_industry(plan),
        notices=(*notices, *unit_notices, *oddities_of(bound, unit, warmup)),
        tokens=tokens,
        words_zh=in_words(tree, "zh"),
        words_en=in_words(tree, "en"),
        tree=tree,
        plan=plan,
        dialect=dialect,
        compat=compat,
        left=left_of(plan),
        others=_others(plan, dialect, compat),
    )


def _others(plan: Node, dialect: Dialect, compat: Compat) -> Mapping[str, tuple[str, Expression]]:
    """What is computed on other names, by leaf of the plan; the first row loaded is that of the whole expression."""
    found = {node.name: (node.code, node.inner) for node in walk(plan) if node.inner is not None}
    return MappingProxyType(
        {name: (code, _of_plan(inner, dialect, compat)) for name, (code, inner) in found.items() if inner is not None}
    )


def _of_plan(plan: Node, dialect: Dialect, compat: Compat) -> Expression:
    """An expression that is part of another one's plan."""
    text = text_of(plan)
    unit, _ = units_of(plan)
    return Expression(
        text=text,
        canonical=text,
        hash=hashlib.sha256(text.encode()).hexdigest(),
        fields=fields_of(plan),
        warmup=warmup_of(plan),
        lookahead=lookahead_of(plan),
        nodes=len(walk(plan)),
        depth=1,
        unit=unit,
        uses_industry=uses_industry(plan),
        notices=(),
        tokens=(),
        words_zh=in_words(plan, "zh"),
        words_en=in_words(plan, "en"),
        tree=plan,
        plan=plan,
        dialect=dialect,
        compat=compat,
        left=left_of(plan),
        others=_others(plan, dialect, compat),
    )


def _check_marks(bound: Node, text: str) -> None:
    """Refuse the marks of rows and what is computed on another name, which the test of a factor has no data for."""
    for node in walk(bound):
        if node.inner is not None:
            why = f"{OTHER_WORD} computes on another name ({node.code}), which the test of a factor does not read"
            raise _marked(node, text, why, "因子检验不读取另一只证券；这类表达式用 quantgpt.features 计算")
        mark = next((part.name for part in node.parts if part.operator is None and part.name in (BAR, LISTED)), None)
        if mark is not None:
            near = WITHOUT_MARKS.get(node.name)
            why = f"{node.name} reads the mark of rows '{mark}', which the test of a factor does not have"
            hint = f"因子检验没有 {mark} 标记；{f'可改用 {near}，或' if near else ''}用 quantgpt.features 计算"
            raise _marked(node, text, why, hint, near)


def _marked(node: Node, text: str, why: str, hint: str, nearest: object = None) -> BadExpression:
    return BadExpression(why, text=text, start=node.start, end=node.end, hint=hint, nearest=nearest, code="marks")


def _check_constant(tree: Node, text: str, example: str) -> None:
    """Refuse an expression that reads no data."""
    if tree.operator is None and tree.name in (BAR, LISTED):
        raise BadExpression(
            f"Expression uses no market data: {tree.name} only marks the rows of a name",
            text=text,
            start=0,
            end=len(text),
            hint=f"{tree.name} 只标记证券的行，不是行情列；至少要用到一个行情列，例如 {example}",
            nearest=example,
            code="constant",
        )
    if not fields_of(lowered(tree)):
        raise BadExpression(
            "Expression uses no market data: it is a constant",
            text=text,
            start=0,
            end=len(text),
            hint=f"至少要用到一个行情列，例如 {', '.join(list(FIELDS)[:5])}",
            nearest=example,
            code="constant",
        )


def _check_size(root: Node, text: str) -> None:
    """Refuse combinations that stand for more than anybody could read."""
    size = fold(root, lambda node, parts: 1 + sum(parts))
    if size > MAX_EXPANDED:
        raise BadExpression(
            f"Expression is too large: {size} nodes once expanded, at most {MAX_EXPANDED}",
            text=text,
            start=0,
            end=len(text),
            hint=f"展开后最多 {MAX_EXPANDED} 个节点，请拆成几个因子",
            nearest=MAX_EXPANDED,
            code="too_large",
        )


def _check_readable(canonical: str, text: str) -> None:
    """Refuse combinations whose expansion is beyond the limits of a text."""
    try:
        tokenise_qlib(canonical)
    except BadExpression as refused:
        raise BadExpression(
            f"Expression is too large once expanded: {refused.message}",
            text=text,
            start=0,
            end=len(text),
            hint=f"展开后过大：{refused.hint}",
            nearest=refused.nearest,
            code="too_large",
        ) from None


def _check_bounds(root: Node, text: str) -> None:
    """Refuse clip with its literal bounds the wrong way round."""
    for node in walk(root):
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
