"""Definitions expanded: the tree that the planner, the warm-up and the list of fields read."""

from __future__ import annotations

import functools

from quantgpt.expr.analysis import left_of
from quantgpt.expr.binding import Scope, bind
from quantgpt.expr.syntax import Syntax, parse
from quantgpt.expr.tree import BAR, LISTED, Node, apply, fold, market_field, on_other, walk
from quantgpt.operators._base import OPERATORS, Axis, Operator


@functools.cache
def _body(text: str) -> Syntax:
    return parse(text)[0]


def lowered(root: Node, left: int | None = None) -> Node:
    """`root` with every combination of operators replaced by what it stands for, and every origin put in its place.

    What starts where the question starts reads `bar:K` in place of `bar`: the same mark, missing also before the K-th row
    that lies ahead of the first row asked for. K is `left`, by default that of the whole of `root`.
    """
    whole = expanded(root)
    return _Origin(left_of(whole) if left is None else left).placed(whole)


def expanded(root: Node) -> Node:
    """`root` with every combination of operators replaced by what it stands for."""
    return _lowered(root, {})


class _Origin:
    """Puts the first row that Qlib loads into a tree: K rows before the first one asked for."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.bar = market_field(f"{BAR}:{left}")
        self.whole: dict[str, Node] = {}
        self.short: dict[str, Node] = {}

    def placed(self, root: Node) -> Node:
        """The tree; under an operator that starts with the question, everything is cut off there."""
        return fold(root, self._visit, self.whole)

    def _visit(self, node: Node, parts: tuple[Node, ...]) -> Node:
        operator = node.operator
        if operator is None:
            return self._leaf(node)
        if not operator.from_origin or any(part.name == LISTED for part in node.parts):
            return apply(operator, parts, node.numbers)
        short = tuple(self.bar if part.name == BAR and not part.parts else self._cut(part) for part in node.parts)
        return apply(operator, short, node.numbers)

    def _leaf(self, node: Node) -> Node:
        if node.inner is not None:
            return on_other(node.code, lowered(node.inner, self.left))
        return market_field(BAR) if node.name == LISTED else node

    def _cut(self, part: Node) -> Node:
        """`part` as it is when no row before the origin is there; only what looks over time can tell."""
        looks = any(node.operator is not None and node.operator.axis is Axis.TIME for node in walk(part))
        return fold(part, self._visit_short, self.short) if looks else self.placed(part)

    def _visit_short(self, node: Node, parts: tuple[Node, ...]) -> Node:
        if node.kind == "number":
            return node
        if node.operator is not None:
            return apply(node.operator, parts, node.numbers)
        if node.name in (BAR, LISTED):
            return self.bar if node.name == BAR else market_field(BAR)
        return apply(OPERATORS["on_bars"], (self._leaf(node), self.bar))


def _lowered(root: Node, done: dict[str, Node]) -> Node:
    def visit(node: Node, parts: tuple[Node, ...]) -> Node:
        operator = node.operator
        if operator is None:
            return node
        if operator.axis is not Axis.MACRO:
            return apply(operator, parts, node.numbers)
        return _body_of(operator, parts, node.numbers)

    return fold(root, visit, done)


def _body_of(operator: Operator, parts: tuple[Node, ...], numbers: tuple[float, ...]) -> Node:
    given: dict[str, Node | float] = {}
    values: tuple[Node | float, ...] = (*parts, *numbers)
    for place, value in zip(operator.places, values, strict=True):
        given[place.name] = value
    body = bind(_body(operator.body), Scope(operator.body, given=given))
    return _lowered(body, {part.key: part for part in parts})
