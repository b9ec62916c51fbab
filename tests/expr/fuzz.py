"""Random expressions, right and broken, from a seed."""

from __future__ import annotations

import random

from quantgpt.expr.binding import callable_words
from quantgpt.operators._base import OPERATORS, Operator, Takes

COLUMNS = ["open", "high", "low", "close", "volume", "vwap", "returns", "pct_change", "weekday", "adv5", "adv20"]
BINARY = ["+", "-", "*", "/", "^", ">", "<", ">=", "<=", "==", "!=", "and", "or"]
WINDOWS = [1, 2, 3, 5, 9, 10, 12, 20]
NUMBERS = ["0", "1", "2", "0.5", "-1", "1e-3", "3.25", "100"]
JUNK = [
    "(", ")", ",", "++", "--", "-", "not", "and", "or", "if", "else", "?", ":", "^", "**", "==", "=", "!", "\x00", "\u202e",
    "\u200b", "с", "（", "，", "１", "'", '"', "[", "]", "{", "}", ".", "__class__", "__import__('os')", "lambda", "0x10",
    "1e999", "1e-999", "9^9^9", "nan", "inf", "None", "True", "@", "#", "$", "\\", "\n", "\t", ";", "import os", "adv0",
    "adv99999", "ts_mean(close,0)", "ts_mean(close,1e9)", "rank()", "rank", "close(", "(" * 60, "-" * 60, "😀", "\ud800",
]  # fmt: skip
SERIES_ONLY = {Takes.SERIES}


def expression(g: random.Random, depth: int = 4) -> str:
    """A valid expression of at most that depth."""
    return _series(g, depth)


def _series(g: random.Random, depth: int) -> str:
    """An expression that is not a bare number."""
    if depth == 0 or g.random() < 0.12:
        return g.choice(COLUMNS)
    shape = g.random()
    if shape < 0.35:
        operator = g.choice(BINARY)
        left, right = _series(g, depth - 1), _value(g, depth - 1)
        if operator in (">", "<", ">=", "<=", "==", "!="):
            return f"(({left}) {operator} ({right}))"
        return f"({left}) {operator} ({right})" if g.random() < 0.7 else f"(({left}) {operator} ({right}))"
    if shape < 0.4:
        return f"-({_series(g, depth - 1)})"
    if shape < 0.44:
        return f"(not ({_series(g, depth - 1)}))"
    if shape < 0.48:
        return f"(({_series(g, depth - 1)}) ? ({_value(g, depth - 1)}) : ({_series(g, depth - 1)}))"
    if shape < 0.5:
        return f"(({_value(g, depth - 1)}) if ({_series(g, depth - 1)}) else ({_value(g, depth - 1)}))"
    word = g.choice(callable_words())
    found = OPERATORS.find(word)
    assert found is not None
    return _call(g, g.choice([word, word.upper()]), found, depth)


def _value(g: random.Random, depth: int) -> str:
    return g.choice(NUMBERS) if g.random() < 0.25 else _series(g, depth)


def _call(g: random.Random, word: str, operator: Operator, depth: int) -> str:
    arguments = []
    for index, place in enumerate(operator.places):
        if place.takes is Takes.WINDOW:
            arguments.append(str(g.choice(WINDOWS)))
        elif place.takes is Takes.NUMBER:
            arguments.append(g.choice(["1", "2", "2.5"]))
        elif operator.name == "clip" and index > 0:
            arguments.append(["", "-1", "1"][index])
        else:
            loose = place.takes is Takes.VALUE and index > 0
            arguments.append(_value(g, depth - 1) if loose else _series(g, depth - 1))
    return f"{word}({', '.join(arguments)})"


def chain(g: random.Random) -> str:
    """A long expression without brackets, as long as allowed or a little longer."""
    operators = g.choice([["+"], ["*"], ["+", "-"], ["*", "/"], ["+", "-", "*", "/"], ["and"], ["or", "and"]])
    operands = g.choice([COLUMNS, ["close"], [*COLUMNS, "-1", "1", "2"], [*COLUMNS, "-close", "-1"], ["adv5", "adv20"]])
    pieces = [g.choice(COLUMNS)]
    for _ in range(g.randint(1, 230)):
        pieces += [g.choice(operators), g.choice(operands)]
    return " ".join(pieces)


def mutated(g: random.Random, text: str) -> str:
    """`text` with a few characters or pieces lost, doubled, swapped or replaced by junk."""
    for _ in range(g.randint(1, 3)):
        at = g.randint(0, len(text))
        width = g.randint(0, 6)
        kind = g.randint(0, 4)
        if kind == 0:
            text = text[:at] + text[at + width :]
        elif kind == 1:
            text = text[:at] + g.choice(JUNK) + text[at:]
        elif kind == 2:
            text = text[:at] + g.choice(JUNK) + text[at + width :]
        elif kind == 3:
            text = text[:at] + text[at : at + width] * g.choice([2, 3, 50]) + text[at:]
        else:
            text = text[:at] + chr(g.choice([g.randint(0, 127), g.randint(128, 0x10FFFF)])) + text[at:]
    return text


def sample(seed: int) -> str:
    """One text: a valid expression, a broken one, or noise."""
    g = random.Random(seed)
    kind = g.random()
    if kind < 0.3:
        return expression(g, g.randint(0, 6))
    if kind < 0.35:
        return chain(g)
    if kind < 0.9:
        return mutated(g, expression(g, g.randint(0, 5)))
    if kind < 0.95:
        return " ".join(g.choice([*JUNK, *COLUMNS, *BINARY, *NUMBERS]) for _ in range(g.randint(0, 400)))
    return "".join(chr(g.randint(0, 0x2FF)) for _ in range(g.randint(0, 5000)))
