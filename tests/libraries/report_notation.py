"""A reader of the notation in which Guotai Junan printed its factors, evaluated with pandas.

It shares neither grammar nor operators with the program; what is the same is that nine tenths of a window suffice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

Value = pd.DataFrame | float
_WORDS = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Z]+|\|\||<=|>=|==|[-+*/^<>&?:(),]")
_LEVELS = (("||",), ("&",), ("<", ">", "<=", ">=", "=="), ("+", "-"), ("*", "/"))


def computed(text: str, columns: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The value of a formula on columns of sessions × names."""
    reader = _Reader(_WORDS.findall(text), columns)
    value = reader.choice()
    if reader.words:
        raise ValueError(f"{text}: {reader.words} is left over")
    return value


class _Reader:
    """Reads and evaluates, loosest operators first."""

    def __init__(self, words: list[str], columns: Mapping[str, pd.DataFrame]) -> None:
        self.words = words
        self.columns = columns

    def take(self, word: str) -> None:
        if self.words.pop(0) != word:
            raise ValueError(f"{word} is missing before {self.words}")

    def choice(self) -> Value:
        condition = self.binary(0)
        if not self.words or self.words[0] != "?":
            return condition
        self.take("?")
        yes = self.choice()
        self.take(":")
        no = self.choice()
        return pd.DataFrame(np.where(condition.isna(), np.nan, np.where(condition != 0, yes, no)))

    def binary(self, level: int) -> Value:
        if level == len(_LEVELS):
            return self.signed()
        left = self.binary(level + 1)
        while self.words and self.words[0] in _LEVELS[level]:
            left = joined(self.words.pop(0), left, self.binary(level + 1))
        return left

    def signed(self) -> Value:
        if self.words[0] == "-":
            self.take("-")
            return -self.signed()
        base = self.single()
        if self.words and self.words[0] == "^":
            self.take("^")
            return base ** self.signed()
        return base

    def single(self) -> Value:
        word = self.words.pop(0)
        if word == "(":
            value = self.choice()
            self.take(")")
            return value
        if word[0].isdigit():
            return float(word)
        if not self.words or self.words[0] != "(":
            return self.columns[word]
        self.take("(")
        arguments = [self.choice()]
        while self.words[0] == ",":
            self.take(",")
            arguments.append(self.choice())
        self.take(")")
        return FUNCTIONS[word](*(int(a) if isinstance(a, float) and a == int(a) else a for a in arguments))


def joined(sign: str, a: Value, b: Value) -> Value:
    """Two values with an operator between them; a comparison with something missing is missing."""
    if sign in "+-*/":
        return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[sign]()
    truth = {
        "<": lambda: a < b,
        ">": lambda: a > b,
        "<=": lambda: a <= b,
        ">=": lambda: a >= b,
        "==": lambda: a == b,
        "&": lambda: (a != 0) & (b != 0),
        "||": lambda: (a != 0) | (b != 0),
    }[sign]()
    return truth.astype(float).where((a * 0 + b * 0).notna())


def windows(x: pd.DataFrame, n: int) -> pd.api.typing.Rolling:
    """The windows of `n` sessions of which nine tenths are there."""
    return x.rolling(n, min_periods=math.ceil(0.9 * n))


def weighted(x: pd.DataFrame, weights: np.ndarray) -> pd.DataFrame:
    """Mean of the last sessions with those weights, the oldest first, over the sessions that are there."""
    n = len(weights)
    there = x.notna().astype(float)
    total = sum(x.fillna(0.0).shift(n - 1 - k) * w for k, w in enumerate(weights))
    weight = sum(there.shift(n - 1 - k) * w for k, w in enumerate(weights))
    return (total / weight).where(there.rolling(n).sum() >= math.ceil(0.9 * n))


def bound(pick: Callable[..., np.ndarray], over: str) -> Callable[[Value, Value], pd.DataFrame]:
    """MAX and MIN: over days where a number of them follows a column, of two columns otherwise; 0 is no day."""

    def bounded(a: Value, b: Value) -> pd.DataFrame:
        if isinstance(b, int) and b > 0:
            return getattr(windows(a, b), over)()
        return pd.DataFrame(pick(a, b))

    return bounded


def rank(x: pd.DataFrame) -> pd.DataFrame:
    """Percentile across names; values that differ by rounding alone share theirs."""
    return x.round(13 - int(np.ceil(np.log10(float(np.nanmax(np.abs(x))))))).rank(axis=1, pct=True)


FUNCTIONS: dict[str, Callable[..., pd.DataFrame]] = {
    "ABS": lambda x: x.abs(),
    "LOG": np.log,
    "SIGN": np.sign,
    "RANK": rank,
    "MAX": bound(np.maximum, "max"),
    "MIN": bound(np.minimum, "min"),
    "DELAY": lambda x, n: x.shift(n),
    "DELTA": lambda x, n: x.diff(n),
    "SUM": lambda x, n: windows(x, n).sum(),
    "MEAN": lambda x, n: windows(x, n).mean(),
    "STD": lambda x, n: windows(x, n).std(),
    "TSMAX": lambda x, n: windows(x, n).max(),
    "TSMIN": lambda x, n: windows(x, n).min(),
    "TSRANK": lambda x, n: windows(x.round(10), n).rank(pct=True),
    "CORR": lambda x, y, n: windows(x, n).corr(y).replace([np.inf, -np.inf], np.nan),
    "COVIANCE": lambda x, y, n: windows(x, n).cov(y),
    "COUNT": lambda x, n: windows(x, n).sum(),
    "PROD": lambda x, n: windows(x, n).apply(np.prod, raw=True),
    "SMA": lambda x, n, m: x.ewm(alpha=m / n, adjust=False).mean(),
    "DECAYLINEAR": lambda x, n: weighted(x, np.arange(1.0, n + 1)),
    "HIGHDAY": lambda x, n: windows(x, n).apply(lambda w: len(w) - 1 - int(np.argmax(w)), raw=True),
    "LOWDAY": lambda x, n: windows(x, n).apply(lambda w: len(w) - 1 - int(np.argmin(w)), raw=True),
}
