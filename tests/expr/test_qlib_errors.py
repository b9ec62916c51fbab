"""What Qlib refuses is refused with the place, the reason and the nearest valid thing; nothing else ever comes out."""

from __future__ import annotations

import re
import sys

import pytest
from tests._work import PROMPT, counted
from tests.expr import qlib_trees

from quantgpt.expr import colour_tokens, compile_expression, read_expression
from quantgpt.expr import expression as expression_module
from quantgpt.expr.dialects.misfits import LIBRARY_NAMES
from quantgpt.foundations.errors import BadExpression, BadRequest
from quantgpt.libraries import LIBRARIES

CASES = [
    ("", "Expression is empty", "", "$close/Ref($close,1)-1"),
    ("   ", "Expression is empty", "   ", None),
    ("Rank($close)", "Rank takes 2 arguments: Qlib has no rank across names", "Rank($close)", "Rank(x,N)"),
    ("Sqrt($close)", "Sqrt is not one of Qlib's operators", "Sqrt", 'compat="extended"'),
    ("CSRank($close)", "CSRank is not one of Qlib's operators", "CSRank", 'compat="extended"'),
    ("Zscore($close)", "Zscore is not one of Qlib's operators", "Zscore", 'compat="extended"'),
    ("mean($close,5)", "Unknown function: mean", "mean", "Mean"),
    ("Meen($close,5)", "Unknown function: Meen", "Meen", "Mean"),
    ("ts_mean($close,5)", "Unknown function: ts_mean", "ts_mean", "Mean"),
    ("Neg($close)", "Unknown function: Neg", "Neg", None),
    ("-$close", "'-' before an expression", "-", "0-x"),
    ("1+-$close", "'-' before an expression", "-", "0-x"),
    ("+$close", "'+' before an expression", "+", "x"),
    ("~($close>1)", "'~' before an expression", "~", "Not(x)"),
    ("Mean($close)", "Mean takes 2 arguments, got 1", "Mean($close)", "Mean(x,N)"),
    ("Abs($close,1)", "Abs takes 1 argument, got 2", "Abs($close,1)", "Abs(x)"),
    ("Mean()", "Mean takes 2 arguments, got 0", "Mean()", "Mean(x,N)"),
    ("Mean($close,5.0)", "Mean: Qlib takes the window as a whole number, got 5.0", "5.0", 5),
    ("Mean($close,10/2)", "Mean: Qlib takes the window as a whole number, got 5.0", "10/2", 5),
    ("Mean($close,1.5)", "Mean: Qlib takes the window as a whole number, got 1.5", "1.5", 2),
    ("Mean($close,0.0)", "Mean: Qlib takes the window as a whole number, got 0.0", "0.0", 1),
    ("EMA($close,5.0)", "EMA: Qlib takes the window as a whole number, got 5.0", "5.0", 5),
    ("Ref($close,1.5)", "Ref: Qlib takes the window as a whole number, got 1.5", "1.5", 2),
    ("Ref($close,0.5)", "Ref takes no share between 0 and 1, got 0.5", "0.5", 1),
    ("Slope($close,0.3)", "Slope takes no share between 0 and 1, got 0.3", "0.3", 1),
    ("Resi($close,0.3)", "Resi takes no share between 0 and 1, got 0.3", "0.3", 1),
    ("Mad($close,0.3)", "Mad takes no share between 0 and 1, got 0.3", "0.3", 1),
    ("Skew($close,0.3)", "Skew takes no share between 0 and 1, got 0.3", "0.3", 3),
    ("Mean($close,-5)", "Mean: window must be a literal integer between 1 and 1000, got -5", "-5", 1),
    ("Delta($close,-5)", "Delta: window must be a literal integer between 1 and 1000, got -5", "-5", 1),
    ("Mean($close,1001)", "Mean: window must be a literal integer between 1 and 1000, got 1001", "1001", 1000),
    ("Ref($close,1001)", "Ref: window must be a literal integer between -1000 and 1000, got 1001", "1001", 1000),
    ("Ref($close,-1001)", "Ref: window must be a literal integer between -1000 and 1000, got -1001", "-1001", -1000),
    ("Mean($close,$open)", "Mean: window must be a literal integer between 1 and 1000, got $open", "$open", 20),
    ("Mean($close,'5')", "Mean: window must be a literal integer between 1 and 1000, got '5'", "'5'", 20),
    ("Skew($close,2)", "Skew: the window must be 0 or at least 3, got 2", "2", 3),
    ("Kurt($close,3)", "Kurt: the window must be 0 or at least 4, got 3", "3", 4),
    ("Corr($close,$open,0)", "Corr takes no window of 0", "0", 1),
    ("Cov($close,$open,0)", "Cov takes no window of 0", "0", 1),
    ("Corr($close,5,10)", "Corr needs a data series, not a constant", "5", "$close"),
    ("Mean(5,5)", "Mean needs a data series, not a constant", "5", "$close"),
    ("Abs(-5)", "Abs needs a data series, not a constant", "-5", "$close"),
    ("Ref(5,1)", "Ref needs a data series, not a constant", "5", "$close"),
    ("Add(1,2)*$close", "Add needs a data series, not a constant", "Add(1,2)", "$close"),
    ("If(1,$close,2)", "If needs a data series, not a constant", "1", "$close"),
    ("Quantile($close,5,1.5)", "Quantile needs a number from 0 to 1, got 1.5", "1.5", 1),
    ("Quantile($close,5,$open)", "Quantile needs a number from 0 to 1, got $open", "$open", 0.5),
    ("1+2", "Expression uses no market data: it is a constant", "1+2", "$close"),
    ("'SH600000'", "Expression uses no market data: it is a constant", "'SH600000'", "$close"),
    ("1/0*$close", "Constant part is not a finite number", "1/0", None),
    ("9**9**9*$close", "Constant part is not a finite number", "9**9**9", None),
    ("(0-1)**0.5*$close", "Constant part is not a finite number", "(0-1)**0.5", None),
    ("(1>2)*$close", "Constant part is not a finite number", "(1>2)", None),
    ("$close*1e39", "*: 1e+39 is beyond single precision", None, None),
    ("1e999*$close", "Number too large: 1e999", "1e999", None),
    ("$close<$open<$high", "Comparisons cannot be chained", "<", "&"),
    ("$close>$open&$volume>0", "Comparisons cannot be chained", ">", "&"),
    ("($close>1)&($volume)", "&: & and | take conditions, not numbers", None, "($close>$open)&($volume>0)"),
    ("$close&$volume", "&: & and | take conditions, not numbers", None, None),
    ("Not($close)", "Not: Not takes a condition", "Not($close)", "Not($close>$open)"),
    ("Not(Ref($close>1,1))", "Not: Not takes a condition", None, None),
    ("($close>1)-($open>1)", "-: Conditions do not subtract", None, "If($close>$open,1,0)"),
    ("($close>1)/($open>1)", "/: Conditions do not divide", None, None),
    ("Delta($close>1,0)", "Delta: Conditions do not subtract", None, None),
    ("Log($close>1)", "Log: A condition has no logarithm", None, None),
    ("($close>1)**2", "**: A condition has no power", None, None),
    ("$close/Ref($close>1,1)", "/: A condition of another day is no number here", None, None),
    ("Greater(Ref($close>1,1),1)", "Greater: A condition of another day is no number here", None, None),
    ("Mask($close,SH600000)", "Unknown name: 'SH600000'", "SH600000", "'SH600000'"),
    ("Mask($close,5)", "Mask needs the code of an instrument in quotes, got 5", "5", "'SH000300'"),
    ("Mask($close,'a b;c')", "Mask: 'ab;c' is no code of an instrument", None, "'SH000300'"),
    ("Mask('SH600000',$close)", "Mask needs", None, None),
    ("$close+'a'", "+ needs an expression, not a text", "'a'", "$close"),
    ("$clos", "Unknown field: '$clos'", "$clos", "$close"),
    ("$bar", "Unknown field: '$bar'", "$bar", None),
    ("$$roe", "$$roe: point-in-time fields are not supported", "$$roe", None),
    ("P($$roe)", "$$roe: point-in-time fields are not supported", "$$roe", None),
    ("$", "Unexpected '$': a field name must follow", "$", "$close"),
    ("TResample($close,'W','last')", "Unknown function: TResample", "TResample", None),
    ("close", "Unknown name: 'close'", "close", "$close"),
    ("$close and $open", "Unexpected 'and'", "and", "&"),
    ("($close>1) or ($open>1)", "Unexpected 'or'", "or", "|"),
    ("not($close>1)", "Unexpected 'not'", "not", "Not(x)"),
    ("1 if $close>1 else 0", "Unexpected 'if'", "if", "If(cond,a,b)"),
    ("$close^2", "Unexpected '^'", "^", "**"),
    ("$close&&$open", "Unexpected '&&'", "&&", "&"),
    ("$close||$open", "Unexpected '||'", "||", "|"),
    ("$close=1", "Unexpected '='", "=", "=="),
    ("!$close", "Unexpected '!'", "!", "Not(x)"),
    ("$close%2", "Unexpected '%'", "%", None),
    ("$close//2", "Unexpected '//'", "//", "/"),
    ("$close $open", "Unexpected '$open': an operator is missing before it", "$open", None),
    ("$close+", "Unexpected end of expression", "", None),
    ("($close", "Unbalanced brackets: '(' is never closed", "(", None),
    ("$close)", "Unbalanced brackets: ')' has no '('", ")", None),
    ("Mean($close,)", "Unexpected ')'", ")", None),
    ("007*$close", "Unexpected '007': a leading zero", "007", "7"),
    ("$close*5x", "Unknown name: 'x'", "x", None),
    ("$$close_q", "$$close_q: point-in-time fields are not supported", "$$close_q", "$close"),
    ("sh600000", "Unknown name: 'sh600000'", "sh600000", "'SH600000'"),
    ("Mean+1", "Unknown name: 'Mean'", "Mean", "Mean(x,N)"),
    ("alpha158", "Unknown name: 'alpha158'", "alpha158", 'fields="alpha158"'),
    ("$industry", "$industry is no number: it only groups names", "$industry", None),
    ("Mean（$close，5）", "Unexpected character '（' (U+FF08)", "（", "("),
    ("Abs($close）", "Unexpected character '）' (U+FF09)", "）", ")"),
    ("Quantile($close,5,-1)", "Quantile needs a number from 0 to 1, got -1", "-1", 0),
    ("0x10*$close", "Unknown name: 'x10'", "x10", None),
    ("__import__('os')", "Unknown function: __import__", "__import__", None),
    ("$close.__class__", "Unexpected character '.' (U+002E)", ".", None),
    ("[c for c in $close]", "Unexpected character '[' (U+005B)", "[", None),
    ("Mean($close，5)", "Unexpected character '，' (U+FF0C)", "，", ","),
    ("\ud800", "Unexpected character U+D800", "\ud800", None),
    ("$close;1", "Unexpected character ';' (U+003B)", ";", None),
    ("'unclosed", "Unexpected character ''' (U+0027)", "'", None),
    ("$" + "x" * 5000, "Expression is too long: 5001 characters, at most 4000", None, 4000),
    ("(" * 1000 + "$close" + ")" * 1000, "Expression is too deep: more than 40 levels", "(", 40),
    ("-" * 1000 + "1+$close", "Expression is too deep: more than 40 levels", "-", 40),
    ("**".join(["$close"] * 60), "Expression is too deep: more than 40 levels", "**", 40),
    ("+".join(["$close"] * 201), "Expression is too large: more than 400 nodes", "$close", 400),
]  # fmt: skip


