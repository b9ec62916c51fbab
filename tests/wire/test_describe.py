"""POST /expressions/describe."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.wire._people import ODD_TEXTS

API = "/api/v1"
PRODUCT = "rank(-ts_delta(close, 20)/ts_shift(close, 20)) * rank(ts_std(volume, 60))"


def describe(client: TestClient, expression: str, **more: Any) -> Any:
    answer = client.post(f"{API}/expressions/describe", json={"expression": expression, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_product_is_said_factor_by_factor(client: TestClient) -> None:
    made = describe(client, PRODUCT)
    assert made["valid"]
    assert [line["symbol"] for line in made["pretty_lines"]] == [None, "*"]
    assert made["pretty"].count("\n") == 1
    assert len(made["in_words"]["zh"]) == len(made["in_words"]["en"]) == 2
    assert [part["warmup"] for part in made["parts"]] == [20, 59]
    assert made["error"] is None


def test_it_says_what_validation_says(client: TestClient) -> None:
    for text in (PRODUCT, "rank(clos)", "低波动的小盘股"):
        known = client.post(f"{API}/expressions/validate", json={"expression": text}).json()
        made = describe(client, text)
        assert {name: made[name] for name in known} == known


def test_the_other_dialect_is_refused_by_name(client: TestClient) -> None:
    made = describe(client, "rank(ts_mean(close, 20)/close)")["dialects"]
    assert made["native"] == {"text": "rank(ts_mean(close, 20)/close)", "exact": True, "notes": []}
    assert made["qlib"]["text"] is None
    assert made["qlib"]["notes"][0]["operators"] == ["rank"]
    made = describe(client, "Mean($close,20)/$close", dialect="qlib")
    assert made["dialects"]["native"]["text"] == "ts_mean(close, 20)/close"
    assert made["dialects"]["qlib"]["exact"]


def test_published_and_kept_factors_like_it_are_named(client: TestClient) -> None:
    kept = client.post(f"{API}/factors", json={"expression": "rank(ts_kurt(low, 33))", "name": "describe-kept"}).json()
    found = describe(client, "rank(ts_kurt(low, 34))")["similar"]
    assert [(row["kind"], row["id"], row["level"]) for row in found[:1]] == [("kept", kept["id"], "twin")]
    public = describe(client, "ts_mean(close, 20)/close")["similar"][0]
    assert (public["library"], public["name"], public["level"]) == ("alpha158", "MA20", "same")
    assert describe(client, "ts_mean(close, 20)/close", similar=False)["similar"] == []
    client.delete(f"{API}/factors/{kept['id']}")


def test_a_difference_marks_both_texts(client: TestClient) -> None:
    diff = describe(client, "rank(ts_mean(close, 60))", other="rank(ts_mean(close, 20))")["diff"]
    assert not diff["same"]
    for side, text in (("before", "20"), ("after", "60")):
        (span,) = diff[side]["spans"]
        assert diff[side]["text"][span["start"] : span["end"]] == text
    made = describe(client, PRODUCT, other="rank(")
    assert made["valid"]
    assert made["diff"] is None
    assert made["diff_error"]["code"]


def test_a_table_of_candidates_is_said_at_once(client: TestClient) -> None:
    made = describe(client, "ts_mean(close, 20)", others=["rank(ts_mean(close, 20))", "rank(", "ts_mean(close, 60)"])
    assert [one and (one["code"], one["zh"]) for one in made["diffs"]] == [
        ("wrapped", "外层套 rank(…)"), None, ("replaced", "参数 20 → 60")
    ]  # fmt: skip
    assert describe(client, "rank( adv20 )*close")["formatted"] == "rank(adv20)*close"
    answer = client.post(f"{API}/expressions/describe", json={"expression": "close", "others": ["close"] * 21})
    assert (answer.status_code, answer.json()["field"]) == (400, "others")


def test_garbage_is_answered(client: TestClient) -> None:
    for text in [*ODD_TEXTS, "", "(" * 5000, "rank(close" * 300]:
        for dialect in ("quantgpt", "qlib"):
            made = describe(client, text, dialect=dialect, other=text)
            assert not made["valid"]
            assert made["error"]["message"]
            assert made["parts"] == []


@pytest.mark.parametrize("body", [{"expression": 5}, {}, {"expression": "close", "dialect": "sql"}])
def test_a_body_that_is_wrong_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post(f"{API}/expressions/describe", json=body)
    assert answer.status_code == 400
    assert answer.json()["field"]
