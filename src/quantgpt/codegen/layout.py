"""How a graph of lanes is computed: in which loops, from which buffers, and what is kept from tile to tile."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from quantgpt.codegen.lanes import WIDTH, Kind, Lane, as_f32
from quantgpt.foundations.errors import Broken

ROW = {Kind.F32: 4 * WIDTH, Kind.F64: 8 * WIDTH}
"""bytes of one session of a lane"""
SECTION_WEIGHT = 350
"""instructions of one loop, so that it stays in the instruction cache"""
UNROLLED = 64
"""sorted windows up to this length are written out"""
SCRATCH_BYTES = 5 * 1024 * 1024
TILES = (96, 64, 48, 32)
CHEAP = {"const", "bar", "series", "field", "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "wide", "lag"}
"""written again wherever they are read"""


@dataclass(frozen=True)
class Output:
    """One result. A float32 lane is stored where the asset has a bar `delay` sessions ago, else NaN is; a float64 lane
    is stored as it is, among the auxiliary planes."""

    lane: Lane
    delay: int = 0


def split(outputs: Sequence[Output], tile: int = TILES[-1], room: int = SCRATCH_BYTES) -> list[list[int]]:
    """Outputs put in groups whose lanes that are looked back at fit the third-level cache together.

    An output joins the group with which it shares most. A lane that two groups need is computed in both.
    """
    tails = _tails_of(_postorder([output.lane for output in outputs], {}))
    under: dict[int, frozenset[int]] = {}
    size: dict[int, int] = {}
    for node in _postorder([output.lane for output in outputs], {}):
        own = {node.place} if node.place in tails or node.op == "sort" else set()
        size[node.place] = ROW[Kind.F32 if node.kind is Kind.MASK else node.kind] * (
            integer(node.extra[0]) if node.op == "sort" else tails.get(node.place, 0) + tile
        )
        under[node.place] = frozenset(own).union(*(under[arg.place] for arg in node.args))
    groups: list[tuple[set[int], list[int]]] = []
    for i, output in enumerate(outputs):
        needs = under[output.lane.place]
        best, shared = None, -1
        for group in groups:
            together = sum(size[place] for place in group[0] | needs)
            common = sum(size[place] for place in group[0] & needs)
            if together <= room and common > shared:
                best, shared = group, common
        if best is None:
            best = (set(), [])
            groups.append(best)
        best[0].update(needs)
        best[1].append(i)
    return [members for _, members in groups]


@dataclass
class Buffer:
    """Where a lane lies: an offset in its space, and rows kept in front of the tile."""

    kind: Kind
    offset: int
    tail: int


@dataclass
class Section:
    """Lanes computed in one loop, and the outputs stored there."""

    nodes: list[Lane] = field(default_factory=list)
    stores: list[int] = field(default_factory=list)
    weight: int = 0


@dataclass
class Function:
    """One of the two functions: its sections and the buffers between them."""

    name: str
    sections: list[Section]
    buffers: dict[int, Buffer]


class Layout:
    """The loops and buffers of one plan.

    `order` holds the lanes, parts before wholes; `tails` how far back each is looked at; `carried` the buffers of those
    that are, which live as long as a strip; `functions` the sections of `full` and `warm` and the buffers between them;
    `used` the bytes of working memory.
    """

    def __init__(self, outputs: Sequence[Output], tile: int | None) -> None:
        self.outputs = outputs
        roots = [output.lane for output in outputs]
        self.readers: dict[int, list[Lane]] = {}
        for node in _postorder(roots, {}):
            if node.op == "nth":
                self.readers.setdefault(node.args[0].place, []).append(node)
        self.order = _postorder(roots, self.readers)
        self.tails = _tails_of(self.order)
        self.inputs = [node for node in self.order if node.op in ("field", "series")]
        self.input_place = {node.place: i for i, node in enumerate(self.inputs)}
        carried = [node for node in self.order if node.place in self.tails or node.op == "sort"]
        full = self._sections(self.order, {i: output.lane for i, output in enumerate(outputs)}, self.readers)
        early = {node.place for node in _postorder(carried, {})}
        kept = {place: [nth for nth in nodes if nth.place in early] for place, nodes in self.readers.items()}
        kept = {place: nodes for place, nodes in kept.items() if nodes}
        warm = self._sections(_postorder(carried, kept), {}, kept)
        self.tile = tile or self._fitting()
        self.carried: dict[int, Buffer] = {}
        self.used = {Kind.F32: 0, Kind.F64: 0}
        for node in carried:
            if node.op == "sort":
                self.carried[node.place] = self._allot(node.kind, integer(node.extra[0]), 0)
            else:
                self.carried[node.place] = self._allot(
                    node.kind, self.tails[node.place] + self.tile, self.tails[node.place]
                )
        base = dict(self.used)
        self.functions = []
        highest = dict(base)
        for name, sections in (("full", full), ("warm", warm)):
            self.used = dict(base)
            self.functions.append(Function(name, sections, self._between(sections)))
            highest = {kind: max(highest[kind], self.used[kind]) for kind in highest}
        self.used = highest

    def hard(self, node: Lane) -> bool:
        """Whether a lane is computed in one place only; the others are written again wherever they are read."""
        return node.place in self.tails or not _cheap(node)

    def _sections(
        self, order: Sequence[Lane], stores: dict[int, Lane], readers: dict[int, list[Lane]]
    ) -> list[Section]:
        """Cut the order into loops; what reads a sorted window stays in the loop that keeps it sorted."""
        waiting: dict[int, list[int]] = {}
        for i, lane in stores.items():
            waiting.setdefault(lane.place, []).append(i)
        sections = [Section()]
        for node in order:
            now = sections[-1]
            if self.hard(node):
                weight = _weight(node)
                together = weight + sum(map(_weight, readers.get(node.place, ())))
                if now.nodes and now.weight + together > SECTION_WEIGHT and node.op != "nth":
                    now = Section()
                    sections.append(now)
                now.nodes.append(node)
                now.weight += weight
            for i in waiting.get(node.place, ()):
                now.stores.append(i)
                now.weight += 4
        return [section for section in sections if section.nodes or section.stores]

    def _reads(self, section: Section) -> list[Lane]:
        """The hard lanes that a section reads, itself or through cheap ones, today's values only."""
        seen: set[Lane] = set()
        stack = [arg for node in section.nodes for arg in node.args]
        stack += [self.outputs[i].lane for i in section.stores]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if not self.hard(node) and node.op != "lag":
                stack.extend(node.args)
        return sorted((node for node in seen if self.hard(node)), key=lambda node: node.place)

    def _between(self, sections: Sequence[Section]) -> dict[int, Buffer]:
        """Buffers for lanes that later sections read; the room of those no longer read is used again."""
        home = {node.place: i for i, section in enumerate(sections) for node in section.nodes}
        last: dict[int, int] = {}
        lanes: dict[int, Lane] = {}
        for i, section in enumerate(sections):
            for node in self._reads(section):
                if node.place not in self.carried and home[node.place] != i:
                    last[node.place] = i
                    lanes[node.place] = node
        free: dict[Kind, list[int]] = {Kind.F32: [], Kind.F64: []}
        buffers: dict[int, Buffer] = {}
        for i, section in enumerate(sections):
            for node in section.nodes:
                if node.place in last:
                    kind = Kind.F32 if node.kind is Kind.MASK else node.kind
                    spare = free[kind]
                    made = Buffer(kind, spare.pop(), 0) if spare else self._allot(kind, self.tile, 0)
                    buffers[node.place] = made
            for place, end in last.items():
                if end == i:
                    free[buffers[place].kind].append(buffers[place].offset)
        return buffers

    def _allot(self, kind: Kind, rows: int, tail: int) -> Buffer:
        kind = Kind.F32 if kind is Kind.MASK else kind
        offset = self.used[kind]
        self.used[kind] += rows * ROW[kind]
        return Buffer(kind, offset, tail)

    def _fitting(self) -> int:
        """The longest tile whose buffers stay in the third-level cache."""
        tails = sum(ROW[node.kind] * self.tails[node.place] for node in self.order if node.place in self.tails)
        rows = sum(ROW[node.kind] for node in self.order if node.place in self.tails)
        longest = max(self.tails.values(), default=0)
        for tile in TILES:
            if tails + rows * tile <= SCRATCH_BYTES:
                return max(tile, longest // 4)
        return max(TILES[-1], longest // 4)

    @property
    def history(self) -> int:
        """Sessions that have to be run through before the first result."""
        deep: dict[int, int] = {}
        for node in self.order:
            own = max((deep[arg.place] for arg in node.args), default=0)
            if node.op in ("lag", "sort"):
                own += integer(node.extra[0])
            deep[node.place] = own
        return max((deep[output.lane.place] for output in self.outputs), default=0)


def absent_value(lane: Lane, known: dict[int, float]) -> float:
    """What a lane is before the first session of the data, when it is looked back at from later."""
    stack = [lane]
    while stack:
        node = stack[-1]
        if node.place in known:
            stack.pop()
            continue
        missing = [arg for arg in node.args if arg.place not in known]
        if missing and node.op not in ("field", "series", "bar", "hold", "sort"):
            stack.extend(missing)
            continue
        known[node.place] = _absent(node, [known.get(arg.place, math.nan) for arg in node.args])
        stack.pop()
    return known[lane.place]


def _absent(node: Lane, a: list[float]) -> float:
    op = node.op
    if op == "const":
        value = node.extra[0]
        assert isinstance(value, float)
        return value
    if op in ("field", "series"):
        return math.nan
    if op in ("bar", "hold"):
        return 0.0
    if op in ("sort", "nth"):
        return math.inf
    if op in ("lag", "wide"):
        return a[0]
    if op == "narrow":
        return as_f32(a[0])
    results = {
        "add": lambda: a[0] + a[1],
        "sub": lambda: a[0] - a[1],
        "mul": lambda: a[0] * a[1],
        "div": lambda: _divided(a[0], a[1]),
        "low": lambda: a[0] if a[0] < a[1] else a[1],
        "high": lambda: a[0] if a[0] > a[1] else a[1],
        "neg": lambda: -a[0],
        "abs": lambda: abs(a[0]),
        "sqrt": lambda: math.sqrt(a[0]) if a[0] >= 0 else math.nan,
        "floor": lambda: float(math.floor(a[0])) if math.isfinite(a[0]) else a[0],
        "eq": lambda: float(a[0] == a[1]),
        "ne": lambda: float(a[0] != a[1]),
        "lt": lambda: float(a[0] < a[1]),
        "le": lambda: float(a[0] <= a[1]),
        "gt": lambda: float(a[0] > a[1]),
        "ge": lambda: float(a[0] >= a[1]),
        "and": lambda: float(bool(a[0]) and bool(a[1])),
        "or": lambda: float(bool(a[0]) or bool(a[1])),
        "not": lambda: float(not a[0]),
        "pick": lambda: a[1] if a[0] else a[2],
    }
    if op not in results:
        raise Broken(f"no lane operation {op!r}")
    value = results[op]()
    return as_f32(value) if node.kind is Kind.F32 else value


def _divided(a: float, b: float) -> float:
    if b != 0.0:
        return a / b
    if a == 0.0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def integer(value: object) -> int:
    """A literal of a lane that is a whole number."""
    assert isinstance(value, int)
    return value


def _tails_of(order: Sequence[Lane]) -> dict[int, int]:
    """How far back each lane is looked at."""
    tails: dict[int, int] = {}
    for node in order:
        if node.op in ("lag", "sort"):
            place = node.args[0].place
            tails[place] = max(tails.get(place, 0), integer(node.extra[0]))
        elif node.op == "hold":
            tails[node.place] = max(tails.get(node.place, 0), 1)
    return tails


def _cheap(node: Lane) -> bool:
    if node.op == "pick":
        return node.args[1].op == "const" and node.args[2].op == "const"
    return node.op in CHEAP


def _weight(node: Lane) -> int:
    """About how many machine instructions a lane takes on a machine with 512-bit registers."""
    size = 2 if node.kind is Kind.F64 else 1
    if node.op == "sort":
        return 7 * min(integer(node.extra[0]), UNROLLED) * size
    return {"nth": 8, "narrow": 3, "div": 4, "sqrt": 6}.get(node.op, 2) * size


def _postorder(roots: Sequence[Lane], readers: dict[int, list[Lane]]) -> list[Lane]:
    """Every lane under the roots, parts before wholes, what belongs to one root together.

    A sorted window and all its `readers` come as one group, after everything that any of them needs.
    """
    groups: dict[int, list[Lane]] = {}
    for nodes in readers.values():
        group = [nodes[0].args[0], *nodes]
        groups |= {node.place: group for node in group}
    seen: set[int] = set()
    order: list[Lane] = []
    for root in roots:
        stack: list[tuple[Lane, bool]] = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if node.place in seen:
                continue
            group = groups.get(node.place, [node])
            if ready:
                seen.update(member.place for member in group)
                order.extend(group)
                continue
            stack.append((node, True))
            needs = [arg for member in group for arg in member.args if arg not in group]
            stack.extend((arg, False) for arg in reversed(needs) if arg.place not in seen)
    return order
