"""Qlib's functions of one bar: IEEE arithmetic in which infinities pass, comparisons that count a missing side as false.

A comparison or a condition is 1 or 0. Rounding to single precision is an operator of its own, `single`, which the Qlib
dialect writes wherever Qlib computes in float32; rounding a double sum, difference, product, quotient or root of two
singles gives exactly the single one. Logarithms and powers have no such law: they call numpy in the width that Qlib does.

Source: Qlib 0.9.7, `qlib/data/ops.py`; IEEE 754-2019.
"""

from __future__ import annotations

import math

import numpy as np

from quantgpt.operators._base import Array, Axis, UnitRule, operator
from quantgpt.operators._lazy import routine

NAN = math.nan


@routine
def rounded(x: float) -> float:
    """`x` rounded to single precision."""
    return float(np.float32(x))


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="舍入为单精度浮点数",
    say=("单精度的{0}", "{0} in single precision"),
    example="single(close)",
    vocabulary="qlib",
)
def single(x: float) -> float:
    """`x` rounded to single precision, as Qlib stores fields and their arithmetic.

    NaN:    passes; a value beyond single precision becomes infinite.

    >>> float(single(0.1))
    0.10000000149011612
    """
    return rounded(x)


@operator(
    Axis.CELL,
    category="logic",
    zh="只在有行情的交易日取值",
    say=("有行情时的{0}", "{0} where there is a bar"),
    example="on_bars(close > open, bar)",
    vocabulary="qlib",
)
def on_bars(x: float, bar: float) -> float:
    """`x` where the instrument has a bar.

    NaN:    missing where `bar` is not 1: before the first and after the last stored bar.

    >>> [float(on_bars(1.0, bar)) for bar in (1.0, NAN)]
    [1.0, nan]
    """
    return x if bar == 1.0 else NAN


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="Qlib 的加法，无穷大不作缺失",
    say=("{0}加{1}", "{0} plus {1}"),
    example="qlib_add(high, low)",
    commutative=True,
    unit=UnitRule.ALIKE,
    vocabulary="qlib",
)
def qlib_add(a: float, b: float) -> float:
    """Sum of two values, `Add` in Qlib; infinities pass.

    >>> float(qlib_add(2.0, 3.0))
    5.0
    """
    return a + b


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="Qlib 的减法，无穷大不作缺失",
    say=("{0}减{1}", "{0} minus {1}"),
    example="qlib_sub(high, low)",
    unit=UnitRule.ALIKE,
    vocabulary="qlib",
)
def qlib_sub(a: float, b: float) -> float:
    """Difference of two values, `Sub` in Qlib; infinities pass.

    >>> float(qlib_sub(2.0, 3.0))
    -1.0
    """
    return a - b


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="Qlib 的乘法，无穷大不作缺失",
    say=("{0}乘以{1}", "{0} times {1}"),
    example="qlib_mul(close, volume)",
    commutative=True,
    unit=UnitRule.PRODUCT,
    vocabulary="qlib",
)
def qlib_mul(a: float, b: float) -> float:
    """Product of two values, `Mul` in Qlib; infinities pass.

    >>> float(qlib_mul(2.0, 3.0))
    6.0
    """
    return a * b


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="Qlib 的除法，除以零得无穷大或缺失",
    say=("{0}除以{1}", "{0} divided by {1}"),
    example="qlib_div(close, open)",
    unit=UnitRule.QUOTIENT,
    vocabulary="qlib",
)
def qlib_div(a: float, b: float) -> float:
    """Quotient of two values, `Div` in Qlib; over zero it is infinite, or NaN for 0 / 0.

    >>> [float(qlib_div(a, b)) for a, b in ((3.0, 2.0), (1.0, 0.0), (0.0, 0.0))]
    [1.5, inf, nan]
    """
    return a / b


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="Qlib 的幂（双精度）",
    say=("{0}的{1}次方", "{0} to the power {1}"),
    example="qlib_power(close, 2)",
    unit=UnitRule.ANY,
    vocabulary="qlib",
    ready=True,
)
def qlib_power(x: Array, y: Array, out: Array | None = None) -> Array:
    """`x` to the power `y` in double precision, `Power` in Qlib: numpy's own.

    NaN:    missing for a negative `x` with a broken power.

    >>> [float(qlib_power(x, 0.5)) for x in (9.0, -1.0)]
    [3.0, nan]
    """
    result: Array = np.power(x, y, out=out)
    return result


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="Qlib 的幂（单精度）",
    say=("{0}的{1}次方（单精度）", "{0} to the power {1} in single precision"),
    example="qlib_power32(single(close), 2)",
    unit=UnitRule.ANY,
    vocabulary="qlib",
    ready=True,
    single=True,
)
def qlib_power32(x: Array, y: Array, out: Array | None = None) -> Array:
    """`x` to the power `y` in single precision: numpy's own, whose last bit a rounded double would not repeat.

    NaN:    missing for a negative `x` with a broken power.

    >>> float(qlib_power32(10.229999542236328, 2.0))
    104.65289306640625
    """
    result: Array = np.power(np.float32(x), np.float32(y), dtype=np.float32)
    return as_double(result, out)


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="Qlib 的自然对数（双精度）：0 得负无穷，负数缺失",
    say=("{0}的自然对数", "the natural logarithm of {0}"),
    example="qlib_log(close)",
    unit=UnitRule.ANY,
    vocabulary="qlib",
    ready=True,
)
def qlib_log(x: Array, out: Array | None = None) -> Array:
    """Natural logarithm in double precision, `Log` in Qlib: numpy's own.

    NaN:    missing for a negative `x`; minus infinity at 0.

    >>> [float(qlib_log(x)) for x in (1.0, 0.0, -1.0)]
    [0.0, -inf, nan]
    """
    result: Array = np.log(x, out=out)
    return result


