"""Every mutation is valid in the open market, new, readable and the same for the same seed."""

from __future__ import annotations

import random

import pytest

from quantgpt.expr import Expression, compile_expression
from quantgpt.foundations.errors import NotFound
from quantgpt.research.duplicates import Seen, form_of
from quantgpt.research.memory import Memory, Tried
from quantgpt.research.mutations import MUTATIONS, Ground, mutation_names, mutations
from quantgpt.research.mutations._base import MOST_CHARACTERS, MOST_DEPTH, MOST_NODES

PRICES = frozenset(["open", "high", "low", "close", "volume", "amount", "returns", "vwap"])
FIELDS = PRICES | {"turn", "cap", "pct_change"}
STRATEGIES = (
    "mutate_normalization", "mutate_operator", "mutate_signal_type", "mutate_window", "regenerate_full", "simplify",
)  # fmt: skip
PARENTS = (
    "rank(close/ts_mean(close, 20))",
    "-ts_corr(rank(open), rank(volume), 10)",
    "rank(ts_std(returns, 20)) + 0.5*rank(volume/ts_mean(volume, 10))",
    "macd(close, 12, 26)/close",
    "close/open",
    "where(returns > 0, ts_rank(volume, 10), ts_zscore(amount, 20))",
    "decay_linear(ts_delta(vwap, 3)/vwap, 10)*sign(ts_delta(volume, 1))",
    "volume",
)


def read(text: str, fields: frozenset[str] = FIELDS) -> Expression:
    return compile_expression(text, fields=fields)


def test_the_six_strategies_are_there() -> None:
    assert mutation_names() == STRATEGIES
    assert all(MUTATIONS[name].zh and MUTATIONS[name].en for name in STRATEGIES)


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("parent", PARENTS)
def test_what_grows_is_valid_new_and_readable(name: str, parent: str) -> None:
    ground = Ground(PRICES, has_industry=False)
    source = read(parent, PRICES)
    made = mutations(name, source, ground, random.Random(4), 8)
    forms = {form_of(source).key}
    for text in made:
        found = compile_expression(text, fields=PRICES, has_industry=False)
        assert found.canonical == text
        assert found.lookahead == 0
        assert found.fields <= PRICES
        assert len(text) <= MOST_CHARACTERS
        assert found.nodes <= MOST_NODES
        assert found.depth <= MOST_DEPTH
        assert form_of(found).key not in forms
        forms.add(form_of(found).key)


@pytest.mark.parametrize("name", STRATEGIES)
def test_same_seed_same_texts_another_seed_others(name: str) -> None:
    parent, ground = read(PARENTS[2]), Ground(FIELDS)
    made = [mutations(name, parent, ground, random.Random(seed), 6) for seed in (1, 1, 2)]
    assert made[0] == made[1]
    assert made[0]
    if name != "simplify":
        assert len(made[0]) == 6
        assert made[0] != made[2]


def test_windows_change_and_nothing_else() -> None:
    for text in mutations("mutate_window", read("rank(close/ts_mean(close, 20))"), Ground(FIELDS), random.Random(1), 6):
        assert text.startswith("rank(close/ts_mean(close, ")
    for text in mutations("mutate_window", read("macd(close, 12, 26)/close"), Ground(FIELDS), random.Random(1), 9):
        fast, slow = (int(n) for n in text[len("macd(close, ") : -len(")/close")].split(", "))
        assert fast < slow


def test_simplifying_makes_smaller() -> None:
    parent = read(PARENTS[6])
    made = mutations("simplify", parent, Ground(FIELDS), random.Random(1), 9)
    assert made
    assert all(read(text).nodes < parent.nodes + 2 for text in made)


