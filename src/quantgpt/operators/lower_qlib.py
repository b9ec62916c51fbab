"""How Qlib's operators are written in lanes; the numbers are those of the kernels, bit for bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from quantgpt.codegen.lanes import LARGEST_EXACT_WINDOW, Kind, Lane, Lanes
from quantgpt.operators._base import lowers
from quantgpt.operators._folds import FLAT_SQUARE


def _binary(name: str) -> Callable[[Lanes, Lane, Lane], Lane]:
    def lower(b: Lanes, x: Lane, y: Lane) -> Lane:
        made: Lane = getattr(b, name)(x, y)
        return made

    return lower


def _comparison(name: str) -> Callable[[Lanes, Lane, Lane], Lane]:
    return lambda b, x, y: b.compare(name, x, y)


for _word in ("add", "sub", "mul", "div"):
    lowers(f"qlib_{_word}")(_binary(_word))
for _word in ("gt", "ge", "lt", "le", "eq", "ne"):
    lowers(f"qlib_{_word}")(_comparison(_word))
lowers("qlib_and")(_binary("both"))
lowers("qlib_or")(_binary("either"))


@lowers("single")
def single(b: Lanes, x: Lane) -> Lane:
    """x rounded to float32."""
    return b.narrow(x)


@lowers("on_bars")
def on_bars(b: Lanes, x: Lane, bar: Lane) -> Lane:
    """x on bars, missing elsewhere."""
    return b.when(bar, x)


@lowers("qlib_abs")
def absolute(b: Lanes, x: Lane) -> Lane:
    """|x|; infinities pass."""
    return b.abs(x)


@lowers("qlib_not")
def invert(b: Lanes, x: Lane) -> Lane:
    """Not x."""
    return b.invert(x)


@lowers("qlib_if")
def choose(b: Lanes, mask: Lane, x: Lane, y: Lane) -> Lane:
    """x where the condition holds, else y."""
    return b.pick(b.mask(mask), b.number(x), b.number(y))


@lowers("qlib_sign")
def sign(b: Lanes, x: Lane) -> Lane:
    """1, 0 or -1."""
    x = b.number(x)
    one, zero, minus = (b.const(v, Kind.F32) for v in (1.0, 0.0, -1.0))
    turned = b.pick(b.compare("gt", x, zero), one, b.pick(b.compare("lt", x, zero), minus, zero))
    return b.when(b.valid(x), turned)


@lowers("qlib_greater")
def greater(b: Lanes, x: Lane, y: Lane) -> Lane:
    """The larger of two, missing if either is."""
    return _extreme(b, b.high(y, x), x, y)


@lowers("qlib_less")
def less(b: Lanes, x: Lane, y: Lane) -> Lane:
    """The smaller of two, missing if either is."""
    return _extreme(b, b.low(y, x), x, y)


def _extreme(b: Lanes, found: Lane, x: Lane, y: Lane) -> Lane:
    """The larger or smaller of two where both are numbers; a literal always is one."""
    for side in (x, y):
        if side.op != "const":
            found = b.when(b.valid(side), found)
    return found


@lowers("qlib_ref")
def ref(b: Lanes, x: Lane, n: float) -> Lane:
    """x n bars ago."""
    return b.lag(b.number(x), int(n))


@lowers("qlib_delta")
def delta(b: Lanes, x: Lane, bar: Lane, n: float) -> Lane:
    """Change over n bars, from the first row that is loaded."""
    x = b.number(x)
    return b.when(b.lag(bar, int(n)), b.sub(x, b.lag(x, int(n))))


def finite(b: Lanes, x: Lane) -> tuple[Lane, Lane]:
    """x without infinities, and where it is a number."""
    x = b.number(x)
    mask = b.finite(x)
    return x, mask


def _total(b: Lanes, x: Lane, n: float) -> tuple[Lane, Lane]:
    x, mask = finite(b, x)
    return b.sums([b.zeroed(mask, x)], int(n))[0], b.count(mask, int(n))


def _some(b: Lanes, count: Lane, least: float, x: Lane) -> Lane:
    return b.when(b.compare("ge", count, b.const(least, count.kind)), x)


@lowers("qlib_sum")
def total(b: Lanes, x: Lane, n: float) -> Lane:
    """Sum of a window."""
    made, count = _total(b, x, n)
    return _some(b, count, 1.0, made)


@lowers("qlib_mean")
def mean(b: Lanes, x: Lane, n: float) -> Lane:
    """Mean of a window."""
    made, count = _total(b, x, n)
    return b.div(made, count)


@lowers("qlib_count")
def count(b: Lanes, x: Lane, n: float) -> Lane:
    """Pandas counts an infinity."""
    return b.count(b.valid(b.number(x)), int(n))


class Moments:
    """Sums of deviations from the newest valid value, of ages, and of their products, over one window.

    n, s1 = Σd, s2 = Σd², q1 = Σg, q2 = Σg², c1 = Σg·d with d = x - f, f the newest value, g the age in sessions.
    """

    def __init__(self, b: Lanes, x: Lane, n: float, regression: bool) -> None:
        x, mask = finite(b, x)
        self.b, self.x, self.mask, self.window = b, x, mask, int(n)
        newest = b.wide(b.hold(b.when(mask, x)))
        zero = b.const(0.0)
        whole = b.const(0.0, Kind.F32 if self.window <= LARGEST_EXACT_WINDOW else Kind.F64)
        start = [b.number(mask, whole.kind), newest, zero, zero, *([whole, whole, zero] if regression else [])]
        self.parts = b.window(start, self.window, self._merge)
        self.n, self.s1, self.s2 = b.wide(self.parts[0]), self.parts[2], self.parts[3]
        if regression:
            self.q1, self.q2, self.c1 = b.wide(self.parts[4]), b.wide(self.parts[5]), self.parts[6]

    def _merge(self, older: Sequence[Lane], newer: Sequence[Lane], m: int) -> list[Lane]:
        b = self.b
        n, f, s1, s2 = older[:4]
        d = b.sub(f, newer[1])
        moved = b.add(b.mul(n, d), s1)
        made = [
            b.plus(n, newer[0]),
            newer[1],
            b.add(moved, newer[2]),
            b.add(b.add(s2, b.mul(d, b.add(s1, moved))), newer[3]),
        ]
        if len(older) > 4:
            q1, q2, c1 = older[4:]
            age = b.const(float(m), n.kind)
            grown = b.times(age, n)
            two = b.const(2.0, n.kind)
            made += [
                b.plus(b.plus(q1, grown), newer[4]),
                b.plus(b.plus(q2, b.times(age, b.plus(b.times(two, q1), grown))), newer[5]),
                b.add(b.add(b.add(c1, b.mul(b.const(float(m)), moved)), b.mul(d, q1)), newer[6]),
            ]
        return made

    @property
    def spread(self) -> Lane:
        """n Σ (x - mean)²."""
        return self.b.sub(self.b.mul(self.n, self.s2), self.b.mul(self.s1, self.s1))

    @property
    def choices(self) -> Lane:
        """n (n - 1)."""
        return self.b.mul(self.n, self.b.sub(self.n, self.b.const(1.0)))

    @property
    def enough(self) -> Lane:
        """Where there are two values or more."""
        return self.b.compare("ge", self.n, self.b.const(2.0))

    @property
    def variance(self) -> Lane:
        """With divisor n - 1; missing with fewer than two values."""
        b = self.b
        made = b.div(self.spread, self.choices)
        return b.when(self.enough, b.pick(b.compare("lt", made, b.const(0.0)), b.const(0.0), made))

    @property
    def flat(self) -> Lane:
        """Where the standard deviation is at most 2e-5."""
        return self.b.compare("le", self.spread, self.b.mul(self.b.const(FLAT_SQUARE), self.choices))

    @property
    def products(self) -> Lane:
        """n Σ (x - mean)(position - mean)."""
        b = self.b
        return b.sub(b.mul(self.s1, self.q1), b.mul(self.n, self.c1))

    @property
    def squares(self) -> Lane:
        """n Σ (position - mean)²."""
        b = self.b
        return b.sub(b.mul(self.n, self.q2), b.mul(self.q1, self.q1))

    @property
    def slope(self) -> Lane:
        """Of x on the position; missing with fewer than two values."""
        return self.b.when(self.enough, self.b.div(self.products, self.squares))


@lowers("qlib_var")
def var(b: Lanes, x: Lane, n: float) -> Lane:
    """Sample variance of a window."""
    return Moments(b, x, n, False).variance


@lowers("qlib_std")
def std(b: Lanes, x: Lane, n: float) -> Lane:
    """Sample standard deviation of a window."""
    return b.sqrt(Moments(b, x, n, False).variance)


@lowers("qlib_slope")
def slope(b: Lanes, x: Lane, n: float) -> Lane:
    """Slope of x on the position."""
    return Moments(b, x, n, True).slope


@lowers("qlib_rsquare")
def rsquare(b: Lanes, x: Lane, n: float) -> Lane:
    """Squared correlation with the position; missing in a flat window."""
    m = Moments(b, x, n, True)
    made = b.div(b.mul(m.products, m.products), b.mul(m.squares, m.spread))
    return b.when(b.both(m.enough, b.invert(m.flat)), made)


@lowers("qlib_resi")
def resi(b: Lanes, x: Lane, n: float) -> Lane:
    """Distance of today from the line through the window."""
    m = Moments(b, x, n, True)
    made = b.div(b.neg(b.add(m.s1, b.mul(m.slope, m.q1))), m.n)
    return b.when(m.mask, made)


@lowers("qlib_max")
def maximum(b: Lanes, x: Lane, n: float) -> Lane:
    """Largest value of a window."""
    return _furthest(b, x, int(n), -math.inf, b.high)


@lowers("qlib_min")
def minimum(b: Lanes, x: Lane, n: float) -> Lane:
    """Smallest value of a window."""
    return _furthest(b, x, int(n), math.inf, b.low)


def _furthest(b: Lanes, x: Lane, n: int, none: float, better: Callable[[Lane, Lane], Lane]) -> Lane:
    x, mask = finite(b, x)
    key = b.pick(mask, x, b.const(none, x.kind))
    found = b.window([key], n, lambda older, newer, _: [better(newer[0], older[0])])[0]
    return b.when(b.compare("ne", found, b.const(none, found.kind)), found)


@lowers("qlib_idxmax")
def idxmax(b: Lanes, x: Lane, bar: Lane, n: float) -> Lane:
    """Position of the largest value, from the oldest bar."""
    return _position(b, x, bar, int(n), math.inf, "gt")


@lowers("qlib_idxmin")
def idxmin(b: Lanes, x: Lane, bar: Lane, n: float) -> Lane:
    """Position of the smallest value, from the oldest bar."""
    return _position(b, x, bar, int(n), -math.inf, "lt")


def _position(b: Lanes, x: Lane, bar: Lane, n: int, missing: float, beats: str) -> Lane:
    """Place of the extreme from the oldest bar of the window, from 1; a missing value on a bar beats all others."""
    x, mask = finite(b, x)
    key = b.pick(mask, x, b.pick(bar, b.const(missing, x.kind), b.const(-missing, x.kind)))
    kind = Kind.F32

    def merge(older: Sequence[Lane], newer: Sequence[Lane], m: int) -> list[Lane]:
        newest = b.compare(beats, newer[0], older[0])
        aged = b.plus(older[1], b.const(float(m), kind))
        return [b.pick(newest, newer[0], older[0]), b.pick(newest, newer[1], aged)]

    _, age = b.window([key, b.const(0.0, kind)], n, merge)
    length = b.count(bar, n)
    place = b.plus(length, b.neg(age))
    return _some(b, b.count(mask, n), 1.0, place)


@lowers("qlib_rank", 256)
def rank(b: Lanes, x: Lane, n: float) -> Lane:
    """Rank of today in a window."""
    x, mask = finite(b, x)
    shown = b.when(mask, x)
    one, zero = b.const(1.0, Kind.F32), b.const(0.0, Kind.F32)

    def tally(op: str, start: int, stop: int) -> Lane:
        """On how many sessions from `start` to `stop` ago the value compares so with today's."""
        if stop - start > 4:
            half = 1 << (stop - start - 1).bit_length() - 1
            return b.plus(tally(op, start, start + half), tally(op, start + half, stop))
        made = zero
        for k in range(start, stop):
            made = b.pick(b.compare(op, b.lag(shown, k), shown), b.plus(made, one), made)
        return made

    def within(op: str, length: int) -> Lane:
        """The tally of a whole window; its power-of-two parts are shared between windows."""
        made = zero
        done = 0
        for k in reversed(range(length.bit_length())):
            if length >> k & 1:
                made = b.plus(made, power(op, done, k)) if done else power(op, 0, k)
                done += 2**k
        return made

    def power(op: str, start: int, k: int) -> Lane:
        if start == 0 and k > 2:
            return b.plus(power(op, 0, k - 1), tally(op, 2 ** (k - 1), 2**k))
        return tally(op, start, start + 2**k)

    below, level = within("lt", int(n)), within("eq", int(n))
    half = b.mul(b.add(b.wide(level), b.const(1.0)), b.const(0.5))
    made = b.div(b.add(below, half), b.count(mask, int(n)))
    return b.when(mask, made)


