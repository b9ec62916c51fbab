"""An expression laid out for reading means the same; its parts and changes are where they are said to be."""

from __future__ import annotations

import doctest
import importlib
import itertools
import random
import re

import pytest
from tests.expr import fuzz

from quantgpt.expr import Expression, compile_expression
from quantgpt.expr.changes import changes
from quantgpt.expr.layout import WIDTH, formatted, parts_of, pretty
from quantgpt.foundations.errors import BadExpression


@pytest.mark.parametrize("name", ["layout", "changes"])
def test_docstring_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"quantgpt.expr.{name}")).failed == 0


def some(count: int, depth: int = 5) -> list[Expression]:
    found: list[Expression] = []
    seed = 0
    while len(found) < count:
        seed += 1
        try:
            found.append(compile_expression(fuzz.expression(random.Random(seed), depth)))
        except BadExpression:
            continue
    return found


def test_a_layout_reads_back_as_the_same_tree() -> None:
    for expression in some(300):
        laid = pretty(expression.tree)
        assert compile_expression(laid).hash == expression.hash, laid
        assert re.sub(r"\s", "", laid) == re.sub(r"\s", "", expression.canonical)


def test_lines_are_no_wider_than_their_parts_make_them() -> None:
    text = "rank(" + " + ".join(f"ts_mean(close, {n})/ts_std(volume, {n})" for n in range(5, 30)) + ")"
    assert max(map(len, pretty(compile_expression(text).tree).splitlines())) <= WIDTH + 2


def test_parts_lie_where_they_say_and_make_up_the_whole() -> None:
    for expression in some(300):
        parts = parts_of(expression.tree)
        assert parts[0].symbol is None
        at = 0
        for part in parts:
            between = expression.canonical[at : part.start].strip(" ")
            assert between == (part.symbol or ""), expression.canonical
            assert expression.canonical[part.start : part.end] == part.text
            assert part.zh
            assert part.en
            at = part.end
        assert at == len(expression.canonical)
        assert max(part.warmup for part in parts) == expression.warmup


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("rank(close)", [(None, "rank(close)")]),
        ("rank(close)*rank(volume)/open", [(None, "rank(close)"), ("*", "rank(volume)"), ("/", "open")]),
        ("close/(open*volume)", [(None, "close"), ("/", "(open*volume)")]),
        ("close - (high - low)", [(None, "close"), ("-", "(high - low)")]),
        ("close > open", [(None, "close > open")]),
        ("-rank(close)", [(None, "-rank(close)")]),
    ],
)
def test_the_outermost_chain_is_broken(text: str, parts: list[tuple[str | None, str]]) -> None:
    assert [(part.symbol, part.text) for part in parts_of(compile_expression(text).tree)] == parts


def without(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    """The tokens of a text without those in spans; slow and plain."""
    kept = "".join("\0" if any(start <= at < end for start, end in spans) else letter for at, letter in enumerate(text))
    return re.findall(r"[A-Za-z_0-9.]+|[^\sA-Za-z_0-9.\0]", kept)


def test_what_is_neither_removed_nor_added_is_the_same_in_both() -> None:
    found = some(200, 4)
    for one, other in itertools.pairwise(found):
        made = changes(one, other)
        assert without(made.before, made.removed) == without(made.after, made.added)
        assert made.same == (one.hash == other.hash)


def test_the_same_computation_has_no_changes() -> None:
    made = changes(compile_expression("rank(close*volume)"), compile_expression("rank( volume * close )"))
    assert (made.same, made.removed, made.added) == (True, (), ())


def test_a_change_is_said_in_a_few_words() -> None:
    made = changes(compile_expression("rank(ts_mean(close, 20))"), compile_expression("rank(ts_std(close, 60))"))
    assert made.zh == "ts_mean → ts_std；20 → 60"
    assert made.en == "ts_mean → ts_std; 20 → 60"


def test_very_long_texts_are_compared_at_once() -> None:
    def chain(field: str, shift: int) -> Expression:
        return compile_expression("+".join(f"{field}*{n + shift}" for n in range(95)))

    made = changes(chain("close", 1), chain("open", 2))
    assert made.removed
    assert made.added


def test_a_formatted_text_keeps_its_words_and_its_meaning() -> None:
    for seed in range(1, 400):
        text = fuzz.expression(random.Random(seed), 4)
        try:
            known = compile_expression(text)
        except BadExpression:
            continue
        made = formatted(text)
        assert compile_expression(made).hash == known.hash, (text, made)
        assert formatted(made) == made
        assert re.sub(r"\s", "", made) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("rank( adv20 )*-rank( close-open )", "rank(adv20)*-rank(close - open)"),
        ("close>open   and  -volume<1", "close > open and -volume < 1"),
        ("ts_mean(close,20)", "ts_mean(close, 20)"),
        ("rank(ts_mean(close,20)/close)*rank(ts_std(volume,60)/adv60)-1e-3",
         "rank(ts_mean(close, 20)/close)*rank(ts_std(volume, 60)/adv60)\n  - 1e-3"),
    ],
)  # fmt: skip
def test_a_text_is_formatted(text: str, made: str) -> None:
    assert formatted(text) == made


@pytest.mark.parametrize(
    ("before", "after", "code", "zh"),
    [
        ("rank(close)", "rank( close )", "same", "与它相同"),
        ("ts_mean(close, 20)", "rank(ts_mean(close, 20))", "wrapped", "外层套 rank(…)"),
        ("rank(ts_mean(close, 20))", "ts_mean(close, 20)", "unwrapped", "去掉外层 rank(…)"),
        ("rank(ts_mean(close, 20))", "rank(ts_mean(close, 60))", "replaced", "参数 20 → 60"),
        ("rank(ts_mean(close, 20)/close)", "rank(ts_mean(open, 20)/open)", "replaced", "close → open；close → open"),
        ("rank(close)", "ts_corr(open, volume, 10)/ts_std(high - low, 30)", "rewritten", "整条重写"),
        ("rank(close)", "rank(close)*rank(volume)", "wrapped", "外层套 …*rank(volume)"),
    ],
)
def test_a_change_has_a_code(before: str, after: str, code: str, zh: str) -> None:
    made = changes(compile_expression(before), compile_expression(after))
    assert (made.code, made.zh) == (code, zh)
