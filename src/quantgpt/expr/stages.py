"""Trees → fused programs with unfused operators between them.

Operators that can be written in lanes run in compiled programs, all expressions at once. What cannot (cross-sections,
numpy's own functions, recursions) runs as a kernel on whole panels between two programs. A look-ahead of `A` sessions is
a delay: the expression is evaluated as it was `A` sessions ago, so that nothing here ever reads the future.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from quantgpt.codegen.emit import Output
from quantgpt.codegen.lanes import Kind, Lane, Lanes
from quantgpt.expr.tree import Node, fold
from quantgpt.foundations.errors import BadRequest
from quantgpt.operators._base import Operator

SINGLE = frozenset({"qlib_log32", "qlib_power32"})
"""unfused operators that read and make float32"""
LEAD = "qlib_lead"
BAR = "bar"
LISTED = "listed"
OTHER = "other:"


@dataclass(frozen=True)
class Apart:
    """An operator that runs by itself: its node, and where its inputs come from."""

    node: Node
    operator: Operator

    @property
    def single(self) -> bool:
        """Whether it reads and makes float32."""
        return self.operator.name in SINGLE


@dataclass
class Stage:
    """A program (what later operators read) and the operators that run after it."""

    wanted: list[Node] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)


def level_of(node: Node, levels: dict[str, int], fuse: bool) -> int:
    """How many unfused operators lie on the longest path under and at a node."""

    def visit(now: Node, parts: tuple[int, ...]) -> int:
        return max(parts, default=0) + (now.operator is not None and not fused(now.operator, fuse))

    return fold(node, visit, levels)


def fused(operator: Operator, fuse: bool = True) -> bool:
    """Whether an operator is part of a compiled program."""
    return operator.name == LEAD or (fuse and operator.lower is not None)


def stages_of(roots: Sequence[Node], delay: int, fuse: bool = True) -> tuple[list[Stage], list[Output]]:
    """The stages before the last program, and that program's outputs, one for every root.

    Without `fuse` every operator runs by itself.

    Raises: BadRequest when an operator that cannot be delayed stands over a look-ahead.
    """
    levels: dict[str, int] = {}
    for root in roots:
        level_of(root, levels, fuse)
    writer = _Writer(fuse)
    deepest = max((levels[root.key] for root in roots), default=0)
    stages = [Stage() for _ in range(deepest)]
    nodes: dict[str, Node] = {}
    for root in roots:
        fold(root, lambda node, _: nodes.setdefault(node.key, node), {})
    for node in nodes.values():
        operator = node.operator
        if operator is None or fused(operator, fuse):
            continue
        stage = stages[levels[node.key] - 1]
        stage.apart.append(Apart(node, operator))
        for part in node.parts:
            simple = part.operator is None and not _is_bar(part)
            own = part.operator is not None and not fused(part.operator, fuse)
            if not simple and not own and all(part.key != wanted.key for wanted in stage.wanted):
                if _ahead(part):
                    raise BadRequest(f"{operator.name} cannot stand over a look-ahead", field="expression")
                stage.wanted.append(part)
                made = writer.lane(part, 0)
                if _is_bar(part):
                    made = writer.lanes.when(made, writer.lanes.const(1.0, Kind.F32))
                stage.outputs.append(Output(made if made.kind is Kind.F32 else writer.lanes.wide(made)))
    return stages, [Output(writer.result(root, delay), delay) for root in roots]


def _is_bar(node: Node) -> bool:
    return node.kind == "field" and node.name.partition(":")[0] in (BAR, LISTED)


def _ahead(node: Node) -> bool:
    found: list[bool] = []
    fold(node, lambda now, _: found.append(now.name == LEAD and now.operator is not None), {})
    return any(found)


class _Writer:
    """Writes nodes in lanes; a node is written once for every delay at which it is read."""

    def __init__(self, fuse: bool) -> None:
        self.lanes = Lanes()
        self.fuse = fuse
        self.known: dict[tuple[str, int], Lane] = {}

    def result(self, root: Node, delay: int) -> Lane:
        """The float32 lane of a root. A quotient is rounded from a · (1/b), so that a divisor is inverted once."""
        b = self.lanes
        made = self.lane(root, delay)
        if made.kind is Kind.F64 and made.op == "div":
            over, under = made.args
            made = b.mul(over, b.div(b.const(1.0), under))
        return b.narrow(made)

    def lane(self, root: Node, delay: int) -> Lane:
        """The lane of `root` as it was `delay` sessions ago."""
        stack = [(root, delay)]
        while stack:
            node, back = stack[-1]
            if (node.key, back) in self.known:
                stack.pop()
                continue
            if node.operator is None or not fused(node.operator, self.fuse):
                self.known[node.key, back] = self._leaf(node, back)
                stack.pop()
                continue
            inner = back - int(node.numbers[0]) if node.name == LEAD else back
            if inner < 0:
                raise BadRequest("the expression looks further ahead than was counted", field="expression")
            missing = [(part, inner) for part in node.parts if (part.key, inner) not in self.known]
            if missing:
                stack.extend(reversed(missing))
                continue
            parts = [self.known[part.key, inner] for part in node.parts]
            lower = node.operator.lower
            if node.name == LEAD or lower is None:
                self.known[node.key, back] = parts[0]
            else:
                self.known[node.key, back] = lower(self.lanes, *parts, *node.numbers)
            stack.pop()
        return self.known[root.key, delay]

    def _leaf(self, node: Node, delay: int) -> Lane:
        b = self.lanes
        if node.kind == "number":
            return b.const(node.value)
        if node.operator is not None:
            kind = Kind.F32 if node.operator.name in SINGLE else Kind.F64
            return b.lag(b.field(f"node:{node.key}", kind), delay)
        if _is_bar(node):
            origin = node.name.partition(":")[2]
            return b.bar(int(origin) if origin else None, delay)
        if node.name.startswith(OTHER):
            return b.lag(b.series(node.name), delay)
        return b.lag(b.field(node.name), delay)
