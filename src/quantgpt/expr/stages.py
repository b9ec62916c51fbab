"""Trees → fused programs with unfused operators between them.

Operators that can be written in lanes run in compiled programs, all expressions at once. What cannot (cross-sections,
numpy's own functions, recursions) runs as a kernel on whole panels between two programs. A look-ahead of `A` sessions is
a delay: the expression is evaluated as it was `A` sessions ago, so that nothing here ever reads the future.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from quantgpt.codegen.lanes import Kind, Lane, Lanes
from quantgpt.codegen.layout import Output
from quantgpt.expr.analysis import AHEAD
from quantgpt.expr.tree import BAR, LISTED, OTHER, Node, fold
from quantgpt.foundations.errors import BadRequest
from quantgpt.operators._base import Operator


@dataclass(frozen=True)
class Apart:
    """An operator that runs by itself: its node, and where its inputs come from."""

    node: Node
    operator: Operator
    delay: int
    """it is computed as it was that many sessions ago, because it stands over a look-ahead of as many"""

    @property
    def name(self) -> str:
        """What its result is called where later code reads it."""
        return f"node:{self.node.key}"

    @property
    def single(self) -> bool:
        """Whether it reads and makes float32."""
        return self.operator.single


@dataclass
class Stage:
    """A program (what later operators read) and the operators that run after it."""

    wanted: list[tuple[str, int]] = field(default_factory=list)
    """what the outputs are: key of a node and delay"""
    outputs: list[Output] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)

    @property
    def reads(self) -> set[str]:
        """Results of earlier operators that the operators of this stage read directly."""
        return {f"node:{part.key}" for apart in self.apart for part in apart.node.parts}

    def want(self, node: Node, delay: int, writer: _Writer) -> None:
        """Have the program make a value for the operators to read."""
        if (node.key, delay) in self.wanted:
            return
        made = writer.lane(node, delay)
        if _is_bar(node):
            made = writer.lanes.when(made, writer.lanes.const(1.0, Kind.F32))
        self.wanted.append((node.key, delay))
        self.outputs.append(Output(made if made.kind is Kind.F32 else writer.lanes.wide(made), delay))


def level_of(node: Node, levels: dict[str, int], fuse: bool) -> int:
    """How many unfused operators lie on the longest path under and at a node."""

    def visit(now: Node, parts: tuple[int, ...]) -> int:
        return max(parts, default=0) + (now.operator is not None and not fused(now, fuse))

    return fold(node, visit, levels)


def fused(node: Node, fuse: bool = True) -> bool:
    """Whether an applied operator is part of a compiled program."""
    operator = node.operator
    return operator is not None and (node.name == AHEAD or (fuse and operator.lower(*node.numbers) is not None))


def stages_of(
    roots: Sequence[Node],
    delay: int,
    fuse: bool = True,
    exact: bool = False,
    doubles: frozenset[str] = frozenset(),
) -> tuple[list[Stage], list[Output]]:
    """The stages before the last program, and that program's outputs, one for every root.

    Without `fuse` every operator runs by itself; with `exact` the results stay float64. `doubles` are the fields whose panels
    are float64.
    """
    levels: dict[str, int] = {}
    aheads: dict[str, int] = {}
    for root in roots:
        level_of(root, levels, fuse)
        ahead_of(root, aheads)
    writer = _Writer(aheads, fuse, doubles)
    stages = [Stage() for _ in range(max((levels[root.key] for root in roots), default=0))]
    nodes: dict[str, Node] = {}
    for root in roots:
        fold(root, lambda node, _: nodes.setdefault(node.key, node), {})
    for node in nodes.values():
        if node.operator is None or fused(node, fuse):
            continue
        apart = Apart(node, node.operator, aheads[node.key])
        stage = stages[levels[node.key] - 1]
        stage.apart.append(apart)
        for part in node.parts:
            if not _at_hand(part, apart.delay, aheads, fuse):
                stage.want(part, apart.delay, writer)
    results = [writer.lanes.wide(writer.lane(root, delay)) if exact else writer.result(root, delay) for root in roots]
    return stages, [Output(result, delay) for result in results]


def ahead_of(node: Node, aheads: dict[str, int]) -> int:
    """How many sessions a node looks ahead."""

    def visit(now: Node, parts: tuple[int, ...]) -> int:
        return max(parts, default=0) + (int(now.numbers[0]) if now.operator and now.name == AHEAD else 0)

    return fold(node, visit, aheads)


def _at_hand(part: Node, delay: int, aheads: dict[str, int], fuse: bool) -> bool:
    """Whether an operator can read a part as it is: a number, a field, or what another operator made."""
    if part.kind == "number":
        return True
    if part.operator is None:
        return part.is_market_field and delay == 0
    return not fused(part, fuse) and aheads[part.key] == delay


def _is_bar(node: Node) -> bool:
    return node.kind == "field" and node.name.partition(":")[0] in (BAR, LISTED)


class _Writer:
    """Writes nodes in lanes; a node is written once for every delay at which it is read."""

    def __init__(self, aheads: dict[str, int], fuse: bool, doubles: frozenset[str]) -> None:
        self.lanes = Lanes()
        self.doubles = doubles
        self.aheads = aheads
        self.fuse = fuse
        self.known: dict[tuple[str, int], Lane] = {}

    def result(self, root: Node, delay: int) -> Lane:
        """The float32 lane of a root. A quotient is rounded from a · (1/b), so that a divisor is inverted once; a divisor
        whose inverse would overflow is made larger first."""
        b = self.lanes
        made = self.lane(root, delay)
        if made.kind is Kind.F64 and made.op == "div":
            over, under = made.args
            if under.op not in ("wide", "const"):
                tiny = b.compare("lt", b.abs(under), b.const(2.0**-500))
                scale = b.pick(tiny, b.const(2.0**600), b.const(1.0))
                over, under = b.mul(over, scale), b.mul(under, scale)
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
            if node.operator is None or not fused(node, self.fuse):
                self.known[node.key, back] = self._leaf(node, back)
                stack.pop()
                continue
            inner = back - int(node.numbers[0]) if node.name == AHEAD else back
            if inner < 0:
                raise BadRequest("the expression looks further ahead than was counted", field="expression")
            missing = [(part, inner) for part in node.parts if (part.key, inner) not in self.known]
            if missing:
                stack.extend(reversed(missing))
                continue
            parts = [self.known[part.key, inner] for part in node.parts]
            lower = node.operator.lower(*node.numbers)
            if node.name == AHEAD or lower is None:
                b = self.lanes
                self.known[node.key, back] = b.when(b.both(b.bar(None, back), b.bar(None, inner)), parts[0])
            else:
                self.known[node.key, back] = lower(self.lanes, *parts, *node.numbers)
            stack.pop()
        return self.known[root.key, delay]

    def _leaf(self, node: Node, delay: int) -> Lane:
        b = self.lanes
        if node.kind == "number":
            return b.const(node.value)
        if node.operator is not None:
            kind = Kind.F32 if node.operator.single else Kind.F64
            return b.lag(b.field(f"node:{node.key}", kind), delay - self.aheads[node.key])
        if _is_bar(node):
            origin = node.name.partition(":")[2]
            return b.bar(int(origin) if origin else None, delay)
        if node.name.startswith(OTHER):
            return b.lag(b.series(node.name, Kind.F64), delay)
        return b.lag(b.field(node.name, Kind.F64 if node.name in self.doubles else Kind.F32), delay)
