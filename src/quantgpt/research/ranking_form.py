"""What decides how an expression orders the names: two spellings with one form and one sign make the same bets.

The form is a polynomial in parts that are no arithmetic, so that brackets, the order of terms, constant factors and the
two ways of writing a relative distance do not matter. Around the whole, whatever keeps the order of the names of one
session is taken off; what turns it round changes the sign. Two expressions of one form agree wherever both have values:
the form is about the ordering, not about bits, and where one spelling overflows or is missing the other need not.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from quantgpt.expr.tree import Node, fold
from quantgpt.foundations.fields import FIELDS, Unit

Monomial: TypeAlias = tuple[tuple[str, float], ...]
"""(part, exponent) in the order of the parts"""
Poly: TypeAlias = dict[Monomial, float]

MOST_TERMS = 48
DIGITS = 12
_POSITIVE_UNITS = (Unit.PRICE, Unit.SHARES, Unit.MONEY)
_KEEPS_SIGN = {
    "ts_mean", "ts_sum", "ts_max", "ts_min", "ts_median", "ts_shift", "decay_linear", "decay_exp", "ema", "ewma",
    "product", "ts_quantile",
}  # fmt: skip
_ALWAYS_POSITIVE = {"rank", "group_rank", "sigmoid", "exp", "ts_rank", "ts_std"}
_ODD_AND_LINEAR = {
    "ts_mean", "ts_sum", "ts_median", "ts_shift", "decay_linear", "decay_exp", "ema", "ewma", "ts_slope", "ts_resi",
    "ts_mean_deviation", "indneutralize",
}  # fmt: skip
"""f(c·x) = c·f(x) for every number c"""
_LINEAR_UPWARDS = {"ts_max", "ts_min", "ts_quantile"}
"""f(c·x) = c·f(x) for c above 0"""
_EVEN_AND_LINEAR = {"abs", "ts_std", "ts_mad"}
"""f(c·x) = |c|·f(x)"""
_WITHOUT_CONSTANT = {"ts_std", "ts_mad", "ts_slope", "ts_resi", "ts_mean_deviation", "zscore", "indneutralize"}
"""f(x + c) = f(x)"""
_OF_ORDER = {"rank", "group_rank", "ts_rank", "ts_argmax", "ts_argmin"}
"""f(g(x)) = f(x) for every g that rises cell by cell"""
_OF_DAY_ORDER = {"rank", "group_rank"}
"""… and for those that rise over the names of one session"""
_RISING = {"exp", "tanh", "sigmoid"}
_RISING_OVER_NAMES = {"rank", "zscore", "scale", "scale_abs"}
_ODD = {"sign", "tanh", "scale_abs"}
_COMPARISONS = {"gt", "ge"}


@dataclass(frozen=True, slots=True)
class RankingForm:
    """`key` is the same for all expressions that order names alike or the other way round, `sign` says which way."""

    key: str
    sign: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Something that is no arithmetic: an operator on polynomials, or a field."""

    name: str
    inside: tuple[Poly, ...] = ()
    positive: bool = False


def ranking_form(plan: Node) -> RankingForm:
    """The form of a canonical tree with its definitions expanded (`Expression.plan`)."""
    former = _Former()
    poly, sign = former.stripped(fold(plan, former.visit), over_names=True)
    return RankingForm(hashlib.sha256(_text(poly).encode()).hexdigest(), sign)


def _text(poly: Poly) -> str:
    return "+".join(f"{_round(c)!r}*{_names(m)}" for m, c in sorted(poly.items()))


def _names(monomial: Monomial) -> str:
    return "*".join(f"{part}^{exponent:g}" for part, exponent in monomial)


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _scaled(poly: Poly, by: float) -> Poly:
    return {monomial: coefficient * by for monomial, coefficient in poly.items()}


def _sum(a: Poly, b: Poly, sign: float = 1.0) -> Poly:
    out = dict(a)
    for monomial, coefficient in b.items():
        out[monomial] = out.get(monomial, 0.0) + sign * coefficient
    return {monomial: coefficient for monomial, coefficient in out.items() if abs(coefficient) > 1e-300}


