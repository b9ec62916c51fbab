"""The whole way over REST: submit → completed with report; how soon the command line and the server answer."""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from bench._row import Row
from quantgpt.market import MarketStore

EXPRESSIONS = (
    "rank(close/ts_mean(close, 20))",
    "rank(-1 * ts_delta(close, 5) / ts_shift(close, 5))",
    "rank(-1 * ts_std(returns, 20))",
    "rank(ts_corr(close, volume, 10))",
    "sign_power(rank(volume/adv20), 2) * rank((close-vwap)/close)",
)
MUST_SUBMIT, MUST_HELP, MUST_READY, MUST_HEALTH = 2.5, 0.3, 2.5, 0.1
READY_SECONDS = 180.0


def run(quick: bool = False) -> list[Row]:
    """Submit hs300 × 3 years on the demo market to a real server with a warm worker."""
    with tempfile.TemporaryDirectory(prefix="bench-service-") as folder:
        MarketStore(Path(folder) / "market").make_demo()
        starts = [_start_to_ready(folder) for _ in range(4)][1:]
        port = _free_port()
        with _process("serve", folder, port), _process("worker", folder, port):
            _wait_for(port, "health/ready")
            took, health = _submissions(port, 6 if quick else 40)
    helps = [_help() for _ in range(3 if quick else 7)]
    p95 = _p95(took)
    note = f"median {statistics.median(took):.2f} s of {len(took)}, one worker slot"
    return [
        Row("Submit → completed with report over REST, hs300 × 3 years, p95", p95, None, None, "≤ 2.5 s",
            p95 <= MUST_SUBMIT, note=note),
        Row("GET /health while a task runs, slowest", max(health), None, None, "≤ 100 ms", max(health) <= MUST_HEALTH,
            note=f"{len(health)} requests"),
        Row("quantgpt --help", statistics.median(helps), None, None, "≤ 0.3 s", statistics.median(helps) <= MUST_HELP,
            note=f"median of {len(helps)}, fastest {min(helps):.2f} s"),
        Row("Second start of the server to ready", statistics.median(starts), None, None, "≤ 2.5 s", statistics.median(starts) <= MUST_READY,
            note=f"median of {len(starts)}, fastest {min(starts):.2f} s"),
    ]  # fmt: skip


def _start_to_ready(folder: str) -> float:
    port = _free_port()
    began = time.perf_counter()
    with _process("serve", folder, port):
        _wait_for(port, "health")
        return time.perf_counter() - began


def _submissions(port: int, count: int) -> tuple[list[float], list[float]]:
    """(seconds of each submission until its report can be read, seconds of each health request meanwhile)."""
    took, health = [], []
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60) as client:
        for number in range(count + 2):
            body = {"prompt": EXPRESSIONS[number % len(EXPRESSIONS)], "universe": "hs300"}
            began = time.perf_counter()
            task_id = client.post("/auto_backtest", json=body).json()["task_id"]
            asked = time.perf_counter()
            client.get("/health")
            health.append(time.perf_counter() - asked)
            address = _result(client, task_id)["report_url"]
            assert client.get(address.removeprefix("/api/v1")).status_code == 200
            took.append(time.perf_counter() - began)
    return took[2:], health[2:]


def _result(client: httpx2.Client, task_id: str) -> dict[str, str]:
    with client.stream("GET", f"/tasks/{task_id}/stream") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: ") and '"status":"completed"' in line[:120]:
                found: dict[str, str] = json.loads(line.removeprefix("data: "))["result"]
                return found
    raise AssertionError(f"task {task_id} did not complete")


@contextmanager
def _process(command: str, home: str, port: int) -> Iterator[None]:
    more = {"QUANTGPT_HOME": home, "QUANTGPT_PORT": str(port), "QUANTGPT_RATE_LIMIT": "100000", "QUANTGPT_WORKERS": "1"}
    code = "from quantgpt.faces.cli.main import main; main()"
    with (Path(home) / f"{command}.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-c", code, command], env={**os.environ, **more}, stderr=log)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_for(port: int, what: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/api/v1/{what}").status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.02)
    raise AssertionError(f"{what} did not answer")


def _help() -> float:
    began = time.perf_counter()
    code = "from quantgpt.faces.cli.main import main; main()"
    subprocess.run([sys.executable, "-c", code, "--help"], check=True, capture_output=True)
    return time.perf_counter() - began


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
