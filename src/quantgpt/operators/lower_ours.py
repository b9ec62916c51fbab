"""How our own operators are written in lanes; the numbers are those of the kernels, bit for bit.

A window is added up oldest session first, as the kernels do it, so its cost grows with its length; long ones run unfused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from quantgpt.codegen.lanes import Kind, Lane, Lanes
from quantgpt.operators._base import TINY_DIVISOR, lowers, needed
from quantgpt.operators._ties import LARGE, SPLIT

LONGEST = 64
"""sessions; the written-out sum of a longer window would be more code than it saves"""
EXTREMES = 1000


def finite(b: Lanes, x: Lane) -> Lane:
    """x, missing where it is infinite."""
    return b.when(b.finite(x), x)


def _arithmetic(name: str) -> None:
    def lower(b: Lanes, x: Lane, y: Lane) -> Lane:
        return finite(b, getattr(b, name)(x, y))

    lowers(name)(lower)


def _comparison(name: str) -> None:
    def lower(b: Lanes, x: Lane, y: Lane) -> Lane:
        return known(b, b.number(b.compare(name, x, y)), x, y)

    lowers(name)(lower)


def known(b: Lanes, made: Lane, *parts: Lane) -> Lane:
    """What was made, missing where any of its parts is; a literal never is."""
    for part in parts:
        if part.op != "const":
            made = b.when(b.valid(part), made)
    return made


for _word in ("add", "sub", "mul"):
    _arithmetic(_word)
for _word in ("gt", "ge", "lt", "le", "eq", "ne"):
    _comparison(_word)


@lowers("div")
def div(b: Lanes, x: Lane, y: Lane) -> Lane:
    """Quotient; missing for a divisor near 0."""
    large = b.either(b.compare("ge", y, b.const(TINY_DIVISOR)), b.compare("le", y, b.const(-TINY_DIVISOR)))
    return b.when(large, finite(b, b.div(x, y)))


@lowers("neg")
def neg(b: Lanes, x: Lane) -> Lane:
    """Sign turned."""
    return b.neg(x)


@lowers("abs")
def absolute(b: Lanes, x: Lane) -> Lane:
    """Absolute value."""
    return b.abs(x)


@lowers("sign")
def sign(b: Lanes, x: Lane) -> Lane:
    """1, 0 or -1; what is missing stays so."""
    one, zero, minus = (b.const(value, Kind.F32) for value in (1.0, 0.0, -1.0))
    below = b.pick(b.compare("lt", x, zero), minus, zero)
    return b.when(b.valid(x), b.pick(b.compare("gt", x, zero), one, below))


@lowers("sqrt")
def sqrt(b: Lanes, x: Lane) -> Lane:
    """Square root; a negative value counts as 0."""
    zero = b.const(0.0)
    return b.when(b.finite(x), b.pick(b.compare("gt", x, zero), b.sqrt(x), zero))


@lowers("and")
def both(b: Lanes, x: Lane, y: Lane) -> Lane:
    """1 where both are not 0."""
    return known(b, b.number(b.both(x, y)), x, y)


@lowers("or")
def either(b: Lanes, x: Lane, y: Lane) -> Lane:
    """1 where one is not 0."""
    return known(b, b.number(b.either(x, y)), x, y)


@lowers("not")
def invert(b: Lanes, x: Lane) -> Lane:
    """1 where x is 0."""
    return known(b, b.number(b.invert(x)), x)


@lowers("max")
def larger(b: Lanes, x: Lane, y: Lane) -> Lane:
    """The larger of two."""
    return known(b, b.high(x, y), x, y)


@lowers("min")
def smaller(b: Lanes, x: Lane, y: Lane) -> Lane:
    """The smaller of two."""
    return known(b, b.low(x, y), x, y)


@lowers("where")
def where(b: Lanes, mask: Lane, x: Lane, y: Lane) -> Lane:
    """x where the condition is not 0, y where it is; missing where it is."""
    return known(b, b.pick(b.mask(mask), b.number(x), b.number(y)), mask)


@lowers("clip")
def clip(b: Lanes, x: Lane, low: Lane, high: Lane) -> Lane:
    """x kept between two bounds."""
    return known(b, b.low(b.high(x, low), high), x, low, high)


@lowers("ts_shift")
def shift(b: Lanes, x: Lane, n: float) -> Lane:
    """x n sessions ago."""
    return b.lag(x, int(n))


@lowers("ts_delta")
def delta(b: Lanes, x: Lane, n: float) -> Lane:
    """Change over n sessions."""
    return finite(b, b.sub(x, b.lag(x, int(n))))


def _enough(b: Lanes, x: Lane, n: float, made: Lane, least: int = 1) -> Lane:
    """What was made of a window, missing with fewer than nine tenths of its values."""
    count = b.count(b.valid(x), int(n))
    need = max(least, needed(int(n)))
    return b.when(b.compare("ge", count, b.const(float(need), count.kind)), made)


def _total(b: Lanes, n: float, start: float, step: Callable[[Lane, int], Lane]) -> Lane:
    """`step(total, k)` for the session k ago, oldest first."""
    total = b.const(start)
    for k in reversed(range(int(n))):
        total = step(total, k)
    return total


def _sum(b: Lanes, x: Lane, n: float) -> Lane:
    return _total(b, n, 0.0, lambda total, k: b.add(total, b.zeroed(b.valid(b.lag(x, k)), b.lag(x, k))))


@lowers("ts_sum", LONGEST)
def total(b: Lanes, x: Lane, n: float) -> Lane:
    """Sum of a window."""
    return _enough(b, x, n, finite(b, _sum(b, x, n)))


@lowers("ts_mean", LONGEST)
def mean(b: Lanes, x: Lane, n: float) -> Lane:
    """Mean of a window."""
    return _enough(b, x, n, finite(b, b.div(_sum(b, x, n), b.count(b.valid(x), int(n)))))


@lowers("product", LONGEST)
def product(b: Lanes, x: Lane, n: float) -> Lane:
    """Product of a window."""
    one = b.const(1.0)
    made = _total(b, n, 1.0, lambda total, k: b.mul(total, b.pick(b.valid(b.lag(x, k)), b.wide(b.lag(x, k)), one)))
    return _enough(b, x, n, finite(b, made))


@lowers("ts_std", LONGEST)
def std(b: Lanes, x: Lane, n: float) -> Lane:
    """Sample standard deviation of a window, about its newest value."""
    newest = b.hold(x)
    zero = b.const(0.0)

    def away(k: int) -> Lane:
        return b.zeroed(b.valid(b.lag(x, k)), b.sub(b.lag(x, k), newest))

    sums = _total(b, n, 0.0, lambda made, k: b.add(made, away(k)))
    squares = _total(b, n, 0.0, lambda made, k: b.add(made, b.mul(away(k), away(k))))
    count = b.wide(b.count(b.valid(x), int(n)))
    variance = b.div(b.sub(squares, b.div(b.mul(sums, sums), count)), b.sub(count, b.const(1.0)))
    made = b.sqrt(b.pick(b.compare("gt", variance, zero), variance, zero))
    return _enough(b, x, n, b.when(b.finite(variance), made), 2)


def _weighted(b: Lanes, x: Lane, weights: Sequence[float]) -> Lane:
    """Weighted mean of a window over its valid values; `weights` by age."""
    zero = b.const(0.0)
    over = _total(
        b,
        len(weights),
        0.0,
        lambda t, k: b.add(t, b.zeroed(b.valid(b.lag(x, k)), b.mul(b.const(weights[k]), b.lag(x, k)))),
    )
    under = _total(b, len(weights), 0.0, lambda t, k: b.add(t, b.pick(b.valid(b.lag(x, k)), b.const(weights[k]), zero)))
    return _enough(b, x, len(weights), finite(b, b.div(over, under)))


@lowers("decay_linear", LONGEST)
def decay_linear(b: Lanes, x: Lane, n: float) -> Lane:
    """Mean with weights 1 … n, the newest heaviest."""
    return _weighted(b, x, [n - k for k in range(int(n))])


def _best(b: Lanes, x: Lane, n: float, turn: float) -> tuple[Lane, Lane]:
    """The largest (`turn` 1) or smallest (-1) value of a window and its age; the earliest of equals."""
    x = b.number(x)
    wins = "gt" if turn > 0 else "lt"
    key = b.pick(b.valid(x), x, b.const(-math.inf * turn, x.kind))

    def merge(older: Sequence[Lane], newer: Sequence[Lane], m: int) -> list[Lane]:
        better = b.compare(wins, newer[0], older[0])
        aged = b.plus(older[1], b.const(float(m), Kind.F32))
        return [b.pick(better, newer[0], older[0]), b.pick(better, newer[1], aged)]

    best, age = b.window([key, b.const(0.0, Kind.F32)], int(n), merge)
    return best, age


@lowers("ts_max", EXTREMES)
def maximum(b: Lanes, x: Lane, n: float) -> Lane:
    """Largest value of a window."""
    return _enough(b, x, n, finite(b, _best(b, x, n, 1.0)[0]))


@lowers("ts_min", EXTREMES)
def minimum(b: Lanes, x: Lane, n: float) -> Lane:
    """Smallest value of a window."""
    return _enough(b, x, n, finite(b, _best(b, x, n, -1.0)[0]))


def _place(b: Lanes, x: Lane, n: float, turn: float) -> Lane:
    best, age = _best(b, x, n, turn)
    found = b.compare("ne", best, b.const(-math.inf * turn, best.kind))
    return _enough(b, x, n, b.when(found, b.plus(b.const(n - 1.0, Kind.F32), b.neg(age))))


@lowers("ts_argmax", EXTREMES)
def argmax(b: Lanes, x: Lane, n: float) -> Lane:
    """Where the largest value stands, from the oldest session."""
    return _place(b, x, n, 1.0)


@lowers("ts_argmin", EXTREMES)
def argmin(b: Lanes, x: Lane, n: float) -> Lane:
    """Where the smallest value stands, from the oldest session."""
    return _place(b, x, n, -1.0)


def _tied(b: Lanes, x: Lane) -> Lane:
    """x rounded to 40 bits; a float32 value already is."""
    x = b.number(x)
    if x.kind is Kind.F32:
        return x
    scaled = b.mul(b.const(SPLIT), x)
    inside = b.both(b.compare("lt", b.const(-LARGE), x), b.compare("lt", x, b.const(LARGE)))
    return b.pick(inside, b.sub(scaled, b.sub(scaled, x)), x)


@lowers("ts_rank", LONGEST)
def rank(b: Lanes, x: Lane, n: float) -> Lane:
    """Rank of today's value in a window."""
    x = _tied(b, x)
    one, zero = b.const(1.0, Kind.F32), b.const(0.0, Kind.F32)
    below, level = zero, zero
    for k in range(int(n)):
        below = b.pick(b.compare("lt", b.lag(x, k), x), b.plus(below, one), below)
        level = b.pick(b.compare("eq", b.lag(x, k), x), b.plus(level, one), level)
    half = b.const(0.5)
    place = b.add(b.add(below, b.mul(level, half)), half)
    return b.when(b.valid(x), _enough(b, x, n, b.div(place, b.count(b.valid(x), int(n)))))


