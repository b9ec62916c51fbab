"""What a mutation strategy is, the registry of all of them, and what becomes of the trees that they grow."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from quantgpt.expr.analysis import units_of
from quantgpt.expr.canonical import canonical_tree, text_of
from quantgpt.expr.expression import Expression, compile_expression
from quantgpt.expr.tree import Node, apply, fold, walk
from quantgpt.foundations.errors import BadExpression
from quantgpt.foundations.registry import Registry
from quantgpt.operators._base import OPERATORS, Takes
from quantgpt.research.duplicates import Seen
from quantgpt.research.memory import Memory

MOST_CHARACTERS = 500
MOST_NODES = 90
MOST_DEPTH = 12
MOST_WARMUP = 300
GROWTH = 1.3
"""how much larger than a parent beyond those limits a mutation may be"""
TRIES = 150
"""trees that are looked at for one order"""
PLAIN_WINDOW = 20
LEVELS = ("price", "shares", "money")
HARMLESS = frozenset({"long_warmup"})
"""notices that a mutation may bring in"""


@dataclass(frozen=True)
class Ground:
    """What a mutation may use: the fields of the open market, and what the lineage knows."""

    fields: frozenset[str]
    has_industry: bool = True
    memory: Memory = field(default_factory=Memory)


Grow: TypeAlias = Callable[[Expression, Ground, random.Random], Iterator[Node]]
"""trees made of a factor, without end or until nothing is left to try; they need not be valid"""
Edit: TypeAlias = Callable[[], Node]
"""makes one changed tree"""


@dataclass(frozen=True)
class Mutation:
    """One strategy."""

    name: str
    zh: str
    en: str
    grow: Grow


MUTATIONS: Registry[Mutation] = Registry("mutation")


def mutation(name: str, *, zh: str, en: str) -> Callable[[Grow], Grow]:
    """Register a strategy."""

    def register(grow: Grow) -> Grow:
        MUTATIONS.add(name, Mutation(name, zh, en, grow))
        return grow

    return register


def mutation_names() -> tuple[str, ...]:
    """The names of all strategies."""
    MUTATIONS.load("quantgpt.research.mutations")
    return tuple(MUTATIONS)


def mutations(
    name: str, parent: Expression, ground: Ground, rng: random.Random, wanted: int, seen: Seen | None = None
) -> list[str]:
    """Up to `wanted` valid expressions of one strategy, none of which orders names like the parent, like another one or
    like those in `seen`. The same state of `rng` gives the same texts.

    Raises: NotFound for an unknown strategy.
    """
    mutation_names()
    found: list[str] = []
    taken = Seen([parent])
    for node in islice(MUTATIONS[name].grow(parent, ground, rng), TRIES):
        if len(found) == wanted:
            break
        made = finished(node, parent, ground)
        if made is None or taken.likeness(made) or (seen is not None and seen.likeness(made)):
            continue
        if ground.memory.failed_before(made) is not None or rng.random() < ground.memory.wear(made):
            continue
        taken.add(made)
        found.append(made.text)
    return found


def finished(node: Node, parent: Expression, ground: Ground) -> Expression | None:
    """The expression that a tree stands for, if it is one worth testing: it reads data, stays within limits that people can
    read, and looks no odder than its parent."""
    try:
        text = text_of(canonical_tree(node))
        if len(text) > max(MOST_CHARACTERS, GROWTH * len(parent.canonical)):
            return None
        made = compile_expression(text, fields=ground.fields, has_industry=ground.has_industry)
    except BadExpression:
        return None
    small = made.nodes <= max(MOST_NODES, GROWTH * parent.nodes) and made.depth <= max(MOST_DEPTH, parent.depth + 2)
    if not small or made.warmup > max(MOST_WARMUP, parent.warmup):
        return None
    odd = {notice.code for notice in made.notices} - {notice.code for notice in parent.notices} - HARMLESS
    return None if odd or (made.unit in LEVELS and parent.unit not in LEVELS) else made


# -- trees ----------------------------------------------------------------------------------------------------------


def call(name: str, *parts: Node, numbers: tuple[float, ...] = ()) -> Node:
    """An operator applied."""
    return apply(OPERATORS[name], parts, tuple(float(n) for n in numbers))


def replaced(root: Node, old: Node, new: Node) -> Node:
    """The tree with every occurrence of one sub-tree replaced."""

    def visit(node: Node, parts: tuple[Node, ...]) -> Node:
        if node.key == old.key:
            return new
        return node if node.operator is None else apply(node.operator, parts, node.numbers)

    return fold(root, visit)


def calls_of(root: Node) -> list[Node]:
    """Every different applied operator, parts before wholes."""
    return [node for node in walk(root) if node.operator is not None]


def windows_at(node: Node) -> list[int]:
    """Places of `numbers` that hold windows."""
    if node.operator is None:
        return []
    places = node.operator.places[node.operator.inputs :]
    return [at for at, place in enumerate(places) if place.takes is Takes.WINDOW]


def unit_of(node: Node) -> str:
    """The unit of a sub-tree."""
    return units_of(node)[0]


def is_comparable(node: Node) -> bool:
    """Whether its values can be compared across names."""
    return unit_of(node) not in LEVELS


def comparable(node: Node) -> Node:
    """The node, ranked where it has a unit."""
    return node if is_comparable(node) else call("rank", node)


def made_in_turn(edits: list[Edit], rng: random.Random) -> Iterator[Node]:
    """What the edits make, in a random order; each is made when it is asked for."""
    order = list(edits)
    rng.shuffle(order)
    for make in order:
        yield make()