def refusal_of(text: str) -> BadExpression:
    with pytest.raises(BadExpression) as caught:
        read_expression(text, dialect="qlib")
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
    assert error.hint
    assert error.field == "expression"


@pytest.mark.parametrize(
    "text", ["nan", "True", "inf", "None", "Mean($close,N)", "0x10", "bar", "$bar", "$$roe", "zz+1"]
)
def test_nothing_is_offered_that_is_not_there(text: str) -> None:
    with pytest.raises(BadExpression) as caught:
        read_expression(text, dialect="qlib")
    assert caught.value.nearest is None
    assert not re.search(r"\$(nan|true|inf|none|n|x10|bar|roe|zz)\b", caught.value.hint)


def test_the_names_of_libraries_are_all_known() -> None:
    assert set(LIBRARIES.names()) == set(LIBRARY_NAMES)


HINTS = [
    ("Ref($close,1000000)", "qlib", "-1000 到 1000"),
    ("Quantile($close,5,1.5)", "qlib", "0 到 1"),
    ("Sqrt($close)", "qlib", "extended 或 strict"),
    ("RSI(14)", "qlib", "compat=extended 里"),
    ("Rank($close)", "strict", "CSRank(x)"),
    ("Std($close,0.3)", "strict", "只有 Mean EMA 接受"),
    ("alpha158", "qlib", 'fields="alpha158"'),
    ("$industry", "extended", "Neutralize($close,$industry)"),
]


