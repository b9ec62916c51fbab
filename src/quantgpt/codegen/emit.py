"""Lanes → LLVM: one function that takes sixteen assets through all sessions.

Sessions go by in tiles. The graph is cut into sections small enough for the instruction cache; a section is one loop over
the sessions of a tile, and what one section hands to another lies in a small buffer. Lanes that are looked back at keep
the end of the last tile in front of their buffer. Results leave by stores that go round the cache.

Two functions are written: `full` makes results; `warm` runs over earlier sessions and only keeps what is looked back at.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from quantgpt.codegen.lanes import WIDTH, Kind, Lane, as_f32
from quantgpt.foundations.errors import Broken

TYPES = {Kind.F32: f"<{WIDTH} x float>", Kind.F64: f"<{WIDTH} x double>", Kind.MASK: f"<{WIDTH} x i1>"}
SCALARS = {Kind.F32: "float", Kind.F64: "double"}
SHORT = {Kind.F32: f"v{WIDTH}f32", Kind.F64: f"v{WIDTH}f64"}
ROW = {Kind.F32: 4 * WIDTH, Kind.F64: 8 * WIDTH}
ALIGN = 64
SECTION_WEIGHT = 350
UNROLLED = 64
SCRATCH_BYTES = 5 * 1024 * 1024
TILES = (96, 64, 48, 32)

CHEAP = {"const", "bar", "series", "field", "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "wide", "lag"}
CONDITIONS = {"eq": "oeq", "ne": "une", "lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge"}
BINARY = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
INTRINSIC = {"abs": "fabs", "sqrt": "sqrt", "floor": "floor"}

ARGUMENTS = (
    "short",
    "long",
    "table",
    "stride",
    "auxstride",
    "firsts",
    "lasts",
    "start",
    "begin",
    "first",
    "end",
    "strip",
)
"""what the compiled function is handed, as 64-bit words; then a pointer and a stride in bytes for every input.
`table` points to the addresses of the planes of the results, `strip` is the first asset."""


@dataclass(frozen=True)
class Output:
    """One result. A float32 lane is stored where the asset has a bar `delay` sessions ago, else NaN is; a float64 lane
    is stored as it is, among the auxiliary planes."""

    lane: Lane
    delay: int = 0


@dataclass(frozen=True)
class Source:
    """LLVM assembly of one plan and how to call it."""

    text: str
    inputs: tuple[tuple[str, str, Kind], ...]
    """(what, name, kind): what is `field` or `series`"""
    short_bytes: int
    long_bytes: int
    history: int
    """sessions before the first result that have to be run through"""


def split(outputs: Sequence[Output], tile: int = 64, room: int = 4 * 1024 * 1024) -> list[list[int]]:
    """Outputs put in groups whose lanes that are looked back at fit the second-level cache together.

    An output joins the group with which it shares most. A lane that two groups need is computed in both: that costs less
    than fetching everything from the third-level cache.
    """
    tails = _tails_of(_postorder([output.lane for output in outputs], {}))
    under: dict[int, frozenset[int]] = {}
    size: dict[int, int] = {}
    for node in _postorder([output.lane for output in outputs], {}):
        own = {node.place} if node.place in tails or node.op == "sort" else set()
        size[node.place] = ROW[Kind.F32 if node.kind is Kind.MASK else node.kind] * (
            _integer(node.extra[0]) if node.op == "sort" else tails.get(node.place, 0) + tile
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


def emit(outputs: Sequence[Output], tile: int | None = None) -> Source:
    """The assembly of a plan. `tile` fixes the sessions of one tile, which changes no bit of the result."""
    return _Writer(outputs, tile).source()


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
    if op == "loop":
        return math.nan
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


@dataclass
class _Buffer:
    """Where a lane lies: an offset in its space, and rows kept in front of the tile."""

    kind: Kind
    offset: int
    tail: int


@dataclass
class _Section:
    """Lanes computed in one loop, and the outputs stored there."""

    nodes: list[Lane] = field(default_factory=list)
    stores: list[int] = field(default_factory=list)
    weight: int = 0


@dataclass
class _Function:
    """One of the two functions: its sections and the buffers between them."""

    name: str
    sections: list[_Section]
    buffers: dict[int, _Buffer]


class _Writer:
    """Everything about one plan while its assembly is written."""

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
        self.tile = tile or self._fitting(full, warm)
        self.carried: dict[int, _Buffer] = {}
        self.used = {Kind.F32: 0, Kind.F64: 0}
        for node in carried:
            if node.op == "sort":
                n = node.extra[0]
                assert isinstance(n, int)
                self.carried[node.place] = self._allot(node.kind, n, 0)
            else:
                self.carried[node.place] = self._allot(
                    node.kind, self.tails[node.place] + self.tile, self.tails[node.place]
                )
        base = dict(self.used)
        self.functions = []
        highest = dict(base)
        for name, sections in (("full", full), ("warm", warm)):
            self.used = dict(base)
            self.functions.append(_Function(name, sections, self._between(sections)))
            highest = {kind: max(highest[kind], self.used[kind]) for kind in highest}
        self.used = highest

    # shape of the plan

    def _hard(self, node: Lane) -> bool:
        """Whether a lane is computed in one place only; the others are written again wherever they are read."""
        return node.place in self.tails or not _cheap(node)

    def _sections(
        self, order: Sequence[Lane], stores: dict[int, Lane], readers: dict[int, list[Lane]]
    ) -> list[_Section]:
        """Cut the order into loops; what reads a sorted window stays in the loop that keeps it sorted."""
        waiting: dict[int, list[int]] = {}
        for i, lane in stores.items():
            waiting.setdefault(lane.place, []).append(i)
        sections = [_Section()]
        for node in order:
            now = sections[-1]
            if self._hard(node):
                weight = _weight(node)
                together = weight + sum(map(_weight, readers.get(node.place, ())))
                if now.nodes and now.weight + together > SECTION_WEIGHT and node.op != "nth":
                    now = _Section()
                    sections.append(now)
                now.nodes.append(node)
                now.weight += weight
            for i in waiting.get(node.place, ()):
                now.stores.append(i)
                now.weight += 4
        return [section for section in sections if section.nodes or section.stores]

    def _reads(self, section: _Section) -> set[Lane]:
        """The hard lanes that a section reads, itself or through cheap ones, today's values only."""
        seen: set[Lane] = set()
        stack = [arg for node in section.nodes for arg in _operands(node)]
        stack += [self.outputs[i].lane for i in section.stores]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if not self._hard(node) and node.op != "lag":
                stack.extend(_operands(node))
        return {node for node in seen if self._hard(node)}

    def _between(self, sections: Sequence[_Section]) -> dict[int, _Buffer]:
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
        buffers: dict[int, _Buffer] = {}
        for i, section in enumerate(sections):
            for node in section.nodes:
                if node.place in last:
                    kind = Kind.F32 if node.kind is Kind.MASK else node.kind
                    spare = free[kind]
                    made = _Buffer(kind, spare.pop(), 0) if spare else self._allot(kind, self.tile, 0)
                    buffers[node.place] = made
            for place, end in last.items():
                if end == i:
                    free[buffers[place].kind].append(buffers[place].offset)
        return buffers

    def _allot(self, kind: Kind, rows: int, tail: int) -> _Buffer:
        kind = Kind.F32 if kind is Kind.MASK else kind
        offset = self.used[kind]
        self.used[kind] += rows * ROW[kind]
        return _Buffer(kind, offset, tail)

    def _fitting(self, full: list[_Section], warm: list[_Section]) -> int:
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
                n = node.extra[0]
                assert isinstance(n, int)
                own += n
            elif node.op == "loop":
                own += _loop_span(node)
            deep[node.place] = own
        return max((deep[output.lane.place] for output in self.outputs), default=0)

    # text

    def source(self) -> Source:
        parts = [_PREAMBLE]
        parts += [self._function(function) for function in self.functions]
        parts += [self._clear(), self._turn(), self._strip()]
        inputs = tuple((node.op, str(node.extra[0]), node.kind) for node in self.inputs)
        return Source("\n".join(parts), inputs, self.used[Kind.F32], self.used[Kind.F64], self.history)

    def _function(self, function: _Function) -> str:
        lines = [
            f"define internal void @{function.name}(ptr noalias %short, ptr noalias %long, "
            "ptr noalias readonly %args, i64 %t, i64 %rows, i64 %orow) #0 {",
            "entry:",
            *_argument_loads(("table", "stride", "auxstride", "firsts", "lasts", "start", "strip")),
            f"  %first.v = load <{WIDTH} x i32>, ptr %firsts.p, align 4",
            f"  %last.v = load <{WIDTH} x i32>, ptr %lasts.p, align 4",
            "  %orow8.r = mul i64 %orow, %stride",
            "  %orow8.s = mul i64 %strip, 4",
            "  %orow8 = add i64 %orow8.r, %orow8.s",
            "  %arow8.r = mul i64 %orow, %auxstride",
            "  %arow8.s = mul i64 %strip, 8",
            "  %arow8 = add i64 %arow8.r, %arow8.s",
        ]
        for i, _node in enumerate(self.inputs):
            at = 8 * (len(ARGUMENTS) + 2 * i)
            lines += [
                f"  %in{i}.a = getelementptr i8, ptr %args, i64 {at}",
                f"  %in{i}.w = load i64, ptr %in{i}.a, align 8",
                f"  %in{i}.s.a = getelementptr i8, ptr %args, i64 {at + 8}",
                f"  %in{i}.s = load i64, ptr %in{i}.s.a, align 8",
                f"  %in{i}.t = mul i64 %t, %in{i}.s",
                f"  %in{i}.o = add i64 %in{i}.w, %in{i}.t",
                f"  %in{i}.p = inttoptr i64 %in{i}.o to ptr",
            ]
        before = "entry"
        lines.append(f"  br label %{function.name}0")
        for i, section in enumerate(function.sections):
            text, before = _SectionWriter(self, function, i, section, before).lines()
            lines += text
        lines += [f"{function.name}{len(function.sections)}:", "  ret void", "}"]
        return "\n".join(lines)

    def _clear(self) -> str:
        """Fill what is kept in front of every buffer with its value before the first session."""
        lines = ["define internal void @clear(ptr noalias %short, ptr noalias %long) #0 {", "entry:", "  br label %c0"]
        known: dict[int, float] = {}
        nodes = {node.place: node for node in self.order}
        i = 0
        for place, buffer in self.carried.items():
            node = nodes[place]
            rows = node.extra[0] if node.op == "sort" else buffer.tail
            space = "%short" if buffer.kind is Kind.F32 else "%long"
            value = _splat(absent_value(node, known), buffer.kind)
            lines += [
                f"c{i}:",
                f"  br label %c{i}.b",
                f"c{i}.b:",
                f"  %c{i}.r = phi i64 [0, %c{i}], [%c{i}.n, %c{i}.b]",
                f"  %c{i}.x = mul i64 %c{i}.r, {ROW[buffer.kind]}",
                f"  %c{i}.y = add i64 %c{i}.x, {buffer.offset}",
                f"  %c{i}.p = getelementptr i8, ptr {space}, i64 %c{i}.y",
                f"  store {TYPES[buffer.kind]} {value}, ptr %c{i}.p, align {ALIGN}",
                f"  %c{i}.n = add i64 %c{i}.r, 1",
                f"  %c{i}.c = icmp ult i64 %c{i}.n, {rows}",
                f"  br i1 %c{i}.c, label %c{i}.b, label %c{i + 1}",
            ]
            i += 1
        lines += [f"c{i}:", "  ret void", "}"]
        return "\n".join(lines)

    def _turn(self) -> str:
        """Move the end of the tile in front of each buffer."""
        lines = [
            "define internal void @turn(ptr noalias %short, ptr noalias %long, i64 %rows) #0 {",
            "entry:",
            "  br label %m0",
        ]
        i = 0
        for buffer in self.carried.values():
            if not buffer.tail:
                continue
            space = "%short" if buffer.kind is Kind.F32 else "%long"
            kind = TYPES[buffer.kind]
            lines += [
                f"m{i}:",
                f"  %m{i}.base = getelementptr i8, ptr {space}, i64 {buffer.offset}",
                f"  %m{i}.s = mul i64 %rows, {ROW[buffer.kind]}",
                f"  %m{i}.src = getelementptr i8, ptr %m{i}.base, i64 %m{i}.s",
                f"  br label %m{i}.b",
                f"m{i}.b:",
                f"  %m{i}.r = phi i64 [0, %m{i}], [%m{i}.n, %m{i}.b]",
                f"  %m{i}.x = mul i64 %m{i}.r, {ROW[buffer.kind]}",
                f"  %m{i}.q = getelementptr i8, ptr %m{i}.src, i64 %m{i}.x",
                f"  %m{i}.v = load {kind}, ptr %m{i}.q, align {ALIGN}",
                f"  %m{i}.p = getelementptr i8, ptr %m{i}.base, i64 %m{i}.x",
                f"  store {kind} %m{i}.v, ptr %m{i}.p, align {ALIGN}",
                f"  %m{i}.n = add i64 %m{i}.r, 1",
                f"  %m{i}.c = icmp ult i64 %m{i}.n, {buffer.tail}",
                f"  br i1 %m{i}.c, label %m{i}.b, label %m{i + 1}",
            ]
            i += 1
        lines += [f"m{i}:", "  ret void", "}"]
        return "\n".join(lines)

    def _strip(self) -> str:
        """Warm tiles from `begin` to `first`, then full ones to `end`."""
        return "\n".join(
            [
                "define void @strip(ptr noalias %args) #0 {",
                "entry:",
                *_argument_loads(("short", "long", "begin", "first", "end")),
                "  call void @clear(ptr %short.p, ptr %long.p)",
                "  %any.w = icmp slt i64 %begin, %first",
                "  br i1 %any.w, label %warm, label %between",
                "warm:",
                "  %wt = phi i64 [%begin, %entry], [%wt.n, %warm]",
                "  %w.left = sub i64 %first, %wt",
                f"  %w.less = icmp ult i64 %w.left, {self.tile}",
                f"  %w.rows = select i1 %w.less, i64 %w.left, i64 {self.tile}",
                "  call void @warm(ptr %short.p, ptr %long.p, ptr %args, i64 %wt, i64 %w.rows, i64 0)",
                "  call void @turn(ptr %short.p, ptr %long.p, i64 %w.rows)",
                "  %wt.n = add i64 %wt, %w.rows",
                "  %w.more = icmp slt i64 %wt.n, %first",
                "  br i1 %w.more, label %warm, label %between",
                "between:",
                "  %any.f = icmp slt i64 %first, %end",
                "  br i1 %any.f, label %full, label %done",
                "full:",
                "  %ft = phi i64 [%first, %between], [%ft.n, %full]",
                "  %f.left = sub i64 %end, %ft",
                f"  %f.less = icmp ult i64 %f.left, {self.tile}",
                f"  %f.rows = select i1 %f.less, i64 %f.left, i64 {self.tile}",
                "  %f.out = sub i64 %ft, %first",
                "  call void @full(ptr %short.p, ptr %long.p, ptr %args, i64 %ft, i64 %f.rows, i64 %f.out)",
                "  call void @turn(ptr %short.p, ptr %long.p, i64 %f.rows)",
                "  %ft.n = add i64 %ft, %f.rows",
                "  %f.more = icmp slt i64 %ft.n, %end",
                "  br i1 %f.more, label %full, label %done",
                "done:",
                "  fence seq_cst",
                "  ret void",
                "}",
            ]
        )


