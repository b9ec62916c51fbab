"""Other operators of the same kind: a mean becomes a decayed mean, a correlation a covariance, a rank a score."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from quantgpt.expr.expression import Expression
from quantgpt.expr.tree import Node, apply
from quantgpt.factors.diagnose import REPLACEMENTS
from quantgpt.operators._base import OPERATORS, Takes
from quantgpt.research.mutations._base import PLAIN_WINDOW, Edit, Ground, calls_of, made_in_turn, mutation, replaced

FAMILIES = (
    ("ts_mean", "decay_linear", "ema", "ts_median"),
    ("ts_std", "ts_mad", "ts_mean_deviation"),
    ("ts_delta", "ts_av_diff", "ts_slope", "ts_resi"),
    ("ts_rank", "ts_zscore"),
    ("ts_max", "ts_min", "ts_median"),
    ("ts_argmax", "ts_argmin"),
    ("ts_skew", "ts_kurt"),
    ("ts_corr", "ts_cov"),
    ("rank", "zscore", "scale", "group_rank", "group_zscore", "ts_rank"),
    ("tanh", "sigmoid", "sign"),
    ("max", "min"),
    ("mul", "add", "sub"),
)
"""operators that may stand for each other where their places allow it; arithmetic only among pure numbers"""

SAME_ORDER = {"ts_mean": {"ts_sum"}, "ts_sum": {"ts_mean"}}
"""what differs by a factor only, but for sessions without a value"""


@mutation("mutate_operator", zh="换算子", en="Other operators")
def grow(parent: Expression, ground: Ground, rng: random.Random) -> Iterator[Node]:
    """Every single exchange, then two at once."""
    edits = _edits(parent.tree)
    yield from made_in_turn(edits, rng)
    while edits:
        again = _edits(rng.choice(edits)())
        if again:
            yield rng.choice(again)()


def _edits(root: Node) -> list[Edit]:
    made: list[Edit] = []
    for node in calls_of(root):
        for name in alternatives(node.name):
            other = recast(node, name)
            if other is not None:
                made.append(partial(replaced, root, node, other))
    return made


def alternatives(name: str) -> list[str]:
    """Operators that may stand for `name`, in name order."""
    found = set(REPLACEMENTS.get(name, ()))
    for family in FAMILIES:
        if name in family:
            found.update(family)
    return sorted(found - {name} - SAME_ORDER.get(name, set()))


def recast(node: Node, name: str) -> Node | None:
    """The call with another operator: surplus places are dropped, a missing window is the usual one; None where a series
    would be missing."""
    target = OPERATORS[name]
    if len(node.parts) < target.inputs:
        return None
    places = target.places[target.inputs :]
    given = list(node.numbers)
    numbers = []
    for place in places:
        if place.takes is not Takes.WINDOW:
            return None
        numbers.append(given.pop(0) if given else float(PLAIN_WINDOW))
    return apply(target, node.parts[: target.inputs], tuple(numbers))
