"""Our sweep of MA pairs in a process of its own: `python -m bench._bars_child job.json`; its memory is told, too."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from bench._bars_data import FIELDS, START, book
from bench.peers.call import ROOT
from quantgpt.bars.fees import schedule
from quantgpt.bars.sweep import sweep_ma_cross
from quantgpt.bars.terms import Bars, Terms


def in_a_process(made: Bars, windows: list[int], fee_bps: str, capital: str, work: Path) -> dict[str, Any]:
    """Sweep all pairs in a child; its answer (`wall`, `cpu`, `peak`). Rows go to `ours.npy`: fast, slow, value, trades, drawdown."""
    for name in ("open_time", *FIELDS):
        np.save(work / f"ticks.{name}.npy", getattr(made, name))
    job = {"folder": str(work), "length_ms": made.length_ms, "windows": windows, "fee_bps": fee_bps, "capital": capital}
    path = work / "ours.job.json"
    path.write_text(json.dumps(job))
    done = subprocess.run(
        [sys.executable, "-m", "bench._bars_child", str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(f"our sweep ended with {done.returncode}:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def peak(reset: bool = False) -> int:
    """The most memory this process has held, in bytes, since the start or the last reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Run the job named on the command line: one call to warm up, five to time."""
    job = json.loads(Path(sys.argv[1]).read_text())
    work = Path(job["folder"])
    columns = {name: np.load(work / f"ticks.{name}.npy") for name in ("open_time", *FIELDS)}
    made = Bars(length_ms=job["length_ms"], **columns)
    end = int(made.open_time[-1]) + made.length_ms - 1000
    fees = schedule("fixed_bps", Decimal(job["fee_bps"]), "perp")
    terms = Terms(start_ms=START, end_ms=end, leverage=1, fees=fees)
    held = book(made, Decimal(job["capital"]))
    pairs = np.array(list(itertools.combinations(job["windows"], 2)), dtype=np.int64)
    found = sweep_ma_cross(held, pairs, "sma", terms)
    wall, cpu, took = [], [], 0
    for _ in range(5):
        before = peak(reset=True)
        began, spent = time.perf_counter(), time.process_time()
        found = sweep_ma_cross(held, pairs, "sma", terms)
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - spent)
        took = max(took, peak() - before)
    value = found.final_equity / 10**8
    np.save(work / "ours.npy", np.column_stack([pairs, value, found.trades, found.max_drawdown]))
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": took}), flush=True)


if __name__ == "__main__":
    main()
