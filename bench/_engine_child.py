"""Alpha158 in a process of its own, whose peak memory is told: `python -m bench._engine_child job.json`.

The job: `fields` (name -> .npy of (sessions, names), float32), `first`, `last` (.npy), `threads` (a list), `repeats`,
and `new_day`. The answer, as JSON on the last line: for each number of threads the wall and processor seconds; the bytes
of the result; the memory of the process before the computation and at its peak; and of the new day the seconds and the
number of cells that differ from the batch in any bit.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from quantgpt.expr import read_expression
from quantgpt.expr.features import FeatureInputs, compute_features
from quantgpt.libraries import library

TAILS = (1, 5, 37)


def peak() -> int:
    """The most memory this process has held, in bytes; `ru_maxrss` would count the parent's before the program began."""
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def now() -> int:
    """The memory this process holds, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Run the job named on the command line."""
    job = json.loads(Path(sys.argv[1]).read_text())
    fields = {name: np.load(path, mmap_mode="r") for name, path in job["fields"].items()}
    rows = len(next(iter(fields.values())))
    days = np.arange(rows).astype("datetime64[D]")
    inputs = FeatureInputs(days, fields, np.load(job["first"]), np.load(job["last"]))
    read = [read_expression(text, dialect="qlib", compat="qlib") for text in library("alpha158").expressions.values()]
    answer: dict[str, Any] = {"before": now(), "runs": {}}
    block = None
    for threads in job["threads"]:
        wall, cpu = [], []
        for _ in range(job["repeats"]):
            block = None
            a, c = time.perf_counter(), time.process_time()
            block = compute_features(read, inputs, threads=threads)
            wall.append(time.perf_counter() - a)
            cpu.append(time.process_time() - c)
        answer["runs"][str(threads)] = {"wall": wall, "cpu": cpu}
    assert block is not None
    answer["output"] = block.values.base.nbytes if block.values.base is not None else block.values.nbytes
    answer["peak"] = peak()
    if job.get("new_day"):
        answer["new_day"] = new_day(read, inputs, block.values, job["repeats"])
    print(json.dumps(answer), flush=True)
    os._exit(0)


def new_day(read: list[Any], inputs: FeatureInputs, whole: Any, repeats: int) -> dict[str, Any]:
    """Seconds of making the last session anew from inputs laid out before, and the cells that are not those of the batch."""
    laid = inputs.prepared()
    rows = len(inputs.days)
    seconds: list[float] = []
    for turn in range(3 * repeats + 1):
        began = time.perf_counter()
        compute_features(read, laid, begin=rows - 1)
        if turn:
            seconds.append(time.perf_counter() - began)
    differ = 0
    for tail in TAILS:
        again = compute_features(read, laid, begin=rows - tail).values
        differ += int((bits(again) != bits(whole[:, rows - tail :])).sum())
    return {"wall": seconds, "differ": differ, "tails": TAILS}


def bits(values: Any) -> Any:
    """The bits of float32 values, all NaN alike."""
    made = np.ascontiguousarray(values)
    return np.where(np.isnan(made), np.uint32(0), made.view(np.uint32))


if __name__ == "__main__":
    main()
