"""Evaluation: the same bits whatever is cut, shared or run beside it."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from tests.expr import fuzz
from tests.expr.made_market import made_market, permuted, prefix, suffix

from quantgpt.expr import EvalInputs, Expression, compile_expression, evaluate, evaluation, warm_up
from quantgpt.foundations.errors import BadExpression, BadRequest, NoData

MARKET = made_market(days=60, names=11, seed=2)


def random_expressions(count: int, depth: int, first: int = 0) -> list[Expression]:
    """That many valid random expressions."""
    found: list[Expression] = []
    seed = first
    while len(found) < count:
        seed += 1
        try:
            found.append(compile_expression(fuzz.expression(random.Random(seed), depth)))
        except BadExpression:
            continue
    return found


TREES = random_expressions(500, 4)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(b).tobytes()


def test_the_future_changes_no_bit_of_five_hundred_random_expressions() -> None:
    whole = evaluate(TREES, MARKET)
    for days in (1, 17, 43, 59):
        cut = evaluate(TREES, prefix(MARKET, days))
        changed = [e.text for e, a, b in zip(TREES, whole, cut, strict=True) if not same(a[:days], b)]
        assert not changed


def test_earlier_history_than_the_warmup_changes_no_bit_of_random_expressions() -> None:
    whole = evaluate(TREES, MARKET)
    for expression, panel in zip(TREES[:150], whole, strict=False):
        first = max(expression.warmup, 30)
        if first < 60:
            begin = first - expression.warmup
            cut = evaluate([expression], suffix(MARKET, begin))[0]
            assert same(cut[expression.warmup :], panel[first:]), expression.text


@pytest.mark.parametrize(("cells", "threads"), [(11, 1), (60, 2), (200, 3), (10**6, 2), (33, 7)])
def test_blocks_and_threads_change_no_bit(cells: int, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    trees = TREES[:120]
    plain = evaluate(trees, MARKET)
    monkeypatch.setattr(evaluation, "BLOCK_CELLS", cells)
    monkeypatch.setattr(evaluation, "FEWEST_ROWS", 1)
    monkeypatch.setattr(evaluation, "FEWEST_ROWS_PER_THREAD", 4)
    for expression, panel in zip(trees, plain, strict=True):
        assert same(evaluate([expression], MARKET, threads=threads)[0], panel), expression.text
    together = evaluate(trees, MARKET, threads=threads)
    assert all(same(a, b) for a, b in zip(together, plain, strict=True))


def test_sharing_changes_no_bit() -> None:
    together = evaluate(TREES[:200], MARKET)
    for expression, panel in zip(TREES[:200], together, strict=True):
        assert same(evaluate([expression], MARKET)[0], panel), expression.text


def test_shared_parts_are_computed_once() -> None:
    expressions = [
        compile_expression(t)
        for t in ("rank(ts_mean(close, 5))", "ts_mean(close, 5) + 1", "adv5", "ts_mean(volume, 5)")
    ]
    plan = evaluation.make_plan([e.plan for e in expressions])
    assert sorted(step.operator.name for step in plan.steps) == ["add", "rank", "ts_mean", "ts_mean"]


def test_the_canonical_text_gives_the_same_bits() -> None:
    again = [compile_expression(e.canonical) for e in TREES]
    for expression, a, b in zip(TREES, evaluate(TREES, MARKET), evaluate(again, MARKET), strict=True):
        assert same(a, b), expression.text


def test_shuffling_names_changes_no_rank() -> None:
    order = np.random.default_rng(0).permutation(11)
    expressions = [compile_expression(t) for t in ("rank(close/ts_mean(close, 20))", "ts_mean(rank(volume), 5)")]
    for a, b in zip(evaluate(expressions, MARKET), evaluate(expressions, permuted(MARKET, order)), strict=True):
        assert same(a[:, order], b)


def test_a_name_that_is_not_eligible_counts_as_missing_inside_a_window() -> None:
    eligible = np.ones_like(MARKET.eligible)
    eligible[30, 0] = False
    market = replace(MARKET, eligible=eligible)
    panel = evaluate([compile_expression("ts_mean(rank(weekday + 1), 5)")], market)[0]
    assert np.isnan(panel[30:35, 0]).all()
    assert np.isfinite(panel[35:, 0]).all()


def test_equal_expressions_share_one_panel_and_a_bare_field_is_copied() -> None:
    one, two, field = (compile_expression(t) for t in ("close + open", "open + close", "close"))
    a, b, c = evaluate([one, two, field], MARKET)
    assert a is b
    assert same(c, MARKET.fields["close"])
    assert not np.shares_memory(c, MARKET.fields["close"])


def test_results_are_contiguous_panels_of_the_shape_of_the_market() -> None:
    panel = evaluate([compile_expression("rank(close)")], MARKET)[0]
    assert panel.flags.c_contiguous
    assert panel.dtype == np.float64
    assert panel.shape == MARKET.eligible.shape


def test_padded_and_read_only_inputs_give_the_same_bits() -> None:
    wide = {name: np.full((60, 16), 7.0) for name in MARKET.fields}
    for name, panel in MARKET.fields.items():
        wide[name][:, :11] = panel
        wide[name].flags.writeable = False
    padded = replace(MARKET, fields={name: panel[:, :11] for name, panel in wide.items()})
    for a, b in zip(evaluate(TREES[:50], MARKET), evaluate(TREES[:50], padded), strict=True):
        assert same(a, b)


@pytest.mark.parametrize(("days", "names"), [(0, 3), (4, 0), (1, 1)])
def test_empty_and_tiny_markets_have_empty_and_tiny_panels(days: int, names: int) -> None:
    fields = {name: np.ones((days, names)) for name in MARKET.fields}
    market = EvalInputs(MARKET.days[:days], fields, np.ones((days, names), dtype=bool), np.zeros(names, dtype=np.int16))
    for panel in evaluate(TREES, market, threads=2):
        assert panel.shape == (days, names)


def test_nothing_asked_is_nothing_answered() -> None:
    assert evaluate([], MARKET) == []


def test_a_missing_field_is_named() -> None:
    with pytest.raises(NoData, match="cap"):
        evaluate([compile_expression("cap")], MARKET)


def test_panels_of_another_shape_are_refused() -> None:
    short = replace(MARKET, fields={**MARKET.fields, "close": MARKET.fields["close"][:-1]})
    with pytest.raises(BadRequest, match="shape"):
        evaluate([compile_expression("rank(close)")], short)
    with pytest.raises(BadRequest, match="session"):
        evaluate([compile_expression("rank(close)")], replace(MARKET, days=MARKET.days[:-1]))
    with pytest.raises(BadRequest, match="industry"):
        evaluate([compile_expression("indneutralize(close)")], replace(MARKET, industry=np.zeros(3, dtype=np.int16)))


def test_without_industries_industry_operators_are_missing() -> None:
    assert np.isnan(evaluate([compile_expression("indneutralize(close)")], replace(MARKET, industry=None))[0]).all()


def test_every_operator_can_be_compiled_ahead() -> None:
    assert warm_up() > 40


def test_windows_longer_than_the_market_cost_no_more_than_the_market() -> None:
    text = "close"
    for _ in range(30):
        text = f"ts_mean({text}, 1000)"
    expression = compile_expression(text)
    assert expression.warmup == 30 * 999
    assert np.isnan(evaluate([expression], MARKET, threads=2)[0]).all()


def test_a_folded_constant_may_stand_where_a_number_may() -> None:
    one, two = (
        compile_expression(t) for t in ("trade_when(close > open, 1 + 1, 0, 3)", "trade_when(close > open, 2, 0, 3)")
    )
    assert one.hash == two.hash
    panel = evaluate([one], MARKET)[0]
    assert set(panel[np.isfinite(panel)]) == {2.0}
