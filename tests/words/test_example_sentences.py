"""The sentences that the start page offers become the expressions that stand below them, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quantgpt.research.offline import Proposal, propose

PAGE = Path(__file__).parents[2] / "web" / "src" / "features" / "examples"
FIELDS = frozenset(
    ("amount", "cap", "close", "high", "low", "market_cap", "open", "returns", "shares", "turn", "volume", "vwap")
)
IDEAS = json.loads((PAGE / "ideas.json").read_text())


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("idea", [idea for idea in IDEAS if not idea["bare"]], ids=lambda idea: idea["id"])
def test_a_sentence_becomes_what_is_shown(idea: dict[str, str], language: str) -> None:
    sentence = json.loads((PAGE / f"examples.{language}.json").read_text())[f"{idea['id']}_idea"]
    found = propose(sentence, fields=FIELDS, has_industry=False)
    assert isinstance(found, Proposal), found
    assert found.expression == idea["expression"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_example_in_the_composer_is_read(language: str) -> None:
    shown = json.loads((PAGE.parent / "composer" / f"composer.{language}.json").read_text())["placeholder"]
    sentence = shown.replace("：", ":").split(":", 1)[1].strip()
    assert isinstance(propose(sentence, fields=FIELDS, has_industry=False), Proposal)
