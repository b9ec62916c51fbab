"""A slow, obvious interpreter of expression trees on numpy arrays: the independent answer to what an expression means.

It shares the reader's tree with the program and nothing else: every operator is written again, one short function each,
window by window and session by session.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Panel = NDArray[np.float64]


def oracle(
    expression: Any, fields: Mapping[str, Panel], eligible: NDArray[np.bool_], industry: NDArray[np.int16] | None = None
) -> Panel:
    """The panel of `expression` (what `compile_expression` returns) on (T, N) fields."""
    return Oracle(fields, eligible, industry).value(expression.tree)


def to_40_bits(x: float) -> float:
    """`x` rounded to 40 mantissa bits."""
    mantissa, exponent = math.frexp(x)
    return math.ldexp(round(mantissa * 2**41), exponent - 41) if math.isfinite(x) else x


def average_ranks(values: list[float]) -> list[float]:
    """1-based ranks of values after rounding to 40 bits, equal ones sharing their average."""
    keys = [to_40_bits(v) for v in values]
    return [sum(k < key for k in keys) + (sum(k == key for k in keys) + 1) / 2 for key in keys]


def enough(window: int) -> int:
    """How many valid values a window needs."""
    return math.ceil(round(0.9 * window, 9))


def valid(values: NDArray[np.float64]) -> list[float]:
    return [float(v) for v in values if not math.isnan(v)]


class Oracle:
    """Evaluates trees on one set of panels."""

    def __init__(
        self, fields: Mapping[str, Panel], eligible: NDArray[np.bool_], industry: NDArray[np.int16] | None
    ) -> None:
        self.fields, self.eligible = fields, eligible
        self.industry = np.full(eligible.shape[1], -1) if industry is None else industry

    def value(self, node: Any) -> Panel:
        """The panel of one node."""
        if node.kind == "number":
            return np.full(self.eligible.shape, node.value)
        if node.kind == "field":
            return np.array(self.fields[node.name], dtype=float)
        return getattr(self, f"do_{node.name}")(*(self.value(part) for part in node.parts), *node.numbers)

    def cells(self, rule: Callable[..., float], *panels: Panel) -> Panel:
        """Apply a rule of plain numbers to every cell; NaN in, NaN out; what is not finite is missing."""
        out = np.full(panels[0].shape, np.nan)
        for place in np.ndindex(out.shape):
            numbers = [float(panel[place]) for panel in panels]
            if not any(math.isnan(n) for n in numbers):
                out[place] = number_or_nan(rule, *numbers)
        return out

    def windows(self, rule: Callable[..., float], least: int, n: float, *panels: Panel) -> Panel:
        """Apply a rule to the last `n` sessions of every name, where enough sessions are valid in all panels."""
        size = int(n)
        days, names = panels[0].shape
        before = [np.vstack([np.full((size - 1, names), np.nan), panel]) for panel in panels]
        out = np.full((days, names), np.nan)
        for t in range(days):
            for j in range(names):
                seen = [panel[t : t + size, j] for panel in before]
                together = ~np.any([np.isnan(w) for w in seen], axis=0)
                if together.sum() >= max(least, enough(size)):
                    out[t, j] = number_or_nan(rule, *(np.where(together, w, np.nan) for w in seen))
        return out

    def sessions(self, rule: Callable[[list[float]], list[float]], x: Panel, by_industry: bool = False) -> Panel:
        """Apply a rule to the eligible names of every session, or to those of each industry."""
        out = np.full(x.shape, np.nan)
        kinds = sorted(set(self.industry.tolist()) - {-1}) if by_industry else [None]
        for t in range(x.shape[0]):
            for kind in kinds:
                names = [
                    j
                    for j in range(x.shape[1])
                    if self.eligible[t, j] and math.isfinite(x[t, j]) and (kind is None or self.industry[j] == kind)
                ]
                if names:
                    out[t, names] = rule([float(x[t, j]) for j in names])
        return out

    def do_add(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: p + q, a, b)

    def do_sub(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: p - q, a, b)

    def do_mul(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: p * q, a, b)

    def do_div(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: math.nan if abs(q) < 1e-12 else p / q, a, b)

    def do_neg(self, x: Panel) -> Panel:
        return -x

    def do_power(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: real(lambda: p**q), a, b)

    def do_sign_power(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: real(lambda: float(np.sign(p)) * abs(p) ** q), a, b)

    def do_sign(self, x: Panel) -> Panel:
        return np.sign(x)

    def do_abs(self, x: Panel) -> Panel:
        return np.abs(x)

    def do_log(self, x: Panel) -> Panel:
        return self.cells(lambda p: math.log(p) if p > 0 else math.nan, x)

    def do_exp(self, x: Panel) -> Panel:
        return self.cells(lambda p: math.exp(min(p, 500)), x)

    def do_sqrt(self, x: Panel) -> Panel:
        return self.cells(lambda p: math.sqrt(max(p, 0)), x)

    def do_tanh(self, x: Panel) -> Panel:
        return self.cells(math.tanh, x)

    def do_sigmoid(self, x: Panel) -> Panel:
        return self.cells(lambda p: 1 / (1 + math.exp(-max(-500, min(500, p)))), x)

    def do_gt(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: float(p > q), a, b)

    def do_ge(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: float(p >= q), a, b)

    def do_eq(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: float(p == q), a, b)

    def do_ne(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: float(p != q), a, b)

    def do_and(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: float(bool(p) and bool(q)), a, b)

    def do_or(self, a: Panel, b: Panel) -> Panel:
        return self.cells(lambda p, q: float(bool(p) or bool(q)), a, b)

    def do_not(self, x: Panel) -> Panel:
        return self.cells(lambda p: float(not p), x)

    def do_max(self, a: Panel, b: Panel) -> Panel:
        return self.cells(max, a, b)

    def do_min(self, a: Panel, b: Panel) -> Panel:
        return self.cells(min, a, b)

    def do_where(self, c: Panel, a: Panel, b: Panel) -> Panel:
        return np.where(np.isnan(c), np.nan, np.where(c != 0, a, b))

    def do_clip(self, x: Panel, low: Panel, high: Panel) -> Panel:
        return self.cells(lambda p, q, r: min(max(p, q), r), x, low, high)

    def do_ts_shift(self, x: Panel, n: float) -> Panel:
        out = np.full(x.shape, np.nan)
        if n < len(x):
            out[int(n) :] = x[: -int(n)]
        return out

    def do_ts_delta(self, x: Panel, n: float) -> Panel:
        return x - self.do_ts_shift(x, n)

    def do_ts_mean(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: math.fsum(valid(w)) / len(valid(w)), 1, n, x)

    def do_ts_sum(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: math.fsum(valid(w)), 1, n, x)

    def do_product(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: math.prod(valid(w)), 1, n, x)

    def do_ts_std(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: float(np.std(valid(w), ddof=1)), 2, n, x)

    def do_ts_max(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: max(valid(w)), 1, n, x)

    def do_ts_min(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: min(valid(w)), 1, n, x)

    def do_ts_argmax(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: float(w.tolist().index(max(valid(w)))), 1, n, x)

    def do_ts_argmin(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: float(w.tolist().index(min(valid(w)))), 1, n, x)

    def do_ts_rank(self, x: Panel, n: float) -> Panel:
        out = self.windows(lambda w: average_ranks(valid(w))[-1] / len(valid(w)), 1, n, x)
        return np.where(np.isnan(x), np.nan, out)

    def do_ts_median(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: float(np.median(valid(w))), 1, n, x)

    def do_ts_mad(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: float(np.median(np.abs(valid(w) - np.median(valid(w))))), 1, n, x)

    def do_decay_linear(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: weighted(w, np.arange(1, len(w) + 1)), 1, n, x)

    def do_ema(self, x: Panel, n: float) -> Panel:
        keep = 1 - 2 / (n + 1)
        return self.windows(lambda w: weighted(w, keep ** np.arange(len(w) - 1, -1, -1.0)), 1, 3 * n, x)

    def do_ewma(self, x: Panel, n: float, m: float) -> Panel:
        keep = 1 - m / n
        size = next(k for k in range(1, 1001) if keep**k < 1e-6)
        return self.windows(lambda w: weighted(w, keep ** np.arange(len(w) - 1, -1, -1.0)), 1, size, x)

    def do_decay_exp(self, x: Panel, n: float, keep: float) -> Panel:
        return self.windows(lambda w: weighted(w, keep ** np.arange(len(w) - 1, -1, -1.0)), 1, n, x)

    def do_ts_corr(self, x: Panel, y: Panel, n: float) -> Panel:
        return self.windows(correlation, 2, n, x, y)

    def do_ts_cov(self, x: Panel, y: Panel, n: float) -> Panel:
        return self.windows(lambda a, b: float(np.cov(valid(a), valid(b), ddof=1)[0, 1]), 2, n, x, y)

    def do_ts_skew(self, x: Panel, n: float) -> Panel:
        return self.windows(skewness, 3, n, x)

    def do_ts_kurt(self, x: Panel, n: float) -> Panel:
        return self.windows(kurtosis, 4, n, x)

    def do_ts_mean_deviation(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: float(np.mean(np.abs(valid(w) - np.mean(valid(w))))), 1, n, x)

    def do_ts_quantile(self, x: Panel, n: float, q: float) -> Panel:
        return self.windows(lambda w: float(np.quantile(valid(w), q)), 1, n, x)

    def do_ts_count(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: float(len(valid(w))), 1, n, x)

    def do_ts_var(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: float(np.var(valid(w), ddof=1)), 2, n, x)

    def do_ts_max_position(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: w.tolist().index(max(valid(w))) + 1.0, 1, n, x)

    def do_ts_min_position(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: w.tolist().index(min(valid(w))) + 1.0, 1, n, x)

    def do_ts_slope(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: line(w)[0], 2, n, x)

    def do_ts_rsquare(self, x: Panel, n: float) -> Panel:
        return self.windows(lambda w: correlation(np.where(np.isnan(w), w, np.arange(len(w))), w) ** 2, 2, n, x)

    def do_ts_resi(self, x: Panel, n: float) -> Panel:
        fitted = self.windows(lambda w: line(w)[0] * (len(w) - 1) + line(w)[1], 2, n, x)
        return x - fitted

    def do_cs_residual(self, x: Panel, g: Panel) -> Panel:
        out = np.full(x.shape, np.nan)
        for t in range(x.shape[0]):
            known = self.eligible[t] & np.isfinite(x[t]) & np.isfinite(g[t])
            if known.sum() >= 3:
                factors = np.column_stack([np.ones(known.sum()), g[t, known] - g[t, known].mean()])
                out[t, known] = x[t, known] - factors @ np.linalg.lstsq(factors, x[t, known], rcond=None)[0]
        return out

    def do_trade_when(self, enter: Panel, x: Panel, leave: Panel, n: float) -> Panel:
        out = np.full(x.shape, np.nan)
        for t, j in np.ndindex(x.shape):
            for k in range(t, max(-1, t - int(n)), -1):
                if leave[k, j] != 0 and not math.isnan(leave[k, j]):
                    break
                if enter[k, j] != 0 and not math.isnan(enter[k, j]):
                    out[t, j] = x[k, j]
                    break
        return out

    def do_rank(self, x: Panel) -> Panel:
        return self.sessions(ranked, x)

    def do_zscore(self, x: Panel) -> Panel:
        return self.sessions(standard_scores, x)

    def do_scale(self, x: Panel) -> Panel:
        return self.sessions(lambda v: [(a - min(v)) / (max(v) - min(v)) if max(v) > min(v) else 0.0 for a in v], x)

    def do_scale_abs(self, x: Panel) -> Panel:
        return self.sessions(lambda v: [a / math.fsum(map(abs, v)) if any(v) else math.nan for a in v], x)

    def do_group_rank(self, x: Panel) -> Panel:
        return self.sessions(ranked, x, by_industry=True)

    def do_group_zscore(self, x: Panel) -> Panel:
        return self.sessions(standard_scores, x, by_industry=True)

    def do_indneutralize(self, x: Panel) -> Panel:
        return self.sessions(lambda v: [a - math.fsum(v) / len(v) for a in v], x, by_industry=True)

    def do_ts_av_diff(self, x: Panel, n: float) -> Panel:
        return x - self.do_ts_mean(x, n)

    def do_ts_zscore(self, x: Panel, n: float) -> Panel:
        return self.do_div(x - self.do_ts_mean(x, n), self.do_ts_std(x, n))

    def do_rsi(self, x: Panel, n: float) -> Panel:
        change = self.do_ts_delta(x, 1)
        gains = self.do_ts_sum(np.where(change > 0, change, change * 0.0), n)
        return 100 * self.do_div(gains, self.do_ts_sum(np.abs(change), n))

    def do_macd(self, x: Panel, fast: float, slow: float) -> Panel:
        return self.do_ema(x, fast) - self.do_ema(x, slow)

    def do_atr(self, n: float) -> Panel:
        high, low, close = (self.fields[name] for name in ("high", "low", "close"))
        before = self.do_ts_shift(close, 1)
        return self.do_ts_mean(np.maximum(high - low, np.maximum(np.abs(high - before), np.abs(low - before))), n)

    def do_obv(self, n: float) -> Panel:
        return self.do_ts_sum(np.sign(self.do_ts_delta(self.fields["close"], 1)) * self.fields["volume"], n)

    def do_boll_mid(self, x: Panel, n: float) -> Panel:
        return self.do_ts_mean(x, n)

    def do_boll_upper(self, x: Panel, n: float, k: float) -> Panel:
        return self.do_ts_mean(x, n) + k * self.do_ts_std(x, n)

    def do_boll_lower(self, x: Panel, n: float, k: float) -> Panel:
        return self.do_ts_mean(x, n) - k * self.do_ts_std(x, n)

    def do_boll_width(self, x: Panel, n: float, k: float) -> Panel:
        return 2 * k * self.do_ts_std(x, n) / self.do_ts_mean(x, n)


def number_or_nan(rule: Callable[..., float], *arguments: Any) -> float:
    """What the rule says, or NaN where it overflows."""
    try:
        result = rule(*arguments)
    except OverflowError:
        return math.nan
    return result if math.isfinite(result) else math.nan


def real(rule: Callable[[], Any]) -> float:
    """What the rule says if that is a real number."""
    try:
        result = rule()
    except ZeroDivisionError:
        return math.nan
    return math.nan if isinstance(result, complex) else float(result)


def weighted(window: NDArray[np.float64], weights: NDArray[Any]) -> float:
    seen = ~np.isnan(window)
    return float((window[seen] * weights[seen]).sum() / weights[seen].sum())


def correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    x, y = valid(a), valid(b)
    if max(x) == min(x) or max(y) == min(y):
        return math.nan
    return float(np.corrcoef(x, y)[0, 1])


def line(window: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and intercept of the valid values of a window on their places 0, 1, …"""
    places = np.flatnonzero(~np.isnan(window)).astype(float)
    away = places - places.mean()
    values = np.array(valid(window))
    slope = float((away * (values - values.mean())).sum() / (away * away).sum())
    return slope, float(values.mean()) - slope * float(places.mean())


def central(window: NDArray[np.float64], power: int) -> float:
    """Mean of a power of the distances from the mean."""
    values = valid(window)
    mean = math.fsum(values) / len(values)
    return math.fsum((v - mean) ** power for v in values) / len(values)


def skewness(window: NDArray[np.float64]) -> float:
    values = valid(window)
    n = len(values)
    if max(values) == min(values):
        return math.nan
    return math.sqrt(n * (n - 1)) / (n - 2) * central(window, 3) / central(window, 2) ** 1.5


def kurtosis(window: NDArray[np.float64]) -> float:
    values = valid(window)
    n = len(values)
    if max(values) == min(values):
        return math.nan
    ratio = central(window, 4) / central(window, 2) ** 2
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * ratio - 3 * (n - 1))


def ranked(values: list[float]) -> list[float]:
    return [rank / len(values) for rank in average_ranks(values)]


def standard_scores(values: list[float]) -> list[float]:
    keys = sorted(to_40_bits(v) for v in values)
    if all(a == b for a, b in pairwise(keys)):
        return [0.0] * len(values)
    mean, deviation = math.fsum(values) / len(values), float(np.std(values, ddof=1))
    return [(v - mean) / deviation for v in values]
