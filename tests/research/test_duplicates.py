"""What counts as the same factor: by form, by structure, by values."""

from __future__ import annotations

import doctest
import importlib
import random

import numpy as np
import pytest

from quantgpt.expr import EvalInputs, Expression, compile_expression, evaluate
from quantgpt.factors.ic import rank_rows
from quantgpt.market.demo import demo_view
from quantgpt.research.duplicates import Seen, form_of, near_twins, overlap, rank_correlation, redundancy
from quantgpt.research.mutations import Ground, mutation_names, mutations

FIELDS = frozenset(["open", "high", "low", "close", "volume", "amount", "returns", "vwap", "turn", "cap", "pct_change"])


def read(text: str) -> Expression:
    return compile_expression(text, fields=FIELDS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rank(rank(close/open))", "rank(close/open)"),
        ("close*volume", "volume*close"),
        ("exp(returns)", "returns"),
        ("tanh(rank(returns))", "returns"),
        ("2*returns + 1", "returns"),
        ("zscore(returns)", "scale(returns)"),
        ("(close - ts_mean(close, 20))/ts_mean(close, 20)", "close/ts_mean(close, 20)"),
        ("ts_delta(close, 20)/ts_shift(close, 20)", "close/ts_shift(close, 20)"),
        ("log(close) - log(open)", "close/open - 1"),
        ("ts_zscore(volume, 20)", "(volume - ts_mean(volume, 20))/ts_std(volume, 20)"),
        ("ts_mean(2*returns, 5)", "ts_mean(returns, 5)"),
        ("ts_std(returns + 1, 5)", "ts_std(returns, 5)"),
        ("ts_rank(exp(returns), 10)", "ts_rank(returns, 10)"),
        ("rank(-returns)*rank(volume)", "rank(volume)*rank(3 - 2*returns)"),
        ("(high + low)/close", "(low + high)/close"),
        ("close/open/high", "close/(open*high)"),
        ("where(returns > 0.01, volume, 1)", "where(0.01 < returns, volume, 1)"),
        ("0.5*2*returns", "returns"),
    ],
)
def test_spellings_of_one_ordering_share_form_and_sign(one: str, other: str) -> None:
    assert form_of(read(one)) == form_of(read(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-returns", "returns"),
        ("1 - rank(returns)", "returns"),
        ("ts_mean(close, 20)/close", "rank(close/ts_mean(close, 20))"),
        ("log(close/ts_shift(close, 5))", "ts_shift(close, 5)/close"),
        ("ts_corr(-close, volume*2, 10)", "ts_corr(volume, close, 10)"),
        ("close/(high + low)", "(high + low)/close"),
        ("-exp(returns)", "returns"),
    ],
)
def test_turned_round_is_the_same_form_with_the_other_sign(one: str, other: str) -> None:
    a, b = form_of(read(one)), form_of(read(other))
    assert a.key == b.key
    assert a.sign == -b.sign


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1/returns", "returns"),
        ("abs(returns)", "returns"),
        ("power(returns, 2)", "returns"),
        ("ts_rank(rank(close), 10)", "ts_rank(close, 10)"),
        ("ts_mean(rank(returns), 5)", "ts_mean(returns, 5)"),
        ("ts_mean(close, 20)", "ts_mean(close, 21)"),
        ("close - open", "close/open"),
        ("rank(close)*rank(open)", "close*open"),
        ("ts_mean(exp(returns), 5)", "ts_mean(returns, 5)"),
        ("clip(returns, -0.01, 0.01)", "returns"),
        ("log(returns)", "returns"),
    ],
)
def test_another_ordering_is_another_form(one: str, other: str) -> None:
    assert form_of(read(one)).key != form_of(read(other)).key


WRAPPERS = (
    ("rank({})", 1), ("2*({}) + 1", 1), ("exp(rank({}))", 1), ("tanh(zscore({}))", 1), ("-({})", -1),
    ("1 - ({})", -1), ("scale_abs({})", 1), ("sigmoid(scale({}))", 1), ("sign_power(zscore({}), 0.5)", 1),
    ("power(rank({}), 2)", 1), ("1/rank({})", -1), ("log(rank({}))", 1), ("sqrt(rank({}) + 1)", 1), ("({})/-3", -1),
)  # fmt: skip


