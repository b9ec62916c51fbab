"""A wrong expression gets the place, the reason and the nearest valid thing."""

from __future__ import annotations

import sys

import pytest
from tests._work import PROMPT, counted

from quantgpt.expr import compile_expression, read_expression
from quantgpt.foundations.errors import BadExpression

CASES = [
    ("", "Expression is empty", "", "rank(close/ts_mean(close, 20))"),
    (" \n ", "Expression is empty", " \n ", "rank(close/ts_mean(close, 20))"),
    ("foo(close)", "Unknown function: foo", "foo", None),
    ("rnk(close)", "Unknown function: rnk", "rnk", "rank"),
    ("stddev(close, 5)", "Unknown function: stddev", "stddev", "ts_std"),
    ("close(5)", "Unknown function: close", "close", "close"),
    ("rank(clos)", "Unknown column or variable: 'clos'", "clos", "close"),
    ("rank(Close)", "Unknown column or variable: 'Close'", "Close", "close"),
    ("rank + 1", "Unknown column or variable: 'rank'", "rank", "rank(x)"),
    ("raw_close", "Unknown column or variable: 'raw_close'", "raw_close", "close"),
    ("rank(close, 1)", "rank requires exactly 1 arguments, got 2", "rank(close, 1)", "rank(x)"),
    ("2 * ts_mean(close)", "ts_mean requires exactly 2 arguments, got 1", "ts_mean(close)", "ts_mean(x, n)"),
    ("max(close, open, low)", "max requires exactly 2 arguments, got 3", "max(close, open, low)", "max(a, b)"),
    ("rank()", "rank requires exactly 1 arguments, got 0", "rank()", "rank(x)"),
    ("ts_mean(close, 0)", "ts_mean: window must be a literal integer between 1 and 1000, got 0", "0", 1),
    ("ts_mean(close, -1)", "ts_mean: window must be a literal integer between 1 and 1000, got -1", "-1", 1),
    ("ts_mean(close, 10000)", "ts_mean: window must be a literal integer between 1 and 1000, got 10000", "10000", 1000),
    ("ts_mean(close, 1e9)", "ts_mean: window must be a literal integer between 1 and 1000, got 1e9", "1e9", 1000),
    ("ts_mean(close, NaN)", "ts_mean: window must be a literal integer between 1 and 1000, got NaN", "NaN", 20),
    ("ts_mean(close, 2.5)", "ts_mean: window must be a literal integer between 1 and 1000, got 2.5", "2.5", 2),
    ("ts_mean(close, open)", "ts_mean: window must be a literal integer between 1 and 1000, got open", "open", 20),
    ("ts_shift(close, -3)", "ts_shift: window must be a literal integer between 1 and 1000, got -3", "-3", 1),
    ("adv0", "adv{N}: window must be an integer between 1 and 500, got 0", "adv0", "adv20"),
    ("adv501", "adv{N}: window must be an integer between 1 and 500, got 501", "adv501", "adv20"),
    ("(close", "Unbalanced brackets: '(' is never closed", "(", None),
    ("rank(close))", "Unbalanced brackets: ')' has no '('", ")", None),
    ("close open", "Unexpected 'open': an operator is missing before it", "open", None),
    ("close +", "Unexpected end of expression", "", None),
    ("rank(close,)", "Unexpected ')'", ")", None),
    ("close = 5", "Unexpected '='", "=", "=="),
    ("!close", "Unexpected '!'", "!", "not"),
    ("9**9**9", "Unexpected '**'", "**", "^"),
    ("9^9^9", "Constant part is not a finite number", "9^9^9", None),
    ("close * log(-1)", "Constant part is not a finite number", "log(-1)", None),
    ("1 + 1", "Expression uses no market data: it is a constant", "1 + 1", "close"),
    ("rank(1)", "rank needs a data series, not a constant", "1", "close"),
    ("close + ts_mean(2 * 3, 5)", "ts_mean needs a data series, not a constant", "2 * 3", "close"),
    ("ts_corr(close, -5, 10)", "ts_corr needs a data series, not a constant", "-5", "close"),
    ("clip(close, 3, 1)", "clip: lower bound is above the upper bound", "clip(close, 3, 1)", "clip(x, 1, 3)"),
    ("close < open < high", "Comparisons cannot be chained", "<", "and"),
    ("close ? 1", "A ':' is missing in 'condition ? a : b'", "", ":"),
    ("1 if close", "'else' is missing in 'a if condition else b'", "", "else"),
    ("close + not open", "'not' needs brackets here", "not", "(not …)"),
    ("if(close > open, 1, 0)", "Unexpected 'if'", "if", "where(cond, a, b)"),
    ("and(close, open)", "Unexpected 'and'", "and", "a and b"),
    ("rank(price)", "Unknown column or variable: 'price'", "price", "close"),
    ("rank(pb)", "Unknown column or variable: 'pb'", "pb", "pb_mrq"),
    ("1e999 * close", "Number too large: 1e999", "1e999", None),
    ("20abc", "Unexpected '20abc'", "20abc", None),
    ("__import__('os')", "Unexpected character ''' (U+0027)", "'", None),
    ("__import__(os)", "Unknown function: __import__", "__import__", None),
    ("close.__class__", "Unexpected character '.' (U+002E)", ".", None),
    ("__class__", "Unknown column or variable: '__class__'", "__class__", None),
    ("lambda x: x", "Unexpected 'x': an operator is missing before it", "x", None),
    ("(lambda: 0)()", "Unexpected ':'", ":", None),
    ("[c for c in close]", "Unexpected character '[' (U+005B)", "[", None),
    ("close\x00", "Unexpected character U+0000", "\x00", None),
    ("c\u202elose", "Unexpected character U+202E", "\u202e", None),
    ("\u0441lose", "Unexpected character '\u0441' (U+0441)", "\u0441", None),
    ("rank（close）", "Unexpected character '（' (U+FF08)", "（", "("),
    ("ts_mean(close，5)", "Unexpected character '，' (U+FF0C)", "，", ","),
    ("$close", "Unexpected character '$' (U+0024)", "$", "close"),
    ("close; open", "Unexpected character ';' (U+003B)", ";", None),
    ("\ud800", "Unexpected character U+D800", "\ud800", None),
    ("x" * 5000, "Expression is too long: 5000 characters, at most 4000", "x" * 1000, 4000),
    ("(" * 1000 + "close" + ")" * 1000, "Expression is too deep: more than 40 levels", "(", 40),
    ("-" * 1000 + "close", "Expression is too deep: more than 40 levels", "-", 40),
    ("rank(" * 41 + "close" + ")" * 41, "Expression is too deep: more than 40 levels", "(", 40),
    ("^".join(["close"] * 60), "Expression is too deep: more than 40 levels", "^", 40),
    ("+".join(["close"] * 201), "Expression is too large: more than 400 nodes", "close", 400),
]  # fmt: skip


