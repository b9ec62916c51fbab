"""Nothing but the protocol on standard output, whatever is printed and whatever comes in."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client
from tests._rig import is_alive, make_app, wait_until
from tests.mcp._agents import NOISY, raw_server, stdio_agent
from tests.mcp._hostile import HELLO, LAST, READY
from tests.mcp._hostile import frames as hostile

from quantgpt.faces.mcp import own_worker
from quantgpt.faces.mcp.desk import Desk
from quantgpt.faces.mcp.server import build_server
from quantgpt.foundations.errors import Unavailable
from quantgpt.services._base import App
from quantgpt.services.errands import is_worked_on

HUGE = 6 << 20


@dataclass
class _Standby:
    """Counts what it is asked for."""

    asked: int = 0

    def is_wanted(self, app: App) -> bool:
        """Never."""
        return False

    def start(self, app: App) -> None:
        """Not here."""
        raise AssertionError("nobody wanted it")

    def provide_market(self, app: App) -> None:
        """One more."""
        self.asked += 1


def test_a_market_is_provided_where_there_is_none(tmp_path: Path, home: Path) -> None:
    for folder, asked in ((tmp_path, 1), (home, 0)):
        app, standby = make_app(folder), _Standby()
        Desk(lambda app=app: app, standby=standby).open_market()  # type: ignore[misc]
        assert standby.asked == asked
    Desk(lambda: make_app(tmp_path)).open_market()
    assert not (tmp_path / "market").exists()


def test_a_market_is_written_once_by_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smaller = "from datetime import date; from quantgpt.market import demo; demo.DEMO_FIRST = date(2025, 1, 2); "
    monkeypatch.setattr(own_worker, "MARKET_ENTRY", smaller + own_worker.MARKET_ENTRY)
    app = make_app(tmp_path)
    desk = Desk(lambda: app, standby=own_worker.OwnWorker())
    desk.open_market()
    assert app.markets.names() == ["demo"]
    first = app.markets.open().snapshot
    desk.open_market()
    assert app.markets.open().snapshot == first


@pytest.mark.parametrize(
    ("entry", "seconds", "hint"),
    [("raise SystemExit(3)", 60.0, "ended with 3"), ("import time; time.sleep(600)", 0.05, "not written within")],
)
def test_a_market_that_cannot_be_provided_is_told_with_the_reason(
    tmp_path: Path, entry: str, seconds: float, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_worker, "MARKET_ENTRY", entry)
    monkeypatch.setattr(own_worker, "MARKET_SECONDS", seconds)
    app = make_app(tmp_path)
    with pytest.raises(Unavailable, match="演示行情未能生成") as told:
        Desk(lambda: app, standby=own_worker.OwnWorker()).open_market()
    assert hint in told.value.hint


def test_asking_for_a_job_opens_the_app_outside_the_event_loop(tmp_path: Path) -> None:
    opened: list[int] = []

    def open_app() -> App:
        opened.append(threading.get_ident())
        return make_app(tmp_path)

    async def ask() -> int:
        async with Client(build_server(Desk(open_app))) as client:
            answer = await client.call_tool("get_job", {"job_id": "0" * 12, "wait_seconds": 0})
        assert answer.is_error
        return threading.get_ident()

    loop = anyio.run(ask)
    assert len(opened) == 1
    assert opened != [loop]


@pytest.mark.parametrize("count", [pytest.param(100), pytest.param(1000, marks=pytest.mark.soak)])
def test_whatever_comes_in_every_line_that_goes_out_is_a_message(tmp_path: Path, count: int) -> None:
    frames = [json.dumps(HELLO).encode(), json.dumps(READY).encode(), *hostile(count, count)]
    frames += [b'{"jsonrpc":"2.0","id":5,"method":"' + b"x" * HUGE + b'"}', json.dumps(LAST).encode()]
    with raw_server(tmp_path) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for frame in frames:
            server.stdin.write(frame.replace(b"\n", b" ") + b"\n")
        server.stdin.flush()
        answers: list[dict[str, Any]] = []
        for line in server.stdout:
            answers.append(json.loads(line))
            if answers[-1].get("id") == "last":
                break
        server.stdin.close()
        assert server.stdout.read() == b""
        assert server.wait(10) == 0
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    assert answers[0]["result"]["serverInfo"]["name"] == "quantgpt"
    assert len(answers[-1]["result"]["tools"]) >= 11
    assert any("error" in answer for answer in answers)


def test_printing_does_not_disturb_the_protocol_and_the_worker_ends_with_its_server(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    with stdio_agent(tmp_path, command=NOISY) as agent:
        agent.call("get_job", job_id="nobodys")
        assert not is_worked_on(app), "what needs no job needs no worker"
        asked = agent.result("make_noise", wait_seconds=0)
        wait_until(lambda: bool(app.records.workers.all()), 60)
        (worker,) = app.records.workers.all()
        with stdio_agent(tmp_path) as second:
            found = second.result("get_job", job_id=asked["job_id"])
            assert (found["status"], found["result"]) == ("completed", {"times": 1})
            assert [row.id for row in app.records.workers.all()] == [worker.id], "another's is not doubled"
        assert is_alive(worker.pid)
        assert "run_backtest" in {tool.name for tool in agent.ask("list_tools").tools}
    wait_until(lambda: not is_alive(worker.pid))
    assert app.records.workers.all() == []