@operator(
    Axis.CELL,
    category="nonlinear",
    zh="Qlib 的自然对数（单精度）：0 得负无穷，负数缺失",
    say=("{0}的自然对数（单精度）", "the natural logarithm of {0} in single precision"),
    example="qlib_log32(single(close))",
    unit=UnitRule.ANY,
    vocabulary="qlib",
    ready=True,
    single=True,
)
def qlib_log32(x: Array, out: Array | None = None) -> Array:
    """Natural logarithm in single precision: numpy's own, whose last bit a rounded double would not repeat.

    NaN:    missing for a negative `x`; minus infinity at 0.

    >>> float(qlib_log32(10.0))
    2.3025851249694824
    """
    result: Array = np.log(np.float32(x), dtype=np.float32)
    return as_double(result, out)


def as_double(x: Array, out: Array | None) -> Array:
    """`x` in double precision, written to `out` if there is one."""
    if out is None:
        return np.asarray(x, dtype=np.float64)
    out[...] = x
    return out


@operator(
    Axis.CELL,
    category="cross_section",
    zh="Qlib 的绝对值，无穷大不作缺失",
    say=("{0}的绝对值", "the absolute value of {0}"),
    example="qlib_abs(returns)",
    vocabulary="qlib",
)
def qlib_abs(x: float) -> float:
    """Absolute value, `Abs` in Qlib.

    >>> float(qlib_abs(-2.0))
    2.0
    """
    return abs(x)


@operator(
    Axis.CELL,
    category="cross_section",
    zh="Qlib 的符号：先舍入为单精度，正 1，负 -1，零 0",
    say=("{0}的符号", "the sign of {0}"),
    example="qlib_sign(returns)",
    unit=UnitRule.RATIO,
    vocabulary="qlib",
)
def qlib_sign(x: float) -> float:
    """1 for positive, -1 for negative, 0 for zero, after rounding to single precision; `Sign` in Qlib.

    >>> [float(qlib_sign(x)) for x in (-2.0, 1e-60, 7.0)]
    [-1.0, 0.0, 1.0]
    """
    v = rounded(x)
    if v > 0.0:
        return 1.0
    if v < 0.0:
        return -1.0
    return v + 0.0


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="Qlib 的 Greater：逐格取较大者，任一缺失则缺失",
    say=("{0}与{1}中较大者", "the larger of {0} and {1}"),
    example="qlib_greater(close, open)",
    commutative=True,
    unit=UnitRule.ALIKE,
    vocabulary="qlib",
)
def qlib_greater(a: float, b: float) -> float:
    """The larger of two values, `Greater` in Qlib.

    NaN:    missing where either side is.

    >>> [float(qlib_greater(a, b)) for a, b in ((2.0, 3.0), (NAN, 1.0), (1.0, NAN))]
    [3.0, nan, nan]
    """
    return a if a >= b or a != a else b


