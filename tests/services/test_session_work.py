"""What the tasks of a session came to."""

from __future__ import annotations

import json
from typing import Any

from quantgpt.records.sessions import WorkRow
from quantgpt.services.sessions import Work, work_in


def row(state: str, **brief: Any) -> WorkRow:
    """A job with what its list entry shows."""
    return WorkRow(session_id="s", state=state, facts=json.dumps({"brief": brief}) if brief else None)


def test_the_best_of_tests_and_candidates_counts_with_its_grade() -> None:
    candidates = [{"score": 66.4, "grade": "B"}, {"score": 20.0, "grade": "D"}, {"score": None, "grade": None}]
    rows = [row("succeeded", score=52.3, grade="C"), row("succeeded", parent_score=90.0, candidates=candidates)]
    assert work_in(rows) == Work(rounds=2, best_score=66.4, best_grade="B")


def test_failures_and_what_runs_are_counted_apart() -> None:
    rows = [row("failed"), row("queued"), row("running"), row("succeeded", score=0.0, grade="D")]
    assert work_in(rows) == Work(rounds=4, running=2, failed=1, best_score=0.0, best_grade="D")


def test_nothing_has_no_best() -> None:
    assert work_in([]) == Work()
    assert work_in([row("succeeded", candidates=[])]) == Work(rounds=1)