def _times(a: Monomial, b: Monomial) -> Monomial:
    exponents = dict(a)
    for part, exponent in b:
        exponents[part] = exponents.get(part, 0.0) + exponent
    return tuple(sorted((part, exponent) for part, exponent in exponents.items() if exponent))


def _product(a: Poly, b: Poly) -> Poly:
    out: Poly = {}
    for one, x in a.items():
        for other, y in b.items():
            out = _sum(out, {_times(one, other): x * y})
    return out


def _raised(monomial: Monomial, exponent: float) -> Monomial:
    return tuple((part, own * exponent) for part, own in monomial)


def _without_constant(poly: Poly) -> Poly:
    return {monomial: coefficient for monomial, coefficient in poly.items() if monomial}


def _leading(poly: Poly) -> float:
    return poly[min(poly)] if poly else 1.0


class _Former:
    """Turns canonical nodes into polynomials, parts first, and knows every part that it named."""

    def __init__(self) -> None:
        self.parts: dict[str, _Part] = {}

    # -- reading a tree -----------------------------------------------------------------------------------------

    def visit(self, node: Node, inside: tuple[Poly, ...]) -> Poly:
        """The polynomial of one operator on polynomials."""
        if node.kind == "number":
            return {(): node.value} if node.value else {}
        if node.operator is None:
            spec = FIELDS.get(node.name)
            return self.part(_Part(f"@{node.name}", (), spec is not None and spec.unit in _POSITIVE_UNITS))
        arithmetic = _ARITHMETIC.get(node.name)
        if arithmetic is not None:
            return arithmetic(self, inside)
        if node.name == "ts_delta":
            return _sum(inside[0], self.applied("ts_shift", node.numbers, inside), -1.0)
        return self.applied(node.name, node.numbers, inside)

    def part(self, made: _Part) -> Poly:
        """A polynomial that is one part."""
        inner = ",".join(_text(poly) for poly in made.inside)
        name = f"{made.name}({inner})" if made.inside else made.name
        short = name if len(name) <= 64 else hashlib.sha256(name.encode()).hexdigest()
        self.parts[short] = made
        return {((short, 1.0),): 1.0}

    def quotient(self, a: Poly, b: Poly) -> Poly:
        """a / b: by a single term it is distributed, by a sum it is kept as a part."""
        inverse = self.power_of(b, -1.0)
        return self.product(a, inverse)

    def product(self, a: Poly, b: Poly) -> Poly:
        """a · b, multiplied out unless that gets long."""
        if len(a) * len(b) <= MOST_TERMS:
            return _product(a, b)
        return _product(self.closed(a), self.closed(b))

    def closed(self, poly: Poly) -> Poly:
        """A sum as one part, its leading factor before it."""
        if len(poly) <= 1:
            return poly
        lead = _leading(poly)
        one = self.part(_Part("sum", (_scaled(poly, 1.0 / lead),), self.is_positive(poly)))
        return _scaled(one, lead)

    def power_of(self, base: Poly, exponent: float) -> Poly:
        """base ^ exponent for a literal exponent."""
        base = self.closed(base)
        if not base:
            return self.part(_Part("power", (base, {(): exponent})))
        ((monomial, coefficient),) = base.items()
        whole = float(exponent).is_integer() and all(float(e).is_integer() for _, e in monomial)
        if (whole and coefficient) or (coefficient > 0 and self.is_positive({monomial: 1.0})):
            try:
                return {tuple(sorted(_raised(monomial, exponent))): coefficient**exponent}
            except (OverflowError, ZeroDivisionError):
                pass
        return self.part(_Part("power", (base, {(): exponent})))

    def is_positive(self, poly: Poly) -> bool:
        """Whether every value is above zero, as far as can be told from the signs of its terms."""
        return bool(poly) and all(
            coefficient > 0 and all(self.parts[part].positive or e % 2 == 0 for part, e in monomial)
            for monomial, coefficient in poly.items()
        )

    # -- operators that are parts -------------------------------------------------------------------------------

    def applied(self, name: str, numbers: tuple[float, ...], inside: tuple[Poly, ...]) -> Poly:
        """An operator that is no arithmetic, freed of what it cannot feel."""
        label = "|".join([name, *(f"{n:g}" for n in numbers)])
        if name == "log":
            return self.log_of(inside[0])
        if name in _OF_ORDER:
            poly, sign = self.stripped(inside[0], over_names=name in _OF_DAY_ORDER)
            return self.part(_Part(label, (_scaled(poly, sign),), name in _ALWAYS_POSITIVE))
        if name in _COMPARISONS:
            gap = _sum(inside[0], inside[1], -1.0)
            return self.part(_Part(label, (_scaled(gap, 1.0 / abs(_leading(gap))),)))
        if name in ("ts_corr", "ts_cov"):
            return self.pair(name, label, inside)
        if len(inside) == 1:
            return self.single(name, label, inside[0])
        ordered = sorted(inside, key=_text) if name in ("max", "min", "and", "or", "eq", "ne") else inside
        positive = name in ("max", "min") and all(self.is_positive(poly) for poly in inside)
        return self.part(_Part(label, tuple(ordered), positive))

    def single(self, name: str, label: str, poly: Poly) -> Poly:
        """An operator of one series: constants and factors are taken out where it lets them through."""
        if name in _WITHOUT_CONSTANT:
            poly = _without_constant(poly)
        if name == "scale":
            poly = _without_constant(poly)
            poly = _scaled(poly, 1.0 / abs(_leading(poly)))
        lead, factor = _leading(poly), 1.0
        if name in _ODD_AND_LINEAR:
            poly, factor = _scaled(poly, 1.0 / lead), lead
        elif name in _LINEAR_UPWARDS:
            poly, factor = _scaled(poly, 1.0 / abs(lead)), abs(lead)
        elif name in _EVEN_AND_LINEAR:
            poly, factor = _scaled(poly, 1.0 / lead), abs(lead)
        elif name in ("zscore", "sign", "scale_abs"):
            poly, factor = _scaled(poly, 1.0 / lead), 1.0 if lead > 0 else -1.0
        elif name in _ODD and lead < 0:
            poly, factor = _scaled(poly, -1.0), -1.0
        positive = name in _ALWAYS_POSITIVE or (name in _KEEPS_SIGN and self.is_positive(poly))
        return _scaled(self.part(_Part(label, (poly,), positive)), factor)

    def pair(self, name: str, label: str, inside: tuple[Poly, ...]) -> Poly:
        """A correlation or covariance, which feels no constants and passes signs on."""
        polys, factor = [], 1.0
        for poly in map(_without_constant, inside):
            lead = _leading(poly)
            factor *= lead if name == "ts_cov" else (1.0 if lead > 0 else -1.0)
            polys.append(_scaled(poly, 1.0 / lead))
        return _scaled(self.part(_Part(label, tuple(sorted(polys, key=_text)))), factor)

    def log_of(self, poly: Poly) -> Poly:
        """A logarithm, taken apart where every factor is above zero."""
        if len(poly) == 1:
            ((monomial, coefficient),) = poly.items()
            if coefficient > 0 and all(self.parts[part].positive for part, _ in monomial):
                out: Poly = {(): math.log(coefficient)} if coefficient != 1.0 else {}
                for part, exponent in monomial:
                    out = _sum(out, self.part(_Part("log", ({((part, 1.0),): 1.0},))), exponent)
                return out
        return self.part(_Part("log", (poly,)))

    # -- taking off what keeps the order ------------------------------------------------------------------------

    def stripped(self, poly: Poly, *, over_names: bool) -> tuple[Poly, int]:
        """The polynomial without what keeps the order of values (cell by cell, or `over_names` of one session), and −1
        where what was taken off turned the order round."""
        sign = 1
        while True:
            poly = _without_constant(poly)
            if not poly:
                return poly, sign
            lead = _leading(poly)
            poly, sign = _scaled(poly, 1.0 / lead), sign if lead > 0 else -sign
            taken = self.unlogged(poly) or self.unwrapped(poly, over_names) or self.upright(poly)
            if taken is None:
                return poly, sign
            poly, turn = taken
            sign *= turn

    def unlogged(self, poly: Poly) -> tuple[Poly, int] | None:
        """The product whose logarithm a sum of logarithms is."""
        exponents: dict[str, float] = {}
        for monomial, coefficient in poly.items():
            if len(monomial) != 1 or monomial[0][1] != 1.0 or self.parts[monomial[0][0]].name != "log":
                return None
            (inner,) = self.parts[monomial[0][0]].inside
            if len(inner) != 1 or not self.is_positive(inner):
                return None
            ((inside, _),) = inner.items()
            if len(inside) != 1:
                return None
            exponents[inside[0][0]] = exponents.get(inside[0][0], 0.0) + coefficient * inside[0][1]
        return {tuple(sorted(exponents.items())): 1.0}, 1

    def unwrapped(self, poly: Poly, over_names: bool) -> tuple[Poly, int] | None:
        """What a rising function was applied to."""
        if len(poly) != 1:
            return None
        (monomial,) = poly
        if len(monomial) != 1 or monomial[0][1] != 1.0:
            return None
        part = self.parts[monomial[0][0]]
        name = part.name.partition("|")[0]
        if name in _RISING or (over_names and name in _RISING_OVER_NAMES):
            return part.inside[0], 1
        if name == "sum":
            return part.inside[0], 1
        if name == "log" and self.is_positive(part.inside[0]):
            return part.inside[0], 1
        if name == "sign_power" and list(part.inside[1]) == [()] and part.inside[1][()] > 0:
            return part.inside[0], 1
        return None

    def upright(self, poly: Poly) -> tuple[Poly, int] | None:
        """A product of positive parts, brought to the exponent 1 of its first part."""
        if len(poly) != 1:
            return None
        (monomial,) = poly
        first = monomial[0][1]
        positive = all(self.parts[part].positive for part, _ in monomial)
        if positive and any(self.parts[part].name == "sum" and exponent == -1.0 for part, exponent in monomial):
            return self.multiplied_out(_raised(monomial, -1.0)), -1
        if first == 1.0:
            return None
        if positive:
            return {_raised(monomial, 1.0 / first): 1.0}, 1 if first > 0 else -1
        if len(monomial) == 1 and first > 0 and first % 2 == 1:
            return {((monomial[0][0], 1.0),): 1.0}, 1
        return None

    def multiplied_out(self, monomial: Monomial) -> Poly:
        """A product with its sums multiplied out."""
        out: Poly = {tuple(item for item in monomial if self.parts[item[0]].name != "sum" or item[1] != 1.0): 1.0}
        for part, exponent in monomial:
            if self.parts[part].name == "sum" and exponent == 1.0:
                out = self.product(out, self.parts[part].inside[0])
        return out


def _power(former: _Former, inside: tuple[Poly, ...]) -> Poly:
    base, exponent = inside
    if not exponent or list(exponent) == [()]:
        return former.power_of(base, exponent.get((), 0.0))
    return former.part(_Part("power", inside))


def _sqrt(former: _Former, inside: tuple[Poly, ...]) -> Poly:
    return former.power_of(inside[0], 0.5)


_ARITHMETIC: dict[str, Callable[[_Former, tuple[Poly, ...]], Poly]] = {
    "add": lambda former, inside: _sum(inside[0], inside[1]),
    "sub": lambda former, inside: _sum(inside[0], inside[1], -1.0),
    "neg": lambda former, inside: _scaled(inside[0], -1.0),
    "mul": lambda former, inside: former.product(inside[0], inside[1]),
    "div": lambda former, inside: former.quotient(inside[0], inside[1]),
    "power": _power,
    "sqrt": _sqrt,
}
