"""Many factors at once: five candidates of an iteration, a thousand swept expressions; how soon an agent is answered."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from bench._row import Row
from bench._service import Installation
from bench.expressions_to_sweep import expressions
from quantgpt.market import MarketStore

PARENTS = (
    "rank(close/ts_mean(close, 20))",
    "rank(-1 * ts_delta(close, 5) / ts_shift(close, 5))",
    "rank(-1 * ts_std(returns, 20))",
    "rank(ts_corr(close, volume, 10))",
)
CANDIDATES, SWEPT = 5, 1_000
MUST_ITERATE, MUST_SWEEP, MUST_AGENT = 6.0, 25.0, 1.5


def run(quick: bool = False) -> list[Row]:
    """On the demo market, hs300 × 3 years, without a language model."""
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        MarketStore(Path(folder) / "market").make_demo()
        here = Installation(folder, QUANTGPT_WORKERS="1", DEEPSEEK_API_KEY="")
        with here.running():
            took = _iterations(here, 2 if quick else 8)
        rows = [_iterate_row(took), _sweep_row(here, SWEPT)]
        return [*rows, _agent_row(here, 3 if quick else 7)]


def _iterate_row(took: list[float]) -> Row:
    worst = max(took)
    return Row(f"Iterate: {CANDIDATES} candidates, parent re-scored, reports, over REST", worst, None, None, "≤ 6 s",
               worst <= MUST_ITERATE, note=f"slowest of {len(took)}, median {statistics.median(took):.2f} s, one job")  # fmt: skip


def _iterations(here: Installation, count: int) -> list[float]:
    """Seconds from asking for candidates until the iteration is completed and its reports can be read."""
    took = []
    with here.client() as client:
        for number in range(count + 1):
            prompt = PARENTS[number % len(PARENTS)]
            body = {"prompt": prompt, "universe": "hs300", "holding_period": 5 + number // len(PARENTS)}
            parent = client.post("/auto_backtest", json=body).json()["task_id"]
            done(client, parent)
            began = time.perf_counter()
            asked = client.post(f"/tasks/{parent}/iterate", json={"n_candidates": CANDIDATES})
            assert asked.status_code == 202, asked.text
            found = done(client, asked.json()["task_id"])
            assert len(found["candidates"]) == CANDIDATES, found
            for candidate in found["candidates"]:
                if candidate["status"] == "success":
                    address = candidate["report_url"].removeprefix("/api/v1")
                    assert client.get(address).status_code == 200
            took.append(time.perf_counter() - began)
    return took[1:]


def done(client: httpx2.Client, task_id: str) -> dict[str, list[dict[str, str]]]:
    """The task, once it is completed."""
    last = ""
    with client.stream("GET", f"/tasks/{task_id}/stream") as stream:
        for line in stream.iter_lines():
            last = line if line.startswith('data: {"task_id"') else last
    found: dict[str, list[dict[str, str]]] = json.loads(last.removeprefix("data: "))
    assert found["status"] in ("completed", "iteration_completed"), found["error"]
    return found


def _sweep_row(here: Installation, count: int) -> Row:
    path = here.home / "expressions.txt"
    path.write_text("".join(f"{expression.text}\n" for expression in expressions(count)))
    began = time.perf_counter()
    told = json.loads(here.run("sweep", str(path), "--json").stdout)
    seconds = time.perf_counter() - began
    assert told["rows"] == told["distinct"] == count, told
    speed = count / seconds
    return Row(f"quantgpt sweep, {count:,} expressions, IC and groups", speed, None, None, "≥ 25 factors/s",
               speed >= MUST_SWEEP, unit="/s", note=f"{seconds:.1f} s with the start of the command, {told['failed']} without a result")  # fmt: skip


def _agent_row(here: Installation, count: int) -> Row:
    took = [_agent_ready(here) for _ in range(count + 1)][1:]
    middle = statistics.median(took)
    return Row("MCP server on stdio answers `initialize`", middle, None, None, "≤ 1.5 s", middle <= MUST_AGENT,
               note=f"median of {len(took)}, fastest {min(took):.2f} s")  # fmt: skip


def _agent_ready(here: Installation) -> float:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "bench", "version": "1"},
        },
    }
    command = [sys.executable, "-m", "quantgpt"]
    began = time.perf_counter()
    with (here.home / "mcp.log").open("ab") as log:
        process = subprocess.Popen(
            command, env=here.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(hello).encode() + b"\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    took = time.perf_counter() - began
    assert answer["result"]["serverInfo"], answer
    process.stdin.close()
    process.wait(20)
    process.stdout.close()
    return took
