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
from dataclasses import dataclass

from quantgpt.codegen.lanes import WIDTH, Kind, Lane, as_f32
from quantgpt.codegen.layout import ROW, UNROLLED, Buffer, Function, Layout, Output, Section, absent_value, integer
from quantgpt.foundations.errors import Broken

TYPES = {Kind.F32: f"<{WIDTH} x float>", Kind.F64: f"<{WIDTH} x double>", Kind.MASK: f"<{WIDTH} x i1>"}
SCALARS = {Kind.F32: "float", Kind.F64: "double"}
SHORT = {Kind.F32: f"v{WIDTH}f32", Kind.F64: f"v{WIDTH}f64"}
ALIGN = 64
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
class Source:
    """LLVM assembly of one plan and how to call it."""

    text: str
    inputs: tuple[tuple[str, str, Kind], ...]
    """(what, name, kind): what is `field` or `series`"""
    short_bytes: int
    long_bytes: int
    history: int
    """sessions before the first result that have to be run through"""


def emit(outputs: Sequence[Output], tile: int | None = None) -> Source:
    """The assembly of a plan. `tile` fixes the sessions of one tile, which changes no bit of the result."""
    return _Writer(Layout(outputs, tile)).source()


class _Writer:
    """The assembly of one plan while it is written."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.input_place = {node.place: i for i, node in enumerate(layout.inputs)}

    def source(self) -> Source:
        parts = [_PREAMBLE]
        parts += [self._function(function) for function in self.layout.functions]
        parts += [self._clear(), self._turn(), self._strip()]
        inputs = tuple((node.op, str(node.extra[0]), node.kind) for node in self.layout.inputs)
        return Source(
            "\n".join(parts), inputs, self.layout.used[Kind.F32], self.layout.used[Kind.F64], self.layout.history
        )

    def _function(self, function: Function) -> str:
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
        for i, _node in enumerate(self.layout.inputs):
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
        nodes = {node.place: node for node in self.layout.order}
        i = 0
        for place, buffer in self.layout.carried.items():
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
        for buffer in self.layout.carried.values():
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
                f"  %w.less = icmp ult i64 %w.left, {self.layout.tile}",
                f"  %w.rows = select i1 %w.less, i64 %w.left, i64 {self.layout.tile}",
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
                f"  %f.less = icmp ult i64 %f.left, {self.layout.tile}",
                f"  %f.rows = select i1 %f.less, i64 %f.left, i64 {self.layout.tile}",
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

    def __init__(self, plan: _Writer, function: Function, i: int, section: Section, before: str) -> None:
        self.plan, self.function, self.i, self.section, self.before = plan, function, i, section, before
        self.label = f"{function.name}{i}"
        self.body: list[str] = []
        self.names: dict[int, str] = {}
        self.fresh = 0
        self.own = set(section.nodes)
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

    def address(self, buffer: Buffer, lag: int = 0) -> str:
        space, step = ("%short", "o4") if buffer.kind is Kind.F32 else ("%long", "o8")
        offset = buffer.offset + (buffer.tail - lag) * ROW[buffer.kind]
        base = self.put(f"getelementptr i8, ptr {space}, i64 {offset}")
        return self.put(f"getelementptr i8, ptr {base}, i64 %{self.label}.{step}")

    def load(self, buffer: Buffer, lag: int = 0) -> str:
        return self.put(f"load {TYPES[buffer.kind]}, ptr {self.address(buffer, lag)}, align {ALIGN}")

    def buffer_of(self, node: Lane) -> Buffer | None:
        return self.plan.layout.carried.get(node.place) or self.function.buffers.get(node.place)

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
            elsewhere = self.plan.layout.hard(now) and now not in self.own
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
        if buffer is not None and self.plan.layout.hard(node) and node.op != "sort":
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
            n = integer(node.extra[0])
            return self.load(self.plan.layout.carried[node.args[0].place], n)
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
            earlier = self.load(self.plan.layout.carried[node.place], 1)
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
        n = integer(node.extra[0])
        kind = TYPES[node.kind]
        mask = TYPES[Kind.MASK]
        old = self.load(self.plan.layout.carried[node.args[0].place], n)
        buffer = self.plan.layout.carried[node.place]
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

    def _sort_loop(self, node: Lane, new: str, old: str, buffer: Buffer, space: str, row: int) -> str:
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
        buffer = self.plan.layout.carried[window.place]
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
        output = self.plan.layout.outputs[i]
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
