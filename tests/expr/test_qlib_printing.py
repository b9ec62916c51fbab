"""What is printed in either dialect reads back as the same tree; a translation is exact or says where it is not."""

from __future__ import annotations

import random

import pytest
from tests.expr import fuzz
from tests.expr.qlib_trees import random_qlib_text

from quantgpt.expr import Expression, compile_expression, operator_catalogue, print_tree, read_expression, translate
from quantgpt.expr.dialects.printing import NoWord
from quantgpt.foundations.errors import BadExpression, BadRequest

COMPATS = ("qlib", "strict", "extended")


def read(text: str, compat: str = "qlib") -> Expression:
    return read_expression(text, dialect="qlib", compat=compat)  # type: ignore[arg-type]


def round_trip(seed: int, compat: str) -> None:
    """Text → tree → text → tree, in both dialects."""
    rng = random.Random(seed)
    text = random_qlib_text(rng, rng.randint(1, 6), compat)
    expression = read(text, compat)
    again = read(expression.canonical, compat)
    assert (again.tree.key, again.plan.key, again.canonical) == (
        expression.tree.key,
        expression.plan.key,
        expression.canonical,
    ), text
    ours = read_expression(print_tree(expression.tree))
    assert (ours.tree.key, ours.plan.key, ours.hash, ours.left, ours.lookahead) == (
        expression.tree.key,
        expression.plan.key,
        expression.hash,
        expression.left,
        expression.lookahead,
    ), text


@pytest.mark.parametrize("compat", COMPATS)
def test_a_hundred_random_trees_round_trip(compat: str) -> None:
    for seed in range(100):
        round_trip(seed, compat)


@pytest.mark.gate
@pytest.mark.timeout(900)
@pytest.mark.parametrize("compat", COMPATS)
def test_ten_thousand_random_trees_round_trip(compat: str) -> None:
    for seed in range(1000, 11000):
        round_trip(seed, compat)


def ours_round_trip(seed: int) -> bool:
    """An expression of our own dialect in Qlib's words with our numbers, and back; whether it could be read at all."""
    try:
        expression = compile_expression(fuzz.expression(random.Random(seed), 4))
    except BadExpression:
        return False
    text = print_tree(expression.tree, "qlib", compat="strict")
    assert read(text, "strict").plan.key == expression.plan.key, (expression.text, text)
    return True


def test_two_hundred_of_our_own_trees_round_trip_in_qlibs_words() -> None:
    assert sum(ours_round_trip(seed) for seed in range(200)) > 150


@pytest.mark.gate
@pytest.mark.timeout(900)
def test_ten_thousand_of_our_own_trees_round_trip_in_qlibs_words() -> None:
    assert sum(ours_round_trip(seed) for seed in range(1000, 13000)) > 9000


@pytest.mark.parametrize("row", operator_catalogue(), ids=lambda row: row["name"])
def test_every_operator_of_ours_has_a_word_with_our_numbers(row: dict[str, str]) -> None:
    expression = compile_expression(row["example"])
    translation = translate(expression, "qlib", compat="strict")
    assert translation.exact
    assert read(translation.text, "strict").plan.key == expression.plan.key


PRINTED = [
    ("(($close))-(($open)-$high)", "$close-($open-$high)"),
    ("(($close*2)+1)/2", "($close*2+1)/2"),
    ("($close**2)**3", "($close**2)**3"),
    ("$close**(2-4)", "$close**(-2)"),
    ("$close*-3", "$close*-3"),
    ("(1>$close)&(2<$open)|($high==1)", "($open>2)&($close<1)|($high==1)"),
    ("($close>1)&(($open>2)|($high==1))", "($close>1)&(($high==1)|($open>2))"),
    ("(Mean($close,5)+1)>2", "Mean($close,5)+1>2"),
    ("Mul($close,1e-12)", "$close*1e-12"),
    ("Mul(Mean($close,2),1e-12)", "Mean($close,2)*1e-12"),
    ("1/3*$close", "$close*0.33333334"),
    ("1/3*Mean($close,2)", "Mean($close,2)*0.3333333333333333"),
    ("$close*16777217", "$close*16777216"),
    ("Ref( $close , -2 )", "Ref($close,-2)"),
    ("Add(Sub($a1,Mean($b2,3)),1)", "$a1-Mean($b2,3)+1"),
    ("ChangeInstrument('sh000300',$close)", "Mask($close,'SH000300')"),
]


