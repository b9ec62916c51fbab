"""Functions of one value, cell by cell."""

from __future__ import annotations

import math

from quantgpt.operators._base import Axis, UnitRule, operator

NAN = math.nan
EXPONENT_CAP = 500.0


@operator(
    Axis.CELL,
    category="cross_section",
    zh="符号：正 1，负 -1，零 0",
    say=("{0}的符号", "the sign of {0}"),
    example="sign(returns)",
    unit=UnitRule.RATIO,
)
def sign(x: float) -> float:
    """1 for positive, -1 for negative, 0 for zero.

    >>> [float(sign(x)) for x in (-2.0, 0.0, 7.0)]
    [-1.0, 0.0, 1.0]
    """
    if x > 0.0:
        return 1.0
    if x < 0.0:
        return -1.0
    return x * 0.0


@operator(
    Axis.CELL,
    category="cross_section",
    zh="绝对值",
    say=("{0}的绝对值", "the absolute value of {0}"),
    example="abs(returns)",
)
def abs_(x: float) -> float:
    """Absolute value.

    >>> float(abs_(-2.0))
    2.0
    """
    return abs(x)


@operator(
    Axis.CELL,
    category="cross_section",
    zh="自然对数；x ≤ 0 时缺失",
    say=("{0}的自然对数", "the natural logarithm of {0}"),
    example="log(volume)",
    unit=UnitRule.ANY,
)
def log(x: float) -> float:
    """Natural logarithm.

    NaN:    missing where `x` is not positive.

    >>> [float(log(x)) for x in (1.0, 0.0, -1.0)]
    [0.0, nan, nan]
    """
    return math.log(x) if x > 0.0 and x - x == 0.0 else NAN


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="指数 e^x（x 封顶 500）",
    say=("e 的{0}次方", "e to the power {0}"),
    example="exp(returns)",
    unit=UnitRule.ANY,
)
def exp(x: float) -> float:
    """e to the power `x`, with `x` capped at 500.

    >>> float(exp(0.0))
    1.0
    """
    if x != x:
        return NAN
    return math.exp(x if x < EXPONENT_CAP else EXPONENT_CAP)


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="平方根；负数按 0",
    say=("{0}的平方根", "the square root of {0}"),
    example="sqrt(volume)",
    unit=UnitRule.ANY,
)
def sqrt(x: float) -> float:
    """Square root of `x`; a negative `x` counts as 0.

    >>> [float(sqrt(x)) for x in (9.0, -1.0)]
    [3.0, 0.0]
    """
    if x != x or x - x != 0.0:
        return NAN
    return math.sqrt(x) if x > 0.0 else 0.0


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="双曲正切，压到 (-1, 1)",
    say=("{0}的双曲正切", "the hyperbolic tangent of {0}"),
    example="tanh(zscore(returns))",
    unit=UnitRule.RATIO,
)
def tanh(x: float) -> float:
    """Hyperbolic tangent, between -1 and 1.

    >>> float(tanh(0.0))
    0.0
    """
    return math.tanh(x)


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="S 形函数 1/(1+e^-x)，压到 (0, 1)",
    say=("{0}的 S 形函数值", "the logistic function of {0}"),
    example="sigmoid(zscore(returns))",
    unit=UnitRule.RATIO,
)
def sigmoid(x: float) -> float:
    """Logistic function 1 / (1 + e^-x), with `x` kept within ±500.

    >>> float(sigmoid(0.0))
    0.5
    """
    if x != x:
        return NAN
    kept = min(max(x, -EXPONENT_CAP), EXPONENT_CAP)
    return 1.0 / (1.0 + math.exp(-kept))
