"""Arithmetic, cell by cell; a result that is not finite is missing."""

from __future__ import annotations

import math

from quantgpt.operators._base import TINY_DIVISOR, Axis, UnitRule, operator
from quantgpt.operators._lazy import routine

NAN = math.nan


@routine
def finite(x: float) -> float:
    """`x`, or NaN where it is infinite."""
    return x if x - x == 0.0 else NAN


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="加法 a + b",
    say=("{0}加{1}", "{0} plus {1}"),
    example="high + low",
    symbol="+",
    commutative=True,
    unit=UnitRule.ALIKE,
)
def add(a: float, b: float) -> float:
    """Sum of two values, written `a + b`.

    >>> float(add(2.0, 3.0))
    5.0
    """
    return finite(a + b)


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="减法 a - b",
    say=("{0}减{1}", "{0} minus {1}"),
    example="high - low",
    symbol="-",
    unit=UnitRule.ALIKE,
)
def sub(a: float, b: float) -> float:
    """Difference of two values, written `a - b`.

    >>> float(sub(2.0, 3.0))
    -1.0
    """
    return finite(a - b)


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="乘法 a * b",
    say=("{0}乘以{1}", "{0} times {1}"),
    example="close * volume",
    symbol="*",
    commutative=True,
    unit=UnitRule.PRODUCT,
)
def mul(a: float, b: float) -> float:
    """Product of two values, written `a * b`.

    >>> float(mul(2.0, 3.0))
    6.0
    """
    return finite(a * b)


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="除法 a / b；除数绝对值小于 1e-12 时缺失",
    say=("{0}除以{1}", "{0} divided by {1}"),
    example="close / open",
    symbol="/",
    unit=UnitRule.QUOTIENT,
)
def div(a: float, b: float) -> float:
    """Quotient of two values, written `a / b`.

    NaN:    missing when the divisor is smaller than 1e-12 in absolute value.

    >>> [float(div(1.0, b)) for b in (4.0, 1e-13)]
    [0.25, nan]
    """
    return finite(a / b) if b >= TINY_DIVISOR or b <= -TINY_DIVISOR else NAN


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="取相反数 -x",
    say=("负的{0}", "minus {0}"),
    example="-returns",
    symbol="-",
)
def neg(x: float) -> float:
    """The value with its sign turned, written `-x`.

    >>> float(neg(2.0))
    -2.0
    """
    return -x


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="乘方 base ^ exp；结果不是实数时缺失",
    say=("{0}的{1}次方", "{0} to the power {1}"),
    example="power(rank(close), 2)",
    aliases=("pow",),
    symbol="^",
    unit=UnitRule.ANY,
)
def power(base: float, exp: float) -> float:
    """`base` to the power `exp`, written `base ^ exp` or `power(base, exp)`.

    NaN:    missing where the result is not a finite real number, such as (-8) ^ 0.5 or 0 ^ -1.

    >>> [float(power(b, e)) for b, e in ((-8.0, 2.0), (-8.0, 0.5), (0.0, -1.0))]
    [64.0, nan, nan]
    """
    if base != base or exp != exp:
        return NAN
    if exp == 2.0:
        return finite(base * base)
    if exp == 1.0:
        return base
    if base == 0.0 and exp < 0.0:
        return NAN
    return finite(math.pow(base, exp))


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="保号乘方 sign(base)·|base|^exp",
    say=("{0}的保号{1}次方", "{0} to the power {1}, keeping its sign"),
    example="sign_power(rank(volume/adv20), 2)",
    unit=UnitRule.ANY,
)
def sign_power(base: float, exp: float) -> float:
    """sign(base) · |base| ^ exp.

    NaN:    missing where the result is not finite.

    >>> [float(sign_power(b, 2.0)) for b in (-3.0, 0.0, 3.0)]
    [-9.0, 0.0, 9.0]
    """
    if base != base or exp != exp:
        return NAN
    if exp == 2.0:
        return finite(base * abs(base))
    if base == 0.0:
        return NAN if exp < 0.0 else 0.0
    if base < 0.0:
        return finite(-math.pow(-base, exp))
    return finite(math.pow(base, exp))
