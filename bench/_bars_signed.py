"""A signed job over a real server and a real worker: from the request until the client holds the finished result."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench._row import Row
from bench._service import Installation, quantile
from quantgpt.client import SignedJobs
from quantgpt.market import MarketStore

EXAMPLE: dict[str, Any] = {
    "template_id": "tpl_grid",
    "params": {"grid_levels": 8, "upper_price": "72000", "lower_price": "60000"},
    "symbols": ["BTCUSDT"],
    "timeframe": "1h",
    "start": "2025-01-01T00:00:00Z",
    "end": "2025-12-31T23:59:59Z",
    "capital": "10000.00",
}
"""the documented example: a year of hours"""
MUST_DONE = 1.0
EVERY = 0.03
"""seconds between two questions; the rule of 5 seconds is switched off here"""
SETTINGS = {"QUANTGPT_WORKERS": "1", "QUANTGPT_SIGNED_POLL_RULE": "false", "QUANTGPT_SIGNED_WEIGHT": "1000000"}


def signed_row(work: Path, quick: bool) -> Row:
    """Submit the documented example again and again on the demo market, one after the other."""
    with tempfile.TemporaryDirectory(prefix="bench-signed-", dir=work) as folder:
        MarketStore(Path(folder) / "market").make_demo()
        here = Installation(folder, **SETTINGS)
        with here.running():
            told = json.loads(here.run("apikey", "create", "--email", "bench@example.com", "--json").stdout)
            client = SignedJobs(f"http://127.0.0.1:{here.port}", told["api_key"], told["secret"])
            taken, results = [], []
            for _ in range(6 if quick else 22):
                began = time.perf_counter()
                job = _done(client, client.create(**EXAMPLE)["id"])
                taken.append(time.perf_counter() - began)
                results.append(json.dumps(job["result"]))
    warm = taken[2:]
    p95 = quantile(warm, 0.95)
    same = len(set(results)) == 1
    counted = json.loads(results[0])
    return Row(
        "Signed job: submit → done with its result, the documented example, warm, p95",
        p95,
        None,
        None,
        "≤ 1 s, byte-identical",
        same and p95 <= MUST_DONE,
        note=f"median {statistics.median(warm):.3f} s of {len(warm)}, first {taken[0]:.2f} s; "
        f"{counted['metrics']['total_trades']} trades, {len(counted['equity_curve'])} samples; results equal: {same}",
    )


def _done(client: SignedJobs, job_id: str) -> dict[str, object]:
    """The job when it is done."""
    while True:
        job = client.get(job_id)
        if job["status"] == "done":
            return job
        if job["status"] in ("failed", "cancelled"):
            raise AssertionError(f"{job_id} {job['status']}: {job['error']}")
        time.sleep(EVERY)
