"""Another scale: against the name's own past, its volatility or its industry, or rank by rank inside a sum or a product.

A rank around the whole is no such change: the test of a factor only sees the order of the names.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from quantgpt.expr.expression import Expression
from quantgpt.expr.tree import Node, market_field, number
from quantgpt.research.mutations._base import (
    Ground,
    call,
    calls_of,
    comparable,
    is_comparable,
    mutation,
    replaced,
    shuffled,
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
    outer = shuffled(_whole(root, ground), rng)
    inner = shuffled(_parts(parent.tree), rng)
    for pair in zip(outer, inner, strict=False):
        yield from pair
    short = min(len(outer), len(inner))
    yield from outer[short:]
    yield from inner[short:]
    while inner:
        yield rng.choice(_whole(comparable(rng.choice(inner)), ground))


def _whole(root: Node, ground: Ground) -> list[Node]:
    made = [call(name, root, numbers=(w,)) for name in AGAINST_THE_PAST for w in WINDOWS]
    if "returns" in ground.fields:
        made += [call("div", root, call("ts_std", market_field("returns"), numbers=(w,))) for w in WINDOWS]
    if ground.has_industry:
        made += [call(name, root) for name in OF_INDUSTRY]
    made += [call("decay_linear", call("rank", root), numbers=(w,)) for w in (5, 10)]
    made += [call("ts_mean", call("zscore", root), numbers=(w,)) for w in (5, 10)]
    made.append(call("abs", call("sub", call("rank", root), number(0.5))))
    return made


def _parts(root: Node) -> list[Node]:
    """The tree with both sides of one sum, product or choice ranked or scored, or with one call inside it scored."""
    made = []
    for node in calls_of(root):
        series = [part for part in node.parts if part.kind != "number"]
        if node.name in MIXING and len(series) == 2:
            for name in OF_NAMES:
                made.append(replaced(root, node, call(node.name, *(call(name, part) for part in node.parts))))
        elif node.name not in OF_NAMES and node.key != root.key and is_comparable(node):
            made += [replaced(root, node, call(name, node)) for name in ("rank", "zscore")]
    return made
