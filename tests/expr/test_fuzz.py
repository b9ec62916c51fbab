"""Random texts give an expression or one of our own errors, soon, and never run anything."""

from __future__ import annotations

import random

import pytest
from tests._work import PROMPT, counted
from tests.expr import fuzz

from quantgpt.expr import Expression, colour_tokens, compile_expression
from quantgpt.expr import expression as expression_module
from quantgpt.foundations.errors import BadExpression


def read(text: str) -> int:
    """Read `text`, with nothing remembered, check what came of it, and return the number of calls that took."""
    expression_module._remembered.cache_clear()

    def attempt() -> Expression | BadExpression:
        try:
            return compile_expression(text)
        except BadExpression as error:
            return error

    made, calls = counted(attempt)
    colour_tokens(text)
    if isinstance(made, BadExpression):
        assert made.text == text
        assert 0 <= made.start <= made.end <= len(text)
        assert made.message
        assert made.caret()
        assert min(made.line, made.column) >= 1
    else:
        again = compile_expression(made.canonical)
        assert (again.hash, again.canonical) == (made.hash, made.canonical)
    return calls


def read_many(seeds: range) -> None:
    laborious = [text for text in map(fuzz.sample, seeds) if read(text) > PROMPT]
    assert not laborious


def test_four_hundred_random_texts_are_read_or_refused() -> None:
    compile_expression("rank(close)")
    read_many(range(400))


@pytest.mark.gate
@pytest.mark.timeout(900)
def test_twenty_thousand_random_texts_are_read_or_refused() -> None:
    compile_expression("rank(close)")
    read_many(range(1000, 21000))


def test_the_generator_mostly_makes_valid_expressions() -> None:
    good = 0
    for seed in range(200):
        try:
            compile_expression(fuzz.expression(random.Random(seed), 4))
            good += 1
        except BadExpression:
            pass
    assert good > 150