@pytest.mark.parametrize(("text", "compat", "words"), HINTS)
def test_a_hint_is_true_of_its_table(text: str, compat: str, words: str) -> None:
    with pytest.raises(BadExpression) as caught:
        read_expression(text, dialect="qlib", compat=compat)  # type: ignore[arg-type]
    assert words in caught.value.hint


def test_a_window_that_may_not_look_ahead_is_positive() -> None:
    with pytest.raises(BadExpression, match="between 1 and 1000, got -2000") as caught:
        read_expression("Ref($close,-2000)", dialect="qlib", allow_lookahead=False)
    assert caught.value.nearest == 1


EXTENDED = [
    ("RSI(0)", "RSI takes no window of 0", "0", 1),
    ("RSI($close)", "RSI: window must be a literal integer", "$close", 20),
    ("Clip($close,1,-1)", "clip: lower bound is above the upper bound", None, "clip(x, -1, 1)"),
    ("Neutralize($close,3)", "Neutralize", "3", None),
    ("$industry*2", "* : $industry", None, None),
    ("Mask(CSRank($close),'A1')", "Mask: one name alone has no rank among others", None, None),
    ("scale($close,1,2)", "scale takes 1 argument, got 3", None, None),
    ("RSI(" * 6 + "$close" + ",6)" * 6, "Expression is too large", None, None),
]