@operator(
    Axis.CELL,
    category="arithmetic",
    zh="Qlib 的 Less：逐格取较小者，任一缺失则缺失",
    say=("{0}与{1}中较小者", "the smaller of {0} and {1}"),
    example="qlib_less(close, open)",
    commutative=True,
    unit=UnitRule.ALIKE,
    vocabulary="qlib",
)
def qlib_less(a: float, b: float) -> float:
    """The smaller of two values, `Less` in Qlib.

    NaN:    missing where either side is.

    >>> [float(qlib_less(a, b)) for a, b in ((2.0, 3.0), (NAN, 1.0), (1.0, NAN))]
    [2.0, nan, nan]
    """
    return a if a <= b or a != a else b


@operator(
    Axis.CELL,
    category="comparison",
    zh="Qlib 的大于：是 1，否或缺失 0",
    say=("{0}大于{1}", "{0} is above {1}"),
    example="qlib_gt(close, open)",
    unit=UnitRule.FLAG,
    vocabulary="qlib",
)
def qlib_gt(a: float, b: float) -> float:
    """1 where `a > b`, else 0; `Gt` in Qlib.

    NaN:    a missing side gives 0.

    >>> [float(qlib_gt(a, 1.0)) for a in (2.0, 1.0, NAN)]
    [1.0, 0.0, 0.0]
    """
    return 1.0 if a > b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="Qlib 的大于等于：是 1，否或缺失 0",
    say=("{0}不小于{1}", "{0} is at least {1}"),
    example="qlib_ge(close, open)",
    unit=UnitRule.FLAG,
    vocabulary="qlib",
)
def qlib_ge(a: float, b: float) -> float:
    """1 where `a >= b`, else 0; `Ge` in Qlib.

    NaN:    a missing side gives 0.

    >>> [float(qlib_ge(a, 1.0)) for a in (2.0, 1.0, NAN)]
    [1.0, 1.0, 0.0]
    """
    return 1.0 if a >= b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="Qlib 的小于：是 1，否或缺失 0",
    say=("{0}小于{1}", "{0} is below {1}"),
    example="qlib_lt(close, open)",
    unit=UnitRule.FLAG,
    vocabulary="qlib",
)
def qlib_lt(a: float, b: float) -> float:
    """1 where `a < b`, else 0; `Lt` in Qlib.

    NaN:    a missing side gives 0.

    >>> [float(qlib_lt(a, 1.0)) for a in (0.0, 1.0, NAN)]
    [1.0, 0.0, 0.0]
    """
    return 1.0 if a < b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="Qlib 的小于等于：是 1，否或缺失 0",
    say=("{0}不大于{1}", "{0} is at most {1}"),
    example="qlib_le(close, open)",
    unit=UnitRule.FLAG,
    vocabulary="qlib",
)
def qlib_le(a: float, b: float) -> float:
    """1 where `a <= b`, else 0; `Le` in Qlib.

    NaN:    a missing side gives 0.

    >>> [float(qlib_le(a, 1.0)) for a in (2.0, 1.0, NAN)]
    [0.0, 1.0, 0.0]
    """
    return 1.0 if a <= b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="Qlib 的等于：是 1，否或缺失 0",
    say=("{0}等于{1}", "{0} equals {1}"),
    example="qlib_eq(close, open)",
    commutative=True,
    unit=UnitRule.FLAG,
    vocabulary="qlib",
)
def qlib_eq(a: float, b: float) -> float:
    """1 where `a == b`, else 0; `Eq` in Qlib.

    NaN:    a missing side gives 0.

    >>> [float(qlib_eq(a, 1.0)) for a in (2.0, 1.0, NAN)]
    [0.0, 1.0, 0.0]
    """
    return 1.0 if a == b else 0.0


