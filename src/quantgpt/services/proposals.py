"""Candidates from a language model: asked within a budget, read with tolerance, and never trusted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from quantgpt.foundations.chat import FAULTS_ZH, ModelFault
from quantgpt.foundations.progress import Note, tell
from quantgpt.research.answers import read_proposals
from quantgpt.research.asking import Asking
from quantgpt.research.generation import Draft, Generation, read_draft
from quantgpt.research.prompts import Parent, candidate_messages
from quantgpt.services._base import App

if TYPE_CHECKING:
    from quantgpt.services.searches import Search

MOST_CALLS = 4
SECONDS = 120.0
MOST_TOKENS = 3072
TEMPERATURE = 0.9
FEW = 4
"""candidates from which on two strategies are asked for"""
NO_MODEL: dict[str, Any] = {
    "used": False,
    "name": None,
    "calls": 0,
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "fault": None,
}


def ask_model(app: App, search: Search, generation: Generation, wanted: int) -> tuple[list[Draft], dict[str, Any]]:
    """At most `wanted` drafts of the model, and what the asking cost; none without a key or when the model is out.

    Half of the candidates of a larger generation are asked for with one strategy, half with another. What cannot be read
    or repeats a known factor is asked for once more; what is still bad afterwards takes its place as a failed candidate.
    """
    model = app.plugs.model(app.settings)
    if model is None:
        return [], dict(NO_MODEL)
    left = int(
        app.settings.model_daily_calls if (told := search.ask.briefing.get("model_calls_left")) is None else told
    )
    if left <= 0:
        return [], {**NO_MODEL, "name": model.name, "fault": {"kind": "budget", "zh": FAULTS_ZH["budget"]}}

    def receipt(row: dict[str, Any]) -> None:
        tell(search.progress, Note(model_calls=(row,)))

    asking = Asking(model=model, purpose="iterate", receipt=receipt, calls=min(MOST_CALLS, left), seconds=SECONDS)
    good: list[Draft] = []
    bad: list[Draft] = []
    fault: ModelFault | None = None
    try:
        for strategy, count in _orders(generation, wanted):
            _take(asking, search, generation, strategy, count, good, bad)
        if len(good) < wanted and bad:
            _take(asking, search, generation, generation.strategies(1)[0], wanted - len(good), good, bad)
    except ModelFault as error:
        fault = error
    drafts = (good + bad)[:wanted]
    return drafts, {
        "used": True,
        "name": model.name,
        "calls": asking.used,
        "prompt_tokens": asking.prompt_tokens,
        "completion_tokens": asking.completion_tokens,
        "fault": None if fault is None else {"kind": fault.kind, "zh": FAULTS_ZH[fault.kind]},
    }


def _orders(generation: Generation, wanted: int) -> list[tuple[str, int]]:
    """Which strategies are asked for, and how many candidates of each."""
    chosen = Counter(generation.strategies(wanted)).most_common(2)
    if wanted < FEW or len(chosen) == 1:
        return [(chosen[0][0], wanted)]
    return [(chosen[0][0], (wanted + 1) // 2), (chosen[1][0], wanted // 2)]


def _take(
    asking: Asking,
    search: Search,
    generation: Generation,
    strategy: str,
    count: int,
    good: list[Draft],
    bad: list[Draft],
) -> None:
    """One question; its answers go to the good or the bad ones."""
    known = [one.expression.text for one in search.memory.tried]
    ground = generation.ground
    messages = candidate_messages(
        Parent(
            expression=search.parent.text,
            strategy=strategy,
            metrics=_figures(search.parent_body),
            details=search.diagnosis["details"],
        ),
        count=count,
        forbidden=[*known, *(draft.text for draft in good + bad)],
        avoid=sorted(search.memory.worn.values()),
        fields=ground.fields,
        has_industry=ground.has_industry,
        seed=asking.used,
    )
    answer = asking.ask(messages, max_tokens=MOST_TOKENS, temperature=TEMPERATURE)
    try:
        proposals = read_proposals(answer.text, limit=count)
    except ModelFault as fault:
        bad.append(Draft(text="unknown", origin="llm", strategy=strategy, error=f"大模型{FAULTS_ZH[fault.kind]}"))
        return
    for draft in generation.proposed([read_draft(one, strategy, ground) for one in proposals]):
        (bad if draft.error else good).append(draft)


def _figures(body: dict[str, Any]) -> dict[str, Any]:
    """Figures of the parent on the open slice."""
    return {
        **{name: value for name, value in body["backtest_summary"].items() if isinstance(value, int | float)},
        "score": body["score"],
        "grade": body["grade"],
        "direction": body["direction"]["sign"],
    }
