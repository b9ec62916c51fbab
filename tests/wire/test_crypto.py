"""Crypto backtests and API keys as the page asks for them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests._rig import lend_demo, make_app

from quantgpt.faces.rest.app import create_api
from quantgpt.services.signed import keys

pytestmark = pytest.mark.xdist_group("wire")

CRYPTO = "/api/v1/crypto"
KEYS = "/api/v1/api-keys"
GRID: dict[str, Any] = {
    "template_id": "tpl_grid",
    "params": {"grid_levels": 8, "upper_price": "72000", "lower_price": "60000"},
    "symbols": ["BTCUSDT"],
    "timeframe": "1h",
    "start": "2025-01-01T00:00:00Z",
    "end": "2025-01-31T23:59:59Z",
    "capital": "10000",
}
SPAN = {"from": 1_735_689_600_000, "to": 1_738_367_999_000}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The page's own server, without a worker."""
    app = lend_demo(make_app(tmp_path_factory.mktemp("crypto") / "home"))
    with TestClient(create_api(app), base_url="http://127.0.0.1") as client:
        yield client
    app.records.close()


def test_the_form_finds_what_it_is_made_of(client: TestClient) -> None:
    templates = client.get(f"{CRYPTO}/templates").json()["data"]
    assert {"tpl_grid", "tpl_dca", "tpl_breakout", "tpl_momentum", "tpl_meanrev"} == {one["id"] for one in templates}
    for template in templates:
        for name, field in template["params"]["properties"].items():
            assert field["title"], (template["id"], name)
            assert field["x-title-en"], (template["id"], name)
    market = client.get(f"{CRYPTO}/market").json()
    assert market["synthetic"] is True
    hours = {one["timeframe"]: one for one in market["symbols"][0]["timeframes"]}["1h"]
    assert hours["first_ms"] < SPAN["from"] < hours["last_ms"]


def test_a_configuration_is_looked_at_without_starting_anything(client: TestClient) -> None:
    before = client.get(f"{CRYPTO}/jobs").json()["data"]
    assert client.post(f"{CRYPTO}/check", json=GRID).json() == {"ok": True, "faults": [], "warnings": []}
    crossed = {**GRID, "params": {**GRID["params"], "upper_price": "50000"}}
    said = client.post(f"{CRYPTO}/check", json=crossed).json()
    assert not said["ok"]
    assert {"params.upper_price"} <= {one["field"] for one in said["faults"]}
    for part, field in (
        ({"end": "2026-01-31T00:00:00Z"}, "end"),
        ({"start": "2019-01-01T00:00:00Z", "end": "2019-02-01T00:00:00Z"}, "start"),
    ):
        (fault,) = client.post(f"{CRYPTO}/check", json={**GRID, **part}).json()["faults"]
        assert fault["field"] == field
        assert fault["nearest"], fault
    assert not client.post(f"{CRYPTO}/check", json={**GRID, "market": "spot", "funding": "historical"}).json()["ok"]
    assert client.get(f"{CRYPTO}/jobs").json()["data"] == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"a":NaN}', b'{"capital":1e999999999}', b"\xff"])
def test_bodies_that_are_none_are_refused_and_start_nothing(client: TestClient, body: bytes) -> None:
    sent = {"content": body, "headers": {"Content-Type": "application/json"}}
    assert client.post(f"{CRYPTO}/jobs", **sent).status_code == 400
    assert client.post(f"{CRYPTO}/check", **sent).json()["ok"] is False
    assert client.post(f"{CRYPTO}/jobs", content=body, headers={"Content-Type": "text/plain"}).status_code == 400