@operator(
    Axis.CELL,
    category="comparison",
    zh="Qlib 的不等于：是或缺失 1，否 0",
    say=("{0}不等于{1}", "{0} differs from {1}"),
    example="qlib_ne(close, open)",
    commutative=True,
    unit=UnitRule.FLAG,
    vocabulary="qlib",
)
def qlib_ne(a: float, b: float) -> float:
    """1 where `a != b`, else 0; `Ne` in Qlib.

    NaN:    a missing side gives 1.

    >>> [float(qlib_ne(a, 1.0)) for a in (2.0, 1.0, NAN)]
    [1.0, 0.0, 1.0]
    """
    return 0.0 if a == b else 1.0


@routine
def holds(x: float) -> bool:
    """Whether a condition holds; a missing one does not."""
    return x == x and x != 0.0


@operator(
    Axis.CELL,
    category="logic",
    zh="Qlib 的 And：两个条件都成立为 1",
    say=("{0}且{1}", "{0} and {1}"),
    example="qlib_and(qlib_gt(close, open), qlib_gt(volume, 0))",
    commutative=True,
    unit=UnitRule.FLAG,
    vocabulary="qlib",
)
def qlib_and(a: float, b: float) -> float:
    """1 where both conditions hold, else 0; `And` in Qlib.

    NaN:    a missing condition does not hold.

    >>> [float(qlib_and(a, 1.0)) for a in (1.0, 0.0)]
    [1.0, 0.0]
    """
    return 1.0 if holds(a) and holds(b) else 0.0


@operator(
    Axis.CELL,
    category="logic",
    zh="Qlib 的 Or：任一条件成立为 1",
    say=("{0}或{1}", "{0} or {1}"),
    example="qlib_or(qlib_gt(close, open), qlib_gt(volume, 0))",
    commutative=True,
    unit=UnitRule.FLAG,
    vocabulary="qlib",
)
def qlib_or(a: float, b: float) -> float:
    """1 where either condition holds, else 0; `Or` in Qlib.

    NaN:    a missing condition does not hold.

    >>> [float(qlib_or(a, 0.0)) for a in (1.0, 0.0)]
    [1.0, 0.0]
    """
    return 1.0 if holds(a) or holds(b) else 0.0


@operator(
    Axis.CELL,
    category="logic",
    zh="Qlib 的 Not：条件不成立为 1",
    say=("非{0}", "not {0}"),
    example="qlib_not(qlib_gt(close, open))",
    unit=UnitRule.FLAG,
    vocabulary="qlib",
)
def qlib_not(x: float) -> float:
    """1 where the condition does not hold, else 0; `Not` in Qlib.

    NaN:    a missing condition does not hold, which gives 1.

    >>> [float(qlib_not(x)) for x in (1.0, 0.0)]
    [0.0, 1.0]
    """
    return 0.0 if holds(x) else 1.0


@operator(
    Axis.CELL,
    category="logic",
    zh="Qlib 的 If：条件成立取 a，否则（含缺失）取 b",
    say=("若{0}则{1}否则{2}", "{1} if {0} else {2}"),
    example="qlib_if(qlib_gt(close, open), 1, -1)",
    unit=UnitRule.BRANCH,
    vocabulary="qlib",
)
def qlib_if(c: float, a: float, b: float) -> float:
    """`a` where the condition holds, else `b`; `If` in Qlib.

    NaN:    a missing condition does not hold.

    >>> [float(qlib_if(c, 1.0, -1.0)) for c in (1.0, 0.0, NAN)]
    [1.0, -1.0, -1.0]
    """
    return a if holds(c) else b
