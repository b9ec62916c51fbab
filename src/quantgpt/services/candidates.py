"""One candidate of an iteration: what was drafted, what its test gave, what is shown of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.series import Series
from quantgpt.research.duplicates import redundancy
from quantgpt.research.generation import Draft

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quantgpt.services.iterations import Iterate


@dataclass
class Tested:
    """One candidate on its way: what was drafted, what its test gave, what is shown of it."""

    draft: Draft
    body: dict[str, Any] = field(default_factory=dict)
    series: Mapping[str, Series] = field(default_factory=dict)
    active: NDArray[np.float64] | None = None
    row: dict[str, Any] | None = None
    cutoff: dict[str, Any] = field(default_factory=dict)
    """its result split at the day up to which the model that wrote it has read"""
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def score(self) -> float | None:
        """The score; None where it failed."""
        return self.shown.get("score") if self.shown.get("status") == "success" else None


def fast(tests: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The tests of an iteration, labelled as such; all of those it names were really run."""
    return {**tests, "mode": "fast"} if tests else None


_WHOLE = ("score_ci95", "reasons", "warnings", "decay", "regimes", "phases", "manifest")
"""what else of its test a candidate shows, so that its page is that of a result"""


def shown(tested: Tested, *, with_rolling: bool) -> dict[str, Any]:
    """The candidate as the contract has it; its report is named when the iteration ends."""
    draft, body = tested.draft, tested.body
    head = {
        "expression": draft.text,
        "origin": draft.origin,
        "strategy": draft.strategy,
        "hypothesis": draft.hypothesis or None,
        "expected_direction": draft.direction,
        "horizon": draft.horizon,
    }
    if not body:
        likeness = draft.likeness
        repeats = (
            {"level": likeness.level, "of": likeness.other, "degree": round(likeness.degree, 4)} if likeness else None
        )
        return {**head, "status": "failed", "error": draft.error, "duplicate": repeats}
    assert draft.expression is not None
    made = {
        **head,
        "status": "success",
        "score": body["score"],
        "grade": body["grade"],
        "component_scores": body["component_scores"],
        "score_uncapped": body["score_uncapped"],
        "caps": body["caps"],
        "backtest_summary": body["backtest_summary"],
        "anti_overfit": fast(body["anti_overfit"]),
        "report_metrics": body["metrics"],
        "report_url": None,
        "report_filename": None,
        "direction": body["direction"],
        "verdict": body["verdict"],
        **{name: body[name] for name in _WHOLE if name in body},
        "expression_hash": draft.expression.hash,
        "canonical": draft.expression.canonical,
        "overlap": round(draft.overlap, 4),
        "redundancy": redundancy(draft.expression),
        "cutoff": tested.cutoff,
        "search": None,
    }
    return made | ({"rolling_validation": body["rolling_validation"]} if with_rolling else {})


def strategies_used(drafts: Sequence[Draft]) -> dict[str, int]:
    """How often each strategy was used."""
    return dict(sorted(Counter(draft.strategy for draft in drafts).items()))


def result_of(tested: Tested, ask: Iterate, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a candidate as a plain test would give it; its report is made of it. `asked` says what became of the
    questions to a model."""
    draft = tested.draft
    assert draft.expression is not None
    params = {
        **tested.body["params"],
        "expression": draft.text,
        "canonical": draft.expression.canonical,
        "expression_hash": draft.expression.hash,
        **{name: getattr(ask, name) for name in ("universe", "n_groups", "holding_period", "benchmark")},
        "start_date": ask.start_date,
        "end_date": ask.end_date,
        "seal": True,
        "parent_task_id": ask.parent_task_id,
    }
    llm = author_of(draft, ask, asked)
    return {**tested.body, "params": params, "llm": llm, "search": tested.shown["search"], "cutoff": tested.cutoff}


def author_of(draft: Draft, ask: Iterate, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The block `llm` of a candidate: which engine wrote it, and after how many questions."""
    spoke = draft.origin == "llm"
    return {
        "prompt": ask.expression,
        "generated_expression": draft.text,
        "engine": draft.origin,
        "model": asked.get("name") if spoke else None,
        "used_llm": spoke,
        "attempts": asked.get("calls", 0) if spoke else 0,
        "tokens": asked.get("prompt_tokens", 0) + asked.get("completion_tokens", 0) if spoke else 0,
        "hypothesis": draft.hypothesis or None,
        "strategy": draft.strategy,
    }