@pytest.mark.parametrize(("text", "printed"), PRINTED)
def test_no_more_brackets_and_digits_than_needed(text: str, printed: str) -> None:
    fields = {"close", "open", "high", "a1", "b2"}
    expression = read_expression(text, dialect="qlib", fields=fields)
    assert expression.canonical == printed
    assert read_expression(printed, dialect="qlib", fields=fields).tree.key == expression.tree.key


def test_the_canonical_text_is_in_the_dialect_of_the_expression() -> None:
    assert read("Mean($close,5)").canonical == "Mean($close,5)"
    assert read_expression("qlib_mean(close, 5)").canonical == "qlib_mean(close, 5)"


def test_rewrites_of_our_own_numbers_leave_qlibs_alone() -> None:
    for text in (
        "$close-Ref($close,5)",
        "$close*1",
        "Abs(Abs($close))",
        "Sign(Sign($close))",
        "$close--1",
        "0-(0-$close)",
    ):
        expression = read(text)
        assert "ts_" not in print_tree(expression.tree)
        assert expression.canonical == text.replace("--1", "--1")
    assert read("$close-Ref($close,5)", "strict").canonical == "Delta($close,5)"


def test_a_tree_without_words_in_the_other_dialect_is_refused() -> None:
    with pytest.raises(NoWord, match="rank") as caught:
        print_tree(compile_expression("rank(close)").tree, "qlib")
    assert caught.value.operators == {"rank"}
    with pytest.raises(BadRequest):
        print_tree(compile_expression("close").tree, "wq")


TRANSLATIONS = [
    ("ts_mean(close, 20)/close", "quantgpt", "qlib", "strict", "Mean($close,20)/$close", True),
    ("ts_mean(close, 20)/close", "quantgpt", "qlib", "qlib", "Mean($close,20)/$close", False),
    ("rank(close/ts_mean(close, 20))", "quantgpt", "qlib", "strict", "CSRank($close/Mean($close,20))", True),
    ("rank(close/ts_mean(close, 20))", "quantgpt", "qlib", "extended", "CSRank($close/Mean($close,20))", False),
    ("rank(close)", "quantgpt", "qlib", "extended", "CSRank($close)", True),
    ("rank(close)", "quantgpt", "qlib", "qlib", "", False),
    ("max(close, ts_shift(open, 5))", "quantgpt", "qlib", "qlib", "Greater($close,Ref($open,5))", True),
    ("abs(close + open)", "quantgpt", "qlib", "qlib", "Abs($close+$open)", False),
    ("decay_linear(close, 5)", "quantgpt", "qlib", "qlib", "WMA($close,5)", False),
    ("decay_linear(close, 5)", "quantgpt", "qlib", "extended", "DecayLinear($close,5)", True),
    ("ts_av_diff(close, 5)", "quantgpt", "qlib", "qlib", "$close-Mean($close,5)", False),
    ("single(close)", "quantgpt", "qlib", "qlib", "$close", False),
    ("Mean($close,5)", "qlib", "quantgpt", "qlib", "qlib_mean(close, 5)", True),
    ("$close/$open", "qlib", "quantgpt", "qlib", "single(qlib_div(close, open))", True),
    ("Mask($close,'A')", "qlib", "quantgpt", "qlib", "qlib_other(close, A)", True),
    ("Ref($close,-2)", "qlib", "quantgpt", "qlib", "qlib_lead(close, 2)", True),
    ("Mean($close,5)", "qlib", "qlib", "qlib", "Mean($close,5)", True),
    ("Mean($close,5)", "qlib", "qlib", "strict", "Mean($close,5)", False),
    ("Ref($close,5)", "qlib", "qlib", "strict", "Ref($close,5)", True),
]