@lowers("ts_median", LONGEST)
def median(b: Lanes, x: Lane, n: float) -> Lane:
    """Median of a window."""
    x, length = b.number(x), int(n)
    window = b.sorted_window(x, length)
    count = b.count(b.valid(x), length)
    half, zero, one = (b.const(value, Kind.F32) for value in (0.5, 0.0, 1.0))
    upper = b.floor(b.times(count, half))
    lower = b.floor(b.times(b.high(b.plus(count, b.neg(one)), zero), half))
    upper = b.low(upper, b.const(length - 1.0, Kind.F32))
    low, high = b.nth(window, lower, count, (length - 1) // 2), b.nth(window, upper, count, length // 2)
    return _enough(b, x, n, finite(b, b.add(b.mul(half, low), b.mul(half, high))))


class _Pairs:
    """Sums over the sessions of a window on which both series are valid, about the newest of these."""

    def __init__(self, b: Lanes, x: Lane, y: Lane, n: float) -> None:
        self.b = b
        x, y = b.number(x), b.number(y)
        mask = b.both(b.valid(x), b.valid(y))
        last_x, last_y = b.hold(b.when(mask, x)), b.hold(b.when(mask, y))
        sums = [b.const(0.0)] * 6
        one, zero = b.const(1.0), b.const(0.0)
        for k in reversed(range(int(n))):
            dx, dy = b.sub(b.lag(x, k), last_x), b.sub(b.lag(y, k), last_y)
            both_known = b.both(b.valid(dx), b.valid(dy))
            terms = [one, dx, dy, b.mul(dx, dx), b.mul(dy, dy), b.mul(dx, dy)]
            sums = [b.add(made, b.pick(both_known, term, zero)) for made, term in zip(sums, terms, strict=True)]
        self.n, self.x, self.y, self.xx, self.yy, self.xy = sums

    def about(self, products: Lane, x: Lane, y: Lane) -> Lane:
        """Sum of products about the means."""
        return self.b.sub(products, self.b.div(self.b.mul(x, y), self.n))

    def enough(self, n: float, made: Lane) -> Lane:
        """What was made, missing with fewer than nine tenths of the pairs or fewer than two."""
        need = float(max(2, needed(int(n))))
        return self.b.when(self.b.compare("ge", self.n, self.b.const(need)), made)


@lowers("ts_corr", LONGEST)
def corr(b: Lanes, x: Lane, y: Lane, n: float) -> Lane:
    """Pearson correlation of a window."""
    p = _Pairs(b, x, y, n)
    xx, yy, xy = p.about(p.xx, p.x, p.x), p.about(p.yy, p.y, p.y), p.about(p.xy, p.x, p.y)
    zero, one = b.const(0.0), b.const(1.0)
    varies = b.both(b.compare("gt", xx, zero), b.compare("gt", yy, zero))
    made = b.div(xy, b.mul(b.sqrt(xx), b.sqrt(yy)))
    kept = b.low(b.high(made, b.const(-1.0)), one)
    return p.enough(n, b.when(b.both(varies, b.valid(made)), kept))


@lowers("ts_cov", LONGEST)
def cov(b: Lanes, x: Lane, y: Lane, n: float) -> Lane:
    """Sample covariance of a window."""
    p = _Pairs(b, x, y, n)
    return p.enough(n, finite(b, b.div(p.about(p.xy, p.x, p.y), b.sub(p.n, b.const(1.0)))))