def test_forms_agree_with_values() -> None:
    """Whatever is put around or inside a factor: one form means one ordering of every day, a sign its direction."""
    view = demo_view(assets=40, sessions=40, seed=5, warmup=60)
    rng = random.Random(11)
    bases = ["returns", "close/ts_mean(close, 5)", "ts_corr(high, volume, 10)", "rank(volume)*ts_std(returns, 5)"]
    texts = list(bases)
    for base in bases:
        for _ in range(8):
            text = base
            for _ in range(rng.randint(1, 3)):
                text = rng.choice(WRAPPERS)[0].format(text)
            texts.append(text)
    for name in mutation_names():
        texts += mutations(name, read(bases[1]), Ground(FIELDS), random.Random(3), 4)
    expressions = [read(text) for text in texts]
    panels = evaluate(expressions, EvalInputs.of(view))
    ranked = [rank_rows(panel, view.eligible) for panel in panels]
    rows = np.arange(view.first, view.days.size, dtype=np.int64)
    together = 0
    for i, one in enumerate(expressions):
        for j in range(i):
            a, b = form_of(one), form_of(expressions[j])
            agree = rank_correlation(ranked[i], ranked[j], rows)
            if a.key == b.key:
                together += 1
                assert agree == pytest.approx(a.sign * b.sign, abs=1e-9), (one.text, expressions[j].text)
    assert together > 100


def test_every_wrapper_keeps_the_form() -> None:
    base = form_of(read("ts_corr(high, volume, 10)"))
    for text, sign in WRAPPERS:
        form = form_of(read(text.format("ts_corr(high, volume, 10)")))
        assert (form.key, form.sign) == (base.key, sign * base.sign), text


def test_overlap_weighs_parts_by_size() -> None:
    """By hand: rank(close/open) has parts of 1, 1, 3 and 4 nodes, rank(close/high) of 1, 1, 3 and 4; only close is common."""
    assert overlap(read("rank(close/open)"), read("rank(close/high)")) == pytest.approx(1 / 17)
    a, b = read("ts_mean(close, 20)/close"), read("ts_mean(close, 20)/open")
    assert overlap(a, b) == overlap(b, a) == pytest.approx((1 + 2) / (1 + 2 + 4 + 1 + 4))


def test_near_twins_differ_by_a_breath_of_window() -> None:
    assert near_twins(read("rank(ts_mean(close, 20)/close)"), read("rank(ts_mean(close, 22)/close)"))
    assert not near_twins(read("rank(ts_mean(close, 20)/close)"), read("rank(ts_mean(close, 25)/close)"))
    assert not near_twins(read("rank(ts_mean(close, 20)/close)"), read("rank(ts_mean(open, 20)/close)"))


def test_seen_names_the_level_and_the_other() -> None:
    seen = Seen([read("rank(close/ts_mean(close, 20))")])
    same = seen.likeness(read("1 - ts_mean(close, 20)/close"))
    assert same is not None
    assert (same.level, same.other) == ("form", "rank(close/ts_mean(close, 20))")
    assert same.sentence.startswith("重复表达式")
    twin = seen.likeness(read("close/ts_mean(close, 21)*2"))
    assert twin is None
    twin = seen.likeness(read("rank(close/ts_mean(close, 21))"))
    assert twin is not None
    assert twin.level == "structure"
    assert seen.likeness(read("rank(volume)")) is None


def test_values_that_agree_make_a_duplicate_in_either_direction() -> None:
    view = demo_view(assets=60, sessions=80, seed=5, warmup=40)
    texts = ["ts_mean(returns, 20)", "ts_sum(returns, 20)", "-ts_mean(returns, 22)", "volume"]
    ranked = [rank_rows(p, view.eligible) for p in evaluate([read(t) for t in texts], EvalInputs.of(view))]
    rows = np.arange(view.first, view.days.size, dtype=np.int64)
    seen = Seen()
    seen.add(read(texts[0]), ranked[0])
    for text, values in zip(texts[1:3], ranked[1:3], strict=True):
        found = seen.likeness_of_values(values, rows)
        assert found is not None, text
        assert (found.level, found.other) == ("values", texts[0])
        assert found.degree > 0.9
    assert seen.likeness_of_values(ranked[3], rows) is None


def test_rank_correlation_is_the_mean_of_daily_spearman() -> None:
    """Against a slow count on made-up values without ties."""
    generator = np.random.default_rng(4)
    x, y = generator.normal(size=(30, 12)), generator.normal(size=(30, 12))
    rows = np.arange(30, dtype=np.int64)
    slow = []
    for t in rows[::5]:
        a, b = x[t].argsort().argsort(), y[t].argsort().argsort()
        slow.append(1 - 6 * float(((a - b) ** 2).sum()) / (12 * (144 - 1)))
    assert rank_correlation(rank_rows(x), rank_rows(y), rows) == pytest.approx(np.mean(slow))


def test_redundancy_against_published_sets() -> None:
    assert redundancy(read("ts_corr(rank(open), rank(volume), 10)"))["name"] == "alpha003"
    assert redundancy(read("close/ts_shift(close, 20) - 1"))["verdict"] == "same"
    assert redundancy(read("ts_skew(turn, 33)*sign(ts_kurt(amount, 17))"))["verdict"] == "distinct"


@pytest.mark.parametrize("name", ["duplicates", "bandit"])
def test_examples_in_the_documentation_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"quantgpt.research.{name}"))
    assert (found.failed, found.attempted > 0) == (0, True)
