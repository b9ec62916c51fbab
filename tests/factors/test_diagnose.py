"""The first rule that fits decides what to change."""

import pytest

from quantgpt.factors.diagnose import ExpressionFacts, diagnose

RATIO = ExpressionFacts(nesting_depth=1, functions=[])
RANKED = ExpressionFacts(nesting_depth=2, functions=["rank"], windows=[20])


@pytest.mark.parametrize(
    ("facts", "values", "strategy"),
    [
        (RATIO, {"score": 10}, "regenerate_full"),
        (RATIO, {"ic_mean": 0.0}, "mutate_operator"),
        (RATIO, {"ic_mean": -0.02}, "mutate_signal_type"),
        (RATIO, {"ic_mean": 0.03, "ic_ir": 0.2}, "mutate_normalization"),
        (RANKED, {"ic_mean": 0.03, "ic_ir": 0.2}, "mutate_window"),
        (ExpressionFacts(nesting_depth=9), {"ic_mean": 0.03}, "simplify"),
    ],
)
def test_vectors(facts: ExpressionFacts, values: dict[str, float], strategy: str) -> None:
    assert diagnose(facts=facts, **values).strategy == strategy


def test_details_carry_what_the_rule_looked_at() -> None:
    assert diagnose(score=10).details == {"score": 10}
    facts = ExpressionFacts(functions=["ts_mean", "close"])
    assert diagnose(facts=facts).details["suggested_replacements"] == {"ts_mean": ["decay_linear", "ts_sum", "ts_std"]}
    assert diagnose(ic_mean=0.03, ic_ir=0.9, facts=RANKED).details["current_windows"] == [20]
    assert diagnose(ic_mean=0.03, ic_ir=0.2, facts=RATIO).details["has_normalization"] is False
    assert diagnose(ic_mean=0.03, facts=ExpressionFacts(nesting_depth=9)).details == {"nesting_depth": 9}


def test_every_diagnosis_has_a_reason() -> None:
    assert diagnose().to_json()["reason"]