@pytest.mark.parametrize(("text", "message", "place", "nearest"), EXTENDED, ids=lambda value: repr(value)[:40])
def test_the_extended_words_are_checked_too(text: str, message: str, place: str | None, nearest: object) -> None:
    with pytest.raises(BadExpression) as caught:
        read_expression(text, dialect="qlib", compat="extended")
    error = caught.value
    assert error.message.replace("*: ", "* : ").startswith(message)
    if place is not None:
        assert text[error.start : error.end] == place
    if nearest is not None:
        assert error.nearest == nearest
    assert error.hint


STRICT = [
    ("WMA($close,0)", "WMA takes no window of 0"),
    ("IdxMax($close,0)", "IdxMax takes no window of 0"),
    ("EMA($close,0)", "EMA takes no window of 0"),
    ("Std($close,0.3)", "Std takes no share between 0 and 1"),
    ("Mean($close,0.001)", "Mean: m / n is so small"),
    ("Rank($close)", "Rank takes 2 arguments"),
    ("qlib_mean($close,5)", "Unknown function: qlib_mean"),
    ("1/0*$close", "Constant part is not a finite number"),
]


@pytest.mark.parametrize(("text", "message"), STRICT)
def test_what_our_numbers_cannot_say_is_refused(text: str, message: str) -> None:
    with pytest.raises(BadExpression) as caught:
        read_expression(text, dialect="qlib", compat="strict")
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def test_looking_ahead_is_for_labels_only() -> None:
    for text, dialect in (("Ref($close,-1)", "qlib"), ("qlib_lead(close, 1)", "quantgpt")):
        assert read_expression(text, dialect=dialect).lookahead == 1  # type: ignore[arg-type]
        with pytest.raises(BadExpression, match="looks ahead") as caught:
            read_expression(text, dialect=dialect, allow_lookahead=False)  # type: ignore[arg-type]
        assert caught.value.code == "lookahead"
    with pytest.raises(BadExpression, match="looks ahead"):
        compile_expression("close/qlib_lead(close, 1)")


