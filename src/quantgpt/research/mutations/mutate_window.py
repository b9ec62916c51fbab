"""Other horizons: windows are replaced, one by one or all equal ones together."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from quantgpt.expr.expression import Expression
from quantgpt.expr.tree import Node, apply, fold
from quantgpt.factors.diagnose import WINDOWS_TO_TRY
from quantgpt.research.mutations._base import (
    TRIES,
    Edit,
    Ground,
    call,
    calls_of,
    comparable,
    made_in_turn,
    mutation,
    replaced,
    windows_at,
)

CHOICES = (3, *WINDOWS_TO_TRY, 120)
ADDED = ("ts_mean", "ts_av_diff", "ts_delta", "ts_rank", "decay_linear")


@mutation("mutate_window", zh="换窗口", en="Other windows")
def grow(parent: Expression, ground: Ground, rng: random.Random) -> Iterator[Node]:
    """One window at a time, then equal windows together, then two changes at once; a factor without windows gets one."""
    edits = _edits(parent.tree)
    if not edits:
        yield from _with_a_window(parent.tree, rng)
        return
    yield from filter(_in_order, made_in_turn(edits, rng))
    for _ in range(TRIES):
        once = rng.choice(edits)()
        twice = rng.choice(_edits(once))()
        if _in_order(twice):
            yield twice


def _edits(root: Node) -> list[Edit]:
    nodes = [(node, at) for node in calls_of(root) for at in windows_at(node)]
    single: list[Edit] = [
        partial(_one_resized, root, node, at, w) for node, at in nodes for w in CHOICES if node.numbers[at] != w
    ]
    values = sorted({node.numbers[at] for node, at in nodes})
    together: list[Edit] = [partial(_all_resized, root, old, new) for old in values for new in CHOICES if old != new]
    return single + together


def _one_resized(root: Node, node: Node, at: int, window: float) -> Node:
    return replaced(root, node, _resized(node, at, window))


def _resized(node: Node, at: int, window: float) -> Node:
    assert node.operator is not None
    numbers = tuple(float(window) if place == at else n for place, n in enumerate(node.numbers))
    return apply(node.operator, node.parts, numbers)


def _all_resized(root: Node, old: float, new: float) -> Node:
    def visit(node: Node, parts: tuple[Node, ...]) -> Node:
        if node.operator is None:
            return node
        here = windows_at(node)
        numbers = tuple(float(new) if at in here and n == old else n for at, n in enumerate(node.numbers))
        return apply(node.operator, parts, numbers)

    return fold(root, visit)


def _in_order(root: Node) -> bool:
    """Fast windows stay below slow ones."""
    return all(
        node.numbers[0] < node.numbers[1]
        for node in calls_of(root)
        if node.operator and [place.name for place in node.operator.places[-2:]] == ["fast", "slow"]
    )


def _with_a_window(root: Node, rng: random.Random) -> Iterator[Node]:
    edits: list[Edit] = [
        partial(call, name, comparable(root), numbers=(window,)) for name in ADDED for window in CHOICES
    ]
    yield from made_in_turn(edits, rng)
