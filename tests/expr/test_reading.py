"""What is written is read as the grammar says."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from quantgpt.expr import colour_tokens, compile_expression, operator_catalogue
from quantgpt.foundations.fields import FIELDS

SEED_EXAMPLES = [
    "rank(close/ts_mean(close, 20))",
    "rank(-1 * ts_delta(close, 5) / ts_shift(close, 5))",
    "rank(-1 * ts_std(returns, 20))",
    "rank(ts_corr(close, volume, 10))",
    "sign_power(rank(volume/adv20), 2) * rank((close-vwap)/close)",
]

SAME = [
    ("close*-1", "-close"),
    ("close/-1", "-close"),
    ("close - -1", "close - (-1)"),
    ("-close^2", "-(close^2)"),
    ("2^3^2 * close", "512 * close"),
    ("close + 1e-8", "close + 0.00000001"),
    ("close > open ? high : low", "where(close > open, high, low)"),
    ("high if close > open else low", "where(close > open, high, low)"),
    ("close>open ? 1 : close<open ? -1 : 0 * close", "where(close>open, 1, where(close<open, -1, 0*close))"),
    ("close > open and volume > adv5 or low < 3", "((close > open) and (volume > adv5)) or (low < 3)"),
    ("close > open & volume > adv5 | low < 3", "close > open and volume > adv5 or low < 3"),
    ("not close > open", "not (close > open)"),
    ("close + open * high ^ 2", "close + (open * (high ^ 2))"),
    ("close - open - high", "(close - open) - high"),
    ("close / open / high", "(close / open) / high"),
    ("close / open * high", "(close / open) * high"),
    ("close ^ -1", "close ^ (-1)"),
    ("+close", "close"),
    ("Rank(close)", "rank(close)"),
    ("TS_Mean(close, 5)", "ts_mean(close, 5)"),
    ("delta(close, 5)", "ts_delta(close, 5)"),
    ("delay(close, 5)", "ts_shift(close, 5)"),
    ("correlation(close, volume, 5)", "ts_corr(close, volume, 5)"),
    ("covariance(close, volume, 5)", "ts_cov(close, volume, 5)"),
    ("pow(close, 3)", "power(close, 3)"),
    ("close ^ 3", "power(close, 3)"),
    ("adv20", "ts_mean(volume, 20)"),
    ("sma(close, 5)", "ts_mean(close, 5)"),
    ("wma(close, 5)", "decay_linear(close, 5)"),
    ("indneutralize(close, industry)", "indneutralize(close)"),
    ("rank(rank(close))", "rank(close)"),
    ("abs(abs(close))", "abs(close)"),
    ("--close", "close"),
    ("close + open", "open + close"),
    ("max(close, open)", "max(open, close)"),
    ("ts_corr(close, volume, 5)", "ts_corr(volume, close, 5)"),
    ("close > open", "open < close"),
    ("close >= open", "open <= close"),
    ("close - ts_shift(close, 5)", "ts_delta(close, 5)"),
    ("close * (2 + 3)", "close * 5"),
    ("close * 1", "close"),
    ("close + -open", "close - open"),
    ("  close\n+\topen ", "close + open"),
]  # fmt: skip

CHAINS = [
    "+".join(["close"] * 200),
    "+".join(["vwap", "open", "low", "high", "close"] * 40),
    "*".join(["vwap", "open", "low", "high", "close"] * 40),
    "vwap" + "/open*low" * 90,
    "vwap" + "*-1*close" * 75,
    "vwap" + "-open+low" * 90,
    "vwap" + "- -open" * 130,
    "+".join(f"adv{n}" for n in range(1, 101)),
    "open and low or " * 90 + "close",
    "close > open ? high : " * 35 + "low",
    "^".join(["close"] * 39),
]


DIFFERENT = [
    ("close + open + high", "close + (open + high)"),
    ("close - open", "open - close"),
    ("ts_mean(close, 5)", "ts_mean(close, 6)"),
    ("rank(close)", "group_rank(close)"),
    ("zscore(zscore(close))", "zscore(close)"),
    ("(-close)^2", "-close^2"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_computation_have_one_canonical_form(one: str, other: str) -> None:
    first, second = compile_expression(one), compile_expression(other)
    assert first.canonical == second.canonical
    assert first.hash == second.hash


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_computations_have_different_hashes(one: str, other: str) -> None:
    assert compile_expression(one).hash != compile_expression(other).hash


@pytest.mark.parametrize(
    "text", [*SEED_EXAMPLES, *CHAINS, *(row["example"] for row in operator_catalogue())], ids=lambda text: text[:40]
)
def test_the_canonical_text_reads_back_as_itself(text: str) -> None:
    expression = compile_expression(text)
    again = compile_expression(expression.canonical)
    assert (again.canonical, again.hash, again.warmup) == (expression.canonical, expression.hash, expression.warmup)


@pytest.mark.parametrize(
    ("text", "warmup"),
    [
        ("close", 0),
        ("rank(close)", 0),
        ("ts_mean(close, 20)", 19),
        ("ts_shift(close, 5)", 5),
        ("ts_delta(ts_mean(close, 20), 5)", 24),
        ("ts_mean(ts_std(close, 20), 10) + ts_sum(close, 25)", 28),
        ("adv20", 19),
        ("ema(close, 4)", 11),
        ("rsi(close, 14)", 14),
        ("atr(14)", 14),
        ("macd(close, 12, 26)", 77),
        ("ts_zscore(ts_zscore(close, 5), 5)", 8),
        ("trade_when(close > open, close, 0, 8)", 7),
    ],
)
def test_the_warmup_is_the_longest_sum_along_a_path(text: str, warmup: int) -> None:
    assert compile_expression(text).warmup == warmup
    assert compile_expression(text).lookahead == 0


def test_the_fields_are_those_that_are_read() -> None:
    assert compile_expression("rank(close/vwap) * adv5").fields == {"close", "vwap", "volume"}
    assert compile_expression("atr(14)").fields == {"high", "low", "close"}


@pytest.mark.parametrize("name", [name for name, spec in FIELDS.items() if spec.in_expressions])
def test_every_field_may_be_read(name: str) -> None:
    assert compile_expression(name).fields == {name}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("close", "price"),
        ("volume", "shares"),
        ("close * volume", "money"),
        ("amount / volume", "price"),
        ("close / open", "ratio"),
        ("rank(close)", "ratio"),
        ("pct_change", "percent"),
        ("pct_change / 100", "percent"),
        ("close^2", "mixed"),
        ("day", "date"),
        ("close + 1", "price"),
    ],
)
def test_units_follow_the_arithmetic(text: str, unit: str) -> None:
    assert compile_expression(text).unit == unit


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rank(close + volume)", "units_differ"),
        ("rank(close > volume)", "units_differ"),
        ("rank(returns + pct_change)", "percent_and_fraction"),
        ("rank(returns > pct_change)", "percent_and_fraction"),
        ("rank(returns > 2)", "percent_and_fraction"),
        ("rank(returns < -2)", "percent_and_fraction"),
        ("close", "level"),
        ("rank(close - close)", "degenerate"),
        ("rank(ts_std(close, 1))", "too_short"),
        ("rank(ts_mean(close, 600))", "long_warmup"),
    ],
)
def test_what_looks_odd_is_noticed_with_its_place(text: str, code: str) -> None:
    notices = [notice for notice in compile_expression(text).notices if notice.code == code]
    assert notices
    assert 0 <= notices[0].start < notices[0].end <= len(text)
    assert notices[0].zh
    assert notices[0].en


@pytest.mark.parametrize("text", SEED_EXAMPLES)
def test_the_examples_look_odd_to_nobody(text: str) -> None:
    assert not compile_expression(text).notices


def test_every_character_that_is_not_space_is_in_one_coloured_token() -> None:
    text = "rank(close / ts_mean(close, 20)) > 0.5 and not volume == 1e-8 ? -1 : 'x' @"
    covered = [index for token in colour_tokens(text) for index in range(token.start, token.end)]
    assert covered == [index for index, character in enumerate(text) if character != " "]
    kinds = {token.text: str(token.kind) for token in colour_tokens(text)}
    assert kinds["rank"] == "function"
    assert kinds["close"] == "column"
    assert kinds["20"] == "number"
    assert kinds["and"] == "keyword"
    assert kinds["@"] == "unknown"


def test_the_words_say_what_is_computed_in_two_languages() -> None:
    expression = compile_expression("rank(-ts_std(returns, 20))")
    assert "截面排名" in expression.words_zh
    assert "20日标准差" in expression.words_zh
    assert expression.words_en == "The cross-sectional rank of minus the 20-day standard deviation of returns."


def test_an_expression_survives_a_trip_to_another_process() -> None:
    expression = compile_expression("+".join(["close"] * 150))
    assert pickle.loads(pickle.dumps(expression)) == expression


def test_reading_an_expression_imports_no_compiler_and_no_frames() -> None:
    code = (
        "import sys; from quantgpt.expr import compile_expression, operator_catalogue; operator_catalogue(); "
        "print([m for m in ('numba', 'pandas', 'scipy', 'pyarrow') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_catalogue_has_every_word_of_the_interface() -> None:
    rows = operator_catalogue()
    words = {word for row in rows for word in (row["name"], row["symbol"], *row["aliases"])}
    promised = """rank zscore sign log abs scale ts_mean ts_std ts_sum ts_max ts_min ts_shift ts_delta ts_rank ts_argmax
        ts_argmin decay_linear product ts_corr ts_cov power sign_power tanh sigmoid exp sqrt max min where clip + - * / ^
        > < >= <= == != and or delta delay correlation covariance pow indneutralize ts_av_diff ts_zscore ts_median ts_mad
        trade_when group_rank group_zscore ema sma wma rsi macd obv atr boll_upper boll_lower"""
    assert set(promised.split()) <= words
    for row in rows:
        assert row["zh"]
        assert row["en"].endswith(".") or row["en"]
        assert row["warmup"] == compile_expression(row["example"]).warmup
