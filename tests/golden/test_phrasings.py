"""What people type, and what must come of it: words that name a factor give that factor, the others are refused.

`phrasings.tsv` holds words and a reference expression each, high for the names that the words call good. An answer is right
where its panel ranks the names of a day as the reference does, on average over the days, at least as closely as `least`.
`nonsense.tsv` holds words that nothing can be tested on, with the reason.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantgpt.expr import EvalInputs, Expression, compile_expression, evaluate
from quantgpt.foundations.panel import FloatPanel, MarketView
from quantgpt.market.demo import demo_view
from quantgpt.metrics.correlation import spearman
from quantgpt.research.offline import Proposal, Refusal, propose

HERE = Path(__file__).parent
COUNTED = 120
UNDERSTOOD = 100
REFUSED = 20
MISSES_ALLOWED = 2
STRICT = frozenset({"injection", "no-data"})
EVERY = 10
"""sessions between two that are compared"""
FEWEST = 20
"""names that a day must have in both panels to count"""
SIZE_FIELDS = frozenset({"cap", "market_cap", "shares", "turn"})


@dataclass(frozen=True)
class Phrase:
    """Words and what they mean."""

    id: str
    language: str
    text: str
    reference: str
    least: float


@dataclass(frozen=True)
class Nonsense:
    """Words that mean nothing testable, and why not."""

    id: str
    language: str
    text: str
    why: str


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a table beside this file."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


PHRASES = tuple(
    Phrase(row["id"], row["language"], row["text"], row["reference"], float(row["least"]))
    for row in rows("phrasings.tsv")
)
NONSENSE = tuple(Nonsense(**row) for row in rows("nonsense.tsv"))


@lru_cache(maxsize=1)
def view() -> MarketView:
    """A year and a half of the demo market, and the history before it that the longest reference reads."""
    return demo_view(assets=150, sessions=360, seed=29, warmup=300)


@lru_cache(maxsize=1)
def compared_rows() -> tuple[int, ...]:
    return tuple(range(view().first, view().days.size, EVERY))


@lru_cache(maxsize=1)
def references() -> tuple[FloatPanel, ...]:
    return tuple(evaluate([compile_expression(p.reference) for p in PHRASES], EvalInputs.of(view())))


def ask(text: str, **changed: Any) -> Any:
    """The engine's answer about the demo market, with all that it holds unless told otherwise."""
    about: dict[str, Any] = {"fields": frozenset(view().fields), "has_industry": True, **changed}
    return propose(text, **about)


def is_proposal(answer: Any) -> bool:
    assert isinstance(answer, Proposal | Refusal), f"propose gave a {type(answer).__name__}"
    return isinstance(answer, Proposal)


def likeness(panel: FloatPanel, reference: FloatPanel) -> float:
    """Mean over the compared days of the rank correlation of two panels among eligible names.

    A day on which the reference ranks names and the panel does not counts as 0, so that an answer which is missing or
    constant nearly everywhere is not called right for the few days that are left.
    """
    daily = []
    for t in compared_rows():
        known = view().eligible[t] & np.isfinite(reference[t])
        if known.sum() < FEWEST or np.ptp(reference[t, known]) == 0.0:
            continue
        both = known & np.isfinite(panel[t])
        value = spearman(panel[t, both], reference[t, both]) if both.sum() >= FEWEST else 0.0
        daily.append(value if np.isfinite(value) else 0.0)
    return float(np.mean(daily)) if daily else float("nan")


class TestTheSets:
    def test_there_are_enough_rows_in_both_languages(self) -> None:
        assert len(PHRASES) >= COUNTED
        assert len(NONSENSE) >= 25
        for languages in ([row.language for row in PHRASES[:COUNTED]], [row.language for row in NONSENSE]):
            assert 0.5 <= languages.count("zh") / len(languages) <= 0.75
            assert set(languages) == {"zh", "en"}

    def test_no_row_is_there_twice(self) -> None:
        ids = [row.id for row in PHRASES] + [row.id for row in NONSENSE]
        texts = [
            " ".join(text.lower().split()) for text in [row.text for row in PHRASES] + [row.text for row in NONSENSE]
        ]
        assert len(set(ids)) == len(ids)
        assert len(set(texts)) == len(texts)

    def test_the_language_is_that_of_the_text(self) -> None:
        for row in PHRASES:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in row.text) == (row.language == "zh")

    def test_the_thresholds_are_within_reach_and_not_lax(self) -> None:
        assert all(0.5 <= phrase.least <= 0.9 for phrase in PHRASES)

    def test_every_kind_of_nonsense_is_there(self) -> None:
        reasons = [row.why for row in NONSENSE]
        assert reasons.count("injection") >= 5
        assert reasons.count("no-data") >= 10
        assert len(reasons) - reasons.count("injection") - reasons.count("no-data") >= 10

    @pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.id)
    def test_every_reference_compiles_and_never_looks_ahead(self, phrase: Phrase) -> None:
        made = compile_expression(phrase.reference)
        assert made.lookahead == 0
        assert made.warmup <= view().first
        assert made.fields <= frozenset(view().fields)

    def test_every_reference_ranks_names_on_nearly_every_day(self) -> None:
        poor = []
        for phrase, panel in zip(PHRASES, references(), strict=True):
            good = 0
            for t in compared_rows():
                values = panel[t, view().eligible[t] & np.isfinite(panel[t])]
                good += values.size >= FEWEST and np.ptp(values) > 0.0
            if good < 0.95 * len(compared_rows()):
                poor.append(f"{phrase.id} {phrase.reference}: {good} of {len(compared_rows())} days")
        assert not poor, "\n".join(poor)

    def test_a_reference_is_like_itself_and_unlike_its_opposite(self) -> None:
        for phrase, panel in zip(PHRASES, references(), strict=True):
            assert likeness(panel, panel) == pytest.approx(1.0), phrase.id
            assert likeness(-panel, panel) == pytest.approx(-1.0), phrase.id

    def test_no_one_answer_is_right_for_many(self) -> None:
        for phrase, panel in zip(PHRASES[:COUNTED:20], references()[:COUNTED:20], strict=True):
            alike = sum(
                likeness(panel, other) >= row.least
                for row, other in zip(PHRASES[:COUNTED], references()[:COUNTED], strict=True)
            )
            assert alike <= COUNTED // 6, f"{phrase.reference} would pass for {alike} rows"