_PREAMBLE = f"""
declare <{WIDTH} x float> @llvm.fabs.v{WIDTH}f32(<{WIDTH} x float>)
declare <{WIDTH} x double> @llvm.fabs.v{WIDTH}f64(<{WIDTH} x double>)
declare <{WIDTH} x float> @llvm.floor.v{WIDTH}f32(<{WIDTH} x float>)
declare <{WIDTH} x double> @llvm.floor.v{WIDTH}f64(<{WIDTH} x double>)
declare <{WIDTH} x float> @llvm.sqrt.v{WIDTH}f32(<{WIDTH} x float>)
declare <{WIDTH} x double> @llvm.sqrt.v{WIDTH}f64(<{WIDTH} x double>)
declare <{WIDTH} x float> @llvm.masked.gather.v{WIDTH}f32.v{WIDTH}p0(<{WIDTH} x ptr>, i32, <{WIDTH} x i1>, <{WIDTH} x float>)
declare <{WIDTH} x double> @llvm.masked.gather.v{WIDTH}f64.v{WIDTH}p0(<{WIDTH} x ptr>, i32, <{WIDTH} x i1>, <{WIDTH} x double>)
attributes #0 = {{ nounwind noinline "prefer-vector-width"="512" "min-legal-vector-width"="512" }}
!0 = !{{i32 1}}
!1 = !{{}}
"""


