"""Comparisons, choices and bounds, cell by cell; an unknown operand makes an unknown result."""

from __future__ import annotations

import math

from quantgpt.operators._base import Axis, UnitRule, operator

NAN = math.nan


@operator(
    Axis.CELL,
    category="comparison",
    zh="大于：是 1，否 0",
    say=("{0}大于{1}", "{0} is above {1}"),
    example="close > open",
    symbol=">",
    unit=UnitRule.FLAG,
)
def gt(a: float, b: float) -> float:
    """1 where `a > b`, 0 where not.

    NaN:    missing where either side is.

    >>> [float(gt(a, 1.0)) for a in (2.0, 1.0, NAN)]
    [1.0, 0.0, nan]
    """
    if a != a or b != b:
        return NAN
    return 1.0 if a > b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="小于：是 1，否 0",
    say=("{0}小于{1}", "{0} is below {1}"),
    example="close < open",
    symbol="<",
    unit=UnitRule.FLAG,
)
def lt(a: float, b: float) -> float:
    """1 where `a < b`, 0 where not.

    >>> float(lt(1.0, 2.0))
    1.0
    """
    if a != a or b != b:
        return NAN
    return 1.0 if a < b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="大于等于：是 1，否 0",
    say=("{0}不小于{1}", "{0} is at least {1}"),
    example="close >= open",
    symbol=">=",
    unit=UnitRule.FLAG,
)
def ge(a: float, b: float) -> float:
    """1 where `a >= b`, 0 where not.

    >>> float(ge(2.0, 2.0))
    1.0
    """
    if a != a or b != b:
        return NAN
    return 1.0 if a >= b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="小于等于：是 1，否 0",
    say=("{0}不大于{1}", "{0} is at most {1}"),
    example="close <= open",
    symbol="<=",
    unit=UnitRule.FLAG,
)
def le(a: float, b: float) -> float:
    """1 where `a <= b`, 0 where not.

    >>> float(le(3.0, 2.0))
    0.0
    """
    if a != a or b != b:
        return NAN
    return 1.0 if a <= b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="等于：是 1，否 0",
    say=("{0}等于{1}", "{0} equals {1}"),
    example="weekday == 0",
    symbol="==",
    commutative=True,
    unit=UnitRule.FLAG,
)
def eq(a: float, b: float) -> float:
    """1 where `a == b`, 0 where not.

    >>> float(eq(2.0, 2.0))
    1.0
    """
    if a != a or b != b:
        return NAN
    return 1.0 if a == b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="不等于：是 1，否 0",
    say=("{0}不等于{1}", "{0} differs from {1}"),
    example="weekday != 0",
    symbol="!=",
    commutative=True,
    unit=UnitRule.FLAG,
)
def ne(a: float, b: float) -> float:
    """1 where `a != b`, 0 where not.

    >>> float(ne(2.0, 2.0))
    0.0
    """
    if a != a or b != b:
        return NAN
    return 1.0 if a != b else 0.0


@operator(
    Axis.CELL,
    category="logic",
    zh="并且；任一缺失则缺失",
    say=("{0}并且{1}", "{0} and {1}"),
    example="close > open and volume > adv20",
    symbol="and",
    commutative=True,
    unit=UnitRule.FLAG,
)
def and_(a: float, b: float) -> float:
    """1 where both are not 0.

    NaN:    missing where either side is.

    >>> [float(and_(1.0, b)) for b in (2.0, 0.0, NAN)]
    [1.0, 0.0, nan]
    """
    if a != a or b != b:
        return NAN
    return 1.0 if a != 0.0 and b != 0.0 else 0.0


@operator(
    Axis.CELL,
    category="logic",
    zh="或者；任一缺失则缺失",
    say=("{0}或者{1}", "{0} or {1}"),
    example="close > open or volume > adv20",
    symbol="or",
    commutative=True,
    unit=UnitRule.FLAG,
)
def or_(a: float, b: float) -> float:
    """1 where at least one is not 0.

    NaN:    missing where either side is.

    >>> [float(or_(0.0, b)) for b in (2.0, 0.0, NAN)]
    [1.0, 0.0, nan]
    """
    if a != a or b != b:
        return NAN
    return 1.0 if a != 0.0 or b != 0.0 else 0.0


@operator(
    Axis.CELL,
    category="logic",
    zh="取反：0 变 1，其余变 0",
    say=("并非{0}", "not {0}"),
    example="not (close > open)",
    symbol="not",
    unit=UnitRule.FLAG,
)
def not_(x: float) -> float:
    """1 where `x` is 0, 0 elsewhere.

    >>> [float(not_(x)) for x in (0.0, 5.0)]
    [1.0, 0.0]
    """
    if x != x:
        return NAN
    return 1.0 if x == 0.0 else 0.0


@operator(
    Axis.CELL,
    category="condition",
    zh="逐格取大，任一缺失则缺失",
    say=("{0}与{1}中较大者", "the larger of {0} and {1}"),
    example="max(close, open)",
    commutative=True,
    unit=UnitRule.ALIKE,
)
def max_(a: float, b: float) -> float:
    """The larger of two values.

    NaN:    missing where either is.

    >>> float(max_(1.0, 2.0))
    2.0
    """
    if a != a or b != b:
        return NAN
    return a if a > b else b


@operator(
    Axis.CELL,
    category="condition",
    zh="逐格取小，任一缺失则缺失",
    say=("{0}与{1}中较小者", "the smaller of {0} and {1}"),
    example="min(close, open)",
    commutative=True,
    unit=UnitRule.ALIKE,
)
def min_(a: float, b: float) -> float:
    """The smaller of two values.

    NaN:    missing where either is.

    >>> float(min_(1.0, 2.0))
    1.0
    """
    if a != a or b != b:
        return NAN
    return a if a < b else b


@operator(
    Axis.CELL,
    category="condition",
    zh="条件选择：cond 非 0 取 a，否则取 b；cond 缺失则缺失",
    say=("如果{0}则取{1}，否则取{2}", "{1} if {0}, otherwise {2}"),
    example="where(close > open, volume, -volume)",
    unit=UnitRule.BRANCH,
)
def where(cond: float, a: float, b: float) -> float:
    """`a` where `cond` is not 0, `b` where it is; also written `cond ? a : b` or `a if cond else b`.

    NaN:    missing where `cond` is; a missing value in the branch not taken is harmless.

    >>> [float(where(c, 1.0, 2.0)) for c in (1.0, 0.0, NAN)]
    [1.0, 2.0, nan]
    """
    if cond != cond:
        return NAN
    return a if cond != 0.0 else b


@operator(
    Axis.CELL,
    category="condition",
    zh="限制在 [lo, hi] 内",
    say=("{0}限制在{1}到{2}之间", "{0} kept between {1} and {2}"),
    example="clip(zscore(returns), -3, 3)",
    unit=UnitRule.SAME,
)
def clip(x: float, lo: float, hi: float) -> float:
    """`x` kept between `lo` and `hi`: min(max(x, lo), hi).

    NaN:    missing where the value or a bound is.

    >>> [float(clip(x, -1.0, 1.0)) for x in (-5.0, 0.5, 5.0)]
    [-1.0, 0.5, 1.0]
    """
    if x != x or lo != lo or hi != hi:
        return NAN
    raised = x if x > lo else lo
    return raised if raised < hi else hi
