"""Qlib's expressions in exact arithmetic: a slow judge for cells on which we and Qlib disagree.

It repeats Qlib's ladder of types element by element (fields and arithmetic between them are float32), and evaluates every
rolling statistic with rational numbers on exactly those inputs, rounding once at its end. Where Qlib keeps running sums it
has a residue that this does not have; `compare` says which side is right. Only what Alpha158, Alpha360 and the frozen
expressions divide or guard is covered: a text with another operator raises `NotJudged`.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

TINY = Fraction(2, 100_000)
"""Qlib blanks a correlation or an R² where the standard deviation of a window is at most this"""

Window = list[float]


class NotJudged(Exception):
    """The text holds an operator that is not evaluated here."""


def moments(v: Window) -> tuple[int, Fraction, Fraction]:
    """Count, sum, and sum of squares about the mean, exactly."""
    exact = [Fraction(x) for x in v]
    n, total = len(exact), sum(exact, Fraction(0))
    return n, total, sum((x * x for x in exact), Fraction(0)) - (total * total / n if n else 0)


def root(x: Fraction) -> float:
    """Square root of a rational number, correctly rounded but for the last bit."""
    if x <= 0:
        return 0.0
    shift = max(0, 160 - (x.numerator.bit_length() - x.denominator.bit_length())) // 2 * 2
    return math.ldexp(math.isqrt((x.numerator << shift) // x.denominator), -shift // 2)


def mean(v: Window) -> float:
    """Mean of the values there are."""
    n, total, _ = moments(v)
    return float(total / n) if n else math.nan


def total(v: Window) -> float:
    """Sum of the values there are."""
    return float(moments(v)[1]) if v else math.nan


def variance(v: Window) -> Fraction | None:
    """Variance with ddof 1, None under two values."""
    n, _, square = moments(v)
    return square / (n - 1) if n > 1 else None


def std(v: Window) -> float:
    """Standard deviation with ddof 1."""
    own = variance(v)
    return math.nan if own is None else root(own)


def var(v: Window) -> float:
    """Variance with ddof 1."""
    own = variance(v)
    return math.nan if own is None else float(own)


def flat(v: Window) -> bool:
    """Whether Qlib's guard sees no movement; a single value does not trigger it."""
    own = variance(v)
    return own is not None and own <= TINY * TINY


def central(v: Window, power: int) -> Fraction:
    """Sum of a power of the distances to the mean."""
    middle = sum((Fraction(x) for x in v), Fraction(0)) / len(v)
    return sum(((Fraction(x) - middle) ** power for x in v), Fraction(0))


def skew(v: Window) -> float:
    """Bias-corrected skewness, NaN under three values or without movement."""
    n = len(v)
    if n < 3 or not (m2 := central(v, 2) / n):
        return math.nan
    return float(central(v, 3) / n) / (float(m2) * root(m2)) * math.sqrt(n * (n - 1)) / (n - 2)


def kurt(v: Window) -> float:
    """Bias-corrected excess kurtosis, NaN under four values or without movement."""
    n = len(v)
    if n < 4 or not (m2 := central(v, 2) / n):
        return math.nan
    return float(((n + 1) * central(v, 4) / n / m2**2 - 3 * (n - 1)) * Fraction(n - 1, (n - 2) * (n - 3)))


def crossed(x: Window, y: Window) -> tuple[Fraction, Fraction, Fraction]:
    """Sums of products about the means: xx, xy, yy."""
    (n, sx, xx), (_, sy, yy) = moments(x), moments(y)
    xy = sum((Fraction(a) * Fraction(b) for a, b in zip(x, y, strict=True)), Fraction(0)) - sx * sy / n
    return xx, xy, yy


def line(row: NDArray[np.float64]) -> tuple[Window, Window]:
    """Positions (the newest is the length) and values of the bars that have one."""
    held = ~np.isnan(row)
    return [float(k) for k in np.arange(1, row.size + 1)[held]], [float(v) for v in row[held]]


def slope(row: NDArray[np.float64]) -> float:
    """Slope on the position."""
    at, v = line(row)
    if len(v) < 2:
        return math.nan
    xx, xy, _ = crossed(at, v)
    return float(xy / xx)


def rsquare(row: NDArray[np.float64]) -> float:
    """Squared correlation with the position."""
    at, v = line(row)
    if len(v) < 2 or flat(v):
        return math.nan
    xx, xy, yy = crossed(at, v)
    return float(xy * xy / (xx * yy))


