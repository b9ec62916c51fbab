"""The rows of a dialect's table of names: a word with a pattern of arguments, and the tree that it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from quantgpt.operators._base import OPERATORS, Takes


class Rule(StrEnum):
    """How Qlib's kinds of numbers decide the tree of a word."""

    PLAIN = "plain"
    """as the template says"""
    ARITHMETIC = "arithmetic"
    POWER = "power"
    EXTREME = "extreme"
    COMPARISON = "comparison"
    LOGIC = "logic"
    NEGATION = "negation"
    CHOICE = "choice"
    LOGARITHM = "logarithm"
    MAGNITUDE = "magnitude"
    SIGN = "sign"
    SHIFT = "shift"
    CHANGE = "change"
    WINDOW = "window"
    """looks over time: booleans and constants count only where there is a bar"""
    OTHER = "other"
    """computed on one other name"""
    MACRO = "macro"
    """the template is a text of the dialect itself"""


PLACES = {
    "x": "x",
    "y": "y",
    "v": "x",
    "w": "y",
    "c": "cond",
    "b": "cond",
    "n": "N",
    "p": "N",
    "z": "0",
    "a": "α",
    "q": "q",
    "k": "k",
    "h": "hi",
    "f": "fast",
    "s": "slow",
    "t": "'CODE'",
    "i": "$industry",
}
"""letters of a pattern, and how each argument is shown: x, y, c are expressions; v, w, b expressions or numbers; n a window
from 1; p a whole number below zero; z the number 0; a a share between 0 and 1; q from 0 to 1; k, h any number; f, s
windows; t a quoted code; i the industry"""

SERIES = "xyc"
VALUES = "vwb"
WINDOWS = "nfs"


@dataclass(frozen=True, slots=True)
class Row:
    """One word with one pattern of arguments (letters of `PLACES`).

    `template` is the tree in our own dialect with the letters as names and `bar`; of a macro a text of Qlib's dialect.
    `least` is the smallest window that is not refused.
    """

    word: str
    pattern: str
    template: str
    rule: Rule = Rule.PLAIN
    least: int = 1

    @property
    def signature(self) -> str:
        """The call as a person writes it."""
        return f"{self.word}({','.join(PLACES[letter] for letter in self.pattern)})"


@dataclass(frozen=True, slots=True)
class Word:
    """What a word means, for lists and documentation: category, meaning in two languages, a working example."""

    name: str
    category: str
    zh: str
    en: str
    example: str


@dataclass(frozen=True)
class Table:
    """The names of one dialect.

    `rows` are tried in order; `aliases` are other spellings, in any case, of a word.
    """

    name: str
    rows: tuple[Row, ...]
    words: tuple[Word, ...]
    aliases: dict[str, str] = field(default_factory=dict)
    signs: bool = False
    """whether `-x` and `~x` may be written, and the words of our own dialect"""
    ladder: bool = True
    """whether numbers are of Qlib's kinds"""

    def rows_of(self, word: str) -> list[Row]:
        """The rows of a word or of one of its other spellings."""
        name = word if any(row.word == word for row in self.rows) else self.aliases.get(word.lower(), word)
        found = [row for row in self.rows if row.word == name]
        return found or ([row] if self.signs and (row := own_row(word)) else [])

    def spoken(self) -> list[str]:
        """Every word that may be written before brackets."""
        return sorted({row.word for row in self.rows if row.word != "Neg"} | set(self.aliases))


_POOLS = {Takes.SERIES: "xyc", Takes.VALUE: "bvw", Takes.WINDOW: "nfs", Takes.NUMBER: "kh"}
LETTER_NAMES = {"v": "x", "w": "y", "c": "cond", "b": "cond"}
"""letters of a pattern that stand for another name in the template"""


def own_row(word: str) -> Row | None:
    """The row of a word of our own dialect, written as its name; None where there is none.

    >>> own_row("trade_when").pattern, own_row("Mean")
    ('cvwn', None)
    """
    operator = OPERATORS.find(word)
    if operator is None or operator.name != word or operator.symbol or operator.vocabulary != "quantgpt":
        return None
    free = {takes: list(letters) for takes, letters in _POOLS.items()}
    if sum(place.takes is Takes.VALUE for place in operator.places) < 3:
        free[Takes.VALUE].remove("b")
    if any(place.takes is Takes.VALUE for place in operator.places):
        free[Takes.SERIES] = ["c"]
    pattern = "".join(free[place.takes].pop(0) for place in operator.places)
    names = ", ".join(LETTER_NAMES.get(letter, letter) for letter in pattern)
    return Row(word, pattern, f"{word}({names})")


def rows(rule: Rule, text: str, least: int = 1) -> Iterable[Row]:
    """Rows written as lines `Word pattern template`."""
    for line in text.strip().splitlines():
        word, pattern, template = line.split(None, 2)
        yield Row(word, pattern, template, rule, least)
