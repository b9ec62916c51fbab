"""Words without a language model: the offline engine answers, or says what it did not understand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.words._heard import Heard, app_with

from quantgpt.expr import compile_expression
from quantgpt.foundations.errors import BadExpression
from quantgpt.services._base import App
from quantgpt.services.words import NO_KEY, NotUnderstood, worded

GOLDEN = Path(__file__).parents[1] / "golden"


def texts(name: str) -> list[str]:
    with (GOLDEN / name).open(encoding="utf-8") as handle:
        return [row["text"] for row in csv.DictReader(handle, delimiter="\t")]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with pytest.MonkeyPatch.context() as patch:
        yield app_with(None, tmp_path_factory.mktemp("offline"), patch)


def test_a_named_idea_becomes_an_expression_with_its_parameters(app: App) -> None:
    heard = Heard()
    made = worded(app, "30日动量", app.markets.open(), heard, {"model_calls_left": 0})
    assert made.expression == compile_expression(made.expression_text)
    assert made.expression.hash == compile_expression("close / ts_shift(close, 30) - 1").hash
    assert made.llm == {
        "prompt": "30日动量",
        "generated_expression": made.expression_text,
        "engine": "offline",
        "model": None,
        "used_llm": False,
        "attempts": 0,
        "tokens": 0,
        "hypothesis": made.llm["hypothesis"],
        "direction": 1,
        "horizon": made.llm["horizon"],
        "prompt_hash": None,
        "answer_hash": None,
        "idea": "momentum",
        "parameters": {"n": 30},
    }
    assert made.llm["hypothesis"]
    assert (heard.expressions, heard.calls) == ([made.expression_text], [])


@pytest.mark.parametrize("text", texts("nonsense.tsv"))
def test_what_means_nothing_is_refused_with_something_to_try(app: App, text: str) -> None:
    heard = Heard()
    with pytest.raises((NotUnderstood, BadExpression)) as caught:
        worded(app, text, app.markets.open(), heard, {})
    assert heard.calls == []
    if isinstance(caught.value, BadExpression):
        assert not any("\u3400" <= mark <= "\u9fff" for mark in text)
        return
    assert caught.value.message.startswith("没有从描述中识别出可检验的因子")
    assert caught.value.hint.startswith(NO_KEY)
    assert (caught.value.field, caught.value.code) == ("prompt", "not_understood")
    assert caught.value.nearest == caught.value.suggestions[0]
    assert str(caught.value.nearest) in caught.value.hint
    assert worded(app, str(caught.value.nearest), app.markets.open(), Heard(), {}).llm["engine"] == "offline"
    assert heard.expressions == []


@pytest.mark.parametrize("text", texts("phrasings.tsv"))
def test_every_phrasing_is_taken_for_words_and_understood_or_refused(app: App, text: str) -> None:
    heard = Heard()
    try:
        made = worded(app, text, app.markets.open(), heard, {})
    except NotUnderstood:
        return
    assert made.llm["engine"] == "offline"
    assert heard.expressions == [made.expression_text]
