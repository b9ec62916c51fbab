"""GET /libraries and /libraries/{name}."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.wire._people import ODD_TEXTS

from quantgpt.expr import compile_expression
from quantgpt.libraries import LIBRARIES, library

API = "/api/v1"


def shelf(client: TestClient, name: str, **params: Any) -> Any:
    answer = client.get(f"{API}/libraries/{name}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_library_is_listed_with_its_size(client: TestClient) -> None:
    found = client.get(f"{API}/libraries").json()
    heads = {one["name"]: one for one in found["libraries"]}
    assert set(heads) == {*LIBRARIES.names(), "kept"}
    words = {one["name"] for one in found["categories"]}
    for name in LIBRARIES.names():
        one = library(name)
        assert (heads[name]["count"], heads[name]["left_out"]) == (len(one), len(one.left_out))
        assert sum(part["count"] for part in heads[name]["categories"]) == len(one)
        assert {part["name"] for part in heads[name]["categories"]} <= words


@pytest.mark.parametrize("name", ["alpha158", "alpha360", "gtja191", "kakushadze101", "technicals"])
def test_a_library_shows_all_it_holds_and_what_it_leaves_out(client: TestClient, name: str) -> None:
    made, one = shelf(client, name), library(name)
    assert made["total"] == made["shown"] == len(one) + len(one.left_out)
    stated = [row for row in made["factors"] if row["stated"]]
    assert [row["name"] for row in stated] == list(one.names)
    assert [row["expression"] for row in stated] == list(one.expressions.values())
    for row in made["factors"]:
        assert row["runnable"] is (row["reason_zh"] is None) is (row["reason_en"] is None)
        assert row["stated"] or (row["native"] is None and row["reason_zh"] and not row["runnable"])


def test_what_runs_is_the_published_factor_in_our_words(client: TestClient) -> None:
    row = shelf(client, "alpha158", query="MA20")["factors"]
    row = next(one for one in row if one["name"] == "MA20")
    assert (row["expression"], row["native"]) == ("Mean($close, 20)/$close", "ts_mean(close, 20)/close")
    assert compile_expression(row["native"]).warmup == row["warmup"] == 19
    assert client.post(f"{API}/expressions/validate", json={"expression": row["native"]}).json()["valid"]


def test_a_search_finds_every_word_in_any_place(client: TestClient) -> None:
    made = shelf(client, "ALPHA158", query="std 均值", category=None)
    assert made["shown"] == 0 or all("std" in (r["name"] + r["expression"]).lower() for r in made["factors"])
    made = shelf(client, "alpha158", query="roc", category="momentum")
    assert 0 < made["shown"] < made["total"]
    assert {row["category"] for row in made["factors"]} == {"momentum"}
    assert shelf(client, "gtja191", query="Fama")["factors"] == []


def test_kept_factors_are_a_library(client: TestClient) -> None:
    kept = client.post(f"{API}/factors", json={"expression": "rank(low)/7", "name": "shelf", "note": "n"}).json()
    (row,) = [one for one in shelf(client, "kept")["factors"] if one["id"] == kept["id"]]
    assert (row["name"], row["native"], row["runnable"]) == ("shelf", "rank(low)/7", True)
    client.delete(f"{API}/factors/{kept['id']}")


def test_what_is_unknown_is_refused_with_what_is_near(client: TestClient) -> None:
    answer = client.get(f"{API}/libraries/alpha15")
    assert (answer.status_code, answer.json()["nearest"]) == (404, "alpha158")
    answer = client.get(f"{API}/libraries/alpha158", params={"category": "momentun"})
    assert (answer.status_code, answer.json()["field"], answer.json()["nearest"]) == (400, "category", "momentum")
    for text in ODD_TEXTS:
        assert client.get(f"{API}/libraries/{quote(text, safe='')}").status_code in (400, 404)
        assert client.get(f"{API}/libraries/alpha360", params={"query": text}).json()["shown"] == 0
