"""Qlib's expressions written again from their description, one instrument at a time, slowly and without a kernel.

Only the text and Python's own grammar are shared with the program, of which Qlib's grammar is a part. A text is evaluated
as Qlib does: the rows before and after the query that it needs are loaded, fields and the arithmetic between them are
float32, whatever looks over time is float64, a comparison is boolean, and the result is cast to float32 in the end.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.parity.qlib_golden import Market

Column = NDArray[Any]
FLAT = 2e-5
EWM_WORDS = ("Mean", "Sum", "Std", "Var", "Max", "Min", "Med", "Count")
ROLLING = (
    *("Mean", "Sum", "Std", "Var", "Skew", "Kurt", "Max", "Min", "Med", "Mad", "Count", "Rank", "Quantile"),
    *("IdxMax", "IdxMin", "Delta", "Slope", "Rsquare", "Resi", "WMA", "EMA", "Corr", "Cov"),
)
INFIX: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.BitAnd: np.logical_and,
    ast.BitOr: np.logical_or,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
CELLS: dict[str, Callable[..., Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": operator.truediv,
    "Power": np.power,
    "Abs": np.abs,
    "Log": np.log,
    "Sign": lambda x: np.sign(x.astype(np.float32)),
    "Greater": np.maximum,
    "Less": np.minimum,
    "Gt": operator.gt,
    "Ge": operator.ge,
    "Lt": operator.lt,
    "Le": operator.le,
    "Eq": operator.eq,
    "Ne": operator.ne,
    "And": np.logical_and,
    "Or": np.logical_or,
    "Not": np.logical_not,
    "If": lambda c, a, b: np.where(c == 1, a, b),
}


@dataclass(frozen=True)
class Series:
    """Values on consecutive rows of the calendar, the first of which is `low`."""

    low: int
    values: Column

    @property
    def high(self) -> int:
        return self.low + len(self.values) - 1

    def on(self, low: int, high: int) -> Column:
        """The values on the rows from `low` to `high`, NaN where there is none."""
        kind = np.float32 if self.values.dtype == np.float32 else np.float64
        out = np.full(high - low + 1, np.nan, kind)
        first, last = max(low, self.low), min(high, self.high)
        if first <= last:
            out[first - low : last - low + 1] = self.values[first - self.low : last - self.low + 1]
        return out


def combined(rule: Callable[..., Any], parts: list[Any]) -> Series:
    """`rule` row by row; where series of two instruments meet, on the rows that either has, as pandas aligns them."""
    series = [part for part in parts if isinstance(part, Series)]
    low, high = min(one.low for one in series), max(one.high for one in series)
    alike = all((one.low, one.high) == (low, high) for one in series)
    given = [(p.values if alike else p.on(low, high)) if isinstance(p, Series) else p for p in parts]
    return Series(low, np.asarray(rule(*given)))


def read(text: str) -> ast.expr:
    """The syntax of a Qlib expression; `$close` is the name `field_close`."""
    return ast.parse(text.replace(" ", "").replace("$", "field_"), mode="eval").body


def constant(node: ast.expr) -> Any:
    """The literal that stands there."""
    return ast.literal_eval(node)


def is_literal(node: ast.expr) -> bool:
    """Whether the node is a number, perhaps with a sign."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and is_literal(node.operand))


def extension(node: ast.expr) -> tuple[int, int]:
    """How many rows before and after the query the expression loads."""
    if isinstance(node, ast.Name) or is_literal(node):
        return 0, 0
    if isinstance(node, ast.BinOp):
        parts: list[ast.expr] = [node.left, node.right]
    elif isinstance(node, ast.Compare):
        parts = [node.left, *node.comparators]
    else:
        assert isinstance(node, ast.Call)
        parts = node.args
    word = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    if word in ("Corr", "Cov"):
        series, n = node.args[:2], constant(node.args[2])  # type: ignore[union-attr]
    elif word in (*ROLLING, "Ref"):
        series, n = node.args[:1], constant(node.args[1])  # type: ignore[union-attr]
    else:
        series, n = parts, None
    before = max(extension(part)[0] for part in series)
    after = max(extension(part)[1] for part in series)
    if not n:
        return before, after
    if word == "Ref":
        return (before + n, after) if n > 0 else (before, after - n)
    if 0 < n < 1:
        return before + int(math.log(1e-6) / math.log(1 - n)) - 1, after
    return before + n - 1, after


def qlib_column(
    text: str, market: Market, code: str, start: int = 0, end: int | None = None, single: bool = True
) -> Column:
    """Values of `text` for one instrument on the rows `start` … `end` (inclusive), NaN where it has no bar.

    `single`: cast to float32 as Qlib does, else as computed.
    """
    node = read(text)
    end = market.length - 1 if end is None else end
    before, after = extension(node)
    loaded = Loaded(market, code, start - before, end + after)
    with np.errstate(all="ignore"):
        values = loaded.value(node).on(start, end)
        values = values.astype(np.float32) if single else values
    rows = np.arange(start, end + 1)
    own = (rows >= market.first[loaded.column]) & (rows <= market.last[loaded.column])
    return np.where(own, values.astype(np.float64), np.nan)