def _argument_loads(names: Sequence[str]) -> list[str]:
    """Load words of the argument block; pointers as `%name.p`, numbers as `%name`."""
    lines = []
    for name in names:
        at = 8 * ARGUMENTS.index(name)
        word = f"%{name}.w" if name in ("short", "long", "table", "firsts", "lasts") else f"%{name}"
        lines += [
            f"  %{name}.a = getelementptr i8, ptr %args, i64 {at}",
            f"  {word} = load i64, ptr %{name}.a, align 8",
        ]
        if word.endswith(".w"):
            lines.append(f"  %{name}.p = inttoptr i64 {word} to ptr")
    return lines


def _integer(value: object) -> int:
    assert isinstance(value, int)
    return value


def _tails_of(order: Sequence[Lane]) -> dict[int, int]:
    """How far back each lane is looked at."""
    tails: dict[int, int] = {}
    for node in order:
        if node.op in ("lag", "sort"):
            place = node.args[0].place
            tails[place] = max(tails.get(place, 0), _integer(node.extra[0]))
        elif node.op == "hold":
            tails[node.place] = max(tails.get(node.place, 0), 1)
    return tails


def _operands(node: Lane) -> tuple[Lane, ...]:
    return node.args


def _cheap(node: Lane) -> bool:
    if node.op == "pick":
        return node.args[1].op == "const" and node.args[2].op == "const"
    return node.op in CHEAP


