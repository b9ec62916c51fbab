"""Every number of an explanation stands in the result; what is not there is not said."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

from quantgpt.backtest.factor_test import FactorTestSpec, run_factor_test
from quantgpt.expr import EvalInputs, compile_expression, evaluate
from quantgpt.market.demo import demo_view
from quantgpt.research.explanation import SENTENCES, explain, find

TEXT = "rank(close / ts_mean(close, 20))"


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    view = demo_view(assets=60, sessions=420, seed=1)
    factor = evaluate([compile_expression(TEXT)], EvalInputs.of(view))[0]
    body = run_factor_test(view, factor, FactorTestSpec(permutations=99)).body
    return {
        **body,
        "params": {**body["params"], "expression": TEXT},
        "llm": {"engine": "llm", "model": "m", "hypothesis": "强者恒强", "direction": body["direction"]["sign"]},
        "search": {"trials": 7, "effective_trials": 3.25, "dsr": 0.41},
        "cutoff": {
            "state": "split",
            "day": "2017-06-30",
            "after": {"dates": 97, "rank_ic_mean": -0.0123},
        },
    }


def test_every_number_is_looked_up(result: dict[str, Any]) -> None:
    told = explain(result)
    assert told["state"] == "explained"
    assert len(told["sentences"]) >= 10
    for sentence in told["sentences"]:
        assert sentence["evidence"]
        for one in sentence["evidence"]:
            assert find(result, one["path"]) == one["value"]
        for language in ("zh", "en"):
            rest = sentence[language]
            for shown in sorted((one["shown"] for one in sentence["evidence"]), key=len, reverse=True):
                rest = rest.replace(shown, "")
            assert not re.search(r"\d", rest), sentence


def test_another_result_is_told_otherwise(result: dict[str, Any]) -> None:
    before = json.dumps(explain(result), ensure_ascii=False)
    paths = {one["path"] for sentence in explain(result)["sentences"] for one in sentence["evidence"]}
    numeric = [path for path in paths if isinstance(find(result, path), float | int)]
    assert len(numeric) >= 20
    for path in numeric:
        changed = copy.deepcopy(result)
        *way, last = path.split(".")
        holder = find(changed, ".".join(way)) if way else changed
        holder[last] += 1.5
        assert json.dumps(explain(changed), ensure_ascii=False) != before, path


@pytest.mark.parametrize("path", ["search.dsr", "decay.half_life_days", "metrics.benchmark_cagr", "verdict"])
def test_what_is_missing_is_not_said(result: dict[str, Any], path: str) -> None:
    poorer = copy.deepcopy(result)
    *way, last = path.split(".")
    (find(poorer, ".".join(way)) if way else poorer)[last] = None
    mentioned = {one["path"] for sentence in explain(poorer)["sentences"] for one in sentence["evidence"]}
    assert not [name for name in mentioned if name.startswith(path)]


def test_a_hypothesis_that_the_data_contradict_is_called_so(result: dict[str, Any]) -> None:
    turned = {**result, "llm": {**result["llm"], "direction": -result["direction"]["sign"]}}
    assert any("数据不支持这个假设" in one["zh"] for one in explain(turned)["sentences"])
    assert not any("数据不支持这个假设" in one["zh"] for one in explain(result)["sentences"])


@pytest.mark.parametrize("dates", [None, 0, 59])
def test_without_evidence_nothing_is_explained(result: dict[str, Any], dates: int | None) -> None:
    thin = {**result, "backtest_summary": {**result["backtest_summary"], "n_ic_dates": dates}}
    assert explain(thin) == {"state": "refused", "reason": explain(thin)["reason"], "sentences": []}
    assert explain({})["state"] == "refused"


def test_templates_hold_no_number_of_their_own() -> None:
    for sentence in SENTENCES:
        assert not re.search(r"\d", re.sub(r"\{\w+\}", "", sentence.zh + sentence.en))
