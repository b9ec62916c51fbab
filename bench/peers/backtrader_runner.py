"""Run an MA cross on backtrader: `python backtrader_runner.py job.json`, in the environment of `scripts/bars_env.sh`.

The job: `columns` (name -> .npy of time in ms, open, high, low, close), `fast`, `slow`, `fee` (a fraction), `out` (.npy).
Long only, one unit; a cross at the close is carried out at the next open. The observers are left out, which is
backtrader's fastest way. The answer on the last line: versions, seconds of `cerebro.run()`, the open trade's entry.
Closed trades go to `out` as rows of entry bar, exit bar, entry price, exit price, pnl after commission.
"""

import importlib.metadata
import json
import os
import sys
import time
from pathlib import Path

import backtrader as bt
import numpy as np
import pandas as pd


class Cross(bt.Strategy):
    """Buy when the fast average rises above the slow one, leave when it falls below."""

    params = (("fast", 20), ("slow", 50))

    def __init__(self):
        self.fast = bt.indicators.SimpleMovingAverage(self.data.close, period=self.p.fast)
        self.slow = bt.indicators.SimpleMovingAverage(self.data.close, period=self.p.slow)
        self.closed = []
        self.begun = None
        self.entry = None
        self.exit = None

    def next(self):
        """Decide at the close of a bar."""
        before, now = self.fast[-1] - self.slow[-1], self.fast[0] - self.slow[0]
        if self.position:
            if before >= 0 and now < 0:
                self.close()
        elif before <= 0 and now > 0:
            self.buy(size=1)

    def notify_order(self, order):
        """Keep the bar and the price of every fill."""
        if order.status == order.Completed:
            fill = (len(self.data) - 1, order.executed.price)
            if order.isbuy():
                self.entry = fill
            else:
                self.exit = fill

    def notify_trade(self, trade):
        """Keep every closed trade."""
        if trade.isclosed:
            self.closed.append((self.entry[0], self.exit[0], self.entry[1], self.exit[1], trade.pnlcomm))


def main():
    """Run the job named on the command line."""
    job = json.loads(Path(sys.argv[1]).read_text())
    columns = {name: np.load(path) for name, path in job["columns"].items()}
    frame = pd.DataFrame({name: columns[name] for name in ("open", "high", "low", "close")})
    frame["volume"] = 1.0
    frame.index = pd.to_datetime(columns["time"], unit="ms")
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=frame))
    cerebro.addstrategy(Cross, fast=job["fast"], slow=job["slow"])
    cerebro.broker.setcash(1e9)
    cerebro.broker.setcommission(commission=job["fee"])
    began, cpu = time.perf_counter(), time.process_time()
    ran = cerebro.run()[0]
    answer = {
        "versions": {"backtrader": importlib.metadata.version("backtrader")},
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "open": list(ran.entry) if ran.position else None,
    }
    np.save(job["out"], np.array(ran.closed, dtype=np.float64).reshape(-1, 5))
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
