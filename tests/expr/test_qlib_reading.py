"""Qlib's texts are read as Qlib reads them: its grammar, its kinds of numbers, its rows."""

from __future__ import annotations

import pickle

import pytest

from quantgpt.expr import Expression, colour_tokens, operator_catalogue, print_tree, read_expression
from quantgpt.expr.analysis import warmup_of
from quantgpt.expr.dialects.names import TABLES


def read(text: str, compat: str = "qlib") -> Expression:
    return read_expression(text, dialect="qlib", compat=compat)  # type: ignore[arg-type]


SAME = [
    ("Mean($close, 5) / $close", "Mean($close,5)/$close"),
    ("$ cl ose", "$close"),
    ("Me an($close,1 0)", "Mean($close,10)"),
    ("$CLOSE", "$close"),
    ("Add($close,$open)", "$close+$open"),
    ("Sub($close,1)", "$close-1"),
    ("Mul(2,$close)", "$close*2"),
    ("Div($close,$open)", "$close/$open"),
    ("Power($close,2)", "$close**2"),
    ("Gt($close,$open)", "$close>$open"),
    ("5<$close", "$close>5"),
    ("5>=$close", "Le($close,5)"),
    ("And($close>1,$open>1)", "($close>1)&($open>1)"),
    ("Or($close>1,$open>1)", "($close>1)|($open>1)"),
    ("$close-$open-$high", "($close-$open)-$high"),
    ("$close/$open*$high", "($close/$open)*$high"),
    ("$close**2**3", "$close**8"),
    ("$close**$open**$high", "$close**($open**$high)"),
    ("$close*-2**2", "$close*(-4)"),
    ("2*3*$close", "6*$close"),
    ("$close*2*3", "($close*2)*3"),
    ("Mean($close,2*5)", "Mean($close,10)"),
    ("Ref($close,3-5)", "Ref($close,-2)"),
    ("($close>1)|($open>1)&($high>1)", "($close>1)|(($open>1)&($high>1))"),
    ("$close+1>$open", "($close+1)>$open"),
    ("ChangeInstrument('SH000300',$close)", 'Mask($close,"sh000300")'),
    ("Mean(Mask($close,'SH000300'),5)", "Mask(Mean($close,5),'SH000300')"),
    ("Mask($close,'A1')/Mask($open,'A1')", "Mask($close/$open,'A1')"),
    ("Mask(Mask($close,'A1'),'B1')", "Mask($close,'A1')"),
    ("($close>1)+($open>1)", "($close>1)|($open>1)"),
    ("($close>1)*($open>1)", "($close>1)&($open>1)"),
    ("If($close,1,2)", "If($close!=0,1,2)"),
    ("(Ref($close>1,1))&($open>1)", "(Ref($close>1,1)>0)&($open>1)"),
    ("Std($close,0.3)", "EMA($close,0.3)"),
    ("$close*0.1", "$close*0.10000000149011612"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_computation_are_one_tree(one: str, other: str) -> None:
    assert read(one).tree.key == read(other).tree.key
    assert read(one).hash == read(other).hash


DIFFERENT = [
    ("Mean($close,5)*0.1", "Mean($close,5)*0.10000000149011612"),
    ("$close*2*3", "$close*6"),
    ("Mask($close,'A1')/$open", "Mask($close/$open,'A1')"),
    ("Ref($close,1)", "Ref($close,-1)"),
    ("Ref($close,0)", "$close"),
    ("Mean($close,0)", "Mean($close,0.5)"),
    ("Corr(Mask($close,'A1'),$close,5)", "Mask(Corr($close,$close,5),'A1')"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_computations_are_different_trees(one: str, other: str) -> None:
    assert read(one).tree.key != read(other).tree.key


LADDER = [
    ("$close+$open", "single(qlib_add(close, open))"),
    ("$close*0.5", "single(qlib_mul(close, 0.5))"),
    ("$close-0.1", "single(qlib_sub(close, 0.10000000149011612))"),
    ("Mean($close,5)-0.1", "qlib_sub(qlib_mean(close, 5), 0.1)"),
    ("Mean($close,5)/$close", "qlib_div(qlib_mean(close, 5), close)"),
    ("Ref($close,1)/$close", "single(qlib_div(qlib_ref(close, 1), close))"),
    ("Delta($close,1)/$close", "single(qlib_div(single(qlib_delta(close, bar, 1)), close))"),
    ("Log($close)", "qlib_log32(close)"),
    ("Log(Mean($close,5))", "qlib_log(qlib_mean(close, 5))"),
    ("Power($close,0.1)", "qlib_power32(close, 0.10000000149011612)"),
    ("Power(Mean($close,2),0.1)", "qlib_power(qlib_mean(close, 2), 0.1)"),
    ("Sign(Mean($close,2))", "qlib_sign(single(qlib_mean(close, 2)))"),
    ("Sign($close)", "qlib_sign(close)"),
    ("$close>0.1", "qlib_gt(close, 0.10000000149011612)"),
    ("Mean($close,2)>0.1", "qlib_gt(qlib_mean(close, 2), 0.1)"),
    ("Greater($close,0.1)", "qlib_greater(close, 0.10000000149011612)"),
    ("If($close>$open,0.1,$close)", "qlib_if(qlib_gt(close, open), 0.10000000149011612, close)"),
    ("If($close>$open,0.1,0.2)*$close", "qlib_mul(close, qlib_if(qlib_gt(close, open), 0.1, 0.2))"),
    ("($close>$open)*$close", "single(qlib_mul(close, qlib_gt(close, open)))"),
    ("($close>$open)*0.1", "qlib_mul(qlib_gt(close, open), 0.1)"),
    ("Ref($close>$open,1)*$close", "qlib_mul(close, qlib_ref(on_bars(qlib_gt(close, open), bar), 1))"),
    ("Mean($close>$open,5)", "qlib_mean(on_bars(qlib_gt(close, open), bar), 5)"),
    ("Mean(If($close>$open,1,-1),5)", "qlib_mean(on_bars(qlib_if(qlib_gt(close, open), 1, -1), bar), 5)"),
    ("Mean($close**0,5)", "qlib_mean(on_bars(qlib_power32(close, 0), bar), 5)"),
    ("Mean($close**2,5)", "qlib_mean(qlib_power32(close, 2), 5)"),
    ("Ref(Mean($close,5),-1)", "qlib_lead(on_bars(qlib_mean(close, 5), bar), 1)"),
    ("Mean(Ref($close,-1),5)", "qlib_mean(on_bars(qlib_lead(close, 1), bar), 5)"),
    ("WMA($close,5)", "qlib_wma(close, bar, 5)"),
    ("$change", "qlib_field(change)"),
    ("Mask($close,'000300.SH')", "qlib_other(close, _3000300_2eSH)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), LADDER)
def test_the_tree_says_where_qlib_rounds_and_where_there_are_bars(text: str, tree: str) -> None:
    assert print_tree(read(text).tree) == tree


LEFT = [
    ("$close", 0, 0),
    ("Ref($close,5)", 5, 0),
    ("Ref($close,-5)", 0, 5),
    ("Ref(Ref($close,5),-5)", 5, 5),
    ("Mean(Ref($close,5),20)", 24, 0),
    ("Mean($close,5)+Ref($close,9)", 9, 0),
    ("Delta($close,3)", 2, 0),
    ("EMA($close,12)-EMA($close,26)", 25, 0),
    ("EMA($close,0.3)", 37, 0),
    ("Mean(Ref($close,4),0)", 4, 0),
    ("Ref($close,0)", 0, 0),
    ("Corr(Ref($close,2),$volume,10)", 11, 0),
    ("Quantile($close,5,0.8)", 4, 0),
    ("Quantile($close,0,0.8)", 0, 0),
    ("Ref(Mask(Mean($close,5),'SH000300')/$close,-2)", 4, 2),
]


@pytest.mark.parametrize(("text", "left", "lookahead"), LEFT)
def test_the_rows_before_and_after_are_those_that_qlib_loads(text: str, left: int, lookahead: int) -> None:
    expression = read(text)
    assert (expression.left, expression.lookahead) == (left, lookahead)


ORIGINS = [
    ("EMA($close,5)", "qlib_ema(close, bar:4, 5)"),
    ("EMA($close,5)+Ref($close,9)", "qlib_add(qlib_ema(close, bar:9, 5), qlib_ref(close, 9))"),
    ("Delta(Mean($close,5),3)", "qlib_delta(qlib_mean(on_bars(close, bar:6), 5), bar:6, 3)"),
    ("WMA($close,5)", "qlib_wma(close, bar, 5)"),
    ("Mean($close>$open,0)", "qlib_mean_all(on_bars(qlib_gt(close, open), bar), bar:0)"),
    (
        "Ref(Ref($close>1,1),0)",
        "qlib_first(qlib_ref(on_bars(qlib_gt(on_bars(close, bar:1), 1), bar:1), 1), bar:1)",
    ),
    (
        "Mask(EMA($close,5),'A')/Ref($close,9)",
        "qlib_div(qlib_other(on_bars(qlib_ema(close, bar:9, 5), bar), A), qlib_ref(close, 9))",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "plan"), ORIGINS)
def test_what_starts_with_the_question_sees_only_the_rows_loaded(text: str, plan: str) -> None:
    assert print_tree(read(text).plan) == plan


def test_another_name_is_a_leaf_with_its_own_expression() -> None:
    expression = read("Mean($close,5)/Mask(Mean($vwap,5),'SH000300')")
    (leaf,) = expression.others
    code, inner = expression.others[leaf]
    assert leaf.startswith("other:SH000300:")
    assert code == "SH000300"
    assert inner.canonical == "on_bars(qlib_mean(vwap, 5), bar)"
    assert inner.fields == {"vwap"}
    assert expression.fields == {"close", "vwap"}


STRICT = [
    ("Mean($close,5)", "ts_mean(close, 5)"),
    ("Ref($close,0)/$open", "close/open"),
    ("$close>0.1", "close > 0.1"),
    ("-$close", "-close"),
    ("~($close>1)", "not close > 1"),
    ("WMA($close,5)", "decay_linear(close, 5)"),
    ("Mean($close,0)", "qlib_mean_all(close, listed)"),
    ("Std($close,0)", "qlib_std_all(close, listed)"),
    ("Mean($close,0.3)", "ewma(close, 1, 0.3)"),
    ("IdxMax($close,5)", "ts_max_position(close, 5)"),
    ("Mad($close,5)", "ts_mean_deviation(close, 5)"),
    ("If($close>$open,$high,0)", "where(close > open, high, 0)"),
    ("Greater($close,$open)", "max(close, open)"),
    ("$close-Ref($close,5)", "ts_delta(close, 5)"),
    ("Ref($close,-2)", "qlib_lead(close, 2)"),
    ("CSRank($close)", "rank(close)"),
    ("Neutralize($close,$volume)", "cs_residual(close, volume)"),
    ("ts_zscore($close,20)", "ts_zscore(close, 20)"),
]


@pytest.mark.parametrize(("text", "ours"), STRICT)
def test_strict_gives_our_numbers_to_qlibs_words(text: str, ours: str) -> None:
    expression = read(text, "strict")
    assert print_tree(expression.tree) == ours
    assert expression.hash == read_expression(ours).hash


def test_strict_reads_all_rows_since_the_listing() -> None:
    expression = read("Mean($close,0)+Ref($close,5)", "strict")
    assert print_tree(expression.plan) == "qlib_mean_all(close, bar) + ts_shift(close, 5)"


EXTENDED = [
    ("Rank($close)", "CSRank($close)"),
    ("cs_rank($close)", "CSRank($close)"),
    ("Zscore($close)", "CSZScore($close)"),
    ("Rank($close,5)", "Rank($close,5)"),
    ("TS_RANK($close,5)", "Rank($close,5)"),
    ("-$close", "0-$close"),
    ("-$close**2", "0-$close**2"),
    ("+$close", "$close"),
    ("~($close>1)", "Not($close>1)"),
    ("Neutralize($close)", "Neutralize($close)"),
    ("Neutralize($close,$industry)", "Neutralize($close)"),
    ("ts_mean($close,5)", "Mean($close,5)"),
    ("delay($close,5)", "Ref($close,5)"),
    ("correlation($close,$volume,5)", "Corr($close,$volume,5)"),
    ("decay_linear($close,5)", "DecayLinear($close,5)"),
    ("MACD()", "(EMA($close,12)-EMA($close,26))/$close"),
    ("MACD(5,10)", "(EMA($close,5)-EMA($close,10))/$close"),
    ("BOLL(20)", "($close-Mean($close,20))/(Std($close,20)*2+1e-12)"),
    ("Sqrt($volume)", "Sqrt($volume)"),
    ("Clip($close,-1,1)", "Clip($close,-1,1)"),
    ("group_rank($close)", "group_rank($close)"),
]


@pytest.mark.parametrize(("text", "canonical"), EXTENDED)
def test_extended_adds_words_to_qlibs(text: str, canonical: str) -> None:
    assert read(text, "extended").canonical == canonical


OURS_ON_QLIBS = [
    ("DecayLinear($close>1,5)", "decay_linear(on_bars(qlib_gt(close, 1), bar), 5)"),
    ("DecayLinear($close,5)", "decay_linear(close, 5)"),
    ("CSRank($close)", "rank(close)"),
    ("CSRank($close>1)", "rank(on_bars(qlib_gt(close, 1), bar))"),
    ("CSRank(Mean($close,5))", "rank(on_bars(qlib_mean(close, 5), bar))"),
    ("Sqrt($close>1)", "sqrt(qlib_gt(close, 1))"),
]


@pytest.mark.parametrize(("text", "tree"), OURS_ON_QLIBS)
def test_our_windows_and_ranks_see_qlibs_values_only_where_there_are_bars(text: str, tree: str) -> None:
    assert print_tree(read(text, "extended").tree) == tree


@pytest.mark.parametrize("text", ["RSI(14)", "RSI()", "RSI($close,14)", "rsi(14)"])
def test_a_combination_shows_what_it_stands_for(text: str) -> None:
    expression = read(text, "extended")
    shown = "100*Sum(Greater($close-Ref($close,1),0),14)/(Sum(Abs($close-Ref($close,1)),14)+1e-12)"
    (notice,) = [one for one in expression.notices if one.code == "expanded"]
    assert notice.en == f"{text} stands for {shown}"
    assert (notice.start, notice.end) == (0, len(text))
    assert expression.tree.key == read(shown, "extended").tree.key


@pytest.mark.parametrize(("text", "word"), [("Max($close-1,0)", "Greater"), ("1+Min($close-1,0)", "Less")])
def test_an_expanding_extreme_is_remarked_on(text: str, word: str) -> None:
    (notice,) = [one for one in read(text).notices if one.code == "expanding_extreme"]
    assert word in notice.en
    assert word in notice.zh
    assert text[notice.start : notice.end].startswith(("Max", "Min"))


@pytest.mark.parametrize(
    ("text", "compat", "code"),
    [
        ("EMA($close,5)/$close", "qlib", "depends_on_start"),
        ("Mean($volume,0)/$volume", "qlib", "depends_on_start"),
        ("Mean($volume,0)/$volume", "strict", "unbounded"),
    ],
)
def test_a_value_without_a_fixed_warmup_is_remarked_on(text: str, compat: str, code: str) -> None:
    assert [notice.code for notice in read(text, compat).notices] == [code]


@pytest.mark.parametrize("compat", ["qlib", "strict", "extended"])
@pytest.mark.parametrize("text", ["Mean($close,5)/$close", "Mask(EMA($close,5),'A')/$close", "Ref($close,-2)"])
def test_expressions_survive_pickling(text: str, compat: str) -> None:
    expression = read(text, compat)
    again = pickle.loads(pickle.dumps(expression))
    assert again == expression
    assert (again.dialect, again.compat, again.plan.key) == ("qlib", compat, expression.plan.key)


def test_imported_fields_survive_pickling_too() -> None:
    expression = read_expression("$换手率/Mean($my_field,5)", dialect="qlib", fields={"换手率", "my_field"})
    assert expression.fields == {"换手率", "my_field"}
    assert pickle.loads(pickle.dumps(expression)).hash == expression.hash
    ours = print_tree(expression.tree)
    assert read_expression(ours, fields={"换手率", "my_field"}).plan.key == expression.plan.key
    assert read_expression("my_field/close", fields={"close", "my_field"}).fields == {"close", "my_field"}


def test_the_bar_mark_is_no_field_and_looking_ahead_has_no_history() -> None:
    expression = read("Mean($close>1,5)+Ref($close,-3)")
    assert expression.fields == {"close"}
    assert warmup_of(expression.plan) == 4


@pytest.mark.parametrize("compat", list(TABLES))
def test_the_catalogue_lists_every_word_with_a_working_example(compat: str) -> None:
    rows = operator_catalogue("qlib", compat)  # type: ignore[arg-type]
    assert {row["name"] for row in rows} == {row.word for row in TABLES[compat].rows} - {"Neg"}
    for row in rows:
        assert row["zh"]
        assert row["en"]
        assert row["name"] in row["signature"]
        assert read(row["example"], compat).warmup == row["warmup"]


def test_qlib_texts_are_coloured() -> None:
    kinds = {token.text: str(token.kind) for token in colour_tokens("Mask($close,'A1') > 0.5 @ x", "qlib")}
    assert kinds["Mask"] == "function"
    assert kinds["$close"] == "column"
    assert kinds["'A1'"] == "string"
    assert kinds["x"] == "unknown"


def test_words_say_what_is_computed() -> None:
    expression = read("Mean($close>Ref($close,1),5)")
    assert "均值" in expression.words_zh
    assert "single" not in expression.words_en
    assert "SH000300" in read("Mask($close,'SH000300')/$close").words_en