def resi(row: NDArray[np.float64]) -> float:
    """Distance of the newest value to the line."""
    at, v = line(row)
    if len(v) < 2 or math.isnan(row[-1]):
        return math.nan
    xx, xy, _ = crossed(at, v)
    n = len(v)
    middle = sum(map(Fraction, v), Fraction(0)) / n + xy / xx * (
        Fraction(row.size) - sum(map(Fraction, at), Fraction(0)) / n
    )
    return float(Fraction(float(row[-1])) - middle)


def rank(row: NDArray[np.float64]) -> float:
    """Rank of the newest value among those of the window, ties averaged, as a share of their number."""
    held = row[~np.isnan(row)]
    if math.isnan(row[-1]):
        return math.nan
    return float(((held < row[-1]).sum() + ((held == row[-1]).sum() + 1) / 2) / held.size)


def present(statistic: Callable[[Window], float]) -> Callable[[NDArray[np.float64]], float]:
    """A statistic of the values there are."""
    return lambda row: statistic([float(v) for v in row[~np.isnan(row)]])


def newest(x: NDArray[np.float64], y: NDArray[np.float64], ddof_only: bool) -> float:
    """Covariance, or correlation with Qlib's guards, of the bars on which both have a value."""
    both = ~(np.isnan(x) | np.isnan(y))
    a, b = [float(v) for v in x[both]], [float(v) for v in y[both]]
    if len(a) < 2:
        return math.nan
    xx, xy, yy = crossed(a, b)
    if ddof_only:
        return float(xy / (len(a) - 1))
    alone = [[float(v) for v in s[~np.isnan(s)]] for s in (x, y)]
    if any(flat(v) for v in alone) or not xx or not yy:
        return math.nan
    return math.copysign(root(xy * xy / (xx * yy)), xy)


ROLLING: dict[str, Callable[[NDArray[np.float64]], float]] = {
    "Mean": present(mean),
    "Sum": present(total),
    "Std": present(std),
    "Var": present(var),
    "Skew": present(skew),
    "Kurt": present(kurt),
    "Max": present(lambda v: max(v, default=math.nan)),
    "Min": present(lambda v: min(v, default=math.nan)),
    "Rank": rank,
    "Slope": slope,
    "Rsquare": rsquare,
    "Resi": resi,
}
ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "Abs": np.abs,
    "Log": np.log,
    "Greater": np.maximum,
    "Less": np.minimum,
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
}
INFIX: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
}


class Judge:
    """Exact values of Qlib's texts for one name: `fields` are float32 series over the name's own bars, oldest first."""

    def __init__(self, fields: Mapping[str, NDArray[np.float32]]) -> None:
        self._fields = fields
        self._rows = next(iter(fields.values())).size

    def value(self, text: str, row: int) -> float:
        """The value of a text on one row, as float32 like Qlib's own result.

        Raises: NotJudged.
        """
        tree = ast.parse(re.sub(r"\$(\w+)", r"field_\1", text), mode="eval").body
        with np.errstate(all="ignore"):
            return float(np.float32(np.asarray(self._span(tree, row, row))[-1]))

    def _span(self, node: ast.AST, low: int, high: int) -> Any:
        """Values of a node on rows low … high (rows before the first bar are left out), or a number."""
        low = max(low, 0)
        match node:
            case ast.Name(id=name) if name.startswith("field_"):
                return self._fields[name.removeprefix("field_")][low : high + 1]
            case ast.Constant(value=number):
                return number
            case ast.BinOp(left=a, op=op, right=b) if type(op) in INFIX:
                return INFIX[type(op)](self._span(a, low, high), self._span(b, low, high))
            case ast.Compare(left=a, ops=[op], comparators=[b]) if type(op) in INFIX:
                return INFIX[type(op)](self._span(a, low, high), self._span(b, low, high))
            case ast.Call(func=ast.Name(id=name), args=given) if name in ELEMENTWISE:
                return ELEMENTWISE[name](*(self._span(part, low, high) for part in given))
            case ast.Call(func=ast.Name(id="Ref"), args=[x, ast.Constant(value=int(n))]) if n > 0:
                out = np.asarray(self._span(x, low - n, high - n)) if high >= n else np.empty(0, np.float32)
                out = out.astype(np.float64) if out.dtype == np.bool_ else out
                return np.concatenate([np.full(high + 1 - low - out.size, np.nan, out.dtype), out])
            case ast.Call(func=ast.Name(id=name), args=[x, ast.Constant(value=int(n))]) if name in ROLLING and n > 0:
                return self._windows(lambda windows: ROLLING[name](windows[0]), [x], n, low, high)
            case ast.Call(func=ast.Name(id="Corr" | "Cov" as name), args=[x, y, ast.Constant(value=int(n))]) if n > 0:
                return self._windows(lambda w: newest(w[0], w[1], name == "Cov"), [x, y], n, low, high)
        raise NotJudged(ast.unparse(node))

    def _windows(
        self, statistic: Callable[[list[NDArray[np.float64]]], float], parts: list[ast.AST], n: int, low: int, high: int
    ) -> NDArray[np.float64]:
        begin = max(low - n + 1, 0)
        series = [np.asarray(self._span(part, begin, high)).astype(np.float64) for part in parts]
        series = [np.where(np.isinf(s), np.nan, s) for s in series]
        out = [
            statistic([s[max(row - n + 1, 0) - begin : row + 1 - begin] for s in series])
            for row in range(low, high + 1)
        ]
        return np.array(out)