def refusal_of(text: str) -> BadExpression:
    with pytest.raises(BadExpression) as caught:
        compile_expression(text)
    return caught.value


@pytest.mark.parametrize(("text", "message", "place", "nearest"), CASES, ids=lambda value: repr(value)[:40])
def test_the_error_names_the_place_the_reason_and_the_nearest(
    text: str, message: str, place: str | None, nearest: object
) -> None:
    error, calls = counted(lambda: refusal_of(text))
    assert calls < PROMPT
    assert error.message.startswith(message)
    if place is not None:
        assert text[error.start : error.end] == place
    if nearest is not None:
        assert error.nearest == nearest
    assert error.field == "expression"
    assert error.hint


@pytest.mark.parametrize("text", [None, 5, b"close", ["close"], float("nan")])
def test_what_is_not_text_is_refused(text: object) -> None:
    with pytest.raises(BadExpression):
        compile_expression(text)  # type: ignore[arg-type]


def test_a_chain_of_sums_as_long_as_allowed_is_read() -> None:
    assert compile_expression("+".join(["close"] * 200)).nodes == 399


def test_brackets_as_deep_as_allowed_are_read() -> None:
    assert compile_expression("(" * 40 + "close" + ")" * 40).canonical == "close"


def test_a_field_that_the_market_lacks_is_named() -> None:
    with pytest.raises(BadExpression, match="Missing field: 'cap'") as caught:
        compile_expression("rank(cap)", fields={"open", "close", "volume"})
    assert caught.value.code == "missing_field"
    with pytest.raises(BadExpression, match="Missing field: 'high'"):
        compile_expression("atr(14)", fields={"open", "close", "volume"})


