"""Several trees → one list of steps in which everything they share is computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quantgpt.expr.tree import Node, fold
from quantgpt.operators._base import Axis, Operator


@dataclass(frozen=True, slots=True)
class Step:
    """One operator applied once: which values it reads, which it makes, and how far back it looks."""

    operator: Operator
    sources: tuple[str, ...]
    numbers: tuple[float, ...]
    makes: str
    history: int
    last_use_of: tuple[str, ...]
    """values that no later step reads"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order in which every value is made before it is read.

    `tails` says how many earlier rows of a made value later steps look back at; `early` how many rows before the first
    row asked for a value must be right; `roots` are the values asked for, in the order of the question.
    """

    steps: tuple[Step, ...]
    roots: tuple[str, ...]
    fields: dict[str, str]
    constants: dict[str, float]
    tails: dict[str, int]
    early: dict[str, int]
    warmup: int


def make_plan(trees: Sequence[Node]) -> Plan:
    """The plan of several trees whose definitions are expanded."""
    done: dict[str, None] = {}
    nodes: list[Node] = []
    for tree in trees:
        fold(tree, lambda node, _: nodes.append(node), done)
    fields = {node.key: node.name for node in nodes if node.kind == "field"}
    constants = {node.key: node.value for node in nodes if node.kind == "number"}
    calls = [(node, node.operator) for node in nodes if node.operator is not None]
    tails = {node.key: 0 for node in nodes}
    early = {node.key: 0 for node in nodes}
    final: dict[str, int] = {}
    for place, (node, operator) in enumerate(calls):
        history = _history(operator, node)
        for part in node.parts:
            tails[part.key] = max(tails[part.key], history)
            final[part.key] = place
    for node, operator in reversed(calls):
        for part in node.parts:
            early[part.key] = max(early[part.key], early[node.key] + _history(operator, node))
    roots = tuple(tree.key for tree in trees)
    ends: dict[int, list[str]] = {}
    for key, place in final.items():
        if key not in roots and key not in fields and key not in constants:
            ends.setdefault(place, []).append(key)
    steps = tuple(
        Step(
            operator,
            tuple(part.key for part in node.parts),
            node.numbers,
            node.key,
            _history(operator, node),
            tuple(ends.get(place, ())),
        )
        for place, (node, operator) in enumerate(calls)
    )
    return Plan(steps, roots, fields, constants, tails, early, max(early.values(), default=0))


def _history(operator: Operator, node: Node) -> int:
    return operator.history(*node.numbers) if operator.axis is Axis.TIME else 0
