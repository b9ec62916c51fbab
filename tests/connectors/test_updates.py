"""Updates through the page: the difference first, then the write, one at a time on each market."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests._rig import doing_jobs, make_app, wait_until
from tests.connectors.conftest import Vendor

from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.clock import FixedClock
from quantgpt.services._base import App, Plugs

API = "/api/v1"
BASE = "http://127.0.0.1:8003"
WEDNESDAY = datetime(2024, 4, 3, 12, tzinfo=UTC)
NEXT_TUESDAY = datetime(2024, 4, 9, 12, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path, vendor: Vendor) -> Iterator[App]:
    """An installation whose only vendor is the stand-in, on a Wednesday evening."""
    plain = make_app(tmp_path / "home")
    plugs = Plugs(source=lambda settings, name: vendor.source(), sources=lambda: ["baostock"])
    made = replace(plain, plugs=plugs, clock=FixedClock(WEDNESDAY))
    yield made
    plain.records.close()
    made.records.close()


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    """A client on this machine."""
    with TestClient(create_api(app), base_url=BASE) as opened:
        yield opened


def asked(client: TestClient, **body: Any) -> Any:
    return client.post(f"{API}/markets/main/updates", json=body)


def ended(client: TestClient, **body: Any) -> dict[str, Any]:
    """An update, once it has ended."""
    answer = asked(client, **body)
    assert answer.status_code == 202, answer.text
    url = f"{API}/updates/{answer.json()['id']}"
    wait_until(lambda: client.get(url).json()["finished_at"] is not None, 60)
    found: dict[str, Any] = client.get(url).json()
    return found


def test_the_difference_first_then_the_write(client: TestClient, app: App) -> None:
    with doing_jobs(app):
        plan = ended(client, start="2024-04-01")
        assert (plan["error"], plan["apply"]) == (None, False)
        assert not app.markets.folder("main").exists
        report = plan["report"]
        assert (report["applied"], report["changed"], report["nothing"], report["snapshot"]) == (
            False,
            True,
            False,
            None,
        )
        stock = next(file for file in report["files"] if file["kind"] == "stock")
        assert (stock["added"], stock["first"], stock["last"], stock["names"]) == (15, "2024-04-01", "2024-04-03", 5)
        done = ended(client, start="2024-04-01", apply=True)["report"]
        assert done["totals"] == report["totals"]
        assert done["snapshot"] == app.markets.open("main").snapshot
        app.clock.moment = NEXT_TUESDAY  # type: ignore[attr-defined]
        assert ended(client)["report"]["totals"]["added"] > 0
        assert ended(client, apply=True)["report"]["previous"] == done["snapshot"]
        assert ended(client)["report"]["nothing"]
    listed = client.get(f"{API}/markets/main/updates").json()["updates"]
    assert [row["apply"] for row in listed] == [False, True, False, True, False]
    source = client.get(f"{API}/sources").json()["sources"][0]
    assert (source["status"], bool(source["last_success_at"])) == ("fine", True)


def test_only_the_difference_that_was_seen_is_written(client: TestClient, app: App, vendor: Vendor) -> None:
    reply = vendor.folder / "query_daily_history_k_AStock.json"
    plain = reply.read_text()
    with doing_jobs(app):
        plan = ended(client, start="2024-04-01")
        vendor.edit("query_daily_history_k_AStock", lambda body: [day["rows"].pop(0) for day in body.values()])
        refused = ended(client, start="2024-04-01", apply=True, seen=plan["id"])
        assert (refused["error"]["code"], refused["report"]) == ("difference_changed", None)
        assert refused["error"]["detail_en"]
        assert not app.markets.folder("main").exists
        reply.write_text(plain)
        done = ended(client, start="2024-04-01", apply=True, seen=plan["id"])
        assert done["report"]["totals"] == plan["report"]["totals"]
        for wrong in (
            {"seen": done["id"]},
            {"seen": plan["id"], "end": "2024-04-02"},
            {"seen": plan["id"], "apply": False},
        ):
            assert asked(client, **{"start": "2024-04-01", "apply": True, **wrong}).json()["field"] == "seen"
        assert asked(client, start="2024-04-01", apply=True, seen="nothere").status_code == 404


def test_of_many_that_ask_at_once_one_is_let_in(client: TestClient, app: App) -> None:
    together = threading.Barrier(6)

    def press(_: int) -> int:
        together.wait()
        return int(asked(client, start="2024-04-01", apply=True).status_code)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, range(6))) == [202, 409, 409, 409, 409, 409]


def test_a_source_that_fails_is_named_and_changes_nothing(client: TestClient, app: App, vendor: Vendor) -> None:
    vendor.behave(login={"do": "error", "code": "10001002"})
    with doing_jobs(app):
        failed = ended(client, start="2024-04-01", apply=True)
    assert (failed["job"]["state"], failed["report"]) == ("failed", None)
    assert failed["error"]["detail"].startswith("baostock：用户名或密码错误")
    assert not app.markets.folder("main").exists


def test_one_update_at_a_time_and_one_that_waits_can_be_stopped(client: TestClient) -> None:
    first = asked(client).json()
    second = asked(client)
    assert (second.status_code, second.json()["code"], second.json()["nearest"]) == (409, "busy", first["id"])
    stopped = client.delete(f"{API}/updates/{first['id']}").json()
    assert (stopped["job"]["state"], stopped["error"]["detail"]) == ("failed", "任务已取消")
    assert client.delete(f"{API}/updates/{first['id']}").json() == stopped
    assert asked(client).status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"source": "baostok"}, 400, "source"),
        ({"start": "2024-02-30"}, 400, "start"),
        ({"start": "2024-04-02", "end": "2024-04-01"}, 400, "start"),
        ({"universes": ["nasdaq"]}, 400, "universes"),
        ({"apply": "yes"}, 400, "apply"),
        ({"universes": ["hs300"] * 11}, 400, "universes"),
    ],
)
def test_what_can_be_known_is_refused_at_once(client: TestClient, body: Any, status: int, field: str) -> None:
    answer = asked(client, **body)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_the_demo_market_and_a_closed_door(client: TestClient, app: App, tmp_path: Path) -> None:
    assert client.post(f"{API}/markets/demo/updates", json={}).status_code == 409
    assert client.get(f"{API}/updates/0123456789ab").status_code == 404
    assert client.get(f"{API}/updates/..").status_code == 404
    off = make_app(tmp_path / "off", cache_only=True)
    with TestClient(create_api(off), base_url=BASE) as closed:
        answer = asked(closed)
        assert (answer.status_code, "QUANTGPT_CACHE_ONLY" in answer.json()["detail"]) == (503, True)
        assert closed.get(f"{API}/sources").json()["sources"][0]["status"] == "off"
    off.records.close()
