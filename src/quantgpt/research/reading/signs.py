"""The minus sign: a hyphen inside a word, the sign of a quantity, or one quantity less another.

Where it could be a dash as well as a minus (小市值-低波动) nothing is assumed, and it stays unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from quantgpt.research.reading.negation import DIRECTIONS
from quantgpt.research.reading.word import Word

MINUS = "⊖"
"""a sign between two quantities"""
TURNED = "⊝"
"""a sign before one"""
_HAN = r"\u3400-\u9fff"
_ONE = r"-\s*1(?:\.0*)?(?![\d.])"
_PLACE = r"(?P<before>^\s*|[,;:。!?、(+*/×÷]\s*|(?:\b(?:and|plus|with|times|by|minus)\s|[和与加减乘除以是])\s*)"
_RULES = (
    (re.compile(rf"(?:[*×x]|乘以?)\s*\(?\s*(?:{_ONE}|负[一1])\s*\)?"), "取反"),
    (re.compile(rf"{_PLACE}{_ONE}\s*(?:[*×x]|乘以?)\s*"), rf"\g<before>{TURNED}"),
    (re.compile(rf"{_PLACE}-(?=\S)"), rf"\g<before>{TURNED}"),
    (re.compile(rf"(?<![日天周月年季])(?<=[{_HAN})])-(?=[{_HAN}(a-z\d])"), MINUS),
    (re.compile(rf"(?<=[日天周月年季])-(?=[{_HAN}(a-z])"), MINUS),
    (
        re.compile(rf"(?<=[a-z\d])-(?=[{_HAN}(])|(?<=[a-z]{{5}})-(?=\d)|(?<=[{_HAN})a-z])-(?=\s)|(?<=\s)-(?=[^\s-])"),
        MINUS,
    ),
)


def signs_told(text: str) -> str:
    """The text with each minus that is no hyphen as a sign of its own."""
    for rule, sign in _RULES:
        text = rule.sub(sign, text)
    return text


def subtracted(words: list[Word]) -> list[Word]:
    """The words with the sign between two windows of one quantity as a subtraction, and one before a quantity as its turn."""
    made = list(words)
    for i, word in enumerate(words):
        if word.text == TURNED:
            made[i] = Word("concept", "opposite", "-")
        elif word.text == MINUS:
            left, right = _run(words[:i][::-1]), _run(words[i + 1 :])
            if "correlation" in right:
                made[i] = Word("silent", "", "-")
            elif left and set(left) == set(right) and not DIRECTIONS & set(left):
                made[i] = Word("link", "minus", "-")
            else:
                made[i] = replace(word, text="-")
    return made


def _run(words: Iterable[Word]) -> list[object]:
    found: list[object] = []
    for word in words:
        if word.kind in ("break", "link") or word.text in (MINUS, TURNED):
            break
        found += [word.value] if word.kind == "concept" else []
    return found