@lru_cache(maxsize=1)
def outcomes() -> tuple[tuple[Phrase, str, bool], ...]:
    """Of every phrase: what came of it, and whether that is right."""
    answers = [ask(phrase.text) for phrase in PHRASES]
    compiled: dict[int, Expression] = {
        i: compile_expression(answer.expression) for i, answer in enumerate(answers) if is_proposal(answer)
    }
    panels = dict(zip(compiled, evaluate(list(compiled.values()), EvalInputs.of(view())), strict=True))
    found = []
    for i, (phrase, answer, reference) in enumerate(zip(PHRASES, answers, references(), strict=True)):
        if i not in panels:
            found.append((phrase, f"refused: {answer.reason}", False))
            continue
        like = likeness(panels[i], reference)
        found.append((phrase, f"{answer.expression}  [{like:.2f} < {phrase.least}]", like >= phrase.least))
    return tuple(found)


def misses(found: tuple[tuple[Phrase, str, bool], ...]) -> str:
    return "\n".join(
        f"{phrase.id} {phrase.text}: {what}; wanted {phrase.reference}" for phrase, what, right in found if not right
    )


class TestTheEngine:
    def test_the_words_give_what_they_mean(self) -> None:
        found = outcomes()[:COUNTED]
        right = sum(good for _, _, good in found)
        assert right >= UNDERSTOOD, f"{right} of {COUNTED} understood; missed:\n{misses(found)}"

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_neither_language_is_left_behind(self, language: str) -> None:
        found = tuple(outcome for outcome in outcomes() if outcome[0].language == language)
        right = sum(good for _, _, good in found)
        assert right >= 0.75 * len(found), f"{right} of {len(found)} understood; missed:\n{misses(found)}"

    def test_what_means_nothing_is_refused(self) -> None:
        taken = [(row, ask(row.text)) for row in NONSENSE]
        taken = [(row, answer) for row, answer in taken if is_proposal(answer)]
        told = "\n".join(f"{row.id} ({row.why}) {row.text}: {answer.expression}" for row, answer in taken)
        assert len(taken) <= MISSES_ALLOWED, told
        assert len(NONSENSE) - len(taken) >= REFUSED, told
        assert not [row for row, _ in taken if row.why in STRICT], told

    def test_every_refusal_says_why_and_what_to_try(self) -> None:
        for row in NONSENSE:
            answer = ask(row.text)
            if is_proposal(answer):
                continue
            assert answer.reason.strip(), row.id
            assert answer.suggestions, f"{row.id} {row.text}: no suggestion"
            for suggestion in answer.suggestions:
                assert is_proposal(ask(suggestion)), f"{row.id}: the suggestion {suggestion!r} is itself refused"

    def test_a_refusal_repeats_nothing_that_could_run(self) -> None:
        for row in (row for row in NONSENSE if row.why == "injection"):
            answer = ask(row.text)
            assert not is_proposal(answer)
            assert not any(word in " ".join(answer.suggestions) for word in ("__import__", "DROP", "<script"))

    def test_an_answer_is_whole_and_the_same_each_time(self) -> None:
        for phrase in PHRASES:
            answer = ask(phrase.text)
            assert answer == ask(phrase.text)
            if not is_proposal(answer):
                assert answer.reason.strip()
                assert answer.suggestions
                continue
            assert answer.idea.strip(), phrase.id
            assert answer.hypothesis.strip(), phrase.id
            assert answer.direction in (-1, 1), phrase.id
            assert answer.horizon is None or answer.horizon >= 1, phrase.id
            assert isinstance(answer.parameters, dict)
            assert compile_expression(answer.expression).lookahead == 0, phrase.id

    def test_nothing_is_proposed_on_data_that_the_market_lacks(self) -> None:
        fields = frozenset(view().fields) - SIZE_FIELDS
        for phrase in PHRASES:
            answer = ask(phrase.text, fields=fields, has_industry=False)
            if is_proposal(answer):
                made = compile_expression(answer.expression)
                assert made.fields <= fields, f"{phrase.id}: {answer.expression}"
                assert not made.uses_industry, f"{phrase.id}: {answer.expression}"

    @pytest.mark.parametrize("text", ["小市值", "I'd like to test a small cap factor please", "大市值股票"])
    def test_size_is_refused_where_no_size_is_known(self, text: str) -> None:
        answer = ask(text, fields=frozenset(view().fields) - SIZE_FIELDS)
        assert not is_proposal(answer), answer
        assert answer.suggestions
