"""Run an MA cross on backtesting.py: `python backtesting_runner.py job.json`, in the environment of `scripts/bars_env.sh`.

The job and the answer are those of `backtrader_runner.py`; the seconds are those of `Backtest.run()`, and `repeats`
says how often it is run.
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
from backtesting import Backtest, Strategy


def average(values, window):
    """Simple moving average, NaN until its window is full."""
    total = np.cumsum(np.insert(np.asarray(values, dtype=np.float64), 0, 0.0))
    made = np.full(len(values), np.nan)
    made[window - 1 :] = (total[window:] - total[:-window]) / window
    return made


def strategy(fast, slow):
    """Buy when the fast average rises above the slow one, leave when it falls below."""

    class Cross(Strategy):
        def init(self):
            self.fast = self.I(average, self.data.Close, fast)
            self.slow = self.I(average, self.data.Close, slow)

        def next(self):
            before, now = self.fast[-2] - self.slow[-2], self.fast[-1] - self.slow[-1]
            if self.position:
                if before >= 0 and now < 0:
                    self.position.close()
            elif before <= 0 and now > 0:
                self.buy(size=1)

    return Cross


def main():
    """Run the job named on the command line."""
    warnings.simplefilter("ignore")
    job = json.loads(Path(sys.argv[1]).read_text())
    columns = {name: np.load(path) for name, path in job["columns"].items()}
    frame = pd.DataFrame({name.title(): columns[name] for name in ("open", "high", "low", "close")})
    frame.index = pd.to_datetime(columns["time"], unit="ms")
    test = Backtest(frame, strategy(job["fast"], job["slow"]), cash=1e9, commission=job["fee"], finalize_trades=False)
    wall, cpu, found = [], [], None
    for _ in range(job["repeats"]):
        began, spent = time.perf_counter(), time.process_time()
        found = test.run()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - spent)
    trades = found["_trades"]
    rows = trades[["EntryBar", "ExitBar", "EntryPrice", "ExitPrice", "PnL"]].to_numpy(dtype=np.float64)
    still = found["_strategy"].trades
    answer = {
        "versions": {"backtesting": importlib.metadata.version("backtesting")},
        "wall": wall,
        "cpu": cpu,
        "open": [int(still[0].entry_bar), float(still[0].entry_price)] if still else None,
    }
    np.save(job["out"], rows.reshape(-1, 5))
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