def test_a_field_that_the_data_lack_is_named() -> None:
    with pytest.raises(BadExpression, match=r"Missing field: '\$cap'") as caught:
        read_expression("$cap", dialect="qlib", fields={"open", "close", "amount"})
    assert caught.value.code == "missing_field"
    with pytest.raises(BadExpression, match=r"Unknown field: '\$my_feild'") as caught:
        read_expression("$my_feild", dialect="qlib", fields={"open", "my_field"})
    assert caught.value.nearest == "$my_field"
    assert read_expression("$My_Field", dialect="qlib", fields={"my_field"}).fields == {"my_field"}
    with pytest.raises(BadExpression, match="Unknown column or variable: 'nope'"):
        read_expression("qlib_field(nope)")


@pytest.mark.parametrize("text", ["Neutralize($close)", "Neutralize($close,$industry)", "group_rank($close)"])
def test_industries_are_needed_where_they_are_used(text: str) -> None:
    with pytest.raises(BadExpression, match="needs industry data"):
        read_expression(text, dialect="qlib", compat="extended", has_industry=False)


def test_a_field_that_a_combination_lacks_is_named_in_the_text_itself() -> None:
    with pytest.raises(BadExpression, match=r"Missing field: '\$high'") as caught:
        read_expression("1+ATR(14)", dialect="qlib", compat="extended", fields={"close", "low"})
    assert (caught.value.text, caught.value.start, caught.value.end) == ("1+ATR(14)", 2, 9)


@pytest.mark.parametrize("text", ["qlib_field(1)", "qlib_field()", "qlib_other(close)", "qlib_other(close, 1)"])
def test_the_spellings_of_odd_names_are_checked(text: str) -> None:
    with pytest.raises(BadExpression) as caught:
        read_expression(text)
    assert caught.value.code == "arity"


def test_an_unknown_dialect_or_table_is_refused() -> None:
    with pytest.raises(BadRequest, match="no dialect 'wq'"):
        read_expression("close", dialect="wq")  # type: ignore[arg-type]
    with pytest.raises(BadRequest, match="no compat 'loose'"):
        read_expression("close", compat="loose")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [None, 5, b"close", ["close"]])
def test_what_is_not_text_is_refused(text: object) -> None:
    with pytest.raises(BadExpression):
        read_expression(text, dialect="qlib")  # type: ignore[arg-type]
    assert colour_tokens(text, "qlib") == ()


def test_an_expression_read_deep_in_a_call_stack_is_refused_with_our_error() -> None:
    text = "($close+($close*($close>" * 13 + "$close" + ")))" * 13

    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
        else:
            read_expression(text, dialect="qlib")

    frame, depth = sys._getframe(), 0
    while frame := frame.f_back:  # type: ignore[assignment]
        depth += 1
    with pytest.raises(BadExpression, match="too deep"):
        deeper(sys.getrecursionlimit() - depth - 60)


def check(text: str, compat: str) -> int:
    """Read `text`, see that an expression or our error comes out, and return the number of calls that took."""
    expression_module._remembered_qlib.cache_clear()

    def attempt() -> BadExpression | None:
        try:
            read_expression(text, dialect="qlib", compat=compat)  # type: ignore[arg-type]
        except BadExpression as error:
            return error
        return None

    refusal, calls = counted(attempt)
    colour_tokens(text, "qlib")
    if refusal is not None:
        assert refusal.text == text
        assert 0 <= refusal.start <= refusal.end <= len(text)
        assert refusal.message
        assert refusal.hint
        assert refusal.caret()
    return calls


def check_many(seeds: range) -> None:
    laborious = []
    for seed in seeds:
        compat = ("qlib", "strict", "extended")[seed % 3]
        text = qlib_trees.sample(seed, compat)
        if check(text, compat) > PROMPT:
            laborious.append(text)
    assert not laborious


def test_six_hundred_random_texts_are_read_or_refused() -> None:
    read_expression("$close", dialect="qlib")
    check_many(range(600))


@pytest.mark.gate
@pytest.mark.timeout(900)
def test_twenty_thousand_random_texts_are_read_or_refused() -> None:
    read_expression("$close", dialect="qlib")
    check_many(range(1000, 21000))
