"""Random texts give an expression or one of our own errors, quickly, and never run anything."""

from __future__ import annotations

import random
import time

import pytest
from tests.expr import fuzz

from quantgpt.expr import colour_tokens, compile_expression
from quantgpt.expr import expression as expression_module
from quantgpt.foundations.errors import BadExpression

LIMIT_SECONDS = 0.05


def read(text: str) -> float:
    """Read `text`, check what came of it, and return the seconds that took."""
    refusal = None
    start = time.process_time()
    try:
        expression = compile_expression(text)
    except BadExpression as error:
        refusal = error
    took = time.process_time() - start
    colour_tokens(text)
    if refusal is None:
        again = compile_expression(expression.canonical)
        assert (again.hash, again.canonical) == (expression.hash, expression.canonical)
    else:
        assert refusal.text == text
        assert 0 <= refusal.start <= refusal.end <= len(text)
        assert refusal.message
        assert refusal.caret()
        assert min(refusal.line, refusal.column) >= 1
    return took


def read_afresh(text: str) -> float:
    """As `read`, with nothing remembered: the first reading may have paid for a collection of garbage."""
    expression_module._remembered.cache_clear()
    return read(text)


def read_many(seeds: range) -> None:
    slow = []
    for seed in seeds:
        text = fuzz.sample(seed)
        if read(text) > LIMIT_SECONDS and min(read_afresh(text) for _ in range(3)) > LIMIT_SECONDS:
            slow.append(text)
    assert not slow


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
