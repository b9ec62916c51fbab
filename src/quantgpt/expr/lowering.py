"""Definitions expanded: the tree that the planner, the warm-up and the list of fields read."""

from __future__ import annotations

import functools

from quantgpt.expr.binding import Scope, bind
from quantgpt.expr.syntax import Syntax, parse
from quantgpt.expr.tree import Node, apply, fold
from quantgpt.operators._base import Axis, Operator


@functools.cache
def _body(text: str) -> Syntax:
    return parse(text)[0]


def lowered(root: Node) -> Node:
    """`root` with every combination of operators replaced by what it stands for."""
    return _lowered(root, {})


def _lowered(root: Node, done: dict[str, Node]) -> Node:
    def visit(node: Node, parts: tuple[Node, ...]) -> Node:
        operator = node.operator
        if operator is None:
            return node
        if operator.axis is not Axis.MACRO:
            return apply(operator, parts, node.numbers)
        return _expanded(operator, parts, node.numbers)

    return fold(root, visit, done)


def _expanded(operator: Operator, parts: tuple[Node, ...], numbers: tuple[float, ...]) -> Node:
    given: dict[str, Node | float] = {}
    values: tuple[Node | float, ...] = (*parts, *numbers)
    for place, value in zip(operator.places, values, strict=True):
        given[place.name] = value
    body = bind(_body(operator.body), Scope(operator.body, given=given))
    return _lowered(body, {part.key: part for part in parts})
