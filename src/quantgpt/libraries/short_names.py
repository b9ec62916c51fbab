"""Short names of features, as data sets are described with them, and what they stand for in Qlib's dialect."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from quantgpt.foundations.errors import BadRequest
from quantgpt.libraries._base import LIBRARIES, library

SETS = ("alpha158", "alpha360")
_RAW = "{}不经缩放，股票之间不可比，可改用 ${}/$close", "raw {} is not comparable across instruments; try ${}/$close"
_RAW_AMOUNT = (
    "成交额不经缩放，股票之间不可比，可改用 $amount/Mean($amount, 20)",
    "raw turnover is not comparable across instruments; try $amount/Mean($amount, 20)",
)
_RAW_VOLUME = (
    "成交量不经缩放，股票之间不可比，可改用 $volume/Mean($volume, 20)",
    "raw volume is not comparable across instruments; try $volume/Mean($volume, 20)",
)
_PRICES = {"open": "开盘价", "high": "最高价", "low": "最低价", "close": "收盘价", "vwap": "成交均价"}


@dataclass(frozen=True, slots=True)
class Feature:
    """A column of a data set: its name, its expression in Qlib's dialect, and a warning in both languages or none."""

    name: str
    expression: str
    warning_zh: str = ""
    warning_en: str = ""


SHORT_NAMES = {
    feature.name: feature
    for feature in (
        *(
            Feature(word, f"${word}", _RAW[0].format(zh, word), _RAW[1].format(word, word))
            for word, zh in _PRICES.items()
            if word != "close"
        ),
        Feature(
            "close",
            "$close",
            "收盘价不经缩放，股票之间不可比，可改用 $close/Ref($close, 1)",
            "raw close is not comparable across instruments; try $close/Ref($close, 1)",
        ),
        Feature("volume", "$volume", *_RAW_VOLUME),
        Feature("amount", "$amount", *_RAW_AMOUNT),
        Feature("return1", "$close/Ref($close, 1)-1"),
        *(Feature(f"ma{days}", f"Mean($close, {days})/$close") for days in (5, 10, 20, 60)),
        Feature(
            "rsi",
            "100*Sum(Greater($close-Ref($close, 1), 0), 14)/(Sum(Abs($close-Ref($close, 1)), 14)+1e-12)",
        ),
        Feature("macd", "(EMA($close, 12)-EMA($close, 26))/$close"),
        Feature("boll", "($close-Mean($close, 20))/(2*Std($close, 20)+1e-12)"),
        Feature(
            "atr",
            "Mean(Greater($high-$low, Greater(Abs($high-Ref($close, 1)), Abs($low-Ref($close, 1)))), 14)/$close",
        ),
        Feature("volatility", "Std($close/Ref($close, 1)-1, 20)"),
    )
}


def expand_feature(word: str, *, fields: Collection[str] | None = None) -> tuple[Feature, ...]:
    """The columns that one word of a feature list stands for.

    A word is a short name, the name of a factor of a library in Qlib's dialect (`MA5`, `kdj_k`), the name of a set
    (`Alpha158`, `Alpha360`: all its columns), or an expression, which stands for itself and is not checked here.
    `fields` are the fields that the data have (None: all); without `amount`, that word is `$close*$volume`.

    Raises: BadRequest with the nearest name.

    >>> expand_feature("ma5")[0].expression
    'Mean($close, 5)/$close'
    """
    word = word.strip()
    short = SHORT_NAMES.get(word)
    if short is not None:
        if word == "amount" and fields is not None and "amount" not in fields:
            return (replace(short, expression="$close*$volume"),)
        return (short,)
    if word.lower() in SETS:
        return tuple(Feature(factor.name, factor.expression) for factor in library(word))
    if "$" in word or "(" in word:
        return (Feature(word, word),)
    known = _columns()
    if word in known:
        return (known[word],)
    words = {name.lower(): name for name in (*known, *SETS, *SHORT_NAMES)}
    near = next((words[name] for name in difflib.get_close_matches(word.lower(), words, n=1)), None)
    hint = f"可改用 {near}" if near else f"可用的短名：{', '.join(SHORT_NAMES)}"
    raise BadRequest(f"no feature is named {word!r}", hint=hint, field="features", nearest=near)


def expand_features(words: Iterable[str], *, fields: Collection[str] | None = None) -> tuple[Feature, ...]:
    """The columns of a whole feature list; none at all stands for Alpha158.

    A name that is taken gets a suffix: `x`, `x_2`, `x_3`.

    Raises: BadRequest for a word that stands for nothing.

    >>> [feature.name for feature in expand_features(["close", "ma5", "ma5"])]
    ['close', 'ma5', 'ma5_2']
    """
    found: dict[str, Feature] = {}
    for word in tuple(words) or ("alpha158",):
        for feature in expand_feature(word, fields=fields):
            name, count = feature.name, 1
            while name in found:
                count += 1
                name = f"{feature.name}_{count}"
            found[name] = replace(feature, name=name)
    return tuple(found.values())


def _columns() -> dict[str, Feature]:
    """Every factor of the libraries in Qlib's dialect, by name; the first library that has a name decides."""
    known: dict[str, Feature] = {}
    for name in LIBRARIES.names():
        shelf = library(name)
        if shelf.dialect == "qlib":
            for factor in shelf:
                known.setdefault(factor.name, Feature(factor.name, factor.expression))
    return known