def near(a: float, b: float, tolerance: float = 1e-6) -> bool:
    """Both missing, or within tolerance·max(1, |b|)."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return a == b or abs(a - b) <= tolerance * max(1.0, abs(b))


@dataclass(frozen=True)
class Residue:
    """A cell on which Qlib is proven wrong."""

    row: int
    column: int
    ours: float
    qlib: float
    exact: float

    def __str__(self) -> str:
        return f"({self.row}, {self.column}): ours {self.ours:.9g}, Qlib {self.qlib:.9g}, exact {self.exact:.9g}"


@dataclass(frozen=True)
class Verdict:
    """How one column of ours compares with Qlib's.

    `missing` cells are NaN on one side only, `far` ones differ by more than the tolerance; `residues` of them are proven to be
    Qlib's: exact arithmetic agrees with ours and not with Qlib's. The others are `open`, with the first few in `examples`.
    """

    text: str
    cells: int
    missing: int = 0
    far: int = 0
    residues: tuple[Residue, ...] = ()
    open: int = 0
    worst: float = 0.0
    examples: tuple[str, ...] = ()


def apart(
    ours: NDArray[Any], theirs: NDArray[Any], tolerance: float = 1e-6
) -> tuple[NDArray[Any], NDArray[Any], float]:
    """Cells that are NaN on one side only, cells further apart than tolerance·max(1, |theirs|), and the largest distance.

    The distance is in units of max(1, |theirs|), over cells that both have. Equal infinities are equal.
    """
    with np.errstate(all="ignore"):
        distance = np.abs(np.subtract(ours, theirs, dtype=np.float64)) / np.maximum(1.0, np.abs(theirs))
    a, b = np.isnan(ours), np.isnan(theirs)
    distance[(ours == theirs) | a | b] = 0.0
    distance[np.isnan(distance)] = np.inf
    return a != b, distance > tolerance, float(distance.max(initial=0.0))


def compare(
    text: str,
    ours: NDArray[Any],
    theirs: NDArray[Any],
    judge: Callable[[int, int], float],
    known: Callable[[int, int], bool] = lambda row, column: True,
    tolerance: float = 1e-6,
) -> Verdict:
    """Compare a column of ours with Qlib's; both (sessions, names). `judge(row, column)` gives the exact value of a cell.

    A cell on which they disagree counts as Qlib's residue only where `known` allows it and exact arithmetic says so.
    """
    missing, far, worst = apart(ours, theirs, tolerance)
    residues: list[Residue] = []
    examples: list[str] = []
    unexplained = 0
    for row, column in np.argwhere(missing | far):
        a, b = float(ours[row, column]), float(theirs[row, column])
        try:
            exact = judge(int(row), int(column))
        except NotJudged as reason:
            exact, why = math.nan, f"not judged: {reason}"
        else:
            why = f"exact {exact:.9g}"
            if near(a, exact, tolerance) and not near(b, exact, tolerance) and known(int(row), int(column)):
                residues.append(Residue(int(row), int(column), a, b, exact))
                continue
        unexplained += 1
        if len(examples) < 3:
            examples.append(f"({row}, {column}): ours {a:.9g}, Qlib {b:.9g}, {why}")
    return Verdict(
        text, ours.size, int(missing.sum()), int(far.sum()), tuple(residues), unexplained, worst, tuple(examples)
    )
