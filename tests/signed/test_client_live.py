"""The Python client against the real server and worker, over a socket, with the strict reading of queries."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests._rig import free_port, lend_demo, make_app, wait_until, working

from quantgpt.client import SignedError, SignedJobs
from quantgpt.faces.rest.app import create_api
from quantgpt.faces.signed.app import SignedFace
from quantgpt.metrics.signed import extension_metrics, signed_metrics
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services.signed import keys

JOB: dict[str, Any] = {
    "template_id": "tpl_breakout",
    "params": {"lookback": 12, "direction": "both"},
    "symbols": ["BTCUSDT", "ETHUSDT"],
    "timeframe": "1h",
    "start": datetime(2025, 3, 1, tzinfo=UTC),
    "end": datetime(2025, 3, 20, 23, 59, 59, tzinfo=UTC),
    "capital": Decimal("10000.00"),
}


@dataclass(frozen=True)
class Traded:
    pnl: Decimal
    entry_ms: int
    exit_ms: int


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedJobs]:
    home: Path = tmp_path_factory.mktemp("client") / "home"
    app = lend_demo(make_app(home, signed_strict_query=True))
    key, secret = keys.create(app, LOCAL_ADMIN, name="client")
    port = free_port()
    api = create_api(app, [lambda *_: SignedFace(app)])
    server = uvicorn.Server(uvicorn.Config(api, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    with working(app, warm=True):
        thread.start()
        wait_until(lambda: server.started)
        yield SignedJobs(f"http://127.0.0.1:{port}", key.id, secret)
        server.should_exit = True
        thread.join(20)
    app.records.close()


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def test_a_job_from_submit_to_result(client: SignedJobs) -> None:
    seen: list[float] = []
    made = client.create(**JOB)
    assert (made["status"], made["config"]["capital"]) == ("queued", "10000.00")
    job = client.wait(made["id"], timeout_seconds=60, on_progress=seen.append)
    assert job["status"] == "done", job["error"]
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    result = job["result"]
    assert result["metrics"]["total_trades"] == len(result["trades"]) > 10
    trades = [Traded(Decimal(t["pnl"]), ms(t["entry_time"]), ms(t["exit_time"])) for t in result["trades"]]
    curve = [(ms(at), Decimal(value)) for at, value in result["equity_curve"]]
    config = job["config"]
    assert signed_metrics(curve, trades, ms(config["start"]), ms(config["end"])) == result["metrics"]
    assert sum(trade.pnl for trade in trades) == curve[-1][1] - Decimal(config["capital"])
    details = client.details(job["id"])
    assert {name: details[name] for name in ("sharpe_365", "sortino_365")} == extension_metrics(curve)
    assert len(details["causes"]) == len(details["funding"]) == len(trades)
    assert Decimal(details["totals"]["fees"]) == sum(Decimal(t["fee"]) for t in result["trades"])
    assert client.get(job["id"]) == job
    with pytest.raises(SignedError) as caught:
        client.cancel(job["id"])
    assert (caught.value.code, caught.value.status) == ("INVALID_STATE", 409)


def test_equal_jobs_are_two_jobs_unless_they_carry_a_key(client: SignedJobs) -> None:
    first, second = client.create(**JOB), client.create(**JOB)
    assert first["id"] != second["id"]
    third, fourth = (client.create(**JOB, idempotency_key="the same") for _ in range(2))
    assert third["id"] == fourth["id"]
    for made in (first, second, third):
        client.wait(made["id"], timeout_seconds=60)
    found = [job["id"] for job in client.all(template_id="tpl_breakout", limit=2)]
    assert found[:3] == [third["id"], second["id"], first["id"]]
    assert len(client.list(status="done", limit=1)["data"]) == 1


def test_what_is_wrong_is_named(client: SignedJobs) -> None:
    with pytest.raises(SignedError) as caught:
        client.create(**{**JOB, "params": {"lookback": 1}, "timeframe": "2h"})
    assert (caught.value.code, caught.value.status) == ("INVALID_PARAMETER", 400)
    assert {"params.lookback", "timeframe"} <= {detail["field"] for detail in caught.value.details}
    with pytest.raises(SignedError, match="NOT_FOUND"):
        client.get("bt_00000000")
    early = {"start": "2015-01-01T00:00:00Z", "end": "2015-02-01T00:00:00Z"}
    with pytest.raises(SignedError, match="DATA_UNAVAILABLE"):
        client.run(**{**JOB, **early}, timeout_seconds=60)


def test_catalogue_and_market(client: SignedJobs) -> None:
    assert client.health()["status"] == "healthy"
    assert abs(client.set_clock()) < 5
    assert {row["id"] for row in client.templates()["data"]} >= {"tpl_grid", "tpl_dca", "tpl_breakout"}
    assert client.template("tpl_rsi")["id"] == "tpl_meanrev"
    assert [row["symbol"] for row in client.exchange_info("BTCUSDT", market="spot")["symbols"]] == ["BTCUSDT"]
    rows = client.klines("BTCUSDT", "4h", start=datetime(2025, 3, 1, tzinfo=UTC), limit=3)
    assert [row[0] for row in rows] == [1740787200000 + 14_400_000 * number for number in range(3)]