class Loaded:
    """The stored bars of one instrument between two rows of the calendar."""

    def __init__(self, market: Market, code: str, low: int, high: int) -> None:
        self.market = market
        self.asked = (low, high)
        self.column = market.codes.index(code)
        self.low = max(low, market.first[self.column], 0)
        self.high = min(high, market.last[self.column])

    def value(self, node: ast.expr) -> Any:
        """The series of one node over the loaded bars; a literal is itself."""
        if is_literal(node):
            return constant(node)
        if isinstance(node, ast.Name):
            panel = self.market.fields[node.id.removeprefix("field_")]
            return Series(self.low, panel[self.low : self.high + 1, self.column].copy())
        if isinstance(node, ast.BinOp):
            return combined(INFIX[type(node.op)], [self.value(node.left), self.value(node.right)])
        if isinstance(node, ast.Compare):
            return combined(INFIX[type(node.ops[0])], [self.value(node.left), self.value(node.comparators[0])])
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        word = node.func.id
        if word == "ChangeInstrument":
            return self.other(constant(node.args[0]), node.args[1])
        if word == "Mask":
            return self.other(constant(node.args[1]), node.args[0])
        if word in CELLS:
            return combined(CELLS[word], [self.value(part) for part in node.args])
        if word in ("Corr", "Cov"):
            n = constant(node.args[2])
            parts = [self.value(part) for part in node.args[:2]]
            return combined(lambda x, y: pair(word, missing_if_infinite(x), missing_if_infinite(y), n), parts)
        x = self.value(node.args[0])
        return Series(x.low, timed(word, x.values, *(constant(part) for part in node.args[1:])))

    def other(self, code: str, node: ast.expr) -> Series:
        """The series of `node` for another instrument, on the bars of that instrument."""
        made: Series = Loaded(self.market, code, *self.asked).value(node)
        return made


def missing_if_infinite(x: Column) -> Column:
    """As float64, with NaN for what is not finite."""
    wide = np.asarray(x, dtype=np.float64)
    return np.where(np.isfinite(wide), wide, np.nan)


def timed(word: str, x: Column, n: float, *numbers: float) -> Column:
    """A word that looks over time, on a loaded series."""
    if word == "Ref":
        return shifted(x, int(n))
    if word == "Delta":
        return x - (x[0] if n == 0 else shifted(x, int(n)))
    if word == "Count" and (n == 0 or n >= 1):
        return rolled(lambda w: float(sum(not math.isnan(v) for v in w)), np.asarray(x, dtype=np.float64), n, 0)
    x = missing_if_infinite(x)
    if 0 < n < 1:
        assert word in (*EWM_WORDS, "EMA")
        return exponential(x, n)
    if word == "EMA" and n >= 1:
        return exponential(x, 2 / (n + 1))
    if word == "Rsquare" and n >= 1:
        spread = rolled(deviation, x, n)
        return np.where(spread <= FLAT, np.nan, rolled(rsquare, x, n))
    return rolled(lambda w: WINDOWS[word](w, *numbers), x, n)


def shifted(x: Column, n: int) -> Column:
    """The value of `n` bars before (after, if negative); 0 means the first loaded one."""
    wide = x.astype(np.float64) if x.dtype == np.bool_ else x
    out = np.full_like(wide, np.nan)
    if n == 0:
        out[:] = wide[0]
    elif n > 0:
        out[n:] = wide[: max(0, len(x) - n)]
    else:
        out[:n] = wide[-n:]
    return out


def rolled(rule: Callable[[list[float]], float], x: Column, n: float, least: int = 1) -> Column:
    """`rule` on the bars of every window, oldest first, or on all bars since the first one for n = 0."""
    out = np.full(len(x), np.nan)
    for t in range(len(x)):
        window = [float(v) for v in x[0 if n == 0 else max(0, t - int(n) + 1) : t + 1]]
        if sum(not math.isnan(v) for v in window) >= least:
            out[t] = rule(window)
    return out


def exponential(x: Column, alpha: float) -> Column:
    """Weights (1 - alpha) ** age, normalised over the valid bars; a missing bar repeats the last mean."""
    out = np.full(len(x), np.nan)
    for t in range(len(x)):
        if math.isnan(x[t]):
            out[t] = out[t - 1] if t else math.nan
            continue
        weights = [(1 - alpha) ** (t - k) for k in range(t + 1) if not math.isnan(x[k])]
        values = [float(x[k]) for k in range(t + 1) if not math.isnan(x[k])]
        out[t] = math.fsum(w * v for w, v in zip(weights, values, strict=True)) / math.fsum(weights)
    return out


def valid(window: list[float]) -> list[float]:
    return [v for v in window if not math.isnan(v)]