def test_a_job_is_the_same_from_the_first_answer_to_the_list(client: TestClient) -> None:
    headers = {"Idempotency-Key": "one press"}
    made = client.post(f"{CRYPTO}/jobs", json=GRID, headers=headers).json()
    assert set(made) == {
        "id", "status", "config", "submitted_at", "started_at", "finished_at", "progress", "result", "error",
    }  # fmt: skip
    assert made["config"] == {**GRID, "leverage": 1, "fee_model": "fixed_bps", "fee_bps": "5"}
    assert client.post(f"{CRYPTO}/jobs", json=GRID, headers=headers).json()["id"] == made["id"]
    at = f"{CRYPTO}/jobs/{made['id']}"
    assert client.get(at).json()["id"] == made["id"]
    assert client.get(f"{CRYPTO}/jobs", params={"status": "queued"}).json()["data"][0]["id"] == made["id"]
    details = client.get(f"{at}/details").json()
    assert details["market"] == "demo"
    assert details["error"] is None
    assert client.post(f"{at}/cancel").json()["status"] == "cancelled"
    again = client.post(f"{at}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "INVALID_STATE")
    assert client.get(f"{CRYPTO}/jobs", params={"limit": "0"}).json()["field"] == "limit"


def test_bars_for_a_chart_are_never_more_than_asked_for(client: TestClient) -> None:
    ask = {"symbol": "BTCUSDT", "timeframe": "1h", **SPAN}
    every = client.get(f"{CRYPTO}/bars", params={**ask, "most": 3000}).json()
    assert (len(every["open_time"]), every["length_ms"]) == (744, 3_600_000)
    few = client.get(f"{CRYPTO}/bars", params={**ask, "most": 100}).json()
    assert len(few["open_time"]) <= 100
    assert few["length_ms"] % every["length_ms"] == 0
    assert (max(few["high"]), min(few["low"])) == (max(every["high"]), min(every["low"]))
    assert (few["open"][0], few["close"][-1]) == (every["open"][0], every["close"][-1])
    job = client.post(f"{CRYPTO}/jobs", json=GRID).json()["id"]
    assert client.get(f"{CRYPTO}/jobs/{job}/bars", params={"symbol": "BTCUSDT", **SPAN, "most": 3000}).json() == {
        **every,
        "pinned": False,
    }
    assert client.get(f"{CRYPTO}/jobs/{job}/bars", params={"symbol": "ETHUSDT", **SPAN}).json()["nearest"] == "BTCUSDT"
    for part in ({"symbol": "NOSUCH"}, {"timeframe": "7h"}, {"market": "moon"}, {"to": SPAN["from"] - 1}):
        assert client.get(f"{CRYPTO}/bars", params={**ask, **part}).status_code == 400, part


def test_a_secret_is_shown_once_and_kept_as_long_as_it_counts(client: TestClient) -> None:
    app = client.app.state.rest.app  # type: ignore[attr-defined]
    answer = client.post(KEYS, json={"name": "laptop", "scopes": ["backtest:read"]})
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    key_id, first = made["key"]["id"], made["secret"]
    found = keys.find(app, key_id)
    assert found is not None
    assert found.secrets == (first,)
    assert first not in client.get(KEYS).text
    second = client.post(f"{KEYS}/{key_id}/rotate", json={"grace_seconds": 3600}).json()["secret"]
    found = keys.find(app, key_id)
    assert found is not None
    assert found.secrets == (second, first)
    assert hashlib.sha256(first.encode()).digest() != hashlib.sha256(second.encode()).digest()
    assert client.delete(f"{KEYS}/{key_id}").json()["revoked_at"] is not None
    assert keys.find(app, key_id) is None
    assert client.post(f"{KEYS}/{key_id}/rotate", json={}).status_code == 404
    assert client.post(KEYS, json={"scopes": ["trade"]}).json()["field"] == "scopes"


def test_without_bars_of_pairs_the_market_is_empty(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home")
    with TestClient(create_api(app), base_url="http://127.0.0.1") as client:
        nothing = {"market": "", "snapshot": "", "synthetic": False, "symbols": []}
        assert client.get(f"{CRYPTO}/market").json() == nothing
        assert client.post(f"{CRYPTO}/jobs", json=GRID).status_code == 400
    app.records.close()