def test_operators_change_and_windows_stay() -> None:
    made = mutations("mutate_operator", read("ts_corr(close, volume, 15)"), Ground(FIELDS), random.Random(1), 2)
    assert "ts_cov(close, volume, 15)" not in made
    made = mutations("mutate_operator", read("rank(close/ts_mean(close, 15))"), Ground(FIELDS), random.Random(1), 5)
    assert "rank(close/decay_linear(close, 15))" in made


def test_what_was_seen_or_failed_does_not_grow_again() -> None:
    parent, ground = read("rank(close/ts_mean(close, 20))"), Ground(FIELDS)
    first = mutations("mutate_window", parent, ground, random.Random(1), 3)
    seen = Seen([read(text) for text in first])
    again = mutations("mutate_window", parent, ground, random.Random(1), 3, seen)
    assert not set(first) & set(again)
    failed = Memory.of([Tried(read(text), error="no data") for text in first])
    again = mutations("mutate_window", parent, Ground(FIELDS, memory=failed), random.Random(1), 3)
    assert not set(first) & set(again)


def test_crossing_uses_winners() -> None:
    winner = read("ts_skew(turn, 33)/ts_kurt(turn, 7)")
    memory = Memory.of([Tried(winner, "regenerate_full", 70.0, 50.0)])
    made = mutations("regenerate_full", read(PARENTS[0]), Ground(FIELDS, memory=memory), random.Random(3), 30)
    assert any("ts_skew(turn, 33)" in text or "ts_kurt(turn, 7)" in text for text in made)


def test_worn_parts_are_avoided() -> None:
    worn = [Tried(read(f"rank(close/ts_mean(close, 20))*{k}.5 + rank(volume)*{k}"), "", 40.0, 50.0) for k in (2, 3, 5)]
    memory = Memory.of(worn)
    assert memory.wear(read("rank(close/ts_mean(close, 20))")) == 1.0
    assert memory.wear(read("ts_std(returns, 20)/ts_std(returns, 60)")) == 0.0
    assert 0 < memory.wear(read("rank(close/ts_mean(close, 20))*rank(ts_std(returns, 20))")) < 1
    paid = Memory.of([Tried(one.expression, "", 60.0, 50.0) for one in worn])
    assert paid.wear(read("rank(close/ts_mean(close, 20))")) == 0.0


def test_memory_names_winners_once_and_counts() -> None:
    memory = Memory.of(
        [
            Tried(read("returns"), "a", 30.0, 50.0),
            Tried(read("2*returns"), "a", 45.0, 50.0),
            Tried(read("volume/ts_mean(volume, 5)"), "b", 60.0, 50.0),
            Tried(read("open/close"), "b", error="no data"),
        ]
    )
    assert [one.text for one in memory.winners()] == ["volume/ts_mean(volume, 5)", "2*returns"]
    assert memory.failed_before(read("close/open")) == "no data"
    assert memory.failed_before(read("high/low")) is None
    assert memory.to_json() == {"tried": 4, "failed": 1, "worn_parts": 0}


def test_an_unknown_strategy_is_refused() -> None:
    with pytest.raises(NotFound):
        mutations("mutate_everything", read("close/open"), Ground(FIELDS), random.Random(1), 1)


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_market_of_one_field_is_enough_or_none_is_found(name: str) -> None:
    fields = frozenset(["pb_mrq"])
    made = mutations(name, read("rank(pb_mrq)", fields), Ground(fields, has_industry=False), random.Random(1), 3)
    assert all(compile_expression(text, fields=fields, has_industry=False).fields == fields for text in made)


@pytest.mark.parametrize("name", STRATEGIES)
def test_long_parents_have_children_too(name: str) -> None:
    """A published factor of more than 500 characters."""
    from quantgpt.libraries import library

    long = max(library("gtja191"), key=lambda factor: len(factor.expression))
    parent = compile_expression(long.expression)
    assert len(parent.canonical) > MOST_CHARACTERS
    made = mutations(name, parent, Ground(parent.fields | FIELDS), random.Random(1), 2)
    assert len(made) == 2
