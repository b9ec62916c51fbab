"""GET /operators: the vocabulary of both dialects, every example of which reads."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

REFUSED_BY_A_TEST = {"marks", "missing_field", "industry"}
"""words that read but that the test of a factor has no data for: one other name, a field that the market lacks"""


@pytest.mark.parametrize(("dialect", "word", "field"), [("quantgpt", "ts_mean", "close"), ("qlib", "Mean", "$close")])
def test_every_example_and_field_reads_in_its_dialect(client: TestClient, dialect: str, word: str, field: str) -> None:
    """What the editor offers can be written: examples and fields are valid where they are offered."""
    body = client.get("/api/v1/operators", params={"dialect": dialect}).json()
    assert word in [row["name"] for row in body["operators"]]
    assert field in [row["name"] for row in body["fields"]]
    assert (dialect == "quantgpt") == bool(body["special"])
    for text in [row["example"] for row in body["operators"]] + [row["name"] for row in body["fields"]]:
        said = client.post(
            "/api/v1/expressions/describe", json={"expression": text, "dialect": dialect, "similar": False}
        ).json()
        assert said["error"] is None or said["error"]["code"] in REFUSED_BY_A_TEST, (text, said["error"])


def test_an_unknown_dialect_is_refused(client: TestClient) -> None:
    """A dialect that is none is named in the refusal."""
    answer = client.get("/api/v1/operators", params={"dialect": "pine"})
    assert answer.status_code == 400
    assert "dialect" in answer.text
