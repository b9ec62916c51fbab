"""Sweep MA crosses with vectorbt: `python vectorbt_runner.py job.json`, in the environment of `scripts/bars_env.sh`.

The job: `columns` (name -> .npy of open and close), `windows` (all pairs of them), `fee` (a fraction), `capital`,
`repeats`, `out` (.npy). Long only with all the cash; a cross at a close is carried out at the next open. One more row at
the end holds the last close, where whatever is held is sold. The answer on the last line: versions, seconds of each
repetition (one before them warms the compiler), the memory that a sweep took at its peak. Rows of `out`:
fast, slow, final value, trades, deepest drawdown over bars.
"""

import importlib.metadata
import json
import os
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import vectorbt as vbt


def peak(reset=False):
    """The most memory this process has held, in bytes, since the start or the last reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def sweep(close, price, last, windows, fee, capital):
    """Final value, trades and drawdown of all pairs."""
    fast, slow = vbt.MA.run_combs(close, window=windows, r=2, short_names=["fast", "slow"])
    entries = fast.ma_crossed_above(slow).vbt.signals.fshift(1)
    exits = fast.ma_crossed_below(slow).vbt.signals.fshift(1)
    entries.iloc[last] = False
    exits.iloc[last] = True
    held = vbt.Portfolio.from_signals(close, entries, exits, price=price, fees=fee, init_cash=capital, freq="1h")
    return held.final_value(), held.trades.count(), held.max_drawdown()


def main():
    """Run the job named on the command line."""
    warnings.simplefilter("ignore")
    job = json.loads(Path(sys.argv[1]).read_text())
    columns = {name: np.load(path) for name, path in job["columns"].items()}
    last = len(columns["close"])
    close = pd.Series(np.append(columns["close"], columns["close"][-1]))
    close.index = pd.date_range("2025-01-01", periods=last + 1, freq="h")
    price = pd.Series(np.append(columns["open"], columns["close"][-1]), index=close.index)
    wall, cpu, found, took = [], [], None, 0
    for turn in range(job["repeats"] + 1):
        found = None
        before = peak(reset=True)
        began, spent = time.perf_counter(), time.process_time()
        found = sweep(close, price, last, job["windows"], job["fee"], job["capital"])
        if turn:
            wall.append(time.perf_counter() - began)
            cpu.append(time.process_time() - spent)
            took = max(took, peak() - before)
    value, count, fall = found
    pairs = np.array([list(map(int, name)) for name in value.index], dtype=np.float64)
    np.save(job["out"], np.column_stack([pairs, value.to_numpy(), count.to_numpy(), fall.to_numpy()]))
    versions = {"vectorbt": importlib.metadata.version("vectorbt")}
    print(json.dumps({"versions": versions, "wall": wall, "cpu": cpu, "peak": took}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
