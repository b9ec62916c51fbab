"""How long it takes to open a market and read from it."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np

from bench._row import Row
from quantgpt.market import MarketStore

MUST_SECONDS = 0.030


def run(quick: bool = False) -> list[Row]:
    """Open the imported market (the demo market without real data) and read one field of hs300 × 10 years."""
    with tempfile.TemporaryDirectory(prefix="bench-market-") as folder:
        store = MarketStore(Path(folder))
        real = os.environ.get("QUANTGPT_REAL_DATA", "")
        rows = []
        begin = time.perf_counter()
        if real and Path(real).is_dir():
            report = store.import_path(Path(real))
            took = time.perf_counter() - begin
            note = f"{report.rows:,} rows"
            rows.append(Row("Import the folder of real data", took, None, None, "≤ 60 s", took <= 60.0, note=note))
            begin = time.perf_counter()
            again = store.import_path(Path(real))
            took = time.perf_counter() - begin
            good = not again.changed and took <= 5.0
            rows.append(Row("Import it again: nothing changes", took, None, None, "≤ 5 s", good))
        else:
            store.make_demo()
            took = time.perf_counter() - begin
            rows.append(Row("Write the demo market", took, None, None, "≤ 60 s", took <= 60.0))
        return [_open_and_read(store, 5 if quick else 15), *rows]


def _open_and_read(store: MarketStore, repetitions: int) -> Row:
    last = store.open().days[-1]
    first = last - np.timedelta64(3652, "D")
    times, shape = [], (0, 0)
    for _ in range(repetitions + 1):
        begin = time.perf_counter()
        close = store.open().view("hs300", first, last).fields["close"]
        times.append(time.perf_counter() - begin)
        shape = close.shape
    took, middle = min(times[1:]), float(np.median(times[1:]))
    note = f"{store.default()}, {shape[0]:,} sessions × {shape[1]} names; best of {repetitions}, median {middle * 1e3:.1f} ms"
    name = "Open the market and read one field of hs300 × 10 years"
    return Row(name, took, None, None, "≤ 30 ms", took <= MUST_SECONDS, note=note)
