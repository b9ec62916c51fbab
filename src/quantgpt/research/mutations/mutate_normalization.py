"""Another scale: against the name's own past, its volatility or its industry, or rank by rank inside a sum or a product.

A rank around the whole is no such change: the test of a factor only sees the order of the names.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from itertools import zip_longest

from quantgpt.expr.expression import Expression
from quantgpt.expr.tree import Node, market_field, number
from quantgpt.research.mutations._base import (
    Edit,
    Ground,
    call,
    calls_of,
    comparable,
    is_comparable,
    made_in_turn,
    mutation,
    replaced,
)

WINDOWS = (10, 20, 60, 120)
AGAINST_THE_PAST = ("ts_rank", "ts_zscore")
OF_NAMES = ("rank", "zscore", "scale")
OF_INDUSTRY = ("group_rank", "group_zscore", "indneutralize")
MIXING = ("add", "sub", "mul", "div", "max", "min")


@mutation("mutate_normalization", zh="换标准化", en="Another scale")
def grow(parent: Expression, ground: Ground, rng: random.Random) -> Iterator[Node]:
    """Scales of the whole, then of the parts of sums and products, then both."""
    root = comparable(parent.tree)
    outer, inner = _whole(root, ground), _parts(parent.tree)
    turns = [made_in_turn(outer, rng), made_in_turn(inner, rng)]
    for pair in zip_longest(*turns):
        yield from (made for made in pair if made is not None)
    while inner:
        yield rng.choice(_whole(comparable(rng.choice(inner)()), ground))()


def _whole(root: Node, ground: Ground) -> list[Edit]:
    made: list[Edit] = [partial(call, name, root, numbers=(w,)) for name in AGAINST_THE_PAST for w in WINDOWS]
    if "returns" in ground.fields:
        made += [partial(_over_volatility, root, w) for w in WINDOWS]
    if ground.has_industry:
        made += [partial(call, name, root) for name in OF_INDUSTRY]
    for name, scale in (("decay_linear", "rank"), ("ts_mean", "zscore")):
        made += [partial(call, name, call(scale, root), numbers=(w,)) for w in (5, 10)]
    made.append(partial(call, "abs", call("sub", call("rank", root), number(0.5))))
    return made


def _over_volatility(root: Node, window: float) -> Node:
    return call("div", root, call("ts_std", market_field("returns"), numbers=(window,)))


def _parts(root: Node) -> list[Edit]:
    """The tree with both sides of one sum, product or choice ranked or scored, or with one call inside it scored."""
    made: list[Edit] = []
    for node in calls_of(root):
        series = [part for part in node.parts if part.kind != "number"]
        if node.name in MIXING and len(series) == 2:
            for name in OF_NAMES:
                scored = call(node.name, *(call(name, part) for part in node.parts))
                made.append(partial(replaced, root, node, scored))
        elif node.name not in OF_NAMES and node.key != root.key and is_comparable(node):
            made += [partial(replaced, root, node, call(name, node)) for name in ("rank", "zscore")]
    return made