def average(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def central(window: list[float], power: int) -> float:
    """Mean of a power of the distances from the mean."""
    v = valid(window)
    mean = average(v)
    return average([(a - mean) ** power for a in v])


def variance(window: list[float]) -> float:
    n = len(valid(window))
    return central(window, 2) * n / (n - 1) if n >= 2 else math.nan


def deviation(window: list[float]) -> float:
    return math.sqrt(variance(window))


def skewness(window: list[float]) -> float:
    v = valid(window)
    n = len(v)
    if n < 3 or max(v) == min(v):
        return math.nan
    return math.sqrt(n * (n - 1)) / (n - 2) * central(window, 3) / central(window, 2) ** 1.5


def kurtosis(window: list[float]) -> float:
    v = valid(window)
    n = len(v)
    if n < 4 or max(v) == min(v):
        return math.nan
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * central(window, 4) / central(window, 2) ** 2 - 3 * (n - 1))


def quantile(window: list[float], q: float) -> float:
    v = sorted(valid(window))
    place = q * (len(v) - 1)
    low = math.floor(place)
    high = min(low + 1, len(v) - 1)
    return v[low] + (v[high] - v[low]) * (place - low)


def rank(window: list[float]) -> float:
    v, today = valid(window), window[-1]
    if math.isnan(today):
        return math.nan
    return (sum(a < today for a in v) + (sum(a == today for a in v) + 1) / 2) / len(v)


def place_of(best: Callable[[list[float]], float]) -> Callable[[list[float]], float]:
    """1-based place of the first extreme, or of the first NaN if there is one."""

    def rule(window: list[float]) -> float:
        gaps = [p for p, v in enumerate(window, 1) if math.isnan(v)]
        return float(gaps[0] if gaps else window.index(best(window)) + 1)

    return rule


def line(window: list[float]) -> tuple[float, float]:
    """Slope and intercept on positions 1, 2, … of the bars; NaN with fewer than two values."""
    points = [(float(p), v) for p, v in enumerate(window, 1) if not math.isnan(v)]
    if len(points) < 2:
        return math.nan, math.nan
    mean_p, mean_v = average([p for p, _ in points]), average([v for _, v in points])
    spread = math.fsum((p - mean_p) ** 2 for p, _ in points)
    slope = math.fsum((p - mean_p) * (v - mean_v) for p, v in points) / spread
    return slope, mean_v - slope * mean_p


def rsquare(window: list[float]) -> float:
    places = [math.nan if math.isnan(v) else float(p) for p, v in enumerate(window)]
    return correlation(places, window) ** 2


def residual(window: list[float]) -> float:
    slope, intercept = line(window)
    return window[-1] - (slope * len(window) + intercept)


def weighted(window: list[float]) -> float:
    n = len(window)
    terms = [2 * k / (n * (n + 1)) * v for k, v in enumerate(window, 1) if not math.isnan(v)]
    return average(terms)


def exponential_all(window: list[float]) -> float:
    n = len(window)
    keep = 1 - 2 / (1 + n)
    weights = [keep ** (n - 1 - k) for k in range(n)]
    return math.fsum(w * v for w, v in zip(weights, window, strict=True) if not math.isnan(v)) / math.fsum(weights)


WINDOWS: dict[str, Callable[..., float]] = {
    "Mean": lambda w: average(valid(w)),
    "Sum": lambda w: math.fsum(valid(w)),
    "Max": lambda w: max(valid(w)),
    "Min": lambda w: min(valid(w)),
    "Med": lambda w: quantile(w, 0.5),
    "Std": deviation,
    "Var": variance,
    "Skew": skewness,
    "Kurt": kurtosis,
    "Quantile": quantile,
    "Mad": lambda w: average([abs(v - average(valid(w))) for v in valid(w)]),
    "Rank": rank,
    "IdxMax": place_of(max),
    "IdxMin": place_of(min),
    "Slope": lambda w: line(w)[0],
    "Rsquare": rsquare,
    "Resi": residual,
    "WMA": weighted,
    "EMA": exponential_all,
}


def covariance(x: list[float], y: list[float]) -> float:
    common = [(a, b) for a, b in zip(x, y, strict=True) if not (math.isnan(a) or math.isnan(b))]
    if len(common) < 2:
        return math.nan
    mean_x, mean_y = average([a for a, _ in common]), average([b for _, b in common])
    return math.fsum((a - mean_x) * (b - mean_y) for a, b in common) / (len(common) - 1)


def correlation(x: list[float], y: list[float]) -> float:
    both = [math.isnan(a) or math.isnan(b) for a, b in zip(x, y, strict=True)]
    x = [math.nan if gone else a for a, gone in zip(x, both, strict=True)]
    y = [math.nan if gone else b for b, gone in zip(y, both, strict=True)]
    if len(valid(x)) < 2 or max(valid(x)) == min(valid(x)) or max(valid(y)) == min(valid(y)):
        return math.nan
    return covariance(x, y) / math.sqrt(covariance(x, x) * covariance(y, y))


def pair(word: str, x: Column, y: Column, n: int) -> Column:
    """Correlation or covariance of the bars of every window on which both are valid."""
    out = np.full(len(x), np.nan)
    for t in range(len(x)):
        a, b = ([float(v) for v in z[max(0, t - n + 1) : t + 1]] for z in (x, y))
        if word == "Cov":
            out[t] = covariance(a, b)
        elif valid(a) and valid(b) and not (deviation(a) <= FLAT or deviation(b) <= FLAT):
            out[t] = correlation(a, b)
    return out
