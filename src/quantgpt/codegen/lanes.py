"""Lanes: the small language in which fused code is written, sixteen assets side by side, one session at a time.

A lane is a value for sixteen assets on one session. Lanes are made by a builder, equal ones are one object, and a plan of
hundreds of expressions is one graph of them. Everything is a function of the present session and of earlier ones:
`lag(x, n)` is what `x` was `n` sessions ago. Before the first session of the data every field is missing.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from quantgpt.foundations.errors import Broken

WIDTH = 16
"""assets side by side: one AVX-512 register of float32, 64 bytes"""


class Kind(StrEnum):
    """What a lane holds for each asset."""

    F32 = "f32"
    F64 = "f64"
    MASK = "mask"


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """A value: the operation `op` on other lanes, with literal `extra`. `place` is its position in the builder."""

    place: int
    op: str
    kind: Kind
    args: tuple[Lane, ...]
    extra: tuple[object, ...]

    def __repr__(self) -> str:
        return f"%{self.place}:{self.op}"


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "low": lambda a, b: a if a < b else b,
    "high": lambda a, b: a if a > b else b,
}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
LARGEST_EXACT_WINDOW = 256
"""up to here sums of squared ages stay below 2^24 and counts may be kept as float32"""


def as_f32(value: float) -> float:
    """`value` rounded to float32.

    >>> as_f32(0.1)
    0.10000000149011612
    """
    if math.isnan(value) or math.isinf(value):
        return value
    try:
        result: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return result


@lru_cache(maxsize=4096)
def newer_part(n: int) -> int:
    """How many sessions the newer part of a window of n has: half, or a prime part of an odd number, or all but one.

    >>> [newer_part(n) for n in (2, 5, 10, 15, 20, 30, 60)]
    [1, 4, 5, 5, 10, 15, 30]
    """
    if n % 2 == 0:
        return n // 2
    prime = next((p for p in range(3, math.isqrt(n) + 1, 2) if n % p == 0), n)
    return n // prime if prime < n else n - 1


class Lanes:
    """Makes lanes; equal lanes are made once.

    Arithmetic on two float32 lanes is float32 arithmetic, with anything else float64; a mask counts as 1 and 0.
    """

    def __init__(self) -> None:
        self.all: list[Lane] = []
        self._known: dict[tuple[object, ...], Lane] = {}

    def make(self, op: str, kind: Kind, args: tuple[Lane, ...] = (), extra: tuple[object, ...] = ()) -> Lane:
        """The lane of an operation; the same object for the same operation."""
        key = (op, kind, *(arg.place for arg in args), "|", *map(repr, extra))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Lane(len(self.all), op, kind, args, extra)
            self.all.append(found)
        return found

    # what comes from outside

    def field(self, name: str, kind: Kind = Kind.F32) -> Lane:
        """A field of the market, as stored."""
        return self.make("field", kind, (), (name,))

    def series(self, name: str, kind: Kind = Kind.F32) -> Lane:
        """One number per session, the same for all assets."""
        return self.make("series", kind, (), (name,))

    def bar(self, origin: int | None = None, delay: int = 0) -> Lane:
        """Whether the session `delay` sessions ago lies between an asset's first and last bar, and not before
        `origin` sessions ahead of the first one asked for."""
        return self.make("bar", Kind.MASK, (), (origin, delay))

    def const(self, value: float, kind: Kind = Kind.F64) -> Lane:
        """A literal number."""
        return self.make("const", kind, (), (as_f32(value) if kind is Kind.F32 else float(value),))

    @property
    def nan(self) -> Lane:
        """Missing."""
        return self.const(math.nan, Kind.F32)

    # kinds

    def number(self, x: Lane, kind: Kind = Kind.F32) -> Lane:
        """A mask as 1 and 0; anything else as it is."""
        return self.pick(x, self.const(1.0, kind), self.const(0.0, kind)) if x.kind is Kind.MASK else x

    def wide(self, x: Lane) -> Lane:
        """As float64."""
        if x.kind is Kind.MASK:
            return self.number(x, Kind.F64)
        if x.kind is Kind.F64:
            return x
        if x.op == "const":
            return self.const(self._value(x))
        return self.make("wide", Kind.F64, (x,))

    def narrow(self, x: Lane) -> Lane:
        """Rounded to float32. The rounded sum of two float32 numbers is their float32 sum, and so for - * / √."""
        if x.kind is not Kind.F64:
            return self.number(x)
        if x.op == "const":
            return self.const(self._value(x), Kind.F32)
        if x.op == "wide":
            return x.args[0]
        if x.op in ("add", "sub", "mul", "div", "low", "high", "sqrt", "abs", "neg", "pick"):
            values = x.args[1:] if x.op == "pick" else x.args
            short = [self._short(arg) for arg in values]
            if all(arg is not None for arg in short):
                parts = tuple(arg for arg in short if arg is not None)
                return self.make(x.op, Kind.F32, (*x.args[:1], *parts) if x.op == "pick" else parts, x.extra)
        return self.make("narrow", Kind.F32, (x,))

    def _short(self, x: Lane) -> Lane | None:
        """The float32 lane that is exactly `x`, where there is one."""
        if x.op == "wide":
            return x.args[0]
        if x.op == "const":
            value = self._value(x)
            if math.isnan(value) or as_f32(value) == value:
                return self.const(value, Kind.F32)
        return None

    def alike(self, *parts: Lane) -> tuple[Lane, ...]:
        """The parts as float32 if all of them are exactly that, else as float64."""
        parts = tuple(self.number(part) for part in parts)
        if any(part.kind is Kind.F32 and part.op != "const" for part in parts):
            short = [part if part.kind is Kind.F32 else self._short(part) for part in parts]
            if all(part is not None for part in short):
                return tuple(part for part in short if part is not None)
        return tuple(self.wide(part) for part in parts)

    @staticmethod
    def _value(x: Lane) -> float:
        value = x.extra[0]
        assert isinstance(value, float)
        return value

    # arithmetic; the result is exact float64 arithmetic unless both sides are of kind f32 by way of `narrow`

    def _binary(self, op: str, a: Lane, b: Lane) -> Lane:
        a, b = self.wide(a), self.wide(b)
        if a.op == "const" and b.op == "const" and op in ARITHMETIC:
            return self.const(ARITHMETIC[op](self._value(a), self._value(b)))
        return self.make(op, Kind.F64, (a, b))

    def add(self, a: Lane, b: Lane) -> Lane:
        """a + b in float64."""
        return self._binary("add", a, b)

    def sub(self, a: Lane, b: Lane) -> Lane:
        """a - b in float64."""
        return self._binary("sub", a, b)

    def mul(self, a: Lane, b: Lane) -> Lane:
        """a · b in float64."""
        return self._binary("mul", a, b)

    def div(self, a: Lane, b: Lane) -> Lane:
        """a / b in float64, infinite or missing where b is 0."""
        return self._binary("div", a, b)

    def low(self, a: Lane, b: Lane) -> Lane:
        """a where a < b, else b."""
        a, b = self.alike(a, b)
        return self.make("low", a.kind, (a, b))

    def high(self, a: Lane, b: Lane) -> Lane:
        """a where a > b, else b."""
        a, b = self.alike(a, b)
        return self.make("high", a.kind, (a, b))

    def plus(self, a: Lane, b: Lane) -> Lane:
        """a + b of two exact numbers of the same kind: counts and ages, where float32 loses nothing."""
        a, b = self.alike(a, b)
        return self.make("add", a.kind, (a, b))

    def times(self, a: Lane, b: Lane) -> Lane:
        """a · b of two exact numbers of the same kind."""
        a, b = self.alike(a, b)
        return self.make("mul", a.kind, (a, b))

    def _unary(self, op: str, x: Lane) -> Lane:
        x = self.number(x)
        return self.make(op, x.kind, (x,))

    def abs(self, x: Lane) -> Lane:
        """|x|."""
        return self._unary("abs", x)

    def neg(self, x: Lane) -> Lane:
        """-x."""
        return self._unary("neg", x)

    def sqrt(self, x: Lane) -> Lane:
        """Square root in float64; missing below 0."""
        return self.make("sqrt", Kind.F64, (self.wide(x),))

    def floor(self, x: Lane) -> Lane:
        """The largest whole number not above x."""
        return self._unary("floor", x)

    # masks

    def compare(self, op: str, a: Lane, b: Lane) -> Lane:
        """eq, lt, le, gt, ge are false and ne is true where either side is missing."""
        if op not in COMPARISONS:
            raise Broken(f"no comparison {op!r}")
        a, b = self.alike(a, b)
        return self.make(op, Kind.MASK, (a, b))

    def valid(self, x: Lane) -> Lane:
        """Whether x is a number."""
        return self.compare("eq", x, x)

    def finite(self, x: Lane) -> Lane:
        """Whether x is a finite number."""
        x = self.number(x)
        return self.make("lt", Kind.MASK, (self.abs(x), self.const(math.inf, x.kind)))

    def both(self, a: Lane, b: Lane) -> Lane:
        """a and b."""
        return self.make("and", Kind.MASK, (self.mask(a), self.mask(b)))

    def either(self, a: Lane, b: Lane) -> Lane:
        """a or b."""
        return self.make("or", Kind.MASK, (self.mask(a), self.mask(b)))

    def invert(self, a: Lane) -> Lane:
        """Not a."""
        return self.make("not", Kind.MASK, (self.mask(a),))

    def mask(self, x: Lane) -> Lane:
        """A mask as it is; numbers are true where they are neither 0 nor missing."""
        if x.kind is Kind.MASK:
            return x
        zero = self.const(0.0, x.kind)
        return self.both(self.compare("ne", x, zero), self.valid(x))

    def pick(self, mask: Lane, a: Lane, b: Lane) -> Lane:
        """a where the mask is true, else b."""
        a, b = self.alike(a, b) if a.kind is not b.kind else (a, b)
        if a is b:
            return a
        return self.make("pick", a.kind, (mask, a, b))

    def when(self, mask: Lane, x: Lane) -> Lane:
        """x where the mask is true, else missing."""
        x = self.number(x)
        return self.pick(mask, x, self.const(math.nan, x.kind))

    def zeroed(self, mask: Lane, x: Lane) -> Lane:
        """x where the mask is true, else 0."""
        x = self.number(x)
        return self.pick(mask, x, self.const(0.0, x.kind))

    # time

    def lag(self, x: Lane, n: int) -> Lane:
        """What x was n sessions ago."""
        if n < 0:
            raise Broken("a lag looks back, not ahead")
        if n == 0 or x.op == "const":
            return x
        if x.kind is Kind.MASK:
            if x.op == "bar":
                origin, delay = x.extra
                assert isinstance(delay, int)
                assert origin is None or isinstance(origin, int)
                return self.bar(origin, delay + n)
            one = self.const(1.0, Kind.F32)
            return self.make("eq", Kind.MASK, (self.lag(self.number(x), n), one))
        if x.op == "lag":
            earlier = x.extra[0]
            assert isinstance(earlier, int)
            return self.lag(x.args[0], n + earlier)
        if x.op in ("wide", "neg", "abs"):
            return self.make(x.op, x.kind, (self.lag(x.args[0], n),))
        return self.make("lag", x.kind, (x,), (n,))

    def hold(self, x: Lane) -> Lane:
        """The newest number of x, today's or an earlier one; 0 before the first."""
        if x.op == "wide":
            return self.wide(self.hold(x.args[0]))
        return self.make("hold", x.kind, (x,))

    def sorted_window(self, x: Lane, n: int) -> Lane:
        """The last n values of x in ascending order, the missing ones (as +inf) last; read by `nth`."""
        x = self._sort_key(x)
        return self.make("sort", x.kind, (x,), (n,))

    def _sort_key(self, x: Lane) -> Lane:
        """What is sorted: minus zero counts as zero, a missing value as infinite."""
        single = x.kind is Kind.F32 or x.op == "wide"
        x = self.add(x, self.const(0.0))
        x = self.narrow(x) if single else x
        return self.pick(self.valid(x), x, self.const(math.inf, x.kind))

    def nth(self, window: Lane, index: Lane, count: Lane, full: float) -> Lane:
        """Element `index` (float32, from 0) of a sorted window; `full` is the index where all n values are there."""
        return self.make("nth", window.kind, (window, index, count), (float(full),))

    # windows

    def window(
        self,
        x: Sequence[Lane],
        n: int,
        merge: Callable[[Sequence[Lane], Sequence[Lane], int], Sequence[Lane]],
    ) -> tuple[Lane, ...]:
        """The last n sessions of several lanes at once, merged in pairs.

        `merge(older, newer, m)` joins two neighbouring stretches, of which the newer is m sessions long. How a window is
        cut (`newer_part`) depends on its length alone, so a result depends on its n sessions alone; the windows that
        people use share most of their parts.
        """
        if n == 1:
            return tuple(x)
        m = newer_part(n)
        newer = self.window(x, m, merge)
        older = newer if 2 * m == n else self.window(x, n - m, merge)
        return tuple(merge([self.lag(part, m) for part in older], newer, m))

    def sums(self, x: Sequence[Lane], n: int) -> tuple[Lane, ...]:
        """Sums of the last n sessions in float64."""
        add = lambda older, newer, _: [self.add(a, b) for a, b in zip(older, newer, strict=True)]  # noqa: E731
        return self.window([self.wide(part) for part in x], n, add)

    def count(self, mask: Lane, n: int) -> Lane:
        """On how many of the last n sessions the mask was true; exact."""
        kind = Kind.F32 if n <= LARGEST_EXACT_WINDOW**2 else Kind.F64
        ones = self.number(mask, kind)
        plus = lambda older, newer, _: [self.plus(older[0], newer[0])]  # noqa: E731
        return self.window([ones], n, plus)[0]