@pytest.mark.parametrize(("text", "dialect", "to", "compat", "wanted", "exact"), TRANSLATIONS)
def test_a_translation_is_exact_or_says_where_it_is_not(
    text: str, dialect: str, to: str, compat: str, wanted: str, exact: bool
) -> None:
    expression = read_expression(text, dialect=dialect)  # type: ignore[arg-type]
    translation = translate(expression, to, compat=compat)  # type: ignore[arg-type]
    assert (translation.text, translation.exact) == (wanted, exact)
    assert exact or translation.notes
    for note in translation.notes:
        assert note.zh
        assert note.en


def test_a_note_names_the_operators_and_the_reason() -> None:
    (note,) = translate(compile_expression("decay_linear(close, 5)"), "qlib").notes
    assert note.operators == ("decay_linear",)
    assert "WMA" in note.en
    (note,) = translate(read("Ref($close,-2)"), "quantgpt").notes
    assert "label" in note.en
    (note,) = translate(compile_expression("rank(close)"), "qlib").notes
    assert "CSRank" in note.en
    assert note.code == "refused"


LEVELS = [
    ("rank(close)", "quantgpt", ("rank",)),
    ("rank(close/ts_mean(close, 20))", "quantgpt", ()),
    ("rank(atr(14)/close) + zscore(rsi(close, 14))", "quantgpt", ()),
    ("rank(close*volume)", "quantgpt", ()),
    ("rank(volume/ts_mean(volume, 5)) + rank(amount) + rank(ts_corr(close, volume, 10))", "quantgpt", ()),
    ("rank(ts_slope(close, 20)/close)", "quantgpt", ()),
    ("rank(log(close))", "quantgpt", ("log", "rank")),
    ("where(close > 10, returns, 0)", "quantgpt", ("gt",)),
    ("close + volume", "quantgpt", ("add",)),
    ("indneutralize(ts_delta(close, 5))", "quantgpt", ("indneutralize",)),
    ("close", "quantgpt", ()),
    ("CSRank($close)", "qlib", ("rank",)),
    ("CSRank(($close-$open)/($high-$low+1e-12))", "qlib", ()),
    ("CSRank(Std($close,5)/$close)+CSRank(Var($close,5)/$close**2)", "qlib", ()),
    ("CSRank($close/Mask($close,'A'))", "qlib", ("rank",)),
    ("CSRank($factor)", "qlib", ("rank",)),
]


@pytest.mark.parametrize(("text", "dialect", "names"), LEVELS)
def test_what_compares_levels_across_names_is_said_to_depend_on_the_convention(
    text: str, dialect: str, names: tuple[str, ...]
) -> None:
    expression = read_expression(text, dialect=dialect, compat="extended")  # type: ignore[arg-type]
    there, here = ("qlib", "quantgpt") if dialect == "quantgpt" else ("quantgpt", "qlib")
    compat = "strict" if dialect == "quantgpt" else "extended"
    made = translate(expression, there, compat=compat)  # type: ignore[arg-type]
    assert made.exact
    assert [note.operators for note in made.notes if note.code == "level_scale"] == ([names] if names else [])
    same = translate(expression, here, compat=compat)  # type: ignore[arg-type]
    assert not [note for note in same.notes if note.code == "level_scale"]


def test_what_is_too_deep_to_be_spelled_out_is_said() -> None:
    chain = read("+".join(["$close"] * 100))
    translation = translate(chain, "quantgpt")
    assert not translation.exact
    assert "too large" in translation.notes[0].en
    assert translate(chain, "qlib").exact
    with pytest.raises(BadRequest):
        translate(chain, "wq")  # type: ignore[arg-type]
    for to in ("qlib", "quantgpt"):
        with pytest.raises(BadRequest, match="no compat 'foo'") as caught:
            translate(chain, to, compat="foo")  # type: ignore[arg-type]
        assert caught.value.field == "compat"
