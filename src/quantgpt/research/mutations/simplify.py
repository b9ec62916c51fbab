"""Less of the same: a part alone, one side of a sum or product, a layer taken off."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from quantgpt.expr.analysis import fields_of
from quantgpt.expr.expression import Expression
from quantgpt.expr.tree import Node
from quantgpt.research.mutations._base import (
    Edit,
    Ground,
    calls_of,
    comparable,
    made_in_turn,
    mutation,
    replaced,
    unit_of,
)

ARITHMETIC = ("add", "sub", "mul", "div", "max", "min", "where")


@mutation("simplify", zh="简化", en="Simpler")
def grow(parent: Expression, ground: Ground, rng: random.Random) -> Iterator[Node]:
    """The tree with one layer less, then parts of it alone, then with two layers less."""
    fewer = _without_a_layer(parent.tree)
    yield from made_in_turn(fewer, rng)
    alone: list[Edit] = [partial(comparable, node) for node in calls_of(parent.tree)[:-1] if fields_of(node)]
    yield from made_in_turn(alone, rng)
    for once in made_in_turn(fewer, rng):
        yield from made_in_turn(_without_a_layer(once), rng)


def _without_a_layer(root: Node) -> list[Edit]:
    """Every tree in which one operator gave way to one of its parts; units stay as they are except at sums and products."""
    made: list[Edit] = []
    for node in calls_of(root):
        for part in node.parts:
            if part.kind == "number" or not fields_of(part):
                continue
            if node.name in ARITHMETIC or unit_of(part) == unit_of(node) or node.key == root.key:
                made.append(partial(_replaced, root, node, part))
    return made


def _replaced(root: Node, node: Node, part: Node) -> Node:
    return comparable(replaced(root, node, part))
