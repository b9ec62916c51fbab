"""Reading what models say: tolerant in form, strict in bounds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantgpt.foundations.chat import ModelFault
from quantgpt.research.answers import (
    MAX_EXPRESSION,
    MAX_HYPOTHESIS,
    Proposed,
    clean_text,
    read_json,
    read_proposal,
    read_proposals,
)


def proposed(text="rank(close)", **more):
    return Proposed(expression=text, **more)


@pytest.mark.parametrize(
    "said",
    [
        '{"expression": "rank(close)"}',
        ' \ufeff{"expression": "rank(close)"}\n',
        '{"expression": "`rank(close)`"}',
        '{"formula": "rank(close)"}',
        '```json\n{"expression": "rank(close)"}\n```',
        '```\n{"expression": "rank(close)"}',
        'Here you are: {"expression": "rank(close)"} Good luck!',
        '<think>{"expression": "open"}</think>{"expression": "rank(close)"}',
        '[{"expression": "rank(close)"}]',
        '{"candidates": [{"expression": "rank(close)"}]}',
        '["rank(close)"]',
        "rank(close)",
        "`rank(close)`",
        "```python\nrank(close)\n```",
        "Expression: rank(close)",
        "因子：rank(close)",
        "factor = rank(close)",
        "1. rank(close)",
        "* rank(close)",
        "The factor is\n\nrank(close)",
        "rank(close)\n\nIt ranks names by their closing price, highest first.",
    ],
)
def test_one_expression_in_many_coats(said):
    assert read_proposal(said) == proposed()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("<think>never done", "empty"),
        ("抱歉，我无法回答", "refused"),
        ("I cannot help with that, because it is not a factor", "refused"),
        ('{"expression": null, "reason": "no data"}', "refused"),
        ('{"expression": ""}', "refused"),
        ('{"expression": ["close"]}', "refused"),
        ('{"expression": {"a": 1}}', "refused"),
        ("{}", "refused"),
        ("[]", "refused"),
        ("[1, null, true]", "refused"),
        ('{"expression": "rank(', "malformed"),
        ("[" * 1000, "malformed"),
        ("a" * 65_537, "too_large"),
    ],
)
def test_what_is_no_proposal_has_a_kind(said, kind):
    with pytest.raises(ModelFault) as caught:
        read_proposal(said)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("value", "direction"),
    [(1, 1), (-1, -1), ("1", 1), ("-1", -1), ("long", 1), ("负向", -1), (-1.0, -1), (0, None), (2, None), (True, None),
     (None, None), ("up and down", None), ([1], None)],
)  # fmt: skip
def test_directions(value, direction):
    assert read_proposal(json.dumps({"expression": "close", "direction": value})).direction == direction


@pytest.mark.parametrize(
    ("value", "horizon"),
    [(5, 5), ("5", 5), ("20d", 20), ("约10个交易日", 10), (0, None), (251, None), (-3, None), (10**30, None), (True, None),
     (None, None), ("soon", None), ({"days": 5}, None), (5.5, 5)],
)  # fmt: skip
def test_horizons(value, horizon):
    assert read_proposal(json.dumps({"expression": "close", "horizon": value})).horizon == horizon


def test_texts_are_cut_and_cleaned():
    made = read_proposal(json.dumps({"expression": "x" * 9000, "hypothesis": "a\0\u202eb\u200b<script>" + "c" * 999}))
    assert len(made.expression) == MAX_EXPRESSION + 1
    assert made.hypothesis.startswith("ab<script>c")
    assert len(made.hypothesis) == MAX_HYPOTHESIS


def test_what_cannot_be_shown_makes_an_expression_wrong_rather_than_another_one():
    made = read_proposal(json.dumps({"expression": "clo\u202ese\0\n+ open"}))
    assert made.expression == "clo\ufffdse\ufffd + open"


@pytest.mark.parametrize("said", ["- rank(close)", "-rank(close)", "Expression: - rank(close)"])
def test_a_leading_minus_is_no_bullet(said):
    assert read_proposal(said).expression.replace(" ", "") == "-rank(close)"


def test_a_list_is_cut():
    said = json.dumps([{"expression": f"ts_mean(close, {n})"} for n in range(1, 90)])
    assert len(read_proposals(said)) == 50
    assert [p.expression for p in read_proposals(said, limit=2)] == ["ts_mean(close, 1)", "ts_mean(close, 2)"]


def test_a_list_keeps_what_is_usable():
    said = '{"candidates": [{"expression": "a"}, 3, null, {"no": 1}, "b", {"expression": "c", "direction": "short"}]}'
    assert read_proposals(said) == (proposed("a"), proposed("b"), proposed("c", direction=-1))


def test_a_list_that_was_cut_off_keeps_what_is_whole():
    said = '{"candidates": [{"expression": "a", "hypothesis": "x {\\"expression\\": 1}"}, {"expression": "b"}, {"expression": "c'
    assert read_proposals(said) == (proposed("a", hypothesis='x {"expression": 1}'), proposed("b"))


@pytest.mark.parametrize("text", ["[" * 65 + "]" * 65, "[" * 100_000, '{"a":' * 100_000, '"' + '\\"' * 100_000])
def test_deep_and_open_json_is_refused_without_its_words(text):
    with pytest.raises(ValueError, match=r"^(nested more than 64 deep|not readable at character \d+)$"):
        read_json(text)


def test_brackets_inside_of_texts_nest_nothing():
    assert read_json('["' + "[" * 500 + '\\"]"]') == ["[" * 500 + '"]']


def test_what_is_no_number_in_json_is_nothing():
    assert read_json("[NaN, Infinity, 1]") == [None, None, 1]


@given(st.text(max_size=400))
def test_any_text_is_a_proposal_or_a_fault(text):
    try:
        made = read_proposal(text)
    except ModelFault:
        return
    assert made.expression
    assert made.expression.isprintable()


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["expression", "candidates", "hypothesis", "direction", "horizon", "reason", "x"]), inner)))  # fmt: skip
def test_any_json_is_proposals_or_a_fault(value):
    try:
        made = read_proposals(json.dumps(value))
    except ModelFault:
        return
    assert all(item.expression and item.direction in (None, 1, -1) for item in made)


@given(st.text(max_size=300), st.integers(1, 50))
def test_cleaned_texts_are_printable_and_short(text, limit):
    made = clean_text(text, limit)
    assert len(made) <= limit
    assert all(mark == " " or mark.isprintable() for mark in made)
