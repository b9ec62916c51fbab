"""Run pyqlib on a Qlib folder: `python qlib_runner.py job.json`, in the environment that `scripts/qlib_env.sh` makes.

The job: `folder`, `out` (a folder), `kernels`, and `tasks`, a list of
  {"name", "kind": "features", "columns": "alpha158" | "alpha360" | [text, …], "codes": [code, …] | null, "start", "end"}
  {"name", "kind": "handler", "codes": […] | null, "start", "end"}      (Alpha158 with its default processors)
Each task may carry "repeats", and "keep": false where only its time matters. For every task the values go to
`<out>/<name>.npy`, float32 (columns, sessions, names) with NaN where Qlib has no row, and the rows that Qlib has to
`<out>/<name>.rows.npy`, bool (sessions, names). The answer on the last line of standard output, as JSON, holds versions,
sessions, codes, column names and texts, seconds (wall and processor) of every repetition, and the peak memory.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from pathlib import Path


def alpha_columns(which: str) -> tuple[list[str], list[str]]:
    """Texts and names of Alpha158 or Alpha360, as the handlers of Qlib ask for them."""
    from qlib.contrib.data.loader import Alpha158DL, Alpha360DL

    if which == "alpha360":
        return Alpha360DL.get_feature_config()
    prices = {"windows": [0], "feature": ["OPEN", "HIGH", "LOW", "VWAP"]}
    return Alpha158DL.get_feature_config({"kbar": {}, "price": prices, "rolling": {}})


def dense(frame, sessions, codes):
    """Values of a frame indexed by (instrument, datetime) as float32 (columns, sessions, codes), and which rows it had."""
    import numpy as np

    row = sessions.get_indexer(frame.index.get_level_values("datetime"))
    column = codes.get_indexer(frame.index.get_level_values("instrument"))
    if (row < 0).any() or (column < 0).any():
        raise SystemExit("Qlib returned rows outside the sessions or names asked for")
    out = np.full((frame.shape[1], len(sessions), len(codes)), np.nan, dtype=np.float32)
    for k in range(frame.shape[1]):
        out[k, row, column] = frame.iloc[:, k].to_numpy()
    held = np.zeros(out.shape[1:], dtype=bool)
    held[row, column] = True
    return out, held


def features(task):
    """What to run for a `features` task, its column names and its texts."""
    from qlib.data import D

    texts, names = alpha_columns(task["columns"]) if isinstance(task["columns"], str) else (task["columns"],) * 2
    codes = task.get("codes") or D.instruments("all")
    return lambda: D.features(codes, texts, task["start"], task["end"]), list(names), list(texts)


def handler(task):
    """What to run for a `handler` task: Alpha158 with its default processors, learning view taken."""
    from qlib.contrib.data.handler import Alpha158

    def run():
        made = Alpha158(
            instruments=task.get("codes") or "all",
            start_time=task["start"],
            end_time=task["end"],
            fit_start_time=task["start"],
            fit_end_time=task["end"],
        )
        return made.fetch(data_key=made.DK_L)

    texts, names = alpha_columns("alpha158")
    return run, [*names, "LABEL0"], [*texts, "Ref($close, -2)/Ref($close, -1) - 1"]


def peak_bytes():
    """The most memory this process has held; `ru_maxrss` would count the parent's before the program began."""
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Run the job named on the command line."""
    job = json.loads(Path(sys.argv[1]).read_text())
    out = Path(job["out"])
    began = time.perf_counter()
    import numpy as np
    import pandas as pd
    import qlib
    from qlib.data import D

    qlib.init(
        provider_uri=job["folder"],
        region="cn",
        kernels=job.get("kernels", 1),
        joblib_backend=job.get("backend", "multiprocessing"),
        expression_cache=None,
        dataset_cache=None,
        logging_level="ERROR",
    )
    answer = {
        "versions": {"pyqlib": qlib.__version__, "pandas": pd.__version__, "numpy": np.__version__},
        "python": platform.python_version(),
        "start_up": time.perf_counter() - began,
        "tasks": {},
    }
    for task in job["tasks"]:
        run, names, texts = {"features": features, "handler": handler}[task["kind"]](task)
        sessions = pd.DatetimeIndex(D.calendar(task["start"], task["end"]))
        held = task.get("codes") or sorted(D.list_instruments(D.instruments("all"), as_list=True))
        wall, cpu, frame = [], [], None
        for _ in range(task.get("repeats", 1)):
            frame = None
            a, c = time.perf_counter(), time.process_time()
            frame = run()
            wall.append(time.perf_counter() - a)
            cpu.append(time.process_time() - c)
        peak = peak_bytes()
        if task["kind"] == "handler":
            frame = frame.droplevel(0, axis=1).swaplevel().sort_index() if frame.columns.nlevels > 1 else frame
        if task.get("keep", True):
            values, rows = dense(frame, sessions, pd.Index(held))
            np.save(out / f"{task['name']}.npy", values)
            np.save(out / f"{task['name']}.rows.npy", rows)
            del values
        answer["tasks"][task["name"]] = {
            "names": names,
            "texts": texts,
            "codes": held,
            "days": [str(day.date()) for day in sessions],
            "wall": wall,
            "cpu": cpu,
            "peak_bytes": peak,
        }
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
