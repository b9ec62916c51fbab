"""A source tried step by step: which step failed, within the time given, and nobody left behind."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from tests._rig import make_app
from tests.connectors.conftest import Vendor

import quantgpt.connectors.sources.baostock as baostock_source
from quantgpt.connectors.sources._base import SourceError
from quantgpt.foundations.errors import Conflict, NotFound, Unavailable
from quantgpt.services import sources
from quantgpt.services._base import App, Plugs

STEPS = ["client", "dns", "connect", "login", "query"]


def found(vendor: Vendor, seconds: float = 20.0) -> list[tuple[str, bool, str]]:
    return [(step.step, step.ok, step.code) for step in vendor.source().probe(seconds)]


def test_every_step_of_a_source_that_works(vendor: Vendor) -> None:
    assert found(vendor) == [(step, True, "") for step in STEPS]
    assert vendor.calls("logins") == 1


def test_a_refused_login_is_that_step_and_tried_once(vendor: Vendor) -> None:
    vendor.behave(login={"do": "error", "code": "10001002", "message": "wrong"})
    assert found(vendor)[-1] == ("login", False, "10001002")
    assert vendor.calls("logins") == 1
    assert vendor.pauses == []


def test_a_query_that_fails_is_that_step(vendor: Vendor) -> None:
    vendor.behave(query_trade_dates={"do": "error", "code": "10002007"})
    assert found(vendor)[-1] == ("query", False, "10002007")
    vendor.behave()
    vendor.edit("query_trade_dates", lambda reply: reply["*"]["rows"].clear())
    assert found(vendor)[-1][:2] == ("query", False)


def test_a_hanging_source_is_given_up_and_leaves_nobody(vendor: Vendor) -> None:
    vendor.behave(login={"do": "hang"})
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    assert found(vendor, 3.0)[-1] == ("login", False, "timeout")
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def test_no_step_gets_more_than_what_is_left_of_the_time(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of our own: each step takes 2 s of the 5 s until one gets less than it needs."""
    now, given = [100.0], []

    def table(method: str, left: float, **arguments: Any) -> Any:
        given.append((method, left))
        took = min(2.0, left)
        now[0] += took
        if took < 2.0:
            raise SourceError("timeout", code="timeout")

    source = vendor.source()
    monkeypatch.setattr(baostock_source, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(source, "_table", table)
    steps = source.probe(5.0)
    assert given == [("probe_client", 5.0), ("probe_dns", 3.0), ("probe_connect", 1.0)]
    assert [(step.step, step.ok, step.milliseconds) for step in steps] == [
        ("client", True, 2000.0), ("dns", True, 2000.0), ("connect", False, 1000.0)
    ]  # fmt: skip
    assert now[0] == 105.0


def test_a_client_that_dies_and_one_that_is_missing(vendor: Vendor) -> None:
    vendor.behave(login={"do": "die"})
    assert found(vendor)[-1][:2] == ("login", False)
    (vendor.folder / "fake_baostock.py").unlink()
    assert found(vendor) == [("client", False, "missing")]


@pytest.fixture
def app(tmp_path: Path, vendor: Vendor) -> App:
    """An installation whose only vendor is the stand-in."""
    plain = make_app(tmp_path / "home")
    plain.records.close()
    plugs = Plugs(source=lambda settings, name: vendor.source(), sources=lambda: ["baostock"])
    return replace(plain, plugs=plugs)


def baostock(app: App) -> dict[str, Any]:
    row: dict[str, Any] = sources.list_sources(app)["sources"][0]
    return row


def test_the_state_of_a_source_is_remembered(app: App, vendor: Vendor) -> None:
    assert baostock(app)["status"] == "untested"
    fine = sources.probe_source(app, "baostock")
    assert (fine["status"], fine["can_test"], [step["step"] for step in fine["steps"]]) == ("fine", True, STEPS)
    assert baostock(app) == fine
    vendor.behave(login={"do": "error", "code": "10002002"})
    bad = sources.probe_source(app, "baostock")
    assert (bad["status"], bad["code"], bad["latency_ms"]) == ("unavailable", "10002002", None)
    assert bad["last_success_at"] == fine["last_success_at"]
    assert bad["zh_reason"] == "网络连接失败（登录这一步）"
    vendor.behave()
    assert (sources.probe_source(app, "baostock")["status"], baostock(app)["code"]) == ("degraded", "recovered")
    assert sources.probe_source(app, "baostock")["status"] == "fine"


def test_sources_tested_side_by_side_keep_all_notes(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight at once, each held up between reading the notes and writing them."""
    read, together = sources._read, threading.Barrier(8)

    def slowly(of: App) -> dict[str, Any]:
        found = read(of)
        time.sleep(0.02)
        return found

    def note(name: str) -> None:
        together.wait()
        sources.note_success(app, name)

    monkeypatch.setattr(sources, "_read", slowly)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, [f"source{k}" for k in range(8)]))
    assert set(read(app)) == {f"source{k}" for k in range(8)}


def test_a_damaged_note_is_as_good_as_none(app: App) -> None:
    sources.probe_source(app, "baostock")
    (app.settings.home / "sources.json").write_text("{")
    assert baostock(app)["status"] == "untested"
    assert sources.probe_source(app, "baostock")["status"] == "fine"


def test_what_cannot_be_tested_says_so(app: App) -> None:
    with pytest.raises(NotFound) as caught:
        sources.probe_source(app, "baostok")
    assert caught.value.nearest == "baostock"
    with pytest.raises(Conflict):
        sources.probe_source(app, "files")
    off = replace(make_app(app.settings.home, cache_only=True))
    off.records.close()
    assert baostock(off)["status"] == "off"
    with pytest.raises(Unavailable):
        sources.probe_source(off, "baostock")
