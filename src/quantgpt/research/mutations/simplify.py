"""Less of the same: a part alone, one side of a sum or product, a layer taken off."""

from __future__ import annotations

import random
from collections.abc import Iterator

from quantgpt.expr.analysis import fields_of
from quantgpt.expr.expression import Expression
from quantgpt.expr.tree import Node
from quantgpt.research.mutations._base import Ground, calls_of, comparable, mutation, replaced, unit_of

ARITHMETIC = ("add", "sub", "mul", "div", "max", "min", "where")


@mutation("simplify", zh="简化", en="Simpler")
def grow(parent: Expression, ground: Ground, rng: random.Random) -> Iterator[Node]:
    """The tree with one layer less, then parts of it alone, then with two layers less."""
    fewer = _without_a_layer(parent.tree)
    rng.shuffle(fewer)
    yield from fewer
    alone = [comparable(node) for node in calls_of(parent.tree)[:-1] if fields_of(node)]
    rng.shuffle(alone)
    yield from alone
    for once in fewer:
        again = _without_a_layer(once)
        rng.shuffle(again)
        yield from again


def _without_a_layer(root: Node) -> list[Node]:
    """Every tree in which one operator gave way to one of its parts; units stay as they are except at sums and products."""
    made = []
    for node in calls_of(root):
        for part in node.parts:
            if part.kind == "number" or not fields_of(part):
                continue
            if node.name in ARITHMETIC or unit_of(part) == unit_of(node) or node.key == root.key:
                made.append(comparable(replaced(root, node, part)))
    return made