@lowers("qlib_quantile")
def quantile(b: Lanes, x: Lane, n: float, q: float) -> Lane:
    """Quantile of a window, between neighbours by straight line."""
    x, mask = finite(b, x)
    length = int(n)
    window = b.sorted_window(b.when(mask, x), length)
    valid = b.count(mask, length)
    last = b.sub(valid, b.const(1.0))
    place = b.mul(b.const(q), b.high(last, b.const(0.0)))
    whole = b.floor(place)
    full = math.floor(q * (length - 1))
    low = b.wide(b.nth(window, whole, valid, full))
    above = b.low(b.add(whole, b.const(1.0)), b.high(last, b.const(0.0)))
    high = b.wide(b.nth(window, above, valid, min(full + 1, length - 1)))
    made = b.add(low, b.mul(b.sub(high, low), b.sub(place, whole)))
    return _some(b, valid, 1.0, made)


class Pairs:
    """Sums of deviations and products of two series over the sessions where both are valid."""

    def __init__(self, b: Lanes, x: Lane, y: Lane, n: float) -> None:
        x, good_x = finite(b, x)
        y, good_y = finite(b, y)
        self.b, self.window = b, int(n)
        mask = b.both(good_x, good_y)
        fx = b.wide(b.hold(b.when(mask, x)))
        fy = b.wide(b.hold(b.when(mask, y)))
        zero = b.const(0.0)
        kind = Kind.F32 if self.window <= LARGEST_EXACT_WINDOW else Kind.F64
        parts = b.window([b.number(mask, kind), fx, fy, zero, zero, zero, zero, zero], self.window, self._merge)
        self.n = b.wide(parts[0])
        self.sx, self.sy, self.sxx, self.syy, self.sxy = parts[3:]
        self.enough = b.compare("ge", self.n, b.const(2.0))

    def _merge(self, older: Sequence[Lane], newer: Sequence[Lane], m: int) -> list[Lane]:
        b = self.b
        n, fx, fy, sx, sy, sxx, syy, sxy = older
        dx, dy = b.sub(fx, newer[1]), b.sub(fy, newer[2])
        ax, ay = b.add(b.mul(n, dx), sx), b.add(b.mul(n, dy), sy)
        return [
            b.plus(n, newer[0]),
            newer[1],
            newer[2],
            b.add(ax, newer[3]),
            b.add(ay, newer[4]),
            b.add(b.add(sxx, b.mul(dx, b.add(sx, ax))), newer[5]),
            b.add(b.add(syy, b.mul(dy, b.add(sy, ay))), newer[6]),
            b.add(b.add(b.add(sxy, b.mul(dx, sy)), b.mul(dy, ax)), newer[7]),
        ]

    def across(self, xy: Lane, x: Lane, y: Lane) -> Lane:
        """n Σ (x - mean)(y - mean) from the sums of products and of each."""
        return self.b.sub(self.b.mul(self.n, xy), self.b.mul(x, y))

    @property
    def products(self) -> Lane:
        """n Σ (x - mean)(y - mean)."""
        return self.across(self.sxy, self.sx, self.sy)


@lowers("qlib_cov")
def cov(b: Lanes, x: Lane, y: Lane, n: float) -> Lane:
    """Sample covariance over common rows."""
    pair = Pairs(b, x, y, n)
    choices = b.mul(pair.n, b.sub(pair.n, b.const(1.0)))
    return b.when(pair.enough, b.div(pair.products, choices))


@lowers("qlib_corr")
def corr(b: Lanes, x: Lane, y: Lane, n: float) -> Lane:
    """Correlation over common rows; missing where either is flat."""
    pair = Pairs(b, x, y, n)
    xx, yy = pair.across(pair.sxx, pair.sx, pair.sx), pair.across(pair.syy, pair.sy, pair.sy)
    made = b.div(pair.products, b.sqrt(b.mul(xx, yy)))
    flat = b.either(Moments(b, x, n, False).flat, Moments(b, y, n, False).flat)
    return b.when(b.both(pair.enough, b.invert(flat)), made)