def _weight(node: Lane) -> int:
    """About how many machine instructions a lane takes on a machine with 512-bit registers."""
    size = 2 if node.kind is Kind.F64 else 1
    if node.op == "sort":
        n = node.extra[0]
        assert isinstance(n, int)
        return 7 * min(n, UNROLLED) * size
    return {"nth": 8, "narrow": 3, "div": 4, "sqrt": 6}.get(node.op, 2) * size


def _loop_span(node: Lane) -> int:
    span = node.extra[1]
    assert isinstance(span, int)
    return span


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


def _number(value: float) -> str:
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    return f"0x{bits:016X}"


def _splat(value: float, kind: Kind) -> str:
    value = as_f32(value) if kind is Kind.F32 else value
    if math.isnan(value):
        value = math.nan
    return f"splat ({SCALARS[kind]} {_number(value)})"


class _SectionWriter:
    """The loop of one section."""

    def __init__(self, plan: _Writer, function: _Function, i: int, section: _Section, before: str) -> None:
        self.plan, self.function, self.i, self.section, self.before = plan, function, i, section, before
        self.label = f"{function.name}{i}"
        self.body: list[str] = []
        self.names: dict[int, str] = {}
        self.fresh = 0
        self.block = f"{self.label}.b"

    def name(self) -> str:
        self.fresh += 1
        return f"%{self.label}.v{self.fresh}"

    def put(self, text: str) -> str:
        name = self.name()
        self.body.append(f"  {name} = {text}")
        return name

    def lines(self) -> tuple[list[str], str]:
        for node in self.section.nodes:
            self.value(node)
        for i in self.section.stores:
            self.store_output(i)
        label = self.label
        after = f"{self.function.name}{self.i + 1}"
        text = [
            f"{label}:",
            f"  br label %{label}.b",
            f"{label}.b:",
            f"  %{label}.r = phi i64 [0, %{label}], [%{label}.n, %{self.block}]",
            f"  %{label}.o4 = shl nuw nsw i64 %{label}.r, 6",
            f"  %{label}.o8 = shl nuw nsw i64 %{label}.r, 7",
            f"  %{label}.t = add i64 %t, %{label}.r",
            f"  %{label}.os = mul i64 %{label}.r, %stride",
            f"  %{label}.out = add i64 %{label}.os, %orow8",
            f"  %{label}.as = mul i64 %{label}.r, %auxstride",
            f"  %{label}.aux = add i64 %{label}.as, %arow8",
            *self.body,
            f"  %{label}.n = add nuw nsw i64 %{label}.r, 1",
            f"  %{label}.c = icmp ult i64 %{label}.n, %rows",
            f"  br i1 %{label}.c, label %{label}.b, label %{after}",
        ]
        return text, self.block

    # where things lie

    def address(self, buffer: _Buffer, lag: int = 0) -> str:
        space, step = ("%short", "o4") if buffer.kind is Kind.F32 else ("%long", "o8")
        offset = buffer.offset + (buffer.tail - lag) * ROW[buffer.kind]
        base = self.put(f"getelementptr i8, ptr {space}, i64 {offset}")
        return self.put(f"getelementptr i8, ptr {base}, i64 %{self.label}.{step}")

    def load(self, buffer: _Buffer, lag: int = 0) -> str:
        return self.put(f"load {TYPES[buffer.kind]}, ptr {self.address(buffer, lag)}, align {ALIGN}")

    def buffer_of(self, node: Lane) -> _Buffer | None:
        return self.plan.carried.get(node.place) or self.function.buffers.get(node.place)

    def value(self, node: Lane) -> str:
        """The name of a lane's value today, computed, loaded or written again."""
        if node.place in self.names:
            return self.names[node.place]
        stack = [node]
        while stack:
            now = stack[-1]
            if now.place in self.names:
                stack.pop()
                continue
            elsewhere = self.plan._hard(now) and now not in self._own
            if elsewhere:
                self.names[now.place] = self._fetched(now)
                stack.pop()
                continue
            missing = [] if now.op == "lag" else [arg for arg in now.args if arg.place not in self.names]
            if missing:
                stack.extend(reversed(missing))
                continue
            self.names[now.place] = self._computed(now)
            stack.pop()
        return self.names[node.place]

    @property
    def _own(self) -> set[Lane]:
        if not hasattr(self, "_own_nodes"):
            self._own_nodes = set(self.section.nodes)
        return self._own_nodes

    def _fetched(self, node: Lane) -> str:
        buffer = self.buffer_of(node)
        if buffer is None:
            raise Broken(f"{node!r} has no buffer")
        if node.op == "sort":
            return "sorted"
        loaded = self.load(buffer)
        if node.kind is Kind.MASK:
            return self.put(f"fcmp one {TYPES[Kind.F32]} {loaded}, {_splat(0.0, Kind.F32)}")
        return loaded

    def _computed(self, node: Lane) -> str:
        result = self._written(node)
        buffer = self.buffer_of(node)
        if buffer is not None and self.plan._hard(node) and node.op != "sort":
            kept = result
            if node.kind is Kind.MASK:
                one, zero = _splat(1.0, Kind.F32), _splat(0.0, Kind.F32)
                kind = TYPES[Kind.F32]
                kept = self.put(f"select {TYPES[Kind.MASK]} {result}, {kind} {one}, {kind} {zero}")
            self.body.append(f"  store {TYPES[buffer.kind]} {kept}, ptr {self.address(buffer)}, align {ALIGN}")
        return result

    def _written(self, node: Lane) -> str:
        op, kind = node.op, TYPES[node.kind]
        names = [self.names[arg.place] for arg in node.args] if op != "lag" else []
        if op == "const":
            value = node.extra[0]
            assert isinstance(value, float)
            return _splat(value, node.kind)
        if op in ("field", "series"):
            return self.input(node)
        if op == "bar":
            return self.bar(node)
        if op == "lag":
            n = node.extra[0]
            assert isinstance(n, int)
            return self.load(self.plan.carried[node.args[0].place], n)
        if op in BINARY:
            return self.put(f"{BINARY[op]} {kind} {names[0]}, {names[1]}")
        if op in ("low", "high"):
            test = self.put(f"fcmp {'olt' if op == 'low' else 'ogt'} {kind} {names[0]}, {names[1]}")
            return self.put(f"select {TYPES[Kind.MASK]} {test}, {kind} {names[0]}, {kind} {names[1]}")
        if op in CONDITIONS:
            return self.put(f"fcmp {CONDITIONS[op]} {TYPES[node.args[0].kind]} {names[0]}, {names[1]}")
        if op in ("and", "or"):
            return self.put(f"{op} {kind} {names[0]}, {names[1]}")
        if op == "not":
            return self.put(f"xor {kind} {names[0]}, splat (i1 true)")
        if op == "pick":
            return self.put(f"select {TYPES[Kind.MASK]} {names[0]}, {kind} {names[1]}, {kind} {names[2]}")
        if op == "neg":
            return self.put(f"fneg {kind} {names[0]}")
        if op in INTRINSIC:
            return self.put(f"call {kind} @llvm.{INTRINSIC[op]}.{SHORT[node.kind]}({kind} {names[0]})")
        if op == "wide":
            return self.put(f"fpext {TYPES[Kind.F32]} {names[0]} to {kind}")
        if op == "narrow":
            return self.put(f"fptrunc {TYPES[Kind.F64]} {names[0]} to {kind}")
        if op == "hold":
            earlier = self.load(self.plan.carried[node.place], 1)
            test = self.put(f"fcmp oeq {kind} {names[0]}, {names[0]}")
            return self.put(f"select {TYPES[Kind.MASK]} {test}, {kind} {names[0]}, {kind} {earlier}")
        if op == "sort":
            return self.sort(node, names[0])
        if op == "nth":
            return self.nth(node, names)
        raise Broken(f"no lane operation {op!r}")

    def input(self, node: Lane) -> str:
        i = self.plan.input_place[node.place]
        step = self.put(f"mul i64 %{self.label}.r, %in{i}.s")
        at = self.put(f"getelementptr i8, ptr %in{i}.p, i64 {step}")
        kind = TYPES[node.kind]
        if node.op == "field":
            return self.put(f"load {kind}, ptr {at}, align 4")
        scalar = SCALARS[node.kind]
        number = self.put(f"load {scalar}, ptr {at}, align 4")
        one = self.put(f"insertelement {kind} poison, {scalar} {number}, i64 0")
        return self.put(f"shufflevector {kind} {one}, {kind} poison, <{WIDTH} x i32> zeroinitializer")

    def bar(self, node: Lane) -> str:
        origin, delay = node.extra
        day = self.put(f"sub i64 %{self.label}.t, {delay}")
        short = self.put(f"trunc i64 {day} to i32")
        ints = f"<{WIDTH} x i32>"
        one = self.put(f"insertelement {ints} poison, i32 {short}, i64 0")
        many = self.put(f"shufflevector {ints} {one}, {ints} poison, {ints} zeroinitializer")
        after = self.put(f"icmp sle {ints} %first.v, {many}")
        before = self.put(f"icmp sge {ints} %last.v, {many}")
        inside = self.put(f"and {TYPES[Kind.MASK]} {after}, {before}")
        if origin is None:
            return inside
        edge = self.put(f"sub i64 %start, {origin}")
        late = self.put(f"icmp sge i64 {day}, {edge}")
        mask = TYPES[Kind.MASK]
        first = self.put(f"insertelement {mask} poison, i1 {late}, i64 0")
        spread = self.put(f"shufflevector {mask} {first}, {mask} poison, {ints} zeroinitializer")
        return self.put(f"and {mask} {inside}, {spread}")

    def sort(self, node: Lane, new: str) -> str:
        """Take the value that leaves the window out of the sorted rows and put the new one in, in one pass."""
        n = node.extra[0]
        assert isinstance(n, int)
        kind = TYPES[node.kind]
        mask = TYPES[Kind.MASK]
        old = self.load(self.plan.carried[node.args[0].place], n)
        buffer = self.plan.carried[node.place]
        space = "%short" if buffer.kind is Kind.F32 else "%long"
        row = ROW[buffer.kind]
        infinity = _splat(math.inf, node.kind)
        if n <= UNROLLED:
            places = [self.put(f"getelementptr i8, ptr {space}, i64 {buffer.offset + i * row}") for i in range(n)]
            here = self.put(f"load {kind}, ptr {places[0]}, align {ALIGN}")
            low = ""
            for i in range(n):
                following = self.put(f"load {kind}, ptr {places[i + 1]}, align {ALIGN}") if i + 1 < n else infinity
                keep = self.put(f"fcmp olt {kind} {here}, {old}")
                left = self.put(f"select {mask} {keep}, {kind} {here}, {kind} {following}")
                top = self._larger(kind, low, new) if low else new
                made = self._smaller(kind, left, top)
                self.body.append(f"  store {kind} {made}, ptr {places[i]}, align {ALIGN}")
                low, here = left, following
            return "sorted"
        return self._sort_loop(node, new, old, buffer, space, row)

    def _sort_loop(self, node: Lane, new: str, old: str, buffer: _Buffer, space: str, row: int) -> str:
        n = node.extra[0]
        kind, mask = TYPES[node.kind], TYPES[Kind.MASK]
        self.fresh += 1
        tag = f"{self.label}.s{self.fresh}"
        base = self.put(f"getelementptr i8, ptr {space}, i64 {buffer.offset}")
        first = self.put(f"load {kind}, ptr {base}, align {ALIGN}")
        head = self.block
        self.body += [
            f"  br label %{tag}",
            f"{tag}:",
            f"  %{tag}.i = phi i64 [0, %{head}], [%{tag}.n, %{tag}]",
            f"  %{tag}.here = phi {kind} [{first}, %{head}], [%{tag}.next, %{tag}]",
            f"  %{tag}.low = phi {kind} [{_splat(-math.inf, node.kind)}, %{head}], [%{tag}.left, %{tag}]",
            f"  %{tag}.x = mul i64 %{tag}.i, {row}",
            f"  %{tag}.p = getelementptr i8, ptr {base}, i64 %{tag}.x",
            f"  %{tag}.q = getelementptr i8, ptr %{tag}.p, i64 {row}",
            f"  %{tag}.raw = load {kind}, ptr %{tag}.q, align {ALIGN}",
            f"  %{tag}.n = add i64 %{tag}.i, 1",
            f"  %{tag}.more = icmp ult i64 %{tag}.n, {n}",
            f"  %{tag}.next = select i1 %{tag}.more, {kind} %{tag}.raw, {kind} {_splat(math.inf, node.kind)}",
            f"  %{tag}.keep = fcmp olt {kind} %{tag}.here, {old}",
            f"  %{tag}.left = select {mask} %{tag}.keep, {kind} %{tag}.here, {kind} %{tag}.next",
            f"  %{tag}.gt = fcmp ogt {kind} %{tag}.low, {new}",
            f"  %{tag}.top = select {mask} %{tag}.gt, {kind} %{tag}.low, {kind} {new}",
            f"  %{tag}.lt = fcmp olt {kind} %{tag}.left, %{tag}.top",
            f"  %{tag}.made = select {mask} %{tag}.lt, {kind} %{tag}.left, {kind} %{tag}.top",
            f"  store {kind} %{tag}.made, ptr %{tag}.p, align {ALIGN}",
            f"  br i1 %{tag}.more, label %{tag}, label %{tag}.end",
            f"{tag}.end:",
        ]
        self.block = f"{tag}.end"
        return "sorted"

    def _larger(self, kind: str, a: str, b: str) -> str:
        test = self.put(f"fcmp ogt {kind} {a}, {b}")
        return self.put(f"select {TYPES[Kind.MASK]} {test}, {kind} {a}, {kind} {b}")

    def _smaller(self, kind: str, a: str, b: str) -> str:
        test = self.put(f"fcmp olt {kind} {a}, {b}")
        return self.put(f"select {TYPES[Kind.MASK]} {test}, {kind} {a}, {kind} {b}")

    def nth(self, node: Lane, names: list[str]) -> str:
        """One element of a sorted window: a plain row where no asset misses a value, else one element each."""
        window = node.args[0]
        n, full = window.extra[0], node.extra[0]
        assert isinstance(n, int)
        assert isinstance(full, float)
        buffer = self.plan.carried[window.place]
        space = "%short" if buffer.kind is Kind.F32 else "%long"
        row, kind = ROW[buffer.kind], TYPES[node.kind]
        self.fresh += 1
        tag = f"{self.label}.q{self.fresh}"
        count_kind = node.args[2].kind
        whole = self.put(f"fcmp oge {TYPES[count_kind]} {names[2]}, {_splat(float(n), count_kind)}")
        bits = self.put(f"bitcast {TYPES[Kind.MASK]} {whole} to i{WIDTH}")
        every = self.put(f"icmp eq i{WIDTH} {bits}, -1")
        ints, longs, pointers = f"<{WIDTH} x i32>", f"<{WIDTH} x i64>", f"<{WIDTH} x ptr>"
        lanes = ", ".join(f"i64 {i * row // WIDTH + buffer.offset}" for i in range(WIDTH))
        poison = f"{kind} zeroinitializer"
        yes = "splat (i1 true)"
        self.body += [
            f"  br i1 {every}, label %{tag}.plain, label %{tag}.each",
            f"{tag}.plain:",
            f"  %{tag}.p = getelementptr i8, ptr {space}, i64 {buffer.offset + int(full) * row}",
            f"  %{tag}.a = load {kind}, ptr %{tag}.p, align {ALIGN}",
            f"  br label %{tag}.end",
            f"{tag}.each:",
            f"  %{tag}.i = fptosi {TYPES[node.args[1].kind]} {names[1]} to {ints}",
            f"  %{tag}.l = sext {ints} %{tag}.i to {longs}",
            f"  %{tag}.m = mul {longs} %{tag}.l, splat (i64 {row})",
            f"  %{tag}.o = add {longs} %{tag}.m, <{lanes}>",
            f"  %{tag}.g = getelementptr i8, ptr {space}, {longs} %{tag}.o",
            f"  %{tag}.b = call {kind} @llvm.masked.gather.{SHORT[node.kind]}.v{WIDTH}p0({pointers} %{tag}.g, i32 4, "
            f"{TYPES[Kind.MASK]} {yes}, {poison})",
            f"  br label %{tag}.end",
            f"{tag}.end:",
        ]
        self.block = f"{tag}.end"
        return self.put(f"phi {kind} [%{tag}.a, %{tag}.plain], [%{tag}.b, %{tag}.each]")

    def store_output(self, i: int) -> None:
        output = self.plan.outputs[i]
        shown = self.value(output.lane)
        kind = TYPES[output.lane.kind]
        row = "aux"
        if output.lane.kind is Kind.F32:
            row = "out"
            inside = self.bar_at(output.delay)
            shown = self.put(f"select {TYPES[Kind.MASK]} {inside}, {kind} {shown}, {kind} {_splat(math.nan, Kind.F32)}")
        entry = self.put(f"getelementptr i8, ptr %table.p, i64 {8 * i}")
        base = self.put(f"load ptr, ptr {entry}, align 8, !invariant.load !1")
        at = self.put(f"getelementptr i8, ptr {base}, i64 %{self.label}.{row}")
        self.body.append(f"  store {kind} {shown}, ptr {at}, align {ALIGN}, !nontemporal !0")

    def bar_at(self, delay: int) -> str:
        key = -1 - delay
        if key not in self.names:
            self.names[key] = self.bar(Lane(-1, "bar", Kind.MASK, (), (None, delay)))
        return self.names[key]
