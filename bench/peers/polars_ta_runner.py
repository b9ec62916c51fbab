"""The five example expressions by polars_ta on polars: `python polars_ta_runner.py job.json`, in the peers' environment.

The job: `fields` (name -> .npy of (sessions, names), float64), `repeats`, `out` (a folder). polars_ta ranks from 0 to 1,
(r − 1)/(n − 1); so that ranks can be turned into r/n, the six ranks of the five expressions go to `<out>/polars_ta.npy`,
(6, sessions, names), made once more outside the clock. Answer on the last line: versions, wall and processor seconds.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Run the job named on the command line."""
    job = json.loads(Path(sys.argv[1]).read_text())
    import numpy as np
    import polars as pl
    from polars_ta.prefix.wq import cs_rank, ts_corr, ts_delay, ts_mean, ts_std_dev

    panels = {name: np.load(path) for name, path in job["fields"].items()}
    rows, assets = panels["close"].shape
    frame = pl.DataFrame(
        {
            "day": np.tile(np.arange(rows, dtype=np.int32), assets),
            "asset": np.repeat(np.arange(assets, dtype=np.int32), rows),
            **{name: pl.Series(panel.T.ravel()).fill_nan(None) for name, panel in panels.items()},
        }
    )
    close, volume, vwap, returns = (pl.col(n) for n in ("close", "volume", "vwap", "returns"))
    moving = {
        "a": close / ts_mean(close, 20, min_samples=18),
        "b": -1 * (close - ts_delay(close, 5)) / ts_delay(close, 5),
        "c": -1 * ts_std_dev(returns, 20, ddof=1, min_samples=18),
        "d": ts_corr(close, volume, 10, ddof=1, min_samples=9),
        "e": volume / ts_mean(volume, 20, min_samples=18),
    }

    def rank(name):
        return cs_rank(pl.col(name)).over("day")

    def ranked():
        return frame.with_columns(**{k: v.over("asset") for k, v in moving.items()}, f=(close - vwap) / close)

    def run():
        return ranked().select(
            rank("a"), rank("b"), rank("c"), rank("d"), e=rank("e").sign() * rank("e").abs() ** 2 * rank("f")
        )

    wall, cpu, last = [], [], None
    for turn in range(job["repeats"] + 1):
        last = None
        a, c = time.perf_counter(), time.process_time()
        last = run()
        if turn:
            wall.append(time.perf_counter() - a)
            cpu.append(time.process_time() - c)
    last = ranked().select(*(rank(name) for name in "abcdef"))
    values = np.stack([last[:, k].fill_null(np.nan).to_numpy().reshape(assets, rows).T for k in range(6)])
    np.save(Path(job["out"]) / "polars_ta.npy", values)
    versions = {name: importlib.metadata.version(name) for name in ("polars", "polars_ta")}
    print(json.dumps({"versions": versions, "wall": wall, "cpu": cpu}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
