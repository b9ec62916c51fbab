"""Run KunQuant's Alpha158 on dense panels: `python kunquant_runner.py job.json`, in the peers' environment (needs g++).

The job: `fields` (name -> .npy of (sessions, names)), `threads`, `repeats`, `dtype` ("float" or "double"), `out` (a folder)
and `keep`. The output buffers are made once and written by one call outside the clock, so every repetition is warm. The
answer on the last line of standard output: versions, names, compile seconds, wall and processor seconds, peak memory.
With `keep`, the columns go to `<out>/kunquant.npy`.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
import time
from pathlib import Path


def alpha158():
    """KunQuant's own definition of Alpha158, with the columns that Qlib's handler asks for."""
    from KunQuant.Op import Builder, Input, Output
    from KunQuant.predefined.Alpha158 import AllData
    from KunQuant.Stage import Function

    builder = Builder()
    with builder:
        data = AllData(**{name: Input(name) for name in ("open", "close", "high", "low", "volume", "amount")})
        prices = [("OPEN", data.open), ("HIGH", data.high), ("LOW", data.low), ("VWAP", data.vwap)]
        windows = [5, 10, 20, 30, 60]
        columns, names = data.build(
            {"kbar": {}, "price": {"windows": [0], "feature": prices}, "rolling": {"windows": windows}}
        )
        for column, name in zip(columns, names, strict=True):
            Output(column, name)
    return Function(builder.ops), names


def peak_bytes():
    """The most memory this process has held; `ru_maxrss` would count the parent's before the program began."""
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Run the job named on the command line."""
    job = json.loads(Path(sys.argv[1]).read_text())
    import numpy as np
    from KunQuant.Driver import KunCompilerConfig
    from KunQuant.jit import cfake
    from KunQuant.runner import KunRunner

    dtype = np.float32 if job["dtype"] == "float" else np.float64
    fields = {name: np.ascontiguousarray(np.load(path), dtype=dtype) for name, path in job["fields"].items()}
    rows, assets = next(iter(fields.values())).shape
    wide = "avx512f" in Path("/proc/cpuinfo").read_text()
    lanes = (16 if wide else 8) // (1 if job["dtype"] == "float" else 2)
    began = time.perf_counter()
    function, names = alpha158()
    options = {"opt_reduce": True, "fast_log": True, "no_fast_stat": "no_warn"}
    config = KunCompilerConfig(
        dtype=job["dtype"],
        blocking_len=lanes,
        partition_factor=4,
        input_layout="TS",
        output_layout="TS",
        allow_unaligned=bool(assets % lanes),
        options=options,
    )
    flags = cfake.X64CPUFlags(avx512=True, avx512dq=True, avx512vl=True) if wide else cfake.NativeCPUFlags()
    library = cfake.compileit([("alpha158", function, config)], "peer", cfake.CppCompilerConfig(machine=flags))
    compiled = time.perf_counter() - began
    module = library.getModule("alpha158")
    threads = job["threads"]
    executor = KunRunner.createSingleThreadExecutor() if threads == 1 else KunRunner.createMultiThreadExecutor(threads)
    block = np.full((len(names), rows, assets), np.nan, dtype=dtype)
    buffers = dict(zip(names, block, strict=True))
    wall, cpu = [], []
    for turn in range(job["repeats"] + 1):
        a, c = time.perf_counter(), time.process_time()
        KunRunner.runGraph(executor, module, fields, 0, rows, buffers)
        if turn:
            wall.append(time.perf_counter() - a)
            cpu.append(time.process_time() - c)
    peak = peak_bytes()
    if job.get("keep"):
        np.save(Path(job["out"]) / "kunquant.npy", block)
    answer = {
        "versions": {"KunQuant": importlib.metadata.version("KunQuant"), "numpy": np.__version__},
        "names": names,
        "lanes": lanes,
        "compile": compiled,
        "wall": wall,
        "cpu": cpu,
        "peak_bytes": peak,
    }
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
