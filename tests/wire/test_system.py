"""The mark in the corner of the page."""

from __future__ import annotations

import shutil
import time
from collections import namedtuple

import psutil
import pytest
from starlette.testclient import TestClient
from tests._rig import wait_until

from quantgpt import __version__
from quantgpt.faces.rest.app import create_api
from quantgpt.services import system_facts
from quantgpt.services._base import App

pytestmark = pytest.mark.xdist_group("wire")

Times = namedtuple("Times", "user system idle iowait guest guest_nice")


def test_facts_are_those_of_this_machine(client: TestClient, served: App) -> None:
    before = time.time() - psutil.Process().create_time()
    facts = client.get("/api/v1/system").json()
    assert facts["version"] == __version__
    assert before <= facts["uptime_seconds"] <= before + 5
    assert facts["memory"]["total_bytes"] == psutil.virtual_memory().total
    assert 0 < facts["memory"]["used_bytes"] <= facts["memory"]["total_bytes"]
    disk = shutil.disk_usage(served.settings.home)
    assert facts["disk"]["total_bytes"] == disk.total
    assert facts["workers"]["alive"] == 1
    assert facts["workers"]["slots"] >= 1


def test_the_queue_is_as_long_as_what_was_asked_for(idle: App) -> None:
    with TestClient(create_api(idle), base_url="http://127.0.0.1") as client:
        for asked in range(3):
            wait_until(lambda: client.get("/api/v1/system").json()["queue"]["unfinished"] == asked)  # noqa: B023
            assert (
                client.post("/api/v1/auto_backtest", json={"prompt": f"ts_mean(close, {asked + 2})"}).status_code == 202
            )


def test_without_a_worker_it_says_none(idle: App) -> None:
    assert system_facts.describe(idle)["workers"] == {"alive": 0, "slots": 0}


def test_the_load_is_the_busy_share_between_two_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([Times(10, 10, 80, 0, 5, 0), Times(16, 12, 90, 2, 8, 0)])
    clock = iter([100.0, 100.5, 102.0])
    monkeypatch.setattr(psutil, "cpu_times", lambda: next(looks))
    load = system_facts.Load(lambda: next(clock))
    assert load.share() is None
    assert load.share() is None, "looks that follow at once are one"
    assert load.share() == pytest.approx(8 / 20)
