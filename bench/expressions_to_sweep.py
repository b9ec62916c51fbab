"""A thousand distinct, realistic factor expressions: the libraries of our dialect, their mutations, and the same with other
windows and wrappings."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import suppress

from quantgpt.expr import Expression, compile_expression
from quantgpt.foundations.errors import BadExpression
from quantgpt.foundations.fields import FIELDS
from quantgpt.research.mutations._base import Ground, mutation_names, mutations

LIBRARIES = ("kakushadze101", "gtja191", "technicals")
WINDOWS = (3, 5, 10, 20, 40, 60)
WRAPPINGS = (
    "rank({})",
    "-1 * ({})",
    "zscore({})",
    "ts_mean({}, 5)",
    "ts_delta({}, 5)",
    "ts_rank({}, 20)",
    "ts_zscore({}, 20)",
    "decay_linear({}, 10)",
    "rank({}) * rank(volume / adv20)",
    "rank({}) - rank(ts_std(returns, 20))",
)
LONGEST = 300
"""characters"""
MUTATED = 0.3
"""share of the draws that go to a strategy of the search"""


def library_expressions() -> list[str]:
    """What the libraries hold in our dialect, as far as it can be read on its own."""
    from quantgpt.libraries import library

    return [f.expression for name in LIBRARIES for f in library(name) if f.dialect == "quantgpt"]


def expressions(count: int, seed: int = 1) -> list[Expression]:
    """`count` expressions, no two of them the same factor; the same seed gives the same ones."""
    found: dict[str, Expression] = {}
    for text in _texts(random.Random(seed)):
        try:
            made = compile_expression(text)
        except BadExpression:
            continue
        found.setdefault(made.hash, made)
        if len(found) == count:
            break
    return list(found.values())


def _texts(draw: random.Random) -> Iterator[str]:
    base = [text for text in library_expressions() if len(text) <= LONGEST]
    yield from base
    strategies = mutation_names()
    ground = Ground(frozenset(name for name, spec in FIELDS.items() if spec.in_expressions))
    while True:
        text = draw.choice(base)
        if draw.random() < MUTATED:
            with suppress(BadExpression):
                yield from mutations(draw.choice(strategies), compile_expression(text), ground, draw, 2)
            continue
        text = re.sub(r"(?<=, )(\d+)(?=\))", lambda _: str(draw.choice(WINDOWS)), text)
        if draw.random() < 0.6:
            text = draw.choice(WRAPPINGS).format(text)
        if len(text) <= LONGEST:
            yield text