def test_industry_operators_need_industries() -> None:
    with pytest.raises(BadExpression, match="needs industry data"):
        compile_expression("indneutralize(close)", has_industry=False)


def test_the_deepest_and_widest_definitions_stay_small() -> None:
    text = "close"
    for _ in range(38):
        text = f"ts_zscore({text}, 5)"
    expression, calls = counted(lambda: compile_expression(text))
    assert expression.warmup == 38 * 4
    assert calls < PROMPT


MARKED = [
    ("on_bars(close, bar)", "on_bars(close, bar)", None),
    ("1 + qlib_delta(close, bar, 5)", "qlib_delta(close, bar, 5)", "ts_delta"),
    ("qlib_mean_all(close, listed)", "qlib_mean_all(close, listed)", None),
    ("bar + close", "bar + close", None),
    ("qlib_other(close, SH600000)", "qlib_other(close, SH600000)", None),
]


@pytest.mark.parametrize(("text", "place", "nearest"), MARKED)
def test_what_a_factor_test_has_no_data_for_is_refused_before(text: str, place: str, nearest: object) -> None:
    with pytest.raises(BadExpression) as caught:
        compile_expression(text)
    error = caught.value
    assert (error.code, text[error.start : error.end], error.nearest) == ("marks", place, nearest)
    assert "quantgpt.features" in error.hint
    assert read_expression(text).text == text


@pytest.mark.parametrize("text", ["bar", "listed"])
def test_a_mark_alone_is_said_to_be_one(text: str) -> None:
    with pytest.raises(BadExpression, match="only marks the rows of a name"):
        compile_expression(text)


def test_an_error_as_text_shows_the_expression_and_the_place() -> None:
    with pytest.raises(BadExpression) as caught:
        compile_expression("rank(clos)")
    assert str(caught.value).endswith("(可改用 close), column 6 of 'rank(clos)'")
    long = " + ".join(["close"] * 40 + ["clos"] + ["close"] * 40)
    with pytest.raises(BadExpression) as caught:
        compile_expression(long)
    shown = caught.value.excerpt()
    assert len(shown) == 120
    assert shown[0] == shown[-1] == "…"
    assert " clos " in shown
    assert str(caught.value).endswith(f"column 321 of '{shown}'")
    with pytest.raises(BadExpression) as caught:
        compile_expression("rank(\n  clos\n)")
    assert str(caught.value).endswith("line 2, column 3 of 'rank(   clos )'")


def test_errors_point_into_the_right_line() -> None:
    with pytest.raises(BadExpression) as caught:
        compile_expression("rank(\n  clos\n)")
    assert (caught.value.line, caught.value.column) == (2, 3)
    assert caught.value.caret().splitlines() == ["  clos", "  ^^^^"]


def test_an_expression_read_deep_in_a_call_stack_is_refused_with_our_error() -> None:
    text = "(close or close and close > close + close * " * 20 + "close" + ")" * 20

    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
        else:
            compile_expression(text)

    with pytest.raises(BadExpression, match="too deep"):
        deeper(sys.getrecursionlimit() - stack_depth() - 60)
    compile_expression(text)


def stack_depth() -> int:
    frame, depth = sys._getframe(), 0
    while frame := frame.f_back:
        depth += 1
    return depth
