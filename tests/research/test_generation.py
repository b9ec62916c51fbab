"""One generation: proposals are read, compared on three levels, topped up."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from quantgpt.expr import EvalInputs, Expression, compile_expression, evaluate
from quantgpt.factors.ic import Ranked, rank_rows
from quantgpt.market.demo import demo_view
from quantgpt.research.answers import Proposed
from quantgpt.research.bandit import Bandit
from quantgpt.research.duplicates import Seen
from quantgpt.research.generation import Draft, Generation, read_draft
from quantgpt.research.mutations import Ground, mutation_names

FIELDS = frozenset(["open", "high", "low", "close", "volume", "amount", "returns", "vwap"])
GROUND = Ground(FIELDS, has_industry=False)
PARENT = compile_expression("rank(close/ts_mean(close, 20))", fields=FIELDS)
VIEW = demo_view(assets=40, sessions=60, seed=5, warmup=130)


def values(expressions: Sequence[Expression]) -> list[Ranked | None]:
    return [rank_rows(panel, VIEW.eligible) for panel in evaluate(list(expressions), EvalInputs.of(VIEW))]


def generation(seed: int = 1) -> Generation:
    seen = Seen()
    seen.add(PARENT, values([PARENT])[0])
    return Generation(
        parent=PARENT,
        ground=GROUND,
        bandit=Bandit.of(mutation_names(), pull="mutate_window"),
        seen=seen,
        rng=random.Random(seed),
        values=values,
        rows=np.arange(VIEW.first, VIEW.days.size, dtype=np.int64),
    )


def propose(text: str) -> Draft:
    return read_draft(Proposed(expression=text, hypothesis="why", direction=-1, horizon=5), "simplify", GROUND)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("rank(close", "括号错误: "),
        ("rank(close))", "括号错误: "),
        ("foo(close)", "表达式验证失败: Unknown function"),
        ("cap", "表达式验证失败: "),
        ("ts_shift(close, -5)", "表达式验证失败: "),
        ("1", "表达式验证失败: "),
        ("__import__('os')", "表达式验证失败: "),
        ("", "表达式验证失败: Expression is empty"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, error: str) -> None:
    draft = propose(text)
    assert draft.error.startswith(error)
    assert draft.expression is None


def test_a_readable_proposal_keeps_its_reasons() -> None:
    draft = propose("-rank(volume)")
    assert draft.expression is not None
    assert (draft.origin, draft.strategy, draft.hypothesis, draft.direction, draft.horizon) == (
        "llm", "simplify", "why", -1, 5,
    )  # fmt: skip


def test_proposals_are_compared_on_three_levels() -> None:
    texts = {
        "ts_mean(close, 20)/close": "form",
        "rank(close/ts_mean(close, 21))": "structure",
        "close/ts_mean(vwap, 20)": "values",
        "rank(volume/ts_mean(volume, 60))": None,
        "volume/ts_mean(volume, 60) - 1": "form",
    }
    drafts = generation().proposed([propose(text) for text in texts])
    for draft, (text, level) in zip(drafts, texts.items(), strict=True):
        assert draft.text == text
        assert (draft.likeness.level if draft.likeness else None) == level, text
        assert draft.error == ("重复表达式" if level else "")
        assert (draft.expression is None) == (level is not None)


def test_mutations_fill_a_generation_with_different_factors() -> None:
    drafts = generation().mutated(8)
    assert len(drafts) == 8
    assert all(draft.expression is not None and not draft.error for draft in drafts)
    assert max(map([draft.strategy for draft in drafts].count, mutation_names())) <= 5
    panels = [one for one in values([draft.expression for draft in drafts if draft.expression]) if one is not None]
    seen = Seen()
    for draft, ranked in zip(drafts, panels, strict=True):
        assert draft.expression is not None
        assert seen.likeness(draft.expression) is None
        assert seen.likeness_of_values(ranked, np.arange(VIEW.first, VIEW.days.size, dtype=np.int64)) is None
        seen.add(draft.expression, ranked)


def test_the_same_seed_gives_the_same_generation() -> None:
    assert [d.text for d in generation(3).mutated(5)] == [d.text for d in generation(3).mutated(5)]
    assert [d.text for d in generation(3).mutated(5)] != [d.text for d in generation(4).mutated(5)]


def test_where_everything_was_tried_the_rest_says_so() -> None:
    """Values that all agree make every mutation a duplicate."""
    made = generation()
    same = values([PARENT])[0]
    made._values = lambda expressions: [same] * len(expressions)
    drafts = made.mutated(3)
    assert [draft.error for draft in drafts] == ["重复表达式"] * 3
    assert [draft.text for draft in drafts] == [PARENT.text] * 3
